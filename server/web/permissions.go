package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// permissionsPage: GET /admin/permissions: the table by which everything is decided, in words. It is the table itself, so the page
// cannot say anything else than what is so.
func (s *Site) permissionsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := recordsView{Title: p.say("area.permissions"), Lead: p.say("office.permissions_lead")}
	for _, act := range access.Actions() {
		item := ui.Record{Title: p.action(act)}
		for _, scope := range []access.Scope{access.Own, access.InPlaza, access.All} {
			names := []string{}
			for _, r := range access.Roles {
				if access.Grant(r, act) == scope {
					names = append(names, p.say("roles."+string(r)))
				}
			}
			if access.Grant(access.Visitor, act) == access.All {
				if scope == access.All {
					item.Lines = append(item.Lines, p.say("scope.everybody"))
				}
			} else if len(names) > 0 {
				item.Lines = append(item.Lines, p.say("scope."+string(scope), "Who", strings.Join(names, p.say("office.and"))))
			}
		}
		if len(item.Lines) == 0 {
			item.Lines = []string{p.say("scope.nobody")}
		}
		if access.Dangerous(act) {
			item.Tag, item.State = p.say("office.dangerous"), ui.TaskTodo
		}
		v.Records.Items = append(v.Records.Items, item)
	}
	return s.showRecords(c, p, v)
}

// action says what an action is. One that is in the trail of an older version and in no table any more keeps its name.
func (p *speaker) action(act access.Action) string {
	group, name, _ := strings.Cut(string(act), ".")
	if key := "act." + group + "." + name; p.Has(key) {
		return p.say(key)
	}
	return string(act)
}
