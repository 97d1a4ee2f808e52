package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/walk"
)

// streetWith returns a street of the district with shops on its even side, and the stops of that side.
func (x *town) streetWith(t testing.TB) (place.Street, []walk.Stop) {
	t.Helper()
	streets, err := x.services.Streets.Streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range streets {
		stops, err := x.services.Walks.Stops(t.Context(), x.actor(t, demo.Coordinator), st.ID, place.Even)
		if err != nil {
			t.Fatal(err)
		}
		if st.Core && len(stops) > 2 {
			return st, stops
		}
	}
	t.Fatal("no street has shops")
	return place.Street{}, nil
}

// kept is a shop as it is stored.
func (x *town) kept(t testing.TB, id string) listing.Listing {
	t.Helper()
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStreetIsKeptAtTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	st, stops := x.streetWith(t)
	desk, path := x.as(t, demo.Coordinator), "/desk/streets/"+st.Slug
	if body := desk.page("/desk/streets"); !strings.Contains(body, path) {
		t.Errorf("the street is not in the list: %s", complaint(body))
	}
	if body := desk.page(path); !strings.Contains(body, stops[0].Name.Hans) {
		t.Errorf("its shops are missing: %s", complaint(body))
	}
	rev := func() string {
		st, err := x.services.Streets.StreetBySlug(t.Context(), st.Slug)
		if err != nil {
			t.Fatal(err)
		}
		return revision(st.Rev)
	}
	old := rev()
	desk.done(path, url.Values{"form": {"sides"}, "rev": {old}, "odd": {"north"}})
	if body := desk.page(path); !strings.Contains(body, "单号一侧（路北）") || !strings.Contains(body, "双号一侧（路南）") {
		t.Errorf("the sides are not named: %s", complaint(body))
	}
	if a := desk.post(path, url.Values{"form": {"sides"}, "rev": {old}, "odd": {"south"}}); a.status != http.StatusConflict {
		t.Errorf("an older page is written over: %d", a.status)
	}
	if a := desk.post(path, url.Values{"form": {"stretch"}, "rev": {rev()}, "name.hans": {"谷阳路到人民路"}, "even.from": {"3"}, "even.to": {"99"}}); a.status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.body, "这里填双号") || !strings.Contains(a.body, `value="谷阳路到人民路"`) {
		t.Errorf("odd numbers on the even side = %d %s", a.status, complaint(a.body))
	}
	desk.done(path, url.Values{"form": {"stretch"}, "do": {"save"}, "rev": {rev()}, "name.hans": {"谷阳路到人民路"}, "even.from": {"2"}, "even.to": {"98"}})
	if body := desk.page(path + "?stretch=s1"); !strings.Contains(body, "双号 2–98") || !strings.Contains(body, `name="stretch" value="s1"`) {
		t.Errorf("the stretch is missing: %s", complaint(body))
	}
	desk.done(path, url.Values{"form": {"stretch"}, "do": {"remove"}, "rev": {rev()}, "stretch": {"s1"}})

	desk.done(path, url.Values{"form": {"unit"}, "number": {"9998 号"}, "area_m2": {"35.5"}})
	if a := desk.post(path, url.Values{"form": {"unit"}, "number": {"9998"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a number twice = %d", a.status)
	}
	units, err := x.services.Streets.UnitsOn(t.Context(), st.ID)
	if err != nil || len(units) == 0 {
		t.Fatal(units, err)
	}
	u := units[len(units)-1]
	unit := "/desk/units/" + u.ID
	if body := desk.page(unit); !strings.Contains(body, "35.5") || !strings.Contains(body, "空着") {
		t.Errorf("the unit says nothing: %s", complaint(body))
	}
	if a := desk.post(unit, url.Values{"form": {"split"}, "rev": {revision(u.Rev)}, "number": {"9998"}, "number2": {"9998"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("two of one number = %d", a.status)
	}
	desk.done(unit, url.Values{"form": {"split"}, "rev": {revision(u.Rev)}, "number": {"9998"}, "area_m2": {"20"}, "number2": {"9998甲"}, "area_m22": {"15.5"}})
	if body := desk.page(path); !strings.Contains(body, "9998 号甲") {
		t.Errorf("the second part is missing: %s", complaint(body))
	}
	// An administrator looks and changes nothing; others do not learn that the pages are there.
	office := x.as(t, demo.Admin)
	if body := office.page(path); strings.Contains(body, `name="form"`) {
		t.Error("an administrator is offered to change a street")
	}
	if a := office.post(path, url.Values{"form": {"sides"}, "rev": {rev()}}); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
		t.Errorf("an administrator changes a street: %d", a.status)
	}
}

// Without a script each answer is a form, which leads to the next door.
func TestWalkWithoutScript(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	st, stops := x.streetWith(t)
	desk, path := x.as(t, demo.Coordinator), "/desk/walk/"+st.Slug+"/even"
	if body := desk.page("/desk/walk"); !strings.Contains(body, path) {
		t.Fatalf("the side is not offered: %s", complaint(body))
	}
	body := desk.page(path)
	if !strings.Contains(body, stops[0].Name.Hans) || !strings.Contains(body, stops[0].House.Door()) {
		t.Fatalf("the first stop is not the first door: %s", complaint(body))
	}
	l := x.kept(t, stops[0].ListingID)
	same := url.Values{"id": {"form-0001"}, "n": {"1"}, "kind": {"same"}, "listing": {l.ID}, "house": {l.Address.House}, "rev": {revision(l.Rev)}}
	for range 2 { // pressed twice
		if to := desk.done(path, same); to != path+"?at=2&done=done" {
			t.Errorf("leads to %s", to)
		}
	}
	if now := x.kept(t, l.ID); now.Confirmed.By != "survey" || now.Rev != l.Rev+1 {
		t.Errorf("%+v rev %d, was %d", now.Confirmed, now.Rev, l.Rev)
	}
	if body := desk.page(path + "?at=9999"); !strings.Contains(body, "这一侧走完了") {
		t.Errorf("the end is not said: %s", complaint(body))
	}
	// Seen before the page changed: it is compared, and what is chosen is done.
	to := desk.done(path, url.Values{"id": {"form-0002"}, "n": {"1"}, "kind": {"changed"}, "name": {"春申小吃"}, "listing": {l.ID}, "house": {l.Address.House}, "rev": {revision(l.Rev)}})
	if !strings.HasPrefix(to, "/desk/walked/") {
		t.Fatalf("leads to %s", to)
	}
	if now := x.kept(t, l.ID); now.Name.Hans != l.Name.Hans {
		t.Fatal("what changed meanwhile is written over")
	}
	body = desk.page(to)
	if !strings.Contains(body, "春申小吃") || !strings.Contains(body, "门口看到的") {
		t.Errorf("both sides are not shown: %s", complaint(body))
	}
	if body := desk.page("/desk/walked"); !strings.Contains(body, to) {
		t.Errorf("it is not in the list: %s", complaint(body))
	}
	now := x.kept(t, l.ID)
	if a := desk.post(to, url.Values{"rev": {revision(now.Rev)}, "do": {"mine"}, "hours": {"看心情"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `aria-invalid="true"`) {
		t.Errorf("hours nobody can read = %d %s", a.status, complaint(a.body))
	}
	if a := desk.post(to, url.Values{"rev": {revision(now.Rev - 1)}, "do": {"mine"}, "name": {"春申小吃"}}); a.status != http.StatusConflict {
		t.Errorf("chosen over another page = %d", a.status)
	}
	desk.done(to, url.Values{"rev": {revision(now.Rev)}, "do": {"mine"}, "name": {"春申小吃"}})
	if now := x.kept(t, l.ID); now.Name.Hans != "春申小吃" {
		t.Errorf("it is called %s", now.Name.Hans)
	}
	if body := desk.page(to); !strings.Contains(body, "已经定好了") {
		t.Errorf("settled, and still asked: %s", complaint(body))
	}
}

// The script asks for the side and sends what waited, as JSON with the token of the session.
func TestWalkAsJSON(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	st, _ := x.streetWith(t)
	desk := x.as(t, demo.Coordinator)
	var told struct {
		Street, Owner, CSRF string
		Stops               []struct {
			Listing, House, Name string
			Rev                  int64
		}
	}
	body := desk.page("/desk/walk/" + st.Slug + "/even/stops")
	if err := json.Unmarshal([]byte(body), &told); err != nil || told.Street != st.ID || len(told.Stops) < 3 || told.Owner == "" || told.CSRF == "" {
		t.Fatalf("%v %s", err, body)
	}
	for _, secret := range []string{"merchant_id", "proposal", "account", x.people[demo.Coordinator].AccountID} {
		if strings.Contains(body, secret) {
			t.Errorf("a phone would keep %q", secret)
		}
	}
	first, second := told.Stops[0], told.Stops[1]
	batch, err := json.Marshal(map[string]any{"answers": []map[string]any{
		{"id": "json-0001", "owner": told.Owner, "street": st.ID, "house": first.House, "listing": first.Listing, "rev": first.Rev, "kind": "same", "at": x.instant().Format(time.RFC3339), "said": map[string]string{}},
		{"id": "json-0002", "street": st.ID, "house": second.House, "listing": second.Listing, "rev": second.Rev, "kind": "gone", "at": x.instant().Format(time.RFC3339)},
		{"id": "json-0003", "street": st.ID, "kind": "burnt"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if a := desk.send(http.MethodPost, "/desk/walked", "application/json", batch); a.status != http.StatusForbidden {
		t.Errorf("without the token = %d", a.status)
	}
	if a := desk.send(http.MethodPost, "/desk/walked", "application/json", []byte("{"), csrfHeader, told.CSRF); a.status != http.StatusBadRequest {
		t.Errorf("half of it = %d", a.status)
	}
	for range 2 { // the network went away before the answer came
		a := desk.send(http.MethodPost, "/desk/walked", "application/json", batch, csrfHeader, told.CSRF)
		var got struct {
			Results []struct{ ID, State string }
		}
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != http.StatusOK || len(got.Results) != 3 {
			t.Fatalf("%d %v %s", a.status, err, a.body)
		}
		if got.Results[0].State != "done" || got.Results[1].State != "waits" || got.Results[2].State != "wrong" {
			t.Errorf("%+v", got.Results)
		}
	}
	if now := x.kept(t, second.Listing); now.State != listing.Published || now.Proposal == nil {
		t.Errorf("one person closed it: %s", now.State)
	}
	if a := x.as(t, demo.Owner).get("/desk/walk/" + st.Slug + "/even/stops"); a.status != http.StatusNotFound {
		t.Errorf("an owner walks: %d", a.status)
	}
	if body := x.as(t, "").page("/walk"); strings.Contains(body, first.Name) || !strings.Contains(body, `data-module="walk"`) {
		t.Error("the page that stands in has something of a street in it")
	}
}

func (x *town) instant() time.Time { return time.Unix(0, x.clock.Load()) }

// What is done to a shop is in the register of openings and closings by itself; what is missing is typed in.
func TestRegisterOfOpeningsAndClosings(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	_, stops := x.streetWith(t)
	desk := x.as(t, demo.Coordinator)
	if body := desk.page("/desk/register"); !strings.Contains(body, "还没有记录") {
		t.Fatalf("somebody opened or closed before: %s", complaint(body))
	}
	l := x.kept(t, stops[0].ListingID)
	if _, err := x.services.Listings.Close(t.Context(), access.System("test"), l.ID, l.Rev, listing.Closure{Kind: listing.Ceased, On: "2026-10-02"}); err != nil {
		t.Fatal(err)
	}
	body := desk.page("/desk/register")
	if !strings.Contains(body, l.Name.Hans) || !strings.Contains(body, "停业 1 家") || !strings.Contains(body, "<svg") {
		t.Errorf("the closing is missing: %s", complaint(body))
	}
	if body := desk.page("/desk/register?span=quarter"); !strings.Contains(body, "2026 Q4") {
		t.Errorf("no quarters: %s", complaint(body))
	}
	path := "/desk/register/" + l.ID
	rev := func() string { return revision(x.kept(t, l.ID).Rev) }
	if a := desk.post(path, url.Values{"rev": {rev()}, "kind": {"opened"}, "on": {"2030-01-01"}, "note": {"听邻居说的"}}); a.status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.body, "日子还没到") || !strings.Contains(a.body, "听邻居说的") {
		t.Errorf("a day to come = %d %s", a.status, complaint(a.body))
	}
	desk.done(path, url.Values{"rev": {rev()}, "kind": {"opened"}, "on": {"2025-03-01"}, "note": {"=听邻居说的"}})
	desk.done(path, url.Values{"rev": {rev()}, "turn": {"1"}, "kind": {"closed"}, "on": {"2026-10-02"}, "reason": {"rent"}})
	body = desk.page("/desk/register")
	if !strings.Contains(body, "租金") || !strings.Contains(body, "开满 12 个月的 1 家里，1 家还在") {
		t.Errorf("not as it was typed: %s", complaint(body))
	}
	if body := desk.page(path + "?turn=1"); !strings.Contains(body, `value="rent" selected`) {
		t.Errorf("the form forgot: %s", complaint(body))
	}
	csv := desk.get("/desk/register.csv")
	if !strings.HasPrefix(csv.body, "\ufeff") || !strings.Contains(csv.body, "2025-03-01") || strings.Contains(csv.body, ",=") || !strings.Contains(csv.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the table: %s", csv.body)
	}
	if a := desk.post(path, url.Values{"rev": {"1"}, "kind": {"opened"}, "on": {"2025-03-01"}}); a.status != http.StatusConflict {
		t.Errorf("an older page is written over: %d", a.status)
	}
}

// S4: while no car may enter, the street says so, and so does each of its shops.
func TestStreetOfWhoWalks(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	st, stops := x.streetWith(t)
	desk, path := x.as(t, demo.Coordinator), "/desk/streets/"+st.Slug
	sent := url.Values{"form": {"pedestrian"}, "rev": {revision(st.Rev)}, "pedestrian": {"看情况"}}
	if a := desk.post(path, sent); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "时间看不懂") || !strings.Contains(a.body, `value="看情况"`) {
		t.Errorf("words nobody can read: %d %s", a.status, complaint(a.body))
	}
	sent.Set("pedestrian", "每天 10:00-22:00")
	desk.done(path, sent)
	x.public(t)
	street, shop := "/streets/"+st.Slug, "/shops/"+x.listing(t, stops[0].ListingID).Slug
	anybody := x.as(t, "")
	for _, page := range []string{street, shop} {
		has(t, page+" in the evening", anybody.page(page), "现在是步行街，车不能进", "10:00–22:00")
	}
	set := func(text string) {
		t.Helper()
		st, err := x.services.Streets.StreetBySlug(t.Context(), st.Slug)
		if err != nil {
			t.Fatal(err)
		}
		desk.done(path, url.Values{"form": {"pedestrian"}, "rev": {revision(st.Rev)}, "pedestrian": {text}})
		x.public(t)
	}
	set("")
	if strings.Contains(anybody.page(street), "步行街") {
		t.Error("an ordinary street is still one of who walks")
	}
	set("Mo-Su 10:00-22:00")
	x.wait(4 * time.Hour)
	has(t, "the street at night", anybody.page(street), "步行街，到时间车不能进")
	if strings.Contains(anybody.page(shop), "步行街") {
		t.Error("the shop says it at night, too")
	}
}
