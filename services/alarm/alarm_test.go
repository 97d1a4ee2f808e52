package alarm

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

type sent struct {
	list []mail.Message
	err  error
}

func (s *sent) Send(_ context.Context, m mail.Message) error {
	s.list = append(s.list, m)
	return s.err
}

func open(t *testing.T) (*Service, *sent, *time.Time) {
	t.Helper()
	now := time.Date(2026, 10, 15, 11, 20, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db, log, _ := audittest.Open(t, clock)
	s := New(db, log, slog.New(slog.DiscardHandler), clock)
	out := &sent{}
	s.Tell(out, "商圈", "https://a.cn/admin/safety", func(context.Context) ([]Recipient, error) { return []Recipient{{"a@b.cn", lang.Hans}}, nil })
	return s, out, &now
}

var admin = access.Actor{AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}

// The same alarm is one record that is counted and told once a day; closed, it sounds anew.
func TestDedupe(t *testing.T) {
	s, out, now := open(t)
	record := func() {
		t.Helper()
		if err := s.Record(t.Context(), Content, "listings/1", "altered"); err != nil {
			t.Fatal(err)
		}
	}
	one := func() Alarm {
		t.Helper()
		list, err := s.Open(t.Context(), admin)
		if err != nil || len(list) != 1 {
			t.Fatalf("open: %v %v", list, err)
		}
		return list[0]
	}
	record()
	*now = now.Add(5 * time.Minute)
	record()
	if a := one(); a.Count != 2 || a.Last.Sub(a.First) != 5*time.Minute || len(out.list) != 1 || out.list[0].Kind != "alarm_content" || out.list[0].Args["Object"] != "listings/1" {
		t.Errorf("twice: %+v, told %v", a, out.list)
	}
	*now = now.Add(24 * time.Hour)
	record()
	if len(out.list) != 2 {
		t.Errorf("a day later it was told %d times in all, want 2", len(out.list))
	}
	a := one()
	for by, want := range map[string]fault.Kind{"": fault.Unauthenticated, "b": fault.NotFound} {
		if err := s.Close(t.Context(), access.Actor{AccountID: by}, a.ID, a.Rev); !fault.Is(err, want) {
			t.Errorf("closed by %q: %v", by, err)
		}
		if _, err := s.Open(t.Context(), access.Actor{AccountID: by}); !fault.Is(err, want) {
			t.Errorf("read by %q: %v", by, err)
		}
	}
	if err := s.Close(t.Context(), admin, a.ID, a.Rev-1); !fault.Is(err, fault.Conflict) {
		t.Errorf("closed as it was before: %v", err)
	}
	if err := s.Close(t.Context(), admin, a.ID, a.Rev); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Open(t.Context(), admin); err != nil || len(list) != 0 {
		t.Errorf("closed, but open: %v %v", list, err)
	}
	record()
	if a := one(); a.Count != 1 || len(out.list) != 3 {
		t.Errorf("anew: %+v, told %d times", a, len(out.list))
	}
	out.err = errors.New("down")
	if err := s.Record(t.Context(), Trail, "audit", ""); err == nil {
		t.Error("a message that was not taken is no error")
	}
	if list, _ := s.Open(t.Context(), admin); len(list) != 2 {
		t.Errorf("without a message there is no record: %v", list)
	}
}

// More than 20 sign-ins that fail within a minute are guessing, slower ones are not.
func TestGuessing(t *testing.T) {
	for _, tt := range []struct {
		name  string
		n     int
		every time.Duration
		want  int
	}{{"twenty", 20, time.Second, 0}, {"twenty-one", 21, time.Second, 1}, {"slowly", 60, 3 * time.Second, 0}, {"hundreds at once", 300, time.Millisecond, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			s, _, now := open(t)
			for range tt.n {
				s.Failed()
				*now = now.Add(tt.every)
			}
			if got := len(s.queue); got != tt.want {
				t.Errorf("raised %d times, want %d", got, tt.want)
			}
		})
	}
}

// What is raised is written by Run, and a flood neither waits nor grows.
func TestRaise(t *testing.T) {
	s, _, _ := open(t)
	for i := range 3 * waiting {
		s.Raise(Content, string(rune('a'+i%26))+time.Duration(i).String(), "")
		s.Raise(Content, "same", "")
	}
	if len(s.queue) != waiting {
		t.Errorf("%d wait", len(s.queue))
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	for {
		if list, err := s.Open(t.Context(), admin); err != nil {
			t.Fatal(err)
		} else if len(list) == shown {
			break
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
