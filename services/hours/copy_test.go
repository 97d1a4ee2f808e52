package hours_test

import (
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

func TestCopied(t *testing.T) {
	cal := calendar.China()
	first, last := calendar.On(2026, time.October, 1), calendar.On(2026, time.October, 3)
	every := func(open, until int) hours.Hours {
		h := hours.Hours{Known: true}
		for i := range h.Week {
			h.Week[i] = []hours.Span{{Open: open, Close: until}}
		}
		return h
	}
	mine, theirs := every(600, 1200), every(540, 1260)
	answered := func(a hours.Answer) hours.Hours {
		h, _, ok := theirs.Answered(cal, a, first, last)
		if !ok {
			t.Fatalf("no answer %s", a)
		}
		return h
	}
	short := theirs.With(hours.Special{From: "2026-10-01", To: "2026-10-03", Spans: []hours.Span{{Open: 660, Close: 900}}, Note: lang.Text{Hans: "国庆快乐"}})
	paused := theirs
	paused.Pause = &hours.Pause{From: "2026-10-01", Until: "2026-10-20"}
	for _, c := range []struct {
		name   string
		of     hours.Hours
		opens  [3]int // of each day; -1: a rest
		note   string
		refuse bool
	}{
		{"a rest", answered(hours.AllShut), [3]int{-1, -1, -1}, "", false},
		{"as usual is what is usual here", answered(hours.AsUsual), [3]int{600, 600, 600}, "", false},
		{"the first day off, then as usual here", answered(hours.FirstShut), [3]int{-1, 600, 600}, "", false},
		{"other times with their note", short, [3]int{660, 660, 660}, "国庆快乐", false},
		{"a pause is a rest", paused, [3]int{-1, -1, -1}, "", false},
		{"nothing was said", theirs, [3]int{}, "", true},
		{"a week that is not known", hours.Hours{}, [3]int{}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := mine.Copied(cal, c.of, first, last)
			if ok == c.refuse {
				t.Fatalf("copied: %v", ok)
			}
			if c.refuse {
				return
			}
			if err := hours.Validate(got); err != nil {
				t.Fatal(err)
			}
			for i, open := range c.opens {
				day := hours.DayOf(got, cal, first+calendar.Date(i))
				if len(day.Spans) > 0 {
					if is := day.Spans[0].Open; is != open {
						t.Errorf("day %d opens at %d, want %d", i, is, open)
					}
				} else if open != -1 || day.Unanswered {
					t.Errorf("day %d is a rest, want %d", i, open)
				}
				if day.Note.Hans != c.note {
					t.Errorf("day %d says %q", i, day.Note.Hans)
				}
			}
			for _, d := range []calendar.Date{first - 1, last + 1} {
				if a, b := hours.DayOf(got, cal, d), hours.DayOf(mine, cal, d); len(a.Spans) != len(b.Spans) || a.Unanswered != b.Unanswered {
					t.Errorf("%s changed", d)
				}
			}
			if len(mine.Special) > 0 {
				t.Error("the hours it began with were changed")
			}
		})
	}
	if _, ok := (hours.Hours{}).Copied(cal, short, first, last); ok {
		t.Error("copied into a week that is not known")
	}
	long, ok := mine.Copied(cal, answeredFor(t, theirs, first, last+4), first, last+4)
	if !ok || long.Pause == nil || long.Pause.Until != "2026-10-07" {
		t.Errorf("seven days of rest are %+v", long.Pause)
	}
}

func answeredFor(t *testing.T, h hours.Hours, first, last calendar.Date) hours.Hours {
	t.Helper()
	out, _, ok := h.Answered(calendar.China(), hours.AllShut, first, last)
	if !ok {
		t.Fatal("not answered")
	}
	return out
}
