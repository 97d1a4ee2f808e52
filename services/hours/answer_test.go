package hours_test

import (
	"slices"
	"testing"

	"shangquan/services/calendar"
	"shangquan/services/hours"
)

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func daily() hours.Hours {
	h := hours.Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = []hours.Span{{Open: 540, Close: 1200}}
	}
	return h
}

func TestAnswered(t *testing.T) {
	cal := calendar.China()
	for _, c := range []struct {
		name, from, to string
		answer         hours.Answer
		open           string // one letter a day: o open, x shut
		paused, ok     bool
	}{
		{"usual", "2026-05-01", "2026-05-05", hours.AsUsual, "ooooo", false, true},
		{"closed", "2026-05-01", "2026-05-05", hours.AllShut, "xxxxx", false, true},
		{"first", "2026-05-01", "2026-05-05", hours.FirstShut, "xoooo", false, true},
		{"closed for seven days is a pause", "2026-10-01", "2026-10-07", hours.AllShut, "xxxxxxx", true, true},
		{"the first three days of the lunar year", "2026-02-15", "2026-02-23", hours.NewYearShut, "ooxxxoooo", false, true},
		{"the lunar year does not begin in May", "2026-05-01", "2026-05-05", hours.NewYearShut, "", false, false},
		{"one day has no first", "2026-05-01", "2026-05-01", hours.FirstShut, "", false, false},
		{"no answer", "2026-05-01", "2026-05-05", "perhaps", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := date(t, c.from), date(t, c.to)
			was := daily()
			if !hours.Silent(was, cal, from, to) {
				t.Fatal("nobody has answered yet")
			}
			h, paused, ok := was.Answered(cal, c.answer, from, to)
			if ok != c.ok || paused != c.paused {
				t.Fatalf("paused %v, ok %v", paused, ok)
			}
			if !ok {
				return
			}
			got := ""
			for d := from; d <= to; d++ {
				day := hours.DayOf(h, cal, d)
				if day.Unanswered {
					t.Errorf("%s is not answered", d)
				}
				got += map[bool]string{true: "x", false: "o"}[len(day.Spans) == 0]
			}
			if got != c.open || hours.Silent(h, cal, from, to) || hours.Validate(h) != nil {
				t.Errorf("open %s, want %s", got, c.open)
			}
			// Another answer takes the place of the first; taking it back leaves the question.
			for _, next := range hours.Answers(from, to) {
				if _, _, ok := h.Answered(cal, next, from, to); !ok {
					t.Errorf("cannot change to %s", next)
				}
			}
			back, _, _ := h.Answered(cal, hours.Clear, from, to)
			if !hours.Silent(back, cal, from, to) || back.Pause != nil || len(back.Special) != 0 {
				t.Errorf("taken back: %+v", back)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     []hours.Answer
	}{
		{"2026-02-15", "2026-02-23", []hours.Answer{hours.AsUsual, hours.AllShut, hours.NewYearShut}},
		{"2026-10-01", "2026-10-07", []hours.Answer{hours.AsUsual, hours.AllShut, hours.FirstShut}},
		{"2026-06-19", "2026-06-20", []hours.Answer{hours.AsUsual, hours.AllShut}},
		{"2027-02-05", "2027-02-07", []hours.Answer{hours.AsUsual, hours.AllShut, hours.FirstShut}}, // ends before the third day
	} {
		if got := hours.Answers(date(t, c.from), date(t, c.to)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.from, got)
		}
	}
}

// A shop whose week nobody knows is asked for that first; one that said it closes for good reason is not asked.
func TestSilent(t *testing.T) {
	cal := calendar.China()
	from, to := date(t, "2026-10-01"), date(t, "2026-10-07")
	paused := daily()
	paused.Pause = &hours.Pause{From: "2026-09-01", Until: "2026-11-01"}
	byClass := daily()
	byClass.ByClass = map[string][]hours.Span{string(calendar.Holiday): {}}
	partly := daily().With(hours.Special{From: "2026-10-01", To: "2026-10-02", Spans: []hours.Span{}})
	for name, c := range map[string]struct {
		h    hours.Hours
		want bool
	}{
		"said nothing": {daily(), true}, "unknown": {hours.Hours{}, false}, "paused": {paused, false}, "rests on every holiday": {byClass, false}, "two days of seven": {partly, true},
	} {
		if got := hours.Silent(c.h, cal, from, to); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
