package post

import (
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Limits is how long each text of a post may be, by the JSON path of the field.
var Limits = map[string]lang.Limit{
	"title":      {Max: 24, Must: true},
	"text":       {Max: 60, Prose: true},
	"who":        {Max: 24},
	"conditions": {Max: 60},
}

// The bounds of a post in time.
const (
	MaxDays   = 366
	MaxAreas  = 30
	maxPeriod = 36 * 60 // as hours: noon of the next day
)

// normalise brings the texts into the form that is stored.
func (p *Post) normalise() {
	for _, t := range []*lang.Text{&p.Title, &p.Text, &p.Who, &p.Conditions} {
		t.Hans, t.Hant, t.En = lang.Clean(t.Hans), lang.Clean(t.Hant), lang.Clean(t.En)
	}
	p.Areas = slices.Compact(slices.Sorted(slices.Values(p.Areas)))
	p.Repeat.Days = slices.Compact(slices.Sorted(slices.Values(p.Repeat.Days)))
}

// validate returns fault.Invalid with every wrong field, named by its JSON path.
func (p *Post) validate() error {
	var wrong []fault.Field
	when := func(bad bool, name, key string) {
		if bad {
			wrong = append(wrong, fault.Field{Name: name, Key: key})
		}
	}
	when(!slices.Contains(Kinds, p.Kind), "kind", "error.choice")
	for _, t := range []struct {
		name string
		text lang.Text
		must bool
	}{{"title", p.Title, true}, {"text", p.Text, false}, {"who", p.Who, p.Kind == Offer}, {"conditions", p.Conditions, p.Kind == Offer}} {
		limit := Limits[t.name]
		limit.Must = t.must
		wrong = append(wrong, limit.CheckText(t.name, t.text)...)
	}
	when(len(p.Areas) > MaxAreas || slices.ContainsFunc(p.Areas, func(id string) bool { return len(id) > 40 }), "areas", "error.choice")
	return fault.Wrongs(append(wrong, p.wrongWhen()...))
}

// wrongWhen says what is wrong with the days and times of a post.
func (p *Post) wrongWhen() []fault.Field {
	var wrong []fault.Field
	when := func(bad bool, name, key string) {
		if bad {
			wrong = append(wrong, fault.Field{Name: name, Key: key})
		}
	}
	from, errFrom := calendar.ParseDate(p.From)
	until, errUntil := calendar.ParseDate(p.Until)
	when(errFrom != nil, "from", "error.date")
	when(errUntil != nil, "until", "error.date")
	dated := errFrom == nil && errUntil == nil
	when(dated && until < from, "until", "post.wrong.order")
	when(dated && until-from >= MaxDays, "until", "post.wrong.long")
	if t := p.Times; t != nil {
		when(t.Open < 0 || t.Open >= 24*60 || t.Close <= t.Open || t.Close > maxPeriod || t.Close-t.Open > 24*60, "times", "post.wrong.times")
	}
	n := len(p.Repeat.Days)
	first, last := 0, 0
	switch p.Repeat.Every {
	case Daily:
		when(n > 0, "repeat.days", "error.choice")
	case Weekly, Monthly:
		when(n == 0, "repeat.days", "error.text.empty")
		if first, last = 0, 6; p.Repeat.Every == Monthly {
			first, last = 1, 31
		}
	default:
		when(true, "repeat.every", "error.choice")
		return wrong
	}
	when(p.Repeat.Every != Daily && slices.ContainsFunc(p.Repeat.Days, func(d int) bool { return d < first || d > last }), "repeat.days", "error.number")
	if len(wrong) == 0 {
		_, some := p.Next(from)
		when(!some, "repeat.days", "post.wrong.never")
	}
	return wrong
}

// late reports whether the last day of the post is over: nothing that is over is published.
func (p *Post) late(now time.Time) bool { return calendar.Today(now).String() > p.Until }
