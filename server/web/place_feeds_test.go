package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
)

// What happens to shops of a street stands in its feed at once, valid in every language, and says nothing that is not on their pages.
func TestChangesOfAStreet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	st := x.streetOf(t, l.ID)
	path := "/streets/" + st.Slug + "/changes.atom"
	page := x.reads(t, "/streets/"+st.Slug)
	for _, want := range []string{`type="application/atom+xml" title="` + st.Name.Hans + `的店有什么变动" href="` + path + `"`, `href="/offers.ics?at=` + st.Slug + `"`, `href="/streets/` + st.Slug + `/notices.atom"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the street's page lacks %s", want)
		}
	}
	strictAtom(t, path, x.reads(t, path))
	if body := x.reads(t, path); strings.Contains(body, "<entry>") {
		t.Error("what was imported is news")
	}
	by := access.System("test")
	if _, err := x.services.Listings.Update(t.Context(), by, l.ID, 0, func(l *listing.Listing) error {
		l.Hours.Week[2] = nil
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Minute)
	if _, err := x.services.Listings.Close(t.Context(), by, l.ID, 0, listing.Closure{Kind: listing.Moved}); err != nil {
		t.Fatal(err)
	}
	x.public(t)
	for path, want := range map[string][]string{
		path:              {l.Name.Hans + "搬走了", l.Name.Hans + "改了营业时间", "/shops/" + l.Slug, l.Address.Line},
		"/en" + path:      {"moved away", "changed its opening hours", "/en/shops/" + l.Slug},
		"/zh-hant" + path: {"改了營業時間"},
	} {
		body := x.reads(t, path)
		strictAtom(t, path, body)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %s:\n%s", path, w, body)
			}
		}
		if moved, changed := strings.Index(body, "/closed/"), strings.Index(body, "/hours/"); moved < 0 || changed < moved {
			t.Errorf("%s: the newest is not first", path)
		}
	}
	for _, path := range []string{"/streets/none/changes.atom", "/plazas/" + st.Slug + "/changes.atom"} {
		if resp, _ := x.ask(t, http.MethodGet, path, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s = %d", path, resp.StatusCode)
		}
	}
}

// Offers and events of a street, and of a category, are a calendar; what ended by being withdrawn is in it no more.
func TestCalendarOfAStreet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	st := x.streetOf(t, l.ID)
	owner := x.actor(t, demo.Owner)
	made := []post.Post{}
	for _, kind := range []post.Kind{post.Event, post.News} {
		p := post.Post{ListingID: l.ID, Kind: kind, Title: lang.Text{Hans: "写春联" + string(kind)}, From: "2026-10-16", Until: "2026-10-20"}
		if err := x.services.Posts.Create(t.Context(), owner, &p); err != nil {
			t.Fatal(err)
		}
		p, err := x.services.Posts.Publish(t.Context(), owner, p.ID, p.Rev)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, p)
	}
	x.public(t)
	for path, want := range map[string]int{"/offers.ics": 1, "/offers.ics?at=" + st.Slug: 1, "/offers.ics?cat=" + l.CategoryID: 1, "/en/offers.ics?at=" + st.Slug: 1, "/offers.ics?at=" + x.otherStreet(t, st.Slug): 0} {
		resp, body := x.ask(t, http.MethodGet, path, "")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if n := strings.Count(body, "BEGIN:VEVENT"); n != want || strings.Contains(body, "写春联news") {
			t.Errorf("%s has %d events, want %d", path, n, want)
		}
		if want == 0 {
			continue
		}
		cal, err := goical.NewDecoder(strings.NewReader(body)).Decode()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if uid := cal.Events()[0].Props.Get("UID").Value; !strings.HasPrefix(uid, made[0].ID+"@") {
			t.Errorf("%s: the id is %s", path, uid)
		}
	}
	if resp, _ := x.ask(t, http.MethodGet, "/offers.ics?at=nowhere", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a street that is not there: %d", resp.StatusCode)
	}
	if page := x.reads(t, "/offers?cat="+l.CategoryID); !strings.Contains(page, `href="/offers.ics?cat=`+l.CategoryID+`"`) {
		t.Error("the page of a category does not link its calendar")
	}
	if _, err := x.services.Posts.Withdraw(t.Context(), owner, made[0].ID, made[0].Rev); err != nil {
		t.Fatal(err)
	}
	x.public(t)
	if body := x.reads(t, "/offers.ics?at="+st.Slug); strings.Contains(body, "BEGIN:VEVENT") {
		t.Error("what was withdrawn is still announced")
	}
}

// otherStreet is the slug of a street that is not this one.
func (x *town) otherStreet(t testing.TB, slug string) string {
	t.Helper()
	list, err := x.services.Places.Streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if list[i].Slug != slug {
			return list[i].Slug
		}
	}
	t.Fatal("there is one street")
	return ""
}
