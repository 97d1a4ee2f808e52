package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/insight"
)

// pocket is a browser in a person's hand, with a network of its own.
func pocket(n string) []string {
	return []string{"User-Agent", "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile " + n, "Accept-Language", "zh-CN"}
}

// counts writes what was counted and returns the present week of a shop.
func (x *town) counts(t testing.TB, id string) insight.Week {
	t.Helper()
	if err := x.services.Insight.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := x.shop(t, id)
	weeks, err := x.services.Insight.Weeks(t.Context(), access.System("test"), l.Thing(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return weeks[0]
}

// Whoever looks counts once, whether the page was made for them or came from the cache; programs and repeats do not count.
func TestVisitsAreCounted(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	visitor, id := x.as(t, ""), x.people[demo.Owner].ListingIDs[0]
	l := x.shop(t, id)
	page, way := "/shops/"+l.Slug, "/shops/"+l.Slug+"/go"
	search := "/?q=" + url.QueryEscape(l.Name.Hans)
	for _, n := range []string{"one", "two", "three"} {
		for range 3 { // what comes again is not another
			visitor.get(page, pocket(n)...)
			visitor.get(way, pocket(n)...)
			visitor.get(search, pocket(n)...)
			if a := visitor.send(http.MethodPost, page+"/called", "", nil, pocket(n)...); a.status != http.StatusNoContent {
				t.Fatalf("called = %d", a.status)
			}
		}
	}
	// The network is the same for all, so what tells them apart is the browser; of the same kind there are at most 32.
	for name, header := range map[string][]string{
		"a robot":            {"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Accept-Language", "zh-CN"},
		"no language":        {"User-Agent", "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile"},
		"fetched in advance": append(pocket("four"), "Sec-Purpose", "prefetch;prerender"),
	} {
		if a := visitor.get(page, header...); a.status != http.StatusOK {
			t.Errorf("%s = %d", name, a.status)
		}
	}
	visitor.send(http.MethodHead, page, "", nil, pocket("five")...)
	visitor.get("/", pocket("six")...) // everybody sees the first shops of the home page: that is no search
	w := x.counts(t, id)
	if w.Total.View < 1 || w.Total.View > 3 || w.Total.Go != w.Total.View || w.Total.Call != w.Total.View || w.Total.Found != w.Total.View {
		t.Fatalf("%+v", w.Total)
	}
	if x.cache.hits.Load() < 12 {
		t.Errorf("%d pages came from the cache, so that was not tried", x.cache.hits.Load())
	}
	before := w.Total.View
	x.wait(24 * time.Hour)
	_ = x.services.Insight.Flush(t.Context())
	visitor.get(page, pocket("one")...)
	if w = x.counts(t, id); w.Total.View != before+1 {
		t.Errorf("the next day: %+v", w.Total)
	}
}

func TestCalledNeedsAShop(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	visitor := x.as(t, "")
	if a := visitor.send(http.MethodPost, "/shops/none/called", "", nil, pocket("one")...); a.status != http.StatusNotFound {
		t.Errorf("no shop = %d", a.status)
	}
	x.public(t)
	slug := x.shop(t, x.people[demo.Owner].ListingIDs[0]).Slug
	if a := visitor.send(http.MethodPost, "/shops/"+slug+"/called", "", nil, append(pocket("one"), "Sec-Fetch-Site", "cross-site")...); a.status != http.StatusForbidden {
		t.Errorf("from another site = %d", a.status)
	}
}

// What opened the shop's own website counts like a call: once a day for each visitor, never for programs, and only where there is one.
func TestWebsiteIsCounted(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	x.public(t)
	slug, visitor := x.shop(t, id).Slug, x.as(t, "")
	open := func(want int, header ...string) {
		t.Helper()
		if a := visitor.send(http.MethodPost, "/shops/"+slug+"/visited", "", nil, header...); a.status != want {
			t.Fatalf("%v = %d", header, a.status)
		}
	}
	open(http.StatusNoContent, pocket("one")...)
	if n := x.counts(t, id).Total.Site; n != 0 {
		t.Errorf("%d opened the website of a shop that has none", n)
	}
	if strings.Contains(visitor.get("/shops/"+slug).body, "data-visited") {
		t.Error("a page without a website tells where it is counted")
	}
	owner.saved(id, "contact", url.Values{"website": {"https://noodles.example/"}})
	x.public(t)
	if page := visitor.get("/shops/" + slug).body; !strings.Contains(page, `data-site="https://noodles.example/" data-visited="/shops/`+slug+`/visited"`) || !strings.Contains(page, `href="https://noodles.example/"`) {
		t.Error("the page does not say where the website is counted")
	}
	for range 3 {
		open(http.StatusNoContent, pocket("one")...)
	}
	open(http.StatusNoContent, "User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Accept-Language", "zh-CN")
	open(http.StatusForbidden, append(pocket("two"), "Sec-Fetch-Site", "cross-site")...)
	if n := x.counts(t, id).Total.Site; n != 1 {
		t.Errorf("%d opened the website", n)
	}
	body := owner.page("/my/shops/" + id + "/insights")
	for _, want := range []string{"1 人次打开了店家网址", "那周打开店家网址的最多：1 人次"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The owner reads it in words, with the numbers as a table, and what was searched for once three have.
func TestInsightsPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	mine := "/my/shops/" + id + "/insights"
	if body := owner.page(mine); !strings.Contains(body, "最近八周还没有人看这家店的页面") || strings.Contains(body, "<figure") {
		t.Errorf("with nothing counted: %s", complaint(body))
	}
	for n := range 5 {
		v := x.services.Insight.Visitor(insight.Request{Client: x.actor(t, demo.Owner).Client, Agent: "Mozilla/5.0 telephone", Language: "zh"})
		v += insight.Visitor(n + 1)
		x.services.Insight.Note(insight.View, id, v)
		x.services.Insight.Found("咖啡", []string{id}, v)
	}
	x.services.Insight.Found("谁也没有搜过的", []string{id}, 7)
	if w := x.counts(t, id); w.Total.View != 5 || w.Total.Found < 5 {
		t.Fatalf("%+v", w)
	}
	body := owner.page(mine)
	for _, want := range []string{"最近八周：5 人次看了这家店", "上周 0 人次看了页面，和前一周一样", "咖啡", "5 人次", "<figure", `role="img"`, "<table", "打电话和打开网址，只数得到在网页上点的"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "谁也没有搜过的") {
		t.Error("what one person searched for is there")
	}
	if a := x.as(t, demo.Rival).get(mine); a.status != http.StatusNotFound {
		t.Errorf("a rival = %d", a.status)
	}
	if body := owner.page("/en" + mine); !strings.Contains(body, "In the last eight weeks 5 visits looked at this shop") {
		t.Error(complaint(body))
	}
}

func TestInsightWords(t *testing.T) {
	x := sampled(t)
	p := &speaker{Words: x.catalogue.In("zh-Hans"), now: evening}
	for _, tt := range []struct {
		before, last int
		want         string
	}{{3, 5, "比前一周多 2"}, {5, 3, "比前一周少 2"}, {4, 4, "和前一周一样"}} {
		weeks := make([]insight.Week, insightWeeks)
		weeks[5].Total.View, weeks[6].Total.View = tt.before, tt.last
		if got := strings.Join(insightWords(p, weeks), " "); !strings.Contains(got, tt.want) || p.err != nil {
			t.Errorf("%d and then %d: %s %v", tt.before, tt.last, got, p.err)
		}
	}
}
