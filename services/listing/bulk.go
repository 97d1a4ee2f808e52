package listing

import (
	"context"
	"errors"
	"slices"
	"strings"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// Put writes many listings for a reason that stands in the trail of each: every one over the revision it has, a new one with an id of
// its own and revision 0. They are written together where nobody comes between, else one by one. The slice says of each listing, in
// their order, why it was not written: fault.Invalid, or fault.Conflict when another revision is stored or its code is taken. The
// error is for trouble that has nothing to do with one of them; then some may be written.
//
// It is for what the program does with lists of its own: it asks neither which state may follow which nor about units, so a listing
// keeps both, or is one that was in no unit.
func (s *Service) Put(ctx context.Context, by access.Actor, why string, list []Listing) ([]error, error) {
	if err := access.Require(by, access.RegisterImport, access.Thing{Kind: Kind}); err != nil {
		return nil, err
	}
	out := make([]error, len(list))
	good := make([]Listing, 0, len(list))
	from := []int{} // good[i] is list[from[i]]
	for i := range list {
		l := list[i]
		l.prune()
		if out[i] = s.Check(&l); out[i] == nil {
			good, from = append(good, l), append(from, i)
		}
	}
	if err := s.freeSlugs(ctx, good); err != nil {
		return nil, err
	}
	w := audit.Write{Action: access.RegisterImport, Why: why}
	err := s.docs.Upsert(ctx, by, w, slices.Clone(good))
	if err == nil || !fault.Is(err, fault.Conflict) {
		return out, err
	}
	for i := range good {
		err := s.putOne(ctx, by, w, &good[i])
		if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
			return out, err
		}
		out[from[i]] = err
	}
	return out, nil
}

// putOne is Put for one listing. A part of those that were refused together may have been written: such a one is.
func (s *Service) putOne(ctx context.Context, by access.Actor, w audit.Write, l *Listing) error {
	stored, err := s.coll.Get(ctx, l.ID)
	switch {
	case err == nil && stored.Rev == l.Rev+1 && stored.Fact.Why == w.Why:
		return nil
	case err == nil && stored.Rev != l.Rev:
		return fault.New(fault.Conflict, "error.stale", errors.New("listing: "+l.ID+" was changed meanwhile"))
	case err != nil && (l.Rev != 0 || !fault.Is(err, fault.NotFound)):
		return err
	}
	return s.docs.Upsert(ctx, by, w, []Listing{*l})
}

// Stored returns the listings with these ids, in any state and with everything in them, by id; those that are not there are left out.
func (s *Service) Stored(ctx context.Context, ids []string) (map[string]Listing, error) {
	out := map[string]Listing{}
	err := s.eachIn(ctx, "id", ids, func(l Listing) { out[l.ID] = l })
	return out, err
}

// Withdrawn returns a listing as it is once the entering of it is taken back: archived, and its shop code and page address free for
// another. It is for a listing that nobody has touched since it was entered by mistake; every other one keeps both for ever.
func (l *Listing) Withdrawn() Listing {
	out := *l
	out.State, out.Closure = Archived, nil
	out.Code = "x-" + l.ID
	out.Slug = "x-" + strings.ToLower(l.ID)
	return out
}
