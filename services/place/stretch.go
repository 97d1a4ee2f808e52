package place

import (
	"fmt"
	"slices"
	"strings"

	"shangquan/services/lang"
)

// Stretch is a stretch 小段 of a street: a named piece between two cross streets ("谷阳路到人民路"). It is found by the house numbers it
// has on each side, which is how people on the spot tell where it begins and ends.
type Stretch struct {
	ID     string         `json:"id"` // within its street; never changes and is not given again
	Name   lang.Text      `json:"name"`
	Ranges map[Side]Range `json:"ranges"` // a side that is not in it has no part of the stretch
}

// Range is the house numbers of one side from From to To, both included. The parity of the side applies: 201–239 of the odd side
// holds 219 and not 218.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Has reports whether a number lies in the range, whichever side it is on.
func (r Range) Has(n int) bool { return r.From <= n && n <= r.To }

// Has reports whether a house lies on the stretch. A house with several numbers does when its first one does; an unknown number
// lies on none.
func (s *Stretch) Has(h House) bool {
	r, ok := s.Ranges[h.Side()]
	return ok && r.Has(h.Doorstep())
}

// Doorstep is the number by which a house stands on its street: the lane's if there is one; 0 when it is not known.
func (h House) Doorstep() int {
	if h.Lane > 0 {
		return h.Lane
	}
	return h.Number
}

// StretchOf returns the stretch a house lies on; false where it lies on none.
func (s *Street) StretchOf(h House) (Stretch, bool) {
	for i := range s.Stretches {
		if s.Stretches[i].Has(h) {
			return s.Stretches[i], true
		}
	}
	return Stretch{}, false
}

// Stretch returns the stretch with this id; false where there is none.
func (s *Street) Stretch(id string) (Stretch, bool) {
	for _, x := range s.Stretches {
		if x.ID == id {
			return x, true
		}
	}
	return Stretch{}, false
}

// nextStretch is an id that no stretch of the street has had.
func (s *Street) nextStretch() string { return fmt.Sprintf("s%d", s.StretchesMade+1) }

// The limits of stretches.
const (
	maxStretches = 50
	maxNumber    = 99_999
)

// stretches checks every stretch of the street. Two that overlap on a side would make a house belong to both, and a notice reach it
// twice.
func (c *checks) stretches(list []Stretch) {
	if len(list) > maxStretches {
		c.wrong("stretches", "error.stretch.most")
	}
	for i := range list {
		x := &list[i]
		c.fields = append(c.fields, nameLimit.CheckText("stretches", x.Name)...)
		if len(x.Ranges) == 0 {
			c.wrong("stretches", "error.stretch.empty")
		}
		for _, side := range []Side{Odd, Even} {
			r, ok := x.Ranges[side]
			if !ok {
				continue
			}
			switch {
			case r.From < 1 || r.To > maxNumber || r.From > r.To:
				c.wrong("stretches."+string(side), "error.stretch.range")
			case (House{Number: r.From}).Side() != side || (House{Number: r.To}).Side() != side:
				c.wrong("stretches."+string(side), "error.stretch."+string(side))
			case slices.ContainsFunc(list[:i], func(y Stretch) bool {
				o, there := y.Ranges[side]
				return there && o.From <= r.To && r.From <= o.To
			}):
				c.wrong("stretches."+string(side), "error.stretch.overlap")
			}
		}
		for side := range x.Ranges {
			if side != Odd && side != Even {
				c.wrong("stretches", "error.place.side")
			}
		}
	}
}

// Compass is a side of the sky a side of a street can lie on.
type Compass string

// The sides of the sky.
const (
	North Compass = "north"
	South Compass = "south"
	East  Compass = "east"
	West  Compass = "west"
)

// Compasses lists the sides of the sky in the order forms offer them.
var Compasses = []Compass{North, South, East, West}

var opposite = map[Compass]Compass{North: South, South: North, East: West, West: East}

var compassNames = map[Compass]lang.Text{
	North: {Hans: "路北", Hant: "路北", En: "north side"},
	South: {Hans: "路南", Hant: "路南", En: "south side"},
	East:  {Hans: "路东", Hant: "路東", En: "east side"},
	West:  {Hans: "路西", Hant: "路西", En: "west side"},
}

// SidesFrom names both sides of a street by where its odd numbers lie; nothing for a compass nobody knows.
func SidesFrom(odd Compass) map[Side]lang.Text {
	name, ok := compassNames[odd]
	if !ok {
		return nil
	}
	return map[Side]lang.Text{Odd: name, Even: compassNames[opposite[odd]]}
}

// OddSide returns where the odd numbers of the street lie; empty where nobody recorded it.
func (s *Street) OddSide() Compass {
	for _, c := range Compasses {
		if name := s.SideNames[Odd].Hans; name != "" && strings.HasPrefix(name, compassNames[c].Hans) {
			return c
		}
	}
	return ""
}
