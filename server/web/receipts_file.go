package web

import (
	"context"
	"iter"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/notice"
	"shangquan/services/phone"
	"shangquan/services/sheet"
)

// ledgerMost bounds what one table has: no district has so many shops.
const ledgerMost = 100_000

// receiptsTable: GET /desk/notices/:id/table (format): the whole ledger, as evidence of who was told what and when. Of telephone numbers it
// has those that everybody may see: the others are on the call list, and leave the house with two people only.
func (s *Site) receiptsTable(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	n, err := s.services.Notices.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if !n.Can(access.NoticeLedger) {
		return notThere()
	}
	p := s.speaker(c)
	t := sheet.Table{Name: p.say("receipts.sheet"), Above: []string{n.Content.Title.Hans, p.say("receipts.taken", "When", stamp(p, p.now), "Name", by.Name)}}
	for _, key := range []string{"shop", "address", "phone", "group", "version", "opened", "answered", "who", "way", "reminded", "help"} {
		t.Head = append(t.Head, p.say("receipts.column."+key))
	}
	return s.sendNoted(c, p, t, "receipts-"+strconv.Itoa(n.Version()), s.ledgerRows(ctx, p, by, id),
		audit.Event{Action: access.NoticeLedger, Object: audit.Ref{Kind: "notice", ID: id}, Title: n.Content.Title.Hans})
}

// ledgerRows are the rows of the table, read a page at a time.
func (s *Site) ledgerRows(ctx context.Context, p *speaker, by access.Actor, id string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		cursor := ""
		for read := 0; read < ledgerMost; {
			page, err := s.services.Notices.Ledger(ctx, by, id, "", cursor, 500)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Items {
				if !yield(ledgerCells(p, &page.Items[i]), nil) {
					return
				}
			}
			read += len(page.Items)
			if cursor = page.Next; cursor == "" {
				return
			}
		}
	}
}

func ledgerCells(p *speaker, r *notice.Row) []string {
	opened, answered, way := "", "", ""
	if !r.OpenedAt.IsZero() {
		opened = stamp(p, r.OpenedAt)
	}
	if !r.At.IsZero() {
		answered = stamp(p, r.At)
	}
	if r.Way != "" {
		way = p.say("receipts.way." + string(r.Way))
	}
	return []string{
		p.name(r.Name), r.Address, phone.Format(r.Public), p.say("receipts.group." + string(r.Group)), strconv.Itoa(r.Version), opened, answered, r.NameBy, way,
		strconv.Itoa(r.Reminded), r.Help,
	}
}
