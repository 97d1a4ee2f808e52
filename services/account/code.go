package account

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// Purpose is what a one-time code is for; a code for one is no good for another.
type Purpose string

// The purposes.
const (
	ForSignIn   Purpose = "sign_in"
	ForRegister Purpose = "register"
	ForContact  Purpose = "contact" // to prove a new phone or e-mail
)

// Limits of one-time codes.
const (
	CodeLife    = 10 * time.Minute
	codeTries   = 5
	codeDigits  = 6
	codeEvery   = time.Minute // between two codes to one contact
	codesPerDay = 10          // to one contact
)

// code is the last code sent to one contact for one purpose. The contact itself is not in it, only a signature.
type code struct {
	store.Meta
	MAC   []byte    `json:"mac"` // of the six digits; empty once used
	Until time.Time `json:"until"`
	Tries int       `json:"tries"`
	Sent  []tick    `json:"sent"` // in the last day
}

func (s *Service) codeID(p Purpose, c Contact, known bool) string {
	mac := s.keys.MAC("code contact", []byte(p), []byte(c))
	if !known { // as many as there are buckets, not as many as somebody makes up
		return string(p) + ":none:" + hex.EncodeToString(mac[:2])
	}
	return string(p) + ":" + hex.EncodeToString(mac[:16])
}

func wrongCode(cause string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "code", Key: "account.code.wrong"}}, Err: errors.New("account: " + cause)}
}

// SendCode sends a code of six digits, valid ten minutes. It answers the same whether the contact belongs to an account or not: to sign
// in, a code goes only to who has an account; to register, whoever has one is told so in the message. fault.Invalid for what is no
// contact, fault.TooMany when the contact or the client asked too often, fault.Unavailable when too many messages wait.
func (s *Service) SendCode(ctx context.Context, p Purpose, to string, t lang.Tag, c Client) error {
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
	digits, err := s.newCode(ctx, p, contact, has || p != ForSignIn)
	if err != nil {
		return err
	}
	m := mail.Message{To: string(contact), Kind: mailCode, Lang: orHans(t), Key: rand.Text()}
	m.Args = map[string]any{"Site": s.site(), "Code": digits, "Minutes": int(CodeLife.Minutes())}
	switch {
	case p == ForSignIn && !has:
		return nil
	case p != ForSignIn && err == nil && a.ID != "":
		// Only the owner of the contact reads that it has an account.
		m.Kind, m.Args = mailKnown, map[string]any{"Site": s.site()}
	}
	return s.post.put(m)
}

// newCode stores a new code: fault.TooMany when the last one is less than a minute old or there were ten in a day.
func (s *Service) newCode(ctx context.Context, p Purpose, c Contact, known bool) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	digits := fmt.Sprintf("%0*d", codeDigits, n)
	id := s.codeID(p, c, known)
	mac := s.keys.MAC("code", []byte(id), []byte(digits))
	for {
		_, err = s.codes.Update(ctx, id, 0, func(k *code) error {
			now := s.now()
			sent, err := another(k.Sent, now)
			if err != nil {
				return err
			}
			k.MAC, k.Until, k.Tries, k.Sent = mac, now.Add(CodeLife), 0, sent
			return nil
		})
		if !fault.Is(err, fault.NotFound) {
			return digits, err
		}
		fresh := code{Meta: store.Meta{ID: id}}
		if err := s.codes.Insert(ctx, &fresh); err != nil && !fault.Is(err, fault.Conflict) {
			return "", err
		}
	}
}

// another adds now to when messages went to one contact in the last day: fault.TooMany when the last one is less than a minute old or
// there were ten.
func another(sent []tick, now time.Time) ([]tick, error) {
	out := []tick{}
	for _, t := range sent {
		age := time.Duration(tick(now.UnixMilli())-t) * time.Millisecond
		if age >= 0 && age < 24*time.Hour {
			out = append(out, t)
		}
		if age >= 0 && age < codeEvery {
			return nil, fault.New(fault.TooMany, "account.code.wait", nil)
		}
	}
	if len(out) >= codesPerDay {
		return nil, fault.New(fault.TooMany, "account.code.spent", nil)
	}
	return append(out, tick(now.UnixMilli())), nil
}

// useCode uses a code up: fault.Invalid on field "code" when it is wrong, old, used, tried five times, or for something else. Every try
// counts before it is compared.
func (s *Service) useCode(ctx context.Context, p Purpose, c Contact, known bool, typed string) error {
	id := s.codeID(p, c, known)
	ok := false
	_, err := s.codes.Update(ctx, id, 0, func(k *code) error {
		ok = false
		if k.Tries++; k.Tries > codeTries {
			return nil
		}
		now := s.now()
		left := k.Until.Sub(now)
		if len(k.MAC) > 0 && left > 0 && left <= CodeLife && s.keys.Valid("code", k.MAC, []byte(id), []byte(digitsOf(typed))) {
			ok, k.MAC = true, nil
		}
		return nil
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return wrongCode("no code was sent")
	case err != nil:
		return err
	case !ok:
		return wrongCode("wrong, old or used")
	}
	return nil
}

// digitsOf keeps what a code consists of: people type it with spaces.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, s[:min(len(s), 64)])
}

// SignInByCode opens a session for who has the code that was sent to the contact. It forgets earlier failures: whoever reads the
// phone is the owner. Answers are those of SignIn, but a wrong code is fault.Invalid on field "code" for known and unknown alike.
func (s *Service) SignInByCode(ctx context.Context, name, typed string, c Client) (SignedIn, error) {
	a, name, err := s.find(ctx, name)
	if err != nil {
		return SignedIn{}, err
	}
	has := a != nil && !a.Disabled
	client, err := s.clientTry(ctx, "client", c.Addr)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.useCode(ctx, ForSignIn, Contact(name), has, typed); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return SignedIn{}, err
		}
		id := ""
		if a != nil {
			id = a.ID
		}
		if err := s.event(ctx, c.actor(nil), access.AccountOpen, refused, "sign-in: wrong code", id); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, err
	}
	if !has {
		return SignedIn{}, wrongCode("a code without an account")
	}
	before, err := s.guards.Get(ctx, guardOf(a.ID))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return SignedIn{}, err
	}
	_, known := s.knows(c.Device, a.ID)
	ad := admission{allowed: true, before: before.Failures, guard: guardOf(a.ID), client: client, known: known}
	if err := s.passed(ctx, a, ad); err != nil {
		return SignedIn{}, err
	}
	return s.enter(ctx, a, c, ad)
}
