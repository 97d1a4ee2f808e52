package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/guidance"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// guidanceRoutes are what the district suggests for a unit; it stands on the page of the unit.
func (s *Site) guidanceRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/desk/units/:id/guidance", Handle: s.guidanceSent, Kind: Private, Rate: Write, Needs: access.GuidanceEdit, Probe: "/desk/units/none/guidance"},
	}
}

// guidanceOf are the notes of a unit with what can be done about each, and the form of a new one; nothing for who does not read them.
func (s *Site) guidanceOf(c *fiber.Ctx, p *speaker, f *form, u *place.Unit) ([]section, error) {
	by := Of(c).Actor
	if s.services.Guidance == nil || !access.Can(by, access.GuidanceEdit, access.Thing{}) {
		return nil, nil
	}
	list, err := s.services.Guidance.Of(c.UserContext(), by, u.ID)
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/units/"+u.ID+"/guidance")
	out := []section{}
	words := func(id, label string) ui.FormPart {
		return filled(only(f, id), id, "text", label, "", func(y *ui.Field) { y.Type, y.Max, y.Lang = "textarea", guidance.MaxText, lang.Hans })
	}
	for i := range list {
		n := &list[i]
		x := section{ID: "note-" + n.ID, Title: p.say("guidance.note", "State", p.say("guidance.state."+string(n.State))), Records: &ui.Records{}}
		for _, st := range n.Steps {
			x.Records.Items = append(x.Records.Items, ui.Record{Title: st.Text, Lang: lang.Hans, Lines: []string{p.say("guidance.state." + string(st.State)), s.whoWhen(c, p, st.AccountID, st.At)}})
		}
		if next := n.State.Next(); len(next) > 0 {
			id := "note-form-" + n.ID
			form := s.act(c, id, here, n.Rev, "", words(id, p.say("guidance.said."+string(n.State))))
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "note", Value: n.ID})
			form.Bar.Buttons = nil
			for j, to := range next {
				b := ui.Button{Label: p.say("guidance.to." + string(to)), Name: "to", Value: string(to), Of: n.Text()}
				if j > 0 {
					b.Kind = "alt"
				}
				form.Bar.Buttons = append(form.Bar.Buttons, b)
			}
			x.Forms = []*ui.Form{form}
		}
		out = append(out, x)
	}
	if u.Retired != "" {
		return out, nil
	}
	return append(out, section{ID: "guidance", Title: p.say("guidance.new"), Text: p.say("guidance.new_text"), Forms: []*ui.Form{s.act(c, "suggest", here, 0, p.say("guidance.suggest"), words("suggest", p.say("guidance.text")))}}), nil
}

// guidanceSent: POST /desk/units/:id/guidance (form suggest with text; or note, rev, to, text).
func (s *Site) guidanceSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if f.Get("form") == "suggest" {
		_, err = s.services.Guidance.Suggest(ctx, by, id, f.Get("text"))
	} else {
		rev, wrong := f.rev()
		if wrong != nil {
			return wrong
		}
		_, err = s.services.Guidance.Move(ctx, by, id, f.Get("note"), rev, guidance.State(f.Get("to")), f.Get("text"))
	}
	if err == nil {
		return see(c, "/desk/units/"+id+"?done=guidance")
	}
	return s.refused(c, f, err, func(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
		v, _, err := s.unitCase(c, p, f)
		return v, err
	})
}
