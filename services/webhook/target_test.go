package webhook

import (
	"strings"
	"testing"

	"shangquan/services/fault"
)

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		"https://hooks.example.com/in?x=1":                   "https://hooks.example.com/in?x=1",
		" https://HOOKS.example.com:443/in ":                 "https://hooks.example.com/in",
		"https://a-b.xn--fiqs8s/":                            "https://a-b.xn--fiqs8s/",
		"":                                                   "",
		"http://hooks.example.com/":                          "",
		"ftp://hooks.example.com/":                           "",
		"https://hooks.example.com:8443/":                    "",
		"https://user:word@example.com/":                     "",
		"https://example.com/#part":                          "",
		"https://localhost/":                                 "",
		"https://db.internal/":                               "",
		"https://printer.local/":                             "",
		"https://a.localhost/":                               "",
		"https://127.0.0.1/":                                 "",
		"https://127.1/":                                     "",
		"https://2130706433/":                                "",
		"https://0x7f000001/":                                "",
		"https://0x7f.1/":                                    "",
		"https://0177.0.0.1/":                                "",
		"https://[::1]/":                                     "",
		"https://[::ffff:127.0.0.1]/":                        "",
		"https://example.com./":                              "",
		"https://exa_mple.com/":                              "",
		"https://店.example.com/":                             "",
		"https:example.com":                                  "",
		"https://example.com/" + strings.Repeat("a", MaxURL): "",
		"javascript:alert(1)":                                "",
	} {
		got, err := checkURL(typed)
		if got != want || (want == "") != fault.Is(err, fault.Invalid) {
			t.Errorf("checkURL(%.60q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}
