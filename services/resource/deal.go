package resource

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// State is how far two organisations are: matched → agreed → delivered → confirmed by both → closed; or given up with a reason, or ended by
// itself: nobody confirmed the delivery for 90 days, or one of the two has no seat any more.
type State string

// The states.
const (
	Matched   State = "matched"
	Agreed    State = "agreed"
	Delivered State = "delivered"
	Confirmed State = "confirmed"
	Closed    State = "done"
	GivenUp   State = "given_up"

	Unanswered State = "unanswered"
	Left       State = "left"
)

// running are the states in which something is still to be done.
var running = []string{string(Matched), string(Agreed), string(Delivered), string(Confirmed)}

// Running reports whether something is still to be done.
func (s State) Running() bool { return slices.Contains(running, string(s)) }

// Party is one of the two organisations of a deal and what it has said.
type Party struct {
	AgreedAt    *time.Time `json:"agreed_at,omitempty"`
	ConfirmedAt *time.Time `json:"confirmed_at,omitempty"`
}

// Deal is two organisations that have come together about one post.
type Deal struct {
	store.Meta
	audit.Trail
	// Key keeps the same two from coming together about the same post twice at a time.
	Key     string `json:"key"`
	PostID  string `json:"post_id"`
	OtherID string `json:"other_id,omitempty"` // the post of the one who answers, where there is one
	Title   string `json:"title"`
	Kind    Kind   `json:"kind"`
	GiverID string `json:"giver_id"`
	TakerID string `json:"taker_id"`
	Giver   Party  `json:"giver"`
	Taker   Party  `json:"taker"`
	State   State  `json:"state"`
	On      string `json:"on,omitempty"`     // day of the delivery, YYYY-MM-DD
	Note    string `json:"note,omitempty"`   // what was delivered
	Reason  string `json:"reason,omitempty"` // why it was given up, or is not delivered after all
}

// side returns what an organisation has said and what the other has; nil for one that has no part in it.
func (d *Deal) side(organisationID string) (own, other *Party) {
	switch organisationID {
	case d.GiverID:
		return &d.Giver, &d.Taker
	case d.TakerID:
		return &d.Taker, &d.Giver
	}
	return nil, nil
}

// Said reports what an organisation has said: that it agrees, and that it was delivered.
func (d *Deal) Said(organisationID string) (agreed, confirmed bool) {
	own, _ := d.side(organisationID)
	return own != nil && own.AgreedAt != nil, own != nil && own.ConfirmedAt != nil
}

// Deed is what is done to a deal.
type Deed string

// The deeds. Close is also the liaison's, and so is GiveUp, which of what one side says was delivered is the liaison's alone.
const (
	Agree   Deed = "agree"
	Deliver Deed = "deliver"
	Confirm Deed = "confirm"
	Deny    Deed = "deny" // it was not delivered after all
	Close   Deed = "close"
	GiveUp  Deed = "give_up"
)

// Can reports whether an organisation can do something now; the liaison is the empty organisation.
func (d *Deal) Can(x Deed, organisationID string) bool {
	agreed, confirmed := d.Said(organisationID)
	own, _ := d.side(organisationID)
	switch x {
	case Agree:
		return own != nil && d.State == Matched && !agreed
	case Deliver:
		return own != nil && d.State == Agreed
	case Confirm:
		return own != nil && d.State == Delivered && !confirmed
	case Deny:
		return own != nil && d.State == Delivered && !confirmed
	case Close:
		return (own != nil || organisationID == "") && d.State == Confirmed
	case GiveUp:
		return (own != nil || organisationID == "") && (d.State == Matched || d.State == Agreed) || organisationID == "" && d.State == Delivered
	}
	return false
}

// Saying is what goes along with a deed: of Deliver the day and what it was, of Deny and GiveUp the reason.
type Saying struct{ On, Note, Reason string }

// read checks what goes along with a deed.
func (x *Saying) read(deed Deed, today calendar.Date) error {
	x.Note, x.Reason = lang.Clean(x.Note), lang.Clean(x.Reason)
	switch deed {
	case Deliver:
		wrong := append((lang.Limit{Max: MaxReason, Must: true}).Check("note", x.Note), phone.NoMobile("note", x.Note)...)
		if d, err := calendar.ParseDate(x.On); err != nil || d > today {
			wrong = append(wrong, fault.Field{Name: "on", Key: "resource.wrong.on"})
		}
		return fault.Wrongs(wrong)
	case Deny, GiveUp:
		return fault.Wrongs(append((lang.Limit{Max: MaxReason, Must: true}).Check("reason", x.Reason), phone.NoMobile("reason", x.Reason)...))
	default:
		return nil
	}
}

// do carries out a deed at an instant: fault.Conflict when the deal is not at it.
func (d *Deal) do(x Deed, organisationID string, said Saying, now time.Time) error {
	if !d.Can(x, organisationID) {
		return cannot("a " + string(d.State) + " deal is not at " + string(x))
	}
	t := at(now)
	own, other := d.side(organisationID)
	switch x {
	case Agree:
		if own.AgreedAt = &t; other.AgreedAt != nil {
			d.State = Agreed
		}
	case Deliver:
		d.State, d.On, d.Note, d.Reason = Delivered, said.On, said.Note, ""
		own.ConfirmedAt, other.ConfirmedAt = &t, nil // who says so has confirmed it; the other has to
	case Confirm:
		if own.ConfirmedAt = &t; other.ConfirmedAt != nil {
			d.State = Confirmed
		}
	case Deny:
		d.State, d.Reason, d.Giver.ConfirmedAt, d.Taker.ConfirmedAt = Agreed, said.Reason, nil, nil
	case Close:
		d.end(Closed)
	case GiveUp:
		d.end(GivenUp)
		d.Reason = said.Reason
	}
	return nil
}

// end brings a deal to a state in which nothing is left to do; the same two can begin anew.
func (d *Deal) end(s State) { d.State, d.Key = s, "-"+rand.Text() }

// Answer brings an organisation together with the one of an open post; it agrees by answering, and the other is asked. with is its own
// post that fits, or empty. fault.NotFound, fault.Conflict when the two are at it already or the post is its own.
func (s *Service) Answer(ctx context.Context, by access.Actor, organisationID, postID, with string) (Deal, error) {
	p, err := s.Post(ctx, by, organisationID, postID)
	if err != nil {
		return Deal{}, err
	}
	if p.StateAt(s.today()) != Open || p.OrganisationID == organisationID {
		return Deal{}, cannot("it cannot be answered")
	}
	if with != "" {
		own, err := s.Post(ctx, by, organisationID, with)
		if err != nil {
			return Deal{}, err
		}
		if own.OrganisationID != organisationID || own.Side == p.Side || own.Kind != p.Kind {
			return Deal{}, fault.Missing()
		}
	}
	d := p.with(organisationID, with)
	t := at(s.Now())
	own, _ := d.side(organisationID)
	own.AgreedAt = &t
	return s.begin(ctx, by, access.ResourceOwn, d, p.OrganisationID)
}

// Match brings the organisations of two posts together; both are asked: fault.NotFound, fault.Conflict, also when the two are at one of the
// posts already.
func (s *Service) Match(ctx context.Context, by access.Actor, postID, with string) (Deal, error) {
	if err := access.Require(by, access.ResourceMatch, access.Thing{Kind: kindDeal}); err != nil {
		return Deal{}, err
	}
	a, err := s.asItIs(ctx, postID)
	if err != nil {
		return Deal{}, err
	}
	b, err := s.asItIs(ctx, with)
	if err != nil {
		return Deal{}, err
	}
	if len(a.fitting([]Post{b}, s.today(), 1)) == 0 || a.StateAt(s.today()) != Open {
		return Deal{}, cannot("the two do not fit")
	}
	return s.begin(ctx, by, access.ResourceMatch, a.with(b.OrganisationID, b.ID), a.OrganisationID, b.OrganisationID)
}

// with is the deal about a post with another organisation.
func (p *Post) with(organisationID, otherID string) Deal {
	d := Deal{Key: p.ID + " " + organisationID, PostID: p.ID, OtherID: otherID, Title: p.Title, Kind: p.Kind, GiverID: p.OrganisationID, TakerID: organisationID, State: Matched}
	if p.Side == Sought {
		d.GiverID, d.TakerID = organisationID, p.OrganisationID
	}
	if otherID != "" && p.Side == Offered { // the same two posts make one deal, from whichever side it begins
		d.Key = otherID + " " + p.OrganisationID
	}
	return d
}

// shares reports whether two deals of the same two organisations are about the same post, whichever of them named it.
func (d *Deal) shares(x *Deal) bool {
	return slices.ContainsFunc([]string{d.PostID, d.OtherID}, func(id string) bool { return id != "" && (id == x.PostID || id == x.OtherID) })
}

// both reports whether the two are at something that d is about already, in another deal: what comes of it would count twice.
func (s *Service) both(ctx context.Context, d *Deal) (bool, error) {
	q := store.Where("giver_id", store.Eq, d.GiverID).And("taker_id", store.Eq, d.TakerID).And("state", store.In, running)
	for x, err := range s.deals.Each(ctx, q) {
		if err != nil || x.ID != d.ID && d.shares(&x) {
			return true, err
		}
	}
	return false, nil
}

func (s *Service) begin(ctx context.Context, by access.Actor, act access.Action, d Deal, tell ...string) (Deal, error) {
	twice := func(err error) error { return fault.New(fault.Conflict, "resource.wrong.twice", err) }
	if at, err := s.both(ctx, &d); err != nil {
		return Deal{}, err
	} else if at {
		return Deal{}, twice(errors.New("resource: the two are at it"))
	}
	err := s.deals.Insert(ctx, by, audit.Write{Action: act, Title: d.Title}, &d)
	if fault.Is(err, fault.Conflict) {
		return Deal{}, twice(err)
	}
	if err != nil {
		return Deal{}, err
	}
	// Who began from the other end in this moment is seen now, or sees this one: at least one of the two steps back.
	if at, err := s.both(ctx, &d); err != nil || at {
		_, undo := s.deals.Update(context.WithoutCancel(ctx), by, audit.Write{Action: act, Title: d.Title, Why: "twice"}, d.ID, 0, func(d *Deal) error {
			d.end(GivenUp)
			return nil
		})
		if err = errors.Join(err, undo); err != nil {
			return Deal{}, err
		}
		return Deal{}, twice(errors.New("resource: the two began at once"))
	}
	for _, o := range tell {
		s.write(ctx, o, func(id string) error {
			return s.Letters.TellMatch(ctx, id, "deal."+d.ID, map[string]any{"Title": d.Title, "Link": s.Link(o)})
		})
	}
	return d, nil
}

// Do carries out a deed for an organisation, or for the liaison when organisationID is empty. The state guards it, so that no revision
// is asked for. fault.NotFound, fault.Invalid, fault.Conflict when the deal is not at it.
func (s *Service) Do(ctx context.Context, by access.Actor, organisationID, id string, x Deed, said Saying) (Deal, error) {
	act := access.ResourceOwn
	if organisationID == "" {
		act = access.ResourceMatch
		if err := access.Require(by, act, access.Thing{Kind: kindDeal, ID: id}); err != nil {
			return Deal{}, err
		}
	} else if err := s.acts(ctx, by, organisationID); err != nil {
		return Deal{}, err
	}
	if err := said.read(x, s.today()); err != nil {
		return Deal{}, err
	}
	now := s.Now()
	d, err := s.deals.UpdateAs(ctx, by, id, 0, func(d *Deal) (audit.Write, error) {
		if own, _ := d.side(organisationID); own == nil && organisationID != "" {
			return audit.Write{}, fault.Missing()
		}
		err := d.do(x, organisationID, said, now)
		return audit.Write{Action: act, Title: d.Title, Why: string(x)}, err
	})
	if err == nil && d.State == Confirmed {
		err = s.fulfil(ctx, by, act, &d)
	}
	if err == nil && d.State == GivenUp {
		s.tellEnded(ctx, &d, organisationID)
	}
	return d, err
}

// fulfil ends the needs that a delivery which both confirmed has met; an offer goes on.
func (s *Service) fulfil(ctx context.Context, by access.Actor, act access.Action, d *Deal) error {
	for _, id := range []string{d.PostID, d.OtherID} {
		if id == "" {
			continue
		}
		p, err := s.posts.Get(ctx, id)
		if err == nil && p.Side == Sought && p.State == Open {
			_, err = s.posts.Update(ctx, by, audit.Write{Action: act, Title: p.Title, Why: "met"}, id, 0, func(p *Post) error {
				if p.State == Open {
					p.State = Ended
				}
				return nil
			})
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Deal returns one for an organisation that has part in it, or for who reads everything when organisationID is empty: fault.NotFound.
func (s *Service) Deal(ctx context.Context, by access.Actor, organisationID, id string) (Deal, error) {
	if err := s.reads(ctx, by, organisationID); err != nil {
		return Deal{}, err
	}
	d, err := s.deals.Get(ctx, id)
	if own, _ := d.side(organisationID); err == nil && organisationID != "" && own == nil {
		err = fault.Missing()
	}
	if err != nil {
		return Deal{}, err
	}
	return d, nil
}

// Deals returns the latest deals that an organisation has part in, the newest first.
func (s *Service) Deals(ctx context.Context, by access.Actor, organisationID string, most int) ([]Deal, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return nil, err
	}
	out := []Deal{}
	for _, field := range []string{"giver_id", "taker_id"} {
		page, err := s.deals.Find(ctx, store.Where(field, store.Eq, organisationID).OrderBy("created_at", store.Desc).Limit(most))
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
	}
	slices.SortStableFunc(out, func(a, b Deal) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out[:min(len(out), most)], nil
}

// Running returns the deals in one state, the longest waiting first, for who reads everything.
func (s *Service) Running(ctx context.Context, by access.Actor, state State, most int) ([]Deal, error) {
	if err := s.reads(ctx, by, ""); err != nil {
		return nil, err
	}
	page, err := s.deals.Find(ctx, store.Where("state", store.Eq, string(state)).OrderBy("created_at", store.Asc).Limit(most))
	return page.Items, err
}

// Unmatched returns the open needs about which no deal is running, those that end soonest first, at most most; for who reads everything.
func (s *Service) Unmatched(ctx context.Context, by access.Actor, most int) ([]Post, error) {
	if err := s.reads(ctx, by, ""); err != nil {
		return nil, err
	}
	seated, err := s.Members.Seated(ctx)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for d, err := range s.deals.Each(ctx, store.Where("state", store.In, running)) {
		if err != nil {
			return nil, err
		}
		if seated[d.GiverID] && seated[d.TakerID] {
			taken[d.PostID], taken[d.OtherID] = true, true
		}
	}
	out := []Post{}
	for p, err := range s.posts.Each(ctx, s.open(Sought, "").OrderBy("until", store.Asc)) {
		if err != nil {
			return nil, err
		}
		if taken[p.ID] || !seated[p.OrganisationID] {
			continue
		}
		if out = append(out, p); len(out) == most {
			break
		}
	}
	return out, nil
}

// Figures counts what was delivered and confirmed by both, by kind; posts and promises do not count.
func (s *Service) Figures(ctx context.Context, by access.Actor) (map[Kind]int, error) {
	if err := s.reads(ctx, by, ""); err != nil {
		return nil, err
	}
	n, err := s.deals.CountBy(ctx, "kind", store.Where("state", store.In, []string{string(Confirmed), string(Closed)}))
	out := map[Kind]int{}
	for k, v := range n {
		out[Kind(k)] = v
	}
	return out, err
}
