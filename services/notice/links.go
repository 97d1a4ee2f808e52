package notice

import (
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/idna"
)

// Hosts are the hosts outside this site that notices link to (requirement CON-02).
type Hosts struct {
	names []string
	key   string // the same for the same hosts; part of the key of cached pages
}

// DefaultHosts are those of the administration: gov.cn and .政务.
var DefaultHosts = []string{"gov.cn", "政务"}

// NewHosts returns the hosts named, with everything below each: "gov.cn" is also www.songjiang.gov.cn.
func NewHosts(names ...string) Hosts {
	var h Hosts
	for _, n := range names {
		if a, err := idna.Lookup.ToASCII(strings.Trim(strings.ToLower(strings.TrimSpace(n)), ".")); err == nil && a != "" {
			h.names = append(h.names, a)
		}
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(strings.Join(h.names, " ")))
	h.key = strconv.FormatUint(uint64(sum.Sum32()), 36)
	return h
}

// allows reports whether a host is one of them or below one.
func (h Hosts) allows(host string) bool {
	a, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.ToLower(host), "."))
	if err != nil || a == "" {
		return false
	}
	for _, n := range h.names {
		if a == n || strings.HasSuffix(a, "."+n) {
			return true
		}
	}
	return false
}

// link returns what an address that was written becomes: https to an allowed host, tel, or a path of this site; false for all else.
func (h Hosts) link(written string) (string, bool) {
	s := strings.TrimSpace(written)
	if len(s) > 1000 || clean(s) != s || strings.ContainsAny(s, "\\\n\t<>\"'`") {
		return "", false
	}
	if number, ok := strings.CutPrefix(s, "tel:"); ok {
		return s, number != "" && len(number) <= 20 && strings.Trim(number, "+-0123456789") == ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.User != nil {
		return "", false
	}
	switch {
	case u.Scheme == "" && u.Host == "":
		return u.String(), strings.HasPrefix(u.String(), "/") && !strings.HasPrefix(u.String(), "//")
	case u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && h.allows(u.Hostname()):
		return u.String(), true
	}
	return "", false
}

// Address returns the address of a page of another site as it may be linked: https to an allowed host; false for all else.
func (h Hosts) Address(written string) (string, bool) {
	href, ok := h.link(written)
	return href, ok && strings.HasPrefix(href, "https:")
}

// Links returns the addresses of other sites that a text links to, once each, as Render links them.
func Links(s string, hosts Hosts) []string {
	doc, err := parse(s)
	if err != nil {
		return nil
	}
	out := []string{}
	add := func(to []byte) {
		if href, ok := hosts.Address(string(to)); ok && !slices.Contains(out, href) {
			out = append(out, href)
		}
	}
	source := []byte(s)
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				add(n.Destination)
			}
		case *ast.AutoLink:
			if entering {
				add(n.URL(source))
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}
