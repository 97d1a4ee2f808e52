package web

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/search/suggest"
)

// suggestions is what the search field is told while somebody types.
type suggestions struct {
	Items []ui.Suggestion `json:"items"`
}

func (s *Site) suggest(c *fiber.Ctx) error {
	p := s.speaker(c)
	found, err := s.directory.Suggest(c.UserContext(), c.Query("q"), p.Lang)
	if err != nil {
		return err
	}
	out := suggestions{Items: []ui.Suggestion{}}
	for i := range found {
		x := &found[i]
		out.Items = append(out.Items, ui.Suggestion{
			Text: x.Text, Note: suggestionNote(p, x), Href: suggestionHref(p.Lang, x), Lang: x.Lang, Parts: ui.Mark(x.Text, x.Lang, pairs(x.Marks)).Parts,
		})
	}
	if p.err != nil {
		return p.err
	}
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(body)
}

// suggestionHref leads to the shop that is meant, or to a search.
func suggestionHref(t lang.Tag, x *directory.Suggestion) string {
	if x.Shop != "" {
		return ui.Href(t, "/shops/"+x.Shop)
	}
	return links{lang: t}.to(x.Query)
}

// suggestionNotes say what kind of thing a line is; a shop needs no word for it.
var suggestionNotes = map[suggest.Kind]string{
	suggest.Category: "suggest.category", suggest.Street: "suggest.street", suggest.Plaza: "suggest.plaza", suggest.Service: "suggest.goods", suggest.Alias: "suggest.alias",
}

func suggestionNote(p *speaker, x *directory.Suggestion) string {
	if key, ok := suggestionNotes[x.Kind]; ok {
		return p.say(key)
	}
	return ""
}
