package account

import (
	"context"
	"errors"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// wrong is the one answer to a sign-in that did not succeed, whoever the name belongs to: unknown, wrong password, locked, disabled.
func wrong(cause string) error {
	return fault.New(fault.Unauthenticated, "account.sign_in.wrong", errors.New("account: "+cause))
}

// admission is a try that was counted before anybody looked whether it succeeds.
type admission struct {
	allowed bool
	before  int    // failures in a row before this one
	guard   string // where they are counted
	client  string // where the tries of the client are counted; empty for a known device
	known   bool
}

// admit counts a try to sign in as a (nil: nobody has the name). A known device is counted by itself; everything else by account or
// name and by client: fault.TooMany when the client makes too many.
func (s *Service) admit(ctx context.Context, name string, a *Account, c Client) (admission, error) {
	if a != nil {
		if id, ok := s.knows(c.Device, a.ID); ok {
			ad := admission{guard: s.bucket("device", []byte(a.ID), []byte(id)), known: true}
			var err error
			if ad.allowed, ad.before, err = s.try(ctx, ad.guard); err != nil || ad.allowed || ad.before < maxFailures {
				return ad, err
			}
			// A device that guessed a hundred times is not the owner's any more: it is counted like any other.
		}
	}
	ad := admission{guard: s.bucket("name", []byte(name))}
	if a != nil {
		ad.guard = guardOf(a.ID)
	}
	var err error
	if ad.client, err = s.clientTry(ctx, "client", c.Addr); err != nil {
		return ad, err
	}
	ad.allowed, ad.before, err = s.try(ctx, ad.guard)
	return ad, err
}

// unused gives back a try that was never looked at.
func (s *Service) unused(ctx context.Context, ad admission) {
	if ad.allowed {
		s.giveBack(ctx, ad.guard)
	}
	if ad.client != "" {
		s.clientBack(ctx, ad.client)
	}
}

// passed forgets the failures after a success. The account's own count begins anew with a device that was known, too.
func (s *Service) passed(ctx context.Context, a *Account, ad admission) error {
	if ad.client != "" {
		s.clientBack(ctx, ad.client)
	}
	if err := s.succeeded(ctx, ad.guard); err != nil || ad.guard == guardOf(a.ID) {
		return err
	}
	return s.succeeded(ctx, guardOf(a.ID))
}

// find returns the account of what somebody typed as name, nil when nobody has it. The name comes back in the form it is counted by.
func (s *Service) find(ctx context.Context, typed string) (*Account, string, error) {
	contact, err := ParseContact(typed)
	if err != nil {
		contact = Contact("phone:none") // is looked up all the same
	}
	a, err := s.ByContact(ctx, contact)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, string(contact), nil
	case err != nil:
		return nil, "", err
	}
	return &a, string(contact), nil
}

// SignIn opens a session for who gives the right password. name is what was typed: phone or e-mail. With a second factor the session
// is pending until that is given. Every other outcome is one and the same fault.Unauthenticated "account.sign_in.wrong", and takes as
// long; fault.TooMany after too many tries of the client, fault.Unavailable when too many sign in at once.
func (s *Service) SignIn(ctx context.Context, name, password string, c Client) (SignedIn, error) {
	a, name, err := s.find(ctx, name)
	if err != nil {
		return SignedIn{}, err
	}
	ad, err := s.admit(ctx, name, a, c)
	if err != nil {
		return SignedIn{}, err
	}
	phc := ""
	if a != nil && ad.allowed && !a.Disabled {
		phc = a.Password
	}
	normal, _ := NormalPassword(password) // what cannot be a password is empty, and nobody has that
	ok, weak, err := s.hasher.check(ctx, phc, normal)
	if err != nil {
		s.unused(ctx, ad)
		return SignedIn{}, err
	}
	if !ok || normal == "" {
		return SignedIn{}, s.turnAway(ctx, a, ad, c)
	}
	if err := s.passed(ctx, a, ad); err != nil {
		return SignedIn{}, err
	}
	if weak {
		if err := s.rehash(ctx, a, normal, c); err != nil {
			return SignedIn{}, err
		}
	}
	return s.enter(ctx, a, c, ad)
}

// turnAway writes down a try that did not succeed. One try is one event, whoever the name belongs to.
func (s *Service) turnAway(ctx context.Context, a *Account, ad admission, c Client) error {
	id, what := "", "sign-in: nobody has the name"
	switch {
	case a == nil:
	case a.Disabled:
		id, what = a.ID, "sign-in: disabled"
	case !ad.allowed:
		id, what = a.ID, "sign-in: locked"
	default:
		id, what = a.ID, "sign-in: wrong password"
	}
	s.watch.Failed()
	if err := s.event(ctx, c.actor(nil), access.AccountOpen, refused, what, id); err != nil {
		return err
	}
	return wrong(what)
}

// rehash stores the password with today's cost.
func (s *Service) rehash(ctx context.Context, a *Account, normal string, c Client) error {
	phc, err := s.hasher.hash(ctx, normal)
	if err != nil {
		return err
	}
	was := a.Password
	got, err := s.accounts.Update(ctx, c.actor(a), write(access.AccountOwn, "the password is stored with a higher cost"), a.ID, 0, func(a *Account) error {
		if a.Password == was {
			a.Password = phc
		}
		return nil
	})
	if err == nil {
		*a = got
	}
	return err
}

// enter opens the session after the first factor.
func (s *Service) enter(ctx context.Context, a *Account, c Client, ad admission) (SignedIn, error) {
	in := SignedIn{Account: *a}
	var err error
	in.Token, in.Session, err = s.open(ctx, a, c, Session{Pending: a.Factors.Any(), Before: ad.before, KnownDevice: ad.known})
	if err != nil {
		return SignedIn{}, err
	}
	if in.Session.Pending {
		return in, s.event(ctx, c.actor(a), access.AccountOpen, went, "sign-in: waits for the second factor", a.ID)
	}
	err = s.complete(ctx, &in, c)
	return in, err
}

// complete is what follows a whole sign-in: the device is known from now on, and the owner hears of a new one and of guessing.
func (s *Service) complete(ctx context.Context, in *SignedIn, c Client) error {
	a, x := &in.Account, in.Session
	in.Device = s.remember(c.Device, a.ID)
	args := map[string]any{"Device": x.Device, "Area": x.Area, "N": x.Before}
	switch {
	case x.Before > freeTries:
		s.tell(a, mailGuessed, args)
	case !x.KnownDevice:
		s.tell(a, mailNewDevice, args)
	}
	if err := s.notice(ctx, a, c); err != nil {
		return err
	}
	return s.event(ctx, c.actor(a), access.AccountOpen, went, "signed in", a.ID)
}
