package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Tolerance is how far the clocks of sender and receiver may be apart, and so for how long a message that somebody overheard could
// be sent again to a receiver that forgets the ids it has seen.
const Tolerance = 5 * time.Minute

// Errors of Verify.
var (
	ErrSecret    = errors.New("webhook: a secret is whsec_ and 24 to 64 bytes in base64")
	ErrTimestamp = errors.New("webhook: the message is too old, or from the future")
	ErrSignature = errors.New("webhook: no signature fits the message")
)

// secretMark begins every secret, so that people and the scanners of code hosts recognise one.
const secretMark = "whsec_"

// newSecret returns 256 random bits in the notation of Standard Webhooks.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return secretMark + base64.StdEncoding.EncodeToString(b[:])
}

// keyOf reads a secret: ErrSecret.
func keyOf(secret string) ([]byte, error) {
	rest, ok := strings.CutPrefix(secret, secretMark)
	key, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, ErrSecret
	}
	return key, nil
}

// Sign returns the signature of a message as the header webhook-signature has it: "v1," and HMAC-SHA-256 over id, seconds since
// 1970 and body with dots between them (Standard Webhooks 1.0).
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := keyOf(secret)
	if err != nil {
		return "", err
	}
	return "v1," + base64.StdEncoding.EncodeToString(mac(key, id, strconv.FormatInt(at.Unix(), 10), body)), nil
}

func mac(key []byte, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(id + "." + timestamp + "."))
	_, _ = h.Write(body)
	return h.Sum(nil)
}

// Verify is what a receiver does with the three headers webhook-id, webhook-timestamp and webhook-signature and the body as it
// came: ErrTimestamp, ErrSignature, ErrSecret. It does not know what came before: a receiver remembers the ids of the last days,
// for the same message may come twice.
func Verify(secret, id, timestamp, signatures string, body []byte, now time.Time) error {
	key, err := keyOf(secret)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrTimestamp
	}
	if d := now.Sub(time.Unix(seconds, 0)); d > Tolerance || d < -Tolerance {
		return ErrTimestamp
	}
	want := mac(key, id, timestamp, body)
	for s := range strings.FieldsSeq(signatures) { // several while a secret is being replaced
		version, text, _ := strings.Cut(s, ",")
		got, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}
