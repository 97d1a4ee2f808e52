package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
)

// formPage is templates/pages/form.html: a heading, what there is to know, one form. Most pages of accounts are one.
type formPage struct {
	Base     ui.Base
	Up       *ui.Link // back to where it belongs
	Title    string
	Callouts []ui.Callout
	Lead     string
	List     []string // codes to write down
	Picture  *qrPicture
	Form     *ui.Form
	Passkey  *passkeyForm // another way to do what Form does; nil: none
	Facts    []ui.Static  // what is set, with links to where it is changed
	More     []ui.Form    // further forms, each with a purpose of its own
	Links    []ui.Link
}

// qrPicture is a QR code with what it is, for who cannot see it.
type qrPicture struct {
	ui.QR
	Label string
}

// showForm answers with the page of one form. err is what was wrong with what was sent, nil the first time: mistakes stand at the
// fields and above the form, and everything typed is still there. An error that is no matter of the form is returned.
func (s *Site) showForm(c *fiber.Ctx, p *speaker, v formPage, err error) error {
	if err != nil {
		status := explain(p, v.Form, err)
		if status == 0 {
			return err
		}
		c.Status(status)
		if wait := judge(err).wait; wait > 0 {
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait))
		}
	}
	// Also who signs in anew may have a session, one that waits for its second factor at least.
	token := s.token(Of(c))
	if v.Form != nil {
		v.Form.CSRF = token
	}
	for i := range v.More {
		v.More[i].CSRF = token
	}
	title := v.Title
	if v.Form != nil && len(v.Form.Errors) > 0 {
		title = p.count("form_page.title", len(v.Form.Errors), "Title", title)
	}
	v.Base = s.privateBase(c, title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "form", v)
}

// explain puts what is wrong into the form and returns the status of the answer, 0 when the form cannot say it: everything that is
// ours, and everything one cannot mend by typing.
func explain(p *speaker, f *ui.Form, err error) int {
	fe, ok := errors.AsType[*fault.Error](err)
	if !ok || f == nil || fe.Kind == fault.Internal || fe.Kind == fault.NotFound {
		return 0
	}
	f.Errors = wrongFields(p, err, func(name string) string { return idIn(f, name) })
	if len(f.Errors) == 0 {
		if !p.Has(fe.Key) {
			return 0
		}
		text, sayErr := p.With(fe.Key, nil)
		p.note(sayErr)
		f.Errors = []ui.FieldError{{Text: text}}
	}
	for i := range f.Parts {
		switch part := &f.Parts[i]; {
		case part.Field != nil:
			part.Field.Error = errorOf(f.Errors, part.Field.ID)
		case part.Choice != nil:
			part.Choice.Error = errorOf(f.Errors, part.Choice.ID)
		case part.Row != nil:
			part.Row.Error = errorOf(f.Errors, part.Row.ID)
		}
	}
	if fe.Kind == fault.Unauthenticated { // a wrong password is an answer to the form, not a page one may not see
		return fiber.StatusUnprocessableEntity
	}
	return statusFor(fe)
}

// idIn returns the id of the control for a field: its own, or that of the part of it ("name.en" belongs to "name"); "" where the
// form has none, so that the mistake still stands above it.
func idIn(f *ui.Form, name string) string {
	for {
		for _, part := range f.Parts {
			if part.Field != nil && part.Field.Name == name {
				return part.Field.ID
			}
			if part.Choice != nil && part.Choice.Name == name {
				return part.Choice.ID
			}
			if part.Row != nil && part.Row.Name == name {
				return part.Row.ID
			}
		}
		cut := strings.LastIndexByte(name, '.')
		if cut < 0 {
			return ""
		}
		name = name[:cut]
	}
}

// input is a field whose id is its name, with what was typed.
func input(f *form, name, label string, more func(*ui.Field)) ui.FormPart {
	x := ui.Field{ID: name, Name: name, Label: label, Type: "text"}
	if f != nil {
		x.Value = f.Get(name)
	}
	if more != nil {
		more(&x)
	}
	if x.Type == "password" || x.Type == "file" {
		x.Value = ""
	}
	return ui.FormPart{Field: &x}
}

// hidden lists what a form carries along, without what is empty.
func hidden(pairs ...string) []ui.Hidden {
	out := []ui.Hidden{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, ui.Hidden{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return out
}

// at returns an address of the site in the language of the request.
func at(c *fiber.Ctx, to string) string { return ui.Href(Of(c).Lang, to) }

// see leads on to a page of the site after something was done.
func see(c *fiber.Ctx, to string) error { return c.Redirect(at(c, to), fiber.StatusSeeOther) }
