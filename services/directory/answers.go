package directory

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// Answers says who of a street has answered for a holiday.
type Answers struct {
	Slug    string // of the street; empty for shops on no street of the register
	Name    lang.Text
	Said    int // have answered for every day of it
	Silent  int // have hours, and have not
	Unknown int // nobody knows their hours at all
}

// HolidayAnswers counts by street which listed shops have said what they do on the dates, streets in the order of the district, and
// returns those of the street asked for ("-" for none of the register) that have not, in the order of their doors, at most limit.
func (s *Service) HolidayAnswers(ctx context.Context, from, to calendar.Date, street string, limit int) (all []Answers, silent []*listing.Listing, err error) {
	now := s.clock()
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	reg := st.snap.reg
	counts := make([]Answers, len(reg.streets)+1)
	for i := range reg.streets {
		counts[i].Slug, counts[i].Name = reg.streets[i].Slug, reg.streets[i].Name
	}
	for _, n := range st.snap.lists.door.list {
		sh := &st.snap.shops[n]
		at := &counts[len(counts)-1]
		if sh.street >= 0 {
			at = &counts[sh.street]
		} else if sh.plaza >= 0 {
			if i := find(reg.street, reg.plazas[sh.plaza].StreetID); i >= 0 {
				at = &counts[i]
			}
		}
		switch h := listing.ReliableHours(sh.Listing, now); {
		case !h.Known && h.Pause == nil:
			at.Unknown++
		case hours.Silent(h, st.cal, from, to):
			at.Silent++
			if slugOf(at) == street && len(silent) < limit {
				silent = append(silent, sh.Listing)
			}
		default:
			at.Said++
		}
	}
	all = []Answers{}
	for _, a := range counts {
		if a.Said+a.Silent+a.Unknown > 0 {
			all = append(all, a)
		}
	}
	return all, silent, nil
}

// slugOf names the street in an address; "-" stands for none.
func slugOf(a *Answers) string {
	if a.Slug == "" {
		return "-"
	}
	return a.Slug
}
