package assembly

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// mostServed bounds how many plazas and streets one organisation looks after, and how many organisations look after one of them.
const mostServed = 50

// Duty is whom to ring about a building or a street: an organisation, what it looks after there, and its desk. It is all that somebody learns of it who
// has no part in the joint meeting.
type Duty struct {
	Name lang.Text
	For  string // 公共烟道、垃圾房
	Desk Desk
}

// Serving returns who looks after the plaza and the street that something is at, those of the plaza first: the property company and the
// committees that gave a desk for it. Whoever deals with reports and street care reads it for every place, to send them to the right desk,
// and who works for a shop reads it for their own: fault.NotFound for all others.
func (s *Service) Serving(ctx context.Context, by access.Actor, shop access.Thing, streetID string) ([]Duty, error) {
	if err := access.Require(by, access.AssemblyDuty, shop); err != nil {
		return nil, err
	}
	out, seen := []Duty{}, map[string]bool{}
	for _, place := range []string{shop.PlazaID, streetID} {
		if place == "" {
			continue
		}
		page, err := s.organisations.Find(ctx, store.Where("serves", store.Eq, place).Limit(mostServed))
		if err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			if o.Active && o.Desk.Phone != "" && !seen[o.ID] {
				seen[o.ID] = true
				out = append(out, Duty{o.Name, o.Duties, o.Desk})
			}
		}
	}
	return out, nil
}
