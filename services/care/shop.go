package care

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/store"
)

// mostOwn is how many items a shop reads of itself, the last ones.
const mostOwn = 50

// OfShop returns what was noted of a shop and told to its owner, the newest first, for who may answer: fault.NotFound for everybody else. It
// does not say which accounts did what.
func (s *Service) OfShop(ctx context.Context, by access.Actor, listingID string) ([]Item, error) {
	if err := s.owns(ctx, by, listingID); err != nil {
		return nil, err
	}
	page, err := s.items.Find(ctx, store.Where("spot.listing_id", store.Eq, listingID).OrderBy("created_at", store.Desc).Limit(mostOwn))
	list := slices.DeleteFunc(page.Items, func(x Item) bool { return !x.Told() })
	for i := range list {
		list[i].nameless()
	}
	return list, err
}

// OfShopOne returns one of those: fault.NotFound.
func (s *Service) OfShopOne(ctx context.Context, by access.Actor, listingID, id string) (Item, error) {
	if err := s.owns(ctx, by, listingID); err != nil {
		return Item{}, err
	}
	x, err := s.items.Get(ctx, id)
	if err == nil && (x.Spot.ListingID != listingID || !x.Told()) {
		err = fault.Missing()
	}
	x.nameless()
	return x, err
}

func (x *Item) nameless() {
	x.Steps = slices.Clone(x.Steps)
	for i := range x.Steps {
		x.Steps[i].AccountID = ""
	}
}

func (s *Service) owns(ctx context.Context, by access.Actor, listingID string) error {
	l, err := s.Shop(ctx, listingID)
	if err != nil {
		return err
	}
	return access.Require(by, access.CareAnswer, l.Thing())
}

// Answer is the shop's word that an item of its own is better, with a picture or without: fault.NotFound, fault.Conflict; fault.Invalid for a
// picture without the word that no passer-by can be made out in it.
func (s *Service) Answer(ctx context.Context, by access.Actor, listingID, id string, rev int64, text string, photo *media.Evidence, faceless bool) (Item, error) {
	if _, err := s.OfShopOne(ctx, by, listingID, id); err != nil {
		return Item{}, err
	}
	text, wrong := words("text", text, false)
	if err := fault.Wrongs(wrong); err != nil {
		return Item{}, err
	}
	if photo != nil {
		if err := CheckFaces(faceless); err != nil {
			return Item{}, err
		}
	}
	return s.change(ctx, by, access.CareAnswer, id, rev, string(Improve), func(x *Item) error {
		st := s.step(by, "", text)
		st.Shop = true
		if err := x.move(Improve, st); err != nil {
			return err
		}
		if photo != nil {
			return x.put(*photo, true)
		}
		return nil
	})
}
