package web

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/audit"
	"shangquan/services/heritage"
	"shangquan/services/neighbour"
	"shangquan/services/policy"
	"shangquan/services/programme"
	"shangquan/services/store"
)

// gather makes what organisations, residents and shops do with each other, and returns what identifies its public part.
func gather(s *Services, db store.DB, trail *audit.Log, now func() time.Time) func(context.Context) (string, error) {
	s.Activities = activity.New(activity.Deps{DB: db, Log: trail, Seats: s.Assembly, Now: now})
	s.Programmes = programme.New(programme.Deps{DB: db, Log: trail, Seats: s.Assembly, Now: now})
	s.Heritage = heritage.New(heritage.Deps{DB: db, Log: trail, Shops: s.Listings, Now: now})
	s.Policies = policy.New(policy.Deps{DB: db, Log: trail, Words: s.Words, Hosts: s.LinkHosts.Allowed, Shop: s.Listings.Get, Now: now})
	s.Neighbours = neighbour.New(neighbour.Deps{
		DB: db, Log: trail, Keys: s.Keys, Now: now,
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
	return func(ctx context.Context) (string, error) {
		a, err := s.Activities.Revision(ctx)
		if err != nil {
			return "", err
		}
		b, err := s.Programmes.Revision(ctx)
		if err != nil {
			return "", err
		}
		c, err := s.Heritage.Revision(ctx)
		if err != nil {
			return "", err
		}
		d, err := s.Policies.Revision(ctx)
		return a + b + c + d, err
	}
}
