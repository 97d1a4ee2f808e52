package listing

import (
	"context"
	"crypto/rand"
	"errors"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// MaxUnpublished is how many pages of one merchant may wait to be published.
const MaxUnpublished = 20

// NewCode returns a shop code for a shop that comes with none.
func NewCode() string { return "N" + rand.Text()[:9] }

// Found begins the page of a shop that is not in the register, as a draft of a merchant, from what the patch says. Its code is
// given here. fault.NotFound for another's merchant; fault.Invalid as Edit; fault.Conflict when too many pages wait already.
func (s *Service) Found(ctx context.Context, by access.Actor, merchantID string, p Patch) (Listing, error) {
	l := Listing{State: Draft, MerchantID: merchantID, Code: NewCode()}
	if merchantID == "" {
		return Listing{}, fault.Missing()
	}
	if err := access.Require(by, access.ListingCreate, l.Thing()); err != nil {
		return Listing{}, err
	}
	waiting, err := s.docs.Count(ctx, store.Where("merchant_id", store.Eq, merchantID).And("state", store.In, []string{string(Draft), string(Submitted)}))
	if err != nil {
		return Listing{}, err
	}
	if waiting >= MaxUnpublished {
		return Listing{}, &fault.Error{Kind: fault.Conflict, Key: "listing.wrong.drafts", Err: errors.New("listing: too many drafts")}
	}
	if err := s.apply(&l, hand{by, s.now()}, p); err != nil && !errors.Is(err, errSame) {
		return Listing{}, err
	}
	err = s.insert(ctx, by, audit.Write{Action: access.ListingCreate}, &l)
	return l, err
}

// SendBack returns what was submitted to its merchant as a draft, with a reason the merchant reads: fault.Invalid without one,
// fault.Conflict when rev is not what the coordinator saw.
func (s *Service) SendBack(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Listing, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return Listing{}, err
	}
	return s.change(ctx, by, SendBack.Takes(), audit.Write{Action: SendBack.Takes(), Why: reason}, id, rev, func(l *Listing) error {
		return l.sendBack(Returned{Reason: reason, At: s.now(), Name: by.Name})
	})
}

// Submitted returns the pages that ask to be published, the one that waits longest first.
func (s *Service) Submitted(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Listing], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Listing]{}, err
	}
	return s.docs.Find(ctx, store.Where("state", store.Eq, string(Submitted)).OrderBy("updated_at", store.Asc).Limit(limit).After(cursor))
}

// ByMerchant returns every listing of a merchant that by may open, in the order of their names; at most 500.
func (s *Service) ByMerchant(ctx context.Context, by access.Actor, merchantID string) ([]Listing, error) {
	out := []Listing{}
	if merchantID == "" {
		return out, nil
	}
	for l, err := range s.docs.Each(ctx, store.Where("merchant_id", store.Eq, merchantID).Limit(maxIDs)) {
		if err != nil {
			return nil, err
		}
		if access.Can(by, access.ListingOpen, l.Thing()) && len(out) < maxIDs {
			out = append(out, l)
		}
	}
	sortByName(out)
	return out, nil
}

// InPlaza returns the published listings of a plaza as its operator may know them, in no order: access.PlazaOpen. What of each one may be
// changed is asked of the listing itself.
func (s *Service) InPlaza(ctx context.Context, by access.Actor, plazaID string) ([]Listing, error) {
	if err := access.Require(by, access.PlazaOpen, access.Thing{PlazaID: plazaID, PlazaMay: true}); err != nil {
		return nil, err
	}
	return s.publishedAt(ctx, "address.plaza_id", plazaID, func(l *Listing) Listing {
		if access.Can(by, access.ListingOpen, l.Thing()) {
			return *l
		}
		return l.ForPublic()
	})
}

// Assign gives a listing to a merchant, or to none, when it belongs to the merchant from now: fault.Conflict otherwise, so that of
// two claims one wins. Whether it may be done is decided by services/merchant under the action act, which the trail names.
func (s *Service) Assign(ctx context.Context, by access.Actor, act access.Action, id, from, to, why string) (Listing, error) {
	return s.change(ctx, by, "", audit.Write{Action: act, Why: why}, id, 0, func(l *Listing) error {
		if l.MerchantID != from {
			return fault.New(fault.Conflict, "error.stale", errors.New("listing: it belongs to another merchant by now"))
		}
		l.MerchantID = to
		if from != to {
			l.PlazaMay, l.Plaque = false, nil // its new owner decides anew
			if to == "" {
				l.Consents = []Consent{} // a mobile number is shown as long as somebody of the shop can take that back
			}
		}
		return s.Check(l)
	})
}

// LetPlaza lets the operator of the plaza edit the listing, or not any more.
func (s *Service) LetPlaza(ctx context.Context, by access.Actor, id string, rev int64, may bool) (Listing, error) {
	return s.change(ctx, by, access.ListingPlaza, audit.Write{Action: access.ListingPlaza}, id, rev, func(l *Listing) error {
		if l.PlazaMay == may {
			return errSame
		}
		l.PlazaMay = may
		return nil
	})
}
