package assembly

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
)

// told runs the job and returns what left, as "kind account", in order.
func (b *book) tells() []string {
	b.t.Helper()
	b.letters = nil
	must(b, func() (int, error) { return b.Tell(b.t.Context()) })
	out := []string{}
	for _, l := range b.letters {
		out = append(out, l.kind+" "+l.account)
	}
	return out
}

func (b *book) called() Meeting {
	b.t.Helper()
	ctx := b.t.Context()
	m := b.convene("十月联席会议")
	m = must(b, func() (Meeting, error) { return b.Propose(ctx, rival, b.two.ID, m.ID, "灯", "") })
	m = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, m.ID, m.Rev, map[string]int{m.Topics[0].ID: 1}) })
	return must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, m.At}) })
}

func TestMembersAreToldOnceOfEveryNews(t *testing.T) {
	b, ctx := opened(t), t.Context()
	if got := b.tells(); len(got) != 0 {
		t.Errorf("told of nothing: %v", got)
	}
	m := b.called()
	if len(b.letters) != 0 {
		t.Error("letters leave within the request")
	}
	both := []string{"meeting dian", "meeting lin"}
	b.away = "lin"
	if n, err := b.Tell(ctx); n != 1 || err == nil {
		t.Errorf("one that does not leave: %d %v", n, err)
	}
	b.away = ""
	if got := b.tells(); !slices.Equal(got, both[1:]) { // as after a crash
		t.Errorf("at the next run: %v", got)
	}
	if got := b.tells(); len(got) != 0 {
		t.Errorf("told twice: %v", got)
	}
	if now := must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, m.ID) }); now.Rev != m.Rev {
		t.Error("a letter makes the page of the liaison stale")
	}
	m = must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, "二楼", m.At}) })
	if got := b.tells(); !slices.Equal(got, both) {
		t.Errorf("of another place: %v", got)
	}
	must(b, func() (Meeting, error) { return b.Cancel(ctx, liaison, m.ID, m.Rev) })
	if got := b.tells(); !slices.Equal(got, []string{"cancelled dian", "cancelled lin"}) {
		t.Errorf("of the end: %v", got)
	}
	if got := b.tells(); len(got) != 0 {
		t.Errorf("of the end twice: %v", got)
	}
	never := b.convene("十一月")
	must(b, func() (Meeting, error) { return b.Cancel(ctx, liaison, never.ID, never.Rev) })
	if got := b.tells(); len(got) != 0 {
		t.Errorf("of the end of what nobody was called to: %v", got)
	}
}

func TestMinutesAreAskedAgain(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	if got := b.tells(); !slices.Equal(got, []string{"minutes dian", "minutes lin"}) {
		t.Errorf("asked: %v", got)
	}
	key := b.letters[0].key
	m = must(b, func() (Meeting, error) { return b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, true, "") })
	_, err := b.Ask(ctx, liaison, m.ID, m.Rev, m.Due)
	b.refused("for the same day", err, fault.Invalid)
	m = must(b, func() (Meeting, error) {
		return b.Ask(ctx, liaison, m.ID, m.Rev, b.now.AddDate(0, 0, 9).Format(time.DateOnly))
	})
	if _, ok := m.AnswerOf(b.one.ID); !ok {
		t.Error("who answered is asked once more")
	}
	if got := b.tells(); len(got) != 2 || b.letters[0].key == key {
		t.Errorf("asked again: %v %v", got, b.letters)
	}
}

// A person who acts for two organisations hears of the meeting for each: the letter leads to another page.
func TestOnePersonOfTwoOrganisations(t *testing.T) {
	b, ctx := opened(t), t.Context()
	o := b.bank()
	must(b, func() (Organisation, error) { return b.Invite(ctx, sudo, o.ID, "bank@example.com", "zh-Hans") })
	must(b, func() (Organisation, error) { return b.Accept(ctx, owner, b.link) })
	b.called()
	got := b.tells()
	slices.Sort(got)
	slices.SortFunc(b.letters, func(x, y letter) int { return strings.Compare(x.account, y.account) })
	if !slices.Equal(got, []string{"meeting dian", "meeting dian", "meeting lin"}) || b.letters[0].key == b.letters[1].key {
		t.Errorf("told %v %v", got, b.letters)
	}
}
