package insight_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/insight"
)

// post is a sender of letters that several servers share.
type post struct {
	mu   sync.Mutex
	want []string
	down bool
	sent map[string]insight.Letter
	n    int
}

func (p *post) letters(b *bench) *insight.Monthly {
	return b.Monthly(insight.MonthlyDeps{
		DB:   b.db,
		Want: func(context.Context) ([]string, error) { return p.want, nil },
		ShopsOf: func(_ context.Context, account string) ([]insight.Shop, error) {
			return map[string][]insight.Shop{"owner": {{ID: "a", Name: "面馆"}, {ID: "b", Name: "茶馆"}}, "new": {{ID: "c", Name: "新店"}}}[account], nil
		},
		Tell: func(_ context.Context, account, _ string, l insight.Letter) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.down {
				return errors.New("the engine is down")
			}
			p.n++
			p.sent[account] = l
			return nil
		},
	})
}

// to sets the clock, counting what was noted before.
func (b *bench) to(t *testing.T, at time.Time) {
	t.Helper()
	b.flush(t)
	b.at.Store(at.UnixMilli())
	b.flush(t)
}

func on(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 30, 0, 0, zone)
}

// TestMonthly: who asked reads last month beside the month before, once, by day, in the first days of a month; others read nothing.
func TestMonthly(t *testing.T) {
	b := open(t)
	p := &post{want: []string{"owner", "new", "nobody's"}, sent: map[string]insight.Letter{}}
	m := p.letters(b)
	b.to(t, on(9, 30, 12))
	b.Note(insight.View, "a", b.visitor(1))
	b.to(t, on(10, 1, 12))
	b.Note(insight.View, "a", b.visitor(1))
	b.Note(insight.Site, "b", b.visitor(2))
	b.to(t, on(10, 31, 12))
	b.Note(insight.View, "a", b.visitor(3))
	b.to(t, on(11, 1, 9))
	b.Note(insight.View, "a", b.visitor(4))
	send := func(month time.Month, day, hour, want int) {
		t.Helper()
		b.to(t, on(month, day, hour))
		if n, err := m.Send(t.Context()); err != nil || n != want {
			t.Errorf("%d/%d %d:30: sent %d, %v; want %d", month, day, hour, n, err, want)
		}
	}
	send(11, 1, 7, 0)
	send(11, 1, 20, 0)
	send(11, 6, 9, 0)
	p.down = true
	b.to(t, on(11, 2, 9))
	if n, err := m.Send(t.Context()); n != 0 || err == nil {
		t.Errorf("sent %d by an engine that is down, %v", n, err)
	}
	p.down = false
	send(11, 2, 10, 1)
	send(11, 2, 11, 0)
	send(11, 5, 9, 0)
	want := map[string]insight.Letter{"owner": {
		Month: time.Date(2026, 10, 1, 0, 0, 0, 0, zone), Shops: []insight.Shop{{ID: "a", Name: "面馆"}, {ID: "b", Name: "茶馆"}},
		Now: insight.Counts{View: 2, Site: 1}, Before: insight.Counts{View: 1},
	}}
	if d := cmp.Diff(want, p.sent); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	send(12, 1, 9, 1)
	send(12, 1, 10, 0)
	if got := p.sent["owner"]; got.Now.View != 1 || got.Before.View != 2 {
		t.Errorf("the next month: %+v", got)
	}
	p.want = nil
	b.Note(insight.View, "a", b.visitor(1))
	b.to(t, time.Date(2027, 1, 2, 9, 0, 0, 0, zone))
	if n, err := m.Send(t.Context()); n != 0 || err != nil {
		t.Errorf("sent %d to nobody who asked, %v", n, err)
	}
	if n, err := m.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("forgot %d letters, %v", n, err)
	}
}

// Of several servers that send at once one does.
func TestMonthlyOnce(t *testing.T) {
	b := open(t)
	p := &post{want: []string{"owner"}, sent: map[string]insight.Letter{}}
	b.Note(insight.View, "a", b.visitor(1))
	b.to(t, on(11, 1, 9))
	var all sync.WaitGroup
	for range 4 {
		m := p.letters(b)
		all.Go(func() {
			for range 3 {
				if _, err := m.Send(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if p.n != 1 {
		t.Errorf("sent %d times", p.n)
	}
}
