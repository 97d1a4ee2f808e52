package web

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"shangquan/server/api"
	"shangquan/server/config"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/extract"
	"shangquan/services/heritage"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/search/memory"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// evening is when the district of these tests is looked at: a Thursday, 19:20.
var evening = time.Date(2026, 10, 15, 19, 20, 0, 0, calendar.Shanghai)

// sampleSite is the site over the embedded engines with the sample district, read only and shared by the tests of the pages: the
// import takes longer than all of them.
var sampleSite = sync.OnceValues(func() (*trial, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shangquan-web-test-")
	if err != nil {
		return nil, err
	}
	now := func() time.Time { return evening }
	db, err := store.Open(ctx, "file:"+filepath.Join(dir, "shangquan.db"), store.Clock(now))
	if err != nil {
		return nil, err
	}
	keys, err := secret.New(secret.Random())
	if err != nil {
		return nil, err
	}
	trail := audit.New(db, keys, now)
	places, shops, listings := place.New(db), listing.New(db, trail, now), listing.Declare(db)
	marks := heritage.New(heritage.Deps{DB: db, Log: trail, Shops: shops, Now: now})
	if err := db.Prepare(ctx); err != nil {
		return nil, err
	}
	if _, err := sample.Import(ctx, sample.Register{Places: places, Shops: shops, Marks: marks}, func(int, int, string) {}); err != nil {
		return nil, err
	}
	engine := memory.New()
	district := directory.New(directory.Sources{Listings: listings, Places: places, Words: taxonomy.Default, Calendar: calendar.China}, engine, engine, slog.New(slog.DiscardHandler), now)
	if err := district.Refresh(ctx); err != nil {
		return nil, err
	}
	d, err := front()
	if err != nil {
		return nil, err
	}
	env := map[string]string{"SHANGQUAN_ORIGIN": "http://shop.test", "SHANGQUAN_FOOTER_PHONE": "021-5777 0000", "SHANGQUAN_RATE_FACTOR": "0"}
	if d.Config, err = config.Load(func(k string) string { return env[k] }); err != nil {
		return nil, err
	}
	x := &trial{lines: &lines{}}
	d.Services.Extracts = extract.New(extract.Deps{Shops: shops.Recorded(), Places: places, Words: taxonomy.Default, Now: now, Calendar: calendar.China, Origin: "http://shop.test"})
	d.Now, d.Calendar, d.Directory = now, calendar.China, district
	d.Revision = func(context.Context) (string, error) { return "1", nil }
	d.Ready = func(context.Context) error { return nil }
	d.Log = NewLog(x.lines, slog.LevelInfo)
	x.lines.flush = d.Log.out.flush
	d.API = api.New(district, listing.New(db, trail, func() time.Time { return evening.Add(time.Hour) }), taxonomy.Default, calendar.China, "http://shop.test", now)
	x.Site = New(d)
	return x, nil
})

// sampled returns the shared site.
func sampled(t testing.TB) *trial {
	t.Helper()
	x, err := sampleSite()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// get asks for something that has to be there.
func (x *trial) get(t testing.TB, target string) string {
	t.Helper()
	resp, body := x.ask(t, http.MethodGet, target, "")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %d", target, resp.StatusCode)
	}
	return body
}
