package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/account"
	"shangquan/services/activity"
	"shangquan/services/consent"
	"shangquan/services/fault"
	"shangquan/services/listing"
	stations "shangquan/services/station"
)

const consentsOnPage = 50

// consentsPage: GET /admin/consents (who: a shop code, or a phone or e-mail of an account; after): who agreed to what.
func (s *Site) consentsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	who := strings.TrimSpace(c.Query("who"))
	f, err := s.consentFilter(c, who)
	if err != nil {
		return err
	}
	page, err := s.services.Consents.List(c.UserContext(), Of(c).Actor, f, c.Query("after"), consentsOnPage)
	if err != nil {
		return err
	}
	v := recordsView{Title: p.say("area.consents"), Lead: p.say("consents.lead"), Find: &ui.Form{
		Action: at(c, "/admin/consents"), Parts: []ui.FormPart{{Field: &ui.Field{ID: "who", Name: "who", Label: p.say("consents.who"), Hint: p.say("consents.who_hint"), Type: "text", Value: who, Optional: true}}},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("office.filter")}}},
	}, Records: ui.Records{Empty: p.say("consents.none")}}
	for i := range page.Items {
		v.Records.Items = append(v.Records.Items, s.consentRecord(c, p, &page.Items[i]))
	}
	if page.Next != "" {
		v.Next = &ui.Link{Label: p.say("office.next"), Href: at(c, "/admin/consents") + "?who=" + escaped(who) + "&after=" + escaped(page.Next)}
	}
	return s.showRecords(c, p, v)
}

// consentFilter reads whose consents somebody looks for. What is nobody's finds nothing.
func (s *Site) consentFilter(c *fiber.Ctx, who string) (consent.Filter, error) {
	if who == "" {
		return consent.Filter{}, nil
	}
	if contact, err := account.ParseContact(who); err == nil {
		a, err := s.services.Accounts.ByContact(c.UserContext(), contact)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return consent.Filter{}, err
		}
		return consent.Filter{By: orElse(a.ID, "nobody")}, nil
	}
	l, err := s.services.Listings.ByCode(c.UserContext(), strings.ToUpper(who))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return consent.Filter{}, err
	}
	return consent.Filter{Of: listing.Kind + "/" + orElse(l.ID, "nobody")}, nil
}

// consentRecord is a line of the ledger in words, with the words that were shown.
func (s *Site) consentRecord(c *fiber.Ctx, p *speaker, x *consent.Consent) ui.Record {
	r := ui.Record{Title: p.say("consents.kind."+string(x.Kind), "Title", x.Title, "Shown", consentShown(p, x)), Tag: p.say("consents.stands"), State: ui.TaskDone}
	given := "consents.given"
	if x.Paper {
		given = "consents.given_paper"
	}
	r.Lines = append(r.Lines, p.say(given, "When", stamp(p, x.Given), "Name", orElse(s.personNamed(c, x.ByName, x.By), p.say("consents.visitor"))))
	if !x.Stands() {
		r.Tag, r.State = p.say("consents.withdrawn"), ui.TaskWait
		r.Lines = append(r.Lines, p.say("consents.withdrawn_at", "When", stamp(p, x.Withdrawn), "Name", orElse(s.personNamed(c, x.WithdrawnName, x.WithdrawnBy), p.say("consents.program"))))
	}
	if w, ok := consent.WordsOf(string(x.Kind), x.Version); ok {
		r.Lines = append(r.Lines, p.say("consents.words", "Version", x.Version, "Text", p.name(w.Text)))
	} else {
		r.Lines = append(r.Lines, p.say("consents.version", "Version", x.Version))
	}
	if x.Notice != "" {
		r.Lines = append(r.Lines, p.say("consents.notice", "Version", x.Notice))
	}
	if ref := x.Ref(); ref.Kind == listing.Kind {
		r.Href = at(c, "/admin/audit") + "?object=" + escaped(x.Of)
	}
	return r
}

// consentShown is what exactly somebody agreed to show: part of a number, why a picture may be shown, what is open, what is on a plaque.
func consentShown(p *speaker, x *consent.Consent) string {
	switch x.Kind { //nolint:exhaustive // of the others it says what is in the ledger
	case consent.Photo:
		for _, b := range activity.Bases {
			if string(b) == x.Shown {
				return p.say("activity.basis." + string(b))
			}
		}
	case consent.Opened:
		for _, k := range stations.Kinds {
			if string(k) == x.Shown {
				return p.say("points.kind." + string(k))
			}
		}
	}
	return x.Shown
}

// personNamed is what somebody was called when it was written down, else what the account is called now, else its id.
func (s *Site) personNamed(c *fiber.Ctx, name, accountID string) string {
	if name != "" || accountID == "" {
		return name
	}
	a, err := s.services.Accounts.Get(c.UserContext(), accountID)
	if err != nil || a.Name == "" {
		return accountID
	}
	return a.Name
}
