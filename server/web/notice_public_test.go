package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/place"
)

// announced has one coordinator write a notice that goes to the home page and on banners, and another publish it.
func (x *town) announced(t testing.TB, more url.Values) string {
	t.Helper()
	x.public(t)
	desk, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	v := x.outage(t, url.Values{"front": {"home", "banner"}, "open_as_usual": {"open_as_usual"}})
	for name, values := range more {
		v[name] = values
	}
	id := desk.written(v)
	desk.stepped(id, "submit", nil)
	second.stepped(id, "approve", url.Values{"do": {"approve"}})
	second.stepped(id, "publish", nil)
	return id
}

func (x *town) withdrawn(t testing.TB, id, why string) {
	t.Helper()
	n := x.noticeNow(t, id)
	if _, err := x.services.Notices.Withdraw(t.Context(), x.actor(t, demo.Coordinator), id, n.Rev, why); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Second)
}

func (x *town) streetOf(t testing.TB, id string) place.Street {
	t.Helper()
	st, err := x.services.Places.Street(t.Context(), x.listing(t, id).Address.StreetID)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// read asks for a public page, which has to be there.
func (x *town) reads(t testing.TB, path string) string {
	t.Helper()
	resp, body := x.ask(t, "GET", path, "")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %d", path, resp.StatusCode)
	}
	return body
}

// What is told stands where people look: in the list, on its own page, on the home page, on the pages of the shops and streets it is for,
// and is gone from there when it is over or was withdrawn.
func TestNoticeStandsWherePeopleLook(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	st := x.streetOf(t, l.ID)
	const title = "中山中路 10 月 20 日停水"
	where := []string{"/", "/notices", "/notices?kind=works", "/notices?at=" + st.Slug, "/shops/" + l.Slug, "/streets/" + st.Slug}
	for _, path := range where { // so that all are in the cache
		if strings.Contains(x.reads(t, path), title) {
			t.Fatalf("%s knows it before it is public", path)
		}
	}
	id := x.announced(t, nil)
	for _, path := range append(where, "/notices/"+id, "/notices.atom", "/streets/"+st.Slug+"/notices.atom") {
		if !strings.Contains(x.reads(t, path), title) {
			t.Errorf("%s does not say it", path)
		}
	}
	if body := x.reads(t, "/shops/"+l.Slug); !strings.Contains(body, "施工期间照常营业") {
		t.Error("the page of the shop does not say that it is open")
	}
	if body := x.reads(t, "/en/notices/"+id); !strings.Contains(body, `<h1 lang="zh-Hans">`+title) || !strings.Contains(body, "only in 简体中文") {
		t.Errorf("what is not translated is not marked: %s", body)
	}
	for _, path := range []string{"/notices?kind=safety", "/shops/" + x.another(t, l.Address.StreetID)} {
		if strings.Contains(x.reads(t, path), `/notices/`+id) {
			t.Errorf("%s says what is not for it", path)
		}
	}
	body := x.reads(t, "/notices/"+id)
	for _, want := range []string{"<li>存好水</li>", "施工期间照常营业的", l.Name.Hans, `href="/streets/` + st.Slug + `"`, "街道商圈办", `href="tel:`} {
		if !strings.Contains(body, want) {
			t.Errorf("its page lacks %q", want)
		}
	}
	x.withdrawn(t, id, "不停了")
	for _, path := range []string{"/", "/shops/" + l.Slug, "/streets/" + st.Slug} {
		if strings.Contains(x.reads(t, path), title) {
			t.Errorf("%s still says what was withdrawn", path)
		}
	}
	if body := x.reads(t, "/notices/"+id); !strings.Contains(body, "撤回了") || !strings.Contains(body, "不停了") || strings.Contains(body, "存好水") || !strings.Contains(body, "noindex") {
		t.Errorf("the page of what was withdrawn: %s", body)
	}
	if body := x.reads(t, "/notices"); !strings.Contains(body, "已撤回") || !strings.Contains(body, `id="ended"`) {
		t.Error("the list hides what was withdrawn")
	}
}

// What one coordinator alone publishes for everybody is in the list and on its own page; the home page says only what a second person
// approved for it.
func TestOnePersonPutsNothingOnTheHomePage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	alone := x.told(t, url.Values{"title": {"一个人发的公告"}})
	both := x.announced(t, url.Values{"title": {"两个人看过的公告"}})
	if list := x.reads(t, "/notices"); !strings.Contains(list, "/notices/"+alone) || !strings.Contains(list, "/notices/"+both) {
		t.Fatal("the list does not have both")
	}
	home := x.reads(t, "/")
	if strings.Contains(home, "/notices/"+alone) || strings.Contains(home, "一个人发的公告") {
		t.Error("the home page says what nobody but its author has read")
	}
	if !strings.Contains(home, "/notices/"+both) {
		t.Error("the home page does not say what was approved for it")
	}
	if strings.Contains(home, "这几天没有要紧的公告") {
		t.Error("the home page says that there is none")
	}
}

// another is the slug of a public shop on no street of the audience.
func (x *town) another(t testing.TB, street string) string {
	t.Helper()
	all, _, err := x.directory.Listed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Address.StreetID != street {
			return l.Slug
		}
	}
	t.Fatal("all shops are on one street")
	return ""
}

// A notice is coming before the day, running on it and over after its end, without anybody doing something, also where pages are kept.
func TestNoticeComesAndEndsByItself(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.announced(t, url.Values{"expires_at.day": {(calendar.Today(evening) + 5).String()}, "expires_at.at": {"20:00"}})
	group := func() string {
		body := x.reads(t, "/notices")
		at := strings.Index(body, "/notices/"+id)
		all := regexp.MustCompile(`<h2 id="(\w+)"`).FindAllStringSubmatch(body[:max(at, 0)], -1)
		if at < 0 || len(all) == 0 {
			return ""
		}
		return all[len(all)-1][1]
	}
	if g := group(); g != "coming" {
		t.Errorf("before the day it is %q", g)
	}
	x.wait((calendar.Today(evening) + 5).At(9*60).Sub(x.instant()) + time.Minute)
	if g := group(); g != "running" {
		t.Errorf("on the day it is %q", g)
	}
	x.wait(12 * time.Hour)
	if g := group(); g != "ended" {
		t.Errorf("after its end it is %q", g)
	}
	if body := x.reads(t, "/notices/"+id); !strings.Contains(body, "已经结束") || !strings.Contains(body, "存好水") {
		t.Error("what is over is not readable as such")
	}
	if strings.Contains(x.reads(t, "/"), "/notices/"+id) {
		t.Error("the home page says what is over")
	}
}

// What only shops read, drafts and what there is not look alike: not found.
func TestNoticeThatIsNotPublic(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	private := x.told(t, url.Values{"audience": {shopsOnly}})
	draft := x.as(t, demo.Coordinator).written(x.outage(t, nil))
	for _, path := range []string{"/notices/" + private, "/notices/" + draft, "/notices/none", "/notices/" + private + "/calendar.ics", "/notices?kind=rumour", "/notices?at=nowhere", "/streets/nowhere/notices.atom", "/plazas/nowhere/notices.ics"} {
		if resp, _ := x.ask(t, "GET", path, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s = %d", path, resp.StatusCode)
		}
	}
	st := x.streetOf(t, x.people[demo.Owner].ListingIDs[0])
	if resp, _ := x.ask(t, "GET", "/plazas/"+st.Slug+"/notices.atom", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a street is a plaza: %d", resp.StatusCode)
	}
	for _, path := range []string{"/notices", "/notices.atom", "/notices.ics", "/"} {
		if strings.Contains(x.reads(t, path), "日停水") {
			t.Errorf("%s says what only shops read", path)
		}
	}
}

// An emergency stands on every page, also those that were in the cache and those of people who are signed in, until it ends.
func TestEmergencyStandsOnEveryPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	pages := []string{"/", "/?q=银行", "/notices", "/shops/" + l.Slug, "/streets", "/plazas", "/night", "/about", "/en/help", "/sign-in", "/no-such-page"}
	for _, path := range pages {
		x.ask(t, "GET", path, "")
	}
	by := x.actor(t, demo.Coordinator)
	n, err := x.services.Notices.Create(t.Context(), by, notice.Content{
		Kind: notice.Emergency, Level: notice.Red, Title: lang.Text{Hans: "暴雨红色预警"}, Instruction: lang.Text{Hans: "不要出门"}, ExpiresAt: x.instant().Add(6 * time.Hour), Audience: notice.Audience{Everybody: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Notices.PublishEmergency(t.Context(), by, n.ID, n.Rev); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Second)
	shows := func(body string) bool {
		return strings.Contains(body, `class="emergency red"`) && strings.Contains(body, "不要出门") && strings.Contains(body, "/notices/"+n.ID)
	}
	for _, path := range pages {
		if _, body := x.ask(t, "GET", path, ""); !shows(body) {
			t.Errorf("%s does not say it", path)
		}
	}
	if body := x.as(t, demo.Owner).page("/my/notices"); !shows(body) {
		t.Error("the portal does not say it")
	}
	if body := x.reads(t, "/"); strings.Contains(body, `class="notice"`) {
		t.Error("there are two bars")
	}
	x.wait(6*time.Hour + time.Minute)
	for _, path := range pages {
		if _, body := x.ask(t, "GET", path, ""); shows(body) && path != "/notices" {
			t.Errorf("%s still says it", path)
		}
	}
}

// The feeds are what RFC 4287 and RFC 5545 ask for, their ids stay, and an unchanged one is not sent again.
func TestNoticeFeeds(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	kept := x.announced(t, nil)
	gone := x.announced(t, nil)
	st := x.streetOf(t, x.people[demo.Owner].ListingIDs[0])
	events := func(path string) map[string]goical.Event {
		resp, body := x.ask(t, "GET", path, "")
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/calendar") {
			t.Errorf("%s is %s", path, resp.Header.Get("Content-Type"))
		}
		cal, err := goical.NewDecoder(strings.NewReader(body)).Decode()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out := map[string]goical.Event{}
		for _, e := range cal.Events() {
			uid, err := e.Props.Text(goical.PropUID)
			if err != nil {
				t.Error(err)
			}
			out[uid] = e
		}
		return out
	}
	before := events("/notices.ics")["notice-"+gone+"@shop.test"]
	if before.Component == nil || before.Props.Get(goical.PropStatus).Value != "CONFIRMED" {
		t.Fatalf("the calendar lacks it: %v", events("/notices.ics"))
	}
	x.withdrawn(t, gone, "不停了")
	for _, path := range []string{"/notices.ics", "/notices.ics?kind=works", "/streets/" + st.Slug + "/notices.ics", "/en/notices.ics"} {
		all := events(path)
		after := all["notice-"+gone+"@shop.test"]
		if len(all) != 2 || after.Component == nil || after.Props.Get(goical.PropStatus).Value != "CANCELLED" || after.Props.Get(goical.PropSequence).Value <= before.Props.Get(goical.PropSequence).Value {
			t.Errorf("%s: what was withdrawn is not cancelled: %v", path, all)
		}
	}
	if one := events("/notices/" + kept + "/calendar.ics"); len(one) != 1 {
		t.Errorf("the calendar of one has %d", len(one))
	}
	if none := events("/notices.ics?kind=safety"); len(none) != 0 {
		t.Errorf("another kind has %d", len(none))
	}

	for _, path := range []string{"/notices.atom", "/notices.atom?kind=works", "/streets/" + st.Slug + "/notices.atom", "/en/notices.atom"} {
		resp, body := x.ask(t, "GET", path, "")
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/atom+xml") {
			t.Errorf("%s is %s", path, resp.Header.Get("Content-Type"))
		}
		strictAtom(t, path, body, kept, gone)
		if again, _ := x.ask(t, "GET", path, "", "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s is sent again: %d", path, again.StatusCode)
		}
	}
}

// strictAtom checks what RFC 4287 requires of a feed and its entries.
func strictAtom(t *testing.T, path, body string, ids ...string) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	type entry struct {
		ID        []string `xml:"http://www.w3.org/2005/Atom id"`
		Title     []string `xml:"http://www.w3.org/2005/Atom title"`
		Updated   []string `xml:"http://www.w3.org/2005/Atom updated"`
		Published []string `xml:"http://www.w3.org/2005/Atom published"`
		Links     []link   `xml:"http://www.w3.org/2005/Atom link"`
		Content   []string `xml:"http://www.w3.org/2005/Atom content"`
		Summary   []string `xml:"http://www.w3.org/2005/Atom summary"`
	}
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      []string `xml:"http://www.w3.org/2005/Atom id"`
		Title   []string `xml:"http://www.w3.org/2005/Atom title"`
		Updated []string `xml:"http://www.w3.org/2005/Atom updated"`
		Authors []struct {
			Name string `xml:"http://www.w3.org/2005/Atom name"`
		} `xml:"http://www.w3.org/2005/Atom author"`
		Links   []link  `xml:"http://www.w3.org/2005/Atom link"`
		Entries []entry `xml:"http://www.w3.org/2005/Atom entry"`
	}
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	date := func(list []string) bool {
		if len(list) != 1 {
			return false
		}
		_, err := time.Parse(time.RFC3339, list[0])
		return err == nil
	}
	if len(f.ID) != 1 || !strings.HasPrefix(f.ID[0], "tag:shop.test,2026-01-01:") || len(f.Title) != 1 || !date(f.Updated) || len(f.Authors) != 1 || f.Authors[0].Name == "" {
		t.Errorf("%s: the feed is %+v", path, f)
	}
	rels := map[string]string{}
	for _, l := range f.Links {
		rels[l.Rel] = l.Href
	}
	if rels["self"] != "http://shop.test"+path || rels["alternate"] == "" {
		t.Errorf("%s: its links are %v", path, rels)
	}
	seen := map[string]bool{}
	for _, e := range f.Entries {
		if len(e.ID) != 1 || len(e.Title) != 1 || e.Title[0] == "" || !date(e.Updated) || !date(e.Published) || len(e.Links) == 0 || len(e.Content) > 1 || len(e.Summary) > 1 || seen[e.ID[0]] {
			t.Errorf("%s: an entry is %+v", path, e)
		}
		seen[e.ID[0]] = true
	}
	for _, id := range ids {
		if !seen["tag:shop.test,2026-01-01:notice/"+id] {
			t.Errorf("%s lacks %s: %v", path, id, seen)
		}
	}
}

// The stretch a notice is about stands out on the plan of its page: the part it names, or the whole street, but not a street that
// nobody has drawn.
func TestStretchOfANotice(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	owner := x.shopOfOwner(t)
	var street, door string
	listed, _, err := x.directory.Listed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range listed {
		st, err := x.services.Places.Street(t.Context(), l.Address.StreetID)
		if h, _, ok := place.ParseHouse(l.Address.House); err == nil && ok && l.Location != nil && len(st.Lines) > 0 {
			street, door = st.ID, strconv.Itoa(h.Number)
			break
		}
	}
	path := func(more url.Values) string {
		page := x.reads(t, "/notices/"+x.announced(t, more))
		m := regexp.MustCompile(`<path class="m-marked" d="([^"]+)"`).FindStringSubmatch(page)
		if m == nil {
			return ""
		}
		if !strings.Contains(page, "公告说的这一段") {
			t.Error("the legend does not say what stands out")
		}
		return m[1]
	}
	whole := path(url.Values{"audience.streets": {street, ""}})
	part := path(url.Values{"audience.streets": {street, ""}, "audience.from": {door, ""}, "audience.to": {door, ""}})
	if whole == "" || part == "" || whole == part {
		t.Errorf("the whole street is %q, one door %q", whole, part)
	}
	if got := path(url.Values{"audience.streets": {"", ""}, "audience.listings": {owner.Code}, "must_confirm": {""}}); got != "" {
		t.Errorf("a notice for one shop marks %q", got)
	}
}

// Search engines read an announcement.
func TestNoticeJSONLD(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.announced(t, nil)
	told := described(t, "/notices/"+id, x.reads(t, "/notices/"+id))
	if told["BreadcrumbList"] == nil {
		t.Errorf("the way to it is not told: %v", told)
	}
	got := told["SpecialAnnouncement"]
	if got["@type"] != "SpecialAnnouncement" || got["name"] != "中山中路 10 月 20 日停水" || got["inLanguage"] != "zh-Hans" || !strings.Contains(got["text"].(string), "存好水") {
		t.Errorf("%v", got)
	}
	for _, name := range []string{"datePosted", "expires", "dateModified"} {
		if _, err := time.Parse(time.RFC3339, got[name].(string)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
