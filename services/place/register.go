package place

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/store"
)

const (
	fromDesk = "district" // source of what the district itself entered
	tries    = 50         // how many streets or plazas may be read alike
)

// StreetFacts are what a coordinator enters of a street. Pinyin is as on the sign; empty: as its characters are usually read.
type StreetFacts struct {
	Name   lang.Text
	Pinyin string
	Core   bool
}

func (x *StreetFacts) into(s *Street) {
	name := x.Name.Clean()
	s.Aliases = former(s.Aliases, s.Name.Hans, name.Hans)
	s.Name, s.Pinyin, s.Core = name, lang.Clean(x.Pinyin), x.Core
}

// PlazaFacts are what a coordinator enters of a plaza.
type PlazaFacts struct {
	Name     lang.Text
	Pinyin   string
	Core     bool
	Area     string
	StreetID string
	Address  string
	Location *geo.Location
}

func (x *PlazaFacts) into(p *Plaza) {
	name := x.Name.Clean()
	p.Aliases = former(p.Aliases, p.Name.Hans, name.Hans)
	p.Name, p.Pinyin, p.Core = name, lang.Clean(x.Pinyin), x.Core
	p.Area, p.StreetID, p.Address, p.Location = lang.Clean(x.Area), x.StreetID, lang.Clean(x.Address), x.Location
}

// former keeps the name a place had, so that who looks for it or writes it in a table still finds the place.
func former(aliases []string, was, now string) []string {
	out := slices.DeleteFunc(slices.Clone(aliases), func(s string) bool { return s == now || s == was })
	if was != "" && was != now {
		out = append(out, was)
	}
	if extra := len(out) - maxAliases; extra > 0 {
		out = out[extra:]
	}
	return append([]string{}, out...)
}

// Reading is how the name of the street is read: as on its sign, or as its characters usually are.
func (s *Street) Reading() string { return reading(s.Name.Hans, s.Pinyin) }

// Reading is how the name of the plaza is read.
func (p *Plaza) Reading() string { return reading(p.Name.Hans, p.Pinyin) }

func reading(name, sign string) string {
	if sign != "" {
		return sign
	}
	words := lang.Pinyin(name)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// AddStreet adds a street. Its page address is made from how it is read and never changes. fault.Invalid names the fields.
func (e *Editor) AddStreet(ctx context.Context, by access.Actor, x StreetFacts) (Street, error) {
	if err := may(by, KindStreet, ""); err != nil {
		return Street{}, err
	}
	s := Street{Lines: [][]geo.Point{}, Source: fromDesk}
	x.into(&s)
	err := withSlug(s.Reading(), "street", func(slug string) error {
		s.Meta, s.Slug = store.Meta{}, slug
		if err := s.Validate(); err != nil {
			return err
		}
		if err := e.named(ctx, KindStreet, "", s.Name.Hans); err != nil {
			return err
		}
		return e.streets.Insert(ctx, by, wrote(s.Name.Hans), &s)
	})
	return s, err
}

// SetStreet changes what a street is called over revision rev; its page address stays. fault.Invalid, fault.NotFound, fault.Conflict.
func (e *Editor) SetStreet(ctx context.Context, by access.Actor, id string, rev int64, x StreetFacts) (Street, error) {
	if err := e.named(ctx, KindStreet, id, x.Name.Clean().Hans); err != nil {
		return Street{}, err
	}
	return e.street(ctx, by, id, rev, func(s *Street) error { x.into(s); return nil })
}

// SetLines says where a street runs, for the street plan; nothing: nobody knows. fault.Invalid on field "lines".
func (e *Editor) SetLines(ctx context.Context, by access.Actor, id string, rev int64, lines [][]geo.Point) (Street, error) {
	return e.street(ctx, by, id, rev, func(s *Street) error {
		s.Lines = append([][]geo.Point{}, lines...)
		return nil
	})
}

// AddPlaza adds a plaza. fault.Invalid names the fields.
func (e *Editor) AddPlaza(ctx context.Context, by access.Actor, x PlazaFacts) (Plaza, error) {
	if err := may(by, KindPlaza, ""); err != nil {
		return Plaza{}, err
	}
	p := Plaza{Aliases: []string{}, Floors: []Floor{}, Source: fromDesk}
	x.into(&p)
	if err := e.onStreet(ctx, p.StreetID); err != nil {
		return Plaza{}, err
	}
	err := withSlug(p.Reading(), "plaza", func(slug string) error {
		p.Meta, p.Slug = store.Meta{}, slug
		if err := p.Validate(); err != nil {
			return err
		}
		if err := e.named(ctx, KindPlaza, "", p.Name.Hans); err != nil {
			return err
		}
		return e.plazas.Insert(ctx, by, wrote(p.Name.Hans), &p)
	})
	return p, err
}

// SetPlaza changes what is said of a plaza over revision rev; its page address stays. fault.Invalid, fault.NotFound, fault.Conflict.
func (e *Editor) SetPlaza(ctx context.Context, by access.Actor, id string, rev int64, x PlazaFacts) (Plaza, error) {
	if err := e.named(ctx, KindPlaza, id, x.Name.Clean().Hans); err != nil {
		return Plaza{}, err
	}
	if err := e.onStreet(ctx, x.StreetID); err != nil {
		return Plaza{}, err
	}
	return e.plaza(ctx, by, id, rev, func(p *Plaza) error { x.into(p); return nil })
}

// plaza changes a plaza over revision rev.
func (e *Editor) plaza(ctx context.Context, by access.Actor, id string, rev int64, f func(*Plaza) error) (Plaza, error) {
	if err := may(by, KindPlaza, id); err != nil {
		return Plaza{}, err
	}
	return e.plazas.UpdateAs(ctx, by, id, rev, func(p *Plaza) (audit.Write, error) {
		if err := f(p); err != nil {
			return audit.Write{}, err
		}
		return wrote(p.Name.Hans), p.Validate()
	})
}

// onStreet refuses a street that is not there or has ended; a plaza may be on none.
func (e *Editor) onStreet(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	if s, err := e.Street(ctx, id); err != nil || s.Ended != "" {
		return fault.Wrong("street_id", "error.choice", nil)
	}
	return nil
}

// named refuses a name that another street or plaza bears which is still there: addresses are read by it.
func (e *Editor) named(ctx context.Context, kind, id, name string) error {
	taken := false
	switch kind {
	case KindStreet:
		list, err := e.Streets(ctx)
		if err != nil {
			return err
		}
		taken = slices.ContainsFunc(list, func(s Street) bool { return s.ID != id && s.Name.Hans == name })
	case KindPlaza:
		list, err := e.Plazas(ctx)
		if err != nil {
			return err
		}
		taken = slices.ContainsFunc(list, func(p Plaza) bool { return p.ID != id && p.Name.Hans == name })
	}
	if taken && name != "" {
		return fault.Wrong("name", "error.taken", map[string]any{"Value": name})
	}
	return nil
}

// withSlug makes a page address from how a name is read, and another one while somebody has it.
func withSlug(reading, otherwise string, insert func(slug string) error) error {
	base := lang.SlugOf(reading)
	if base == "" {
		base = otherwise
	}
	var err error
	for n := 1; n <= tries; n++ {
		slug := base
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		err = insert(slug)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "error.taken" || f.Kind != fault.Conflict {
			return err
		}
	}
	return err
}

// empty refuses what is still used: n things are there.
func empty(n int) error {
	if n == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "error.place.in_use", errors.New("place: shops or units are still there"))
}

// EndStreet says that a street is none of the register any more, from today on: it is built over, or has become part of another. Its page
// says so. shops is how many shops are on it; fault.Conflict while there are some, or units, or a plaza.
func (e *Editor) EndStreet(ctx context.Context, by access.Actor, id string, rev int64, shops int) (Street, error) {
	units, err := e.UnitsOn(ctx, id)
	if err != nil {
		return Street{}, err
	}
	plazas, err := e.Plazas(ctx)
	if err != nil {
		return Street{}, err
	}
	n := len(units)
	for i := range plazas {
		if plazas[i].StreetID == id {
			n++
		}
	}
	return e.street(ctx, by, id, rev, func(s *Street) error {
		if s.Ended != "" {
			return stale()
		}
		s.Ended = e.now().Format(time.DateOnly)
		return empty(shops + n)
	})
}

// EndPlaza says that a plaza has closed, see EndStreet.
func (e *Editor) EndPlaza(ctx context.Context, by access.Actor, id string, rev int64, shops int) (Plaza, error) {
	units, err := e.Units(ctx, id)
	if err != nil {
		return Plaza{}, err
	}
	return e.plaza(ctx, by, id, rev, func(p *Plaza) error {
		if p.Ended != "" {
			return stale()
		}
		p.Ended = e.now().Format(time.DateOnly)
		return empty(shops + len(units))
	})
}

// ReviveStreet takes the end of a street back: fault.Conflict when it has not ended, or another one has its name by now.
func (e *Editor) ReviveStreet(ctx context.Context, by access.Actor, id string, rev int64) (Street, error) {
	was, err := e.Street(ctx, id)
	if err == nil {
		err = e.named(ctx, KindStreet, id, was.Name.Hans)
	}
	if err != nil {
		return Street{}, err
	}
	return e.street(ctx, by, id, rev, func(s *Street) error {
		if s.Ended == "" {
			return stale()
		}
		s.Ended = ""
		return nil
	})
}

// RevivePlaza takes the end of a plaza back.
func (e *Editor) RevivePlaza(ctx context.Context, by access.Actor, id string, rev int64) (Plaza, error) {
	was, err := e.Plaza(ctx, id)
	if err == nil {
		err = e.named(ctx, KindPlaza, id, was.Name.Hans)
	}
	if err != nil {
		return Plaza{}, err
	}
	return e.plaza(ctx, by, id, rev, func(p *Plaza) error {
		if p.Ended == "" {
			return stale()
		}
		p.Ended = ""
		return nil
	})
}

func stale() error {
	return fault.New(fault.Conflict, "error.stale", errors.New("place: somebody was faster"))
}
