package outlink_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/notice"
	"shangquan/services/outlink"
	"shangquan/services/policy"
	"shangquan/services/post"
)

// answers stands in for the sites: a status by method, or an error.
type answers struct {
	head, get int
	err       error
	location  string
}

type web struct {
	mu    sync.Mutex
	sites map[string]answers
	asked []string
	after func() // each question, when it is there
}

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.Method+" "+r.URL.String())
	if w.after != nil {
		w.after()
	}
	a := w.sites[r.URL.Hostname()]
	if a.err != nil {
		return nil, a.err
	}
	status := a.head
	if r.Method == http.MethodGet && a.get > 0 {
		status = a.get
	}
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	if a.location != "" {
		resp.Header.Set("Location", a.location)
	}
	return resp, nil
}

type checker struct {
	*outlink.Checker
	web   *web
	at    time.Time
	shops []*listing.Listing
	cards []policy.Card
	posts []post.Post
}

func open(t *testing.T, sites map[string]answers) *checker {
	t.Helper()
	c := &checker{web: &web{sites: sites}, at: clock()}
	now := func() time.Time { return c.at }
	db, log, keys := audittest.Open(t, now)
	hosts := outlink.New(outlink.Deps{DB: db, Log: log, Setting: notice.DefaultHosts})
	listed := func(context.Context) ([]*listing.Listing, string, error) { return c.shops, "1", nil }
	notices := notice.New(notice.Deps{DB: db, Log: log, Keys: keys, Listed: listed, Hosts: hosts.Allowed, Now: now})
	c.Checker = outlink.NewChecker(outlink.CheckerDeps{
		DB: db, Board: notices.Board, Listed: listed, Allowed: hosts.Allowed, Origin: "https://shop.test", Now: now,
		Policies: func(context.Context) ([]policy.Card, error) { return c.cards, nil },
		Posts:    func(context.Context, time.Time) ([]post.Post, error) { return c.posts, nil },
		HTTP:     &http.Client{Transport: c.web, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	})
	return c
}

func (c *checker) shop(id, website string) {
	l := &listing.Listing{Website: website, Name: listing.Name{Text: lang.Text{Hans: "店 " + id}}}
	l.ID = id
	c.shops = append(c.shops, l)
}

// check runs the job and returns the report by address.
func (c *checker) check(t *testing.T, asked int) map[string]outlink.Link {
	t.Helper()
	n, err := c.Check(t.Context())
	if err != nil || n != asked {
		t.Fatalf("asked %d (%v), want %d: %v", n, err, asked, c.web.asked)
	}
	r, err := c.Report(t.Context(), clerk)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]outlink.Link{}
	for _, l := range r.Links {
		out[l.URL] = l
	}
	return out
}

func TestHowLinksAnswer(t *testing.T) {
	dns := &net.DNSError{Err: "no such host", IsNotFound: true}
	for name, c := range map[string]struct {
		a     answers
		state outlink.State
		cause string
	}{
		"there":                    {answers{head: 200}, outlink.Fine, ""},
		"gone":                     {answers{head: 410}, outlink.Broken, ""},
		"not found":                {answers{head: 404}, outlink.Broken, ""},
		"not by its head":          {answers{head: 404, get: 200}, outlink.Fine, ""},
		"an error":                 {answers{head: 500, get: 502}, outlink.Broken, ""},
		"wants a name":             {answers{head: 401}, outlink.Fine, ""},
		"keeps programs out":       {answers{head: 403}, outlink.Fine, ""},
		"within the site":          {answers{head: 301, location: "/new"}, outlink.Fine, ""},
		"to its other name":        {answers{head: 301, location: "https://www.a.example.com/"}, outlink.Fine, ""},
		"to another site":          {answers{head: 302, location: "https://gambling.example.net/x"}, outlink.Moved, ""},
		"nowhere":                  {answers{head: 302}, outlink.Fine, ""},
		"no such name":             {answers{err: dns}, outlink.Broken, "name"},
		"refused":                  {answers{err: errors.New("connection refused")}, outlink.Broken, "network"},
		"too long":                 {answers{err: context.DeadlineExceeded}, outlink.Broken, "timeout"},
		"a certificate of another": {answers{err: errors.New("tls: bad certificate")}, outlink.Broken, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t, map[string]answers{"a.example.com": c.a})
			x.shop("1", "https://a.example.com/x")
			l := x.check(t, 1)["https://a.example.com/x"]
			if l.State != c.state || l.Cause != c.cause {
				t.Errorf("%+v, want %s %s", l, c.state, c.cause)
			}
		})
	}
}

// One host that does not answer keeps no other from being asked: it is left alone after two times, and no host has more than twenty links a run.
func TestOneHostDoesNotStopTheOthers(t *testing.T) {
	x := open(t, map[string]answers{"slow.example.com": {err: context.DeadlineExceeded}, "big.example.com": {head: 200}, "a.example.com": {head: 200}})
	for i := range 200 {
		x.shop("s"+strconv.Itoa(i), "https://slow.example.com/"+strconv.Itoa(i))
		x.shop("b"+strconv.Itoa(i), "https://big.example.com/"+strconv.Itoa(i))
	}
	x.shop("a", "https://a.example.com/")
	all := x.check(t, 2+20+1)
	if all["https://a.example.com/"].State != outlink.Fine {
		t.Error("the last host was not asked")
	}
	broken := 0
	for _, l := range all {
		if l.State == outlink.Broken {
			broken++
		}
	}
	if broken != 2 {
		t.Errorf("%d links are broken, though only 2 were asked", broken)
	}
	x.check(t, 2+20) // the others of both, at the next run
}

// What was answered before the time was over is kept.
func TestWhatWasAnsweredInTimeIsKept(t *testing.T) {
	x := open(t, map[string]answers{"a.example.com": {head: 200}})
	x.shop("1", "https://a.example.com/1")
	x.shop("2", "https://a.example.com/2")
	ctx, stop := context.WithCancel(t.Context())
	x.web.after = func() {
		if len(x.web.asked) == 2 {
			stop()
		}
	}
	if n, err := x.Check(ctx); n != 1 || err == nil {
		t.Errorf("stopped after the first: %d %v", n, err)
	}
	x.web.after = nil
	x.check(t, 1) // the first is not asked again
}

// A link is asked once a week, one that did not answer the next day; somebody hears of it after the second time, and no more once it is
// mended or gone from the pages.
func TestLinksOverTime(t *testing.T) {
	x := open(t, map[string]answers{"good.example.com": {head: 200}, "bad.example.com": {head: 404}})
	x.shop("1", "https://good.example.com/")
	x.shop("2", "https://bad.example.com/")
	x.shop("3", "https://bad.example.com/#part") // the same page
	x.shop("4", "http://127.0.0.1/admin")
	x.shop("5", "")
	all := x.check(t, 3)
	if l := all["https://bad.example.com/"]; l.Trouble() || l.Fails != 1 || len(l.On) != 2 {
		t.Errorf("after the first time: %+v", l)
	}
	if l := all["http://127.0.0.1/admin"]; l.Cause != "name" {
		t.Errorf("an address of the own network was asked: %+v", l)
	}
	for _, a := range x.web.asked {
		if strings.Contains(a, "127.0.0.1") {
			t.Error(a)
		}
	}
	x.at = x.at.Add(time.Hour)
	x.check(t, 0)
	since := all["https://bad.example.com/"].Since
	x.at = x.at.Add(outlink.AskAgain)
	all = x.check(t, 2)
	if l := all["https://bad.example.com/"]; !l.Trouble() || l.Fails != 2 || !l.Since.Equal(since) {
		t.Errorf("after the second time: %+v", l)
	}
	r, err := x.Report(t.Context(), clerk)
	if err != nil || !r.Links[0].Trouble() || r.Links[len(r.Links)-1].Trouble() {
		t.Errorf("what needs somebody is not first: %+v %v", r.Links, err)
	}
	x.web.sites["bad.example.com"] = answers{head: 200}
	x.at = x.at.Add(outlink.AskAgain)
	if l := x.check(t, 2)["https://bad.example.com/"]; l.Trouble() || l.State != outlink.Fine {
		t.Errorf("mended: %+v", l)
	}
	x.shops = x.shops[:1]
	x.at = x.at.Add(outlink.AskEvery)
	if all := x.check(t, 1); len(all) != 1 {
		t.Errorf("what stands on no page is still there: %v", all)
	}
	if _, err := x.Report(t.Context(), access.Actor{AccountID: "o"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("read by a stranger: %v", err)
	}
}

// The official pages of policies are looked after, too, as long as they are links.
func TestLinksOfPolicies(t *testing.T) {
	c := open(t, map[string]answers{"www.songjiang.gov.cn": {}})
	for id, link := range map[string]string{"a": "https://www.songjiang.gov.cn/a", "b": "https://elsewhere.example/b"} {
		x := policy.Card{Title: lang.Text{Hans: "政策 " + id}, Link: link}
		x.ID = id
		c.cards = append(c.cards, x)
	}
	got := c.check(t, 1)
	if l := got["https://www.songjiang.gov.cn/a"]; len(l.On) != 1 || l.On[0].Kind != policy.Name || l.On[0].ID != "a" || l.On[0].Name.Hans != "政策 a" {
		t.Errorf("%+v", got)
	}
}

// The link under which one registers for an event of a street or plaza is asked, as everybody reads it; that of a draft is nobody's yet.
func TestLinksOfEvents(t *testing.T) {
	c := open(t, map[string]answers{"register.example.com": {head: 404}, "draft.example.com": {}})
	public := post.Details{Title: lang.Text{Hans: "灯会"}, Link: "https://register.example.com/lanterns"}
	held := post.Held{Page: assembly.Gate[post.Details]{Draft: post.Details{Link: "https://draft.example.com/"}, Public: &public}}
	for id, h := range map[string]*post.Held{"public": &held, "draft": {Page: assembly.Gate[post.Details]{Draft: held.Page.Draft}}, "of a shop": nil} {
		x := post.Post{Title: public.Title, Held: h}
		x.ID = id
		c.posts = append(c.posts, x)
	}
	got := c.check(t, 1)
	if l := got[public.Link]; len(l.On) != 1 || l.On[0].Kind != "event" || l.On[0].ID != "public" || l.On[0].Name.Hans != "灯会" || l.State != outlink.Broken {
		t.Errorf("%+v", got)
	}
}
