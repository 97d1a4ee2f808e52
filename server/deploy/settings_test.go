package deploy

import (
	"slices"
	"strings"
	"testing"

	"shangquan/server/config"
)

// What compose.yaml sets must be settings of the program, and together safe: the container would otherwise refuse to start.
func TestComposeSettingsAreSafe(t *testing.T) {
	env := map[string]string{
		// What the secret files hold.
		"SHANGQUAN_STORE":            "mongodb://shangquan:0123456789abcdef@mongo:27017/shangquan?replicaSet=rs0&authSource=shangquan",
		"SHANGQUAN_MEILI_SEARCH_KEY": strings.Repeat("s", 64),
		"SHANGQUAN_MEILI_WRITE_KEY":  strings.Repeat("w", 64),
		"SHANGQUAN_SECRET":           strings.Repeat("k", 64),
		"SHANGQUAN_MAIL":             "smtps://u:p@mail.example.cn:465?from=shop@example.cn",
		"SHANGQUAN_SMS":              "sms+https://:s@sms.example.cn/send",
	}
	for name, value := range load(t).Services["server"].Environment {
		base, isFile := strings.CutSuffix(name, "_FILE")
		i := slices.IndexFunc(config.Settings, func(s config.Setting) bool { return s.Env == base })
		if i < 0 {
			t.Errorf("compose.yaml sets %s, which is no setting", name)
			continue
		}
		if isFile {
			if !config.Settings[i].Secret {
				t.Errorf("compose.yaml reads %s from a file, but it is no secret", base)
			}
			continue
		}
		if before, _, found := strings.Cut(value, "${"); found {
			if strings.HasSuffix(value, ":-}") {
				continue // may stay empty
			}
			value = map[bool]string{true: before + "shop.example.cn", false: "203.0.113.0/24"}[strings.Contains(value, "SITE_HOST")]
		}
		env[name] = value
	}
	c, err := config.Load(func(k string) string { return env[k] })
	if err != nil {
		t.Fatalf("the settings of compose.yaml cannot be read: %v", err)
	}
	for _, f := range config.Check(c) {
		if f.Refuse {
			t.Errorf("the settings of compose.yaml are refused: %v", f)
		} else {
			t.Logf("advice: %v", f)
		}
	}
}
