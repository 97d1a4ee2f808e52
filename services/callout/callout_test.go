package callout

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
)

var desk = access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}

type book struct {
	*Service
	now time.Time
}

func open(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	b.Service = New(Deps{DB: db, Log: log, Now: now})
	return b
}

func pumps() Facts {
	return Facts{Name: "物业抢修队", Can: "抽水泵两台", Phone: "021-57810000", Hours: "每天24小时"}
}

func wrong(t *testing.T, what string, err error, name, key string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != name || key != "" && f.Fields[0].Key != key {
		t.Errorf("%s: %v", what, err)
	}
}

func TestWhoIsOnTheList(t *testing.T) {
	b, ctx := open(t), t.Context()
	for _, x := range []struct {
		what, field, key string
		change           func(*Facts)
	}{
		{"nobody", "name", "error.text.empty", func(f *Facts) { f.Name = " " }},
		{"who can do nothing", "can", "error.text.empty", func(f *Facts) { f.Can = "" }},
		{"a person's number in words", "can", "error.mobile", func(f *Facts) { f.Can = "找老王 13800138000" }},
		{"no phone", "phone", "error.text.empty", func(f *Facts) { f.Phone = "" }},
		{"no number", "phone", "", func(f *Facts) { f.Phone = "前台" }},
		{"a person's number", "phone", "callout.wrong.mobile", func(f *Facts) { f.Phone = "13800138000" }},
		{"no hours", "hours", "error.text.empty", func(f *Facts) { f.Hours = "" }},
		{"hours nobody can read", "hours", "callout.wrong.hours", func(f *Facts) { f.Hours = "有空的时候" }},
	} {
		f := pumps()
		x.change(&f)
		_, err := b.Add(ctx, desk, f)
		wrong(t, x.what, err, x.field, x.key)
	}
	e, err := b.Add(ctx, desk, pumps())
	if err != nil || e.TriedOn != "2026-10-15" || !e.Reached().Known {
		t.Fatal(e, err)
	}
	for _, by := range []access.Actor{
		{},
		{AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true},
		{AccountID: "l", Roles: []access.Role{access.Liaison}, TwoFactor: true},
		{AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}},
	} {
		_, err1 := b.Entries(ctx, by)
		_, err2 := b.Entry(ctx, by, e.ID)
		_, err3 := b.Add(ctx, by, pumps())
		_, err4 := b.End(ctx, by, e.ID, e.Rev)
		_, err5 := b.Drills(ctx, by, "", 1)
		_, err6 := b.AddDrill(ctx, by, Practised{})
		_, err7 := b.SetDrill(ctx, by, "none", 1, Practised{})
		_, err8 := b.Due(ctx, by)
		for n, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
			if err == nil || fault.Is(err, fault.Invalid) {
				t.Errorf("%+v may do %d: %v", by.Roles, n, err)
			}
		}
	}
}

// What the form gives as examples can be read.
func TestHoursOfTheExamples(t *testing.T) {
	for _, text := range []string{"每天 0:00-24:00", "周一至周五 8:30-17:00", "每天 0:00-24:00", "週一至週五 8:30-17:00", "24/7", "Mo-Fr 08:30-17:00"} {
		if h, ok := readHours(text); !ok || !h.Known {
			t.Errorf("%q cannot be read", text)
		}
	}
}

func TestANumberIsTriedAgain(t *testing.T) {
	b, ctx := open(t), t.Context()
	e, err := b.Add(ctx, desk, pumps())
	if err != nil || e.Stale(b.today()) {
		t.Fatal(err)
	}
	b.now = b.now.AddDate(0, 0, TriedDays)
	if e.Stale(b.today()) {
		t.Error("stale on the last day")
	}
	b.now = b.now.AddDate(0, 0, 1)
	if !e.Stale(b.today()) {
		t.Error("tried for ever")
	}
	f := e.Facts
	f.Can = "抽水泵三台"
	if e, err = b.Set(ctx, desk, e.ID, e.Rev, f); err != nil || !e.Stale(b.today()) || e.Can != f.Can {
		t.Errorf("other words are no call: %+v %v", e, err)
	}
	if _, err := b.Tried(ctx, desk, e.ID, e.Rev-1); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	if e, err = b.Tried(ctx, desk, e.ID, e.Rev); err != nil || e.Stale(b.today()) {
		t.Error(e, err)
	}
	if e, err = b.End(ctx, desk, e.ID, e.Rev); err != nil || e.EndedOn == "" {
		t.Fatal(err)
	}
	other := pumps()
	other.Name = "燃气公司"
	if _, err := b.Add(ctx, desk, other); err != nil {
		t.Fatal(err)
	}
	if all, err := b.Entries(ctx, desk); err != nil || len(all) != 2 || all[1].ID != e.ID {
		t.Errorf("the ended one is not the last: %+v %v", all, err)
	}
	if e, err = b.Again(ctx, desk, e.ID, e.Rev); err != nil || e.EndedOn != "" {
		t.Error(e, err)
	}
}

func TestDrills(t *testing.T) {
	b, ctx := open(t), t.Context()
	e, err := b.Add(ctx, desk, pumps())
	if err != nil {
		t.Fatal(err)
	}
	drill := func() Practised {
		return Practised{On: "2026-10-14", Topic: "停电疏散", With: []string{e.ID, e.ID}, Result: "十分钟走完", Better: "指示灯不亮", NextOn: "2027-04-14"}
	}
	for _, x := range []struct {
		what, field, key string
		change           func(*Practised)
	}{
		{"nothing", "topic", "error.text.empty", func(d *Practised) { d.Topic = "" }},
		{"without a result", "result", "error.text.empty", func(d *Practised) { d.Result = "" }},
		{"a long result", "result", "error.text.long", func(d *Practised) { d.Result = strings.Repeat("字", MaxResult+1) }},
		{"a person's number", "better", "error.mobile", func(d *Practised) { d.Better = "问 13800138000" }},
		{"no day", "on", "error.date", func(d *Practised) { d.On = "" }},
		{"tomorrow", "on", "callout.wrong.on", func(d *Practised) { d.On = "2026-10-16" }},
		{"the next one before it", "next_on", "callout.wrong.next", func(d *Practised) { d.NextOn = "2026-10-14" }},
		{"the next one some day", "next_on", "callout.wrong.next", func(d *Practised) { d.NextOn = "some day" }},
		{"with nobody", "with", "callout.wrong.with", func(d *Practised) { d.With = nil }},
		{"with strangers", "with", "error.choice", func(d *Practised) { d.With = []string{"none"} }},
	} {
		d := drill()
		x.change(&d)
		_, err := b.AddDrill(ctx, desk, d)
		wrong(t, x.what, err, x.field, x.key)
	}
	if due, err := b.Due(ctx, desk); err != nil || due != "" {
		t.Errorf("due before any: %q %v", due, err)
	}
	x, err := b.AddDrill(ctx, desk, drill())
	if err != nil || len(x.With) != 1 {
		t.Fatal(x, err)
	}
	if due, err := b.Due(ctx, desk); err != nil || due != "2027-04-14" {
		t.Errorf("due %q %v", due, err)
	}
	old := drill()
	old.On, old.NextOn = "2026-01-01", "2026-02-01"
	if _, err := b.AddDrill(ctx, desk, old); err != nil {
		t.Fatal(err)
	}
	page, err := b.Drills(ctx, desk, "", 10)
	if err != nil || len(page.Items) != 2 || page.Items[0].ID != x.ID {
		t.Fatal(page, err)
	}
	if due, _ := b.Due(ctx, desk); due != "2027-04-14" {
		t.Errorf("an older drill says what is due: %q", due)
	}
	d := drill()
	d.NextOn = ""
	if _, err := b.SetDrill(ctx, desk, x.ID, x.Rev+1, d); !fault.Is(err, fault.Conflict) {
		t.Errorf("over another revision: %v", err)
	}
	if x, err = b.SetDrill(ctx, desk, x.ID, x.Rev, d); err != nil || x.NextOn != "" {
		t.Error(x, err)
	}
}
