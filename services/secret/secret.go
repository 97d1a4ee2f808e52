// Package secret keeps the master key of a deployment and makes from it the keys of each purpose: what is signed and what is
// sealed lies in the store, the key never does. It also makes the tokens that people carry.
//
// A master key is replaced by putting the new one before the old: from then on everything is signed and sealed with the new one,
// and what the old one made is still read.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// Size is the least length of a master key in bytes.
const Size = 32

// Ring holds the current master key and those before it. It is safe for concurrent use.
type Ring struct{ masters []master }

type master struct {
	id  string // which one sealed something: 8 hex digits that say nothing of the key
	key []byte
}

// ErrKey says that a master key is too short, ErrSealed that something was not sealed by this ring, or not for this purpose.
var (
	ErrKey    = errors.New("secret: a master key has at least 32 bytes")
	ErrSealed = errors.New("secret: sealed with another key, for another purpose, or damaged")
)

// New returns a ring of the current key and the previous ones, newest first: ErrKey.
func New(keys ...[]byte) (*Ring, error) {
	r := &Ring{}
	for _, k := range keys {
		if len(k) < Size {
			return nil, ErrKey
		}
		sum := sha256.Sum256(append([]byte("shangquan key id\x00"), k...))
		r.masters = append(r.masters, master{hex.EncodeToString(sum[:4]), k})
	}
	if len(r.masters) == 0 {
		return nil, ErrKey
	}
	return r, nil
}

// Random returns a new master key.
func Random() []byte {
	b := make([]byte, Size)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// derive returns the key of one purpose (RFC 5869).
func (m master) derive(purpose string) []byte {
	k, err := hkdf.Key(sha256.New, m.key, nil, "shangquan "+purpose, 32)
	if err != nil {
		panic(err) // only for lengths beyond the hash's
	}
	return k
}

// MAC signs data for a purpose with the current key (HMAC-SHA-256). Data carries its lengths, so that no two lists of parts have
// one signature.
func (r *Ring) MAC(purpose string, data ...[]byte) []byte { return r.masters[0].mac(purpose, data) }

func (m master) mac(purpose string, data [][]byte) []byte {
	h := hmac.New(sha256.New, m.derive(purpose))
	for _, d := range data {
		n := uint64(len(d))
		_, _ = h.Write([]byte{byte(n >> 56), byte(n >> 48), byte(n >> 40), byte(n >> 32), byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		_, _ = h.Write(d)
	}
	return h.Sum(nil)
}

// Valid reports whether mac signs data for the purpose, by the current key or one before it.
func (r *Ring) Valid(purpose string, mac []byte, data ...[]byte) bool {
	ok := false
	for _, m := range r.masters {
		ok = hmac.Equal(mac, m.mac(purpose, data)) || ok
	}
	return ok
}

// Seal encrypts plain for a purpose (AES-256-GCM, random nonce). What it returns is text that names the key and the algorithm.
func (r *Ring) Seal(purpose string, plain []byte) (string, error) {
	m := r.masters[0]
	a, err := m.aead(purpose)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, a.NonceSize())
	_, _ = rand.Read(nonce)
	return "g1." + m.id + "." + base64.RawURLEncoding.EncodeToString(a.Seal(nonce, nonce, plain, []byte(purpose))), nil
}

// Open decrypts what Seal returned for the same purpose: ErrSealed.
func (r *Ring) Open(purpose, sealed string) ([]byte, error) {
	rest, ok := strings.CutPrefix(sealed, "g1.")
	id, body, cut := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if !ok || !cut || err != nil {
		return nil, ErrSealed
	}
	for _, m := range r.masters {
		if m.id != id {
			continue
		}
		a, err := m.aead(purpose)
		if err != nil || len(raw) < a.NonceSize() {
			return nil, ErrSealed
		}
		plain, err := a.Open(nil, raw[:a.NonceSize()], raw[a.NonceSize():], []byte(purpose))
		if err != nil {
			return nil, ErrSealed
		}
		return plain, nil
	}
	return nil, ErrSealed
}

func (m master) aead(purpose string) (cipher.AEAD, error) {
	b, err := aes.NewCipher(m.derive("seal " + purpose))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// Token returns 256 random bits as text for a cookie or a link, and the hash that is stored in its place.
func Token() (plain, hash string) {
	plain = base64.RawURLEncoding.EncodeToString(Random())
	return plain, Hash(plain)
}

// Hash returns what is stored of a token. A token is random, so a plain hash of it cannot be guessed backwards.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Box seals what is stored in bytes, for one purpose. Its keys are derived once, so that it can be used for every document that is
// read. It is safe for concurrent use.
type Box struct {
	ids   []string
	aeads []cipher.AEAD
}

// boxVersion is the first byte of what a Box seals: AES-256-GCM, the id of the key, a random nonce.
const boxVersion = 1

// Box returns the box of a purpose.
func (r *Ring) Box(purpose string) (*Box, error) {
	b := &Box{}
	for _, m := range r.masters {
		a, err := m.aead("box " + purpose)
		if err != nil {
			return nil, err
		}
		b.ids, b.aeads = append(b.ids, m.id), append(b.aeads, a)
	}
	return b, nil
}

// Seal encrypts plain and binds it to what it is about.
func (b *Box) Seal(about string, plain []byte) []byte {
	a, head := b.aeads[0], 1+len(b.ids[0])
	out := make([]byte, head+a.NonceSize(), head+a.NonceSize()+len(plain)+a.Overhead())
	out[0] = boxVersion
	copy(out[1:], b.ids[0])
	nonce := out[head:]
	_, _ = rand.Read(nonce)
	return a.Seal(out, nonce, plain, []byte(about)) //nolint:gosec // G407: the nonce is random, it was filled one line above
}

// Open decrypts what Seal returned about the same thing, with any key of the ring, and reports whether it was untouched.
func (b *Box) Open(about string, sealed []byte) ([]byte, bool) {
	for i, id := range b.ids {
		a, head := b.aeads[i], 1+len(id)
		if len(sealed) < head+a.NonceSize() || sealed[0] != boxVersion || string(sealed[1:head]) != id {
			continue
		}
		plain, err := a.Open(nil, sealed[head:head+a.NonceSize()], sealed[head+a.NonceSize():], []byte(about))
		return plain, err == nil
	}
	return nil, false
}
