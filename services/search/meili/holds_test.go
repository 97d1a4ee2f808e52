package meili

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/search"
	"shangquan/services/search/searchtest"
	"shangquan/services/search/text"
)

var (
	_ directory.Outside = (*Engine)(nil)
	_ directory.Tidier  = (*Engine)(nil)
)

func TestHolds(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	if held, err := e.Holds(t.Context()); err != nil || held == nil || len(held) != 0 {
		t.Fatalf("without an index: %v, %v", held, err)
	}
	all := shops(2*heldPage + 1)
	for i := range all {
		all[i].UpdatedAt = time.Unix(int64(1_790_000_000+i), 999)
	}
	if err := errors.Join(e.Upsert(t.Context(), all...), e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	f.indexes["listings"]["lst_0007"]["schema_version"] = float64(text.SchemaVersion + 1)
	held, err := e.Holds(t.Context())
	if err != nil || len(held) != len(all) {
		t.Fatalf("%d of %d, %v", len(held), len(all), err)
	}
	for i := range all {
		want := search.Held{UpdatedAt: all[i].UpdatedAt.Unix(), Sum: text.DocumentOf(&all[i]).Sum}
		if all[i].ID == "lst_0007" {
			want.UpdatedAt = -1 // derived by other rules: no listing has this time
		}
		if held[all[i].ID] != want || want.Sum == "" {
			t.Fatalf("%s: %+v, want %+v", all[i].ID, held[all[i].ID], want)
		}
	}
	if n := len(f.sent("GET /indexes/listings/documents?limit=1000&offset=")); n != 4 { // the first found no index
		t.Errorf("asked %d times", n)
	}
	// A total that more was counted for than there is, because documents go meanwhile, must not make it ask for ever.
	f.counts["listings"] = 9999
	if held, err := e.Holds(t.Context()); err != nil || len(held) != len(all) {
		t.Errorf("%d, %v", len(held), err)
	}
}

func TestHoldsFailures(t *testing.T) {
	for name, x := range map[string]struct {
		status int
		body   any
	}{
		"refused":                {403, map[string]any{"code": "invalid_api_key"}},
		"without a total":        {200, map[string]any{"results": []any{map[string]any{"id": "lst_1"}}}},
		"document without an id": {200, map[string]any{"results": []any{map[string]any{"updated_at": 1}}, "total": 1}},
		"time that is no number": {200, map[string]any{"results": []any{map[string]any{"id": "lst_1", "updated_at": "x"}}, "total": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool { reply(w, x.status, x.body); return true }
			if held, err := f.engine(t).Holds(t.Context()); !fault.Is(err, fault.Unavailable) || held != nil {
				t.Errorf("%v, %v", held, err)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	f := newFake(t)
	now := time.Date(2026, 11, 23, 8, 30, 0, 0, time.FixedZone("", 8*3600))
	e := New(Config{URL: f.URL, SearchKey: "search", WriteKey: "write", Poll: time.Microsecond, Now: func() time.Time { return now }})
	if err := e.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "DELETE /tasks?beforeFinishedAt=2026-11-16T00%3A30%3A00Z&indexUids=listings&statuses=succeeded%2Cfailed%2Ccanceled"
	if got := f.sent("DELETE "); len(got) != 1 || got[0] != want {
		t.Errorf("sent %v\nwant %s", got, want)
	}
	f.spoil = func(request, _ string) (string, string) { return "failed", "the task store is full" }
	if err := e.Tidy(t.Context()); err == nil || !strings.Contains(err.Error(), "the task store is full") {
		t.Errorf("a task that failed: %v", err)
	}
}

// TestRebuildForgetsWhatItDrops: tasks of a dropped index are not Tidy's, which asks for the one index by name; and a key that may
// not delete tasks must not keep the index from being rebuilt.
func TestRebuildForgetsWhatItDrops(t *testing.T) {
	f := newFake(t)
	now := time.Unix(1_790_000_000, 0)
	e := New(Config{URL: f.URL, SearchKey: "search", WriteKey: "write", Poll: time.Microsecond, Now: func() time.Time { return now }})
	rebuild := func() {
		t.Helper()
		if err := e.Rebuild(t.Context(), searchtest.All(shops(3))); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * keepOld)
	}
	rebuild()
	rebuild()
	if got := f.sent("DELETE /tasks"); len(got) != 1 || !strings.Contains(got[0], "&indexUids=listings_3_1790000000000000000&") {
		t.Errorf("sent %v", got)
	}
	f.answer = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method != http.MethodDelete || r.URL.Path != "/tasks" {
			return false
		}
		refuse(w, http.StatusForbidden, "invalid_api_key")
		return true
	}
	rebuild()
	if n := len(f.indexes); n != 2 {
		t.Errorf("%d indexes", n)
	}
	if err := e.Tidy(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Tidy says %v", err)
	}
}
