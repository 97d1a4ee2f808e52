package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/extract"
	"shangquan/services/phone"
	"shangquan/services/sheet"
)

// membersTable: GET /liaison/roster (format): the members as a table, with the desk to ring and what of the pact is signed. Nobody is
// named in it; that it was taken is on record.
func (s *Site) membersTable(c *fiber.Ctx) error {
	ctx, by, p := c.UserContext(), Of(c).Actor, s.speaker(c)
	members, err := s.services.Assembly.Organisations(ctx, by, false)
	if err != nil {
		return err
	}
	pacts, err := s.services.Assembly.Pacts(ctx, by)
	if err != nil {
		return err
	}
	t := sheet.Table{Name: p.say("assembly.members"), Above: []string{p.say("assembly.roster_taken", "When", stamp(p, p.now))}}
	for _, key := range []string{"name", "kind_label", "seat", "since", "desk_title", "desk_phone", "public_list", "version", "signed_on"} {
		t.Head = append(t.Head, p.say("assembly."+key))
	}
	rows := func(yield func([]string, error) bool) {
		for i := range members {
			o := &members[i]
			listed, _ := listedWords(p, o)
			row := []string{p.name(o.Name), p.say("assembly.kind." + string(o.Kind)), o.Seat, o.Since, o.Desk.Title, "", listed, "", ""}
			if numbers, err := phone.Parse(o.Desk.Phone); err == nil {
				row[5] = phone.Format(numbers)
			}
			if len(pacts) > 0 {
				row[7] = p.say("assembly.unsigned")
				if when, ok := o.HasSigned(pacts[0].Number); ok {
					row[7], row[8] = p.say("assembly.version_n", "N", pacts[0].Number), dayOf(p, when)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return s.sendNoted(c, p, t, "members", rows, audit.Event{Action: access.AssemblyRead, Object: audit.Ref{Kind: extract.Kind, ID: "members"}})
}
