// Package recheck asks owners whether pages that nobody has looked at for long are still right 请店主核对: in rounds that a coordinator
// starts, at most once a month for a shop, by day, by a link that needs no account. Who has answered is seen from the pages themselves;
// who cannot be asked, or did not answer twice, is for the walk.
package recheck

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// Kind names rounds in the trail.
const Kind = "recheck"

// The pace of asking.
const (
	Every    = 30 * 24 * time.Hour // at most one question for a shop in this time
	LinkFor  = 30 * 24 * time.Hour // how long the link in it is good
	Patience = 2                   // questions without an answer, after which somebody goes there
)

// Months are how long ago pages can be asked about, in months.
var Months = []int{3, 6, 12}

// Ask is what is known of the questions to one shop.
type Ask struct {
	store.Meta           // the id is that of the listing
	At         time.Time `json:"at"`    // of the last question
	Count      int       `json:"count"` // since the last answer
	// Due is when a question is to leave; zero when none is.
	Due   time.Time `json:"due"`
	Round string    `json:"round"`
}

// Round is one round of questions.
type Round struct {
	store.Meta
	audit.Trail
	Months   int       `json:"months"`
	StreetID string    `json:"street_id"` // empty: the whole district
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Shops    int       `json:"shops"` // asked, or to be asked as soon as it is day
}

// Letters sends the question to the owners of a shop and returns how many there were.
type Letters func(ctx context.Context, listingID, link, key string, confirmed time.Time) (int, error)

// Deps are what the service stands on.
type Deps struct {
	DB       store.DB
	Log      *audit.Log
	Listings *listing.Service
	Letters  Letters
	// Link returns the address by which l, as it is now, is confirmed without signing in, until an instant.
	Link func(l *listing.Listing, until time.Time) string
	Now  func() time.Time // in the zone of the district
}

// Service asks.
type Service struct {
	Deps
	asks   *store.Collection[Ask]
	rounds *audit.Recorded[Round]
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{
		Deps: d, asks: store.NewCollection[Ask](d.DB, "rechecks", store.Index("due"), store.Index("round", "at")),
		rounds: audit.Record(store.NewCollection[Round](d.DB, "recheck_rounds", store.Index("at"), store.Follow("audit")), d.Log, Kind),
	}
}

// Standing is where a stale page stands.
type Standing string

// The standings.
const (
	Open     Standing = "open"     // nobody was asked yet
	Waits    Standing = "waits"    // the question leaves as soon as it is day
	Asked    Standing = "asked"    // no answer yet
	Walk     Standing = "walk"     // nobody to ask, or asked twice: somebody goes there
	Answered Standing = "answered" // since the question
)

// Shop is a page and where it stands.
type Shop struct {
	*listing.Listing
	Standing Standing
	Asked    time.Time // the last question; zero: never
}

// Stale are the pages not confirmed for some months, of one street.
type Stale struct {
	StreetID string // empty: on no street of the register
	Shops    []Shop
}

// Count returns how many shops have one of the standings.
func (s *Stale) Count(of ...Standing) int {
	n := 0
	for i := range s.Shops {
		if slices.Contains(of, s.Shops[i].Standing) {
			n++
		}
	}
	return n
}

// List returns the published pages not confirmed for so many months, and those that answered the last question, by street, the fullest
// street first; in each street the longest unconfirmed first.
func (s *Service) List(ctx context.Context, by access.Actor, months int) ([]Stale, error) {
	if err := access.Require(by, access.RegisterTable, access.Thing{Kind: listing.Kind}); err != nil {
		return nil, err
	}
	return s.list(ctx, months)
}

func (s *Service) list(ctx context.Context, months int) ([]Stale, error) {
	all, err := s.Listings.Mirror().Read(ctx)
	if err != nil {
		return nil, err
	}
	asks := map[string]Ask{}
	for a, err := range s.asks.Each(ctx, store.All().Limit(1000)) {
		if err != nil {
			return nil, err
		}
		asks[a.ID] = a
	}
	before := s.Now().AddDate(0, -months, 0).Format(time.DateOnly)
	at := map[string]*Stale{}
	for _, l := range all.Shops {
		if l.State != listing.Published {
			continue
		}
		x, ok := standing(l, asks[l.ID], before, s.Now())
		if !ok {
			continue
		}
		street := at[l.Address.StreetID]
		if street == nil {
			street = &Stale{StreetID: l.Address.StreetID}
			at[l.Address.StreetID] = street
		}
		street.Shops = append(street.Shops, x)
	}
	out := []Stale{}
	for _, x := range at {
		slices.SortFunc(x.Shops, func(a, b Shop) int {
			return cmp.Or(strings.Compare(a.Confirmed.On, b.Confirmed.On), strings.Compare(a.Name.SortKey, b.Name.SortKey), strings.Compare(a.ID, b.ID))
		})
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Stale) int {
		return cmp.Or(cmp.Compare(len(b.Shops), len(a.Shops)), strings.Compare(a.StreetID, b.StreetID))
	})
	return out, nil
}

// shown is how long an answer is shown beside the pages that are still waiting for one.
const shown = 60 * 24 * time.Hour

// standing returns where a page stands; ok is false for one that is fresh and was never asked about.
func standing(l *listing.Listing, a Ask, before string, now time.Time) (x Shop, ok bool) {
	x = Shop{Listing: l, Asked: a.At}
	switch {
	case !a.At.IsZero() && now.Sub(a.At) < shown && l.Confirmed.On >= a.At.Format(time.DateOnly):
		x.Standing = Answered
	case l.Confirmed.On > before:
		return x, false
	case l.MerchantID == "", a.Count >= Patience:
		x.Standing = Walk
	case !a.Due.IsZero():
		x.Standing = Waits
	case !a.At.IsZero():
		x.Standing = Asked
	default:
		x.Standing = Open
	}
	return x, true
}

// ForWalk returns the ids of the published pages somebody has to go to: not confirmed for so many months, and nobody to ask or no answer.
func (s *Service) ForWalk(ctx context.Context, months int) ([]string, error) {
	list, err := s.list(ctx, months)
	out := []string{}
	for _, street := range list {
		for _, x := range street.Shops {
			if x.Standing == Walk {
				out = append(out, x.ID)
			}
		}
	}
	return out, err
}

// Start begins a round: every shop of the street (empty: of the district) that was not confirmed for so many months, has an owner, and
// was not asked within Every, is asked; by night as soon as it is day. fault.Conflict "recheck.wrong.none" when there is nobody to ask.
func (s *Service) Start(ctx context.Context, by access.Actor, months int, streetID string) (Round, error) {
	if err := access.Require(by, access.RegisterAsk, access.Thing{Kind: Kind}); err != nil {
		return Round{}, err
	}
	if !slices.Contains(Months, months) {
		return Round{}, fault.Wrong("months", "error.choice", nil)
	}
	list, err := s.list(ctx, months)
	if err != nil {
		return Round{}, err
	}
	now := s.Now()
	ids := []string{}
	for _, street := range list {
		for _, x := range street.Shops {
			asked := x.Standing == Asked && now.Sub(x.Asked) >= Every
			if (streetID == "" || street.StreetID == streetID) && (x.Standing == Open || asked) {
				ids = append(ids, x.ID)
			}
		}
	}
	if len(ids) == 0 {
		return Round{}, fault.New(fault.Conflict, "recheck.wrong.none", errors.New("recheck: nobody to ask"))
	}
	r := Round{Months: months, StreetID: streetID, By: by.Name, At: now, Shops: len(ids)}
	if err := s.rounds.Insert(ctx, by, audit.Write{Action: access.RegisterAsk}, &r); err != nil {
		return Round{}, err
	}
	for _, id := range ids {
		if err := s.put(ctx, id, r.ID, now); err != nil {
			return r, err
		}
	}
	return r, nil
}

// put marks a shop to be asked in a round.
func (s *Service) put(ctx context.Context, id, round string, at time.Time) error {
	set := func(a *Ask) error {
		a.Due, a.Round = at, round
		return nil
	}
	_, err := s.asks.Update(ctx, id, 0, set)
	if fault.Is(err, fault.NotFound) {
		a := Ask{Meta: store.Meta{ID: id}, Due: at, Round: round}
		err = s.asks.Insert(ctx, &a)
		if fault.Is(err, fault.Conflict) {
			_, err = s.asks.Update(ctx, id, 0, set)
		}
	}
	return err
}

// Rounds returns the last rounds, the newest first.
func (s *Service) Rounds(ctx context.Context, by access.Actor, limit int) ([]Round, error) {
	if err := access.Require(by, access.RegisterTable, access.Thing{Kind: listing.Kind}); err != nil {
		return nil, err
	}
	page, err := s.rounds.Find(ctx, store.All().OrderBy("at", store.Desc).Limit(limit))
	return page.Items, err
}

// sendBatch is how many questions leave at a time.
const sendBatch = 100

// Send sends the questions that are due, when it is day, and returns how many. The question is noted before it leaves: rather none than
// the same one twice.
func (s *Service) Send(ctx context.Context) (int, error) {
	if !mail.Day(s.Now()) {
		return 0, nil
	}
	page, err := s.asks.Find(ctx, store.Where("due", store.Gt, time.Time{}).OrderBy("due", store.Asc).Limit(sendBatch))
	if err != nil {
		return 0, err
	}
	return job.Each(page.Items, func(a *Ask) (bool, error) { return s.one(ctx, a) })
}

func (s *Service) one(ctx context.Context, a *Ask) (bool, error) {
	l, err := s.Listings.Get(ctx, a.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	now := s.Now()
	ask := err == nil && l.State == listing.Published && l.MerchantID != "" && (a.At.IsZero() || now.Sub(a.At) >= Every)
	_, err = s.asks.Update(ctx, a.ID, a.Rev, func(x *Ask) error {
		x.Due = time.Time{}
		if ask {
			if !x.At.IsZero() && l.Confirmed.On >= x.At.Format(time.DateOnly) {
				x.Count = 0 // it has answered since
			}
			x.At, x.Count = now, x.Count+1
		}
		return nil
	})
	if err != nil || !ask {
		return false, err
	}
	confirmed, _ := time.Parse(time.DateOnly, l.Confirmed.On) // zero: never
	sent, err := s.Letters(ctx, l.ID, s.Link(&l, now.Add(LinkFor)), "recheck."+a.Round+"."+l.ID, confirmed)
	return sent > 0, err
}
