package secret

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func ring(t *testing.T, keys ...[]byte) *Ring {
	t.Helper()
	r, err := New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShortKeys(t *testing.T) {
	for name, keys := range map[string][][]byte{"none": nil, "short": {make([]byte, Size-1)}, "an old one short": {Random(), make([]byte, 5)}} {
		if _, err := New(keys...); !errors.Is(err, ErrKey) {
			t.Errorf("%s: New = %v, want ErrKey", name, err)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	a, b := Random(), Random()
	old, now := ring(t, a), ring(t, b, a)
	sealed, err := old.Seal("contact", []byte("13800000000"))
	if err != nil || strings.Contains(sealed, "138") {
		t.Fatalf("Seal = %q, %v", sealed, err)
	}
	again, _ := old.Seal("contact", []byte("13800000000"))
	if again == sealed {
		t.Error("the same text sealed twice looks the same")
	}
	if got, err := now.Open("contact", sealed); err != nil || string(got) != "13800000000" {
		t.Errorf("after the key was replaced Open = %q, %v", got, err)
	}
	flip := []byte(sealed)
	flip[len(flip)-2] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return now.Open("evidence", sealed) },
		"another ring":    func() ([]byte, error) { return ring(t, b).Open("contact", sealed) },
		"damaged":         func() ([]byte, error) { return now.Open("contact", string(flip)) },
		"cut off":         func() ([]byte, error) { return now.Open("contact", sealed[:20]) },
		"no seal at all":  func() ([]byte, error) { return now.Open("contact", "13800000000") },
		"empty":           func() ([]byte, error) { return now.Open("contact", "") },
	} {
		if _, err := try(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: Open = %v, want ErrSealed", name, err)
		}
	}
}

func TestMAC(t *testing.T) {
	a, b := Random(), Random()
	old, now := ring(t, a), ring(t, b, a)
	mac := old.MAC("form", []byte("ab"), []byte("c"))
	if !now.Valid("form", mac, []byte("ab"), []byte("c")) {
		t.Error("a signature of the previous key is not valid")
	}
	if bytes.Equal(mac, now.MAC("form", []byte("ab"), []byte("c"))) {
		t.Error("the new key signs like the old one")
	}
	for name, bad := range map[string]bool{
		"other cut": now.Valid("form", mac, []byte("a"), []byte("bc")), "other purpose": now.Valid("device", mac, []byte("ab"), []byte("c")),
		"other data": now.Valid("form", mac, []byte("ab"), []byte("d")), "empty": now.Valid("form", nil, []byte("ab"), []byte("c")),
		"a ring without the key": ring(t, b).Valid("form", mac, []byte("ab"), []byte("c")),
	} {
		if bad {
			t.Errorf("%s: the signature passes", name)
		}
	}
}

func TestTokens(t *testing.T) {
	plain, hash := Token()
	if len(plain) != 43 || Hash(plain) != hash || strings.Contains(hash, plain) {
		t.Errorf("Token = %q, %q", plain, hash)
	}
	if other, _ := Token(); other == plain {
		t.Error("two tokens are the same")
	}
}
