package web

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/sheet"
	"shangquan/services/turnover"
	"shangquan/services/vocabulary"
)

// turnRoutes are the register of openings, moves and closings.
func (s *Site) turnRoutes() []Route {
	read := func(path string, h fiber.Handler, needs access.Action, probe string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Kind: Private, Needs: needs, Probe: probe}
	}
	return []Route{
		read("/desk/register", s.turnsPage, access.TurnRead, ""),
		read("/desk/register.csv", s.turnsFile, access.TurnRead, ""),
		read("/desk/register/:id", s.turnPage, access.TurnCorrect, "/desk/register/none"),
		{Method: http.MethodPost, Path: "/desk/register/:id", Handle: s.turnSent, Kind: Private, Rate: Write, Needs: access.TurnCorrect, Probe: "/desk/register/none"},
	}
}

// How far back the register of openings and closings looks: far enough for the survival of two years.
const (
	turnMonths   = 12
	turnQuarters = 8
	turnYears    = 5
	turnsListed  = 200
)

// turnsView is templates/pages/turns.html.
type turnsView struct {
	Base    ui.Base
	Up      ui.Link
	Title   string
	Said    []string
	Chips   []ui.Chip
	KPIs    []ui.KPI
	Figures []ui.Figure
	Tables  []turnTable
	Records ui.Records
	Full    string
	Links   []ui.Link
}

// turnTable is numbers by street or by format.
type turnTable struct {
	Title, Head string
	Columns     []string
	Rows        []ui.FigureRow
}

// turnsPage: GET /desk/register (span): figures per month or quarter, survival, by street and format, and every turn.
func (s *Site) turnsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	span, n := turnover.Month, turnMonths
	if c.Query("span") == string(turnover.Quarter) {
		span, n = turnover.Quarter, turnQuarters
	}
	turns, err := s.services.Listings.TurnsSince(c.UserContext(), Of(c).Actor, p.now.AddDate(-turnYears, 0, 0).Format(time.DateOnly))
	if err != nil {
		return err
	}
	today := p.now.Format(time.DateOnly)
	periods, err := turnover.Last(n, today, span)
	if err != nil {
		return err
	}
	book := turnover.New(turns)
	figures := book.By(periods)
	v := turnsView{Up: *toDesk(c, p), Title: p.say("turns.title")}
	for _, x := range []turnover.Span{turnover.Month, turnover.Quarter} {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("turns.span." + string(x)), Href: at(c, "/desk/register") + "?span=" + string(x), On: x == span})
	}
	v.Links = []ui.Link{{Label: p.say("turns.file"), Href: at(c, "/desk/register.csv")}}
	sum := turnover.Figure{}
	for _, f := range figures {
		sum.Opened, sum.Closed, sum.Moved = sum.Opened+f.Opened, sum.Closed+f.Closed, sum.Moved+f.Moved
	}
	v.Said = []string{p.say("turns.said."+string(span), "Opened", sum.Opened, "Closed", sum.Closed, "Moved", sum.Moved)}
	for _, k := range []struct {
		word string
		n    int
	}{{"opened", sum.Opened}, {"closed", sum.Closed}, {"net", sum.Net()}, {"moved", sum.Moved}} {
		v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("turns." + k.word), Number: strconv.Itoa(k.n), Change: p.say("turns.in." + string(span))})
	}
	for _, months := range []int{12, 24} {
		x, err := book.Survive(months, today)
		if err != nil {
			return err
		}
		if x.Of > 0 {
			v.Said = append(v.Said, p.say("turns.survive", "Months", months, "Of", x.Of, "Alive", x.Alive, "Percent", x.Percent()))
		} else {
			v.Said = append(v.Said, p.say("turns.survive_none", "Months", months))
		}
	}
	if sum != (turnover.Figure{}) {
		v.Figures = []ui.Figure{turnFigure(p, periods, figures)}
	}
	v.Tables = s.turnTables(c, p, book, periods[0].First())
	s.turnRecords(c, p, &v, turns)
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "turns", v)
}

func turnFigure(p *speaker, periods []turnover.Period, figures []turnover.Figure) ui.Figure {
	x := ui.Chart{Subtitle: p.say("turns.subtitle." + string(periods[0].Span)), Period: p.say("turns.period." + string(periods[0].Span)), Attention: -1, Unit: p.say("turns.unit")}
	opened, closed := ui.Series{Name: p.say("turns.opened")}, ui.Series{Name: p.say("turns.closed")}
	most := 0
	for i, f := range figures {
		x.Periods = append(x.Periods, periodWords(p, periods[i]))
		opened.Values, closed.Values = append(opened.Values, f.Opened), append(closed.Values, f.Closed)
		if f.Opened > figures[most].Opened {
			most = i
		}
	}
	x.Series = []ui.Series{opened, closed}
	x.Title = p.say("turns.finding", "Period", x.Periods[most], "N", figures[most].Opened)
	if figures[most].Opened == 0 {
		x.Title = p.say("turns.finding_none")
	}
	return ui.NewFigure(x)
}

func periodWords(p *speaker, x turnover.Period) string {
	return p.say("turns.period_is."+string(x.Span), "Year", x.Year, "Short", x.Year%100, "N", x.N)
}

func (s *Site) turnTables(c *fiber.Ctx, p *speaker, book *turnover.Book, from string) []turnTable {
	columns := []string{p.say("turns.opened"), p.say("turns.closed"), p.say("turns.net"), p.say("turns.moved")}
	out := []turnTable{}
	for _, by := range []struct {
		word string
		of   func(*listing.Listing) string
		name func(string) string
	}{
		{"street", func(l *listing.Listing) string { return l.Address.StreetID }, func(id string) string {
			st, err := s.services.Places.Street(c.UserContext(), id)
			if err != nil {
				return ""
			}
			return p.name(st.Name)
		}},
		{"format", func(l *listing.Listing) string { return l.FormatID }, func(id string) string {
			f, ok := s.services.Words().Format(id)
			if !ok {
				return ""
			}
			return p.name(f.Name)
		}},
	} {
		t := turnTable{Title: p.say("turns.by." + by.word), Head: p.say("turns.head." + by.word), Columns: columns}
		for _, g := range book.Groups(from, by.of) {
			t.Rows = append(t.Rows, ui.FigureRow{Period: cmp.Or(by.name(g.Key), p.say("turns.not_known")), Values: []string{strconv.Itoa(g.Opened), strconv.Itoa(g.Closed), strconv.Itoa(g.Net()), strconv.Itoa(g.Moved)}})
		}
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func (s *Site) turnRecords(c *fiber.Ctx, p *speaker, v *turnsView, turns []listing.Turned) {
	v.Records = ui.Records{Empty: p.say("turns.none")}
	for _, t := range slices.Backward(turns) {
		if len(v.Records.Items) == turnsListed {
			v.Full = p.say("turns.full", "N", turnsListed)
			break
		}
		v.Records.Items = append(v.Records.Items, s.turnRecord(c, p, &t))
	}
}

func (s *Site) turnRecord(c *fiber.Ctx, p *speaker, t *listing.Turned) ui.Record {
	name, in := t.Listing.Name.In(p.Lang)
	r := ui.Record{Title: name, Lang: in, Href: at(c, "/desk/register/"+t.Listing.ID), Lines: []string{ui.Date(p.Lang, dayTime(p, t.On), p.now), p.say("turns.kind." + string(t.Kind))}}
	if t.Reason != "" {
		r.Lines = append(r.Lines, s.reasonWord(p, vocabulary.TurnReasons, t.Reason))
	}
	r.Lines = append(r.Lines, p.say("turns.source."+string(t.Source)))
	if t.Void {
		r.Tag, r.State = p.say("turns.void"), ui.TaskDone
	}
	return r
}

// dayTime is the beginning of a stored day; the zero time of what is none.
func dayTime(p *speaker, day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, p.now.Location())
	p.note(err)
	return t
}

// turnsFile: GET /desk/register.csv: every turn that counts or was voided, with a mark for spreadsheets that it is UTF-8.
func (s *Site) turnsFile(c *fiber.Ctx) error {
	p := s.speaker(c)
	turns, err := s.services.Listings.TurnsSince(c.UserContext(), Of(c).Actor, p.now.AddDate(-turnYears, 0, 0).Format(time.DateOnly))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	head := []string{}
	for _, k := range []string{"on", "kind", "reason", "source", "code", "name", "street", "house", "format", "note", "void"} {
		head = append(head, p.say("turns.column."+k))
	}
	_ = w.Write(head) // into memory
	for i := range turns {
		t := &turns[i]
		street, format, reason, void := "", "", "", ""
		if st, err := s.services.Places.Street(c.UserContext(), t.Listing.Address.StreetID); err == nil {
			street = st.Name.Hans
		}
		if f, ok := s.services.Words().Format(t.Listing.FormatID); ok {
			format = p.name(f.Name)
		}
		if t.Reason != "" {
			reason = s.reasonWord(p, vocabulary.TurnReasons, t.Reason)
		}
		if t.Void {
			void = p.say("turns.void")
		}
		row := []string{t.On, p.say("turns.kind." + string(t.Kind)), reason, p.say("turns.source." + string(t.Source)), t.Listing.Code, t.Listing.Name.Hans, street, t.Listing.Address.House, format, t.Note, void}
		for n := range row {
			row[n] = sheet.Guard(row[n])
		}
		_ = w.Write(row)
	}
	w.Flush()
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="register-`+p.now.Format(time.DateOnly)+`.csv"`)
	return c.Send(b.Bytes())
}

// turnPage: GET /desk/register/:id (turn): the turns of one shop, and the form of one of them.
func (s *Site) turnPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.turnCase(c, p, nil)
	if err != nil {
		return err
	}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("turns.saved"))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) turnCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	path := "/desk/register/" + l.ID
	v := &casePage{Up: &ui.Link{Label: p.say("turns.title"), Href: at(c, "/desk/register")}, Title: p.say("turns.of", "Shop", p.name(l.Name.Text))}
	if l.Public() {
		v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}}
	}
	list := ui.Records{Empty: p.say("turns.none")}
	id := c.Query("turn")
	if f != nil {
		id = f.Get("turn")
	}
	was := listing.Turn{}
	for _, t := range slices.Backward(l.Turns) {
		if t.ID == id {
			was = t
		}
		r := s.turnRecord(c, p, &listing.Turned{Turn: t, Listing: l})
		r.Title, r.Lang, r.Href = p.say("turns.kind."+string(t.Kind)), "", at(c, path)+"?turn="+t.ID+"#turn"
		r.Lines = slices.Delete(r.Lines, 1, 2)
		if t.Note != "" {
			r.Lines = append(r.Lines, t.Note)
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{Title: p.say("turns.list"), Records: &list})
	x := &ui.Form{
		ID: "turn", Action: at(c, path), CSRF: s.token(Of(c)), Rev: revision(l.Rev), Hidden: hidden("turn", was.ID), Parts: s.turnParts(p, &was, f),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("turns.save")}}},
	}
	v.add(section{Title: p.say("turns.form." + strconv.FormatBool(was.ID != "")), Text: p.say("turns.form_lead"), Forms: []*ui.Form{x}})
	return v, x, nil
}

func (s *Site) turnParts(p *speaker, was *listing.Turn, f *form) []ui.FormPart {
	part := func(name, value string, more func(*ui.Field)) ui.FormPart {
		return input(f, name, p.say("turns.column."+name), func(x *ui.Field) {
			if f == nil {
				x.Value = value
			}
			more(x)
			choose(x)
		})
	}
	void := ui.Choice{ID: "void", Name: "void", Legend: p.say("turns.column.void"), Many: true, Options: []ui.Pick{{Value: "1", Label: p.say("turns.void_is"), Checked: was.Void}}}
	within := ui.Choice{ID: "within", Name: "within", Legend: p.say("turns.within"), Many: true, Options: []ui.Pick{{Value: "1", Label: p.say("turns.within_is"), Checked: was.Within}}}
	if f != nil {
		void.Options[0].Checked, within.Options[0].Checked = f.Get("void") != "", f.Get("within") != ""
	}
	return []ui.FormPart{
		part("kind", string(was.Kind), func(x *ui.Field) {
			for _, k := range listing.TurnKinds {
				x.Options = append(x.Options, ui.Option{Value: string(k), Label: p.say("turns.kind." + string(k))})
			}
		}),
		part("on", was.On, func(x *ui.Field) { x.Type, x.Short = "date", true }),
		part("reason", was.Reason, func(x *ui.Field) {
			x.Optional, x.Options = true, []ui.Option{{Label: p.say("turns.not_known")}}
			for _, r := range s.reasonChoices(p, vocabulary.TurnReasons, was.Reason) {
				x.Options = append(x.Options, ui.Option{Value: r.code, Label: r.word})
			}
		}),
		part("note", was.Note, func(x *ui.Field) { x.Optional, x.Type, x.Rows, x.Max, x.Lang = true, "textarea", 2, 200, lang.Hans }),
		{Choice: &within},
		{Choice: &void},
	}
}

// turnSent: POST /desk/register/:id (rev, turn and the fields of it).
func (s *Site) turnSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	_, err = s.services.Listings.Correct(c.UserContext(), Of(c).Actor, id, rev, listing.Turn{
		ID: f.Get("turn"), Kind: listing.TurnKind(f.Get("kind")), On: f.Get("on"), Reason: f.Get("reason"), Note: f.Get("note"),
		Within: f.Get("within") != "", Void: f.Get("void") != "",
	})
	if err == nil {
		return see(c, "/desk/register/"+id+"?done=saved")
	}
	p := s.speaker(c)
	v, x, caseErr := s.turnCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showCase(c, p, v, x, err)
}
