package directory

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

func TestShop(t *testing.T) {
	d := newDistrict(t)
	t.Run("all of it", func(t *testing.T) {
		p, err := d.Shop(t.Context(), "noodles", lang.En, d.now())
		d.must(err)
		if p.Name != "Yunjian Noodles" || p.NameLang != lang.En || p.Category.ID != "noodles" || p.Group.ID != "food" || p.Street.Slug != "zhongshan" {
			t.Errorf("%+v", p.Row)
		}
		if len(p.Week) != 7 || p.Week[0].Date.String() != "2026-10-12" || p.Week[3].Date != calendar.Today(d.now()) || p.Week[6].Reason != hours.BySpecial {
			t.Errorf("week %+v", p.Week)
		}
		if p.Stop == nil || p.Stop.Point.ID != "stop-near" || p.Stop.Metres > 50 {
			t.Errorf("stop %+v", p.Stop)
		}
		if got := ids(p.Neighbours); !slices.Equal(got, []string{"quarter", "unknown", "pharmacy"}) {
			t.Errorf("neighbours %v", got)
		}
		if len(p.Coming) != 1 || p.Coming[0].From.String() != "2026-10-18" || p.Coming[0].Note.Hans != "重阳节" || p.Coming[0].Unanswered {
			t.Errorf("coming %+v", p.Coming)
		}
	})
	t.Run("a holiday it has not answered for", func(t *testing.T) {
		p, err := d.Shop(t.Context(), "noodles", lang.Hans, time.Date(2026, 9, 20, 10, 0, 0, 0, calendar.Shanghai))
		d.must(err)
		i := slices.IndexFunc(p.Coming, func(c Coming) bool { return c.Name == "国庆节" })
		if i < 0 || !p.Coming[i].Unanswered || p.Coming[i].From.String() != "2026-10-01" || p.Coming[i].To <= p.Coming[i].From {
			t.Errorf("coming %+v", p.Coming)
		}
	})
	t.Run("and after it has", func(t *testing.T) {
		d.change("noodles", func(l *listing.Listing) {
			l.Hours.ByClass = map[string][]hours.Span{"holiday": {}}
		})
		p, err := d.Shop(t.Context(), "noodles", lang.Hans, time.Date(2026, 9, 20, 10, 0, 0, 0, calendar.Shanghai))
		d.must(err)
		i := slices.IndexFunc(p.Coming, func(c Coming) bool { return c.Name == "国庆节" })
		if i < 0 || p.Coming[i].Unanswered || len(p.Coming[i].Spans) != 0 {
			t.Errorf("coming %+v", p.Coming)
		}
	})
	t.Run("moved", func(t *testing.T) {
		p, err := d.Shop(t.Context(), "moved", lang.Hans, d.now())
		d.must(err)
		if !p.Gone() || p.Forward == nil || p.Forward.Listing.ID != "noodles" || p.Week == nil || p.Neighbours == nil {
			t.Errorf("%+v", p)
		}
	})
	t.Run("hours nobody confirmed for half a year", func(t *testing.T) {
		d.change("noodles", func(l *listing.Listing) { l.Confirmed = listing.Confirmed{On: "2026-04-01", By: "owner"} })
		p, err := d.Shop(t.Context(), "noodles", lang.Hans, d.now())
		d.must(err)
		if !p.Stale || p.Status.State != hours.Unknown || slices.Contains(ids(d.ask(Query{Open: Now}).Rows), "noodles") {
			t.Errorf("stale %v, %s", p.Stale, p.Status.State)
		}
		d.change("noodles", func(l *listing.Listing) { l.Confirmed.On = "2026-10-01" })
		if p, err = d.Shop(t.Context(), "noodles", lang.Hans, d.now()); err != nil || p.Stale || p.Status.State != hours.Open {
			t.Errorf("%v: stale %v, %s", err, p.Stale, p.Status.State)
		}
		d.change("noodles", func(l *listing.Listing) { l.Confirmed = listing.Confirmed{On: "2019-01-01", By: "source"} })
		if p, err = d.Shop(t.Context(), "noodles", lang.Hans, d.now()); err != nil || p.Stale {
			t.Errorf("%v: what a source published counts until somebody looks: stale %v", err, p.Stale)
		}
	})
	for _, slug := range []string{"draft", "no-such", ""} {
		if _, err := d.Shop(t.Context(), slug, lang.Hans, d.now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", slug, err)
		}
	}
	t.Run("next door is not the other end of the road", func(t *testing.T) {
		d := newDistrict(t)
		d.change("pharmacy", func(l *listing.Listing) { l.Location = at(31.0091, 121.2301+0.0060) }) // 570 m
		p, err := d.Shop(t.Context(), "noodles", lang.Hans, d.now())
		d.must(err)
		if got := ids(p.Neighbours); !slices.Equal(got, []string{"quarter", "unknown"}) {
			t.Errorf("neighbours %v", got)
		}
	})
	t.Run("by code", func(t *testing.T) {
		d.change("noodles", func(l *listing.Listing) { l.Code = "SJ-218" })
		for _, code := range []string{"SJ-218", "sj-218", "Sj-218"} {
			if slug, err := d.ByCode(t.Context(), code); err != nil || slug != "noodles" {
				t.Errorf("%q: %q %v", code, slug, err)
			}
		}
		d.change("noodles", func(l *listing.Listing) { l.Code = "C-noodles" })
		if slug, err := d.ByCode(t.Context(), "C-noodles"); err != nil || slug != "noodles" {
			t.Errorf("%s %v", slug, err)
		}
		for _, code := range []string{"C-draft", "", "C-none"} {
			if _, err := d.ByCode(t.Context(), code); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
	t.Run("a new address leaves none behind", func(t *testing.T) {
		d.change("bar", func(l *listing.Listing) { l.Slug, l.Code = "bar-2", "C-bar-2" })
		if _, err := d.Shop(t.Context(), "bar", lang.Hans, d.now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old address answers: %v", err)
		}
		if _, err := d.Shop(t.Context(), "bar-2", lang.Hans, d.now()); err != nil {
			t.Error(err)
		}
	})
}

func TestFavourites(t *testing.T) {
	d := newDistrict(t)
	rows, err := d.ByIDs(t.Context(), []string{"moved", "bar", "draft", "none", "bar", "noodles"}, lang.Hans, d.now())
	d.must(err)
	if got := ids(rows); !slices.Equal(got, []string{"moved", "bar", "noodles"}) || !rows[0].Gone() {
		t.Errorf("got %v", got)
	}
	if r, err := d.Get(t.Context(), "bar", lang.Hans, d.now()); err != nil || r.Listing.ID != "bar" {
		t.Errorf("%v", err)
	}
	if _, err := d.Get(t.Context(), "draft", lang.Hans, d.now()); !fault.Is(err, fault.NotFound) {
		t.Errorf("a draft: %v", err)
	}
}

func TestStreet(t *testing.T) {
	d := newDistrict(t)
	p, err := d.Street(t.Context(), "zhongshan", lang.Hans, d.now())
	d.must(err)
	var got []string
	for _, side := range p.Sides {
		got = append(got, string(side.Side)+side.Name.Hans+":"+strings.Join(ids(side.Rows), ","))
	}
	if !slices.Equal(got, []string{"odd路北:quarter,unknown", "even:noodles,pharmacy"}) || p.Total != 4 || p.Open != 3 {
		t.Errorf("%q, total %d, open %d", got, p.Total, p.Open)
	}
	if len(p.Plazas) != 1 || p.Plazas[0].Plaza.Slug != "luming" || p.Plazas[0].Total != 2 || p.Plazas[0].Open != 1 {
		t.Errorf("plazas %+v", p.Plazas)
	}
	if _, err := d.Street(t.Context(), "nowhere", lang.Hans, d.now()); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	all, err := d.Streets(t.Context(), d.now())
	d.must(err)
	if len(all) != 2 || all[0].Street.Slug != "guyang" || all[1].Total != 4 {
		t.Errorf("streets %+v", all)
	}
}

func TestPlaza(t *testing.T) {
	d := newDistrict(t)
	p, err := d.Plaza(t.Context(), "luming", lang.Hans, d.now())
	d.must(err)
	var got []string
	for i := range p.Floors {
		f := &p.Floors[i]
		line := f.Label + ":"
		for _, u := range f.Units {
			line += " " + u.Unit.Number
			if u.Row != nil {
				line += "=" + u.Row.Listing.ID
			}
		}
		for _, id := range ids(f.Rows) {
			line += " " + id
		}
		got = append(got, line)
	}
	if !slices.Equal(got, []string{"2F:", "1F: 1F-06=optician 1F-07", "B1: cellar"}) || p.Total != 2 || p.Street.Slug != "zhongshan" {
		t.Errorf("%q %+v", got, p)
	}
	if _, err := d.Plaza(t.Context(), "nowhere", lang.Hans, d.now()); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	areas, err := d.Plazas(t.Context(), d.now())
	d.must(err)
	if len(areas) != 2 || areas[0].Name != "中山中路" || areas[1].Plazas[0].Total != 0 {
		t.Errorf("areas %+v", areas)
	}
}

func TestNight(t *testing.T) {
	d := newDistrict(t)
	for after, want := range map[Open][]string{
		After19: {"bar", "quarter", "noodles", "pharmacy", "optician"}, After22: {"bar", "pharmacy"}, After24: {"bar", "pharmacy"},
		"nonsense": {"bar", "quarter", "noodles", "pharmacy", "optician"},
	} {
		p, err := d.Night(t.Context(), after, lang.Hans, d.now())
		d.must(err)
		if got := ids(p.Rows); !slices.Equal(got, want) {
			t.Errorf("after %s: %v", after, got)
		}
		if p.Counts[0].N != 5 || p.Counts[1].N != 2 || p.Unknown != 1 || p.Date != calendar.Today(d.now()) {
			t.Errorf("counts %+v, unknown %d, %s", p.Counts, p.Unknown, p.Date)
		}
	}
	if got := Tonight(time.Date(2026, 10, 16, 5, 59, 0, 0, calendar.Shanghai)).String(); got != "2026-10-15" {
		t.Errorf("at 5:59 the night is that of %s", got)
	}
	if got := Tonight(time.Date(2026, 10, 16, 6, 0, 0, 0, calendar.Shanghai)).String(); got != "2026-10-16" {
		t.Errorf("at 6:00 the night is that of %s", got)
	}
}

func TestHeritage(t *testing.T) {
	d := newDistrict(t)
	g, err := d.Heritage(t.Context(), lang.Hans, d.now())
	d.must(err)
	if len(g) != 1 || g[0].Level != "shanghai" || !slices.Equal(ids(g[0].Rows), []string{"pharmacy"}) || g[0].Rows[0].Heritage == nil {
		t.Errorf("%+v", g)
	}
	d.pass(6 * 24 * time.Hour) // its review is overdue
	if g, err = d.Heritage(t.Context(), lang.Hans, d.now()); err != nil || len(g) != 0 || g == nil {
		t.Errorf("%v %+v", err, g)
	}
	if p := d.ask(Query{Heritage: true}); p.Total != 0 {
		t.Errorf("overdue marks are still found: %v", ids(p.Rows))
	}
}

func TestPoints(t *testing.T) {
	d := newDistrict(t)
	g, err := d.Points(t.Context(), nil, d.now())
	d.must(err)
	if len(g) != 2 || g[0].Kind != place.Canteen || g[0].Points[0].Slug != "noodles" || g[0].Points[0].Metres != -1 {
		t.Errorf("%+v", g)
	}
	g, err = d.Points(t.Context(), &geo.Point{Lat: 31.05, Lng: 121.3}, d.now(), place.BusStop)
	d.must(err)
	if len(g) != 1 || g[0].Points[0].Point.ID != "stop-far" {
		t.Errorf("%+v", g)
	}
	b, err := json.Marshal(GeoJSON(g, calendar.China(), d.now()))
	d.must(err)
	if s := string(b); !strings.Contains(s, `"datum":"wgs84"`) || !strings.Contains(s, `"coordinates":[121.3,31.05]`) || strings.Contains(s, "null") {
		t.Error(s)
	}
	if b, err = json.Marshal(GeoJSON(nil, nil, d.now())); err != nil || !strings.Contains(string(b), `"features":[]`) {
		t.Errorf("%v %s", err, b)
	}
}

func TestSitemap(t *testing.T) {
	d := newDistrict(t)
	d.change("bar", func(l *listing.Listing) { l.Popularity = 3 })
	entries, err := d.Sitemap(t.Context())
	d.must(err)
	got := map[string]time.Time{}
	for _, e := range entries {
		got[e.Kind+"/"+e.Slug] = e.Mod
	}
	for _, want := range []string{"shop/noodles", "shop/moved", "street/zhongshan", "plaza/luming"} {
		if got[want].IsZero() {
			t.Errorf("%s is missing", want)
		}
	}
	for _, no := range []string{"shop/draft", "street/yushu"} {
		if _, ok := got[no]; ok {
			t.Errorf("%s is in it", no)
		}
	}
	if !got["street/guyang"].After(got["street/zhongshan"]) {
		t.Error("a street changes with its shops")
	}
}

func TestPlans(t *testing.T) {
	d := newDistrict(t)
	p := d.ask(Query{})
	m, err := d.Plan(t.Context(), p.Rows, lang.Hans, 4000, 4000, d.now())
	d.must(err)
	if len(m.Pins) != p.Located || len(m.Streets) != 2 || len(m.Plazas) != 1 {
		t.Errorf("%d pins of %d, %d streets, %d plazas", len(m.Pins), p.Located, len(m.Streets), len(m.Plazas))
	}
	for _, pin := range m.Pins {
		if p.Rows[pin.Number-1].Listing.ID != pin.ID {
			t.Errorf("pin %d is %s", pin.Number, pin.ID)
		}
	}
	// Without a single position the whole district is shown.
	if m, err = d.Plan(t.Context(), nil, lang.Hans, 4000, 4000, d.now()); err != nil || m.Empty() || len(m.Pins) != 0 {
		t.Errorf("%v %+v", err, m)
	}
	shop, err := d.Shop(t.Context(), "noodles", lang.Hans, d.now())
	d.must(err)
	if m, err = d.PlanOf(t.Context(), &shop, lang.Hans, 4000, 2000, d.now()); err != nil || len(m.Pins) != 1 || m.Pins[0].X != 2000 || m.Pins[0].Y != 1000 || len(m.Dots) == 0 {
		t.Errorf("%v %+v", err, m)
	}
	shop, err = d.Shop(t.Context(), "unknown", lang.Hans, d.now())
	d.must(err)
	if m, err = d.PlanOf(t.Context(), &shop, lang.Hans, 4000, 2000, d.now()); err != nil || !m.Empty() {
		t.Errorf("%v %+v", err, m)
	}
}
