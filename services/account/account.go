package account

import (
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Account is one person who signs in. Personal fields say what they are for and how long they are kept (个人信息保护法 6, 19); the
// trail never shows contacts, the password or the factors.
type Account struct {
	store.Meta
	audit.Trail
	// Name is what colleagues call the person. Purpose: to say who changed what. Kept while the account exists.
	Name string `json:"name"`
	// Phone and Email are where the person is reached and what they sign in with; each may be empty, not both. Purpose: signing in,
	// codes, notices about the account. Never public. Kept while the account exists.
	Phone Contact `json:"phone"`
	Email Contact `json:"email"`
	// PhoneKey and EmailKey make the contacts unique; without a contact they hold the id.
	PhoneKey string `json:"phone_key"`
	EmailKey string `json:"email_key"`
	// Password is the PHC form of the password; empty for somebody who signs in with codes only. PasswordAt is when it was set.
	Password   string        `json:"password"`
	PasswordAt time.Time     `json:"password_at"`
	Roles      []access.Role `json:"roles"` // for the whole district
	Disabled   bool          `json:"disabled"`
	Lang       lang.Tag      `json:"lang"` // of the messages sent to the person
	Factors    Factors       `json:"factors"`
	// Monthly is that the person wants the figures of their shops once a month; nil: has not asked.
	Monthly *Agreed `json:"monthly,omitempty"`
	// Epoch counts what ends every session: a new password, other roles, disabling. A session of another epoch is void, so that
	// all of them end with the one write that changes the account.
	Epoch int64 `json:"epoch"`
}

// Factors are what somebody proves besides the password.
type Factors struct {
	// TOTP is the sealed secret of the authenticator app; empty without one.
	TOTP string `json:"totp"`
	// Recovery are the signatures of the recovery codes not used yet.
	Recovery [][]byte  `json:"recovery"`
	Passkeys []Passkey `json:"passkeys"`
}

// Any reports whether there is a second factor. Recovery codes alone are none.
func (f Factors) Any() bool { return f.TOTP != "" || len(f.Passkeys) > 0 }

// Staff reports whether the person works for the district in any role.
func (a *Account) Staff() bool { return len(a.Roles) > 0 }

// Contacts lists the ways to reach the person, the phone first.
func (a *Account) Contacts() []Contact {
	return slices.DeleteFunc([]Contact{a.Phone, a.Email}, func(c Contact) bool { return c == "" })
}

// Thing returns the account as access knows it.
func (a *Account) Thing() access.Thing {
	return access.Thing{Kind: Kind, ID: a.ID, AccountID: a.ID}
}

// Kind is what accounts are called in the trail.
const Kind = "account"

const maxName = 40

// setContact puts a contact in its place and returns the one that was there.
func (a *Account) setContact(c Contact) (was Contact) {
	if c.Phone() {
		was, a.Phone, a.PhoneKey = a.Phone, c, "phone:"+string(c)
		return was
	}
	was, a.Email, a.EmailKey = a.Email, c, "email:"+string(c)
	return was
}

// keyOf returns the unique field of a contact and the value it has there.
func keyOf(c Contact) (field, value string) {
	if c.Phone() {
		return "phone_key", "phone:" + string(c)
	}
	return "email_key", "email:" + string(c)
}

// checkName brings a name into its stored form: fault.Invalid on field "name".
func checkName(name string) (string, error) {
	name = lang.Clean(name)
	if wrong := (lang.Limit{Max: maxName, Must: true}).Check("name", name); len(wrong) > 0 {
		return "", &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return name, nil
}

// checkRoles refuses what is no role of the district, and roles that are not one person's (see Works), and drops repetitions: fault.Invalid
// on field "roles".
func checkRoles(roles []access.Role) ([]access.Role, error) {
	var out []access.Role
	for _, r := range access.DistrictRoles {
		if slices.Contains(roles, r) {
			out = append(out, r)
		}
	}
	for _, r := range roles {
		if !slices.Contains(access.DistrictRoles, r) {
			return nil, fault.Wrong("roles", "error.choice", nil)
		}
	}
	switch a := (Account{Roles: out}); {
	case len(a.Rests()) == 0:
		return out, nil
	case a.has(access.Auditor):
		return nil, fault.Wrong("roles", "account.auditor_alone", nil)
	default:
		return nil, fault.Wrong("roles", "account.liaison_alone", nil)
	}
}

// Works returns the roles by which the person acts. Auditor and liaison are never held beside another role: who audits does no work of the
// district, and by the permission table what administrators and coordinators do (claims, hazards, enquiries) is closed to the liaison.
// Coordinator and administrator go together: neither edits the liaison's pages, and what takes two people is never decided by who proposed
// it. An account from before this rule keeps what can be one person's; the rest waits until an administrator has chosen.
func (a *Account) Works() []access.Role {
	if len(a.Roles) < 2 {
		return slices.Clone(a.Roles)
	}
	out := slices.DeleteFunc(slices.Clone(a.Roles), func(r access.Role) bool { return r != access.Coordinator && r != access.Admin })
	if len(out) == 0 {
		return []access.Role{access.Auditor} // auditor and liaison: who reads changes nothing
	}
	return out
}

// Rests returns the roles that the account has and the person cannot use, because they are not one person's.
func (a *Account) Rests() []access.Role {
	works := a.Works()
	return slices.DeleteFunc(slices.Clone(a.Roles), func(r access.Role) bool { return slices.Contains(works, r) })
}

// has reports whether the account holds a role of the district.
func (a *Account) has(r access.Role) bool { return slices.Contains(a.Roles, r) }
