package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/neighbour"
	"shangquan/services/post"
)

// The controls of a post have the names of its fields; those of the month and of the end of the day have their own, because a
// form cannot have two of one name.
const (
	monthDays = "month_days"
	timesEnd  = "times_end"
)

// newPostForm is what a new post begins with.
func newPostForm(p *speaker) *form {
	return &form{Values: url.Values{"kind": {string(post.Offer)}, "from": {calendar.Today(p.now).String()}}}
}

// postForm is a form as it would have been sent to make x.
func postForm(x *post.Post) *form {
	v := whenForm(x)
	v.Set("kind", string(x.Kind))
	v["areas"] = x.Areas
	for name, text := range map[string]*lang.Text{"title": &x.Title, "text": &x.Text, "who": &x.Who, "conditions": &x.Conditions} {
		v.Set(name, text.Hans)
		v.Set(name+".en", text.En)
	}
	return &form{Values: v}
}

// whenForm is the part of such a form that says when x holds.
func whenForm(x *post.Post) url.Values {
	v := url.Values{"from": {x.From}, "until": {x.Until}, "repeat.every": {string(x.Repeat.Every)}}
	if x.Times != nil {
		v.Set("times", clockOf(x.Times.Open))
		v.Set(timesEnd, clockOf(x.Times.Close))
	}
	words := []string{}
	for _, d := range x.Repeat.Days {
		words = append(words, strconv.Itoa(d))
	}
	switch x.Repeat.Every {
	case post.Weekly:
		v["repeat.days"] = words
	case post.Monthly:
		v.Set(monthDays, strings.Join(words, " "))
	case post.Daily:
	}
	return v
}

// clockOf is a time of day as browsers type it.
func clockOf(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// post reads the post that a form says. What is no date, time or day is left for the service to refuse.
func (f *form) post() post.Post {
	text := func(name string) lang.Text {
		return lang.Text{Hans: lang.Clean(f.Get(name)), En: lang.Clean(f.Get(name + ".en"))}
	}
	x := post.Post{
		Kind: post.Kind(f.Get("kind")), Title: text("title"), Text: text("text"), Who: text("who"), Conditions: text("conditions"),
		Areas: append([]string{}, f.Values["areas"]...),
	}
	f.when(&x)
	return x
}

// when reads when a post holds.
func (f *form) when(x *post.Post) {
	x.From, x.Until, x.Repeat = f.Get("from"), f.Get("until"), post.Repeat{Every: post.Every(f.Get("repeat.every")), Days: []int{}}
	if x.Until == "" {
		x.Until = x.From
	}
	switch x.Repeat.Every {
	case post.Weekly:
		x.Repeat.Days = days(f.Values["repeat.days"])
	case post.Monthly:
		x.Repeat.Days = days(strings.FieldsFunc(f.Get(monthDays), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,;；日号", r) }))
	case post.Daily:
	}
	if from, until := f.Get("times"), f.Get(timesEnd); from != "" || until != "" {
		x.Times = &hours.Span{Open: minutesOf(from), Close: minutesOf(until)}
		if x.Times.Open >= 0 && x.Times.Close >= 0 && x.Times.Close <= x.Times.Open {
			x.Times.Close += 24 * 60 // past midnight
		}
	}
}

// minutesOf reads a time of day, −1 for what is none.
func minutesOf(s string) int {
	at, err := time.Parse("15:04", strings.ReplaceAll(strings.TrimSpace(s), "：", ":"))
	if err != nil {
		return -1
	}
	return at.Hour()*60 + at.Minute()
}

// postFault lets a fault name the controls of this form.
func (f *form) postFault(err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Get("repeat.every") != string(post.Monthly) {
		return err
	}
	out := *e
	out.Fields = slices.Clone(e.Fields)
	for i := range out.Fields {
		if out.Fields[i].Name == "repeat.days" {
			out.Fields[i].Name = monthDays
		}
	}
	return &out
}

// postParts are the controls of a post. areas are the neighbourhoods it can be for, near says what ticking them does.
func postParts(p *speaker, f *form, areas []neighbour.Named, near string) []ui.FormPart {
	field := func(name, label string, more func(*ui.Field)) ui.FormPart { return input(f, name, label, more) }
	limited := func(name string, lines bool) func(*ui.Field) {
		return func(x *ui.Field) {
			x.Max, x.Lang = post.Limits[name].Max, lang.Hans
			if lines {
				x.Type = "textarea"
			}
		}
	}
	english := func(name string) func(*ui.Field) {
		return func(x *ui.Field) { x.Max, x.Lang, x.Optional = post.Limits[name].Max, lang.En, true }
	}
	out := []ui.FormPart{
		postChoice(f, "kind", p.say("posts.field.kind"), false,
			ui.Pick{Value: string(post.Offer), Label: p.say("posts.kind.offer"), Hint: p.say("posts.kind.offer_hint")},
			ui.Pick{Value: string(post.News), Label: p.say("posts.kind.news"), Hint: p.say("posts.kind.news_hint")},
			ui.Pick{Value: string(post.Event), Label: p.say("posts.kind.event"), Hint: p.say("posts.kind.event_hint")}),
		field("title", p.say("posts.field.title"), limited("title", false)),
		field("text", p.say("posts.field.text"), func(x *ui.Field) { limited("text", true)(x); x.Optional = true }),
		field("who", p.say("posts.field.who"), func(x *ui.Field) { limited("who", false)(x); x.Hint = p.say("posts.field.who_hint") }),
		field("conditions", p.say("posts.field.conditions"), func(x *ui.Field) {
			limited("conditions", false)(x)
			x.Hint = p.say("posts.field.conditions_hint")
		}),
	}
	if len(areas) > 0 {
		named := []ui.Pick{}
		for _, a := range areas {
			named = append(named, ui.Pick{Value: a.ID, Label: a.Name, Lang: lang.Hans})
		}
		residents := postChoice(f, "areas", p.say("posts.field.areas"), true, named...)
		residents.Choice.Optional, residents.Choice.Hint = true, near
		out = append(out, residents)
	}
	out = append(out, whenParts(p, f)...)
	return append(out,
		ui.FormPart{Heading: p.say("posts.field.english")},
		field("title.en", p.say("posts.field.title_en"), english("title")),
		field("text.en", p.say("posts.field.text_en"), english("text")))
}

// postChoice is a choice of a form of a post.
func postChoice(f *form, name, legend string, many bool, options ...ui.Pick) ui.FormPart {
	for i := range options {
		options[i].Checked = slices.Contains(f.Values[name], options[i].Value)
	}
	return ui.FormPart{Choice: &ui.Choice{ID: name, Name: name, Legend: legend, Many: many, Columns: many, Options: options}}
}

// whenParts are the controls that say when a post holds.
func whenParts(p *speaker, f *form) []ui.FormPart {
	field := func(name, label string, more func(*ui.Field)) ui.FormPart { return input(f, name, label, more) }
	dated := func(more func(*ui.Field)) func(*ui.Field) {
		return func(x *ui.Field) {
			x.Type, x.Short = "date", true
			more(x)
		}
	}
	timed := func(x *ui.Field) { x.Type, x.Short, x.Optional = "time", true, true }
	every := postChoice(f, "repeat.every", p.say("posts.field.every"), false,
		ui.Pick{Value: string(post.Daily), Label: p.say("posts.every.day")}, ui.Pick{Value: string(post.Weekly), Label: p.say("posts.every.week")},
		ui.Pick{Value: string(post.Monthly), Label: p.say("posts.every.month")})
	if f.Get("repeat.every") == "" {
		every.Choice.Options[0].Checked = true
	}
	week := []ui.Pick{}
	for d := range 7 {
		week = append(week, ui.Pick{Value: strconv.Itoa(d), Label: ui.Weekday(p.Lang, time.Weekday((d+1)%7))})
	}
	weekdays := postChoice(f, "repeat.days", p.say("posts.field.week_days"), true, week...)
	weekdays.Choice.Optional = true
	return []ui.FormPart{
		{Heading: p.say("posts.field.when")},
		field("from", p.say("posts.field.from"), dated(func(*ui.Field) {})),
		field("until", p.say("posts.field.until"), dated(func(x *ui.Field) { x.Hint = p.say("posts.field.until_hint") })),
		field("times", p.say("posts.field.times"), timed),
		field(timesEnd, p.say("posts.field.times_end"), timed),
		every, weekdays,
		field(monthDays, p.say("posts.field.month_days"), func(x *ui.Field) { x.Short, x.Optional, x.Hint = true, true, p.say("posts.field.month_hint") }),
	}
}
