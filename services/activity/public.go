package activity

import (
	"context"

	"shangquan/services/assembly"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Shown is an activity as everybody reads it: its Plan is what a second person let through, without ids of organisations and accounts.
type Shown struct {
	Activity
	// Organiser is who does it; zero where it is the station, or an organisation that is not named in public.
	Organiser lang.Text
}

// PublicList returns what is on the public calendar and not over, by its end, a page at a time; past: what is over, the last one first.
func (s *Service) PublicList(ctx context.Context, past bool, cursor string, limit int) ([]Shown, string, error) {
	q := store.Where("shown", store.Eq, true)
	if past {
		q = q.And("ends", store.Lte, s.minute()).OrderBy("ends", store.Desc)
	} else {
		q = q.And("ends", store.Gt, s.minute()).OrderBy("ends", store.Asc)
	}
	page, err := s.docs.Find(ctx, q.Limit(limit).After(cursor))
	if err != nil {
		return nil, "", err
	}
	names, err := s.Seats.ListedNames(ctx)
	out := []Shown{}
	for _, a := range page.Items {
		if a.Page.Public != nil {
			out = append(out, shown(a, names))
		}
	}
	return out, page.Next, err
}

// PublicOne returns one that is on the public calendar: fault.NotFound.
func (s *Service) PublicOne(ctx context.Context, id string) (Shown, error) {
	a, err := s.docs.Get(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	if a.Page.Public == nil {
		return Shown{}, fault.Missing()
	}
	names, err := s.Seats.ListedNames(ctx)
	return shown(a, names), err
}

func shown(a Activity, names map[string]lang.Text) Shown {
	x := Shown{Activity: a, Organiser: names[a.Page.Public.OrganiserID]}
	x.Page = assembly.Gate[Plan]{Draft: *a.Page.Public}
	x.Taken = []Places{{N: a.TakenSum()}} // the public has no use for ids
	x.Plan().OrganiserID = ""
	return x
}
