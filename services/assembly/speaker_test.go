package assembly

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

var (
	clerk  = access.Actor{AccountID: "hang"}
	second = access.Actor{AccountID: "hang2"}
	sudo   = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true, Sudo: true}
)

// bank is a member that is no merchant.
func (b *book) bank() Organisation {
	b.t.Helper()
	d := details("中山银行", "")
	d.Kind = Bank
	return must(b, func() (Organisation, error) { return b.Add(b.t.Context(), liaison, d) })
}

func TestSomebodyActsForAnOrganisation(t *testing.T) {
	b, ctx := opened(t), t.Context()
	o := b.bank()
	_, err := b.Invite(ctx, liaison, o.ID, "bank@example.com", lang.Hans)
	b.refused("without a fresh check", err, fault.Forbidden)
	_, err = b.Invite(ctx, owner, o.ID, "bank@example.com", lang.Hans)
	b.refused("by another member", err, fault.NotFound)
	_, err = b.Invite(ctx, sudo, o.ID, "12345", lang.Hans)
	b.refused("to no address", err, fault.Invalid)
	_, err = b.Own(ctx, clerk, o.ID)
	b.refused("before anybody was invited", err, fault.NotFound)

	o = must(b, func() (Organisation, error) { return b.Invite(ctx, sudo, o.ID, " Bank@Example.com", lang.Hans) })
	if l := b.letters[len(b.letters)-1]; l.account != "bank@example.com" || l.kind != "invitation" {
		t.Errorf("the letter is %v", l)
	}
	link := b.link
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if raw := string(raw); strings.Contains(raw, "example.com") || strings.Contains(raw, link) {
		t.Errorf("the address or the link is stored: %s", raw)
	}
	if x, err := b.ShowInvitation(ctx, link); err != nil || x.Name.Hans != "中山银行" {
		t.Errorf("the link offers %v %v", x, err)
	}
	if to, err := b.InvitedAt(ctx, link); err != nil || to != "bank@example.com" {
		t.Errorf("the link went to %q %v", to, err)
	}
	_, err = b.Accept(ctx, access.Actor{}, link)
	b.refused("by nobody", err, fault.Unauthenticated)
	_, err = b.Accept(ctx, clerk, link+"x")
	b.refused("another link", err, fault.NotFound)
	for _, by := range []access.Actor{liaison, admin, coordinator, {AccountID: "lian", Roles: liaison.Roles}} {
		_, err = b.Accept(ctx, by, link)
		b.refused("by who works for the district", err, fault.Conflict)
	}
	o = must(b, func() (Organisation, error) { return b.Accept(ctx, clerk, link) })
	if !slices.Equal(o.Speakers, []string{"hang"}) || len(o.Invitations) != 0 {
		t.Errorf("who acts: %v, invited %v", o.Speakers, o.Invitations)
	}
	_, err = b.Accept(ctx, second, link)
	b.refused("a link that was used", err, fault.NotFound)
	must(b, func() (Organisation, error) { return b.Own(ctx, clerk, o.ID) })
	if list, err := b.Mine(ctx, clerk); err != nil || len(list) != 1 {
		t.Errorf("acts for %v %v", list, err)
	}
	must(b, func() (Organisation, error) { return b.Agree(ctx, clerk, o.ID, true) })

	b.convene("十月会议")
	m := b.held()
	if !slices.ContainsFunc(b.letters, func(l letter) bool { return l.account == "hang" && l.kind == "meeting" }) {
		t.Errorf("who acts for the bank was not called to %s: %v", m.Title, b.letters)
	}

	_, err = b.Dismiss(ctx, second, o.ID, "hang")
	b.refused("ended by somebody else", err, fault.NotFound)
	must(b, func() (Organisation, error) { return b.Invite(ctx, sudo, o.ID, "bank2@example.com", lang.Hans) })
	must(b, func() (Organisation, error) { return b.Accept(ctx, second, b.link) })
	_, err = b.Dismiss(ctx, second, o.ID, "hang")
	b.refused("ended by a colleague", err, fault.NotFound)
	o = must(b, func() (Organisation, error) { return b.Own(ctx, clerk, o.ID) })
	calendar := b.FeedToken(&o)
	must(b, func() (Organisation, error) { return b.Dismiss(ctx, clerk, o.ID, "hang") })
	_, err = b.Feed(ctx, calendar, "", "")
	b.refused("the calendar of who was dismissed", err, fault.NotFound)
	_, err = b.Own(ctx, clerk, o.ID)
	b.refused("after the end", err, fault.NotFound)
	_, err = b.Dismiss(ctx, liaison, o.ID, "hang")
	b.refused("ended twice", err, fault.NotFound)
}

func TestInvitationsEnd(t *testing.T) {
	b, ctx := opened(t), t.Context()
	o := b.bank()
	invite := func() string {
		t.Helper()
		o = must(b, func() (Organisation, error) { return b.Invite(ctx, sudo, o.ID, "bank@example.com", lang.Hans) })
		return b.link
	}
	taken := invite()
	if err := b.Withdraw(ctx, liaison, o.ID, o.Invitations[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err := b.Accept(ctx, clerk, taken)
	b.refused("a link that was taken back", err, fault.NotFound)
	b.refused("taken back twice", b.Withdraw(ctx, liaison, o.ID, o.Invitations[0].ID), fault.NotFound)

	old := invite()
	b.now = b.now.Add(7 * 24 * time.Hour)
	_, err = b.Accept(ctx, clerk, old)
	b.refused("a link of last week", err, fault.NotFound)

	must(b, func() (Organisation, error) { return b.Accept(ctx, clerk, invite()) })
	_, err = b.Accept(ctx, clerk, invite())
	b.refused("by somebody who acts for it already", err, fault.Conflict)

	b.refuses = errors.New("no post today")
	_, err = b.Invite(ctx, sudo, o.ID, "bank@example.com", lang.Hans)
	b.refused("a message that did not leave", err, fault.Unavailable)
	if x, err := b.Organisation(ctx, liaison, o.ID); err != nil || len(x.Invitations) != 1 { // that of before
		t.Errorf("an invitation nobody has the link of is open: %v %v", x.Invitations, err)
	}
	b.refuses = nil

	open := invite()
	for range mostInvited {
		if _, err = b.Invite(ctx, sudo, o.ID, "bank@example.com", lang.Hans); err != nil {
			break
		}
	}
	b.refused("more than are needed", err, fault.Conflict)

	o = must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, o.ID) })
	o = must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, o.ID, o.Rev, true) })
	_, err = b.Accept(ctx, second, open)
	b.refused("the seat has ended", err, fault.NotFound)
	o = must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, o.ID, o.Rev, false) })
	_, err = b.Own(ctx, clerk, o.ID)
	b.refused("who acted before the seat ended", err, fault.NotFound)
	_, err = b.Accept(ctx, second, open)
	b.refused("invited before the seat ended", err, fault.NotFound)
}

func TestWhatMembersReadOfEachOther(t *testing.T) {
	b, ctx := opened(t), t.Context()
	d := details("谷阳布店", "m2")
	d.Visibility = Station
	b.two = must(b, func() (Organisation, error) { return b.Edit(ctx, liaison, b.two.ID, b.two.Rev, d) })
	names := func(by access.Actor, id string) []string {
		out := []string{}
		list, err := b.Fellows(ctx, by, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			out = append(out, f.Name.Hans)
		}
		return out
	}
	if got := names(owner, b.one.ID); !slices.Equal(got, []string{"云间面馆"}) {
		t.Errorf("the other member reads %v", got)
	}
	if got := names(rival, b.two.ID); !slices.Equal(got, []string{"云间面馆", "谷阳布店"}) {
		t.Errorf("the member itself reads %v", got)
	}
	_, err := b.Fellows(ctx, rival, b.one.ID)
	b.refused("a stranger", err, fault.NotFound)

	m := b.asked()
	a := must(b, func() (Action, error) {
		return b.Assign(ctx, liaison, m.ID, m.Topics[0].ID, "清垃圾房", b.two.ID, b.now.AddDate(0, 0, 9).Format(time.DateOnly))
	})
	must(b, func() (Action, error) { return b.Prove(ctx, rival, b.two.ID, a.ID, Evidence{Text: "清了"}) })
	read := must(b, func() (Meeting, error) { return b.MemberMeeting(ctx, owner, b.one.ID, m.ID) })
	if read.Rows[0].Name != "云间面馆" || read.Rows[1].Name != "" {
		t.Errorf("the minutes name %v", read.Rows)
	}
	if own := must(b, func() (Meeting, error) { return b.MemberMeeting(ctx, rival, b.two.ID, m.ID) }); own.Rows[1].Name == "" {
		t.Error("a member does not find itself in the minutes")
	}
	one := must(b, func() (Reading, error) { return b.Read(ctx, owner, b.one.ID, m.ID) })
	if len(one.Actions) != 1 || len(one.Actions[0].Evidence) != 0 || len(one.Names) != 1 || one.Rows[1].Name != "" {
		t.Errorf("as another member reads it: %v", one)
	}
	own := must(b, func() (Reading, error) { return b.Read(ctx, rival, b.two.ID, m.ID) })
	if len(own.Actions[0].Evidence) != 1 || len(own.Names) != 2 {
		t.Errorf("as the organisation of the action item reads it: %v", own)
	}
}

func TestWhatPeopleSeeIsSealed(t *testing.T) {
	sealed := []string{}
	for _, c := range store.SealedIn(opened(t).DB) {
		sealed = append(sealed, c.Name())
	}
	for _, name := range []string{"assembly_organisations", "assembly_meetings", "assembly_pacts", "assembly_bodies"} {
		if !slices.Contains(sealed, name) {
			t.Errorf("%s carries no seals: %v", name, sealed)
		}
	}
}

func TestTheCalendarOfAMember(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.convene("十一月会议")
	feed := func(token string) string {
		t.Helper()
		text, err := b.Feed(ctx, token, "联席会议", "shop.test")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	token := b.FeedToken(&b.one)
	if text := feed(token); strings.Contains(text, "VEVENT") {
		t.Errorf("a meeting nobody is called to: %s", text)
	}
	m = must(b, func() (Meeting, error) { return b.Propose(ctx, owner, b.one.ID, m.ID, "灯", "") })
	m = must(b, func() (Meeting, error) { return b.Settle(ctx, liaison, m.ID, m.Rev, map[string]int{m.Topics[0].ID: 1}) })
	m = must(b, func() (Meeting, error) { return b.Call(ctx, liaison, m.ID, m.Rev, Plan{m.Title, m.Place, m.At}) })
	if text := feed(token); !strings.Contains(text, "UID:"+m.ID) || !strings.Contains(text, "STATUS:CONFIRMED") {
		t.Errorf("a meeting that is called: %s", text)
	}
	must(b, func() (Meeting, error) { return b.Cancel(ctx, liaison, m.ID, m.Rev) })
	if text := feed(token); !strings.Contains(text, "STATUS:CANCELLED") || !strings.Contains(text, "SEQUENCE:1") {
		t.Errorf("a meeting that was called off: %s", text)
	}
	_, err := b.NewFeed(ctx, rival, b.one.ID)
	b.refused("another address by a stranger", err, fault.NotFound)
	one := must(b, func() (Organisation, error) { return b.NewFeed(ctx, owner, b.one.ID) })
	_, err = b.Feed(ctx, token, "", "")
	b.refused("the address of before", err, fault.NotFound)
	feed(b.FeedToken(&one))
	for _, bad := range []string{"", "a.b.c", token + "x", b.one.ID + ".1." + strings.Repeat("A", 43)} {
		_, err = b.Feed(ctx, bad, "", "")
		b.refused("the address "+bad, err, fault.NotFound)
	}
	must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, one.ID, one.Rev, true) })
	_, err = b.Feed(ctx, b.FeedToken(&one), "", "")
	b.refused("after the seat ended", err, fault.NotFound)
	last := must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, one.ID) })
	must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, one.ID, last.Rev, false) })
	_, err = b.Feed(ctx, b.FeedToken(&one), "", "")
	b.refused("the address of before the seat ended", err, fault.NotFound)
}

// A merchant that closes has no seat, no leave to be listed and no calendar any more; the seat can be given again, to an organisation that is
// no merchant, and then it agrees anew.
func TestAMerchantThatClosesLeavesItsSeat(t *testing.T) {
	b := opened(t)
	ctx := t.Context()
	must(b, func() (Organisation, error) { return b.Agree(ctx, owner, b.one.ID, true) })
	if o := must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, b.one.ID) }); !o.Listed() {
		t.Fatal("not listed before")
	}
	for _, id := range []string{"none", "", "m1", "m1"} {
		if err := b.MerchantCloses(ctx, owner, id); err != nil {
			t.Fatalf("%q closes: %v", id, err)
		}
	}
	o := must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, b.one.ID) })
	if o.Active || o.Consent != nil || o.Listed() || o.MerchantID != "" || o.Feed != b.one.Feed+1 {
		t.Errorf("closed: %+v", o)
	}
	if two := must(b, func() (Organisation, error) { return b.Organisation(ctx, liaison, b.two.ID) }); !two.Active || two.MerchantID != "m2" {
		t.Errorf("the seat of another: %+v", two)
	}
	_, err := b.Own(ctx, owner, o.ID)
	b.refused("its owner still acts", err, fault.NotFound)
	_, err = b.Agree(ctx, liaison, o.ID, true)
	b.refused("agrees without a seat", err, fault.Conflict)
	o = must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, o.ID, o.Rev, false) })
	if o.Listed() || o.MerchantID != "" {
		t.Errorf("given again: %+v", o)
	}
	must(b, func() (Organisation, error) { return b.Add(ctx, liaison, details("云间面馆", "m1")) }) // its key is free
}
