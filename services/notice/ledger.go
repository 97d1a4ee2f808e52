package notice

import (
	"context"
	"errors"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Row is a row of the ledger, with how to ring the shop.
type Row struct {
	Receipt
	// Phones are all numbers the district knows, for the call list; none for a shop that is gone. Public are those that everybody may see.
	Phones, Public []phone.Number
	// Address is where the shop is now, in words; empty for one that is gone.
	Address string
}

// Ledger returns the receipts of a notice: who needs help first, then who has not confirmed, street by street and up the house numbers,
// then the others. group, unless empty, narrows it. A page at a time.
func (s *Service) Ledger(ctx context.Context, by access.Actor, id string, group Group, cursor string, limit int) (store.Page[Row], error) {
	out := store.Page[Row]{Items: []Row{}}
	if _, err := s.get(ctx, by, access.NoticeLedger, id); err != nil {
		return out, err
	}
	q := store.Where("notice_id", store.Eq, id)
	if group != "" {
		q = q.And("group", store.Eq, string(group))
	}
	page, err := s.receipts.Find(ctx, q.OrderBy("order", store.Asc).Limit(limit).After(cursor))
	if err != nil {
		return out, err
	}
	out.Next = page.Next
	for i := range page.Items {
		row := Row{Receipt: page.Items[i]}
		if l, err := s.Shop(ctx, row.ListingID); err == nil && l.State == listing.Published {
			row.Phones, row.Public, row.Address = l.Phones, l.PublicPhones(), l.Address.Line
		} else if err != nil && !fault.Is(err, fault.NotFound) {
			return out, err
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

// Tally is how many shops stand where.
type Tally struct {
	Groups    map[Group]int
	Standings map[Standing]int // of the shops that are still in the audience and of those that are gone
}

// Asked is how many shops of the audience are asked to confirm.
func (t Tally) Asked() int { return t.Groups[NeedsHelp] + t.Groups[Waiting] + t.Groups[Done] }

// Tally counts the ledger of a notice.
func (s *Service) Tally(ctx context.Context, by access.Actor, id string) (Tally, error) {
	t := Tally{Groups: map[Group]int{}, Standings: map[Standing]int{}}
	if _, err := s.get(ctx, by, access.NoticeLedger, id); err != nil {
		return t, err
	}
	of := store.Where("notice_id", store.Eq, id)
	groups, err := s.receipts.CountBy(ctx, "group", of)
	if err != nil {
		return t, err
	}
	standings, err := s.receipts.CountBy(ctx, "state", of)
	for k, n := range groups {
		t.Groups[Group(k)] = n
	}
	for k, n := range standings {
		t.Standings[Standing(k)] = n
	}
	return t, err
}

// Letter is a notice in the inbox of a shop.
type Letter struct {
	Receipt Receipt
	Posted  *Posted
}

// Inbox returns the notices that a shop was sent, the newest first, a page at a time, for its people. What still waits for it is told by
// Receipt.Group and Posted.StateAt.
func (s *Service) Inbox(ctx context.Context, by access.Actor, listingID, cursor string, limit int) (store.Page[Letter], error) {
	out := store.Page[Letter]{Items: []Letter{}}
	l, err := s.Shop(ctx, listingID)
	if err == nil {
		err = access.Require(by, access.NoticeConfirm, l.Thing())
	}
	if err != nil {
		return out, err
	}
	page, err := s.receipts.Find(ctx, store.Where("listing_id", store.Eq, listingID).OrderBy("posted_at", store.Desc).Limit(limit).After(cursor))
	if err != nil {
		return out, err
	}
	out.Next = page.Next
	for i := range page.Items {
		p, err := s.posted(ctx, page.Items[i].NoticeID)
		if err != nil {
			return out, err
		}
		if _, err := s.member(ctx, by, access.NoticeConfirm, &Notice{Meta: store.Meta{ID: p.ID}}, &p.Content, listingID); fault.Is(err, fault.NotFound) {
			continue // for other people of the shop
		}
		out.Items = append(out.Items, Letter{page.Items[i], p})
	}
	return out, nil
}

// Waiting returns the notices that wait for a confirmation, or for an emergency to be read, of a shop: what its people see first. It is
// bounded by what is public.
func (s *Service) Waiting(ctx context.Context, by access.Actor, listingID string) ([]Letter, error) {
	page, err := s.Inbox(ctx, by, listingID, "", 100)
	out := []Letter{}
	for _, x := range page.Items {
		if x.Posted.StateAt(s.Now()) == Live && (x.Receipt.Group == Waiting || x.Posted.Content.Kind == Emergency && x.Receipt.State == Unopened) {
			out = append(out, x)
		}
	}
	return out, err
}

// Read returns a notice as somebody of an asked shop reads it, in any state after its publication: fault.NotFound. It notes nothing.
func (s *Service) Read(ctx context.Context, by access.Actor, id, listingID string) (Letter, error) {
	p, err := s.posted(ctx, id)
	if err != nil {
		return Letter{}, err
	}
	if _, err := s.member(ctx, by, access.NoticeConfirm, &Notice{Meta: store.Meta{ID: p.ID}}, &p.Content, listingID); err != nil {
		return Letter{}, err
	}
	r, err := s.receipts.Get(ctx, receiptID(id, listingID))
	return Letter{r, p}, err
}

// posted returns what was published last of a notice, whoever may read it: fault.NotFound when nothing was.
func (s *Service) posted(ctx context.Context, id string) (*Posted, error) {
	b, err := s.Board(ctx)
	if err != nil {
		return nil, err
	}
	if p := b.every[id]; p != nil {
		return p, nil
	}
	n, err := s.docs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	one := &Board{ids: map[string]*Posted{}, every: map[string]*Posted{}}
	if err := s.post(ctx, one, nil, &n); err != nil {
		return nil, err
	}
	if one.every[id] == nil {
		return nil, fault.New(fault.NotFound, "error.not_found", errors.New("notice: never public"))
	}
	return one.every[id], nil
}

// Sweep forgets what shops asked for in words when its time is over, and returns in how many rows. A worker runs it once a day.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for {
		page, err := s.receipts.Find(ctx, store.Where("erase_at", store.Lte, s.Now()).Limit(batch))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		for i := range page.Items {
			_, err := s.receipts.Update(ctx, access.System("schedule"), audit.Write{Action: access.NoticeRoll, Title: page.Items[i].Name.Hans, Why: "forgotten"}, page.Items[i].ID, 0, func(r *Receipt) error {
				r.Help, r.EraseAt = "", never
				return nil
			})
			if err != nil {
				return n, err
			}
			n++
		}
	}
}
