package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/vocabulary"
)

// taxonomyPage: GET /admin/taxonomy: groups, categories, formats and tags, with how many shops have each.
func (s *Site) taxonomyPage(c *fiber.Ctx) error {
	p, by := s.speaker(c), Of(c).Actor
	uses, err := s.services.Vocabulary.Uses(c.UserContext(), by)
	if err != nil {
		return err
	}
	may := by.Is(access.Admin)
	v := casePage{Title: p.say("words.taxonomy"), Lead: p.say("words.taxonomy_lead"), Links: []ui.Link{
		{Label: p.say("words.title"), Href: at(c, "/desk/words")}, {Label: p.say("words.editions"), Href: at(c, "/admin/taxonomy/editions")},
	}}
	if w := saidHere(c, "set", "add", "retire", "offer", "remove", "merge", "restore"); w != "" {
		v.ok(p.say("words.done." + w))
	}
	for _, axis := range vocabulary.Axes {
		count := map[string]map[string]int{"category": uses.Categories, "format": uses.Formats, "tag": uses.Tags}[axis]
		list := ui.Records{}
		for _, e := range s.services.Vocabulary.Entries(axis) {
			e = s.named(p, e)
			r := ui.Record{Title: p.name(e.Name), Lines: []string{e.ID}}
			if may {
				r.Href = at(c, "/admin/taxonomy/"+axis+"/"+e.ID)
			}
			if axis == "category" {
				if g, ok := s.services.Words().Group(e.Group); ok {
					r.Lines = append(r.Lines, p.name(g.Name))
				}
			}
			if count != nil {
				r.Lines = append(r.Lines, p.count("holidays.shops", count[e.ID]))
			}
			switch {
			case e.Retired:
				r.Tag, r.State = p.say("words.retired"), ui.TaskWait
			case e.Own:
				r.Tag, r.State = p.say("words.own"), ui.TaskDone
			}
			list.Items = append(list.Items, r)
		}
		x := section{ID: axis, Title: p.say("words.axis." + axis), Records: &list}
		if may {
			x.Links = []ui.Link{{Label: p.say("words.new." + axis), Href: at(c, "/admin/taxonomy/"+axis)}}
		}
		v.add(x)
	}
	return s.showCase(c, p, &v, nil, nil)
}

func axisOf(c *fiber.Ctx) (string, error) {
	axis := c.Params("axis")
	if !slices.Contains(vocabulary.Axes, axis) {
		return "", fault.Missing()
	}
	return strings.Clone(axis), nil
}

// newEntryPage: GET /admin/taxonomy/:axis: a new group, category, format or tag.
func (s *Site) newEntryPage(c *fiber.Ctx) error {
	axis, err := axisOf(c)
	if err != nil {
		return err
	}
	cur, err := s.services.Vocabulary.Current(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _ := s.entryCase(c, p, axis, nil, &form{Values: map[string][]string{"rev": {revision(cur.Number)}}})
	return s.showCase(c, p, v, nil, nil)
}

// newEntrySent: POST /admin/taxonomy/:axis.
func (s *Site) newEntrySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	axis, err := axisOf(c)
	if err != nil {
		return err
	}
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	x := entryTyped(f, axis)
	x.ID = strings.TrimSpace(f.Get("id"))
	if _, err := s.services.Vocabulary.Add(c.UserContext(), Of(c).Actor, number, x); err != nil {
		p := s.speaker(c)
		v, form := s.entryCase(c, p, axis, nil, f)
		return s.showCase(c, p, v, form, err)
	}
	return see(c, "/admin/taxonomy?done=add#"+axis)
}

func entryTyped(f *form, axis string) vocabulary.Entry {
	return vocabulary.Entry{
		Axis: axis, Name: lang.Text{Hans: f.Get("hans"), Hant: f.Get("hant"), En: f.Get("en")},
		Group: f.Get("group"), Terms: splitWords(f.Get("terms")), Schema: strings.TrimSpace(f.Get("schema")), Icon: strings.TrimSpace(f.Get("icon")),
	}
}

// entryPage: GET /admin/taxonomy/:axis/:id.
func (s *Site) entryPage(c *fiber.Ctx) error {
	axis, err := axisOf(c)
	if err != nil {
		return err
	}
	e, err := s.services.Vocabulary.Entry(axis, c.Params("id"))
	if err != nil {
		return err
	}
	cur, err := s.services.Vocabulary.Current(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	e = s.named(p, e)
	v, _ := s.entryCase(c, p, axis, &e, entryForm(&e, cur.Number))
	return s.showCase(c, p, v, nil, nil)
}

// entryForm is an entry as its form has it.
func entryForm(e *vocabulary.Entry, number int64) *form {
	return &form{Values: map[string][]string{
		"rev": {revision(number)}, "hans": {e.Name.Hans}, "hant": {e.Name.Hant}, "en": {e.Name.En}, "group": {e.Group},
		"terms": {strings.Join(e.Terms, "\n")}, "schema": {e.Schema}, "icon": {e.Icon},
	}}
}

// entryCase is the page of an entry, or of a new one when e is nil: its words, and what else can be done about it.
func (s *Site) entryCase(c *fiber.Ctx, p *speaker, axis string, e *vocabulary.Entry, f *form) (*casePage, *ui.Form) {
	v := &casePage{Up: &ui.Link{Label: p.say("words.taxonomy"), Href: at(c, "/admin/taxonomy#"+axis)}, Title: p.say("words.new." + axis)}
	to := at(c, "/admin/taxonomy/"+axis)
	reason := axis == vocabulary.TurnReasons || axis == vocabulary.ReportReasons || axis == vocabulary.LeadReasons
	x := &ui.Form{ID: "entry", Hidden: hidden("form", "set", "rev", f.Get("rev")), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("words.save"), Name: "do", Value: "set"}}}}
	if e != nil {
		to += "/" + e.ID
		v.Title = p.name(e.Name)
		v.Lead = p.say("words.axis."+axis) + " " + e.ID
		if e.Retired {
			text := p.say("words.retired_text")
			if reason {
				text = p.say("words.reason_retired")
			}
			v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("words.retired"), Text: text})
		}
	} else {
		x.Parts = append(x.Parts, input(f, "id", p.say("words.code"), func(y *ui.Field) { y.Short, y.Hint = true, p.say("words.code_hint") }))
	}
	x.Action = to
	for _, in := range []struct {
		name string
		tag  lang.Tag
	}{{"hans", lang.Hans}, {"hant", lang.Hant}, {"en", lang.En}} {
		x.Parts = append(x.Parts, input(f, in.name, p.say("words."+in.name), func(y *ui.Field) { y.Max, y.Lang = 40, in.tag }))
	}
	if axis == "category" {
		x.Parts = append(x.Parts, input(f, "group", p.say("words.axis.group"), func(y *ui.Field) { y.Type, y.Options = "select", s.entryOptions(p, "group", "", f.Get("group")) }))
	}
	if axis == "category" || axis == "tag" {
		x.Parts = append(x.Parts, input(f, "terms", p.say("words.terms"), func(y *ui.Field) { y.Type, y.Rows, y.Optional, y.Hint = "textarea", 8, true, p.say("words.terms_hint") }))
	}
	if axis == "category" {
		x.Parts = append(x.Parts, input(f, "schema", p.say("words.schema"), func(y *ui.Field) { y.Optional, y.Hint = true, p.say("words.schema_hint") }))
	}
	if axis == "tag" {
		x.Parts = append(x.Parts, input(f, "icon", p.say("words.icon"), func(y *ui.Field) { y.Type, y.Options = "select", s.iconOptions(p, f.Get("icon")) }))
	}
	v.add(section{Forms: []*ui.Form{x}})
	if e == nil {
		return v, x
	}
	press := func(id, title, text, button, do string, parts ...ui.FormPart) {
		v.add(section{Title: p.say(title), Text: p.say(text), Forms: []*ui.Form{{
			ID: id, Action: to, CSRF: s.token(Of(c)), Hidden: hidden("form", id, "rev", f.Get("rev")), Parts: parts,
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say(button), Kind: "alt", Name: "do", Value: do}}},
		}}})
	}
	switch {
	case reason && e.Retired:
		press("offer", "words.offer_title", "words.reason_offer", "words.offer", "offer")
		return v, x
	case reason:
		press("retire", "words.retire_title", "words.reason_retired", "words.retire", "retire")
		return v, x
	case e.Retired:
		press("offer", "words.offer_title", "words.offer_text", "words.offer", "offer")
	default:
		press("retire", "words.retire_title", "words.retire_text", "words.retire", "retire")
	}
	if axis == "category" {
		part := input(nil, "into", p.say("words.into"), func(y *ui.Field) { y.Type, y.Options = "select", s.entryOptions(p, "category", e.ID, "") })
		press("merge", "words.merge_title", "words.merge_text", "words.merge", "merge", part)
	}
	if e.Own {
		press("remove", "words.remove_title", "words.remove_text", "words.remove", "remove")
	}
	return v, x
}

// entryOptions are the entries of an axis that can be chosen, but one.
func (s *Site) entryOptions(p *speaker, axis, without, chosen string) []ui.Option {
	out := []ui.Option{{Label: p.say("words.choose")}}
	for _, e := range s.services.Vocabulary.Entries(axis) {
		if e.ID != without && !e.Retired {
			out = append(out, ui.Option{Value: e.ID, Label: p.name(e.Name), Checked: e.ID == chosen})
		}
	}
	return out
}

// iconOptions are the icons that tags have: those are drawn in every size and theme.
func (s *Site) iconOptions(p *speaker, chosen string) []ui.Option {
	out, seen := []ui.Option{{Label: p.say("words.choose")}}, map[string]bool{}
	for _, e := range s.services.Vocabulary.Entries("tag") {
		if !seen[e.Icon] {
			seen[e.Icon] = true
			out = append(out, ui.Option{Value: e.Icon, Label: e.Icon, Checked: e.Icon == chosen})
		}
	}
	return out
}

// entrySent: POST /admin/taxonomy/:axis/:id (rev, do, and what the form has).
func (s *Site) entrySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	axis, err := axisOf(c)
	if err != nil {
		return err
	}
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	ctx, by, words, id := c.UserContext(), Of(c).Actor, s.services.Vocabulary, strings.Clone(c.Params("id"))
	do := f.Get("do")
	switch do {
	case "set":
		x := entryTyped(f, axis)
		x.ID = id
		_, err = words.Set(ctx, by, number, x)
	case "retire", "offer":
		_, err = words.Retire(ctx, by, number, axis, id, do == "retire")
	case "merge":
		if axis != "category" {
			return fault.Missing()
		}
		_, _, err = words.Merge(ctx, by, number, id, f.Get("into"))
	case "remove":
		_, err = words.Remove(ctx, by, number, axis, id)
	default:
		return fault.New(fault.Invalid, "error.invalid", nil)
	}
	if err == nil {
		return see(c, "/admin/taxonomy?done="+do+"#"+axis)
	}
	e, openErr := words.Entry(axis, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	e = s.named(p, e)
	typed := f
	if do != "set" {
		typed = entryForm(&e, number)
	}
	v, form := s.entryCase(c, p, axis, &e, typed)
	if do != "set" {
		for _, x := range v.Sections {
			for _, y := range x.Forms {
				if y.ID == do {
					form = y
				}
			}
		}
	}
	return s.showCase(c, p, v, form, err)
}

// editionsPage: GET /admin/taxonomy/editions: what was changed and when; an earlier edition can be put in force again.
func (s *Site) editionsPage(c *fiber.Ctx) error { return s.showEditions(c, nil) }

func (s *Site) showEditions(c *fiber.Ctx, problem error) error {
	p, by := s.speaker(c), Of(c).Actor
	list, err := s.services.Vocabulary.Editions(c.UserContext(), by)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("words.taxonomy"), Href: at(c, "/admin/taxonomy")}, Title: p.say("words.editions"), Lead: p.say("words.editions_lead")}
	if problem != nil {
		v.warn(refused(p, problem))
		c.Status(statusOf[fault.KindOf(problem)])
	}
	records := ui.Records{Action: at(c, "/admin/taxonomy/editions"), CSRF: s.token(Of(c)), Empty: p.say("words.editions_none")}
	may := by.Is(access.Admin)
	current := int64(0)
	if len(list) > 0 {
		current = list[0].Number
	}
	back := func(n int64) []ui.Button {
		if !may || n == current {
			return nil
		}
		return []ui.Button{{Label: p.say("words.restore"), Name: "do", Value: revision(current) + ":" + revision(n), Kind: "alt s"}}
	}
	for i := range list {
		e := &list[i]
		r := ui.Record{Title: p.say("words.edition", "N", e.Number), Lines: []string{strings.TrimSpace(p.say("words.what."+e.What) + " " + e.About), stamp(p, e.CreatedAt)}, Buttons: back(e.Number)}
		if e.Restored > 0 {
			r.Lines = append(r.Lines, p.say("words.edition", "N", e.Restored))
		}
		if e.Fact.By.Name != "" {
			r.Lines = append(r.Lines, e.Fact.By.Name)
		}
		if i == 0 {
			r.Tag, r.State = p.say("words.in_force"), ui.TaskDone
		}
		records.Items = append(records.Items, r)
	}
	if current > 0 {
		records.Items = append(records.Items, ui.Record{Title: p.say("words.program"), Lines: []string{p.say("words.program_text")}, Buttons: back(0)})
	}
	v.add(section{Title: p.say("words.each_edition"), Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// editionsSent: POST /admin/taxonomy/editions (do = the edition in force and the one to put in force).
func (s *Site) editionsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	now, then, _ := strings.Cut(f.Get("do"), ":")
	f.Set("rev", now)
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	f.Set("rev", then)
	earlier, err := numberOf(f)
	if err != nil {
		return err
	}
	if _, err := s.services.Vocabulary.Restore(c.UserContext(), Of(c).Actor, number, earlier); err != nil {
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
			return s.showEditions(c, err)
		}
		return err
	}
	return see(c, "/admin/taxonomy?done=restore")
}
