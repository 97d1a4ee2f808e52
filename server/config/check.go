package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Finding is one unsafe setting. Refuse means that the server does not start with it.
type Finding struct {
	Setting string `json:"setting"`
	Refuse  bool   `json:"refuse"`
	Text    string `json:"text"`
}

// String returns the finding as one line for people.
func (f Finding) String() string {
	level := "warning"
	if f.Refuse {
		level = "refused"
	}
	return fmt.Sprintf("%s: %s %s", level, f.Setting, f.Text)
}

// Check lists every unsafe setting of c, in the order of the settings. It reads nothing but c. Never nil.
func Check(c Config) []Finding {
	k := checker{found: []Finding{}}
	k.listener(c)
	k.proxies(c)
	k.store(c)
	k.search(c)
	if c.Site.Area == "" {
		k.warn("SHANGQUAN_AREA_CODE", "is not set beside SHANGQUAN_DISTRICT_NAME: a telephone number without an area code cannot be read")
	}
	if c.Env == Production {
		k.production(c)
	}
	order := map[string]int{}
	for i, s := range Settings {
		order[s.Env] = i
	}
	slices.SortStableFunc(k.found, func(a, b Finding) int { return cmp.Compare(order[a.Setting], order[b.Setting]) })
	return k.found
}

type checker struct{ found []Finding }

func (k *checker) refuse(setting, format string, args ...any) {
	k.found = append(k.found, Finding{setting, true, fmt.Sprintf(format, args...)})
}

func (k *checker) warn(setting, format string, args ...any) {
	k.found = append(k.found, Finding{setting, false, fmt.Sprintf(format, args...)})
}

func (k *checker) listener(c Config) {
	direct := !loopback(hostOf(c.Addr))
	switch {
	case c.Env == Production && direct && len(c.TrustedProxies) == 0:
		k.refuse("SHANGQUAN_ADDR", "%s is reachable without TLS: listen on 127.0.0.1 behind a TLS proxy, or name the proxy in SHANGQUAN_TRUSTED_PROXIES", c.Addr)
	case c.Env == Development && direct:
		k.warn("SHANGQUAN_ADDR", "%s is reachable from other machines in development", c.Addr)
	}
	if c.Env == Development && strings.HasPrefix(c.Origin, "https:") {
		k.warn("SHANGQUAN_ENV", "is development although the origin %s is a public one", c.Origin)
	}
	if c.MetricsAddr != "" && !private(hostOf(c.MetricsAddr)) {
		k.refuse("SHANGQUAN_METRICS_ADDR", "%s is open to everybody: use a loopback or private address", c.MetricsAddr)
	}
}

// A proxy list wider than these is a typing mistake or trusts the whole internet.
const widestV4, widestV6 = 8, 32

func (k *checker) proxies(c Config) {
	for _, p := range c.TrustedProxies {
		if (p.Addr().Is4() && p.Bits() < widestV4) || (p.Addr().Is6() && p.Bits() < widestV6) {
			k.refuse("SHANGQUAN_TRUSTED_PROXIES", "%s lets almost anybody choose the address they appear under", p)
		} else if p.Bits() < p.Addr().BitLen() && !p.Addr().IsPrivate() && !p.Addr().IsLoopback() {
			k.warn("SHANGQUAN_TRUSTED_PROXIES", "%s is a range of public addresses: every machine in it may choose the address it appears under", p)
		}
	}
}

func (k *checker) store(c Config) {
	uri := c.Store.Reveal()
	if path, ok := strings.CutPrefix(uri, "file:"); ok {
		if c.Env != Production {
			return
		}
		path, _, _ = strings.Cut(path, "?")
		switch path = filepath.Clean(path); {
		case path == "." || passing(path):
			k.refuse("SHANGQUAN_STORE", "is in a folder that is emptied at a restart: %s", path)
		case !filepath.IsAbs(path):
			k.warn("SHANGQUAN_STORE", "is a relative path: it means another file when the server is started from another folder")
		}
		return
	}
	u, err := url.Parse(uri)
	if err != nil {
		k.refuse("SHANGQUAN_STORE", "cannot be read")
		return
	}
	q := u.Query()
	truth := func(names ...string) string {
		for _, n := range names {
			if v := q.Get(n); v != "" {
				return strings.ToLower(v)
			}
		}
		return ""
	}
	tls := truth("tls", "ssl")
	if w := truth("w"); w == "0" || w == "1" || truth("journal", "j") == "false" {
		k.refuse("SHANGQUAN_STORE", "weakens the write concern: an acknowledged change could be lost")
	}
	if truth("tlsInsecure") == "true" || truth("tlsAllowInvalidCertificates") == "true" {
		k.refuse("SHANGQUAN_STORE", "does not check the certificate of MongoDB")
	}
	if c.Env != Production {
		return
	}
	if u.User == nil && truth("authMechanism") == "" {
		k.refuse("SHANGQUAN_STORE", "opens MongoDB without a user: anybody who reaches the port reads and writes everything")
	}
	srv := u.Scheme == "mongodb+srv"
	if !srv && truth("replicaSet") == "" && truth("loadBalanced") != "true" {
		k.refuse("SHANGQUAN_STORE", "names no replica set: a standalone server has neither majority nor retry (replicaSet=…)")
	}
	for _, h := range strings.Split(u.Host, ",") {
		if !srv && tls != "true" && !private(hostOf(h)) {
			k.refuse("SHANGQUAN_STORE", "reaches MongoDB on %s without TLS (tls=true)", hostOf(h))
			break
		}
	}
	if srv && tls == "false" {
		k.refuse("SHANGQUAN_STORE", "turns TLS off")
	}
}

// passing reports whether what lies at a path does not last.
func passing(path string) bool {
	return strings.HasPrefix(path, "/tmp/") || strings.HasPrefix(path, "/var/tmp/") || strings.HasPrefix(path, "/dev/shm/")
}

// shortestKey is the least length Meilisearch itself asks of a master key in production, in bytes.
const shortestKey = 16

func (k *checker) search(c Config) {
	if c.Search == "memory:" {
		return
	}
	u, err := url.Parse(c.Search)
	if err != nil {
		k.refuse("SHANGQUAN_SEARCH", "cannot be read")
		return
	}
	if u.Scheme == "http" && !private(u.Hostname()) {
		k.refuse("SHANGQUAN_SEARCH", "sends keys and queries to %s without TLS", u.Hostname())
	}
	keys := []struct {
		env string
		key Secret
	}{{"SHANGQUAN_MEILI_SEARCH_KEY", c.MeiliSearchKey}, {"SHANGQUAN_MEILI_WRITE_KEY", c.MeiliWriteKey}}
	for _, s := range keys {
		switch {
		case s.key == "" && c.Env == Production:
			k.refuse(s.env, "is missing: Meilisearch would have to run without keys")
		case s.key != "" && len(s.key) < shortestKey:
			k.refuse(s.env, "is shorter than %d bytes", shortestKey)
		}
	}
	if c.MeiliSearchKey != "" && c.MeiliSearchKey == c.MeiliWriteKey {
		k.warn("SHANGQUAN_MEILI_SEARCH_KEY", "is also the write key: searching would carry the right to change the index")
	}
}

func (k *checker) production(c Config) {
	u, err := url.Parse(c.Origin)
	switch {
	case err != nil || u.Scheme != "https":
		k.refuse("SHANGQUAN_ORIGIN", "%s is not https", c.Origin)
	case loopback(u.Hostname()):
		k.refuse("SHANGQUAN_ORIGIN", "%s is this machine: every link and QR code would lead nowhere", c.Origin)
	}
	if loopback(hostOf(c.Addr)) && len(c.TrustedProxies) == 0 {
		k.warn("SHANGQUAN_TRUSTED_PROXIES", "is empty: behind a proxy on this machine all visitors would share one rate limit (127.0.0.1)")
	}
	if len(c.Keys) == 0 {
		k.refuse("SHANGQUAN_SECRET", "is missing: nothing could be signed or sealed that another start still reads")
	}
	if folder, ok := strings.CutPrefix(c.Media.Reveal(), "file:"); ok {
		switch folder = filepath.Clean(folder); {
		case passing(folder):
			k.refuse("SHANGQUAN_MEDIA", "is in a folder that is emptied at a restart: %s", folder)
		case !filepath.IsAbs(folder):
			k.warn("SHANGQUAN_MEDIA", "is a relative path: it means another folder when the server is started from elsewhere")
		}
	}
	if strings.HasPrefix(c.Mail.Reveal(), "log:") {
		k.refuse("SHANGQUAN_MAIL", "only shows messages, codes and links among them, in the log")
	}
	if c.SMS == "" {
		k.warn("SHANGQUAN_SMS", "is empty: people without e-mail get no codes")
	}
	if strings.HasPrefix(c.SMS.Reveal(), "sms+http:") || strings.HasPrefix(c.SMS.Reveal(), "log:") {
		k.refuse("SHANGQUAN_SMS", "sends codes where others can read them")
	}
	switch folder := filepath.Clean(c.Backups); {
	case c.Backups == "":
		k.warn("SHANGQUAN_BACKUPS", "is empty: no backup is made, and nobody is told that there is none")
	case passing(folder):
		k.refuse("SHANGQUAN_BACKUPS", "is a folder that is emptied at a restart: %s", folder)
	case !filepath.IsAbs(folder):
		k.warn("SHANGQUAN_BACKUPS", "is a relative path: it means another folder when the server is started from elsewhere")
	}
	switch {
	case len(c.StaffRanges) == 0 && !c.StaffOpen:
		k.refuse("SHANGQUAN_STAFF_RANGES", "is empty: name the office's addresses, or say SHANGQUAN_STAFF_OPEN=true")
	case len(c.StaffRanges) == 0:
		k.warn("SHANGQUAN_STAFF_OPEN", "lets everybody reach the sign-in of the district's staff")
	}
	if c.Demo {
		k.refuse("SHANGQUAN_DEMO", "makes accounts with passwords that are printed")
	}
	if c.Sample {
		k.warn("SHANGQUAN_SAMPLE", "fills an empty store with the sample district")
	}
	switch {
	case c.RateFactor == 0:
		k.refuse("SHANGQUAN_RATE_FACTOR", "turns the rate limits off")
	case c.RateFactor > 10:
		k.warn("SHANGQUAN_RATE_FACTOR", "makes the rate limits %d times looser", c.RateFactor)
	}
	if !c.Clock.IsZero() {
		k.refuse("SHANGQUAN_CLOCK", "sets the clock wrong: every shop would be open or closed at the wrong time")
	}
	if c.LogLevel < 0 {
		k.warn("SHANGQUAN_LOG_LEVEL", "writes debug lines")
	}
	for _, f := range []struct{ env, value, what string }{
		{"SHANGQUAN_FOOTER_OPERATOR", c.Site.Operator, "who runs the site"},
		{"SHANGQUAN_FOOTER_PHONE", c.Site.Phone, "a phone number"},
		{"SHANGQUAN_FOOTER_ICP", c.Site.ICP, "the ICP filing number"},
	} {
		if f.value == "" {
			k.warn(f.env, "is empty: every page has to show %s", f.what)
		}
	}
}

func hostOf(addr string) string {
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return strings.Trim(addr, "[]")
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (err == nil && a.IsLoopback())
}

// private says whether host can only be reached from a closed network: a loopback or private address, or a name without a
// dot, as container networks give.
func private(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate()
	}
	return loopback(host) || (host != "" && !strings.Contains(host, ".")) || strings.HasSuffix(host, ".internal")
}
