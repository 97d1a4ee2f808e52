package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/place"
)

// noticeControls makes the controls of a notice.
type noticeControls struct {
	s       *Site
	c       *fiber.Ctx
	p       *speaker
	f       *form
	streets []place.Street
	plazas  []place.Plaza
}

func (s *Site) noticeControls(c *fiber.Ctx, p *speaker, f *form) (*noticeControls, error) {
	k := &noticeControls{s: s, c: c, p: p, f: f}
	var err error
	if k.streets, err = s.services.Places.Streets(c.UserContext()); err != nil {
		return nil, err
	}
	k.plazas, err = s.services.Places.Plazas(c.UserContext())
	return k, err
}

// parts are the controls of a notice, section by section, down to the people it is for; what stands below them follows in rest.
func (k *noticeControls) parts() []ui.FormPart {
	p := k.p
	out := []ui.FormPart{
		{Heading: p.say("notice_form.what")},
		k.kinds(),
		k.line("title", p.say("notice_form.title"), lang.Hans, func(x *ui.Field) { x.Hint = p.say("notice_form.title_hint") }),
		k.prose("text", p.say("notice_form.text"), lang.Hans, func(x *ui.Field) { x.Rows, x.Hint = 8, p.say("notice_form.text_hint") }),
		k.switches("order", p.say("notice_form.order"), ui.Pick{Value: "urgent", Label: p.say("notice_form.urgent"), Hint: p.say("notice_form.urgent_hint")}, ui.Pick{Value: "pin", Label: p.say("notice_form.pin")}),
		k.switches("open_as_usual", p.say("notice_form.trading"), ui.Pick{Value: "open_as_usual", Label: p.say("notice_form.trading_open"), Hint: p.say("notice_form.trading_open_hint")}),
		k.line("access", p.say("notice_form.access"), lang.Hans, func(x *ui.Field) { x.Optional, x.Hint = true, p.say("notice_form.access_hint") }),
		{Heading: p.say("notice_form.who")},
		k.choice("audience", p.say("notice_form.public"), false, ui.Pick{Value: everybody, Label: p.say("notice_form.public_yes")}, ui.Pick{Value: shopsOnly, Label: p.say("notice_form.public_no")}),
		k.switches("audience.all", p.say("notice_form.all"), ui.Pick{Value: "audience.all", Label: p.say("notice_form.all_yes")}),
	}
	for i := range k.rows("audience.streets") {
		out = append(out, k.stretch(i))
	}
	for i := range k.rows("audience.plazas") {
		out = append(out, k.floors(i))
	}
	for i := range k.rows("audience.categories") {
		out = append(out, k.nth("audience.categories", i, p.say("notice_form.category", "N", i+1), k.s.categories(p)))
	}
	out = append(out,
		ui.FormPart{Button: &ui.Button{Label: p.say("notice_form.more"), Kind: "alt s", Icon: "plus", Name: "do", Value: "more"}},
		k.prose("audience.listings", p.say("notice_form.shops"), "", func(x *ui.Field) { x.Rows, x.Optional, x.Hint = 2, true, p.say("notice_form.shops_hint") }),
		k.line("audience.areas", p.say("notice_form.areas"), "", func(x *ui.Field) { x.Optional, x.Hint = true, p.say("notice_form.areas_hint") }),
		k.roles(),
	)
	return out
}

// rest are the controls below the list of shops.
func (k *noticeControls) rest() []ui.FormPart {
	p := k.p
	out := []ui.FormPart{
		{Heading: p.say("notice_form.when")},
		k.moment("from", p.say("notice_form.from"), ""),
		k.moment("until", p.say("notice_form.until"), ""),
		k.moment("publish_at", p.say("notice_form.publish"), p.say("notice_form.publish_hint")),
		k.moment("expires_at", p.say("notice_form.expires"), p.say("notice_form.expires_hint")),
		{Heading: p.say("notice_form.answer")},
		k.switches("must_confirm", p.say("notice_form.answer_ask"), ui.Pick{Value: "must_confirm", Label: p.say("notice_form.must")}),
		input(k.f, "due", p.say("notice_form.due"), func(x *ui.Field) { x.Type, x.Short, x.Optional = "date", true, true }),
		{Heading: p.say("notice_form.front")},
		k.switches("front", p.say("notice_form.front_where"), ui.Pick{Value: "home", Label: p.say("notice_form.home")}, ui.Pick{Value: "banner", Label: p.say("notice_form.banner")}),
		{Text: p.say("notice_form.front_hint")},
		k.where(),
		k.line("place.words", p.say("notice_form.where_words"), lang.Hans, func(x *ui.Field) { x.Optional, x.Hint = true, p.say("notice_form.where_hint") }),
		k.line("contact.desk", p.say("notice_form.contact_desk"), lang.Hans, func(x *ui.Field) { x.Optional = true }),
		input(k.f, "contact.phone", p.say("notice_form.contact_phone"), func(x *ui.Field) { x.Type, x.Short, x.Optional, x.InputMode = "tel", true, true, "tel" }),
		{Heading: p.say("notice_form.others")},
		{Text: p.say("notice_form.others_text")},
	}
	return append(out, k.translations("title", "text", "access", "place.words", "contact.desk")...)
}

// translations are the texts in the other two languages.
func (k *noticeControls) translations(names ...string) []ui.FormPart {
	out := []ui.FormPart{}
	for _, t := range lang.Tags[1:] {
		for _, name := range names {
			ending := textEndings[t]
			if k.f.Get(name) == "" && k.f.Get(name+ending) == "" && name != "title" && name != "text" {
				continue // nothing to translate
			}
			label := k.p.say("notice_form.in", "What", k.p.say("notice_form.label."+labelKeys[name]), "Language", languageNames[t])
			if name == "text" {
				out = append(out, k.prose(name+ending, label, t, func(x *ui.Field) { x.Optional = true }))
			} else {
				out = append(out, k.line(name+ending, label, t, func(x *ui.Field) { x.Optional = true }))
			}
		}
	}
	return out
}

// textEndings tell the controls of a text in another language from that of the text itself.
var textEndings = map[lang.Tag]string{lang.Hant: ".hant", lang.En: ".en"}

// labelKeys are what the texts of a notice are called.
var labelKeys = map[string]string{"title": "title", "text": "text", "access": "access", "place.words": "place", "contact.desk": "desk", "instruction": "instruction"}

func (k *noticeControls) line(name, label string, in lang.Tag, more func(*ui.Field)) ui.FormPart {
	return input(k.f, name, label, func(x *ui.Field) {
		x.Lang = in
		more(x)
	})
}

func (k *noticeControls) prose(name, label string, in lang.Tag, more func(*ui.Field)) ui.FormPart {
	return input(k.f, name, label, func(x *ui.Field) {
		x.Type, x.Lang = "textarea", in
		if name == "text" {
			x.Max = notice.MaxText
		}
		more(x)
	})
}

func (k *noticeControls) choice(name, legend string, many bool, options ...ui.Pick) ui.FormPart {
	for i := range options {
		options[i].Checked = slices.Contains(k.f.Values[name], options[i].Value)
	}
	return ui.FormPart{Choice: &ui.Choice{ID: name, Name: name, Legend: legend, Many: many, Options: options}}
}

// switches are checkboxes of yes-or-no fields under one legend; the value of an option is the name of its field.
func (k *noticeControls) switches(name, legend string, options ...ui.Pick) ui.FormPart {
	return k.choice(name, legend, true, options...)
}

// kinds are the kinds to choose from; an emergency has a form of its own.
func (k *noticeControls) kinds() ui.FormPart {
	options := []ui.Pick{}
	for _, x := range notice.Kinds {
		if x != notice.Emergency {
			options = append(options, ui.Pick{Value: string(x), Label: k.p.say("notice_kind." + string(x))})
		}
	}
	return k.choice("kind", k.p.say("notice_form.kind"), false, options...)
}

// roles are who in a shop is asked.
func (k *noticeControls) roles() ui.FormPart {
	options := []ui.Pick{}
	for _, r := range []access.Role{access.Owner, access.Manager, access.Staff} {
		options = append(options, ui.Pick{Value: string(r), Label: k.p.say("member.role." + string(r))})
	}
	x := k.choice("audience.roles", k.p.say("notice_form.roles"), true, options...)
	x.Choice.Optional, x.Choice.Hint = true, k.p.say("notice_form.roles_hint")
	return x
}

// rows are the rows of what has several: those that are filled in, and one more.
func (k *noticeControls) rows(name string) int {
	filled := []string{}
	for _, id := range k.f.Values[name] {
		if id != "" {
			filled = append(filled, id)
		}
	}
	return len(filled) + 1
}

// nth is the select of row i of what has several.
func (k *noticeControls) nth(name string, i int, label string, options []ui.Option) ui.FormPart {
	return ui.FormPart{Field: k.pick(name, i, label, options)}
}

func (k *noticeControls) pick(name string, i int, label string, options []ui.Option) *ui.Field {
	value := ""
	if list := k.f.Values[name]; i < len(list) {
		value = list[i]
	}
	options = slices.Clone(options)
	for j := range options {
		options[j].Checked = options[j].Value == value
	}
	return &ui.Field{ID: rowID(name, i), Name: name, Label: label, Options: options, Optional: true}
}

// rowID is the id of a control in row i; the first has the name itself.
func rowID(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i)
}

func (k *noticeControls) typed(name string, i int, label, hint string) ui.Field {
	x := ui.Field{ID: rowID(name, i), Name: name, Label: label, Hint: hint, Type: "text", Short: true}
	if list := k.f.Values[name]; i < len(list) {
		x.Value = list[i]
	}
	return x
}

// stretch is a row of the streets: which, which side, from which house number to which.
func (k *noticeControls) stretch(i int) ui.FormPart {
	p := k.p
	street := k.pick("audience.streets", i, p.say("notice_form.street"), k.streetOptions())
	side := k.pick("audience.side", i, p.say("notice_form.side"), []ui.Option{
		{Label: p.say("notice_form.side_both")}, {Value: string(place.Odd), Label: p.say("notice_form.side_odd")}, {Value: string(place.Even), Label: p.say("notice_form.side_even")},
	})
	street.Optional, side.Optional = false, false
	from, to := k.typed("audience.from", i, p.say("notice_form.from_number"), ""), k.typed("audience.to", i, p.say("notice_form.to_number"), "")
	from.InputMode, to.InputMode = "numeric", "numeric"
	x := ui.FieldRow{ID: street.ID, Name: "audience.streets", Legend: p.say("notice_form.stretch", "N", i+1), Optional: true, Fields: []ui.Field{*street, *side, from, to}}
	if i == 0 {
		x.Hint = p.say("notice_form.stretch_hint")
	}
	return ui.FormPart{Row: &x}
}

// floors is a row of the plazas: which, and which of its floors.
func (k *noticeControls) floors(i int) ui.FormPart {
	p := k.p
	plaza := k.pick("audience.plazas", i, p.say("notice_form.plaza"), k.plazaOptions())
	plaza.Optional = false
	x := ui.FieldRow{ID: plaza.ID, Name: "audience.plazas", Legend: p.say("notice_form.plazas", "N", i+1), Optional: true, Fields: []ui.Field{*plaza, k.typed("audience.levels", i, p.say("notice_form.floors"), "")}}
	if i == 0 {
		x.Hint = p.say("notice_form.floors_hint")
	}
	return ui.FormPart{Row: &x}
}

func (k *noticeControls) streetOptions() []ui.Option {
	return append([]ui.Option{{Label: k.p.say("my.choose")}}, streetOptions(k.p, k.streets, "")...)
}

func (k *noticeControls) plazaOptions() []ui.Option {
	return append([]ui.Option{{Label: k.p.say("my.choose")}}, plazaOptions(k.p, k.plazas)...)
}

// where is what of the street plan a notice is drawn on.
func (k *noticeControls) where() ui.FormPart {
	options := []ui.Option{{Label: k.p.say("notice_form.where_none")}}
	for _, o := range k.streetOptions()[1:] {
		options = append(options, ui.Option{Value: "street/" + o.Value, Label: o.Label})
	}
	for _, o := range k.plazaOptions()[1:] {
		options = append(options, ui.Option{Value: "plaza/" + o.Value, Label: o.Label})
	}
	return k.nth("place", 0, k.p.say("notice_form.where"), options)
}

// moment is a day and a time of it.
func (k *noticeControls) moment(name, legend, hint string) ui.FormPart {
	day := ui.Field{ID: name, Name: name + ".day", Label: k.p.say("notice_form.day"), Type: "date", Value: k.f.Get(name + ".day"), Short: true}
	options := []ui.Option{{Label: k.p.say("notice_form.whole_day")}}
	at := k.f.Get(name + ".at")
	known := at == ""
	for m := 0; m < 24*60; m += 30 {
		clock := fmt.Sprintf("%02d:%02d", m/60, m%60)
		known = known || clock == at
		options = append(options, ui.Option{Value: clock, Label: ui.ClockMinutes(k.p.Lang, m)})
	}
	if !known {
		options = append(options, ui.Option{Value: at, Label: at})
	}
	clock := k.pick(name+".at", 0, k.p.say("notice_form.at"), options)
	clock.Optional, clock.Short = false, true
	return ui.FormPart{Row: &ui.FieldRow{ID: name, Name: name, Legend: legend, Hint: hint, Optional: true, Fields: []ui.Field{day, *clock}}}
}
