package web

import (
	"cmp"
	"html/template"
	"strings"
	"time"

	"shangquan/frontend/locales"
	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search/text"
)

// rows renders shops in a list. What of a row the visitor's words and position do not change is rendered once per revision and
// status.
func (s *Site) rows(p *speaker, list []directory.Row) []template.HTML {
	return s.rowsWith(p, list, func(i int) string { return way(p, list[i].Metres) })
}

// rowsWith is rows that say of each how one gets there.
func (s *Site) rowsWith(p *speaker, list []directory.Row, there func(i int) string) []template.HTML {
	out := make([]template.HTML, 0, len(list))
	kept := s.renderer.rows[p.Lang]
	for i := range list {
		r := &list[i]
		st := rowStatus(p, r)
		fill := ui.RowFill{Name: ui.Mark(r.Name, r.NameLang, pairs(r.Marks)), Walk: there(i)}
		if r.Hint != nil {
			fill.Hint = hintView(p, r.Hint)
		}
		offered := r.Offer(p.now) != nil
		html, err := kept.HTML(rowKey(r, st, offered), fill, func() ui.Row { return rowView(p, r, st, offered) })
		p.note(err)
		out = append(out, html)
	}
	return out
}

func rowKey(r *directory.Row, status ui.Status, offered bool) ui.RowKey {
	k := ui.RowKey{ID: r.Listing.ID, Rev: r.Listing.Rev, Words: r.Words, Status: status, Offer: offered}
	if r.Street != nil {
		k.StreetRev = r.Street.Rev
	}
	if r.Plaza != nil {
		k.PlazaRev = r.Plaza.Rev
	}
	return k
}

// statusOfRow says whether a shop is open, and how long still.
func statusOfRow(p *speaker, r *directory.Row) ui.Status { return status(p, r, ui.NewStatus) }

func status(p *speaker, r *directory.Row, say func(*locales.Words, hours.Status, time.Time) (ui.Status, error)) ui.Status {
	var st ui.Status
	var err error
	if r.Gone() {
		kind := listing.Ceased
		if r.Listing.Closure != nil {
			kind = r.Listing.Closure.Kind
		}
		st, err = ui.GoneStatus(p.Words, kind)
	} else {
		st, err = say(p.Words, r.Status, p.now)
		if r.Status.State == hours.Unknown && len(r.Listing.Phones) == 0 {
			st.Next = p.say("hours.ask_first") // there is no number to call
		}
	}
	p.note(err)
	return st
}

// rowStatus leaves out what changes every minute, so that rows can be kept.
func rowStatus(p *speaker, r *directory.Row) ui.Status { return status(p, r, ui.BriefStatus) }

// rowView is a row without its ui.RowFill.
func rowView(p *speaker, r *directory.Row, status ui.Status, offered bool) ui.Row {
	l := r.Listing
	v := ui.Row{
		Href: ui.Href(p.Lang, "/shops/"+l.Slug), Plate: plateView(p, r), Status: status, Address: addressLine(p, r), Tags: []ui.Tag{}, Photo: thumb(l),
	}
	if r.NameLang == lang.En {
		second := ui.Plain(l.Name.Hans, lang.Hans)
		v.Second = &second
	}
	if r.Category != nil {
		v.Kind = p.name(r.Category.Name)
	}
	if offered {
		v.Tags = append(v.Tags, ui.Tag{Icon: "offer", Label: p.say("posts.kind.offer")})
	}
	for _, t := range r.Tags[:min(len(r.Tags), 2-len(v.Tags))] {
		v.Tags = append(v.Tags, ui.Tag{Icon: t.Icon, Label: p.name(t.Name)})
	}
	return v
}

// hintView says why a shop was found: the words before the text count for the places of its marks.
func hintView(p *speaker, h *text.Hint) ui.Marked {
	var before string
	switch h.Kind {
	case text.HintAlias:
		before = p.say("search.hint.alias")
	case text.HintGoods:
		before = p.say("search.hint.goods")
	case text.HintAddress:
		before = p.say("search.hint.address")
	}
	m := ui.Mark(h.Text, lang.Hans, pairs(h.Marks))
	m.Parts = append([]ui.Part{{Text: before}}, m.Parts...)
	return m
}

func pairs(spans []text.Span) [][2]int {
	out := make([][2]int, 0, len(spans))
	for _, s := range spans {
		out = append(out, [2]int{s.From, s.To})
	}
	return out
}

// unitOf is where in its plaza a shop is: the plaza, the floor, the unit; empty for a shop in none.
func unitOf(p *speaker, r *directory.Row) string {
	if r.Plaza == nil {
		return ""
	}
	return unitWords(p.name(r.Plaza.Name), r.Floor, r.Listing.Address.Unit)
}

func unitWords(plaza, floor, unit string) string {
	if strings.HasPrefix(unit, floor) { // 1F-06 says 1F
		floor = ""
	}
	return strings.Join(strings.Fields(plaza+" "+floor+" "+unit), " ")
}

// whereOf is where a shop is, as the plate is read aloud: its address, and before it what of unitOf the address does not say.
func whereOf(p *speaker, r *directory.Row) string {
	a := &r.Listing.Address
	if r.Plaza == nil || a.Line == "" {
		return cmp.Or(a.Line, unitOf(p, r))
	}
	plaza, floor, unit := p.name(r.Plaza.Name), r.Floor, a.Unit
	if strings.Contains(a.Line, r.Plaza.Name.Hans) {
		plaza = ""
	}
	if level, ok := place.LevelIn(a.Line); ok && level == a.Level {
		floor = ""
	}
	if saysUnit(a.Line, unit) {
		floor, unit = "", ""
	}
	return strings.TrimSpace(unitWords(plaza, floor, unit) + " " + a.Line)
}

// saysUnit reports whether an address names a unit: as a word of its own, and not as the number of the house or the lane.
func saysUnit(line, unit string) bool {
	word := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	}
	for at := 0; unit != ""; {
		i := strings.Index(line[at:], unit)
		if i < 0 {
			break
		}
		before, after := line[:at+i], line[at+i+len(unit):]
		next := strings.TrimLeft(after, " ")
		if (before == "" || !word(before[len(before)-1])) && (after == "" || !word(after[0])) &&
			!strings.HasPrefix(next, "号") && !strings.HasPrefix(next, "弄") {
			return true
		}
		at += i + len(unit)
	}
	return false
}

// addressLine is the address as it stands in lists; of a shop without one, the plaza it is in.
func addressLine(p *speaker, r *directory.Row) ui.Marked {
	if r.Listing.Address.Line == "" && r.Plaza != nil {
		return ui.Plain(unitOf(p, r), plateLang(p.Lang, r))
	}
	return ui.Plain(r.Listing.Address.Line, lang.Hans)
}

// plateView is the door plate; a shop of which nobody knows the door has the first words of its address on it.
func plateView(p *speaker, r *directory.Row) ui.Plate {
	plate := r.Plate(p.Lang)
	v := ui.Plate{Top: plate.Place, Number: plate.Number, Bottom: plate.Foot, Lang: plateLang(p.Lang, r), Label: whereOf(p, r)}
	if v.Number == "" {
		v.Number = firstRune(r.Listing.Name.Hans)
	}
	if v.Label == "" {
		v.Label = r.Listing.Name.Hans
	}
	return v
}

// firstRune stands on the plate of a shop without a number: the first character of its name, as on an old shop sign.
func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// plateLang is the language the words of the plate are really in.
func plateLang(t lang.Tag, r *directory.Row) lang.Tag {
	name := lang.Text{}
	switch {
	case r.Plaza != nil:
		name = r.Plaza.Name
	case r.Street != nil:
		name = r.Street.Name
	}
	_, in := name.In(t)
	return in
}

// walkable is how far people are told minutes for; beyond it they are told kilometres.
const walkable = 40

// way says how far a shop is, in walking minutes or kilometres; empty when not known.
func way(p *speaker, metres float64) string {
	if metres < 0 {
		return ""
	}
	if m := geo.WalkMinutes(metres); m <= walkable {
		return p.count("unit.walk", m)
	}
	return p.say("search.km", "N", int(metres/1000+0.5))
}

// point is where a link to a map leads; nil when the place of a shop is not known.
func point(l *listing.Listing, plaza *place.Plaza) *geo.Location {
	if l.Location == nil && plaza != nil {
		return plaza.Location
	}
	return l.Location
}
