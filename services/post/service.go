package post

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// MaxLive is how many posts of one shop are public at a time; MaxKept how many there are with drafts and past ones
// in one list.
const (
	MaxLive = 5
	MaxKept = 500
)

// Shops is what posts need of the register of listings.
type Shops interface {
	Get(ctx context.Context, id string) (listing.Listing, error)
	ByIDs(ctx context.Context, ids []string) ([]listing.Listing, error)
}

// Service keeps the posts.
type Service struct {
	docs   *audit.Recorded[Post]
	shops  Shops
	places Places
	names  listing.NameRules
	now    func() time.Time
	// Members lets organisations write posts; nil: only shops do.
	Members Members
}

// Declare declares the collection of posts on db; it may be done again.
func Declare(db store.DB) *store.Collection[Post] {
	return store.NewCollection[Post](db, "posts",
		store.Unique("slot"), store.Index("listing_id", "created_at"), store.Index("organisation_id", "created_at"), store.Index("state", "until"), store.Index("look_since"), store.Follow("audit"), store.Sealed())
}

// New returns the posts on db, which write to the trail log.
func New(db store.DB, log *audit.Log, shops Shops, places Places, now func() time.Time) *Service {
	return &Service{docs: audit.Record(Declare(db), log, kind), shops: shops, places: places, names: listing.DefaultNameRules(), now: now}
}

// Revision changes with every write of a post.
func (s *Service) Revision(ctx context.Context) (int64, error) { return s.docs.Revision(ctx) }

// require returns nil when by may write p, which takes its place from its shop; who acts for an organisation writes its posts.
// fault.NotFound for an event of a street or plaza, which has its own way.
func (s *Service) require(ctx context.Context, by access.Actor, p *Post) error {
	if (p.OrganisationID == "") == (p.ListingID == "") || p.OrganisationID != "" && s.Members == nil {
		return fault.Missing()
	}
	if p.OrganisationID != "" {
		_, err := s.Members.Own(ctx, by, p.OrganisationID)
		return err
	}
	l, err := s.shops.Get(ctx, p.ListingID)
	if err != nil {
		return err
	}
	p.StreetID, p.PlazaID, p.CategoryID, p.MerchantID = l.Address.StreetID, l.Address.PlazaID, l.CategoryID, l.MerchantID
	return access.Require(by, access.ListingOffers, p.thing(l.PlazaMay))
}

// check says what of a post may not be stored.
func (s *Service) check(by access.Actor, p *Post) error {
	p.normalise()
	if err := p.validate(); err != nil {
		return err
	}
	if access.Can(by, access.RegisterEnter, p.thing(false)) {
		return nil
	}
	var wrong []fault.Field
	for _, t := range []struct{ name, text string }{{"title", p.Title.Hans}, {"title.hant", p.Title.Hant}, {"title.en", p.Title.En}} {
		wrong = append(wrong, s.names.Check(t.name, t.text)...)
	}
	return fault.Wrongs(wrong)
}

func draftSlot() string { return "-" + rand.Text() }

func write(p *Post, why string) audit.Write {
	act := access.ListingOffers
	if p.OrganisationID != "" {
		act = access.AssemblyMember
	}
	return audit.Write{Action: act, Title: p.Title.Hans, Why: why}
}

// Create adds a draft: fault.NotFound for a shop of others, fault.Invalid.
func (s *Service) Create(ctx context.Context, by access.Actor, p *Post) error {
	next := *p
	next.Meta, next.Trail, next.State, next.Slot = store.Meta{}, audit.Trail{}, Draft, draftSlot()
	if err := s.require(ctx, by, &next); err != nil {
		return err
	}
	if err := s.check(by, &next); err != nil {
		return err
	}
	if err := s.docs.Insert(ctx, by, write(&next, ""), &next); err != nil {
		return err
	}
	*p = next
	return nil
}

// Replace writes what p says over revision rev of the post with its id. Whose it is, and its state, stay, and so do its areas where p has
// nil for them. fault.NotFound,
// fault.Invalid; fault.Conflict when rev is not current or the post was withdrawn.
func (s *Service) Replace(ctx context.Context, by access.Actor, p Post, rev int64) (Post, error) {
	strange, err := s.strange(ctx, &p)
	if err != nil {
		return Post{}, err
	}
	return s.change(ctx, by, p.ID, rev, "", func(was *Post) error {
		told := was.told()
		if was.State == Withdrawn {
			return fault.New(fault.Conflict, "post.wrong.state", errors.New("post: it was withdrawn"))
		}
		was.Kind, was.Title, was.Text, was.Who, was.Conditions = p.Kind, p.Title, p.Text, p.Who, p.Conditions
		was.From, was.Until, was.Repeat, was.Times = p.From, p.Until, p.Repeat, p.Times
		if p.Areas != nil {
			was.Areas = p.Areas
		}
		if was.State == Ended && !was.late(s.now()) {
			was.State = Draft // published anew when its writer says so
		}
		if err := s.check(by, was); err != nil || slices.Equal(told, was.told()) {
			return err
		}
		s.note(was, by, strange)
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Post) error) (Post, error) {
	p, err := s.Get(ctx, by, id)
	if err != nil {
		return Post{}, err
	}
	return s.docs.Update(ctx, by, write(&p, why), id, rev, func(p *Post) error {
		if err := s.require(ctx, by, p); err != nil {
			return err
		}
		return f(p)
	})
}

// Publish makes a draft public until its last day. fault.Conflict when MaxLive posts of the same shop are public, the last day is
// over, it is no draft, its organisation may not be named, or rev is not current.
func (s *Service) Publish(ctx context.Context, by access.Actor, id string, rev int64) (Post, error) {
	p, err := s.Get(ctx, by, id)
	if err != nil {
		return Post{}, err
	}
	if err := s.endPast(ctx, p.owner()); err != nil {
		return Post{}, err
	}
	strange, err := s.strange(ctx, &p)
	if err != nil {
		return Post{}, err
	}
	switch named, err := s.named(ctx, p); {
	case err != nil:
		return Post{}, err
	case len(named) == 0:
		return Post{}, fault.New(fault.Conflict, errUnlisted, errors.New("post: the organisation has not agreed to be named"))
	}
	for i := range MaxLive {
		got, err := s.change(ctx, by, id, rev, "publish", func(p *Post) error {
			if p.State != Draft || p.late(s.now()) {
				return fault.New(fault.Conflict, "post.wrong.state", fmt.Errorf("post: a %s post until %s is not published", p.State, p.Until))
			}
			p.State, p.Slot = Published, fmt.Sprintf("%s/%d", p.owner(), i)
			s.note(p, by, strange)
			return s.check(by, p)
		})
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "error.taken" {
			continue
		}
		return got, err
	}
	return Post{}, &fault.Error{Kind: fault.Conflict, Key: "post.wrong.full", Err: errors.New("post: no place is free")}
}

// owner is whose places the post takes when it is public.
func (p *Post) owner() string {
	if p.OrganisationID != "" {
		return "organisation:" + p.OrganisationID
	}
	return "listing:" + p.ListingID
}

// endPast frees the places of posts whose last day is over. It is the program's own doing; pages know without it.
func (s *Service) endPast(ctx context.Context, owner string) error {
	for i := range MaxLive {
		p, err := s.docs.GetBy(ctx, "slot", fmt.Sprintf("%s/%d", owner, i))
		if fault.Is(err, fault.NotFound) || err == nil && p.StateAt(s.now()) != Ended {
			continue
		}
		if err == nil {
			_, err = s.docs.Update(ctx, access.System("schedule"), write(&p, "ended"), p.ID, p.Rev, func(p *Post) error {
				p.State, p.Slot, p.LookSince = Ended, draftSlot(), time.Time{}
				return nil
			})
		}
		if err != nil && !fault.Is(err, fault.Conflict) { // somebody else was at it
			return err
		}
	}
	return nil
}

// Withdraw takes a post from the public: fault.Conflict when it was withdrawn already, or rev is not current.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64) (Post, error) {
	return s.change(ctx, by, id, rev, "withdraw", func(p *Post) error {
		if p.State == Withdrawn {
			return fault.New(fault.Conflict, "post.wrong.state", errors.New("post: it was withdrawn before"))
		}
		p.State, p.Slot, p.LookSince = Withdrawn, draftSlot(), time.Time{}
		return nil
	})
}

// Get returns a post in any state for those who may write it, and one of an organisation that is public, or was hidden, also for who looks
// at those: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Post, error) {
	p, err := s.docs.Get(ctx, id)
	if err != nil {
		return Post{}, err
	}
	if p.OrganisationID != "" && access.Can(by, access.ReviewRead, access.Thing{Kind: kind}) {
		named, err := s.named(ctx, p)
		if err != nil {
			return Post{}, err
		}
		if p.Hidden != "" || len(named) > 0 && p.State == Published {
			return p, nil
		}
	}
	at := p
	if err := s.require(ctx, by, &at); err != nil {
		return Post{}, err
	}
	return p, nil
}

// ByListing returns the posts of a shop in every state, the newest first, for those who may write them.
func (s *Service) ByListing(ctx context.Context, by access.Actor, listingID string) ([]Post, error) {
	if listingID == "" {
		return nil, fault.Missing()
	}
	if err := s.require(ctx, by, &Post{ListingID: listingID}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("listing_id", store.Eq, listingID).OrderBy("created_at", store.Desc).Limit(MaxKept))
	return page.Items, err
}

// Published returns the published posts that have not ended at now, whether their shops are public or not, without what is not for
// visitors; the directory joins them with the shops it shows. Those of organisations are in Benefits.
func (s *Service) Published(ctx context.Context, now time.Time) ([]Post, error) {
	out := []Post{}
	for p, err := range s.live(ctx, now) {
		if err != nil {
			return nil, err
		}
		if p.OrganisationID == "" {
			p.strip()
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *Service) live(ctx context.Context, now time.Time) iter.Seq2[Post, error] {
	return s.docs.Each(ctx, store.Where("state", store.Eq, string(Published)).And("until", store.Gte, calendar.Today(now).String()).Limit(MaxKept))
}

// Where narrows a list of live posts; empty fields do not.
type Where struct{ ListingID, StreetID, PlazaID, CategoryID string }

// Live returns what a visitor may see at now: the published posts that have not ended, of shops that are public, those that hold
// soonest first. Street, plaza and category are those of the shop as it is now.
func (s *Service) Live(ctx context.Context, w Where, now time.Time) ([]Post, error) {
	today := calendar.Today(now)
	out, err := s.Published(ctx, now)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for i := range out {
		if out[i].ListingID != "" {
			ids = append(ids, out[i].ListingID)
		}
	}
	shops, err := s.shops.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	public := map[string]*listing.Listing{}
	for i := range shops {
		if shops[i].State == listing.Published {
			public[shops[i].ID] = &shops[i]
		}
	}
	out = slices.DeleteFunc(out, func(p Post) bool { return p.ListingID != "" && public[p.ListingID] == nil })
	for i := range out {
		if l := public[out[i].ListingID]; l != nil {
			out[i].StreetID, out[i].PlazaID, out[i].CategoryID = l.Address.StreetID, l.Address.PlazaID, l.CategoryID
		}
	}
	out = slices.DeleteFunc(out, func(p Post) bool { return !w.fits(&p) })
	slices.SortStableFunc(out, func(a, b Post) int { return sooner(&a, &b, today) })
	return out, nil
}

// sooner orders posts by the day on which they hold next, from today on.
func sooner(a, b *Post, today calendar.Date) int {
	x, _ := a.Next(today)
	y, _ := b.Next(today)
	return cmp.Or(cmp.Compare(x, y), strings.Compare(a.ID, b.ID))
}

func (w Where) fits(p *Post) bool {
	for _, x := range [][2]string{{w.ListingID, p.ListingID}, {w.StreetID, p.StreetID}, {w.PlazaID, p.PlazaID}, {w.CategoryID, p.CategoryID}} {
		if x[0] != "" && x[0] != x[1] {
			return false
		}
	}
	return true
}
