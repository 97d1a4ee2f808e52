package hours_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/calendar"
	"shangquan/services/hours"
)

// workAndRest is open from 9:00 to 21:00 on working days and from 10:00 to 20:00 on the others.
var workAndRest = func() hours.Hours {
	work, rest := []hours.Span{{Open: 540, Close: 1260}}, []hours.Span{{Open: 600, Close: 1200}}
	return hours.Hours{Known: true, Week: [7][]hours.Span{work, work, work, work, work, rest, rest}}
}()

func TestUsual(t *testing.T) {
	first, last := calendar.On(2026, time.October, 1), calendar.On(2026, time.October, 7) // Thursday to Wednesday
	h := workAndRest
	h.Pause = &hours.Pause{From: "2026-10-01"}
	h = h.With(hours.Special{From: "2026-10-02", To: "2026-10-02"})
	got := hours.Usual(h, calendar.China(), first, last)
	want := []hours.Special{
		{From: "2026-10-01", To: "2026-10-02", Spans: h.Week[0]}, {From: "2026-10-03", To: "2026-10-04", Spans: h.Week[5]}, {From: "2026-10-05", To: "2026-10-07", Spans: h.Week[0]},
	}
	if !(hours.Hours{Special: got}).Equal(hours.Hours{Special: want}) {
		t.Errorf("got %+v", got)
	}
	answered := workAndRest.With(got...)
	for d := first; d <= last; d++ {
		if day := hours.DayOf(answered, calendar.China(), d); day.Unanswered || day.Reason != hours.BySpecial {
			t.Errorf("%s is not answered: %+v", d, day)
		}
	}
}

func TestWithout(t *testing.T) {
	h := workAndRest.With(hours.Special{From: "2026-10-01", To: "2026-10-06"})
	got := h.Without(calendar.On(2026, time.October, 3), calendar.On(2026, time.October, 4)).Special
	if len(got) != 2 || got[0].To != "2026-10-02" || got[1].From != "2026-10-05" || got[1].To != "2026-10-06" {
		t.Errorf("got %+v", got)
	}
	if len(h.Special) != 1 || h.Special[0].To != "2026-10-06" {
		t.Error("the hours it began with were changed")
	}
}

// What is put in holds on its dates, what is taken out leaves the week, and no other date changes.
func TestWithAndWithoutAreLocal(t *testing.T) {
	begin := calendar.On(2026, time.September, 1)
	rapid.Check(t, func(t *rapid.T) {
		h := workAndRest
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			from := begin + calendar.Date(rapid.IntRange(0, 40).Draw(t, "from"))
			to := from + calendar.Date(rapid.IntRange(0, 9).Draw(t, "days"))
			spans := []hours.Span{}
			if rapid.Bool().Draw(t, "open") {
				spans = append(spans, hours.Span{Open: 30 * rapid.IntRange(1, 20).Draw(t, "at"), Close: 1260})
			}
			was, taken := h, rapid.Bool().Draw(t, "taken")
			if taken {
				h = h.Without(from, to)
			} else {
				h = h.With(hours.Special{From: from.String(), To: to.String(), Spans: spans})
			}
			for d := begin; d < begin+60; d++ {
				want := hours.DayOf(was, calendar.China(), d)
				switch {
				case d < from || d > to:
				case taken:
					want = hours.DayOf(workAndRest, calendar.China(), d)
				default:
					want.Spans, want.Reason = spans, hours.BySpecial
				}
				if got := hours.DayOf(h, calendar.China(), d); got.Reason != want.Reason || !slices.Equal(got.Spans, want.Spans) {
					t.Fatalf("%s: got %+v, want %+v", d, got, want)
				}
			}
			if !slices.IsSortedFunc(h.Special, func(a, b hours.Special) int {
				if a.From <= b.From {
					return -1
				}
				return 1
			}) {
				t.Fatalf("not in order: %+v", h.Special)
			}
		}
	})
}

func TestAhead(t *testing.T) {
	today := calendar.On(2026, time.September, 22)
	got := hours.Ahead(workAndRest, calendar.China(), today)
	if len(got) != 3 || got[0].Name != "中秋节" || got[1].From.String() != "2026-10-01" || got[1].To.String() != "2026-10-07" || got[2].Class != calendar.Makeup {
		t.Fatalf("got %+v", got)
	}
	if got[0].Answered || got[1].Answered || got[2].Answered {
		t.Error("nobody has answered yet")
	}
	h := workAndRest.With(hours.Usual(workAndRest, calendar.China(), got[1].From, got[1].To)...)
	if again := hours.Ahead(h, calendar.China(), today); again[0].Answered || !again[1].Answered {
		t.Errorf("got %+v", again)
	}
	alike := hours.Hours{Known: true}
	for i := range alike.Week {
		alike.Week[i] = workAndRest.Week[0]
	}
	if list := hours.Ahead(alike, calendar.China(), today); len(list) != 2 {
		t.Errorf("where every day is alike a make-up day is no question: %+v", list)
	}
}
