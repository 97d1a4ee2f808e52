package walk

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"regexp"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// MaxBatch is how many answers are taken at once.
const MaxBatch = 100

// maxAge is how many days an answer may have waited on a phone; what is older is taken for as old as this.
const maxAge = 30

// Sent is an answer as it arrives. ID is the phone's own, 8 to 64 letters and digits.
type Sent struct {
	ID        string    `json:"id"`
	StreetID  string    `json:"street"`
	House     string    `json:"house"`
	ListingID string    `json:"listing"`
	UnitID    string    `json:"unit"`
	Rev       int64     `json:"rev"`
	Kind      Kind      `json:"kind"`
	At        time.Time `json:"at"` // when it was seen
	Said      Said      `json:"said"`
}

// Result is what became of one of them.
type Result struct {
	ID     string `json:"id"`     // the phone's own
	Answer string `json:"answer"` // ours, empty when it was refused
	State  State  `json:"state"`
}

var sentID = regexp.MustCompile(`^[0-9A-Za-z-]{8,64}$`)

// Take carries answers out, each once however often it is sent. One that cannot be carried out holds up no other: its Result says
// what has to be done. The error is for the whole batch, which then is sent again: fault.Invalid for too many, else ours.
func (s *Service) Take(ctx context.Context, by access.Actor, sent []Sent) ([]Result, error) {
	if err := access.Require(by, access.WalkDo, thing()); err != nil {
		return nil, err
	}
	if len(sent) > MaxBatch {
		return nil, fault.Wrong("answers", "error.list.long", map[string]any{"Max": MaxBatch})
	}
	out := make([]Result, 0, len(sent))
	for i := range sent {
		r, err := s.take(ctx, by, &sent[i])
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (s *Service) take(ctx context.Context, by access.Actor, x *Sent) (Result, error) {
	a, sound := s.answer(by, x)
	if !sound {
		return Result{ID: x.ID, State: Wrong}, nil
	}
	err := s.answers.Insert(ctx, &a)
	if fault.Is(err, fault.Conflict) {
		a, err = s.answers.GetBy(ctx, "key", a.Key)
	}
	if err == nil && a.State == Taken {
		a, _, err = s.carryOut(ctx, by, a, a.SeenRev)
	}
	return Result{ID: x.ID, Answer: a.ID, State: a.State}, err
}

// answer reads what arrived; false when no phone of ours sends such a thing.
func (s *Service) answer(by access.Actor, x *Sent) (Answer, bool) {
	now := s.now()
	at := x.At.In(now.Location())
	if at.After(now) { // a phone whose clock is ahead
		at = now
	}
	if oldest := now.AddDate(0, 0, -maxAge); at.Before(oldest) {
		at = oldest
	}
	a := Answer{
		Key: by.AccountID + "/" + x.ID, By: by.AccountID, StreetID: x.StreetID, House: lang.Clean(x.House), ListingID: x.ListingID, UnitID: x.UnitID,
		SeenRev: x.Rev, Kind: x.Kind, On: at.Format(time.DateOnly), State: Taken, Said: clean(x.Said),
	}
	if !sentID.MatchString(x.ID) {
		return a, false
	}
	if !slices.Contains(Kinds, x.Kind) {
		return a, false
	}
	if a.ListingID == "" && (a.Kind == Same || a.Kind == Changed || a.Kind == Gone) || a.ListingID != "" && a.SeenRev < 1 {
		return a, false
	}
	for _, text := range []string{a.House, a.Said.Name, a.Said.Phone, a.Said.Hours, a.Said.Category, a.Said.House, a.StreetID, a.ListingID, a.UnitID} {
		if len([]rune(text)) > 300 {
			return a, false
		}
	}
	return a, true
}

func clean(x Said) Said {
	return Said{Name: lang.Clean(x.Name), Phone: lang.Clean(x.Phone), Hours: lang.Clean(x.Hours), Category: x.Category, House: lang.Clean(x.House)}
}

// carryOut does what an answer says, over revision rev of its listing, and writes down what became of it; cause is why it could not be
// taken. Doing it twice is harmless: a crash between the two is made good when the phone sends it again.
func (s *Service) carryOut(ctx context.Context, by access.Actor, a Answer, rev int64) (next Answer, cause, err error) {
	state, made, cause := s.do(ctx, by, &a, rev)
	switch {
	case cause == nil:
	case fault.Is(cause, fault.Conflict) && a.ListingID != "":
		state = Conflict
	case fault.Is(cause, fault.Invalid), fault.Is(cause, fault.Conflict), fault.Is(cause, fault.NotFound):
		state = Wrong
	default:
		return a, cause, cause
	}
	next, err = s.answers.Update(ctx, a.ID, 0, func(x *Answer) error {
		x.State, x.Made, x.Said = state, made, a.Said
		x.SettledAt = time.Time{}
		if state == Done || state == Waits {
			x.SettledAt = s.now()
		}
		return nil
	})
	return next, cause, err
}

// Check says what of an answer cannot be read: fault.Invalid names name, phones, hours or house. What only the writing shows, such as a
// name no shop may bear, it does not know.
func (s *Service) Check(ctx context.Context, by access.Actor, a *Answer) error {
	var err error
	switch a.Kind {
	case Changed:
		_, err = s.patch(ctx, by, a)
	case NewShop:
		_, err = s.newShop(ctx, a)
	case Same, Gone, Vacant:
	}
	return err
}

func (s *Service) do(ctx context.Context, by access.Actor, a *Answer, rev int64) (State, string, error) {
	switch a.Kind {
	case Same:
		return Done, "", s.survey(ctx, by, a, rev, nil)
	case Changed:
		p, err := s.patch(ctx, by, a)
		if err != nil {
			return "", "", err
		}
		return Done, "", s.survey(ctx, by, a, rev, p)
	case Gone:
		return Waits, "", s.gone(ctx, by, a, rev)
	case Vacant:
		if a.ListingID != "" {
			return Waits, "", s.gone(ctx, by, a, rev)
		}
		h, _, _ := place.ParseHouse(a.House)
		_, err := s.places.SawVacant(ctx, by, a.StreetID, h, a.On)
		return Done, "", err
	case NewShop:
		l, err := s.spot(ctx, by, a)
		return Waits, l.ID, err
	}
	return "", "", fault.Wrong("kind", "error.choice", nil)
}

// survey confirms the page with what is different. That the very same was written before is no conflict.
func (s *Service) survey(ctx context.Context, by access.Actor, a *Answer, rev int64, p listing.Patch) error {
	_, err := s.shops.Survey(ctx, by, a.ListingID, rev, a.On, p)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	l, getErr := s.shops.Open(ctx, by, a.ListingID)
	if getErr == nil && l.State == listing.Published && l.Rev == rev+1 && l.Confirmed == (listing.Confirmed{On: a.On, By: "survey"}) && listing.Says(&l, p) {
		return nil
	}
	return err
}

// patch turns what was written into new values of fields.
func (s *Service) patch(ctx context.Context, by access.Actor, a *Answer) (listing.Patch, error) {
	l, err := s.shops.Open(ctx, by, a.ListingID)
	if err != nil {
		return nil, err
	}
	p := listing.Patch{}
	if a.Said.Name != "" && a.Said.Name != l.Name.Hans {
		// The other languages named the old shop; they are empty until somebody says how the new name reads in them.
		if err := p.Put("name", listing.Name{Text: lang.Text{Hans: a.Said.Name}}); err != nil {
			return nil, err
		}
	}
	if a.Said.Phone != "" {
		numbers, err := phone.Parse(a.Said.Phone)
		if err != nil {
			return nil, err
		}
		// Numbers the public does not see were not on the phone either: they stay.
		public := l.PublicPhones()
		for _, n := range l.Phones {
			if !slices.Contains(public, n) && !slices.ContainsFunc(numbers, func(m phone.Number) bool { return m.Digits == n.Digits }) {
				numbers = append(numbers, n)
			}
		}
		if err := p.Put("phones", numbers); err != nil {
			return nil, err
		}
	}
	if a.Said.Hours != "" {
		h, err := hours.ParseChinese(a.Said.Hours)
		if err != nil {
			return nil, err
		}
		h.Special, h.Pause = l.Hours.Special, l.Hours.Pause
		if err := p.Put("hours", h); err != nil {
			return nil, err
		}
	}
	if len(p) == 0 {
		return nil, fault.Wrong("said", "walk.wrong.nothing", nil)
	}
	return p, nil
}

// gone proposes that the shop is closed, which takes a second person, see listing.Proposal. The unit is known from then on.
func (s *Service) gone(ctx context.Context, by access.Actor, a *Answer, rev int64) error {
	l, err := s.shops.Open(ctx, by, a.ListingID)
	if err != nil {
		return err
	}
	if l.State == listing.Closed || l.Proposal != nil && slices.Contains(l.Proposal.Paths, "closure") {
		return nil // somebody has said so already
	}
	p := listing.Patch{}
	if err := p.Put("closure", listing.Closure{Kind: listing.Ceased, On: a.On}); err != nil {
		return err
	}
	_, err = s.shops.Edit(ctx, by, a.ListingID, rev, p)
	return err
}

// newShop is the page of a new shop at the door.
func (s *Service) newShop(ctx context.Context, a *Answer) (listing.Patch, error) {
	if a.Said.Name == "" {
		return nil, fault.Wrong("name", "error.text.empty", nil)
	}
	street, err := s.places.Street(ctx, a.StreetID)
	if err != nil {
		return nil, err
	}
	typed := a.House
	if a.Said.House != "" {
		typed = a.Said.House
	}
	at := listing.Address{StreetID: a.StreetID, Line: street.Name.Hans}
	if h, rest, ok := place.ParseHouse(typed); ok && rest == "" {
		at.House, at.Line = h.String(), street.Name.Hans+" "+h.Door()
	} else if typed != "" {
		return nil, fault.Wrong("house", "error.unit.house", nil)
	}
	if a.Said.House == "" || a.Said.House == a.House {
		if u, err := s.places.Unit(ctx, a.UnitID); err == nil && u.Vacant() && u.StreetID == a.StreetID {
			at.UnitID = u.ID
		}
	}
	p := listing.Patch{}
	if err := p.Put("name", listing.Name{Text: lang.Text{Hans: a.Said.Name}}); err != nil {
		return nil, err
	}
	if err := p.Put("address", at); err != nil {
		return nil, err
	}
	if a.Said.Category != "" {
		if err := p.Put("category_id", a.Said.Category); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// spot enters a new shop.
func (s *Service) spot(ctx context.Context, by access.Actor, a *Answer) (listing.Listing, error) {
	p, err := s.newShop(ctx, a)
	if err != nil {
		return listing.Listing{}, err
	}
	sum := sha256.Sum256([]byte(a.Key))
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return s.shops.Spot(ctx, by, "w"+text[:20], "W"+text[:9], a.On, p)
}

// Open returns what somebody has to look at, the oldest first: pages that changed meanwhile, and what could not be taken.
func (s *Service) Open(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Answer], error) {
	if err := access.Require(by, access.WalkDo, thing()); err != nil {
		return store.Page[Answer]{}, err
	}
	return s.answers.Find(ctx, store.Where("state", store.In, []string{string(Conflict), string(Wrong)}).OrderBy("created_at", store.Asc).Limit(limit).After(cursor))
}

// Answer returns one: fault.NotFound.
func (s *Service) Answer(ctx context.Context, by access.Actor, id string) (Answer, error) {
	if err := access.Require(by, access.WalkDo, thing()); err != nil {
		return Answer{}, err
	}
	return s.answers.Get(ctx, id)
}

// Choose carries an open answer out over revision rev, the one that was shown beside it, with what is now said: fault.Conflict when the
// page changed again or the answer is not open any more; fault.Invalid names what still cannot be taken.
func (s *Service) Choose(ctx context.Context, by access.Actor, id string, rev int64, said Said) (Answer, error) {
	a, err := s.open(ctx, by, id)
	if err != nil {
		return Answer{}, err
	}
	a.Said = clean(said)
	a, cause, err := s.carryOut(ctx, by, a, rev)
	if err == nil && a.State == Conflict {
		cause = fault.New(fault.Conflict, "error.stale", errors.New("walk: the page changed again"))
	}
	if err == nil {
		err = cause
	}
	return a, err
}

// Drop leaves the page as it is.
func (s *Service) Drop(ctx context.Context, by access.Actor, id string) (Answer, error) {
	a, err := s.open(ctx, by, id)
	if err != nil {
		return Answer{}, err
	}
	return s.answers.Update(ctx, a.ID, a.Rev, func(x *Answer) error {
		x.State, x.SettledAt = Dropped, s.now()
		return nil
	})
}

func (s *Service) open(ctx context.Context, by access.Actor, id string) (Answer, error) {
	a, err := s.Answer(ctx, by, id)
	if err == nil && a.State != Conflict && a.State != Wrong {
		err = fault.New(fault.Conflict, "walk.wrong.settled", errors.New("walk: the answer is settled"))
	}
	return a, err
}

// KeepSettled is how long settled answers are kept, so that a phone that was away may still send them again.
const KeepSettled = 60 * 24 * time.Hour

// Sweep erases the answers that were settled long ago and returns how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for {
		page, err := s.answers.Find(ctx, store.Where("settled_at", store.Gt, time.Time{}).And("settled_at", store.Lt, s.now().Add(-KeepSettled)).Limit(200))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		erased, err := s.answers.Erase(ctx, page.Items...)
		if n += erased; err != nil || erased == 0 {
			return n, err
		}
	}
}
