package merchant

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

// Shop is what this package must know of a listing.
type Shop struct {
	ID         string
	Code       string
	Name       lang.Text
	MerchantID string         // empty: nobody's
	Phones     []phone.Number // all that are on record, for the call-back
}

// Shops is the register of listings, as far as it is needed here; see Register.
type Shops interface {
	// Shop returns a listing in any state: fault.NotFound.
	Shop(ctx context.Context, id string) (Shop, error)
	// ShopsOf returns the listings of a merchant in any state.
	ShopsOf(ctx context.Context, merchantID string) ([]Shop, error)
	// Assign makes the listing of merchant from that of merchant to, nobody's where to is empty, and records it under act: fault.Conflict when it
	// is not from's any more. It asks for no permission: this package has decided.
	Assign(ctx context.Context, by access.Actor, act access.Action, listingID, from, to string) error
}

// Register returns the register of listings as Shops.
func Register(l *listing.Service) Shops { return register{l} }

type register struct{ listings *listing.Service }

func shopOf(l *listing.Listing) Shop {
	return Shop{ID: l.ID, Code: l.Code, Name: l.Name.Text, MerchantID: l.MerchantID, Phones: l.Phones}
}

func (r register) Shop(ctx context.Context, id string) (Shop, error) {
	l, err := r.listings.Get(ctx, id)
	return shopOf(&l), err
}

func (r register) ShopsOf(ctx context.Context, merchantID string) ([]Shop, error) {
	list, err := r.listings.ByMerchant(ctx, access.System("merchant"), merchantID)
	out := make([]Shop, len(list))
	for i := range list {
		out[i] = shopOf(&list[i])
	}
	return out, err
}

func (r register) Assign(ctx context.Context, by access.Actor, act access.Action, listingID, from, to string) error {
	_, err := r.listings.Assign(ctx, by, act, listingID, from, to, "")
	return err
}
