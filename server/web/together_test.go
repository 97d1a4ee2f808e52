package web

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/audit"
	"shangquan/services/callout"
	"shangquan/services/care"
	"shangquan/services/guidance"
	"shangquan/services/heritage"
	"shangquan/services/lead"
	"shangquan/services/neighbour"
	"shangquan/services/outdoor"
	"shangquan/services/place"
	"shangquan/services/policy"
	"shangquan/services/programme"
	"shangquan/services/store"
	"shangquan/services/vacancy"
	"shangquan/services/vocabulary"
)

// gather makes what organisations, residents and shops do with each other.
func gather(s *Services, db store.DB, trail *audit.Log, origin string, now func() time.Time) {
	s.Activities = activity.New(activity.Deps{DB: db, Log: trail, Seats: s.Assembly, Now: now})
	s.Programmes = programme.New(programme.Deps{DB: db, Log: trail, Seats: s.Assembly, Now: now})
	s.Heritage = heritage.New(heritage.Deps{DB: db, Log: trail, Shops: s.Listings, Now: now})
	s.Policies = policy.New(policy.Deps{DB: db, Log: trail, Words: s.Words, Hosts: s.LinkHosts.Allowed, Shop: s.Listings.Get, Now: now})
	s.Outdoor = outdoor.New(outdoor.Deps{DB: db, Log: trail, Shop: s.Listings.Get, Street: s.Streets.Street, Now: now})
	s.Callout = callout.New(callout.Deps{DB: db, Log: trail, Now: now})
	s.Guidance = guidance.New(guidance.Deps{DB: db, Log: trail, Unit: s.Streets.Unit, Now: now})
	s.Care = care.New(care.Deps{DB: db, Log: trail, Places: s.Places, Shop: s.Listings.Get, Now: now, Organisation: func(ctx context.Context, id string) (string, error) {
		m, err := s.Merchants.Get(ctx, access.System("test"), id)
		return m.Name.Hans, err
	}})
	s.Neighbours = neighbour.New(neighbour.Deps{
		DB: db, Log: trail, Keys: s.Keys, Now: now, Letters: s.Merchants, Link: func(id string) string { return origin + "/my/neighbours/" + id },
		Shop: func(ctx context.Context, id string) (access.Thing, string, error) {
			l, err := s.Listings.Get(ctx, id)
			return l.Thing(), l.Name.Hans, err
		},
		Contacts: func(ctx context.Context) (map[string]string, error) {
			list, err := s.Accounts.Holders(ctx, access.Liaison)
			out := map[string]string{}
			for _, a := range list {
				out[a.ID] = a.Name
			}
			return out, err
		},
	})
	s.Vacancies = vacancy.New(vacancy.Deps{DB: db, Log: trail, Keys: s.Keys, Words: s.Words, Unit: s.Places.Unit, Now: now})
	s.Leads = lead.NewService(lead.Deps{
		DB: db, Log: trail, Keys: s.Keys, Card: s.Vacancies.PublicCard, Now: now, Offers: func(reason string) bool { return s.Vocabulary.Offers(vocabulary.LeadReasons, reason) },
	})
}

// openedBy are the points that shops and stations open, with what authorities allowed to stand in the street.
func openedBy(s *Services) func(context.Context) ([]place.Point, error) {
	return func(ctx context.Context) ([]place.Point, error) {
		list, err := s.Stations.Points(ctx)
		if err != nil {
			return nil, err
		}
		more, err := s.Outdoor.Points(ctx)
		return append(list, more...), err
	}
}
