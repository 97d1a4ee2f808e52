package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend/locales"
	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// speaker says the words of one page. It keeps the first error instead of returning it from every sentence; the handler asks for
// it once, before it renders.
type speaker struct {
	*locales.Words
	now time.Time // in the zone of the district
	err error
}

// speaker returns the speaker for the language of the request, with one reading of the clock for the whole page.
func (s *Site) speaker(c *fiber.Ctx) *speaker {
	return &speaker{Words: s.catalogue.In(Of(c).Lang), now: s.now().In(calendar.Shanghai)}
}

func (p *speaker) note(err error) {
	if err != nil {
		p.err = errors.Join(p.err, err)
	}
}

// say returns the message of key; args are name, value, name, value.
func (p *speaker) say(key string, args ...any) string {
	text, err := p.Say(key, args...)
	p.note(err)
	return text
}

// count returns the message of key in the plural form for n.
func (p *speaker) count(key string, n int, args ...any) string {
	text, err := p.Count(key, n, args...)
	p.note(err)
	return text
}

// problem returns what a field of a fault says.
func (p *speaker) problem(f fault.Field) string {
	args := map[string]any{"Name": f.Name}
	for k, v := range f.Args {
		args[k] = v
	}
	text, err := p.With(f.Key, args)
	p.note(err)
	return text
}

// why returns what a fault says to people; empty for an error that is none.
func (p *speaker) why(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || !p.Has(f.Key) {
		return ""
	}
	text, err := p.With(f.Key, nil)
	p.note(err)
	return text
}

// name returns x in the language of the page, or in the one there is.
func (p *speaker) name(x lang.Text) string {
	text, _ := x.In(p.Lang)
	return text
}

// phrase returns a text in the language of the page where there is one, and says which language it is.
func (p *speaker) phrase(x lang.Text) ui.Phrase {
	text, in := x.In(p.Lang)
	return ui.Phrase{Text: text, Lang: in}
}

// moment returns a day and a time in words: 10 月 15 日 19:20.
func (p *speaker) moment(t time.Time) string {
	t = t.In(calendar.Shanghai)
	return ui.ShortDate(p.Lang, t, p.now) + " " + ui.Clock(t)
}
