package sample_test

import (
	"slices"
	"testing"

	"shangquan/services/sample"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

func TestGenerate(t *testing.T) {
	const n = 300
	_, to := opened(t)
	known := map[string]bool{"": true}
	for _, s := range sample.GeneratedStreets() {
		known[s.ID] = true
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s.Slug, err)
		}
	}
	for _, p := range sample.GeneratedPlazas() {
		known[p.ID] = true
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Slug, err)
		}
	}
	all := slices.Collect(sample.Generate(42, n))
	again := slices.Collect(sample.Generate(42, n))
	codes, categories, located, open := map[string]bool{}, map[string]bool{}, 0, 0
	for i := range all {
		l := &all[i]
		if !store.Same(l, &again[i]) {
			t.Fatalf("%s differs from run to run", l.Code)
		}
		was := *l
		if err := to.Shops.Check(l); err != nil || !store.Same(l, &was) {
			t.Fatalf("%s is not as it would be stored: %v", l.Code, err)
		}
		if _, ok := taxonomy.Default().Category(l.CategoryID); !ok || codes[l.Code] || !known[l.Address.StreetID] || !known[l.Address.PlazaID] || l.Source.ID != "GENERATED" {
			t.Fatalf("%+v", l)
		}
		for _, id := range l.TagIDs {
			if _, ok := taxonomy.Default().Tag(id); !ok {
				t.Fatalf("%s: tag %s", l.Code, id)
			}
		}
		codes[l.Code], categories[l.CategoryID] = true, true
		if l.Location != nil {
			located++
		}
		if l.Hours.Known {
			open++
		}
	}
	if len(all) != n || len(categories) < 20 || located < n/2 || open < n/2 {
		t.Errorf("%d listings, %d categories, %d with a position, %d with hours", len(all), len(categories), located, open)
	}
	if other := slices.Collect(sample.Generate(43, 1)); store.Same(&other[0], &all[0]) {
		t.Error("another seed gives the same")
	}
	for range sample.Generate(1, 10) {
		break // a reader may stop
	}
}
