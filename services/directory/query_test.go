package directory

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/services/geo"
)

func someQuery() *rapid.Generator[Query] {
	return rapid.Custom(func(t *rapid.T) Query {
		slugs := func(name string) []string {
			return rapid.SliceOfN(rapid.StringMatching(`[a-z0-9-]{1,12}`), 0, 4).Draw(t, name)
		}
		q := Query{
			Text:       clean(rapid.StringN(0, 40, -1).Draw(t, "text")),
			Categories: slugs("cat"), Groups: slugs("group"), Streets: slugs("at"), Plazas: slugs("plaza"), Tags: slugs("tag"),
			Prices:   rapid.SliceOfN(rapid.SampledFrom(Prices), 0, 4).Draw(t, "price"),
			Level:    rapid.IntRange(-3, 8).Draw(t, "level"),
			Open:     rapid.SampledFrom(append([]Open{AnyTime}, Opens...)).Draw(t, "open"),
			Heritage: rapid.Bool().Draw(t, "heritage"),
			Sort:     rapid.SampledFrom(Sorts).Draw(t, "sort"),
			Page:     rapid.IntRange(1, 500).Draw(t, "page"),
			Map:      rapid.Bool().Draw(t, "map"),
		}
		if rapid.Bool().Draw(t, "near") || q.Sort == Nearest {
			q.Near = &geo.Point{
				Lat: float64(rapid.IntRange(-900000, 900000).Draw(t, "lat")) / 1e4, Lng: float64(rapid.IntRange(-1800000, 1800000).Draw(t, "lng")) / 1e4,
			}
		}
		q.normalise()
		return q
	})
}

func TestQueryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := someQuery().Draw(t, "query")
		got, problems := ParseQuery(q.Values())
		if len(problems) > 0 {
			t.Fatalf("%v: %v", q.Values(), problems)
		}
		if diff := cmp.Diff(q, got); diff != "" {
			t.Fatal(diff)
		}
		again, err := url.ParseQuery(q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(q.Values(), again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestChangingAFilterGoesBackToPageOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := someQuery().Draw(t, "query")
		before := q.clone()
		c := q.Change(func(q *Query) { Toggle(&q.Categories, "pharmacy") })
		if c.Page != 1 || slices.Contains(c.Categories, "pharmacy") == slices.Contains(q.Categories, "pharmacy") {
			t.Fatalf("got %+v", c)
		}
		back := c.Change(func(q *Query) { Toggle(&q.Categories, "pharmacy") })
		if diff := cmp.Diff(q.AtPage(1), back); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(before, q); diff != "" {
			t.Fatal("the query itself was changed", diff)
		}
		if m := q.AsMap(true); m.Page != q.Page || !m.Map {
			t.Fatalf("the map of the same page: %+v", m)
		}
	})
}

func TestQueryProblems(t *testing.T) {
	long := strings.Repeat("余", 300)
	many := "a"
	for i := range 40 {
		many += "&cat=c" + string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	for _, tt := range []struct {
		name, raw string
		want      string // canonical
		problems  []string
	}{
		{"nothing", "", "", nil},
		{"empty fields of the form", "q=&cat=&open=&sort=&page=&view=&level=&heritage=&near=", "", nil},
		{"defaults said aloud", "page=1&view=list&heritage=0", "", nil},
		{"spaces", "q=++%E4%BD%99+%09%0A+%E5%A4%A9%E6%88%90++", "q=%E4%BD%99+%E5%A4%A9%E6%88%90", nil},
		{"broken bytes and hidden characters", "q=%E4%BD%99%FF%00%E2%80%AE%E5%A4%A9", "q=%E4%BD%99+%E5%A4%A9", nil},
		{"operators are words", "q=%22+OR+status%3Dhidden", "q=%22+OR+status%3Dhidden", nil},
		{"what apps add", "from=singlemessage&isappinstalled=0&utm_source=x&q=a", "q=a", nil},
		{"repeated and unordered", "cat=b&cat=a&cat=b", "cat=a&cat=b", nil},
		{"unknown parameter", "colour=red&q=a", "q=a", []string{"colour: search.problem.param"}},
		{"unknown time", "open=tomorrow", "", []string{"open: search.problem.value"}},
		{"unknown order", "sort=price", "", []string{"sort: search.problem.value"}},
		{"unknown view", "view=globe", "", []string{"view: search.problem.value"}},
		{"no slug", "cat=%E8%8D%AF%E5%BA%97&at=A+B&tag=x", "tag=x", []string{"cat: search.problem.value", "at: search.problem.value"}},
		{"too many values", "cat=" + many, "", []string{"cat: search.problem.too_many"}},
		{"page zero", "page=0", "", []string{"page: search.problem.page"}},
		{"page minus one", "page=-1", "", []string{"page: search.problem.page"}},
		{"page in words", "page=two", "", []string{"page: search.problem.page"}},
		{"page 1e9", "page=1e9", "", []string{"page: search.problem.page"}},
		{"page of twenty digits", "page=99999999999999999999", "", []string{"page: search.problem.page"}},
		{"floor zero", "level=0", "", []string{"level: search.problem.value"}},
		{"floor 9999", "level=9999", "", []string{"level: search.problem.value"}},
		{"near", "near=31.00456,121.2289&sort=near", "near=31.0046%2C121.2289&sort=near", nil},
		{"near nowhere", "near=north&sort=near", "", []string{"near: search.problem.near"}},
		{"near NaN", "near=NaN,NaN", "", []string{"near: search.problem.near"}},
		{"near off the globe", "near=131,121", "", []string{"near: search.problem.near"}},
		{"by distance from nowhere", "sort=near", "", []string{"sort: search.problem.near_needed"}},
		{"long", "q=" + long, "q=" + url.QueryEscape(strings.Repeat("余", MaxText)), []string{"q: search.problem.long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values, _ := url.ParseQuery(tt.raw)
			q, problems := ParseQuery(values)
			var got []string
			for _, p := range problems {
				got = append(got, p.Name+": "+p.Key)
			}
			if !slices.Equal(got, tt.problems) {
				t.Errorf("problems %q, want %q", got, tt.problems)
			}
			if tt.name == "too many values" {
				if len(q.Categories) != MaxValues {
					t.Errorf("%d values", len(q.Categories))
				}
				return
			}
			if q.Encode() != tt.want {
				t.Errorf("got %s, want %s", q.Encode(), tt.want)
			}
		})
	}
	t.Run("a page's own parameter", func(t *testing.T) {
		if _, problems := ParseQuery(url.Values{"pin": {"3"}}, "pin"); len(problems) > 0 {
			t.Errorf("problems %v", problems)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	f.Add("q=余天成&cat=pharmacy&page=2&near=31.0,121.2")
	f.Add("page=-1&level=x&open=now&open=19&sort=near")
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		q, _ := ParseQuery(values)
		again, problems := ParseQuery(q.Values())
		if len(problems) > 0 {
			t.Fatalf("%q: what was read has problems: %v", raw, problems)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Fatalf("%q: %s", raw, diff)
		}
	})
}

func TestPager(t *testing.T) {
	for _, tt := range []struct {
		name        string
		total, page int
		want        Pager
		beyond      bool
		prev, next  int
	}{
		{"nothing", 0, 1, Pager{1, 0, []int{}}, false, 0, 0},
		{"nothing, page 3", 0, 3, Pager{1, 0, []int{}}, true, 0, 0},
		{"one page", 24, 1, Pager{1, 1, []int{}}, false, 0, 0},
		{"two pages", 25, 2, Pager{2, 2, []int{1, 2}}, false, 1, 0},
		{"first of many", 384, 1, Pager{1, 16, []int{1, 2, 0, 16}}, false, 0, 2},
		{"in the middle", 384, 8, Pager{8, 16, []int{1, 0, 7, 8, 9, 0, 16}}, false, 7, 9},
		{"a gap of one page is that page", 384, 4, Pager{4, 16, []int{1, 2, 3, 4, 5, 0, 16}}, false, 3, 5},
		{"beyond the end", 384, 99, Pager{16, 16, []int{1, 0, 15, 16}}, true, 15, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, beyond := newPager(tt.total, tt.page)
			if diff := cmp.Diff(tt.want, p); diff != "" || beyond != tt.beyond {
				t.Errorf("beyond %v\n%s", beyond, diff)
			}
			if p.Prev() != tt.prev || p.Next() != tt.next {
				t.Errorf("prev %d, next %d", p.Prev(), p.Next())
			}
		})
	}
}
