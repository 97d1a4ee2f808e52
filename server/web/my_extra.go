package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// extraView is templates/pages/my-extra.html: what a shop does at times of its own.
type extraView struct {
	Base     ui.Base
	Up       ui.Link
	Where    string
	Title    string
	Lead     string
	Side     ui.Side
	Callouts []ui.Callout
	Sets     []extraSet
}

// extraSet is one kind of extra hours in the list.
type extraSet struct{ Name, Hint, Words, Href string }

// extraPage: GET /my/shops/:id/extra.
func (s *Site) extraPage(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := extraView{
		Up: ui.Link{Label: p.say("my.up"), Href: shopHref(c, &l, "")}, Where: whereWords(p, &l), Title: p.say("my.page.extra"), Lead: p.say("my.lead.extra"),
		Side: s.side(c, p, &l, "extra", false), Callouts: doneNote(c, p), Sets: []extraSet{},
	}
	for _, kind := range hours.ExtraKinds {
		set := extraSet{Name: p.say("extra." + string(kind)), Hint: p.say("my.lead.extra_" + string(kind)), Href: shopHref(c, &l, "extra/"+string(kind))}
		if x, ok := hours.ExtraOf(l.ExtraHours, kind); ok {
			set.Words = extraWords(p, &x)
		}
		v.Sets = append(v.Sets, set)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-extra", v)
}

// noExtra is what the form of extra hours means when the shop has none of the kind; no answer of its first question sends it.
const noExtra = "none"

// extraEditor is the week of one kind of extra hours: the form of the opening hours, and a button that takes them away.
func extraEditor(kind hours.ExtraKind) *editor {
	typed := func(x *edit, v url.Values) (hours.Extra, error) {
		out := hours.Extra{Kind: kind}
		if v.Get("kind") == noExtra {
			return out, nil
		}
		was, ok := hours.ExtraOf(x.l.ExtraHours, kind)
		stored := was.Weekly()
		stored.Known = ok
		h, err := ui.ParseHours(v).Hours(stored)
		out.Week, out.ByClass = h.Week, h.ByClass
		return out, err
	}
	return &editor{
		path: "extra/" + string(kind), act: access.ListingHours, next: "extra",
		fields: []editField{{name: "extra", key: "extra", owns: func(string) bool { return true }, words: func(x *edit, v url.Values) string {
			e, err := typed(x, v)
			if err != nil {
				return x.p.say("my.words.mistake")
			}
			if words := extrasWords(x.p, hours.SortExtras([]hours.Extra{e})); words != "" {
				return words
			}
			return x.p.say("my.extra.none")
		}}},
		fill: func(_ *edit, l *listing.Listing) url.Values {
			was, ok := hours.ExtraOf(l.ExtraHours, kind)
			h := was.Weekly()
			h.Known = ok
			v := ui.NewHoursInput(h).Values()
			if !ok {
				v.Set("kind", noExtra)
			}
			return v
		},
		parts: func(*edit) []ui.FormPart { return nil },
		read: func(x *edit) (listing.Patch, error) {
			e, err := typed(x, x.typed)
			if err != nil {
				return nil, err
			}
			return patched("extra_hours", hours.PutExtra(x.l.ExtraHours, e))
		},
		change: func(x *edit) bool {
			if do, _ := x.pressed(); do == "clear" {
				x.typed = url.Values{"kind": {noExtra}}
				return false
			}
			return changeWeek(x)
		},
		dress: func(x *edit, v *editView, problem error) {
			x.dressWeek(v, problem)
			if _, ok := hours.ExtraOf(x.l.ExtraHours, kind); ok {
				v.Form.Bar.Buttons = slices.Insert(v.Form.Bar.Buttons, 1, ui.Button{Label: x.p.say("my.extra.clear"), Name: "do", Value: "clear", Kind: "alt"})
			}
			v.Preview = &ui.HoursPreview{ID: "preview"}
			if set, err := typed(x, x.typed); err == nil {
				as := *x.l
				as.ExtraHours = hours.SortExtras([]hours.Extra{set})
				v.Preview.Facts = x.s.extraFacts(x.p, &as)
			}
		},
	}
}

// extrasWords are extra hours in one line each: 早餐 周一至周日 6:30–9:30.
func extrasWords(p *speaker, list []hours.Extra) string {
	lines := []string{}
	for i := range list {
		lines = append(lines, strings.TrimSpace(p.say("extra."+string(list[i].Kind))+" "+extraWords(p, &list[i])))
	}
	return strings.Join(lines, p.say("my.semicolon"))
}

// extraWords are the times of one kind: 每天 6:30–9:30, or day by day.
func extraWords(p *speaker, x *hours.Extra) string {
	week := x.Weekly().Ordinary()
	for _, spans := range week[1:] {
		if !slices.Equal(spans, week[0]) {
			return weekWords(p, week)
		}
	}
	return p.say("editor.row.all") + " " + spansWords(p, week[0])
}

// extraFacts are the extra hours as customers read them, with what is different today.
func (s *Site) extraFacts(p *speaker, l *listing.Listing) []ui.Fact {
	out := []ui.Fact{}
	today := calendar.Today(p.now)
	for i := range l.ExtraHours {
		x := &l.ExtraHours[i]
		week := x.Weekly().Ordinary()
		value := ui.Value{Text: extraWords(p, x)}
		if now := hours.DayOf(x.Within(l.Hours, s.calendar()), s.calendar(), today); !slices.Equal(now.Spans, week[today.FromMonday()]) {
			value.Note, value.Live = p.say("shop.extra.not_today"), true
			if len(now.Spans) > 0 {
				value.Note = p.say("shop.extra.today", "Spans", spansWords(p, now.Spans))
			}
		}
		out = append(out, ui.Fact{Term: p.say("extra." + string(x.Kind)), Values: []ui.Value{value}})
	}
	return out
}
