package merchant

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"golang.org/x/text/width"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// KindGrant names grants in the trail and in questions of permission.
const KindGrant = "grant"

// GrantState is where a code stands.
type GrantState string

// The states. A code that is made is expired once its time is over.
const (
	GrantMade     GrantState = "made"
	GrantRedeemed GrantState = "redeemed"
	GrantRevoked  GrantState = "revoked"
	GrantLocked   GrantState = "locked" // too many wrong codes were tried
	GrantExpired  GrantState = "expired"
)

const (
	grantFor = 14 * 24 * time.Hour
	// maxWrong is how many wrong codes end a grant. A code has 40 random bits: fifty tries find it once in twenty thousand million times.
	maxWrong = 50
	// looked is how many of a shop's codes are looked at, so that one who comes with an old letter hears why it does not work.
	looked = 20
)

// Grant is access that a coordinator gives on the spot: a code for one shop, printed on a letter, with which somebody becomes its owner.
type Grant struct {
	store.Meta
	audit.Trail
	ListingID string     `json:"listing_id"`
	OpenKey   string     `json:"open_key"` // the listing while the code is good: one code for a shop
	State     GrantState `json:"state"`
	Code      string     `json:"code"` // signature of listing and code under a key that is not in the store
	By        string     `json:"by"`   // coordinator
	Until     time.Time  `json:"until"`
	Wrong     int        `json:"wrong"`

	Sealed string `json:"sealed"` // Draft of the person who redeemed, until it is carried out
	Handover
}

// StateAt returns where the code stands at now.
func (g *Grant) StateAt(now time.Time) GrantState {
	if g.State == GrantMade && !now.Before(g.Until) {
		return GrantExpired
	}
	return g.State
}

const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: nothing that is read wrongly

const codeLength = 8

// newCode returns 8 random characters, 40 bits.
func newCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = codeLetters[b[i]%byte(len(codeLetters))]
	}
	return string(b[:])
}

// readCode brings a code as typed into its one form: capitals, no spaces or hyphens, O for zero and I or L for one as Crockford reads them.
func readCode(typed string) string {
	if len(typed) > 100 {
		return ""
	}
	s := strings.ToUpper(width.Fold.String(typed))
	return codeRead.Replace(s)
}

var codeRead = strings.NewReplacer(" ", "", "-", "", "\t", "", "O", "0", "I", "1", "L", "1")

func (s *Service) signCode(listingID, code string) string {
	return base64.RawURLEncoding.EncodeToString(s.Keys.MAC(KindGrant, []byte(listingID), []byte(code)))
}

func (s *Service) matches(g *Grant, code string) bool {
	mac, err := base64.RawURLEncoding.DecodeString(g.Code)
	return err == nil && s.Keys.Valid(KindGrant, mac, []byte(g.ListingID), []byte(code))
}

// Grant makes a code for a shop that is nobody's and returns it, this once, as it is printed: ABCD-EFGH. A code that was made before and not
// used is revoked. fault.Conflict when the shop has an owner: that takes a dispute.
func (s *Service) Grant(ctx context.Context, by access.Actor, listingID string) (Grant, string, error) {
	if err := access.Require(by, access.MerchantGrant, access.Thing{Kind: KindGrant}); err != nil {
		return Grant{}, "", err
	}
	if by.AccountID == "" {
		return Grant{}, "", fault.Missing() // who granted must be on record
	}
	shop, err := s.Shops.Shop(ctx, listingID)
	if err != nil {
		return Grant{}, "", err
	}
	if shop.MerchantID != "" {
		return Grant{}, "", fault.New(fault.Conflict, "error.grant.owned", errors.New("merchant: the shop has an owner"))
	}
	code := newCode()
	w := audit.Write{Action: access.MerchantGrant, Title: shop.Name.Hans}
	for try := 1; ; try++ {
		old, err := s.grants.GetBy(ctx, "open_key", listingID)
		if err == nil {
			_, err = s.endGrant(ctx, by, w, old, GrantRevoked)
		}
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return Grant{}, "", err
		}
		g := Grant{ListingID: listingID, OpenKey: listingID, State: GrantMade, Code: s.signCode(listingID, code), By: by.AccountID, Until: s.Now().Add(grantFor)}
		err = s.grants.Insert(ctx, by, w, &g)
		if err == nil {
			return g, code[:4] + "-" + code[4:], nil
		}
		if !fault.Is(err, fault.Conflict) || try == swaps {
			return Grant{}, "", err
		}
	}
}

// endGrant ends a code that is still good, and nothing else.
func (s *Service) endGrant(ctx context.Context, by access.Actor, w audit.Write, g Grant, st GrantState) (Grant, error) {
	return s.grants.Update(ctx, by, w, g.ID, g.Rev, func(g *Grant) error {
		if g.State != GrantMade {
			return fault.New(fault.Conflict, "error.grant.used", errors.New("merchant: the code is not good any more"))
		}
		g.State, g.OpenKey = st, "-"+g.ID
		return nil
	})
}

// RevokeGrant ends a code that was not used yet: fault.Conflict when it was.
func (s *Service) RevokeGrant(ctx context.Context, by access.Actor, id string) (Grant, error) {
	if err := access.Require(by, access.MerchantGrant, access.Thing{Kind: KindGrant, ID: id}); err != nil {
		return Grant{}, err
	}
	g, err := s.grants.Get(ctx, id)
	if err != nil {
		return Grant{}, err
	}
	return s.endGrant(ctx, by, audit.Write{Action: access.MerchantGrant}, g, GrantRevoked)
}

// Grants returns the codes of a shop, the newest first: who made them and what became of them.
func (s *Service) Grants(ctx context.Context, by access.Actor, listingID string) ([]Grant, error) {
	if err := access.Require(by, access.MerchantGrant, access.Thing{Kind: KindGrant}); err != nil {
		return nil, err
	}
	return s.grantsOf(ctx, listingID)
}

func (s *Service) grantsOf(ctx context.Context, listingID string) ([]Grant, error) {
	page, err := s.grants.Find(ctx, store.Where("listing_id", store.Eq, listingID).OrderBy("created_at", store.Desc).Limit(looked))
	return page.Items, err
}

// Redeem makes the actor the owner of the shop a code is for, as f says: with a merchant the actor owns, or with a new one. The code works
// once. fault.Invalid for a wrong code, the same whether the shop has one or not; fault.Conflict, with the reason, for one that was used,
// revoked or is too old, and when the shop has an owner by now; fault.Forbidden for the coordinator who made it.
func (s *Service) Redeem(ctx context.Context, by access.Actor, listingID, typed string, f ClaimForm) (Grant, error) {
	if err := access.Require(by, access.GrantRedeem, access.Thing{Kind: KindGrant}); err != nil {
		return Grant{}, err
	}
	if by.AccountID == "" {
		return Grant{}, fault.Missing()
	}
	g, err := s.matching(ctx, by, listingID, readCode(typed))
	if err != nil {
		return Grant{}, err
	}
	if g.By == by.AccountID {
		return Grant{}, fault.New(fault.Forbidden, "error.claim.same_person", errors.New("merchant: who made the code redeems it"))
	}
	shop, err := s.Shops.Shop(ctx, listingID)
	if err != nil {
		return Grant{}, err
	}
	if shop.MerchantID != "" {
		return Grant{}, errMoved()
	}
	code := ""
	if f.MerchantID == "" {
		read, err := f.read()
		if err != nil {
			return Grant{}, err
		}
		if f.Kind == Plaza {
			return Grant{}, fault.Wrong("kind", "error.choice", nil)
		}
		code = string(read)
	}
	h, err := s.plan(ctx, "", f.MerchantID, by.AccountID, g.ID, code)
	if err != nil {
		return Grant{}, err
	}
	sealed, err := s.seal(KindGrant, f.Draft)
	if err != nil {
		return Grant{}, err
	}
	now := s.Now()
	g, err = s.grants.Update(ctx, by, audit.Write{Action: access.GrantRedeem, Title: shop.Name.Hans}, g.ID, g.Rev, func(g *Grant) error {
		if st := g.StateAt(now); st != GrantMade {
			return grantOver(st)
		}
		g.State, g.OpenKey, g.Sealed, g.Handover = GrantRedeemed, "-"+g.ID, sealed, h
		return nil
	})
	if err != nil {
		return Grant{}, err
	}
	return s.finishGrant(ctx, by, g)
}

// matching returns the good grant that the code is for. A wrong code counts against the shop's good one.
func (s *Service) matching(ctx context.Context, by access.Actor, listingID, code string) (Grant, error) {
	grants, err := s.grantsOf(ctx, listingID)
	if err != nil {
		return Grant{}, err
	}
	now := s.Now()
	for _, g := range grants {
		if s.matches(&g, code) {
			return g, grantOver(g.StateAt(now))
		}
	}
	for _, g := range grants {
		if g.StateAt(now) != GrantMade {
			continue
		}
		_, err := s.grants.Update(ctx, by, audit.Write{Action: access.GrantRedeem, Why: "wrong code"}, g.ID, 0, func(g *Grant) error {
			if g.Wrong++; g.Wrong >= maxWrong && g.State == GrantMade {
				g.State, g.OpenKey = GrantLocked, "-"+g.ID
			}
			return nil
		})
		if err != nil {
			return Grant{}, err
		}
	}
	return Grant{}, fault.Wrong("code", "error.grant.code", nil)
}

// grantOver says why a code does not work any more; nil when it does.
func grantOver(st GrantState) error {
	cause := errors.New("merchant: the code is " + string(st))
	switch st {
	case GrantMade:
		return nil
	case GrantRedeemed:
		return fault.New(fault.Conflict, "error.grant.used", cause)
	case GrantExpired:
		return fault.New(fault.Conflict, "error.grant.expired", cause)
	default:
		return fault.New(fault.Conflict, "error.grant.revoked", cause)
	}
}

// finishGrant carries a redeemed grant out.
func (s *Service) finishGrant(ctx context.Context, by access.Actor, g Grant) (Grant, error) {
	if !g.Unsettled {
		return g, nil
	}
	var d Draft
	if err := s.unseal(KindGrant, g.Sealed, &d); err != nil {
		return g, err
	}
	err := s.hand(ctx, by, transferee{Handover: g.Handover, act: access.GrantRedeem, listingID: g.ListingID, draft: d})
	if err != nil && !moved(err) {
		return g, err
	}
	done, updated := s.grants.Update(ctx, by, audit.Write{Action: access.GrantRedeem, Title: d.Name.Hans}, g.ID, g.Rev, func(g *Grant) error {
		g.Unsettled, g.Sealed = false, ""
		return nil
	})
	if updated != nil {
		return g, updated
	}
	if err == nil && !g.Founds {
		if shop, err := s.Shops.Shop(ctx, g.ListingID); err == nil {
			s.quietly(ctx, s.tellJoined(ctx, g.Handover, g.ID, shop))
		}
	}
	return done, err
}
