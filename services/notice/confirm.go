package notice

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// member returns a shop of which by is one of the people, in a role the notice is for: fault.NotFound otherwise.
func (s *Service) member(ctx context.Context, by access.Actor, act access.Action, n *Notice, c *Content, listingID string) (listing.Listing, error) {
	l, err := s.Shop(ctx, listingID)
	if err != nil {
		return listing.Listing{}, err
	}
	t := l.Thing()
	t.Kind, t.ID = kind, n.ID
	if err := access.Require(by, act, t); err != nil {
		return listing.Listing{}, err
	}
	if roles := c.Audience.Roles; by.AccountID != "" && len(roles) > 0 && !slices.Contains(roles, by.RoleIn(t)) && by.RoleIn(t) != access.Owner {
		return listing.Listing{}, fault.New(fault.NotFound, "error.not_found", errors.New("notice: for other people of the shop"))
	}
	return l, nil
}

// asked returns a notice that is public and the version a shop acts on: fault.NotFound for one that never was public, fault.Conflict when it
// is over or was withdrawn, and with "notice.wrong.version" when version, unless 0, is not the one that is public.
func (s *Service) asked(ctx context.Context, id string, version int) (Notice, Version, error) {
	n, err := s.docs.Get(ctx, id)
	if err != nil {
		return n, Version{}, err
	}
	ref, ok := n.Current()
	now := s.Now()
	switch {
	case !ok:
		return n, Version{}, fault.New(fault.NotFound, "error.not_found", errors.New("notice: never public"))
	case n.Public == Taken:
		return n, Version{}, fault.New(fault.Conflict, "notice.wrong.withdrawn", nil)
	case n.Public != Live || !n.EndsAt.After(now):
		return n, Version{}, fault.New(fault.Conflict, "notice.wrong.over", nil)
	case version != 0 && version != ref.N:
		return n, Version{}, fault.New(fault.Conflict, "notice.wrong.version", nil)
	}
	v, err := s.versions.Get(ctx, versionID(id, ref.N, ref.Hash))
	return n, v, err
}

// act changes the row of a shop, which is made where the ledger is not complete yet. change returns errSame for a row that is right already;
// the row is returned then as it is.
func (s *Service) act(ctx context.Context, by access.Actor, act access.Action, n *Notice, v *Version, l *listing.Listing, change func(*Receipt) error) (Receipt, error) {
	id := receiptID(n.ID, l.ID)
	w := audit.Write{Action: act, Title: v.Content.Title.Hans + " · " + l.Name.Hans}
	for range 2 {
		r, err := s.receipts.Get(ctx, id)
		if fault.Is(err, fault.NotFound) && l.State == listing.Published && v.Content.Audience.Includes(l) {
			r = newReceipt(n, &v.Content, v.N, l)
			if err = s.roll.Insert(ctx, &r); fault.Is(err, fault.Conflict) {
				continue
			}
		}
		if err != nil {
			return Receipt{}, err
		}
		same := r
		got, err := s.receipts.Update(ctx, by, w, id, 0, func(r *Receipt) error {
			if !r.LeftAt.IsZero() {
				return fault.New(fault.Conflict, "notice.wrong.left", errors.New("notice: the shop is no longer asked"))
			}
			moved := r.Version < v.N && r.follow(&v.Content, v.N, l, utc(s.Now()))
			if r.Version > v.N {
				return fault.New(fault.Conflict, "notice.wrong.version", nil)
			}
			if err := change(r); err != nil && (!moved || !errors.Is(err, errSame)) {
				same = *r
				return err
			}
			r.settle()
			return nil
		})
		if errors.Is(err, errSame) {
			return same, nil
		}
		return got, err
	}
	return Receipt{}, fault.New(fault.Conflict, "error.stale", errors.New("notice: the row came and went"))
}

// Open notes that somebody of the shop opened the notice, once, and returns the row. fault.NotFound for who is not of the shop and for a
// shop that was not asked; fault.Conflict when the notice is over or withdrawn: there is nothing to note then.
func (s *Service) Open(ctx context.Context, by access.Actor, id, listingID string) (Receipt, error) {
	n, v, err := s.asked(ctx, id, 0)
	if err != nil {
		return Receipt{}, err
	}
	l, err := s.member(ctx, by, access.NoticeConfirm, &n, &v.Content, listingID)
	if err != nil {
		return Receipt{}, err
	}
	return s.act(ctx, by, access.NoticeConfirm, &n, &v, &l, func(r *Receipt) error {
		if r.State != Unopened {
			return errSame
		}
		r.State, r.OpenedAt = Opened, s.Now()
		return nil
	})
}

// Confirm notes that somebody of the shop confirms the version that was shown; once is enough, and who was first stays. fault.NotFound;
// fault.Conflict when the notice says something else by now, is over, or was withdrawn.
func (s *Service) Confirm(ctx context.Context, by access.Actor, id, listingID string, version int) (Receipt, error) {
	n, v, err := s.asked(ctx, id, version)
	if err != nil {
		return Receipt{}, err
	}
	l, err := s.member(ctx, by, access.NoticeConfirm, &n, &v.Content, listingID)
	if err != nil {
		return Receipt{}, err
	}
	return s.confirm(ctx, by, access.NoticeConfirm, &n, &v, &l, ByPage)
}

func (s *Service) confirm(ctx context.Context, by access.Actor, act access.Action, n *Notice, v *Version, l *listing.Listing, way Way) (Receipt, error) {
	if !v.Content.MustConfirm {
		return Receipt{}, fault.New(fault.Conflict, "notice.wrong.nothing", errors.New("notice: nothing to confirm"))
	}
	return s.act(ctx, by, act, n, v, l, func(r *Receipt) error {
		if r.settled() {
			return errSame
		}
		now := s.Now()
		if r.OpenedAt.IsZero() && way != ByPhone {
			r.OpenedAt = now
		}
		if r.State = Confirmed; way == ByPhone {
			r.State = Phoned
		}
		r.At, r.By, r.NameBy, r.Way = now, actor(by), by.Name, way
		return nil
	})
}

// Phone notes that the district told the shop by telephone and was understood. fault.Conflict as for Confirm.
func (s *Service) Phone(ctx context.Context, by access.Actor, id, listingID string, version int) (Receipt, error) {
	if err := access.Require(by, access.NoticeCall, access.Thing{Kind: kind, ID: id}); err != nil {
		return Receipt{}, err
	}
	n, v, err := s.asked(ctx, id, version)
	if err != nil {
		return Receipt{}, err
	}
	l, err := s.Shop(ctx, listingID)
	if err != nil {
		return Receipt{}, err
	}
	return s.confirm(ctx, by, access.NoticeCall, &n, &v, &l, ByPhone)
}

// AskHelp notes that a shop needs help, with up to MaxHelp characters, whether or not it has confirmed. Asking again replaces the words.
// fault.Invalid for the field "help"; fault.NotFound, fault.Conflict as for Confirm.
func (s *Service) AskHelp(ctx context.Context, by access.Actor, id, listingID, text string) (Receipt, error) {
	n, v, err := s.asked(ctx, id, 0)
	if err != nil {
		return Receipt{}, err
	}
	l, err := s.member(ctx, by, access.NoticeHelp, &n, &v.Content, listingID)
	if err != nil {
		return Receipt{}, err
	}
	text = lang.Clean(text)
	if wrong := (lang.Limit{Max: MaxHelp, Prose: true, Must: true}).Check("help", text); len(wrong) > 0 {
		return Receipt{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return s.act(ctx, by, access.NoticeHelp, &n, &v, &l, func(r *Receipt) error {
		if r.Group == NeedsHelp && r.Help == text {
			return errSame
		}
		if r.State == Unopened {
			r.State, r.OpenedAt = Opened, s.Now()
		}
		r.Help, r.HelpAt, r.HelpedAt, r.EraseAt = text, s.Now(), time.Time{}, n.EndsAt.Add(KeepHelp)
		return nil
	})
}

// Helped notes that the district has seen to what the shop asked for. It is bound to the revision of the row that was shown.
func (s *Service) Helped(ctx context.Context, by access.Actor, id, listingID string, rev int64) (Receipt, error) {
	if err := access.Require(by, access.NoticeCall, access.Thing{Kind: kind, ID: id}); err != nil {
		return Receipt{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Receipt{}, err
	}
	return s.receipts.UpdateAs(ctx, by, receiptID(id, listingID), rev, func(r *Receipt) (audit.Write, error) {
		w := audit.Write{Action: access.NoticeCall, Title: r.Name.Hans, Why: "helped"}
		if r.HelpAt.IsZero() || !r.HelpedAt.IsZero() {
			return w, fault.New(fault.Conflict, "notice.wrong.helped", errors.New("notice: nobody asks for help"))
		}
		r.HelpedAt = s.Now()
		r.EraseAt = s.Now().Add(KeepHelp)
		r.settle()
		return w, nil
	})
}
