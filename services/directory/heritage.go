package directory

import (
	"context"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// HeritageLevels are the levels of the heritage mark, the highest first, as the page groups them.
var HeritageLevels = []string{"china", "shanghai", "district"}

// HeritageGroup is the shops with a mark of one level.
type HeritageGroup struct {
	Level string
	Rows  []Row // by house number, as one would walk past them
}

// Heritage returns the shops whose heritage mark may be shown today, by level; levels without a shop are left out.
func (s *Service) Heritage(ctx context.Context, t lang.Tag, now time.Time) ([]HeritageGroup, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	out := []HeritageGroup{}
	for _, level := range HeritageLevels {
		var list []int32
		for _, n := range st.snap.lists.door.list {
			if st.clock.bits[n]&isHeritage == 0 {
				continue
			}
			if m := shownMark(st.snap.shops[n].Listing, now); m != nil && m.Level == level {
				list = append(list, n)
			}
		}
		if len(list) > 0 {
			out = append(out, HeritageGroup{level, st.snap.rows(list, st.cal, t, now, nil)})
		}
	}
	return out, nil
}

// HeritageWalk returns the shops whose mark may be shown at now in the order of their doors, whatever the level.
func (s *Service) HeritageWalk(ctx context.Context, t lang.Tag, now time.Time) ([]Row, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	list := []int32{}
	for _, n := range st.snap.lists.door.list {
		if st.clock.bits[n]&isHeritage != 0 && shownMark(st.snap.shops[n].Listing, now) != nil {
			list = append(list, n)
		}
	}
	return st.snap.rows(list, st.cal, t, now, nil), nil
}

// shownMark returns the heritage mark of l that may be shown at now, nil for none.
func shownMark(l *listing.Listing, now time.Time) *listing.Mark {
	for i := range l.Marks {
		if m := &l.Marks[i]; m.Kind == "heritage" && m.Shown(now.In(calendar.Shanghai)) {
			return m
		}
	}
	return nil
}
