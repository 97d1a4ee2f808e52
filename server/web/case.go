package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// casePage is templates/pages/case.html: a heading and sections of facts, lists and forms. The pages of the desk and those about
// people, claims and notices are made of it.
type casePage struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Callouts []ui.Callout
	Lead     string
	Buttons  []ui.Button
	Chips    []ui.Chip
	Sections []section
	Links    []ui.Link
}

// section is one part of a casePage. What it does not have is left out.
type section struct {
	ID       string
	Title    string
	TitleIn  lang.Tag // of a title that is a name of a place
	Callouts []ui.Callout
	Text     string
	Facts    []ui.Fact
	Columns  []section // beside each other where there is room; of each its title, facts and records
	Compare  *ui.Compare
	Pictures []proof
	Records  *ui.Records
	Progress *ui.Progress
	Article  *ui.Article
	Plan     *ui.Plan
	Status   *ui.Status
	Week     *ui.Week
	List     []string // short things beside each other
	Steps    []string // one after the other
	In       lang.Tag // of Steps
	Receipts []ui.Receipt
	Entries  []ui.AuditEntry
	Forms    []*ui.Form
	Buttons  []ui.Button
	Links    []ui.Link
}

// proof is an image only this reader may see.
type proof struct{ Href, Alt string }

// add puts a section at the end.
func (v *casePage) add(x section) { v.Sections = append(v.Sections, x) }

// ok says above the page what was just done.
func (v *casePage) ok(text string) {
	v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: text})
}

// warn says above the page what to look at.
func (v *casePage) warn(text string) {
	v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: text})
}

// showCase answers with a page of sections. err is what was wrong with what was sent by the form bad, which the page holds; both
// are nil the first time. An error that the form cannot say is returned.
func (s *Site) showCase(c *fiber.Ctx, p *speaker, v *casePage, bad *ui.Form, err error) error {
	title := v.Title
	if err != nil {
		status := explain(p, bad, err)
		if status == 0 {
			return err
		}
		c.Status(status)
		title = p.count("form_page.title", len(bad.Errors), "Title", title)
	}
	v.Base = s.privateBase(c, title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "case", v)
}

// saidHere is what happened before this page, from the list of words a page knows: ?done=sent.
func saidHere(c *fiber.Ctx, words ...string) string {
	done := c.Query("done")
	for _, w := range words {
		if done == w {
			return w
		}
	}
	return ""
}

// stamp is a day and a time of it: 10 月 15 日 19:12.
func stamp(p *speaker, t time.Time) string {
	t = t.In(p.now.Location())
	return ui.ShortDate(p.Lang, t, p.now) + " " + ui.Clock(t)
}

// dayOf is the day of an instant: 10 月 15 日.
func dayOf(p *speaker, t time.Time) string {
	return ui.ShortDate(p.Lang, t.In(p.now.Location()), p.now)
}

// fact is a line of facts with one value; an empty value makes none.
func fact(list []ui.Fact, term, value string) []ui.Fact {
	if value == "" {
		return list
	}
	return append(list, ui.Fact{Term: term, Values: []ui.Value{{Text: value}}})
}

// stale reports that a decision was made on something that has changed since.
func stale(err error) bool { return fault.Is(err, fault.Conflict) }

// field is a control of a form with an id of its own, for pages with several forms.
func field(f *form, formID, name, label string, more func(*ui.Field)) ui.FormPart {
	part := input(f, name, label, more)
	part.Field.ID = formID + "-" + name
	return part
}

// only gives what was typed to the form it was typed into: pages with several forms show it in no other.
func only(f *form, formID string) *form {
	if f == nil || f.Get("form") != formID {
		return nil
	}
	return f
}

// draw makes a page of sections, with what was typed.
type draw func(*fiber.Ctx, *speaker, *form) (*casePage, error)

// shown answers with the page that draw makes.
func (s *Site) shown(c *fiber.Ctx, draw draw) error {
	p := s.speaker(c)
	v, err := draw(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// refused answers with the page that draw makes and what was wrong with the form that was sent.
func (s *Site) refused(c *fiber.Ctx, f *form, err error, draw draw) error {
	p := s.speaker(c)
	v, drawErr := draw(c, p, f)
	if drawErr != nil {
		return drawErr
	}
	return s.refuse(c, p, v, f, err)
}
