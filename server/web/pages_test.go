package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
)

// TestEveryAddress asks for every address of the site map, in each language, theme and size, with real names where there are
// parameters. A template that does not fit its struct shows here as a 500.
func TestEveryAddress(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	first := func(page, family string) string {
		_, body := x.ask(t, "GET", page, "")
		m := regexp.MustCompile(`href="(` + family + `[a-z0-9-]+)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%s links to nothing under %s", page, family)
		}
		return m[1]
	}
	named := strings.NewReplacer("/shops/:slug", first("/", "/shops/"), "/plazas/:slug", first("/plazas", "/plazas/"), "/streets/:slug", first("/streets", "/streets/"))
	for _, r := range x.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		tags := []lang.Tag{lang.Hans}
		if r.Kind == Page || r.Kind == Private {
			tags = lang.Tags
		}
		for _, tag := range tags {
			if resp, _ := x.ask(t, "GET", ui.Href(tag, r.probe()), ""); resp.StatusCode >= 500 {
				t.Errorf("GET %s = %d", ui.Href(tag, r.probe()), resp.StatusCode)
			}
			path := ui.Href(tag, named.Replace(r.Path))
			if strings.ContainsAny(path, ":*+") || r.Framed || r.Kind == API && r.Needs != access.PublicRead { // has a test of its own; takes a key
				continue
			}
			for _, cookie := range []string{"", "theme=dark; size=large"} {
				name := fmt.Sprintf("GET %s (%s)", path, cookie)
				resp, body := x.ask(t, "GET", path, "", "Cookie", cookie)
				checkHeaders(t, name, resp, body)
				if resp.StatusCode/100 != 2 && resp.StatusCode/100 != 3 {
					t.Errorf("%s = %d", name, resp.StatusCode)
					continue
				}
				for _, wrong := range []string{"ZgotmplZ", "<no value>", ` style="`, "<script>"} {
					if strings.Contains(body, wrong) {
						t.Errorf("%s holds %q", name, wrong)
					}
				}
				if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
					continue
				}
				if !strings.Contains(body, `<html lang="`+string(tag)+`"`) {
					t.Errorf("%s is not in %s", name, tag)
				}
				if !strings.HasSuffix(path, "/poster") && strings.Contains(body, `data-theme="dark" data-size="large"`) != (cookie != "") {
					t.Errorf("%s does not follow the preferences", name)
				}
			}
		}
	}
}
