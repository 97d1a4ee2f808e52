package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

// revision is a revision as forms carry it.
func revision(rev int64) string { return strconv.FormatInt(rev, 10) }

// submittedPage: GET /desk/shops/:id: a shop that asks to be published.
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
		v.warn(p.say("desk.shop_none"))
		return v, nil, nil
	}
	twins, err := s.twins(c.UserContext(), p, &l)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range twins {
		name := p.name(t.l.Name.Text)
		v.Callouts = append(v.Callouts, ui.Callout{
			Kind: "warn", Icon: "alert", Lead: p.say("desk.twin." + t.why),
			Link: &ui.Link{Label: strings.TrimSpace(name + " " + t.l.Address.Line), Href: at(c, "/shops/"+t.l.Slug)},
		})
	}
	v.add(section{Title: p.say("desk.says"), Facts: s.listingFacts(c, p, &l)})
	x := decision(c, p, "/desk/shops/"+l.ID, "", f, s.token(Of(c)), p.say("desk.publish"))
	x.Rev = revision(l.Rev)
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{x}})
	return v, x, nil
}

// twin is a shop that may be the same one under another entry.
type twin struct {
	l   *listing.Listing
	why string // phone, name
}

// nearTwin is how far apart two shops of one name are still taken for the same, in metres.
const nearTwin = 300

// twins looks for public shops with the same telephone number, or the same name close by.
func (s *Site) twins(ctx context.Context, p *speaker, l *listing.Listing) ([]twin, error) {
	out := []twin{}
	seen := map[string]bool{l.ID: true}
	look := func(text, why string, same func(*listing.Listing) bool) error {
		page, err := s.directory.Search(ctx, directory.Query{Text: text, Page: 1}, p.Lang, p.now)
		if err != nil {
			return err
		}
		for _, r := range page.Rows {
			if !seen[r.Listing.ID] && same(r.Listing) {
				seen[r.Listing.ID] = true
				out = append(out, twin{r.Listing, why})
			}
		}
		return nil
	}
	for _, n := range l.Phones {
		err := look(n.National(), "phone", func(x *listing.Listing) bool {
			return slices.ContainsFunc(x.Phones, func(m phone.Number) bool { return m.National() == n.National() })
		})
		if err != nil {
			return nil, err
		}
	}
	err := look(l.Name.Hans, "name", func(x *listing.Listing) bool {
		if x.Name.Hans != l.Name.Hans {
			return false
		}
		if x.Location != nil && l.Location != nil {
			return geo.Distance(x.Location.Point, l.Location.Point) <= nearTwin
		}
		return true // where one of them is nobody knows
	})
	return out, err
}

// submittedSent: POST /desk/shops/:id (rev, reason, do).
func (s *Site) submittedSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev, err := f.rev()
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
		}
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}
