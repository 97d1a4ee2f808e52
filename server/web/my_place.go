package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// isDate reports whether s is a date YYYY-MM-DD.
func isDate(s string) bool {
	_, err := time.ParseInLocation(time.DateOnly, s, calendar.Shanghai)
	return err == nil
}

// placeEditor is where the shop is: the address as written, the street or the plaza it belongs to, how to find it, the pin.
var placeEditor = editor{
	path: "place", act: access.ListingSensitive,
	fields: []editField{
		{name: "address.line", key: "address"},
		{name: "address.street_id", key: "street", words: optionWords("address.street_id")},
		{name: "address.house", key: "house"},
		{name: "address.plaza_id", key: "plaza", words: optionWords("address.plaza_id")},
		{name: "address.level", key: "level"},
		{name: "address.unit", key: "unit"},
		{name: "address.postcode", key: "postcode"},
		{name: "address.hint", key: "hint"},
		{name: "location", key: "location", owns: func(c string) bool { return c == "location" || c == "location.datum" }},
	},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		want := l.Proposed()
		a := want.Address
		v := url.Values{
			"address.line": {a.Line}, "address.street_id": {a.StreetID}, "address.house": {a.House}, "address.plaza_id": {a.PlazaID},
			"address.unit": {a.Unit}, "address.postcode": {a.Postcode}, "address.hint": {l.Address.Hint}, "address.level": {levelTyped(a.Level)},
		}
		if want.Location != nil {
			v.Set("location", pinWords(want.Location))
			v.Set("location.datum", string(want.Location.Source))
		}
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		return []ui.FormPart{
			x.control("address.line", p.say("fact.address"), func(f *ui.Field) {
				f.Hint, f.Max, f.Lang, f.Sensitive = p.say("my.hint.address"), listing.Limits["address.line"].Max, lang.Hans, x.l.Public()
			}),
			x.control("address.hint", p.say("fact.hint"), func(f *ui.Field) {
				f.Optional, f.Lang, f.Max, f.Hint = true, lang.Hans, listing.Limits["address.hint"].Max, p.say("my.hint.hint")
			}),
			{Heading: p.say("my.place.street")},
			x.control("address.street_id", p.say("fact.street"), func(f *ui.Field) { f.Optional, f.Options = true, x.streets() }),
			x.control("address.house", p.say("fact.house"), func(f *ui.Field) { f.Optional, f.Short, f.Hint = true, true, p.say("my.hint.house") }),
			{Heading: p.say("my.place.plaza")},
			x.control("address.plaza_id", p.say("fact.plaza"), func(f *ui.Field) { f.Optional, f.Options = true, x.plazas() }),
			x.control("address.level", p.say("fact.level"), func(f *ui.Field) { f.Optional, f.Short, f.Hint = true, true, p.say("my.hint.level") }),
			x.control("address.unit", p.say("fact.unit"), func(f *ui.Field) { f.Optional, f.Short, f.Hint = true, true, p.say("my.hint.unit_number") }),
			{Heading: p.say("fact.location")},
			x.control("location", p.say("my.place.pin"), func(f *ui.Field) {
				f.Optional, f.InputMode, f.Hint = true, "decimal", p.say("my.hint.pin", "Metres", listing.Near)
			}),
			x.control("location.datum", p.say("my.place.datum"), func(f *ui.Field) {
				f.Optional, f.Options = true, append([]ui.Option{{Label: p.say("my.choose")}}, datums(p, "")...)
			}),
			x.control("address.postcode", p.say("fact.postcode"), func(f *ui.Field) { f.Optional, f.Short, f.InputMode = true, true, "numeric" }),
		}
	},
	read: readPlace,
}

func readPlace(x *edit) (listing.Patch, error) {
	get := func(name string) string { return lang.Clean(x.typed.Get(name)) }
	was := x.l.Proposed()
	a := listing.Address{
		Line: get("address.line"), StreetID: get("address.street_id"), House: get("address.house"), PlazaID: get("address.plaza_id"),
		Unit: get("address.unit"), Postcode: get("address.postcode"),
	}
	wrong := []fault.Field{}
	var ok bool
	if a.Level, ok = readLevel(get("address.level")); !ok {
		wrong = append(wrong, fault.Field{Name: "address.level", Key: "error.place.level"})
	}
	if a.StreetID != "" {
		if st, err := x.s.services.Places.Street(x.c.UserContext(), a.StreetID); err != nil || st.Ended != "" && a.StreetID != was.Address.StreetID {
			wrong = append(wrong, fault.Field{Name: "address.street_id", Key: "my.wrong.choose"})
		}
	}
	if a.PlazaID != "" {
		if z, err := x.s.services.Places.Plaza(x.c.UserContext(), a.PlazaID); err != nil || z.Ended != "" && a.PlazaID != was.Address.PlazaID {
			wrong = append(wrong, fault.Field{Name: "address.plaza_id", Key: "my.wrong.choose"})
		}
	}
	pin, bad := readPin(x, was.Location)
	if err := fault.Wrongs(append(wrong, bad...)); err != nil {
		return nil, err
	}
	var err error
	if a.UnitID, err = x.unitOf(a, was.Address); err != nil {
		return nil, err
	}
	patch, err := patched("address", a, "address.hint", get("address.hint"))
	if err == nil && pin != nil {
		err = patch.Put("location", pin)
	}
	return patch, err
}

// unitOf is the unit of the register that an address means; "" when the register has none.
func (x *edit) unitOf(a, was listing.Address) (string, error) {
	if a.StreetID == was.StreetID && a.House == was.House && a.PlazaID == was.PlazaID && a.Unit == was.Unit {
		return was.UnitID, nil
	}
	number, list := a.Unit, []place.Unit{}
	var err error
	switch {
	case a.PlazaID != "" && a.Unit != "":
		list, err = x.s.services.Places.Units(x.c.UserContext(), a.PlazaID)
	case a.StreetID != "" && a.House != "":
		number = a.House
		list, err = x.s.services.Places.UnitsOn(x.c.UserContext(), a.StreetID)
	}
	if i := slices.IndexFunc(list, func(u place.Unit) bool { return u.Number == number }); i >= 0 {
		return list[i].ID, err
	}
	return "", err
}

// readPin reads the position as it was pasted: latitude, longitude; nil when it is as it was.
func readPin(x *edit, was *geo.Location) (*geo.Location, []fault.Field) {
	typed, datum := lang.Clean(x.typed.Get("location")), geo.Datum(x.typed.Get("location.datum"))
	if typed == "" || was != nil && typed == pinWords(was) && datum == was.Source {
		return nil, nil
	}
	parts := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",，、; \t", r) })
	if len(parts) != 2 {
		return nil, []fault.Field{{Name: "location", Key: "error.geo.number"}}
	}
	at, err := geo.Parse(parts[0], parts[1], datum)
	f, ok := err.(*fault.Error) //nolint:errorlint // of geo.Parse, which wraps nothing
	if !ok {
		at.Method = "owner"
		return &at, nil
	}
	out := []fault.Field{}
	for _, field := range f.Fields {
		name := "location"
		if field.Name == "datum" {
			name = "location.datum"
		}
		out = append(out, fault.Field{Name: name, Key: field.Key, Args: field.Args})
	}
	return nil, out
}

func levelTyped(level int) string {
	if level == 0 {
		return ""
	}
	return strconv.Itoa(level)
}

// readLevel reads a floor as people write it: 2, 2F, 2 楼, -1, B1.
func readLevel(typed string) (int, bool) {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	if typed == "" {
		return 0, true
	}
	sign := 1
	if rest, below := strings.CutPrefix(typed, "B"); below {
		typed, sign = rest, -1
	}
	for _, end := range []string{"F", "楼", "樓", "层", "層"} {
		typed = strings.TrimSpace(strings.TrimSuffix(typed, end))
	}
	n, err := strconv.Atoi(typed)
	return sign * n, err == nil && n != 0
}

// streets are the options of a street, those of the district first.
func (x *edit) streets() []ui.Option {
	list, err := x.s.services.Places.Streets(x.c.UserContext())
	x.p.note(err)
	return append([]ui.Option{{Label: x.p.say("my.choose")}}, streetOptions(x.p, list, "")...)
}

// streetOptions are the streets to choose from, those of the district first.
func streetOptions(p *speaker, list []place.Street, chosen string) []ui.Option {
	out := []ui.Option{}
	for _, core := range []bool{true, false} {
		for i := range list {
			if st := &list[i]; st.Core == core {
				out = append(out, ui.Option{Value: st.ID, Label: p.name(st.Name), Checked: st.ID == chosen})
			}
		}
	}
	return out
}

// datums are the datums that a position can be typed in, first the one of what people copy from a map here.
func datums(p *speaker, chosen string) []ui.Option {
	out := []ui.Option{}
	for _, d := range []geo.Datum{geo.GCJ02, geo.BD09, geo.WGS84} {
		out = append(out, ui.Option{Value: string(d), Label: p.say("my.datum." + string(d)), Checked: string(d) == chosen})
	}
	return out
}

// plazas are the options of a plaza, for one who has not chosen yet.
func (x *edit) plazas() []ui.Option {
	list, err := x.s.services.Places.Plazas(x.c.UserContext())
	x.p.note(err)
	return append([]ui.Option{{Label: x.p.say("my.choose")}}, plazaOptions(x.p, list)...)
}

// plazaOptions are the plazas by id, those of the district first.
func plazaOptions(p *speaker, list []place.Plaza) []ui.Option {
	out := []ui.Option{}
	for _, core := range []bool{true, false} {
		for i := range list {
			if list[i].Core == core {
				out = append(out, ui.Option{Value: list[i].ID, Label: p.name(list[i].Name)})
			}
		}
	}
	return out
}
