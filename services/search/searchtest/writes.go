package searchtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

func (s *suite) writes(t *testing.T) {
	e := s.open(t)
	sync := func() {
		t.Helper()
		if err := e.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	put := func(ls ...search.Listing) {
		t.Helper()
		if err := e.Upsert(t.Context(), ls...); err != nil {
			t.Fatal(err)
		}
		sync()
	}
	facets := []search.Group{search.CategoryGroup, search.TagGroup}
	put(s.f.Listings...)
	changed := s.f.Listings[0]
	changed.Name, changed.Aliases, changed.Description, changed.Category = "云锦绸庄", nil, "", label("绸布店")
	put(changed)
	find := func(q string) bool { return slices.Contains(ids(ask(t, e, search.Query{Text: q})), changed.ID) }
	for _, q := range []string{"云锦", "yunjin", "yjcz", "绸布店"} {
		if !find(q) {
			t.Errorf("after the change %q does not find it", q)
		}
	}
	for _, q := range []string{"余天成堂药号", "ytctyh", "yutianchengtangyaohao", "药铺"} {
		if r := ask(t, e, search.Query{Text: q}); r.Stage == search.Strict && slices.Contains(ids(r), changed.ID) {
			t.Errorf("after the change %q still finds it", q)
		}
	}
	before := ask(t, e, search.Query{Facets: facets, PerPage: 100})
	put(changed)
	put(changed, changed)
	if after := ask(t, e, search.Query{Facets: facets, PerPage: 100}); !slices.Equal(ids(after), ids(before)) || fmt.Sprint(after.Facets) != fmt.Sprint(before.Facets) {
		t.Error("the same write a second time changed the answer")
	}
	if err := e.Delete(t.Context(), changed.ID, "lst_unknown"); err != nil {
		t.Fatal(err)
	}
	sync()
	after := ask(t, e, search.Query{Facets: facets, PerPage: 100})
	if after.Total != before.Total-1 || find("云锦") || find("") {
		t.Error("a deleted listing is still found")
	}
	if slices.ContainsFunc(after.Facets[search.CategoryGroup], func(c search.Count) bool { return c.ID == slug("绸布店") }) {
		t.Error("a deleted listing is still counted")
	}
	put(changed)
	if !find("云锦") {
		t.Error("a listing deleted and put again is not found")
	}

	bad := []search.Listing{s.f.Listings[1], s.f.Listings[2], s.f.Listings[3]}
	for i := range bad {
		bad[i].Name += "新"
	}
	bad[1].ID = "not an id!"
	err := e.Upsert(t.Context(), bad...)
	if err == nil {
		err = e.Sync(t.Context())
	} else {
		sync()
	}
	if err == nil || !strings.Contains(err.Error(), "not an id!") {
		t.Errorf("a bad listing is not reported: %v", err)
	}
	for _, i := range []int{0, 2} {
		if !slices.Contains(ids(ask(t, e, search.Query{Text: bad[i].Name})), bad[i].ID) {
			t.Errorf("%s, in a batch with a bad listing, is not indexed", bad[i].Name)
		}
	}
}

// rebuild checks that a search during a rebuild sees the old set or the new one, never a part, and that writes accepted
// meanwhile are not lost.
func (s *suite) rebuild(t *testing.T) {
	e := s.open(t)
	half := s.f.Listings[:48]
	if err := e.Rebuild(t.Context(), All(half)); err != nil {
		t.Fatal(err)
	}
	late := s.f.Listings[95]
	late.ID, late.Name = "lst_late", "迟到小铺"
	var running sync.WaitGroup
	stop := make(chan struct{})
	var meanwhile sync.Once
	running.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			r, err := e.Search(t.Context(), search.Query{PerPage: 100})
			if err != nil {
				t.Error(err)
				return
			}
			switch r.Total {
			case 48, 49, 96, 95, 97: // old, old with the late one, new without and with it, and without the deleted one
			default:
				t.Errorf("a search during a rebuild sees %d listings", r.Total)
			}
		}
	})
	err := e.Rebuild(t.Context(), func(yield func(search.Listing, error) bool) {
		for i, l := range s.f.Listings {
			if i == 60 {
				meanwhile.Do(func() {
					if err := e.Upsert(t.Context(), late); err != nil {
						t.Error(err)
					}
					if err := e.Delete(t.Context(), s.f.Listings[50].ID); err != nil {
						t.Error(err)
					}
				})
			}
			if !yield(l, nil) {
				return
			}
		}
	})
	close(stop)
	running.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := ask(t, e, search.Query{PerPage: 100})
	if got := ids(r); r.Total != 96 || !slices.Contains(got, "lst_late") || slices.Contains(got, s.f.Listings[50].ID) {
		t.Errorf("after the rebuild: %d listings; a write accepted meanwhile is lost", r.Total)
	}
	broken := fmt.Errorf("the store went away")
	err = e.Rebuild(t.Context(), func(yield func(search.Listing, error) bool) {
		if yield(s.f.Listings[0], nil) {
			yield(search.Listing{}, broken)
		}
	})
	if err == nil {
		t.Error("a rebuild from a broken store succeeds")
	}
	if r := ask(t, e, search.Query{}); r.Total != 96 {
		t.Errorf("a rebuild that failed left %d listings", r.Total)
	}
}

func (s *suite) highlights(t *testing.T) {
	queries := []string{}
	for _, x := range s.f.Expected {
		queries = append(queries, x.Query)
	}
	queries = append(queries, "cafe muller", "haagendazs", "momo", "鮮の果", "starb", "361")
	for _, q := range queries {
		p := text.Parse(q)
		for _, l := range s.f.Listings {
			for _, original := range append([]string{l.Name, l.Address}, l.Aliases...) {
				at := 0
				for _, m := range p.Marks(original, "") {
					if m.From < at || m.To <= m.From || m.To > len(original) || !border(original, m.From) || !border(original, m.To) {
						t.Fatalf("%q on %s: bad range %v", q, original, m)
					}
					at = m.To
				}
				for _, term := range p.Terms {
					if term.Kind == text.Han && strings.Contains(text.FoldString(original), term.Text) && !strings.Contains(marked(&p, original), term.Text) {
						t.Errorf("%q on %s marks %q", q, original, marked(&p, original))
					}
				}
			}
		}
	}
	for _, x := range []struct{ query, original, want string }{
		{"ytc", "余天成堂药号", "余天成"},
		{"yutianch", "余天成堂药号", "余天成"},
		{"餘天成", "余天成堂药号", "余天成"},
		{"haagendazs", "哈根达斯 Häagen-Dazs（万达店）", "haagen-dazs"},
		{"ＫＦＣ", "KFC", "kfc"},
		{"天成药", "余天成药店", "天成药"},
	} {
		p := text.Parse(x.query)
		if got := marked(&p, x.original); got != x.want {
			t.Errorf("%q on %s marks %q, want %q", x.query, x.original, got, x.want)
		}
	}
}

func border(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func marked(p *text.Plan, original string) string {
	var out []string
	for _, m := range p.Marks(original, "") {
		out = append(out, text.FoldString(original[m.From:m.To]))
	}
	return strings.Join(out, "…")
}
