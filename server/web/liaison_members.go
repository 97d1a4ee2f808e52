package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// membersPage: GET /liaison/members (gone).
func (s *Site) membersPage(c *fiber.Ctx) error { return s.shown(c, s.membersCase) }

func (s *Site) membersCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	gone := c.Query("gone") != ""
	list, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, gone)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("assembly.members"), Lead: p.say("assembly.members_lead"), Links: []ui.Link{
		{Label: p.say("assembly.roster_table"), Href: at(c, "/liaison/roster")}, {Label: p.say("assembly.roster_table_csv"), Href: at(c, "/liaison/roster?format=csv")},
	}}
	v.Chips = []ui.Chip{{Label: p.say("assembly.seated"), Href: at(c, "/liaison/members"), On: !gone}, {Label: p.say("assembly.gone"), Href: at(c, "/liaison/members") + "?gone=1", On: gone}}
	records := ui.Records{Empty: p.say("assembly.no_member")}
	for i := range list {
		o := &list[i]
		name, in := o.Name.In(p.Lang)
		r := ui.Record{Title: name, Lang: in, Href: at(c, "/liaison/members/"+o.ID), Lines: []string{p.say("assembly.kind." + string(o.Kind)), o.Seat}}
		r.Tag, r.State = listedWords(p, o)
		records.Items = append(records.Items, r)
	}
	v.add(section{Title: p.say("assembly.list.members"), Records: &records})
	if Of(c).Actor.Is("liaison") {
		places, err := s.servable(c)
		if err != nil {
			return nil, err
		}
		v.add(section{ID: "new", Title: p.say("assembly.member_new"), Forms: []*ui.Form{
			s.act(c, "member", at(c, "/liaison/members"), 0, p.say("assembly.member_add"), memberParts(p, only(f, "member"), "member", nil, places)...),
		}})
	}
	return v, nil
}

// listedWords says whether the public reads of a member.
func listedWords(p *speaker, o *assembly.Organisation) (string, ui.TaskState) {
	switch {
	case !o.Active:
		return p.say("assembly.left"), ui.TaskDone
	case o.Listed():
		return p.say("assembly.listed"), ui.TaskWait
	case o.Visibility == assembly.Public:
		return p.say("assembly.not_agreed"), ui.TaskTodo
	}
	return p.say("assembly.visibility." + string(o.Visibility)), ui.TaskDone
}

// servable is a place that an organisation can look after.
type servable struct {
	ID   string
	Name lang.Text
}

// servable are the plazas, and the streets of the district.
func (s *Site) servable(c *fiber.Ctx) ([]servable, error) {
	plazas, err := s.services.Places.Plazas(c.UserContext())
	if err != nil {
		return nil, err
	}
	out := []servable{}
	for i := range plazas {
		out = append(out, servable{plazas[i].ID, plazas[i].Name})
	}
	streets, err := s.services.Places.Streets(c.UserContext())
	for i := range streets {
		if streets[i].Core {
			out = append(out, servable{streets[i].ID, streets[i].Name})
		}
	}
	return out, err
}

// memberParts are the fields of a member; o is nil for a new one, which can be linked to a shop.
func memberParts(p *speaker, f *form, id string, o *assembly.Organisation, places []servable) []ui.FormPart {
	stored := assembly.Organisation{Kind: assembly.Merchant, Visibility: assembly.Station, Since: p.now.Format(time.DateOnly)}
	if o != nil {
		stored = *o
	}
	out := threefold(p, f, id, "name", p.say("assembly.name"), stored.Name, func(x *ui.Field) { x.Max = assembly.MaxName })
	kinds, sees := []ui.Option{}, []ui.Option{}
	for _, k := range assembly.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: p.say("assembly.kind." + string(k)), Checked: typedOr(f, "kind", string(stored.Kind)) == string(k)})
	}
	for _, k := range assembly.Visibilities {
		sees = append(sees, ui.Option{Value: string(k), Label: p.say("assembly.visibility." + string(k)), Checked: typedOr(f, "visibility", string(stored.Visibility)) == string(k)})
	}
	out = append(out, filled(f, id, "kind", p.say("assembly.kind_label"), "", func(x *ui.Field) { x.Options = kinds }))
	if o == nil {
		out = append(out, filled(f, id, "shop", p.say("assembly.shop"), "", func(x *ui.Field) { x.Optional, x.Hint = true, p.say("assembly.shop_hint") }))
	}
	serves := ui.Choice{ID: id + "-serves", Name: "serves", Legend: p.say("assembly.serves"), Hint: p.say("assembly.serves_hint"), Many: true, Columns: true, Optional: true}
	for _, x := range places {
		on := slices.Contains(stored.Serves, x.ID)
		if f != nil {
			on = slices.Contains(f.Values["serves"], x.ID)
		}
		serves.Options = append(serves.Options, ui.Pick{Value: x.ID, Label: p.name(x.Name), Checked: on})
	}
	return append(out,
		filled(f, id, "seat", p.say("assembly.seat"), stored.Seat, func(x *ui.Field) { x.Optional, x.Max, x.Hint = true, assembly.MaxName, p.say("assembly.seat_hint") }),
		filled(f, id, "since", p.say("assembly.since"), stored.Since, func(x *ui.Field) { x.Type, x.Short = "date", true }),
		filled(f, id, "desk", p.say("assembly.desk_title"), stored.Desk.Title, func(x *ui.Field) { x.Optional, x.Max, x.Hint = true, assembly.MaxName, p.say("assembly.desk_hint") }),
		filled(f, id, "phone", p.say("assembly.desk_phone"), stored.Desk.Phone, func(x *ui.Field) { x.Optional, x.Type = true, "tel" }),
		ui.FormPart{Choice: &serves},
		filled(f, id, "duties", p.say("assembly.duties"), stored.Duties, func(x *ui.Field) { x.Optional, x.Max, x.Hint = true, assembly.MaxName, p.say("assembly.duties_hint") }),
		filled(f, id, "visibility", p.say("assembly.visibility_label"), "", func(x *ui.Field) { x.Options = sees }))
}

func typedMember(f *form) assembly.Details {
	return assembly.Details{
		Name: typedText(f, "name"), Kind: assembly.Kind(f.Get("kind")), Seat: f.Get("seat"), Since: f.Get("since"),
		Desk: assembly.Desk{Title: f.Get("desk"), Phone: f.Get("phone")}, Visibility: assembly.Visibility(f.Get("visibility")),
		Serves: f.Values["serves"], Duties: f.Get("duties"),
	}
}

// memberAdded: POST /liaison/members.
func (s *Site) memberAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	d := typedMember(f)
	if d.MerchantID, err = s.merchantOf(c, f.Get("shop")); err == nil {
		var o assembly.Organisation
		if o, err = s.services.Assembly.Add(c.UserContext(), Of(c).Actor, d); err == nil {
			return see(c, "/liaison/members/"+o.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.membersCase)
}

// merchantOf finds who runs a shop by the address of its page: fault.Invalid when there is no such shop, or it is nobody's.
func (s *Site) merchantOf(c *fiber.Ctx, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	l, err := s.shopAt(c, typed)
	switch {
	case fault.Is(err, fault.NotFound):
		return "", fault.Wrong("shop", "assembly.wrong.shop", nil)
	case err != nil:
		return "", err
	}
	if l.MerchantID == "" {
		return "", fault.Wrong("shop", "assembly.wrong.unclaimed", nil)
	}
	return l.MerchantID, nil
}

// shopAt finds a shop by the address of its public page, or the last part of it: fault.NotFound.
func (s *Site) shopAt(c *fiber.Ctx, typed string) (listing.Listing, error) {
	slug := strings.TrimSpace(typed)
	if u, err := url.Parse(slug); err == nil {
		_, path := lang.FromPath(u.Path)
		slug = strings.TrimPrefix(path, "/shops/")
	}
	l, err := s.services.Listings.Published(c.UserContext(), strings.Trim(slug, "/"))
	if err != nil {
		return l, err
	}
	return s.services.Listings.Get(c.UserContext(), l.ID) // whole, with whose it is
}

// seatPage: GET /liaison/members/:id.
func (s *Site) seatPage(c *fiber.Ctx) error { return s.shown(c, s.seatCase) }

func (s *Site) seatCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	o, err := s.services.Assembly.Organisation(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/liaison/members/"+o.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.members"), Href: at(c, "/liaison/members")}, Title: p.name(o.Name)}
	if w := saidHere(c, "saved", "agreed", "revoked", "invited", "uninvited", "dismissed"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	tag, _ := listedWords(p, &o)
	facts := fact(nil, p.say("assembly.public_list"), tag)
	facts = append(facts, consentFact(p, &o)...)
	if n := len(o.Signed); n > 0 {
		facts = fact(facts, p.say("assembly.pact"), p.say("assembly.signed_version", "N", o.Signed[n-1].Version, "Day", dayOf(p, o.Signed[n-1].At)))
	}
	places, err := s.servable(c)
	if err != nil {
		return nil, err
	}
	served := []string{}
	for _, x := range places {
		if slices.Contains(o.Serves, x.ID) {
			served = append(served, p.name(x.Name))
		}
	}
	facts = fact(facts, p.say("assembly.serves"), strings.Join(served, p.say("empty.and")))
	facts = fact(facts, p.say("assembly.duties"), o.Duties)
	v.add(section{Facts: facts})
	may := Of(c).Actor.Is("liaison")
	acting, err := s.actingSection(c, p, &o, f, may)
	if err != nil {
		return nil, err
	}
	v.add(acting)
	offered, err := s.offeredBy(c, p, &o)
	if err != nil {
		return nil, err
	}
	v.add(offered)
	opened, err := s.openedByMember(c, p, &o)
	if err != nil {
		return nil, err
	}
	v.add(opened)
	if !may {
		return v, nil
	}
	if o.Active {
		v.add(section{Title: p.say("assembly.consent"), Text: p.say("assembly.consent_words"), Forms: []*ui.Form{s.consentForm(c, p, &o, here+"/consent", p.say("assembly.agree_paper"))}})
		v.add(section{Title: p.say("assembly.details"), Forms: []*ui.Form{s.act(c, "member", here, o.Rev, p.say("assembly.save"), memberParts(p, only(f, "member"), "member", &o, places)...)}})
	}
	word := p.say("assembly.leave")
	if !o.Active {
		word = p.say("assembly.rejoin")
	}
	end := s.act(c, "leave", here, o.Rev, word)
	end.Bar.Buttons[0].Kind = "alt"
	v.add(section{Title: p.say("assembly.seat"), Forms: []*ui.Form{end}})
	return v, nil
}

// consentFact says who agreed to be listed, and when.
func consentFact(p *speaker, o *assembly.Organisation) []ui.Fact {
	if o.Consent == nil {
		return nil
	}
	way := "assembly.consent_self"
	if o.Consent.Paper {
		way = "assembly.consent_paper"
	}
	return fact(nil, p.say("assembly.consent"), p.say(way, "When", stamp(p, o.Consent.At), "N", o.Consent.Words))
}

// consentForm is one press: agree, or take it back.
func (s *Site) consentForm(c *fiber.Ctx, p *speaker, o *assembly.Organisation, action, agree string) *ui.Form {
	do := ui.Button{Label: agree, Name: "do", Value: "agree"}
	if o.Consent != nil {
		do = ui.Button{Label: p.say("assembly.revoke"), Kind: "alt", Name: "do", Value: "revoke"}
	}
	x := s.act(c, "consent", action, 0, "")
	x.Bar.Buttons = []ui.Button{do}
	return x
}

// memberConsentSent: POST /liaison/members/:id/consent (do).
func (s *Site) memberConsentSent(c *fiber.Ctx) error {
	done, err := s.consented(c)
	if err != nil {
		return err
	}
	return see(c, "/liaison/members/"+c.Params("id")+"?done="+done)
}

// consented carries out one press of consentForm.
func (s *Site) consented(c *fiber.Ctx) (string, error) {
	f, err := s.form(c)
	if err != nil {
		return "", err
	}
	yes := f.Get("do") == "agree"
	if !yes && f.Get("do") != "revoke" {
		return "", fiber.ErrBadRequest
	}
	if _, err := s.services.Assembly.Agree(c.UserContext(), Of(c).Actor, c.Params("id"), yes); err != nil {
		return "", err
	}
	return map[bool]string{true: "agreed", false: "revoked"}[yes], nil
}

// seatSent: POST /liaison/members/:id (form: member, leave).
func (s *Site) seatSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	o, err := s.services.Assembly.Organisation(ctx, by, id)
	if err != nil {
		return err
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	switch f.Get("form") {
	case "member":
		_, err = s.services.Assembly.Edit(ctx, by, id, rev, typedMember(f))
	case "leave":
		_, err = s.services.Assembly.Leave(ctx, by, id, rev, o.Active)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/members/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.seatCase)
}
