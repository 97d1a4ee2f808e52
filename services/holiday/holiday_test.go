package holiday_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/holiday"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/store"
)

type bench struct {
	*holiday.Service
	db    store.DB
	trail *audit.Log
	at    time.Time
	shops []listing.Listing
	told  []holiday.Question
	fails error
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: day("2026-11-28").At(10 * 60)}
	var err error
	now := func() time.Time { return b.at }
	if b.db, err = store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "t.db"), store.Clock(now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	b.trail = audit.New(b.db, keys, now)
	b.Service = b.another()
	if err := b.db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// another is the service of a second server over the same store.
func (b *bench) another() *holiday.Service {
	return holiday.New(b.db, b.trail, func(_ context.Context, yield func(*listing.Listing) error) error {
		for i := range b.shops {
			if err := yield(&b.shops[i]); err != nil {
				return err
			}
		}
		return nil
	}, func(_ context.Context, q holiday.Question) error {
		if b.fails != nil {
			return b.fails
		}
		b.told = append(b.told, q)
		return nil
	}, func() time.Time { return b.at })
}

func coordinator() access.Actor {
	return access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
}

func arrangement(t *testing.T, year int, days string) holiday.Arrangement {
	t.Helper()
	a := holiday.Arrangement{Year: year, Title: "国务院办公厅关于 2027 年部分节假日安排的通知", Number: "国办发明电〔2026〕8 号", Link: "https://www.gov.cn/zhengce/zhengceku/202611/content_1.htm"}
	if err := holiday.Read(&a, days); err != nil {
		t.Fatal(err)
	}
	return a
}

const spring = "2027-01-01 至 2027-01-03 元旦 休\n2027-02-05 至 2027-02-11 春节 休\n2027-02-20 春节 班\n"

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// A year is not announced until somebody enters its notice; then every server knows it, and it can be taken back.
func TestPut(t *testing.T) {
	b := open(t)
	other := b.another()
	if y := b.Of(2027); y.Announced || y.Days == nil || y.AskDays != holiday.AskDays || b.Calendar() != calendar.China() {
		t.Fatalf("%+v", y)
	}
	before, err := other.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Put(t.Context(), coordinator(), arrangement(t, 2027, spring), 0)
	if err != nil {
		t.Fatal(err)
	}
	if c := b.Calendar(); !c.Announced(2027) || c.Class(day("2027-02-20")) != calendar.Makeup || c.Class(day("2027-02-05")) != calendar.Holiday || !c.Announced(2026) {
		t.Error("the new year is not in force, or the old one is gone")
	}
	if other.Calendar().Announced(2027) {
		t.Error("another server knows without looking")
	}
	after, err := other.Look(t.Context())
	if err != nil || after == before || !other.Calendar().Announced(2027) {
		t.Errorf("another server: %v, mark %d after %d", err, after, before)
	}
	cal := other.Calendar()
	if _, err := other.Look(t.Context()); err != nil || other.Calendar() != cal {
		t.Error("a look without a change makes another calendar")
	}
	// Over an old revision nothing is written, and a second first entry is one, too.
	for _, rev := range []int64{0, got.Rev + 1} {
		if _, err := other.Put(t.Context(), coordinator(), arrangement(t, 2027, "2027-01-01 元旦 休"), rev); !fault.Is(err, fault.Conflict) {
			t.Errorf("over revision %d: %v", rev, err)
		}
	}
	if got, err = b.Put(t.Context(), coordinator(), arrangement(t, 2027, "2027-01-01 元旦 休"), got.Rev); err != nil || b.Calendar().Class(day("2027-02-05")) != calendar.Weekday {
		t.Errorf("changed: %v", err)
	}
	if err := b.Withdraw(t.Context(), coordinator(), 2027, got.Rev); err != nil || b.Calendar().Announced(2027) || b.Of(2027).Arrangement != nil {
		t.Errorf("withdrawn: %v", err)
	}
	// A year of the program is replaced, and comes back.
	a, err := b.Put(t.Context(), coordinator(), arrangement(t, 2026, "2026-10-01 国庆节 休"), 0)
	if err != nil || len(b.Calendar().Days(2026)) != 1 {
		t.Fatalf("2026: %v, %d days", err, len(b.Calendar().Days(2026)))
	}
	if err := b.Withdraw(t.Context(), coordinator(), 2026, a.Rev); err != nil || len(b.Calendar().Days(2026)) != len(calendar.China().Days(2026)) {
		t.Errorf("2026 does not come back: %v", err)
	}
	if n, err := b.trail.Verify(t.Context()); err != nil {
		t.Errorf("trail: %v %v", n, err)
	}
}

func TestPutRefuses(t *testing.T) {
	b := open(t)
	for name, c := range map[string]struct {
		change func(*holiday.Arrangement)
		field  string
	}{
		"no title":             {func(a *holiday.Arrangement) { a.Title = " " }, "title"},
		"no number":            {func(a *holiday.Arrangement) { a.Number = "" }, "number"},
		"no link":              {func(a *holiday.Arrangement) { a.Link = "" }, "link"},
		"a link not safe":      {func(a *holiday.Arrangement) { a.Link = "http://www.gov.cn/x" }, "link"},
		"a link that is code":  {func(a *holiday.Arrangement) { a.Link = "javascript:alert(1)" }, "link"},
		"asked too early":      {func(a *holiday.Arrangement) { a.AskDays = 61 }, "ask_days"},
		"asked too late":       {func(a *holiday.Arrangement) { a.AskDays = 2 }, "ask_days"},
		"a year long past":     {func(a *holiday.Arrangement) { a.Year = 2020 }, "year"},
		"no days":              {func(a *holiday.Arrangement) { a.Days = nil }, "days"},
		"only days worked":     {func(a *holiday.Arrangement) { a.Days = a.Days[len(a.Days)-1:] }, "days"},
		"a day of another":     {func(a *holiday.Arrangement) { a.Days[0].Date = day("2028-01-01") }, "days"},
		"a day twice":          {func(a *holiday.Arrangement) { a.Days[1].Date = a.Days[0].Date }, "days"},
		"no name":              {func(a *holiday.Arrangement) { a.Days[0].Name = "" }, "days"},
		"a Wednesday worked":   {func(a *holiday.Arrangement) { a.Days[len(a.Days)-1].Date = day("2027-02-24") }, "days"},
		"worked for no one":    {func(a *holiday.Arrangement) { a.Days[len(a.Days)-1].Name = "劳动节" }, "days"},
		"a right-to-left name": {func(a *holiday.Arrangement) { a.Days[0].Name = "元\u202e旦" }, "days"},
	} {
		t.Run(name, func(t *testing.T) {
			a := arrangement(t, 2027, spring)
			c.change(&a)
			_, err := b.Put(t.Context(), coordinator(), a, 0)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == c.field }) {
				t.Errorf("got %v", err)
			}
		})
	}
	if b.Calendar() != calendar.China() {
		t.Error("something was written")
	}
	for name, by := range map[string]access.Actor{
		"nobody": {}, "an owner": {AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}, "one without a second factor": {AccountID: "c", Roles: []access.Role{access.Coordinator}},
	} {
		if _, err := b.Put(t.Context(), by, arrangement(t, 2027, spring), 0); err == nil {
			t.Errorf("%s enters a year", name)
		}
		if _, err := b.Ahead(t.Context(), by); err == nil {
			t.Errorf("%s sees who was asked", name)
		}
		if err := b.Withdraw(t.Context(), by, 2026, 1); err == nil {
			t.Errorf("%s takes a year back", name)
		}
	}
}

func TestRead(t *testing.T) {
	a := holiday.Arrangement{Year: 2027}
	err := holiday.Read(&a, "2027-01-01 元旦 休\n春节 休")
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Fields[0].Name != "days" || f.Fields[0].Args["Text"] != "2" {
		t.Errorf("%v", err)
	}
	if err := holiday.Read(&a, `{"year":2026,"days":[{"name":"元旦","date":"2026-01-01","isOffDay":true}]}`); !fault.Is(err, fault.Invalid) {
		t.Errorf("the file of another year: %v", err)
	}
}

func shop(id, merchant string, known bool) listing.Listing {
	l := listing.Listing{MerchantID: merchant, State: listing.Published}
	l.ID = id
	l.Hours.Known = known
	for i := range l.Hours.Week {
		l.Hours.Week[i] = []hours.Span{{Open: 540, Close: 1200}}
	}
	return l
}

// The questions of one holiday: nobody before its day, one letter for each merchant, reminders to those who are silent, three at most,
// and nothing that answers for anybody.
func TestAsk(t *testing.T) {
	b := open(t)
	if _, err := b.Put(t.Context(), coordinator(), arrangement(t, 2027, spring), 0); err != nil {
		t.Fatal(err)
	}
	b.shops = []listing.Listing{shop("a", "m", true), shop("b", "m", true), shop("c", "n", true), shop("d", "", true), shop("e", "o", false)}
	said := shop("f", "p", true)
	said.Hours, _, _ = said.Hours.Answered(b.Calendar(), hours.AsUsual, day("2027-01-01"), day("2027-01-03"))
	b.shops = append(b.shops, said)
	ask := func(on string, want ...string) {
		t.Helper()
		b.at = day(on).At(600)
		b.told = nil
		for range 2 { // a second run asks nobody again
			if _, err := b.Ask(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := []string{}
		for _, q := range b.told {
			line := q.Merchant + " " + q.From.String()
			for _, l := range q.Shops {
				line += " " + l.ID
			}
			got = append(got, line)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("on %s: %s, want %s", on, strings.Join(got, "; "), strings.Join(want, "; "))
		}
	}
	ask("2026-12-17")
	ask("2026-12-18", "m 2027-01-01 a b", "n 2027-01-01 c") // 14 days before
	ask("2026-12-19")
	// One of two answers: the merchant is reminded of the other.
	b.shops[0].Hours, _, _ = b.shops[0].Hours.Answered(b.Calendar(), hours.AllShut, day("2027-01-01"), day("2027-01-03"))
	ask("2026-12-25", "m 2027-01-01 b", "n 2027-01-01 c")
	b.shops[1].Hours, _, _ = b.shops[1].Hours.Answered(b.Calendar(), hours.AllShut, day("2027-01-01"), day("2027-01-03"))
	b.fails = errors.New("the post is down")
	b.at = day("2026-12-29").At(600)
	if _, err := b.Ask(t.Context()); err == nil {
		t.Error("a letter that did not leave is no error")
	}
	b.fails = nil
	ask("2026-12-29", "n 2027-01-01 c") // what did not leave is tried again
	ask("2026-12-31")
	ask("2027-01-02")
	if b.shops[2].Hours.Special != nil {
		t.Error("somebody answered for the silent shop")
	}
	if !hours.Silent(b.shops[2].Hours, b.Calendar(), day("2027-01-01"), day("2027-01-03")) {
		t.Error("the silent shop counts as one that answered")
	}
	b.at = day("2027-02-10").At(600)
	if n, err := b.Sweep(t.Context()); err != nil || n != 2 {
		t.Errorf("forgot %d, %v; want the two merchants of January", n, err)
	}
}

func TestBegin(t *testing.T) {
	b := open(t)
	a := arrangement(t, 2027, spring)
	a.AskDays = 30
	if _, err := b.Put(t.Context(), coordinator(), a, 0); err != nil {
		t.Fatal(err)
	}
	all, err := b.Ahead(t.Context(), coordinator())
	if err != nil || len(all) != 2 || all[0].Name != "元旦" || all[0].Days != 34 || all[0].AskOn != day("2026-12-02") || all[0].Round != nil || all[1].To != day("2027-02-11") {
		t.Fatalf("%+v %v", all, err)
	}
	if _, err := b.Begin(t.Context(), coordinator(), day("2027-01-02")); !fault.Is(err, fault.NotFound) {
		t.Errorf("a day inside: %v", err)
	}
	if r, err := b.Begin(t.Context(), coordinator(), day("2027-01-01")); err != nil || r.Begun != "2026-11-28" {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := b.Begin(t.Context(), coordinator(), day("2027-01-01")); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	b.shops = []listing.Listing{shop("a", "m", true)}
	if n, err := b.Ask(t.Context()); err != nil || n != 1 || b.told[0].Step != 1 || b.told[0].Days != 34 {
		t.Errorf("asked %d, %v, %+v", n, err, b.told)
	}
	if all, err := b.Ahead(t.Context(), coordinator()); err != nil || all[0].Round == nil {
		t.Errorf("%+v %v", all, err)
	}
}
