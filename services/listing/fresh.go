package listing

import (
	"context"
	"errors"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/secret"
)

// Stale reports whether the hours were confirmed too long ago to be relied on at now (design H7): 时间待核对, never closed. Hours
// that come from a published list and that nobody of the district has confirmed yet stand as they are, beside their source and its
// year: the rule is about promises that were made and not renewed.
func Stale(l *Listing, now time.Time) bool {
	return l.Hours.Known && l.Confirmed.On != "" && l.Confirmed.By != "source" && hours.Stale(l.Confirmed.On, now)
}

// ReliableHours returns the hours as a visitor may rely on them: unknown where they are Stale. What a shop wrote in words, and a
// pause it announced, stay.
func ReliableHours(l *Listing, now time.Time) hours.Hours {
	if Stale(l, now) {
		return hours.Hours{Pause: l.Hours.Pause, Text: l.Hours.Text}
	}
	return l.Hours
}

// confirmer returns in whose name by confirms facts of t.
func confirmer(by access.Actor, t access.Thing) string {
	switch {
	case by.RoleIn(t) != access.Visitor:
		return "owner"
	case access.Can(by, access.RegisterEnter, t):
		return "coordinator"
	}
	return "plaza"
}

// Confirm says that the facts of revision rev are still right, "还是这样": fault.Conflict when they changed since.
func (s *Service) Confirm(ctx context.Context, by access.Actor, id string, rev int64) (Listing, error) {
	return s.change(ctx, by, access.ListingConfirm, audit.Write{Action: access.ListingConfirm}, id, rev, func(l *Listing) error {
		next := Confirmed{On: s.now().Format(time.DateOnly), By: confirmer(by, l.Thing())}
		if l.Confirmed == next {
			return errSame
		}
		l.Confirmed = next
		return nil
	})
}

// Links makes and takes the links by which an owner confirms without signing in. A link belongs to one revision of one listing,
// shows what it is about, and does nothing but confirm that.
type Links struct {
	shops *Service
	keys  *secret.Ring
}

// NewLinks returns the links to listings of shops, signed with keys.
func NewLinks(shops *Service, keys *secret.Ring) *Links { return &Links{shops, keys} }

// linkPurpose keeps the signatures of these links apart from all others.
const linkPurpose = "listing confirm link"

// LinkState is what a link can still do.
type LinkState string

// The states of a link.
const (
	LinkReady   LinkState = "ready"
	LinkDone    LinkState = "done"    // confirmed already, by the link or otherwise
	LinkChanged LinkState = "changed" // the listing says something else now: look at it first
)

// To returns the token of a link that confirms l as it is now, until an instant.
func (k *Links) To(l *Listing, until time.Time) string {
	return k.keys.Token(linkPurpose, l.ID, strconv.FormatInt(l.Rev, 36), strconv.FormatInt(until.Unix(), 36))
}

func linkGone(cause string) error {
	return fault.New(fault.NotFound, "listing.wrong.link", errors.New("listing: a confirmation link "+cause))
}

// read returns what a token is about.
func (k *Links) read(token string) (id string, rev int64, err error) {
	parts, ok := k.keys.Parts(linkPurpose, token, 3)
	if !ok {
		return "", 0, linkGone("that is not ours")
	}
	rev, errRev := strconv.ParseInt(parts[1], 36, 64)
	until, errUntil := strconv.ParseInt(parts[2], 36, 64)
	if errRev != nil || errUntil != nil || k.shops.now().Unix() >= until {
		return "", 0, linkGone("that has run out")
	}
	return parts[0], rev, nil
}

// Show returns the listing a link is about and what the link can do; it changes nothing, so that a mail program may open it.
// fault.NotFound for a link that is not ours or has run out, and for a listing the public may not see.
func (k *Links) Show(ctx context.Context, token string) (Listing, LinkState, error) {
	id, rev, err := k.read(token)
	if err != nil {
		return Listing{}, "", err
	}
	l, err := k.shops.coll.Get(ctx, id)
	if err == nil && !l.Public() {
		err = linkGone("to a listing that is not public")
	}
	if err != nil {
		return Listing{}, "", err
	}
	switch {
	case l.Rev == rev:
		return l, LinkReady, nil
	case l.Rev == rev+1 && l.Confirmed.By == "owner":
		return l, LinkDone, nil
	}
	return l, LinkChanged, nil
}

// Use confirms what the link is about, once. A link that was used says so; fault.Conflict when the listing changed since.
func (k *Links) Use(ctx context.Context, token string) (Listing, LinkState, error) {
	l, state, err := k.Show(ctx, token)
	if err != nil || state == LinkDone {
		return l, state, err
	}
	if state == LinkReady {
		l, err = k.shops.change(ctx, access.System("confirmation link"), access.ListingConfirm, audit.Write{Action: access.ListingConfirm}, l.ID, l.Rev, func(l *Listing) error {
			l.Confirmed = Confirmed{On: k.shops.now().Format(time.DateOnly), By: "owner"}
			return nil
		})
		if !stale(err) {
			return l, LinkDone, err
		}
	}
	return l, LinkChanged, fault.New(fault.Conflict, "listing.wrong.changed", errors.New("listing: changed since the link was made"))
}
