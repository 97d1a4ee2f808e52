package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/apikey"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

func (s *Site) keyRoutes() []Route {
	const path, none = "/my/merchants/:id/keys", "/my/merchants/none/keys"
	return []Route{
		{Method: http.MethodGet, Path: path, Handle: s.keysPage, Kind: Private, Needs: access.KeyList, Thing: s.ofMerchant, Probe: none},
		{Method: http.MethodPost, Path: path, Handle: s.keySent, Kind: Private, Rate: Write, Needs: access.KeyMake, Thing: s.ofMerchant, Probe: none},
		{Method: http.MethodPost, Path: path + "/end", Handle: s.keyEndSent, Kind: Private, Rate: Write, Needs: access.KeyEnd, Thing: s.ofMerchant, Probe: none + "/end"},
	}
}

// keyUses are what a key can be made for here: everything that the API does. To read is part of each.
var keyUses = []access.Action{
	access.ListingHours, access.ListingContact, access.ListingTexts, access.ListingPhotos, access.ListingGoods, access.ListingOffers,
	access.ListingConfirm, access.ListingSensitive,
}

// keysPage: GET /my/merchants/:id/keys.
func (s *Site) keysPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.keysCase(c, p, nil)
	if err != nil {
		return err
	}
	if saidHere(c, "ended") != "" {
		v.ok(p.say("keys.ended"))
	}
	return s.showCase(c, p, v, nil, nil)
}

// keysCase is the page of the keys with the form for another one, filled in as it was sent.
func (s *Site) keysCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	keys, err := s.services.APIKeys.List(ctx, by, m.ID)
	if err != nil {
		return nil, nil, err
	}
	base := "/my/merchants/" + m.ID
	v := &casePage{
		Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("keys.title"), Lead: p.say("keys.lead"),
		Links: []ui.Link{{Label: p.say("keys.document"), Href: at(c, "/api")}},
	}
	records := ui.Records{Action: at(c, base+"/keys/end"), CSRF: s.token(Of(c)), Empty: p.say("keys.none")}
	for i := range keys {
		records.Items = append(records.Items, s.keyRecord(p, by, m.ID, &keys[i]))
	}
	v.add(section{Title: p.say("keys.list"), Records: &records})
	if !access.Can(by, access.KeyMake, m.Thing()) {
		return v, nil, nil
	}
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	form := &ui.Form{ID: "make", Action: at(c, base+"/keys"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("keys.make")}}}}
	form.Parts = append(form.Parts, input(f, "name", p.say("keys.name"), func(x *ui.Field) { x.Max, x.Hint = apikey.MaxName, p.say("keys.name_hint") }))
	uses := ui.Choice{ID: "actions", Name: "actions", Legend: p.say("keys.may"), Hint: p.say("keys.may_hint"), Many: true}
	for _, a := range keyUses {
		uses.Options = append(uses.Options, ui.Pick{Value: string(a), Label: useWords(p, a), Checked: f != nil && slices.Contains(f.Values["actions"], string(a))})
	}
	form.Parts = append(form.Parts, ui.FormPart{Choice: &uses})
	if len(shops) > 1 {
		which := ui.Choice{ID: "listing_ids", Name: "listing_ids", Legend: p.say("keys.shops"), Hint: p.say("keys.shops_hint"), Many: true, Optional: true}
		for _, x := range shops {
			which.Options = append(which.Options, ui.Pick{Value: x.ID, Label: p.name(x.Name), Checked: f != nil && slices.Contains(f.Values["listing_ids"], x.ID)})
		}
		form.Parts = append(form.Parts, ui.FormPart{Choice: &which})
	}
	form.Parts = append(form.Parts, input(f, "until", p.say("keys.until"), func(x *ui.Field) {
		x.Type, x.Short, x.Hint = "date", true, p.say("keys.until_hint")
		if f == nil {
			x.Value = (calendar.Today(p.now) + 364).String()
		}
	}))
	v.add(section{ID: "new", Title: p.say("keys.new"), Forms: []*ui.Form{form}})
	return v, form, nil
}

// useWords says what a key may do.
func useWords(p *speaker, a access.Action) string {
	return p.say("keys.use." + strings.TrimPrefix(string(a), "listing."))
}

// keyRecord is a key in the list.
func (s *Site) keyRecord(p *speaker, by access.Actor, merchantID string, k *apikey.Item) ui.Record {
	uses := []string{}
	for _, a := range keyUses {
		if slices.Contains(k.Actions, a) {
			uses = append(uses, useWords(p, a))
		}
	}
	if len(uses) == 0 {
		uses = append(uses, p.say("keys.use.open"))
	}
	r := ui.Record{Title: k.Name, Lines: []string{"sq_" + k.Prefix + "_…", strings.Join(uses, p.say("empty.and"))}}
	if n := len(k.ListingIDs); n > 0 {
		r.Lines = append(r.Lines, p.count("keys.of_shops", n))
	}
	used := p.say("keys.never")
	if !k.LastUsed.IsZero() {
		used = p.say("keys.used", "When", stamp(p, k.LastUsed), "Today", k.Today, "Daily", k.Daily)
	}
	r.Lines = append(r.Lines, used)
	switch {
	case !k.EndedAt.IsZero():
		r.Tag, r.State = p.say("keys.over", "Day", dayOf(p, k.EndedAt)), ui.TaskDone
	case !k.Live:
		r.Tag, r.State = p.say("keys.past", "Day", dayOf(p, k.ExpiresAt.Add(-time.Second))), ui.TaskDone
	default:
		r.Tag, r.State = p.say("keys.good", "Day", dayOf(p, k.ExpiresAt.Add(-time.Second))), ui.TaskWait
		if access.Can(by, access.KeyEnd, access.Thing{Kind: "api_key", MerchantID: merchantID}) {
			r.Buttons = []ui.Button{{Label: p.say("keys.end"), Kind: "alt s", Name: "end", Value: k.ID}}
		}
	}
	return r
}

// keySent: POST /my/merchants/:id/keys. The key is in this one answer and nowhere else.
func (s *Site) keySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	w := apikey.Wish{MerchantID: c.Params("id"), Name: f.Get("name"), ListingIDs: f.Values["listing_ids"], Until: f.Get("until")}
	for _, a := range f.Values["actions"] {
		w.Actions = append(w.Actions, access.Action(a))
	}
	if len(w.Actions) > 0 {
		w.Actions = append(w.Actions, access.ListingOpen)
	}
	plain, item, err := s.makeKey(c, w)
	if err != nil {
		v, form, caseErr := s.keysCase(c, p, f)
		if caseErr != nil || form == nil {
			return err
		}
		return s.showCase(c, p, v, form, err)
	}
	return s.showForm(c, p, formPage{
		Up: &ui.Link{Label: p.say("keys.title"), Href: at(c, "/my/merchants/"+w.MerchantID+"/keys")}, Title: p.say("keys.made", "Name", item.Name),
		Callouts: []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("keys.once"), Text: p.say("keys.secret")}},
		List:     []string{plain}, Links: []ui.Link{{Label: p.say("keys.document"), Href: at(c, "/api")}},
	}, nil)
}

// makeKey makes a key for shops that the merchant has.
func (s *Site) makeKey(c *fiber.Ctx, w apikey.Wish) (plain string, item apikey.Item, err error) {
	shops, err := s.services.Merchants.Shops.ShopsOf(c.UserContext(), w.MerchantID)
	if err != nil {
		return "", item, err
	}
	for _, id := range w.ListingIDs {
		if !slices.ContainsFunc(shops, func(x merchant.Shop) bool { return x.ID == id }) {
			return "", item, fault.Wrong("listing_ids", "error.choice", nil)
		}
	}
	return s.services.APIKeys.Make(c.UserContext(), Of(c).Actor, w)
}

// keyEndSent: POST /my/merchants/:id/keys/end.
func (s *Site) keyEndSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, merchantID := c.UserContext(), Of(c).Actor, c.Params("id")
	keys, err := s.services.APIKeys.List(ctx, by, merchantID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(keys, func(k apikey.Item) bool { return k.ID == f.Get("end") }) {
		return fault.Missing()
	}
	if err := s.services.APIKeys.End(ctx, by, f.Get("end"), ""); err != nil {
		return err
	}
	return see(c, "/my/merchants/"+merchantID+"/keys?done=ended")
}
