package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params are the cost of one hash: memory in KiB, passes, lanes.
type params struct {
	memory uint32
	passes uint32
	lanes  uint8
}

// cost is what new hashes cost: the least OWASP's cheat sheet on password storage asks for, 28 ms on the machine this was measured
// on. A stored hash that cost less is made anew at the next sign-in.
var today = params{memory: 19456, passes: 2, lanes: 1}

const (
	saltSize = 16
	keySize  = 32
	// maxMemory bounds what a stored hash can make the server allocate (KiB).
	maxMemory = 1 << 20
)

var errPHC = errors.New("account: a stored password is not in PHC form")

// derive hashes a password with a new salt and returns the PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func derive(password string, p params) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	return inPHC(p, salt, argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, keySize))
}

// unmatched is the hash of no password: its key is none that was computed. Comparing with it costs what any comparison costs.
func unmatched(p params) string {
	random := make([]byte, saltSize+keySize)
	_, _ = rand.Read(random) // never fails
	return inPHC(p, random[:saltSize], random[saltSize:])
}

func inPHC(p params, salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, enc.EncodeToString(salt), enc.EncodeToString(key))
}

// matches reports whether password has the hash in phc, and what that hash cost.
func matches(phc, password string) (ok bool, p params, err error) {
	p, salt, key, err := parsePHC(phc)
	if err != nil {
		return false, p, err
	}
	got := argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, keySize)
	return subtle.ConstantTimeCompare(got, key) == 1, p, nil
}

// parsePHC takes a stored hash apart. It accepts only what derive could have written.
func parsePHC(phc string) (p params, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errPHC
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
	if err != nil || n != 3 || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", p.memory, p.passes, p.lanes) {
		return p, nil, nil, errPHC
	}
	if p.memory < 8*uint32(p.lanes) || p.memory > maxMemory || p.passes == 0 || p.passes > 20 || p.lanes == 0 || p.lanes > 16 {
		return p, nil, nil, errPHC
	}
	enc := base64.RawStdEncoding.Strict()
	salt, e1 := enc.DecodeString(parts[4])
	key, e2 := enc.DecodeString(parts[5])
	if e1 != nil || e2 != nil || len(salt) != saltSize || len(key) != keySize {
		return p, nil, nil, errPHC
	}
	return p, salt, key, nil
}
