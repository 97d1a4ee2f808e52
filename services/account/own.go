package account

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// rulesOf are the rules for a password of a.
func rulesOf(a *Account, words ...string) rules {
	r := rules{staff: a.Staff(), twoFactor: a.Factors.Any(), own: append([]string{a.Name}, words...)}
	for _, c := range a.Contacts() {
		r.own = append(r.own, string(c))
		if c.Phone() {
			r.own = append(r.own, string(c)[len("+86"):])
		}
	}
	return r
}

// setPassword stores a new password. Every session is void from then on, and the owner hears of it.
func (s *Service) setPassword(ctx context.Context, by access.Actor, why string, was *Account, phc string) (Account, error) {
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, why), was.ID, 0, func(a *Account) error {
		if a.Password != was.Password { // somebody else set one meanwhile
			return fault.New(fault.Conflict, "error.stale", nil)
		}
		a.Password, a.PasswordAt = phc, s.now()
		a.Epoch++
		return nil
	})
	if err == nil {
		s.tell(&a, mailPassword, nil)
	}
	return a, err
}

// Recheck proves again who is there, for what access calls dangerous: with the password or, when there is a second factor, with a
// code of it. fault.Invalid on field "proof" for a wrong one. The session gets a new token.
func (s *Service) Recheck(ctx context.Context, x Session, proof string, c Client) (SignedIn, error) {
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return SignedIn{}, err
	}
	if x.Pending {
		return SignedIn{}, signInFirst("the second factor is missing")
	}
	if a.Factors.Any() {
		err = s.checkFactor(ctx, &a, proof, c)
	} else {
		err = s.checkPassword(ctx, &a, proof, c)
	}
	if err != nil {
		return SignedIn{}, err
	}
	return s.again(ctx, x, a, c, func(*Session) {})
}

// again gives a session a new token after its person proved who they are. It keeps the session's epoch: a session that was ended
// while its person typed stays ended.
func (s *Service) again(ctx context.Context, x Session, a Account, c Client, change func(*Session)) (SignedIn, error) {
	in := SignedIn{Account: a, Device: s.remember(c.Device, a.ID)}
	var err error
	in.Token, in.Session, err = s.renew(ctx, x, func(y *Session) error {
		y.SudoAt = s.now()
		change(y)
		return nil
	})
	return in, err
}

// checkPassword compares the password of somebody who is signed in, with the same limits as a sign-in.
func (s *Service) checkPassword(ctx context.Context, a *Account, password string, c Client) error {
	ad, err := s.admit(ctx, "", a, c)
	if err != nil {
		return err
	}
	phc := a.Password
	if !ad.allowed {
		phc = ""
	}
	normal, _ := NormalPassword(password)
	ok, _, err := s.hasher.check(ctx, phc, normal)
	if err != nil {
		s.unused(ctx, ad)
		return err
	}
	if !ok || normal == "" {
		if err := s.event(ctx, c.actor(a), access.AccountOwn, refused, "check: wrong password", a.ID); err != nil {
			return err
		}
		return fault.Wrong("proof", "account.proof.wrong", nil)
	}
	return s.passed(ctx, a, ad)
}

// ChangePassword sets a new password. current is the one until now; who has none proves themselves with Recheck first. Every other
// session ends, and this one gets a new token.
func (s *Service) ChangePassword(ctx context.Context, by access.Actor, x Session, current, next string, c Client) (SignedIn, error) {
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return SignedIn{}, err
	}
	if err := access.Require(by, access.AccountOwn, a.Thing()); err != nil {
		return SignedIn{}, err
	}
	normal, err := s.policy.check(next, rulesOf(&a))
	if err != nil {
		return SignedIn{}, err
	}
	if a.Password != "" {
		if err := s.checkPassword(ctx, &a, current, c); err != nil {
			return SignedIn{}, err
		}
		by.Sudo = true
	}
	if err := access.Require(by, access.AccountFactor, a.Thing()); err != nil {
		return SignedIn{}, err
	}
	phc, err := s.hasher.hash(ctx, normal)
	if err != nil {
		return SignedIn{}, err
	}
	if a, err = s.setPassword(ctx, by, "", &a, phc); err != nil {
		return SignedIn{}, err
	}
	return s.only(ctx, x, a, c, func(*Session) {})
}

// only renews a session after the account's epoch changed, and removes the others.
func (s *Service) only(ctx context.Context, x Session, a Account, c Client, change func(*Session)) (SignedIn, error) {
	in, err := s.again(ctx, x, a, c, func(y *Session) {
		y.Epoch = a.Epoch
		change(y)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, s.clear(ctx, a.ID, x.ID)
}

// AddContact sets the phone or the e-mail of the own account, with the code sent to it with ForContact. The owner hears of it at the
// old contacts, too.
func (s *Service) AddContact(ctx context.Context, by access.Actor, accountID, to, typed string) (Account, error) {
	contact, err := ParseContact(to)
	if err != nil {
		return Account{}, err
	}
	t := access.Thing{Kind: Kind, ID: accountID, AccountID: accountID}
	if err := access.Require(by, access.AccountFactor, t); err != nil {
		return Account{}, err
	}
	if err := s.useCode(ctx, ForContact, contact, true, typed); err != nil {
		return Account{}, err
	}
	var was Contact
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, ""), accountID, 0, func(a *Account) error {
		was = a.setContact(contact)
		return nil
	})
	if err != nil {
		return Account{}, taken(err)
	}
	var old []Contact
	if was != "" && was != contact {
		old = append(old, was)
	}
	s.tell(&a, mailContact, map[string]any{"Contact": contact.Masked()}, old...)
	return a, nil
}

// Rename changes what colleagues call the person, and the language of messages.
func (s *Service) Rename(ctx context.Context, by access.Actor, accountID, name string, t lang.Tag) (Account, error) {
	if err := access.Require(by, access.AccountOwn, access.Thing{Kind: Kind, ID: accountID, AccountID: accountID}); err != nil {
		return Account{}, err
	}
	name, err := checkName(name)
	if err != nil {
		return Account{}, err
	}
	return s.accounts.Update(ctx, by, write(access.AccountOwn, ""), accountID, 0, func(a *Account) error {
		a.Name, a.Lang = name, orHans(t)
		return nil
	})
}
