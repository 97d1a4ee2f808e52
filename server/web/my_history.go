package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// historyView is templates/pages/my-history.html.
type historyView struct {
	Base    ui.Base
	Up      ui.Link
	Where   string
	Title   string
	Entries []ui.AuditEntry
	Older   string
}

// historyMost is how many changes stand on one page.
const historyMost = 20

// historyPage: GET /my/shops/:id/history (cursor).
func (s *Site) historyPage(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	page, err := s.services.Listings.History(c.UserContext(), Of(c).Actor, l.ID, c.Query("cursor"), historyMost)
	if err != nil {
		return err
	}
	v := historyView{
		Up: ui.Link{Label: p.say("my.up"), Href: shopHref(c, &l, "")}, Where: whereWords(p, &l), Title: p.say("my.page.history"),
		Entries: s.entriesOf(c, p, &l, page.Items, access.Can(Of(c).Actor, access.ListingRestore, l.Thing())),
	}
	if page.Next != "" {
		v.Older = shopHref(c, &l, "history") + "?cursor=" + escaped(page.Next)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-history", v)
}

// entriesOf puts revisions into words. What only the program notices is left out.
func (s *Site) entriesOf(c *fiber.Ctx, p *speaker, l *listing.Listing, list []listing.Revision, restore bool) []ui.AuditEntry {
	out := []ui.AuditEntry{}
	for i := range list {
		r := &list[i]
		fields := s.compared(c, p, r.Changes)
		if len(fields) == 0 {
			continue
		}
		e := ui.AuditEntry{When: momentWords(p, r.At), Who: whoWords(p, r), What: s.whatWords(p, r, fields), Fields: fields}
		if r.Action != access.ListingRestore {
			e.Why = actWords(r)
		}
		if restore && r.Rev > 0 && r.Rev < l.Rev {
			e.Restore = &ui.Button{Label: p.say("my.history.restore"), Href: shopHref(c, l, "history/"+strconv.FormatInt(r.Rev, 10)), Kind: "text s", Of: e.When}
		}
		out = append(out, e)
	}
	return out
}

// compared is what changed, field by field, in words.
func (s *Site) compared(c *fiber.Ctx, p *speaker, changes []listing.FieldDiff) []ui.CompareField {
	out := []ui.CompareField{}
	for _, d := range changes {
		if label, before, after := s.diffWords(c, p, d); label != "" && before != after {
			out = append(out, ui.NewCompareField(label, before, after))
		}
	}
	return out
}

// roleWords are the roles that a trail names.
var roleWords = []string{"staff", "manager", "owner", "plaza", "coordinator", "admin", "key", "system"}

// whoWords says who did it and as what: 李建国（店员）.
func whoWords(p *speaker, r *listing.Revision) string {
	role := "someone"
	if slices.Contains(roleWords, r.By.Role) {
		role = r.By.Role
	}
	as := p.say("my.role." + role)
	switch {
	case r.By.Name == "" || role == "system":
		return as
	case role == "someone": // who had no part in the shop yet, as when it was handed over
		return r.By.Name
	}
	return p.say("my.who", "Name", r.By.Name, "Role", as)
}

// maxNamed is how many fields a line names before it only counts them.
const maxNamed = 3

func (s *Site) whatWords(p *speaker, r *listing.Revision, fields []ui.CompareField) string {
	if r.Action == access.ListingRestore {
		return p.say("my.history.restored")
	}
	if len(fields) > maxNamed {
		return p.count("my.history.several", len(fields), "First", fields[0].Label)
	}
	return p.say("my.history.changed", "Fields", joined(p, fields, func(f ui.CompareField) string { return f.Label }))
}

// actWords is the reason that was given; the name of a state's action is not one.
func actWords(r *listing.Revision) string {
	if slices.Contains(listing.Actions, listing.Action(r.Why)) {
		return ""
	}
	if listing.HideReason(r.Why).Known() {
		return "" // the photo says it, in words
	}
	return r.Why
}

// restoreView is templates/pages/my-restore.html: what would change, and one button.
type restoreView struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Compare  *ui.Compare
	Form     *ui.Form
}

// restorePage: GET /my/shops/:id/history/:rev.
func (s *Site) restorePage(c *fiber.Ctx) error { return s.showRestore(c, nil) }

func (s *Site) showRestore(c *fiber.Ctx, problem error) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	old, err := s.earlier(c, &l)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := restoreView{
		Up: ui.Link{Label: p.say("my.page.history"), Href: shopHref(c, &l, "history")}, Title: p.say("my.restore.title"),
		Lead: p.say("my.restore.lead", "When", momentWords(p, old.UpdatedAt)), Callouts: []ui.Callout{},
	}
	fields := []ui.CompareField{}
	for _, d := range listing.Diff(l, old) {
		if slices.Contains(notRestored, d.Path) {
			continue
		}
		if label, before, after := s.diffWords(c, p, d); label != "" && before != after {
			fields = append(fields, ui.NewCompareField(label, before, after))
		}
	}
	if len(fields) == 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("my.restore.same")})
	} else {
		v.Compare = &ui.Compare{OldTitle: p.say("my.restore.now"), NewTitle: p.say("my.restore.then"), Fields: fields}
		v.Form = &ui.Form{
			Action: shopHref(c, &l, "history/"+c.Params("rev")), CSRF: s.token(Of(c)), Rev: revWords(&l),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.restore.go")}, {Label: p.say("my.restore.not"), Href: shopHref(c, &l, "history"), Kind: "alt"}}},
		}
	}
	if problem != nil {
		form := v.Form
		if form == nil {
			form = &ui.Form{}
		}
		status := explain(p, form, problem)
		if status == 0 {
			return problem
		}
		c.Status(status)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-restore", v)
}

// notRestored is what stays as it is when an earlier version comes back.
var notRestored = []string{"state", "closure", "consents", "photos", "hidden", "merchant_id", "plaza_may", "plaque", "confirmed", "proposal", "returned"}

// earlier is the shop as it was at the revision that the address names.
func (s *Site) earlier(c *fiber.Ctx, l *listing.Listing) (listing.Listing, error) {
	rev, err := strconv.ParseInt(c.Params("rev"), 10, 64)
	if err != nil {
		return listing.Listing{}, fault.New(fault.NotFound, "error.not_found", err)
	}
	return s.services.Listings.At(c.UserContext(), Of(c).Actor, l.ID, rev)
}

// restoreSent: POST /my/shops/:id/history/:rev. When somebody saved meanwhile, the comparison is shown anew.
func (s *Site) restoreSent(c *fiber.Ctx) error {
	_, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	old, err := s.earlier(c, &l)
	if err != nil {
		return err
	}
	next, err := s.services.Listings.Restore(c.UserContext(), Of(c).Actor, l.ID, rev, old.Rev)
	if err != nil {
		return s.showRestore(c, err)
	}
	word := "restored"
	if next.Proposal != nil && l.ProposalHash() != next.ProposalHash() {
		word = "both"
	}
	return see(c, "/my/shops/"+l.ID+"?done="+word)
}
