package directory

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// thursday is Thursday 15 October 2026, 19:20 in Shanghai: an ordinary working day.
var thursday = time.Date(2026, 10, 15, 19, 20, 0, 0, calendar.Shanghai)

// district is a small district on a real store.
type district struct {
	*Service
	t        testing.TB
	db       store.DB
	listings *store.Collection[listing.Listing]
	places   *place.Service
	index    *memory.Engine
	at       atomic.Int64 // the time, in nanoseconds
}

// open opens the district at path; engine nil: the embedded index answers.
func open(t testing.TB, path string, engine search.Engine) *district {
	t.Helper()
	d := &district{t: t, index: memory.New()}
	d.at.Store(thursday.UnixNano())
	now := func() time.Time { return time.Unix(0, d.at.Load()).In(calendar.Shanghai) }
	var err error
	if d.db, err = store.Open(context.Background(), "file:"+path, store.Clock(now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.db.Close() })
	d.listings, d.places = listing.Declare(d.db), place.New(d.db)
	if engine == nil {
		engine = d.index
	}
	src := Sources{Listings: d.listings, Places: d.places, Words: taxonomy.Default, Calendar: calendar.China}
	d.Service = New(src, engine, d.index, slog.New(slog.DiscardHandler), now)
	t.Cleanup(d.Close)
	return d
}

// filled is the file of the small district, made once.
var filled = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "district")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "d.db")
	d := open(&testing.T{}, path, nil)
	d.fill()
	if err := d.db.Close(); err != nil {
		panic(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return file
})

func newDistrict(t testing.TB) *district {
	t.Helper()
	return openFilled(t, filepath.Join(t.TempDir(), "d.db"), nil)
}

// openFilled opens a copy of the small district at path.
func openFilled(t testing.TB, path string, engine search.Engine) *district {
	t.Helper()
	if err := os.WriteFile(path, filled(), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, path, engine)
	d.must(d.Refresh(context.Background()))
	return d
}

func (d *district) now() time.Time { return time.Unix(0, d.at.Load()).In(calendar.Shanghai) }

// pass lets time go by.
func (d *district) pass(by time.Duration) { d.at.Add(int64(by)) }

func (d *district) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func everyDay(spans ...hours.Span) hours.Hours {
	h := hours.Hours{Known: true, Special: []hours.Special{}}
	for i := range h.Week {
		h.Week[i] = spans
	}
	return h
}

func at(lat, lng float64) *geo.Location {
	return &geo.Location{Point: geo.Point{Lat: lat, Lng: lng}, Source: geo.WGS84}
}

// shopAt makes a published listing.
func shopAt(id, name, category, street, house string, h hours.Hours) listing.Listing {
	l := listing.Listing{
		Meta: store.Meta{ID: id}, Code: "C-" + id, Slug: id, State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: name}},
		CategoryID: category, Hours: h, Address: listing.Address{Line: street + house + "号", StreetID: street, House: house},
	}
	l.Normalise()
	return l
}

func (d *district) fill() {
	ctx := context.Background()
	_, err := d.places.SaveStreets(ctx, []place.Street{
		{Meta: store.Meta{ID: "st-zs"}, Slug: "zhongshan", Name: lang.Text{Hans: "中山中路", En: "Zhongshan Zhonglu"}, Core: true, SideNames: map[place.Side]lang.Text{
			place.Odd: {Hans: "路北"},
		}, Lines: [][]geo.Point{{{Lat: 31.0090, Lng: 121.2280}, {Lat: 31.0091, Lng: 121.2330}}}},
		{Meta: store.Meta{ID: "st-gy"}, Slug: "guyang", Name: lang.Text{Hans: "谷阳北路"}, Core: true, Lines: [][]geo.Point{
			{{Lat: 31.0060, Lng: 121.2300}, {Lat: 31.0120, Lng: 121.2300}},
		}},
		{Meta: store.Meta{ID: "st-far"}, Slug: "yushu", Name: lang.Text{Hans: "玉树路"}, Lines: [][]geo.Point{}},
	})
	d.must(err)
	_, err = d.places.SavePlazas(ctx, []place.Plaza{
		{
			Meta: store.Meta{ID: "pl-lm"}, Slug: "luming", Name: lang.Text{Hans: "鹿鸣广场"}, Area: "中山中路", StreetID: "st-zs", Core: true, Location: at(31.0095, 121.2310),
			Floors: []place.Floor{{Level: -1, Label: "B1"}, {Level: 1, Label: "1F"}, {Level: 2, Label: "2F"}}, Aliases: []string{},
		},
		{Meta: store.Meta{ID: "pl-kx"}, Slug: "kaixin", Name: lang.Text{Hans: "空心广场"}, Area: "荣乐中路", Floors: []place.Floor{}, Aliases: []string{}},
	})
	d.must(err)
	_, err = d.places.SaveUnits(ctx, []place.Unit{
		{Meta: store.Meta{ID: "u1"}, PlazaID: "pl-lm", Number: "1F-06", Level: 1, OccupiedBy: "optician"},
		{Meta: store.Meta{ID: "u2"}, PlazaID: "pl-lm", Number: "1F-07", Level: 1},
	})
	d.must(err)
	_, err = d.places.SavePoints(ctx, []place.Point{
		{Meta: store.Meta{ID: "stop-near"}, Kind: place.BusStop, Name: lang.Text{Hans: "谷阳路中山中路"}, Location: at(31.0092, 121.2302), Lines: []string{"松江4路"}},
		{Meta: store.Meta{ID: "stop-far"}, Kind: place.BusStop, Name: lang.Text{Hans: "很远"}, Location: at(31.05, 121.3), Lines: []string{}},
		{Meta: store.Meta{ID: "canteen"}, Kind: place.Canteen, Name: lang.Text{Hans: "社区食堂"}, ListingID: "noodles", Core: true, Lines: []string{}},
	})
	d.must(err)

	noodles := shopAt("noodles", "云间面馆", "noodles", "st-zs", "218", everyDay(hours.Span{Open: 390, Close: 840}, hours.Span{Open: 990, Close: 1290}))
	noodles.Location, noodles.Popularity, noodles.TagIDs = at(31.0091, 121.2301), 50, []string{"step-free", "cash"}
	noodles.Hours.Special = []hours.Special{{From: "2026-10-18", To: "2026-10-18", Spans: []hours.Span{{Open: 390, Close: 840}}, Note: lang.Text{Hans: "重阳节"}}}
	noodles.Name.En, noodles.Spend = "Yunjian Noodles", 18
	pharmacy := shopAt("pharmacy", "济和堂药房", "pharmacy", "st-zs", "236", everyDay(hours.Span{Open: 0, Close: 1440}))
	pharmacy.Location, pharmacy.TagIDs = at(31.0091, 121.2305), []string{"cash"}
	pharmacy.Marks = []listing.Mark{{Kind: "heritage", Level: "shanghai", ReviewOn: "2026-10-20"}}
	bar := shopAt("bar", "长桥酒吧", "restaurant", "st-gy", "12", everyDay(hours.Span{Open: 1200, Close: 1560}))
	bar.Location, bar.Spend = at(31.0100, 121.2300), 260
	quarter := shopAt("quarter", "小满理发", "hair", "st-zs", "21", everyDay(hours.Span{Open: 555, Close: 1170})) // 9:15 to 19:30
	quarter.Spend = 30
	unknown := shopAt("unknown", "和顺五金", "hardware", "st-zs", "189", hours.Hours{})
	optician := shopAt("optician", "明廊眼镜", "optician", "st-zs", "", everyDay(hours.Span{Open: 600, Close: 1320}))
	optician.Address.PlazaID, optician.Address.Level, optician.Address.Unit, optician.Address.StreetID = "pl-lm", 1, "1F-06", ""
	cellar := shopAt("cellar", "阿珍改衣", "laundry", "", "", everyDay(hours.Span{Open: 600, Close: 1110}))
	cellar.Address.PlazaID, cellar.Address.Level = "pl-lm", -1
	moved := shopAt("moved", "老地方面馆", "noodles", "st-zs", "99", hours.Hours{})
	moved.State, moved.Closure = listing.Closed, &listing.Closure{Kind: listing.Moved, On: "2026-09-01", ForwardTo: "中山中路 218 号", ForwardID: "noodles"}
	draft := shopAt("draft", "还没开的面馆", "noodles", "st-zs", "100", hours.Hours{})
	draft.State = listing.Draft
	d.must(d.listings.Upsert(ctx, []listing.Listing{noodles, pharmacy, bar, quarter, unknown, optician, cellar, moved, draft}))
}

// change changes a stored listing, in the way any other part of the program would, a moment later.
func (d *district) change(id string, f func(*listing.Listing)) {
	d.t.Helper()
	d.pass(Fresh)
	_, err := d.listings.Update(context.Background(), id, 0, func(l *listing.Listing) error {
		f(l)
		l.Normalise()
		return nil
	})
	d.must(err)
	d.pass(Fresh)
}

func (d *district) ask(q Query) Page {
	d.t.Helper()
	if q.Page == 0 {
		q.Page = 1
	}
	p, err := d.Search(context.Background(), q, lang.Hans, d.now())
	d.must(err)
	return p
}

func ids(rows []Row) []string {
	out := []string{}
	for i := range rows {
		out = append(out, rows[i].Listing.ID)
	}
	return out
}
