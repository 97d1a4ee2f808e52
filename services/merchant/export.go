package merchant

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/creditcode"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Export is everything kept of a merchant, for its owner (PIPL 45): plain, with what is sealed opened, and without what is about others.
type Export struct {
	At          time.Time        `json:"at"`
	ID          string           `json:"id"`
	Since       time.Time        `json:"since"`
	Kind        Kind             `json:"kind"`
	Name        lang.Text        `json:"name"`
	CreditCode  creditcode.Code  `json:"credit_code"`
	PlazaID     string           `json:"plaza_id"`
	Private     Private          `json:"private"`
	Members     []Member         `json:"members"`
	Invitations []ExportInvited  `json:"invitations"`
	Shops       []ExportShop     `json:"shops"`
	Papers      []ExportPaper    `json:"papers"`
	Disputes    []ExportDispute  `json:"disputes"`
	Transfers   []ExportTransfer `json:"transfers"`
}

// ExportInvited is an invitation in an export.
type ExportInvited struct {
	To         string          `json:"to"`
	Role       access.Role     `json:"role"`
	ListingIDs []string        `json:"listing_ids"`
	State      InvitationState `json:"state"`
	At         time.Time       `json:"at"`
	Until      time.Time       `json:"until"`
}

// ExportShop names a shop in an export; services/listing exports what is in it.
type ExportShop struct {
	ID   string    `json:"id"`
	Code string    `json:"code"`
	Name lang.Text `json:"name"`
}

// ExportPaper is a paper in an export.
type ExportPaper struct {
	ListingID string `json:"listing_id"`
	Kind      string `json:"kind"`
	Until     string `json:"until"`
	PaperPrivate
}

// ExportDispute is a dispute in an export, as the owner sees it.
type ExportDispute struct {
	ListingID string     `json:"listing_id"`
	At        time.Time  `json:"at"`
	State     ClaimState `json:"state"`
	Answer    *Answer    `json:"answer,omitempty"`
}

// ExportTransfer is a transfer in an export.
type ExportTransfer struct {
	ListingID string        `json:"listing_id"`
	At        time.Time     `json:"at"`
	State     TransferState `json:"state"`
	To        string        `json:"to"` // masked
}

// Export returns everything kept of a merchant and puts the export on record first. Owners do it, and an administrator for them.
func (s *Service) Export(ctx context.Context, by access.Actor, id string) (Export, error) {
	m, err := s.allowed(ctx, by, access.MerchantExport, id)
	if err != nil {
		return Export{}, err
	}
	now := s.Now()
	x := Export{
		At: now, ID: m.ID, Since: m.CreatedAt, Kind: m.Kind, Name: m.Name, CreditCode: m.CreditCode, PlazaID: m.PlazaID, Members: m.Members,
		Invitations: []ExportInvited{}, Shops: []ExportShop{}, Papers: []ExportPaper{}, Disputes: []ExportDispute{}, Transfers: []ExportTransfer{},
	}
	if err := s.unseal(KindMerchant, m.Sealed, &x.Private); err != nil {
		return Export{}, err
	}
	for _, i := range m.Invitations {
		x.Invitations = append(x.Invitations, ExportInvited{i.Shown, i.Role, i.ListingIDs, i.state(now), i.At, i.Until})
	}
	shops, err := s.Shops.ShopsOf(ctx, id)
	if err != nil {
		return Export{}, err
	}
	for _, shop := range shops {
		x.Shops = append(x.Shops, ExportShop{shop.ID, shop.Code, shop.Name})
	}
	if err := s.exportRest(ctx, id, &x, now); err != nil {
		return Export{}, err
	}
	err = s.Log.Event(ctx, by, audit.Event{Action: access.MerchantExport, Object: audit.Ref{Kind: KindMerchant, ID: id}, Title: m.Name.Hans, Result: "ok"})
	if err != nil {
		return Export{}, err
	}
	return x, nil
}

func (s *Service) exportRest(ctx context.Context, id string, x *Export, now time.Time) error {
	for p, err := range s.papers.Each(ctx, store.Where("merchant_id", store.Eq, id).And("until", store.Gt, "")) {
		if err != nil {
			return err
		}
		out := ExportPaper{ListingID: p.ListingID, Kind: p.Kind, Until: p.Until}
		if err := s.unseal(KindPaper, p.Sealed, &out.PaperPrivate); err != nil {
			return err
		}
		x.Papers = append(x.Papers, out)
	}
	for c, err := range s.claims.Each(ctx, store.Where("from", store.Eq, id)) {
		if err != nil {
			return err
		}
		x.Disputes = append(x.Disputes, ExportDispute{c.ListingID, c.CreatedAt, c.State, c.Answer})
	}
	for t, err := range s.transfers.Each(ctx, store.Where("from", store.Eq, id)) {
		if err != nil {
			return err
		}
		x.Transfers = append(x.Transfers, ExportTransfer{t.ListingID, t.CreatedAt, t.StateAt(now), t.Shown})
	}
	return nil
}
