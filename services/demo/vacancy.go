package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/taxonomy"
	"shangquan/services/vacancy"
)

// Offers shows a unit on offer in the plaza of the owner's second shop, an enquiry about it, and a visit to that shop with a promise. All
// of it bears 演示 in its words.
func Offers(ctx context.Context, d Deps, people []Person) error {
	var by access.Actor
	var owner Person
	for _, p := range people {
		switch p.Key {
		case Coordinator:
			by = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Coordinator}, TwoFactor: true}
		case Owner:
			owner = p
		}
	}
	shop, err := inPlaza(ctx, d, owner.ListingIDs)
	if err != nil {
		return fmt.Errorf("demo: units on offer: %w", err)
	}
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	vacancies := vacancy.New(vacancy.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Words: taxonomy.Default, Unit: d.Places.Unit, Now: now})
	leads := lead.NewService(lead.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Card: vacancies.PublicCard, Now: now, Offers: func(r string) bool { return slices.Contains(lead.Reasons, r) }})
	visits := lead.NewVisits(lead.VisitDeps{DB: d.DB, Log: d.Log, Shop: d.Listings.Get, Now: now})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	u, err := place.NewEditor(d.DB, d.Log, now).AddUnit(ctx, by, place.Unit{PlazaID: shop.Address.PlazaID, Level: 1, Number: "演示 01", AreaM2: 36})
	if err != nil {
		return fmt.Errorf("demo: a unit: %w", err)
	}
	card, err := vacancies.Add(ctx, by, u.ID, vacancy.Card{
		FrontageM: 5, PowerKW: 20, Gas: vacancy.No, Exhaust: vacancy.Yes,
		Note:     lang.Text{Hans: "演示：靠东门，有后门。", Hant: "演示：靠東門，有後門。", En: "Demonstration: by the east gate, with a back door."},
		DeskName: lang.Text{Hans: "演示招商办", Hant: "演示招商辦", En: "Demonstration letting desk"}, DeskPhone: "021-5777 0000",
	})
	if err != nil {
		return fmt.Errorf("demo: a card: %w", err)
	}
	if _, err := leads.Send(ctx, access.Actor{}, card.ID, lead.Asker{Business: "演示：想开店的人", Contact: "demo@example.cn", Wants: "演示：想开一家修鞋店。"}, true); err != nil {
		return fmt.Errorf("demo: an enquiry: %w", err)
	}
	_, err = visits.Add(ctx, by, shop.ID, lead.Report{
		On: now().AddDate(0, 0, -2).Format(time.DateOnly), Topics: "演示：门口的路灯暗。",
		Promise: lead.Promise{Text: "演示：请路灯所来看一看", Due: now().AddDate(0, 0, 14).Format(time.DateOnly)},
	})
	return err
}

// inPlaza is the shop among ids that lies in a plaza.
func inPlaza(ctx context.Context, d Deps, ids []string) (listing.Listing, error) {
	for _, id := range ids {
		l, err := d.Listings.Get(ctx, id)
		if err != nil || l.Address.PlazaID != "" {
			return l, err
		}
	}
	return listing.Listing{}, errors.New("no shop of the owner lies in a plaza")
}
