// Package config reads the environment once and turns it into one checked value. Load says what cannot be understood, Check
// what can be understood and is unsafe. Nothing else in the program reads the environment.
package config

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"shangquan/services/lang"
)

// Env is where the program runs.
type Env string

// The environments. Production refuses settings that are only for trying things out.
const (
	Development Env = "development"
	Production  Env = "production"
)

// Config is everything an operator decides, checked as a whole.
type Config struct {
	Env         Env
	Addr        string // host:port
	Origin      string // scheme://host[:port], no trailing slash
	MetricsAddr string // empty: no private listener
	// TrustedProxies are the peers whose X-Real-IP is believed. Empty: the site is reached directly.
	TrustedProxies []netip.Prefix
	Store          Secret // a URI; may hold a password
	Search         string // "memory:" or http(s)://host:port
	MeiliSearchKey Secret
	MeiliWriteKey  Secret
	// Keys are the master keys, the current one first. Empty in development: one is made beside the store.
	Keys   []Secret
	Media  Secret // a URI; may hold a key
	Mail   Secret // a URI; may hold a password
	SMS    Secret // a URI; empty: none
	Sample bool
	Demo   bool
	// LinkHosts are the hosts outside this site that notices link to.
	LinkHosts []string
	Graded    bool // rules for passwords as 等保 asks
	// AlarmTo are the phone numbers and addresses that alarms are sent to, personal as they are; empty: every administrator.
	AlarmTo []Secret
	// Backups is the folder that backups are put into; empty: nobody looks how old they are.
	Backups string
	// BackupRecipient is the public key that backups are locked with; empty: they are not.
	BackupRecipient string
	// StaffRanges are where the staff's pages answer; empty: everywhere, which production allows only with StaffOpen.
	StaffRanges []netip.Prefix
	StaffOpen   bool
	RateFactor  int // 0: no limits
	LogLevel    slog.Level
	Clock       time.Time // zero: the real time; else what the clock shows at the start, from where it runs on
	Site        Identity
}

// Identity is what the pages say about the district and about who runs them. Empty footer lines are not shown.
type Identity struct {
	Name       lang.Text `toml:"name"`
	Sign       string    `toml:"sign"`
	SignPinyin string    `toml:"sign_pinyin"`
	City       string    `toml:"city"`   // 上海市; empty: not said
	County     string    `toml:"county"` // 松江区; empty: not said
	Area       string    `toml:"area"`   // area code of telephone numbers without its zero: 21; empty: every number needs one
	Operator   string    `toml:"operator"`
	Phone      string    `toml:"phone"`
	ICP        string    `toml:"icp"`
	Police     string    `toml:"police"`
	// What only an administrator sets, on the page of the settings.
	Undertaker string `toml:"-"`
	SiteCode   string `toml:"-"`
	Complaints string `toml:"-"`
}

//go:embed site.toml
var siteTOML string

// Secret is a value that never leaves the program by being printed, logged or marshalled.
type Secret string

// Redacted stands where a value is that is not shown.
const Redacted = "[redacted]"

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// Format implements fmt.Formatter, so that no verb shows the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.shown())) }

// String is what may be shown.
func (s Secret) String() string { return s.shown() }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown()) }

// shown keeps what an operator needs to recognise the setting: nothing, a local path, or the host of a URI.
func (s Secret) shown() string {
	if s == "" || strings.HasPrefix(string(s), "file:") {
		return string(s)
	}
	if u, err := url.Parse(string(s)); err == nil && u.Host != "" {
		return u.Scheme + "://" + Redacted + "@" + u.Host
	}
	return Redacted
}

// Host returns the host[:port] of the origin, which is the only one the site answers for.
func (c Config) Host() string {
	_, host, _ := strings.Cut(c.Origin, "://")
	return host
}

// Load reads every setting through getenv. The error lists all problems, one per line, and never a secret.
func Load(getenv func(string) string) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		Env:            Env(r.choice("SHANGQUAN_ENV", string(Development), string(Production))),
		Addr:           r.address("SHANGQUAN_ADDR"),
		Origin:         r.origin("SHANGQUAN_ORIGIN"),
		MetricsAddr:    r.address("SHANGQUAN_METRICS_ADDR"),
		TrustedProxies: r.prefixes("SHANGQUAN_TRUSTED_PROXIES"),
		Store:          Secret(r.store("SHANGQUAN_STORE")),
		Search:         r.search("SHANGQUAN_SEARCH"),
		MeiliSearchKey: Secret(r.text("SHANGQUAN_MEILI_SEARCH_KEY")),
		MeiliWriteKey:  Secret(r.text("SHANGQUAN_MEILI_WRITE_KEY")),
		Keys:           r.keys("SHANGQUAN_SECRET"),
		Media:          Secret(r.media("SHANGQUAN_MEDIA")),
		Mail:           Secret(r.text("SHANGQUAN_MAIL")),
		SMS:            Secret(r.text("SHANGQUAN_SMS")),
		AlarmTo:        r.list("SHANGQUAN_ALARM_TO"),
		Backups:        r.text("SHANGQUAN_BACKUPS"),

		BackupRecipient: r.recipient("SHANGQUAN_BACKUP_RECIPIENT"),

		StaffRanges: r.prefixes("SHANGQUAN_STAFF_RANGES"),
		StaffOpen:   r.truth("SHANGQUAN_STAFF_OPEN"),
		LinkHosts:   r.hosts("SHANGQUAN_LINK_HOSTS"),
		Graded:      r.choice("SHANGQUAN_PASSWORDS", "plain", "graded") == "graded",
		Sample:      r.truth("SHANGQUAN_SAMPLE"),
		Demo:        r.truth("SHANGQUAN_DEMO"),
		RateFactor:  r.number("SHANGQUAN_RATE_FACTOR", 0, 1_000_000),
		LogLevel:    r.level("SHANGQUAN_LOG_LEVEL"),
		Clock:       r.instant("SHANGQUAN_CLOCK"),
		Site:        r.identity(),
	}
	if c.MetricsAddr != "" && c.MetricsAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") { // 0: any free port
		r.wrong("SHANGQUAN_METRICS_ADDR", "is the public address; metrics need a listener of their own")
	}
	if c.Search == "memory:" && (c.MeiliSearchKey != "" || c.MeiliWriteKey != "") {
		r.wrong("SHANGQUAN_SEARCH", "is memory: but a Meilisearch key is set; set the address of Meilisearch too, or remove the keys")
	}
	if len(r.problems) > 0 {
		return Config{}, errors.Join(r.problems...)
	}
	return c, nil
}
