package directory

import (
	"context"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// NightPage is who is open tonight.
type NightPage struct {
	After Open          // After19, After22 or After24
	Date  calendar.Date // the evening of the night
	Rows  []Row         // by house number
	// Counts are how many shops each of the three times has.
	Counts [3]Choice
	// Unknown is how many shops have not said when they are open: they are not counted as closed.
	Unknown int
}

// Night returns the shops that are open tonight at some time after the one given. It is computed from opening hours, never
// ticked by hand (features S5).
func (s *Service) Night(ctx context.Context, after Open, t lang.Tag, now time.Time) (NightPage, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return NightPage{}, err
	}
	if after != After22 && after != After24 {
		after = After19
	}
	p := NightPage{After: after, Date: Tonight(now)}
	for i, o := range [...]Open{After19, After22, After24} {
		p.Counts[i] = Choice{Value: string(o), On: o == after}
	}
	var list []int32
	for _, n := range st.snap.lists.door.list {
		bits := st.clock.bits[n]
		for i := range p.Counts {
			if bits&bitOf[Open(p.Counts[i].Value)] != 0 {
				p.Counts[i].N++
			}
		}
		if bits&isUnknown != 0 {
			p.Unknown++
		}
		if bits&bitOf[after] != 0 {
			list = append(list, n)
		}
	}
	p.Rows = st.snap.rows(list, st.cal, t, now, nil)
	return p, nil
}
