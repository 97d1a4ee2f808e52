package twin_test

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"shangquan/services/audit/audittest"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/twin"
)

// streets are the streets of the sample district.
func streets(t testing.TB) []place.Street {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	places := place.New(db)
	if _, err := sample.Import(t.Context(), sample.Register{Places: places, Shops: listing.New(db, log, now)}, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	list, err := places.Streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// raw reads the lists the sample district was made from, before their double entries were merged by hand; twins says which rows were
// taken for one place.
func raw(t testing.TB) (shops []*listing.Listing, twins map[string]string) {
	t.Helper()
	file, err := os.Open("testdata/songjiang.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	known := streets(t)
	twins = map[string]string{}
	for _, r := range rows[1:] {
		l := &listing.Listing{State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: r[1]}, SortKey: lang.SortKey(r[1], "")}, Address: listing.Address{Line: r[3]}}
		l.ID = r[0]
		if s, house, _, ok := place.Find(r[3], known); ok {
			l.Address.StreetID, l.Address.House = s.ID, house.String()
		}
		if ns, err := phone.Parse(r[4]); err == nil {
			l.Phones = ns
		}
		if lng, err := strconv.ParseFloat(r[5], 64); err == nil {
			lat, _ := strconv.ParseFloat(r[6], 64)
			l.Location = &geo.Location{Point: geo.Point{Lat: lat, Lng: lng}}
		}
		if r[7] != "" {
			twins[l.ID] = r[7]
		}
		shops = append(shops, l)
	}
	return shops, twins
}

// What was found by hand in the lists of the sample district is found, and most of what is found is one place.
func TestRealDuplicates(t *testing.T) {
	shops, twins := raw(t)
	pairs := twin.NewIndex(shops).Pairs()
	all := len(slices.Collect(maps.Values(twins))) / 2
	found, right := map[twin.Level]int{}, map[twin.Level]int{}
	hit := map[string]bool{}
	for _, p := range pairs {
		found[p.Level]++
		if g := twins[p.A.ID]; g != "" && g == twins[p.B.ID] {
			right[p.Level]++
			hit[g] = true
		} else {
			t.Logf("%s %.2f %v: %s %s | %s %s", p.Level, p.Score, p.Reasons, p.A.Name.Hans, p.A.Address.Line, p.B.Name.Hans, p.B.Address.Line)
		}
	}
	for _, g := range slices.Sorted(maps.Values(twins)) {
		if !hit[g] {
			t.Logf("missed: %s", g)
			hit[g] = true
		}
	}
	n, ok := 0, 0
	for _, want := range []struct {
		level             twin.Level
		precision, recall float64
	}{{twin.High, 1, 0.4}, {twin.Medium, 0.9, 0.7}, {twin.Low, 0.45, 0.8}} {
		n, ok = n+found[want.level], ok+right[want.level]
		precision, recall := float64(ok)/float64(max(n, 1)), float64(ok)/float64(all)
		t.Logf("down to %s: %d pairs, %d right: precision %.2f, recall %.2f", want.level, n, ok, precision, recall)
		if precision < want.precision || recall < want.recall {
			t.Errorf("down to %s: precision %.2f, recall %.2f; it was %.2f and %.2f at least", want.level, precision, recall, want.precision, want.recall)
		}
	}
}

func BenchmarkPairs(b *testing.B) {
	shops := []*listing.Listing{}
	for l := range sample.Generate(7, 5000) {
		l.ID = l.Code
		shops = append(shops, &l)
	}
	for b.Loop() {
		twin.NewIndex(shops).Pairs()
	}
}
