package neighbour

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

var (
	contact = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	other   = access.Actor{AccountID: "lian2", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	coord   = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff   = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
	rival   = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

type book struct {
	*Service
	letters []string
	noPost  bool // letters do not leave
	now     time.Time
	log     *audit.Log
	area    Area
}

func (b *book) LeadersOf(_ context.Context, merchantID, listingID string) ([]string, error) {
	return map[string][]string{"m1 l1": {"dian", "guanli"}}[merchantID+" "+listingID], nil
}

func (b *book) TellCase(_ context.Context, account, key string, args map[string]any) error {
	if b.noPost {
		return errors.New("no post today")
	}
	all, err := json.Marshal(args)
	b.letters = append(b.letters, account+" "+key+" "+string(all))
	return err
}

func opened(t testing.TB) *book {
	t.Helper()
	b := &book{now: time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.now }
	db, log, keys := audittest.Open(t, now)
	b.log = log
	b.Service = New(Deps{
		DB: db, Log: log, Keys: keys, Now: now, Letters: b, Link: func(id string) string { return "/my/neighbours/" + id },
		Shop: func(_ context.Context, id string) (access.Thing, string, error) {
			switch id {
			case "l1":
				return access.Thing{MerchantID: "m1", ListingID: "l1"}, "云间面馆", nil
			case "nobody's":
				return access.Thing{ListingID: id}, "空店", nil
			}
			return access.Thing{}, "", fault.Missing()
		},
		Contacts: func(context.Context) (map[string]string, error) {
			return map[string]string{"lian": "小连", "lian2": "小李"}, nil
		},
	})
	var err error
	if b.area, err = b.SetArea(t.Context(), contact, "", 0, "谷阳一村", "lian"); err != nil {
		t.Fatal(err)
	}
	return b
}

const secretWords = "3 号楼 201 的老王 021-5777 0000"

func (b *book) draft() Draft {
	return Draft{AreaID: b.area.ID, Topic: "smoke", Place: "中山中路 218 号", ListingID: "l1", Matter: "油烟往楼上走", Side: Side{Residents: secretWords, Shop: "后门找店长"}}
}

func (b *book) begin(t testing.TB) Case {
	t.Helper()
	x, err := b.Begin(t.Context(), contact, b.draft())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (b *book) pass(days int) { b.now = b.now.AddDate(0, 0, days) }

func ok(t testing.TB) func(Case, error) Case {
	return func(x Case, err error) Case {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// agreed is a case with one measure.
func (b *book) agreed(t testing.TB) Case {
	ctx, do := t.Context(), ok(t)
	x := b.begin(t)
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: "居委会议室"}))
	x = do(b.Add(ctx, contact, x.ID, x.Rev, Measure{Text: "换净化器", Who: Shop, Due: "2026-03-12"}))
	x = do(b.Answer(ctx, owner, x.ID, true, ""))
	return do(b.Agree(ctx, contact, x.ID, x.Rev))
}

func TestWhatIsRefused(t *testing.T) {
	b := opened(t)
	for _, x := range []struct {
		what, field string
		change      func(*Draft)
	}{
		{"no place", "place", func(d *Draft) { d.Place = "" }},
		{"nothing the matter", "matter", func(d *Draft) { d.Matter = "" }},
		{"no topic", "topic", func(d *Draft) { d.Topic = "politics" }},
		{"no shop", "shop", func(d *Draft) { d.ListingID = "none" }},
		{"a shop nobody runs", "shop", func(d *Draft) { d.ListingID = "nobody's" }},
		{"another's area", "area", func(d *Draft) { d.AreaID = "none" }},
		{"a long side", "residents", func(d *Draft) { d.Side.Residents = strings.Repeat("长", MaxSide+1) }},
	} {
		d := b.draft()
		x.change(&d)
		_, err := b.Begin(t.Context(), contact, d)
		f, is := err.(*fault.Error) //nolint:errorlint // the service returns it bare
		if !is || f.Kind != fault.Invalid || f.Fields[0].Name != x.field {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	if _, err := b.SetArea(t.Context(), contact, "", 0, "谷阳一村", "lian"); !fault.Is(err, fault.Invalid) {
		t.Errorf("two areas of one name: %v", err)
	}
	if _, err := b.SetArea(t.Context(), contact, "", 0, "谷阳二村", "dian"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a contact who is no liaison: %v", err)
	}
}

func TestHowASideIsReachedInWords(t *testing.T) {
	for text, want := range map[string]bool{
		"打 138 1234 5678":            true,
		"物业 021-5777 0000":           true,
		"订餐 57721664":                true,
		"写 lao.wang@example.com":     true,
		"写 lao＠example．com":          true,
		"微信 wangxiaoming":            true,
		"微信号：wxid_88abc":             true,
		"加微信同号 13812345678":          true,
		"加vx：abc123":                 true,
		"VX abc-123":                 true,
		"QQ 12345678":                true,
		"WeChat laowang88":           true,
		"WeChat: laowang":            true,
		"WeChat ID: laowang88":       true,
		"中山中路 218 弄 3 号 201 室":       false,
		"每天 18:00-21:00 不卸货":         false,
		"2026-03-05 14:00 居委会议室":     false,
		"打 12345 热线":                 false,
		"在微信群里说过":                    false,
		"用微信支付，扫码付款":                 false,
		"公众号“云间”写过":                  false,
		"They accept WeChat payment": false,
		"超过 65 分贝，@所有人":              false,
	} {
		if got := len(both("text", text, lang.Limit{Max: MaxText})) > 0; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Who told the residents' side, and when, is written down with the invitation; whom nobody writes.
func TestTheResidentsAreToldOfAMeeting(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.begin(t)
	if _, err := b.Told(ctx, contact, x.ID, x.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("told of no meeting: %v", err)
	}
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: "居委会议室", ToldOn: "2026-01-01", ToldBy: "x"}))
	if m := x.Meetings[0]; m.ToldOn != "" || m.ToldBy != "" {
		t.Errorf("told before anybody was: %+v", m)
	}
	if _, err := b.Told(ctx, other, x.ID, x.Rev); !fault.Is(err, fault.NotFound) {
		t.Errorf("noted by another: %v", err)
	}
	x = do(b.Told(ctx, contact, x.ID, x.Rev))
	if m := x.Meetings[0]; m.ToldOn != b.today() || m.ToldBy != "lian" {
		t.Errorf("told: %+v", m)
	}
	if _, err := b.Told(ctx, contact, x.ID, x.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("told twice: %v", err)
	}
	if own, _, err := b.Own(ctx, owner, x.ID); err != nil || own.Meetings[0].ToldOn != b.today() || own.Meetings[0].ToldBy != "" {
		t.Errorf("the shop reads %+v %v", own.Meetings, err)
	}
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-09", Time: "14:00", Place: "居委会议室"}))
	if x.Meetings[0].ToldOn == "" || x.Meetings[1].ToldOn != "" {
		t.Errorf("another meeting: %+v", x.Meetings)
	}
}

func TestNoNumberIsReadByBothSides(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	const cell = "打 021-5777 0000"
	d := b.draft()
	d.Side.Residents, d.Side.Shop = cell, cell // which the contact alone reads
	x := do(b.Begin(ctx, contact, d))
	for field, try := range map[string]func() error{
		"place":  func() error { d := b.draft(); d.Place = cell; _, err := b.Begin(ctx, contact, d); return err },
		"matter": func() error { d := b.draft(); d.Matter = cell; _, err := b.Begin(ctx, contact, d); return err },
		"where": func() error {
			_, err := b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: cell})
			return err
		},
		"text": func() error {
			_, err := b.Add(ctx, contact, x.ID, x.Rev, Measure{Text: cell, Who: Shop, Due: "2026-03-12"})
			return err
		},
		"text of a check": func() error { _, err := b.Look(ctx, contact, x.ID, x.Rev, true, cell); return err },
		"result":          func() error { _, err := b.Close(ctx, contact, x.ID, x.Rev, false, cell); return err },
	} {
		name, _, _ := strings.Cut(field, " ")
		f, is := errors.AsType[*fault.Error](try())
		if !is || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != name || f.Fields[0].Key != "neighbour.wrong.reach" {
			t.Errorf("%s: %v", field, f)
		}
	}
}

func TestNeitherSideReadsTheOther(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.begin(t)
	if _, _, err := b.Own(ctx, owner, x.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the shop reads before it is invited: %v", err)
	}
	if list, err := b.Mine(ctx, owner, 10); err != nil || len(list) != 0 {
		t.Errorf("the shop's list before it is invited: %v %v", list, err)
	}
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: "居委会议室"}))
	own, said, err := b.Own(ctx, owner, x.ID)
	if err != nil || said != "" {
		t.Fatal(err)
	}
	all, _ := json.Marshal(own)
	stored, _ := b.cases.Get(ctx, x.ID)
	raw, _ := json.Marshal(stored)
	for _, where := range []string{string(all), string(raw)} {
		if strings.Contains(where, "老王") || strings.Contains(where, "5777") || strings.Contains(where, "店长") {
			t.Errorf("a side can be read in %s", where)
		}
	}
	if own.Sealed != "" {
		t.Error("the shop is given the sealed sides")
	}
	for _, by := range []access.Actor{staff, rival, admin, coord, {AccountID: "x"}} {
		if _, _, err := b.Own(ctx, by, x.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the shop's side: %v", by.AccountID, err)
		}
		if _, err := b.Get(ctx, by, x.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the case: %v", by.AccountID, err)
		}
	}
	do(b.Answer(ctx, owner, x.ID, true, "会来，想先看看烟道"))
	for _, by := range []access.Actor{other, admin, coord, owner} {
		if _, err := b.Sides(ctx, by, &x); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the sides: %v", by.AccountID, err)
		}
	}
	x, _ = b.Get(ctx, other, x.ID) // another liaison sees that there is a case, and no more
	if _, err := b.Agree(ctx, other, x.ID, x.Rev); !fault.Is(err, fault.NotFound) {
		t.Errorf("another liaison acts: %v", err)
	}
	side, err := b.Sides(ctx, contact, &x)
	if err != nil || side.Residents != secretWords || side.Said != "会来，想先看看烟道" || x.Coming == nil || !*x.Coming {
		t.Errorf("what the contact reads: %+v %v", side, err)
	}
	x = do(b.Note(ctx, contact, x.ID, x.Rev, Side{Residents: "改了", Said: "不是这个"}))
	if side, _ = b.Sides(ctx, contact, &x); side.Residents != "改了" || side.Said != "会来，想先看看烟道" {
		t.Errorf("noting changed what the shop said: %+v", side)
	}
	if _, err := b.log.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	trail, err := b.log.Of(ctx, audit.Ref{Kind: kindCase, ID: x.ID}, "", 100)
	if err != nil || len(trail.Items) == 0 {
		t.Fatalf("the trail: %v", err)
	}
	lines, _ := json.Marshal(trail)
	for _, words := range []string{"老王", stored.Sealed, "油烟往楼上走", "中山中路", "居委会议室", "2026-03-05", `"coming":true`} {
		if strings.Contains(string(lines), words) {
			t.Errorf("the trail has %q", words)
		}
	}
}

func TestTheShopIsWrittenToOfEveryMeeting(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.begin(t)
	if _, err := b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a meeting nowhere: %v", err)
	}
	if len(b.letters) != 0 {
		t.Errorf("written to before there is a meeting: %q", b.letters)
	}
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: "3 号楼 201"}))
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-06", Time: "15:00", Place: "居委会议室"}))
	want := []string{}
	for n, when := range []string{"2026-03-05 14:00", "2026-03-06 15:00"} {
		for _, account := range []string{"dian", "guanli"} { // and nothing that the contact or the residents wrote
			want = append(want, fmt.Sprintf(`%[1]s neighbour.%[2]s.%[3]d.%[1]s {"Link":"/my/neighbours/%[2]s","Shop":"云间面馆","When":"%[4]s"}`, account, x.ID, n+1, when))
		}
	}
	if !slices.Equal(b.letters, want) {
		t.Errorf("letters %q, want %q", b.letters, want)
	}
	b.noPost = true
	do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-07", Time: "15:00", Place: "居委会议室"}))
}

func TestTheWayOfACase(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.begin(t)
	refused := func(what string, err error) {
		t.Helper()
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := b.Agree(ctx, contact, x.ID, x.Rev)
	refused("agreed before anybody met", err)
	x = do(b.Invite(ctx, contact, x.ID, x.Rev, Meeting{On: "2026-03-05", Time: "14:00", Place: "居委会议室"}))
	_, err = b.Agree(ctx, contact, x.ID, x.Rev)
	refused("agreed on nothing", err)
	_, err = b.Close(ctx, contact, x.ID, x.Rev, true, "好了")
	refused("closed without checks", err)
	x = do(b.Add(ctx, contact, x.ID, x.Rev, Measure{Text: "换净化器", Who: Shop, Due: "2026-03-12"}))
	x = do(b.Agree(ctx, contact, x.ID, x.Rev))
	if x.CheckDue() != "2026-03-16" {
		t.Errorf("the first check is on %s", x.CheckDue())
	}
	_, err = b.Look(ctx, contact, x.ID, x.Rev, true, "没味道")
	refused("checked too early", err)
	b.pass(14)
	if !x.Overdue("2026-03-16") {
		t.Error("a measure whose day is over is not late")
	}
	x = do(b.Fulfil(ctx, contact, x.ID, x.Rev, 1))
	if x.Overdue("2026-03-16") || !x.Overdue("2026-03-17") {
		t.Error("the check is late a day after its day, and not before")
	}
	x = do(b.Look(ctx, contact, x.ID, x.Rev, true, "没味道"))
	if x.State != Once || x.CheckDue() != "2026-04-27" {
		t.Errorf("%s, next on %s", x.State, x.CheckDue())
	}
	_, err = b.Look(ctx, contact, x.ID, x.Rev, true, "没味道")
	refused("the second check too early", err)
	b.pass(42)
	x = do(b.Look(ctx, contact, x.ID, x.Rev, true, "还是没味道"))
	x = do(b.Close(ctx, contact, x.ID, x.Rev, true, "油烟没了"))
	_, err = b.Note(ctx, contact, x.ID, x.Rev, Side{})
	refused("changed once closed", err)
	if n, err := b.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("erased at once: %d %v", n, err)
	}
	b.begin(t)
	begun := x.CreatedAt.Year()
	for year, want := range map[int][2]int{begun: {2, 1}, begun - 1: {0, 0}} {
		if n, ended, err := b.Totals(ctx, year); err != nil || n != want[0] || ended != want[1] {
			t.Errorf("%d: %d begun, %d ended, %v; want %v", year, n, ended, err, want)
		}
	}
	b.pass(Keep - 1)
	for days, want := range map[int]int{Keep: 0, Keep - 1: 1} {
		if n, err := b.Due(ctx, days); err != nil || n != want {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, n, err, want)
		}
	}
	if n, err := b.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("erased a day too early: %d %v", n, err)
	}
	b.Days = func() int { return Keep - 1 }
	if n, err := b.Sweep(ctx); err != nil || n != 1 {
		t.Errorf("not erased when it was kept long enough: %d %v", n, err)
	}
	if n, err := b.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("erased twice: %d %v", n, err)
	}
	x, _ = b.Get(ctx, contact, x.ID)
	if x.Sealed != "" || x.Result != "油烟没了" {
		t.Errorf("what is left: %+v", x)
	}
	if _, err := b.Sides(ctx, contact, &x); !fault.Is(err, fault.NotFound) {
		t.Errorf("sides that are erased: %v", err)
	}
}

func TestACheckThatGoesBadlyBringsThemTogetherAgain(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.agreed(t)
	b.pass(14)
	x = do(b.Look(ctx, contact, x.ID, x.Rev, false, "还有味道"))
	if x.State != Invited || x.CheckDue() != "" || x.Coming != nil {
		t.Errorf("%s, %s, the answer to the last meeting %v", x.State, x.CheckDue(), x.Coming)
	}
	x = do(b.Fulfil(ctx, contact, x.ID, x.Rev, 1))
	x = do(b.Add(ctx, contact, x.ID, x.Rev, Measure{Text: "加高烟道", Who: Both, Due: "2026-03-30"}))
	x = do(b.Close(ctx, contact, x.ID, x.Rev, false, "谈不拢，转给街道"))
	if x.State != NotAgreed || !x.Ended() {
		t.Errorf("%s", x.State)
	}
	if _, err := b.Answer(ctx, owner, x.ID, true, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("an answer to nobody: %v", err)
	}
}

func TestOnlyTheContactHandsAnAreaOver(t *testing.T) {
	b, ctx := opened(t), t.Context()
	x := b.begin(t)
	if _, err := b.SetArea(ctx, other, b.area.ID, b.area.Rev, "谷阳一村", "lian2"); !fault.Is(err, fault.Invalid) {
		t.Errorf("another liaison takes the area: %v", err)
	}
	if _, err := b.Sides(ctx, other, &x); !fault.Is(err, fault.NotFound) {
		t.Errorf("and reads the sides: %v", err)
	}
	a, err := b.SetArea(ctx, other, b.area.ID, b.area.Rev, "谷阳新村", "lian")
	if err != nil {
		t.Errorf("another liaison corrects the name: %v", err)
	}
	if a, err = b.SetArea(ctx, contact, a.ID, a.Rev, a.Name, "lian2"); err != nil {
		t.Fatalf("handed over: %v", err)
	}
	if _, err := b.SetArea(ctx, contact, a.ID, a.Rev, a.Name, "lian"); !fault.Is(err, fault.Invalid) {
		t.Errorf("taken back: %v", err)
	}
	b.Contacts = func(context.Context) (map[string]string, error) { return map[string]string{"lian": "小连"}, nil }
	if _, err := b.SetArea(ctx, contact, a.ID, a.Rev, a.Name, "lian"); err != nil {
		t.Errorf("of one who is no liaison any more: %v", err)
	}
}

func TestACaseGivenUpBeforeAnybodyWasInvitedIsNobodysElse(t *testing.T) {
	b, ctx, do := opened(t), t.Context(), ok(t)
	x := b.begin(t)
	x = do(b.Close(ctx, contact, x.ID, x.Rev, false, "邻居搬走了"))
	if _, err := b.Of(ctx, x.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("its address: %v", err)
	}
	if _, _, err := b.Own(ctx, owner, x.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the shop reads it: %v", err)
	}
	if list, err := b.Mine(ctx, owner, 10); err != nil || len(list) != 0 {
		t.Errorf("the shop's list: %v %v", list, err)
	}
}
