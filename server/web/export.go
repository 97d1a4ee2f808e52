package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/consent"
	"shangquan/services/heritage"
	"shangquan/services/merchant"
	"shangquan/services/privacy"
	"shangquan/services/sheet"
)

// exported is everything kept of one person, for that person (个人信息保护法 45), or for who hands it to a person that cannot sign in. What it says nothing of: secrets, which are no use
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
	Speaks   []exportedSpeaks  `json:"organisations"`
	Heritage []exportedMark    `json:"heritage"`
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

// exportedSpeaks is an organisation that the person acts for or did something for, and what that was.
type exportedSpeaks struct {
	Organisation string           `json:"organisation"`
	Acts         bool             `json:"acts_for"` // still
	Listed       *time.Time       `json:"let_it_be_listed,omitempty"`
	Signed       []exportedSigned `json:"pact_signed,omitempty"`
}

type exportedSigned struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
}

// exportedMark is what the person wrote of a shop as an old one, or whose certificate they sent.
type exportedMark struct {
	Shop  string         `json:"shop"`
	State heritage.State `json:"state"`
	Wrote bool           `json:"wrote_the_claim"`
	Sent  *time.Time     `json:"certificate_sent,omitempty"`
	Since time.Time      `json:"since"`
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
	f, err := s.form(c)
	if err != nil {
		return err
	}
	return s.sendExport(c, r.Actor, &a, f.Get("format"))
}

// accountHanded: POST /admin/accounts/:id/export (why, format): the same file, for an administrator who hands it to the person. Taking it is
// on record first, and the person hears of it.
func (s *Site) accountHanded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	a, err := s.services.Accounts.Get(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := s.services.Accounts.HandOut(ctx, Of(c).Actor, a.ID, f.Get("why")); err != nil {
		return s.oneRefused(c, &a, "export", f, err)
	}
	// What the person would read, and nothing of what else the administrator may.
	person := access.Actor{AccountID: a.ID, Name: a.Name}
	if person.Seats, err = s.services.Merchants.Seats(ctx, a.ID); err != nil {
		return err
	}
	return s.sendExport(c, person, &a, f.Get("format"))
}

// exportButtons are the two files of the same.
func exportButtons(p *speaker) []ui.Button {
	return []ui.Button{{Label: p.say("own.export_csv"), Kind: "alt", Name: "format", Value: string(sheet.CSV)}, {Label: p.say("own.export_go"), Kind: "alt"}}
}

// sendExport answers with everything kept of somebody; person is that somebody.
func (s *Site) sendExport(c *fiber.Ctx, person access.Actor, a *account.Account, format string) error {
	x, err := s.dataOf(c.UserContext(), person, a)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	if format == string(sheet.CSV) {
		return s.exportTable(c, body)
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="account.json"`)
	return sendJSON(c, body)
}

// dataOf gathers what is kept of somebody.
func (s *Site) dataOf(ctx context.Context, person access.Actor, a *account.Account) (exported, error) {
	x := exported{
		At: s.now(), Name: a.Name, Phone: a.Phone, Email: a.Email, Lang: string(a.Lang), Since: a.CreatedAt, Roles: a.Roles,
		App: a.Factors.TOTP != "", Recovery: len(a.Factors.Recovery),
		Passkeys: []exportedPasskey{}, Sessions: []exportedSession{}, Seats: []exportedSeat{}, Claims: []exportedClaim{}, Speaks: []exportedSpeaks{}, Heritage: []exportedMark{}, Consents: []exportedConsent{}, Asks: []exportedAsk{}, Trail: []exportedEntry{},
	}
	if a.Password != "" {
		x.Password = &a.PasswordAt
	}
	for _, k := range a.Factors.Passkeys {
		x.Passkeys = append(x.Passkeys, exportedPasskey{k.Name, k.Added})
	}
	sessions, err := s.services.Accounts.Sessions(ctx, person, a.ID)
	if err != nil {
		return x, err
	}
	for _, y := range sessions {
		x.Sessions = append(x.Sessions, exportedSession{y.Device, y.Area, y.Created, y.Used})
	}
	if err := s.exportMerchants(ctx, person, &x); err != nil {
		return x, err
	}
	if err := s.exportDone(ctx, person, &x); err != nil {
		return x, err
	}
	if err := s.exportSaid(ctx, person, &x); err != nil {
		return x, err
	}
	cursor := ""
	for len(x.Trail) < exportedTrail {
		page, err := s.services.Trail.All(ctx, audit.Filter{Account: a.ID}, cursor, 100)
		if err != nil {
			return x, err
		}
		for _, e := range page.Items {
			x.Trail = append(x.Trail, exportedEntry{e.Fact.At, e.Fact.Action, e.Object().String(), e.Fact.By.Client})
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return x, nil
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
func (s *Site) exportSaid(ctx context.Context, by access.Actor, x *exported) error {
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
func (s *Site) exportMerchants(ctx context.Context, by access.Actor, x *exported) error {
	mine, err := s.services.Merchants.Mine(ctx, by)
	if err != nil {
		return err
	}
	for _, m := range mine {
		if member, ok := m.Member(by.AccountID); ok {
			x.Seats = append(x.Seats, exportedSeat{m.Name.Hans, member.Role, member.Since, member.ListingIDs})
		}
	}
	claims, err := s.services.Merchants.MyClaims(ctx, by)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		said, err := s.services.Merchants.ClaimPrivate(by, claim)
		if err != nil {
			return err
		}
		x.Claims = append(x.Claims, exportedClaim{claim.ListingID, claim.State, claim.CreatedAt, said})
	}
	return nil
}

// exportDone adds which organisations the person acts for or acted for, and what they said of old shops.
func (s *Site) exportDone(ctx context.Context, by access.Actor, x *exported) error {
	speaks, err := s.services.Assembly.Noted(ctx, by)
	if err != nil {
		return err
	}
	for i := range speaks {
		o := &speaks[i]
		y := exportedSpeaks{Organisation: o.Name.Hans, Acts: o.Acts(by)}
		if o.Consent != nil && o.Consent.AccountID == by.AccountID {
			y.Listed = &o.Consent.At
		}
		for _, z := range o.Signed {
			if z.AccountID == by.AccountID {
				y.Signed = append(y.Signed, exportedSigned{z.Version, z.At})
			}
		}
		x.Speaks = append(x.Speaks, y)
	}
	marks, err := s.services.Heritage.Own(ctx, by)
	if err != nil {
		return err
	}
	for i := range marks {
		r := &marks[i]
		y := exportedMark{Shop: r.Shop, State: r.State, Wrote: slices.Contains(r.Authors, by.AccountID), Since: r.CreatedAt}
		if r.Evidence != nil && r.Evidence.By == by.AccountID {
			y.Sent = &r.Evidence.AddedAt
		}
		x.Heritage = append(x.Heritage, y)
	}
	return nil
}
