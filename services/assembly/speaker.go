package assembly

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

// Invitation asks somebody to act for an organisation that is no merchant. Whom it went to is stored nowhere: the address lies sealed in
// the link itself, which only who reads the mail of that address has.
type Invitation struct {
	ID    string    `json:"id"`
	Token string    `json:"token"` // hash of what the link carries
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

const (
	invitationFor = 7 * 24 * time.Hour
	// mostSpeakers is how many accounts act for one organisation, mostInvited how many invitations are open at once.
	mostSpeakers, mostInvited = 10, 10
	sealInvitation            = "assembly invitation"
)

// errLink is the answer to a link that was used, taken back, ended or never made: who holds it learns no more.
func errLink() error { return fault.New(fault.NotFound, "assembly.wrong.link", nil) }

// Open reports whether the invitation can still be accepted.
func (x *Invitation) Open(now time.Time) bool { return now.Before(x.Until) }

// Invite asks somebody to act for an organisation that is no merchant, and sends them the link, good for 7 days and once. to is an e-mail address or a
// mobile number, as typed, and is kept nowhere. fault.Invalid; fault.Unavailable when the message did not leave, and then nobody is invited.
func (s *Service) Invite(ctx context.Context, by access.Actor, id, to string, l lang.Tag) (Organisation, error) {
	if err := require(by, access.AssemblyInvite); err != nil {
		return Organisation{}, err
	}
	contact, err := account.ParseContact(to)
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Fields) > 0 {
		return Organisation{}, fault.Wrong("to", f.Fields[0].Key, f.Fields[0].Args)
	}
	if err != nil {
		return Organisation{}, err
	}
	token, err := s.Keys.Seal(sealInvitation, []byte(contact))
	if err != nil {
		return Organisation{}, err
	}
	_, name := secret.Token()
	now := s.Now().UTC().Truncate(time.Millisecond)
	x := Invitation{ID: name[:16], Token: secret.Hash(token), At: now, Until: now.Add(invitationFor)}
	o, err := s.staff(ctx, by, access.AssemblyInvite, id, "invite", func(o *Organisation) error {
		if !o.Active || o.MerchantID != "" {
			return cannot("assembly.wrong.state", "the seat has ended, or a merchant invites by itself")
		}
		open := slices.DeleteFunc(slices.Clone(o.Invitations), func(y Invitation) bool { return !y.Open(now) })
		if len(open) >= mostInvited || len(o.Speakers) >= mostSpeakers {
			return cannot("assembly.wrong.full", "enough people")
		}
		o.Invitations = append(open, x)
		return nil
	})
	if err != nil || s.Letters == nil {
		return o, err
	}
	args := map[string]any{"Name": o.Name.Hans, "Link": s.Join(token), "Days": int(invitationFor.Hours() / 24)}
	if err := s.Letters.AskSpeaker(ctx, contact, l, x.Token, args); err != nil {
		quietly(ctx, s.Withdraw(ctx, by, id, x.ID)) // nobody has the link
		return o, fault.New(fault.Unavailable, "assembly.wrong.unsent", err)
	}
	return o, nil
}

// staff changes who acts for one organisation.
func (s *Service) staff(ctx context.Context, by access.Actor, act access.Action, id, why string, f func(*Organisation) error) (Organisation, error) {
	return s.organisations.UpdateAs(ctx, by, id, 0, func(o *Organisation) (audit.Write, error) {
		return audit.Write{Action: act, Title: o.Name.Hans, Why: why}, f(o)
	})
}

// Withdraw takes an invitation back; its link is dead at once. fault.NotFound where there is none any more.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id, invitationID string) error {
	if err := require(by, access.AssemblyEdit); err != nil {
		return err
	}
	_, err := s.staff(ctx, by, access.AssemblyEdit, id, "withdraw", func(o *Organisation) error {
		left := slices.DeleteFunc(slices.Clone(o.Invitations), func(x Invitation) bool { return x.ID == invitationID })
		if len(left) == len(o.Invitations) {
			return fault.Missing()
		}
		o.Invitations = left
		return nil
	})
	return err
}

// Dismiss ends that an account acts for an organisation, with the next request: the liaison does it, and the person for themselves.
// It asks for no revision: it works at once whatever else changed.
func (s *Service) Dismiss(ctx context.Context, by access.Actor, id, accountID string) (Organisation, error) {
	act := access.AssemblyEdit
	if accountID != "" && accountID == by.AccountID && !access.Can(by, act, access.Thing{Kind: "assembly"}) {
		act = access.AssemblyMember
		if _, err := s.Own(ctx, by, id); err != nil {
			return Organisation{}, err
		}
	} else if err := require(by, act); err != nil {
		return Organisation{}, err
	}
	return s.staff(ctx, by, act, id, "dismiss", func(o *Organisation) error {
		i := slices.Index(o.Speakers, accountID)
		if i < 0 {
			return fault.Missing()
		}
		o.Speakers = slices.Delete(slices.Clone(o.Speakers), i, i+1)
		o.Feed++ // who acted for it knows the address of its calendar
		return nil
	})
}

// Offered is what the bearer of an invitation reads before accepting it.
type Offered struct {
	OrganisationID string
	Name           lang.Text
	Until          time.Time
}

// ShowInvitation returns what a link offers. It changes nothing, however often it is opened: chat apps open links by themselves.
// fault.NotFound for one that is good no more.
func (s *Service) ShowInvitation(ctx context.Context, token string) (Offered, error) {
	o, x, err := s.invited(ctx, token)
	return Offered{o.ID, o.Name, x.Until}, err
}

func (s *Service) invited(ctx context.Context, token string) (Organisation, Invitation, error) {
	hash := secret.Hash(token)
	page, err := s.organisations.Find(ctx, store.Where("invitations.token", store.Eq, hash).Limit(1))
	if err != nil {
		return Organisation{}, Invitation{}, err
	}
	for _, o := range page.Items {
		if x, err := o.invitation(hash, s.Now()); err == nil {
			return o, x, nil
		}
	}
	return Organisation{}, Invitation{}, errLink()
}

// invitation is the one with this hash, as long as it is good.
func (o *Organisation) invitation(hash string, now time.Time) (Invitation, error) {
	for _, x := range o.Invitations {
		if o.Active && x.Token == hash && x.Open(now) {
			return x, nil
		}
	}
	return Invitation{}, errLink()
}

// InvitedAt returns the address an open invitation was sent to, for its bearer to register with: that the link is here proves the address.
func (s *Service) InvitedAt(ctx context.Context, token string) (account.Contact, error) {
	if _, _, err := s.invited(ctx, token); err != nil {
		return "", err
	}
	to, err := s.Keys.Open(sealInvitation, token)
	if err != nil {
		return "", errLink()
	}
	return account.Contact(to), nil
}

// Accept lets the actor act for the organisation of an invitation. The link works once: of two who use it at the same time one is refused.
// fault.NotFound for a link that is good no more; fault.Conflict for somebody who acts for it already, and for who works for the district:
// nobody answers their own questions.
func (s *Service) Accept(ctx context.Context, by access.Actor, token string) (Organisation, error) {
	if err := access.Require(by, access.InvitationAccept, access.Thing{Kind: kindOrganisation}); err != nil {
		return Organisation{}, err
	}
	if by.AccountID == "" {
		return Organisation{}, fault.Missing()
	}
	o, _, err := s.invited(ctx, token)
	if err != nil {
		return Organisation{}, err
	}
	if slices.ContainsFunc(by.Roles, func(r access.Role) bool { return slices.Contains(access.DistrictRoles, r) }) {
		return Organisation{}, cannot("assembly.wrong.works", "works for the district")
	}
	hash, now := secret.Hash(token), s.Now()
	return s.staff(ctx, by, access.InvitationAccept, o.ID, "accept", func(o *Organisation) error {
		x, err := o.invitation(hash, now)
		switch {
		case err != nil:
			return err
		case slices.Contains(o.Speakers, by.AccountID):
			return cannot("assembly.wrong.acting", "acts for it already")
		case len(o.Speakers) >= mostSpeakers:
			return cannot("assembly.wrong.full", "enough people")
		}
		o.Speakers = append(slices.Clone(o.Speakers), by.AccountID)
		o.Invitations = slices.DeleteFunc(slices.Clone(o.Invitations), func(y Invitation) bool { return y.ID == x.ID })
		return nil
	})
}
