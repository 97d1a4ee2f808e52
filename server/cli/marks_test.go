package cli

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"shangquan/services/lastknown"
)

// FLT-08: while the store is away its last mark holds, and one alone asks for another.
func TestMarks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var m marks
		var asked int
		away := errors.New("away")
		ask := func(mark int64, err error) (int64, error) {
			return m.ask(time.Now(), func() (int64, error) {
				asked++
				return mark, err
			})
		}
		if _, err := ask(0, away); !errors.Is(err, away) {
			t.Errorf("nothing is known: %v", err)
		}
		for i, c := range []struct {
			after time.Duration
			mark  int64
			err   error
			want  int64
			asked int
		}{
			{0, 7, nil, 7, 2},
			{0, 8, nil, 8, 3}, // a change is seen at once
			{0, 0, away, 8, 4},
			{0, 9, nil, 8, 4}, // nobody asks
			{lastknown.Pause - 1, 9, nil, 8, 4},
			{1, 0, away, 8, 5},
			{lastknown.Pause, 9, nil, 9, 6},
			{0, 10, nil, 10, 7},
		} {
			time.Sleep(c.after)
			if got, err := ask(c.mark, c.err); got != c.want || err != nil || asked != c.asked {
				t.Errorf("%d: %d %v after %d questions, want %d after %d", i, got, err, asked, c.want, c.asked)
			}
		}
		_, _ = ask(0, away)
		time.Sleep(lastknown.Pause)
		_, _ = m.ask(time.Now(), func() (int64, error) {
			before := asked
			if got, err := ask(11, nil); got != 10 || err != nil || asked != before {
				t.Errorf("beside the one who asks: %d %v", got, err)
			}
			return 0, away
		})
	})
}
