package demo

import (
	"context"
	"strings"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/lang"
	"shangquan/services/merchant"
)

func contactOf(key string) string { return "demo-" + key + "@example.cn" }

// first makes the administrator with the secret that the command line prints for one.
func (m *maker) first(ctx context.Context) (access.Actor, error) {
	p := Person{Key: Admin, Name: "演示管理员", Contact: contactOf(Admin), Password: newPassword()}
	plain, err := m.accounts.Bootstrap(ctx)
	if err != nil {
		return access.Actor{}, err
	}
	in, err := m.accounts.Setup(ctx, plain, account.Registration{Name: p.Name, Contact: p.Contact, Password: p.Password, Lang: lang.Hans}, here())
	if err != nil {
		return access.Actor{}, err
	}
	return m.enrol(ctx, p, in)
}

// official makes somebody who works for the district: invited, with a password set by the link, and an authenticator app.
func (m *maker) official(ctx context.Context, admin access.Actor, key, name string, role access.Role) (access.Actor, error) {
	p := Person{Key: key, Name: name, Contact: contactOf(key), Password: newPassword()}
	if _, err := m.accounts.Invite(ctx, admin, p.Name, p.Contact, []access.Role{role}, lang.Hans); err != nil {
		return access.Actor{}, err
	}
	link, err := m.post.link(ctx, "reset")
	if err != nil {
		return access.Actor{}, err
	}
	_, token, _ := strings.Cut(link, account.ResetPath)
	if err := m.accounts.Reset(ctx, token, p.Password, here()); err != nil {
		return access.Actor{}, err
	}
	in, err := m.accounts.SignIn(ctx, p.Contact, p.Password, here())
	if err != nil {
		return access.Actor{}, err
	}
	return m.enrol(ctx, p, in)
}

// enrol gives a person an authenticator app and returns who they are from then on. The session is left to end by itself.
func (m *maker) enrol(ctx context.Context, p Person, in account.SignedIn) (access.Actor, error) {
	e, err := m.accounts.StartTOTP(ctx, m.accounts.Actor(in.Session, in.Account), in.Session)
	if err != nil {
		return access.Actor{}, err
	}
	p.Secret, p.URL, p.AccountID = e.Secret, e.URL, in.Account.ID
	x, a, err := m.accounts.Authenticate(ctx, in.Token)
	if err != nil {
		return access.Actor{}, err
	}
	in, _, err = m.accounts.ConfirmTOTP(ctx, m.accounts.Actor(x, a), x, p.Code(m.Now()), here())
	if err != nil {
		return access.Actor{}, err
	}
	m.people = append(m.people, p)
	return m.accounts.Actor(in.Session, in.Account), m.accounts.SignOut(ctx, in.Token, here())
}

// person makes an account that belongs to no merchant yet, and says where it stands in the list.
func (m *maker) person(ctx context.Context, key, name string) (access.Actor, int, error) {
	p := Person{Key: key, Name: name, Contact: contactOf(key), Password: newPassword()}
	in, err := m.accounts.Register(ctx, account.Registration{Name: p.Name, Contact: p.Contact, Proved: true, Password: p.Password, Lang: lang.Hans}, here())
	if err != nil {
		return access.Actor{}, 0, err
	}
	p.AccountID = in.Account.ID
	m.people = append(m.people, p)
	return m.accounts.Actor(in.Session, in.Account), len(m.people) - 1, m.accounts.SignOut(ctx, in.Token, here())
}

// handOver makes somebody the owner of shops, with a code of the coordinator for each, and returns the merchant that has them.
func (m *maker) handOver(ctx context.Context, coordinator, owner access.Actor, name string, listingIDs ...string) (string, error) {
	f := merchant.ClaimForm{Draft: merchant.Draft{Kind: merchant.Individual, Name: lang.Text{Hans: name}}}
	for _, id := range listingIDs {
		_, code, err := m.merchants.Grant(ctx, coordinator, id)
		if err != nil {
			return "", err
		}
		if _, err := m.merchants.Redeem(ctx, owner, id, code, f); err != nil {
			return "", err
		}
		if owner.Seats, err = m.merchants.Seats(ctx, owner.AccountID); err != nil {
			return "", err
		}
		f = merchant.ClaimForm{MerchantID: owner.Seats[0].MerchantID}
	}
	return f.MerchantID, nil
}

// member makes somebody a member of a merchant: invited to these shops (none: all), and accepted.
func (m *maker) member(ctx context.Context, by access.Actor, merchantID, key, name string, role access.Role, limited, shops []string) error {
	if _, err := m.merchants.Invite(ctx, by, merchantID, merchant.Invite{To: contactOf(key), Role: role, ListingIDs: limited, Lang: lang.Hans}); err != nil {
		return err
	}
	token, err := m.post.link(ctx, "merchant_invitation")
	if err != nil {
		return err
	}
	who, i, err := m.person(ctx, key, name)
	if err != nil {
		return err
	}
	m.people[i].MerchantID, m.people[i].ListingIDs = merchantID, shops
	_, err = m.merchants.AcceptInvitation(ctx, who, token)
	return err
}
