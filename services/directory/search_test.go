package directory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestResembles(t *testing.T) {
	for _, tt := range []struct {
		name, words string
		want        bool
	}{
		{"余天成", "余天城", true},
		{"余天成堂药号", "余天城药店", true},
		{"余天成堂（松江商城店）", "餘天城堂", true},
		{"上海农村商业银行中山中路分理处", "中山中路 100号", false},
		{"天成眼镜", "修手表", false},
		{"星巴克", "starbuks", true},
		{"余天成", "yutiancheg", true},
		{"（无名）", "无名店", true},
	} {
		if got := resembles(tt.name, tt.words); got != tt.want {
			t.Errorf("%s for %s: %v", tt.name, tt.words, got)
		}
	}
}

func TestSearchFilters(t *testing.T) {
	d := newDistrict(t)
	near := &geo.Point{Lat: 31.0101, Lng: 121.2300}
	for _, tt := range []struct {
		name string
		q    Query
		want string // in order; with ~ in any order
	}{
		{"everything, what is open first", Query{}, "noodles quarter pharmacy optician unknown bar cellar"},
		{"by door", Query{Sort: Door}, "bar quarter unknown noodles pharmacy cellar optician"},
		{"by name", Query{Sort: ByName}, "cellar bar unknown pharmacy optician quarter noodles"},
		{"popular", Query{Sort: Popular}, "noodles bar quarter unknown pharmacy cellar optician"},
		{"near", Query{Sort: Nearest, Near: near}, "bar noodles cellar optician pharmacy quarter unknown"},
		{"a category", Query{Categories: []string{"pharmacy"}}, "pharmacy"},
		{"two categories are either", Query{Categories: []string{"hair", "pharmacy"}}, "~quarter pharmacy"},
		{"a group", Query{Groups: []string{"food"}}, "~noodles bar"},
		{"a group and a category are either", Query{Groups: []string{"food"}, Categories: []string{"hair"}}, "~noodles bar quarter"},
		{"a street", Query{Streets: []string{"guyang"}}, "bar"},
		{"a street and a plaza are either", Query{Streets: []string{"guyang"}, Plazas: []string{"luming"}}, "~bar optician cellar"},
		{"a floor", Query{Plazas: []string{"luming"}, Level: -1}, "cellar"},
		{"two tags are both", Query{Tags: []string{"cash", "step-free"}}, "noodles"},
		{"heritage", Query{Heritage: true}, "pharmacy"},
		{"a price level", Query{Prices: []string{"1"}}, "~noodles quarter"},
		{"two price levels are either", Query{Prices: []string{"1", "4"}}, "~noodles quarter bar"},
		{"a price level nobody has", Query{Prices: []string{"3"}}, ""},
		{"a price level and a street", Query{Prices: []string{"1", "4"}, Streets: []string{"guyang"}}, "bar"},
		{"open now", Query{Open: Now}, "~noodles pharmacy quarter optician"},
		{"after 19:00", Query{Open: After19}, "~noodles pharmacy quarter optician bar"},
		{"after 22:00", Query{Open: After22}, "~pharmacy bar"},
		{"after midnight", Query{Open: After24}, "~pharmacy bar"},
		{"all day", Query{Open: AllDay}, "pharmacy"},
		{"words", Query{Text: "面馆"}, "noodles"},
		{"words and a filter", Query{Text: "药", Open: AllDay}, "pharmacy"},
		{"words by door", Query{Text: "中山中路", Sort: Door}, "quarter unknown noodles pharmacy"},
		{"a moved shop and a draft are in no list", Query{Text: "老地方"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := d.ask(tt.q)
			got, want := ids(p.Rows), strings.Fields(strings.TrimPrefix(tt.want, "~"))
			if strings.HasPrefix(tt.want, "~") {
				got, want = sorted(got), sorted(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if p.Total != len(want) || p.Pager.Page != 1 {
				t.Errorf("total %d, page %d", p.Total, p.Pager.Page)
			}
			for i := range p.Rows {
				if p.Rows[i].Number != i+1 {
					t.Errorf("row %d has number %d", i, p.Rows[i].Number)
				}
			}
		})
	}
}

func TestOpenNowIsRightToTheMinute(t *testing.T) {
	d := newDistrict(t)
	has := func(id string) bool { return slices.Contains(ids(d.ask(Query{Open: Now}).Rows), id) }
	d.pass(9 * time.Minute) // 19:29
	if !has("quarter") {
		t.Error("at 19:29 it is open until 19:30")
	}
	if p := d.ask(Query{}); p.OpenCount != 4 || p.Facets.Open[0].N != 4 {
		t.Errorf("open %d, counted %+v", p.OpenCount, p.Facets.Open)
	}
	d.pass(time.Minute)
	if has("quarter") {
		t.Error("at 19:30 it is closed")
	}
	if p := d.ask(Query{}); p.OpenCount != 3 || p.Facets.Open[0].N != 3 {
		t.Errorf("open %d, counted %+v", p.OpenCount, p.Facets.Open)
	}
	d.pass(30 * time.Minute)
	if !has("bar") {
		t.Error("the bar opens at 20:00")
	}
	d.pass(5*time.Hour + 59*time.Minute) // Friday 1:59
	if !has("bar") || has("noodles") {
		t.Error("at 1:59 the bar is open until 2:00")
	}
	if p := d.ask(Query{Open: After24}); !slices.Contains(ids(p.Rows), "bar") {
		t.Error("at 1:59 the night of yesterday is still under way")
	}
	d.pass(time.Minute)
	if has("bar") {
		t.Error("at 2:00 the bar is closed")
	}
	// Time that runs backwards asks about the past.
	d.pass(-time.Minute)
	if !has("bar") {
		t.Error("at 1:59, asked later, the bar is open")
	}
}

// TestClockAgreesWithAt compares the clock that is carried from minute to minute with a fresh look at every shop.
func TestClockAgreesWithAt(t *testing.T) {
	d := newDistrict(t)
	steps := []time.Duration{time.Minute, 7 * time.Minute, time.Hour, 13 * time.Minute, 9 * time.Hour, 24 * time.Hour}
	for i := range 400 {
		d.pass(steps[i*i%len(steps)])
		st, err := d.state(t.Context(), d.now())
		d.must(err)
		for n := range st.snap.shops {
			l := st.snap.shops[n].Listing
			if l.State != listing.Published {
				continue
			}
			want := hours.At(l.Hours, d.src.Calendar(), d.now())
			if got := st.clock.bits[n]&isOpen != 0; got != want.IsOpen() {
				t.Fatalf("%s at %s: open %v, want %v", l.ID, d.now(), got, want.IsOpen())
			}
			if got := st.clock.bits[n]&isAfter22 != 0; got != hours.OpenAfter(l.Hours, d.src.Calendar(), Tonight(d.now()), hours.Night) {
				t.Fatalf("%s at %s: after 22:00 %v", l.ID, d.now(), got)
			}
			if got := st.clock.bits[n]&isHeritage != 0; got != (shownMark(l, d.now()) != nil) {
				t.Fatalf("%s at %s: heritage %v", l.ID, d.now(), got)
			}
		}
	}
}

func TestFacets(t *testing.T) {
	d := newDistrict(t)
	n := func(list []Choice, value string) int {
		for _, c := range list {
			if c.Value == value {
				return c.N
			}
		}
		return -1
	}
	t.Run("a filter does not narrow its own counts", func(t *testing.T) {
		f := d.ask(Query{Streets: []string{"guyang"}}).Facets
		if n(f.Streets, "zhongshan") != 4 || n(f.Streets, "guyang") != 1 || n(f.Plazas, "luming") != 2 {
			t.Errorf("streets %+v, plazas %+v", f.Streets, f.Plazas)
		}
		for _, g := range f.Groups {
			if g.Value == "food" && (g.N != 1 || len(g.Categories) != 2) {
				t.Errorf("food %+v", g)
			}
		}
	})
	t.Run("the others do, and values without a result stay", func(t *testing.T) {
		f := d.ask(Query{Categories: []string{"pharmacy"}}).Facets
		if n(f.Streets, "guyang") != 0 || n(f.Streets, "zhongshan") != 1 || n(f.Tags, "step-free") != 0 || n(f.Tags, "cash") != 1 {
			t.Errorf("streets %+v, tags %+v", f.Streets, f.Tags)
		}
		if n(f.Streets, "yushu") != -1 {
			t.Error("a street without any shop is offered")
		}
	})
	t.Run("chosen ones are on", func(t *testing.T) {
		f := d.ask(Query{Open: After22, Tags: []string{"cash"}, Heritage: true}).Facets
		if !f.Open[2].On || f.Open[1].On || !f.Heritage.On || f.Heritage.N != 1 {
			t.Errorf("%+v, %+v", f.Open, f.Heritage)
		}
		if i := slices.IndexFunc(f.Tags, func(c Choice) bool { return c.On }); i < 0 || f.Tags[i].Value != "cash" {
			t.Errorf("tags %+v", f.Tags)
		}
	})
	t.Run("floors of the one plaza", func(t *testing.T) {
		f := d.ask(Query{Plazas: []string{"luming"}, Level: 1}).Facets
		got := []string{}
		for _, c := range f.Levels {
			got = append(got, c.Name.Hans+"="+string(rune('0'+c.N)))
		}
		if !slices.Equal(got, []string{"B1=1", "1F=1", "2F=0"}) {
			t.Errorf("floors %v", got)
		}
		if f = d.ask(Query{}).Facets; len(f.Levels) != 0 {
			t.Errorf("floors of no plaza: %+v", f.Levels)
		}
	})
	// Every count is what choosing that value alone gives.
	t.Run("a count is what pressing gives", func(t *testing.T) {
		for _, base := range []Query{{}, {Open: Now}, {Tags: []string{"cash"}}, {Text: "中山中路"}, {Prices: []string{"4"}}, {Streets: []string{"zhongshan"}, Open: After19}} {
			f := d.ask(base).Facets
			for _, c := range f.Streets {
				if got := d.ask(base.Change(func(q *Query) { q.Streets, q.Plazas = []string{c.Value}, nil })).Total; got != c.N {
					t.Errorf("%+v street %s: counted %d, got %d", base, c.Value, c.N, got)
				}
			}
			for _, c := range f.Open {
				if got := d.ask(base.Change(func(q *Query) { q.Open = Open(c.Value) })).Total; got != c.N {
					t.Errorf("%+v open %s: counted %d, got %d", base, c.Value, c.N, got)
				}
			}
			for _, c := range f.Tags {
				if c.On {
					continue
				}
				if got := d.ask(base.Change(func(q *Query) { Toggle(&q.Tags, c.Value) })).Total; got != c.N {
					t.Errorf("%+v tag %s: counted %d, got %d", base, c.Value, c.N, got)
				}
			}
			for _, c := range f.Prices {
				if got := d.ask(base.Change(func(q *Query) { q.Prices = []string{c.Value} })).Total; got != c.N {
					t.Errorf("%+v price %s: counted %d, got %d", base, c.Value, c.N, got)
				}
			}
			for _, g := range f.Groups {
				if got := d.ask(base.Change(func(q *Query) { q.Groups, q.Categories = []string{g.Value}, nil })).Total; got != g.N {
					t.Errorf("%+v group %s: counted %d, got %d", base, g.Value, g.N, got)
				}
			}
		}
	})
}

func TestUnknownFiltersAreLeftOutAndSaid(t *testing.T) {
	d := newDistrict(t)
	p := d.ask(Query{Categories: []string{"no-such", "pharmacy"}, Streets: []string{"nowhere"}, Tags: []string{"magic"}, Page: 99})
	var got []string
	for _, f := range p.Problems {
		got = append(got, f.Name+" "+f.Key)
	}
	want := []string{"cat search.problem.value", "at search.problem.value", "tag search.problem.value", "page search.problem.page_beyond"}
	if !slices.Equal(got, want) {
		t.Errorf("problems %q", got)
	}
	if !slices.Equal(ids(p.Rows), []string{"pharmacy"}) || p.Query.Encode() != "cat=pharmacy" {
		t.Errorf("rows %v, query %s", ids(p.Rows), p.Query.Encode())
	}
}

func TestNothingFound(t *testing.T) {
	d := newDistrict(t)
	t.Run("help", func(t *testing.T) {
		p := d.ask(Query{Text: "镜柜", Open: Now})
		if p.Total != 0 || p.Help == nil || len(p.Rows) != 0 || p.Rows == nil {
			t.Fatalf("%+v", p)
		}
		if len(p.Help.Categories) == 0 || p.Help.Categories[0].Value != "optician" || p.Help.Categories[0].N != 1 {
			t.Errorf("categories %+v", p.Help.Categories)
		}
	})
	t.Run("without the filters it would be found", func(t *testing.T) {
		p := d.ask(Query{Text: "酒吧", Open: Now, Streets: []string{"guyang"}})
		if p.Help == nil || p.Help.AnyTime != 1 || p.Help.AnyWhere != 0 || p.Help.Plain != 1 {
			t.Errorf("%+v", p.Help)
		}
		p = d.ask(Query{Text: "酒吧", Streets: []string{"zhongshan"}})
		if p.Help == nil || p.Help.AnyWhere != 1 || p.Help.AnyTime != 0 {
			t.Errorf("%+v", p.Help)
		}
	})
	t.Run("a part of the words", func(t *testing.T) {
		p := d.ask(Query{Text: "云间飞碟俱乐部"})
		if p.Help == nil || p.Help.Words != "云间" {
			t.Errorf("%+v", p.Help)
		}
		if p = d.ask(Query{Text: "云间飞碟俱乐部", Open: Now}); p.Help.Plain != 0 {
			t.Errorf("without filters there is nothing either: %+v", p.Help)
		}
	})
	t.Run("words nobody uses", func(t *testing.T) {
		p := d.ask(Query{Text: "qqqqqq"})
		if p.Help == nil || len(p.Help.Categories) == 0 {
			t.Errorf("%+v", p.Help)
		}
	})
}

func TestTooFew(t *testing.T) {
	d := newDistrict(t)
	d.must(d.listings.Upsert(t.Context(), []listing.Listing{
		shopAt("pharmacy2", "天成大药房", "pharmacy", "st-gy", "30", everyDay(hours.Span{Open: 480, Close: 1200})),
	}))
	d.must(d.Refresh(t.Context()))
	p := d.ask(Query{Text: "济和堂"})
	if !slices.Equal(ids(p.Rows), []string{"pharmacy"}) || !slices.Equal(ids(p.Similar), []string{"pharmacy2"}) {
		t.Errorf("rows %v, similar %v", ids(p.Rows), ids(p.Similar))
	}
	if p = d.ask(Query{}); len(p.Similar) != 0 {
		t.Errorf("the home page has similar shops: %v", ids(p.Similar))
	}
}

func TestRowsSayWhy(t *testing.T) {
	d := newDistrict(t)
	d.change("pharmacy", func(l *listing.Listing) { l.Aliases = []string{"余天成药店"} })
	r := d.ask(Query{Text: "天成药"}).Rows
	if len(r) != 1 || r[0].Hint == nil || r[0].Hint.Text != "余天成药店" || len(r[0].Hint.Marks) == 0 {
		t.Fatalf("%+v", r)
	}
	r = d.ask(Query{Text: "济和"}).Rows
	if len(r) != 1 || r[0].Hint != nil || len(r[0].Marks) != 1 || r[0].Name[r[0].Marks[0].From:r[0].Marks[0].To] != "济和" {
		t.Fatalf("%+v", r)
	}
	near := &geo.Point{Lat: 31.0091, Lng: 121.2301}
	r = d.ask(Query{Text: "云间", Near: near}).Rows
	if len(r) != 1 || r[0].Metres < 0 || r[0].Metres > 1 || r[0].Plate("zh-Hans").Number != "218" {
		t.Fatalf("%+v", r)
	}
}

// TestHiddenAtOnce: a stale index shows nobody what is hidden. INP-05, SEA-03.
func TestHiddenAtOnce(t *testing.T) {
	d := newDistrict(t)
	before := d.ask(Query{Text: "面馆"})
	// The index goes on holding it: only the store knows that it was taken from the public.
	_, err := d.listings.Update(t.Context(), "noodles", 0, func(l *listing.Listing) error { l.State = listing.Suspended; return nil })
	d.must(err)
	d.feed.mu.Lock() // the index is not fed
	d.pass(Fresh)
	p := d.ask(Query{Text: "面馆"})
	d.feed.mu.Unlock()
	if before.Total != 1 || p.Total != 0 || len(p.Rows) != 0 {
		t.Errorf("before %d, after %d: %v", before.Total, p.Total, ids(p.Rows))
	}
	if _, err := d.Shop(t.Context(), "noodles", "zh-Hans", d.now()); err == nil {
		t.Error("its page still answers")
	}
	if d.index.Len() == 0 {
		t.Error("the index was meant to be stale")
	}
}
