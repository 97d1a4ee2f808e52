package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Limits of a session (security.md SES-04, SES-08).
const (
	IdleMerchant = 24 * time.Hour
	LifeMerchant = 30 * 24 * time.Hour
	IdleStaff    = 30 * time.Minute
	LifeStaff    = 12 * time.Hour
	LifePending  = 10 * time.Minute // from the password to the second factor
	SudoAge      = 10 * time.Minute
	MaxSessions  = 10
	touchEvery   = time.Minute
	// maxSkew is how far the clock may have gone back before a session is doubted.
	maxSkew  = 5 * time.Minute
	maxLabel = 60
)

// Session is one browser that is signed in. The cookie has a token of 256 random bits, the store only its hash.
type Session struct {
	store.Meta
	Hash      string `json:"hash"`
	AccountID string `json:"account_id"`
	// Device and Area let the owner tell the own sessions from others. Purpose: security of the account. Kept while the session
	// lasts, at most 30 days; Area is a shortened address.
	Device  string    `json:"device"`
	Area    string    `json:"area"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"` // to the minute
	// Pending sessions wait for the second factor and can do nothing but give it.
	Pending   bool `json:"pending"`
	TwoFactor bool `json:"two_factor"`
	// SudoAt is when the person last proved who they are.
	SudoAt time.Time `json:"sudo_at"`
	// Epoch is that of the account when the session was opened; see Account.Epoch.
	Epoch int64 `json:"epoch"`
	// Before is how many sign-ins failed before this one, for the notice after the second factor; KnownDevice whether the device was
	// known.
	Before      int  `json:"before"`
	KnownDevice bool `json:"known_device"`
	// Ceremony is what an enrolment or a passkey under way has to remember, sealed.
	Ceremony string `json:"ceremony"`
}

// SignedIn is the result of a sign-in or of anything else that gives the session a new token.
type SignedIn struct {
	// Token goes into the session cookie, Device into the cookie of known devices (kept a year and a month).
	Token   string
	Device  string
	Session Session
	Account Account
}

func signInFirst(cause string) error {
	return fault.New(fault.Unauthenticated, "error.sign_in", errors.New("account: "+cause))
}

// live reports whether the session may still be used. The clock is asked both ways: one that went back extends nothing.
func (s *Service) live(x *Session, a *Account, now time.Time) bool {
	idle, life := IdleMerchant, LifeMerchant
	if a.Staff() {
		idle, life = IdleStaff, LifeStaff
	}
	if x.Pending {
		life = LifePending
	}
	return !a.Disabled && x.Epoch == a.Epoch && now.Sub(x.Created) < life && now.Sub(x.Used) < idle && x.Used.Sub(now) < maxSkew && !x.Created.Before(s.from().Truncate(time.Millisecond))
}

// Authenticate returns the session and the account of a token as they are now: fault.Unauthenticated when there is no such session
// (any more). Both are read afresh each time, so that what ends a session ends it for the very next request.
func (s *Service) Authenticate(ctx context.Context, token string) (Session, Account, error) {
	if len(token) != tokenLen {
		return Session{}, Account{}, signInFirst("no token")
	}
	x, err := s.sessions.GetBy(ctx, "hash", secret.Hash(token))
	if err != nil {
		return Session{}, Account{}, notThere(err, "no such session")
	}
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return Session{}, Account{}, notThere(err, "a session without an account")
	}
	now := s.now()
	if !s.live(&x, &a, now) {
		return Session{}, Account{}, signInFirst("the session has ended")
	}
	if now.Sub(x.Used) >= touchEvery {
		y, err := s.sessions.Update(ctx, x.ID, 0, func(y *Session) error {
			if y.Used.Before(now) {
				y.Used = now
			}
			return nil
		})
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && y.Hash != x.Hash:
			return Session{}, Account{}, signInFirst("the session ended meanwhile")
		case err != nil && !fault.Is(err, fault.Conflict): // many at once: another one has written the time
			return Session{}, Account{}, err
		case err == nil:
			x = y
		}
	}
	return x, a, nil
}

// tokenLen is the length of what secret.Token returns.
const tokenLen = 43

func notThere(err error, cause string) error {
	if fault.Is(err, fault.NotFound) {
		return signInFirst(cause)
	}
	return err
}

// Actor returns who a session stands for; seats, request and client are added by its caller. A session that waits for the second
// factor stands for nobody. Where the profile asks for a new password, roles of the district rest until there is one, and so do those that are not one person's (Account.Works).
func (s *Service) Actor(x Session, a Account) access.Actor {
	if x.Pending {
		return access.Actor{}
	}
	by := access.Actor{AccountID: a.ID, Name: a.Name, TwoFactor: x.TwoFactor, Sudo: s.fresh(x), Session: x.Hash}
	if !s.Expired(a) {
		by.Roles = a.Works()
	}
	return by
}

// Expired reports whether the profile asks this person for a new password.
func (s *Service) Expired(a Account) bool {
	return s.policy.expired(a.Staff(), a.PasswordAt, s.now())
}

// fresh reports whether the person proved who they are at most ten minutes ago.
func (s *Service) fresh(x Session) bool {
	age := s.now().Sub(x.SudoAt)
	return !x.Pending && age > -maxSkew && age <= SudoAge
}

// open makes a session. The oldest ones beyond ten end; those that wait for the second factor are counted apart, so that somebody who only
// knows the password ends nobody's session.
func (s *Service) open(ctx context.Context, a *Account, c Client, x Session) (token string, _ Session, err error) {
	now := s.now()
	token, x.Hash = secret.Token()
	x.AccountID, x.Epoch, x.Created, x.Used, x.SudoAt = a.ID, a.Epoch, now, now, now
	x.Device, x.Area = clip(c.Label), area(c.Addr)
	if err := s.sessions.Insert(ctx, &x); err != nil {
		return "", Session{}, err
	}
	all, err := s.of(ctx, a.ID)
	if err != nil {
		return "", Session{}, err
	}
	kept := map[bool]int{}  // by pending
	for _, y := range all { // newest first
		if s.live(&y, a, now) {
			kept[y.Pending]++
		}
		if kept[y.Pending] > MaxSessions || !s.live(&y, a, now) {
			if err := s.erase(ctx, y.ID); err != nil {
				return "", Session{}, err
			}
		}
	}
	return token, x, nil
}

// clip keeps the label of a device short and free of what could make it look like something else.
func clip(label string) string {
	out := []rune{}
	for _, r := range label {
		if len(out) < maxLabel && !lang.Unsafe(r) {
			out = append(out, r)
		}
	}
	return string(out)
}

// renew gives the session a new token and changes it; the old token is void with the same write.
func (s *Service) renew(ctx context.Context, x Session, change func(*Session) error) (token string, _ Session, err error) {
	token, hash := secret.Token()
	got, err := s.sessions.Update(ctx, x.ID, 0, func(y *Session) error {
		if y.Hash != x.Hash {
			return signInFirst("the session has another token now")
		}
		y.Hash, y.Ceremony = hash, ""
		return change(y)
	})
	if err != nil {
		return "", Session{}, notThere(err, "the session ended meanwhile")
	}
	return token, got, nil
}

func (s *Service) of(ctx context.Context, accountID string) ([]Session, error) {
	out := []Session{}
	for x, err := range s.sessions.Each(ctx, store.Where("account_id", store.Eq, accountID).OrderBy("created", store.Desc)) {
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// erase removes a session, also while requests write its last use.
func (s *Service) erase(ctx context.Context, id string) error {
	for {
		x, err := s.sessions.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if n, err := s.sessions.Erase(ctx, x); err != nil || n == 1 {
			return err
		}
	}
}

// Sessions lists the sessions of an account that may still be used, newest first.
func (s *Service) Sessions(ctx context.Context, by access.Actor, accountID string) ([]Session, error) {
	a, err := s.reach(ctx, by, access.AccountOwn, access.AccountEnd, accountID)
	if err != nil {
		return nil, err
	}
	all, err := s.of(ctx, accountID)
	return slices.DeleteFunc(all, func(x Session) bool { return x.Pending || !s.live(&x, &a, s.now()) }), err
}

// reach returns the account when the actor may do own to it as its owner, or others' as somebody who looks after accounts.
func (s *Service) reach(ctx context.Context, by access.Actor, own, others access.Action, accountID string) (Account, error) {
	t := access.Thing{Kind: Kind, ID: accountID, AccountID: accountID}
	err := access.Require(by, own, t)
	if err != nil && by.AccountID != accountID {
		err = access.Require(by, others, t)
	}
	if err != nil {
		return Account{}, err
	}
	return s.accounts.Get(ctx, accountID)
}

// End ends one session, by its owner or somebody who looks after accounts: fault.NotFound when the account has no such session.
func (s *Service) End(ctx context.Context, by access.Actor, accountID, sessionID string) error {
	if _, err := s.reach(ctx, by, access.AccountOwn, access.AccountEnd, accountID); err != nil {
		return err
	}
	x, err := s.sessions.Get(ctx, sessionID)
	if err == nil && x.AccountID != accountID {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	if err := s.erase(ctx, sessionID); err != nil {
		return err
	}
	return s.event(ctx, by, access.AccountEnd, went, "session", accountID)
}

// SignOut ends the session of a token. That there is none is as good.
func (s *Service) SignOut(ctx context.Context, token string, c Client) error {
	x, a, err := s.Authenticate(ctx, token)
	if fault.Is(err, fault.Unauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.erase(ctx, x.ID); err != nil {
		return err
	}
	return s.event(ctx, c.actor(&a), access.AccountOwn, went, "signed out", a.ID)
}

// EndAll ends every session of an account at once, the own one too.
func (s *Service) EndAll(ctx context.Context, by access.Actor, accountID string) error {
	if _, err := s.reach(ctx, by, access.AccountOwn, access.AccountEnd, accountID); err != nil {
		return err
	}
	_, err := s.accounts.Update(ctx, by, write(access.AccountEnd, ""), accountID, 0, func(a *Account) error {
		a.Epoch++
		return nil
	})
	if err != nil {
		return err
	}
	return s.clear(ctx, accountID, "")
}

// clear removes the sessions of an account but one. They are void already by their epoch; this only keeps nothing of them.
func (s *Service) clear(ctx context.Context, accountID, but string) error {
	all, err := s.of(ctx, accountID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID == but {
			continue
		}
		if err := s.erase(ctx, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// Sweep erases sessions nobody used for 30 days and codes that ended a day ago, and returns how many. A worker calls it daily.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	now := s.now()
	n := 0
	for x, err := range s.sessions.Each(ctx, store.Where("used", store.Lt, now.Add(-LifeMerchant))) {
		if err != nil {
			return n, err
		}
		k, err := s.sessions.Erase(ctx, x)
		if n += k; err != nil {
			return n, err
		}
	}
	for c, err := range s.codes.Each(ctx, store.Where("until", store.Lt, now.Add(-24*time.Hour))) {
		if err != nil {
			return n, err
		}
		k, err := s.codes.Erase(ctx, c)
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}
