package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/heritage"
	"shangquan/services/lang"
)

// historySection are the years of a shop, and the form that adds one.
func (s *Site) historySection(c *fiber.Ctx, p *speaker, f *form, r *heritage.Record, here string, v *casePage) {
	list := timeline(p, r.Timeline)
	list.Action, list.CSRF = here, s.token(Of(c))
	for i := range list.Items {
		list.Items[i].Buttons = []ui.Button{{Label: p.say("heritage.drop"), Kind: "alt s", Name: "drop", Value: strconv.Itoa(i+1) + "." + revision(r.Rev)}}
	}
	g := only(f, "entry")
	parts := []ui.FormPart{filled(g, "entry", "year", p.say("heritage.which_year"), "", func(y *ui.Field) { y.InputMode, y.Short = "numeric", true })}
	parts = append(parts, threefold(p, g, "entry", "text", p.say("heritage.what"), lang.Text{}, func(y *ui.Field) { y.Type, y.Max = "textarea", heritage.MaxText })...)
	parts = append(parts, filled(g, "entry", "source", p.say("heritage.source"), "", func(y *ui.Field) { y.Max, y.Hint = heritage.MaxText, p.say("heritage.source_hint") }))
	v.add(section{ID: "history", Title: p.say("heritage.history"), Text: p.say("heritage.history_text"), Records: list, Forms: []*ui.Form{s.act(c, "entry", here, r.Rev, p.say("heritage.entry_send"), parts...)}})
}

// dropped is the entry that a button names, with the revision it was shown at: "2.17"; 0 for none.
func dropped(f *form) (n int, rev int64) {
	first, rest, ok := strings.Cut(f.Get("drop"), ".")
	if !ok {
		return 0, 0
	}
	return whole(first), int64(whole(rest))
}
