package merchant_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"shangquan/services/access"
	"shangquan/services/merchant"
)

var everybody = []string{
	"nobody", "signed", "owner", "manager", "staff", "limited staff", "foreign owner", "coordinator", "second coordinator", "liaison", "admin",
}

// each runs do for every actor and compares the answer with what the table of want says; who is not in it finds nothing, nobody must sign in.
func each(t *testing.T, want map[string]string, do func(b *bench, m merchant.Merchant, by access.Actor) error) {
	t.Helper()
	shared := open(t) // by those who are refused: nothing may change in it
	sharedM, sharedWho := shared.towards(t)
	for _, name := range everybody {
		b, m, who := shared, sharedM, sharedWho
		expected, ok := want[name]
		switch {
		case ok && expected == "":
			b = open(t)
			m, who = b.towards(t)
		case !ok && name == "nobody":
			expected = signIn
		case !ok:
			expected = hiddenThing
		}
		if got := answer(do(b, m, who[name])); got != expected {
			t.Errorf("%s: %q, want %q", name, got, expected)
		}
		if got := b.get(t, m.ID); expected != "" && got.Rev != m.Rev {
			t.Errorf("%s was refused and something changed", name)
		}
	}
}

func TestWhoMayReadAMerchant(t *testing.T) {
	each(t, map[string]string{"owner": "", "manager": "", "staff": "", "limited staff": "", "coordinator": "", "second coordinator": "", "admin": ""},
		func(b *bench, m merchant.Merchant, by access.Actor) error {
			_, err := b.Get(t.Context(), by, m.ID)
			return err
		})
}

func TestWhoMayManagePeople(t *testing.T) {
	allowed := map[string]string{"owner": "", "admin": ""}
	for name, do := range map[string]func(b *bench, m merchant.Merchant, by access.Actor) error{
		"read": func(b *bench, m merchant.Merchant, by access.Actor) error {
			_, _, err := b.Access(t.Context(), by, m.ID)
			return err
		},
		"invite": func(b *bench, m merchant.Merchant, by access.Actor) error {
			_, err := b.Invite(t.Context(), sudo(by), m.ID, merchant.Invite{To: "13800138000", Role: access.Staff})
			return err
		},
		"set a role": func(b *bench, m merchant.Merchant, by access.Actor) error {
			_, err := b.SetRole(t.Context(), sudo(by), m.ID, m.Rev, "staff", access.Manager, nil)
			return err
		},
		"remove": func(b *bench, m merchant.Merchant, by access.Actor) error {
			_, err := b.Remove(t.Context(), by, m.ID, m.Rev, "staff")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { each(t, allowed, do) })
	}
}

func TestWhoMayEditCloseAndExport(t *testing.T) {
	each(t, map[string]string{"owner": "", "coordinator": "", "second coordinator": "", "admin": ""}, func(b *bench, m merchant.Merchant, by access.Actor) error {
		d := draft("余天成", codeA)
		d.Phone = "021-57721664"
		_, err := b.Edit(t.Context(), by, m.ID, m.Rev, d)
		return err
	})
	each(t, map[string]string{"owner": "", "admin": ""}, func(b *bench, m merchant.Merchant, by access.Actor) error {
		_, err := b.Export(t.Context(), sudo(by), m.ID)
		return err
	})
	each(t, map[string]string{"owner": "forbidden error.sudo"}, func(b *bench, m merchant.Merchant, by access.Actor) error {
		by.Sudo = false
		return b.Close(t.Context(), by, m.ID, m.Rev)
	})
	each(t, map[string]string{"owner": "conflict error.member.last_owner", "manager": "", "staff": "", "limited staff": ""},
		func(b *bench, m merchant.Merchant, by access.Actor) error { return b.Leave(t.Context(), by, m.ID) })
	each(t, map[string]string{"coordinator": "", "second coordinator": "", "admin": ""}, func(b *bench, m merchant.Merchant, by access.Actor) error {
		_, err := b.RunPlaza(t.Context(), by, m.ID, m.Rev, "p1")
		return err
	})
}

// T-06: who is taken out has no seat at the very next question; so have those whose merchant closed.
func TestSeatsFollowAtOnce(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	seats := b.person(t, "limited").Seats
	if len(seats) != 1 || seats[0].MerchantID != m.ID || seats[0].Role != access.Staff || !slices.Equal(seats[0].ListingIDs, []string{"s1"}) {
		t.Fatalf("seats = %+v", seats)
	}
	if _, err := b.Remove(t.Context(), who["owner"], m.ID, 0, "limited"); err != nil {
		t.Fatal(err)
	}
	if seats := b.person(t, "limited").Seats; len(seats) != 0 {
		t.Errorf("still seated: %+v", seats)
	}
	if got := b.mail.kinds(); got != "merchant_removed→limited" {
		t.Errorf("sent %s", got)
	}
	if _, err := b.SetRole(t.Context(), sudo(who["owner"]), m.ID, 0, "staff", access.Manager, []string{"s2", "s2"}); err != nil {
		t.Fatal(err)
	}
	if s := b.person(t, "staff").Seats[0]; s.Role != access.Manager || !slices.Equal(s.ListingIDs, []string{"s2"}) {
		t.Errorf("seat = %+v", s)
	}
	if s, err := b.Seats(t.Context(), ""); err != nil || len(s) != 0 {
		t.Errorf("nobody has %v, %v", s, err)
	}
}

func TestOneLoginForManyShops(t *testing.T) {
	b := open(t)
	a := b.create(t, "chain", "甲", codeA, "s1")
	c := b.create(t, "chain", "乙", "", "s2", "s3")
	if _, err := b.RunPlaza(t.Context(), admin, c.ID, 0, "p1"); err != nil {
		t.Fatal(err)
	}
	seats := b.person(t, "chain").Seats
	if len(seats) != 2 {
		t.Fatalf("seats = %+v", seats)
	}
	for _, s := range seats {
		if (s.PlazaID == "p1") != (s.MerchantID == c.ID) || s.Role != access.Owner {
			t.Errorf("seat = %+v", s)
		}
	}
	mine, err := b.Mine(t.Context(), b.person(t, "chain"))
	if err != nil || len(mine) != 2 || mine[0].ID != a.ID {
		t.Errorf("mine = %v, %v", mine, err)
	}
	if of, err := b.OfPlaza(t.Context(), "p1"); err != nil || len(of) != 1 || of[0].ID != c.ID || of[0].Kind != merchant.Plaza {
		t.Errorf("of the plaza: %v, %v", of, err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	owner := who["owner"]
	const last = "conflict error.member.last_owner"
	want(t, b.Leave(t.Context(), owner, m.ID), last)
	_, err := b.Remove(t.Context(), owner, m.ID, 0, "o")
	want(t, err, last)
	_, err = b.SetRole(t.Context(), sudo(owner), m.ID, 0, "o", access.Staff, nil)
	want(t, err, last)
	_, err = b.SetRole(t.Context(), sudo(owner), m.ID, 0, "staff", access.Owner, nil)
	want(t, err, "")
	want(t, b.Leave(t.Context(), owner, m.ID), "")
	if got := b.get(t, m.ID); !slices.Equal(got.Owners(), []string{"staff"}) {
		t.Errorf("owners = %v", got.Owners())
	}
}

// TestOwnershipTakesItsOwners: from outside the owners of a merchant nobody makes or unmakes one of them, whatever the role in the
// district (AUZ-07); the first owner of a merchant that has none is invited by an administrator.
func TestOwnershipTakesItsOwners(t *testing.T) {
	const refused = "forbidden error.merchant.two_people"
	invite := func(r access.Role) func(*bench, access.Actor, string) error {
		return func(b *bench, by access.Actor, id string) error {
			_, err := b.Invite(t.Context(), by, id, merchant.Invite{To: "new@example.com", Role: r})
			return err
		}
	}
	role := func(account string, r access.Role) func(*bench, access.Actor, string) error {
		return func(b *bench, by access.Actor, id string) error {
			_, err := b.SetRole(t.Context(), by, id, 0, account, r, nil)
			return err
		}
	}
	remove := func(account string) func(*bench, access.Actor, string) error {
		return func(b *bench, by access.Actor, id string) error {
			_, err := b.Remove(t.Context(), by, id, 0, account)
			return err
		}
	}
	for name, x := range map[string]struct {
		do           func(*bench, access.Actor, string) error
		admin, owner string
	}{
		"makes an owner of a member":    {role("staff", access.Owner), refused, ""},
		"makes an owner of itself":      {role("admin", access.Owner), refused, ""},
		"makes less of an owner":        {role("partner", access.Staff), refused, ""},
		"takes an owner out":            {remove("partner"), refused, ""},
		"takes the first owner out":     {remove("o"), refused, ""},
		"invites an owner":              {invite(access.Owner), refused, ""},
		"invites a manager":             {invite(access.Manager), "", ""},
		"makes a manager of a member":   {role("staff", access.Manager), "", ""},
		"takes somebody of staff out":   {remove("staff"), "", ""},
		"takes out who is not a member": {remove("stranger"), hiddenThing, hiddenThing},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m, who := b.towards(t)
			b.join(t, who["owner"], m.ID, "partner", access.Owner)
			b.join(t, who["owner"], m.ID, "admin", access.Staff) // a seat, and not an owner's
			by := admin
			by.Seats = b.person(t, "admin").Seats
			before := b.get(t, m.ID)
			want(t, x.do(b, by, m.ID), x.admin)
			if now := b.get(t, m.ID); !slices.Equal(now.Owners(), before.Owners()) || x.admin != "" && now.Rev != before.Rev {
				t.Errorf("owners = %v", now.Owners())
			}
			if x.admin != "" { // it was refused for who asked, and for nothing else
				want(t, x.do(b, sudo(b.person(t, "partner")), m.ID), x.owner)
			}
		})
	}
}

// Two invitations to become the first owner went out: the second does not bring a second owner in by one administrator alone.
func TestTheFirstOwnerIsInvitedOnce(t *testing.T) {
	b := open(t)
	m, err := b.Create(t.Context(), admin, draft("余天成", codeA))
	want(t, err, "")
	tokens := map[string]string{}
	for _, name := range []string{"first-owner", "second-owner"} {
		_, err := b.Invite(t.Context(), sudo(admin), m.ID, merchant.Invite{To: name + "@example.com", Role: access.Owner})
		want(t, err, "")
		tokens[name] = b.mail.token(t)
	}
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "first-owner"), tokens["first-owner"])
	want(t, err, "")
	_, err = b.ShowInvitation(t.Context(), tokens["second-owner"])
	want(t, err, "conflict error.invitation.owner")
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "second-owner"), tokens["second-owner"])
	want(t, err, "conflict error.invitation.owner")
	if m = b.get(t, m.ID); !slices.Equal(m.Owners(), []string{"first-owner"}) {
		t.Errorf("owners = %v", m.Owners())
	}
	// What an owner sends counts as long as its sender is one.
	b.join(t, b.person(t, "first-owner"), m.ID, "partner", access.Owner)
	_, err = b.Invite(t.Context(), sudo(b.person(t, "partner")), m.ID, merchant.Invite{To: "late@example.com", Role: access.Owner})
	want(t, err, "")
	token := b.mail.token(t)
	_, err = b.Remove(t.Context(), b.person(t, "first-owner"), m.ID, 0, "partner")
	want(t, err, "")
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "late"), token)
	want(t, err, "conflict error.invitation.owner")
}

// Of two owners who leave at the same moment one stays.
func TestTwoOwnersLeaveAtOnce(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.SetRole(t.Context(), sudo(who["owner"]), m.ID, 0, "manager", access.Owner, nil); err != nil {
		t.Fatal(err)
	}
	both := []access.Actor{b.person(t, "o"), b.person(t, "manager")}
	var wg sync.WaitGroup
	left := make([]error, 2)
	for i := range both {
		wg.Go(func() { left[i] = b.Leave(t.Context(), both[i], m.ID) })
	}
	wg.Wait()
	if (left[0] == nil) == (left[1] == nil) {
		t.Errorf("left: %v, %v", left[0], left[1])
	}
	if got := b.get(t, m.ID); len(got.Owners()) != 1 {
		t.Errorf("owners = %v", got.Owners())
	}
}

func TestRolesThatCannotBe(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	for name, tt := range map[string]struct {
		account string
		role    access.Role
		only    []string
		want    string
	}{
		"no such role":         {"staff", access.Coordinator, nil, "invalid role:error.choice"},
		"no role":              {"staff", "", nil, "invalid role:error.choice"},
		"a limited owner":      {"staff", access.Owner, []string{"s1"}, "invalid listing_ids:error.member.owner_limited"},
		"another's shop":       {"staff", access.Staff, []string{"s1", "s3"}, "invalid listing_ids:error.member.shop"},
		"somebody else's man":  {"foreign", access.Staff, nil, hiddenThing},
		"an account of nobody": {"", access.Staff, nil, hiddenThing},
	} {
		_, err := b.SetRole(t.Context(), sudo(who["owner"]), m.ID, 0, tt.account, tt.role, tt.only)
		if got := answer(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	_, err := b.SetRole(t.Context(), sudo(who["owner"]), m.ID, m.Rev-1, "staff", access.Manager, nil)
	want(t, err, "conflict error.stale")
	_, err = b.Remove(t.Context(), who["owner"], "none", 0, "staff")
	want(t, err, hiddenThing)
	_, err = b.Remove(t.Context(), nobody, "none", 0, "staff")
	want(t, err, signIn)
}

func TestEveryWriteIsOnRecord(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.SetRole(t.Context(), sudo(who["owner"]), m.ID, 0, "staff", access.Manager, nil); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	list := b.entries(t, merchant.KindMerchant, m.ID)
	for _, e := range slices.Backward(list) {
		got = append(got, string(e.Fact.Action)+" by "+e.Fact.By.Account)
	}
	expected := "merchant.create by o, merchant.role by o, invitation.accept by manager, merchant.role by o, invitation.accept by staff, " +
		"merchant.role by o, invitation.accept by limited, merchant.role by o"
	if s := strings.Join(got, ", "); s != expected {
		t.Errorf("trail: %s", s)
	}
	for _, e := range list {
		for _, c := range e.Fact.Changes {
			if (c.Path == "invitations" || c.Path == "sealed" || c.Path == "code_key") && (c.Before != "" || c.After != "") {
				t.Errorf("the trail tells %s", c.Path)
			}
		}
	}
}

// Owners hear of what was said about their shop, and nobody else.
func TestOwnersHearOfReports(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	b.join(t, b.person(t, "o"), m.ID, "second", access.Staff)
	b.mail.kinds()
	for _, shop := range []string{"s1", "s2", "none"} { // with an owner, nobody's, and gone
		want(t, b.TellReport(t.Context(), shop, "7K2M-9XQD"), "")
	}
	if got := b.mail.kinds(); got != "report_new→o" {
		t.Errorf("sent %q", got)
	}
}

// The monthly letter is for owners: nobody else's account owns the shops of a merchant.
func TestOwned(t *testing.T) {
	b := open(t)
	_, who := b.towards(t)
	for _, name := range everybody {
		got, err := b.Owned(t.Context(), who[name].AccountID)
		if err != nil || (len(got) > 0) != (name == "owner" || name == "foreign owner") {
			t.Errorf("%s owns %d shops, %v", name, len(got), err)
		}
	}
}

func TestWhoLeadsAShop(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	b.join(t, who["owner"], m.ID, "leader", access.Manager, "s1")
	id := func(names ...string) []string {
		out := []string{}
		for _, n := range names {
			out = append(out, b.person(t, n).AccountID)
		}
		return out
	}
	for name, x := range map[string]struct {
		merchant, shop string
		want           []string
	}{
		"the whole merchant": {m.ID, "", id("o", "manager")},
		"one shop":           {m.ID, "s1", id("o", "manager", "leader")},
		"another shop":       {m.ID, "s2", id("o", "manager")},
		"nobody's":           {"none", "s1", []string{}},
	} {
		got, err := b.LeadersOf(t.Context(), x.merchant, x.shop)
		if slices.Sort(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if slices.Sort(x.want); !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
