package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"shangquan/services/access"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// TwoPeople returns the kind of the proposal with which the batch waits for a second person when this one applies it; empty where one is
// enough.
func (s *Service) TwoPeople(ctx context.Context, by access.Actor, b *Batch) (string, error) {
	switch {
	case b.Change.moves(listing.Close):
		return CloseKind, nil
	case b.takesDown():
		n, err := s.alone(ctx, by, b.ID)
		if err != nil || n+b.Count(Planned) > Few {
			return SuspendKind, err
		}
	}
	return "", nil
}

func (b *Batch) takesDown() bool {
	return b.Change.moves(listing.Suspend) && b.Count(Planned) > 0
}

// claim counts a preview that one person may apply for them before anything is written, and asks again: of two batches at the same moment
// the one that is counted later sees the other. Both may see each other, then both take two people.
func (s *Service) claim(ctx context.Context, by access.Actor, b *Batch) (kind string, err error) {
	got, err := s.docs.Update(ctx, b.ID, b.Rev, func(b *Batch) error {
		b.Counted, b.By = true, countersign.Person{Account: by.AccountID, Name: by.Name}
		return nil
	})
	if err != nil {
		return "", err
	}
	*b = got
	return s.TwoPeople(ctx, by, b)
}

// alone returns how many shops somebody took down by other batches than this one in the last 24 hours without a second person, and did not
// take back.
func (s *Service) alone(ctx context.Context, by access.Actor, id string) (int, error) {
	n, now := 0, s.now()
	for b, err := range s.docs.Each(ctx, store.Where("by.account", store.Eq, by.AccountID).And("created_at", store.Gte, now.Add(-planFor-UndoFor))) {
		if err != nil {
			return 0, err
		}
		if b.ID == id || b.Signed || !b.Change.moves(listing.Suspend) {
			continue
		}
		switch b.Stage {
		case Preview:
			if b.Counted && now.Before(b.Until) {
				n += b.Count(Planned)
			}
		case Running:
			n += b.Count(Planned) + b.Count(Written)
		case Applied, Undoing, Undone:
			if now.Before(b.Until) { // UndoFor after it was applied
				n += b.Count(Written)
			}
		case Signing:
		}
	}
	return n, nil
}

// content is what the proposal of changing many shops says: which, as they were shown.
type content struct {
	Batch string `json:"batch"`
	Rev   int64  `json:"rev"`
	Rows  string `json:"rows"`
}

// digest is what will be written, in one line.
func digest(b *Batch) string {
	out, _ := json.Marshal([]any{b.Change, b.Rows}) // both can always be written out
	return string(out)
}

func title(b *Batch) string {
	names := []string{}
	for i := range b.Rows {
		if b.Rows[i].Outcome == Planned && len(names) < 3 {
			names = append(names, b.Rows[i].Title)
		}
	}
	return strings.Join(names, "、")
}

// Signed returns the batch a proposal is about.
func (s *Service) Signed(ctx context.Context, by access.Actor, p countersign.Proposal) (Batch, error) {
	var c content
	if err := p.Read(&c); err != nil {
		return Batch{}, err
	}
	return s.Get(ctx, by, c.Batch)
}

// signed is the deed of a batch that takes two people.
func (s *Service) signed(ctx context.Context, by access.Actor, p countersign.Proposal) error {
	var c content
	if err := p.Read(&c); err != nil {
		return err
	}
	b, err := s.docs.Get(ctx, c.Batch)
	if err != nil {
		return err
	}
	switch {
	case b.Stage == Applied:
		return nil // it was carried out, and the crash came after
	case b.Stage == Running:
	case b.Stage != Signing || digest(&b) != c.Rows:
		return fault.New(fault.Conflict, "bulk.wrong.stage", errors.New("bulk: not what was signed"))
	default:
		if b, err = s.stage(ctx, b.ID, b.Rev, Signing, Running); err != nil {
			return err
		}
	}
	_, err = s.run(ctx, by, b)
	return err
}
