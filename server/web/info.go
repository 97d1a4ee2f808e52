package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/consent"
)

// infoPage is a page of plain text: 关于, 怎么用, 无障碍说明, 隐私说明.
type infoPage struct {
	Base ui.Base
	Plan bool // the site has a street plan to speak of
}

// info returns the handler of the plain page called name; its words are the catalogue's info.<name>.
func (s *Site) info(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		title := s.say(Of(c), "info."+name+".title", nil)
		base := s.Base(c, title)
		base.Description = s.say(Of(c), "info."+name+".lead", map[string]any{"District": base.Site.Name})
		if name == "about" {
			base.JSONLD = graph(s.pageJSONLD("AboutPage", base.Canonical, title, base.Lang))
		}
		return s.Render(c, name, infoPage{base, s.showsPlan()})
	}
}

// keptFacts says how long what people leave is kept, as the administrator has set it and as the retention runs go by.
func (s *Site) keptFacts(p *speaker) []ui.Fact {
	if s.services.Retention == nil {
		return nil
	}
	var out []ui.Fact
	for _, x := range s.services.Retention.Classes() {
		if x.Due != nil {
			out = fact(out, p.say("retention.class."+x.Name), p.count("retention.from."+x.From, x.Days))
		}
	}
	return out
}

// privacyPage: GET /privacy: the notice with its version and the day it began, as the ledger of consents names it.
func (s *Site) privacyPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	words := consent.Newest(consent.Notice)
	day, err := time.ParseInLocation(time.DateOnly, words.Since, calendar.Shanghai)
	if err != nil {
		return err // it comes with the program, and a test reads it
	}
	v := struct {
		infoPage
		Edition string
		Kept    []ui.Fact
	}{Kept: s.keptFacts(p), infoPage: infoPage{Base: s.Base(c, p.say("info.privacy.title"))}, Edition: p.say("info.privacy.version", "Version", words.Version, "Day", ui.Date(p.Lang, day, p.now))}
	v.Base.Description = p.say("info.privacy.lead")
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "privacy", v)
}
