package account

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Invite makes an account for somebody who will work for the district and sends them a link to set the password: access.AccountInvite.
// Until they set one and a second factor, the roles count for nothing.
func (s *Service) Invite(ctx context.Context, by access.Actor, name, to string, roles []access.Role, t lang.Tag) (Account, error) {
	if err := access.Require(by, access.AccountInvite, access.Thing{Kind: Kind}); err != nil {
		return Account{}, err
	}
	contact, err := ParseContact(to)
	fields := fieldsOf(err)
	name, err = checkName(name)
	fields = append(fields, fieldsOf(err)...)
	roles, err = checkRoles(roles)
	fields = append(fields, fieldsOf(err)...)
	if len(fields) > 0 {
		return Account{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: fields}
	}
	a, err := s.insert(ctx, by, Account{Name: name, Lang: orHans(t), Roles: roles}, contact)
	if err != nil {
		return Account{}, err
	}
	token, err := s.newReset(ctx, guardOf(a.ID), a)
	if err != nil {
		return a, err
	}
	return a, s.sendReset(&a, contact, token)
}

// SetRoles gives an account these roles of the district and no others: access.AccountRole. Every session of the account ends. The last
// administrator stays one: fault.Conflict.
func (s *Service) SetRoles(ctx context.Context, by access.Actor, accountID string, rev int64, roles []access.Role, why string) (Account, error) {
	if err := access.Require(by, access.AccountRole, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return Account{}, err
	}
	roles, err := checkRoles(roles)
	if err != nil {
		return Account{}, err
	}
	a, err := s.lessen(ctx, by, access.AccountRole, why, accountID, rev, func(a *Account) { a.Roles = roles })
	if err == nil {
		s.tell(&a, mailRoles, nil)
	}
	return a, err
}

// SetDisabled closes an account, or opens it again: access.AccountEnd. Every session ends. The last administrator stays:
// fault.Conflict.
func (s *Service) SetDisabled(ctx context.Context, by access.Actor, accountID string, rev int64, disabled bool, why string) (Account, error) {
	if err := access.Require(by, access.AccountEnd, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return Account{}, err
	}
	return s.lessen(ctx, by, access.AccountEnd, why, accountID, rev, func(a *Account) { a.Disabled = disabled })
}

// lessenTime is how long a server keeps the others from lessening accounts, should it die meanwhile.
const lessenTime = 10 * time.Second

// lessen changes what an account may do and ends its sessions. Such changes go one after the other, in this process by a lock and among
// servers by a lease, so that two administrators cannot remove each other at the same moment: fault.Unavailable while another server is
// at it.
func (s *Service) lessen(ctx context.Context, by access.Actor, act access.Action, why, accountID string, rev int64, change func(*Account)) (Account, error) {
	s.setup.Lock()
	defer s.setup.Unlock()
	me := rand.Text()
	switch held, err := s.db.Lease(ctx, lessening, me, lessenTime); {
	case err != nil:
		return Account{}, err
	case !held:
		return Account{}, busy("another server changes roles")
	}
	defer func() { _, _ = s.db.Lease(context.WithoutCancel(ctx), lessening, me, 0) }() // it would end by itself
	admins, err := s.Holders(ctx, access.Admin)
	if err != nil {
		return Account{}, err
	}
	a, err := s.accounts.Update(ctx, by, write(act, why), accountID, rev, func(a *Account) error {
		change(a)
		a.Epoch++
		if len(admins) == 1 && admins[0].ID == a.ID && (a.Disabled || !a.has(access.Admin)) {
			return fault.New(fault.Conflict, "account.last_admin", nil)
		}
		return nil
	})
	if err != nil {
		return Account{}, err
	}
	return a, s.clear(ctx, accountID, "")
}

// ResetFactors takes every second factor and recovery code away from somebody who lost theirs: access.AccountRole, and never from
// oneself (fault.Forbidden). The owner hears of it, and every session ends.
func (s *Service) ResetFactors(ctx context.Context, by access.Actor, accountID, why string) error {
	if err := access.Require(by, access.AccountRole, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return err
	}
	if by.AccountID == accountID {
		return fault.New(fault.Forbidden, "account.factor.own", nil)
	}
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, why), accountID, 0, func(a *Account) error {
		a.Factors = Factors{}
		a.Epoch++
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.change(ctx, guardOf(a.ID), func(g *guard) error {
		g.FactorFailures, g.FactorUntil, g.Signs = 0, time.Time{}, nil
		return nil
	}); err != nil {
		return err
	}
	s.tell(&a, mailFactorGone, nil)
	return s.clear(ctx, accountID, "")
}

// SetupLife is how long the secret for the first administrator is good for.
const SetupLife = 24 * time.Hour

const (
	setupGuard = "setup"
	lessening  = "lessen accounts" // the lease
)

func noSetup(cause string) error {
	return fault.New(fault.NotFound, "account.setup.gone", errors.New("account: the setup secret is "+cause))
}

// Bootstrap makes the secret with which the first administrator registers, good once and for a day; a new one replaces it. fault.Conflict
// "account.setup.done" when there is an administrator.
func (s *Service) Bootstrap(ctx context.Context) (plain string, err error) {
	if err := s.noAdmin(ctx); err != nil {
		return "", err
	}
	plain, hash := secret.Token()
	err = s.change(ctx, setupGuard, func(g *guard) error {
		g.Reset = reset{Hash: hash, Until: s.now().Add(SetupLife)}
		return nil
	})
	if err != nil {
		return "", err
	}
	return plain, s.event(ctx, access.System("command line"), access.AccountInvite, went, "a secret for the first administrator was made", "")
}

// noAdmin answers fault.Conflict when there is an administrator, disabled or not.
func (s *Service) noAdmin(ctx context.Context) error {
	n, err := s.accounts.Count(ctx, store.Where("roles", store.Eq, string(access.Admin)))
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "account.setup.done", nil)
	}
	return err
}

// Setup registers the first administrator with the secret Bootstrap made: fault.NotFound "account.setup.gone" when that is wrong, old or
// used; fault.Invalid with the fields that are wrong, and the secret stays good then. n.Code and n.Proved do not matter: whoever
// has the secret is at the machine.
func (s *Service) Setup(ctx context.Context, plain string, n Registration, c Client) (SignedIn, error) {
	s.setup.Lock()
	defer s.setup.Unlock()
	if _, err := s.clientTry(ctx, "client", c.Addr); err != nil {
		return SignedIn{}, err
	}
	good := func(g *guard) bool {
		left := g.Reset.Until.Sub(s.now())
		return g.Reset.Hash != "" && g.Reset.Hash == secret.Hash(plain) && left > 0 && left <= SetupLife
	}
	g, err := s.guards.Get(ctx, setupGuard)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return SignedIn{}, err
	}
	if !good(&g) {
		return SignedIn{}, noSetup("wrong, old or used")
	}
	if err := s.noAdmin(ctx); err != nil {
		return SignedIn{}, err
	}
	contact, err := ParseContact(n.Contact)
	fields := fieldsOf(err)
	name, err := checkName(n.Name)
	fields = append(fields, fieldsOf(err)...)
	normal, err := s.policy.check(n.Password, rules{staff: true, own: []string{name, string(contact)}})
	fields = append(fields, fieldsOf(err)...)
	if len(fields) > 0 {
		return SignedIn{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: fields}
	}
	phc, err := s.hasher.hash(ctx, normal)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.change(ctx, setupGuard, func(g *guard) error {
		if !good(g) {
			return noSetup("used meanwhile")
		}
		g.Reset = reset{}
		return nil
	}); err != nil {
		return SignedIn{}, err
	}
	a, err := s.insert(ctx, access.System("setup"), Account{Name: name, Password: phc, Lang: orHans(n.Lang), Roles: []access.Role{access.Admin}}, contact)
	if err != nil {
		return SignedIn{}, err
	}
	return s.enter(ctx, &a, c, admission{known: true})
}
