package resource

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Sweep tells people what ends in two weeks, once, and ends what nobody renewed, what nobody confirmed for 90 days and what is of an
// organisation without a seat; it returns how many posts and deals it dealt with.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	seated, err := s.Members.Seated(ctx)
	if err != nil {
		return 0, err
	}
	all := 0
	for _, part := range []func(context.Context, map[string]bool) (int, error){s.lapse, s.unseat, s.over} {
		n, err := part(ctx, seated)
		if all += n; err != nil {
			return all, err
		}
	}
	return all, nil
}

// unseat withdraws what organisations posted whose seat has ended.
func (s *Service) unseat(ctx context.Context, seated map[string]bool) (int, error) {
	n := 0
	for p, err := range s.posts.Each(ctx, store.Where("state", store.Eq, string(Open)).Limit(100)) {
		if err != nil {
			return n, err
		}
		if seated[p.OrganisationID] {
			continue
		}
		_, err := s.posts.Update(ctx, access.System("schedule"), audit.Write{Action: access.ResourceLapse, Title: p.Title, Why: "the seat ended"}, p.ID, 0, func(p *Post) error {
			if p.State == Open {
				p.withdraw()
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// over ends the deals that hang: nobody confirmed what the other says was delivered, or a side has left.
func (s *Service) over(ctx context.Context, seated map[string]bool) (int, error) {
	n, now := 0, s.Now()
	for d, err := range s.deals.Each(ctx, store.Where("state", store.In, running).Limit(100)) {
		if err != nil {
			return n, err
		}
		if d.hangs(seated, now) == "" {
			continue
		}
		d, err := s.deals.UpdateAs(ctx, access.System("schedule"), d.ID, 0, func(d *Deal) (audit.Write, error) {
			how := d.hangs(seated, now)
			if how == "" {
				return audit.Write{}, cannot("somebody went on with it")
			}
			d.end(how)
			return audit.Write{Action: access.ResourceLapse, Title: d.Title, Why: string(how)}, nil
		})
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return n, err
		}
		n++
		s.tellEnded(ctx, &d, "")
	}
	return n, nil
}

// hangs is the state in which a deal ends by itself now; empty: it does not.
func (d *Deal) hangs(seated map[string]bool, now time.Time) State {
	switch {
	case !d.State.Running() || d.State == Confirmed: // what both confirmed counts, whoever leaves
		return ""
	case !seated[d.GiverID] || !seated[d.TakerID]:
		return Left
	case d.State != Delivered:
		return ""
	}
	for _, side := range []Party{d.Giver, d.Taker} { // one of them said that it was delivered
		if side.ConfirmedAt != nil && !now.Before(side.ConfirmedAt.AddDate(0, 0, Lasts)) {
			return Unanswered
		}
	}
	return ""
}

// tellEnded tells the two sides that a deal has ended without being counted; by is the one that ended it and knows.
func (s *Service) tellEnded(ctx context.Context, d *Deal, by string) {
	for _, o := range []string{d.GiverID, d.TakerID} {
		if o == by {
			continue
		}
		s.write(ctx, o, func(id string) error {
			return s.Letters.TellEnded(ctx, id, "deal."+d.ID+".ended", map[string]any{"Title": d.Title, "Link": s.Link(o) + "/deals/" + d.ID})
		})
	}
}

// lapse tells people what ends soon, and ends what nobody renewed.
func (s *Service) lapse(ctx context.Context, _ map[string]bool) (int, error) {
	today, n := s.today(), 0
	soon := store.Where("state", store.Eq, string(Open)).And("until", store.Lte, (today + TellBefore).String()).Limit(100)
	for p, err := range s.posts.Each(ctx, soon) {
		if err != nil {
			return n, err
		}
		lapse := p.StateAt(today) == Lapsed
		if !lapse && p.Told == p.Until {
			continue
		}
		_, err := s.posts.Update(ctx, access.System("schedule"), audit.Write{Action: access.ResourceLapse, Title: p.Title}, p.ID, p.Rev, func(p *Post) error {
			if p.Told = p.Until; lapse {
				p.State, p.Shown, p.Consent = Lapsed, false, nil
			}
			return nil
		})
		if fault.Is(err, fault.Conflict) {
			continue // somebody renewed it at this moment; the next round looks again
		}
		if err != nil {
			return n, err
		}
		n++
		if !lapse {
			s.write(ctx, p.OrganisationID, func(id string) error {
				return s.Letters.TellLapse(ctx, id, "resource."+p.ID+"."+p.Until, map[string]any{"Title": p.Title, "Day": p.Until, "Link": s.Link(p.OrganisationID)})
			})
		}
	}
	return n, nil
}
