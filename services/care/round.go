package care

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// MaxParts is how many organisations go along on a round.
const MaxParts = 30

// Round is the walk of a month: one street, with the organisations that take part. Organisations, never persons.
type Round struct {
	store.Meta
	audit.Trail
	Month    string `json:"month"` // YYYY-MM
	StreetID string `json:"street_id"`
	On       string `json:"on"` // the day, YYYY-MM-DD in the month
	Parts    []Part `json:"parts"`
}

// Part is an organisation that takes part, by what its sign said when it was written down.
type Part struct {
	MerchantID string `json:"merchant_id"`
	Name       string `json:"name"`
}

// Plan writes down the round of a month: fault.Invalid names the fields, also a month that has its round.
func (s *Service) Plan(ctx context.Context, by access.Actor, streetID, on string) (Round, error) {
	if err := may(by, kindRound); err != nil {
		return Round{}, err
	}
	st, wrong, err := s.readRound(ctx, streetID, on)
	if err != nil {
		return Round{}, err
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Round{}, err
	}
	r := Round{Month: on[:len("2006-01")], StreetID: streetID, On: on, Parts: []Part{}}
	err = s.rounds.Insert(ctx, by, audit.Write{Action: access.CareEdit, Title: r.Month + " " + st}, &r)
	return r, taken(err)
}

// Move says that a round is on another day or in another street.
func (s *Service) Move(ctx context.Context, by access.Actor, id string, rev int64, streetID, on string) (Round, error) {
	if err := may(by, kindRound); err != nil {
		return Round{}, err
	}
	_, wrong, err := s.readRound(ctx, streetID, on)
	if err != nil {
		return Round{}, err
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Round{}, err
	}
	r, err := s.round(ctx, by, id, rev, "moved", func(r *Round) error {
		r.Month, r.StreetID, r.On = on[:len("2006-01")], streetID, on
		return nil
	})
	return r, taken(err)
}

func (s *Service) readRound(ctx context.Context, streetID, on string) (name string, wrong []fault.Field, err error) {
	if _, err := time.Parse(time.DateOnly, on); err != nil {
		wrong = append(wrong, fault.Field{Name: "on", Key: "error.date"})
	}
	st, err := s.Places.Street(ctx, streetID)
	if fault.Is(err, fault.NotFound) {
		return "", append(wrong, fault.Field{Name: "street", Key: "error.choice"}), nil
	}
	return st.Name.Hans, wrong, err
}

// taken says of a month that has its round that it has.
func taken(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict && len(f.Fields) > 0 {
		return fault.Wrong("on", "care.wrong.month", nil)
	}
	return err
}

// Join writes down that an organisation takes part: fault.Invalid for a merchant that is not there, or takes part already.
func (s *Service) Join(ctx context.Context, by access.Actor, id string, rev int64, merchantID string) (Round, error) {
	if err := may(by, kindRound); err != nil {
		return Round{}, err
	}
	name, err := s.Organisation(ctx, merchantID)
	if fault.Is(err, fault.NotFound) {
		return Round{}, fault.Wrong("organisation", "error.choice", nil)
	}
	if err != nil {
		return Round{}, err
	}
	return s.round(ctx, by, id, rev, "joins", func(r *Round) error {
		switch {
		case slices.ContainsFunc(r.Parts, func(p Part) bool { return p.MerchantID == merchantID }):
			return fault.Wrong("organisation", "care.wrong.joined", nil)
		case len(r.Parts) >= MaxParts:
			return fault.Wrong("organisation", "care.wrong.full", map[string]any{"Max": MaxParts})
		}
		r.Parts = append(slices.Clone(r.Parts), Part{merchantID, name})
		return nil
	})
}

// Leave takes an organisation off a round.
func (s *Service) Leave(ctx context.Context, by access.Actor, id string, rev int64, merchantID string) (Round, error) {
	return s.round(ctx, by, id, rev, "leaves", func(r *Round) error {
		r.Parts = slices.DeleteFunc(slices.Clone(r.Parts), func(p Part) bool { return p.MerchantID == merchantID })
		return nil
	})
}

func (s *Service) round(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Round) error) (Round, error) {
	if err := may(by, kindRound); err != nil {
		return Round{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Round{}, err
	}
	return s.rounds.UpdateAs(ctx, by, id, rev, func(r *Round) (audit.Write, error) {
		err := f(r)
		return audit.Write{Action: access.CareEdit, Title: r.Month, Why: why}, err
	})
}

// Round returns one for the district: fault.NotFound.
func (s *Service) Round(ctx context.Context, by access.Actor, id string) (Round, error) {
	if err := may(by, kindRound); err != nil {
		return Round{}, err
	}
	return s.rounds.Get(ctx, id)
}

// Rounds returns the rounds of the last months and those ahead, the latest first.
func (s *Service) Rounds(ctx context.Context, by access.Actor) ([]Round, error) {
	if err := may(by, kindRound); err != nil {
		return nil, err
	}
	page, err := s.rounds.Find(ctx, store.Where("month", store.Gte, s.since()).OrderBy("month", store.Desc).Limit(2*months))
	return page.Items, err
}

// Figure is how many items of a street noted in a month are where; what was entered wrongly counts nowhere.
type Figure struct {
	Month, StreetID          string
	Open, Improved, Verified int
}

// Figures counts the items of the last twelve months by the month they were noted in and by street, the latest month first.
func (s *Service) Figures(ctx context.Context, by access.Actor) ([]Figure, error) {
	if err := may(by, kindItem); err != nil {
		return nil, err
	}
	list, err := store.Collect(s.items.Each(ctx, store.Where("month", store.Gte, s.since())), onBoard)
	return count(list), err
}

// since is the first of the months that are looked at.
func (s *Service) since() string {
	now := s.Now()
	return time.Date(now.Year(), now.Month()-months+1, 1, 0, 0, 0, 0, now.Location()).Format("2006-01")
}

func count(list []Item) []Figure {
	out := []Figure{}
	for i := range list {
		x := &list[i]
		if x.State == Withdrawn {
			continue
		}
		n := slices.IndexFunc(out, func(f Figure) bool { return f.Month == x.Month && f.StreetID == x.Spot.StreetID })
		if n < 0 {
			out, n = append(out, Figure{Month: x.Month, StreetID: x.Spot.StreetID}), len(out)
		}
		switch x.State {
		case Improved:
			out[n].Improved++
		case Verified:
			out[n].Verified++
		default:
			out[n].Open++
		}
	}
	slices.SortFunc(out, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Month, a.Month), cmp.Compare(a.StreetID, b.StreetID))
	})
	return out
}
