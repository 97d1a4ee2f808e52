package notice

import (
	"context"
	"errors"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// rollBatch is how many rows are written at once: others write in between.
const rollBatch = 500

// rollFor makes the ledger of a notice hold one row for every shop of its audience, about the version that is public, and marks those that
// have left. It may run again at any time and on two servers at once: what is right already is not written.
func (s *Service) rollFor(ctx context.Context, n *Notice) (Notice, error) {
	ref, ok := n.Current()
	if !ok || n.Public != Live {
		return *n, nil
	}
	v, err := s.versions.Get(ctx, versionID(n.ID, ref.N, ref.Hash))
	if err != nil {
		return *n, err
	}
	list, _, err := s.Listed(ctx)
	if err != nil {
		return *n, err
	}
	in := map[string]*listing.Listing{}
	for _, l := range v.Content.Audience.Of(list) {
		in[l.ID] = l
	}
	if err := s.followRows(ctx, n, &v, in); err != nil {
		return *n, err
	}
	if err := s.addRows(ctx, n, &v, in); err != nil {
		return *n, err
	}
	if n.RolledFor == ref.N {
		return *n, nil
	}
	return s.docs.Update(ctx, access.System("schedule"), write(access.NoticeRoll, n, ""), n.ID, 0, func(n *Notice) error {
		n.RolledFor = max(n.RolledFor, ref.N)
		return nil
	})
}

// followRows brings the rows that are there up to date, and takes their shops out of in.
func (s *Service) followRows(ctx context.Context, n *Notice, v *Version, in map[string]*listing.Listing) error {
	now := utc(s.Now())
	var changed []Receipt
	flush := func() error {
		err := s.receipts.Upsert(ctx, access.System("schedule"), audit.Write{Action: access.NoticeRoll, Title: v.Content.Title.Hans}, changed)
		if fault.Is(err, fault.Conflict) { // somebody confirmed meanwhile: one by one, over what is there now
			err = nil
			for i := range changed {
				err = errors.Join(err, s.followRow(ctx, v, &changed[i], in[changed[i].ListingID]))
			}
		}
		changed = changed[:0]
		return err
	}
	seen := []string{}
	for r, err := range s.receipts.Each(ctx, store.Where("notice_id", store.Eq, n.ID).Limit(1000)) {
		if err != nil {
			return err
		}
		if r.Version > v.N {
			return errors.New("notice: a later version is being rolled out")
		}
		seen = append(seen, r.ListingID)
		if r.follow(&v.Content, v.N, in[r.ListingID], now) {
			if changed = append(changed, r); len(changed) == rollBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	err := flush()
	for _, id := range seen {
		delete(in, id)
	}
	return err
}

func (s *Service) followRow(ctx context.Context, v *Version, r *Receipt, l *listing.Listing) error {
	_, err := s.receipts.Update(ctx, access.System("schedule"), audit.Write{Action: access.NoticeRoll, Title: v.Content.Title.Hans}, r.ID, 0, func(r *Receipt) error {
		if r.Version > v.N || !r.follow(&v.Content, v.N, l, utc(s.Now())) {
			return errSame
		}
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// errSame says that there is nothing to write.
var errSame = errors.New("notice: nothing to change")

// addRows adds the rows of shops that came into the audience. Who was asked is in the trail by the publication; the rows have no entries
// of their own until something happens to them.
func (s *Service) addRows(ctx context.Context, n *Notice, v *Version, in map[string]*listing.Listing) error {
	rows := make([]Receipt, 0, len(in))
	for _, l := range in {
		rows = append(rows, newReceipt(n, &v.Content, v.N, l))
	}
	slices.SortFunc(rows, func(a, b Receipt) int {
		if a.Order != b.Order {
			return map[bool]int{true: -1, false: 1}[a.Order < b.Order]
		}
		return 0
	})
	for part := range slices.Chunk(rows, rollBatch) {
		err := s.roll.Append(ctx, part)
		if fault.Is(err, fault.Conflict) { // another server is at it
			err = nil
			for i := range part {
				if e := s.roll.Insert(ctx, &part[i]); e != nil && !fault.Is(e, fault.Conflict) {
					err = errors.Join(err, e)
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Follow brings the ledgers of everything that is public up to the register: shops that opened or moved into an audience are asked too, those
// that closed or moved away are marked. It returns how many ledgers it looked at; one that nothing has happened to costs nothing. A worker
// calls it every minute.
func (s *Service) Follow(ctx context.Context) (int, error) {
	_, revision, err := s.Listed(ctx)
	if err != nil {
		return 0, err
	}
	looked := 0
	var failed []error
	for n, err := range s.docs.Each(ctx, store.Where("public", store.Eq, string(Live))) {
		if err != nil {
			return looked, err
		}
		at := rolledAt{revision, n.Version(), n.RolledFor}
		if was, ok := s.rolled.Load(n.ID); ok && was == at {
			continue
		}
		looked++
		after, err := s.rollFor(ctx, &n)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		s.rolled.Store(n.ID, rolledAt{revision, after.Version(), after.RolledFor})
	}
	return looked, errors.Join(failed...)
}

// rolledAt is what a ledger was brought up to by this process.
type rolledAt struct {
	register       string
	version, rolls int
}
