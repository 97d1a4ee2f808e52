package vacancy

import (
	"context"
	"errors"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// LinkDays is how long a link to confirm a card can be used.
const LinkDays = 14

// linkPurpose keeps the signatures of these links apart from all others.
const linkPurpose = "vacancy confirm link"

// LinkState is what a link can still do.
type LinkState string

// The states of a link.
const (
	LinkReady   LinkState = "ready"
	LinkDone    LinkState = "done"    // it has been used
	LinkChanged LinkState = "changed" // the card says something else now: the desk sends another
	LinkOver    LinkState = "over"    // the unit is not on offer any more
)

// Link returns the token by which who lets a unit confirms its card without an account, and when it ends. It belongs to the card as it was
// shown and does nothing but confirm that: fault.Conflict when the card changed since.
func (s *Service) Link(ctx context.Context, by access.Actor, id string, rev int64) (string, time.Time, error) {
	o, err := s.Get(ctx, by, id)
	if err != nil {
		return "", time.Time{}, err
	}
	if o.Rev != rev {
		return "", time.Time{}, store.Seen(0)
	}
	if !o.Open() {
		return "", time.Time{}, cannot("vacancy.wrong.state", "it is not on offer")
	}
	until := s.Now().AddDate(0, 0, LinkDays)
	return s.Keys.Token(linkPurpose, o.ID, strconv.FormatInt(o.Rev, 36), strconv.FormatInt(until.Unix(), 36)), until, nil
}

// readLink returns what a token is about: fault.NotFound for one that is not ours or has run out.
func (s *Service) readLink(token string) (id string, rev int64, err error) {
	parts, ok := s.Keys.Parts(linkPurpose, token, 3)
	if !ok {
		return "", 0, linkGone("that is not ours")
	}
	rev, errRev := strconv.ParseInt(parts[1], 36, 64)
	until, errUntil := strconv.ParseInt(parts[2], 36, 64)
	if errRev != nil || errUntil != nil || s.Now().Unix() >= until {
		return "", 0, linkGone("that has run out")
	}
	return parts[0], rev, nil
}

// ShowLink returns the card a link is about and what the link can do. It changes nothing, so that chat programs may open it.
func (s *Service) ShowLink(ctx context.Context, token string) (Offer, LinkState, error) {
	id, rev, err := s.readLink(token)
	if err != nil {
		return Offer{}, "", err
	}
	o, err := s.offer(ctx, id)
	switch {
	case err != nil:
		return Offer{}, "", err
	case o.Rev == rev+1 && o.VerifiedRev == rev && o.VerifiedBy == Holder:
		return o, LinkDone, nil
	case o.Rev != rev:
		return o, LinkChanged, nil
	case !o.Open():
		return o, LinkOver, nil
	}
	return o, LinkReady, nil
}

// UseLink confirms what the link is about, once; again it says that it is done. fault.Conflict where it can do nothing.
func (s *Service) UseLink(ctx context.Context, token string) (Offer, LinkState, error) {
	o, state, err := s.ShowLink(ctx, token)
	if err != nil || state == LinkDone {
		return o, state, err
	}
	if state == LinkReady {
		o.Card, err = s.confirm(ctx, access.System("vacancy link"), &o, o.Rev, Holder)
		if !fault.Is(err, fault.Conflict) {
			return o, LinkDone, err
		}
		state = LinkChanged
	}
	return o, state, cannot("vacancy.wrong.link", "the link is "+string(state))
}

func linkGone(why string) error {
	return fault.New(fault.NotFound, "vacancy.wrong.link", errors.New("vacancy: a link "+why))
}
