package place

import (
	"slices"
	"time"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
)

// MaxName is how long the name of a place is at most, in characters.
const MaxName = 60

// The limits of the fields.
var (
	nameLimit   = lang.Limit{Max: MaxName, Must: true}
	lineLimit   = lang.Limit{Max: 120}
	noteLimit   = lang.Limit{Max: 300, Prose: true}
	numberLimit = lang.Limit{Max: 20, Must: true}
)

const (
	maxFloor   = 120
	maxAreaM2  = 1e6
	maxAliases = 20
)

// Validate returns fault.Invalid with every wrong field.
func (s *Street) Validate() error {
	var c checks
	c.slug(s.Slug)
	c.fields = append(c.fields, nameLimit.CheckText("name", s.Name)...)
	c.lines("pinyin", s.Pinyin, "source", s.Source)
	c.aliases(s.Aliases)
	c.ended(s.Ended)
	for side, name := range s.SideNames {
		if side != Odd && side != Even {
			c.wrong("side_names", "error.place.side")
		}
		c.fields = append(c.fields, nameLimit.CheckText("side_names", name)...)
	}
	c.stretches(s.Stretches)
	n := 0
	for _, line := range s.Lines {
		n += len(line)
		if slices.ContainsFunc(line, func(p geo.Point) bool { return !p.Valid() }) {
			c.wrong("lines", "error.geo.range")
		}
	}
	if n > geo.MaxLinePoints {
		c.fields = append(c.fields, fault.Field{Name: "lines", Key: "error.geo.most", Args: map[string]any{"Max": geo.MaxLinePoints}})
	}
	return c.err()
}

// Validate returns fault.Invalid with every wrong field.
func (p *Plaza) Validate() error {
	var c checks
	c.slug(p.Slug)
	c.fields = append(c.fields, nameLimit.CheckText("name", p.Name)...)
	c.lines("pinyin", p.Pinyin, "area", p.Area, "address", p.Address, "source", p.Source)
	c.aliases(p.Aliases)
	c.ended(p.Ended)
	c.location(p.Location)
	seen := map[int]bool{}
	for _, f := range p.Floors {
		if f.Level == 0 || f.Level < -maxFloor || f.Level > maxFloor || seen[f.Level] {
			c.wrong("floors", "error.place.level")
		}
		seen[f.Level] = true
		c.fields = append(c.fields, lineLimit.Check("floors", f.Label)...)
		c.fields = append(c.fields, noteLimit.CheckText("floors", f.Note)...)
	}
	return c.err()
}

// Validate returns fault.Invalid with every wrong field.
func (u *Unit) Validate() error {
	var c checks
	if (u.PlazaID == "") == (u.StreetID == "") {
		c.wrong("plaza_id", "error.unit.place")
	}
	c.fields = append(c.fields, numberLimit.Check("number", u.Number)...)
	if u.Level < -maxFloor || u.Level > maxFloor || u.StreetID != "" && u.Level != 0 {
		c.wrong("level", "error.place.level")
	}
	for _, day := range []string{u.VacantSince, u.SeenOn, u.Retired} {
		if day != "" && !isDate(day) {
			c.wrong("vacant_since", "error.date")
		}
	}
	if !(u.AreaM2 >= 0 && u.AreaM2 <= maxAreaM2) { // NaN is neither
		c.wrong("area_m2", "error.unit.area")
	}
	return c.err()
}

// Validate returns fault.Invalid with every wrong field.
func (p *Point) Validate() error {
	var c checks
	if !slices.Contains(PointKinds, p.Kind) {
		c.wrong("kind", "error.point.kind")
	}
	c.fields = append(c.fields, nameLimit.CheckText("name", p.Name)...)
	c.lines("address", p.Address, "source", p.Source)
	c.fields = append(c.fields, noteLimit.Check("note", p.Note)...)
	for _, l := range p.Lines {
		c.fields = append(c.fields, numberLimit.Check("lines", l)...)
	}
	c.location(p.Location)
	if p.Access != "" && p.Access != NoSteps && p.Access != Steps {
		c.wrong("access", "error.choice")
	}
	if p.Lot != "" && (p.Kind != Parking || !slices.Contains(Lots, p.Lot)) {
		c.wrong("lot", "error.choice")
	}
	if p.Opening.Text != "" && !p.Opening.Hours.Known {
		c.wrong("opening", "error.street.pedestrian")
	}
	if len(p.Lasts.List) > 0 && !p.Kind.Stops() {
		c.wrong("kind", "error.point.kind")
	}
	if p.CheckedOn != "" && !isDate(p.CheckedOn) {
		c.wrong("checked_on", "error.date")
	}
	return c.err()
}

type checks struct{ fields []fault.Field }

func (c *checks) wrong(name, key string) {
	c.fields = append(c.fields, fault.Field{Name: name, Key: key})
}

func (c *checks) slug(s string) {
	if !lang.Slug(s) {
		c.wrong("slug", "error.slug")
	}
}

// lines checks pairs of a field name and its one line of text.
func (c *checks) lines(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		c.fields = append(c.fields, lineLimit.Check(pairs[i], pairs[i+1])...)
	}
}

func (c *checks) aliases(all []string) {
	if len(all) > maxAliases {
		c.fields = append(c.fields, fault.Field{Name: "aliases", Key: "error.list.long", Args: map[string]any{"Max": maxAliases}})
	}
	for _, a := range all {
		c.fields = append(c.fields, nameLimit.Check("aliases", a)...)
	}
}

func (c *checks) ended(day string) {
	if day != "" && !isDate(day) {
		c.wrong("ended", "error.date")
	}
}

func (c *checks) location(l *geo.Location) {
	if l != nil && (!l.Valid() || !l.Source.Known()) {
		c.wrong("location", "error.geo.range")
	}
}

func (c *checks) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: c.fields}
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
