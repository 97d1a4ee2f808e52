package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// The merchants of others are as good as absent, on every address.
func TestForeignMerchantsAreNowhere(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	foreign := x.people[demo.Owner].MerchantID
	rival := x.as(t, demo.Rival)
	for _, r := range x.merchantRoutes() {
		for _, id := range []string{foreign, "none"} {
			path := strings.NewReplacer(":id", id, ":account", x.people[demo.Staff].AccountID, ":paper", "none").Replace(r.Path)
			a := rival.get(path)
			if r.Method == http.MethodPost {
				a = rival.post(path, url.Values{"rev": {"1"}})
			}
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s = %d", r.Method, path, a.status)
			}
		}
	}
}
