package demo

import (
	"context"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/heritage"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// Heritage shows an old shop with its mark and its history. The shop is one of the demonstration, with 演示 in its name: of a shop that
// is really there nothing is made up, least of all its years.
func Heritage(ctx context.Context, d Deps, people []Person) error {
	by := access.Actor{AccountID: accountOf(people, Coordinator), Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := heritage.New(heritage.Deps{DB: d.DB, Log: d.Log, Shops: d.Listings, Now: now})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	l := listing.Listing{
		Code: "DEMO1", State: listing.Published, CategoryID: "food-shop",
		Name:        listing.Name{Text: lang.Text{Hans: "演示老店", Hant: "演示老店", En: "Demonstration old shop"}},
		Description: lang.Text{Hans: "这是演示，没有这家店。", Hant: "這是演示，沒有這家店。", En: "A demonstration. There is no such shop."},
	}
	if err := d.Listings.Enter(ctx, by, &l); err != nil {
		return fmt.Errorf("demo: an old shop: %w", err)
	}
	if _, err := s.Name(ctx, access.System("demonstration"), l.ID, "演示：老字号名单"); err != nil {
		return fmt.Errorf("demo: its mark: %w", err)
	}
	r, _, err := s.OfShop(ctx, by, l.ID)
	for _, e := range []heritage.Entry{
		{Year: 1926, Text: lang.Text{Hans: "演示：开张", Hant: "演示：開張", En: "Demonstration: opened"}, Source: "演示：《演示镇志》第 12 页"},
		{Year: 1956, Text: lang.Text{Hans: "演示：搬到现在的门面", Hant: "演示：搬到現在的門面", En: "Demonstration: moved to where it is now"}, Source: "演示：档案馆演示卷"},
	} {
		if err == nil {
			r, err = s.AddEntry(ctx, by, r.ID, r.Rev, e)
		}
	}
	return err
}
