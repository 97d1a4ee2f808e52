package account

import (
	"fmt"
	"slices"
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// together are the sets of more than one role that one person may hold; everything else that is no single role is refused.
var together = [][]access.Role{{access.Coordinator, access.Admin}}

// every returns every set of district roles.
func every() [][]access.Role {
	out := [][]access.Role{}
	for set := range 1 << len(access.DistrictRoles) {
		roles := []access.Role{}
		for i, r := range access.DistrictRoles {
			if set&(1<<i) != 0 {
				roles = append(roles, r)
			}
		}
		out = append(out, roles)
	}
	slices.SortStableFunc(out, func(a, b []access.Role) int { return len(a) - len(b) })
	return out
}

// TestRolesHeldTogether holds AUZ-06 over every set of roles, by invitation and by a change of roles: who audits does nothing else, and the
// liaison's work and that of coordinators and administrators are never one person's.
func TestRolesHeldTogether(t *testing.T) {
	w := newWorld(t)
	_, admin, _ := w.staff(phone1, access.Admin)
	b := w.register("+8613912345678").Account
	for i, roles := range every() {
		key := ""
		switch fine := len(roles) < 2 || slices.ContainsFunc(together, func(x []access.Role) bool { return slices.Equal(x, roles) }); {
		case fine:
		case slices.Contains(roles, access.Auditor):
			key = "account.auditor_alone"
		default:
			key = "account.liaison_alone"
		}
		before := must[Account](t)(w.Get(t.Context(), b.ID))
		for order := range 2 { // in whatever order they are sent
			sent := slices.Clone(roles)
			if order == 1 {
				slices.Reverse(sent)
			}
			_, set := w.SetRoles(t.Context(), admin, b.ID, 0, sent, "")
			_, invited := w.Invite(t.Context(), admin, "李专员", fmt.Sprintf("li%d-%d@example.com", i, order), sent, lang.Hans)
			for what, err := range map[string]error{"set": set, "invited": invited} {
				if key != "" {
					is(t, fmt.Sprint(what, sent), err, fault.Invalid, key)
				} else if err != nil {
					t.Errorf("%s %v: %v", what, sent, err)
				}
			}
		}
		after := must[Account](t)(w.Get(t.Context(), b.ID))
		if key != "" && (after.Rev != before.Rev || !slices.Equal(after.Roles, before.Roles)) {
			t.Errorf("%v was refused, and the account is %v", roles, after.Roles)
		}
		if key == "" && !slices.Equal(after.Roles, roles) {
			t.Errorf("%v: the account is %v", roles, after.Roles)
		}
	}
}

// An account from before that holds what nobody may hold together gains nothing by it: it acts by the roles that can be one person's, and the
// others rest until an administrator decides.
func TestRolesThatRest(t *testing.T) {
	w := newWorld(t)
	in, _, _ := w.staff(phone1)
	for _, roles := range every() {
		a := must[Account](t)(w.accounts.Update(t.Context(), access.System("test"), write(access.AccountRole, ""), in.Account.ID, 0, func(a *Account) error {
			a.Roles = roles
			return nil
		}))
		by, rests := w.Actor(in.Session, a), a.Rests()
		if checked, err := checkRoles(by.Roles); err != nil || !slices.Equal(checked, by.Roles) {
			t.Errorf("%v acts as %v", roles, by.Roles)
		}
		if len(by.Roles)+len(rests) != len(roles) || len(roles) > 0 && len(by.Roles) == 0 {
			t.Errorf("%v acts as %v, and %v rest", roles, by.Roles, rests)
		}
		if slices.Contains(roles, access.Admin) != by.Is(access.Admin) {
			t.Errorf("%v: an administrator has to stay one, or nobody puts it right", roles)
		}
		for _, act := range []access.Action{access.ReviewDecide, access.ReportRead, access.ClaimDecide, access.MerchantDecide, access.CareEdit, access.LeadEdit} {
			if access.Can(by, access.AssemblyEdit, access.Thing{}) && access.Can(by, act, access.Thing{}) {
				t.Errorf("%v edits the liaison's pages and may %s", roles, act)
			}
		}
		for _, r := range access.DistrictRoles {
			holders := must[[]Account](t)(w.Holders(t.Context(), r))
			if found := slices.ContainsFunc(holders, func(x Account) bool { return x.ID == a.ID }); found != slices.Contains(by.Roles, r) {
				t.Errorf("%v: among those who are %s: %v", roles, r, found)
			}
		}
	}
	both := Account{Roles: []access.Role{access.Coordinator, access.Liaison}}
	if got := both.Rests(); !slices.Equal(got, []access.Role{access.Liaison}) || !slices.Equal(both.Works(), []access.Role{access.Coordinator}) {
		t.Errorf("a coordinator who was liaison too: %v rests", got)
	}
}
