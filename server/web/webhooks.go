package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/webhook"
)

// webhookRoutes are the webhooks of a merchant and those of the district, which look alike.
func (s *Site) webhookRoutes() []Route {
	const merchants, none = "/my/merchants/:id/webhooks", "/my/merchants/none/webhooks"
	const district = "/admin/webhooks"
	out := []Route{{
		Method: http.MethodPost, Path: district + "/:hook/allow", Handle: s.webhookAllowSent, Kind: Private, Rate: Write, Needs: access.WebhookAllow,
		Probe: district + "/none/allow",
	}}
	for _, at := range []struct {
		path, probe string
		read        access.Action
		thing       func(*fiber.Ctx) (access.Thing, error)
	}{{merchants, none, access.WebhookList, s.ofMerchant}, {district, district, access.WebhookDistrict, nil}} {
		one := func(method, path, probe string, h fiber.Handler, needs access.Action) {
			r := Route{Method: method, Path: at.path + path, Handle: h, Kind: Private, Needs: needs, Thing: at.thing, Probe: at.probe + probe}
			if method == http.MethodPost {
				r.Rate = Write
			}
			out = append(out, r)
		}
		one(http.MethodGet, "", "", s.webhooksPage, at.read)
		one(http.MethodPost, "", "", s.webhookSent, access.WebhookMake)
		one(http.MethodGet, "/:hook", "/none", s.webhookPage, at.read)
		one(http.MethodPost, "/:hook", "/none", s.webhookRunSent, access.WebhookRun)
		one(http.MethodPost, "/:hook/secret", "/none/secret", s.webhookSecretSent, access.WebhookMake)
	}
	return out
}

// webhooksAt is the address of the list that a request is about; merchantID is empty for the district's.
func webhooksAt(c *fiber.Ctx) (path, merchantID string) {
	if merchantID = c.Params("id"); merchantID != "" {
		return "/my/merchants/" + merchantID + "/webhooks", merchantID
	}
	return "/admin/webhooks", ""
}

// webhooksPage: GET /my/merchants/:id/webhooks, /admin/webhooks.
func (s *Site) webhooksPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.webhooksCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// webhooksCase is the list with the form for another one, filled in as it was sent.
func (s *Site) webhooksCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	path, merchantID := webhooksAt(c)
	v := &casePage{Title: p.say("webhooks.title"), Lead: p.say("webhooks.lead"), Links: []ui.Link{{Label: p.say("webhooks.how"), Href: at(c, "/api#webhooks")}}}
	if merchantID != "" {
		m, err := s.services.Merchants.Get(ctx, by, merchantID)
		if err != nil {
			return nil, nil, err
		}
		v.Up = &ui.Link{Label: p.name(m.Name), Href: at(c, "/my/merchants/"+m.ID)}
	} else if err := s.merchantsWebhooks(c, p, v); err != nil {
		return nil, nil, err
	}
	list, err := s.services.Webhooks.List(ctx, by, merchantID)
	if err != nil {
		return nil, nil, err
	}
	records := ui.Records{Empty: p.say("webhooks.none")}
	for i := range list {
		records.Items = append(records.Items, webhookRecord(c, p, path, &list[i]))
	}
	title := p.say("webhooks.list")
	if merchantID == "" {
		title = p.say("webhooks.district")
	}
	v.add(section{Title: title, Records: &records})
	if !access.Can(by, access.WebhookMake, access.Thing{Kind: "webhook", MerchantID: merchantID}) {
		return v, nil, nil
	}
	form := &ui.Form{ID: "make", Action: at(c, path), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("webhooks.make")}}}}
	form.Parts = append(form.Parts,
		input(f, "name", p.say("webhooks.name"), func(x *ui.Field) { x.Max, x.Hint = webhook.MaxName, p.say("webhooks.name_hint") }),
		input(f, "url", p.say("webhooks.url"), func(x *ui.Field) { x.Type, x.Hint = "url", p.say("webhooks.url_hint") }))
	types := ui.Choice{ID: "types", Name: "types", Legend: p.say("webhooks.types"), Many: true}
	for _, t := range webhook.Types {
		types.Options = append(types.Options, ui.Pick{Value: string(t), Label: webhookType(p, t), Hint: string(t), Checked: f != nil && slices.Contains(f.Values["types"], string(t))})
	}
	form.Parts = append(form.Parts, ui.FormPart{Choice: &types})
	x := section{ID: "new", Title: p.say("webhooks.new"), Forms: []*ui.Form{form}}
	if merchantID != "" {
		x.Text = p.say("webhooks.allow_first")
	}
	v.add(x)
	return v, form, nil
}

// merchantsWebhooks shows what merchants have made: first those whose address somebody has to look at.
func (s *Site) merchantsWebhooks(c *fiber.Ctx, p *speaker, v *casePage) error {
	for _, in := range []webhook.State{webhook.Waiting, webhook.Broken, webhook.Active} {
		list, err := s.services.Webhooks.Merchants(c.UserContext(), Of(c).Actor, in)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		records := ui.Records{}
		for i := range list {
			records.Items = append(records.Items, webhookRecord(c, p, "/admin/webhooks", &list[i]))
		}
		v.add(section{Title: p.say("webhooks.merchants_" + string(in)), Records: &records})
	}
	return nil
}

func webhookType(p *speaker, t webhook.Type) string {
	return p.say("webhooks.type." + strings.ReplaceAll(string(t), ".", "_"))
}

// webhookState says how a webhook stands, and how that looks.
func webhookState(p *speaker, x *webhook.Item) (string, ui.TaskState) {
	switch x.State {
	case webhook.Active:
		return p.say("webhooks.state.active"), ui.TaskWait
	case webhook.Waiting:
		return p.say("webhooks.state.waiting"), ui.TaskTodo
	case webhook.Broken:
		return p.say("webhooks.state.broken"), ui.TaskBad
	case webhook.Ended:
	}
	return p.say("webhooks.state.ended"), ui.TaskDone
}

func webhookRecord(c *fiber.Ctx, p *speaker, path string, x *webhook.Item) ui.Record {
	r := ui.Record{Title: x.Name, Href: at(c, path+"/"+x.ID), Lines: []string{x.URL, webhookTypes(p, x)}}
	r.Tag, r.State = webhookState(p, x)
	if x.Why != "" {
		r.Lines = append(r.Lines, p.say("webhooks.why."+x.Why))
	}
	return r
}

func webhookTypes(p *speaker, x *webhook.Item) string {
	words := make([]string, len(x.Types))
	for i, t := range x.Types {
		words[i] = webhookType(p, t)
	}
	return strings.Join(words, p.say("empty.and"))
}

// webhookSent: POST to the list. The secret is in this one answer and nowhere else.
func (s *Site) webhookSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	path, merchantID := webhooksAt(c)
	w := webhook.Wish{MerchantID: merchantID, Name: f.Get("name"), URL: f.Get("url")}
	for _, t := range f.Values["types"] {
		w.Types = append(w.Types, webhook.Type(t))
	}
	plain, item, err := s.services.Webhooks.Make(c.UserContext(), Of(c).Actor, w)
	if err != nil {
		v, form, caseErr := s.webhooksCase(c, p, f)
		if caseErr != nil || form == nil {
			return err
		}
		return s.showCase(c, p, v, form, err)
	}
	return s.showSecret(c, p, p.say("webhooks.made", "Name", item.Name), at(c, path+"/"+item.ID), plain)
}

// showSecret answers with a new secret, once.
func (s *Site) showSecret(c *fiber.Ctx, p *speaker, title, back, plain string) error {
	return s.showForm(c, p, formPage{
		Up: &ui.Link{Label: p.say("webhooks.single"), Href: back}, Title: title,
		Callouts: []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("keys.once"), Text: p.say("webhooks.secret_text")}},
		List:     []string{plain}, Links: []ui.Link{{Label: p.say("webhooks.how"), Href: at(c, "/api#webhooks")}},
	}, nil)
}

// webhookHere returns the webhook of the address: fault.NotFound for one of another list. Who looks after the district's sees those
// of merchants too.
func (s *Site) webhookHere(c *fiber.Ctx) (webhook.Item, error) {
	x, err := s.services.Webhooks.Get(c.UserContext(), Of(c).Actor, c.Params("hook"))
	if _, merchantID := webhooksAt(c); err == nil && merchantID != "" && x.MerchantID != merchantID {
		err = fault.Missing()
	}
	return x, err
}

const deliveriesOnPage = 30

// webhookPage: GET …/webhooks/:hook (after): what it is, what can be done about it, and its log.
func (s *Site) webhookPage(c *fiber.Ctx) error {
	x, err := s.webhookHere(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	path, merchantID := webhooksAt(c)
	here := at(c, path+"/"+x.ID)
	page, err := s.services.Webhooks.Deliveries(c.UserContext(), Of(c).Actor, x.ID, c.Query("after"), deliveriesOnPage)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("webhooks.title"), Href: at(c, path)}, Title: x.Name}
	if w := saidHere(c, "ping", "again", "resume", "end", "allow"); w != "" {
		v.ok(p.say("webhooks.done." + w))
	}
	if x.State == webhook.Broken {
		v.warn(p.say("webhooks.why." + x.Why))
	}
	state, _ := webhookState(p, &x)
	facts := fact(nil, p.say("webhooks.state_label"), state)
	facts = fact(facts, p.say("webhooks.url"), x.URL)
	facts = fact(facts, p.say("webhooks.types"), webhookTypes(p, &x))
	if merchantID == "" && x.MerchantID != "" {
		if m, err := s.services.Merchants.Get(c.UserContext(), Of(c).Actor, x.MerchantID); err == nil {
			facts = fact(facts, p.say("webhooks.of"), p.name(m.Name))
		}
	}
	if !x.OldUntil.IsZero() {
		facts = fact(facts, p.say("webhooks.secret"), p.say("webhooks.old_until", "When", stamp(p, x.OldUntil)))
	}
	v.add(section{Facts: facts, Forms: s.webhookForms(c, p, &x, here)})
	log := ui.Records{Empty: p.say("webhooks.log_none")}
	if x.State == webhook.Active && access.Can(Of(c).Actor, access.WebhookRun, access.Thing{Kind: "webhook", MerchantID: x.MerchantID}) {
		log.Action, log.CSRF = here, s.token(Of(c))
	}
	for i := range page.Items {
		log.Items = append(log.Items, deliveryRecord(p, &page.Items[i], log.Action != ""))
	}
	entries := section{ID: "log", Title: p.say("webhooks.log"), Text: p.say("webhooks.log_text"), Records: &log}
	if page.Next != "" {
		entries.Links = []ui.Link{{Label: p.say("office.next"), Href: here + "?after=" + escaped(page.Next)}}
	}
	v.add(entries)
	return s.showCase(c, p, &v, nil, nil)
}

// webhookForms are what somebody may do about a webhook.
func (s *Site) webhookForms(c *fiber.Ctx, p *speaker, x *webhook.Item, here string) []*ui.Form {
	by, t := Of(c).Actor, access.Thing{Kind: "webhook", MerchantID: x.MerchantID}
	out := []*ui.Form{}
	add := func(id, action string, buttons ...ui.Button) {
		out = append(out, &ui.Form{ID: id, Action: action, CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: buttons}})
	}
	if x.State == webhook.Waiting && access.Can(by, access.WebhookAllow, t) && c.Params("id") == "" {
		add("allow", here+"/allow", ui.Button{Label: p.say("webhooks.do.allow")})
	}
	do := func(word, kind string) ui.Button {
		return ui.Button{Label: p.say("webhooks.do." + word), Kind: kind, Name: "do", Value: word}
	}
	if x.State != webhook.Ended && access.Can(by, access.WebhookRun, t) {
		switch x.State {
		case webhook.Active:
			add("run", here, do("ping", ""), do("end", "alt"))
		case webhook.Broken:
			add("run", here, do("resume", ""), do("end", "alt"))
		default:
			add("run", here, do("end", "alt"))
		}
	}
	if x.State != webhook.Ended && access.Can(by, access.WebhookMake, t) {
		add("secret", here+"/secret", ui.Button{Label: p.say("webhooks.do.secret"), Kind: "alt"})
	}
	return out
}

// deliveryRecord is a message in the log: what it was, and how every call for it ended.
func deliveryRecord(p *speaker, d *webhook.Delivery, again bool) ui.Record {
	r := ui.Record{Title: webhookType(p, d.Type), Lines: []string{d.MessageID}}
	if d.Type == webhook.Ping {
		r.Title = p.say("webhooks.type.ping")
	}
	for _, t := range d.Tries {
		said := p.say("webhooks.try", "When", stamp(p, t.At), "Status", t.Status, "Ms", t.Took)
		if t.Status == 0 {
			said = p.say("webhooks.try_none", "When", stamp(p, t.At), "Why", p.say("webhooks.cause."+t.Cause))
		}
		if t.Answer != "" {
			said += " · " + t.Answer
		}
		r.Lines = append(r.Lines, said)
	}
	switch d.State {
	case webhook.Done:
		r.Tag, r.State = p.say("webhooks.progress.done"), ui.TaskDone
	case webhook.Given:
		r.Tag, r.State = p.say("webhooks.progress.given_up"), ui.TaskBad
	case webhook.Due:
		r.Tag, r.State = p.say("webhooks.progress.due"), ui.TaskWait
		if len(d.Tries) > 0 && d.Next.After(p.now) {
			r.Lines = append(r.Lines, p.say("webhooks.next", "When", stamp(p, d.Next)))
		}
	}
	if again && (d.State != webhook.Due || d.Next.Sub(p.now) > time.Minute) {
		r.Buttons = []ui.Button{{Label: p.say("webhooks.do.again"), Kind: "alt s", Name: "again", Value: d.ID}}
	}
	return r
}

// webhookRunSent: POST …/webhooks/:hook (do, again).
func (s *Site) webhookRunSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.webhookHere(c)
	if err != nil {
		return err
	}
	ctx, by, hooks := c.UserContext(), Of(c).Actor, s.services.Webhooks
	word := f.Get("do")
	if f.Get("again") != "" {
		word = "again"
	}
	switch word {
	case "ping":
		err = hooks.Ping(ctx, by, x.ID)
	case "again":
		err = hooks.Again(ctx, by, x.ID, f.Get("again"))
	case "resume":
		err = hooks.Resume(ctx, by, x.ID)
	case "end":
		err = hooks.End(ctx, by, x.ID)
	default:
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	path, _ := webhooksAt(c)
	return see(c, path+"/"+x.ID+"?done="+word)
}

// webhookAllowSent: POST /admin/webhooks/:hook/allow.
func (s *Site) webhookAllowSent(c *fiber.Ctx) error {
	if err := s.services.Webhooks.Allow(c.UserContext(), Of(c).Actor, c.Params("hook")); err != nil {
		return err
	}
	return see(c, "/admin/webhooks/"+c.Params("hook")+"?done=allow")
}

// webhookSecretSent: POST …/webhooks/:hook/secret.
func (s *Site) webhookSecretSent(c *fiber.Ctx) error {
	x, err := s.webhookHere(c)
	if err != nil {
		return err
	}
	plain, err := s.services.Webhooks.Rotate(c.UserContext(), Of(c).Actor, x.ID)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	path, _ := webhooksAt(c)
	return s.showSecret(c, p, p.say("webhooks.rotated", "Hours", strconv.Itoa(int(webhook.Overlap.Hours()))), at(c, path+"/"+x.ID), plain)
}

// webhookDoc is what a program has to know that receives messages.
type webhookDoc struct {
	Example string
	Verify  string
	Types   []ui.Fact
}

// verifyExample does in a few lines what webhook.Verify does.
const verifyExample = `import base64, hashlib, hmac, time

def verify(secret, headers, body):
    at = headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        raise ValueError("too old")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = headers["webhook-id"].encode() + b"." + at.encode() + b"." + body
    want = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(want, s) for s in headers["webhook-signature"].split()):
        raise ValueError("not signed by the district")`

func (s *Site) webhookDoc(p *speaker) webhookDoc {
	d := webhookDoc{Verify: verifyExample, Example: `POST /in
webhook-id: shop.06gk….7
webhook-timestamp: 1792065600
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{"type":"shop.changed","timestamp":"2026-10-15T04:00:00Z","data":{"id":"06gk…","code":"A1","state":"published","rev":7,
 "url":"` + s.config.Origin + `/shops/…","api":"` + s.config.Origin + `/api/v1/listings/06gk…"}}`}
	for _, t := range webhook.Types {
		d.Types = append(d.Types, ui.Fact{Term: string(t), Values: []ui.Value{{Text: webhookType(p, t)}}})
	}
	return d
}
