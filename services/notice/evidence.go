package notice

import (
	"context"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Evidence is what a file about who has confirmed says.
type Evidence struct {
	Notice Notice
	// Rows are in the order of the ledger.
	Rows []EvidenceRow
}

// EvidenceRow is one shop in Evidence.
type EvidenceRow struct {
	Receipt
	Code    string // shop code; empty for a shop that is no longer in the register
	Address string
	Phones  string // as one cell; the public and the private ones
}

// Evidence returns the whole ledger of a notice with addresses and telephone numbers, for a file. That somebody took it is for the caller to
// note where the trail is asked to.
func (s *Service) Evidence(ctx context.Context, by access.Actor, id string) (Evidence, error) {
	n, err := s.get(ctx, by, access.NoticeLedger, id)
	if err != nil {
		return Evidence{}, err
	}
	out := Evidence{Notice: n, Rows: []EvidenceRow{}}
	for r, err := range s.receipts.Each(ctx, store.Where("notice_id", store.Eq, id).OrderBy("order", store.Asc).Limit(1000)) {
		if err != nil {
			return Evidence{}, err
		}
		out.Rows = append(out.Rows, EvidenceRow{Receipt: r})
	}
	for i := range out.Rows {
		r := &out.Rows[i]
		l, err := s.Shop(ctx, r.ListingID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Evidence{}, err
		}
		r.Code, r.Address, r.Phones = l.Code, l.Address.Line, phone.Format(l.Phones)
	}
	return out, nil
}

// Words are what a file of evidence says, in the language of who asked for it.
type Words struct {
	Head      []string // one for each cell of Cells
	Standings map[Standing]string
	Groups    map[Group]string
	Ways      map[Way]string
}

// Cells returns a row as text, in the order shop code, shop, address, phones, group, standing, version, opened, confirmed at, by whom, how,
// help asked for, help asked at, helped at, reminders, left at.
func (r *EvidenceRow) Cells(w Words) []string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(calendar.Shanghai).Format("2006-01-02 15:04")
	}
	return []string{
		r.Code, r.Name.Hans, r.Address, r.Phones, w.Groups[r.Group], w.Standings[r.State], strconv.Itoa(r.Version), when(r.OpenedAt), when(r.At), r.NameBy, w.Ways[r.Way],
		r.Help, when(r.HelpAt), when(r.HelpedAt), strconv.Itoa(r.Reminded), when(r.LeftAt),
	}
}
