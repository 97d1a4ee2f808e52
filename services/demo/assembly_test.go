package demo

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/neighbour"
	"shangquan/services/place"
	"shangquan/services/policy"
	"shangquan/services/post"
	"shangquan/services/programme"
	"shangquan/services/resource"
	"shangquan/services/secret"
	"shangquan/services/station"
	"shangquan/services/store"
)

// TestTheJointMeetingAtWork reads what a visitor of the demonstration finds.
func TestTheJointMeetingAtWork(t *testing.T) {
	ctx := t.Context()
	today := time.Date(2026, 10, 15, 19, 12, 0, 0, calendar.Shanghai)
	now := func() time.Time { return today }
	db, err := store.Open(ctx, "file:"+filepath.Join(t.TempDir(), "d.db"), store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	trail := audit.New(db, keys, now)
	people := []Person{{Key: Liaison, AccountID: "l"}, {Key: Admin, AccountID: "a"}, {Key: Owner, AccountID: "o", MerchantID: "m1"}, {Key: Rival, AccountID: "r", MerchantID: "m2"}}
	if err := JointMeeting(ctx, Deps{DB: db, Keys: keys, Log: trail, Now: now}, people); err != nil {
		t.Fatal(err)
	}
	s := assembly.New(assembly.Deps{DB: db, Log: trail, Keys: keys, Now: now})
	by := access.System("test")
	for state, want := range map[assembly.State]int{assembly.Published: 1, assembly.Called: 1} {
		page, err := s.Meetings(ctx, by, []assembly.State{state}, "", 10)
		if err != nil || len(page.Items) != want {
			t.Errorf("%d meetings are %s, want %d: %v", len(page.Items), state, want, err)
		}
		for _, m := range page.Items {
			if state == assembly.Called && len(m.OnAgenda()) != 3 {
				t.Errorf("on the next agenda: %v", m.OnAgenda())
			}
		}
	}
	items, err := s.Actions(ctx, by, assembly.Todo, "", 10)
	if err != nil || len(items.Items) != 2 || !items.Items[0].Overdue("2026-10-15") || items.Items[1].Overdue("2026-10-15") {
		t.Errorf("action items %v %v", items.Items, err)
	}
	body, err := s.PublicBody(ctx, "demo")
	if err != nil || len(body.Listed) != 2 {
		t.Errorf("the public reads %v %v", body.Listed, err)
	}
	pub, _, err := s.PublicMeetings(ctx, "", 10)
	if err != nil || len(pub) != 1 {
		t.Fatalf("summaries %v %v", pub, err)
	}
	members, err := s.Organisations(ctx, by, false)
	if err != nil {
		t.Fatal(err)
	}
	signed := 0
	for _, o := range members {
		if !strings.HasPrefix(o.Name.Hans, "演示") {
			t.Errorf("%s is not marked", o.Name.Hans)
		}
		signed += len(o.Signed)
	}
	if len(members) != 4 || signed != 1 {
		t.Errorf("%d members, %d signatures", len(members), signed)
	}
	if !strings.HasPrefix(body.Name.Hans, "演示") || !strings.HasPrefix(pub[0].Title.Hans, "演示") {
		t.Error("public pages are not marked")
	}
}

// TestTogether reads what organisations, residents and shops do with each other in the demonstration.
func TestTogether(t *testing.T) {
	ctx := t.Context()
	today := time.Date(2026, 10, 15, 19, 12, 0, 0, calendar.Shanghai)
	now := func() time.Time { return today }
	db, trail, keys := audittest.Open(t, now)
	people := []Person{{Key: Liaison, AccountID: "l", Name: "演示联络员"}, {Key: Admin, AccountID: "a"}, {Key: Coordinator, AccountID: "c"}, {Key: Owner, AccountID: "o", MerchantID: "m1"}, {Key: Rival, AccountID: "r", MerchantID: "m2"}}
	d := Deps{DB: db, Keys: keys, Log: trail, Now: now}
	if err := errors.Join(JointMeeting(ctx, d, people), Together(ctx, d, people)); err != nil {
		t.Fatal(err)
	}
	seats := assembly.New(assembly.Deps{DB: db, Log: trail, Keys: keys, Now: now})
	list, _, err := activity.New(activity.Deps{DB: db, Log: trail, Seats: seats, Now: now}).PublicList(ctx, false, "", 10)
	if err != nil || len(list) != 1 || list[0].TakenSum() != 6 {
		t.Errorf("activities ahead: %v %v", list, err)
	}
	year, err := programme.New(programme.Deps{DB: db, Log: trail, Seats: seats, Now: now}).Public(ctx, 2026)
	if err != nil || year.Counts()[programme.Done] != 1 {
		t.Errorf("the programme: %v %v", year.Plan, err)
	}
	posts := post.New(db, trail, nil, nil, now)
	posts.Members = seats
	benefits, err := posts.Benefits(ctx, today)
	if err != nil || len(benefits) != 1 || !strings.HasPrefix(benefits[0].Title.Hans, "演示") || !strings.HasPrefix(benefits[0].Organisation.Hans, "演示") {
		t.Errorf("for residents: %v %v", benefits, err)
	}
	cards, err := policy.New(policy.Deps{DB: db, Log: trail, Now: now}).Public(ctx)
	if err != nil || len(cards) != 1 || !strings.HasPrefix(cards[0].Title.Hans, "演示") {
		t.Errorf("policies: %v %v", cards, err)
	}
	owner := access.Actor{AccountID: "o", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	cases, err := neighbour.New(neighbour.Deps{DB: db, Log: trail, Keys: keys, Now: now}).Mine(ctx, owner, 10)
	if err != nil || len(cases) != 2 {
		t.Fatalf("cases of the owner: %v %v", cases, err)
	}
	held := 0
	for _, x := range cases {
		if !strings.HasPrefix(x.Matter, "演示") {
			t.Errorf("%s is not marked", x.Matter)
		}
		if x.State == neighbour.Once && len(x.Measures) == 1 && x.Measures[0].DoneOn != "" && len(x.Checks) == 1 && x.Checks[0].Holds && !x.Overdue("2026-10-15") {
			held++
		}
	}
	if held != 1 {
		t.Errorf("%d cases whose measures hold: %+v", held, cases)
	}
}

// TestStations reads what the station has and what organisations have for each other in the demonstration.
func TestStations(t *testing.T) {
	ctx := t.Context()
	today := time.Date(2026, 10, 15, 19, 12, 0, 0, calendar.Shanghai)
	now := func() time.Time { return today }
	db, trail, keys := audittest.Open(t, now)
	people := []Person{{Key: Liaison, AccountID: "l"}, {Key: Admin, AccountID: "a"}, {Key: Owner, AccountID: "o", MerchantID: "m1"}, {Key: Rival, AccountID: "r", MerchantID: "m2"}}
	d := Deps{DB: db, Keys: keys, Log: trail, Now: now}
	if err := errors.Join(JointMeeting(ctx, d, people), Stations(ctx, d, people)); err != nil {
		t.Fatal(err)
	}
	seats := assembly.New(assembly.Deps{DB: db, Log: trail, Keys: keys, Now: now})
	stations := station.New(station.Deps{DB: db, Log: trail, Members: seats, Calendar: calendar.China, Now: now})
	if st, err := stations.PublicStation(ctx, "demo"); err != nil || !strings.HasPrefix(st.Name.Hans, "演示") {
		t.Errorf("the station is %v %v", st.Name, err)
	}
	owner := access.Actor{AccountID: "o", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	own, err := seats.Mine(ctx, owner)
	if err != nil || len(own) != 1 {
		t.Fatalf("the owner acts for %v %v", own, err)
	}
	if rooms, err := stations.RoomsFor(ctx, owner, own[0].ID); err != nil || len(rooms) != 1 {
		t.Errorf("rooms %v %v", rooms, err)
	}
	spaces, err := resource.New(resource.Deps{DB: db, Log: trail, Members: seats, Now: now}).Spaces(ctx)
	if err != nil || len(spaces) != 1 {
		t.Errorf("spaces %v %v", spaces, err)
	}
	lian := access.Actor{AccountID: "l", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	if week, err := stations.ThisWeek(ctx, lian); err != nil || len(week) != 1 || week[0].State != station.Confirmed || !strings.HasPrefix(week[0].Purpose, "演示") {
		t.Errorf("rooms this week: %+v %v", week, err)
	}
	points, err := stations.Points(ctx)
	if err != nil || !slices.ContainsFunc(points, func(p place.Point) bool {
		return p.Kind == place.Rest && p.Name.Hans == "演示商户" && p.Location == nil
	}) {
		t.Errorf("what a member opens: %+v %v", points, err)
	}
	deals, err := resource.New(resource.Deps{DB: db, Log: trail, Members: seats, Now: now}).Running(ctx, lian, resource.Confirmed, 10)
	if err != nil || len(deals) != 1 || deals[0].Giver.ConfirmedAt == nil || deals[0].Taker.ConfirmedAt == nil || !strings.HasPrefix(deals[0].Title, "演示") {
		t.Errorf("what both confirmed: %+v %v", deals, err)
	}
}

// TestStationsOnAnyDay: the room of today is taken on a holiday and on a working Saturday as well.
func TestStationsOnAnyDay(t *testing.T) {
	for _, day := range []string{"2026-10-01", "2026-10-10", "2026-10-18", "2027-02-28"} {
		d, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return d.At(8 * 60) }
		db, trail, keys := audittest.Open(t, now)
		people := []Person{{Key: Liaison, AccountID: "l"}, {Key: Admin, AccountID: "a"}, {Key: Owner, AccountID: "o", MerchantID: "m1"}, {Key: Rival, AccountID: "r", MerchantID: "m2"}}
		x := Deps{DB: db, Keys: keys, Log: trail, Now: now}
		if err := errors.Join(JointMeeting(t.Context(), x, people), Stations(t.Context(), x, people)); err != nil {
			t.Errorf("%s: %v", day, err)
		}
	}
}
