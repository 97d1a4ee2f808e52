package heritage

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Shops are the listings that bear the mark.
type Shops interface {
	Get(ctx context.Context, id string) (listing.Listing, error)
	Bear(ctx context.Context, by access.Actor, id string, marks []listing.Mark) (before []listing.Mark, err error)
	Bearing(ctx context.Context) (map[string][]listing.Mark, error)
}

// Deps are what New needs.
type Deps struct {
	DB    store.DB
	Log   *audit.Log
	Shops Shops
	Now   func() time.Time // in the zone of the district
}

// Service keeps the marks. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Record]
}

// New returns the marks on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Record](d.DB, "heritage",
		store.Unique("listing_id"), store.Follow("audit"), store.Sealed()), d.Log, Kind)}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	return store.Mark(ctx, s.docs)
}

// Blobs gives the key of every picture that is evidence.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for r, err := range s.docs.Each(ctx, store.All().Limit(most)) {
			if err != nil {
				yield("", err)
				return
			}
			if r.Evidence != nil && !yield(r.Evidence.Key, nil) {
				return
			}
		}
	}
}

// Claim says that a shop bears the mark: its owner, or the district for a shop that has none. A mark that is claimed or was returned or
// withdrawn may be claimed anew, by another owner with a picture of their own, and of a shop that is only named; what is on the page changes only by Show and Review.
// rev is 0 where there is no record yet. fault.Invalid names the fields, also a missing picture or a shop that has an owner;
// fault.Conflict.
func (s *Service) Claim(ctx context.Context, by access.Actor, listingID string, rev int64, c Claim, evidence *media.Evidence) (Record, error) {
	l, err := s.Shops.Get(ctx, listingID)
	if err != nil {
		return Record{}, err
	}
	w, err := s.mayClaim(by, &l)
	if err != nil {
		return Record{}, err
	}
	if w.Action == access.HeritageCheck && l.MerchantID != "" {
		return Record{}, fault.Wrong("shop", "heritage.wrong.owned", nil)
	}
	if err := c.read(s.Now()); err != nil {
		return Record{}, err
	}
	was, err := s.docs.GetBy(ctx, "listing_id", listingID)
	if fault.Is(err, fault.NotFound) {
		if evidence == nil {
			return Record{}, fault.Wrong("photo", "heritage.wrong.photo", nil)
		}
		r := Record{ListingID: listingID, MerchantID: l.MerchantID, Shop: l.Name.Hans, State: Claimed, Claim: c, Authors: []string{by.AccountID}, Evidence: evidence, Timeline: []Entry{}}
		return r, s.docs.Insert(ctx, by, w, &r)
	}
	if err != nil {
		return Record{}, err
	}
	return s.docs.UpdateAs(ctx, by, was.ID, rev, func(r *Record) (audit.Write, error) {
		switch {
		case rev < 1:
			return w, fault.New(fault.Conflict, "error.stale", nil)
		case !r.Claimable():
			return w, cannot("heritage.wrong.state", "it is "+string(r.State))
		case evidence == nil && (r.Evidence == nil || r.MerchantID != l.MerchantID):
			return w, fault.Wrong("photo", "heritage.wrong.photo", nil)
		}
		if evidence != nil {
			r.Evidence = evidence
		}
		if r.State == Withdrawn { // a claim of its own
			r.Authors, r.Named = nil, ""
		}
		if r.Named == "" {
			r.ReviewOn = ""
		}
		if !slices.Contains(r.Authors, by.AccountID) {
			r.Authors = append(slices.Clone(r.Authors), by.AccountID)
		}
		r.Claim, r.State, r.Reason, r.Condition = c, Claimed, "", ""
		r.Homes = nil // it is about the page it is on now
		r.MerchantID, r.Shop = l.MerchantID, l.Name.Hans
		return w, nil
	})
}

func (s *Service) mayClaim(by access.Actor, l *listing.Listing) (audit.Write, error) {
	w := audit.Write{Action: access.HeritageClaim, Title: l.Name.Hans}
	if access.Can(by, access.HeritageCheck, l.Thing()) {
		w.Action = access.HeritageCheck
		return w, nil
	}
	return w, access.Require(by, access.HeritageClaim, l.Thing())
}

// OfShop returns the mark of a shop for its owner and for the district; false where there is none. What another owner sent and was
// answered is not in it. fault.NotFound for strangers.
func (s *Service) OfShop(ctx context.Context, by access.Actor, listingID string) (Record, bool, error) {
	l, err := s.Shops.Get(ctx, listingID)
	if err != nil {
		return Record{}, false, err
	}
	w, err := s.mayClaim(by, &l)
	if err != nil {
		return Record{}, false, err
	}
	r, err := s.docs.GetBy(ctx, "listing_id", listingID)
	if fault.Is(err, fault.NotFound) {
		return Record{}, false, nil
	}
	if w.Action == access.HeritageClaim && r.MerchantID != l.MerchantID {
		r.Evidence, r.Authors, r.Reason = nil, nil, ""
	}
	return r, err == nil, err
}

// Check says that the evidence holds; nothing is shown yet. fault.Conflict for who wrote the claim.
func (s *Service) Check(ctx context.Context, by access.Actor, id string, rev int64) (Record, error) {
	return s.change(ctx, by, id, rev, "checked", func(r *Record) error {
		if !r.MayDecide(by.AccountID) {
			return errOwn()
		}
		r.State = Checked
		return nil
	}, Claimed)
}

// Return gives a claim back with a reason its owner reads. Where a Show was cut off the badge is on the page already: it goes.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Record, error) {
	reason, err := readReason("reason", reason)
	if err != nil {
		return Record{}, err
	}
	r, err := s.Get(ctx, by, id)
	if err != nil {
		return Record{}, err
	}
	back := func(r *Record) error {
		if r.State, r.Reason = Returned, reason; r.Named != "" {
			r.State = Shown // by the district's own word, as before the claim
		}
		return nil
	}
	if r.State == Checked {
		return s.badge(ctx, by, id, rev, reason, back, Checked)
	}
	return s.change(ctx, by, id, rev, reason, back, Claimed)
}

// errOwn refuses who would let through what they wrote.
func errOwn() error { return cannot("heritage.wrong.own", "decided by who wrote it") }

// Show puts the badge on the shop's page until its review on a day, YYYY-MM-DD. fault.Conflict for who wrote the claim.
func (s *Service) Show(ctx context.Context, by access.Actor, id string, rev int64, reviewOn string) (Record, error) {
	if err := s.readDay(reviewOn); err != nil {
		return Record{}, err
	}
	return s.badge(ctx, by, id, rev, "shown", func(r *Record) error {
		if !r.MayDecide(by.AccountID) {
			return errOwn()
		}
		r.State, r.ReviewOn, r.Reason, r.Named = Shown, reviewOn, "", ""
		return nil
	}, Checked)
}

// Outcome is what came of a review.
type Outcome string

// The outcomes: the mark stays, stays on a condition, goes.
const (
	Pass   Outcome = "pass"
	Needs  Outcome = "needs"
	Remove Outcome = "remove"
)

// Outcomes lists them.
var Outcomes = []Outcome{Pass, Needs, Remove}

// Review ends a review: with the day of the next one and, for Needs, what the shop must do; for Remove with a reason, and the badge goes
// at once. fault.Conflict for who wrote the claim: they may take the badge off, not keep it on.
func (s *Service) Review(ctx context.Context, by access.Actor, id string, rev int64, o Outcome, reviewOn, words string) (Record, error) {
	if !slices.Contains(Outcomes, o) {
		return Record{}, fault.Wrong("outcome", "error.choice", nil)
	}
	var errs error
	if o != Pass {
		words, errs = readReason("words", words)
	}
	if o != Remove && errs == nil {
		errs = s.readDay(reviewOn)
	}
	if errs != nil {
		return Record{}, errs
	}
	return s.badge(ctx, by, id, rev, string(o), func(r *Record) error {
		if o != Remove && !r.MayDecide(by.AccountID) {
			return errOwn()
		}
		switch o {
		case Pass:
			r.State, r.ReviewOn, r.Condition, r.Reason = Confirmed, reviewOn, "", ""
		case Needs:
			r.State, r.ReviewOn, r.Condition, r.Reason = Conditional, reviewOn, words, ""
		case Remove:
			r.State, r.ReviewOn, r.Condition, r.Reason = Withdrawn, "", "", words
		}
		return nil
	}, Shown, Confirmed, Conditional)
}

// badge changes a record and the shop's page. The page comes first: a crash in between leaves a page that the next try puts right. Where
// the record cannot be written the page is put back.
func (s *Service) badge(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Record) error, from ...State) (Record, error) {
	r, err := s.Get(ctx, by, id)
	if err != nil {
		return Record{}, err
	}
	if err := at(&r, rev, from); err != nil {
		return Record{}, err
	}
	if err := f(&r); err != nil {
		return Record{}, err
	}
	before, err := s.Shops.Bear(ctx, by, r.ListingID, markOf(&r))
	if err != nil {
		return Record{}, err
	}
	out, err := s.change(ctx, by, id, rev, why, f, from...)
	if err != nil {
		ctx = context.WithoutCancel(ctx) // who asked may be gone, the page stays
		now, back := s.Get(ctx, by, id)
		if back == nil {
			if !slices.Contains([]State{Claimed, Checked}, now.State) {
				before = markOf(&now) // somebody else decided meanwhile
			}
			_, back = s.Shops.Bear(ctx, by, r.ListingID, before)
		}
		return Record{}, errors.Join(err, back)
	}
	return out, nil
}

// markOf are the marks that a record puts on the page: one or none.
func markOf(r *Record) []listing.Mark {
	switch {
	case r.Named != "" && r.State != Withdrawn:
		return []listing.Mark{{Kind: Kind, Level: namedLevel, ReviewOn: r.ReviewOn, Evidence: r.Named}}
	case !r.State.Borne():
		return nil
	}
	return []listing.Mark{{Kind: Kind, Level: r.Claim.Level, Certificate: r.Claim.Certificate, Issuer: r.Claim.Issuer, Founded: r.Claim.Founded, ReviewOn: r.ReviewOn}}
}

// Get returns one for the district: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Record, error) {
	if err := access.Require(by, access.HeritageCheck, access.Thing{Kind: Kind}); err != nil {
		return Record{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns all of them for the district, what waits first, then by the day of the review.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Record, error) {
	if err := access.Require(by, access.HeritageCheck, access.Thing{Kind: Kind}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.All().Limit(most))
	slices.SortStableFunc(page.Items, func(a, b Record) int {
		if d := rank(a.State) - rank(b.State); d != 0 {
			return d
		}
		switch {
		case a.ReviewOn < b.ReviewOn:
			return -1
		case a.ReviewOn > b.ReviewOn:
			return 1
		}
		return 0
	})
	return page.Items, err
}

// Own returns the records whose claim the actor wrote or corrected, or whose certificate they sent: what is kept of one person here.
func (s *Service) Own(ctx context.Context, by access.Actor) ([]Record, error) {
	out := []Record{}
	if by.AccountID == "" {
		return out, nil
	}
	for r, err := range s.docs.Each(ctx, store.All().Limit(most)) {
		if err != nil {
			return nil, err
		}
		if !r.MayDecide(by.AccountID) {
			out = append(out, r)
		}
	}
	return out, nil
}

// rank puts what waits for the district before what is shown, and that before what is over.
func rank(s State) int {
	switch s {
	case Claimed, Checked:
		return 0
	case Shown, Confirmed, Conditional:
		return 1
	default:
		return 2
	}
}

// Public returns the history of a shop that bears the mark today: fault.NotFound for every other.
func (s *Service) Public(ctx context.Context, listingID string) (Record, error) {
	r, err := s.docs.GetBy(ctx, "listing_id", listingID)
	if err != nil {
		return Record{}, err
	}
	if !r.Bears(s.Now().Format(time.DateOnly)) {
		return Record{}, fault.Missing()
	}
	r.Evidence, r.Authors, r.Condition, r.Reason, r.Claim = nil, nil, "", "", r.InForce()
	return r, nil
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Record) error, from ...State) (Record, error) {
	if err := access.Require(by, access.HeritageCheck, access.Thing{Kind: Kind}); err != nil {
		return Record{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Record{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(r *Record) (audit.Write, error) {
		w := audit.Write{Action: access.HeritageCheck, Title: r.Shop, Why: why}
		if err := at(r, rev, from); err != nil {
			return w, err
		}
		return w, f(r)
	})
}

func at(r *Record, rev int64, from []State) error {
	switch {
	case r.Rev != rev:
		return fault.New(fault.Conflict, "error.stale", nil)
	case !slices.Contains(from, r.State):
		return cannot("heritage.wrong.state", "it is "+string(r.State))
	}
	return nil
}

func (s *Service) readDay(day string) error {
	now := s.Now()
	if _, err := time.Parse(time.DateOnly, day); err != nil || day <= now.Format(time.DateOnly) || day > now.AddDate(mostYears, 0, 0).Format(time.DateOnly) {
		return fault.Wrong("review", "heritage.wrong.review", nil)
	}
	return nil
}

func readReason(name, words string) (string, error) {
	words = lang.Clean(words)
	return words, fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check(name, words))
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("heritage: "+why))
}
