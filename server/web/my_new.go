package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
)

// newShopPage: GET /my/shops/new: a shop that is not in the register yet begins as a draft with its name, kind and door.
func (s *Site) newShopPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.newShopForm(c, p, nil)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

// founders are the merchants for which who asks may enter a shop.
func (s *Site) founders(c *fiber.Ctx) ([]merchant.Merchant, error) {
	list, err := s.services.Merchants.Mine(c.UserContext(), Of(c).Actor)
	out := []merchant.Merchant{}
	for _, m := range list {
		if access.Can(Of(c).Actor, access.ListingCreate, access.Thing{MerchantID: m.ID}) {
			out = append(out, m)
		}
	}
	return out, err
}

func (s *Site) newShopForm(c *fiber.Ctx, p *speaker, f *form) (formPage, error) {
	v := formPage{Title: p.say("my.page.new"), Up: &ui.Link{Label: p.say("my.title"), Href: at(c, "/my?all=1")}}
	list, err := s.founders(c)
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		v.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("my.founding.none"), Text: p.say("my.founding.ask")}}
		return v, nil
	}
	v.Lead = p.say("my.lead.new")
	v.Form = &ui.Form{
		Action: at(c, "/my/shops/new"), CSRF: s.token(Of(c)),
		Parts: []ui.FormPart{
			input(f, "name", p.say("fact.name"), func(x *ui.Field) {
				x.Hint, x.Max, x.Lang = p.say("my.hint.name"), listing.Limits["name"].Max, lang.Hans
			}),
			input(f, "category_id", p.say("fact.category"), func(x *ui.Field) { x.Options = chosen(s.categories(p), x.Value) }),
			input(f, "address.line", p.say("fact.address"), func(x *ui.Field) {
				x.Hint, x.Max, x.Lang = p.say("my.hint.address"), listing.Limits["address.line"].Max, lang.Hans
			}),
			{Twins: twinsPart(c, p, nil)},
		},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.founding.go")}}},
	}
	if len(list) == 1 {
		v.Form.Hidden = hidden("merchant", list[0].ID)
		return v, nil
	}
	options := []ui.Option{}
	for _, m := range list {
		options = append(options, ui.Option{Value: m.ID, Label: p.name(m.Name)})
	}
	v.Form.Parts = append([]ui.FormPart{input(f, "merchant", p.say("my.founding.whose"), func(x *ui.Field) { x.Options = chosen(options, x.Value) })}, v.Form.Parts...)
	return v, nil
}

// chosen marks the option that was chosen.
func chosen(options []ui.Option, value string) []ui.Option {
	for i := range options {
		options[i].Checked = options[i].Value == value
	}
	return options
}

// newShopSent: POST /my/shops/new.
func (s *Site) newShopSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	name := listing.Name{Text: lang.Text{Hans: f.Get("name")}, SortKey: lang.SortKey(lang.Clean(f.Get("name")), "")}
	patch, err := patched("name", name, "category_id", f.Get("category_id"), "address", listing.Address{Line: f.Get("address.line")})
	if err != nil {
		return err
	}
	v, formErr := s.newShopForm(c, p, f)
	if formErr != nil {
		return formErr
	}
	if v.Form != nil {
		again, err := s.warned(c, p, f, v.Form)
		if err != nil {
			return err
		}
		if again {
			return s.showForm(c, p, v, nil)
		}
	}
	l, err := s.services.Listings.Found(c.UserContext(), Of(c).Actor, f.Get("merchant"), patch)
	if err == nil {
		return see(c, "/my/shops/"+l.ID+"?done=saved")
	}
	return s.showForm(c, p, v, err)
}
