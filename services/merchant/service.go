package merchant

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Closing ends something that a merchant that closes has elsewhere.
type Closing func(ctx context.Context, by access.Actor, merchantID string) error

// Deps are what the service stands on.
type Deps struct {
	DB     store.DB
	Log    *audit.Log
	Keys   *secret.Ring
	Mail   mail.Sender
	Shops  Shops
	People People
	// Link returns the address of a page for the bearer of a token; the page is "invitation" or "transfer". Its host comes from the
	// configuration, never from a request.
	Link func(page, token string) string
	// EvidenceDays says how long evidence is kept after a decision, EvidenceDays days at most; nil: so long.
	EvidenceDays func() int
	// Closes end what a merchant that closes has elsewhere, such as its seat in the joint meeting and its webhooks, in the name of who closes
	// it. They are set before the first request, and can be repeated: they come after the merchant's own end, again until all went well.
	Closes []Closing
	// Signs are the proposals that take two people, see EndKind; nil: nobody closes a merchant but its owner.
	Signs *countersign.Service
	// Site is what messages call the site.
	Site string
	Now  func() time.Time
}

// Service keeps merchants, and what decides who runs a shop.
type Service struct {
	Deps
	merchants *audit.Recorded[Merchant]
	claims    *audit.Recorded[Claim]
	grants    *audit.Recorded[Grant]
	transfers *audit.Recorded[Transfer]
	papers    *audit.Recorded[Paper]
}

const auditFollower = "audit"

// New declares the collections and returns the service.
func New(d Deps) *Service {
	follow := store.Follow(auditFollower)
	s := &Service{
		Deps: d,
		merchants: audit.Record(store.NewCollection[Merchant](d.DB, "merchants",
			store.Unique("code_key"), store.Index("state", "updated_at"), store.Index("plaza_id"), store.Index("unsettled"), store.Multi("members.account_id"),
			store.Multi("invitations.token"), follow, store.Sealed()), d.Log, KindMerchant, audit.Hide("sealed", "invitations", "code_key")),
		claims: audit.Record(store.NewCollection[Claim](d.DB, "claims",
			store.Unique("open_key"), store.Index("state", "created_at"), store.Index("account_id"), store.Index("from"),
			store.Index("unsettled"), store.Index("untold"), store.Index("erase_at"), follow), d.Log, KindClaim, audit.Hide("sealed", "open_key", "checks", "name", "answer")),
		grants: audit.Record(store.NewCollection[Grant](d.DB, "grants",
			store.Unique("open_key"), store.Index("state", "created_at"), store.Index("listing_id", "created_at"),
			store.Index("unsettled"), follow), d.Log, KindGrant, audit.Hide("code", "open_key", "sealed")),
		transfers: audit.Record(store.NewCollection[Transfer](d.DB, "transfers",
			store.Unique("open_key"), store.Unique("token"), store.Index("from", "created_at"),
			store.Index("unsettled"), store.Index("untold"), follow), d.Log, KindTransfer, audit.Hide("sealed", "token", "open_key")),
		papers: audit.Record(store.NewCollection[Paper](d.DB, "papers",
			store.Index("merchant_id", "until"), store.Index("until"), follow), d.Log, KindPaper, audit.Hide("sealed")),
	}
	if d.Signs != nil {
		d.Signs.Register(EndKind, countersign.Deed{Action: access.MerchantDecide, Do: s.endSigned})
	}
	return s
}

// Seats returns what an account is in which merchants. It is one query over an index, since it is asked at every request of somebody who is
// signed in: who is taken out loses access with the next one.
func (s *Service) Seats(ctx context.Context, accountID string) ([]access.Seat, error) {
	out := []access.Seat{}
	if accountID == "" {
		return out, nil
	}
	for m, err := range s.merchants.Each(ctx, store.Where("members.account_id", store.Eq, accountID)) {
		if err != nil {
			return nil, err
		}
		if x, ok := m.Member(accountID); ok && m.State == Active {
			out = append(out, access.Seat{MerchantID: m.ID, Role: x.Role, ListingIDs: x.ListingIDs, PlazaID: m.PlazaID})
		}
	}
	return out, nil
}

// Get returns a merchant: fault.NotFound also for one that is none of the actor's business.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Merchant, error) {
	return s.allowed(ctx, by, access.MerchantRead, id)
}

// allowed returns the merchant if the actor may do act to it.
func (s *Service) allowed(ctx context.Context, by access.Actor, act access.Action, id string) (Merchant, error) {
	m, err := s.merchants.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		// Somebody who is not signed in is asked to, whether there is such a merchant or not.
		if err := access.Require(by, act, access.Thing{Kind: KindMerchant, ID: id}); err != nil {
			return Merchant{}, err
		}
		return Merchant{}, fault.Missing()
	}
	if err != nil {
		return Merchant{}, err
	}
	t := m.Thing()
	if act == access.MerchantRead || act == access.MerchantLeave {
		t = m.within(by)
	}
	if err := access.Require(by, act, t); err != nil {
		return Merchant{}, err
	}
	return m, nil
}

// List returns merchants, the last changed first, for those who may read all.
func (s *Service) List(ctx context.Context, by access.Actor, st State, cursor string, limit int) (store.Page[Merchant], error) {
	if err := access.Require(by, access.MerchantRead, access.Thing{Kind: KindMerchant}); err != nil {
		return store.Page[Merchant]{Items: []Merchant{}}, err
	}
	return s.merchants.Find(ctx, store.Where("state", store.Eq, st).OrderBy("updated_at", store.Desc).Limit(limit).After(cursor))
}

// Mine returns the merchants the actor is a member of, by name.
func (s *Service) Mine(ctx context.Context, by access.Actor) ([]Merchant, error) {
	out := []Merchant{}
	if by.AccountID == "" {
		return out, nil
	}
	for m, err := range s.merchants.Each(ctx, store.Where("members.account_id", store.Eq, by.AccountID)) {
		if err != nil {
			return nil, err
		}
		if m.State == Active && access.Can(by, access.MerchantRead, m.within(by)) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Merchant) int {
		return compareText(lang.SortKey(a.Name.Hans, ""), lang.SortKey(b.Name.Hans, ""), a.ID, b.ID)
	})
	return out, nil
}

// Private returns what is sealed in m, for those who may change the merchant: fault.NotFound for others.
func (s *Service) Private(by access.Actor, m Merchant) (Private, error) {
	if err := access.Require(by, access.MerchantEdit, m.Thing()); err != nil {
		return Private{}, err
	}
	var p Private
	return p, s.unseal(KindMerchant, m.Sealed, &p)
}

// seal encrypts v for a purpose; unseal reads it again. Nothing sealed gives the zero value.
func (s *Service) seal(purpose string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.Keys.Seal(purpose, b)
}

func (s *Service) unseal(purpose, sealed string, v any) error {
	if sealed == "" {
		return nil
	}
	b, err := s.Keys.Open(purpose, sealed)
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	return json.Unmarshal(b, v)
}
