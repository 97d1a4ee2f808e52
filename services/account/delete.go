package account

import (
	"context"
	"strings"

	"shangquan/services/access"
	"shangquan/services/audit"
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
	return s.forget(ctx, by, write(access.AccountFactor, "deleted"), was, fault.New(fault.Conflict, "account.delete.staff", nil))
}

// Erase does the same to the account of somebody who asked for it and cannot sign in any more: access.AccountEnd. why says who asked and
// how that was made sure of, and has to be there; seats is what the account is in. fault.Conflict as of Delete, or over another revision.
func (s *Service) Erase(ctx context.Context, by access.Actor, accountID string, rev int64, seats []access.Seat, why string) error {
	if err := access.Require(by, access.AccountEnd, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return err
	}
	if strings.TrimSpace(why) == "" {
		return fault.Wrong("why", "account.erase.why", nil)
	}
	was, err := s.accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if len(seats) > 0 {
		return fault.New(fault.Conflict, "account.erase.seats", nil)
	}
	was.Rev = rev
	return s.forget(ctx, by, write(access.AccountEnd, why), was, fault.New(fault.Conflict, "account.erase.staff", nil))
}

// forget takes away what an account holds; official is what is said of one that works for the district.
func (s *Service) forget(ctx context.Context, by access.Actor, w audit.Write, was Account, official error) error {
	if _, err := s.accounts.Update(ctx, by, w, was.ID, was.Rev, func(a *Account) error {
		if a.Staff() {
			return official
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
