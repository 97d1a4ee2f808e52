package hours

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	tm, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return tm
}

func every(spans ...Span) Hours {
	h := Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = spans
	}
	return h
}

func with(h Hours, change func(*Hours)) Hours {
	change(&h)
	return h
}

func TestAt(t *testing.T) {
	shop := every(Span{540, 1290})
	breakfast := every(Span{300, 600})
	lunch := every(Span{690, 840}, Span{1020, 1260})
	bar := every(Span{1080, 1560})
	allDay := every(Span{0, 1440})
	office := with(every(Span{540, 1020}), func(h *Hours) {
		h.Week[5], h.Week[6] = nil, nil
		h.ByClass = map[string][]Span{"makeup": {{540, 1020}}, "holiday": {}}
	})
	national := with(shop, func(h *Hours) {
		h.Special = []Special{
			{From: "2026-10-01", To: "2026-10-02", Note: lang.Text{Hans: "国庆"}},
			{From: "2026-10-03", To: "2026-10-03", Spans: []Span{{600, 1080}}},
		}
	})
	barPaused := with(bar, func(h *Hours) {
		h.Pause = &Pause{From: "2026-11-03", Until: "2026-11-20", Note: lang.Text{Hans: "装修"}}
	})
	tuesdays := Hours{Known: true, Week: [7][]Span{1: {{540, 1080}}}}
	noTuesday := with(tuesdays, func(h *Hours) { h.Special = []Special{{From: "2026-11-24", To: "2026-11-24"}} })
	gone := with(shop, func(h *Hours) { h.Pause = &Pause{From: "2026-11-03"} })
	for _, tc := range []struct {
		name, at    string
		h           Hours
		state       State
		until, next string
		reason      Reason
	}{
		{"in the morning before opening", "2026-11-24 08:59", shop, Closed, "", "2026-11-24 09:00", ByWeek},
		{"at the minute of opening", "2026-11-24 09:00", shop, Open, "2026-11-24 21:30", "", ByWeek},
		{"31 minutes before closing", "2026-11-24 20:59", shop, Open, "2026-11-24 21:30", "", ByWeek},
		{"half an hour before closing", "2026-11-24 21:00", shop, ClosingSoon, "2026-11-24 21:30", "", ByWeek},
		{"at the minute of closing", "2026-11-24 21:30", shop, Closed, "", "2026-11-25 09:00", ByWeek},
		{"breakfast at five", "2026-11-24 05:00", breakfast, Open, "2026-11-24 10:00", "", ByWeek},
		{"breakfast a minute before five", "2026-11-24 04:59", breakfast, Closed, "", "2026-11-24 05:00", ByWeek},
		{"between lunch and dinner", "2026-11-24 15:00", lunch, Closed, "", "2026-11-24 17:00", ByWeek},
		{"a bar at midnight", "2026-11-25 00:00", bar, Open, "2026-11-25 02:00", "", ByWeek},
		{"a bar before midnight", "2026-11-24 23:59", bar, Open, "2026-11-25 02:00", "", ByWeek},
		{"a bar at two", "2026-11-25 02:00", bar, Closed, "", "2026-11-25 18:00", ByWeek},
		{"never closes", "2026-11-25 00:00", allDay, Open, "", "", ByWeek},
		{"unknown", "2026-11-25 12:00", Hours{}, Unknown, "", "", ByWeek},
		{"known and always closed", "2026-11-25 12:00", Hours{Known: true}, Closed, "", "", ByWeek},
		{"only on Tuesdays, after closing", "2026-11-24 22:00", tuesdays, Closed, "", "2026-12-01 09:00", ByWeek},
		{"only on Tuesdays, and closed on this one", "2026-11-24 12:00", noTuesday, Closed, "", "2026-12-01 09:00", BySpecial},
		{"office on Friday evening opens on Monday", "2026-11-27 18:00", office, Closed, "", "2026-11-30 09:00", ByWeek},
		{"office on a make-up Saturday", "2026-10-10 10:00", office, Open, "2026-10-10 17:00", "", ByClass},
		{"office on an ordinary Saturday", "2026-10-17 10:00", office, Closed, "", "2026-10-19 09:00", ByWeek},
		{"office on National Day", "2026-10-01 10:00", office, Closed, "", "2026-10-08 09:00", ByClass},
		{"a special day closed", "2026-10-01 10:00", national, Closed, "", "2026-10-03 10:00", BySpecial},
		{"a special day with other hours", "2026-10-03 17:00", national, Open, "2026-10-03 18:00", "", BySpecial},
		{"the day after the special days", "2026-10-04 09:00", national, Open, "2026-10-04 21:30", "", ByWeek},
		{"the night before a pause goes on", "2026-11-03 01:00", barPaused, Open, "2026-11-03 02:00", "", ByPause},
		{"in the pause", "2026-11-03 02:00", barPaused, Paused, "", "2026-11-21 18:00", ByPause},
		{"on the last day of the pause", "2026-11-20 23:59", barPaused, Paused, "", "2026-11-21 18:00", ByPause},
		{"after the pause", "2026-11-21 19:00", barPaused, Open, "2026-11-22 02:00", "", ByWeek},
		{"a pause without an end", "2026-11-24 12:00", gone, Paused, "", "", ByPause},
		{"the evening before a pause without an end", "2026-11-02 22:00", gone, Closed, "", "", ByWeek},
		{"unknown hours, known pause", "2026-11-24 12:00", Hours{Pause: &Pause{From: "2026-11-03"}}, Paused, "", "", ByPause},
		{"unknown hours after a pause", "2026-11-24 12:00", Hours{Pause: &Pause{From: "2026-11-03", Until: "2026-11-10"}}, Unknown, "", "", ByWeek},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := At(tc.h, calendar.China(), at(t, tc.at))
			if got.State != tc.state || got.Today.Reason != tc.reason {
				t.Errorf("state %s by %s, want %s by %s", got.State, got.Today.Reason, tc.state, tc.reason)
			}
			if s := stamp(got.Until); s != tc.until {
				t.Errorf("until %q, want %q", s, tc.until)
			}
			if s := stamp(got.Opens); s != tc.next {
				t.Errorf("opens %q, want %q", s, tc.next)
			}
			if got.IsOpen() != (tc.state == Open || tc.state == ClosingSoon) {
				t.Error("IsOpen disagrees with the state")
			}
		})
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

func TestNextChangeOfUnknownHours(t *testing.T) {
	if got, ok := NextChange(Hours{Week: every(Span{540, 600}).Week}, calendar.China(), at(t, "2026-11-24 08:00")); ok {
		t.Errorf("changes at %s", got)
	}
}

// What is stored is valid; what is not, never opens a shop and never stops the program.
func TestBrokenHoursAreNotOpen(t *testing.T) {
	h := every(Span{600, 540}, Span{-60, 2}, Span{0, 1 << 40}, Span{1500, 1600})
	h.Special = []Special{{From: "soon", To: "2026-12-01", Spans: []Span{{0, 1440}}}, {From: "2026-11-01", To: "later", Spans: []Span{{0, 1440}}}}
	h.Pause = &Pause{From: "2026-11-01", Until: "later"}
	cal := calendar.China()
	now := at(t, "2026-11-24 00:01")
	s := At(h, cal, now)
	if regular := RegularSlots(h); s.State != Closed || !s.Opens.IsZero() || regular.Len() != 0 {
		t.Errorf("%+v, %d slots", s, regular.Len())
	}
	if d := calendar.Today(now); OpenAfter(h, cal, d, Evening) || AllDay(h, cal, d) {
		t.Error("open at night")
	}
}

func BenchmarkAt(b *testing.B) {
	h := every(Span{690, 840}, Span{1020, 1560})
	h.Special = []Special{{From: "2026-10-01", To: "2026-10-02"}, {From: "2027-02-05", To: "2027-02-08"}}
	cal := calendar.China()
	now := calendar.On(2026, 11, 24).At(930)
	for name, x := range map[string]Hours{"ordinary": h, "never closes": every(Span{0, 1440}), "never opens": {Known: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				At(x, cal, now)
			}
		})
	}
}

func TestTheLaterSpecialDayWins(t *testing.T) {
	h := with(every(Span{540, 600}), func(h *Hours) {
		h.Special = []Special{{From: "2026-11-20", To: "2026-11-30"}, {From: "2026-11-24", To: "2026-11-24", Spans: []Span{{1, 2}}, Note: lang.Text{Hans: "半天"}}}
	})
	d := DayOf(h, calendar.China(), calendar.On(2026, 11, 24))
	if len(d.Spans) != 1 || d.Note.Hans != "半天" || d.Reason != BySpecial {
		t.Errorf("%+v", d)
	}
}

func TestSince(t *testing.T) {
	split := every(Span{0, 120}, Span{1200, 1440}) // 20:00–2:00 typed as two spans
	for _, tc := range []struct {
		name, at, want string
		h              Hours
	}{
		{"the same day", "2026-11-24 10:00", "2026-11-24 09:00", every(Span{540, 1290})},
		{"past midnight", "2026-11-24 01:00", "2026-11-23 18:00", every(Span{1080, 1560})},
		{"two spans that meet at midnight", "2026-11-24 01:00", "2026-11-23 20:00", split},
		{"always", "2026-11-24 01:00", "", every(Span{0, 1440})},
		{"closed", "2026-11-24 05:00", "", split},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := stamp(At(tc.h, calendar.China(), at(t, tc.at)).Since); got != tc.want {
				t.Errorf("since %q, want %q", got, tc.want)
			}
		})
	}
}

func TestUnanswered(t *testing.T) {
	weekend := with(every(Span{540, 1080}), func(h *Hours) { h.Week[5], h.Week[6] = []Span{{600, 1200}}, []Span{{600, 1200}} })
	answered := with(weekend, func(h *Hours) {
		h.ByClass = map[string][]Span{"holiday": {{600, 1200}}, "makeup": {{540, 1080}}}
	})
	special := with(weekend, func(h *Hours) { h.Special = []Special{{From: "2026-10-01", To: "2026-10-10"}} })
	for _, tc := range []struct {
		name, date string
		h          Hours
		want       bool
	}{
		{"an ordinary day", "2026-11-24", weekend, false},
		{"a holiday", "2026-10-01", weekend, true},
		{"a holiday of a shop that is the same every day", "2026-10-01", every(Span{540, 1080}), true},
		{"a make-up day", "2026-10-10", weekend, true},
		{"a make-up day of a shop that is the same every day", "2026-10-10", every(Span{540, 1080}), false},
		{"a holiday answered for all", "2026-10-01", answered, false},
		{"a make-up day answered for all", "2026-10-10", answered, false},
		{"a holiday answered by a special day", "2026-10-01", special, false},
		{"unknown hours", "2026-10-01", Hours{}, false},
		{"1 October of a year not announced", "2027-10-01", weekend, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := calendar.ParseDate(tc.date)
			if err != nil {
				t.Fatal(err)
			}
			if got := DayOf(tc.h, calendar.China(), d).Unanswered; got != tc.want {
				t.Errorf("unanswered %v, want %v", got, tc.want)
			}
		})
	}
}

// walk says minute by minute whether a shop is open over some days, straight from the meaning of the words and without the
// code under test: each day marks its spans, whatever other days say.
func walk(h Hours, cal *calendar.Calendar, from calendar.Date, days int) []bool {
	open := make([]bool, days*day)
	for d := from - 2; d < from+calendar.Date(days); d++ {
		spans := h.Week[d.FromMonday()]
		if s, ok := h.ByClass["rest"]; ok && d.FromMonday() >= 5 {
			spans = s
		}
		if s, ok := h.ByClass[string(cal.Class(d))]; ok {
			spans = s
		}
		for _, s := range h.Special {
			if iso := d.String(); s.From <= iso && iso <= s.To {
				spans = s.Spans
			}
		}
		if p := h.Pause; p != nil && p.From <= d.String() && (p.Until == "" || d.String() <= p.Until) {
			spans = nil
		}
		for _, s := range spans {
			for m := s.Open; m < s.Close; m++ {
				if i := int(d-from)*day + m; i >= 0 && i < len(open) {
					open[i] = true
				}
			}
		}
	}
	return open
}

// fortnights begin so that holidays and make-up days lie inside them: Spring Festival and National Day.
var fortnights = []calendar.Date{calendar.On(2026, 2, 12), calendar.On(2026, 9, 20), calendar.On(2026, 9, 29), calendar.On(2024, 2, 4), calendar.On(2027, 3, 1)}

func TestAgreesWithAMinuteWalk(t *testing.T) {
	cal := calendar.China()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(fortnights).Draw(t, "from")
		h := drawHours(t, from)
		const days = 14
		open := walk(h, cal, from, days+2)
		second := time.Duration(rapid.IntRange(0, 59).Draw(t, "second")) * time.Second
		for i := rapid.IntRange(0, 60).Draw(t, "minute"); i < days*day; i += 61 {
			now := from.At(i).Add(second)
			s := At(h, cal, now)
			if s.IsOpen() != open[i] {
				t.Fatalf("%s: %s, want open %v: %+v", now, s.State, open[i], h)
			}
			change := i + 1
			for change < len(open) && open[change] == open[i] {
				change++
			}
			got, ok := NextChange(h, cal, now)
			if change < len(open) && (!ok || !got.Equal(from.At(change))) {
				t.Fatalf("%s: next change %s, want %s: %+v", now, got, from.At(change), h)
			}
			if change == len(open) && ok && got.Before(from.At(change)) {
				t.Fatalf("%s: next change %s, but nothing changes until %s: %+v", now, got, from.At(change), h)
			}
			if ok && (open[i] && !s.Until.Equal(got) || !open[i] && !s.Opens.Equal(got)) {
				t.Fatalf("%s: status %+v and next change %s disagree", now, s, got)
			}
			if soon := s.State == ClosingSoon; open[i] && change < len(open) && soon != (from.At(change).Sub(now) <= SoonMinutes*time.Minute) {
				t.Fatalf("%s: %s, closing at %s", now, s.State, from.At(change))
			}
		}
	})
}

// drawHours draws known hours that Validate accepts apart from collisions over midnight, with special days and a pause around
// a date.
func drawHours(t *rapid.T, around calendar.Date) Hours {
	h := Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = drawSpans(t)
	}
	if rapid.Bool().Draw(t, "by class") {
		h.ByClass = map[string][]Span{}
		for _, class := range []string{"rest", "holiday", "makeup"} {
			if rapid.Bool().Draw(t, class) {
				h.ByClass[class] = drawSpans(t)
			}
		}
	}
	next := around - 3
	for range rapid.IntRange(0, 3).Draw(t, "specials") {
		from := next + calendar.Date(rapid.IntRange(0, 5).Draw(t, "gap"))
		to := from + calendar.Date(rapid.IntRange(0, 3).Draw(t, "length"))
		s := Special{From: from.String(), To: to.String(), Spans: drawSpans(t)}
		s.Note.Hans = rapid.SampledFrom([]string{"", "国庆", "盘点", "员工旅游，次日照常"}).Draw(t, "note")
		h.Special = append(h.Special, s)
		next = to + 2
		if len(s.Spans) == 0 {
			next = to + 7
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "pause") == 0 {
		from := around + calendar.Date(rapid.IntRange(-20, 12).Draw(t, "pause from"))
		h.Pause = &Pause{From: from.String()}
		if rapid.Bool().Draw(t, "ends") {
			h.Pause.Until = (from + calendar.Date(rapid.IntRange(6, 20).Draw(t, "pause length"))).String()
		}
		h.Pause.Note.Hans = rapid.SampledFrom([]string{"", "装修"}).Draw(t, "pause note")
	}
	return h
}

func drawSpans(t *rapid.T) []Span {
	spans := []Span{}
	from := 0
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		if from >= day {
			break
		}
		open := rapid.IntRange(from, min(from+600, day-1)).Draw(t, "open")
		longest := min(open+day, LastClose)
		if open > 0 {
			longest = min(longest, open+1000)
		}
		s := Span{open, rapid.IntRange(open+1, longest).Draw(t, "close")}
		if rapid.IntRange(0, 5).Draw(t, "all day") == 0 && open == 0 {
			s.Close = day
		}
		spans = append(spans, s)
		from = s.Close
	}
	return spans
}
