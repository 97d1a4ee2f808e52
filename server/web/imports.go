package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/intake"
	"shangquan/services/listing"
	"shangquan/services/sheet"
)

// importLimit is how large an upload of a table may be: the file and the form round it.
const importLimit = sheet.MaxBytes + 64<<10

func (s *Site) importRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/desk/import", Handle: s.importsPage, Kind: Private, Needs: access.RegisterImport},
		{Method: post, Path: "/desk/import", Handle: s.importTaken, Kind: Private, Rate: Upload, Body: importLimit, Needs: access.RegisterImport},
		{Method: get, Path: "/desk/export/form", Handle: s.importForm, Kind: Private, Needs: access.RegisterImport},
		{Method: get, Path: "/desk/import/:id", Handle: s.importPage, Kind: Private, Needs: access.RegisterImport, Probe: "/desk/import/none"},
		{Method: post, Path: "/desk/import/:id", Handle: s.importSent, Kind: Private, Rate: Write, Needs: access.RegisterImport, Probe: "/desk/import/none"},
		{Method: get, Path: "/desk/import/:id/problems", Handle: s.importProblems, Kind: Private, Needs: access.RegisterImport, Probe: "/desk/import/none/problems"},
	}
}

// importsShown is how many imports the list has, problemsShown how many problems the page of one.
const (
	importsShown  = 20
	problemsShown = 50
)

// importsPage: GET /desk/import: send a file, and what was sent before.
func (s *Site) importsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.importsView(c, p)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) importsView(c *fiber.Ctx, p *speaker) (*casePage, *ui.Form, error) {
	v := &casePage{Up: toDesk(c, p), Title: p.say("imports.title"), Lead: p.say("imports.lead")}
	form := &ui.Form{
		ID: "import", Action: at(c, "/desk/import"), CSRF: s.token(Of(c)), Files: true,
		Parts: []ui.FormPart{input(nil, "file", p.say("imports.file"), func(x *ui.Field) {
			x.Type, x.Accept = "file", ".csv,.xlsx,.txt"
			x.Hint = p.say("imports.file_hint", "MiB", sheet.MaxBytes>>20, "Rows", sheet.MaxXLSXRows, "CSVRows", sheet.MaxRows, "Column", "店铺编号")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("imports.send")}}},
	}
	v.add(section{Forms: []*ui.Form{form}, Links: []ui.Link{
		{Label: p.say("imports.form"), Href: at(c, "/desk/export/form")}, {Label: p.say("exports.title"), Href: at(c, "/desk/export")},
	}})
	page, err := s.services.Imports.List(c.UserContext(), Of(c).Actor, "", importsShown)
	if err != nil {
		return nil, nil, err
	}
	list := ui.Records{Empty: p.say("imports.none")}
	for i := range page.Items {
		x := &page.Items[i]
		list.Items = append(list.Items, ui.Record{
			Title: x.File, Href: at(c, "/desk/import/"+x.ID), Lines: []string{stamp(p, x.CreatedAt), x.ByName, importOutcome(p, x)},
			Tag: p.say("imports.state." + string(x.State)), State: importState(x.State),
		})
	}
	v.add(section{Title: p.say("imports.before"), Records: &list})
	return v, form, nil
}

func importState(s intake.State) ui.TaskState {
	switch {
	case s.Working(), s == intake.Ready:
		return ui.TaskWait
	case s == intake.Refused:
		return ui.TaskBad
	}
	return ui.TaskDone
}

// importOutcome is one line of what an import did.
func importOutcome(p *speaker, i *intake.Import) string {
	switch i.State { //nolint:exhaustive // the others have no outcome yet
	case intake.Done:
		return p.say("imports.wrote", "N", i.Written)
	case intake.Undone:
		return p.say("imports.took_back", "N", i.TakenBack)
	case intake.Ready:
		return p.say("imports.would", "N", i.Total)
	}
	return ""
}

// importTaken: POST /desk/import (file).
func (s *Site) importTaken(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	var sent file
	if all := f.files["file"]; len(all) > 0 {
		sent = all[0]
	}
	var i intake.Import
	if sent.name == "" {
		err = fault.Wrong("file", "imports.no_file", nil)
	} else {
		i, err = s.services.Imports.Take(c.UserContext(), Of(c).Actor, fileName(sent.name), sent.body)
	}
	if err == nil {
		return see(c, "/desk/import/"+i.ID)
	}
	p := s.speaker(c)
	v, form, viewErr := s.importsView(c, p)
	if viewErr != nil {
		return viewErr
	}
	return s.showCase(c, p, v, form, err)
}

// importPage: GET /desk/import/:id: where an import stands, and what can be done next.
func (s *Site) importPage(c *fiber.Ctx) error {
	i, err := s.services.Imports.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.importView(c, p, &i)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) importView(c *fiber.Ctx, p *speaker, i *intake.Import) (*casePage, error) {
	v := &casePage{Up: &ui.Link{Label: p.say("imports.title"), Href: at(c, "/desk/import")}, Title: i.File}
	v.Lead = p.say("imports.by", "Name", i.ByName, "When", stamp(p, i.CreatedAt))
	if i.State.Working() {
		done, err := s.services.Imports.Progress(c.UserContext(), i)
		if err != nil {
			return nil, err
		}
		bar := ui.Progress{Done: done, Total: i.Total, Link: ui.Link{Label: p.say("imports.look"), Href: at(c, "/desk/import/"+i.ID)}, Hint: p.say("imports.background")}
		switch i.State {
		case intake.Received:
			bar.Done, bar.Total = 0, 0
			bar.Label = p.say("imports.reading")
		case intake.Undoing:
			bar.Label = p.say("imports.undoing", "Done", done, "Total", i.Total)
		default:
			bar.Label = p.say("imports.writing", "Done", done, "Total", i.Total)
		}
		v.add(section{ID: "progress", Progress: &bar})
		return v, nil
	}
	if err := s.importResult(c, p, v, i); err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("imports.file_title"), Facts: importFile(p, i)})
	return v, nil
}

// importResult says what a file would do, did, or why it cannot be read, with the forms of what can be done next.
func (s *Site) importResult(c *fiber.Ctx, p *speaker, v *casePage, i *intake.Import) error {
	r := &i.Report
	facts, forms := []ui.Fact{}, []*ui.Form{}
	count := func(key string, n int) {
		facts = append(facts, ui.Fact{Term: p.say("imports." + key), Values: []ui.Value{{Text: p.say("imports.number", "N", n), Number: true}}})
	}
	act := func(what ...string) *ui.Form {
		x := &ui.Form{ID: "act", Action: at(c, "/desk/import/"+i.ID), CSRF: s.token(Of(c)), Rev: revision(i.Rev), Bar: &ui.Bar{Loose: true}}
		for _, do := range what {
			b := ui.Button{Label: p.say("imports.do."+do, "N", i.Total), Name: "do", Value: do, Kind: "alt"}
			if do == "start" {
				b.Kind = ""
			}
			x.Bar.Buttons = append(x.Bar.Buttons, b)
		}
		return x
	}
	now := s.now()
	switch i.State { //nolint:exhaustive // what is under way has a page of its own
	case intake.Refused:
		text, err := p.With(r.Refused.Key, r.Refused.Args)
		p.note(err)
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "bad", Icon: "alert", Lead: p.say("imports.refused"), Text: text})
		forms = append(forms, act("drop"))
	case intake.Ready:
		if i.Total == 0 && r.Failed == 0 {
			v.ok(p.say("imports.same"))
		} else if i.Total == 0 {
			v.warn(p.say("imports.nothing"))
		} else {
			v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("imports.dry")})
		}
		count("new", r.New)
		count("changed", r.Changed)
		count("unchanged", r.Unchanged)
		count("failed", r.Failed)
		if r.Marks > 0 {
			v.warn(p.count("imports.marks", r.Marks))
		}
		if i.Startable(now) {
			forms = append(forms, act("start", "again", "drop"))
		} else {
			forms = append(forms, act("again", "drop"))
		}
	case intake.Done:
		v.ok(p.say("imports.wrote", "N", i.Written))
		count("new", r.New)
		count("changed", r.Changed)
		count("unchanged", r.Unchanged)
		count("failed", r.Failed+i.Failed)
		if i.Undoable(now) {
			x := act("undo")
			x.Parts = []ui.FormPart{{Text: p.say("imports.undo_hint", "Until", dayOf(p, i.Until()))}}
			forms = append(forms, x)
		}
	case intake.Undone:
		v.ok(p.say("imports.took_back", "N", i.TakenBack))
		if i.Left > 0 {
			v.warn(p.say("imports.left", "N", i.Left))
		}
	case intake.Dropped:
		v.warn(p.say("imports.dropped"))
	}
	if len(facts)+len(forms) > 0 {
		v.add(section{Facts: facts, Forms: forms})
	}
	return s.importWrong(c, p, v, i)
}

// importWrong lists the first problems, and links to all of them as a table.
func (s *Site) importWrong(c *fiber.Ctx, p *speaker, v *casePage, i *intake.Import) error {
	all, err := s.services.Imports.Problems(c.UserContext(), Of(c).Actor, i)
	if err != nil || len(all) == 0 {
		return err
	}
	list := ui.Records{}
	for _, x := range all[:min(len(all), problemsShown)] {
		cells := s.problemCells(p, x)
		r := ui.Record{Title: p.say("imports.row", "Row", x.Row), Lines: []string{strings.TrimSpace(x.Code + " " + x.Column), cells[3]}}
		if x.Suggestion != "" {
			r.Lines = append(r.Lines, p.say("imports.suggestion", "Value", x.Suggestion))
		}
		list.Items = append(list.Items, r)
	}
	x := section{Title: p.say("imports.problems", "N", len(all)), Records: &list}
	if len(all) > problemsShown {
		x.Text = p.say("imports.problems_first", "N", problemsShown)
	}
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		x.Links = append(x.Links, ui.Link{Label: p.say("imports.problems_file", "Format", strings.ToUpper(string(f))), Href: at(c, "/desk/import/"+i.ID+"/problems?format="+string(f))})
	}
	v.add(x)
	return nil
}

func importFile(p *speaker, i *intake.Import) []ui.Fact {
	r := &i.Report
	facts := fact(nil, p.say("imports.size"), p.say("imports.kib", "N", (i.Size+1023)/1024))
	if r.Format != "" {
		facts = fact(facts, p.say("imports.format"), strings.ToUpper(string(r.Format)))
	}
	facts = fact(facts, p.say("imports.encoding"), r.Encoding)
	facts = fact(facts, p.say("imports.columns"), strings.Join(r.Columns, p.say("imports.comma")))
	facts = fact(facts, p.say("imports.ignored"), strings.Join(r.Ignored, p.say("imports.comma")))
	if i.Held {
		facts = fact(facts, p.say("imports.kept"), dayOf(p, i.Until()))
	} else {
		facts = fact(facts, p.say("imports.kept"), p.say("imports.erased"))
	}
	return facts
}

// importSent: POST /desk/import/:id (rev, do).
func (s *Site) importSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, in := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Imports
	switch f.Get("do") {
	case "start":
		_, err = in.Start(ctx, by, id, rev)
	case "again":
		_, err = in.Again(ctx, by, id, rev)
	case "drop":
		_, err = in.Drop(ctx, by, id, rev)
	case "undo":
		_, err = in.Undo(ctx, by, id, rev)
	default:
		err = fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/import/"+id)
	}
	if !stale(err) {
		return err
	}
	// Somebody was first, or pressed twice: what is there now is the answer.
	i, err := in.Open(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.importView(c, p, &i)
	if err != nil {
		return err
	}
	v.warn(p.say("imports.moved"))
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}

// problemCells are a problem as a row of the table of problems.
func (s *Site) problemCells(p *speaker, x sheet.Problem) []string {
	text, err := p.With(x.Key, x.Args)
	if err != nil {
		text, err = p.With("sheet.unreadable", nil)
	}
	p.note(err)
	row := ""
	if x.Row > 0 {
		row = strconv.Itoa(x.Row)
	}
	return []string{row, x.Code, x.Column, text, x.Suggestion}
}

// importProblems: GET /desk/import/:id/problems (format): everything that was wrong, as a table.
func (s *Site) importProblems(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), Of(c).Actor
	i, err := s.services.Imports.Open(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	all, err := s.services.Imports.Problems(ctx, by, &i)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	t := sheet.Table{Name: p.say("imports.problems_name"), Head: []string{
		p.say("imports.head.row"), p.say("imports.head.code"), p.say("imports.head.column"), p.say("imports.head.problem"), p.say("imports.head.suggestion"),
	}}
	rows := func(yield func([]string, error) bool) {
		for _, x := range all {
			if !yield(s.problemCells(p, x), nil) {
				return
			}
		}
	}
	return s.sendTable(c, p, t, "problems-"+i.ID, rows)
}

// importForm: GET /desk/export/form: an empty table with the columns, drop-downs and what to write where.
func (s *Site) importForm(c *fiber.Ctx) error {
	names, err := s.services.Imports.Names(c.UserContext())
	if err != nil {
		return err
	}
	none := func(func(listing.Listing, error) bool) {}
	var body bytes.Buffer
	if err := sheet.Export(c.UserContext(), &body, sheet.XLSX, none, names); err != nil {
		return err
	}
	return sendFile(c, sheet.XLSX, "shops-form", body.Bytes())
}
