package neighbour

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Get returns a case for the liaison, without its sides: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Case, error) {
	if err := require(by, access.NeighbourRead); err != nil {
		return Case{}, err
	}
	return s.cases.Get(ctx, id)
}

// List returns the cases of one state for the liaison, the oldest first, a page at a time.
func (s *Service) List(ctx context.Context, by access.Actor, st State, cursor string, limit int) (store.Page[Case], error) {
	if err := require(by, access.NeighbourRead); err != nil {
		return store.Page[Case]{Items: []Case{}}, err
	}
	return s.cases.Find(ctx, store.Where("state", store.Eq, string(st)).OrderBy("created_at", store.Asc).Limit(limit).After(cursor))
}

// Late returns the cases that are overdue today, for the liaison.
func (s *Service) Late(ctx context.Context, by access.Actor) ([]Case, error) {
	if err := require(by, access.NeighbourRead); err != nil {
		return nil, err
	}
	out, today := []Case{}, s.today()
	for x, err := range s.cases.Each(ctx, store.Where("state", store.In, []string{string(Agreed), string(Once), string(Invited)}).OrderBy("created_at", store.Asc)) {
		if err != nil {
			return nil, err
		}
		if x.Overdue(today) {
			out = append(out, x)
		}
	}
	return out, nil
}

// Count returns how many cases there are of each state, for the liaison.
func (s *Service) Count(ctx context.Context, by access.Actor) (map[string]int, error) {
	if err := require(by, access.NeighbourRead); err != nil {
		return nil, err
	}
	return s.cases.CountBy(ctx, "state", store.All())
}

// Thing is what access is asked about where the shop acts.
func (x *Case) Thing() access.Thing {
	return access.Thing{Kind: kindCase, ID: x.ID, MerchantID: x.MerchantID, ListingID: x.ListingID}
}

// Of says to what the address of a case in a shop's portal leads: fault.NotFound, also where the shop was never invited.
func (s *Service) Of(ctx context.Context, id string) (access.Thing, error) {
	x, err := s.cases.Get(ctx, id)
	if err == nil && !x.Invited() {
		err = fault.Missing()
	}
	return x.Thing(), err
}

// Own returns a case for its shop, without anything of the residents' side, and what the shop said: fault.NotFound for everybody else.
func (s *Service) Own(ctx context.Context, by access.Actor, id string) (Case, string, error) {
	x, err := s.cases.Get(ctx, id)
	if err != nil {
		return Case{}, "", err
	}
	if err := access.Require(by, access.NeighbourAnswer, x.Thing()); err != nil {
		return Case{}, "", err
	}
	if !x.Invited() {
		return Case{}, "", fault.Missing()
	}
	side := Side{}
	if x.Sealed != "" {
		if side, err = s.open(x.Sealed); err != nil {
			return Case{}, "", err
		}
	}
	x.Sealed, x.Meetings = "", slices.Clone(x.Meetings)
	for i := range x.Meetings {
		x.Meetings[i].ToldBy = ""
	}
	return x, side.Said, nil
}

// Mine returns the cases about the shops of somebody, the newest first.
func (s *Service) Mine(ctx context.Context, by access.Actor, limit int) ([]Case, error) {
	ids := []string{}
	for _, seat := range by.Seats {
		ids = append(ids, seat.MerchantID)
	}
	if len(ids) == 0 {
		return []Case{}, nil
	}
	page, err := s.cases.Find(ctx, store.Where("merchant_id", store.In, ids).OrderBy("created_at", store.Desc).Limit(limit))
	for i := range page.Items {
		page.Items[i].Sealed = ""
	}
	return slices.DeleteFunc(page.Items, func(x Case) bool {
		return !x.Invited() || !access.Can(by, access.NeighbourAnswer, x.Thing())
	}), err
}
