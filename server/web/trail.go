package web

import (
	"encoding/json"
	"mime"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/calendar"
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
	Wrong   ui.ErrorSummary
	Fields  []ui.Field
	Go      ui.Button
	Found   string
	Entries []ui.AuditEntry
	Empty   string
	Next    *ui.Link
	File    *ui.Form // nil where there is nothing to take
}

// trailFields are what the trail is narrowed by, as the page and the file have them.
var trailFields = []string{"account", "action", "object", "from", "until", "result"}

// trailFilter reads what somebody looks for. An account is said by its id, phone or e-mail; an object as the trail names it, listing/ID or
// listing alone, or by the code of a shop; the days are those of the district, both included. fault.Invalid for days that are none.
func (s *Site) trailFilter(c *fiber.Ctx, get func(string) string) (audit.Filter, error) {
	f := audit.Filter{Account: get("account"), Action: access.Action(get("action")), Result: get("result")}
	if contact, err := account.ParseContact(f.Account); err == nil {
		a, err := s.services.Accounts.ByContact(c.UserContext(), contact)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return f, err
		}
		if f.Account = a.ID; a.ID == "" {
			f.Account = "nobody"
		}
	}
	object := strings.TrimSpace(get("object"))
	f.Of.Kind, f.Of.ID, _ = strings.Cut(object, "/")
	if object != "" && f.Of.ID == "" {
		l, err := s.services.Listings.ByCode(c.UserContext(), strings.ToUpper(object))
		switch {
		case err == nil:
			f.Of = audit.Ref{Kind: l.Thing().Kind, ID: l.ID}
		case !fault.Is(err, fault.NotFound):
			return f, err
		}
	}
	var wrong []fault.Field
	day := func(name string) (calendar.Date, bool) {
		if get(name) == "" {
			return 0, false
		}
		d, err := calendar.ParseDate(get(name))
		if err != nil {
			wrong = append(wrong, fault.Field{Name: name, Key: "error.date"})
		}
		return d, err == nil
	}
	from, hasFrom := day("from")
	until, hasUntil := day("until")
	if hasFrom {
		f.From = from.At(0)
	}
	if hasUntil {
		f.Until = (until + 1).At(0)
	}
	if hasFrom && hasUntil && until < from {
		wrong = append(wrong, fault.Field{Name: "until", Key: "trail.wrong.before"})
	}
	if len(wrong) > 0 {
		return f, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return f, nil
}

// auditPage: GET /admin/audit (account, action, object, from, until, result, after).
func (s *Site) auditPage(c *fiber.Ctx) error {
	return s.showTrail(c, func(name string) string { return c.Query(name) }, nil)
}

// showTrail answers with the part of the trail that get asks for. err is why a file of it could not be made, nil otherwise.
func (s *Site) showTrail(c *fiber.Ctx, get func(string) string, err error) error {
	p := s.speaker(c)
	v := trailView{
		Title: p.say("area.trail"), Lead: p.count("trail.lead", s.settings().TrailDays), Action: at(c, "/admin/audit"),
		Go: ui.Button{Label: p.say("office.filter")}, Empty: p.say("office.trail_none"), Fields: trailControls(p, get),
	}
	filter, bad := s.trailFilter(c, get)
	if bad != nil {
		err = bad
	}
	if bad == nil {
		page, err := s.services.Trail.All(c.UserContext(), filter, c.Query("after"), entriesOnPage)
		if err != nil {
			return err
		}
		n, err := s.services.Trail.Count(c.UserContext(), filter)
		if err != nil {
			return err
		}
		v.Found = p.count("trail.found", n)
		for _, e := range page.Items {
			v.Entries = append(v.Entries, s.auditEntry(p, &e))
		}
		if page.Next != "" {
			q := url.Values{"after": {page.Next}}
			for _, name := range trailFields {
				q.Set(name, get(name))
			}
			v.Next = &ui.Link{Label: p.say("office.next"), Href: v.Action + "?" + q.Encode()}
		}
		if n > 0 {
			v.File = s.trailFileForm(c, p, get)
		}
	}
	if err != nil {
		wrong := wrongFields(p, err, sameID)
		if wrong == nil {
			return err
		}
		v.Wrong.Errors = wrong
		for i := range v.Fields {
			v.Fields[i].Error = errorOf(wrong, v.Fields[i].ID)
		}
		c.Status(fiber.StatusUnprocessableEntity)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "audit", v)
}

func trailControls(p *speaker, get func(string) string) []ui.Field {
	actions := []ui.Option{{Label: p.say("office.any_action"), Count: -1, Checked: get("action") == ""}}
	for _, x := range access.Actions() {
		actions = append(actions, ui.Option{Value: string(x), Label: p.action(x), Count: -1, Checked: get("action") == string(x)})
	}
	results := []ui.Option{{Label: p.say("trail.result.any"), Count: -1, Checked: get("result") == ""}}
	for _, x := range []string{"ok", "refused"} {
		results = append(results, ui.Option{Value: x, Label: p.say("trail.result." + x), Count: -1, Checked: get("result") == x})
	}
	return []ui.Field{
		{ID: "account", Name: "account", Label: p.say("office.filter_account"), Type: "text", Value: get("account")},
		{ID: "action", Name: "action", Label: p.say("office.filter_action"), Options: actions},
		{ID: "object", Name: "object", Label: p.say("office.filter_object"), Hint: p.say("office.filter_object_hint"), Type: "text", Value: get("object")},
		{ID: "from", Name: "from", Label: p.say("trail.from"), Type: "date", Value: get("from"), Short: true},
		{ID: "until", Name: "until", Label: p.say("trail.until"), Type: "date", Value: get("until"), Short: true},
		{ID: "result", Name: "result", Label: p.say("trail.result.label"), Options: results},
	}
}

func (s *Site) trailFileForm(c *fiber.Ctx, p *speaker, get func(string) string) *ui.Form {
	pairs := []string{}
	for _, name := range trailFields {
		pairs = append(pairs, name, get(name))
	}
	return &ui.Form{
		ID: "file", Action: at(c, "/admin/audit/file"), CSRF: s.token(Of(c)), Hidden: hidden(pairs...),
		Parts: []ui.FormPart{{Heading: p.say("trail.file")}, {Text: p.say("trail.file_text")}},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("trail.file_go"), Kind: "alt"}}},
	}
}

// trailFileSent: POST /admin/audit/file: answers with what the page shows as a file that proves itself.
func (s *Site) trailFileSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	filter, err := s.trailFilter(c, f.Get)
	if err != nil {
		return s.showTrail(c, f.Get, err)
	}
	file, err := s.services.Extracts.Trail(c.UserContext(), Of(c).Actor, filter)
	if err != nil {
		return s.showTrail(c, f.Get, err)
	}
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": "trail-" + s.now().Format("20060102-1504") + ".zip"}))
	return c.Send(file.Body)
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
	out := ui.AuditEntry{When: p.moment(e.Fact.At), Who: who, What: what, Why: p.did(e.Fact.Why)}
	out.Fields = append(out.Fields, ui.NewCompareField(p.say("office.object"), "", e.Object().String()))
	for _, x := range e.Fact.Changes {
		if x.Before == "" && x.After == "" {
			x.After = p.say("office.hidden")
		}
		out.Fields = append(out.Fields, ui.NewCompareField(x.Path, plainJSON(x.Before), plainJSON(x.After)))
	}
	return out
}

// noted is how the program itself notes in the trail what was done; what people write has other characters or other letters.
var noted = regexp.MustCompile(`^[a-z][a-z :-]*$`)

// did is a note of the trail in words: what the program notes is said in the language of the page, and left out where there are no words
// for it, for the action says what was done.
func (p *speaker) did(why string) string {
	if !noted.MatchString(why) {
		return why
	}
	key := "trail.did." + strings.Trim(strings.NewReplacer(": ", "_", " ", "_", "-", "_", ":", "_").Replace(why), "_")
	if !p.Has(key) {
		return ""
	}
	return p.say(key)
}

// plainJSON shows a text as it is and everything else as JSON.
func plainJSON(raw string) string {
	var text string
	if json.Unmarshal([]byte(raw), &text) == nil {
		return text
	}
	return raw
}
