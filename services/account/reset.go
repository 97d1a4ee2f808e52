package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/mail"
	"shangquan/services/secret"
)

// ResetLife is how long a link to set a new password is good for.
const ResetLife = 15 * time.Minute

// reset is the last link sent. It is good once, and only while the password is the one it was when the link was made.
type reset struct {
	Hash     string    `json:"hash"`
	Password string    `json:"password"` // hash of the stored password
	Until    time.Time `json:"until"`
}

// ResetPath is where a link of a reset leads; the page shows a form and changes nothing before it is sent (chat programs open links).
const ResetPath = "/reset/"

func gone() error { return fault.New(fault.NotFound, "account.reset.gone", nil) }

// AskReset sends a link to set a new password. It answers the same, and as fast, whether the contact belongs to an account or not:
// fault.TooMany when the contact or the client asked too often.
func (s *Service) AskReset(ctx context.Context, to string, c Client) error {
	contact, err := ParseContact(to)
	if err != nil {
		return err
	}
	if s.post.full() {
		return busy("too many messages wait to be sent")
	}
	if _, err := s.clientTry(ctx, "codes", c.Addr); err != nil {
		return err
	}
	a, err := s.ByContact(ctx, contact)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	has := err == nil && !a.Disabled
	guard := s.bucket("name", []byte(contact))
	if has {
		guard = guardOf(a.ID)
	}
	if err := s.mayAskReset(ctx, guard); err != nil {
		return err
	}
	token, err := s.newReset(ctx, guard, a)
	if err != nil {
		return err
	}
	if err := s.event(ctx, c.actor(nil), access.AccountOpen, went, "asked for a reset", a.ID); err != nil || !has {
		return err
	}
	return s.sendReset(&a, contact, token)
}

// mayAskReset counts a link somebody asked for: fault.TooMany when the last one is less than a minute old or there were ten in a day, as
// with codes, so that nobody fills another person's phone with messages.
func (s *Service) mayAskReset(ctx context.Context, guardID string) error {
	return s.change(ctx, guardID, func(g *guard) error {
		sent, err := another(g.Resets, s.now())
		if err == nil {
			g.Resets = sent
		}
		return err
	})
}

// TriggerReset sends a link to the owner of an account on behalf of an administrator, who never sees it: access.AccountEnd.
func (s *Service) TriggerReset(ctx context.Context, by access.Actor, accountID string) error {
	if err := access.Require(by, access.AccountEnd, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return err
	}
	a, err := s.accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	token, err := s.newReset(ctx, guardOf(a.ID), a)
	if err != nil {
		return err
	}
	if err := s.event(ctx, by, access.AccountEnd, went, "a reset was sent to the owner", a.ID); err != nil {
		return err
	}
	for _, to := range a.Contacts() { // whichever reaches the owner
		err = errors.Join(err, s.sendReset(&a, to, token))
	}
	return err
}

// newReset stores a new link and returns its token, in which the account is named.
func (s *Service) newReset(ctx context.Context, guardID string, a Account) (string, error) {
	token, hash := secret.Token()
	err := s.change(ctx, guardID, func(g *guard) error {
		g.Reset = reset{hash, secret.Hash(a.Password), s.now().Add(ResetLife)}
		return nil
	})
	return a.ID + "." + token, err
}

func (s *Service) sendReset(a *Account, to Contact, token string) error {
	t := orHans(a.Lang)
	return s.post.put(mail.Message{
		To: string(to), Kind: mailReset, Lang: t, Key: rand.Text(),
		Args: map[string]any{"Site": s.site(), "Link": s.origin + t.Prefix() + ResetPath + token, "Minutes": int(ResetLife.Minutes())},
	})
}

// good reports whether the link with this secret may set the password of a.
func (r reset) good(a *Account, hash string, now time.Time) bool {
	left := r.Until.Sub(now)
	return r.Hash != "" && subtle.ConstantTimeCompare([]byte(r.Hash), []byte(hash)) == 1 && left > 0 && left <= ResetLife &&
		r.Password == secret.Hash(a.Password) && !a.Disabled
}

// resetOf returns the account a link belongs to: fault.NotFound "account.reset.gone" when it is wrong, old or used.
func (s *Service) resetOf(ctx context.Context, token string) (Account, string, error) {
	id, plain, _ := strings.Cut(token, ".")
	if len(plain) != tokenLen || len(id) > 64 || id == "" {
		return Account{}, "", gone()
	}
	a, err := s.accounts.Get(ctx, id)
	if err == nil {
		var g guard
		if g, err = s.guards.Get(ctx, guardOf(id)); err == nil && !g.Reset.good(&a, secret.Hash(plain), s.now()) {
			err = gone()
		}
	}
	if fault.Is(err, fault.NotFound) {
		err = gone()
	}
	return a, secret.Hash(plain), err
}

// CheckReset reports whether a link is still good, for the page that asks for the new password. It changes nothing.
func (s *Service) CheckReset(ctx context.Context, token string) error {
	_, _, err := s.resetOf(ctx, token)
	return err
}

// Reset sets a new password with the token of a link, ends every session and forgets failures. The link is used up only when the
// password can be taken. Who has a second factor is asked for it at the next sign-in as before.
func (s *Service) Reset(ctx context.Context, token, password string, c Client) error {
	a, hash, err := s.resetOf(ctx, token)
	if err != nil {
		return err
	}
	normal, err := s.policy.check(password, rulesOf(&a))
	if err != nil {
		return err
	}
	phc, err := s.hasher.hash(ctx, normal)
	if err != nil {
		return err
	}
	err = s.change(ctx, guardOf(a.ID), func(g *guard) error {
		if !g.Reset.good(&a, hash, s.now()) {
			return gone()
		}
		g.Reset = reset{}
		g.Failures, g.Until = 0, time.Time{}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.setPassword(ctx, c.actor(&a), "by a link", &a, phc)
	if err != nil {
		return err
	}
	return s.clear(ctx, a.ID, "")
}
