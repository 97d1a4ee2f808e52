package web

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/merchant"
)

// exported is everything kept of one person, for that person (个人信息保护法 45). What it says nothing of: secrets, which are no use
// to anybody in a file, and other people.
type exported struct {
	At       time.Time         `json:"at"`
	Name     string            `json:"name"`
	Phone    account.Contact   `json:"phone,omitempty"`
	Email    account.Contact   `json:"email,omitempty"`
	Lang     string            `json:"lang"`
	Since    time.Time         `json:"since"`
	Password *time.Time        `json:"password_set,omitempty"`
	Roles    []access.Role     `json:"roles"`
	App      bool              `json:"authenticator"`
	Recovery int               `json:"recovery_codes_left"`
	Passkeys []exportedPasskey `json:"passkeys"`
	Sessions []exportedSession `json:"sessions"`
	Seats    []exportedSeat    `json:"merchants"`
	Claims   []exportedClaim   `json:"claims"`
	Trail    []exportedEntry   `json:"trail"`
}

type exportedPasskey struct {
	Name  string    `json:"name"`
	Added time.Time `json:"added"`
}

type exportedSession struct {
	Device  string    `json:"device"`
	Area    string    `json:"area"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"`
}

type exportedSeat struct {
	Merchant string      `json:"merchant"`
	Role     access.Role `json:"role"`
	Since    time.Time   `json:"since"`
	Shops    []string    `json:"shops,omitempty"` // ids; none: all of the merchant
}

type exportedClaim struct {
	Shop  string                `json:"shop"` // id
	State merchant.ClaimState   `json:"state"`
	At    time.Time             `json:"at"`
	Said  merchant.ClaimPrivate `json:"said"`
}

type exportedEntry struct {
	At     time.Time     `json:"at"`
	Action access.Action `json:"action"`
	Object string        `json:"object"`
	Client string        `json:"client,omitempty"`
}

// exportedTrail bounds what an export tells of the trail: the latest entries.
const exportedTrail = 1000

// accountExport: POST /account/export. Taking the file is itself put on record first.
func (s *Site) accountExport(c *fiber.Ctx) error {
	r := Of(c)
	a := r.Account
	if err := s.services.Trail.Event(c.UserContext(), r.Actor, audit.Event{
		Action: access.AccountOwn, Object: audit.Ref{Kind: account.Kind, ID: a.ID}, Title: a.Name, Why: "export", Result: "ok",
	}); err != nil {
		return err
	}
	x := exported{
		At: s.now(), Name: a.Name, Phone: a.Phone, Email: a.Email, Lang: string(a.Lang), Since: a.CreatedAt, Roles: a.Roles,
		App: a.Factors.TOTP != "", Recovery: len(a.Factors.Recovery),
		Passkeys: []exportedPasskey{}, Sessions: []exportedSession{}, Seats: []exportedSeat{}, Claims: []exportedClaim{}, Trail: []exportedEntry{},
	}
	if a.Password != "" {
		x.Password = &a.PasswordAt
	}
	for _, k := range a.Factors.Passkeys {
		x.Passkeys = append(x.Passkeys, exportedPasskey{k.Name, k.Added})
	}
	sessions, err := s.services.Accounts.Sessions(c.UserContext(), r.Actor, a.ID)
	if err != nil {
		return err
	}
	for _, y := range sessions {
		x.Sessions = append(x.Sessions, exportedSession{y.Device, y.Area, y.Created, y.Used})
	}
	if err := s.exportMerchants(c, &x); err != nil {
		return err
	}
	cursor := ""
	for len(x.Trail) < exportedTrail {
		page, err := s.services.Trail.All(c.UserContext(), audit.Filter{Account: a.ID}, cursor, 100)
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			x.Trail = append(x.Trail, exportedEntry{e.Fact.At, e.Fact.Action, e.Object().String(), e.Fact.By.Client})
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	body, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="account.json"`)
	return sendJSON(c, body)
}

// exportMerchants adds whose member the person is and what they claimed.
func (s *Site) exportMerchants(c *fiber.Ctx, x *exported) error {
	r := Of(c)
	mine, err := s.services.Merchants.Mine(c.UserContext(), r.Actor)
	if err != nil {
		return err
	}
	for _, m := range mine {
		if member, ok := m.Member(r.Account.ID); ok {
			x.Seats = append(x.Seats, exportedSeat{m.Name.Hans, member.Role, member.Since, member.ListingIDs})
		}
	}
	claims, err := s.services.Merchants.MyClaims(c.UserContext(), r.Actor)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		said, err := s.services.Merchants.ClaimPrivate(r.Actor, claim)
		if err != nil {
			return err
		}
		x.Claims = append(x.Claims, exportedClaim{claim.ListingID, claim.State, claim.CreatedAt, said})
	}
	return nil
}
