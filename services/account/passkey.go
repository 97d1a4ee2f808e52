package account

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

const (
	maxPasskeys    = 10
	maxPasskeyBody = 64 << 10
	maxPasskeyName = 30
)

// Passkey is a key that a phone, computer or stick keeps. The public half is stored; a copy of the store is of no use to sign in.
type Passkey struct {
	Name       string              `json:"name"` // what the owner calls it
	Added      time.Time           `json:"added"`
	Credential webauthn.Credential `json:"credential"`
}

// ID is the id of the key as pages carry it.
func (p Passkey) ID() string { return base64.RawURLEncoding.EncodeToString(p.Credential.ID) }

// holder shows an account to the library. signs are the counters as they are now.
type holder struct {
	*Account
	signs map[string]uint32
}

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Contacts()[0].Masked() }
func (h holder) WebAuthnDisplayName() string { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.Factors.Passkeys))
	for i, p := range h.Factors.Passkeys {
		out[i] = p.Credential
		if n, ok := h.signs[p.ID()]; ok {
			out[i].Authenticator.SignCount = n
		}
	}
	return out
}

func badPasskey(err error) error {
	f := fault.Wrong("proof", "account.passkey.wrong", nil)
	f.Err = err
	return f
}

// StartPasskey begins with a new passkey and returns the options for navigator.credentials.create as JSON: access.AccountFactor.
func (s *Service) StartPasskey(ctx context.Context, by access.Actor, x Session) ([]byte, error) {
	a, err := s.mine(ctx, by, x)
	if err != nil {
		return nil, err
	}
	h := holder{Account: &a}
	var known []protocol.CredentialDescriptor
	for _, c := range h.WebAuthnCredentials() {
		known = append(known, c.Descriptor())
	}
	options, data, err := s.passkeys.BeginRegistration(h, webauthn.WithExclusions(known), webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
	}), func(o *protocol.PublicKeyCredentialCreationOptions) error {
		o.RelyingParty.Name = s.site()
		return nil
	})
	if err != nil {
		return nil, fault.New(fault.Internal, "error.internal", err)
	}
	if err := s.begin(ctx, x, "passkey", data); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// FinishPasskey stores the passkey the browser made; body is its answer as JSON. Like ConfirmTOTP otherwise.
func (s *Service) FinishPasskey(ctx context.Context, by access.Actor, x Session, name string, body []byte, c Client) (in SignedIn, recovery []string, err error) {
	a, err := s.mine(ctx, by, x)
	if err != nil {
		return in, nil, err
	}
	name = lang.Clean(name)
	if bad := (lang.Limit{Max: maxPasskeyName, Must: true}).Check("name", name); len(bad) > 0 {
		return in, nil, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: bad}
	}
	var data webauthn.SessionData
	if err := s.resume(x, "passkey", &data); err != nil {
		return in, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body[:min(len(body), maxPasskeyBody)])
	if err != nil {
		return in, nil, badPasskey(err)
	}
	key, err := s.passkeys.CreateCredential(holder{Account: &a}, data, parsed)
	if err != nil {
		return in, nil, badPasskey(err)
	}
	key.Attestation = webauthn.CredentialAttestation{} // not asked for, not kept
	return s.enrol(ctx, by, x, c, func(a *Account) error {
		if len(a.Factors.Passkeys) >= maxPasskeys {
			return fault.New(fault.Conflict, "account.passkey.full", nil)
		}
		a.Factors.Passkeys = append(a.Factors.Passkeys, Passkey{Name: name, Added: s.now(), Credential: *key})
		return nil
	})
}

// AskPasskey begins the proof with a passkey and returns the options for navigator.credentials.get as JSON. It is for pending sessions
// and for a re-check: fault.Conflict "account.factor.none" for who has no passkey.
func (s *Service) AskPasskey(ctx context.Context, x Session) ([]byte, error) {
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return nil, err
	}
	if len(a.Factors.Passkeys) == 0 {
		return nil, fault.New(fault.Conflict, "account.factor.none", nil)
	}
	options, data, err := s.passkeys.BeginLogin(holder{Account: &a}, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, fault.New(fault.Internal, "error.internal", err)
	}
	if err := s.begin(ctx, x, "assert", data); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// GivePasskey completes a pending session, or re-checks a whole one, with the answer of the browser as JSON; the session gets a new
// token: fault.Invalid on field "proof" for an answer that does not fit, also when the key seems to have been copied.
func (s *Service) GivePasskey(ctx context.Context, x Session, body []byte, c Client) (SignedIn, error) {
	a, err := s.accounts.Get(ctx, x.AccountID)
	if err != nil {
		return SignedIn{}, err
	}
	var data webauthn.SessionData
	if err := s.resume(x, "assert", &data); err != nil {
		return SignedIn{}, err
	}
	if err := s.assert(ctx, &a, data, body); err != nil {
		if fault.Is(err, fault.Invalid) {
			if err := s.event(ctx, c.actor(&a), access.AccountOpen, refused, "second factor: wrong passkey", a.ID); err != nil {
				return SignedIn{}, err
			}
		}
		return SignedIn{}, err
	}
	return s.given(ctx, x, a, c)
}

func (s *Service) assert(ctx context.Context, a *Account, data webauthn.SessionData, body []byte) error {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body[:min(len(body), maxPasskeyBody)])
	if err != nil {
		return badPasskey(err)
	}
	g, err := s.guards.Get(ctx, guardOf(a.ID))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	key, err := s.passkeys.ValidateLogin(holder{a, g.Signs}, data, parsed)
	if err != nil {
		return badPasskey(err)
	}
	id, count, copied := Passkey{Credential: *key}.ID(), parsed.Response.AuthenticatorData.Counter, key.Authenticator.CloneWarning
	// Keys that count are compared and set in one write; keys that do not always say zero.
	err = s.change(ctx, guardOf(a.ID), func(g *guard) error {
		if copied = copied || count <= g.Signs[id] && (count != 0 || g.Signs[id] != 0); copied {
			return nil
		}
		if g.Signs == nil {
			g.Signs = map[string]uint32{}
		}
		g.Signs[id] = count
		return nil
	})
	if err == nil && copied {
		err = badPasskey(protocol.ErrVerification.WithDetails("the signature counter did not move"))
	}
	return err
}

// RemovePasskey takes a passkey away by its id; see RemoveTOTP.
func (s *Service) RemovePasskey(ctx context.Context, by access.Actor, x Session, id string, c Client) (SignedIn, error) {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		raw = nil
	}
	return s.remove(ctx, by, x, c, func(f *Factors) bool {
		left := slices.DeleteFunc(slices.Clone(f.Passkeys), func(p Passkey) bool { return bytes.Equal(p.Credential.ID, raw) })
		had := len(left) < len(f.Passkeys)
		f.Passkeys = left
		return had
	})
}
