package merchant

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// KindTransfer names transfers in the trail and in questions of permission.
const KindTransfer = "transfer"

// TransferState is where a transfer stands.
type TransferState string

// The states. An offer is expired once its time is over.
const (
	TransferOffered   TransferState = "offered"
	TransferAccepted  TransferState = "accepted"
	TransferRefused   TransferState = "refused"
	TransferWithdrawn TransferState = "withdrawn"
	TransferExpired   TransferState = "expired"
)

// Transfer is a shop that its owner hands to somebody else, as when it is sold. The owner offers, with a fresh check; the other side accepts.
type Transfer struct {
	store.Meta
	audit.Trail
	ListingID string        `json:"listing_id"`
	OpenKey   string        `json:"open_key"` // the listing while the offer stands: one offer for a shop
	From      string        `json:"from"`
	By        string        `json:"by"` // the owner who offered
	State     TransferState `json:"state"`
	Token     string        `json:"token"` // hash of what the link carries
	Shown     string        `json:"shown"` // masked address of the other side
	Until     time.Time     `json:"until"`
	// Sealed is the Draft of the person who accepted, until it is carried out.
	Sealed string `json:"sealed"`
	Handover
	Untold bool `json:"untold"`
}

// StateAt returns where the transfer stands at now.
func (t *Transfer) StateAt(now time.Time) TransferState {
	if t.State == TransferOffered && !now.Before(t.Until) {
		return TransferExpired
	}
	return t.State
}

func (t *Transfer) end(st TransferState) { t.State, t.OpenKey = st, "-"+t.ID }

func transferOver(st TransferState) error {
	cause := errors.New("merchant: the transfer is " + string(st))
	switch st {
	case TransferOffered:
		return nil
	case TransferExpired:
		return fault.New(fault.Conflict, "error.transfer.expired", cause)
	default:
		return fault.New(fault.Conflict, "error.transfer.over", cause)
	}
}

// Offer offers a shop to the person at an address, who has 7 days. It takes an owner with a fresh check. fault.Conflict while an offer stands,
// and while somebody disputes the shop; fault.Unavailable when the offer is stored and the message did not leave: withdraw it and try again.
func (s *Service) Offer(ctx context.Context, by access.Actor, listingID, to string, l lang.Tag) (Transfer, error) {
	shop, err := s.Shops.Shop(ctx, listingID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Transfer{}, err
	}
	if err := access.Require(by, access.MerchantTransfer, access.Thing{Kind: KindTransfer, MerchantID: shop.MerchantID, ListingID: shop.ID}); err != nil {
		return Transfer{}, err
	}
	if by.AccountID == "" || shop.MerchantID == "" {
		return Transfer{}, fault.Missing()
	}
	contact, err := address("to", to)
	if err != nil {
		return Transfer{}, err
	}
	if err := s.undisputed(ctx, listingID); err != nil {
		return Transfer{}, err
	}
	token, hash := secret.Token()
	t := Transfer{
		ListingID: listingID, OpenKey: listingID, From: shop.MerchantID, By: by.AccountID, State: TransferOffered, Token: hash, Shown: contact.Masked(),
		Until: s.Now().Add(invitationFor),
	}
	w := audit.Write{Action: access.MerchantTransfer, Title: shop.Name.Hans}
	if err := s.endExpired(ctx, listingID); err != nil {
		return Transfer{}, err
	}
	if err := s.transfers.Insert(ctx, by, w, &t); err != nil {
		if fault.Is(err, fault.Conflict) {
			return Transfer{}, fault.New(fault.Conflict, "error.transfer.open", err)
		}
		return Transfer{}, err
	}
	err = s.send(ctx, contact, "transfer_offered", l, hash, map[string]any{
		"Shop": shop.Name.Hans, "Link": s.Link("transfer", token), "Days": int(invitationFor.Hours() / 24),
	})
	if err != nil {
		return t, fault.New(fault.Unavailable, "error.invitation.unsent", err)
	}
	return t, nil
}

// endExpired ends an offer whose time is over and that nobody took.
func (s *Service) endExpired(ctx context.Context, listingID string) error {
	t, err := s.transfers.GetBy(ctx, "open_key", listingID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || t.StateAt(s.Now()) != TransferExpired {
		return err
	}
	_, err = s.transfers.Update(ctx, access.System("schedule"), audit.Write{Action: access.MerchantTransfer}, t.ID, t.Rev, func(t *Transfer) error {
		t.end(TransferExpired)
		return nil
	})
	return err
}

// undisputed returns fault.Conflict while somebody disputes the listing: an owner does not hand on what is being decided.
func (s *Service) undisputed(ctx context.Context, listingID string) error {
	switch _, err := s.claims.GetBy(ctx, "open_key", listingID); {
	case err == nil:
		return fault.New(fault.Conflict, "error.transfer.dispute", errors.New("merchant: the listing is disputed"))
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return nil
}

// Transfers returns what a merchant offered, the newest first.
func (s *Service) Transfers(ctx context.Context, by access.Actor, merchantID string) ([]Transfer, error) {
	if _, err := s.allowed(ctx, by, access.MerchantPeople, merchantID); err != nil {
		return nil, err
	}
	page, err := s.transfers.Find(ctx, store.Where("from", store.Eq, merchantID).OrderBy("created_at", store.Desc).Limit(100))
	return page.Items, err
}

// WithdrawTransfer takes an offer back: fault.Conflict when it was accepted or refused.
func (s *Service) WithdrawTransfer(ctx context.Context, by access.Actor, id string) error {
	t, err := s.transfers.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	// Taking back is never dangerous: it takes the rights of an owner and no fresh check.
	if err := access.Require(by, access.MerchantPeople, access.Thing{Kind: KindTransfer, ID: id, MerchantID: t.From}); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	_, err = s.transfers.Update(ctx, by, audit.Write{Action: access.MerchantTransfer}, id, t.Rev, func(t *Transfer) error {
		if t.State != TransferOffered {
			return transferOver(t.State)
		}
		t.end(TransferWithdrawn)
		return nil
	})
	return err
}

// ShowTransfer returns what a link offers. It changes nothing. fault.NotFound for a token that is none; fault.Conflict for one that is over.
func (s *Service) ShowTransfer(ctx context.Context, token string) (Transfer, Shop, error) {
	t, err := s.transfers.GetBy(ctx, "token", secret.Hash(token))
	if err != nil {
		return Transfer{}, Shop{}, err
	}
	shop, err := s.Shops.Shop(ctx, t.ListingID)
	if err != nil {
		return Transfer{}, Shop{}, err
	}
	return t, shop, transferOver(t.StateAt(s.Now()))
}

// AcceptTransfer takes the shop over, with a merchant the actor owns or with a new one. It works once and takes a second person: fault.Conflict
// for who made the offer, and when the offer is over, when who made it does not own the shop any more, and while somebody disputes the shop.
func (s *Service) AcceptTransfer(ctx context.Context, by access.Actor, token string, f ClaimForm) (Transfer, error) {
	if err := access.Require(by, access.TransferAccept, access.Thing{Kind: KindTransfer}); err != nil {
		return Transfer{}, err
	}
	if by.AccountID == "" {
		return Transfer{}, fault.Missing()
	}
	t, shop, err := s.ShowTransfer(ctx, token)
	if err != nil {
		return Transfer{}, err
	}
	if by.AccountID == t.By {
		return Transfer{}, fault.New(fault.Conflict, "error.transfer.own", errors.New("merchant: who offered accepts"))
	}
	if err := s.stillOffered(ctx, t, shop); err != nil {
		return Transfer{}, err
	}
	if err := s.undisputed(ctx, t.ListingID); err != nil {
		return Transfer{}, err
	}
	if f.MerchantID == "" {
		code, err := f.read()
		if err != nil {
			return Transfer{}, err
		}
		if f.Kind == Plaza {
			return Transfer{}, fault.Wrong("kind", "error.choice", nil)
		}
		// A merchant that is there already accepts through its own owners, who name it.
		if code != "" {
			if _, err := s.merchants.GetBy(ctx, "code_key", string(code)); !fault.Is(err, fault.NotFound) {
				if err == nil {
					err = fault.Wrong("credit_code", "error.credit_code.taken", nil)
				}
				return Transfer{}, err
			}
		}
	}
	h, err := s.plan(ctx, t.From, f.MerchantID, by.AccountID, t.ID, "")
	if err != nil {
		return Transfer{}, err
	}
	sealed, err := s.seal(KindTransfer, f.Draft)
	if err != nil {
		return Transfer{}, err
	}
	now := s.Now()
	t, err = s.transfers.Update(ctx, by, audit.Write{Action: access.TransferAccept, Title: shop.Name.Hans}, t.ID, t.Rev, func(t *Transfer) error {
		if err := transferOver(t.StateAt(now)); err != nil {
			return err
		}
		t.end(TransferAccepted)
		t.Sealed, t.Handover, t.Untold = sealed, h, true
		return nil
	})
	if err != nil {
		return Transfer{}, err
	}
	return s.finishTransfer(ctx, by, t)
}

// stillOffered reports whether the shop is still the offering merchant's and the person who offered still its owner.
func (s *Service) stillOffered(ctx context.Context, t Transfer, shop Shop) error {
	m, err := s.merchants.Get(ctx, t.From)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if x, ok := m.Member(t.By); shop.MerchantID != t.From || err != nil || m.State != Active || !ok || x.Role != access.Owner {
		return fault.New(fault.Conflict, "error.transfer.over", errors.New("merchant: who offered does not own the shop any more"))
	}
	return nil
}

// RefuseTransfer says no to an offer. Whoever has the link may.
func (s *Service) RefuseTransfer(ctx context.Context, by access.Actor, token string) error {
	if err := access.Require(by, access.TransferAccept, access.Thing{Kind: KindTransfer}); err != nil {
		return err
	}
	t, _, err := s.ShowTransfer(ctx, token)
	if err != nil {
		return err
	}
	_, err = s.transfers.Update(ctx, by, audit.Write{Action: access.TransferAccept}, t.ID, t.Rev, func(t *Transfer) error {
		if err := transferOver(t.State); err != nil {
			return err
		}
		t.end(TransferRefused)
		return nil
	})
	return err
}

// GiveBack takes a shop out of its merchant: it is nobody's then and can be claimed. It takes an owner with a fresh check.
func (s *Service) GiveBack(ctx context.Context, by access.Actor, listingID string) error {
	shop, err := s.Shops.Shop(ctx, listingID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := access.Require(by, access.MerchantTransfer, access.Thing{Kind: KindTransfer, MerchantID: shop.MerchantID, ListingID: shop.ID}); err != nil {
		return err
	}
	if err != nil || shop.MerchantID == "" {
		return fault.Missing()
	}
	if err := s.undisputed(ctx, listingID); err != nil {
		return err
	}
	return s.Shops.Assign(ctx, by, access.MerchantTransfer, listingID, shop.MerchantID, "")
}

// finishTransfer carries an accepted transfer out and tells the owners who gave the shop away.
func (s *Service) finishTransfer(ctx context.Context, by access.Actor, t Transfer) (Transfer, error) {
	if t.Unsettled {
		var d Draft
		if err := s.unseal(KindTransfer, t.Sealed, &d); err != nil {
			return t, err
		}
		err := s.hand(ctx, by, transferee{Handover: t.Handover, act: access.TransferAccept, listingID: t.ListingID, from: t.From, draft: d})
		if err != nil && !moved(err) {
			return t, err
		}
		lost := err
		t, err = s.transfers.Update(ctx, by, audit.Write{Action: access.TransferAccept, Title: d.Name.Hans}, t.ID, t.Rev, func(t *Transfer) error {
			t.Unsettled, t.Sealed = false, ""
			t.Untold = t.Untold && lost == nil
			return nil
		})
		if err != nil || lost != nil {
			return t, errors.Join(err, lost)
		}
	}
	if err := s.tellTransfer(ctx, t); err != nil {
		slog.WarnContext(ctx, "the message about a transfer did not leave; it is tried again", "transfer", t.ID, "error", err)
	}
	return t, nil
}

func (s *Service) tellTransfer(ctx context.Context, t Transfer) error {
	if !t.Untold || t.Unsettled {
		return nil
	}
	shop, err := s.Shops.Shop(ctx, t.ListingID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	m, err := s.merchants.Get(ctx, t.From)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	for _, owner := range m.Owners() {
		if err := s.letter(ctx, owner, "transfer_done", t.ID+".done."+owner, map[string]any{"Shop": shop.Name.Hans}); err != nil {
			return err
		}
	}
	_, err = s.transfers.Update(ctx, access.System("schedule"), audit.Write{Action: access.TransferAccept, Title: shop.Name.Hans}, t.ID, t.Rev, func(t *Transfer) error {
		t.Untold = false
		return nil
	})
	return err
}
