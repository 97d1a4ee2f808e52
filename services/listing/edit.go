package listing

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// errSame ends a change that would say nothing new: nothing is written and the revision stays.
var errSame = errors.New("listing: nothing changes")

// Edit writes the fields of a patch over revision rev. What is Live is public at once; what Waits becomes the proposal, together
// with what is waiting already, and the published page stays as it is. A page that was never published takes everything at once,
// and so does an edit of those who keep the register.
//
// fault.NotFound for a listing of others; fault.Invalid names each field that does not exist, is not for this role, or is wrong,
// and nothing of the patch is written; fault.Conflict when rev is not current (see Compare) or the listing is archived.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, p Patch) (Listing, error) {
	return s.edit(ctx, by, audit.Write{}, id, rev, p)
}

func (s *Service) edit(ctx context.Context, by access.Actor, w audit.Write, id string, rev int64, p Patch) (Listing, error) {
	l, err := s.Open(ctx, by, id)
	if err != nil {
		return Listing{}, err
	}
	fields, err := p.paths(by, l.Thing())
	if err != nil {
		return Listing{}, err
	}
	if w.Action == "" {
		w.Action = access.ListingOpen
		if len(fields) > 0 {
			w.Action = fields[0].Action
		}
	}
	return s.change(ctx, by, access.ListingOpen, w, id, rev, func(l *Listing) error {
		return s.apply(l, hand{by, s.now()}, p)
	})
}

// apply writes a patch into l.
func (s *Service) apply(l *Listing, h hand, p Patch) error {
	fields, err := p.paths(h.by, l.Thing()) // again: it may have changed hands meanwhile
	if err != nil {
		return err
	}
	if l.State == Archived {
		return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: an archived listing is not edited"))
	}
	if _, closing := p["closure"]; closing && l.State != Published {
		return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: only what is published is closed"))
	}
	was := *l
	want := l.Proposed()
	proposed := []*Field{}
	var wrong []fault.Field
	for _, f := range fields {
		to := l
		if s.mustWait(f, l, h.by, p[f.Path]) {
			to = &want
			proposed = append(proposed, f)
		}
		if err := f.set(to, h, p[f.Path]); err != nil {
			wrong = append(wrong, fault.Field{Name: f.Path, Key: "listing.wrong.value"})
		}
	}
	if len(wrong) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	l.KeepHeritage(&was)
	want.KeepHeritage(&was)
	if len(proposed) > 0 {
		want.Normalise()
		l.propose(&was, &want, proposed, h)
	}
	if !fieldAt["hours"].same(&was, l) {
		l.Confirmed = Confirmed{On: h.now.Format(time.DateOnly), By: confirmer(h.by, l.Thing())}
	}
	if err := s.Check(l); err != nil {
		return err
	}
	if err := s.checkNames(&was, l, h.by); err != nil {
		return err
	}
	if same(&was, l) {
		return errSame
	}
	return nil
}

// AddPhoto puts a photo that services/media has prepared behind the others, whatever revision is current: fault.Invalid when there
// are too many. Order, captions and taking away are edits of "photos".
func (s *Service) AddPhoto(ctx context.Context, by access.Actor, id string, p media.Photo) (Listing, error) {
	return s.change(ctx, by, access.ListingPhotos, audit.Write{Action: access.ListingPhotos}, id, 0, func(l *Listing) error {
		if l.State == Archived {
			return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: an archived listing is not edited"))
		}
		l.Photos = append(slices.Clone(l.Photos), p)
		return s.Check(l)
	})
}

// direct reports whether by may write sensitive fields of l at once.
func direct(l *Listing, by access.Actor) bool {
	return l.State == Draft || l.State == Submitted || access.Can(by, access.RegisterEnter, l.Thing())
}

// mustWait reports whether an edit of f waits for a coordinator.
func (s *Service) mustWait(f *Field, l *Listing, by access.Actor, raw []byte) bool {
	if f.Class != Waits || f.Path != "closure" && direct(l, by) {
		return false
	}
	if f.Path != "location" || l.Location == nil || l.Proposal.has("location") {
		return true
	}
	var to geo.Location
	return strict(raw, &to) != nil || geo.Distance(l.Location.Point, to.Point) > Near
}

// same reports whether two listings say the same in every field that can be edited, and propose the same.
func same(a, b *Listing) bool {
	for i := range Fields {
		if f := &Fields[i]; f.value != nil && !f.same(a, b) {
			return false
		}
	}
	return sameValue(a.Proposal, b.Proposal) && a.Confirmed == b.Confirmed
}

// prune takes out of the proposal what the listing says already, and the consents whose numbers are gone.
func (l *Listing) prune() {
	l.Consents = slices.DeleteFunc(slices.Clone(l.Consents), func(c Consent) bool {
		return !slices.ContainsFunc(l.Phones, func(n phone.Number) bool { return n.Digits == c.Digits })
	})
	l.WaitsSince = time.Time{}
	if l.Proposal == nil {
		return
	}
	want := l.Proposed()
	kept := slices.DeleteFunc(slices.Clone(l.Proposal.Paths), func(path string) bool {
		f := fieldAt[path]
		return f != nil && f.Class == Waits && f.same(l, &want)
	})
	if len(kept) == 0 {
		l.Proposal = nil
		return
	}
	next := *l.Proposal
	next.Paths = kept
	l.Proposal, l.WaitsSince = &next, next.At
}

// raw returns the value of a field of l as a patch has it.
func (f *Field) raw(l *Listing) (json.RawMessage, error) {
	b, err := json.Marshal(f.value(l))
	return nothing(b), err
}
