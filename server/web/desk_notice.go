package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/notice"
)

// noticeRoutes are the notices of the desk: written, approved, published, and what the shops answer.
func (s *Site) noticeRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	read := func(path string, h fiber.Handler, needs access.Action, probe string) Route {
		return Route{Method: get, Path: "/desk/notices" + path, Handle: h, Kind: Private, Needs: needs, Probe: probe}
	}
	send := func(path string, h fiber.Handler, needs access.Action, probe string) Route {
		return Route{Method: post, Path: "/desk/notices" + path, Handle: h, Kind: Private, Rate: Write, Needs: needs, Probe: probe}
	}
	const none = "/desk/notices/none"
	written := func(path string, h fiber.Handler, probe string) Route {
		r := send(path, h, access.NoticeWrite, probe)
		r.Body = noticeBody
		return r
	}
	files := send("/:id/files", s.noticeFilesSent, access.NoticeWrite, none+"/files")
	files.Rate, files.Body = Upload, uploadLimit
	return []Route{
		read("", s.noticesPage, access.NoticeRead, ""),
		read("/new", s.newNoticePage, access.NoticeWrite, ""),
		written("/new", s.newNoticeSent, ""),
		read("/emergency", s.emergencyPage, access.NoticeEmergency, ""),
		send("/emergency", s.emergencySent, access.NoticeEmergency, ""),
		read("/:id", s.noticePage, access.NoticeRead, none),
		read("/:id/edit", s.editNoticePage, access.NoticeWrite, none+"/edit"),
		written("/:id/edit", s.editNoticeSent, none+"/edit"),
		files,
		send("/:id/submit", s.noticeSubmitted, access.NoticeWrite, none+"/submit"),
		send("/:id/approve", s.noticeDecided, access.NoticeApprove, none+"/approve"),
		send("/:id/publish", s.noticePublished, access.NoticePublish, none+"/publish"),
		send("/:id/emergency", s.noticeHurried, access.NoticeEmergency, none+"/emergency"),
		send("/:id/withdraw", s.noticeWithdrawn, access.NoticeWithdraw, none+"/withdraw"),
		read("/:id/versions", s.noticeVersions, access.NoticeRead, none+"/versions"),
		send("/:id/versions", s.noticeReverted, access.NoticeWrite, none+"/versions"),
		read("/:id/receipts", s.receiptsPage, access.NoticeLedger, none+"/receipts"),
		send("/:id/receipts", s.receiptsSent, access.NoticeLedger, none+"/receipts"),
		send("/:id/remind", s.receiptsReminded, access.NoticeLedger, none+"/remind"),
		read("/:id/calls", s.callsPage, access.NoticeLedger, none+"/calls"),
		read("/:id/table", s.receiptsTable, access.NoticeLedger, none+"/table"),
	}
}

// noticeBody is how large the form of a notice may be: its text in three languages, nine bytes for each character as browsers send it.
const noticeBody = 3*notice.MaxText*9 + 64<<10

func noticeHref(c *fiber.Ctx, id, page string) string {
	if page != "" {
		page = "/" + page
	}
	return at(c, "/desk/notices/"+id+page)
}

// noticesShown is how many notices of a state one page lists.
const noticesShown = 50

// noticesPage: GET /desk/notices (state, after).
func (s *Site) noticesPage(c *fiber.Ctx) error {
	p, by := s.speaker(c), Of(c).Actor
	counts, err := s.services.Notices.Counts(c.UserContext(), by)
	if err != nil {
		return err
	}
	here := at(c, "/desk/notices")
	state := notice.State(c.Query("state"))
	states := notice.States
	if slices.Contains(states, state) {
		states = []notice.State{state}
	} else {
		state = ""
	}
	page, err := s.services.Notices.List(c.UserContext(), by, states, c.Query("after"), noticesShown)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("notice_desk.title"), Lead: p.say("notice_desk.lead"), Buttons: []ui.Button{{Label: p.say("notice_desk.new"), Href: here + "/new", Icon: "plus"}}}
	if access.Can(by, access.NoticeEmergency, access.Thing{}) {
		v.Buttons = append(v.Buttons, ui.Button{Label: p.say("notice_desk.urgent_new"), Href: here + "/emergency", Icon: "alert", Kind: "alt"})
		v.Links = append(v.Links, ui.Link{Label: p.say("callout.title"), Href: at(c, "/desk/callout")})
	}
	v.Chips = []ui.Chip{{Label: p.say("notice_desk.every"), Href: here, On: state == ""}}
	title := p.say("notice_desk.every")
	for _, x := range notice.States {
		if x == state {
			title = p.say("notice_desk.state." + string(x))
		}
		if counts[x] > 0 || x == state {
			v.Chips = append(v.Chips, ui.Chip{Label: p.count("notice_desk.number", counts[x], "What", p.say("notice_desk.state."+string(x))), Href: here + "?state=" + string(x), On: x == state})
		}
	}
	list := ui.Records{Empty: p.say("notice_desk.none")}
	for i := range page.Items {
		r, err := s.noticeRecord(c, p, &page.Items[i])
		if err != nil {
			return err
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{Title: title, Records: &list})
	if page.Next != "" {
		v.Links = append(v.Links, ui.Link{Label: p.say("notice_desk.older"), Href: here + "?state=" + string(state) + "&after=" + escaped(page.Next)})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// noticeRecord is a notice in the list: what, for whom, how it stands and how many have answered.
func (s *Site) noticeRecord(c *fiber.Ctx, p *speaker, n *notice.Notice) (ui.Record, error) {
	title, in := n.Content.Title.In(p.Lang)
	r := ui.Record{
		Title: title, Lang: in, Href: noticeHref(c, n.ID, ""), Lines: []string{p.say("notice_kind." + string(n.Content.Kind)), s.audienceWords(c, p, &n.Content.Audience)},
		Tag: p.say("notice_desk.is." + string(n.State)), State: noticeLook[n.State],
	}
	if when := period(p, n.Content.From, n.Content.Until); when != "" {
		r.Lines = append(r.Lines, when)
	}
	if n.Can(access.NoticeLedger) && access.Can(Of(c).Actor, access.NoticeLedger, access.Thing{}) {
		t, err := s.services.Notices.Tally(c.UserContext(), Of(c).Actor, n.ID)
		if err != nil {
			return r, err
		}
		if n.Content.MustConfirm {
			r.Lines = append(r.Lines, p.say("notice_desk.answered", "Asked", t.Asked(), "In", t.Groups[notice.Done]))
		}
		r.Buttons = []ui.Button{{Label: p.say("notice_desk.receipts"), Href: noticeHref(c, n.ID, "receipts"), Kind: "alt s"}}
	}
	return r, nil
}

// noticeLook is how urgent the state of a notice is.
var noticeLook = map[notice.State]ui.TaskState{
	notice.Draft: ui.TaskTodo, notice.Submitted: ui.TaskWait, notice.Approved: ui.TaskTodo, notice.Scheduled: ui.TaskWait,
	notice.Published: ui.TaskWait, notice.Ended: ui.TaskDone, notice.Withdrawn: ui.TaskDone,
}

// noticePage: GET /desk/notices/:id.
func (s *Site) noticePage(c *fiber.Ctx) error {
	n, err := s.services.Notices.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.noticeCase(c, p, &n, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "saved", "submitted", "approved", "returned", "published", "scheduled", "withdrawn", "reverted", "attached", "removed"); w != "" {
		v.Callouts = append([]ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("notice_desk.said." + w)}}, v.Callouts...)
	}
	if saidHere(c, "second") != "" {
		v.warn(p.say("notice_desk.said.second"))
	}
	return s.showCase(c, p, v, nil, nil)
}

// shopsShown is how many shops of an audience a page lists.
const shopsShown = 30

// noticeCase is the page of a notice: how it stands, what can be done, how it will look, for whom it is. forms are those that can be
// sent, by the word of their address.
func (s *Site) noticeCase(c *fiber.Ctx, p *speaker, n *notice.Notice, f *form) (*casePage, map[string]*ui.Form, error) {
	v := &casePage{Up: &ui.Link{Label: p.say("notice_desk.back"), Href: at(c, "/desk/notices")}, Title: p.name(n.Content.Title)}
	v.Callouts = []ui.Callout{s.standingOf(p, n)}
	v.Lead = p.say("notice_desk.author", "Name", n.Author, "When", stamp(p, n.UpdatedAt))
	if n.Returned != nil {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("notice_desk.sent_back", "Name", n.Returned.Name, "When", stamp(p, n.Returned.At)), Text: n.Returned.Reason})
	}
	if n.Can(access.NoticeWrite) {
		label := p.say("notice_desk.edit")
		if n.Public == notice.Live {
			label = p.say("notice_desk.do.correct")
		}
		v.Buttons = append(v.Buttons, ui.Button{Label: label, Href: noticeHref(c, n.ID, "edit"), Kind: "alt"})
	}
	if n.Can(access.NoticeLedger) {
		v.Buttons = append(v.Buttons, ui.Button{Label: p.say("notice_desk.receipts"), Href: noticeHref(c, n.ID, "receipts"), Kind: "alt"})
	}
	if n.Public == notice.Live && n.Content.Audience.Everybody && s.shows("/notices/:id") {
		v.Buttons = append(v.Buttons, ui.Button{Label: p.say("notice_desk.public"), Href: at(c, "/notices/"+n.ID), Kind: "alt"})
	}
	reach, err := s.services.Notices.Preview(c.UserContext(), Of(c).Actor, n.Content.Audience)
	if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	if n.Version() > 0 && n.State != notice.Published && n.Public == notice.Live {
		old, err := s.services.Notices.Version(c.UserContext(), Of(c).Actor, n.ID, n.Version())
		if err != nil {
			return nil, nil, err
		}
		v.add(section{Title: p.say("notice_desk.compare.title"), Compare: s.noticeCompare(c, p, &old.Content, &n.Content, p.say("notice_desk.compare.old"), p.say("notice_desk.compare.new"))})
	}
	article := s.article(c, p, &n.Content, true)
	article.Framed = true
	look := section{ID: "look", Title: p.say("notice_desk.preview"), Article: &article}
	if missing := n.Content.Missing(); len(missing) > 0 {
		look.Callouts = []ui.Callout{{Icon: "languages", Lead: p.say("notice_desk.missing", "Languages", strings.Join(missingWords(&n.Content), p.say("empty.and")))}}
	}
	v.add(look)
	forms := s.noticeNext(c, p, v, n, f, len(reach.Shops))
	v.add(s.reachSection(c, p, &n.Content.Audience, reach))
	if n.Can(access.NoticeWrite) {
		x := s.filesSection(c, p, n)
		v.add(x)
		forms["files"] = x.Forms[len(x.Forms)-1]
	}
	if n.Version() > 0 {
		v.Links = append(v.Links, ui.Link{Label: p.say("notice_desk.versions"), Href: noticeHref(c, n.ID, "versions")})
	}
	return v, forms, nil
}

// standingOf says how a notice stands.
func (s *Site) standingOf(p *speaker, n *notice.Notice) ui.Callout {
	x := ui.Callout{Icon: "info", Lead: p.say("notice_desk.standing." + string(n.State))}
	switch n.State {
	case notice.Scheduled:
		x.Text = p.say("notice_desk.until", "When", stamp(p, n.Content.PublishAt))
	case notice.Published:
		x.Kind, x.Icon = "ok", "check"
		x.Text = p.say("notice_desk.ends", "When", stamp(p, n.EndsAt))
	case notice.Withdrawn:
		x.Text = n.Why
	case notice.Draft, notice.Submitted, notice.Approved:
		if n.Public == notice.Live {
			x.Text = p.say("notice_desk.still_public", "N", n.Version())
		}
	case notice.Ended:
		x.Text = p.say("notice_desk.ended_at", "When", stamp(p, n.EndsAt))
	}
	return x
}

// reachSection is whom a notice is for, with the shops it reaches now.
func (s *Site) reachSection(c *fiber.Ctx, p *speaker, a *notice.Audience, reach notice.Reach) section {
	x := section{ID: "reach", Title: p.say("notice_desk.audience"), Text: s.audienceWords(c, p, a)}
	if !a.Shops() {
		return x
	}
	x.Text += p.say("notice_desk.colon") + p.count("notice_desk.to_shops", len(reach.Shops))
	list := ui.Records{Empty: p.say("notice_form.found_none")}
	for i, l := range reach.Shops {
		if i == shopsShown {
			x.Links = []ui.Link{{Label: p.count("notice_form.found_more", len(reach.Shops)-shopsShown), Href: noticeHref(c, c.Params("id"), "edit")}}
			break
		}
		name, in := l.Name.In(p.Lang)
		list.Items = append(list.Items, ui.Record{Title: name, Lang: in, Lines: []string{l.Address.Line}})
	}
	x.Records = &list
	return x
}
