package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// publicOutputs are the addresses of everything that anybody may read: every route of the site map in every language, with real things
// where an address names one, and every way to search. New routes are among them without being told.
func (x *town) publicOutputs(t *testing.T, real map[string]string, q string) []string {
	t.Helper()
	out := []string{}
	for _, r := range x.Routes() {
		if r.Method != http.MethodGet || r.Needs != access.PublicRead || r.Kind == Static || r.Path == "/outbox" { // the outbox is what was sent, in development
			continue
		}
		path := r.Path
		parts, probe := strings.Split(r.Path, "/"), strings.Split(r.probe(), "/")
		for i, part := range parts {
			if !strings.Contains(part, ":") {
				continue
			}
			parts[i] = probe[i]
			if id := real[parts[i-1]]; id != "" {
				parts[i] = id
			}
		}
		if strings.Contains(path, ":") {
			path = strings.Join(parts, "/")
		}
		tags := []lang.Tag{lang.Hans}
		if r.Kind == Page || r.Kind == Private {
			tags = lang.Tags
		}
		for _, l := range tags {
			out = append(out, ui.Href(l, path))
			for _, param := range r.Query {
				out = append(out, ui.Href(l, path)+"?"+param+"="+url.QueryEscape(q))
			}
		}
	}
	for _, path := range []string{"/api/v1/shops?q=", "/api/v1/suggest?q=", "/?view=map&q="} {
		out = append(out, path+url.QueryEscape(q))
	}
	for _, name := range []string{"shops.csv", "shops.json", "shops.geojson"} {
		out = append(out, "/open-data/"+name)
	}
	return out
}

// says reports whether a body has a name in any of the ways it can be written: as text, in JSON, in an address.
func says(body, name string) bool {
	escaped := ""
	for _, r := range name {
		escaped += fmt.Sprintf(`\u%04x`, r)
	}
	return strings.Contains(body, name) || strings.Contains(body, url.QueryEscape(name)) || strings.Contains(strings.ToLower(body), escaped)
}

// TestConsentTakenBackIsNowhere names a member in every public place there is, and in none with the next request, however the leave to be
// listed ends. Pages were asked for a moment before, so that caches have them.
func TestConsentTakenBackIsNowhere(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	const name = "谷阳门甲乙丙"
	ctx, lian := t.Context(), x.actor(t, demo.Liaison)
	o, err := x.services.Assembly.Add(ctx, lian, assembly.Details{
		Name: lang.Text{Hans: name, Hant: name, En: name}, Kind: assembly.Merchant, MerchantID: x.people[demo.Owner].MerchantID, Since: "2026-01-01", Visibility: assembly.Public,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.shownBody(t, "renmin-lu", o.ID)
	shop := x.listing(t, x.people[demo.Owner].ListingIDs[1])
	plaza := ""
	if all, err := x.services.Places.Plazas(ctx); err == nil {
		plaza = all[0].Slug
	}
	real := map[string]string{"shops": shop.Slug, "plazas": plaza, "bodies": "renmin-lu", "s": shop.Code}
	everywhere := x.publicOutputs(t, real, name[:len("谷阳门")])
	if len(everywhere) < 150 {
		t.Fatalf("only %d public outputs", len(everywhere))
	}
	visitor := x.as(t, "")
	found := func() []string {
		out := []string{}
		for _, path := range everywhere {
			if says(visitor.get(path).body, name) {
				out = append(out, path)
			}
		}
		return out
	}
	named := []string{"/bodies/renmin-lu", "/en/bodies/renmin-lu", "/zh-hant/bodies/renmin-lu"}
	if got := found(); len(got) != 0 {
		t.Fatalf("named without consent: %v", got)
	}
	owner := x.as(t, demo.Owner)
	press := "/my/assembly/" + o.ID + "/consent"
	if a := x.as(t, demo.Manager).post(press, url.Values{"do": {"agree"}}); a.status != http.StatusNotFound {
		t.Errorf("a manager decides: %d", a.status)
	}
	change := func(f func(assembly.Organisation) error) func() {
		return func() {
			t.Helper()
			o, err := x.services.Assembly.Organisation(ctx, lian, o.ID)
			if err == nil {
				err = f(o)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	details := assembly.Details{Name: o.Name, Kind: o.Kind, Since: o.Since, Visibility: assembly.Public}
	for _, way := range []struct {
		what      string
		end, undo func()
	}{
		{"taken back by the organisation", func() { owner.done(press, url.Values{"do": {"revoke"}}) }, func() {}},
		{"taken back on paper", func() { x.as(t, demo.Liaison).done("/liaison/members/"+o.ID+"/consent", url.Values{"do": {"revoke"}}) }, func() {}},
		{
			"shown to members only", change(func(o assembly.Organisation) error {
				d := details
				d.Visibility = assembly.Members
				_, err := x.services.Assembly.Edit(ctx, lian, o.ID, o.Rev, d)
				return err
			}), change(func(o assembly.Organisation) error {
				_, err := x.services.Assembly.Edit(ctx, lian, o.ID, o.Rev, details)
				return err
			}),
		},
		{
			"the seat has ended",
			change(func(o assembly.Organisation) error {
				_, err := x.services.Assembly.Leave(ctx, lian, o.ID, o.Rev, true)
				return err
			}),
			change(func(o assembly.Organisation) error {
				_, err := x.services.Assembly.Leave(ctx, lian, o.ID, o.Rev, false)
				return err
			}),
		},
	} {
		owner.done(press, url.Values{"do": {"agree"}})
		got := found()
		slices.Sort(got)
		if !slices.Equal(got, named) {
			t.Errorf("%s: named before at %v", way.what, got)
		}
		tag := visitor.get(named[0]).header.Get("ETag")
		way.end()
		if a := visitor.get(named[0], "If-None-Match", tag); a.status != http.StatusOK || says(a.body, name) {
			t.Errorf("%s: a browser that has the page is told %d", way.what, a.status)
		}
		if got := found(); len(got) != 0 {
			t.Errorf("%s: named at %v", way.what, got)
		}
		way.undo()
	}
}

// shownBody is a public page of a body with members.
func (x *town) shownBody(t *testing.T, slug string, members ...string) {
	t.Helper()
	ctx, lian := t.Context(), x.actor(t, demo.Liaison)
	b, err := x.services.Assembly.AddBody(ctx, lian, slug, assembly.BodyPage{Name: lang.Text{Hans: "人民路路段"}, Programme: lang.Text{Hans: "每月走一次街。"}, Members: members})
	if err != nil {
		t.Fatal(err)
	}
	if b, err = x.services.Assembly.SubmitBody(ctx, lian, b.ID, b.Rev); err != nil {
		t.Fatal(err)
	}
	if _, err = x.services.Assembly.ApproveBody(ctx, x.actor(t, demo.Admin), b.ID, b.Rev, b.Page.Asked); err != nil {
		t.Fatal(err)
	}
}

// TestPermissionsKeepLiaisonAndCoordinatorApart holds features.md L8 over every route and every action there is: the liaison opens no
// request, report, claim or other page of the desk, and a coordinator no page of the liaison, to read or to write. What both may do is what
// anybody with an account may.
func TestPermissionsKeepLiaisonAndCoordinatorApart(t *testing.T) {
	anybody := func(act access.Action) bool {
		return access.Grant(access.Visitor, act) == access.All || access.Grant(access.Signed, act) == access.All
	}
	for _, act := range access.Actions() {
		if !anybody(act) && access.Grant(access.Liaison, act) != access.None && access.Grant(access.Coordinator, act) != access.None {
			t.Errorf("%s is granted to the liaison and to coordinators", act)
		}
	}
	desk, station, asked := 0, 0, map[string]int{}
	for _, r := range newTrial(t, nil).Routes() {
		under := func(area string) bool { return r.Path == area || strings.HasPrefix(r.Path, area+"/") }
		switch {
		case under("/desk"):
			desk++
			if anybody(r.Needs) || access.Grant(access.Liaison, r.Needs) != access.None {
				t.Errorf("%s %s opens to the liaison by %s", r.Method, r.Path, r.Needs)
			}
		case under("/liaison"):
			station++
			if anybody(r.Needs) || access.Grant(access.Coordinator, r.Needs) != access.None {
				t.Errorf("%s %s opens to coordinators by %s", r.Method, r.Path, r.Needs)
			}
		}
		for _, what := range []string{"report.", "claim.decide", "claim.answer", "review.", "register.", "merchant.decide", "merchant.grant"} {
			if strings.HasPrefix(string(r.Needs), what) {
				asked[what]++
				if !anybody(r.Needs) && access.Grant(access.Liaison, r.Needs) != access.None {
					t.Errorf("%s %s needs %s, which the liaison has", r.Method, r.Path, r.Needs)
				}
			}
		}
	}
	if desk < 30 || station < 20 || asked["report."] == 0 || asked["claim.decide"] == 0 || asked["review."] == 0 {
		t.Errorf("too little was asked: %d pages of the desk, %d of the liaison, %v", desk, station, asked)
	}
}
