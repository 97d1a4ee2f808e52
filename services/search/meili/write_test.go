package meili

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/search"
	"shangquan/services/search/searchtest"
	"shangquan/services/search/text"
)

func shop(id string) search.Listing { return search.Listing{ID: id, Name: "余天成 " + id} }

func shops(n int) []search.Listing {
	out := make([]search.Listing, n)
	for i := range out {
		out[i] = shop(fmt.Sprintf("lst_%04d", i))
	}
	return out
}

func TestUpsertSendsLimitedBatches(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	if err := e.Upsert(t.Context(), shops(1201)...); err != nil {
		t.Fatal(err)
	}
	posts := f.sent("POST /indexes/listings/documents?primaryKey=id ")
	if len(posts) != 3 || strings.Count(posts[0], `"id":`) != 500 || strings.Count(posts[2], `"id":`) != 201 {
		t.Errorf("%d requests", len(posts))
	}
	big := shops(12)
	for i := range big {
		big[i].NameKey = strings.Repeat("a", 1<<20)
	}
	if err := e.Upsert(t.Context(), big...); err != nil {
		t.Fatal(err)
	}
	posts = f.sent("POST /indexes/listings/documents?primaryKey=id ")[3:]
	if len(posts) < 2 {
		t.Errorf("12 large listings went in %d request", len(posts))
	}
	for _, p := range posts {
		if len(p) > batchBytes+200 {
			t.Errorf("a request of %d bytes", len(p))
		}
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(f.indexes["listings"]); n != 1201 {
		t.Errorf("%d documents, want 1201", n)
	}
	if err := e.Delete(t.Context(), "lst_0000", "lst_0001"); err != nil {
		t.Fatal(err)
	}
	if got := f.sent("POST /indexes/listings/documents/delete-batch"); len(got) != 1 || !strings.HasSuffix(got[0], `["lst_0000","lst_0001"]`) {
		t.Errorf("deleted by %v", got)
	}
	if err := errors.Join(e.Upsert(t.Context()), e.Delete(t.Context())); err != nil || len(f.sent("POST /indexes/listings/documents/delete-batch")) != 1 {
		t.Errorf("nothing to write: %v", err)
	}
}

func TestSyncNamesTheCulprit(t *testing.T) {
	f := newFake(t)
	f.spoil = func(_, body string) (string, string) {
		if strings.Contains(body, `"lst_0013"`) || strings.Contains(body, `"lst_0050"`) {
			return "failed", "a malformed _geo"
		}
		return "", ""
	}
	e := f.engine(t)
	if err := e.Upsert(t.Context(), shops(64)...); err != nil {
		t.Fatal(err)
	}
	err := e.Sync(t.Context())
	if err == nil || !strings.Contains(err.Error(), "listing lst_0013") || !strings.Contains(err.Error(), "listing lst_0050") ||
		!strings.Contains(err.Error(), "a malformed _geo") || strings.Contains(err.Error(), "lst_0014") {
		t.Errorf("got %v", err)
	}
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("kind %s: sending it again would not help", fault.KindOf(err))
	}
	if n := len(f.indexes["listings"]); n != 62 {
		t.Errorf("%d documents, want the other 62", n)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Errorf("reported twice: %v", err)
	}
}

func TestHalvingLeavesLaterWritesAlone(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	f.spoil = func(_, body string) (string, string) {
		if strings.Contains(body, `"lst_0001"`) && strings.Contains(body, `"lst_0002"`) {
			return "failed", "together"
		}
		return "", ""
	}
	if err := e.Upsert(t.Context(), shops(4)...); err != nil {
		t.Fatal(err)
	}
	newer := shop("lst_0003")
	newer.Popularity = 99
	if err := e.Upsert(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	if err := e.Delete(t.Context(), "lst_0000"); err != nil {
		t.Fatal(err)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.indexes["listings"]["lst_0003"]["popularity"] != 99.0 || f.indexes["listings"]["lst_0000"] != nil || len(f.indexes["listings"]) != 3 {
		t.Errorf("an old write came after a newer one: %v", f.indexes["listings"])
	}
}

// TestSyncFailures: a task that fails is an error, never taken for done. SEA-04.
func TestSyncFailures(t *testing.T) {
	t.Run("canceled", func(t *testing.T) {
		f := newFake(t)
		f.spoil = func(request, _ string) (string, string) {
			if strings.HasSuffix(request, "/documents") {
				return "canceled", ""
			}
			return "", ""
		}
		e := f.engine(t)
		if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
			t.Fatal(err)
		}
		if err := e.Sync(t.Context()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "canceled") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("unknown state", func(t *testing.T) {
		f := newFake(t)
		e := f.engine(t)
		if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
			t.Fatal(err)
		}
		f.tasks[len(f.tasks)-1].state = "asleep"
		if err := e.Sync(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("down for a while", func(t *testing.T) {
		f := newFake(t)
		e := f.engine(t)
		if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool { refuse(w, 503, "down"); return true }
		f.mu.Unlock()
		if err := e.Sync(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v", err)
		}
		if err := e.Upsert(t.Context(), shop("lst_2")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a write that was refused: %v", err)
		}
		f.mu.Lock()
		f.answer = nil
		f.mu.Unlock()
		looks := len(f.sent("GET /tasks/"))
		if err := e.Sync(t.Context()); err != nil || len(f.sent("GET /tasks/")) == looks {
			t.Errorf("the write is no longer waited for: %v", err)
		}
	})
	t.Run("never ends", func(t *testing.T) {
		f := newFake(t)
		e := f.engine(t)
		if err := e.Upsert(t.Context(), shop("lst_1")); err != nil {
			t.Fatal(err)
		}
		f.tasks[len(f.tasks)-1].state = "processing"
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if err := e.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("accepted without a task", func(t *testing.T) {
		f := newFake(t)
		e := f.engine(t)
		if err := e.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			reply(w, 202, map[string]any{})
			return true
		}
		if err := e.Upsert(t.Context(), shop("lst_1")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPrepare(t *testing.T) {
	f := newFake(t)
	if err := f.engine(t).Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.sent("POST /indexes ", "PATCH "); len(got) != 2 || !strings.Contains(got[0], `"primaryKey":"id"`) || !strings.Contains(got[1], `"facetSearch": false`) {
		t.Errorf("sent %v", got)
	}
	if err := f.engine(t).Prepare(t.Context()); err != nil || len(f.sent("PATCH ")) != 1 {
		t.Errorf("settings that are there were sent again: %v", err)
	}
	f.settings["listings"] = []byte(`{"searchableAttributes":["*"]}`)
	if err := f.engine(t).Prepare(t.Context()); err != nil || len(f.sent("PATCH ")) != 2 {
		t.Errorf("other settings were left: %v", err)
	}
	f.settings["listings"] = []byte(`{}`)
	f.spoil = func(request, _ string) (string, string) {
		if strings.HasPrefix(request, "PATCH") {
			return "failed", "unknown ranking rule"
		}
		return "", ""
	}
	if err := f.engine(t).Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "unknown ranking rule") {
		t.Errorf("settings that failed: %v", err)
	}
}

// TestAListingThatPanics is left out and named; the others are written.
func TestAListingThatPanics(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	e.derive = func(l *search.Listing) text.Document {
		if l.ID == "lst_0001" {
			panic("a bug")
		}
		return text.DocumentOf(l)
	}
	err := e.Upsert(t.Context(), shops(3)...)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "listing lst_0001: panic") {
		t.Errorf("it says %v", err)
	}
	if err := e.Sync(t.Context()); err != nil || len(f.indexes["listings"]) != 2 {
		t.Errorf("%d documents, %v", len(f.indexes["listings"]), err)
	}
}

func TestNeedsRebuild(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	check := func(name string, want bool) {
		t.Helper()
		if got, err := e.NeedsRebuild(t.Context()); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	check("no index", true)
	if err := e.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("empty", true)
	if err := errors.Join(e.Upsert(t.Context(), shop("lst_1")), e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	check("full", false)
	f.indexes["listings"]["lst_1"]["schema_version"] = text.SchemaVersion + 1
	check("another schema", true)
	f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool { refuse(w, 500, "down"); return true }
	if _, err := e.NeedsRebuild(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("down: %v", err)
	}
}

func TestRebuildSwapsAndRepeats(t *testing.T) {
	f := newFake(t)
	now := time.Unix(1_790_000_000, 0)
	e := New(Config{URL: f.URL, SearchKey: "search", WriteKey: "write", Poll: time.Microsecond, Now: func() time.Time { return now }})
	if err := errors.Join(e.Upsert(t.Context(), shop("lst_old")), e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	late := shop("lst_late")
	err := e.Rebuild(t.Context(), func(yield func(search.Listing, error) bool) {
		for i, l := range shops(600) {
			if i == 550 {
				if err := errors.Join(e.Upsert(t.Context(), late), e.Delete(t.Context(), "lst_0000")); err != nil {
					t.Error(err)
				}
			}
			if !yield(l, nil) {
				return
			}
		}
	})
	if err = errors.Join(err, e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	next := "listings_3_1790000000000000000"
	if got := f.sent("POST /swap-indexes"); len(got) != 1 || !strings.Contains(got[0], `"indexes":["listings","`+next+`"]`) {
		t.Errorf("swapped by %v", got)
	}
	live := f.indexes["listings"]
	if len(live) != 600 || live["lst_late"] == nil || live["lst_0000"] != nil || live["lst_old"] != nil {
		t.Errorf("%d documents after the rebuild", len(live))
	}
	if f.indexes[next]["lst_old"] == nil {
		t.Error("the index replaced was not kept")
	}
	now = now.Add(2 * time.Hour)
	if err := e.Rebuild(t.Context(), searchtest.All(shops(3))); err != nil {
		t.Fatal(err)
	}
	if f.indexes[next] != nil || len(f.indexes) != 2 || len(f.indexes["listings"]) != 3 {
		t.Errorf("old indexes are left: %d", len(f.indexes))
	}
}

func TestRebuildFailures(t *testing.T) {
	for name, x := range map[string]struct {
		spoil func(f *fake)
		all   []search.Listing
		want  string
		after int // documents in the index
	}{
		"a document that fails": {
			func(f *fake) {
				f.spoil = func(_, body string) (string, string) {
					if strings.Contains(body, `"lst_0002"`) {
						return "failed", "a malformed _geo"
					}
					return "", ""
				}
			}, shops(5), "listing lst_0002", 4,
		},
		"a bad listing": {func(*fake) {}, append(shops(5), search.Listing{ID: "no name"}), "no name", 5},
		"a count that is not right": {
			func(f *fake) { f.counts["listings_3_1790000000000000000"] = 4 }, shops(5), "4 documents in the new index, 5 were sent", 1,
		},
		"a swap that fails": {
			func(f *fake) {
				f.spoil = func(request, _ string) (string, string) {
					if strings.HasSuffix(request, "swap-indexes") {
						return "failed", "no such index"
					}
					return "", ""
				}
			}, shops(5), "no such index", 1,
		},
		"settings that fail": {
			func(f *fake) {
				f.spoil = func(request, _ string) (string, string) {
					if strings.HasPrefix(request, "PATCH") {
						return "failed", "unknown rule"
					}
					return "", ""
				}
			}, shops(5), "unknown rule", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			e := New(Config{
				URL: f.URL, SearchKey: "search", WriteKey: "write", Poll: time.Microsecond,
				Now: func() time.Time { return time.Unix(1_790_000_000, 0) },
			})
			if err := errors.Join(e.Upsert(t.Context(), shop("lst_old")), e.Sync(t.Context())); err != nil {
				t.Fatal(err)
			}
			x.spoil(f)
			err := e.Rebuild(t.Context(), searchtest.All(x.all))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("got %v, want %s", err, x.want)
			}
			if n := len(f.indexes["listings"]); n != x.after {
				t.Errorf("%d documents, want %d", n, x.after)
			}
			if x.after == 1 && len(f.indexes) != 1 {
				t.Error("an index that came to nothing is left")
			}
		})
	}
}
