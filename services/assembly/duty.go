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

// Serving returns who looks after a plaza, so that what is reported from there gets to the right desk: the property company and the
// committees that gave a desk for it.
func (s *Service) Serving(ctx context.Context, by access.Actor, plazaID string) ([]Duty, error) {
	if err := require(by, access.AssemblyDuty); err != nil {
		return nil, err
	}
	out := []Duty{}
	page, err := s.organisations.Find(ctx, store.Where("serves", store.Eq, plazaID).Limit(mostServed))
	for _, o := range page.Items {
		if o.Active && o.Desk.Phone != "" {
			out = append(out, Duty{o.Name, o.Duties, o.Desk})
		}
	}
	return out, err
}
