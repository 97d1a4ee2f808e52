package notice

import (
	"slices"
	"strings"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// Audience is whom a notice is for. Streets, plazas and shops add up; categories narrow what streets, plazas and All give. Nobody is
// asked who is not a published shop of the register.
type Audience struct {
	// Everybody lets the public read it; without it only the people of the shops do.
	Everybody  bool      `json:"everybody,omitempty"`
	All        bool      `json:"all,omitempty"` // every shop
	Streets    []Stretch `json:"streets,omitempty"`
	Plazas     []Floors  `json:"plazas,omitempty"`
	Categories []string  `json:"categories,omitempty"` // ids; alone they stand for every shop of these categories
	Listings   []string  `json:"listings,omitempty"`   // ids of single shops
	// Areas are names of 居民区 the notice is for. They are shown and match no shop: nothing else of a neighbourhood is kept.
	Areas []string `json:"areas,omitempty"`
	// Roles are who in a shop is asked; empty: everybody there.
	Roles []access.Role `json:"roles,omitempty"`
}

// Stretch is a stretch of a street: one side or both, from one house number to another.
type Stretch struct {
	StreetID string     `json:"street_id"`
	Side     place.Side `json:"side,omitempty"` // empty: both
	From     int        `json:"from,omitempty"` // 0: from its beginning
	To       int        `json:"to,omitempty"`   // 0: to its end
}

// Floors are floors of a plaza.
type Floors struct {
	PlazaID string `json:"plaza_id"`
	Levels  []int  `json:"levels,omitempty"` // empty: the whole plaza
}

// Bounds of an audience.
const (
	maxPlaces   = 30
	maxListings = 500
	maxAreas    = 60
)

// Shops reports whether shops are asked at all.
func (a *Audience) Shops() bool {
	return a.All || len(a.Streets) > 0 || len(a.Plazas) > 0 || len(a.Categories) > 0 || len(a.Listings) > 0
}

// Includes reports whether a published shop is in the audience.
func (a *Audience) Includes(l *listing.Listing) bool {
	if slices.Contains(a.Listings, l.ID) {
		return true
	}
	placed := a.All || slices.ContainsFunc(a.Streets, func(s Stretch) bool { return s.Includes(l) }) ||
		slices.ContainsFunc(a.Plazas, func(f Floors) bool { return f.Includes(l) })
	if len(a.Categories) == 0 {
		return placed
	}
	anywhere := !a.All && len(a.Streets) == 0 && len(a.Plazas) == 0
	return (placed || anywhere) && slices.Contains(a.Categories, l.CategoryID)
}

// Includes reports whether a shop stands on the stretch. One without a house number does only where the whole street is meant.
func (s *Stretch) Includes(l *listing.Listing) bool {
	if l.Address.StreetID != s.StreetID || s.StreetID == "" {
		return false
	}
	if s.Side == "" && s.From == 0 && s.To == 0 {
		return true
	}
	h, _, ok := place.ParseHouse(l.Address.House)
	if !ok || s.Side != "" && h.Side() != s.Side {
		return false
	}
	first := h.Number
	if h.Lane > 0 {
		first = h.Lane
	}
	last := first
	if len(h.More) > 0 && h.Lane == 0 {
		last = h.More[len(h.More)-1]
	}
	return last >= s.From && (s.To == 0 || first <= s.To)
}

// Includes reports whether a shop is on one of the floors.
func (f *Floors) Includes(l *listing.Listing) bool {
	return f.PlazaID != "" && l.Address.PlazaID == f.PlazaID && (len(f.Levels) == 0 || slices.Contains(f.Levels, l.Address.Level))
}

// Of returns the shops of the audience among those of the register, in their order.
func (a *Audience) Of(register []*listing.Listing) []*listing.Listing {
	out := []*listing.Listing{}
	for _, l := range register {
		if l.State == listing.Published && a.Includes(l) {
			out = append(out, l)
		}
	}
	return out
}

func (a *Audience) canonical() Audience {
	out := *a
	out.Categories = distinct(a.Categories)
	out.Listings = distinct(a.Listings)
	out.Areas = distinct(a.Areas)
	out.Roles = distinct(a.Roles)
	out.Streets = slices.Clone(a.Streets)
	out.Plazas = slices.Clone(a.Plazas)
	for i := range out.Plazas {
		out.Plazas[i].Levels = slices.Compact(slices.Sorted(slices.Values(out.Plazas[i].Levels)))
	}
	return out
}

// distinct returns what is said once, in order; nil for nothing.
func distinct[T ~string](list []T) []T {
	var out []T
	for _, s := range list {
		if s = T(lang.Clean(string(s))); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check says what is wrong with an audience by itself; whether its places exist is asked of the register.
func (a *Audience) check() []fault.Field {
	var out []fault.Field
	when := func(bad bool, name, key string, args map[string]any) {
		if bad {
			out = append(out, fault.Field{Name: name, Key: key, Args: args})
		}
	}
	long := func(n, most int, name string) {
		when(n > most, name, "error.list.long", map[string]any{"Max": most})
	}
	when(!a.Everybody && !a.Shops(), "audience", "notice.wrong.nobody", nil)
	long(len(a.Streets), maxPlaces, "audience.streets")
	long(len(a.Plazas), maxPlaces, "audience.plazas")
	long(len(a.Categories), maxPlaces, "audience.categories")
	long(len(a.Listings), maxListings, "audience.listings")
	long(len(a.Areas), maxAreas, "audience.areas")
	for _, s := range a.Streets {
		when(s.StreetID == "", "audience.streets", "error.choice", nil)
		when(s.Side != "" && s.Side != place.Odd && s.Side != place.Even, "audience.streets", "error.choice", nil)
		when(s.From < 0 || s.To < 0 || s.To > 0 && s.To < s.From, "audience.streets", "notice.wrong.stretch", nil)
	}
	for _, f := range a.Plazas {
		when(f.PlazaID == "", "audience.plazas", "error.choice", nil)
	}
	for _, s := range a.Areas {
		out = append(out, lang.Limit{Max: 20}.Check("audience.areas", s)...)
		when(strings.ContainsAny(s, "0123456789"), "audience.areas", "notice.wrong.area", nil)
	}
	for _, r := range a.Roles {
		when(r != access.Owner && r != access.Manager && r != access.Staff, "audience.roles", "error.choice", nil)
	}
	return out
}
