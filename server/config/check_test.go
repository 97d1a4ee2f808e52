package config

import (
	"slices"
	"strings"
	"testing"
)

// safe is a production set-up without a finding; each case below breaks one thing.
var safe = []string{
	"ENV", "production", "ADDR", "0.0.0.0:8080", "ORIGIN", "https://shop.example.cn", "TRUSTED_PROXIES", "172.28.0.0/24",
	"STORE", "mongodb://u:p@mongo:27017/shangquan?replicaSet=rs0", "SEARCH", "http://search:7700",
	"MEILI_SEARCH_KEY", "0123456789abcdef0", "MEILI_WRITE_KEY", "0123456789abcdef1",
	"SECRET", "0123456789abcdef0123456789abcdef", "MEDIA", "file:/data/media", "MAIL", "smtps://u:p@mail.example.cn?from=a@example.cn",
	"SMS", "sms+https://:s@sms.example.cn/send", "STAFF_RANGES", "203.0.113.0/24", "BACKUPS", "/backups",
	"FOOTER_OPERATOR", "某街道", "FOOTER_PHONE", "021-00000000", "FOOTER_ICP", "沪ICP备1号",
}

func TestSafeProductionHasNoFinding(t *testing.T) {
	c, err := Load(env(safe...))
	if err != nil {
		t.Fatal(err)
	}
	if f := Check(c); len(f) != 0 {
		t.Errorf("Check = %v", f)
	}
}

// TestCheckFinds: every unsafe setting has a finding of its own, a plain address open to the world among them. HTT-01, OPS-01.
func TestCheckFinds(t *testing.T) {
	const ok = "mongodb://u:p@mongo/db?replicaSet=rs0"
	for _, tt := range []struct {
		name    string
		set     []string
		setting string
		refuse  bool
	}{
		{"plain public address without proxy", []string{"TRUSTED_PROXIES", ""}, "ADDR", true},
		{"another district without its area code", []string{"DISTRICT_NAME", "花山商圈", "CITY", "杭州市"}, "AREA_CODE", false},
		{"IPv6 wildcard without proxy", []string{"TRUSTED_PROXIES", "", "ADDR", "[::]:80"}, "ADDR", true},
		{"private address without proxy", []string{"TRUSTED_PROXIES", "", "ADDR", "10.0.0.5:8080"}, "ADDR", true},
		{"http origin", []string{"ORIGIN", "http://shop.example.cn"}, "ORIGIN", true},
		{"origin on this machine", []string{"ORIGIN", "https://localhost"}, "ORIGIN", true},
		{"metrics for everybody", []string{"METRICS_ADDR", "0.0.0.0:9090"}, "METRICS_ADDR", true},
		{"metrics on a public address", []string{"METRICS_ADDR", "203.0.113.9:9090"}, "METRICS_ADDR", true},
		{"every proxy trusted", []string{"TRUSTED_PROXIES", "0.0.0.0/0"}, "TRUSTED_PROXIES", true},
		{"every IPv6 proxy trusted", []string{"TRUSTED_PROXIES", "::/0"}, "TRUSTED_PROXIES", true},
		{"public range trusted", []string{"TRUSTED_PROXIES", "203.0.113.0/24"}, "TRUSTED_PROXIES", false},
		{"loopback without proxy list", []string{"ADDR", "127.0.0.1:8080", "TRUSTED_PROXIES", ""}, "TRUSTED_PROXIES", false},
		{"a clock of its own", []string{"CLOCK", "2026-10-15T19:20:00+08:00"}, "CLOCK", true},
		{"no master key", []string{"SECRET", ""}, "SECRET", true},
		{"pictures in /tmp", []string{"MEDIA", "file:/tmp/media"}, "MEDIA", true},
		{"pictures somewhere", []string{"MEDIA", "file:data/media"}, "MEDIA", false},
		{"codes in the log", []string{"MAIL", "log:"}, "MAIL", true},
		{"no short messages", []string{"SMS", ""}, "SMS", false},
		{"short messages in the clear", []string{"SMS", "sms+http://:s@sms.example.cn/send"}, "SMS", true},
		{"no backups", []string{"BACKUPS", ""}, "BACKUPS", false},
		{"backups in /tmp", []string{"BACKUPS", "/var/tmp/backups"}, "BACKUPS", true},
		{"backups somewhere", []string{"BACKUPS", "backups"}, "BACKUPS", false},
		{"staff from everywhere, unsaid", []string{"STAFF_RANGES", ""}, "STAFF_RANGES", true},
		{"staff from everywhere", []string{"STAFF_RANGES", "", "STAFF_OPEN", "true"}, "STAFF_OPEN", false},
		{"demonstration accounts", []string{"DEMO", "true"}, "DEMO", true},
		{"store in /tmp", []string{"STORE", "file:/tmp/a.db"}, "STORE", true},
		{"store hidden in /tmp", []string{"STORE", "file:/data/../tmp/a.db"}, "STORE", true},
		{"relative store", []string{"STORE", "file:data/a.db"}, "STORE", false},
		{"mongo without user", []string{"STORE", "mongodb://mongo/db?replicaSet=rs0"}, "STORE", true},
		{"standalone mongo", []string{"STORE", "mongodb://u:p@mongo/db"}, "STORE", true},
		{"mongo w=1", []string{"STORE", ok + "&w=1"}, "STORE", true},
		{"mongo without journal", []string{"STORE", ok + "&journal=false"}, "STORE", true},
		{"mongo on the internet in the clear", []string{"STORE", "mongodb://u:p@db.example.cn/db?replicaSet=rs0"}, "STORE", true},
		{"mongo certificate unchecked", []string{"STORE", ok + "&tls=true&tlsInsecure=true"}, "STORE", true},
		{"mongo+srv without TLS", []string{"STORE", "mongodb+srv://u:p@db.example.cn/db?tls=false"}, "STORE", true},
		{"search without keys", []string{"MEILI_SEARCH_KEY", ""}, "MEILI_SEARCH_KEY", true},
		{"search without write key", []string{"MEILI_WRITE_KEY", ""}, "MEILI_WRITE_KEY", true},
		{"short key", []string{"MEILI_WRITE_KEY", "short"}, "MEILI_WRITE_KEY", true},
		{"one key for both", []string{"MEILI_WRITE_KEY", "0123456789abcdef0"}, "MEILI_SEARCH_KEY", false},
		{"search on the internet in the clear", []string{"SEARCH", "http://search.example.cn:7700"}, "SEARCH", true},
		{"sample in production", []string{"SAMPLE", "true"}, "SAMPLE", false},
		{"limits off", []string{"RATE_FACTOR", "0"}, "RATE_FACTOR", true},
		{"limits loose", []string{"RATE_FACTOR", "100"}, "RATE_FACTOR", false},
		{"debug log", []string{"LOG_LEVEL", "debug"}, "LOG_LEVEL", false},
		{"nobody answerable", []string{"FOOTER_OPERATOR", ""}, "FOOTER_OPERATOR", false},
		{"no phone", []string{"FOOTER_PHONE", ""}, "FOOTER_PHONE", false},
		{"no filing", []string{"FOOTER_ICP", ""}, "FOOTER_ICP", false},
		{"development in public", []string{"ENV", "development"}, "ENV", false},
		{"development on all addresses", []string{"ENV", "development", "ORIGIN", "http://192.168.1.5"}, "ADDR", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pairs := slices.Clone(safe)
			c, err := Load(env(append(pairs, tt.set...)...))
			if err != nil {
				t.Fatal(err)
			}
			found := Check(c)
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Setting == "SHANGQUAN_"+tt.setting && f.Refuse == tt.refuse })
			if i < 0 {
				t.Fatalf("Check = %v, want one for %s (refuse %v)", found, tt.setting, tt.refuse)
			}
			if strings.Contains(found[i].String(), "u:p@") || strings.Contains(found[i].String(), "0123456789abcdef") {
				t.Errorf("the finding shows a secret: %s", found[i])
			}
		})
	}
}
