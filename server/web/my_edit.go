package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/listing"
)

// editor is a page that edits one thing of a shop. All of them go the same way: the form becomes a listing.Patch, which is stored
// over the revision that the form was made from; when somebody saved before, both versions are shown and nothing typed is lost.
type editor struct {
	path   string // below /my/shops/:id
	act    access.Action
	fields []editField
	// fill returns what the form has in it for a listing.
	fill func(x *edit, l *listing.Listing) url.Values
	// parts returns the form with x.typed in it.
	parts func(x *edit) []ui.FormPart
	// read returns the edit that x.typed means; fault.Invalid names the controls.
	read func(x *edit) (listing.Patch, error)
	// change does what a small button asks for and reports whether there was one: then nothing is stored. It may be nil.
	change func(x *edit) bool
	// dress adds what is not a plain part of a form. It may be nil.
	dress func(x *edit, v *editView, problem error)
	// next is where a saved form leads on to, below the shop; "" is the page of the shop.
	next string
	// word is what that page says instead of the usual; it may be nil.
	word func(x *edit, next *listing.Listing) string
}

// editField is one thing of an editor, about which two editors can want different things.
type editField struct {
	name string // of its control
	key  string // what it is called: fact.KEY
	// owns tells which controls are its own; nil: the one called like it.
	owns func(control string) bool
	// words says what is in the controls; nil: what is typed.
	words func(x *edit, v url.Values) string
}

func (f *editField) has(control string) bool {
	if f.owns != nil {
		return f.owns(control)
	}
	return control == f.name
}

// said is what the controls of f mean, to compare: what is empty is as good as absent.
func (f *editField) said(x *edit, v url.Values) string {
	if f.words != nil {
		return f.words(x, v)
	}
	return strings.Join(typedLines(strings.Join(v[f.name], "\n")), "\n")
}

// put replaces the controls of f in to by those of from.
func (f *editField) put(to, from url.Values) {
	for name := range to {
		if f.has(name) {
			delete(to, name)
		}
	}
	for name, values := range from {
		if f.has(name) {
			to[name] = slices.Clone(values)
		}
	}
}

// edit is an editor at work.
type edit struct {
	*editor
	s     *Site
	c     *fiber.Ctx
	p     *speaker
	l     *listing.Listing // as it is stored now
	typed url.Values
	said  string // what a small button has just done
}

// editView is templates/pages/my-edit.html.
type editView struct {
	Base     ui.Base
	Up       ui.Link
	Where    string
	Title    string
	Lead     string
	Side     ui.Side
	Callouts []ui.Callout
	Form     ui.Form
	Hours    *ui.HoursEditor
	Row      *ui.HourRow
	Preview  *ui.HoursPreview
	Conflict *ui.Conflict
	After    []ui.FormPart // below what is not a plain part
}

// reserved are the names of a form that are no field of an editor.
func reserved(name string) bool {
	return slices.Contains([]string{"csrf", "rev", "do", "fix"}, name) || strings.HasPrefix(name, "keep.")
}

// revWords is a revision as a form carries it.
func revWords(l *listing.Listing) string { return strconv.FormatInt(l.Rev, 10) }

func (s *Site) begun(c *fiber.Ctx, e *editor) (*edit, error) {
	l, err := s.ownShop(c)
	return &edit{editor: e, s: s, c: c, p: s.speaker(c), l: &l, typed: url.Values{}}, err
}

// editPage: GET of an editor.
func (s *Site) editPage(e *editor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		x, err := s.begun(c, e)
		if err != nil {
			return err
		}
		x.typed = x.fill(x, x.l)
		return x.show(nil)
	}
}

// tries bounds how often an edit is put over what others saved in the same moment.
const tries = 4

// editSent: POST of an editor.
func (s *Site) editSent(e *editor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := s.form(c)
		if err != nil {
			return err
		}
		rev, err := f.rev()
		if err != nil {
			return err
		}
		x, err := s.begun(c, e)
		if err != nil {
			return err
		}
		for name, values := range f.Values {
			if !reserved(name) {
				x.typed[name] = slices.Clone(values)
			}
		}
		x.keep(f)
		if x.change != nil && x.change(x) {
			return x.showAt(rev, nil)
		}
		for range tries {
			if rev != x.l.Rev {
				if clashes := x.merge(rev); len(clashes) > 0 {
					return x.clash(clashes)
				}
				rev = x.l.Rev
			}
			patch, err := x.read(x)
			if err != nil {
				return x.showAt(rev, err)
			}
			next, err := s.services.Listings.Edit(c.UserContext(), Of(c).Actor, x.l.ID, rev, patch)
			if isStale(err) {
				l, err := s.ownShop(c)
				if err != nil {
					return err
				}
				x.l = &l
				continue
			}
			if err != nil {
				return x.showAt(rev, err)
			}
			return x.done(&next)
		}
		return x.clash(nil)
	}
}

// keep takes over the choice made on the page that showed both versions: theirs, or what was typed.
func (x *edit) keep(f *form) {
	var now url.Values
	for i := range x.fields {
		if field := &x.fields[i]; f.Get("keep."+field.name) == "theirs" {
			if now == nil {
				now = x.fill(x, x.l)
			}
			field.put(x.typed, now)
		}
	}
}

// clashed is a field that both editors changed.
type clashed struct {
	*editField
	theirs, mine string
}

// merge sets what was typed over revision rev beside what is stored now. What only one of the two changed is taken from that one;
// what both changed, to different things, is returned.
func (x *edit) merge(rev int64) []clashed {
	// When the trail does not reach back so far, everything that differs counts as changed by both.
	base, err := x.s.services.Listings.At(x.c.UserContext(), Of(x.c).Actor, x.l.ID, rev)
	known := err == nil
	now := x.fill(x, x.l)
	was := url.Values{}
	if known {
		was = x.fill(x, &base)
	}
	out := []clashed{}
	for i := range x.fields {
		f := &x.fields[i]
		mine, theirs := f.said(x, x.typed), f.said(x, now)
		switch {
		case mine == theirs || known && f.said(x, was) == mine:
			f.put(x.typed, now)
		case known && f.said(x, was) == theirs: // only I did
		default:
			out = append(out, clashed{f, theirs, mine})
		}
	}
	return out
}

// clash shows what somebody else saved meanwhile beside what was typed.
func (x *edit) clash(list []clashed) error {
	v := x.view(x.l.Rev)
	v.Form.Hidden = x.hidden()
	v.Conflict = &ui.Conflict{Fields: []ui.ConflictField{}}
	for _, f := range list {
		v.Conflict.Fields = append(v.Conflict.Fields, ui.ConflictField{Name: f.name, Label: x.p.say("fact." + f.key), Theirs: f.theirs, Mine: f.mine})
	}
	v.Conflict.By, v.Conflict.When = x.last()
	x.c.Status(fiber.StatusConflict)
	return x.render(v)
}

// last says who saved last, and when.
func (x *edit) last() (by, when string) {
	by, when = x.p.say("my.role.someone"), momentWords(x.p, x.l.UpdatedAt)
	page, err := x.s.services.Listings.History(x.c.UserContext(), Of(x.c).Actor, x.l.ID, "", 1)
	if err == nil && len(page.Items) > 0 {
		by, when = whoWords(x.p, &page.Items[0]), momentWords(x.p, page.Items[0].At)
	}
	return by, when
}

// hidden is everything typed, to go along with a choice.
func (x *edit) hidden() []ui.Hidden {
	out := []ui.Hidden{}
	for name, values := range x.typed {
		for _, value := range values {
			out = append(out, ui.Hidden{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// done leads on and says what becomes of the edit: customers see it already, or it waits for the district.
func (x *edit) done(next *listing.Listing) error {
	word := "same"
	if x.word != nil {
		word = x.word(x, next)
	}
	if x.word == nil || word == "" {
		word = whatBecame(x.l, next)
	}
	to := "/my/shops/" + x.l.ID
	if x.next != "" {
		to += "/" + x.next
	}
	return see(x.c, to+"?done="+word)
}

// whatBecame compares a listing before and after an edit.
func whatBecame(was, is *listing.Listing) string {
	live, waits := false, was.ProposalHash() != is.ProposalHash() && is.Proposal != nil
	for _, d := range listing.Diff(*was, *is) {
		switch d.Path {
		case "proposal", "returned", "confirmed":
		default:
			live = true
		}
	}
	switch {
	case waits && live:
		return "both"
	case waits:
		return "wait"
	case !live && was.ProposalHash() == is.ProposalHash():
		return "same"
	case !is.Public():
		return "saved"
	}
	return "live"
}

// show answers with the form; problem is what was wrong with it, nil the first time.
func (x *edit) show(problem error) error { return x.showAt(x.l.Rev, problem) }

// showAt shows the form as made from revision rev: one that is not current any more stays so, until it is saved.
func (x *edit) showAt(rev int64, problem error) error {
	v := x.view(rev)
	v.Form.Parts = x.parts(x)
	if problem != nil {
		status := explain(x.p, &v.Form, problem)
		if status == 0 {
			return problem
		}
		x.c.Status(status)
	}
	if x.dress != nil {
		x.dress(x, &v, problem)
	}
	return x.render(v)
}

func (x *edit) view(rev int64) editView {
	p, l := x.p, x.l
	key := strings.ReplaceAll(x.path, "/", "_")
	v := editView{
		Up: ui.Link{Label: p.say("my.up"), Href: shopHref(x.c, l, x.next)}, Where: whereWords(p, l), Title: p.say("my.page." + key), Lead: p.say("my.lead." + key), Callouts: []ui.Callout{},
		Form: ui.Form{Action: x.c.OriginalURL(), CSRF: x.s.token(Of(x.c)), Rev: strconv.FormatInt(rev, 10), Bar: &ui.Bar{Saved: p.say("my.saved", "When", momentWords(p, l.UpdatedAt))}},
	}
	button := ui.Button{Label: p.say("my.save.live"), Name: "do", Value: "save"}
	switch {
	case !l.Public() && l.State != listing.Suspended:
		button.Label = p.say("my.save.draft")
	case x.act == access.ListingSensitive && !access.Can(Of(x.c).Actor, access.RegisterEnter, l.Thing()):
		button.Label = p.say("my.save.wait")
	}
	v.Form.Bar.Buttons = []ui.Button{button, {Label: p.say("my.cancel"), Href: shopHref(x.c, l, x.next), Kind: "alt"}}
	if x.act == access.ListingSensitive && l.Proposal != nil {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "clock", Lead: p.say("my.waits.lead"), Text: p.say("my.waits.text")})
	}
	return v
}

func (x *edit) render(v editView) error {
	bad := len(v.Form.Errors) > 0
	v.Side = x.s.side(x.c, x.p, x.l, x.path, bad)
	title := v.Title
	if bad {
		title = x.p.count("form_page.title", len(v.Form.Errors), "Title", title)
	}
	v.Base = x.s.privateBase(x.c, title)
	if x.p.err != nil {
		return x.p.err
	}
	return x.s.Render(x.c, "my-edit", v)
}

// control is a field of the form with what was typed in it.
func (x *edit) control(name, label string, more func(*ui.Field)) ui.FormPart {
	f := ui.Field{ID: name, Name: name, Label: label, Type: "text", Value: x.typed.Get(name)}
	if more != nil {
		more(&f)
	}
	for i := range f.Options {
		f.Options[i].Checked = f.Options[i].Value == f.Value
	}
	return ui.FormPart{Field: &f}
}

// typedLines are the lines of a text area, without empty ones.
func typedLines(s string) []string {
	out := []string{}
	for line := range strings.Lines(strings.ReplaceAll(s, "\r", "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
