package account

import (
	"context"
	"encoding/base64"
	"slices"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// Watch hears what an alarm may be made of (security AUD-07). Its methods do not wait.
type Watch interface {
	// Failed hears of every sign-in that did not succeed.
	Failed()
	// NewNetwork hears that somebody of the staff signed in from a network for the first time.
	NewNetwork(accountID string)
}

type unwatched struct{}

func (unwatched) Failed()           {}
func (unwatched) NewNetwork(string) {}

// networks are those an account of the staff signed in from, the latest last, by a signature: no address can be read from them.
// Purpose: to tell the first sign-in from elsewhere. Kept while the account exists, at most maxNetworks.
type networks struct {
	store.Meta
	Seen []string `json:"seen"`
}

const maxNetworks = 20

// notice tells the watch when somebody of the staff signed in from a network for the first time; the very first sign-in has nothing
// to differ from.
func (s *Service) notice(ctx context.Context, a *Account, c Client) error {
	if !a.Staff() {
		return nil
	}
	mark := base64.RawURLEncoding.EncodeToString(s.keys.MAC("network", []byte(a.ID), []byte(area(c.Addr)))[:12])
	known, err := s.networks.Get(ctx, a.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		err = s.networks.Insert(ctx, &networks{Meta: store.Meta{ID: a.ID}, Seen: []string{mark}})
		if fault.Is(err, fault.Conflict) { // two sign-ins at once: the other one is the first
			err = nil
		}
		return err
	case err != nil:
		return err
	case slices.Contains(known.Seen, mark):
		return nil
	}
	_, err = s.networks.Update(ctx, a.ID, 0, func(n *networks) error {
		n.Seen = append(slices.Clone(n.Seen), mark)
		n.Seen = n.Seen[max(0, len(n.Seen)-maxNetworks):]
		return nil
	})
	if err == nil {
		s.watch.NewNetwork(a.ID)
	}
	return err
}
