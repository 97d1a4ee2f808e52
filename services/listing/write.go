package listing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Check brings a listing into its stored form and says which fields may not be stored: fault.Invalid.
func (s *Service) Check(l *Listing) error {
	l.Normalise()
	return l.Validate()
}

// Enter adds a listing as a draft or, when the district itself enters it, published at once. It gets a page address from its
// name unless it has one. fault.Invalid; fault.Conflict when the code, the address or the unit is taken.
func (s *Service) Enter(ctx context.Context, by access.Actor, l *Listing) error {
	if err := access.Require(by, access.RegisterEnter, l.Thing()); err != nil {
		return err
	}
	return s.insert(ctx, by, audit.Write{Action: access.RegisterEnter}, l)
}

func (s *Service) insert(ctx context.Context, by access.Actor, w audit.Write, l *Listing) error {
	if l.State != Draft && l.State != Published {
		return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: entered as "+string(l.State)))
	}
	l.KeepHeritage(&Listing{})
	if err := s.Check(l); err != nil {
		return err
	}
	if l.Slug == l.slugOf() { // ours to choose
		switch _, err := s.coll.GetBy(ctx, "slug", l.Slug); {
		case err == nil:
			l.Slug = l.slugWithCode()
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	w.Title = l.Name.Hans
	if err := s.docs.Insert(ctx, by, w, l); err != nil {
		return err
	}
	if !l.holdsUnit() {
		return nil
	}
	// The unit needs the id, so it comes second; without it the listing waits as a draft.
	if err := s.occupy(ctx, l, ""); err != nil { // it was there before it was entered
		back, undo := s.docs.Update(ctx, by, w, l.ID, l.Rev, func(l *Listing) error { l.State = Draft; return nil })
		if undo == nil {
			*l = back
		}
		return errors.Join(err, undo)
	}
	return nil
}

// Replace writes a changed listing over revision rev. Its state, code and page address stay as they are: states have actions of
// their own, codes are printed on posters, and addresses are linked to. fault.Invalid, fault.NotFound; fault.Conflict when rev
// is no longer current.
func (s *Service) Replace(ctx context.Context, by access.Actor, l *Listing, rev int64) error {
	next := *l
	got, err := s.Update(ctx, by, l.ID, rev, func(was *Listing) error {
		meta, trail := was.Meta, was.Trail
		*was = next
		was.Meta, was.Trail = meta, trail
		return nil
	})
	if err == nil {
		*l = got
	}
	return err
}

// Update changes a listing by compare-and-swap on rev, with the same rules as Replace. Revision 0 stands for whatever is current;
// change may then run several times. It is for those who keep the register; others Edit.
func (s *Service) Update(ctx context.Context, by access.Actor, id string, rev int64, change func(*Listing) error) (Listing, error) {
	return s.change(ctx, by, access.RegisterEnter, audit.Write{Action: access.RegisterEnter}, id, rev, func(l *Listing) error {
		was := *l
		if err := change(l); err != nil {
			return err
		}
		l.Turns, l.SeenOpenOn = was.Turns, was.SeenOpenOn
		l.KeepHeritage(&was)
		switch {
		case l.State != was.State:
			return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: a state is changed by its action"))
		case l.Code != was.Code:
			return fault.Wrong("code", "error.fixed", nil)
		case l.Slug != was.Slug:
			return fault.Wrong("slug", "error.fixed", nil)
		}
		return s.Check(l)
	})
}

// Act moves a listing to another state: every action but Close and SendBack. A shop that is published or reopened takes its unit, and one
// that is archived leaves it. fault.Conflict when the state does not allow it, the unit is taken, or rev is not current.
func (s *Service) Act(ctx context.Context, by access.Actor, id string, rev int64, a Action) (Listing, error) {
	return s.change(ctx, by, a.Takes(), audit.Write{Action: a.Takes(), Why: string(a)}, id, rev, func(l *Listing) error {
		if err := l.act(a); err != nil {
			return err
		}
		if l.Public() {
			return s.Check(l)
		}
		return nil
	})
}

// Close closes a listing for good: its page stays and says so, its unit becomes vacant. Without a date it is today.
func (s *Service) Close(ctx context.Context, by access.Actor, id string, rev int64, c Closure) (Listing, error) {
	if c.On == "" {
		c.On = s.now().Format(time.DateOnly)
	}
	return s.change(ctx, by, Close.Takes(), audit.Write{Action: Close.Takes()}, id, rev, func(l *Listing) error {
		if err := l.closeAs(c); err != nil {
			return err
		}
		return s.Check(l)
	})
}

// attempts bounds how often a change of whatever is current is tried again.
const attempts = 50

// change updates a listing, when by may do the action may to it, and lets its unit follow. An empty action means that the caller
// has asked. A unit is taken before the listing says so and left after it: whatever breaks in between leaves a unit that looks
// occupied, which ReleaseUnits puts right, and never two shops in one.
func (s *Service) change(ctx context.Context, by access.Actor, may access.Action, w audit.Write, id string, rev int64, f func(*Listing) error) (Listing, error) {
	step := func(l *Listing) error {
		if may != "" {
			if err := access.Require(by, may, l.Thing()); err != nil {
				return err
			}
		}
		before, alive, public := l.watched(), l.life(), l.visible()
		if err := f(l); err != nil {
			return err
		}
		l.prune()
		l.note(before, by, s.now())
		l.turned(alive, s.now())
		l.announce(public, s.now())
		return nil
	}
	for try := 1; ; try++ {
		was, err := s.coll.Get(ctx, id)
		if err != nil {
			return Listing{}, err
		}
		at := rev
		if rev == 0 {
			at = was.Rev
		}
		w.Title = was.Name.Hans
		got, err := s.changeAt(ctx, by, w, was, at, step)
		if rev == 0 && stale(err) && try < attempts {
			continue
		}
		return got, err
	}
}

// stale reports whether err says that somebody else wrote first.
func stale(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Conflict && f.Key == "error.stale"
}

func (s *Service) changeAt(ctx context.Context, by access.Actor, w audit.Write, was Listing, rev int64, f func(*Listing) error) (Listing, error) {
	planned, at := was, was.Rev // of was nothing is read below that f could have written through planned: no list
	switch err := f(&planned); {
	case errors.Is(err, errSame) && rev == was.Rev:
		return s.coll.Get(ctx, was.ID)
	case errors.Is(err, errSame):
		return Listing{}, fault.New(fault.Conflict, "error.stale", fmt.Errorf("listing: %s has revision %d, not %d", was.ID, was.Rev, rev))
	case err != nil:
		return Listing{}, err
	}
	moves := planned.holdsUnit() && (!was.holdsUnit() || was.Address.UnitID != planned.Address.UnitID)
	if moves {
		if err := s.occupy(ctx, &planned, s.now().Format(time.DateOnly)); err != nil {
			return Listing{}, err
		}
	}
	write := f
	if at == rev { // it is known what comes of this revision; of another the store says that it is stale
		write = func(l *Listing) error { *l = planned; return nil }
	}
	got, err := s.docs.Update(ctx, by, w, was.ID, rev, write)
	if errors.Is(err, errSame) { // somebody made the same change meanwhile
		err = fault.New(fault.Conflict, "error.stale", err)
	}
	if err != nil {
		if moves {
			err = errors.Join(err, s.giveBack(ctx, planned.Address.UnitID, was.ID))
		}
		return Listing{}, err
	}
	if was.holdsUnit() && (!got.holdsUnit() || got.Address.UnitID != was.Address.UnitID) {
		return got, s.leave(ctx, was.Address.UnitID, was.ID, got.left(s.now()))
	}
	return got, nil
}

func (s *Service) occupy(ctx context.Context, l *Listing, on string) error {
	err := s.places.Occupy(ctx, l.Address.UnitID, l.ID, on)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrong("address.unit_id", "error.unit.unknown", nil)
	}
	return err
}

// giveBack leaves a unit that was taken for a change that was then refused, unless somebody else has made the same change.
func (s *Service) giveBack(ctx context.Context, unitID, id string) error {
	l, err := s.coll.Get(ctx, id)
	if err != nil || l.holdsUnit() && l.Address.UnitID == unitID {
		return err
	}
	return s.leave(ctx, unitID, id, l.left(s.now()))
}

// leave vacates a unit. That it is gone, or another shop is in it already, is as good.
func (s *Service) leave(ctx context.Context, unitID, id string, how place.Leaving) error {
	err := s.places.Vacate(ctx, unitID, id, how)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// ReleaseUnits vacates the units whose listing is not in them (any more), as a crash between two writes leaves them, and returns
// how many. A server does it when it starts.
func (s *Service) ReleaseUnits(ctx context.Context) (int, error) {
	units, err := s.places.Occupied(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, u := range units {
		l, err := s.coll.Get(ctx, u.OccupiedBy)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		if err == nil && l.holdsUnit() && l.Address.UnitID == u.ID {
			continue
		}
		if err := s.leave(ctx, u.ID, u.OccupiedBy, l.left(s.now())); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Save writes many listings at once, matched with the stored ones by shop code; what says nothing new is not written. A stored
// listing keeps its state, its closure and its page address. All are checked before the first is written: fault.Invalid names
// the code of the first wrong one in its cause. Units are not moved.
func (s *Service) Save(ctx context.Context, by access.Actor, list []Listing) (place.Tally, error) {
	if err := access.Require(by, access.RegisterImport, access.Thing{Kind: Kind}); err != nil {
		return place.Tally{}, err
	}
	t, write, err := s.planSave(ctx, list)
	for try := 1; err == nil && len(write) > 0; try++ {
		if err = s.docs.Upsert(ctx, by, audit.Write{Action: access.RegisterImport}, write); !stale(err) || try == attempts {
			break
		}
		// Somebody edited one of them meanwhile: what the import does not say is taken from that edit.
		_, write, err = s.planSave(ctx, list)
	}
	return t, err
}

// planSave returns what Save writes over what is stored now.
func (s *Service) planSave(ctx context.Context, list []Listing) (t place.Tally, write []Listing, err error) {
	stored, err := s.storedByCode(ctx, list)
	if err != nil {
		return place.Tally{}, nil, err
	}
	seen := map[string]bool{}
	for _, l := range list {
		was, known := stored[l.Code]
		if known {
			l.keep(&was)
		} else {
			l.KeepHeritage(&was)
		}
		if err := s.Check(&l); err != nil {
			if f, ok := errors.AsType[*fault.Error](err); ok {
				f.Err = errors.New("listing " + l.Code)
			}
			return place.Tally{}, nil, err
		}
		if seen[l.Code] {
			return place.Tally{}, nil, fault.Wrong("code", "error.taken", map[string]any{"Value": l.Code})
		}
		seen[l.Code] = true
		switch {
		case !known:
			t.New++
		case store.Same(&l, &was):
			t.Unchanged++
			continue
		default:
			t.Changed++
		}
		write = append(write, l)
	}
	return t, write, s.freeSlugs(ctx, write)
}

// keep leaves with l what an import does not say: what became of the page, whose it is, and what waits.
func (l *Listing) keep(was *Listing) {
	l.Meta, l.Trail, l.State, l.Closure, l.Slug, l.Merged = was.Meta, was.Trail, was.State, was.Closure, was.Slug, was.Merged
	l.MerchantID, l.PlazaMay, l.Consents, l.Plaque = was.MerchantID, was.PlazaMay, was.Consents, was.Plaque
	if len(l.Photos) == 0 {
		l.Photos = was.Photos
	}
	l.KeepHeritage(was)
	l.Proposal, l.Returned, l.Watch = was.Proposal, was.Returned, was.Watch
	l.Looks, l.Hidden = was.Looks, was.Hidden
	l.Turns, l.SeenOpenOn = was.Turns, was.SeenOpenOn
	if len(l.Prices) == 0 {
		l.Prices = was.Prices
	}
}

func (s *Service) storedByCode(ctx context.Context, list []Listing) (map[string]Listing, error) {
	codes := make([]string, len(list))
	for i := range list {
		codes[i] = list[i].Code
	}
	out := map[string]Listing{}
	err := s.eachIn(ctx, "code", codes, func(l Listing) { out[l.Code] = l })
	return out, err
}

// freeSlugs gives new listings whose name is taken a page address with their code. The older page keeps the short one.
func (s *Service) freeSlugs(ctx context.Context, write []Listing) error {
	slugs := make([]string, len(write))
	for i := range write {
		slugs[i] = write[i].Slug
	}
	taken := map[string]string{} // slug → code
	if err := s.eachIn(ctx, "slug", slugs, func(l Listing) { taken[l.Slug] = l.Code }); err != nil {
		return err
	}
	for i := range write {
		l := &write[i]
		if code, ok := taken[l.Slug]; ok && code != l.Code && l.Rev == 0 && l.Slug == l.slugOf() {
			l.Slug = l.slugWithCode()
		}
		taken[l.Slug] = l.Code
	}
	return nil
}

func (s *Service) eachIn(ctx context.Context, field string, values []string, f func(Listing)) error {
	for part := range slices.Chunk(values, maxIDs) {
		for l, err := range s.coll.Each(ctx, store.Where(field, store.In, part).Limit(maxIDs)) {
			if err != nil {
				return err
			}
			f(l)
		}
	}
	return nil
}
