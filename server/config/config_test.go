package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m["SHANGQUAN_"+pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func TestDefaultsLoadAndAreSafe(t *testing.T) {
	c, err := Load(env())
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.Origin != "http://localhost:8080" || c.Host() != "localhost:8080" || c.Env != Development ||
		c.Store.Reveal() != "file:data/shangquan.db" || c.Search != "memory:" || c.RateFactor != 1 || c.Sample {
		t.Errorf("Load() = %+v", c)
	}
	if c.Site.Name.Hans == "" || c.Site.Sign == "" || c.Site.SignPinyin == "" {
		t.Errorf("site identity = %+v, want the embedded one", c.Site)
	}
	if f := Check(c); len(f) != 0 || f == nil {
		t.Errorf("Check(defaults) = %v, want an empty list", f)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, key, value, want string }{
		{"short master key", "SECRET", "short", "openssl rand"},
		{"short older key", "SECRET", "0123456789abcdef0123456789abcdef old", "openssl rand"},
		{"pictures nowhere", "MEDIA", "ftp://x", "file:FOLDER"},
		{"unknown rules for passwords", "PASSWORDS", "strict", "plain or graded"},
		{"unknown environment", "ENV", "staging", "development or production"},
		{"address without port", "ADDR", "127.0.0.1", "127.0.0.1:8080"},
		{"port too large", "ADDR", "127.0.0.1:70000", "65535"},
		{"host name as address", "ADDR", "example.cn:80", "IP address"},
		{"origin with path", "ORIGIN", "https://a.cn/x", "without a path"},
		{"origin of another scheme", "ORIGIN", "ftp://a.cn", "without a path"},
		{"origin with user", "ORIGIN", "https://u:p@a.cn", "without a path"},
		{"proxy", "TRUSTED_PROXIES", "10.0.0.1,proxy", `"proxy"`},
		{"store", "STORE", "postgres://x", "mongodb"},
		{"store without database", "STORE", "mongodb://host", "names no database"},
		{"store file without path", "STORE", "file:", "file:PATH"},
		{"search", "SEARCH", "bleve:", "memory:"},
		{"search with password", "SEARCH", "http://u:p@h:7700", "memory:"},
		{"key without engine", "MEILI_SEARCH_KEY", "0123456789abcdef", "memory:"},
		{"sample", "SAMPLE", "maybe", "true or false"},
		{"rate factor", "RATE_FACTOR", "-1", "whole number"},
		{"log level", "LOG_LEVEL", "loud", "debug, info"},
		{"clock without zone", "CLOCK", "2026-10-15T19:20:00", "+08:00"},
		{"sign too long", "SIGN", "一二三四五六七", "2 to 6 hanzi"},
		{"sign not hanzi", "SIGN", "Main St", "2 to 6 hanzi"},
		{"area code with its zero", "AREA_CODE", "021", "without its zero"},
		{"control character", "DISTRICT_NAME", "a\x1b[31m", "control character"},
		{"long name", "FOOTER_OPERATOR", strings.Repeat("长", 81), "80 characters"},
		{"metrics on the public address", "METRICS_ADDR", "127.0.0.1:8080", "of their own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(env(tt.key, tt.value))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "SHANGQUAN_") {
				t.Errorf("Load(%s=%q) = %v, want an error naming the setting and %q", tt.key, tt.value, err, tt.want)
			}
		})
	}
}

func TestLoadReportsAllProblemsTogether(t *testing.T) {
	_, err := Load(env("ADDR", "x", "ORIGIN", "y", "SAMPLE", "z"))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("Load = %v, want three lines", err)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
		return p
	}
	uri := "mongodb://u:hunter2@mongo/shangquan?replicaSet=rs0"
	c, err := Load(env("STORE_FILE", write("good", uri+"\n", 0o600)))
	if err != nil || c.Store.Reveal() != uri {
		t.Fatalf("Load(0600) = %v, %v; want the trimmed content", c.Store.Reveal(), err)
	}
	for name, pairs := range map[string][]string{
		"others may read": {"STORE_FILE", write("open", uri, 0o644)},
		"chmod 600":       {"STORE_FILE", write("group", uri, 0o640)},
		"cannot be read":  {"STORE_FILE", filepath.Join(dir, "absent")},
		"empty file":      {"STORE_FILE", write("empty", "\n", 0o600)},
		"both set":        {"STORE_FILE", write("two", uri, 0o600), "STORE", uri},
	} {
		if _, err := Load(env(pairs...)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Load(%v) = %v, want %q", pairs, err, name)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c, err := Load(env("STORE", "mongodb://u:hunter2@h/db", "SEARCH", "http://h:7700", "MEILI_SEARCH_KEY", "hunter2hunter2hunter2"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "store", c.Store, "config", c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %q %x", c, c, c.Store, c.MeiliSearchKey), string(j), log.String()} {
		if strings.Contains(s, "hunter2") || strings.Contains(s, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("secret shown in %s", s)
		}
	}
}

func TestIdentityOfAnotherDistrict(t *testing.T) {
	c, err := Load(env("DISTRICT_NAME", "花山商圈", "SIGN", "花山路"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Site.Name.Hans != "花山商圈" || c.Site.Name.En != "" || c.Site.SignPinyin != "" {
		t.Errorf("identity = %+v; nothing of the embedded district may stay beside another name", c.Site)
	}
	if c.Site.City != "" || c.Site.County != "" || c.Site.Area != "" {
		t.Errorf("the city of the embedded district stayed: %q %q %q", c.Site.City, c.Site.County, c.Site.Area)
	}
	if c, err = Load(env("DISTRICT_NAME", "花山商圈", "SIGN", "花山路", "CITY", "杭州市", "COUNTY", "西湖区", "AREA_CODE", "571")); err != nil || c.Site.Area != "571" || c.Site.City != "杭州市" || c.Site.County != "西湖区" {
		t.Errorf("%+v %v", c.Site, err)
	}
}

func TestFlagNames(t *testing.T) {
	for _, tt := range []struct {
		s         Setting
		flag, env string
	}{
		{Setting{Env: "SHANGQUAN_METRICS_ADDR"}, "metrics-addr", "SHANGQUAN_METRICS_ADDR"},
		{Setting{Env: "SHANGQUAN_STORE", Secret: true}, "store-file", "SHANGQUAN_STORE_FILE"},
	} {
		if tt.s.Flag() != tt.flag || tt.s.FlagEnv() != tt.env {
			t.Errorf("%s: flag %q env %q, want %q %q", tt.s.Env, tt.s.Flag(), tt.s.FlagEnv(), tt.flag, tt.env)
		}
	}
}
