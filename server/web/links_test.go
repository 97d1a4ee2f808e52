package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/listing"
	"shangquan/services/outlink"
)

// deadEnd stands in for every other site: nobody answers.
type deadEnd struct{}

func (deadEnd) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }

// What an administrator writes is a link in the notice at the next request, though the page is in the cache; a coordinator only reads.
func TestHostsOfNotices(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	const link = `href="https://www.example.com/plan"`
	id := x.announced(t, url.Values{"text": {"详见[施工图](https://www.example.com/plan)。"}})
	if page := x.reads(t, "/notices/"+id); strings.Contains(page, link) || !strings.Contains(page, "https://www.example.com/plan") {
		t.Error("an address that is not allowed is a link")
	}
	in := x.as(t, demo.Admin)
	page := in.page("/admin/links")
	if !strings.Contains(page, "gov.cn") || !strings.Contains(page, `name="rev" value="0"`) {
		t.Fatal(complaint(page))
	}
	if a := in.post("/admin/links", url.Values{"rev": {"0"}, "hosts": {"gov.cn\ncom.cn"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "com.cn 不是一个网站") || !strings.Contains(a.body, "gov.cn\ncom.cn") {
		t.Errorf("a whole country: %d", a.status)
	}
	if a := in.post("/admin/links", url.Values{"rev": {"0"}, "hosts": {"gov.cn\nhttps://example.com/x"}}); a.to != "/admin/links?done=saved" {
		t.Fatalf("%d %s", a.status, a.to)
	}
	x.wait(time.Second)
	if page := x.reads(t, "/notices/"+id); !strings.Contains(page, link) {
		t.Error("the host that was allowed is no link")
	}
	if a := in.post("/admin/links", url.Values{"rev": {"0"}, "hosts": {""}}); a.status != http.StatusConflict {
		t.Errorf("written over what was not seen: %d", a.status)
	}
	desk := x.as(t, demo.Coordinator)
	if page := desk.page("/admin/links"); !strings.Contains(page, "example.com") || strings.Contains(page, "<textarea") {
		t.Error("a coordinator does not read the hosts, or may write them")
	}
	if a := desk.post("/admin/links", url.Values{"rev": {"1"}, "hosts": {""}}); a.status != http.StatusNotFound {
		t.Errorf("a coordinator chooses the hosts: %d", a.status)
	}
	for _, path := range []string{"/admin/links", "/desk/links"} {
		if a := x.as(t, demo.Owner).get(path); a.status != http.StatusNotFound {
			t.Errorf("an owner reads %s: %d", path, a.status)
		}
	}
}

// A website that does not answer twice stands on the desk and on its overview, with the shop it is of.
func TestBrokenLinksOnTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	if page := desk.page("/desk/links"); !strings.Contains(page, "还没有看过") {
		t.Error(complaint(page))
	}
	if _, err := x.services.OutLinks.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := desk.page("/desk/links"); !strings.Contains(page, "没有要看的") || strings.Contains(page, "都打得开") {
		t.Error("of no links the desk says that they answer")
	}
	id := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Update(t.Context(), access.System("test"), id, 0, func(l *listing.Listing) error { l.Website = "https://noodles.example.com/"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	x.public(t)
	for n := range 2 {
		if n > 0 {
			x.wait(outlink.AskAgain)
			desk = x.again(t, demo.Coordinator)
		}
		if page := desk.page("/desk/overview"); strings.Contains(page, "noodles.example.com") {
			t.Errorf("told after %d times", n)
		}
		if _, err := x.services.OutLinks.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string][]string{
		"/desk/links": {"https://noodles.example.com/", "打不开", "连不上", "/desk/shops/" + id, l.Name.Hans}, "/desk/overview": {"https://noodles.example.com/", "/desk/links"},
		"/en/desk/links": {"No connection"}, "/zh-hant/desk/links": {"連不上"},
	} {
		page := desk.page(path)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s lacks %s", path, w)
			}
		}
	}
}
