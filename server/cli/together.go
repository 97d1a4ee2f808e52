package cli

import (
	"context"
	"iter"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/callout"
	"shangquan/services/care"
	"shangquan/services/guidance"
	"shangquan/services/heritage"
	"shangquan/services/neighbour"
	"shangquan/services/outdoor"
	"shangquan/services/policy"
	"shangquan/services/programme"
)

// together is what organisations, residents and shops do with each other, and what stands and is seen in the streets.
type together struct {
	activities *activity.Service
	programmes *programme.Service
	neighbours *neighbour.Service
	heritage   *heritage.Service
	policies   *policy.Service
	outdoor    *outdoor.Service
	care       *care.Service
	guidance   *guidance.Service
	callout    *callout.Service
}

// gather puts it on the store of d; p has its accounts and the joint meeting, origin is where the site answers.
func (d *district) gather(p *people, origin string) together {
	return together{
		activities: activity.New(activity.Deps{DB: d.db, Log: d.trail, Seats: p.assembly, Now: d.now}),
		programmes: programme.New(programme.Deps{DB: d.db, Log: d.trail, Seats: p.assembly, Now: d.now}),
		heritage:   heritage.New(heritage.Deps{DB: d.db, Log: d.trail, Shops: d.shops, Now: d.now}),
		policies:   policy.New(policy.Deps{DB: d.db, Log: d.trail, Words: d.vocabulary.Words, Hosts: p.hosts.Allowed, Shop: d.shops.Get, Now: d.now}),
		outdoor:    outdoor.New(outdoor.Deps{DB: d.db, Log: d.trail, Shop: d.shops.Get, Street: d.places.Street, Now: d.now}),
		guidance:   guidance.New(guidance.Deps{DB: d.db, Log: d.trail, Unit: d.places.Unit, Now: d.now}),
		callout:    callout.New(callout.Deps{DB: d.db, Log: d.trail, Now: d.now}),
		care: care.New(care.Deps{
			DB: d.db, Log: d.trail, Places: d.places, Shop: d.shops.Get, Now: d.now,
			Organisation: func(ctx context.Context, id string) (string, error) {
				m, err := p.merchants.Get(ctx, access.System("street care"), id)
				return m.Name.Hans, err
			},
		}),
		neighbours: neighbour.New(neighbour.Deps{
			DB: d.db, Log: d.trail, Keys: d.keys, Now: d.now, Days: func() int { return d.settings.Now().CaseDays },
			Letters: p.merchants, Link: func(id string) string { return origin + "/my/neighbours/" + id },
			Shop: func(ctx context.Context, id string) (access.Thing, string, error) {
				l, err := d.shops.Get(ctx, id)
				return l.Thing(), l.Name.Hans, err
			},
			Contacts: func(ctx context.Context) (map[string]string, error) {
				list, err := p.accounts.Holders(ctx, access.Liaison)
				out := map[string]string{}
				for _, a := range list {
					out[a.ID] = a.Name
				}
				return out, err
			},
		}),
	}
}

// blobs are the keys of the pictures that are in use.
func (t together) blobs(ctx context.Context) []iter.Seq2[string, error] {
	return []iter.Seq2[string, error]{t.activities.Blobs(ctx), t.programmes.Blobs(ctx), t.heritage.Blobs(ctx), t.care.Blobs(ctx)}
}
