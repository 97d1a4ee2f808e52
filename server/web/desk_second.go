package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/countersign"
	"shangquan/services/extract"
	"shangquan/services/merchant"
	"shangquan/services/notice"
)

// second is something that one person asked and another has to let through, whichever part of the site keeps it.
type second struct {
	since  time.Time
	record ui.Record
}

// seconds are everything that waits for a second person, as far as the reader may read it, the oldest first.
func (s *Site) seconds(c *fiber.Ctx, p *speaker) ([]ui.Record, error) {
	all := []second{}
	for _, x := range []struct {
		needs access.Action
		read  func(*fiber.Ctx, *speaker) ([]second, error)
	}{
		{access.CountersignRead, s.signsWaiting},
		{access.ClaimDecide, s.ownersWaiting},
		{access.RegisterExport, s.contactsWaiting},
		{access.NoticeRead, s.noticesWaiting},
		{access.EventApprove, s.eventsWaiting},
		{access.AssemblyApprove, s.approvalsWaiting},
	} {
		if !access.Can(Of(c).Actor, x.needs, access.Thing{}) {
			continue // of another role
		}
		some, err := x.read(c, p)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b second) int { return cmp.Compare(a.since.UnixNano(), b.since.UnixNano()) })
	out := make([]ui.Record, len(all))
	for i := range all {
		out[i] = all[i].record
	}
	return out, nil
}

// secondRecord is what waits in words: what it is, who asked, and for how long it has waited. own says that the reader asked it and
// has to leave it to somebody else.
func secondRecord(c *fiber.Ctx, p *speaker, kind, title, path, by string, since time.Time, own bool, more ...string) second {
	r := ui.Record{Title: p.say("countersign.named", "What", p.say("countersign.kind."+kind), "Title", title), Href: at(c, path)}
	if by != "" {
		r.Lines = append(r.Lines, p.say("countersign.by", "Name", by, "When", stamp(p, since)))
	}
	r.Lines = append(r.Lines, more...)
	if own {
		r.Lines = append(r.Lines, p.say("countersign.own"))
	}
	r.Tag, r.State = waited(p, since)
	return second{since, r}
}

// signsWaiting are the deeds of services/countersign: merging two pages, closing many shops.
func (s *Site) signsWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	by := Of(c).Actor
	page, err := s.services.Signs.Waits(c.UserContext(), by, "", mostWaiting)
	out := []second{}
	for i := range page.Items {
		x := &page.Items[i]
		out = append(out, secondRecord(c, p, x.Kind, x.Title, "/desk/signatures/"+x.ID, x.By.Name, x.At, x.By.Account == by.AccountID,
			p.say("countersign.until", "When", stamp(p, x.Until))))
	}
	return out, err
}

// ownersWaiting are shops that one coordinator would give to somebody else.
func (s *Site) ownersWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	out := []second{}
	for cursor := ""; ; {
		page, err := s.services.Merchants.OpenClaims(ctx, by, cursor, mostWaiting)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			x := &page.Items[i]
			if x.State != merchant.ClaimProposed || x.Proposal == nil {
				continue
			}
			name := ""
			if l, err := s.services.Listings.Open(ctx, by, x.ListingID); err == nil {
				name = p.name(l.Name.Text)
			}
			out = append(out, secondRecord(c, p, "owner", name, "/desk/claims/"+x.ID, s.personName(c, x.Proposal.By), x.Proposal.At, x.Proposal.By == by.AccountID))
		}
		if cursor = page.Next; cursor == "" {
			return out, nil
		}
	}
}

// contactsWaiting are requests for the list of contacts.
func (s *Site) contactsWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	by := Of(c).Actor
	all, err := s.services.Contacts.List(c.UserContext(), by, releasesShown)
	out := []second{}
	for i := range all {
		if x := &all[i]; x.At(p.now) == extract.Asked {
			out = append(out, secondRecord(c, p, "contacts", x.Why, "/desk/contacts", x.ByName, x.CreatedAt, x.By == by.AccountID,
				p.say("countersign.until", "When", stamp(p, x.Until))))
		}
	}
	return out, err
}

// noticesWaiting are notices for the home page or as a banner.
func (s *Site) noticesWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	by := Of(c).Actor
	page, err := s.services.Notices.List(c.UserContext(), by, []notice.State{notice.Submitted}, "", mostWaiting)
	out := []second{}
	for i := range page.Items {
		x := &page.Items[i]
		out = append(out, secondRecord(c, p, "notice", p.name(x.Content.Title), "/desk/notices/"+x.ID, x.Author, x.UpdatedAt, !x.MayApprove(by.AccountID)))
	}
	return out, err
}

// eventsWaiting are events of streets and plazas.
func (s *Site) eventsWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	by := Of(c).Actor
	list, err := s.services.Posts.EventsWaiting(c.UserContext(), by)
	out := []second{}
	for i := range list {
		x := &list[i]
		authors := x.Held.Page.Authors
		out = append(out, secondRecord(c, p, "event", p.name(x.Held.Page.Draft.Title), "/desk/events/"+x.ID, s.personName(c, authors[len(authors)-1]), x.UpdatedAt, slices.Contains(authors, by.Who())))
	}
	return out, err
}

// approvalsWaiting are what the liaison wrote for the public: summaries, pages of bodies and stations, programmes, activities.
func (s *Site) approvalsWaiting(c *fiber.Ctx, p *speaker) ([]second, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	waiting, err := s.services.Assembly.Waiting(ctx, by)
	if err != nil {
		return nil, err
	}
	years, err := s.services.Programmes.Waiting(ctx, by)
	if err != nil {
		return nil, err
	}
	places, err := s.services.Stations.Unapproved(ctx, by)
	if err != nil {
		return nil, err
	}
	activities, err := s.services.Activities.Waiting(ctx, by)
	if err != nil {
		return nil, err
	}
	out := []second{}
	add := func(kind, title string, authors []string, since time.Time) {
		name := ""
		if len(authors) > 0 {
			name = s.personName(c, authors[len(authors)-1])
		}
		out = append(out, secondRecord(c, p, kind, title, "/admin/assembly", name, since, slices.Contains(authors, by.Who())))
	}
	for i := range waiting.Summaries {
		x := &waiting.Summaries[i]
		add("summary", x.Title, x.Summary.Authors, x.UpdatedAt)
	}
	for i := range waiting.Pages {
		x := &waiting.Pages[i]
		add("body", p.name(x.Page.Draft.Name), x.Page.Authors, x.UpdatedAt)
	}
	for i := range years {
		x := &years[i]
		add("programme", strconv.Itoa(x.Year), x.Page.Authors, x.UpdatedAt)
	}
	for i := range places {
		x := &places[i]
		add("station", p.name(x.Page.Draft.Name), x.Page.Authors, x.UpdatedAt)
	}
	for i := range activities {
		x := &activities[i]
		add("activity", p.name(x.Plan().Title), x.Page.Authors, x.UpdatedAt)
	}
	return out, nil
}

// signRecord is a deed that was decided.
func signRecord(c *fiber.Ctx, p *speaker, x *countersign.Proposal) ui.Record {
	st := x.StateAt(p.now)
	r := ui.Record{
		Title: p.say("countersign.named", "What", p.say("countersign.kind."+x.Kind), "Title", x.Title), Href: at(c, "/desk/signatures/"+x.ID),
		Lines: []string{p.say("countersign.by", "Name", x.By.Name, "When", stamp(p, x.At))}, Tag: p.say("countersign.state." + string(st)), State: ui.TaskDone,
	}
	if st == countersign.Failed {
		r.State = ui.TaskBad
	}
	if x.Second.Name != "" {
		r.Lines = append(r.Lines, p.say("countersign.second", "Name", x.Second.Name, "When", stamp(p, x.Decided)))
	}
	return r
}
