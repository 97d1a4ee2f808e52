package memory

import (
	"strings"
	"testing"

	"shangquan/services/search"
	"shangquan/services/search/searchtest"
)

// TestAListingThatPanics is left out and named; the others are found, at the start of a server and at every edit. OPS-05.
func TestAListingThatPanics(t *testing.T) {
	e := New()
	e.derive = func(l *search.Listing, ls *labels) prepared {
		if l.ID == "bad" {
			return *(*prepared)(nil)
		}
		return prepare(l, ls)
	}
	all := []search.Listing{{ID: "a", Name: "余天成"}, {ID: "bad", Name: "余天成"}, {ID: "b", Name: "余天成"}}
	check := func(what string, err error) {
		t.Helper()
		if err == nil || strings.Count(err.Error(), "listing bad: panic: runtime error") != 1 || !strings.Contains(err.Error(), "panic_test.go") {
			t.Errorf("%s says %v", what, err)
		}
		if res, err := e.Search(t.Context(), search.Query{Text: "余天成"}); err != nil || res.Total != 2 {
			t.Errorf("%s: %d found, %v", what, res.Total, err)
		}
	}
	check("a rebuild", e.Rebuild(t.Context(), searchtest.All(all)))
	check("an edit", e.Upsert(t.Context(), all...))
	broken := func(yield func(search.Listing, error) bool) {
		yield(all[0], nil)
		panic("a bug")
	}
	if err := e.Rebuild(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("a source that panics: %v", err)
	}
	if res, err := e.Search(t.Context(), search.Query{Text: "余天成"}); err != nil || res.Total != 2 {
		t.Errorf("the old index: %d found, %v", res.Total, err)
	}
}
