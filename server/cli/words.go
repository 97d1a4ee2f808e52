package cli

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/holiday"
	"shangquan/services/listing"
	"shangquan/services/merchant"
	"shangquan/services/store"
	"shangquan/services/vocabulary"
)

// look brings the words and the calendar up to the store, for the directory.
func (d *district) look(ctx context.Context) (int64, error) {
	words, err := d.vocabulary.Look(ctx)
	if err != nil {
		return 0, err
	}
	days, err := d.holidays.Look(ctx)
	return words + days, err
}

// filed is the register as services/vocabulary needs it.
type filed struct{ d *district }

func (f filed) Uses(ctx context.Context) (vocabulary.Uses, error) { return f.d.directory.Uses(ctx) }

// Recategorise gives the listings of one category another, whatever else is written to them meanwhile.
func (f filed) Recategorise(ctx context.Context, from, to string) (int, error) {
	n := 0
	for _, state := range listing.States {
		ids := []string{}
		for l, err := range f.d.listings.Each(ctx, store.Where("state", store.Eq, string(state)).And("category_id", store.Eq, from).Limit(500)) {
			if err != nil {
				return n, err
			}
			ids = append(ids, l.ID)
		}
		for _, id := range ids {
			if _, err := f.d.shops.Update(ctx, access.System("taxonomy"), id, 0, func(l *listing.Listing) error {
				if l.CategoryID == from {
					l.CategoryID = to
				}
				return nil
			}); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// eachRun yields every published shop.
func (d *district) eachRun(ctx context.Context, yield func(*listing.Listing) error) error {
	for l, err := range d.listings.Each(ctx, store.Where("state", store.Eq, string(listing.Published)).Limit(500)) {
		if err != nil {
			return err
		}
		if err := yield(&l); err != nil {
			return err
		}
	}
	return nil
}

// askMerchant tells who runs shops that a holiday is near and they have not answered.
func (d *district) askMerchant(origin string) holiday.Tell {
	return func(ctx context.Context, q holiday.Question) error {
		shops := []merchant.Asked{}
		for i := range q.Shops {
			shops = append(shops, merchant.Asked{Name: q.Shops[i].Name.Hans, Link: origin + "/holiday/" + d.people.links.ToHoliday(&q.Shops[i], q.From, q.To)})
		}
		return d.people.merchants.AskHoliday(ctx, q.Merchant, merchant.Holiday{Name: q.Name, From: q.From, Days: q.Days, Step: q.Step, All: origin + "/my"}, shops)
	}
}
