package report

import (
	"crypto/rand"
	"math/big"
	"strings"

	"golang.org/x/text/width"
)

// letters are Crockford's: no I, L, O and U, which are heard and written wrongly.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// refLen is seven random characters and the check character.
const refLen = 8

// newRef draws a number: 34 billion are possible, so that nobody finds another's by trying, and none says how many there were.
func newRef() string {
	limit := big.NewInt(1 << (5 * (refLen - 1)))
	for {
		n, err := rand.Int(rand.Reader, limit)
		if err != nil {
			panic(err) // never: crypto/rand ends the program instead
		}
		if ref, ok := encode(n.Uint64()); ok {
			return ref
		}
	}
}

// encode writes a number with its check character, the remainder by 37. Five of the 37 have no letter or digit; those numbers are
// not given out.
func encode(n uint64) (string, bool) {
	check := n % 37
	if check >= uint64(len(letters)) {
		return "", false
	}
	var b [refLen]byte
	b[refLen-1] = letters[check]
	for i := refLen - 2; i >= 0; i-- {
		b[i] = letters[n%32]
		n /= 32
	}
	return string(b[:]), true
}

// Spell writes a number in two halves, as people read it out: 7K2M-9XQD.
func Spell(ref string) string {
	if len(ref) != refLen {
		return ref
	}
	return ref[:refLen/2] + "-" + ref[refLen/2:]
}

// heard is what people write or say for what was meant.
var heard = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", "－", "", "–", "", "—", "", " ", "", "\u3000", "", "\t", "")

// parseRef reads a number as people type it: small letters, spaces, hyphens, full width, O for 0, I and L for 1. One character
// wrong, or two neighbours in the wrong order, are noticed.
func parseRef(typed string) (ref string, ok bool) {
	if len(typed) > 100 {
		return "", false
	}
	ref = heard.Replace(strings.ToUpper(width.Fold.String(typed)))
	if len(ref) != refLen {
		return "", false
	}
	var n uint64
	for i := range refLen - 1 {
		at := strings.IndexByte(letters, ref[i])
		if at < 0 {
			return "", false
		}
		n = n*32 + uint64(at)
	}
	want, ok := encode(n)
	return ref, ok && want == ref
}
