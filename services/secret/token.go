package secret

import (
	"encoding/base64"
	"strings"
)

// tokenMost is how long a token may be; longer ones are not read.
const tokenMost = 400

// Token returns text for a link that carries parts, which have no dot in them, signed for a purpose. Everybody can read the parts.
func (r *Ring) Token(purpose string, parts ...string) string {
	claim := []byte(strings.Join(parts, "."))
	return base64.RawURLEncoding.EncodeToString(claim) + "." + base64.RawURLEncoding.EncodeToString(r.MAC(purpose, claim))
}

// Parts returns the n parts that Token was given for the purpose, and whether the token is one, untouched.
func (r *Ring) Parts(purpose, token string, n int) ([]string, bool) {
	head, tail, _ := strings.Cut(token, ".")
	claim, errClaim := base64.RawURLEncoding.DecodeString(head)
	mac, errMAC := base64.RawURLEncoding.DecodeString(tail)
	if len(token) > tokenMost || errClaim != nil || errMAC != nil || !r.Valid(purpose, mac, claim) {
		return nil, false
	}
	parts := strings.Split(string(claim), ".")
	return parts, len(parts) == n
}
