package lead

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// VisitDeps are what NewVisits needs.
type VisitDeps struct {
	DB  store.DB
	Log *audit.Log
	// Shop returns a listing: fault.NotFound.
	Shop func(ctx context.Context, id string) (listing.Listing, error)
	// Listed are the shops that can be visited, in the order one walks past them.
	Listed func(ctx context.Context) ([]*listing.Listing, string, error)
	Now    func() time.Time // in the zone of the district
}

// Visits keeps the visits. It is safe for concurrent use.
type Visits struct {
	VisitDeps
	docs *audit.Recorded[Visit]
}

// NewVisits returns the visits on d.DB.
func NewVisits(d VisitDeps) *Visits {
	return &Visits{VisitDeps: d, docs: audit.Record(store.NewCollection[Visit](d.DB, "visits",
		store.Index("on"), store.Index("listing_id", "on"), store.Index("next_due"), store.Follow("audit"), store.Sealed()), d.Log, KindVisit, audit.Hide("topics"))}
}

func visits(by access.Actor) error {
	return access.Require(by, access.VisitEdit, access.Thing{Kind: KindVisit})
}

// Add writes down a visit by who acts: fault.Invalid names the fields, also the shop where there is none.
func (s *Visits) Add(ctx context.Context, by access.Actor, listingID string, r Report) (Visit, error) {
	if err := visits(by); err != nil {
		return Visit{}, err
	}
	wrong := r.read(s.Now())
	l, err := s.Shop(ctx, listingID)
	if fault.Is(err, fault.NotFound) {
		wrong = append([]fault.Field{{Name: "shop", Key: "visit.wrong.shop"}}, wrong...)
	} else if err != nil {
		return Visit{}, err
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Visit{}, err
	}
	v := Visit{ListingID: l.ID, MerchantID: l.MerchantID, Shop: l.Name.Hans, By: by.AccountID, Name: by.Name, On: r.On, Topics: r.Topics, Promises: []Promise{}}
	if r.Promise.Text != "" {
		v.Promises = append(v.Promises, r.Promise)
	}
	v.due()
	return v, s.docs.Insert(ctx, by, audit.Write{Action: access.VisitEdit, Title: v.Shop}, &v)
}

// Set corrects the day of a visit and what was talked about, over the revision that was shown.
func (s *Visits) Set(ctx context.Context, by access.Actor, id string, rev int64, r Report) (Visit, error) {
	r.Promise = Promise{}
	return s.change(ctx, by, id, rev, "", func(v *Visit) error {
		if err := fault.Wrongs(r.read(s.Now())); err != nil {
			return err
		}
		v.On, v.Topics = r.On, r.Topics
		return nil
	})
}

// Promise adds what was promised at a visit, over the revision that was shown: fault.Invalid names the fields.
func (s *Visits) Promise(ctx context.Context, by access.Actor, id string, rev int64, p Promise) (Visit, error) {
	return s.change(ctx, by, id, rev, "promise", func(v *Visit) error {
		if err := fault.Wrongs(p.read(v.On, s.Now())); err != nil {
			return err
		}
		if len(v.Promises) == MaxPromises {
			return fault.Wrong("promise", "error.list.long", map[string]any{"Max": MaxPromises})
		}
		v.Promises = append(v.Promises, p)
		return nil
	})
}

// Done says that the n-th promise of a visit, from 1, has been kept today, or that it has not after all: fault.Conflict where that is
// known, and for a promise that is not there.
func (s *Visits) Done(ctx context.Context, by access.Actor, id string, rev int64, n int, done bool) (Visit, error) {
	why := "not kept"
	if done {
		why = "kept"
	}
	return s.change(ctx, by, id, rev, why, func(v *Visit) error {
		if n < 1 || n > len(v.Promises) || (v.Promises[n-1].DoneOn != "") == done {
			return cannot("visit.wrong.promise", "nothing to say of this promise")
		}
		v.Promises[n-1].DoneOn = ""
		if done {
			v.Promises[n-1].DoneOn = s.Now().Format(time.DateOnly)
		}
		return nil
	})
}

func (s *Visits) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Visit) error) (Visit, error) {
	if err := visits(by); err != nil {
		return Visit{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Visit{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(v *Visit) (audit.Write, error) {
		err := f(v)
		v.due()
		return audit.Write{Action: access.VisitEdit, Title: v.Shop, Why: why}, err
	})
}

// Get returns a visit: fault.NotFound.
func (s *Visits) Get(ctx context.Context, by access.Actor, id string) (Visit, error) {
	if err := visits(by); err != nil {
		return Visit{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns the visits, the latest first.
func (s *Visits) List(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Visit], error) {
	if err := visits(by); err != nil {
		return store.Page[Visit]{Items: []Visit{}}, err
	}
	return s.docs.Find(ctx, store.Where("on", store.Gt, "").OrderBy("on", store.Desc).Limit(limit).After(cursor))
}

// Owed returns the visits with promises that are still to be kept, the first due at the front.
func (s *Visits) Owed(ctx context.Context, by access.Actor, limit int) ([]Visit, error) {
	if err := visits(by); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("next_due", store.Gt, "").OrderBy("next_due", store.Asc).Limit(limit))
	return page.Items, err
}

// Unseen lists the shops that nobody called on for so many months, from 1 to MostMonths; those never visited first.
func (s *Visits) Unseen(ctx context.Context, by access.Actor, months int) ([]Unseen, error) {
	if err := visits(by); err != nil {
		return nil, err
	}
	shops, _, err := s.Listed(ctx)
	if err != nil {
		return nil, err
	}
	last := map[string]string{}
	for v, err := range s.docs.Each(ctx, store.Where("on", store.Gt, "").Limit(1000)) {
		if err != nil {
			return nil, err
		}
		last[v.ListingID] = max(last[v.ListingID], v.On)
	}
	return unseen(shops, last, s.Now().AddDate(0, -min(max(months, 1), MostMonths), 0).Format(time.DateOnly)), nil
}

// Promised is a promise as the shop reads it, with the day of the visit.
type Promised struct {
	Promise
	On string
}

// mostOwn bounds how many visits a shop reads of.
const mostOwn = 50

// For returns what was promised to a shop and who has it now, the latest visit first: fault.NotFound for everybody else.
func (s *Visits) For(ctx context.Context, by access.Actor, listingID string) ([]Promised, error) {
	l, err := s.Shop(ctx, listingID)
	if err != nil {
		return nil, err
	}
	if err := access.Require(by, access.VisitPromises, l.Thing()); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("listing_id", store.Eq, l.ID).OrderBy("on", store.Desc).Limit(mostOwn))
	out := []Promised{}
	for i := range page.Items {
		v := &page.Items[i]
		if v.MerchantID != "" && v.MerchantID != l.MerchantID { // it was promised to who had the shop then
			continue
		}
		for _, p := range v.Promises {
			out = append(out, Promised{p, v.On})
		}
	}
	return out, err
}
