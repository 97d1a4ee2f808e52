package merchant

import (
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// maxMembers is how many people one merchant has at most.
const maxMembers = 100

// roles are what a member can be, the strongest last.
var roles = []access.Role{access.Staff, access.Manager, access.Owner}

// find returns where the account is among the members, -1 when it is not.
func (m *Merchant) find(accountID string) int {
	if accountID == "" {
		return -1
	}
	return slices.IndexFunc(m.Members, func(x Member) bool { return x.AccountID == accountID })
}

// Member returns the account's membership.
func (m *Merchant) Member(accountID string) (Member, bool) {
	if i := m.find(accountID); i >= 0 {
		return m.Members[i], true
	}
	return Member{}, false
}

// Owners returns the accounts of the owners.
func (m *Merchant) Owners() []string {
	out := []string{}
	for _, x := range m.Members {
		if x.Role == access.Owner {
			out = append(out, x.AccountID)
		}
	}
	return out
}

// lastOwner reports whether nobody else owns the merchant.
func (m *Merchant) lastOwner(accountID string) bool {
	owners := m.Owners()
	return len(owners) == 1 && owners[0] == accountID
}

// Crowns reports whether an account may make and unmake owners: one who is an owner, and anybody where there is none yet. From outside,
// ownership goes by two people: a transfer that the other side accepts, or a dispute that two of the district decide.
func (m *Merchant) Crowns(accountID string) bool {
	return m.owned(accountID) || len(m.Owners()) == 0
}

// crownedBy refuses who may not make or unmake owners: fault.Forbidden.
func (m *Merchant) crownedBy(by access.Actor) error {
	if !m.Crowns(by.AccountID) {
		return fault.New(fault.Forbidden, "error.merchant.two_people", errors.New("merchant: an owner is made or unmade by somebody who is none"))
	}
	return nil
}

// owned reports whether the account is an owner.
func (m *Merchant) owned(accountID string) bool {
	x, ok := m.Member(accountID)
	return ok && x.Role == access.Owner
}

func errLastOwner() error {
	return fault.New(fault.Conflict, "error.member.last_owner", errors.New("merchant: the last owner stays"))
}

func errNoMember() error {
	return fault.New(fault.NotFound, "error.not_found", errors.New("merchant: no such member"))
}

// add lets an account in. fault.Conflict when it is in already or the merchant is full.
func (m *Merchant) add(x Member) error {
	switch {
	case m.find(x.AccountID) >= 0:
		return fault.New(fault.Conflict, "error.member.already", errors.New("merchant: a member already"))
	case len(m.Members) >= maxMembers:
		return fault.Wrong("role", "error.list.long", map[string]any{"Max": maxMembers})
	}
	m.Members = append(m.Members, x)
	return nil
}

// admit gives an account a place at one shop, which came to this merchant by a decision that the merchant's owners had no part in: a
// newcomer becomes manager of this shop alone, and a member's role never rises.
func (m *Merchant) admit(accountID, listingID, by string, at time.Time) {
	i := m.find(accountID)
	if i < 0 {
		m.Members = append(m.Members, Member{AccountID: accountID, Role: access.Manager, ListingIDs: []string{listingID}, Since: at, By: by})
		return
	}
	if x := &m.Members[i]; len(x.ListingIDs) > 0 && !slices.Contains(x.ListingIDs, listingID) {
		x.ListingIDs = append(slices.Clone(x.ListingIDs), listingID)
	}
}

// crown makes an account an owner, by a decision of two people of the district.
func (m *Merchant) crown(accountID, by string, at time.Time) {
	x := Member{AccountID: accountID, Role: access.Owner, ListingIDs: []string{}, Since: at, By: by}
	if i := m.find(accountID); i >= 0 {
		m.Members[i] = x
		return
	}
	m.Members = append(m.Members, x)
}

// setRole changes what a member may do. The last owner keeps the role: fault.Conflict. Only owners make and unmake owners: fault.Forbidden.
func (m *Merchant) setRole(by access.Actor, accountID string, r access.Role, listingIDs []string) error {
	i := m.find(accountID)
	if i < 0 {
		return errNoMember()
	}
	if r == access.Owner || m.owned(accountID) {
		if err := m.crownedBy(by); err != nil {
			return err
		}
	}
	if r != access.Owner && m.lastOwner(accountID) {
		return errLastOwner()
	}
	m.Members[i].Role, m.Members[i].ListingIDs, m.Members[i].Merged = r, listingIDs, nil
	return nil
}

// remove takes a member out. The last owner stays: fault.Conflict. Only owners take an owner out: fault.Forbidden.
func (m *Merchant) remove(by access.Actor, accountID string) error {
	i := m.find(accountID)
	if i < 0 {
		return errNoMember()
	}
	if m.owned(accountID) {
		if err := m.crownedBy(by); err != nil {
			return err
		}
	}
	if m.lastOwner(accountID) {
		return errLastOwner()
	}
	m.Members = slices.Delete(m.Members, i, i+1)
	return nil
}

// checkRole says what is wrong with a role and its limit to some shops; own are the shops of the merchant.
func checkRole(r access.Role, listingIDs, own []string) error {
	var out []fault.Field
	if !slices.Contains(roles, r) {
		out = append(out, fault.Field{Name: "role", Key: "error.choice"})
	}
	if r == access.Owner && len(listingIDs) > 0 {
		out = append(out, fault.Field{Name: "listing_ids", Key: "error.member.owner_limited"})
	}
	for _, id := range listingIDs {
		if !slices.Contains(own, id) {
			out = append(out, fault.Field{Name: "listing_ids", Key: "error.member.shop"})
			break
		}
	}
	return fault.Wrongs(out)
}

// distinct drops empty and repeated items.
func distinct(list []string) []string {
	out := []string{}
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
