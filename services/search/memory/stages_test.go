package memory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/searchtest"
)

func filled(t *testing.T, ls ...search.Listing) *memory.Engine {
	t.Helper()
	e := memory.New()
	if err := e.Upsert(t.Context(), ls...); err != nil {
		t.Fatal(err)
	}
	return e
}

func found(t *testing.T, e search.Engine, q search.Query) ([]string, search.Result) {
	t.Helper()
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out, r
}

func plaza(name string) search.Label { return search.Label{ID: "p", Terms: []string{name}} }

// TestClasses holds the borders between the classes of a match, whatever the popularity.
func TestClasses(t *testing.T) {
	label := func(id string, terms ...string) search.Label { return search.Label{ID: id, Terms: terms} }
	e := filled(
		t,
		search.Listing{ID: "9-description", Name: "甲", Description: "有天成的货", Popularity: 99},
		search.Listing{ID: "8-address", Name: "乙", Address: "老天成弄1号", Popularity: 90},
		search.Listing{ID: "7-goods", Name: "丙", Goods: []string{"天成糕"}, Popularity: 80},
		search.Listing{ID: "6-place", Name: "丁", Plaza: label("tc", "天成广场"), Popularity: 70},
		search.Listing{ID: "5-category", Name: "戊", Category: label("c", "天成"), Popularity: 60},
		search.Listing{ID: "4-alias-inside", Name: "己", Aliases: []string{"老天成"}, Popularity: 50},
		search.Listing{ID: "3-inside", Name: "余天成", Popularity: 40},
		search.Listing{ID: "2-alias", Name: "庚", Aliases: []string{"天成"}, Popularity: 30},
		search.Listing{ID: "1-prefix", Name: "天成眼镜", Popularity: 20},
		search.Listing{ID: "0-name", Name: "天成", Popularity: 10},
	)
	got, r := found(t, e, search.Query{Text: "天成"})
	if !slices.IsSorted(got) || len(got) != 10 || r.Stage != search.Strict {
		t.Errorf("order %v", got)
	}
	p := filled(
		t,
		search.Listing{ID: "0-word", Name: "Mango 家", Popularity: 1},
		search.Listing{ID: "1-pinyin", Name: "芒果", Pinyin: "man go", Popularity: 99},
	)
	if got, _ := found(t, p, search.Query{Text: "mango"}); !slices.IsSorted(got) || len(got) != 2 {
		t.Errorf("script before pinyin: %v", got)
	}
}

func TestStages(t *testing.T) {
	e := filled(
		t,
		search.Listing{ID: "sbux", Name: "星巴克咖啡", Aliases: []string{"Starbucks"}, Plaza: plaza("松江万达广场"), Street: search.Label{ID: "s", Terms: []string{"荣乐东路"}}},
		search.Listing{ID: "ytc", Name: "余天成堂药号", Aliases: []string{"余天成药店"}, Address: "中山中路123号"},
	)
	for _, x := range []struct {
		query string
		want  string
		stage search.Stage
	}{
		{"星巴克", "sbux", search.Strict},
		{"松江万达星巴克", "sbux", search.Strict},     // two pieces without a space, each where it belongs
		{"荣乐东路松江万达星巴克", "sbux", search.Strict}, // three
		{"万达星巴客", "", search.Strict},           // a piece that is nowhere
		{"starbuks", "sbux", search.Typo},
		{"satrbucks", "sbux", search.Typo},
		{"xingbakf", "sbux", search.Typo},
		{"tsarbucks", "", search.Strict}, // not in the first letter
		{"stbks", "", search.Strict},
		{"余天城药店", "ytc", search.Relaxed},
		{"余天成 火锅", "ytc", search.Relaxed}, // half of the terms
		{"余天成 火锅 烧烤", "", search.Strict},
		{"中山中路12", "ytc", search.Strict},   // as typed, unfinished
		{"中山中路12号", "ytc", search.Relaxed}, // finished: another house
		{"火锅", "", search.Strict},
	} {
		got, r := found(t, e, search.Query{Text: x.query})
		want := []string{}
		if x.want != "" {
			want = append(want, x.want)
		}
		if !slices.Equal(got, want) || r.Stage != x.stage {
			t.Errorf("%s: %v at stage %s, want %v at %s", x.query, got, r.Stage, want, x.stage)
		}
		if mean := r.DidYouMean; r.Stage == search.Strict && mean != "" || r.Stage != search.Strict && mean != x.want {
			t.Errorf("%s: did you mean %q", x.query, mean)
		}
	}
}

func TestTyposComeAfterWhatMatches(t *testing.T) {
	e := filled(
		t,
		search.Listing{ID: "exact", Name: "甲", Goods: []string{"coffee beans"}},
		search.Listing{ID: "typo", Name: "Coffey", Popularity: 99},
	)
	got, r := found(t, e, search.Query{Text: "coffee"})
	if !slices.Equal(got, []string{"exact", "typo"}) || r.Stage != search.Typo || r.DidYouMean != "exact" {
		t.Errorf("got %v at %s", got, r.Stage)
	}
}

// TestManyWrites drives the renumbering of retired documents against a fresh index of the same listings.
func TestManyWrites(t *testing.T) {
	ls := searchtest.District(1500, 7)
	e := memory.New()
	if err := e.Rebuild(t.Context(), searchtest.All(ls)); err != nil {
		t.Fatal(err)
	}
	for i := range ls { // every listing changes, one in five goes
		if i%5 == 0 {
			if err := e.Delete(t.Context(), ls[i].ID); err != nil {
				t.Fatal(err)
			}
			continue
		}
		ls[i].Name += "新"
		if err := e.Upsert(t.Context(), ls[i]); err != nil {
			t.Fatal(err)
		}
	}
	var left []search.Listing
	for i := range ls {
		if i%5 != 0 {
			left = append(left, ls[i])
		}
	}
	fresh := memory.New()
	if err := fresh.Rebuild(t.Context(), searchtest.All(left)); err != nil {
		t.Fatal(err)
	}
	if e.Len() != len(left) {
		t.Errorf("%d listings, want %d", e.Len(), len(left))
	}
	for _, x := range questions {
		x.q.Facets, x.q.PerPage = fourFacets, 100
		a, ra := found(t, e, x.q)
		b, rb := found(t, fresh, x.q)
		if !slices.Equal(a, b) || ra.Total != rb.Total || fmt.Sprint(ra.Facets) != fmt.Sprint(rb.Facets) || ra.Stage != rb.Stage {
			t.Errorf("%s: %d hits after many writes, %d in a fresh index", x.name, ra.Total, rb.Total)
		}
	}
}

func TestDeepPages(t *testing.T) {
	const n = 6000
	ls := searchtest.District(n, 3)
	e := memory.New()
	if err := e.Rebuild(t.Context(), searchtest.All(ls)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for page := 1; page <= n/100; page++ {
		got, r := found(t, e, search.Query{Sort: search.Newest, Page: page, PerPage: 100})
		if r.Total != n {
			t.Fatalf("total %d", r.Total)
		}
		for _, id := range got {
			seen[id] = true
		}
	}
	if len(seen) != n {
		t.Errorf("%d listings on all pages, want %d", len(seen), n)
	}
}

// givenUp is a context that ends after so many looks at it.
type givenUp struct {
	context.Context
	looks int
}

func (g *givenUp) Err() error {
	if g.looks--; g.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestSearchIsGivenUpHalfWay(t *testing.T) {
	e := memory.New()
	if err := e.Rebuild(t.Context(), searchtest.All(searchtest.District(5000, 3))); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"", "店"} {
		if r, err := e.Search(&givenUp{t.Context(), 1}, search.Query{Text: q}); !errors.Is(err, context.Canceled) || len(r.Hits) > 0 {
			t.Errorf("%q: %d hits and %v", q, len(r.Hits), err)
		}
	}
}

func TestFiltersOfDates(t *testing.T) {
	e := filled(t, search.Listing{ID: "a", Name: "甲", ClosedOn: []int{20261001, 20261002}}, search.Listing{ID: "b", Name: "乙"})
	for day, want := range map[int][]string{0: {"a", "b"}, 20261001: {"b"}, 20261003: {"a", "b"}} {
		if got, _ := found(t, e, search.Query{Filters: search.Filters{OpenOn: day}}); !slices.Equal(got, want) {
			t.Errorf("open on %d: %v, want %v", day, got, want)
		}
	}
}

func TestMetres(t *testing.T) {
	ls := searchtest.District(1, 1)
	e := filled(t, ls[0], search.Listing{ID: "nowhere", Name: "甲", UpdatedAt: time.Unix(1, 0)})
	_, r := found(t, e, search.Query{Sort: search.Distance, Near: ls[0].At})
	if len(r.Hits) != 2 || r.Hits[0].Metres != 0 || r.Hits[1].Metres != -1 {
		t.Errorf("got %+v", r.Hits)
	}
	if _, r := found(t, e, search.Query{}); r.Hits[0].Metres != -1 {
		t.Errorf("distance from nowhere: %+v", r.Hits)
	}
}
