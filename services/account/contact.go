package account

import (
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"shangquan/services/fault"
	"shangquan/services/phone"
)

// Contact is where a person is reached and what they sign in with: a mobile number in E.164 ("+8613812345678") or an e-mail
// address in small letters. ParseContact makes it.
type Contact string

// maxContact is the longest e-mail address (RFC 5321, 4.5.3.1.3).
const maxContact = 254

// ParseContact reads what somebody types into the field for "phone or e-mail", with spaces, dashes and full-width characters:
// fault.Invalid on field "contact".
func ParseContact(s string) (Contact, error) {
	s = strings.TrimSpace(width.Fold.String(norm.NFKC.String(s)))
	wrong := fault.Wrong("contact", "account.contact.unreadable", nil)
	if len(s) > maxContact {
		return "", wrong
	}
	if strings.Contains(s, "@") {
		a, err := mail.ParseAddress(s)
		if err != nil || a.Name != "" || a.Address != s || !ascii(s) {
			return "", wrong
		}
		_, domain, _ := strings.Cut(s, "@")
		if !strings.Contains(domain, ".") || strings.ContainsAny(s, `"[]`) {
			return "", wrong
		}
		return Contact(strings.ToLower(s)), nil
	}
	ns, err := phone.Parse(s)
	if err != nil || len(ns) != 1 || ns[0].Kind != phone.Mobile || ns[0].Label != "" || ns[0].Ext != "" {
		return "", wrong
	}
	return Contact(ns[0].Digits), nil
}

// ascii reports whether s is printable ASCII. Addresses in other scripts look alike too easily to sign in with.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Phone reports whether the contact is a mobile number.
func (c Contact) Phone() bool { return strings.HasPrefix(string(c), "+") }

// Masked shows enough of a contact that its owner knows which it is: 138****5678, w***@example.com.
func (c Contact) Masked() string {
	s := string(c)
	if c.Phone() {
		s = strings.TrimPrefix(s, "+86")
		if len(s) < 8 {
			return "****"
		}
		return s[:3] + "****" + s[len(s)-4:]
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" {
		return "***"
	}
	return local[:1] + "***@" + domain
}
