package search

import (
	"math"
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/geo"
)

func TestListingCheck(t *testing.T) {
	good := Listing{ID: "lst_1", Name: "余天成", Category: Label{ID: "yaodian"}, At: &geo.Point{Lat: 31, Lng: 121}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Listing){
		"no id":          func(l *Listing) { l.ID = "" },
		"id with space":  func(l *Listing) { l.ID = "a b" },
		"long id":        func(l *Listing) { l.ID = strings.Repeat("a", 129) },
		"no name":        func(l *Listing) { l.Name = "" },
		"bad slug":       func(l *Listing) { l.Plaza.ID = "松江商城" },
		"bad tag":        func(l *Listing) { l.Tags = []Label{{ID: "A"}} },
		"not on earth":   func(l *Listing) { l.At = &geo.Point{Lat: 91} },
		"no number":      func(l *Listing) { l.At = &geo.Point{Lat: math.NaN(), Lng: 121} },
		"level too high": func(l *Listing) { l.Level = 4000 },
	} {
		l := good
		change(&l)
		if err := l.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
}

func TestQueryCheck(t *testing.T) {
	q := Query{}
	if err := q.Check(); err != nil || q.Page != 1 || q.PerPage != DefaultPerPage {
		t.Errorf("the zero query: %v, page %d of %d", err, q.Page, q.PerPage)
	}
	here := geo.Point{Lat: 31, Lng: 121}
	for name, q := range map[string]Query{
		"page":             {Page: -1},
		"per page":         {PerPage: MaxPerPage + 1},
		"sort":             {Sort: "id"},
		"distance":         {Sort: Distance},
		"near":             {Near: &geo.Point{Lat: 100}},
		"radius":           {Filters: Filters{Near: &Circle{Point: here}}},
		"group":            {Facets: []Group{"id"}},
		"slots to count":   {CountSlots: make([]int, 9)},
		"slot to count":    {CountSlots: []int{336}},
		"slot":             {Filters: Filters{OpenSlots: []int{-1}}},
		"date":             {Filters: Filters{OpenOn: -1}},
		"level":            {Filters: Filters{Levels: []int{1000}}},
		"slug":             {Filters: Filters{Streets: []string{"Zhongshan"}}},
		"too many filters": {Filters: Filters{Tags: make([]string, 101)}},
	} {
		if err := q.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	near := Query{Sort: Distance, Filters: Filters{Near: &Circle{here, 500}}}
	if err := near.Check(); err != nil || *near.Origin() != here {
		t.Errorf("distance from the centre of the filter: %v", err)
	}
}
