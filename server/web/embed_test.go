package web

import (
	"net/http"
	"strings"
	"testing"

	"shangquan/services/demo"
)

func TestEmbed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	b := x.as(t, demo.Owner)
	b.cookies[themeCookie], b.cookies[sizeCookie] = "dark", "large"
	for _, path := range []string{"/embed/shops/" + l.Slug, "/zh-hant/embed/shops/" + l.Slug, "/en/embed/shops/" + l.Slug, "/embed", "/embed?q=银行", "/en/embed?open=now&theme=light"} {
		a := b.get(path)
		if a.status != http.StatusOK {
			t.Fatalf("%s = %d", path, a.status)
		}
		for _, kv := range framedHeaders {
			if a.header.Get(kv[0]) != kv[1] {
				t.Errorf("%s: %s is %q", path, kv[0], a.header.Get(kv[0]))
			}
		}
		if a.header.Get("X-Frame-Options") != "" || len(a.header.Values("Set-Cookie")) > 0 || strings.Contains(a.header.Get("Vary"), "Cookie") {
			t.Errorf("%s: %v", path, a.header)
		}
		for _, never := range []string{"<script", `data-theme="dark"`, "data-size", "<form", "csrf"} {
			if strings.Contains(a.body, never) {
				t.Errorf("%s has %s in it", path, never)
			}
		}
		if strings.Count(a.body, "<a href=\"http") != strings.Count(a.body, `target="_blank" rel="noopener"`) || !strings.Contains(a.body, `target="_blank" rel="noopener"`) {
			t.Errorf("%s: a link that does not open beside it", path)
		}
	}
	if body := b.page("/embed/shops/" + l.Slug + "?theme=dark"); !strings.Contains(body, `data-theme="dark"`) {
		t.Error("the theme of the address is not taken")
	}
	if body := b.page("/embed/shops/" + l.Slug); !strings.Contains(body, l.Address.Line) || !strings.Contains(body, "http://shop.test/shops/"+l.Slug) {
		t.Error("the shop is not there, or its page is not linked to")
	}
	// The answer from the cache has the same headers, and what is no embed stays out of frames.
	for _, path := range []string{"/embed/shops/none", "/shops/" + l.Slug, "/shops/" + l.Slug + "/embed", "/"} {
		if a := b.get(path); a.header.Get("X-Frame-Options") != "DENY" || !strings.Contains(a.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s (%d) may be framed", path, a.status)
		}
	}
	body := b.page("/shops/" + l.Slug + "/embed")
	if !strings.Contains(body, "&lt;iframe src=&#34;http://shop.test/embed/shops/"+l.Slug) {
		t.Errorf("no code to copy: %s", complaint(body))
	}
	if !strings.Contains(b.page("/shops/"+l.Slug), "/shops/"+l.Slug+"/embed") {
		t.Error("the page of a shop does not lead to the code")
	}
}

// A list that was asked for with words nobody knows shows no other shops instead: it says what is wrong, and leads to the site.
func TestEmbedOfNothingKnown(t *testing.T) {
	x := sampled(t)
	for path, says := range map[string]string{
		"/embed?cat=nonsense-cat": "nonsense-cat", "/embed?open=sometimes": "sometimes", "/en/embed?catt=noodles": "catt", "/embed?cat=noodles&at=no-such-street": "no-such-street",
	} {
		body := x.get(t, path)
		if strings.Contains(body, "<h2") || strings.Contains(body, "embed-list") || !strings.Contains(body, says) || !strings.Contains(body, `href="http://shop.test/`) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if body := x.get(t, "/embed?cat=noodles&from=timeline&utm_source=x"); !strings.Contains(body, "embed-list") {
		t.Error("what an app adds to an address is taken for a mistake")
	}
}
