package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// The open data of every format holds the published shops and no mobile number: not one that stands on its page with a consent, and
// not one that somebody wrote into a name. PRV-02.
func TestOpenData(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	by := x.actor(t, demo.Coordinator)
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	canaries := []string{"139 0000 7731", "13900007731", "138-0000-9917", "13700005512", "演示店主"}
	_, err = x.services.Listings.Update(t.Context(), by, l.ID, l.Rev, func(l *listing.Listing) error {
		l.Phones = append(l.Phones, phones(t, canaries[0])...)
		l.Consents = []listing.Consent{{Digits: "+8613900007731", Version: "1", At: evening, By: "a"}}
		l.Name.En, l.Address.Unit = "Call 138-0000-9917", "找 13700005512"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	public := 0
	for l, err := range x.services.Listings.Recorded().Each(t.Context(), store.All()) {
		if err != nil {
			t.Fatal(err)
		}
		if l.State == listing.Published {
			public++
		}
	}
	b := x.as(t, "")
	files := map[string]answer{}
	for _, name := range []string{"shops.csv", "shops.json", "shops.geojson"} {
		a := b.get("/open-data/" + name)
		files[name] = a
		if a.status != http.StatusOK || a.header.Get("ETag") == "" || !strings.Contains(a.header.Get("Content-Disposition"), name) {
			t.Fatalf("%s = %d", name, a.status)
		}
		for _, c := range canaries {
			if strings.Contains(a.body, c) {
				t.Errorf("%s holds %q", name, c)
			}
		}
		if again := b.get("/open-data/"+name, "If-None-Match", a.header.Get("ETag")); again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s asked again = %d", name, again.status)
		}
		if zip := b.get("/open-data/"+name, "Accept-Encoding", "gzip"); zip.header.Get("Content-Encoding") != "gzip" || len(zip.body) >= len(a.body) || zip.header.Get("ETag") == a.header.Get("ETag") {
			t.Errorf("%s packed: %d of %d bytes", name, len(zip.body), len(a.body))
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["shops.csv"].body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != public+1 || rows[0][0] != "code" {
		t.Errorf("the table has %d rows of %d shops, %v", len(rows), public, err)
	}
	var list struct {
		Date, Licence, Datum string
		Shops                []map[string]any
	}
	if err := json.Unmarshal([]byte(files["shops.json"].body), &list); err != nil || len(list.Shops) != public || list.Datum != "WGS-84" || list.Date != "2026-10-15" || list.Licence == "" {
		t.Errorf("the list: %d shops, %q, %v", len(list.Shops), list.Date, err)
	}
	var m struct {
		Type     string
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates []float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal([]byte(files["shops.geojson"].body), &m); err != nil || m.Type != "FeatureCollection" || len(m.Features) == 0 {
		t.Fatalf("the map: %d, %v", len(m.Features), err)
	}
	if at := m.Features[0].Geometry.Coordinates; len(at) != 2 || at[0] < 120 || at[0] > 122 || at[1] < 30 || at[1] > 32 {
		t.Errorf("a shop lies at %v, want longitude first", at)
	}
	page := b.page("/open-data")
	has(t, "the page", page, "shops.geojson", "WGS-84", "CC BY 4.0", "opening_hours", `rel="license"`)
	for _, key := range rows[0] {
		has(t, "the dictionary", page, "<code>"+key+"</code>")
	}
	if a := b.get("/open-data/everything.csv"); a.status != http.StatusNotFound {
		t.Errorf("another file = %d", a.status)
	}
	if !slices.ContainsFunc(rows, func(r []string) bool { return r[0] == l.Code }) {
		t.Error("the shop itself is missing")
	}
}

func TestOpenDataIsLimited(t *testing.T) {
	t.Parallel()
	x := peopled(t, "RATE_FACTOR", "1")
	b := x.as(t, "")
	for range 10 {
		b.get("/open-data/shops.json")
	}
	if a := b.get("/open-data/shops.json"); a.status != http.StatusTooManyRequests {
		t.Errorf("the eleventh in a minute = %d", a.status)
	}
}
