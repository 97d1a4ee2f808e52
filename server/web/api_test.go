package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"shangquan/server/api"
)

// Every answer, good or bad, is what the document promises.
func TestAnswersKeepTheContract(t *testing.T) {
	x := sampled(t)
	c := contractOf(t, x)
	var one struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(x.get(t, "/api/v1/listings?q="+url.QueryEscape("银行"))), &one); err != nil || len(one.Items) == 0 {
		t.Fatalf("no banks: %v", err)
	}
	for _, tc := range []struct {
		name, target string
		status       int
	}{
		{"all shops", "/api/v1/listings", 200},
		{"words", "/api/v1/listings?q=" + url.QueryEscape("银行"), 200},
		{"open, near, by distance", "/api/v1/listings?open=now&near=31.0075,121.2270&sort=near", 200},
		{"nothing found", "/api/v1/listings?q=" + url.QueryEscape("飞机场跑道"), 200},
		{"one shop", "/api/v1/listings/" + one.Items[0].ID, 200},
		{"no such shop", "/api/v1/listings/none", 404},
		{"unknown parameter", "/api/v1/listings?nonsense=1", 422},
		{"unknown category", "/api/v1/listings?cat=nonsense", 422},
		{"page is not for programs", "/api/v1/listings?page=2", 422},
		{"bad position", "/api/v1/listings?near=here", 422},
		{"nearest without a position", "/api/v1/listings?sort=near", 422},
		{"foreign cursor", "/api/v1/listings?cursor=Mi5kZWFk", 422},
		{"cursor that is none", "/api/v1/listings?cursor=%21", 422},
		{"broken query", "/api/v1/listings?q=%zz", 422},
		{"changes", "/api/v1/changes?limit=5", 200},
		{"changes, no limit that can be", "/api/v1/changes?limit=101", 422},
		{"changes, limit in words", "/api/v1/changes?limit=ten", 422},
		{"changes, bad cursor", "/api/v1/changes?since=yesterday", 422},
		{"streets", "/api/v1/streets", 200},
		{"streets take no parameter", "/api/v1/streets?q=1", 422},
		{"plazas", "/api/v1/plazas", 200},
		{"categories", "/api/v1/categories", 200},
		{"points", "/api/v1/points", 200},
		{"points of a kind in a box", "/api/v1/points?kind=bus_stop&bbox=121.21,31.00,121.24,31.02", 200},
		{"points of no kind", "/api/v1/points?kind=castle", 422},
		{"box of three", "/api/v1/points?bbox=1,2,3", 422},
		{"box the wrong way round", "/api/v1/points?bbox=121.24,31.00,121.21,31.02", 422},
		{"a year", "/api/v1/calendar/2026", 200},
		{"a year not announced", "/api/v1/calendar/2027", 200},
		{"no year", "/api/v1/calendar/next", 404},
		{"no such address", "/api/v1/nothing", 404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, body := x.ask(t, http.MethodGet, tc.target, "")
			if resp.StatusCode != tc.status {
				t.Fatalf("status = %d, want %d: %s", resp.StatusCode, tc.status, body)
			}
			if tc.status >= 400 && !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("an error as %s", resp.Header.Get("Content-Type"))
			}
			if tc.target == "/api/v1/nothing" {
				return // not in the document, so nothing is promised
			}
			path, _, _ := strings.Cut(tc.target, "?")
			for _, wrong := range c.broken(http.MethodGet, path, resp.StatusCode, resp.Header, body) {
				t.Error(wrong)
			}
		})
	}
}

// The document and the site map name the same addresses.
func TestDocumentCoversTheRoutes(t *testing.T) {
	x := sampled(t)
	documented := []string{}
	for _, op := range api.Operations() {
		documented = append(documented, op.Path+" "+op.Method)
	}
	served := []string{}
	for _, r := range x.Routes() {
		if r.Kind == API && r.Path != "/api/openapi.json" {
			path := strings.ReplaceAll(strings.ReplaceAll(r.Path, ":id", "{id}"), ":year", "{year}")
			served = append(served, path+" "+r.Method)
		}
	}
	slices.Sort(served)
	if !slices.Equal(served, documented) {
		t.Errorf("served %v\ndocumented %v", served, documented)
	}
}

// Following next visits every shop once, and the changes bring a mirror to the same set.
func TestMirrorSeesEveryShopOnce(t *testing.T) {
	x := sampled(t)
	type answer struct {
		Items []struct {
			ID   string
			Gone bool
		}
		Total int
		Next  string
		More  bool
	}
	read := func(target string) (a answer) {
		if err := json.Unmarshal([]byte(x.get(t, target)), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	seen := map[string]bool{}
	total, next := 0, ""
	for range 100 {
		a := read("/api/v1/listings?sort=name&cursor=" + next)
		for _, l := range a.Items {
			if seen[l.ID] {
				t.Fatalf("%s comes twice", l.ID)
			}
			seen[l.ID] = true
		}
		if total, next = a.Total, a.Next; next == "" {
			break
		}
	}
	if len(seen) != total || total < 300 {
		t.Errorf("%d shops by cursor, %d in total", len(seen), total)
	}
	mirror := map[string]bool{}
	since := ""
	for range 100 {
		a := read("/api/v1/changes?limit=50&since=" + since)
		for _, l := range a.Items {
			if !l.Gone {
				mirror[l.ID] = true
			}
		}
		if since = a.Next; !a.More {
			break
		}
	}
	for id := range seen {
		if !mirror[id] {
			t.Fatalf("the mirror lacks %s", id)
		}
	}
}

func TestAPIAnswersAreNotSentTwice(t *testing.T) {
	x := sampled(t)
	resp, _ := x.ask(t, http.MethodGet, "/api/v1/streets", "")
	tag := resp.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if resp, body := x.ask(t, http.MethodGet, "/api/v1/streets", "", "If-None-Match", tag); resp.StatusCode != 304 || body != "" {
		t.Errorf("status = %d with %d bytes, want 304 without any", resp.StatusCode, len(body))
	}
}
