package notice

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

var (
	machine = access.System("test")
	wang    = access.Actor{AccountID: "wang", Name: "王专员", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	li      = access.Actor{AccountID: "li", Name: "李专员", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	owner   = access.Actor{AccountID: "o", Name: "张老板", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}
	staff   = access.Actor{AccountID: "s", Name: "小陈", Seats: []access.Seat{{MerchantID: "m", Role: access.Staff}}}
	rival   = access.Actor{AccountID: "r", Name: "别人", Seats: []access.Seat{{MerchantID: "x", Role: access.Owner}}}
)

// town is a register of shops and what notices do with it.
type town struct {
	*Service
	db    store.DB
	log   *audit.Log
	shops *listing.Service
	post  *letterbox
	mu    sync.Mutex
	at    time.Time
}

// letterbox keeps what was sent.
type letterbox struct {
	mu     sync.Mutex
	people map[string][]string // by shop
	sent   []string            // account and key
	args   []map[string]any
	fail   error
}

func (l *letterbox) ShopPeople(_ context.Context, listingID string, _ []access.Role) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.people[listingID], nil
}

func (l *letterbox) TellNotice(_ context.Context, accountID, key string, _ bool, args map[string]any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	l.sent, l.args = append(l.sent, accountID+" "+key), append(l.args, args)
	return nil
}

func (b *town) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }

func (b *town) set(t time.Time) { b.mu.Lock(); defer b.mu.Unlock(); b.at = t }

func (b *town) pass(d time.Duration) { b.set(b.now().Add(d)) }

// listed reads the published shops from the store; their revision is that of the register.
func (b *town) listed(ctx context.Context) ([]*listing.Listing, string, error) {
	out := []*listing.Listing{}
	coll := listing.Declare(b.db)
	rev, err := coll.Revision(ctx)
	if err != nil {
		return nil, "", err
	}
	for l, err := range coll.Each(ctx, store.Where("state", store.Eq, string(listing.Published)).Limit(1000)) {
		if err != nil {
			return nil, "", err
		}
		out = append(out, &l)
	}
	return out, strconv.FormatInt(rev, 10), nil
}

func open(t testing.TB) *town {
	t.Helper()
	b := &town{at: time.Date(2026, 10, 15, 10, 0, 0, 0, calendar.Shanghai), post: &letterbox{people: map[string][]string{}}}
	db, log, keys := audittest.Open(t, b.now)
	b.db, b.log = db, log
	b.shops = listing.New(db, b.log, b.now)
	b.Service = New(Deps{
		DB: db, Log: b.log, Keys: keys, Listed: b.listed, Shop: b.shops.Get, Letters: b.post, Hosts: func(context.Context) Hosts { return NewHosts(DefaultHosts...) }, Now: b.now,
		Link: func(token string) string { return "https://x/receipt/" + token },
	})
	return b
}

// street adds a shop at a house number of 中山中路.
func (b *town) shop(t testing.TB, house string, change func(*listing.Listing)) listing.Listing {
	t.Helper()
	l := listing.Listing{Code: "A" + house, State: listing.Published, MerchantID: "m", Name: listing.Name{Text: lang.Text{Hans: "面馆" + house}}, CategoryID: "noodles", Address: listing.Address{StreetID: "zhongshan", House: house}}
	if change != nil {
		change(&l)
	}
	if err := b.shops.Enter(t.Context(), machine, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// content is a notice that every shop of 中山中路 has to confirm within five days.
func (b *town) content(change func(*Content)) Content {
	c := Content{
		Kind: Works, Title: lang.Text{Hans: "中山中路换水管"}, Text: lang.Text{Hans: "今晚 **22 点** 起停水"},
		ExpiresAt: b.now().AddDate(0, 0, 10), MustConfirm: true, Due: calendar.Today(b.now().AddDate(0, 0, 5)).String(),
		Audience: Audience{Everybody: true, Streets: []Stretch{{StreetID: "zhongshan"}}},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func (b *town) draft(t testing.TB, change func(*Content)) Notice {
	t.Helper()
	n, err := b.Create(t.Context(), wang, b.content(change))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// live publishes a notice, approved by another person where that is needed.
func (b *town) live(t testing.TB, change func(*Content)) Notice {
	t.Helper()
	return b.through(t, b.draft(t, change))
}

func (b *town) through(t testing.TB, n Notice) Notice {
	t.Helper()
	var err error
	if n.Content.NeedsApproval() {
		if n.State == Draft {
			n = must(b.Submit(t.Context(), wang, n.ID, n.Rev))(t)
		}
		n = must(b.Approve(t.Context(), li, n.ID, n.Rev, n.Content.Hash()))(t)
	}
	if n, err = b.Publish(t.Context(), wang, n.ID, n.Rev); err != nil {
		t.Fatal(err)
	}
	return n
}

func must[T any](x T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// key returns the message key of a fault, with its first field; "" for none.
func key(err error) string {
	if err == nil {
		return ""
	}
	f, ok := err.(*fault.Error) //nolint:errorlint // services return the fault itself
	if !ok {
		return err.Error()
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return f.Key
}

func (b *town) board(t testing.TB) *Board {
	t.Helper()
	b.pass(2 * Fresh)
	return must(b.Board(t.Context()))(t)
}

func (b *town) row(t testing.TB, n *Notice, l *listing.Listing) Receipt {
	t.Helper()
	return must(b.receipts.Get(t.Context(), receiptID(n.ID, l.ID)))(t)
}

func TestContent(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	for _, c := range []struct {
		name   string
		change func(*Content)
		want   string
	}{
		{"as it is", nil, ""},
		{"no title", func(c *Content) { c.Title.Hans = " " }, "title error.text.empty"},
		{"24 hanzi", func(c *Content) {
			c.Title.Hans = "中山中路今晚二十二点到明早六点换水管停水请存水了"
		}, ""},
		{"25 hanzi", func(c *Content) {
			c.Title.Hans = "中山中路今晚二十二点到明早六点换水管停水请存水了吧"
		}, "title notice.wrong.title"},
		{"48 letters", func(c *Content) { c.Title.En = "Zhongshan Middle Road: no water tonight, 22 to 6" }, ""},
		{"49 letters", func(c *Content) { c.Title.En = "Zhongshan Middle Road: no water tonight, 22 to 6." }, "title.en notice.wrong.title"},
		{"another kind", func(c *Content) { c.Kind = "ad" }, "kind error.choice"},
		{"a bomb", func(c *Content) { c.Text.En = ">>>>>>>>>>>>>>>>>> x" }, "text.en notice.wrong.markdown"},
		{"an emergency without a level", func(c *Content) { c.Kind, c.Instruction.Hans = Emergency, "关煤气" }, "level error.choice"},
		{"an emergency without an instruction", func(c *Content) { c.Kind, c.Level = Emergency, Red }, "instruction error.text.empty"},
		{"a level for nothing", func(c *Content) { c.Level = Red }, "level error.choice"},
		{"no end", func(c *Content) { c.ExpiresAt = time.Time{} }, "expires_at error.date"},
		{"over", func(c *Content) { c.ExpiresAt = b.now() }, "expires_at notice.wrong.expired"},
		{"for ever", func(c *Content) { c.ExpiresAt = b.now().AddDate(2, 0, 0) }, "expires_at notice.wrong.long"},
		{"ends before it begins", func(c *Content) { c.PublishAt = c.ExpiresAt.Add(time.Hour) }, "expires_at notice.wrong.expired"},
		{"until before from", func(c *Content) { c.From, c.Until = b.now(), b.now().Add(-time.Hour) }, "until notice.wrong.order"},
		{"due after its end", func(c *Content) { c.Due = "2026-12-01" }, "due notice.wrong.due_late"},
		{"due in the past", func(c *Content) { c.Due = "2026-10-14" }, "due notice.wrong.expired"},
		{"due for nothing", func(c *Content) { c.MustConfirm = false }, "due notice.wrong.due"},
		{"to be confirmed by no shop", func(c *Content) { c.Audience.Streets = nil }, "must_confirm notice.wrong.nobody"},
		{"for nobody", func(c *Content) { c.Audience = Audience{}; c.MustConfirm, c.Due = false, "" }, "audience notice.wrong.nobody"},
		{"house numbers backwards", func(c *Content) { c.Audience.Streets[0].From, c.Audience.Streets[0].To = 9, 3 }, "audience.streets notice.wrong.stretch"},
		{"an area with a number", func(c *Content) { c.Audience.Areas = []string{"方塔小区 3 号"} }, "audience.areas notice.wrong.area"},
		{"a role of the district", func(c *Content) { c.Audience.Roles = []access.Role{access.Admin} }, "audience.roles error.choice"},
		{"no number", func(c *Content) { c.Contact.Phone = "abc" }, "contact.phone error.phone.unreadable"},
	} {
		_, err := b.Create(t.Context(), wang, b.content(c.change))
		if got := key(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestHash: the same content has the same hash after it was stored, however it was typed, and every switch changes it.
func TestHash(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	n := b.draft(t, func(c *Content) {
		c.Title.Hans = " 中山中路换水管\r\n"
		c.From = b.now()
		c.Audience.Categories = []string{"b", "a", "a"}
	})
	typed := b.content(func(c *Content) { c.From = b.now().UTC(); c.Audience.Categories = []string{"a", "b"} })
	got := must(b.Get(t.Context(), wang, n.ID))(t)
	if got.Content.Hash() != n.Content.Hash() || typed.Hash() != n.Content.Hash() {
		t.Error("the hash of the same content differs")
	}
	for name, change := range map[string]func(*Content){
		"title": func(c *Content) { c.Title.En = "x" }, "pin": func(c *Content) { c.Pin = true }, "home": func(c *Content) { c.Home = true }, "end": func(c *Content) { c.ExpiresAt = c.ExpiresAt.Add(time.Second) },
		"audience": func(c *Content) { c.Audience.Streets[0].To = 9 }, "contact": func(c *Content) { c.Contact.Phone = "12345" },
	} {
		c := b.content(change)
		plain := b.content(nil)
		if c.Hash() == plain.Hash() {
			t.Errorf("%s does not change the hash", name)
		}
	}
	if got := n.Content.Missing(); len(got) != 2 {
		t.Errorf("missing %v", got)
	}
}

// TestSteps: which step is possible in which state, and where it leads.
func TestSteps(t *testing.T) {
	now := time.Date(2026, 10, 15, 10, 0, 0, 0, time.UTC)
	steps := map[step]func(n *Notice) error{
		stepEdit:      func(n *Notice) error { return n.edit(wang, n.Content) },
		stepSubmit:    func(n *Notice) error { return n.submit() },
		stepApprove:   func(n *Notice) error { return n.approve(li, n.Content.Hash(), now) },
		stepReturn:    func(n *Notice) error { return n.giveBack(li, "再写", now) },
		stepPublish:   func(n *Notice) error { return n.publish(stepPublish, versionOf(n), now) },
		stepEmergency: func(n *Notice) error { return n.publish(stepEmergency, versionOf(n), now) },
		stepDue:       func(n *Notice) error { return n.publish(stepDue, versionOf(n), now) },
		stepWithdraw:  func(n *Notice) error { return n.withdraw("不办了", now) },
		stepEnd:       func(n *Notice) error { return n.end(now) },
	}
	want := map[State]map[step]State{ // what is not here is refused
		Draft:     {stepEdit: Draft, stepSubmit: Submitted, stepEmergency: Published, stepWithdraw: Withdrawn},
		Submitted: {stepEdit: Submitted, stepApprove: Approved, stepReturn: Draft, stepEmergency: Published, stepWithdraw: Withdrawn},
		Approved:  {stepEdit: Submitted, stepReturn: Draft, stepPublish: Published, stepEmergency: Published, stepWithdraw: Withdrawn},
		Scheduled: {stepEdit: Submitted, stepReturn: Draft, stepDue: Published, stepWithdraw: Withdrawn},
		Published: {stepEdit: Draft, stepWithdraw: Withdrawn, stepEnd: Ended},
		Ended:     {},
		Withdrawn: {},
	}
	for _, from := range States {
		for s, do := range steps {
			n := Notice{State: from, Editors: []string{"wang"}, Content: Content{Kind: Emergency, ExpiresAt: now.Add(time.Hour)}}
			if from == Approved || from == Scheduled {
				n.Approval = &Approval{AccountID: "li", Hash: n.Content.Hash()}
				n.ScheduledHash = n.Content.Hash()
			}
			if from == Published {
				n.Public, n.EndsAt, n.Versions = Live, now, []Ref{{N: 1}}
			}
			err := do(&n)
			to, may := want[from][s]
			switch {
			case may && (err != nil || n.State != to):
				t.Errorf("%s of a %s notice: %s, %v, want %s", s, from, n.State, err, to)
			case !may && err == nil:
				t.Errorf("%s of a %s notice is taken", s, from)
			}
		}
	}
}

func versionOf(n *Notice) *Version { return &Version{N: n.Version() + 1, Hash: n.Content.Hash()} }

// TestTwoPeople: what stands on the home page is approved by who did not write it, for exactly what it says (CON-03).
func TestTwoPeople(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	n := b.draft(t, func(c *Content) { c.Home = true })
	publish := func() error { _, err := b.Publish(t.Context(), wang, n.ID, n.Rev); return err }
	if got := key(publish()); got != "notice.wrong.approval" {
		t.Errorf("without approval: %q", got)
	}
	n = must(b.Submit(t.Context(), wang, n.ID, n.Rev))(t)
	if _, err := b.Approve(t.Context(), wang, n.ID, n.Rev, n.Content.Hash()); key(err) != "notice.wrong.own" {
		t.Errorf("by its author: %v", err)
	}
	if _, err := b.Approve(t.Context(), li, n.ID, n.Rev, "0"); key(err) != "error.stale" {
		t.Errorf("of something else: %v", err)
	}
	n = must(b.Approve(t.Context(), li, n.ID, n.Rev, n.Content.Hash()))(t)
	if !n.Can(access.NoticePublish) {
		t.Error("an approved notice cannot be published")
	}
	// A change after the approval waits again, and who made it does not approve it.
	c := n.Content
	c.Title.Hans = "换了标题"
	n = must(b.Replace(t.Context(), li, n.ID, n.Rev, c))(t)
	if n.State != Submitted || n.Approval != nil {
		t.Errorf("after a change: %s, %v", n.State, n.Approval)
	}
	if got := key(publish()); got != "notice.wrong.approval" {
		t.Errorf("changed after the approval: %q", got)
	}
	if _, err := b.Approve(t.Context(), li, n.ID, n.Rev, n.Content.Hash()); key(err) != "notice.wrong.own" {
		t.Errorf("by who changed it: %v", err)
	}
	third := access.Actor{AccountID: "zhao", Name: "赵", Roles: []access.Role{access.Admin}, TwoFactor: true}
	n = must(b.Approve(t.Context(), third, n.ID, n.Rev, n.Content.Hash()))(t)
	if err := publish(); err != nil {
		t.Error(err)
	}
	if home := b.board(t).Home(b.now()); len(home) != 1 || home[0].Approved != "赵" || home[0].Content.Title.Hans != "换了标题" {
		t.Errorf("on the home page: %v", home)
	}
	// What needs none is published by its author.
	if other := b.live(t, nil); other.State != Published {
		t.Errorf("without need: %s", other.State)
	}
}

// TestWrittenOver: what somebody wrote into the store directly is not what was approved or scheduled, and is not published.
func TestWrittenOver(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	raw := store.NewCollection[Notice](b.db, "notices", store.Index("state", "updated_at"), store.Index("public", "public_at"), store.Index("due_at"), store.Follow("audit"), store.Follow("webhook"), store.Sealed())
	over := func(n Notice, change func(*Notice)) Notice {
		return must(raw.Update(t.Context(), n.ID, 0, func(n *Notice) error { change(n); return nil }))(t)
	}
	forge := func(n *Notice) { n.Content.Title.Hans = "假的" }
	n := b.draft(t, func(c *Content) { c.Home = true })
	n = must(b.Submit(t.Context(), wang, n.ID, n.Rev))(t)
	n = must(b.Approve(t.Context(), li, n.ID, n.Rev, n.Content.Hash()))(t)
	own := over(n, func(n *Notice) { n.Approval.AccountID = "wang" })
	if _, err := b.Publish(t.Context(), wang, own.ID, own.Rev); key(err) != "notice.wrong.approval" {
		t.Errorf("approved by its author: %v", err)
	}
	n = over(own, func(n *Notice) { n.Approval.AccountID = "li"; forge(n) })
	if _, err := b.Publish(t.Context(), wang, n.ID, n.Rev); key(err) != "notice.wrong.approval" {
		t.Errorf("approved was something else: %v", err)
	}
	plain := b.live(t, func(c *Content) { c.PublishAt = b.now().Add(time.Hour) })
	over(plain, forge)
	b.pass(time.Hour)
	must(b.Settle(t.Context()))(t)
	if got := must(b.Get(t.Context(), wang, plain.ID))(t); got.State != Draft || got.Public != NotYet {
		t.Errorf("scheduled was something else: %s", got.State)
	}
}

// TestSchedule: a scheduled notice is public at its time and only with what was approved; it ends by itself.
func TestSchedule(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	later := func(c *Content) { c.Home, c.PublishAt = true, b.now().Add(2*time.Hour) }
	n, forged := b.live(t, later), b.live(t, later)
	if n.State != Scheduled || len(b.board(t).Live(b.now(), Filter{})) != 0 {
		t.Fatalf("before its time: %s", n.State)
	}
	if k := must(b.Settle(t.Context()))(t); k != 0 {
		t.Errorf("%d notices before their time", k)
	}
	// Somebody writes over the store directly.
	raw := store.NewCollection[Notice](b.db, "notices", store.Index("state", "updated_at"), store.Index("public", "public_at"), store.Index("due_at"), store.Follow("audit"), store.Follow("webhook"), store.Sealed())
	must(raw.Update(t.Context(), forged.ID, 0, func(n *Notice) error { n.Content.Title.Hans = "假的"; return nil }))(t)
	b.pass(2 * time.Hour)
	must(b.Settle(t.Context()))(t)
	if got := must(b.Get(t.Context(), wang, forged.ID))(t); got.State != Submitted || got.Public != NotYet {
		t.Errorf("what was not approved is %s", got.State)
	}
	if got := must(b.Get(t.Context(), wang, n.ID))(t); got.State != Published {
		t.Errorf("at its time: %s", got.State)
	}
	if live := b.board(t).Live(b.now(), Filter{}); len(live) != 1 || live[0].ID != n.ID {
		t.Errorf("%d are public", len(live))
	}
	b.set(n.Content.ExpiresAt) // to the second, before the schedule comes by
	if board := b.board(t); len(board.Live(b.now(), Filter{})) != 0 || len(board.Ended(b.now(), Filter{})) != 1 {
		t.Error("it is public after its end")
	}
	must(b.Settle(t.Context()))(t)
	if got := must(b.Get(t.Context(), wang, n.ID))(t); got.State != Ended || got.DueAt.Year() != 9999 {
		t.Errorf("after its end: %s", got.State)
	}
	if k := must(b.Settle(t.Context()))(t); k != 0 {
		t.Errorf("%d notices are settled again", k)
	}
}

func TestEmergency(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	n := b.draft(t, func(c *Content) {
		c.Kind, c.Level, c.Instruction.Hans, c.MustConfirm, c.Due = Emergency, Orange, "关好门窗，招牌固定好", false, ""
	})
	if _, err := b.PublishEmergency(t.Context(), wang, n.ID, n.Rev); key(err) != "error.sudo" {
		t.Errorf("without a fresh check: %v", err)
	}
	fresh := wang
	fresh.Sudo = true
	if _, err := b.PublishEmergency(t.Context(), fresh, n.ID, n.Rev); key(err) != "expires_at notice.wrong.emergency" {
		t.Errorf("for ten days: %v", err)
	}
	c := n.Content
	c.ExpiresAt = b.now().Add(EmergencyFor)
	n = must(b.Replace(t.Context(), wang, n.ID, n.Rev, c))(t)
	n = must(b.PublishEmergency(t.Context(), fresh, n.ID, n.Rev))(t)
	if e := b.board(t).Emergency(b.now()); len(e) != 1 || e[0].Content.Level != Orange {
		t.Errorf("%v", e)
	}
	ordinary := b.draft(t, nil)
	if _, err := b.PublishEmergency(t.Context(), fresh, ordinary.ID, ordinary.Rev); key(err) != "notice.wrong.approval" {
		t.Errorf("roadworks as an emergency: %v", err)
	}
}

// TestVersions: a correction leaves what is public until it is published; every version stays, and an earlier one comes back as a new one.
func TestVersions(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	n := b.live(t, nil)
	c := n.Content
	c.Text.Hans = "改到明晚"
	n = must(b.Replace(t.Context(), wang, n.ID, n.Rev, c))(t)
	shown := func() string {
		p, _ := b.board(t).Get(n.ID)
		m, in := p.Text(lang.En)
		return strconv.Itoa(p.N) + string(m) + string(in)
	}
	if got := shown(); n.State != Draft || got != "1<p>今晚 <strong>22 点</strong> 起停水</p>zh-Hans" {
		t.Errorf("before the correction is published: %s %s", n.State, got)
	}
	n = b.through(t, n)
	if got := shown(); got != "2<p>改到明晚</p>zh-Hans" {
		t.Errorf("after it: %s", got)
	}
	n = must(b.Revert(t.Context(), li, n.ID, n.Rev, 1))(t)
	n = b.through(t, n)
	versions := must(b.Versions(t.Context(), wang, n.ID))(t)
	if got := shown(); got != "3<p>今晚 <strong>22 点</strong> 起停水</p>zh-Hans" || len(versions) != 3 || versions[0].N != 3 || versions[0].Hash != versions[2].Hash || versions[1].Content.Text.Hans != "改到明晚" {
		t.Errorf("after going back: %s, %d versions", got, len(versions))
	}
	for _, v := range versions {
		if v.Content.Hash() != v.Hash {
			t.Errorf("version %d does not have its hash", v.N)
		}
	}
	if _, err := b.Revert(t.Context(), wang, n.ID, n.Rev, 9); !fault.Is(err, fault.NotFound) {
		t.Errorf("a version that is not there: %v", err)
	}
	n = must(b.Withdraw(t.Context(), wang, n.ID, n.Rev, "改期了"))(t)
	board := b.board(t)
	if p, ok := board.Get(n.ID); !ok || p.State != Taken || p.Why != "改期了" || len(board.Live(b.now(), Filter{})) != 0 {
		t.Error("a withdrawn notice does not say so")
	}
}

// TestStrangers: nobody learns of a notice whose business it is not.
func TestStrangers(t *testing.T) {
	b := open(t)
	l := b.shop(t, "1", nil)
	n := b.live(t, func(c *Content) { c.Audience.Everybody = false })
	if _, ok := b.board(t).Get(n.ID); ok {
		t.Error("the public reads what is for shops")
	}
	for name, by := range map[string]access.Actor{"owner": owner, "rival": rival, "liaison": liaison, "one factor": {AccountID: "c", Roles: wang.Roles}, "nobody": {}} {
		for what, do := range map[string]func() error{
			"get": func() error { _, err := b.Get(t.Context(), by, n.ID); return err }, "list": func() error { _, err := b.List(t.Context(), by, States, "", 9); return err },
			"create": func() error { _, err := b.Create(t.Context(), by, b.content(nil)); return err }, "ledger": func() error { _, err := b.Ledger(t.Context(), by, n.ID, "", "", 9); return err },
			"withdraw": func() error { _, err := b.Withdraw(t.Context(), by, n.ID, n.Rev, "x"); return err }, "phone": func() error { _, err := b.Phone(t.Context(), by, n.ID, l.ID, 1); return err },
			"versions": func() error { _, err := b.Versions(t.Context(), by, n.ID); return err }, "preview": func() error { _, err := b.Preview(t.Context(), by, n.Content.Audience); return err },
			"counts": func() error { _, err := b.Counts(t.Context(), by); return err },
		} {
			err := do()
			if ok := fault.Is(err, fault.NotFound) || name == "nobody" && fault.Is(err, fault.Unauthenticated) || name == "one factor" && fault.Is(err, fault.Forbidden); !ok {
				t.Errorf("%s by %s: %v", what, name, err)
			}
		}
	}
	for what, do := range map[string]func() error{
		"open": func() error { _, err := b.Open(t.Context(), rival, n.ID, l.ID); return err }, "confirm": func() error { _, err := b.Confirm(t.Context(), rival, n.ID, l.ID, 1); return err },
		"help": func() error { _, err := b.AskHelp(t.Context(), rival, n.ID, l.ID, "x"); return err }, "read": func() error { _, err := b.Read(t.Context(), rival, n.ID, l.ID); return err },
		"inbox": func() error { _, err := b.Inbox(t.Context(), rival, l.ID, "", 9); return err },
	} {
		if err := do(); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s by the owner of another shop: %v", what, err)
		}
	}
}

// TestAudience: who is asked.
func TestAudience(t *testing.T) {
	register := []*listing.Listing{}
	add := func(id string, change func(*listing.Listing)) {
		l := &listing.Listing{Meta: store.Meta{ID: id}, State: listing.Published, CategoryID: "noodles"}
		change(l)
		register = append(register, l)
	}
	for i, house := range []string{"1", "2", "9-13", "20", "30弄2号", "甲"} {
		add(fmt.Sprintf("s%d", i), func(l *listing.Listing) { l.Address = listing.Address{StreetID: "z", House: house} })
	}
	add("p1", func(l *listing.Listing) {
		l.Address = listing.Address{PlazaID: "w", Level: 1, StreetID: "z", House: "50"}
	})
	add("p2", func(l *listing.Listing) {
		l.Address, l.CategoryID = listing.Address{PlazaID: "w", Level: -1}, "pharmacy"
	})
	add("closed", func(l *listing.Listing) {
		l.State, l.Address = listing.Closed, listing.Address{StreetID: "z", House: "3"}
	})
	for _, c := range []struct {
		name string
		a    Audience
		want string
	}{
		{"everybody", Audience{Everybody: true}, ""},
		{"all", Audience{All: true}, "s0 s1 s2 s3 s4 s5 p1 p2 "},
		{"the street", Audience{Streets: []Stretch{{StreetID: "z"}}}, "s0 s1 s2 s3 s4 s5 p1 "},
		{"odd", Audience{Streets: []Stretch{{StreetID: "z", Side: "odd"}}}, "s0 s2 "},
		{"from 10", Audience{Streets: []Stretch{{StreetID: "z", From: 10}}}, "s2 s3 s4 p1 "},
		{"to 9", Audience{Streets: []Stretch{{StreetID: "z", To: 9}}}, "s0 s1 s2 "},
		{"even, 2 to 20", Audience{Streets: []Stretch{{StreetID: "z", Side: "even", From: 2, To: 20}}}, "s1 s3 "},
		{"the plaza", Audience{Plazas: []Floors{{PlazaID: "w"}}}, "p1 p2 "},
		{"a floor", Audience{Plazas: []Floors{{PlazaID: "w", Levels: []int{-1, 2}}}}, "p2 "},
		{"a category", Audience{Categories: []string{"pharmacy"}}, "p2 "},
		{"a category of a street", Audience{Streets: []Stretch{{StreetID: "z"}}, Categories: []string{"pharmacy"}}, ""},
		{"and one shop", Audience{Streets: []Stretch{{StreetID: "z", To: 1}}, Listings: []string{"p2"}}, "s0 p2 "},
		{"a closed shop", Audience{Listings: []string{"closed"}}, ""},
		{"areas", Audience{Everybody: true, Areas: []string{"方塔"}}, ""},
	} {
		got := ""
		for _, l := range c.a.Of(register) {
			got += l.ID + " "
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNobody: a notice that matches no shop is not published unless it is for everybody.
func TestNobody(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	for _, c := range []struct {
		change func(*Content)
		want   string
	}{
		{func(c *Content) { c.Audience.Streets[0].StreetID = "nowhere" }, "audience notice.wrong.nobody"},
		{func(c *Content) { c.Audience.Streets[0].StreetID, c.MustConfirm, c.Due = "nowhere", false, "" }, ""},
		{func(c *Content) {
			c.Audience.Streets[0].StreetID, c.Audience.Everybody, c.MustConfirm, c.Due = "nowhere", false, false, ""
		}, "audience notice.wrong.nobody"},
	} {
		n := b.draft(t, c.change)
		if _, err := b.Publish(t.Context(), wang, n.ID, n.Rev); key(err) != c.want {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if r := must(b.Preview(t.Context(), wang, b.content(nil).Audience))(t); len(r.Shops) != 1 {
		t.Errorf("%d shops", len(r.Shops))
	}
}
