package assembly

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// mostServed bounds how many buildings one organisation looks after.
const mostServed = 50

// Duty is whom to ring about a building: an organisation, what it looks after there, and its desk. It is all that somebody learns of it who
// has no part in the joint meeting.
type Duty struct {
	Name lang.Text
	For  string // 公共烟道、垃圾房
	Desk Desk
}

// Serving returns who looks after the plaza that a shop is in: the property company and the committees that gave a desk for it. Whoever
// deals with reports reads it for every shop, to send them to the right desk, and who works for a shop reads it for their own:
// fault.NotFound for all others.
func (s *Service) Serving(ctx context.Context, by access.Actor, shop access.Thing) ([]Duty, error) {
	if err := access.Require(by, access.AssemblyDuty, shop); err != nil {
		return nil, err
	}
	out := []Duty{}
	if shop.PlazaID == "" {
		return out, nil
	}
	page, err := s.organisations.Find(ctx, store.Where("serves", store.Eq, shop.PlazaID).Limit(mostServed))
	for _, o := range page.Items {
		if o.Active && o.Desk.Phone != "" {
			out = append(out, Duty{o.Name, o.Duties, o.Desk})
		}
	}
	return out, err
}
