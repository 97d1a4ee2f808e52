package post

import (
	"context"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// seats are members of the joint meeting: clerk acts for the bank; listed are those that may be named.
type seats struct{ listed map[string]lang.Text }

func (s *seats) Own(_ context.Context, by access.Actor, id string) (assembly.Organisation, error) {
	if by.AccountID != clerk.AccountID || id != "bank" {
		return assembly.Organisation{}, fault.Missing()
	}
	return assembly.Organisation{}, nil
}

func (s *seats) ListedNames(context.Context) (map[string]lang.Text, error) { return s.listed, nil }

var (
	clerk   = access.Actor{AccountID: "clerk"}
	liaison = access.Actor{AccountID: "l", Roles: []access.Role{access.Liaison}, TwoFactor: true}
)

func offered() *Post {
	return &Post{OrganisationID: "bank", Kind: News, Title: lang.Text{Hans: "大厅开放"}, From: "2026-10-15", Until: "2026-10-20"}
}

func TestWhoWritesForAnOrganisation(t *testing.T) {
	b, ctx := open(t), t.Context()
	if err := b.Create(ctx, clerk, offered()); !fault.Is(err, fault.NotFound) {
		t.Errorf("where no organisation writes: %v", err)
	}
	b.Members = &seats{}
	for name, by := range map[string]access.Actor{"a shop": owner, "a coordinator": desk, "the liaison": liaison, "a visitor": {}} {
		if err := b.Create(ctx, by, offered()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s writes: %v", name, err)
		}
	}
	both := offered()
	both.ListingID = b.shop.ID
	if err := b.Create(ctx, clerk, both); !fault.Is(err, fault.NotFound) {
		t.Errorf("for a shop as well: %v", err)
	}
	x := offered()
	if err := b.Create(ctx, clerk, x); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		by  access.Actor
		may bool
	}{"who acts for it": {clerk, true}, "the liaison": {liaison, true}, "a shop": {owner, false}, "a coordinator": {desk, false}} {
		if list, err := b.ByOrganisation(ctx, tt.by, "bank"); (err == nil && len(list) == 1) != tt.may {
			t.Errorf("%s reads %v, %v", name, list, err)
		}
	}
	if _, err := b.Get(ctx, desk, x.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("who looks at what is public reads a draft: %v", err)
	}
	for name, by := range map[string]access.Actor{"a coordinator": desk, "the liaison": liaison, "a shop": owner} {
		if _, err := b.Withdraw(ctx, by, x.ID, x.Rev); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s takes it back: %v", name, err)
		}
	}
}

// What an organisation does is public as long as it may be named, is looked at like what shops write, and ends by itself.
func TestBenefitsGoWithTheName(t *testing.T) {
	b, ctx := open(t), t.Context()
	members := &seats{}
	b.Members = members
	x := offered()
	if err := b.Create(ctx, clerk, x); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(ctx, clerk, x.ID, x.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("published without the leave to be named: %v", err)
	}
	members.listed = map[string]lang.Text{"bank": {Hans: "演示银行"}}
	got, err := b.Publish(ctx, clerk, x.ID, x.Rev)
	if err != nil || got.Slot != "organisation:bank/0" || got.LookSince.IsZero() {
		t.Fatalf("%+v %v", got, err)
	}
	public := func() []Benefit {
		t.Helper()
		list, err := b.Benefits(ctx, b.at)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := public(); len(list) != 1 || list[0].Organisation.Hans != "演示银行" || list[0].OrganisationID != "" {
		t.Errorf("public: %+v", list)
	}
	if list, err := b.Published(ctx, b.at); err != nil || len(list) != 0 {
		t.Errorf("among the posts of shops: %v %v", list, err)
	}
	if page, err := b.Events(ctx, desk, "", 10); err != nil || len(page.Items) != 0 {
		t.Errorf("among the events of streets: %v %v", page.Items, err)
	}
	if page, err := b.ToLook(ctx, desk, "", 10); err != nil || len(page.Items) != 1 {
		t.Errorf("to look at: %v %v", page.Items, err)
	}
	if _, err := b.Get(ctx, desk, got.ID); err != nil {
		t.Errorf("who looks at what is public reads: %v", err)
	}
	members.listed = nil
	if list := public(); len(list) != 0 {
		t.Errorf("public when it may not be named: %+v", list)
	}
	if page, err := b.ToLook(ctx, desk, "", 10); err != nil || len(page.Items) != 0 {
		t.Errorf("to look at when it is not public: %v %v", page.Items, err)
	}
	if _, err := b.Get(ctx, desk, got.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("read by a coordinator when it is not public: %v", err)
	}
	members.listed = map[string]lang.Text{"bank": {Hans: "演示银行"}}
	b.at = time.Date(2026, 10, 21, 0, 0, 0, 0, calendar.Shanghai)
	if list := public(); len(list) != 0 {
		t.Errorf("public after its last day: %+v", list)
	}
	b.at = time.Date(2026, 10, 16, 0, 0, 0, 0, calendar.Shanghai)
	if _, err := b.Hide(ctx, desk, got.ID, got.Rev, listing.HideReasons[0]); err != nil || len(public()) != 0 {
		t.Errorf("hidden: %v, and public: %v", err, public())
	}
	if _, err := b.Get(ctx, desk, got.ID); err != nil {
		t.Errorf("who hid it reads it: %v", err)
	}
}

// A page of events is full of events, whatever organisations wrote meanwhile.
func TestEventsBetweenBenefits(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.Members = &seats{}
	st := b.street(t)
	for range 3 {
		if _, err := b.AddEvent(ctx, desk, lanterns(st)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			b.at = b.at.Add(time.Second)
			if err := b.Create(ctx, clerk, offered()); err != nil {
				t.Fatal(err)
			}
		}
		b.at = b.at.Add(time.Second)
	}
	page, err := b.Events(ctx, desk, "", 2)
	if err != nil || len(page.Items) != 2 || page.Next == "" {
		t.Fatalf("%d events, then %q: %v", len(page.Items), page.Next, err)
	}
	if rest, err := b.Events(ctx, desk, page.Next, 2); err != nil || len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("%d events, then %q: %v", len(rest.Items), rest.Next, err)
	}
}
