package web

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

const entriesOnPage = 50

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// trailView is templates/pages/audit.html.
type trailView struct {
	Base    ui.Base
	Title   string
	Lead    string
	Action  string
	Fields  []ui.Field
	Go      ui.Button
	Entries []ui.AuditEntry
	Empty   string
	Next    *ui.Link
}

// auditPage: GET /admin/audit (account, action, object, after). An account is said by its id, phone or e-mail, an object as the trail
// names it: listing/ID.
func (s *Site) auditPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	who, act, object := c.Query("account"), c.Query("action"), c.Query("object")
	filter := audit.Filter{Account: who, Action: access.Action(act)}
	if contact, err := account.ParseContact(who); err == nil {
		a, err := s.services.Accounts.ByContact(c.UserContext(), contact)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if filter.Account = a.ID; a.ID == "" {
			filter.Account = "nobody"
		}
	}
	filter.Of.Kind, filter.Of.ID, _ = strings.Cut(object, "/")
	page, err := s.services.Trail.All(c.UserContext(), filter, c.Query("after"), entriesOnPage)
	if err != nil {
		return err
	}
	v := trailView{Title: p.say("area.trail"), Lead: p.say("office.trail_lead"), Action: at(c, "/admin/audit"), Go: ui.Button{Label: p.say("office.filter")}, Empty: p.say("office.trail_none")}
	actions := []ui.Option{{Label: p.say("office.any_action"), Count: -1, Checked: act == ""}}
	for _, x := range access.Actions() {
		actions = append(actions, ui.Option{Value: string(x), Label: p.action(x), Count: -1, Checked: act == string(x)})
	}
	v.Fields = []ui.Field{
		{ID: "account", Name: "account", Label: p.say("office.filter_account"), Type: "text", Value: who},
		{ID: "action", Name: "action", Label: p.say("office.filter_action"), Options: actions},
		{ID: "object", Name: "object", Label: p.say("office.filter_object"), Hint: p.say("office.filter_object_hint"), Type: "text", Value: object},
	}
	for _, e := range page.Items {
		v.Entries = append(v.Entries, s.auditEntry(p, &e))
	}
	if page.Next != "" {
		q := url.Values{"account": {who}, "action": {act}, "object": {object}, "after": {page.Next}}
		v.Next = &ui.Link{Label: p.say("office.next"), Href: v.Action + "?" + q.Encode()}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "audit", v)
}

// auditEntry is an entry of the trail in words.
func (s *Site) auditEntry(p *speaker, e *audit.Entry) ui.AuditEntry {
	what := p.action(e.Fact.Action)
	if e.Fact.Title != "" {
		what = p.say("office.entry", "What", what, "Title", e.Fact.Title)
	}
	if e.Result == "refused" {
		what = p.say("office.refused", "What", what)
	}
	who := e.Fact.By.Name
	if who == "" {
		who = e.Fact.By.Account
	}
	if who == "" {
		who = p.say("roles.visitor")
	}
	out := ui.AuditEntry{When: p.moment(e.Fact.At), Who: who, What: what, Why: e.Fact.Why}
	out.Fields = append(out.Fields, ui.NewCompareField(p.say("office.object"), "", e.Object().String()))
	for _, x := range e.Fact.Changes {
		if x.Before == "" && x.After == "" {
			x.After = p.say("office.hidden")
		}
		out.Fields = append(out.Fields, ui.NewCompareField(x.Path, plainJSON(x.Before), plainJSON(x.After)))
	}
	return out
}

// plainJSON shows a text as it is and everything else as JSON.
func plainJSON(raw string) string {
	var text string
	if json.Unmarshal([]byte(raw), &text) == nil {
		return text
	}
	return raw
}
