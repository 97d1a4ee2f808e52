package search

import (
	"errors"
	"fmt"
	"math"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/rescue"
)

// ValidSlug reports whether s can be a filter value: ^[a-z0-9-]{1,64}$. Nothing else reaches an engine's filter language.
func ValidSlug(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ValidID reports whether s can be the id of a listing: ^[A-Za-z0-9_-]{1,128}$.
func ValidID(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Origin returns the point distances are measured from, nil when the query names none.
func (q *Query) Origin() *geo.Point {
	switch {
	case q.Near != nil:
		return q.Near
	case q.Filters.Near != nil:
		return &q.Filters.Near.Point
	}
	return nil
}

// Check fills the defaults of Page and PerPage and refuses, as fault.Invalid, what no engine may be asked.
func (q *Query) Check() error {
	if q.Page == 0 {
		q.Page = 1
	}
	if q.PerPage == 0 {
		q.PerPage = DefaultPerPage
	}
	if q.Page < 1 || q.Page > 1_000_000 {
		return fault.Wrong("page", "error.search.page", nil)
	}
	if q.PerPage < 1 || q.PerPage > MaxPerPage {
		return fault.Wrong("per_page", "error.search.per_page", map[string]any{"Max": MaxPerPage})
	}
	switch q.Sort {
	case Best, Popularity, Newest, ByName, ByDoor:
	case Distance:
		if q.Origin() == nil {
			return fault.Wrong("sort", "error.search.near", nil)
		}
	default:
		return fault.Wrong("sort", "error.search.sort", nil)
	}
	if q.Near != nil && !onEarth(*q.Near) {
		return fault.Wrong("near", "error.search.near", nil)
	}
	for _, g := range q.Facets {
		switch g {
		case CategoryGroup, StreetGroup, PlazaGroup, TagGroup, LevelGroup, PriceGroup, HeritageGroup, OpenGroup:
		default:
			return fault.Wrong("facets", "error.search.facets", nil)
		}
	}
	if len(q.CountSlots) > 8 || !slotsValid(q.CountSlots) {
		return fault.Wrong("open", "error.search.open", nil)
	}
	return q.Filters.check()
}

func (f *Filters) check() error {
	for _, group := range []struct {
		name   string
		values []string
	}{{"category", f.Categories}, {"street", f.Streets}, {"plaza", f.Plazas}, {"tag", f.Tags}} {
		if len(group.values) > 100 {
			return fault.Wrong(group.name, "error.search.filter", nil)
		}
		for _, v := range group.values {
			if !ValidSlug(v) {
				return fault.Wrong(group.name, "error.search.filter", nil)
			}
		}
	}
	for _, l := range f.Levels {
		if !levelValid(l) {
			return fault.Wrong("level", "error.search.filter", nil)
		}
	}
	if len(f.Levels) > 100 {
		return fault.Wrong("level", "error.search.filter", nil)
	}
	for _, p := range f.Prices {
		if p < 1 || p > MaxPrice {
			return fault.Wrong("price", "error.search.filter", nil)
		}
	}
	if len(f.Prices) > MaxPrice {
		return fault.Wrong("price", "error.search.filter", nil)
	}
	if len(f.OpenSlots) > SlotCount || !slotsValid(f.OpenSlots) || f.OpenOn < 0 || f.OpenOn > 99991231 {
		return fault.Wrong("open", "error.search.open", nil)
	}
	if c := f.Near; c != nil && (!onEarth(c.Point) || c.Metres < 1 || c.Metres > 100_000) {
		return fault.Wrong("near", "error.search.near", nil)
	}
	return nil
}

func levelValid(l int) bool { return l >= -20 && l <= 200 }

func slotsValid(slots []int) bool {
	for _, s := range slots {
		if s < 0 || s >= SlotCount {
			return false
		}
	}
	return true
}

func onEarth(p geo.Point) bool {
	return math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180 // false for NaN
}

// Guard runs f, which derives what an engine keeps of a listing. A panic is an error that names the listing, as fault.Invalid: one
// listing that trips the program is left out of an index as a bad one is, and stops neither the index nor the server.
func Guard(id string, f func()) error {
	if err := rescue.Do(func() error { f(); return nil }); err != nil {
		return fault.New(fault.Invalid, "error.search.listing", fmt.Errorf("listing %s: %w", id, err))
	}
	return nil
}

// Check reports what keeps l out of an index, as fault.Invalid: a bad id or slug, no name, a place not on earth.
func (l *Listing) Check() error {
	bad := func(field string, text string) error {
		e := fault.Wrong(field, "error.search.listing", map[string]any{"ID": l.ID})
		e.Err = errors.New(text)
		return e
	}
	if !ValidID(l.ID) {
		return bad("id", "listing "+l.ID+": bad id")
	}
	if l.Name == "" {
		return bad("name", "listing "+l.ID+": no name")
	}
	for _, label := range append([]Label{l.Category, l.Street, l.Plaza}, l.Tags...) {
		if label.ID != "" && !ValidSlug(label.ID) {
			return bad("labels", "listing "+l.ID+": bad slug "+label.ID)
		}
	}
	if !levelValid(l.Level) {
		return bad("level", "listing "+l.ID+": bad level")
	}
	if l.Price < 0 || l.Price > MaxPrice {
		return bad("price", "listing "+l.ID+": bad price level")
	}
	if l.At != nil && !onEarth(*l.At) {
		return bad("location", "listing "+l.ID+": coordinates out of range")
	}
	return nil
}
