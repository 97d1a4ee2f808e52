package web

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
)

// entries is a form that could not be taken yet: its sender has to sign in again, or to prove who they are. It goes along through
// those pages, sealed, and is offered again at the end; nothing typed is lost, and nothing is sent without another press.
type entries struct {
	Path   string         `json:"path"`
	Values url.Values     `json:"values"`
	Files  map[string]int `json:"chosen"` // how many files each field had: they cannot go along, and are chosen again at the end
	Until  time.Time      `json:"until"`
}

const (
	entriesPurpose = "entries"
	// entriesTime is how long a form waits for its sender: a page copied by somebody is of no use the week after.
	entriesTime = 24 * time.Hour
	maxEntries  = 40 << 10 // bytes sealed, which is less than a form may have in one field
)

// keepEntries shows the page at which the sender goes on, with the form in it.
func (s *Site) keepEntries(c *fiber.Ctx, to string) error {
	r := Of(c)
	f, err := s.form(c)
	if err != nil {
		return err
	}
	e := entries{Path: c.Path(), Values: f.Values, Files: f.chosen(), Until: s.now().Add(entriesTime)}
	e.Values.Del("csrf")
	kept, err := s.sealEntries(e)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	return s.showForm(c, p, formPage{
		Title: p.say("kept.title"), Lead: p.say("kept.text"),
		Form: &ui.Form{
			Action: ui.Href(r.Lang, to), CSRF: s.token(r), Hidden: hidden("kept", kept, "show", "1"),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("kept.go")}}},
		},
	}, nil)
}

func (s *Site) sealEntries(e entries) (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestSpeed)
	if err != nil {
		return "", err
	}
	_, _ = w.Write(b) // a buffer does not fail
	_ = w.Close()
	if small.Len() > maxEntries {
		return "", fault.New(fault.Unauthenticated, "error.sign_in", nil) // too much to carry along
	}
	return s.services.Keys.Seal(entriesPurpose, small.Bytes())
}

func (s *Site) openEntries(sealed string) (entries, bool) {
	var e entries
	b, err := s.services.Keys.Open(entriesPurpose, sealed)
	if err != nil {
		return e, false
	}
	b, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), 1<<20))
	if err != nil || json.Unmarshal(b, &e) != nil || !safeBack(e.Path) || !s.now().Before(e.Until) {
		return e, false
	}
	return e, true
}

// proceed is where a sign-in or a check ends: at the form that waits, or at the page that was asked for.
func (s *Site) proceed(c *fiber.Ctx, kept, to string) error {
	r := Of(c)
	e, ok := s.openEntries(kept)
	if !ok {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := s.speaker(c)
	v := formPage{Title: p.say("kept_again.title"), Lead: p.say("kept_again.text"), Form: &ui.Form{
		Action: e.Path, CSRF: s.token(r), Hidden: []ui.Hidden{},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("kept_again.send")}}},
	}}
	if len(e.Files) > 0 {
		v.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("kept_again.files")}}
	}
	refill(v.Form, e.Values, e.Files, p.say("kept_again.file"))
	return s.showForm(c, p, v, nil)
}

// refill puts what was sent into a form that is to be sent again. No page can give a file back: a field asks for those it had once more.
func refill(x *ui.Form, values url.Values, chosen map[string]int, label string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			x.Hidden = append(x.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		x.Files = true
		x.Parts = append(x.Parts, ui.FormPart{Field: &ui.Field{ID: "file-" + name, Name: name, Type: "file", Label: label, Multiple: chosen[name] > 1}})
	}
}

// secrets are the fields that a page never gives back.
var secrets = []string{"password", "proof"}

// again is the form of a request that failed through no fault of its sender, to be sent again as it was; nil where there is none, or one with
// a secret. It carries the token that came with it and gets none of its own: what another site sent stays refused. A large body that nobody
// has read yet is read for what was typed beside the files in it, unless its sender sends too much.
func (s *Site) again(c *fiber.Ctx, status int) *ui.Form {
	r, to := Of(c), c.OriginalURL()
	if c.Method() != fiber.MethodPost || r.route == nil || !safeBack(to) || s.foreign(c) != nil {
		return nil
	}
	if r.form == nil && len(c.Request().Body()) > maxEntries {
		if kind, _ := formKind(c); kind != fiber.MIMEMultipartForm || status == fiber.StatusTooManyRequests {
			return nil
		}
	}
	f, err := s.form(c)
	if err != nil || len(f.Encode()) > maxEntries || slices.ContainsFunc(secrets, f.Has) {
		return nil
	}
	out := &ui.Form{Action: to, Hidden: []ui.Hidden{}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: s.say(r, "error.page.again", nil)}}}}
	refill(out, f.Values, f.chosen(), s.say(r, "kept_again.file", nil))
	return out
}
