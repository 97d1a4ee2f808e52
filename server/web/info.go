package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
)

// infoPage is a page of plain text: 关于, 怎么用, 无障碍说明, 隐私说明.
type infoPage struct{ Base ui.Base }

// info returns the handler of the plain page called name; its words are the catalogue's info.<name>.
func (s *Site) info(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		title := s.say(Of(c), "info."+name+".title", nil)
		base := s.Base(c, title)
		base.Description = s.say(Of(c), "info."+name+".lead", map[string]any{"District": base.Site.Name})
		return s.Render(c, name, infoPage{base})
	}
}
