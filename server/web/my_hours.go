package web

import (
	"net/url"
	"slices"
	"strings"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// hoursEditor is the ordinary week (design 4.1).
var hoursEditor = editor{
	path: "hours", act: access.ListingHours,
	fields: []editField{{name: "hours", key: "week", owns: func(string) bool { return true }, words: func(x *edit, v url.Values) string {
		in := ui.ParseHours(v)
		h, err := in.Hours(x.l.Hours)
		if err != nil {
			return x.p.say("my.words.mistake")
		}
		return strings.TrimSpace(weekWords(x.p, h.Week) + " " + classWords(x.p, h.ByClass))
	}}},
	fill:  func(_ *edit, l *listing.Listing) url.Values { return ui.NewHoursInput(l.Hours).Values() },
	parts: func(*edit) []ui.FormPart { return nil },
	read: func(x *edit) (listing.Patch, error) {
		h, err := ui.ParseHours(x.typed).Hours(x.l.Hours)
		if err != nil {
			return nil, err
		}
		return patched("hours", h)
	},
	change: changeWeek,
	dress: func(x *edit, v *editView, problem error) {
		x.dressWeek(v, problem)
		if !x.l.Hours.Known {
			v.Hours.Text = x.l.Hours.Text
		}
		h, err := ui.ParseHours(x.typed).Hours(x.l.Hours)
		preview := x.preview(h, err)
		v.Preview = &preview
	},
}

// changeWeek does what a small button of the form of a week asks for; false when none was pressed.
func changeWeek(x *edit) bool {
	do, fix := x.pressed()
	if do == "preview" {
		return true
	}
	in := ui.ParseHours(x.typed)
	if !in.Change(do, fix) {
		return false
	}
	x.typed = in.Values()
	if do == "copy" {
		x.said = x.p.say("editor.copied")
	}
	return true
}

// dressWeek puts the form of a week with what was typed into the page.
func (x *edit) dressWeek(v *editView, problem error) {
	words := ui.NewHourWords(x.s.catalogue.In(x.p.Lang))
	e, summary := words.Editor(ui.ParseHours(x.typed), problem)
	x.p.note(words.Err)
	e.Said = x.said
	v.Hours = &e
	if problem != nil && len(summary) > 0 {
		v.Form.Errors = summary
	}
}

// pressed is the small button of the form that was pressed.
func (x *edit) pressed() (do, fix string) {
	f, err := x.s.form(x.c)
	if err != nil {
		return "", ""
	}
	return f.Get("do"), f.Get("fix")
}

// preview is 顾客会看到 for hours that are not stored yet: the same code as the public page, as if they had just been confirmed.
func (x *edit) preview(h hours.Hours, problem error) ui.HoursPreview {
	out := ui.HoursPreview{ID: "preview"}
	if problem != nil {
		return out
	}
	as := *x.l
	as.Hours = h
	as.Confirmed = listing.Confirmed{On: x.p.now.Format("2006-01-02"), By: "owner"}
	st, shop := x.s.seen(x.p, &as)
	table, _, _ := week(x.p, &shop)
	out.Status, out.Week, out.Notes = &st, table, comingNotes(x.p, shop.Coming)
	return out
}

// rowErrors are the mistakes of a form with a row of hours in it: those of the row, and those of the plain parts.
func rowErrors(row, all []ui.FieldError) []ui.FieldError {
	out := slices.Clone(row)
	for _, e := range all {
		if e.ID != "" {
			out = append(out, e)
		}
	}
	return out
}
