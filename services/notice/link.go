package notice

import (
	"context"
	"errors"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// linkPurpose keeps the signatures of these links apart from all others.
const linkPurpose = "notice confirm link"

// LinkFor is how long after the day a notice is due its links still open.
const LinkFor = 14 * 24 * time.Hour

// LinkState is what a link can still do.
type LinkState string

// The states of a link.
const (
	LinkReady     LinkState = "ready"
	LinkDone      LinkState = "done"    // confirmed already, by the link or otherwise
	LinkChanged   LinkState = "changed" // the notice says something else now: read it first
	LinkWithdrawn LinkState = "withdrawn"
	LinkOver      LinkState = "over"
)

// Shown is what a link opens.
type Shown struct {
	State   LinkState
	Posted  *Posted // the version that is public now
	Shop    listing.Listing
	Version int // the link is about
	Receipt Receipt
}

// LinkTo returns the token with which somebody of a shop confirms a version without signing in; it is bound to all three.
func (s *Service) LinkTo(v *Version, listingID string) string {
	until := v.Content.ExpiresAt
	if due, err := calendar.ParseDate(v.Content.Due); err == nil {
		until = (due + 1).At(0).Add(LinkFor)
	}
	return s.Keys.Token(linkPurpose, v.NoticeID, listingID, strconv.Itoa(v.N), strconv.FormatInt(until.Unix(), 36))
}

func linkGone(cause string) error {
	return fault.New(fault.NotFound, "notice.wrong.link", errors.New("notice: a link "+cause))
}

// ShowLink returns what a token is about and what it can do; it changes nothing, so that a mail program or a chat may open it.
// fault.NotFound for one that is not ours or has run out, and for a shop that is not public any more.
func (s *Service) ShowLink(ctx context.Context, token string) (Shown, error) {
	parts, ok := s.Keys.Parts(linkPurpose, token, 4)
	if !ok {
		return Shown{}, linkGone("that is not ours")
	}
	version, errVersion := strconv.Atoi(parts[2])
	until, errUntil := strconv.ParseInt(parts[3], 36, 64)
	if errVersion != nil || errUntil != nil || s.Now().Unix() >= until {
		return Shown{}, linkGone("that has run out")
	}
	n, err := s.docs.Get(ctx, parts[0])
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Version: version, State: LinkReady}
	if out.Posted, err = s.posted(ctx, parts[0]); err != nil {
		return Shown{}, err
	}
	if out.Shop, err = s.Shop(ctx, parts[1]); err == nil && !out.Shop.Public() {
		err = linkGone("for a shop that is not public")
	}
	if err != nil {
		return Shown{}, err
	}
	if out.Receipt, err = s.receipts.Get(ctx, receiptID(parts[0], parts[1])); err != nil {
		return Shown{}, err
	}
	switch {
	case n.Public == Taken:
		out.State = LinkWithdrawn
	case n.Version() != version:
		out.State = LinkChanged
	case out.Receipt.Version == version && out.Receipt.settled():
		out.State = LinkDone
	case n.Public != Live || !n.EndsAt.After(s.Now()) || !out.Receipt.LeftAt.IsZero():
		out.State = LinkOver
	}
	return out, nil
}

// UseLink confirms what the link is about, once; one that was used says so. Of a notice that says something else by now, is over or was
// withdrawn it changes nothing: fault.Conflict.
func (s *Service) UseLink(ctx context.Context, token string) (Shown, error) {
	x, err := s.ShowLink(ctx, token)
	if err != nil || x.State == LinkDone {
		return x, err
	}
	n, v, err := s.asked(ctx, x.Posted.ID, x.Version)
	if err != nil {
		return x, err
	}
	r, err := s.confirm(ctx, access.System("notice link"), access.NoticeConfirm, &n, &v, &x.Shop, ByLink)
	if err == nil {
		x.State, x.Receipt = LinkDone, r
	}
	return x, err
}
