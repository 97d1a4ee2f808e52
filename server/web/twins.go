package web

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/twin"
)

// likeShown is how many shops a form of a new one names as perhaps the same.
const likeShown = 5

// twinItem is a shop that may be the one somebody is typing.
type twinItem struct {
	Title string   `json:"title"`
	Note  string   `json:"note"`
	Href  string   `json:"href"`
	Lang  lang.Tag `json:"lang,omitempty"`
	sure  bool
}

// likePage: GET /my/shops/like (name, address.line, phones): which shops a new one may be already, for who may enter one.
func (s *Site) likePage(c *fiber.Ctx) error {
	by := Of(c).Actor
	if !access.Can(by, access.RegisterEnter, access.Thing{}) {
		list, err := s.founders(c)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.Missing()
		}
	}
	p := s.speaker(c)
	items, err := s.like(c, p, queryOf(c))
	if err == nil {
		err = p.err
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return err
	}
	return sendJSON(c, body)
}

// like finds the shops that a new one, as far as it was typed, may be already.
func (s *Site) like(c *fiber.Ctx, p *speaker, typed url.Values) ([]twinItem, error) {
	l, err := s.typedShop(c, typed)
	if err != nil {
		return nil, err
	}
	pairs, err := s.services.Twins.Like(c.UserContext(), Of(c).Actor, &l, likeShown)
	if err != nil {
		return nil, err
	}
	desk := access.Can(Of(c).Actor, access.RegisterTable, access.Thing{})
	out := []twinItem{}
	for _, x := range pairs {
		name, in := x.B.Name.In(p.Lang)
		href := at(c, "/shops/"+x.B.Slug)
		if desk {
			href = at(c, "/desk/shops/"+x.B.ID)
		}
		note := strings.TrimSpace(x.B.Address.Line + " " + reasonWords(p, x.Reasons))
		out = append(out, twinItem{Title: name, Note: note, Href: href, Lang: in, sure: x.Level != twin.Low})
	}
	return out, nil
}

// typedShop reads the fields of a new shop.
func (s *Site) typedShop(c *fiber.Ctx, typed url.Values) (listing.Listing, error) {
	l := listing.Listing{State: listing.Draft, Name: listing.Name{Text: lang.Text{Hans: lang.Clean(typed.Get("name"))}}}
	l.Address.Line = lang.Clean(typed.Get("address.line"))
	l.CategoryID = typed.Get("category_id")
	l.Name.SortKey = lang.SortKey(l.Name.Hans, "")
	if ns, err := phone.Parse(typed.Get("phones")); err == nil {
		l.Phones = ns
	}
	streets, err := s.services.Places.Streets(c.UserContext())
	if err != nil {
		return l, err
	}
	if st, house, _, ok := place.Find(l.Address.Line, streets); ok {
		l.Address.StreetID, l.Address.House = st.ID, house.String()
	}
	return l, nil
}

// reasonWords say what two shops have in common.
func reasonWords(p *speaker, list []twin.Reason) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = p.say("twin.reason." + string(r))
	}
	return strings.Join(words, p.say("empty.and"))
}

// twinsPart is the place under the fields where such shops are named.
func twinsPart(c *fiber.Ctx, p *speaker, items []twinItem) *ui.Twins {
	v := &ui.Twins{Src: at(c, "/my/shops/like"), Lead: p.say("twin.typing")}
	for _, x := range items {
		v.Items = append(v.Items, ui.Twin{Title: x.Title, Note: x.Note, Href: x.Href, Lang: x.Lang})
	}
	return v
}

// warned puts into the form of a new shop which shops it may be already, and asks once whether it is another one. It reports whether the
// form has to be shown again.
func (s *Site) warned(c *fiber.Ctx, p *speaker, f *form, form *ui.Form) (bool, error) {
	if f.Get("anyway") == "1" {
		return false, nil
	}
	items, err := s.like(c, p, f.Values)
	sure := false
	for _, x := range items {
		sure = sure || x.sure
	}
	if err != nil || !sure {
		return false, err
	}
	for i := range form.Parts {
		if form.Parts[i].Twins != nil {
			form.Parts[i].Twins = twinsPart(c, p, items)
		}
	}
	form.Bar.Buttons = append(form.Bar.Buttons, ui.Button{Label: p.say("twin.anyway"), Name: "anyway", Value: "1", Kind: "alt"})
	c.Status(fiber.StatusConflict)
	return true, nil
}

// enterPage: GET /desk/shops/new: a shop that the district itself enters; it is public at once.
func (s *Site) enterPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.enterForm(c, p, nil), nil)
}

func (s *Site) enterForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	return formPage{
		Title: p.say("roll.enter"), Up: &ui.Link{Label: p.say("roll.title"), Href: at(c, "/desk/shops")}, Lead: p.say("roll.enter_lead"),
		Form: &ui.Form{
			Action: at(c, "/desk/shops/new"),
			Parts: []ui.FormPart{
				input(f, "name", p.say("fact.name"), func(x *ui.Field) { x.Max, x.Lang = listing.Limits["name"].Max, lang.Hans }),
				input(f, "category_id", p.say("fact.category"), func(x *ui.Field) { x.Options = chosen(s.categories(p), x.Value) }),
				input(f, "address.line", p.say("fact.address"), func(x *ui.Field) {
					x.Hint, x.Max, x.Lang = p.say("my.hint.address"), listing.Limits["address.line"].Max, lang.Hans
				}),
				input(f, "phones", p.say("fact.phones"), func(x *ui.Field) { x.Optional, x.InputMode = true, "tel" }),
				{Twins: twinsPart(c, p, nil)},
			},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("roll.enter_go")}}},
		},
	}
}

// enterSent: POST /desk/shops/new (name, category_id, address.line, phones, anyway).
func (s *Site) enterSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := s.enterForm(c, p, f)
	if _, err := phone.Parse(f.Get("phones")); err != nil {
		return s.showForm(c, p, v, err)
	}
	again, err := s.warned(c, p, f, v.Form)
	if err != nil {
		return err
	}
	if again {
		return s.showForm(c, p, v, nil)
	}
	l, err := s.typedShop(c, f.Values)
	if err != nil {
		return err
	}
	l.State, l.Code = listing.Published, listing.NewCode()
	l.Confirmed = listing.Confirmed{On: p.now.Format("2006-01-02"), By: "coordinator"}
	if err := s.services.Listings.Enter(c.UserContext(), Of(c).Actor, &l); err != nil {
		return s.showForm(c, p, v, err)
	}
	return see(c, "/desk/shops/"+l.ID+"?done=entered")
}
