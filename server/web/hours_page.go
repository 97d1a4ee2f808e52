package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// hoursOf is something with opening hours that is no shop: a station, a room.
type hoursOf struct {
	name  lang.Text
	next  string // the page it belongs to, where a saved form leads
	hours hours.Hours
	rev   int64
	save  func(rev int64, h hours.Hours) error
}

// hoursView is templates/pages/hours-edit.html.
type hoursView struct {
	Base  ui.Base
	Up    ui.Link
	Title string
	Form  ui.Form
	Hours ui.HoursEditor
}

// hoursPage is the page that edits the ordinary week of what load finds.
func (s *Site) hoursPage(load func(*fiber.Ctx) (*hoursOf, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		x, err := load(c)
		if err != nil {
			return err
		}
		return s.showHours(c, x, ui.NewHoursInput(x.hours), x.rev, "", nil)
	}
}

// hoursSent stores the week, or does what a small button of the form asks for.
func (s *Site) hoursSent(load func(*fiber.Ctx) (*hoursOf, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, rev, err := s.revised(c)
		if err != nil {
			return err
		}
		x, err := load(c)
		if err != nil {
			return err
		}
		typed := url.Values{}
		for _, name := range slices.Sorted(maps.Keys(f.Values)) {
			if !reserved(name) {
				typed[name] = f.Values[name]
			}
		}
		in := ui.ParseHours(typed)
		if do := f.Get("do"); in.Change(do, f.Get("fix")) {
			return s.showHours(c, x, in, rev, do, nil)
		}
		h, err := in.Hours(x.hours)
		if err == nil {
			err = x.save(rev, h)
		}
		if err == nil {
			return see(c, x.next+"?done=saved")
		}
		return s.showHours(c, x, in, rev, "", err)
	}
}

func (s *Site) showHours(c *fiber.Ctx, x *hoursOf, in ui.HoursInput, rev int64, done string, problem error) error {
	p := s.speaker(c)
	v := hoursView{Up: ui.Link{Label: p.name(x.name), Href: at(c, x.next)}, Title: p.say("station.hours_of", "Name", p.name(x.name))}
	v.Form = ui.Form{Action: c.OriginalURL(), CSRF: s.token(Of(c)), Rev: strconv.FormatInt(rev, 10), Bar: &ui.Bar{Buttons: []ui.Button{{Label: p.say("station.save"), Name: "do", Value: "save"}, {Label: p.say("my.cancel"), Href: at(c, x.next), Kind: "alt"}}}}
	words := ui.NewHourWords(s.catalogue.In(p.Lang))
	editor, summary := words.Editor(in, problem)
	p.note(words.Err)
	if done == "copy" {
		editor.Said = p.say("editor.copied")
	}
	v.Hours = editor
	if problem != nil {
		status := explain(p, &v.Form, problem)
		if status == 0 {
			return problem
		}
		if len(summary) > 0 {
			v.Form.Errors = summary
		}
		c.Status(status)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "hours-edit", v)
}
