package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
)

// activitiesPage: GET /liaison/activities (state, after).
func (s *Site) activitiesPage(c *fiber.Ctx) error { return s.shown(c, s.activitiesCase) }

func (s *Site) activitiesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	state := activity.Planned
	v := &casePage{Title: p.say("activity.title"), Lead: p.say("activity.desk_lead"), Links: []ui.Link{{Label: p.say("activity.public_calendar"), Href: at(c, "/activities")}}}
	for _, x := range activity.States {
		if c.Query("state") == string(x) {
			state = x
		}
	}
	for _, x := range activity.States {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("activity.state." + string(x)), Href: at(c, "/liaison/activities") + "?state=" + string(x), On: x == state})
	}
	page, err := s.services.Activities.List(c.UserContext(), Of(c).Actor, state, c.Query("after"), onLiaison)
	if err != nil {
		return nil, err
	}
	x := section{Records: &ui.Records{Empty: p.say("activity.none")}}
	for i := range page.Items {
		x.Records.Items = append(x.Records.Items, activityRecord(c, p, &page.Items[i]))
	}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/liaison/activities") + "?state=" + string(state) + "&after=" + escaped(page.Next)}}
	}
	v.add(x)
	if Of(c).Actor.Is(access.Liaison) {
		parts, err := s.activityParts(c, p, only(f, "activity"), nil)
		if err != nil {
			return nil, err
		}
		v.add(section{ID: "new", Title: p.say("activity.add"), Forms: []*ui.Form{s.act(c, "activity", at(c, "/liaison/activities"), 0, p.say("activity.add_send"), parts...)}})
	}
	return v, nil
}

func activityRecord(c *fiber.Ctx, p *speaker, a *activity.Activity) ui.Record {
	x := a.Plan()
	title, in := x.Title.In(p.Lang)
	r := ui.Record{Title: title, Lang: in, Href: at(c, "/liaison/activities/"+a.ID), Lines: []string{whenWords(p, x.From, x.Until), x.Place}}
	if x.Capacity > 0 {
		r.Lines = append(r.Lines, p.say("activity.taken", "N", a.TakenSum(), "Of", x.Capacity))
	}
	if w := gateWords(p, a.Page.Asked, a.Page.Reason, a.Shown); w != "" {
		r.Lines = append(r.Lines, w)
	}
	r.Tag, r.State = activityTag(p, a)
	return r
}

// memberOptions are the members to choose from, after none. theirs are those whose something is now: also one that has left is there,
// by its name.
func memberOptions(p *speaker, members []assembly.Organisation, names map[string]lang.Text, none, chosen string, theirs ...string) []ui.Option {
	out := []ui.Option{{Value: "", Label: none, Checked: chosen == ""}}
	for _, o := range members {
		out = append(out, ui.Option{Value: o.ID, Label: p.name(o.Name), Checked: o.ID == chosen})
	}
	for _, id := range theirs {
		if id != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == id }) {
			out = append(out, ui.Option{Value: id, Label: p.name(names[id]), Checked: id == chosen})
		}
	}
	return out
}

// typedOr is what was typed, or what is stored.
func typedOr(f *form, name, stored string) string {
	if f != nil {
		return f.Get(name)
	}
	return stored
}

// activityParts are the fields of an activity; a is nil for a new one.
func (s *Site) activityParts(c *fiber.Ctx, p *speaker, f *form, a *activity.Activity) ([]ui.FormPart, error) {
	members, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, false)
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	was := activity.Plan{}
	day, from, until, capacity := "", "", "", ""
	if a != nil {
		was = *a.Plan()
		from, until = ui.Clock(was.From.In(calendar.Shanghai)), ui.Clock(was.Until.In(calendar.Shanghai))
		day = was.From.In(calendar.Shanghai).Format(time.DateOnly)
		if was.Capacity > 0 {
			capacity = strconv.Itoa(was.Capacity)
		}
	}
	const id = "activity"
	out := threefold(p, f, id, "title", p.say("activity.name"), was.Title, func(x *ui.Field) { x.Max = activity.MaxTitle })
	out = append(out, threefold(p, f, id, "text", p.say("activity.text"), was.Text, func(x *ui.Field) {
		x.Type, x.Max, x.Rows, x.Optional, x.Hint = "textarea", activity.MaxText, 4, true, p.say("activity.text_hint")
	})...)
	return append(out,
		filled(f, id, "organiser", p.say("activity.organiser"), "", func(x *ui.Field) {
			x.Options = memberOptions(p, members, names, p.say("activity.station"), typedOr(f, "organiser", was.OrganiserID), was.OrganiserID)
		}),
		filled(f, id, "place", p.say("activity.place"), was.Place, func(x *ui.Field) { x.Max = activity.MaxPlace }),
		filled(f, id, "day", p.say("activity.day"), day, func(x *ui.Field) { x.Type, x.Short = "date", true }),
		filled(f, id, "from", p.say("activity.from"), from, func(x *ui.Field) { x.Type, x.Short, x.Hint = "text", true, p.say("activity.clock_hint") }),
		filled(f, id, "until", p.say("activity.until"), until, func(x *ui.Field) { x.Type, x.Short = "text", true }),
		filled(f, id, "capacity", p.say("activity.capacity"), capacity, func(x *ui.Field) {
			x.InputMode, x.Short, x.Optional, x.Hint = "numeric", true, true, p.say("activity.capacity_hint")
		})), nil
}

// typedActivity reads the fields of an activity. What is no number or time the service says at its field.
func typedActivity(f *form) activity.Details {
	when := func(clock string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", f.Get("day")+" "+clock, calendar.Shanghai)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	return activity.Details{Title: typedText(f, "title"), Text: typedText(f, "text"), OrganiserID: f.Get("organiser"), Place: f.Get("place"), From: when(f.Get("from")), Until: when(f.Get("until")), Capacity: countTyped(f.Get("capacity"))}
}

// countTyped reads a count: none for nothing, -1 for what is no number, which every service refuses.
func countTyped(typed string) int {
	if lang.Clean(typed) == "" {
		return 0
	}
	n, err := strconv.Atoi(lang.Clean(typed))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// activityPlanned: POST /liaison/activities.
func (s *Site) activityPlanned(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	a, err := s.services.Activities.Plan(c.UserContext(), Of(c).Actor, typedActivity(f))
	if err == nil {
		return see(c, "/liaison/activities/"+a.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.activitiesCase)
}

// activityPage: GET /liaison/activities/:id.
func (s *Site) activityPage(c *fiber.Ctx) error { return s.shown(c, s.activityCase) }

func (s *Site) activityCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	a, err := s.services.Activities.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	here, plan, g := at(c, "/liaison/activities/"+a.ID), a.Plan(), &a.Page
	v := &casePage{Up: &ui.Link{Label: p.say("activity.title"), Href: at(c, "/liaison/activities")}, Title: p.name(plan.Title), Lead: gateWords(p, g.Asked, g.Reason, a.Shown)}
	if w := saidHere(c, "saved", "places", "photo", "removed", "waits"); w != "" {
		v.ok(p.say("activity.done." + w))
	}
	if a.Overdue(p.now) {
		v.warn(p.say("activity.overdue"))
	}
	tag, _ := activityTag(p, &a)
	facts := fact(nil, p.say("activity.how_far"), tag)
	facts = fact(facts, p.say("activity.why"), plan.Why)
	facts = append(facts, activityFacts(p, &a)...)
	if name := p.name(names[plan.OrganiserID]); name != "" {
		facts = fact(facts, p.say("activity.organiser"), name)
	}
	x := section{Facts: facts}
	if a.Shown {
		x.Links = []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/activities/"+a.ID)}}
	}
	v.add(x)
	if Of(c).Actor.Is(access.Liaison) && g.Asked == "" && g.Ahead() {
		v.add(s.toApprove(c, p, here, a.Rev))
	}
	if plan.Capacity > 0 {
		v.add(s.takenSection(c, p, f, &a, names, here))
	}
	if came := activityOutcome(s, c, p, &a); came != nil {
		came.Article.Photos = nil // they stand below, with whose word they are shown on
		v.add(*came)
	}
	if a.State != activity.Planned {
		v.add(s.activityPhotos(c, p, f, &a, here))
	}
	if !Of(c).Actor.Is(access.Liaison) {
		return v, nil
	}
	if err := s.activitySteps(c, p, f, &a, here, v); err != nil || !a.Shown {
		return v, err
	}
	v.add(s.toWithdraw(c, p, here, a.Rev))
	return v, nil
}

// activitySaid is everything that is said of an activity, as everybody will read it.
func activitySaid(p *speaker, a *activity.Activity, names map[string]lang.Text) []section {
	x := a.Plan()
	facts := fact(activityFacts(p, a), p.say("activity.organiser"), p.name(names[x.OrganiserID]))
	facts = fact(facts, p.say("activity.why"), x.Why)
	if x.Came > 0 {
		facts = fact(facts, p.say("activity.came"), p.count("activity.people", x.Came))
	}
	out := []section{inEveryLanguage(p.say("activity.name"), x.Title), inEveryLanguage(p.say("activity.text"), x.Text), {Facts: facts}, inEveryLanguage(p.say("activity.result"), x.Result)}
	if photos := x.Pictures(); len(photos) > 0 {
		out = append(out, section{Title: p.say("activity.photos"), Article: &ui.Article{Photos: noticePhotos(p, photos)}})
	}
	return out
}

// takenSection says how many places each organisation has.
func (s *Site) takenSection(c *fiber.Ctx, p *speaker, f *form, a *activity.Activity, names map[string]lang.Text, here string) section {
	x := section{ID: "places", Title: p.say("activity.by_organisation"), Text: p.say("activity.no_roster")}
	list := ui.Records{Empty: p.say("activity.nobody")}
	for _, t := range a.Taken {
		list.Items = append(list.Items, ui.Record{Title: p.name(names[t.OrganisationID]), Lines: []string{p.count("activity.people", t.N), stamp(p, t.At)}})
	}
	x.Records = &list
	if !a.OpenTo(p.now) || !Of(c).Actor.Is(access.Liaison) {
		return x
	}
	members, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, false)
	if err != nil || len(members)+len(a.Taken) == 0 {
		p.note(err)
		return x
	}
	theirs := []string{}
	for _, t := range a.Taken {
		theirs = append(theirs, t.OrganisationID)
	}
	g := only(f, "places")
	x.Forms = []*ui.Form{s.act(c, "places", here, 0, p.say("activity.note_places"),
		filled(g, "places", "organisation", p.say("activity.organisation"), "", func(y *ui.Field) {
			y.Options = memberOptions(p, members, names, p.say("activity.choose"), typedOr(g, "organisation", ""), theirs...)
		}),
		filled(g, "places", "n", p.say("activity.how_many"), "", func(y *ui.Field) { y.InputMode, y.Short, y.Hint = "numeric", true, p.say("activity.zero_hint") }))}
	return x
}

// activityPhotos are the pictures with whose word they are shown on, and the form that adds one.
func (s *Site) activityPhotos(c *fiber.Ctx, p *speaker, f *form, a *activity.Activity, here string) section {
	x := section{ID: "photos", Title: p.say("activity.photos")}
	list := ui.Records{Action: here + "/photos", CSRF: s.token(Of(c)), Empty: p.say("activity.no_photo")}
	for i, photo := range a.Plan().Photos {
		who := photo.Consent.AccountID
		if acc, err := s.services.Accounts.Get(c.UserContext(), who); err == nil {
			who = acc.Name
		}
		r := ui.Record{Title: p.say("activity.photo_n", "N", i+1), Lines: []string{p.say("activity.basis." + string(photo.Consent.Basis)), p.say("activity.said_by", "Name", who, "When", stamp(p, photo.Consent.At)), p.say("consents.version", "Version", photo.Consent.Words)}}
		if caption, _ := photo.Caption.In(p.Lang); caption != "" {
			r.Title = caption
		}
		if len(photo.Widths) > 0 {
			r.Href = pictureHref(&photo.Photo, photo.Widths[0])
		}
		if Of(c).Actor.Is(access.Liaison) {
			r.Buttons = []ui.Button{{Label: p.say("activity.photo_remove"), Kind: "alt s", Name: "remove", Value: photo.Key}}
		}
		list.Items = append(list.Items, r)
	}
	x.Records = &list
	if !Of(c).Actor.Is(access.Liaison) || a.State == activity.Cancelled || len(a.Plan().Photos) >= activity.MaxPhotos {
		return x
	}
	g := only(f, "photo")
	bases := []ui.Pick{}
	for _, b := range activity.Bases {
		bases = append(bases, ui.Pick{Value: string(b), Label: p.say("activity.basis." + string(b)), Checked: typedOr(g, "basis", "") == string(b)})
	}
	form := s.act(c, "photo", here+"/photos", a.Rev, p.say("activity.photo_send"),
		field(g, "photo", "photo", p.say("activity.photo"), func(y *ui.Field) { y.Type, y.Accept = "file", "image/jpeg,image/png,image/webp" }),
		filled(g, "photo", "caption", p.say("activity.caption"), "", func(y *ui.Field) { y.Max, y.Optional = 40, true }),
		ui.FormPart{Choice: &ui.Choice{ID: "photo-basis", Name: "basis", Legend: p.say("activity.faces"), Hint: p.say("activity.faces_hint"), Options: bases}})
	form.Files = true
	x.Forms = []*ui.Form{form}
	return x
}

// activitySteps are what the liaison can do next.
func (s *Site) activitySteps(c *fiber.Ctx, p *speaker, f *form, a *activity.Activity, here string, v *casePage) error {
	if a.State != activity.Planned && a.State != activity.Underway {
		return nil
	}
	if a.State == activity.Planned {
		x := s.act(c, "start", here, a.Rev, p.say("activity.start_send"))
		x.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("activity.start"), Forms: []*ui.Form{x}})
	}
	if !p.now.Before(a.Plan().From) {
		g := only(f, "finish")
		parts := threefold(p, g, "finish", "result", p.say("activity.result"), lang.Text{}, func(x *ui.Field) { x.Type, x.Max = "textarea", activity.MaxText })
		parts = append([]ui.FormPart{filled(g, "finish", "came", p.say("activity.came"), "", func(x *ui.Field) {
			x.InputMode, x.Short, x.Optional, x.Hint = "numeric", true, true, p.say("activity.came_hint")
		})}, parts...)
		v.add(section{Title: p.say("activity.finish"), Forms: []*ui.Form{s.act(c, "finish", here, a.Rev, p.say("activity.finish_send"), parts...)}})
	}
	parts, err := s.activityParts(c, p, only(f, "activity"), a)
	if err != nil {
		return err
	}
	v.add(section{Title: p.say("activity.change"), Forms: []*ui.Form{s.act(c, "activity", here, a.Rev, p.say("assembly.save"), parts...)}})
	x := s.act(c, "cancel", here, a.Rev, p.say("activity.cancel_send"),
		filled(only(f, "cancel"), "cancel", "why", p.say("activity.why"), "", func(y *ui.Field) { y.Max, y.Hint = activity.MaxReason, p.say("activity.why_hint") }))
	x.Bar.Buttons[0].Kind = "alt"
	v.add(section{Title: p.say("activity.cancel"), Forms: []*ui.Form{x}})
	return nil
}

// activitySent: POST /liaison/activities/:id (form: activity, submit, withdraw, start, finish, cancel, places).
func (s *Site) activitySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, done, a := c.UserContext(), Of(c).Actor, c.Params("id"), "saved", s.services.Activities
	var rev int64
	if f.Get("form") != "places" { // a number of places is right whatever else changed
		if rev, err = f.rev(); err != nil {
			return err
		}
	}
	switch f.Get("form") {
	case "activity":
		_, err = a.Edit(ctx, by, id, rev, typedActivity(f))
	case "submit":
		done = "waits"
		_, err = a.Submit(ctx, by, id, rev)
	case "withdraw":
		_, err = a.Withdraw(ctx, by, id, rev)
	case "start":
		_, err = a.Start(ctx, by, id, rev)
	case "finish":
		_, err = a.Finish(ctx, by, id, rev, countTyped(f.Get("came")), typedText(f, "result"))
	case "cancel":
		_, err = a.Cancel(ctx, by, id, rev, f.Get("why"))
	case "places":
		done = "places"
		if f.Get("organisation") == "" {
			err = fault.Wrong("organisation", "error.choice", nil)
		} else {
			_, err = a.TakePlaces(ctx, by, f.Get("organisation"), id, countTyped(f.Get("n")))
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/activities/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.activityCase)
}

// activityPhotoSent: POST /liaison/activities/:id/photos (rev, photo, caption, basis; or remove: a key). A picture nobody answers for is
// not even stored.
func (s *Site) activityPhotoSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, back := c.UserContext(), Of(c).Actor, c.Params("id"), "/liaison/activities/"+c.Params("id")
	if _, err := s.services.Activities.Get(ctx, by, id); err != nil {
		return err
	}
	if key := f.Get("remove"); key != "" {
		gone, err := s.services.Activities.DropPhoto(ctx, by, id, key)
		if err != nil {
			return err
		}
		if err := s.services.Photos.Delete(ctx, gone); err != nil {
			return err
		}
		return see(c, back+"?done=removed#photos")
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	err = s.addActivityPhoto(c, f, id, rev)
	if err == nil {
		return see(c, back+"?done=photo#photos")
	}
	return s.refused(c, f, err, s.activityCase)
}

func (s *Site) addActivityPhoto(c *fiber.Ctx, f *form, id string, rev int64) error {
	ctx, by, basis := c.UserContext(), Of(c).Actor, activity.Basis(f.Get("basis"))
	if err := activity.CheckBasis(basis); err != nil {
		return err
	}
	if len(f.files["photo"]) == 0 {
		return fault.Wrong("photo", "activity.wrong.photo", nil)
	}
	photo, err := s.services.Photos.Add(ctx, asUpload(f.files["photo"][0]), lang.Text{Hans: lang.Clean(f.Get("caption"))}, by.AccountID, media.Usage{})
	if why, _ := refusal(s.speaker(c), err); err != nil && why != "" {
		return fault.Wrong("photo", "assembly.wrong.photo", map[string]any{"Why": why})
	}
	if err == nil {
		_, err = s.services.Activities.AddPhoto(ctx, by, id, rev, photo, basis)
	}
	return err
}
