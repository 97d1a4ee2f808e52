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

// saysAny reports whether a body has one of the words in any of the ways it can be written: as text, in JSON, in an address.
func saysAny(body string, words ...string) bool {
	body = strings.ReplaceAll(body, "\r\n ", "") // calendars fold their lines
	return slices.ContainsFunc(words, func(word string) bool {
		lower, upper := "", ""
		for _, r := range word {
			lower += fmt.Sprintf(`\u%04x`, r)
			upper += fmt.Sprintf(`\u%04X`, r)
		}
		return slices.ContainsFunc([]string{word, url.QueryEscape(word), lower, upper}, func(way string) bool { return strings.Contains(body, way) })
	})
}

// named writes o wherever a member can be named or have something said of it: in a body, as the organiser of an activity, in the programme
// of the year, with something it does for residents, a space it shares and a toilet it opens on a street, of which it says what. It returns
// the activity.
func (x *town) named(t *testing.T, o *assembly.Organisation, says, street string) (activity string) {
	t.Helper()
	x.shownBody(t, "renmin-lu", o.ID)
	lian, owner := x.as(t, demo.Liaison), x.as(t, demo.Rival)
	activity = x.planned(t, o.ID).ID
	x.letThrough(t, "/liaison/activities/"+activity)
	year := lian.done("/liaison/programme", url.Values{"form": {"year"}, "year": {"2027"}})
	item := url.Values{"form": {"item"}, "title": {"给老人理发"}, "quarter": {"2"}, "organisation": {o.ID}, "state": {"planned"}}
	for _, form := range []string{"item", "submit"} {
		v := url.Values{}
		if form == "item" {
			v = item
		}
		v.Set("form", form)
		v.Set("rev", revOf(t, lian.page(year), form))
		lian.done(year, v)
	}
	admin, id := x.again(t, demo.Admin), strings.TrimPrefix(year, "/liaison/programme/")
	admin.done("/admin/assembly/programme/"+id, shownIn(t, admin.page("/admin/assembly"), id))
	mine := "/my/assembly/" + o.ID + "/"
	owner.done(mine+"consent", url.Values{"do": {"agree"}})
	owner.done(mine+"benefits/new", benefit(x, says, nil))
	space, _, _ := strings.Cut(owner.done("/my/resources/"+o.ID, url.Values{"form": {"post"}, "side": {"offered"}, "kind": {"hall"}, "title": {says}, "times": {"每天 18:00-21:00"}}), "?")
	owner.done(space, url.Values{"form": {"show"}})
	owner.done(mine+"points", url.Values{"form": {"point"}, "kind": {"toilet"}, "address": {says}, "street": {street}, "note": {says}, "location": {"31.0061, 121.2274"}, "location.datum": {"gcj02"}})
	owner.done(mine+"consent", url.Values{"do": {"revoke"}})
	return activity
}

// ownAddress are routes that nobody but those concerned has an address of: the outbox of development, and the calendar of one member.
var ownAddress = []string{"/outbox", "/meetings/calendar/:token"}

// TestConsentTakenBackIsNowhere names a member in every public place there is, and in none with the next request, however the leave to be
// listed ends. Pages were asked for a moment before, so that caches have them. Every public route of the site map is asked for something
// that it has, in a district with one of everything: a new route that nothing leads to fails here.
func TestConsentTakenBackIsNowhere(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	more := x.everything(t)
	const name, says = "谷阳门甲乙丙", "雨天修伞乙丙丁"
	ctx, lian := t.Context(), x.actor(t, demo.Liaison)
	own, err := x.services.Assembly.Mine(ctx, x.actor(t, demo.Rival))
	if err != nil || len(own) != 1 {
		t.Fatal(own, err)
	}
	o, err := x.services.Assembly.Edit(ctx, lian, own[0].ID, own[0].Rev, assembly.Details{
		Name: lang.Text{Hans: name, Hant: name, En: name}, Kind: assembly.Merchant, MerchantID: own[0].MerchantID, Since: "2026-01-01", Visibility: assembly.Public,
	})
	if err != nil {
		t.Fatal(err)
	}
	streets, err := x.services.Places.Streets(ctx)
	if err != nil {
		t.Fatal(err)
	}
	street := streets[0]
	activity := x.named(t, &o, says, street.ID)
	shop := x.listing(t, x.people[demo.Owner].ListingIDs[1])
	plaza := ""
	if all, err := x.services.Places.Plazas(ctx); err == nil {
		plaza = all[0].Slug
	}
	everywhere := x.publicOutputs(t, map[string]string{"shops": shop.Slug, "plazas": plaza, "bodies": "renmin-lu", "s": shop.Code, "activities": activity, "programme": "2027", "streets": street.Slug}, name[:len("谷阳门")])
	everywhere = append(everywhere, x.publicOutputs(t, nil, says[:len("雨天修伞")])...)
	walk := &hostileWalk{t: t, x: x, more: more, seen: map[string]bool{}, answered: map[string]bool{}, kinds: map[string]string{}, visit: func(path string, _ answer) { everywhere = append(everywhere, path) }}
	walk.as("")
	slices.Sort(everywhere)
	everywhere = slices.DeleteFunc(slices.Compact(everywhere), func(path string) bool { return strings.HasPrefix(path, "/outbox") })
	if len(everywhere) < 500 {
		t.Fatalf("only %d public outputs", len(everywhere))
	}
	visitor := x.as(t, "")
	answered := map[string]bool{}
	found := func(paths []string) []string {
		out := []string{}
		for _, path := range paths {
			a := visitor.get(path)
			if saysAny(a.body, name, says) {
				out = append(out, path)
			}
			bare, _, _ := strings.Cut(path, "?")
			_, own := lang.FromPath(bare)
			if r := walk.route(own); r != nil && a.status < 400 {
				answered[r.Path] = true
			}
		}
		return out
	}
	named := []string{}
	for _, path := range []string{"/bodies/renmin-lu", "/activities/" + activity, "/programme/2027", "/neighbours", "/neighbours.ics", "/spaces", "/spaces.ics", "/points", "/streets/" + street.Slug} {
		for _, l := range lang.Tags {
			named = append(named, ui.Href(l, path))
		}
	}
	named = append(named, "/api/v1/points", "/api/v1/points?kind=toilet")
	everywhere = append(everywhere, named...)
	if got := found(everywhere); len(got) != 0 {
		t.Fatalf("named without consent: %v", got)
	}
	for _, r := range x.Routes() {
		if r.Method == http.MethodGet && r.Needs == access.PublicRead && r.Kind != Static && !answered[r.Path] && !slices.Contains(notWalked, r.Path) && !slices.Contains(ownAddress, r.Path) {
			t.Errorf("%s answered nothing, so that nobody knows whom it names", r.Path)
		}
	}
	owner := x.as(t, demo.Rival)
	press := "/my/assembly/" + o.ID + "/consent"
	if a := x.as(t, demo.Manager).post(press, url.Values{"do": {"agree"}}); a.status != http.StatusNotFound {
		t.Errorf("somebody of another shop decides: %d", a.status)
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
	shown := everywhere // and those only that named it, once it could be named
	for _, way := range []struct {
		what      string
		end, undo func()
		news      bool // the district hears of it, so that a page could name the member that did not before
	}{
		{"taken back by the organisation", func() { owner.done(press, url.Values{"do": {"revoke"}}) }, func() {}, false},
		{"taken back on paper", func() { x.as(t, demo.Liaison).done("/liaison/members/"+o.ID+"/consent", url.Values{"do": {"revoke"}}) }, func() {}, false},
		{
			"shown to members only", change(func(o assembly.Organisation) error {
				d := details
				d.Visibility = assembly.Members
				_, err := x.services.Assembly.Edit(ctx, lian, o.ID, o.Rev, d)
				return err
			}), change(func(o assembly.Organisation) error {
				_, err := x.services.Assembly.Edit(ctx, lian, o.ID, o.Rev, details)
				return err
			}), false,
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
			true,
		},
		{"its merchant closes", func() { // the last way: nobody of its own can undo it
			page := "/my/merchants/" + o.MerchantID + "/hand-over"
			for _, id := range x.people[demo.Rival].ListingIDs {
				owner.done(page, url.Values{"form": {"give_back"}, "do": {"give_back"}, "listing_id": {id}})
			}
			owner.done(page, url.Values{"form": {"close"}, "do": {"close"}, "rev": {revOf(t, owner.page(page), "close")}})
		}, func() {}, true},
	} {
		owner.done(press, url.Values{"do": {"agree"}})
		shown = found(shown) // what is kept of them now is from while the member may be named
		for _, path := range named {
			if !slices.Contains(shown, path) {
				t.Errorf("%s: not named before at %s", way.what, path)
			}
		}
		tags := map[string]string{}
		for _, path := range named {
			tags[path] = visitor.get(path).header.Get("ETag")
		}
		way.end()
		for path, tag := range tags {
			if a := visitor.get(path, "If-None-Match", tag); a.status != http.StatusOK || saysAny(a.body, name, says) {
				t.Errorf("%s: a browser that has %s is told %d", way.what, path, a.status)
			}
		}
		after := shown
		if way.news {
			after = everywhere
		}
		if got := found(after); len(got) != 0 {
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
