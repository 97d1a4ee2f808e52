package programme

import (
	"context"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

var (
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	both    = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison, access.Admin}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
)

type seats struct{ left bool }

func (s *seats) Organisation(_ context.Context, _ access.Actor, id string) (assembly.Organisation, error) {
	if id != "o1" && id != "gone" {
		return assembly.Organisation{}, fault.Missing()
	}
	return assembly.Organisation{Active: id == "o1" && !s.left}, nil
}

func (*seats) ListedNames(context.Context) (map[string]lang.Text, error) {
	return map[string]lang.Text{"o1": {Hans: "云间面馆"}}, nil
}

func opened(t testing.TB) *Service {
	at := time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)
	now := func() time.Time { return at }
	db, log, _ := audittest.Open(t, now)
	return New(Deps{DB: db, Log: log, Seats: &seats{}, Now: now})
}

func item() Item {
	return Item{Quarter: 2, Title: lang.Text{Hans: "给老人理发 12 次"}, OrganisationID: "o1", State: Planned}
}

func must(t testing.TB) func(Year, error) Year {
	return func(y Year, err error) Year {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
}

func TestItemsThatAreRefused(t *testing.T) {
	s := opened(t)
	y := must(t)(s.Begin(t.Context(), liaison, 2026))
	for _, x := range []struct {
		what, field string
		change      func(*Item)
	}{
		{"no title", "title", func(i *Item) { i.Title = lang.Text{} }},
		{"a fifth quarter", "quarter", func(i *Item) { i.Quarter = 5 }},
		{"no state", "state", func(i *Item) { i.State = "" }},
		{"nobody's", "organisation", func(i *Item) { i.OrganisationID = "none" }},
		{"one that left", "organisation", func(i *Item) { i.OrganisationID = "gone" }},
		{"a mobile number in the title", "title", func(i *Item) { i.Title.Hans = "理发，问 13800138000" }},
		{"a mobile number in the result", "result", func(i *Item) { i.Result.Hans = "理了，问 138 0013 8000" }},
		{"done without a result", "result", func(i *Item) { i.State = Done }},
		{"done without anything that shows it", "state", func(i *Item) { i.State, i.Result = Done, lang.Text{Hans: "都理了"} }},
	} {
		i := item()
		x.change(&i)
		_, err := s.Put(t.Context(), liaison, y.ID, y.Rev, i)
		f, ok := err.(*fault.Error) //nolint:errorlint // the service returns it bare
		if !ok || f.Kind != fault.Invalid || !strings.HasPrefix(f.Fields[0].Name, x.field) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	for _, by := range []access.Actor{admin, owner} {
		if _, err := s.Put(t.Context(), by, y.ID, y.Rev, item()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s writes: %v", by.AccountID, err)
		}
	}
	if _, err := s.Begin(t.Context(), liaison, 2026); !fault.Is(err, fault.Invalid) {
		t.Errorf("two programmes of a year: %v", err)
	}
	if _, err := s.Begin(t.Context(), liaison, 99); !fault.Is(err, fault.Invalid) {
		t.Errorf("the year 99: %v", err)
	}
	if _, err := s.Submit(t.Context(), liaison, y.ID, y.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("an empty one: %v", err)
	}
}

func TestThePublicReadsExactlyWhatWasApproved(t *testing.T) {
	s, ok, ctx := opened(t), must(t), t.Context()
	y := ok(s.Begin(ctx, liaison, 2026))
	y = ok(s.Put(ctx, liaison, y.ID, y.Rev, item()))
	y = ok(s.Submit(ctx, liaison, y.ID, y.Rev))
	if _, err := s.Public(ctx, 2026); !fault.Is(err, fault.NotFound) {
		t.Errorf("public before anybody let it through: %v", err)
	}
	asked := y.Page.Asked
	if _, err := s.Approve(ctx, both, y.ID, y.Rev, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved by who wrote it: %v", err)
	}
	if _, err := s.Approve(ctx, liaison, y.ID, y.Rev, asked); !fault.Is(err, fault.NotFound) {
		t.Errorf("approved by a liaison: %v", err)
	}
	// A change takes it out of the second person's hands.
	y = ok(s.Lead(ctx, liaison, y.ID, y.Rev, lang.Text{Hans: "这一年"}))
	if _, err := s.Approve(ctx, admin, y.ID, y.Rev, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved what it does not say any more: %v", err)
	}
	y = ok(s.Submit(ctx, liaison, y.ID, y.Rev))
	y = ok(s.Approve(ctx, admin, y.ID, y.Rev, y.Page.Asked))
	got, err := s.Public(ctx, 2026)
	if err != nil || len(got.Of(2)) != 1 || got.Names["o1"].Hans != "云间面馆" {
		t.Fatalf("%+v %v", got, err)
	}
	i := y.Page.Draft.Items[0]
	y = ok(s.Prove(ctx, liaison, y.ID, y.Rev, Evidence{ItemID: i.ID, Text: "登记表 12 张"}))
	i.State, i.Result = Done, lang.Text{Hans: "理了 12 次"}
	y = ok(s.Put(ctx, liaison, y.ID, y.Rev, i))
	if got, _ = s.Public(ctx, 2026); got.Items[0].State != Planned {
		t.Error("the public reads what nobody let through")
	}
	y = ok(s.Submit(ctx, liaison, y.ID, y.Rev))
	if y, err = s.Return(ctx, admin, y.ID, y.Rev, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("returned without a reason: %v", err)
	}
	list, err := s.Waiting(ctx, admin)
	if err != nil || len(list) != 1 {
		t.Fatalf("waiting: %v %v", list, err)
	}
	y = ok(s.Approve(ctx, admin, list[0].ID, list[0].Rev, list[0].Page.Asked))
	if got, _ = s.Public(ctx, 2026); got.Counts()[Done] != 1 {
		t.Error("the result is not public")
	}
	y = ok(s.Withdraw(ctx, liaison, y.ID, y.Rev))
	if _, err := s.Public(ctx, 2026); !fault.Is(err, fault.NotFound) {
		t.Errorf("withdrawn: %v", err)
	}
	y = ok(s.Drop(ctx, liaison, y.ID, y.Rev, i.ID))
	if len(y.Evidence) != 0 || len(y.Page.Draft.Items) != 0 {
		t.Errorf("dropped with what shows it: %+v", y)
	}
}

func TestWhoHasLeftKeepsWhatWasTheirs(t *testing.T) {
	s, ok, ctx := opened(t), must(t), t.Context()
	y := ok(s.Begin(ctx, liaison, 2026))
	y = ok(s.Put(ctx, liaison, y.ID, y.Rev, item()))
	s.Seats.(*seats).left = true
	i := y.Page.Draft.Items[0]
	i.Title.Hans = "给老人理发 10 次"
	y = ok(s.Put(ctx, liaison, y.ID, y.Rev, i))
	if got := y.Page.Draft.Items[0]; got.OrganisationID != "o1" {
		t.Errorf("whose it is: %+v", got)
	}
	if _, err := s.Put(ctx, liaison, y.ID, y.Rev, item()); !fault.Is(err, fault.Invalid) {
		t.Errorf("given something new: %v", err)
	}
}

func TestLate(t *testing.T) {
	y := Year{Year: 2026}
	y.Page.Draft.Items = []Item{{ID: "a", Quarter: 1, State: Done}, {ID: "b", Quarter: 3, State: Planned}, {ID: "c", Quarter: 4, State: Planned}}
	for _, x := range []struct {
		day  string
		late int
	}{{"2025-12-31", 0}, {"2026-09-30", 0}, {"2026-10-01", 1}, {"2026-12-31", 1}, {"2027-01-01", 2}} {
		now, _ := time.Parse(time.DateOnly, x.day)
		if got := len(y.Late(now)); got != x.late {
			t.Errorf("%s: %d late, not %d", x.day, got, x.late)
		}
	}
}
