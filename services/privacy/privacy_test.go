package privacy_test

import (
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/privacy"
	"shangquan/services/store"
)

var (
	asker = access.Actor{AccountID: "o", Name: "陈阿姨"}
	other = access.Actor{AccountID: "x", Name: "别人"}
	admin = access.Actor{AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true}
)

type bench struct {
	*privacy.Service
	db store.DB
	at time.Time
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 9, 24, 10, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.at }
	db, log, keys := audittest.Open(t, now)
	b.db = db
	b.Service = privacy.New(privacy.Deps{DB: db, Log: log, Keys: keys, Calendar: calendar.China, Now: now})
	return b
}

func (b *bench) send(t *testing.T, kind privacy.Kind, text string) privacy.Ask {
	t.Helper()
	a, err := b.Send(t.Context(), asker, kind, text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Fifteen working days over the days off in autumn, with the working days moved for them.
func TestWhenAnAskIsDue(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-28": "2026-12-18", // a Saturday: Monday is the first
		"2026-11-30": "2026-12-21",
		"2026-09-24": "2026-10-22", // 中秋 and 国庆, with the Sunday and the Saturday worked for them
	} {
		b := open(t)
		day, err := calendar.ParseDate(from)
		if err != nil {
			t.Fatal(err)
		}
		b.at = day.At(10 * 60)
		if a := b.send(t, privacy.See, ""); a.Due != want {
			t.Errorf("asked on %s: due %s, want %s", from, a.Due, want)
		}
	}
}

func TestAnAskIsAnswered(t *testing.T) {
	b, ctx := open(t), t.Context()
	a := b.send(t, privacy.Right, "  手机号是旧的 ")
	if len(a.Number) != 9 || !a.Open || strings.Contains(a.Sealed, "旧的") {
		t.Fatalf("%+v", a)
	}
	if _, err := b.Send(ctx, asker, privacy.Right, "再说一遍"); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked twice: %v", err)
	}
	b.send(t, privacy.See, "")
	page, err := b.Waiting(ctx, admin, "", 10)
	if err != nil || len(page.Items) != 2 {
		t.Fatal(page.Items, err)
	}
	if w, err := b.Read(admin, &a); err != nil || w.Text != "手机号是旧的" {
		t.Errorf("%+v %v", w, err)
	}
	if _, err := b.Read(other, &a); err == nil {
		t.Error("somebody reads what another asked")
	}
	b.at = b.at.AddDate(0, 0, 40)
	if !a.Late(b.at) {
		t.Error("40 days later it is not late")
	}
	if _, err := b.Answer(ctx, admin, a.ID, a.Rev, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("answered with nothing: %v", err)
	}
	if _, err := b.Answer(ctx, admin, a.ID, a.Rev+1, "改好了"); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered what nobody saw: %v", err)
	}
	if a, err = b.Answer(ctx, admin, a.ID, a.Rev, "改好了"); err != nil || a.Open || a.By != "a" || a.Late(b.at) {
		t.Fatalf("%+v %v", a, err)
	}
	if _, err := b.Answer(ctx, admin, a.ID, a.Rev, "又改了"); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered twice: %v", err)
	}
	own, err := b.Own(ctx, asker)
	if err != nil || len(own) != 2 {
		t.Fatal(own, err)
	}
	if w, err := b.Read(asker, &a); err != nil || w.Answer != "改好了" || w.Text != "手机号是旧的" {
		t.Errorf("the person reads %+v, %v", w, err)
	}
	if done, err := b.Answered(ctx, admin, 10); err != nil || len(done) != 1 || done[0].ID != a.ID {
		t.Errorf("answered: %+v %v", done, err)
	}
	b.send(t, privacy.Right, "又错了") // the next one may come
	for year, want := range map[int][2]int{b.at.Year(): {3, 1}, b.at.Year() - 1: {0, 0}} {
		if asked, answered, err := b.Totals(ctx, year); err != nil || asked != want[0] || answered != want[1] {
			t.Errorf("%d: %d asked, %d answered, %v; want %v", year, asked, answered, err, want)
		}
	}

	if n, err := b.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("forgotten at once: %d %v", n, err)
	}
	b.at = b.at.AddDate(0, 0, privacy.Keep+1)
	if n, err := b.Sweep(ctx); n != 1 || err != nil {
		t.Errorf("forgotten after three years: %d %v", n, err)
	}
	if n, err := b.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("forgotten twice: %d %v", n, err)
	}
	left, err := b.Get(ctx, admin, a.ID)
	if err != nil || left.AccountID+left.Sealed+left.By != "" || left.Number != a.Number {
		t.Errorf("left: %+v %v", left, err)
	}
	if own, err := b.Own(ctx, asker); err != nil || len(own) != 2 {
		t.Errorf("what is open was forgotten, too: %+v %v", own, err)
	}
}

func TestAsksThatAreRefused(t *testing.T) {
	b, ctx := open(t), t.Context()
	for name, c := range map[string]struct {
		by   access.Actor
		kind privacy.Kind
		text string
		want fault.Kind
	}{
		"nobody":               {access.Actor{}, privacy.See, "", fault.Unauthenticated},
		"of no kind":           {asker, "sell", "", fault.Invalid},
		"what is to be right":  {asker, privacy.Right, " ", fault.Invalid},
		"what is to be erased": {asker, privacy.Erase, "", fault.Invalid},
		"too long":             {asker, privacy.See, strings.Repeat("长", privacy.MaxText+1), fault.Invalid},
	} {
		if _, err := b.Send(ctx, c.by, c.kind, c.text); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := b.send(t, privacy.See, "")
	if _, err := b.Waiting(ctx, asker, "", 10); err == nil {
		t.Error("a person reads everybody's")
	}
	if _, err := b.Answered(ctx, asker, 10); err == nil {
		t.Error("a person reads everybody's answers")
	}
	if _, err := b.Answer(ctx, asker, a.ID, a.Rev, "好"); err == nil {
		t.Error("a person answers the own")
	}
	if own, err := b.Own(ctx, other); err != nil || len(own) != 0 {
		t.Errorf("of another: %+v %v", own, err)
	}
}
