package account

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// Delete erases the own account: name, contacts, password, factors, networks and sessions, at once and for good; the contacts it had hear
// of it. What stays is its id, by which records and the trail say who did what, until the trail is purged (article 47 of the Personal
// Information Protection Law; what the law asks to keep stays).
//
// fault.Conflict for somebody who works for the district, whose role an administrator takes first, and for somebody who is in a merchant,
// and leaves it first: nobody disappears from a shop unseen. access.AccountFactor.
func (s *Service) Delete(ctx context.Context, by access.Actor, x Session) error {
	was, err := s.mine(ctx, by, x)
	if err != nil {
		return err
	}
	if len(by.Seats) > 0 {
		return fault.New(fault.Conflict, "account.delete.seats", nil)
	}
	if _, err = s.accounts.Update(ctx, by, write(access.AccountFactor, "deleted"), was.ID, was.Rev, func(a *Account) error {
		if a.Staff() {
			return fault.New(fault.Conflict, "account.delete.staff", nil)
		}
		*a = Account{Meta: a.Meta, Trail: a.Trail, PhoneKey: a.ID, EmailKey: a.ID, Disabled: true, Epoch: a.Epoch + 1}
		return nil
	}); err != nil {
		return err
	}
	s.tell(&was, mailDeleted, nil)
	if err := s.clear(ctx, was.ID, ""); err != nil {
		return err
	}
	if g, err := s.guards.Get(ctx, guardOf(was.ID)); err == nil {
		if _, err := s.guards.Erase(ctx, g); err != nil {
			return err
		}
	}
	n, err := s.networks.Get(ctx, was.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil:
		_, err = s.networks.Erase(ctx, n)
	}
	return err
}

// Deleted reports whether the person has deleted the account.
func (a *Account) Deleted() bool { return a.Phone == "" && a.Email == "" }
