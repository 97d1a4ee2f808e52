package memory

import (
	"fmt"
	"testing"

	"shangquan/services/search"
)

// TestRetiredNumbersAreForgotten writes two listings over and over: neither numbers nor tokens may pile up.
func TestRetiredNumbersAreForgotten(t *testing.T) {
	e := New()
	for i := range 5000 {
		l := search.Listing{ID: fmt.Sprint("lst_", i%2), Name: fmt.Sprint("余天成", i), Phones: []string{fmt.Sprint(50000000 + i)}}
		if err := e.Upsert(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	x := e.x
	if len(x.byID) != 2 || len(x.recs) > 1100 || len(x.recs) != len(x.facts) || len(x.recs) != len(x.phone) {
		t.Errorf("%d listings, %d numbers", len(x.byID), len(x.recs))
	}
	words := 0
	x.words.letter('4', func(string, *posting) { words++ })
	if words > 1100 {
		t.Errorf("%d words that begin with 4 are left", words)
	}
	for d, r := range x.recs {
		if r != nil && (x.byID[r.id] != uint32(d) || !x.alive.has(uint32(d))) {
			t.Errorf("document %d is %s, which is %d", d, r.id, x.byID[r.id])
		}
	}
}
