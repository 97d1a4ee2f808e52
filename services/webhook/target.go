package webhook

import (
	"net/url"
	"strings"
	"time"

	"shangquan/services/fault"
	"shangquan/services/outward"
)

// Limits of an address and of a call to it.
const (
	MaxURL   = 500
	callTime = 5 * time.Second
)

// checkURL returns the address in the form that is stored: https, the default port, a name of the public DNS and nobody's password.
// Numbers in the place of a name are refused in every notation. fault.Invalid on field "url".
func checkURL(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", fault.Wrong("url", "error.text.empty", nil)
	}
	u, err := url.Parse(typed)
	switch {
	case err != nil || len(typed) > MaxURL || u.Opaque != "":
		return "", fault.Wrong("url", "error.webhook.url", nil)
	case u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Port() != "" && u.Port() != "443":
		return "", fault.Wrong("url", "error.webhook.https", nil)
	case !outward.PublicName(strings.ToLower(u.Hostname())):
		return "", fault.Wrong("url", "error.webhook.host", nil)
	}
	u.Host = strings.ToLower(u.Hostname())
	return u.String(), nil
}
