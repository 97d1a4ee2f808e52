package activity

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
)

var (
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff   = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
)

// seats are two organisations: o1 is that of the owner, o2 somebody else's.
type seats struct {
	listed bool
	left   string // who has left since
}

func (s *seats) Organisation(_ context.Context, by access.Actor, id string) (assembly.Organisation, error) {
	if err := access.Require(by, access.AssemblyRead, access.Thing{}); err != nil {
		return assembly.Organisation{}, err
	}
	return s.get(id)
}

func (s *seats) get(id string) (assembly.Organisation, error) {
	merchant := map[string]string{"o1": "m1", "o2": "m2", "gone": "m3"}[id]
	active := id != "gone" && id != s.left
	if merchant == "" {
		return assembly.Organisation{}, fault.Missing()
	}
	o := assembly.Organisation{MerchantID: merchant, Active: active}
	o.ID = id
	return o, nil
}

func (s *seats) Own(_ context.Context, by access.Actor, id string) (assembly.Organisation, error) {
	o, err := s.get(id)
	if err != nil {
		return o, err
	}
	return o, access.Require(by, access.AssemblyMember, o.Thing(by))
}

func (s *seats) ListedNames(context.Context) (map[string]lang.Text, error) {
	if !s.listed {
		return map[string]lang.Text{}, nil
	}
	return map[string]lang.Text{"o1": {Hans: "云间面馆"}}, nil
}

type book struct {
	*Service
	now   time.Time
	seats *seats
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), seats: &seats{}}
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	b.Service = New(Deps{DB: db, Log: log, Seats: b.seats, Now: now})
	return b
}

func (b *book) details() Details {
	return Details{Title: lang.Text{Hans: "修伞"}, OrganiserID: "o1", From: b.now.Add(48 * time.Hour), Until: b.now.Add(50 * time.Hour), Place: "广场东门", Capacity: 10}
}

func (b *book) plan(t testing.TB) Activity {
	t.Helper()
	a, err := b.Plan(t.Context(), liaison, b.details())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// public is a plan that a second person let through.
func (b *book) public(t testing.TB) Activity {
	t.Helper()
	return b.letThrough(t, b.plan(t))
}

// letThrough has the liaison hand a plan in, and an administrator let it through.
func (b *book) letThrough(t testing.TB, a Activity) Activity {
	t.Helper()
	a, err := b.Submit(t.Context(), liaison, a.ID, a.Rev)
	if err == nil {
		a, err = b.Approve(t.Context(), admin, a.ID, a.Rev, a.Page.Asked)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wrong(t *testing.T, what string, err error, kind fault.Kind, name string) {
	t.Helper()
	f, ok := err.(*fault.Error) //nolint:errorlint // the services return it bare
	if !ok || f.Kind != kind {
		t.Errorf("%s: %v", what, err)
		return
	}
	if name == "" {
		return
	}
	for _, x := range f.Fields {
		if strings.HasPrefix(x.Name, name) {
			return
		}
	}
	t.Errorf("%s: no word about %q in %+v", what, name, f.Fields)
}

func TestWhatCannotBePlanned(t *testing.T) {
	b := opened(t)
	for _, x := range []struct {
		what, field string
		change      func(*Details)
	}{
		{"no title", "title", func(d *Details) { d.Title = lang.Text{} }},
		{"no place", "place", func(d *Details) { d.Place = " " }},
		{"no day", "day", func(d *Details) { d.From = time.Time{} }},
		{"an end before its start", "until", func(d *Details) { d.Until = d.From }},
		{"a month and more", "until", func(d *Details) { d.Until = d.From.Add(longest + time.Hour) }},
		{"too many places", "capacity", func(d *Details) { d.Capacity = MaxPlaces + 1 }},
		{"a mobile number in the title", "title", func(d *Details) { d.Title.Hans = "修伞 13800138000" }},
		{"a mobile number for a place", "place", func(d *Details) { d.Place = "找王师傅 13800138000" }},
		{"a mobile number", "text", func(d *Details) { d.Text = lang.Text{Hans: "报名找王师傅 138 0013 8000"} }},
		{"nobody's", "organiser", func(d *Details) { d.OrganiserID = "none" }},
		{"one that left", "organiser", func(d *Details) { d.OrganiserID = "gone" }},
	} {
		d := b.details()
		x.change(&d)
		_, err := b.Plan(t.Context(), liaison, d)
		wrong(t, x.what, err, fault.Invalid, x.field)
	}
	a := b.plan(t)
	_, err := b.Cancel(t.Context(), liaison, a.ID, a.Rev, "改天，问 138-0013-8000")
	wrong(t, "a mobile number in the reason", err, fault.Invalid, "why")
}

func TestWhoMayWhat(t *testing.T) {
	b := opened(t)
	a := b.plan(t)
	for _, by := range []access.Actor{owner, staff, admin, {AccountID: "a"}} {
		if _, err := b.Plan(t.Context(), by, b.details()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s plans: %v", by.AccountID, err)
		}
		if _, err := b.Cancel(t.Context(), by, a.ID, a.Rev, "下雨"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s cancels: %v", by.AccountID, err)
		}
	}
	if _, err := b.Get(t.Context(), admin, a.ID); err != nil {
		t.Errorf("the administrator reads: %v", err)
	}
	if _, err := b.TakePlaces(t.Context(), staff, "o1", a.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("staff takes places: %v", err)
	}
	if _, err := b.TakePlaces(t.Context(), owner, "o2", a.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("for another organisation: %v", err)
	}
}

func TestPlacesAreCountedByOrganisation(t *testing.T) {
	b := opened(t)
	a := b.plan(t)
	take := func(by access.Actor, o string, n int) error {
		_, err := b.TakePlaces(t.Context(), by, o, a.ID, n)
		return err
	}
	if err := take(owner, "o1", 6); err != nil {
		t.Fatal(err)
	}
	wrong(t, "more than there are", take(liaison, "o2", 5), fault.Invalid, "n")
	wrong(t, "fewer than none", take(owner, "o1", -1), fault.Invalid, "n")
	if err := take(owner, "o1", 9); err != nil {
		t.Errorf("its own places count twice: %v", err)
	}
	if err := take(owner, "o1", 0); err != nil {
		t.Errorf("giving back: %v", err)
	}
	// Whatever comes at once, there are never more than the capacity.
	var all sync.WaitGroup
	for _, x := range []struct {
		by access.Actor
		o  string
	}{{owner, "o1"}, {liaison, "o2"}} {
		for range 4 {
			all.Add(1)
			go func() { defer all.Done(); _, _ = b.TakePlaces(t.Context(), x.by, x.o, a.ID, 7) }()
		}
	}
	all.Wait()
	got, err := b.Get(t.Context(), liaison, a.ID)
	if err != nil || got.TakenSum() != 7 {
		t.Errorf("%d places taken of 10, in sevens: %v", got.TakenSum(), err)
	}
	d := b.details()
	d.Capacity = 6
	_, err = b.Edit(t.Context(), liaison, a.ID, got.Rev, d)
	wrong(t, "fewer places than are taken", err, fault.Invalid, "capacity")
	b.now = a.Plan().From
	wrong(t, "places once it has begun", take(owner, "o1", 1), fault.Conflict, "")
}

func TestTheWayOfAnActivity(t *testing.T) {
	b := opened(t)
	a := b.plan(t)
	ctx := t.Context()
	if _, err := b.Finish(ctx, liaison, a.ID, a.Rev, 3, lang.Text{Hans: "修了"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("done before it began: %v", err)
	}
	_, err := b.AddPhoto(ctx, liaison, a.ID, a.Rev, media.Photo{Key: "k"}, Faceless)
	wrong(t, "a picture of what is ahead", err, fault.Conflict, "")
	b.now = a.Plan().From.Add(time.Minute)
	if a, err = b.Start(ctx, liaison, a.ID, a.Rev); err != nil || a.State != Underway {
		t.Fatal(a.State, err)
	}
	if _, err := b.Start(ctx, liaison, a.ID, a.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("begun twice: %v", err)
	}
	_, err = b.AddPhoto(ctx, liaison, a.ID, a.Rev, media.Photo{Key: "k"}, "")
	wrong(t, "a picture nobody answers for", err, fault.Invalid, "basis")
	if a, err = b.AddPhoto(ctx, liaison, a.ID, a.Rev, media.Photo{Key: "k"}, Agreed); err != nil {
		t.Fatal(err)
	}
	if c := a.Plan().Photos[0].Consent; c.AccountID != "lian" || c.Basis != Agreed || c.At.IsZero() || c.Words != ConsentWords {
		t.Errorf("whose word it is: %+v", c)
	}
	b.now = a.Plan().Until.Add(time.Hour)
	if !a.Overdue(b.now) {
		t.Error("over, and nobody said how it went: not overdue")
	}
	_, err = b.Finish(ctx, liaison, a.ID, a.Rev, 3, lang.Text{})
	wrong(t, "done without a result", err, fault.Invalid, "result")
	if a, err = b.Finish(ctx, liaison, a.ID, a.Rev, 42, lang.Text{Hans: "修了 30 把伞"}); err != nil || a.Overdue(b.now) {
		t.Fatal(err)
	}
	if _, err := b.Cancel(ctx, liaison, a.ID, a.Rev, "下雨"); !fault.Is(err, fault.Conflict) {
		t.Errorf("cancelled once done: %v", err)
	}
	if _, err := b.DropPhoto(ctx, owner, a.ID, "k"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger takes a picture away: %v", err)
	}
	if p, err := b.DropPhoto(ctx, liaison, a.ID, "k"); err != nil || p.Key != "k" {
		t.Errorf("the picture: %v %v", p, err)
	}
	if _, err := b.Edit(ctx, liaison, a.ID, 0, b.details()); !fault.Is(err, fault.Conflict) {
		t.Errorf("without a revision: %v", err)
	}
}

func TestThePublicCalendar(t *testing.T) {
	b := opened(t)
	a := b.public(t)
	if _, err := b.Plan(t.Context(), liaison, b.details()); err != nil { // which nobody let through
		t.Fatal(err)
	}
	if _, err := b.TakePlaces(t.Context(), owner, "o1", a.ID, 4); err != nil {
		t.Fatal(err)
	}
	list, _, err := b.PublicList(t.Context(), false, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("public: %d %v", len(list), err)
	}
	x := list[0]
	if x.Taken[0].OrganisationID != "" || x.Taken[0].AccountID != "" || x.TakenSum() != 4 || x.Plan().OrganiserID != "" || !x.Organiser.IsZero() {
		t.Errorf("the public reads who: %+v", x)
	}
	b.seats.listed = true
	if x, err = b.PublicOne(t.Context(), a.ID); err != nil || x.Organiser.Hans != "云间面馆" {
		t.Errorf("an organisation that agreed: %+v %v", x.Organiser, err)
	}
	cal := Calendar{Name: "活动", Host: "h", Lang: lang.Hans, URL: func(id string) string { return "https://h/" + id }}
	if ics := string(cal.ICalendar(list)); !strings.Contains(ics, "SEQUENCE:0") || !strings.Contains(ics, "STATUS:CONFIRMED") || !strings.Contains(ics, "LOCATION:广场东门") {
		t.Errorf("the calendar: %s", ics)
	}
	got, err := b.Get(t.Context(), liaison, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.Cancel(t.Context(), liaison, a.ID, got.Rev, "下雨"); err != nil {
		t.Fatal(err)
	}
	if list, _, err = b.PublicList(t.Context(), false, "", 10); err != nil || !strings.Contains(string(cal.ICalendar(list)), "STATUS:CANCELLED") || !strings.Contains(string(cal.ICalendar(list)), "SEQUENCE:1") {
		t.Errorf("a cancelled one is not struck out: %v", err)
	}
	b.now = a.Plan().Until.Add(time.Hour)
	if list, _, err = b.PublicList(t.Context(), false, "", 10); err != nil || len(list) != 0 {
		t.Errorf("over: %d %v", len(list), err)
	}
	if list, _, err = b.PublicList(t.Context(), true, "", 10); err != nil || len(list) != 1 {
		t.Errorf("looking back: %d %v", len(list), err)
	}
}

func TestEverybodyReadsWhatASecondPersonLetThrough(t *testing.T) {
	b, ctx := opened(t), t.Context()
	a := b.plan(t)
	both := liaison
	both.Roles = []access.Role{access.Liaison, access.Admin}
	a, err := b.Submit(ctx, liaison, a.ID, a.Rev)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []access.Actor{both, liaison, owner} {
		if _, err := b.Approve(ctx, by, a.ID, a.Rev, a.Page.Asked); err == nil {
			t.Errorf("%v lets it through", by.Roles)
		}
		if _, err := b.PublicOne(ctx, a.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("public: %v", err)
		}
	}
	asked := a.Page.Asked
	d := b.details()
	d.Place = "广场西门"
	if a, err = b.Edit(ctx, liaison, a.ID, a.Rev, d); err != nil {
		t.Fatal(err)
	}
	_, err = b.Approve(ctx, admin, a.ID, a.Rev, asked)
	wrong(t, "what it does not say any more", err, fault.Conflict, "")
	a = b.letThrough(t, a)
	d.Place = "广场北门"
	if a, err = b.Edit(ctx, liaison, a.ID, a.Rev, d); err != nil {
		t.Fatal(err)
	}
	if x, err := b.PublicOne(ctx, a.ID); err != nil || x.Plan().Place != "广场西门" || x.Sequence != 0 {
		t.Errorf("everybody reads what one person wrote: %+v %v", x, err)
	}
	a = b.letThrough(t, a)
	if x, err := b.PublicOne(ctx, a.ID); err != nil || x.Plan().Place != "广场北门" || x.Sequence != 1 {
		t.Errorf("let through again: %+v %v", x, err)
	}
	b.now = a.Plan().From.Add(time.Hour)
	a, err = b.Finish(ctx, liaison, a.ID, a.Rev, 3, lang.Text{Hans: "修了"})
	if err == nil {
		a, err = b.AddPhoto(ctx, liaison, a.ID, a.Rev, media.Photo{Key: "k"}, Agreed)
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err := b.PublicOne(ctx, a.ID)
	if err != nil || x.State != Done || !x.Plan().Result.IsZero() || len(x.Plan().Photos) != 0 || !x.Plan().Until.Equal(b.now) {
		t.Errorf("that it is over is public, how it went is not: %+v %v", x, err)
	}
	b.letThrough(t, a)
	if x, err = b.PublicOne(ctx, a.ID); err != nil || x.Plan().Result.Hans != "修了" || len(x.Plan().Photos) != 1 {
		t.Errorf("how it went: %+v %v", x, err)
	}
	if _, err := b.DropPhoto(ctx, liaison, a.ID, "k"); err != nil {
		t.Fatal(err)
	}
	if x, err = b.PublicOne(ctx, a.ID); err != nil || len(x.Plan().Photos) != 0 || x.Plan().Result.Hans != "修了" {
		t.Errorf("a picture that was taken away: %+v %v", x, err)
	}
}

func TestWhoHasLeft(t *testing.T) {
	b, ctx := opened(t), t.Context()
	a := b.plan(t)
	if _, err := b.TakePlaces(ctx, owner, "o1", a.ID, 6); err != nil {
		t.Fatal(err)
	}
	b.seats.left = "o1"
	if _, err := b.TakePlaces(ctx, liaison, "o1", a.ID, 5); !fault.Is(err, fault.NotFound) {
		t.Errorf("takes places: %v", err)
	}
	a, err := b.TakePlaces(ctx, liaison, "o1", a.ID, 0)
	if err != nil || a.TakenSum() != 0 {
		t.Errorf("its places: %d, %v", a.TakenSum(), err)
	}
	d := b.details()
	d.Place = "广场西门"
	if a, err = b.Edit(ctx, liaison, a.ID, a.Rev, d); err != nil || a.Plan().OrganiserID != "o1" {
		t.Errorf("what was theirs: %q, %v", a.Plan().OrganiserID, err)
	}
	d.OrganiserID = "gone"
	_, err = b.Edit(ctx, liaison, a.ID, a.Rev, d)
	wrong(t, "given to another that left", err, fault.Invalid, "organiser")
}

func TestWhatIsFinishedIsOver(t *testing.T) {
	b, ctx := opened(t), t.Context()
	a := b.public(t)
	b.now = a.Plan().From.Add(time.Hour)
	a, err := b.Finish(ctx, liaison, a.ID, a.Rev, 3, lang.Text{Hans: "修了"})
	if err != nil || !a.Plan().Until.Equal(b.now) {
		t.Fatalf("until %s, %v", a.Plan().Until, err)
	}
	if list, _, err := b.PublicList(ctx, false, "", 2); err != nil || len(list) != 0 {
		t.Errorf("ahead: %v %v", list, err)
	}
	if list, _, err := b.PublicList(ctx, true, "", 2); err != nil || len(list) != 1 {
		t.Errorf("looking back: %v %v", list, err)
	}
}

func TestWhatIsOverTakesNoRoomOnThePage(t *testing.T) {
	b, ctx := opened(t), t.Context()
	b.now = b.now.AddDate(0, 0, -5)
	for range 3 {
		b.public(t)
	}
	b.now = b.now.AddDate(0, 0, 5)
	ahead := b.public(t)
	if list, _, err := b.PublicList(ctx, false, "", 2); err != nil || len(list) != 1 || list[0].ID != ahead.ID {
		t.Errorf("the first page: %v %v", list, err)
	}
	if list, err := b.Coming(ctx, owner, "o1", 2); err != nil || len(list) != 1 || list[0].ID != ahead.ID {
		t.Errorf("what an organisation can come to: %v %v", list, err)
	}
	list, next, err := b.PublicList(ctx, true, "", 2)
	if err != nil || len(list) != 2 || next == "" {
		t.Errorf("looking back: %v %q %v", list, next, err)
	}
}
