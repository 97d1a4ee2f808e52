package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
)

// letterPage is a letter with a code, printed and handed over in the shop.
type letterPage struct {
	Base        ui.Base
	Up          ui.Link
	Title       string
	Once        ui.Callout
	Sign        ui.Sign
	Name        string
	Long        bool
	Greeting    string
	QR          ui.QR
	How         string
	Address     string
	ShopWord    string
	Shop        string
	CodeWord    string
	Code        string
	Until       string
	EnglishLine string
	Site        string
}

// grantsPage: GET /desk/grants (q): looks for the shop that a code is for.
func (s *Site) grantsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	q := strings.TrimSpace(c.Query("q"))
	v := deskGrants{Up: *toDesk(c, p), Title: p.say("desk.grants"), Lead: p.say("desk.grants_lead"), Action: at(c, "/desk/grants")}
	v.Field = ui.Field{ID: "q", Name: "q", Label: p.say("desk.grants_find"), Type: "search", Value: q}
	v.Button = ui.Button{Label: p.say("desk.grants_go")}
	if q != "" {
		list, err := s.findShops(c, p, q)
		if err != nil {
			return err
		}
		v.Records = &ui.Records{Empty: p.say("desk.grants_nothing", "Query", q)}
		for i := range list {
			l := &list[i]
			name, in := l.Name.In(p.Lang)
			x := ui.Record{Title: name, Lang: in, Href: at(c, "/desk/grants/"+l.ID), Lines: []string{l.Code, l.Address.Line}}
			if l.MerchantID != "" {
				x.Tag, x.State = p.say("desk.grants_owned"), ui.TaskDone
			}
			v.Records.Items = append(v.Records.Items, x)
		}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "desk-grants", v)
}

// deskGrants is templates/pages/desk-grants.html.
type deskGrants struct {
	Base    ui.Base
	Up      ui.Link
	Title   string
	Lead    string
	Action  string
	Field   ui.Field
	Button  ui.Button
	Records *ui.Records
}

// findShops finds shops by their code, or by their name among those in public.
func (s *Site) findShops(c *fiber.Ctx, p *speaker, q string) ([]listing.Listing, error) {
	ctx := c.UserContext()
	switch l, err := s.services.Listings.ByCode(ctx, strings.ToUpper(q)); {
	case err == nil:
		return []listing.Listing{l}, nil
	case !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid):
		return nil, err
	}
	page, err := s.directory.Search(ctx, directory.Query{Text: q, Page: 1}, p.Lang, p.now)
	if err != nil {
		return nil, err
	}
	out := []listing.Listing{}
	for _, r := range page.Rows {
		// The row is a copy for the public: whose the shop is stands in the register only.
		l, err := s.services.Listings.Open(ctx, Of(c).Actor, r.Listing.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// grantPage: GET /desk/grants/:id: the codes of one shop.
func (s *Site) grantPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.grantCase(c, p)
	if err != nil {
		return err
	}
	if w := saidHere(c, "revoked"); w != "" {
		v.ok(p.say("desk.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) grantCase(c *fiber.Ctx, p *speaker) (*casePage, *ui.Form, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	l, err := s.services.Listings.Open(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	grants, err := s.services.Merchants.Grants(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{
		Up: &ui.Link{Label: p.say("desk.grants"), Href: at(c, "/desk/grants")}, Title: p.say("desk.grant_title", "Shop", p.name(l.Name.Text)),
		Lead: p.say("desk.grant_lead"),
	}
	v.add(section{Facts: shopOnRecord(p, &l)})
	form := &ui.Form{
		ID: "grant", Action: at(c, "/desk/grants/"+id), CSRF: s.token(Of(c)), Hidden: hidden("form", "grant"),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.grant_make"), Icon: "printer", Name: "do", Value: "make"}}},
	}
	if l.MerchantID != "" {
		v.warn(p.say("error.grant.owned"))
	} else {
		v.add(section{Forms: []*ui.Form{form}})
	}
	list := ui.Records{Action: at(c, "/desk/grants/"+id), CSRF: s.token(Of(c)), Empty: p.say("desk.grant_none")}
	for i := range grants {
		g := &grants[i]
		st := g.StateAt(p.now)
		x := ui.Record{
			Title: p.say("desk.grant_of", "When", stamp(p, g.CreatedAt)), Lines: []string{s.personName(c, g.By), p.say("desk.grant_until", "Until", dayOf(p, g.Until))},
			Tag: p.say("desk.grant_state." + string(st)), State: ui.TaskDone,
		}
		if st == merchant.GrantMade {
			x.State, x.Buttons = ui.TaskWait, []ui.Button{{Label: p.say("desk.grant_revoke"), Kind: "alt s", Name: "revoke", Value: g.ID}}
		}
		list.Items = append(list.Items, x)
	}
	v.add(section{Title: p.say("desk.grant_list"), Records: &list})
	return v, form, nil
}

// grantSent: POST /desk/grants/:id (do = make, or revoke = a grant). A code is shown once, on the letter that this answers with.
func (s *Site) grantSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	l, err := s.services.Listings.Open(ctx, by, id)
	if err != nil {
		return err
	}
	if grant := f.Get("revoke"); grant != "" {
		if _, err := s.services.Merchants.RevokeGrant(ctx, by, grant); err != nil {
			return s.grantRefused(c, err)
		}
		return see(c, "/desk/grants/"+id+"?done=revoked")
	}
	g, code, err := s.services.Merchants.Grant(ctx, by, id)
	if err != nil {
		return s.grantRefused(c, err)
	}
	return s.letter(c, &l, g, code)
}

func (s *Site) grantRefused(c *fiber.Ctx, err error) error {
	if fault.Is(err, fault.NotFound) {
		return err
	}
	p := s.speaker(c)
	v, form, openErr := s.grantCase(c, p)
	if openErr != nil {
		return openErr
	}
	return s.showCase(c, p, v, form, err)
}

// letter is the sheet with a code: A5, in Chinese with one English line, as the poster is. Whoever reads it needs the code of the
// shop and the one-time code; the address in the square has the first and never the second.
func (s *Site) letter(c *fiber.Ctx, l *listing.Listing, g merchant.Grant, code string) error {
	p := s.speaker(c)
	hans := &speaker{Words: s.catalogue.In(lang.Hans), now: p.now}
	address := s.config.Origin + "/letter?shop=" + l.Code
	square, err := qrCode(address)
	if err != nil {
		return err
	}
	_, shown, _ := strings.Cut(s.config.Origin+"/letter", "://")
	site, _ := s.identity().Name.In(lang.Hans)
	v := letterPage{
		Up: ui.Link{Label: p.say("desk.grant_back"), Href: at(c, "/desk/grants/"+l.ID)}, Title: p.say("desk.letter_title"),
		Once: ui.Callout{Kind: "warn", Icon: "printer", Lead: p.say("desk.letter_once")},
		Sign: s.paperSign(),
		Name: l.Name.Hans, Long: len([]rune(l.Name.Hans)) > 9, Greeting: hans.say("letter.greeting"), QR: square, How: hans.say("letter.how"),
		Address: shown, ShopWord: hans.say("letter.shop"), Shop: l.Code, CodeWord: hans.say("letter.code"), Code: code,
		Until: hans.say("letter.until", "Until", dayOf(hans, g.Until)), EnglishLine: "Scan, sign up with your phone number, and type the code: the shop’s page is yours.", Site: site,
	}
	v.Base = s.privateBase(c, v.Title)
	v.Base.Class = "poster-page"
	p.note(hans.err)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "desk-letter", v)
}
