package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
)

// form is what somebody sent: the fields, and the files of a form that has some.
type form struct {
	url.Values
	files map[string][]file
}

// file is an uploaded file. Its name is the sender's word and used for nothing but sentences.
type file struct {
	name, contentType string
	body              []byte
}

// chosen is how many files each field had.
func (f *form) chosen() map[string]int {
	out := map[string]int{}
	for name, files := range f.files {
		out[name] = len(files)
	}
	return out
}

// What a form may have at most; how long the texts are the services know.
const (
	formFields = 600      // the longest says of every member of the joint meeting whether it was there, or gives every topic its place
	formField  = 64 << 10 // bytes of one field
	formFiles  = 10
)

// readForm reads the body as the form it says it is. Fiber's own parsers would also take JSON, XML and endless parts.
func readForm(c *fiber.Ctx) (*form, error) {
	body := c.Request().Body()
	switch kind, params := formKind(c); kind {
	case fiber.MIMEApplicationForm:
		values, err := url.ParseQuery(string(body))
		if err != nil || len(values) > formFields {
			return nil, fiber.ErrBadRequest
		}
		return &form{Values: values}, nil
	case fiber.MIMEMultipartForm:
		return readParts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	}
	return nil, fiber.ErrUnsupportedMediaType
}

// formKind is the media type that the body says it is, with its parameters; empty when it says none that can be read.
func formKind(c *fiber.Ctx) (kind string, params map[string]string) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil {
		return "", nil
	}
	return kind, params
}

func readParts(r *multipart.Reader) (*form, error) {
	f := &form{Values: url.Values{}, files: map[string][]file{}}
	for n := 0; ; n++ {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil || n == formFields {
			return nil, fiber.ErrBadRequest
		}
		if p.FileName() == "" {
			b, err := io.ReadAll(io.LimitReader(p, formField+1))
			if err != nil || len(b) > formField {
				return nil, fiber.ErrBadRequest
			}
			if _, named := params(p)["filename"]; !named { // a file field left empty is no field
				f.Add(p.FormName(), string(b))
			}
			continue
		}
		b, err := io.ReadAll(p) // the server has bounded the whole body
		if err != nil || len(f.files[p.FormName()]) == formFiles {
			return nil, fiber.ErrBadRequest
		}
		f.files[p.FormName()] = append(f.files[p.FormName()], file{p.FileName(), p.Header.Get("Content-Type"), b})
	}
}

func params(p *multipart.Part) map[string]string {
	_, all, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return nil
	}
	return all
}

// form returns the form of the request; admit has read it on a private route.
func (s *Site) form(c *fiber.Ctx) (*form, error) {
	r := Of(c)
	if r.form != nil {
		return r.form, nil
	}
	f, err := readForm(c)
	if err == nil {
		r.form = f
	}
	return f, err
}

// rev returns the revision the form was made from: fault.Invalid when it says none, so that no form can write blindly.
func (f *form) rev() (int64, error) {
	n, err := strconv.ParseInt(f.Get("rev"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "error.form.rev", err)
	}
	return n, nil
}

// revised returns the form of the request and the revision it was made from: fault.Invalid when it says none.
func (s *Site) revised(c *fiber.Ctx) (*form, int64, error) {
	f, err := s.form(c)
	if err != nil {
		return nil, 0, err
	}
	rev, err := f.rev()
	return f, rev, err
}

// csrfHeader carries the token where a script sends JSON.
const csrfHeader = "X-Csrf-Token"

// csrfPurpose is what the key of the token is for.
const csrfPurpose = "form"

// token is what a form of this session carries; empty for a visitor, who has no session to abuse.
func (s *Site) token(r *Request) string {
	if r.Session.ID == "" || s.services.Keys == nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(s.services.Keys.MAC(csrfPurpose, []byte(r.Session.ID)))
}

// genuine refuses a form that was not made for this session. That another site's page did not send it is known already, see
// sameOrigin; the token holds where a browser does not say where a request comes from.
func (s *Site) genuine(c *fiber.Ctx) error {
	r := Of(c)
	said := c.Get(csrfHeader)
	if kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";"); strings.TrimSpace(kind) != fiber.MIMEApplicationJSON {
		f, err := s.form(c)
		if err != nil {
			return err
		}
		if said == "" {
			said = f.Get("csrf")
		}
	}
	if r.Session.ID == "" {
		return nil
	}
	mac, err := base64.RawURLEncoding.DecodeString(said)
	if err != nil || !s.services.Keys.Valid(csrfPurpose, mac, []byte(r.Session.ID)) {
		return fault.New(fault.Forbidden, "error.form.token", err)
	}
	return nil
}

// wrongFields returns the mistakes of err as a form shows them; nil when err is no matter of the input. id turns the name of a
// field into the id of its control.
func wrongFields(p *speaker, err error, id func(name string) string) []ui.FieldError {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 {
		return nil
	}
	out := []ui.FieldError{}
	for _, x := range f.Fields {
		e := ui.FieldError{ID: id(x.Name), Text: p.problem(x)}
		if len(out) == 0 || out[len(out)-1] != e {
			out = append(out, e)
		}
	}
	return out
}

// sameID is the id of controls that are called like their field.
func sameID(name string) string { return name }

// errorOf returns what a form says at one control.
func errorOf(errs []ui.FieldError, id string) string {
	for _, e := range errs {
		if e.ID == id {
			return e.Text
		}
	}
	return ""
}

func escaped(s string) string { return url.QueryEscape(s) }

// back returns where a page should lead on to: the path the visitor came from when it is one of ours, else otherwise.
func back(said, otherwise string) string {
	if said != "" && safeBack(said) {
		return said
	}
	return otherwise
}
