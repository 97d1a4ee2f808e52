package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/bulk"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// batchRoutes change many shops at once.
func (s *Site) batchRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/desk/batches", Handle: s.batchesPage, Kind: Private, Needs: access.RegisterBatch},
		{Method: http.MethodGet, Path: "/desk/batches/new", Handle: s.newBatchPage, Kind: Private, Needs: access.RegisterBatch},
		{Method: http.MethodPost, Path: "/desk/batches/new", Handle: s.batchPlanned, Kind: Private, Rate: Write, Needs: access.RegisterBatch},
		{Method: http.MethodGet, Path: "/desk/batches/:id", Handle: s.batchPage, Kind: Private, Needs: access.RegisterBatch, Probe: "/desk/batches/none"},
		{Method: http.MethodPost, Path: "/desk/batches/:id", Handle: s.batchSent, Kind: Private, Rate: Write, Needs: access.RegisterBatch, Probe: "/desk/batches/none"},
	}
}

// batchesPage: GET /desk/batches: the last batches of who is signed in.
func (s *Site) batchesPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.services.Batches.Latest(c.UserContext(), Of(c).Actor, 20)
	if err != nil {
		return err
	}
	v := casePage{Up: toTable(c, p), Title: p.say("batch.list"), Lead: p.say("batch.list_lead")}
	records := ui.Records{Empty: p.say("batch.none")}
	for i := range list {
		b := &list[i]
		records.Items = append(records.Items, ui.Record{
			Title: s.batchWords(c, p, &b.Change), Href: at(c, "/desk/batches/"+b.ID), Lines: []string{stamp(p, b.CreatedAt), p.count("batch.shops", len(b.Rows))},
			Tag: p.say("batch.stage." + string(b.Stage)), State: ui.TaskDone,
		})
	}
	v.add(section{Title: p.say("batch.latest"), Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

func toTable(c *fiber.Ctx, p *speaker) *ui.Link {
	return &ui.Link{Label: p.say("roll.title"), Href: at(c, "/desk/shops")}
}

// chosenShops are the shops that were chosen from the table: one by one, or everything the filters match.
func (s *Site) chosenShops(c *fiber.Ctx, v url.Values) ([]*listing.Listing, error) {
	ids := v["shop"]
	if v.Get("all") == "1" {
		f := tableFilter(v)
		f.Page = 1
		t, err := s.services.Desk.Table(c.UserContext(), Of(c).Actor, f)
		if err != nil {
			return nil, err
		}
		ids = t.Chosen
	}
	return s.services.Desk.Choose(c.UserContext(), Of(c).Actor, ids)
}

// newBatchPage: GET /desk/batches/new (shop …, or all and the filters of the table).
func (s *Site) newBatchPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.chosenShops(c, queryOf(c))
	if err != nil {
		return err
	}
	v, _ := s.newBatchCase(c, p, list, nil)
	return s.showCase(c, p, v, nil, nil)
}

// namedShops is how many shops a sentence names.
const namedShops = 5

func (s *Site) newBatchCase(c *fiber.Ctx, p *speaker, list []*listing.Listing, f *form) (*casePage, *ui.Form) {
	v := &casePage{Up: toTable(c, p), Title: p.say("batch.title")}
	if len(list) == 0 {
		v.warn(p.say("batch.nothing"))
		return v, nil
	}
	names := []string{}
	for _, l := range list[:min(namedShops, len(list))] {
		names = append(names, p.name(l.Name.Text))
	}
	all := strings.Join(names, p.say("empty.and"))
	v.Lead = p.count("batch.chosen", len(list), "Names", all)
	if len(list) > len(names) {
		v.Lead = p.say("batch.chosen_more", "N", len(list), "Names", all)
	}
	form := &ui.Form{Action: at(c, "/desk/batches/new"), CSRF: s.token(Of(c)), Parts: s.batchParts(p, f), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("batch.preview")}}}}
	for _, l := range list {
		form.Hidden = append(form.Hidden, ui.Hidden{Name: "shop", Value: l.ID})
	}
	v.add(section{Forms: []*ui.Form{form}})
	return v, form
}

func (s *Site) batchParts(p *speaker, f *form) []ui.FormPart {
	picked := func(name, value string) bool { return f != nil && slices.Contains(f.Values[name], value) }
	field := &ui.Choice{ID: "field", Name: "field", Legend: p.say("batch.what")}
	for _, x := range bulk.Fields {
		field.Options = append(field.Options, ui.Pick{Value: string(x), Label: p.say("batch.field." + string(x)), Hint: p.say("batch.hint." + string(x)), Checked: picked("field", string(x))})
	}
	tags := func(name string) *ui.Choice {
		out := &ui.Choice{ID: name, Name: name, Legend: p.say("batch." + name), Many: true, Columns: true, Optional: true}
		for _, t := range s.services.Words().Tags {
			out.Options = append(out.Options, ui.Pick{Value: t.ID, Label: p.name(t.Name), Checked: picked(name, t.ID)})
		}
		return out
	}
	move := &ui.Choice{ID: "move", Name: "move", Legend: p.say("batch.move"), Optional: true}
	for _, a := range bulk.Moves {
		move.Options = append(move.Options, ui.Pick{Value: string(a), Label: p.say("batch.act." + string(a)), Checked: picked("move", string(a))})
	}
	return []ui.FormPart{
		{Choice: field},
		input(f, "hours", p.say("batch.field.hours"), func(x *ui.Field) { x.Optional, x.Hint = true, p.say("batch.hours_hint") }),
		input(f, "category_id", p.say("batch.field.category"), func(x *ui.Field) { x.Options, x.Optional = chosen(s.categories(p), x.Value), true }),
		{Choice: tags("add")},
		{Choice: tags("remove")},
		{Choice: move},
	}
}

// batchChange reads what is to be done.
func batchChange(f *form) (bulk.Change, error) {
	c := bulk.Change{Field: bulk.Field(f.Get("field"))}
	switch c.Field {
	case bulk.Hours:
		h, err := hours.ParseChinese(strings.TrimSpace(f.Get("hours")))
		if err != nil || !h.Known {
			return c, fault.Wrong("hours", "batch.wrong_hours", nil)
		}
		c.Hours = &h
	case bulk.Category:
		c.Category = f.Get("category_id")
	case bulk.Tags:
		c.Add, c.Remove = f.Values["add"], f.Values["remove"]
	case bulk.State:
		c.Move = listing.Action(f.Get("move"))
	}
	return c, nil
}

// batchPlanned: POST /desk/batches/new (shop …, field, hours, category_id, add …, remove …, move): makes the preview.
func (s *Site) batchPlanned(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	change, err := batchChange(f)
	if err == nil {
		var b bulk.Batch
		if b, err = s.services.Batches.Plan(c.UserContext(), Of(c).Actor, f.Values["shop"], change); err == nil {
			return see(c, "/desk/batches/"+b.ID)
		}
	}
	p := s.speaker(c)
	list, chooseErr := s.services.Desk.Choose(c.UserContext(), Of(c).Actor, f.Values["shop"])
	if chooseErr != nil {
		return chooseErr
	}
	v, form := s.newBatchCase(c, p, list, f)
	if form == nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, form, err)
}

// batchWords says in a sentence what a batch does.
func (s *Site) batchWords(c *fiber.Ctx, p *speaker, x *bulk.Change) string {
	switch x.Field {
	case bulk.Hours:
		return p.say("batch.does.hours", "Hours", strings.TrimSpace(weekWords(p, x.Hours.Week)+" "+classWords(p, x.Hours.ByClass)))
	case bulk.Category:
		return p.say("batch.does.category", "Category", s.idWords(c, p, "category_id", x.Category))
	case bulk.Tags:
		words := []string{}
		if len(x.Add) > 0 {
			words = append(words, p.say("batch.does.add", "Tags", s.listWords(p, "tag_ids", x.Add)))
		}
		if len(x.Remove) > 0 {
			words = append(words, p.say("batch.does.remove", "Tags", s.listWords(p, "tag_ids", x.Remove)))
		}
		return strings.Join(words, p.say("empty.and"))
	case bulk.State:
	}
	return p.say("batch.act." + string(x.Move))
}

// batchPage: GET /desk/batches/:id: the preview, or what became of it.
func (s *Site) batchPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.batchCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) batchCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	b, err := s.services.Batches.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("batch.list"), Href: at(c, "/desk/batches")}, Title: s.batchWords(c, p, &b.Change)}
	switch b.Stage {
	case bulk.Applied:
		v.ok(p.count("batch.applied", b.Count(bulk.Written)))
	case bulk.Undone:
		v.ok(p.count("batch.undone", b.Count(bulk.Back)))
	case bulk.Signing:
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("batch.signing"), Link: &ui.Link{Label: p.say("countersign.title"), Href: at(c, "/desk/signatures")}})
	case bulk.Running, bulk.Undoing:
		v.warn(p.say("batch.running"))
	case bulk.Preview:
		v.Lead = p.count("batch.will", b.Count(bulk.Planned))
	}
	if n := b.Count(bulk.Changed); n > 0 {
		v.warn(p.count("batch.left", n))
	}
	form, err := s.batchForm(c, p, &b, f)
	if err != nil {
		return nil, nil, err
	}
	if form != nil {
		v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{form}})
	}
	sections, err := s.batchRows(c, p, &b)
	v.Sections = append(v.Sections, sections...)
	return v, form, err
}

// batchForm is what can be done about a batch; nil when nothing can any more.
func (s *Site) batchForm(c *fiber.Ctx, p *speaker, b *bulk.Batch, f *form) (*ui.Form, error) {
	form := &ui.Form{Action: at(c, "/desk/batches/"+b.ID), CSRF: s.token(Of(c)), Rev: revision(b.Rev)}
	switch {
	case b.Stage == bulk.Preview && b.Count(bulk.Planned) > 0:
		label := p.say("batch.apply")
		kind, err := s.services.Batches.TwoPeople(c.UserContext(), Of(c).Actor, b)
		if err != nil {
			return nil, err
		}
		if kind != "" {
			label = p.say("batch.propose")
			form.Parts = []ui.FormPart{{Text: p.say("batch.both", "Few", bulk.Few)}, input(f, "why", p.say("countersign.why"), func(x *ui.Field) { x.Type, x.Rows, x.Max = "textarea", 2, 300 })}
		}
		form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: label, Name: "do", Value: "apply"}, {Label: p.say("batch.leave"), Href: at(c, "/desk/shops"), Kind: "alt"}}}
	case b.Stage == bulk.Applied && b.Count(bulk.Written) > 0 && p.now.Before(b.Until):
		form.Parts = []ui.FormPart{{Text: p.say("batch.undo_until", "When", stamp(p, b.Until))}}
		form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("batch.undo"), Name: "do", Value: "undo", Kind: "alt"}}}
	default:
		return nil, nil
	}
	return form, nil
}

// batchRows lists every shop with what it says and would say, those first that need a look.
func (s *Site) batchRows(c *fiber.Ctx, p *speaker, b *bulk.Batch) ([]section, error) {
	ids := make([]string, len(b.Rows))
	for i := range b.Rows {
		ids[i] = b.Rows[i].ID
	}
	list, err := s.services.Desk.Choose(c.UserContext(), Of(c).Actor, ids)
	if err != nil {
		return nil, err
	}
	at := map[string]*listing.Listing{}
	for _, l := range list {
		at[l.ID] = l
	}
	out := []section{}
	for _, o := range []bulk.Outcome{bulk.Changed, bulk.Cannot, bulk.Planned, bulk.Written, bulk.Back, bulk.Same} {
		rows := ui.Records{}
		for i := range b.Rows {
			if r := &b.Rows[i]; r.Outcome == o {
				rows.Items = append(rows.Items, s.batchRow(c, p, b, r, at[r.ID]))
			}
		}
		if len(rows.Items) > 0 {
			out = append(out, section{Title: p.count("batch.outcome."+string(o), len(rows.Items)), Records: &rows})
		}
	}
	return out, nil
}

func (s *Site) batchRow(c *fiber.Ctx, p *speaker, b *bulk.Batch, r *bulk.Row, l *listing.Listing) ui.Record {
	x := ui.Record{Title: r.Title, Href: at(c, "/desk/shops/"+r.ID)}
	if l == nil {
		return x
	}
	x.Lines = append(x.Lines, l.Address.Line)
	if r.Outcome == bulk.Planned {
		if next, err := b.Change.To(*l, p.now.Format("2006-01-02")); err == nil {
			for _, d := range onPage(listing.Diff(*l, next)) {
				if label, before, after := s.diffWords(c, p, d); label != "" && before != after {
					x.Lines = append(x.Lines, p.say("batch.row", "Field", label, "Old", or(before, p.say("compare.nothing")), "New", or(after, p.say("compare.nothing"))))
				}
			}
		}
		if l.Rev != r.Rev {
			x.Tag, x.State = p.say("batch.moved_on"), ui.TaskBad
		}
	}
	if r.Why != "" && p.Has(r.Why) {
		if text, err := p.With(r.Why, nil); err == nil {
			x.Lines = append(x.Lines, text)
		}
	}
	return x
}

// batchSent: POST /desk/batches/:id (rev, why, do).
func (s *Site) batchSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if f.Get("do") == "undo" {
		_, err = s.services.Batches.Undo(ctx, by, id)
	} else {
		var rev int64
		if rev, err = f.rev(); err != nil {
			return err
		}
		_, err = s.services.Batches.Apply(ctx, by, id, rev, f.Get("why"))
	}
	if err == nil {
		return see(c, "/desk/batches/"+id)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Internal) {
		return err
	}
	p := s.speaker(c)
	v, form, caseErr := s.batchCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	if form == nil {
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, form, err)
}

// batchSigned shows which shops would be closed or taken down.
func (s *Site) batchSigned(c *fiber.Ctx, p *speaker, x *countersign.Proposal) ([]section, error) {
	b, err := s.services.Batches.Signed(c.UserContext(), Of(c).Actor, *x)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.batchRows(c, p, &b)
}
