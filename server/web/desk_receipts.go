package web

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/notice"
	"shangquan/services/phone"
)

// receiptsShown is how many shops one page of the ledger lists.
const receiptsShown = 100

// receiptsPage: GET /desk/notices/:id/receipts (group, after): who has answered, who needs help, whom to ring.
func (s *Site) receiptsPage(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	n, err := s.services.Notices.Get(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.receiptsCase(c, p, &n)
	if err != nil {
		return err
	}
	if w := saidHere(c, "phoned", "helped", "reminded"); w != "" {
		v.Callouts = append([]ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("receipts.said." + w)}}, v.Callouts...)
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) receiptsCase(c *fiber.Ctx, p *speaker, n *notice.Notice) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	v := &casePage{Up: &ui.Link{Label: p.say("receipts.back"), Href: noticeHref(c, n.ID, "")}, Title: p.say("receipts.title", "Title", p.name(n.Content.Title))}
	t, err := s.services.Notices.Tally(ctx, by, n.ID)
	if err != nil {
		return nil, err
	}
	v.Callouts = s.receiptsWords(p, n, t)
	here, table := noticeHref(c, n.ID, "receipts"), noticeHref(c, n.ID, "table")
	v.Buttons = []ui.Button{
		{Label: p.say("receipts.list"), Href: noticeHref(c, n.ID, "calls"), Icon: "printer", Kind: "alt"},
		{Label: p.say("receipts.table"), Href: table, Kind: "alt"},
		{Label: p.say("receipts.csv"), Href: table + "?format=csv", Kind: "text"},
	}
	group := notice.Group(c.Query("group"))
	if !slices.Contains(notice.Groups, group) {
		group = ""
	}
	v.Chips = []ui.Chip{{Label: p.say("receipts.every"), Href: here, On: group == ""}}
	for _, g := range notice.Groups {
		if t.Groups[g] > 0 || g == group {
			v.Chips = append(v.Chips, ui.Chip{Label: p.count("receipts.number", t.Groups[g], "What", p.say("receipts.group."+string(g))), Href: here + "?group=" + string(g), On: g == group})
		}
	}
	page, err := s.services.Notices.Ledger(ctx, by, n.ID, group, c.Query("after"), receiptsShown)
	if err != nil {
		return nil, err
	}
	s.ledgerSections(c, p, v, n, page.Items, group)
	if page.Next != "" {
		v.Links = append(v.Links, ui.Link{Label: p.say("receipts.more"), Href: here + "?group=" + string(group) + "&after=" + escaped(page.Next)})
	}
	if x := s.remindSection(c, p, n, t); x != nil {
		v.add(*x)
	}
	return v, nil
}

// receiptsWords say how it stands, the figure that matters first.
func (s *Site) receiptsWords(p *speaker, n *notice.Notice, t notice.Tally) []ui.Callout {
	asked, left, help := t.Asked(), t.Groups[notice.Waiting], t.Groups[notice.NeedsHelp]
	out := []ui.Callout{}
	if !n.Content.MustConfirm {
		out = append(out, ui.Callout{Icon: "info", Lead: p.say("receipts.none_asked"), Text: p.count("receipts.opened", t.Standings[notice.Opened]+t.Standings[notice.Confirmed])})
	} else {
		x := ui.Callout{Kind: "warn", Icon: "clock", Lead: p.say("receipts.some", "Asked", asked, "In", t.Groups[notice.Done], "Left", left)}
		if left == 0 && help == 0 {
			x = ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("receipts.all_in", "Asked", asked)}
		} else {
			x.Text, _ = dueWords(p, n.Content.Due, false)
		}
		out = append(out, x)
	}
	if help > 0 {
		out = append(out, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.count("receipts.need_help", help)})
	}
	switch n.Public {
	case notice.Taken:
		out = append(out, ui.Callout{Icon: "info", Lead: p.say("notice_desk.standing.withdrawn"), Text: n.Why})
	case notice.Over:
		out = append(out, ui.Callout{Icon: "info", Lead: p.say("notice_desk.standing.ended"), Text: p.say("notice_desk.ended_at", "When", stamp(p, n.EndsAt))})
	case notice.NotYet, notice.Live, notice.Never:
	}
	return out
}

// ledgerSections put the rows under a heading for each group, in the order they come.
func (s *Site) ledgerSections(c *fiber.Ctx, p *speaker, v *casePage, n *notice.Notice, rows []notice.Row, group notice.Group) {
	if len(rows) == 0 {
		title := p.say("receipts.every")
		if group != "" {
			title = p.say("receipts.group." + string(group))
		}
		v.add(section{Title: title, Records: &ui.Records{Empty: p.say("receipts.none")}})
		return
	}
	may := n.Public == notice.Live && access.Can(Of(c).Actor, access.NoticeCall, access.Thing{})
	for i := range rows {
		row := &rows[i]
		if i == 0 || row.Group != rows[i-1].Group {
			v.add(section{ID: string(row.Group), Title: p.say("receipts.group." + string(row.Group)), Records: &ui.Records{
				Action: noticeHref(c, n.ID, "receipts") + "?group=" + string(group), CSRF: s.token(Of(c)),
			}})
		}
		list := v.Sections[len(v.Sections)-1].Records
		list.Items = append(list.Items, ledgerRecord(p, row, may))
	}
}

// ledgerRecord is one shop of the ledger: what it answered, and how to ring it.
func ledgerRecord(p *speaker, row *notice.Row, may bool) ui.Record {
	name, in := row.Name.In(p.Lang)
	r := ui.Record{Title: name, Lang: in, Lines: append([]string{row.Address}, answerWords(p, &row.Receipt)...)}
	if row.Group == notice.NeedsHelp || row.Group == notice.Waiting {
		for _, n := range row.Phones {
			r.Buttons = append(r.Buttons, ui.Button{Label: n.Display(), Href: n.Tel(), Icon: "phone", Kind: "alt s"})
		}
		if len(row.Phones) == 0 {
			r.Tag, r.State = p.say("receipts.no_phone"), ui.TaskBad
		}
	}
	if !may {
		return r
	}
	if row.Group == notice.NeedsHelp {
		r.Buttons = append(r.Buttons, ui.Button{Label: p.say("receipts.helped"), Kind: "s", Name: "helped", Value: row.ListingID + "." + revision(row.Rev)})
	}
	if row.Asked && row.State != notice.Confirmed && row.State != notice.Phoned && row.Group != notice.Gone {
		r.Buttons = append(r.Buttons, ui.Button{Label: p.say("receipts.phoned"), Kind: "alt s", Name: "phoned", Value: row.ListingID + "." + itoa(int64(row.Version))})
	}
	return r
}

// answerWords say what a shop did with a notice: who, when, which version.
func answerWords(p *speaker, r *notice.Receipt) []string {
	out := []string{}
	if r.Help != "" && r.HelpedAt.IsZero() {
		out = append(out, p.say("receipts.how.help", "When", stamp(p, r.HelpAt), "Text", r.Help))
	}
	switch r.State {
	case notice.Confirmed:
		if r.Way == notice.ByLink {
			out = append(out, p.say("receipts.how.link", "When", stamp(p, r.At), "N", r.Version))
		} else {
			out = append(out, p.say("receipts.how.page", "Name", r.NameBy, "When", stamp(p, r.At), "N", r.Version))
		}
	case notice.Phoned:
		out = append(out, p.say("receipts.how.phone", "Name", r.NameBy, "When", stamp(p, r.At), "N", r.Version))
	case notice.Opened:
		out = append(out, p.say("receipts.how.opened", "When", stamp(p, r.OpenedAt)))
	case notice.Unopened:
	}
	if n := len(r.Past); n > 0 && r.State != notice.Confirmed && r.State != notice.Phoned {
		out = append(out, p.say("receipts.how.old", "N", r.Past[n-1].Version))
	}
	if r.Reminded > 0 {
		out = append(out, p.count("receipts.how.reminded", r.Reminded))
	}
	return out
}

// receiptsSent: POST /desk/notices/:id/receipts (phoned or helped: the shop and what was shown of it).
func (s *Site) receiptsSent(c *fiber.Ctx) error {
	return s.ledgerStep(c, func(ctx context.Context, by access.Actor, id string, f *form) (string, error) {
		if shop, rev, ok := strings.Cut(f.Get("helped"), "."); ok {
			_, err := s.services.Notices.Helped(ctx, by, id, shop, int64(whole(rev)))
			return "helped", err
		}
		shop, version, ok := strings.Cut(f.Get("phoned"), ".")
		if !ok || whole(version) < 1 {
			return "", fault.New(fault.Invalid, "error.form.rev", nil)
		}
		_, err := s.services.Notices.Phone(ctx, by, id, shop, whole(version))
		return "phoned", err
	})
}

// ledgerStep does one thing with the ledger and goes back to it. What has changed since it was shown is shown first.
func (s *Site) ledgerStep(c *fiber.Ctx, do func(ctx context.Context, by access.Actor, id string, f *form) (string, error)) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	said, err := do(ctx, by, id, f)
	if err == nil {
		return see(c, "/desk/notices/"+id+"/receipts?group="+escaped(c.Query("group"))+"&done="+said)
	}
	if !stale(err) {
		return err
	}
	n, openErr := s.services.Notices.Get(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, caseErr := s.receiptsCase(c, p, &n)
	if caseErr != nil {
		return caseErr
	}
	v.warn(p.why(err))
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}

// callsPage is templates/pages/desk-calls.html: the shops to ring, on paper.
type callsPage struct {
	Base  ui.Base
	Up    ui.Link
	Title string
	Calls ui.Calls
}

// callsMost is how many shops one printed list has: more than anybody rings in a day.
const callsMost = 300

// callsPage: GET /desk/notices/:id/calls: who needs help and who has not answered, street by street, with room to write.
func (s *Site) callsPage(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	n, err := s.services.Notices.Get(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := callsPage{Up: ui.Link{Label: p.say("receipts.call.back"), Href: noticeHref(c, id, "receipts")}, Title: p.name(n.Content.Title)}
	for _, g := range []notice.Group{notice.NeedsHelp, notice.Waiting} {
		page, err := s.services.Notices.Ledger(ctx, by, id, g, "", callsMost-len(v.Calls.Shops))
		if err != nil {
			return err
		}
		for i := range page.Items {
			row := &page.Items[i]
			call := ui.Ring{Name: p.name(row.Name), Address: row.Address, Phone: phone.Format(row.Phones)}
			if row.Help != "" && g == notice.NeedsHelp {
				call.Note = p.say("receipts.call.help", "Text", row.Help)
			}
			v.Calls.Shops = append(v.Calls.Shops, call)
		}
		if len(v.Calls.Shops) >= callsMost {
			break
		}
	}
	v.Calls.Title, v.Calls.Lead = p.count("receipts.call.title", len(v.Calls.Shops)), p.say("receipts.call.lead")
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "desk-calls", v)
}
