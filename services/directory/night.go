package directory

import (
	"context"
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/place"
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
	NightFacts
}

// NightFacts are what somebody of the district wrote down of the night; nothing of it is assumed.
type NightFacts struct {
	Stops   []*place.Point // with last departures
	Taxis   []*place.Point // where taxis pick people up
	Toilets []*place.Point // that are lit, and by their hours open after the time that was asked for
	Quiet   []QuietStreets
}

// QuietStreets are streets of which the same is said: the same hours, by the same office, looked up on the same day.
type QuietStreets struct {
	Quiet   place.Quiet
	Streets []*place.Street
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
	p.NightFacts = st.snap.reg.night(st.cal, p.Date, minuteOf[after])
	return p, nil
}

// minuteOf is the minute of the evening a choice begins at.
var minuteOf = map[Open]int{After19: hours.Evening, After22: hours.Night, After24: hours.Midnight}

// night collects the facts of a night, of toilets those that are open after a minute.
func (r *register) night(cal *calendar.Calendar, on calendar.Date, minute int) NightFacts {
	var out NightFacts
	for i := range r.points {
		switch p := &r.points[i]; {
		case len(p.Lasts.List) > 0:
			out.Stops = append(out.Stops, p)
		case p.Kind == place.Taxi:
			out.Taxis = append(out.Taxis, p)
		case p.Kind == place.Toilet && p.Lit && p.Usable() != nil && hours.OpenAfter(*p.Usable(), cal, on, minute):
			out.Toilets = append(out.Toilets, p)
		}
	}
	for i := range r.streets {
		st := &r.streets[i]
		if st.Quiet.Text == "" {
			continue
		}
		same := slices.IndexFunc(out.Quiet, func(q QuietStreets) bool {
			return q.Quiet.Text == st.Quiet.Text && q.Quiet.By == st.Quiet.By && q.Quiet.CheckedOn == st.Quiet.CheckedOn
		})
		if same < 0 {
			same, out.Quiet = len(out.Quiet), append(out.Quiet, QuietStreets{Quiet: st.Quiet})
		}
		out.Quiet[same].Streets = append(out.Quiet[same].Streets, st)
	}
	return out
}
