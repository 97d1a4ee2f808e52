package merchant

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// InvitationState is where an invitation stands.
type InvitationState string

// The states. A pending invitation is expired once its time is over; stored as such it is when its address was erased.
const (
	Pending   InvitationState = "pending"
	Accepted  InvitationState = "accepted"
	Withdrawn InvitationState = "withdrawn"
	Expired   InvitationState = "expired"
)

const (
	invitationFor = 7 * 24 * time.Hour
	// AddressKept is how long the address of an expired invitation is kept, so that it can be sent again.
	AddressKept = 30 * 24 * time.Hour
	// maxPending is how many invitations may be open at once, maxKept how many are kept in all; the oldest that ended go first.
	maxPending, maxKept = 20, 60
)

// Invitation asks somebody to become a member. It lies in the merchant, so that accepting it and becoming a member are one write.
type Invitation struct {
	ID string `json:"id"`
	// To is the sealed address, erased when the invitation ends; Shown is what of it the page shows: 138****0000.
	To    string   `json:"to"`
	Shown string   `json:"shown"`
	Lang  lang.Tag `json:"lang"`

	Role       access.Role     `json:"role"`
	ListingIDs []string        `json:"listing_ids"`
	Token      string          `json:"token"` // hash of what the link carries
	State      InvitationState `json:"state"`
	By         string          `json:"by"` // account that invited; empty: the district
	At         time.Time       `json:"at"`
	Until      time.Time       `json:"until"`
	EndedAt    time.Time       `json:"ended_at"`
	AccountID  string          `json:"account_id"` // who accepted
}

// Invited is an invitation as the page of people shows it.
type Invited struct {
	ID, Shown  string
	Role       access.Role
	ListingIDs []string
	State      InvitationState
	By         string
	At, Until  time.Time
}

func (x *Invitation) view(now time.Time) Invited {
	return Invited{x.ID, x.Shown, x.Role, x.ListingIDs, x.state(now), x.By, x.At, x.Until}
}

func (x *Invitation) state(now time.Time) InvitationState {
	if x.State == Pending && !now.Before(x.Until) {
		return Expired
	}
	return x.State
}

// open returns nil while the invitation can be accepted, and else why it cannot.
func (x *Invitation) open(now time.Time) error {
	switch x.state(now) {
	case Pending:
		return nil
	case Accepted:
		return fault.New(fault.Conflict, "error.invitation.used", errors.New("merchant: the invitation was accepted"))
	case Withdrawn:
		return fault.New(fault.Conflict, "error.invitation.withdrawn", errors.New("merchant: the invitation was withdrawn"))
	default:
		return fault.New(fault.Conflict, "error.invitation.expired", errors.New("merchant: the invitation has expired"))
	}
}

// stands returns nil while the merchant keeps to the invitation: it can be accepted, and who sent one for an owner may still make owners.
func (m *Merchant) stands(x *Invitation, now time.Time) error {
	if err := x.open(now); err != nil {
		return err
	}
	if x.Role == access.Owner && !m.Crowns(x.By) {
		return fault.New(fault.Conflict, "error.invitation.owner", errors.New("merchant: it has an owner, and who invited another is none"))
	}
	return nil
}

// end closes the invitation and forgets the address.
func (x *Invitation) end(st InvitationState, now time.Time) {
	x.State, x.EndedAt, x.To = st, now, ""
}

// Invite is a form.
type Invite struct {
	To         string // e-mail address or mobile number, as typed
	Role       access.Role
	ListingIDs []string
	Lang       lang.Tag
}

// Invite asks somebody to become a member and sends the link, with a fresh check. Owners do it, and an administrator: for an owner only where
// there is none yet, fault.Forbidden. The link is good for 7 days and once. fault.Invalid; fault.Unavailable when the invitation is stored but the message did not leave: resend it.
func (s *Service) Invite(ctx context.Context, by access.Actor, id string, in Invite) (Invited, error) {
	if _, err := s.allowed(ctx, by, access.MerchantRole, id); err != nil {
		return Invited{}, err
	}
	to, err := address("to", in.To)
	if err != nil {
		return Invited{}, err
	}
	listingIDs := distinct(in.ListingIDs)
	own, err := s.shopIDs(ctx, id)
	if err != nil {
		return Invited{}, err
	}
	if err := checkRole(in.Role, listingIDs, own); err != nil {
		return Invited{}, err
	}
	sealed, err := s.seal(sealInvitation, to)
	if err != nil {
		return Invited{}, err
	}
	token, hash := secret.Token()
	_, name := secret.Token()
	now := s.Now()
	x := Invitation{
		ID: name[:16], To: sealed, Shown: to.Masked(), Lang: in.Lang, Role: in.Role, ListingIDs: listingIDs, Token: hash, State: Pending,
		By: by.AccountID, At: now, Until: now.Add(invitationFor),
	}
	m, err := s.people(ctx, by, access.MerchantRole, id, 0, func(m *Merchant) error { return m.invite(by, x, now) })
	if err != nil {
		return Invited{}, err
	}
	return x.view(now), s.sendInvitation(ctx, m, x, to, token)
}

const sealInvitation = "invitation"

// invite adds an invitation and drops the oldest that ended.
func (m *Merchant) invite(by access.Actor, x Invitation, now time.Time) error {
	if x.Role == access.Owner {
		if err := m.crownedBy(by); err != nil {
			return err
		}
	}
	pending := 0
	for i := range m.Invitations {
		if m.Invitations[i].state(now) == Pending {
			pending++
		}
	}
	if pending >= maxPending {
		return fault.New(fault.Conflict, "error.invitation.full", errors.New("merchant: too many open invitations"))
	}
	kept := append(slices.Clone(m.Invitations), x)
	for len(kept) > maxKept {
		i := slices.IndexFunc(kept, func(x Invitation) bool { return x.state(now) != Pending })
		kept = slices.Delete(kept, i, i+1)
	}
	m.Invitations = kept
	return nil
}

func (s *Service) sendInvitation(ctx context.Context, m Merchant, x Invitation, to account.Contact, token string) error {
	err := s.send(ctx, to, "merchant_invitation", x.Lang, x.Token, map[string]any{
		"Merchant": m.Name.Hans, "Role": string(x.Role), "Link": s.Link("invitation", token), "Days": int(invitationFor.Hours() / 24),
	})
	if err != nil {
		return fault.New(fault.Unavailable, "error.invitation.unsent", err)
	}
	return nil
}

// Resend sends a pending or expired invitation again, with a new link for another 7 days; the old link is dead.
// fault.Conflict for one that expired so long ago that its address was erased.
func (s *Service) Resend(ctx context.Context, by access.Actor, id, invitationID string) (Invited, error) {
	if _, err := s.allowed(ctx, by, access.MerchantPeople, id); err != nil {
		return Invited{}, err
	}
	token, hash := secret.Token()
	now := s.Now()
	var x Invitation
	m, err := s.people(ctx, by, access.MerchantPeople, id, 0, func(m *Merchant) error {
		i := m.invitation(invitationID)
		if i < 0 {
			return fault.Missing()
		}
		if err := m.Invitations[i].open(now); err != nil && (m.Invitations[i].state(now) != Expired || m.Invitations[i].To == "") {
			return err // nobody knows any more where it went
		}
		m.Invitations[i].Token, m.Invitations[i].Until = hash, now.Add(invitationFor)
		x = m.Invitations[i]
		return nil
	})
	if err != nil {
		return Invited{}, err
	}
	var to account.Contact
	if err := s.unseal(sealInvitation, x.To, &to); err != nil {
		return Invited{}, err
	}
	return x.view(now), s.sendInvitation(ctx, m, x, to, token)
}

// WithdrawInvitation takes an invitation back; its link is dead at once. fault.Conflict when it was accepted.
func (s *Service) WithdrawInvitation(ctx context.Context, by access.Actor, id, invitationID string) error {
	if _, err := s.allowed(ctx, by, access.MerchantPeople, id); err != nil {
		return err
	}
	now := s.Now()
	_, err := s.people(ctx, by, access.MerchantPeople, id, 0, func(m *Merchant) error {
		i := m.invitation(invitationID)
		if i < 0 {
			return fault.Missing()
		}
		if err := m.Invitations[i].open(now); err != nil && m.Invitations[i].state(now) != Expired {
			return err
		}
		m.Invitations[i].end(Withdrawn, now)
		return nil
	})
	return err
}

func (m *Merchant) invitation(id string) int {
	return slices.IndexFunc(m.Invitations, func(x Invitation) bool { return x.ID == id })
}

// Offered is what the bearer of an invitation reads before accepting it.
type Offered struct {
	MerchantID string
	Name       lang.Text
	Invited
}

// ShowInvitation returns what a link offers. It changes nothing, however often it is opened: chat apps open links by themselves.
// fault.NotFound for a token that is none; fault.Conflict, with the reason, for one that is used, withdrawn or expired, and for one of an owner whose
// sender may not make owners any more.
func (s *Service) ShowInvitation(ctx context.Context, token string) (Offered, error) {
	m, i, err := s.byInvitation(ctx, secret.Hash(token))
	if err != nil {
		return Offered{}, err
	}
	x := m.Invitations[i]
	return Offered{m.ID, m.Name, x.view(s.Now())}, m.stands(&x, s.Now())
}

func (s *Service) byInvitation(ctx context.Context, hash string) (Merchant, int, error) {
	page, err := s.merchants.Find(ctx, store.Where("invitations.token", store.Eq, hash).Limit(1))
	if err != nil {
		return Merchant{}, -1, err
	}
	for _, m := range page.Items {
		if i := slices.IndexFunc(m.Invitations, func(x Invitation) bool { return x.Token == hash }); i >= 0 && m.State == Active {
			return m, i, nil
		}
	}
	return Merchant{}, -1, fault.Missing()
}

// AcceptInvitation makes the actor a member, with the role and shops of the invitation. The link works once: of two who use it at the same
// time one is refused. Faults as ShowInvitation; fault.Conflict for one who is a member already.
func (s *Service) AcceptInvitation(ctx context.Context, by access.Actor, token string) (Merchant, error) {
	if err := access.Require(by, access.InvitationAccept, access.Thing{Kind: KindMerchant}); err != nil {
		return Merchant{}, err
	}
	if by.AccountID == "" {
		return Merchant{}, fault.Missing()
	}
	hash := secret.Hash(token)
	m, _, err := s.byInvitation(ctx, hash)
	if err != nil {
		return Merchant{}, err
	}
	now := s.Now()
	return s.merchants.Update(ctx, by, audit.Write{Action: access.InvitationAccept, Title: m.Name.Hans}, m.ID, 0, func(m *Merchant) error {
		i := slices.IndexFunc(m.Invitations, func(x Invitation) bool { return x.Token == hash })
		if i < 0 || m.State != Active {
			return fault.Missing() // sent again meanwhile, with another link
		}
		x := &m.Invitations[i]
		if err := m.stands(x, now); err != nil {
			return err
		}
		if err := m.add(Member{AccountID: by.AccountID, Role: x.Role, ListingIDs: x.ListingIDs, Since: now, By: x.By}); err != nil {
			return err
		}
		x.end(Accepted, now)
		x.AccountID = by.AccountID
		return nil
	})
}

// InvitedAt returns the address an open invitation was sent to, for its bearer to register with: the link that came to an address
// proves it. Nobody is shown it. Faults as ShowInvitation.
func (s *Service) InvitedAt(ctx context.Context, token string) (account.Contact, error) {
	m, i, err := s.byInvitation(ctx, secret.Hash(token))
	if err != nil {
		return "", err
	}
	if err := m.stands(&m.Invitations[i], s.Now()); err != nil {
		return "", err
	}
	var to account.Contact
	err = s.unseal(sealInvitation, m.Invitations[i].To, &to)
	return to, err
}
