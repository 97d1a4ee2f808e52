package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/twin"
)

// revision is a revision as forms carry it.
func revision(rev int64) string { return strconv.FormatInt(rev, 10) }

// submittedPage: GET /desk/shops/:id: a shop of the register; one that asks to be published is decided here.
func (s *Site) submittedPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	v, _, err := s.submittedCase(c, p, l, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) submittedCase(c *fiber.Ctx, p *speaker, l listing.Listing, f *form) (*casePage, *ui.Form, error) {
	v := &casePage{Up: toDesk(c, p), Title: p.say("desk.shop_title", "Shop", p.name(l.Name.Text))}
	if l.State != listing.Submitted {
		return s.shopCase(c, p, &l)
	}
	twins, err := s.services.Twins.Like(c.UserContext(), Of(c).Actor, &l, likeShown)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range twins {
		if t.Level == twin.Low && !slices.Contains(t.Reasons, twin.SameName) && !slices.Contains(t.Reasons, twin.SamePhone) {
			continue
		}
		v.Callouts = append(v.Callouts, ui.Callout{
			Kind: "warn", Icon: "alert", Lead: p.say("twin.maybe", "Reasons", reasonWords(p, t.Reasons)),
			Link: &ui.Link{Label: strings.TrimSpace(p.name(t.B.Name.Text) + " " + t.B.Address.Line), Href: pairPath(c, l.ID, t.B.ID)},
		})
	}
	if err := s.outsideNote(c, p, v, &l); err != nil {
		return nil, nil, err
	}
	v.add(section{Title: p.say("desk.says"), Facts: s.listingFacts(c, p, &l)})
	x := decision(c, p, "/desk/shops/"+l.ID, "", f, s.token(Of(c)), p.say("desk.publish"))
	x.Rev = revision(l.Rev)
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{x}})
	return v, x, nil
}

// shopCase is the page of a shop that waits for nothing: where it stands, what it says, and where it is worked on.
func (s *Site) shopCase(c *fiber.Ctx, p *speaker, l *listing.Listing) (*casePage, *ui.Form, error) {
	v := &casePage{Up: toTable(c, p), Title: p.name(l.Name.Text), Lead: p.say("roll.stands", "State", p.say("my.state."+string(l.State)), "When", confirmedOn(p, l))}
	if w := saidHere(c, "entered"); w != "" {
		v.ok(p.say("roll.done." + w))
	}
	if l.Merged != nil {
		into, err := s.services.Listings.Get(c.UserContext(), l.Merged.Into)
		if err != nil {
			return nil, nil, err
		}
		v.Callouts = append(v.Callouts, ui.Callout{
			Icon: "info", Lead: p.say("roll.merged", "When", dayOf(p, l.Merged.At)),
			Link: &ui.Link{Label: p.name(into.Name.Text), Href: at(c, "/desk/shops/"+into.ID)},
		})
	}
	if err := s.outsideNote(c, p, v, l); err != nil {
		return nil, nil, err
	}
	pairs, err := s.services.Twins.Pairs(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range pairs {
		other := x.B
		if other.ID == l.ID {
			other = x.A
		} else if x.A.ID != l.ID {
			continue
		}
		if x.Level != twin.Low {
			v.Callouts = append(v.Callouts, ui.Callout{
				Kind: "warn", Icon: "alert", Lead: p.say("twin.maybe", "Reasons", reasonWords(p, x.Reasons)),
				Link: &ui.Link{Label: strings.TrimSpace(p.name(other.Name.Text) + " " + other.Address.Line), Href: pairPath(c, l.ID, other.ID)},
			})
		}
	}
	facts := append(fact(nil, p.say("desk.shop_code"), l.Code), s.listingFacts(c, p, l)...)
	v.add(section{Title: p.say("roll.says"), Facts: facts})
	if l.Public() {
		v.Links = append(v.Links, ui.Link{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)})
	}
	if l.State != listing.Archived {
		v.Links = append(v.Links, ui.Link{Label: p.say("roll.edit"), Href: at(c, "/my/shops/"+l.ID)})
	}
	v.Links = append(v.Links, ui.Link{Label: p.say("roll.history"), Href: at(c, "/my/shops/"+l.ID+"/history")}, ui.Link{Label: p.say("desk.grants"), Href: at(c, "/desk/grants/"+l.ID)})
	return v, nil, nil
}

// submittedSent: POST /desk/shops/:id (rev, reason, do).
func (s *Site) submittedSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	word := "published"
	if f.Get("do") == "return" {
		word = "returned"
		_, err = s.services.Listings.SendBack(ctx, by, id, rev, f.Get("reason"))
	} else {
		_, err = s.services.Listings.Act(ctx, by, id, rev, listing.Publish)
	}
	if err == nil {
		return decided(c, word)
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	l, openErr := s.services.Listings.Open(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, x, caseErr := s.submittedCase(c, p, l, f)
	if caseErr != nil {
		return caseErr
	}
	if x == nil || stale(err) && l.Rev != rev {
		if x != nil {
			v.warn(p.say("desk.changed"))
		} else {
			v.warn(p.say("desk.shop_none"))
		}
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}
