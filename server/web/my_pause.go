package web

import (
	"net/url"
	"strings"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// pauseEditor is 暂停营业: from when, and when it opens again if somebody knows. Up to six days are a special day instead.
var pauseEditor = editor{
	path: "pause", act: access.ListingHours, next: "special",
	fields: []editField{{name: "pause", key: "pause", owns: func(string) bool { return true }, words: func(x *edit, v url.Values) string {
		return strings.TrimSpace(v.Get("from") + " – " + v.Get("reopen") + " " + v.Get("note"))
	}}},
	fill: func(x *edit, l *listing.Listing) url.Values {
		v := url.Values{"from": {calendar.Today(x.p.now).String()}, "reopen": {""}, "note": {""}}
		if z := l.Hours.Pause; z != nil && !over(x.p, z) {
			v.Set("from", z.From)
			v.Set("note", z.Note.Hans)
			if until, err := calendar.ParseDate(z.Until); err == nil {
				v.Set("reopen", (until + 1).String())
			}
		}
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		out := []ui.FormPart{
			x.control("from", p.say("my.pause.from"), func(f *ui.Field) { f.Type, f.Short = "date", true }),
			x.control("reopen", p.say("my.pause.reopen"), func(f *ui.Field) { f.Type, f.Short, f.Optional, f.Hint = "date", true, true, p.say("my.hint.reopen") }),
			x.control("note", p.say("my.special.note"), func(f *ui.Field) {
				f.Optional, f.Max, f.Lang, f.Hint = true, listing.Limits["hours.pause.note"].Max, lang.Hans, p.say("my.hint.note_day")
			}),
		}
		if x.l.Hours.Pause != nil && !over(p, x.l.Hours.Pause) {
			out = append(out, ui.FormPart{Button: &ui.Button{Label: p.say("my.pause.end"), Kind: "alt", Name: "do", Value: "end"}})
		}
		return out
	},
	read: func(x *edit) (listing.Patch, error) {
		h := x.l.Hours
		if do, _ := x.pressed(); do == "end" {
			h.Pause = nil
			return patched("hours", h)
		}
		from, err := calendar.ParseDate(strings.TrimSpace(x.typed.Get("from")))
		if err != nil {
			return nil, fault.Wrong("from", "error.date", nil)
		}
		note := lang.Text{Hans: lang.Clean(x.typed.Get("note"))}
		if z := h.Pause; z != nil && z.Note.Hans == note.Hans {
			note = z.Note
		}
		if limit := listing.Limits["hours.pause.note"].Check("note", note.Hans); len(limit) > 0 {
			return nil, fault.Wrongs(limit)
		}
		until, ok := x.until(from)
		if !ok {
			return nil, fault.Wrong("reopen", "my.wrong.reopen", nil)
		}
		if until != nil && *until-from+1 <= hours.MaxClosedRun {
			h.Pause = nil
			h = h.With(hours.Special{From: from.String(), To: until.String(), Spans: []hours.Span{}, Note: note})
			if f, ok := hours.Validate(h).(*fault.Error); ok { //nolint:errorlint // wraps nothing
				for i := range f.Fields {
					f.Fields[i].Name = "from"
				}
				return nil, f
			}
			return patched("hours", h)
		}
		h.Pause = &hours.Pause{From: from.String(), Note: note}
		if until != nil {
			h.Pause.Until = until.String()
		}
		return patched("hours", h)
	},
	word: func(x *edit, next *listing.Listing) string {
		switch do, _ := x.pressed(); {
		case do == "end":
			return "opened"
		case next.Hours.Pause == nil:
			return "short"
		}
		return "paused"
	},
}

// until is the last closed day of a pause from a date on: nil when nobody knows when it opens again. ok is false for a day that
// cannot be read, lies in the past, or before the pause.
func (x *edit) until(from calendar.Date) (*calendar.Date, bool) {
	typed := strings.TrimSpace(x.typed.Get("reopen"))
	if typed == "" {
		return nil, true
	}
	reopen, err := calendar.ParseDate(typed)
	if err != nil || reopen <= from || reopen <= calendar.Today(x.p.now) {
		return nil, false
	}
	last := reopen - 1
	return &last, true
}
