package sample_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/heritage"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

func opened(t *testing.T) (store.DB, sample.Register) {
	t.Helper()
	db, err := store.Open(t.Context(), "file:"+t.TempDir()+"/sample.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil && !fault.Is(err, fault.Unavailable) {
			t.Error(err)
		}
	})
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	log := audit.New(db, keys, time.Now)
	shops := listing.New(db, log, time.Now)
	return db, sample.Register{Places: place.New(db), Shops: shops, Marks: heritage.New(heritage.Deps{DB: db, Log: log, Shops: shops, Now: time.Now})}
}

func TestImport(t *testing.T) {
	db, to := opened(t)
	ctx := t.Context()
	var words []string
	last := 0
	counts, err := sample.Import(ctx, to, func(done, total int, what string) {
		if done <= last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
		words = append(words, what)
		if what == "points" && done != total {
			t.Errorf("ended at %d of %d", done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Compact(words); !slices.Equal(got, []string{"streets", "plazas", "listings", "heritage", "points"}) {
		t.Errorf("progress %q", got)
	}
	if counts.Written != counts.Streets+counts.Plazas+counts.Listings+counts.Points+counts.Heritage || counts.Places() < 340 {
		t.Errorf("%+v, %d places", counts, counts.Places())
	}
	t.Logf("%+v, %d places", counts, counts.Places())

	streets, err := to.Places.Streets(ctx)
	if err != nil || len(streets) != counts.Streets {
		t.Fatal(len(streets), err)
	}
	plazas, err := to.Places.Plazas(ctx)
	if err != nil || len(plazas) != counts.Plazas {
		t.Fatal(len(plazas), err)
	}
	points, err := to.Places.Points(ctx)
	if err != nil || len(points) != counts.Points {
		t.Fatal(len(points), err)
	}
	known := map[string]bool{"": true}
	for i := range streets {
		known[streets[i].ID] = true
	}
	for i := range plazas {
		known[plazas[i].ID] = true
		if !known[plazas[i].StreetID] {
			t.Errorf("plaza %s lies on no street", plazas[i].Slug)
		}
	}
	n := 0
	listings := listing.Declare(db)
	for l, err := range listings.Each(ctx, store.All()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		known[l.ID] = true
		checkListing(t, &l, known)
	}
	if n != counts.Listings {
		t.Errorf("%d listings, %d counted", n, counts.Listings)
	}
	linked := 0
	for i := range points {
		if p := &points[i]; !known[p.StreetID] || !known[p.ListingID] || (p.Kind == place.BusStop) == (p.ListingID != "") {
			t.Errorf("point %+v", p)
		} else if p.ListingID != "" {
			linked++
		}
	}
	if linked != 32 {
		t.Errorf("%d canteens and health centres", linked)
	}

	// Once more: nothing is written, not even what somebody changed since.
	edited, err := to.Shops.ByCode(ctx, "SJ1011")
	if err != nil {
		t.Fatal(err)
	}
	edited.Address.Hint = "谷阳路口"
	if err := to.Shops.Replace(ctx, access.System("test"), &edited, edited.Rev); err != nil {
		t.Fatal(err)
	}
	before, err := listings.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sample.Import(ctx, to, nil)
	if err != nil || again.Written != 0 || again.Places() != counts.Places() {
		t.Errorf("again: %+v %v", again, err)
	}
	if after, err := listings.Revision(ctx); err != nil || after != before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
}

func checkListing(t *testing.T, l *listing.Listing, known map[string]bool) {
	t.Helper()
	if _, ok := taxonomy.Default().Category(l.CategoryID); !ok {
		t.Errorf("%s: category %q", l.Code, l.CategoryID)
	}
	if !known[l.Address.StreetID] || !known[l.Address.PlazaID] {
		t.Errorf("%s: address %+v", l.Code, l.Address)
	}
	if l.Source.ID == "SRC-DP" || l.Source.ID == "SRC-OSM" || !strings.HasPrefix(l.Source.ID, "SRC-") {
		t.Errorf("%s: source %s", l.Code, l.Source.ID)
	}
	if l.Source.ID == "SRC-SBUX" && !l.Hours.Known {
		t.Errorf("%s: hours %q were not read", l.Code, l.Hours.Text)
	}
	if l.State != listing.Published || l.Popularity != 0 || l.Confirmed != (listing.Confirmed{By: "source"}) {
		t.Errorf("%s: %s, popularity %d, confirmed %+v", l.Code, l.State, l.Popularity, l.Confirmed)
	}
	for _, p := range l.Phones {
		if p.Kind == phone.Mobile {
			t.Errorf("%s: %s is a mobile number", l.Code, p.Digits)
		}
	}
	if l.Location != nil && (l.Location.Lat < 30.9 || l.Location.Lat > 31.2 || l.Location.Lng < 121.0 || l.Location.Lng > 121.4) {
		t.Errorf("%s: lies at %+v, outside Songjiang", l.Code, l.Location)
	}
	if _, rest, ok := place.ParseHouse(l.Address.House); l.Address.House != "" && (!ok || rest != "") {
		t.Errorf("%s: house number %q", l.Code, l.Address.House)
	}
}

// The landmarks that the district names: there, and nothing said about them that no source says.
func TestLandmarks(t *testing.T) {
	_, to := opened(t)
	if _, err := sample.Import(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ code, name, category, plaza string }{
		{"SJ1011", "余天成", "pharmacy", ""},
		{"SJ1012", "草庐", "food-shop", ""},
		{"SJ1013", "松江商城", "mall", "上海松江商城"},
	} {
		l, err := to.Shops.ByCode(t.Context(), c.code)
		if err != nil || l.Name.Hans != c.name || l.CategoryID != c.category {
			t.Fatalf("%+v %v", l, err)
		}
		if l.Address.Line != "" || l.Address.StreetID != "" || l.Location != nil || len(l.Phones) != 0 || l.Hours.Known || l.Hours.Text != "" || !l.Description.IsZero() {
			t.Errorf("%s: something was invented: %+v", c.name, l)
		}
		r, err := to.Marks.Public(t.Context(), l.ID)
		if err != nil || r.State != heritage.Shown || r.Claim != (heritage.Claim{Level: "district"}) || !strings.Contains(r.Named, c.name) || len(r.Timeline) != 0 {
			t.Errorf("%s: the record of its mark: %+v %v", c.name, r, err)
		}
		if today := time.Now(); r.ReviewOn <= today.AddDate(0, 0, 360).Format(time.DateOnly) || r.ReviewOn > today.AddDate(1, 0, 1).Format(time.DateOnly) {
			t.Errorf("%s: reviewed on %s", c.name, r.ReviewOn)
		}
		mark := listing.Mark{Kind: heritage.Kind, Level: "district", ReviewOn: r.ReviewOn, Evidence: r.Named}
		if len(l.Marks) != 1 || l.Marks[0] != mark {
			t.Errorf("%s: the page bears %+v", c.name, l.Marks)
		}
		if c.plaza != "" {
			if p, err := to.Places.Plaza(t.Context(), l.Address.PlazaID); err != nil || p.Name.Hans != c.plaza || !p.Core {
				t.Errorf("%s: %+v %v", c.name, p, err)
			}
		}
	}
	zhongshan, err := to.Places.StreetBySlug(t.Context(), "zhongshan-zhonglu")
	if err != nil || !zhongshan.Core || len(zhongshan.Lines) == 0 {
		t.Errorf("%+v %v", zhongshan, err)
	}
	for _, line := range zhongshan.Lines {
		if len(line) < 2 {
			t.Errorf("a line of %d points", len(line))
		}
	}
}

func TestImportThatIsStopped(t *testing.T) {
	db, to := opened(t)
	stop := errors.New("stop")
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(stop) {
				panic(p)
			}
		}()
		_, _ = sample.Import(t.Context(), to, func(_, _ int, what string) {
			if what == "listings" {
				panic(stop)
			}
		})
	}()
	counts, err := sample.Import(t.Context(), to, nil)
	if err != nil || counts.Written == 0 || counts.Written >= counts.Streets+counts.Plazas+counts.Listings+counts.Points+counts.Heritage {
		t.Errorf("the rest: %+v %v", counts, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Import(t.Context(), to, nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a store: %v", err)
	}
}

// A register from before marks had records gets those of the three shops, once; not for a shop that only has such a code.
func TestHeritageOfAnOlderRegister(t *testing.T) {
	_, to := opened(t)
	ctx, bare := t.Context(), to
	bare.Marks = nil
	if _, err := sample.Import(ctx, bare, nil); err != nil {
		t.Fatal(err)
	}
	other, err := to.Shops.ByCode(ctx, "SJ1013")
	if err != nil {
		t.Fatal(err)
	}
	other.Source.ID = "SRC-X"
	if err := to.Shops.Replace(ctx, access.System("test"), &other, other.Rev); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} {
		if n, err := sample.Heritage(ctx, to); err != nil || n != want {
			t.Errorf("%d records, want %d, %v", n, want, err)
		}
	}
	if on, err := to.Shops.Bearing(ctx); err != nil || len(on) != 2 || on[other.ID] != nil {
		t.Errorf("the pages that bear the mark: %v %v", on, err)
	}
}
