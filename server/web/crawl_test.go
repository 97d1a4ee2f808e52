package web

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/lang"
)

var (
	hrefs   = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)
	ids     = regexp.MustCompile(` id="([^"]*)"`)
	heading = regexp.MustCompile(`<h1[ >]`)

	loading  = regexp.MustCompile(`<(?:script|img|source|iframe|object|embed|video|audio|link)\b[^>]*>`)
	fromElse = regexp.MustCompile(`(?:src|srcset|href|data|poster)="(?:[^/"]|//)`)
	linkOnly = regexp.MustCompile(`rel="(?:canonical|alternate|expect)"`)
	ofCode   = regexp.MustCompile(`<script[^>]* src=|rel="stylesheet"`)
	stamped  = regexp.MustCompile(` integrity="sha256-[^"]{44,}"`)

	lastPart = regexp.MustCompile(`[^/?=&]+$`)
)

// crawlAtMost bounds the walk: every page of one language, and the first of each family in the others.
const crawlAtMost = 900

// Every page that a page links to answers, in every language, with one heading, no address that the template refused, no id twice, no
// fragment that leads nowhere, and nothing for the log; what it loads is of this origin, and scripts and styles are the ones it names.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	x := sampled(t)
	seen := map[string]bool{}
	queue := []string{}
	push := func(path string) {
		path, _, _ = strings.Cut(path, "#")
		family := lastPart.ReplaceAllString(path, "…")
		if strings.HasPrefix(path, "/en/") || strings.HasPrefix(path, "/zh-hant/") || strings.Contains(path, "?") || strings.Contains(path, "/poster") || strings.Contains(path, "/go") || strings.Contains(path, "/report") || strings.Contains(path, "/claim") {
			// One of each family is enough where only the words or the filters differ.
			if seen[family] {
				return
			}
			seen[family] = true
		}
		if !seen[path] && len(seen) < crawlAtMost {
			seen[path] = true
			queue = append(queue, path)
		}
	}
	for _, l := range lang.Tags {
		push(ui.Href(l, "/"))
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		resp, body := x.ask(t, "GET", path, "")
		if resp.StatusCode != 200 && resp.StatusCode != 302 {
			t.Errorf("GET %s = %d", path, resp.StatusCode)
			continue
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if n := len(heading.FindAllString(body, -1)); n != 1 {
			t.Errorf("%s has %d h1, want 1", path, n)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: the template refused an address", path)
		}
		for _, tag := range loading.FindAllString(body, -1) {
			if fromElse.MatchString(tag) && !linkOnly.MatchString(tag) {
				t.Errorf("%s loads something from elsewhere: %s", path, tag)
			}
			if ofCode.MatchString(tag) && !stamped.MatchString(tag) {
				t.Errorf("%s takes whatever stands at an address for code: %s", path, tag)
			}
		}
		at := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(body, -1) {
			if at[m[1]] {
				t.Errorf("%s: id %q stands twice", path, m[1])
			}
			at[m[1]] = true
		}
		for _, m := range hrefs.FindAllStringSubmatch(body, -1) {
			link := html.UnescapeString(m[1])
			if fragment, ok := strings.CutPrefix(link, "#"); ok && fragment != "" && !at[fragment] {
				t.Errorf("%s links to #%s, which is not on it", path, fragment)
			}
			if strings.HasPrefix(link, "/") && link != "/preferences" {
				push(link)
			}
		}
	}
	if len(seen) < 400 {
		t.Errorf("the walk saw only %d addresses; the sample district has more", len(seen))
	}
	if out := x.lines.String(); strings.Contains(out, `"level":"ERROR"`) || strings.Contains(out, `"error"`) {
		t.Errorf("the log has errors:\n%s", firstErrors(out))
	}
}

func firstErrors(log string) string {
	out := []string{}
	for _, line := range strings.Split(log, "\n") {
		if strings.Contains(line, `"error"`) && len(out) < 5 {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
