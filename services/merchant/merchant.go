// Package merchant knows who runs which shops: merchants 经营主体 with their people and roles, invitations, claims, disputes and transfers
// of shops, access that a coordinator grants on the spot, and the papers a merchant must renew.
//
// Two rules stand above all others. Nobody becomes the owner of a shop but by a path that the district or the present owner has
// decided (claim.go, transfer.go, grant.go). And a merchant that has an owner never loses its last one by accident (members.go).
package merchant

import (
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/creditcode"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// KindMerchant names merchants in the trail and in questions of permission.
const KindMerchant = "merchant"

// Kind is the sort of body a merchant is.
type Kind string

// The kinds. Plaza is the operator of a plaza.
const (
	Company     Kind = "company"
	Individual  Kind = "individual" // 个体工商户
	Cooperative Kind = "cooperative"
	Other       Kind = "other" // also a stall without papers
	Plaza       Kind = "plaza"
)

// Kinds lists the kinds in the order of a form.
var Kinds = []Kind{Individual, Company, Cooperative, Plaza, Other}

// State is whether a merchant is in business here.
type State string

// The states. A closed merchant has no shops, no people and no personal data any more.
const (
	Active State = "active"
	Closed State = "closed"
)

// Merchant is a merchant 经营主体.
type Merchant struct {
	store.Meta
	audit.Trail
	State State `json:"state"`
	Kind  Kind  `json:"kind"`
	// Name is what the merchant is called here, as on the shop sign.
	Name lang.Text `json:"name"`
	// CreditCode is the unified social credit code; empty: none, or not yet.
	CreditCode creditcode.Code `json:"credit_code"`
	// CodeKey is CreditCode, or something that nobody else has where there is none: what keeps codes unique.
	CodeKey string `json:"code_key"`
	// PlazaID is the plaza this merchant runs; only the district sets it.
	PlazaID string `json:"plaza_id"`
	// Sealed holds Private, encrypted.
	Sealed string `json:"sealed"`
	// Unsettled says that its owner closed it and that not all it has elsewhere has ended.
	Unsettled bool `json:"unsettled"`

	Members     []Member     `json:"members"`
	Invitations []Invitation `json:"invitations"`
}

// Private is what only the merchant itself and the district may read.
type Private struct {
	// RegisteredName is the name on the licence. Purpose: to compare with the licence. That of an individual is often a person's name.
	RegisteredName string `json:"registered_name"`
	// Person, Phone and Email say whom the district asks about this merchant. Kept until the merchant closes.
	Person string `json:"person"`
	Phone  string `json:"phone"`
	Email  string `json:"email"`
}

// Member is an account with a role in a merchant.
type Member struct {
	AccountID string      `json:"account_id"`
	Role      access.Role `json:"role"` // access.Staff, Manager or Owner
	// ListingIDs limits the member to these shops; empty: all of the merchant. Owners are never limited.
	ListingIDs []string `json:"listing_ids"`
	// Merged are those of ListingIDs that the member reaches because another page was merged into them; a merge that is undone takes
	// them away.
	Merged []MergedReach `json:"merged,omitempty"`
	Since  time.Time     `json:"since"`
	By     string        `json:"by"` // account that let the member in
}

// MergedReach is a shop a member came to reach when the page of another was given up for it.
type MergedReach struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Thing is what permission is asked for.
func (m *Merchant) Thing() access.Thing {
	return access.Thing{Kind: KindMerchant, ID: m.ID, MerchantID: m.ID}
}

// within is Thing as far as the actor's own seat reaches: a member who is limited to some shops still reads what the merchant is called,
// and may leave it.
func (m *Merchant) within(by access.Actor) access.Thing {
	t := m.Thing()
	if i := m.find(by.AccountID); i >= 0 && len(m.Members[i].ListingIDs) > 0 {
		t.ListingID = m.Members[i].ListingIDs[0]
	}
	return t
}

var (
	nameLimit    = lang.Limit{Max: 60, Must: true}
	privateLimit = lang.Limit{Max: 120}
	whyLimit     = lang.Limit{Max: 500, Must: true, Prose: true}
	noteLimit    = lang.Limit{Max: 500, Prose: true}
)

func (p *Private) clean() {
	for _, s := range []*string{&p.RegisteredName, &p.Person, &p.Phone, &p.Email} {
		*s = lang.Clean(*s)
	}
}

func (p *Private) check() []fault.Field {
	var out []fault.Field
	out = append(out, privateLimit.Check("registered_name", p.RegisteredName)...)
	out = append(out, privateLimit.Check("person", p.Person)...)
	out = append(out, privateLimit.Check("phone", p.Phone)...)
	return append(out, privateLimit.Check("email", p.Email)...)
}

func kindFields(k Kind) []fault.Field {
	for _, known := range Kinds {
		if k == known {
			return nil
		}
	}
	return []fault.Field{{Name: "kind", Key: "error.choice"}}
}
