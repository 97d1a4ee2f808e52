// Package outward is how this program asks addresses that others chose: a client that reaches public addresses only. No proxy of the
// environment, no redirects, no address of a closed network, however a name leads there.
package outward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// MaxHead is how long the head of an answer may be.
const MaxHead = 16 << 10

var (
	label  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	digits = regexp.MustCompile(`^(0x[0-9a-f]*|[0-9]+)$`)
	// private are endings that never lead out of a network (RFC 6761, 6762, 8375, 9476).
	private = []string{"localhost", "local", "internal", "home.arpa", "test", "invalid", "lan", "alt", "onion"}
)

// PublicName reports whether a host is written as a name that can lie in the public DNS.
func PublicName(host string) bool {
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

// closedRanges are what netip does not know as private and nothing may be asked of either (IANA special-purpose registries): this
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

// ErrClosed says that a name leads to an address that nothing is asked of.
var ErrClosed = errors.New("outward: the name leads into a closed network")

// open reports whether the address may be asked.
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
func guard(ports []uint16) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !slices.Contains(ports, at.Port()) || !open(at.Addr()) {
			return ErrClosed
		}
		return nil
	}
}

// Client returns a client that asks public addresses at these ports, within a time in all. A nil resolver is that of the system.
func Client(resolver *net.Resolver, within time.Duration, ports ...uint16) *http.Client {
	dialer := &net.Dialer{Timeout: within, Control: guard(ports), Resolver: resolver, KeepAlive: -1}
	return &http.Client{
		Timeout:       within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, addr)
			},
			DisableKeepAlives:      true,
			DisableCompression:     true, // nobody's zip bomb
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: MaxHead,
			TLSHandshakeTimeout:    within,
		},
	}
}

// Cause says in one word why there was no answer: closed, name, timeout, certificate or network; empty without an error. What the
// network itself says has addresses in it.
func Cause(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrClosed):
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
