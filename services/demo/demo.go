// Package demo makes accounts of every role over the sample district, for people who try the site and for tests of its pages. Each
// is made the way a person would make it, through the services, so that the trail tells the same story as in earnest. Nothing here
// is for a district that real people use: whoever calls People has the passwords.
package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/merchant"
	"shangquan/services/place"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// The people, as Person.Key.
const (
	Owner       = "owner"       // of two shops, one in the street and one in a plaza
	Manager     = "manager"     // of the same two
	Staff       = "staff"       // of the first of them only
	Rival       = "rival"       // owner of another shop
	Plaza       = "plaza"       // runs the plaza of the owner's second shop and may edit that
	Coordinator = "coordinator" // works for the district, like the rest
	Second      = "second"      // another coordinator: some decisions take two
	Liaison     = "liaison"
	Auditor     = "auditor" // reads what the others did
	Admin       = "admin"
)

// Person is an account that was made, with what it signs in with.
type Person struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Contact   string `json:"contact"`
	Password  string `json:"password"`
	AccountID string `json:"account_id"`
	// Secret is that of the authenticator app, URL the same as otpauth://; empty for who needs no second factor.
	Secret string `json:"secret,omitempty"`
	URL    string `json:"url,omitempty"`
	// MerchantID is whose member the person is, ListingIDs the shops that merchant has.
	MerchantID string   `json:"merchant_id,omitempty"`
	ListingIDs []string `json:"listing_ids,omitempty"`
}

// Code returns what the person's authenticator app shows at a time; empty for who has none.
func (p Person) Code(at time.Time) string {
	if p.Secret == "" {
		return ""
	}
	code, err := totp.GenerateCode(p.Secret, at)
	if err != nil {
		return ""
	}
	return code
}

// Deps are what the accounts are made with. The messages that this causes are read here and sent to nobody.
type Deps struct {
	DB       store.DB
	Keys     *secret.Ring
	Log      *audit.Log
	Listings *listing.Service
	Places   *place.Service
	Origin   string // see account.Config
	Site     string
	Now      func() time.Time
}

// People makes the accounts over a store that has the sample district and nobody in it: fault.Conflict when it has an administrator.
func People(ctx context.Context, d Deps) ([]Person, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	post := &letters{messages: make(chan mail.Message, 256)}
	accounts, err := account.New(d.DB, account.Config{Origin: d.Origin, Site: func() string { return d.Site }, Keys: d.Keys, Log: d.Log, Mail: post, Now: d.Now}) //nolint:contextcheck // messages leave after the call that wrote them has ended
	if err != nil {
		return nil, err
	}
	m := &maker{Deps: d, accounts: accounts, post: post}
	m.merchants = merchant.New(merchant.Deps{
		DB: d.DB, Log: d.Log, Keys: d.Keys, Mail: post, Shops: merchant.Register(d.Listings), People: merchant.Accounts(accounts.Get), Site: d.Site, Now: d.Now,
		Link: func(_, token string) string { return token },
	})
	if err := d.DB.Prepare(ctx); err != nil {
		return nil, err
	}
	err = errors.Join(m.make(ctx), accounts.Close(ctx))
	return m.people, err
}

// maker makes the people one after the other.
type maker struct {
	Deps
	accounts  *account.Service
	merchants *merchant.Service
	post      *letters
	people    []Person
}

func (m *maker) make(ctx context.Context) error {
	shops, err := m.shops(ctx)
	if err != nil {
		return err
	}
	admin, err := m.first(ctx)
	if err != nil {
		return err
	}
	var coordinator access.Actor
	for _, x := range []struct {
		key, name string
		role      access.Role
	}{{Coordinator, "演示协管员", access.Coordinator}, {Second, "演示协管员乙", access.Coordinator}, {Liaison, "演示联络员", access.Liaison}, {Auditor, "演示审计员", access.Auditor}} {
		by, err := m.official(ctx, admin, x.key, x.name, x.role)
		if err != nil {
			return err
		}
		if x.key == Coordinator {
			coordinator = by
		}
	}
	if err := m.shopPeople(ctx, coordinator, shops); err != nil {
		return err
	}
	return m.operator(ctx, admin, shops.plaza)
}

// shopPeople makes the owner of two shops with the people who work there, and the owner of another shop.
func (m *maker) shopPeople(ctx context.Context, coordinator access.Actor, shops shops) error {
	owner, i, err := m.person(ctx, Owner, "演示店主")
	if err != nil {
		return err
	}
	id, err := m.handOver(ctx, coordinator, owner, "演示商户", shops.street.ID, shops.inPlaza.ID)
	if err != nil {
		return err
	}
	both := []string{shops.street.ID, shops.inPlaza.ID}
	m.people[i].MerchantID, m.people[i].ListingIDs = id, both
	if owner.Seats, err = m.merchants.Seats(ctx, owner.AccountID); err != nil {
		return err
	}
	l, err := m.Listings.Get(ctx, shops.inPlaza.ID)
	if err != nil {
		return err
	}
	if _, err := m.Listings.LetPlaza(ctx, owner, l.ID, l.Rev, true); err != nil {
		return err
	}
	if err := m.member(ctx, owner, id, Manager, "演示店长", access.Manager, nil, both); err != nil {
		return err
	}
	if err := m.member(ctx, owner, id, Staff, "演示店员", access.Staff, both[:1], both[:1]); err != nil {
		return err
	}
	rival, i, err := m.person(ctx, Rival, "演示另一位店主")
	if err != nil {
		return err
	}
	id, err = m.handOver(ctx, coordinator, rival, "演示邻店", shops.other.ID)
	m.people[i].MerchantID, m.people[i].ListingIDs = id, []string{shops.other.ID}
	return err
}

// operator makes who runs a plaza.
func (m *maker) operator(ctx context.Context, admin access.Actor, plazaID string) error {
	op, err := m.merchants.Create(ctx, admin, merchant.Draft{Kind: merchant.Plaza, Name: lang.Text{Hans: "演示广场管理处"}})
	if err != nil {
		return err
	}
	if op, err = m.merchants.RunPlaza(ctx, admin, op.ID, op.Rev, plazaID); err != nil {
		return err
	}
	return m.member(ctx, admin, op.ID, Plaza, "演示广场管理员", access.Owner, nil, nil)
}

// shops are those of the sample district that get an owner.
type shops struct {
	street, inPlaza, other listing.Listing
	plaza                  string
}

// shops chooses those that most is known of: a page with hours and a phone shows more to change.
func (m *maker) shops(ctx context.Context) (out shops, err error) {
	plazas, err := m.Places.Plazas(ctx)
	if err != nil {
		return out, err
	}
	inPlazas := []listing.Listing{}
	for _, p := range plazas {
		list, err := m.Listings.ByPlaza(ctx, p.ID)
		if err != nil {
			return out, err
		}
		inPlazas = append(inPlazas, list...)
	}
	streets, err := m.Places.Streets(ctx)
	if err != nil {
		return out, err
	}
	along := []listing.Listing{}
	for _, s := range streets {
		list, err := m.Listings.ByStreet(ctx, s.ID)
		if err != nil {
			return out, err
		}
		along = append(along, slices.DeleteFunc(list, func(l listing.Listing) bool { return l.Address.PlazaID != "" })...)
	}
	if len(inPlazas) == 0 || len(along) < 2 {
		return out, fault.New(fault.NotFound, "error.not_found", errors.New("demo: the store has no sample district"))
	}
	for _, list := range [][]listing.Listing{inPlazas, along} {
		slices.SortStableFunc(list, func(a, b listing.Listing) int { return cmp.Compare(known(b), known(a)) })
	}
	return shops{along[0], inPlazas[0], along[1], inPlazas[0].Address.PlazaID}, nil
}

// known counts what a page shows of a shop.
func known(l listing.Listing) int {
	n := 0
	for _, has := range []bool{l.Hours.Known, l.Hours.Known, len(l.Phones) > 0, len(l.Goods) > 0} {
		if has {
			n++
		}
	}
	return n
}

// newPassword returns four groups of four letters and digits, 80 bits.
func newPassword() string {
	const letters = "0123456789abcdefghjkmnpqrstvwxyz" // nothing that is read wrongly
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	out := []byte{}
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, letters[x%32])
	}
	return string(out)
}

// here is where the program itself signs in from.
func here() account.Client { return account.Client{Addr: netip.IPv6Loopback()} }

// letters keeps the messages until somebody reads them.
type letters struct{ messages chan mail.Message }

func (p *letters) Send(ctx context.Context, m mail.Message) error {
	select {
	case p.messages <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// link returns the link of the next message of a kind.
func (p *letters) link(ctx context.Context, kind string) (string, error) {
	for {
		select {
		case m := <-p.messages:
			if link, ok := m.Args["Link"].(string); ok && m.Kind == kind {
				return link, nil
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
