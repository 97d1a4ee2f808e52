package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"time"

	"shangquan/services/fault"
)

// Limits of an address and of a call to it.
const (
	MaxURL   = 500
	callTime = 5 * time.Second
	maxHead  = 16 << 10
)

var (
	label  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	digits = regexp.MustCompile(`^(0x[0-9a-f]*|[0-9]+)$`)
	// private are endings that never lead out of a network (RFC 6761, 6762, 8375, 9476).
	private = []string{"localhost", "local", "internal", "home.arpa", "test", "invalid", "lan", "alt", "onion"}
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
	case !publicName(strings.ToLower(u.Hostname())):
		return "", fault.Wrong("url", "error.webhook.host", nil)
	}
	u.Host = strings.ToLower(u.Hostname())
	return u.String(), nil
}

// publicName reports whether a host is written as a name that can lie in the public DNS.
func publicName(host string) bool {
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 || digits.MatchString(labels[len(labels)-1]) {
		return false
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return false
		}
	}
	for _, end := range private {
		if strings.HasSuffix(host, "."+end) {
			return false
		}
	}
	return true
}

// closedRanges are what netip does not know as private and no message may go to either (IANA special-purpose registries): this
// network, carriers' NAT, protocol assignments, documentation, benchmarks, the reserved block, and the prefixes that carry IPv4
// addresses inside IPv6 ones.
var closedRanges = func() []netip.Prefix {
	out := []netip.Prefix{}
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// errClosed says that a name leads to an address no message goes to.
var errClosed = errors.New("webhook: the name leads into a closed network")

// open reports whether messages may go to the address.
func open(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" {
		return false
	}
	for _, p := range closedRanges {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// guard is asked about the address that is about to be dialled, after the name was resolved: what a name led to a moment before
// does not matter.
func guard(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || at.Port() != 443 || !open(at.Addr()) {
		return errClosed
	}
	return nil
}

// outward returns the client for calls to addresses that strangers chose: no proxy of the environment, no redirects, no address of
// a closed network, five seconds in all.
func outward(resolver *net.Resolver) *http.Client {
	dialer := &net.Dialer{Timeout: callTime, Control: guard, Resolver: resolver, KeepAlive: -1}
	return &http.Client{
		Timeout:       callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, addr)
			},
			DisableKeepAlives:      true,
			DisableCompression:     true, // nobody's zip bomb
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxHead,
			TLSHandshakeTimeout:    callTime,
		},
	}
}

// cause says in one word why there was no answer, for the log of the deliveries: what the network says has addresses in it.
func cause(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errClosed):
		return "closed"
	case errors.As(err, &dns):
		return "name"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case strings.Contains(fmt.Sprint(err), "tls:"), strings.Contains(fmt.Sprint(err), "x509:"):
		return "certificate"
	}
	return "network"
}
