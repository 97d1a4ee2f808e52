// Package access decides who may do what. There is one table, table.txt: action × role × scope. Nothing else in the program decides
// a permission; pages, the API, feeds and files ask here, in the service, about the thing itself and never about its address.
package access

import (
	"errors"
	"net/netip"
	"slices"

	"shangquan/services/fault"
)

// Role is what somebody is, towards one thing or the whole district.
type Role string

// The roles. Visitor is everybody; Signed is everybody with an account. Staff, Manager and Owner are members of a merchant; Plaza is
// a member of the merchant that runs the plaza a shop is in. The last four work for the district;
// Auditor reads what the others did, and an account that holds it holds none of theirs.
const (
	Visitor     Role = "visitor"
	Signed      Role = "signed"
	Staff       Role = "staff"
	Manager     Role = "manager"
	Owner       Role = "owner"
	Plaza       Role = "plaza"
	Coordinator Role = "coordinator"
	Liaison     Role = "liaison"
	Auditor     Role = "auditor"
	Admin       Role = "admin"
)

// Roles lists the roles in the order of the table's columns.
var Roles = []Role{Visitor, Signed, Staff, Manager, Owner, Plaza, Coordinator, Liaison, Auditor, Admin}

// DistrictRoles are those an account holds for the whole district. They count only with a second factor.
var DistrictRoles = []Role{Coordinator, Liaison, Auditor, Admin}

// Scope is how far a grant reaches.
type Scope string

// The scopes: of the own merchant (for Signed: the own account), of the own plaza, everything.
const (
	None    Scope = "-"
	Own     Scope = "own"
	InPlaza Scope = "plaza"
	All     Scope = "all"
)

// Action is what is to be done; actions.go lists them.
type Action string

// Seat is what an account is in one merchant.
type Seat struct {
	MerchantID string
	Role       Role // Staff, Manager or Owner
	// ListingIDs limits the seat to these shops; empty: every shop of the merchant.
	ListingIDs []string
	// PlazaID is the plaza the merchant runs; empty for most.
	PlazaID string
}

// Key is what a program that acts with an API key may do at most.
type Key struct {
	ID         string
	Actions    []Action
	ListingIDs []string // empty: every shop the seat reaches
}

// Actor is who acts. The zero Actor is a visitor.
type Actor struct {
	AccountID string
	Name      string // for the history; what colleagues call the person
	Roles     []Role // of the district
	Seats     []Seat
	// TwoFactor says that the session was opened with a second factor; without it the roles of the district do not count.
	TwoFactor bool
	// Sudo says that the person gave the password or second factor again, at most ten minutes ago.
	Sudo bool
	// Key limits what an API key may do; nil for people.
	Key *Key
	// System is the name of the part of the program that acts by itself: "import", "command line". It may do everything.
	System string
	// Session, Request and Client are for the trail: a hash, the request id, the address.
	Session string
	Request string
	Client  netip.Addr
}

// System returns the actor for what the program does by itself or an operator on the machine told it to.
func System(name string) Actor { return Actor{System: name, Name: name} }

// Known reports whether the actor is somebody: an account, a key or the program.
func (a Actor) Known() bool { return a.AccountID != "" || a.System != "" }

// Who names the actor in a document: the account, or the part of the program.
func (a Actor) Who() string {
	if a.AccountID != "" {
		return a.AccountID
	}
	return a.System
}

// Is reports whether the actor has the district role, which takes a second factor.
func (a Actor) Is(r Role) bool { return a.TwoFactor && a.Key == nil && slices.Contains(a.Roles, r) }

// Works reports whether the actor works for the district at all.
func (a Actor) Works() bool { return slices.ContainsFunc(DistrictRoles, a.Is) }

// Thing is what is acted on. Empty fields match nobody's own.
type Thing struct {
	Kind, ID   string
	MerchantID string // whose it is
	ListingID  string // the shop it belongs to
	PlazaID    string // the plaza it lies in
	PlazaMay   bool   // its merchant lets the plaza edit
	AccountID  string // whose account it is, or is about
}

// RoleIn returns the strongest role of the actor towards a thing of a merchant, Visitor where there is none.
func (a Actor) RoleIn(t Thing) Role {
	best := Visitor
	for _, r := range []Role{Staff, Manager, Owner} {
		if a.seated(r, t) {
			best = r
		}
	}
	return best
}

// seated reports whether a has a seat of exactly this role that reaches t.
func (a Actor) seated(r Role, t Thing) bool {
	return t.MerchantID != "" && slices.ContainsFunc(a.Seats, func(s Seat) bool {
		if s.MerchantID != t.MerchantID || s.Role != r {
			return false
		}
		return len(s.ListingIDs) == 0 || t.ListingID != "" && slices.Contains(s.ListingIDs, t.ListingID)
	})
}

// Can reports whether the actor may do act to t.
func Can(a Actor, act Action, t Thing) bool {
	row, ok := table[act]
	if !ok {
		return false
	}
	if a.System != "" {
		return true
	}
	if k := a.Key; k != nil {
		if !slices.Contains(k.Actions, act) || len(k.ListingIDs) > 0 && !slices.Contains(k.ListingIDs, t.ListingID) {
			return false
		}
	}
	for r, scope := range row {
		if scope != None && a.holds(r, scope, t) {
			return true
		}
	}
	return false
}

func (a Actor) holds(r Role, scope Scope, t Thing) bool {
	switch r {
	case Visitor:
		return true
	case Signed:
		return a.AccountID != "" && a.Key == nil && (scope == All || t.AccountID == a.AccountID)
	case Plaza:
		// Who is limited to some shops of the operator has no part in the shops of others.
		return t.PlazaID != "" && t.PlazaMay && slices.ContainsFunc(a.Seats, func(s Seat) bool {
			return s.PlazaID == t.PlazaID && s.Role != Staff && len(s.ListingIDs) == 0
		})
	case Coordinator, Liaison, Auditor, Admin:
		return a.Is(r)
	default:
		return a.seated(r, t)
	}
}

// Require returns nil when the actor may. Otherwise: fault.Unauthenticated for somebody who is not signed in and could be allowed,
// fault.NotFound for a thing whose existence is none of their business, fault.Forbidden with "error.second_factor" for a district
// role without its second factor and with "error.sudo" for a dangerous action without a fresh check.
func Require(a Actor, act Action, t Thing) error {
	if !Can(a, act, t) {
		with := a
		with.TwoFactor = true
		switch {
		case !a.Known():
			return fault.New(fault.Unauthenticated, "error.sign_in", &refusal{act, "by nobody"})
		case a.Key == nil && !a.TwoFactor && Can(with, act, t):
			return fault.New(fault.Forbidden, "error.second_factor", &refusal{act, "without a second factor"})
		}
		return fault.New(fault.NotFound, "error.not_found", &refusal{act, "is not granted"})
	}
	if dangerous[act] && !a.Sudo && a.System == "" {
		return fault.New(fault.Forbidden, "error.sudo", &refusal{act, "without a fresh check"})
	}
	return nil
}

// refusal is why Require did not let somebody.
type refusal struct {
	act Action
	why string
}

func (r *refusal) Error() string { return "access: " + string(r.act) + " " + r.why }

// Refused returns the action that Require refused, where err comes from it.
func Refused(err error) (Action, bool) {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.act, true
	}
	return "", false
}

// Dangerous reports whether the action asks for a fresh check of who is there.
func Dangerous(act Action) bool { return dangerous[act] }
