package secret

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	a, b := Random(), Random()
	old, now := ring(t, a), ring(t, b, a)
	token := old.Token("link", "shop1", "2s", "mq")
	for _, r := range []*Ring{old, now} {
		if got, ok := r.Parts("link", token, 3); !ok || !slices.Equal(got, []string{"shop1", "2s", "mq"}) {
			t.Errorf("read as %q, %v", got, ok)
		}
	}
	head, tail, _ := strings.Cut(token, ".")
	other, _, _ := strings.Cut(old.Token("link", "shop2", "2s", "mq"), ".")
	for name, tt := range map[string]struct {
		purpose, token string
		n              int
	}{
		"of another purpose":   {"other", token, 3},
		"with another claim":   {"link", other + "." + tail, 3},
		"with another mac":     {"link", head + "." + base64.RawURLEncoding.EncodeToString([]byte("none")), 3},
		"of other parts":       {"link", token, 4},
		"without a mac":        {"link", head, 3},
		"of other letters":     {"link", "!" + token, 3},
		"of nothing":           {"link", "", 0},
		"longer than any":      {"link", old.Token("link", strings.Repeat("x", tokenMost)), 1},
		"of nobody's key":      {"link", ring(t, Random()).Token("link", "shop1", "2s", "mq"), 3},
		"of the key that left": {"link", ring(t, b).Token("link", "shop1", "2s", "mq"), 3},
	} {
		reader := now
		if name == "of the key that left" {
			reader = old
		}
		if got, ok := reader.Parts(tt.purpose, tt.token, tt.n); ok {
			t.Errorf("a token %s is read as %q", name, got)
		}
	}
}
