package cli

import (
	"testing"
	"time"
)

func TestLeap(t *testing.T) {
	var wall time.Time
	var gone time.Duration
	for name, c := range map[string]struct {
		wall, gone time.Duration // since the last look
		far        bool
	}{
		"time goes by":           {20 * time.Second, 20 * time.Second, false},
		"a round that took long": {2 * time.Hour, 2 * time.Hour, false},
		"put right by a little":  {20*time.Second + mostLeap, 20 * time.Second, false},
		"set forward":            {21*time.Second + mostLeap, 20 * time.Second, true},
		"set back":               {19*time.Second - mostLeap, 20 * time.Second, true},
		"set back by as much":    {0, 6 * time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			wall, gone = time.Unix(1_790_000_000, 0), time.Hour
			l := newLeap(func() time.Time { return wall }, func() time.Duration { return gone })
			wall, gone = wall.Add(c.wall), gone+c.gone
			if by, far := l.look(); by != c.wall-c.gone || far != c.far {
				t.Errorf("moved by %v, said %v", by, far)
			}
			wall, gone = wall.Add(time.Second), gone+time.Second
			if by, far := l.look(); by != 0 || far {
				t.Errorf("said again: %v", by)
			}
		})
	}
	// The clock of the program carries one that cannot be set; the comparison must not go by that one on both sides.
	l := newLeap(time.Now, func() time.Duration { return 0 })
	if l.at != l.at.Round(0) {
		t.Error("the wall is compared by the clock that cannot be set")
	}
}
