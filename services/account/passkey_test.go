package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// authenticator is a key in software: ES256, attestation "none", as a phone makes it.
type authenticator struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	id     []byte
	user   []byte
	origin string
	rp     string
	count  uint32
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &authenticator{t: t, key: key, id: id, origin: "https://shop.example.com", rp: "shop.example.com"}
}

var b64 = base64.RawURLEncoding

// options is what a browser is given, as far as the authenticator looks at it.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"user"`
		RP struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"rp"`
		RPID  string `json:"rpId"`
		Allow []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
	} `json:"publicKey"`
}

func (k *authenticator) read(raw []byte) options {
	k.t.Helper()
	var o options
	if err := json.Unmarshal(raw, &o); err != nil || o.PublicKey.Challenge == "" {
		k.t.Fatalf("options %s: %v", raw, err)
	}
	return o
}

func (k *authenticator) client(kind, challenge string) []byte {
	raw, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	return raw
}

// data is the authenticator data: RP, flags (present, verified, more), counter.
func (k *authenticator) data(flags byte) []byte {
	rp := sha256.Sum256([]byte(k.rp))
	out := append(rp[:], 0x05|flags)
	return binary.BigEndian.AppendUint32(out, k.count)
}

// create answers navigator.credentials.create.
func (k *authenticator) create(raw []byte) []byte {
	k.t.Helper()
	o := k.read(raw)
	k.user, _ = b64.DecodeString(o.PublicKey.User.ID)
	pub, err := k.key.PublicKey.Bytes() // 4 || x || y
	if err != nil {
		k.t.Fatal(err)
	}
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: pub[1:33], -3: pub[33:]})
	if err != nil {
		k.t.Fatal(err)
	}
	data := append(k.data(0x40), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id))) // #nosec G115 -- 32
	data = append(append(data, k.id...), cose...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		k.t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]any{
		"id": b64.EncodeToString(k.id), "rawId": b64.EncodeToString(k.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64.EncodeToString(k.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64.EncodeToString(object), "transports": []string{"internal"}},
	})
	return out
}

// get answers navigator.credentials.get.
func (k *authenticator) get(raw []byte) []byte {
	k.t.Helper()
	o := k.read(raw)
	if k.count > 0 {
		k.count++
	}
	client := k.client("webauthn.get", o.PublicKey.Challenge)
	data := k.data(0)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, k.key, digest[:])
	if err != nil {
		k.t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]any{
		"id": b64.EncodeToString(k.id), "rawId": b64.EncodeToString(k.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data), "signature": b64.EncodeToString(sig), "userHandle": b64.EncodeToString(k.user)},
	})
	return out
}

// passkey adds a key to an account.
func (w *world) passkey(in SignedIn, k *authenticator, name string) (SignedIn, []string) {
	w.t.Helper()
	raw, err := w.StartPasskey(w.t.Context(), w.Actor(in.Session, in.Account), in.Session)
	if err != nil {
		w.t.Fatal(err)
	}
	x, err := w.auth(in.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	in, codes, err := w.FinishPasskey(w.t.Context(), w.Actor(x, in.Account), x, name, k.create(raw), from(1))
	if err != nil {
		w.t.Fatal(err)
	}
	return in, codes
}

// ask begins the proof and returns the session with its challenge and what the browser gets.
func (w *world) ask(in SignedIn) (Session, []byte) {
	w.t.Helper()
	raw, err := w.AskPasskey(w.t.Context(), in.Session)
	if err != nil {
		w.t.Fatal(err)
	}
	x, err := w.auth(in.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return x, raw
}

func TestPasskey(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	k := newAuthenticator(t)
	k.count = 1
	in, codes := w.passkey(in, k, "我的手机")
	if len(codes) != recoveryCodes || !in.Session.TwoFactor || len(in.Account.Factors.Passkeys) != 1 || in.Account.Factors.Passkeys[0].Name != "我的手机" {
		t.Fatalf("with a passkey: %+v", in)
	}
	if k := w.kinds(); k != "factor" {
		t.Errorf("messages %q", k)
	}
	x, raw := w.ask(w.pending(1))
	whole := must[SignedIn](t)(w.GivePasskey(t.Context(), x, k.get(raw), from(1)))
	if whole.Session.Pending || !whole.Session.TwoFactor || whole.Device == "" {
		t.Errorf("signed in: %+v", whole)
	}
	// A re-check with it, after the last one is too old.
	w.pass(time.Hour)
	x, raw = w.ask(whole)
	if w.Actor(x, whole.Account).Sudo {
		t.Fatal("still fresh")
	}
	whole = must[SignedIn](t)(w.GivePasskey(t.Context(), x, k.get(raw), from(1)))
	if !w.Actor(whole.Session, whole.Account).Sudo {
		t.Error("not fresh after the passkey")
	}
	// One more, which does not count its signatures, and then the first one goes.
	second := newAuthenticator(t)
	whole, codes = w.passkey(whole, second, "电脑")
	if len(codes) != 0 || len(whole.Account.Factors.Passkeys) != 2 {
		t.Errorf("second passkey: %d codes, %d keys", len(codes), len(whole.Account.Factors.Passkeys))
	}
	whole = must[SignedIn](t)(w.RemovePasskey(t.Context(), w.Actor(whole.Session, whole.Account), whole.Session, whole.Account.Factors.Passkeys[0].ID(), from(1)))
	_, err := w.RemovePasskey(t.Context(), w.Actor(whole.Session, whole.Account), whole.Session, "nonsense!", from(1))
	is(t, "an id that is none", err, fault.NotFound, "error.not_found")
	x, raw = w.ask(w.pending(2))
	_, err = w.GivePasskey(t.Context(), x, k.get(raw), from(2))
	is(t, "a passkey that was removed", err, fault.Invalid, "account.passkey.wrong")
	for range 2 {
		x, raw = w.ask(w.pending(3))
		must[SignedIn](t)(w.GivePasskey(t.Context(), x, second.get(raw), from(3)))
	}
	merchant := w.register("+8613912345678")
	_, err = w.AskPasskey(t.Context(), merchant.Session)
	is(t, "who has none", err, fault.Conflict, "account.factor.none")
}

// TestPasskeyRefused: another site, another key, another person, an old challenge, a copy.
func TestPasskeyRefused(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	k := newAuthenticator(t)
	k.count = 5
	in, _ = w.passkey(in, k, "手机")
	refused := func(what string, x Session, body []byte) {
		t.Helper()
		_, err := w.GivePasskey(t.Context(), x, body, from(1))
		is(t, what, err, fault.Invalid, "account.passkey.wrong")
	}
	x, raw := w.ask(w.pending(1))
	phish := *k
	phish.origin = "https://shop.example.org"
	refused("another site", x, phish.get(raw))
	elsewhere := *k
	elsewhere.rp = "example.org"
	refused("for another site", x, elsewhere.get(raw))
	stranger := newAuthenticator(t)
	stranger.id, stranger.user, stranger.count = k.id, k.user, 100
	refused("another key with the same id", x, stranger.get(raw))
	other := *k
	other.user, other.count = []byte("somebody else"), 100
	refused("another person", x, other.get(raw))
	for _, body := range [][]byte{nil, []byte("{}"), []byte(`{"id":"x"}`), make([]byte, 1<<20)} {
		refused("no answer at all", x, body)
	}
	// The challenge of one session is no good in another.
	y, _ := w.ask(w.pending(2))
	refused("the challenge of another session", y, k.get(raw))
	good := k.get(raw)
	must[SignedIn](t)(w.GivePasskey(t.Context(), x, good, from(1)))
	if _, err := w.GivePasskey(t.Context(), x, good, from(1)); err == nil {
		t.Error("one answer was good twice")
	}
	x, raw = w.ask(w.pending(3))
	copied := *k
	copied.count = 2
	refused("a copy, whose counter lags behind", x, copied.get(raw))
	w.pass(ceremonyLife - time.Second)
	x, raw = w.ask(w.pending(4))
	w.pass(ceremonyLife)
	_, err := w.GivePasskey(t.Context(), x, k.get(raw), from(4))
	is(t, "too late", err, fault.Conflict, "account.factor.late")

	// An answer in two requests at once: one session, one new token.
	x, raw = w.ask(w.pending(5))
	good = k.get(raw)
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wg.Go(func() { _, errs[i] = w.GivePasskey(t.Context(), x, good, from(5)) })
	}
	wg.Wait()
	if ok := len(errs) - failures(errs); ok != 1 {
		t.Errorf("%d got in with one answer: %v", ok, errs)
	}

	// Registering needs the own, fresh session.
	_, err = w.StartPasskey(t.Context(), access.Actor{}, in.Session)
	is(t, "by nobody", err, fault.Unauthenticated, "error.sign_in")
}
