package meili

import (
	"net/http"
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/search"
)

func TestOldMeilisearchIsRefused(t *testing.T) {
	for version, old := range map[string]bool{
		"0.30.5": true, "1.8.0": true, "1.46.9": true, "1.47.0": false, "1.47.0-rc.1": false, "1.50.0": false, "1.100.0": false, "2.0.0": false,
		"": false, "prototype-x": false, // nothing is known of these
	} {
		t.Run(version, func(t *testing.T) {
			f := newFake(t)
			f.version = version
			e := f.engine(t)
			err := e.Prepare(t.Context())
			if old != (err != nil) {
				t.Fatalf("refused: %v", err)
			}
			if old && (!fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "meilisearch "+version+" is too old: 1.47 or newer is needed")) {
				t.Errorf("got %v", err)
			}
			if wrote := len(f.sent("POST ", "PATCH ")) > 0; wrote == old {
				t.Errorf("sent %v", f.sent(""))
			}
			if ill := e.Health(t.Context()) != nil; ill != old {
				t.Errorf("ill: %v", ill)
			}
		})
	}
}

func TestReplacedMeilisearchIsAccepted(t *testing.T) {
	f := newFake(t)
	f.version = "1.40.0"
	e := f.engine(t)
	if err := e.Upsert(t.Context(), shop("lst_1")); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a write: %v", err)
	}
	if err := e.Health(t.Context()); err == nil {
		t.Error("well, though it is too old")
	}
	f.mu.Lock()
	f.version = "1.50.0"
	f.mu.Unlock()
	if err := e.Health(t.Context()); err != nil {
		t.Errorf("still ill: %v", err)
	}
	asked := len(f.sent("GET /version"))
	if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
		t.Error(err)
	}
	for range 3 {
		if err := e.Upsert(t.Context(), shop("lst_2")); err != nil {
			t.Error(err)
		}
		_ = e.Health(t.Context())
	}
	if n := len(f.sent("GET /version")) - asked; n != 1 {
		t.Errorf("asked %d times after that", n)
	}
}

func TestVersionThatCannotBeAsked(t *testing.T) {
	f := newFake(t)
	f.answer = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.URL.Path != "/version" {
			return false
		}
		refuse(w, http.StatusForbidden, "invalid_api_key")
		return true
	}
	e := f.engine(t)
	if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
		t.Fatal(err)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := e.Search(t.Context(), search.Query{Text: "余天成"})
	if err != nil || r.Total != 1 {
		t.Errorf("%d found, %v", r.Total, err)
	}
	if err := e.Health(t.Context()); err != nil {
		t.Errorf("ill: %v", err)
	}
}
