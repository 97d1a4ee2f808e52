package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"shangquan/services/access"
	"shangquan/services/fault"
)

const (
	totpPeriod    = 30 // seconds
	totpSecret    = 20 // bytes (RFC 4226, 4)
	recoveryCodes = 10
	recoverySize  = 10 // characters of a recovery code: 50 bits
	ceremonyLife  = 10 * time.Minute
)

// Crockford's alphabet: no letter that is read as another.
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// ceremony is what an enrolment or a passkey under way has to remember. It lies sealed in the session it belongs to, and ends with the
// next new token of that session.
type ceremony struct {
	Kind  string          `json:"kind"`
	Until time.Time       `json:"until"`
	Data  json.RawMessage `json:"data"`
}

func (s *Service) begin(ctx context.Context, x Session, kind string, data any) error {
	raw, err := json.Marshal(data)
	if err == nil {
		raw, err = json.Marshal(ceremony{kind, s.now().Add(ceremonyLife), raw})
	}
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	sealed, err := s.keys.Seal("ceremony "+x.ID, raw)
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	_, err = s.sessions.Update(ctx, x.ID, 0, func(y *Session) error {
		if y.Hash != x.Hash {
			return signInFirst("the session has another token now")
		}
		y.Ceremony = sealed
		return nil
	})
	return notThere(err, "the session ended meanwhile")
}

// resume reads what begin wrote: fault.Conflict "account.factor.late" when there is nothing, or it is too old.
func (s *Service) resume(x Session, kind string, data any) error {
	late := fault.New(fault.Conflict, "account.factor.late", nil)
	raw, err := s.keys.Open("ceremony "+x.ID, x.Ceremony)
	if err != nil {
		return late
	}
	var c ceremony
	if json.Unmarshal(raw, &c) != nil || c.Kind != kind || !s.now().Before(c.Until) || json.Unmarshal(c.Data, data) != nil {
		return late
	}
	return nil
}

// Enrolment is what an authenticator app needs: the address in a QR code, or the secret typed by hand.
type Enrolment struct {
	URL    string // otpauth://…
	Secret string
}

// StartTOTP begins with an authenticator app: access.AccountFactor. Nothing changes before ConfirmTOTP.
func (s *Service) StartTOTP(ctx context.Context, by access.Actor, x Session) (Enrolment, error) {
	a, err := s.mine(ctx, by, x)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.site(), AccountName: a.Contacts()[0].Masked(), SecretSize: totpSecret, Period: totpPeriod, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, fault.New(fault.Internal, "error.internal", err)
	}
	return Enrolment{key.URL(), key.Secret()}, s.begin(ctx, x, "totp", key.Secret())
}

// mine returns the own account for a change of its factors.
func (s *Service) mine(ctx context.Context, by access.Actor, x Session) (Account, error) {
	if err := access.Require(by, access.AccountFactor, access.Thing{Kind: Kind, ID: x.AccountID, AccountID: x.AccountID}); err != nil {
		return Account{}, err
	}
	return s.accounts.Get(ctx, x.AccountID)
}

// ConfirmTOTP makes the app of StartTOTP the second factor when the code is its: fault.Invalid on field "code". The session counts as
// opened with two factors, the others end. The recovery codes are returned when there were none before; they are never shown again.
func (s *Service) ConfirmTOTP(ctx context.Context, by access.Actor, x Session, typed string, c Client) (in SignedIn, recovery []string, err error) {
	a, err := s.mine(ctx, by, x)
	if err != nil {
		return in, nil, err
	}
	var key string
	if err := s.resume(x, "totp", &key); err != nil {
		return in, nil, err
	}
	step, ok := totpStep(key, digitsOf(typed), s.now())
	if !ok {
		return in, nil, wrongCode("not of this app")
	}
	sealed, err := s.keys.Seal("totp "+a.ID, []byte(key))
	if err != nil {
		return in, nil, fault.New(fault.Internal, "error.internal", err)
	}
	// The code that was just shown is used up with it.
	if err := s.change(ctx, guardOf(a.ID), func(g *guard) error {
		g.Step, g.FactorFailures, g.FactorUntil = step, 0, time.Time{}
		return nil
	}); err != nil {
		return in, nil, err
	}
	return s.enrol(ctx, by, x, c, func(a *Account) error { a.Factors.TOTP = sealed; return nil })
}

// enrol writes a new factor, ends the other sessions and returns recovery codes to who has none yet.
func (s *Service) enrol(ctx context.Context, by access.Actor, x Session, c Client, change func(*Account) error) (in SignedIn, recovery []string, err error) {
	fresh, macs := s.newRecovery(x.AccountID)
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, ""), x.AccountID, 0, func(a *Account) error {
		if recovery = nil; !a.Factors.Any() || len(a.Factors.Recovery) == 0 {
			recovery, a.Factors.Recovery = fresh, macs
		}
		a.Epoch++
		return change(a)
	})
	if err != nil {
		return in, nil, err
	}
	s.tell(&a, mailFactor, nil)
	in, err = s.only(ctx, x, a, c, func(y *Session) { y.TwoFactor = true })
	return in, recovery, err
}

// totpStep returns the time step a code belongs to, one before and one after now included.
func totpStep(key, digits string, now time.Time) (int64, bool) {
	step, ok := int64(0), false
	for _, d := range []int64{0, -1, 1} {
		n := now.Unix()/totpPeriod + d
		want, err := totp.GenerateCodeCustom(key, time.Unix(n*totpPeriod, 0), totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(digits)) == 1 && !ok {
			step, ok = n, true
		}
	}
	return step, ok
}

// checkFactor uses up a code of the app or a recovery code: fault.Invalid on field "proof", fault.TooMany during a pause.
func (s *Service) checkFactor(ctx context.Context, a *Account, typed string, c Client) error {
	if plain := recoveryOf(typed); plain != "" {
		return s.useRecovery(ctx, a, plain, c)
	}
	ok, late := false, false
	key, err := s.totpKey(a)
	if err != nil {
		return err
	}
	err = s.change(ctx, guardOf(a.ID), func(g *guard) error {
		ok, late = false, waits(s.now(), g.FactorUntil) || g.FactorFailures >= maxFailures
		if late {
			return nil
		}
		step, fits := totpStep(key, digitsOf(typed), s.now())
		if ok = fits && step > g.Step && key != ""; ok {
			g.Step, g.FactorFailures = step, 0
			return nil
		}
		s.missed(g)
		return nil
	})
	if err != nil || ok {
		return err
	}
	return s.badFactor(ctx, a, c, late)
}

// missed counts a wrong code: after every five there is a pause.
func (s *Service) missed(g *guard) {
	if g.FactorFailures++; g.FactorFailures%factorTries == 0 {
		g.FactorUntil = s.now().Add(maxPause)
	}
}

func (s *Service) badFactor(ctx context.Context, a *Account, c Client, late bool) error {
	if late {
		return fault.New(fault.TooMany, "account.factor.wait", errors.New("account: too many wrong codes"))
	}
	if err := s.event(ctx, c.actor(a), access.AccountOpen, refused, "second factor: wrong", a.ID); err != nil {
		return err
	}
	return fault.Wrong("proof", "account.proof.wrong", nil)
}

// totpKey returns the secret of the app, "" without one.
func (s *Service) totpKey(a *Account) (string, error) {
	if a.Factors.TOTP == "" {
		return "", nil
	}
	key, err := s.keys.Open("totp "+a.ID, a.Factors.TOTP)
	if err != nil {
		return "", fault.New(fault.Internal, "error.internal", err)
	}
	return string(key), nil
}

// newRecovery makes recovery codes, as people see them and as they are stored: signed with a key that is not in the store.
func (s *Service) newRecovery(accountID string) (plain []string, macs [][]byte) {
	for range recoveryCodes {
		b := make([]byte, recoverySize)
		_, _ = rand.Read(b) // never fails
		for i := range b {
			b[i] = recoveryAlphabet[b[i]%byte(len(recoveryAlphabet))]
		}
		plain = append(plain, string(b[:recoverySize/2])+"-"+string(b[recoverySize/2:]))
		macs = append(macs, s.keys.MAC("recovery", []byte(accountID), b))
	}
	return plain, macs
}

// recoveryOf returns what somebody typed as a recovery code, "" when it cannot be one.
func recoveryOf(typed string) string {
	out := strings.Map(func(r rune) rune {
		switch r {
		case '-', ' ', '\t', '　', '–', '—':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, typed[:min(len(typed), 64)])
	if len(out) != recoverySize || strings.ContainsFunc(out, func(r rune) bool { return !strings.ContainsRune(recoveryAlphabet, r) }) {
		return ""
	}
	return out
}

func (s *Service) useRecovery(ctx context.Context, a *Account, plain string, c Client) error {
	late, ok := false, false
	if err := s.change(ctx, guardOf(a.ID), func(g *guard) error {
		if late = waits(s.now(), g.FactorUntil); !late {
			s.missed(g) // before it is compared; a code that is right takes it back
		}
		return nil
	}); err != nil {
		return err
	}
	if late {
		return s.badFactor(ctx, a, c, true)
	}
	got, err := s.accounts.Update(ctx, c.actor(a), write(access.AccountFactor, "a recovery code was used"), a.ID, 0, func(a *Account) error {
		left := slices.DeleteFunc(slices.Clone(a.Factors.Recovery), func(mac []byte) bool {
			return s.keys.Valid("recovery", mac, []byte(a.ID), []byte(plain))
		})
		if ok = len(left) < len(a.Factors.Recovery); !ok {
			return fault.Wrong("proof", "account.proof.wrong", nil)
		}
		a.Factors.Recovery = left
		return nil
	})
	if !ok && fault.Is(err, fault.Invalid) {
		return s.badFactor(ctx, a, c, false)
	}
	if err != nil {
		return err
	}
	*a = got
	s.tell(a, mailFactor, nil)
	err = s.change(ctx, guardOf(a.ID), func(g *guard) error {
		g.FactorFailures, g.FactorUntil = 0, time.Time{}
		return nil
	})
	return err
}

// GiveFactor completes a pending session with a code of the app or a recovery code; the session gets a new token: fault.Invalid on
// field "proof", fault.TooMany "account.factor.wait" after five wrong ones.
func (s *Service) GiveFactor(ctx context.Context, x Session, typed string, c Client) (SignedIn, error) {
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.checkFactor(ctx, &a, typed, c); err != nil {
		return SignedIn{}, err
	}
	return s.given(ctx, x, a, c)
}

// given completes a session whose second factor is right.
func (s *Service) given(ctx context.Context, x Session, a Account, c Client) (SignedIn, error) {
	in, err := s.again(ctx, x, a, c, func(y *Session) { y.Pending, y.TwoFactor = false, true })
	if err != nil || !x.Pending {
		return in, err
	}
	err = s.complete(ctx, &in, c)
	return in, err
}

// RenewRecovery replaces the recovery codes of the own account and returns the new ones, which are never shown again.
func (s *Service) RenewRecovery(ctx context.Context, by access.Actor, x Session) ([]string, error) {
	if _, err := s.mine(ctx, by, x); err != nil {
		return nil, err
	}
	plain, macs := s.newRecovery(x.AccountID)
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, ""), x.AccountID, 0, func(a *Account) error {
		if !a.Factors.Any() {
			return fault.New(fault.Conflict, "account.factor.none", nil)
		}
		a.Factors.Recovery = macs
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.tell(&a, mailFactor, nil)
	return plain, nil
}

// RemoveTOTP takes the app away as a factor, RemovePasskey one passkey. Whoever works for the district keeps one: fault.Conflict
// "account.factor.last".
func (s *Service) RemoveTOTP(ctx context.Context, by access.Actor, x Session, c Client) (SignedIn, error) {
	return s.remove(ctx, by, x, c, func(f *Factors) bool {
		had := f.TOTP != ""
		f.TOTP = ""
		return had
	})
}

func (s *Service) remove(ctx context.Context, by access.Actor, x Session, c Client, change func(*Factors) bool) (SignedIn, error) {
	if _, err := s.mine(ctx, by, x); err != nil {
		return SignedIn{}, err
	}
	a, err := s.accounts.Update(ctx, by, write(access.AccountFactor, ""), x.AccountID, 0, func(a *Account) error {
		if !change(&a.Factors) {
			return fault.Missing()
		}
		if !a.Factors.Any() {
			if a.Staff() {
				return fault.New(fault.Conflict, "account.factor.last", nil)
			}
			a.Factors.Recovery = nil
		}
		a.Epoch++
		return nil
	})
	if err != nil {
		return SignedIn{}, err
	}
	s.tell(&a, mailFactor, nil)
	return s.only(ctx, x, a, c, func(y *Session) { y.TwoFactor = y.TwoFactor && a.Factors.Any() })
}
