package notice

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

func (b *town) ledger(t testing.TB, id string) string {
	t.Helper()
	page := must(b.Ledger(t.Context(), wang, id, "", "", 100))(t)
	out := []string{}
	for _, r := range page.Items {
		out = append(out, r.Name.Hans+" "+string(r.Group)+" "+string(r.State))
	}
	return strings.Join(out, ", ")
}

// TestLedger: who has confirmed, in the order somebody rings them.
func TestLedger(t *testing.T) {
	b := open(t)
	a, c, d, e := b.shop(t, "120", nil), b.shop(t, "8", nil), b.shop(t, "13", nil), b.shop(t, "99", nil)
	n := b.live(t, nil)
	if got := b.ledger(t, n.ID); got != "面馆8 waiting unopened, 面馆13 waiting unopened, 面馆99 waiting unopened, 面馆120 waiting unopened" {
		t.Errorf("at first: %s", got)
	}
	must(b.Open(t.Context(), staff, n.ID, c.ID))(t)
	must(b.AskHelp(t.Context(), owner, n.ID, a.ID, "水泵借一台"))(t)
	must(b.Confirm(t.Context(), staff, n.ID, d.ID, 1))(t)
	must(b.Phone(t.Context(), wang, n.ID, e.ID, 1))(t)
	if got := b.ledger(t, n.ID); got != "面馆120 help opened, 面馆8 waiting opened, 面馆13 done confirmed, 面馆99 done phoned" {
		t.Errorf("then: %s", got)
	}
	r := b.row(t, &n, &d)
	if r.By != "s" || r.NameBy != "小陈" || r.Way != ByPage || r.Version != 1 || !r.At.Equal(b.now()) {
		t.Errorf("confirmed: %+v", r)
	}
	if r := b.row(t, &n, &e); r.NameBy != "王专员" || r.Way != ByPhone || !r.OpenedAt.IsZero() {
		t.Errorf("phoned: %+v", r)
	}
	tally := must(b.Tally(t.Context(), wang, n.ID))(t)
	if tally.Asked() != 4 || tally.Groups[Done] != 2 || tally.Standings[Phoned] != 1 {
		t.Errorf("%+v", tally)
	}
	help := b.row(t, &n, &a)
	if _, err := b.Helped(t.Context(), wang, n.ID, a.ID, 0); key(err) != "error.stale" {
		t.Errorf("without a revision: %v", err)
	}
	must(b.Helped(t.Context(), wang, n.ID, a.ID, help.Rev))(t)
	if got := b.row(t, &n, &a); got.Group != Waiting || got.Help == "" {
		t.Errorf("helped: %s", got.Group)
	}
	if _, err := b.Helped(t.Context(), wang, n.ID, a.ID, help.Rev+1); key(err) != "notice.wrong.helped" {
		t.Errorf("helped twice: %v", err)
	}
	if _, err := b.AskHelp(t.Context(), owner, n.ID, a.ID, strings.Repeat("水", MaxHelp+1)); key(err) != "help error.text.long" {
		t.Errorf("a long call for help: %v", err)
	}
	b.pass(KeepHelp + time.Hour)
	if k := must(b.Sweep(t.Context()))(t); k != 1 || b.row(t, &n, &a).Help != "" {
		t.Errorf("%d rows forgotten", k)
	}
}

// TestConfirm: what is refused, and changes nothing.
func TestConfirm(t *testing.T) {
	b := open(t)
	l := b.shop(t, "1", nil)
	outside := b.shop(t, "2", func(l *listing.Listing) { l.Address.StreetID = "elsewhere" })
	ask := func(n Notice, version int) string {
		before := b.row(t, &n, &l)
		_, err := b.Confirm(t.Context(), owner, n.ID, l.ID, version)
		if after := b.row(t, &n, &l); err != nil && after.Rev != before.Rev {
			t.Error("a refused confirmation wrote something")
		}
		return key(err)
	}
	n := b.live(t, nil)
	if got := ask(n, 2); got != "notice.wrong.version" {
		t.Errorf("of a version that is not there: %q", got)
	}
	if _, err := b.Confirm(t.Context(), owner, n.ID, outside.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("by a shop that is not asked: %v", err)
	}
	if _, err := b.Confirm(t.Context(), owner, b.draft(t, nil).ID, l.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("of a draft: %v", err)
	}
	managers := b.live(t, func(c *Content) { c.Audience.Roles = []access.Role{access.Manager} })
	if _, err := b.Confirm(t.Context(), staff, managers.ID, l.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("by staff of what is for managers: %v", err)
	}
	if inbox := must(b.Inbox(t.Context(), staff, l.ID, "", 9))(t); len(inbox.Items) != 1 {
		t.Errorf("%d letters for staff", len(inbox.Items))
	}
	if got := ask(managers, 1); got != "" { // the owner may always
		t.Errorf("by the owner: %q", got)
	}
	gone := b.live(t, nil)
	gone = must(b.Withdraw(t.Context(), wang, gone.ID, gone.Rev, "不修了"))(t)
	if got := ask(gone, 1); got != "notice.wrong.withdrawn" {
		t.Errorf("of a withdrawn one: %q", got)
	}
	told := b.live(t, func(c *Content) { c.MustConfirm, c.Due = false, "" })
	if got := ask(told, 1); got != "notice.wrong.nothing" {
		t.Errorf("where nothing is asked: %q", got)
	}
	b.set(n.Content.ExpiresAt)
	if got := ask(n, 1); got != "notice.wrong.over" {
		t.Errorf("of one that is over: %q", got)
	}
}

// TestOneReceipt: however many confirm at once, there is one receipt, and who was first stays.
func TestOneReceipt(t *testing.T) {
	b := open(t)
	l := b.shop(t, "1", nil)
	n := b.live(t, nil)
	var all sync.WaitGroup
	failed := make(chan error, 200)
	for i := range 200 {
		by := owner
		if i%2 == 0 {
			by = staff
		}
		all.Go(func() {
			if _, err := b.Confirm(t.Context(), by, n.ID, l.ID, 1); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		t.Fatal(err)
	}
	r := b.row(t, &n, &l)
	if r.Rev != 2 || r.State != Confirmed {
		t.Errorf("revision %d, %s", r.Rev, r.State)
	}
	if k := must(b.receipts.Count(t.Context(), store.Where("notice_id", store.Eq, n.ID)))(t); k != 1 {
		t.Errorf("%d receipts", k)
	}
	must(b.log.CatchUp(t.Context()))(t)
	page := must(b.log.Of(t.Context(), audit.Ref{Kind: kindReceipt, ID: r.ID}, "", 10))(t)
	if len(page.Items) != 1 || page.Items[0].Fact.Action != access.NoticeConfirm {
		t.Errorf("%d entries in the trail", len(page.Items))
	}
}

// TestCorrection: what was confirmed of an earlier version is kept, and asked for anew.
func TestCorrection(t *testing.T) {
	b := open(t)
	l, other := b.shop(t, "1", nil), b.shop(t, "3", nil)
	n := b.live(t, nil)
	must(b.Confirm(t.Context(), owner, n.ID, l.ID, 1))(t)
	c := n.Content
	c.Text.Hans = "改到明晚"
	n = must(b.Replace(t.Context(), wang, n.ID, n.Rev, c))(t)
	if r := b.row(t, &n, &l); r.Group != Done {
		t.Error("a correction that is not published asks anew")
	}
	must(b.Confirm(t.Context(), owner, n.ID, other.ID, 1))(t) // what is public can still be confirmed
	n = b.through(t, n)
	for _, shop := range []*listing.Listing{&l, &other} {
		r := b.row(t, &n, shop)
		if r.Group != Waiting || r.State != Unopened || r.Version != 2 || len(r.Past) != 1 || r.Past[0].Version != 1 || r.Past[0].Name != "张老板" || !r.At.IsZero() {
			t.Errorf("after the correction: %+v", r)
		}
	}
	must(b.Confirm(t.Context(), owner, n.ID, l.ID, 2))(t)
	if r := b.row(t, &n, &l); r.Group != Done || len(r.Past) != 1 {
		t.Errorf("confirmed anew: %+v", r)
	}
}

// TestFollow: the ledger follows the register, and nothing in it is deleted.
func TestFollow(t *testing.T) {
	b := open(t)
	l, moving := b.shop(t, "1", nil), b.shop(t, "3", nil)
	n := b.live(t, nil)
	must(b.Confirm(t.Context(), owner, n.ID, l.ID, 1))(t)
	edit := func(id string, change func(*listing.Listing)) {
		t.Helper()
		was := must(b.shops.Get(t.Context(), id))(t)
		must(b.shops.Update(t.Context(), machine, id, was.Rev, func(l *listing.Listing) error { change(l); return nil }))(t)
	}
	edit(moving.ID, func(l *listing.Listing) { l.Address.StreetID = "elsewhere" })
	b.shop(t, "5", nil)
	if k := must(b.Follow(t.Context()))(t); k != 1 {
		t.Errorf("%d ledgers looked at", k)
	}
	if got := b.ledger(t, n.ID); got != "面馆5 waiting unopened, 面馆1 done confirmed, 面馆3 gone unopened" {
		t.Errorf("after the move: %s", got)
	}
	if _, err := b.Confirm(t.Context(), owner, n.ID, moving.ID, 1); key(err) != "notice.wrong.left" {
		t.Errorf("by the shop that moved away: %v", err)
	}
	if k := must(b.Follow(t.Context()))(t); k != 0 {
		t.Errorf("%d ledgers looked at though nothing happened", k)
	}
	edit(moving.ID, func(l *listing.Listing) { l.Address.StreetID = "zhongshan" })
	revs := func() (out []int64) {
		for r, err := range b.receipts.Each(t.Context(), store.Where("notice_id", store.Eq, n.ID)) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r.Rev)
		}
		return out
	}
	must(b.Follow(t.Context()))(t)
	if got := b.ledger(t, n.ID); got != "面馆3 waiting unopened, 面馆5 waiting unopened, 面馆1 done confirmed" {
		t.Errorf("after its return: %s", got)
	}
	// Another server, which knows nothing of it, writes nothing.
	before := revs()
	second := New(b.Deps)
	if k := must(second.Follow(t.Context()))(t); k != 1 || !slices.Equal(before, revs()) {
		t.Errorf("a second server looked at %d ledgers and wrote: %v, %v", k, before, revs())
	}
}

// TestTogether: two servers that fill the ledger at once, while shops confirm, make one row for each shop.
func TestTogether(t *testing.T) {
	b := open(t)
	for i := range 30 {
		b.shop(t, string(rune('1'+i%9))+string(rune('0'+i/9)), nil)
	}
	n := b.live(t, nil)
	raw := declareReceipts(b.db)
	var ids []string
	for r, err := range raw.Each(t.Context(), store.Where("notice_id", store.Eq, n.ID)) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ListingID)
	}
	c := n.Content
	c.Text.Hans = "改了"
	n = must(b.Replace(t.Context(), wang, n.ID, n.Rev, c))(t)
	servers := []*Service{New(b.Deps), New(b.Deps), New(b.Deps)}
	n = b.through(t, n)
	var all sync.WaitGroup
	for _, s := range servers {
		all.Go(func() {
			if _, err := s.Follow(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for _, id := range ids {
		all.Go(func() {
			if _, err := b.Confirm(t.Context(), owner, n.ID, id, 2); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	tally := must(b.Tally(t.Context(), wang, n.ID))(t)
	if tally.Groups[Done] != 30 || tally.Asked() != 30 {
		t.Errorf("%+v", tally)
	}
}

func TestInbox(t *testing.T) {
	b := open(t)
	l := b.shop(t, "1", nil)
	first := b.live(t, nil)
	b.pass(time.Minute)
	second := b.live(t, func(c *Content) { c.MustConfirm, c.Due, c.Audience.Everybody = false, "", false })
	b.pass(2 * Fresh)
	inbox := must(b.Inbox(t.Context(), owner, l.ID, "", 9))(t)
	if len(inbox.Items) != 2 || inbox.Items[0].Posted.ID != second.ID || inbox.Items[0].Receipt.Group != Told || inbox.Items[1].Posted.ID != first.ID {
		t.Errorf("%d letters", len(inbox.Items))
	}
	if w := must(b.Waiting(t.Context(), owner, l.ID))(t); len(w) != 1 || w[0].Posted.ID != first.ID {
		t.Errorf("%d letters wait", len(w))
	}
	must(b.Withdraw(t.Context(), wang, first.ID, first.Rev, "不修了"))(t)
	b.pass(2 * Fresh)
	if w := must(b.Waiting(t.Context(), owner, l.ID))(t); len(w) != 0 {
		t.Errorf("%d letters wait after the withdrawal", len(w))
	}
	if x := must(b.Read(t.Context(), owner, first.ID, l.ID))(t); x.Posted.State != Taken || x.Posted.Why != "不修了" {
		t.Errorf("%+v", x.Posted)
	}
}

// TestLink: showing changes nothing, using confirms once, and only what the link is about.
func TestLink(t *testing.T) {
	b := open(t)
	l, other := b.shop(t, "1", nil), b.shop(t, "3", nil)
	n := b.live(t, nil)
	v := must(b.Version(t.Context(), wang, n.ID, 1))(t)
	token := b.LinkTo(&v, l.ID)
	for range 20 { // chats open links by themselves (T-13)
		if x := must(b.ShowLink(t.Context(), token))(t); x.State != LinkReady || x.Shop.ID != l.ID {
			t.Fatalf("%+v", x)
		}
	}
	if r := b.row(t, &n, &l); r.Rev != 1 {
		t.Fatal("showing a link changes the row")
	}
	for range 2 {
		if x := must(b.UseLink(t.Context(), token))(t); x.State != LinkDone || x.Receipt.Way != ByLink || x.Receipt.Rev != 2 {
			t.Fatalf("%+v", x)
		}
	}
	if r := b.row(t, &n, &other); r.State != Unopened {
		t.Error("a link confirms for another shop")
	}
	forged := "A" + token[1:]
	for name, bad := range map[string]string{"forged": forged, "cut": token[:len(token)-2], "empty": "", "long": strings.Repeat("a", 500)} {
		if _, err := b.ShowLink(t.Context(), bad); key(err) != "notice.wrong.link" {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := b.LinkTo(&v, other.ID)
	c := n.Content
	c.Text.Hans = "改了"
	n = must(b.Replace(t.Context(), wang, n.ID, n.Rev, c))(t)
	n = b.through(t, n)
	refused := func(token string, state LinkState, want string) {
		t.Helper()
		before := b.row(t, &n, &other).Rev
		if x := must(b.ShowLink(t.Context(), token))(t); x.State != state {
			t.Errorf("%s, want %s", x.State, state)
		}
		if _, err := b.UseLink(t.Context(), token); key(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
		if b.row(t, &n, &other).Rev != before {
			t.Error("a refused link writes")
		}
	}
	refused(old, LinkChanged, "notice.wrong.version")
	v = must(b.Version(t.Context(), wang, n.ID, 2))(t)
	fresh := b.LinkTo(&v, other.ID)
	n = must(b.Withdraw(t.Context(), wang, n.ID, n.Rev, "不修了"))(t)
	refused(fresh, LinkWithdrawn, "notice.wrong.withdrawn")
	due := must(calendar.ParseDate(v.Content.Due))(t)
	b.set((due + 1).At(0).Add(LinkFor))
	if _, err := b.ShowLink(t.Context(), fresh); key(err) != "notice.wrong.link" {
		t.Errorf("after two weeks: %v", err)
	}
}

// TestReminders: who is written to, when, and how often.
func TestReminders(t *testing.T) {
	b := open(t)
	l, unclaimed := b.shop(t, "1", nil), b.shop(t, "3", nil)
	b.post.people[l.ID] = []string{"o", "s"}
	n := b.live(t, nil) // due on the 20th
	round := func(day, hour, minute int) int {
		t.Helper()
		b.set(time.Date(2026, 10, day, hour, minute, 0, 0, calendar.Shanghai))
		before := len(b.post.sent)
		must(b.Remind(t.Context()))(t)
		return len(b.post.sent) - before
	}
	for _, c := range []struct{ day, hour, minute, want int }{
		{15, 7, 59, 0}, {15, 20, 0, 0}, // quiet hours
		{15, 10, 0, 2}, {15, 11, 0, 0}, // at once, and no more than once a day
		{16, 10, 0, 0}, {17, 10, 0, 0}, // not every day
		{18, 8, 0, 2}, {18, 19, 59, 0}, // two days before it is due
		{20, 9, 0, 2}, {20, 12, 0, 0}, // on the day
		{21, 9, 0, 0}, {22, 9, 0, 0}, // three in all
	} {
		if got := round(c.day, c.hour, c.minute); got != c.want {
			t.Errorf("on the %d at %d:%02d: %d messages, want %d", c.day, c.hour, c.minute, got, c.want)
		}
	}
	if r := b.row(t, &n, &l); r.Reminded != MaxReminders || r.Unreachable {
		t.Errorf("%+v", r)
	}
	if r := b.row(t, &n, &unclaimed); r.Reminded != 0 || !r.Unreachable {
		t.Errorf("a shop nobody runs: %+v", r)
	}
	if a := b.post.args[0]; a["Shop"] != "面馆1" || a["Due"] != "10 月 20 日" || !strings.HasPrefix(a["Link"].(string), "https://x/receipt/") {
		t.Errorf("%v", a)
	}
	if x := must(b.ShowLink(t.Context(), strings.TrimPrefix(b.post.args[0]["Link"].(string), "https://x/receipt/")))(t); x.Shop.ID != l.ID {
		t.Error("the link in the message does not open")
	}
	keys := map[string]bool{}
	for _, s := range b.post.sent {
		keys[s] = true
	}
	if len(keys) != 6 {
		t.Errorf("%d keys of 6 messages", len(keys))
	}
}

// TestReminderBounds: a round somebody asks for, one person with many shops, those who have confirmed, and a failing sender.
func TestReminderBounds(t *testing.T) {
	b := open(t)
	shops := []listing.Listing{}
	for _, house := range []string{"1", "3", "5", "7", "9"} {
		l := b.shop(t, house, nil)
		b.post.people[l.ID] = []string{"o"}
		shops = append(shops, l)
	}
	n := b.live(t, nil)
	b.post.fail = errors.New("down")
	if _, err := b.Remind(t.Context()); err == nil || b.row(t, &n, &shops[0]).Reminded != 0 {
		t.Errorf("a message that did not leave counts: %v", err)
	}
	b.post.fail = nil
	b.pass(24 * time.Hour)
	must(b.Remind(t.Context()))(t)
	if len(b.post.sent) != MaxLetters {
		t.Errorf("%d messages to one person in a day", len(b.post.sent))
	}
	b.post.people[shops[4].ID] = []string{"x"}
	n = must(b.RemindNow(t.Context(), wang, n.ID, n.Rev))(t)
	must(b.Remind(t.Context()))(t)
	if len(b.post.sent) != MaxLetters {
		t.Error("a shop is written to twice in a day")
	}
	must(b.Confirm(t.Context(), owner, n.ID, shops[0].ID, 1))(t)
	b.pass(24 * time.Hour)
	n = must(b.RemindNow(t.Context(), wang, n.ID, n.Rev))(t)
	before := len(b.post.sent)
	must(b.Remind(t.Context()))(t)
	if got := len(b.post.sent) - before; got != MaxLetters+1 {
		t.Errorf("a round: %d messages", got)
	}
	for _, s := range b.post.sent[before:] {
		if strings.Contains(s, shops[0].ID) {
			t.Error("who has confirmed is reminded")
		}
	}
	if _, err := b.RemindNow(t.Context(), owner, n.ID, n.Rev); !fault.Is(err, fault.NotFound) {
		t.Errorf("a round by a shop: %v", err)
	}
	b.pass(5 * 24 * time.Hour)
	if k := must(b.SweepLetters(t.Context()))(t); k != 4 {
		t.Errorf("%d days forgotten", k)
	}
	must(b.Withdraw(t.Context(), wang, n.ID, n.Rev, "不修了"))(t)
	before = len(b.post.sent)
	b.pass(24 * time.Hour)
	must(b.Remind(t.Context()))(t)
	if len(b.post.sent) != before {
		t.Error("a withdrawn notice is reminded of")
	}
}
