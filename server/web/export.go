package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/consent"
	"shangquan/services/merchant"
	"shangquan/services/privacy"
	"shangquan/services/sheet"
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
	Consents []exportedConsent `json:"consents"`
	Asks     []exportedAsk     `json:"asks"`
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

type exportedConsent struct {
	Kind      consent.Kind `json:"kind"`
	About     string       `json:"about"`
	Version   string       `json:"version"` // of the words that were shown
	Given     time.Time    `json:"given"`
	Withdrawn *time.Time   `json:"withdrawn,omitempty"`
}

type exportedAsk struct {
	Number string       `json:"number"`
	Kind   privacy.Kind `json:"kind"`
	At     time.Time    `json:"at"`
	privacy.Words
}

type exportedEntry struct {
	At     time.Time     `json:"at"`
	Action access.Action `json:"action"`
	Object string        `json:"object"`
	Client string        `json:"client,omitempty"`
}

// exportedTrail bounds what an export tells of the trail: the latest entries.
const exportedTrail = 1000

// accountExport: POST /account/export (format): one file, as JSON or as a table of the same. Taking the file is itself put on record first.
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
		Passkeys: []exportedPasskey{}, Sessions: []exportedSession{}, Seats: []exportedSeat{}, Claims: []exportedClaim{}, Consents: []exportedConsent{}, Asks: []exportedAsk{}, Trail: []exportedEntry{},
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
	if err := s.exportSaid(c, &x); err != nil {
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
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if f.Get("format") == string(sheet.CSV) {
		return s.exportTable(c, body)
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="account.json"`)
	return sendJSON(c, body)
}

// exportTable sends what a JSON file says as a table: a line for each value, under where it stands in the file.
func (s *Site) exportTable(c *fiber.Ctx, body []byte) error {
	p := s.speaker(c)
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var all any
	if err := d.Decode(&all); err != nil {
		return err
	}
	table := sheet.Table{Name: p.say("own.export"), Head: []string{p.say("own.export_item"), p.say("own.export_value")}}
	if p.err != nil {
		return p.err
	}
	var out bytes.Buffer
	err := table.Write(c.UserContext(), &out, sheet.CSV, func(yield func([]string, error) bool) {
		eachValue(nil, all, func(path, value string) bool { return yield([]string{path, value}, nil) })
	})
	if err != nil {
		return err
	}
	return sendFile(c, sheet.CSV, "account", out.Bytes())
}

// eachValue calls take for every value in what was decoded from JSON, by the order of the names, until take says no.
func eachValue(path []string, v any, take func(path, value string) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if !eachValue(append(slices.Clone(path), k), v[k], take) {
				return false
			}
		}
		return true
	case []any:
		for i := range v {
			if !eachValue(append(slices.Clone(path), strconv.Itoa(i+1)), v[i], take) {
				return false
			}
		}
		return true
	case nil:
		return true
	default:
		return take(strings.Join(path, "."), fmt.Sprint(v))
	}
}

// exportSaid adds what the person agreed to and what they asked about the own data.
func (s *Site) exportSaid(c *fiber.Ctx, x *exported) error {
	ctx, by := c.UserContext(), Of(c).Actor
	agreed, err := s.services.Consents.Own(ctx, by, by.AccountID)
	if err != nil {
		return err
	}
	for i := range agreed {
		y := exportedConsent{Kind: agreed[i].Kind, About: strings.TrimSpace(agreed[i].Title + " " + agreed[i].Shown), Version: agreed[i].Version, Given: agreed[i].Given}
		if !agreed[i].Stands() {
			y.Withdrawn = &agreed[i].Withdrawn
		}
		x.Consents = append(x.Consents, y)
	}
	asks, err := s.services.Asks.Own(ctx, by)
	if err != nil {
		return err
	}
	for i := range asks {
		said, err := s.services.Asks.Read(by, &asks[i])
		if err != nil {
			return err
		}
		x.Asks = append(x.Asks, exportedAsk{asks[i].Number, asks[i].Kind, asks[i].CreatedAt, said})
	}
	return nil
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
