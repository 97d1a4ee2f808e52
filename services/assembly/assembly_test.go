package assembly

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

var (
	liaison     = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	admin       = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	coordinator = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner       = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff       = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
	rival       = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

// letter is one that left.
type letter struct{ account, key, kind string }

// book is the service over a store of its own, with two members, and a clock that the test moves.
type book struct {
	*Service
	t       testing.TB
	now     time.Time
	letters []letter
	link    string       // of the last invitation
	away    string       // an account whose letters do not leave
	refuses error        // what the post says to invitations
	one     Organisation // of owner
	two     Organisation // of rival
}

func (b *book) MerchantPeople(_ context.Context, id string) ([]string, error) {
	return map[string][]string{"m1": {"dian"}, "m2": {"lin"}}[id], nil
}

func (b *book) TellMeeting(_ context.Context, account, key string, _ map[string]any) error {
	if b.away == account {
		return errors.New("no post today")
	}
	b.letters = append(b.letters, letter{account, key, "meeting"})
	return nil
}

func (b *book) TellCancelled(_ context.Context, account, key string, _ map[string]any) error {
	b.letters = append(b.letters, letter{account, key, "cancelled"})
	return nil
}

func (b *book) TellMinutes(_ context.Context, account, key string, _ map[string]any) error {
	b.letters = append(b.letters, letter{account, key, "minutes"})
	return nil
}

func (b *book) TellTakenBack(_ context.Context, account, key string, args map[string]any) error {
	b.letters = append(b.letters, letter{account, key, fmt.Sprint("back: ", args["Reason"])})
	return nil
}

func (b *book) AskSpeaker(_ context.Context, to account.Contact, _ lang.Tag, key string, args map[string]any) error {
	b.letters = append(b.letters, letter{string(to), key, "invitation"})
	b.link = fmt.Sprint(args["Link"])
	return b.refuses
}

func opened(t testing.TB) *book {
	t.Helper()
	b := &book{t: t, now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.now }
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a.db"), store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	b.Service = New(Deps{DB: db, Log: audit.New(db, keys, now), Letters: b, Now: now, Link: func(o, m string) string { return "/" + o + "/" + m }, Join: func(token string) string { return token }, Keys: keys})
	b.one = must(b, func() (Organisation, error) { return b.Add(t.Context(), liaison, details("云间面馆", "m1")) })
	b.now = b.now.Add(time.Second) // seats are listed in the order they were given
	b.two = must(b, func() (Organisation, error) { return b.Add(t.Context(), liaison, details("谷阳布店", "m2")) })
	return b
}

func details(name, merchantID string) Details {
	return Details{Name: lang.Text{Hans: name}, Kind: Merchant, MerchantID: merchantID, Since: "2026-01-01", Visibility: Public, Desk: Desk{"值班室", "021-5777 0000"}}
}

func must[T any](b *book, f func() (T, error)) T {
	b.t.Helper()
	x, err := f()
	if err != nil {
		b.t.Fatal(err)
	}
	return x
}

func (b *book) refused(what string, err error, kind fault.Kind) {
	b.t.Helper()
	if !fault.Is(err, kind) {
		b.t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func (b *book) convene(title string) Meeting {
	b.t.Helper()
	return must(b, func() (Meeting, error) {
		return b.Convene(b.t.Context(), liaison, Plan{Title: title, Place: "三楼会议室", At: b.now.AddDate(0, 0, 3)})
	})
}

// held is a meeting that took place with one topic of the rival.
func (b *book) held() Meeting {
	b.t.Helper()
	ctx := b.t.Context()
	m := b.convene("十月联席会议")
	m = must(b, func() (Meeting, error) { return b.Propose(ctx, rival, b.two.ID, m.ID, "后巷垃圾房", "") })
	m = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, m.ID, m.Rev, map[string]int{m.Topics[0].ID: 1}) })
	m = must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, m.At}) })
	must(b, func() (int, error) { return b.Tell(ctx) })
	b.now = m.At.Add(time.Hour)
	return must(b, func() (Meeting, error) {
		return b.Hold(ctx, liaison, m.ID, m.Rev, map[string]Presence{b.one.ID: Present})
	})
}

func (b *book) asked() Meeting {
	b.t.Helper()
	m := b.held()
	m = must(b, func() (Meeting, error) {
		return b.Write(b.t.Context(), liaison, m.ID, m.Rev, map[string]Words{m.Topics[0].ID: {"太远", "每天清两次"}})
	})
	return must(b, func() (Meeting, error) {
		return b.Ask(b.t.Context(), liaison, m.ID, m.Rev, b.now.AddDate(0, 0, 5).Format(time.DateOnly))
	})
}

func TestAMeetingFromTopicToSummary(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	must(b, func() (int, error) { return b.Tell(ctx) })
	if len(b.letters) != 4 || b.letters[0].kind != "meeting" || b.letters[3].kind != "minutes" {
		t.Errorf("letters %v", b.letters)
	}
	if m.Rows[0].Presence != Present || m.Rows[1].Presence != Absent {
		t.Errorf("who was there: %v", m.Rows)
	}
	_, err := b.Publish(ctx, liaison, m.ID, m.Rev)
	b.refused("published while members may answer", err, fault.Conflict)
	_, err = b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, false, " ")
	b.refused("an objection without a text", err, fault.Invalid)
	m = must(b, func() (Meeting, error) {
		return b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, false, "不是每天两次")
	})
	if a, ok := m.AnswerOf(b.one.ID); !ok || a.OK || a.Text == "" {
		t.Errorf("the objection is %v", a)
	}

	old := m.Minutes
	m = must(b, func() (Meeting, error) { return b.TakeBack(ctx, liaison, m.ID, m.Rev, "次数写错了") })
	if m.State != Held || len(m.Answers) != 0 || m.Minutes != "" {
		t.Errorf("taken back the minutes are %s with %v", m.State, m.Answers)
	}
	m = must(b, func() (Meeting, error) {
		return b.Write(ctx, liaison, m.ID, m.Rev, map[string]Words{m.Topics[0].ID: {"太远", "每天清一次"}})
	})
	_, err = b.Answer(ctx, owner, b.one.ID, m.ID, old, true, "")
	b.refused("an answer to minutes that are not out", err, fault.Conflict)
	m = must(b, func() (Meeting, error) {
		return b.Ask(ctx, liaison, m.ID, m.Rev, b.now.AddDate(0, 0, 5).Format(time.DateOnly))
	})
	_, err = b.Answer(ctx, owner, b.one.ID, m.ID, old, true, "")
	b.refused("an answer to older minutes", err, fault.Conflict)
	m = must(b, func() (Meeting, error) { return b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, true, "") })

	b.now = b.now.AddDate(0, 0, 6)
	_, err = b.Answer(ctx, rival, b.two.ID, m.ID, m.Minutes, true, "")
	b.refused("an answer after the last day", err, fault.Conflict)
	m = must(b, func() (Meeting, error) { return b.Publish(ctx, liaison, m.ID, m.Rev) })
	if _, ok := m.AnswerOf(b.two.ID); ok {
		t.Error("silence became an answer")
	}
	_, err = b.Write(ctx, liaison, m.ID, m.Rev, map[string]Words{m.Topics[0].ID: {"", "别的"}})
	b.refused("published minutes changed", err, fault.Conflict)

	m = must(b, func() (Meeting, error) {
		return b.Summarise(ctx, liaison, m.ID, m.Rev, Summary{lang.Text{Hans: "十月会议"}, lang.Text{Hans: "垃圾每天清一次。"}})
	})
	if _, err := b.PublicMeeting(ctx, m.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a summary nobody approved is public: %v", err)
	}
	_, err = b.ApproveSummary(ctx, liaison, m.ID, m.Rev, m.Summary.Asked)
	b.refused("approved by the liaison", err, fault.NotFound)
	shown := m.Summary.Asked
	m = must(b, func() (Meeting, error) {
		return b.Summarise(ctx, liaison, m.ID, m.Rev, Summary{lang.Text{Hans: "十月会议"}, lang.Text{Hans: "改过。"}})
	})
	_, err = b.ApproveSummary(ctx, admin, m.ID, m.Rev, shown)
	b.refused("approved what was not shown", err, fault.Conflict)
	m = must(b, func() (Meeting, error) { return b.ApproveSummary(ctx, admin, m.ID, m.Rev, m.Summary.Asked) })
	if list, _, err := b.PublicMeetings(ctx, "", 10); err != nil || len(list) != 1 || list[0].Text.Hans != "改过。" {
		t.Errorf("the public reads %v %v", list, err)
	}
	m = must(b, func() (Meeting, error) { return b.WithdrawSummary(ctx, liaison, m.ID, m.Rev) })
	if _, err := b.PublicMeeting(ctx, m.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a withdrawn summary is public: %v", err)
	}
}

func TestAnActionItemComesBackUntilItIsClosed(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	a := must(b, func() (Action, error) {
		return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, "装垃圾房的灯", b.two.ID, "2026-10-30")
	})
	next := b.convene("十一月联席会议")
	next = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, next.ID, next.Rev, nil) })
	if list := next.OnAgenda(); len(list) != 1 || list[0].ActionID != a.ID {
		t.Fatalf("the next agenda is %v", list)
	}
	next = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, next.ID, next.Rev, nil) })
	if len(next.Topics) != 1 {
		t.Errorf("it came back twice: %v", next.Topics)
	}
	_, err := b.Close(ctx, liaison, a.ID, a.Rev)
	b.refused("closed without evidence", err, fault.Conflict)
	_, err = b.Prove(ctx, rival, b.two.ID, a.ID, Evidence{Text: " "})
	b.refused("evidence that says nothing", err, fault.Invalid)
	_, err = b.Prove(ctx, owner, b.one.ID, a.ID, Evidence{Text: "装好了"})
	b.refused("another organisation's evidence", err, fault.NotFound)
	a = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, a.ID, Evidence{Text: "装好了"}) })
	_, err = b.Close(ctx, rival, a.ID, a.Rev)
	b.refused("closed by its own organisation", err, fault.NotFound)
	a = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, a.ID, a.Rev, "晚上不亮") })
	_, err = b.Close(ctx, liaison, a.ID, a.Rev)
	b.refused("closed while it is open again", err, fault.Conflict)
	a = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, a.ID, Evidence{Text: "换了灯"}) })
	a = must(b, func() (Action, error) { return b.Prove(ctx, liaison, "", a.ID, Evidence{Text: "看过，亮了"}) })
	_, err = b.Close(ctx, liaison, a.ID, a.Rev)
	b.refused("closed by who says that it is done", err, fault.Conflict)
	colleague := access.Actor{AccountID: "lian2", Roles: liaison.Roles, TwoFactor: true}
	must(b, func() (Action, error) { return b.Close(ctx, colleague, a.ID, a.Rev) })
	last := b.convene("十二月联席会议")
	_, err = b.Settle(ctx, liaison, last.ID, last.Rev, nil)
	b.refused("an agenda of nothing, now that it is closed", err, fault.Invalid)
}

func TestEveryOpenActionItemComesBack(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	const n = 230 // more than a page of the store has
	for i := range n {
		must(b, func() (Action, error) {
			return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, fmt.Sprintf("第 %d 件", i), b.two.ID, "2026-10-30")
		})
	}
	late := func(at time.Time, want int) {
		t.Helper()
		was := b.now
		b.now = at
		if got := must(b, func() (int, error) { return b.LateActions(ctx, liaison) }); got != want {
			t.Errorf("on %s %d are late, want %d", at.Format(time.DateOnly), got, want)
		}
		b.now = was
	}
	late(time.Date(2026, 10, 30, 23, 59, 0, 0, calendar.Shanghai), 0)
	late(time.Date(2026, 10, 31, 0, 1, 0, 0, calendar.Shanghai), n)
	next := b.convene("十一月联席会议")
	next = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, next.ID, next.Rev, nil) })
	if got := len(next.OnAgenda()); got != n {
		t.Errorf("%d of %d came back", got, n)
	}
	if _, err := b.Propose(ctx, liaison, "", next.ID, "还有一件", ""); err != nil {
		t.Errorf("what came back leaves no room: %v", err)
	}
}

func TestWhatIsClosedLeavesTheAgenda(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	assign := func(text string) Action {
		return must(b, func() (Action, error) {
			return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, text, b.two.ID, "2026-10-30")
		})
	}
	withdraw := func(a Action) {
		t.Helper()
		must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, a.ID, a.Rev, "不用做了") })
	}
	one, two, three, four := assign("一"), assign("二"), assign("三"), assign("四")
	next := b.convene("十一月联席会议")
	next = must(b, func() (Meeting, error) {
		return b.Settle(ctx, liaison, next.ID, next.Rev, map[string]int{one.ID: 1, two.ID: 2, three.ID: 3, four.ID: 4})
	})
	agenda := func(what, want string) {
		t.Helper()
		next = must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, next.ID) })
		got := ""
		for _, topic := range next.OnAgenda() {
			got += topic.Title
		}
		if got != want {
			t.Errorf("%s: the agenda is %q, want %q", what, got, want)
		}
	}
	agenda("settled", "一二三四")
	withdraw(one)
	agenda("one withdrawn", "二三四")
	two = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, two.ID, Evidence{Text: "装好了"}) })
	agenda("one that waits for a look", "二三四")
	next = must(b, func() (Meeting, error) {
		return b.Call(ctx, liaison, next.ID, next.Rev, Plan{next.Title, next.Place, next.At})
	})
	must(b, func() (Action, error) { return b.Close(ctx, liaison, two.ID, two.Rev) })
	agenda("one closed after the call", "三四")
	// One that slipped through is taken off when the agenda is written again.
	next = must(b, func() (Meeting, error) {
		return b.meetings.Update(ctx, liaison, audit.Write{Action: access.AssemblyEdit}, next.ID, 0, func(m *Meeting) error {
			m.Topics = append(m.Topics, Topic{ID: two.ID, Title: "二", ActionID: two.ID, On: true})
			return nil
		})
	})
	next = must(b, func() (Meeting, error) {
		return b.Call(ctx, liaison, next.ID, next.Rev, Plan{next.Title, "二楼", next.At})
	})
	agenda("called again", "三四")
	b.now = next.At.Add(time.Minute)
	withdraw(three)
	agenda("one withdrawn once they met", "三四")
}

func TestWhatIsReopenedIsBackOnTheAgenda(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	assign := func(text string) Action {
		return must(b, func() (Action, error) {
			return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, text, b.two.ID, "2026-10-30")
		})
	}
	assign("一")
	two := assign("二")
	colleague := access.Actor{AccountID: "lian2", Roles: liaison.Roles, TwoFactor: true}
	two = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, two.ID, Evidence{Text: "装好了"}) })
	two = must(b, func() (Action, error) { return b.Close(ctx, colleague, two.ID, two.Rev) })
	settled := func(x Meeting) Meeting {
		x = must(b, func() (Meeting, error) { return b.Propose(ctx, liaison, "", x.ID, "甲", "") })
		return must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, x.ID, x.Rev, map[string]int{x.Topics[0].ID: 1}) })
	}
	call := func(x Meeting) Meeting {
		return must(b, func() (Meeting, error) { return b.Call(ctx, liaison, x.ID, x.Rev, Plan{x.Title, x.Place, x.At}) })
	}
	over, open := call(settled(b.convene("过了"))), b.convene("收议题")
	b.now = over.At.Add(time.Minute)
	called, agenda := call(settled(b.convene("通知了"))), settled(b.convene("议程定了"))
	look := func(x Meeting) string {
		t.Helper()
		got := ""
		now := must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, x.ID) })
		for _, topic := range now.OnAgenda() {
			got += topic.Title
		}
		return got
	}
	// check says what stands on the agendas of all four, and of the meeting that decided it.
	check := func(when, over1, called1, agenda1 string) {
		t.Helper()
		for x, want := range map[*Meeting]string{&over: over1, &called: called1, &agenda: agenda1, &open: "", &m: "后巷垃圾房"} {
			if got := look(*x); got != want {
				t.Errorf("%s: the agenda of %s is %q, want %q", when, x.Title, got, want)
			}
		}
	}
	check("closed", "一甲", "一甲", "一甲")
	two = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, two.ID, two.Rev, "又不亮了") })
	check("opened again", "一甲", "二一甲", "二一甲")
	two = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, two.ID, Evidence{Text: "换了"}) })
	two = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, two.ID, two.Rev, "还是不亮") })
	check("sent back while it is there", "一甲", "二一甲", "二一甲")
	two = must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, two.ID, two.Rev, "不用做了") })
	check("withdrawn", "一甲", "一甲", "一甲")
	two = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, two.ID, two.Rev, "还是要做") })
	check("to be done all the same", "一甲", "二一甲", "二一甲")

	// As a crash leaves it between the item and the agendas; a page that was open meanwhile stays good where nothing changes.
	before := must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, agenda.ID) })
	must(b, func() (Meeting, error) {
		return b.write(ctx, liaison, access.AssemblyEdit, called.ID, 0, "test", func(x *Meeting) error {
			x.Topics = slices.DeleteFunc(slices.Clone(x.Topics), func(t Topic) bool { return t.ActionID == two.ID })
			return nil
		})
	})
	if _, err := b.Reopen(ctx, liaison, two.ID, two.Rev, "还是要做"); wordsOf(err) != "assembly.wrong.state" {
		t.Errorf("opened twice: %v", err)
	}
	check("asked again after a crash", "一甲", "二一甲", "二一甲")
	if after := must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, agenda.ID) }); after.Rev != before.Rev {
		t.Error("a meeting that had the item was written all the same")
	}
}

func TestTooManyActionItems(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	assign := func(i int) (Action, error) {
		return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, fmt.Sprintf("第 %d 件", i), b.two.ID, "2026-10-30")
	}
	one := must(b, func() (Action, error) { return assign(0) })
	one = must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, one.ID, one.Rev, "不用做了") })
	last := Action{}
	for i := range mostOpen {
		last = must(b, func() (Action, error) { return assign(i + 1) })
	}
	if _, err := assign(mostOpen + 1); wordsOf(err) != "assembly.wrong.many_open" {
		t.Errorf("one more: %v", err)
	}
	if _, err := b.Reopen(ctx, liaison, one.ID, one.Rev, "还是要做"); wordsOf(err) != "assembly.wrong.many_open" {
		t.Errorf("one opened again: %v", err)
	}
	last = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, last.ID, Evidence{Text: "办了"}) })
	last = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, last.ID, last.Rev, "没办好") }) // waited all the time
	must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, last.ID, last.Rev, "不用做了") })
	must(b, func() (Action, error) { return b.Reopen(ctx, liaison, one.ID, one.Rev, "还是要做") })
}

func TestAnAgendaKeepsItsLastTopic(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	a := must(b, func() (Action, error) {
		return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, "一", b.two.ID, "2026-10-30")
	})
	next := b.convene("十一月联席会议")
	next = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, next.ID, next.Rev, nil) })
	next = must(b, func() (Meeting, error) {
		return b.Call(ctx, liaison, next.ID, next.Rev, Plan{next.Title, next.Place, next.At})
	})
	must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, a.ID, a.Rev, "不用做了") })
	next = must(b, func() (Meeting, error) {
		return b.Call(ctx, liaison, next.ID, next.Rev, Plan{next.Title, "二楼", next.At})
	})
	if len(next.OnAgenda()) != 1 {
		t.Errorf("nothing to meet about: %v", next.Topics)
	}
}

func TestAnActionItemIsAssignedOnceAndWithdrawn(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	assign := func(text string) (Action, error) {
		return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, text, b.two.ID, "2026-10-30")
	}
	a := must(b, func() (Action, error) { return assign("装灯") })
	_, err := assign(" 装灯")
	b.refused("the same once more", err, fault.Invalid)
	_, err = b.WithdrawAction(ctx, liaison, a.ID, a.Rev, " ")
	b.refused("withdrawn without a reason", err, fault.Invalid)
	_, err = b.WithdrawAction(ctx, rival, a.ID, a.Rev, "不想做")
	b.refused("withdrawn by its organisation", err, fault.NotFound)
	a = must(b, func() (Action, error) { return b.WithdrawAction(ctx, liaison, a.ID, a.Rev, "路灯所来装") })
	_, err = b.WithdrawAction(ctx, liaison, a.ID, a.Rev, "再来")
	b.refused("withdrawn twice", err, fault.Conflict)
	_, err = b.Prove(ctx, rival, b.two.ID, a.ID, Evidence{Text: "装了"})
	b.refused("evidence for what was withdrawn", err, fault.Conflict)
	if list, err := b.unclosed(ctx); err != nil || len(list) != 0 {
		t.Errorf("it comes back: %v %v", list, err)
	}
	again := must(b, func() (Action, error) { return assign("装灯") })
	_, err = assign("装灯")
	b.refused("the same a third time", err, fault.Invalid)

	for range MaxEvidence {
		again = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, again.ID, Evidence{Text: "装了"}) })
	}
	_, err = b.Prove(ctx, rival, b.two.ID, again.ID, Evidence{Text: "装了"})
	b.refused("too much evidence", err, fault.Conflict)
	again = must(b, func() (Action, error) { return b.Reopen(ctx, liaison, again.ID, again.Rev, "不亮") })
	again = must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, again.ID, Evidence{Text: "换了"}) })
	must(b, func() (Action, error) { return b.Close(ctx, liaison, again.ID, again.Rev) })

	for _, text := range []string{"一", "二", "三"} {
		must(b, func() (Action, error) { return assign(text) })
	}
	page, err := b.OwnActions(ctx, rival, b.two.ID, "", 2)
	if err != nil || len(page.Items) != 2 || page.Next == "" || page.Items[0].State != Todo {
		t.Fatalf("what is to be done: %v %v", page, err)
	}
	if page, err = b.OwnActions(ctx, rival, b.two.ID, page.Next, 2); err != nil || len(page.Items) != 1 || page.Next != "" {
		t.Errorf("the rest of it: %v %v", page, err)
	}
}

func TestSteps(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.convene("会议")
	for what, try := range map[string]func() error{
		"call":    func() error { _, err := b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, m.At}); return err },
		"hold":    func() error { _, err := b.Hold(ctx, liaison, m.ID, m.Rev, nil); return err },
		"write":   func() error { _, err := b.Write(ctx, liaison, m.ID, m.Rev, nil); return err },
		"ask":     func() error { _, err := b.Ask(ctx, liaison, m.ID, m.Rev, "2026-12-01"); return err },
		"publish": func() error { _, err := b.Publish(ctx, liaison, m.ID, m.Rev); return err },
		"answer":  func() error { _, err := b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, true, ""); return err },
		"assign":  func() error { _, err := b.Assign(ctx, liaison, m.ID, "", "做", b.one.ID, "2026-12-01"); return err },
		"blind":   func() error { _, err := b.Cancel(ctx, liaison, m.ID, 0); return err },
		"stale":   func() error { _, err := b.Cancel(ctx, liaison, m.ID, m.Rev+1); return err },
	} {
		b.refused(what+" of a meeting that gathers topics", try(), fault.Conflict)
	}
	m = must(b, func() (Meeting, error) { return b.Propose(ctx, liaison, "", m.ID, "一件事", "") })
	m = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, m.ID, m.Rev, map[string]int{m.Topics[0].ID: 1}) })
	_, err := b.Propose(ctx, owner, b.one.ID, m.ID, "晚到的事", "")
	b.refused("a topic after the agenda", err, fault.Conflict)
	_, err = b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, b.now.Add(-time.Hour)})
	b.refused("called for the past", err, fault.Invalid)
	m = must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, m.At}) })
	_, err = b.Hold(ctx, liaison, m.ID, m.Rev, nil)
	b.refused("held before it begins", err, fault.Conflict)
	m = must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, "二楼", m.At}) })
	m = must(b, func() (Meeting, error) { return b.Cancel(ctx, liaison, m.ID, m.Rev) })
	file := m.ICalendar("shop.test", "https://shop.test/x")
	for _, line := range []string{"SEQUENCE:2\r\n", "STATUS:CANCELLED\r\n", "UID:" + m.ID + "@shop.test\r\n", "LOCATION:二楼\r\n"} {
		if !bytes.Contains(file, []byte(line)) {
			t.Errorf("the calendar has no %q:\n%s", line, file)
		}
	}
}

func TestMembersReadNoMoreThanIsOut(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.held()
	m = must(b, func() (Meeting, error) {
		return b.Write(ctx, liaison, m.ID, m.Rev, map[string]Words{m.Topics[0].ID: {"还没写完", ""}})
	})
	seen := must(b, func() (Meeting, error) { return b.MemberMeeting(ctx, owner, b.one.ID, m.ID) })
	if seen.Topics[0].Said != "" || len(seen.Rows) != 0 {
		t.Errorf("a member reads minutes that are not out: %v", seen)
	}
	m = must(b, func() (Meeting, error) { return b.Ask(ctx, liaison, m.ID, m.Rev, "2026-10-30") })
	must(b, func() (Meeting, error) { return b.Answer(ctx, rival, b.two.ID, m.ID, m.Minutes, false, "不对") })
	seen = must(b, func() (Meeting, error) { return b.MemberMeeting(ctx, owner, b.one.ID, m.ID) })
	if seen.Topics[0].Said == "" || len(seen.Answers) != 0 {
		t.Errorf("a member reads %v", seen)
	}
}

func TestWhoMay(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.convene("会议")
	for who, by := range map[string]access.Actor{"coordinator": coordinator, "owner": owner, "staff": staff, "rival": rival, "nobody": {}, "one factor": {AccountID: "lian", Roles: liaison.Roles}} {
		for what, try := range map[string]func() error{
			"list":     func() error { _, err := b.Organisations(ctx, by, false); return err },
			"add":      func() error { _, err := b.Add(ctx, by, details("别家", "")); return err },
			"edit":     func() error { _, err := b.Edit(ctx, by, b.one.ID, b.one.Rev, details("别家", "")); return err },
			"meeting":  func() error { _, err := b.Meeting(ctx, by, m.ID); return err },
			"settle":   func() error { _, err := b.Settle(ctx, by, m.ID, m.Rev, nil); return err },
			"own":      func() error { _, err := b.Propose(ctx, by, "", m.ID, "题", ""); return err },
			"pact":     func() error { _, err := b.Renew(ctx, by, 0, lang.Text{Hans: "公约"}); return err },
			"body":     func() error { _, err := b.AddBody(ctx, by, "a", BodyPage{Name: lang.Text{Hans: "甲"}}); return err },
			"approval": func() error { _, err := b.ApproveSummary(ctx, by, m.ID, m.Rev, ""); return err },
		} {
			if err := try(); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %s: %v", who, what, err)
			}
		}
	}
	for who, by := range map[string]access.Actor{"coordinator": coordinator, "staff": staff, "rival": rival, "liaison": liaison, "admin": admin} {
		if _, err := b.Own(ctx, by, b.one.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s acts for another organisation: %v", who, err)
		}
	}
	if _, err := b.Add(ctx, admin, details("别家", "")); !fault.Is(err, fault.NotFound) {
		t.Errorf("the administrator edits members: %v", err)
	}
	if mine, err := b.Mine(ctx, owner); err != nil || len(mine) != 1 || mine[0].ID != b.one.ID {
		t.Errorf("the owner acts for %v %v", mine, err)
	}
	if mine, err := b.Mine(ctx, staff); err != nil || len(mine) != 0 {
		t.Errorf("staff acts for %v %v", mine, err)
	}
}

// What stays noted of a person is found by whoever asks for their own data, and by nobody else.
func TestWhereSomebodyIsNoted(t *testing.T) {
	b, ctx := opened(t), t.Context()
	noted := func(what string, by access.Actor, want ...string) {
		t.Helper()
		got := []string{}
		for _, o := range must(b, func() ([]Organisation, error) { return b.Noted(ctx, by) }) {
			got = append(got, o.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	left := access.Actor{AccountID: owner.AccountID}
	noted("who acts", owner, b.one.ID)
	noted("who left and did nothing", left)
	noted("the liaison", liaison)
	noted("nobody", access.Actor{})
	must(b, func() (Organisation, error) { return b.Agree(ctx, owner, b.one.ID, true) })
	noted("who let it be listed and left", left, b.one.ID)
	must(b, func() (Organisation, error) { return b.Agree(ctx, liaison, b.one.ID, true) })
	noted("whose leave was given anew by another", left)
	noted("the liaison who noted it", liaison, b.one.ID)
	p := must(b, func() (Pact, error) { return b.Renew(ctx, liaison, 0, lang.Text{Hans: "公约"}) })
	must(b, func() (Organisation, error) { return b.Sign(ctx, owner, b.one.ID, p.Hash()) })
	noted("who signed and left", left, b.one.ID)
}

func TestConsentIsNamedOnlyWhileItHolds(t *testing.T) {
	b, ctx := opened(t), t.Context()
	body := must(b, func() (Body, error) {
		return b.AddBody(ctx, liaison, "renmin-lu", BodyPage{Name: lang.Text{Hans: "人民路路段"}, Members: []string{b.one.ID, b.two.ID, "none"}})
	})
	if _, err := b.PublicBody(ctx, "renmin-lu"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a page nobody approved: %v", err)
	}
	body = must(b, func() (Body, error) { return b.SubmitBody(ctx, liaison, body.ID, body.Rev) })
	asked := body.Page.Asked
	body = must(b, func() (Body, error) { return b.EditBody(ctx, liaison, body.ID, body.Rev, body.Page.Draft) })
	_, err := b.ApproveBody(ctx, admin, body.ID, body.Rev, asked)
	b.refused("approved after an edit", err, fault.Conflict)
	body = must(b, func() (Body, error) { return b.SubmitBody(ctx, liaison, body.ID, body.Rev) })
	both := liaison
	both.Roles = []access.Role{access.Liaison, access.Admin}
	_, err = b.ApproveBody(ctx, both, body.ID, body.Rev, body.Page.Asked)
	b.refused("approved by who wrote it", err, fault.Conflict)
	must(b, func() (Body, error) { return b.ApproveBody(ctx, admin, body.ID, body.Rev, body.Page.Asked) })
	names := func() []string {
		x := must(b, func() (Shown, error) { return b.PublicBody(ctx, "renmin-lu") })
		out := []string{}
		for _, n := range x.Listed {
			out = append(out, n.Hans)
		}
		slices.Sort(out)
		return out
	}
	if got := names(); len(got) != 0 {
		t.Errorf("named without consent: %v", got)
	}
	before := must(b, func() (int64, error) { return b.Revision(ctx) })
	must(b, func() (Organisation, error) { return b.Agree(ctx, owner, b.one.ID, true) })
	o := must(b, func() (Organisation, error) { return b.Agree(ctx, liaison, b.two.ID, true) })
	if !o.Consent.Paper || o.Consent.AccountID != "lian" || o.Consent.Words != ConsentWords {
		t.Errorf("the consent says %+v", o.Consent)
	}
	if got := names(); !slices.Equal(got, []string{"云间面馆", "谷阳布店"}) {
		t.Errorf("named: %v", got)
	}
	if after := must(b, func() (int64, error) { return b.Revision(ctx) }); after == before {
		t.Error("the pages do not hear of a consent")
	}
	_, err = b.Agree(ctx, rival, b.one.ID, false)
	b.refused("taken back by another", err, fault.NotFound)
	must(b, func() (Organisation, error) { return b.Agree(ctx, owner, b.one.ID, false) })
	two := must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, b.two.ID) })
	hidden := details("谷阳布店", "")
	hidden.Visibility = Members
	two = must(b, func() (Organisation, error) { return b.Edit(ctx, liaison, two.ID, two.Rev, hidden) })
	if got := names(); len(got) != 0 {
		t.Errorf("named after it was taken back, or is for members only: %v", got)
	}
	two = must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, two.ID, two.Rev, true) })
	if two.Active || two.Consent != nil {
		t.Errorf("a seat that ended: %+v", two)
	}
	if _, err := b.Own(ctx, rival, two.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("acts for a seat that ended: %v", err)
	}
}

func TestNoMobileNumberIsPublic(t *testing.T) {
	b, ctx := opened(t), t.Context()
	cell := lang.Text{Hans: "找小王 138 1234 5678"}
	for name, change := range map[string]func(*BodyPage){
		"scope":     func(x *BodyPage) { x.Scope = cell },
		"station":   func(x *BodyPage) { x.Station = cell },
		"programme": func(x *BodyPage) { x.Programme = cell },
	} {
		x := BodyPage{Name: lang.Text{Hans: "人民路路段"}}
		change(&x)
		_, err := b.AddBody(ctx, liaison, "renmin-lu", x)
		b.refused(name, err, fault.Invalid)
	}
	for _, x := range []Summary{{cell, lang.Text{Hans: "说了灯"}}, {lang.Text{Hans: "十月会议"}, cell}} {
		if err := readSummary(&x); !fault.Is(err, fault.Invalid) {
			t.Errorf("a summary with a mobile number: %v", err)
		}
	}
}

func TestPactAsksAgain(t *testing.T) {
	b, ctx := opened(t), t.Context()
	p := must(b, func() (Pact, error) { return b.Renew(ctx, liaison, 0, lang.Text{Hans: "门前三包"}) })
	_, err := b.Renew(ctx, liaison, 0, lang.Text{Hans: "别的"})
	b.refused("made from an older page", err, fault.Conflict)
	_, err = b.Renew(ctx, liaison, 1, lang.Text{Hans: "门前三包"})
	b.refused("the same once more", err, fault.Invalid)
	o := must(b, func() (Organisation, error) { return b.Sign(ctx, owner, b.one.ID, p.Hash()) })
	o = must(b, func() (Organisation, error) { return b.Sign(ctx, owner, o.ID, p.Hash()) })
	if len(o.Signed) != 1 {
		t.Errorf("signed twice: %v", o.Signed)
	}
	next := must(b, func() (Pact, error) { return b.Renew(ctx, liaison, 1, lang.Text{Hans: "门前四包"}) })
	if _, ok := o.HasSigned(next.Number); ok {
		t.Error("a new version counts as signed")
	}
	_, err = b.Sign(ctx, owner, o.ID, p.Hash())
	b.refused("signed the old one", err, fault.Conflict)
	_, err = b.Sign(ctx, rival, o.ID, next.Hash())
	b.refused("signed for another", err, fault.NotFound)
	o = must(b, func() (Organisation, error) { return b.Sign(ctx, owner, o.ID, next.Hash()) })
	if len(o.Signed) != 2 {
		t.Errorf("signed %v", o.Signed)
	}
}

func TestDetails(t *testing.T) {
	b, ctx := opened(t), t.Context()
	for field, change := range map[string]func(*Details){
		"name":       func(d *Details) { d.Name.Hans = " " },
		"kind":       func(d *Details) { d.Kind = "person" },
		"since":      func(d *Details) { d.Since = "去年" },
		"phone":      func(d *Details) { d.Desk.Phone = "138 1234 5678" }, // a person's
		"visibility": func(d *Details) { d.Visibility = "" },
	} {
		d := details("新来的", "")
		change(&d)
		_, err := b.Add(ctx, liaison, d)
		if f, ok := err.(*fault.Error); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field { //nolint:errorlint // the fault itself
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := b.Add(ctx, liaison, details("再来一次", "m1"))
	b.refused("a second seat of one merchant", err, fault.Invalid)
}
