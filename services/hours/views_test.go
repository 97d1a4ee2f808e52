package hours

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/calendar"
)

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t, calendar.On(2026, 9, 24))
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var back Hours
		if err := json.Unmarshal(b, &back); err != nil || !back.Equal(h) {
			t.Fatalf("%s: %v", b, err)
		}
	})
}

func TestEqual(t *testing.T) {
	base := func() Hours {
		h := every(Span{540, 1080})
		h.ByClass = map[string][]Span{"holiday": {}}
		h.Special = []Special{{From: "2026-10-01", To: "2026-10-01"}}
		h.Pause = &Pause{From: "2026-11-01"}
		return h
	}
	for name, change := range map[string]func(*Hours){
		"known":           func(h *Hours) { h.Known = false },
		"text":            func(h *Hours) { h.Text = "x" },
		"a weekday":       func(h *Hours) { h.Week[3] = nil },
		"a class":         func(h *Hours) { h.ByClass = map[string][]Span{"makeup": {}} },
		"more classes":    func(h *Hours) { h.ByClass = nil },
		"a class's spans": func(h *Hours) { h.ByClass = map[string][]Span{"holiday": {{1, 2}}} },
		"no pause":        func(h *Hours) { h.Pause = nil },
		"the pause":       func(h *Hours) { h.Pause = &Pause{From: "2026-11-02"} },
		"a note":          func(h *Hours) { h.Special[0].Note.En = "x" },
		"special days":    func(h *Hours) { h.Special = nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := base()
			change(&h)
			if h.Equal(base()) || !base().Equal(base()) {
				t.Error("the change is not seen")
			}
		})
	}
	if !(Hours{Special: []Special{}}).Equal(Hours{}) {
		t.Error("an empty list differs from none")
	}
}

func TestSummary(t *testing.T) {
	shop := every(Span{540, 1290})
	late := []Span{{600, 1320}}
	for _, tc := range []struct {
		name, want string
		h          Hours
	}{
		{"unknown", `[]`, Hours{}},
		{"the same every day", `[{"pattern":"every_day","days":[{"from":0,"to":6}],"classes":[],"spans":[{"open":540,"close":1290}]}]`, shop},
		{
			"working days and weekend, answered for all",
			`[{"pattern":"work_days","days":[{"from":0,"to":4}],"classes":["makeup"],"spans":[{"open":540,"close":1290}]},` +
				`{"pattern":"weekend","days":[{"from":5,"to":6}],"classes":["holiday"],"spans":[{"open":600,"close":1320}]}]`,
			with(shop, func(h *Hours) {
				h.ByClass = map[string][]Span{"rest": late, "makeup": {{540, 1290}}, "holiday": late}
			}),
		},
		{
			"Sunday to Thursday",
			`[{"pattern":"some_days","days":[{"from":6,"to":3}],"classes":[],"spans":[{"open":540,"close":1290}]},` +
				`{"pattern":"some_days","days":[{"from":4,"to":5}],"classes":[],"spans":[{"open":600,"close":1320}]}]`,
			with(shop, func(h *Hours) { h.Week[4], h.Week[5] = late, late }),
		},
		{
			"closed on holidays only",
			`[{"pattern":"every_day","days":[{"from":0,"to":6}],"classes":[],"spans":[{"open":540,"close":1290}]},` +
				`{"pattern":"no_days","days":[],"classes":["holiday"],"spans":[]}]`,
			with(shop, func(h *Hours) { h.ByClass = map[string][]Span{"holiday": nil} }),
		},
		{
			"closed on Tuesday and Thursday",
			`[{"pattern":"some_days","days":[{"from":4,"to":0},{"from":2,"to":2}],"classes":[],"spans":[{"open":540,"close":1290}]},` +
				`{"pattern":"some_days","days":[{"from":1,"to":1},{"from":3,"to":3}],"classes":[],"spans":[]}]`,
			with(shop, func(h *Hours) { h.Week[1], h.Week[3] = nil, nil }),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := marshal(t, Summary(tc.h)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestSpecifications(t *testing.T) {
	office := with(every(Span{540, 1080}), func(h *Hours) { h.Week[5], h.Week[6] = nil, nil })
	for _, tc := range []struct {
		name, want string
		h          Hours
	}{
		{"unknown", `[]`, Hours{}},
		{
			"Monday and Tuesday, two spans, past midnight",
			`[{"@type":"OpeningHoursSpecification","dayOfWeek":["https://schema.org/Monday","https://schema.org/Tuesday"],"opens":"11:00","closes":"14:00"},` +
				`{"@type":"OpeningHoursSpecification","dayOfWeek":["https://schema.org/Monday","https://schema.org/Tuesday"],"opens":"17:00","closes":"02:00"}]`,
			Hours{Known: true, Week: [7][]Span{{{660, 840}, {1020, 1560}}, {{660, 840}, {1020, 1560}}}},
		},
		{
			"all day", `[{"@type":"OpeningHoursSpecification","dayOfWeek":["https://schema.org/Sunday"],"opens":"00:00","closes":"23:59"}]`,
			Hours{Known: true, Week: [7][]Span{6: {{0, 1440}}}},
		},
		{
			"24 hours from ten", `[{"@type":"OpeningHoursSpecification","dayOfWeek":["https://schema.org/Sunday"],"opens":"10:00","closes":"09:59"}]`,
			Hours{Known: true, Week: [7][]Span{6: {{600, 2040}}}},
		},
		{
			"to midnight", `[{"@type":"OpeningHoursSpecification","dayOfWeek":["https://schema.org/Sunday"],"opens":"10:00","closes":"00:00"}]`,
			Hours{Known: true, Week: [7][]Span{6: {{600, 1440}}}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := marshal(t, Specifications(tc.h)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
	special := with(office, func(h *Hours) {
		h.ByClass = map[string][]Span{"makeup": {{540, 1080}}, "holiday": {}}
		h.Special = []Special{{From: "2026-10-02", To: "2026-10-02", Spans: []Span{{600, 720}}}, {From: "2026-10-05", To: "2026-10-05"}}
		h.Pause = &Pause{From: "2026-10-13", Until: "2026-10-13"}
	})
	// 3 and 4 October are a weekend: closed as always.
	want := `[{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-10-01","validThrough":"2026-10-01"},` +
		`{"@type":"OpeningHoursSpecification","opens":"10:00","closes":"12:00","validFrom":"2026-10-02","validThrough":"2026-10-02"},` +
		`{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-10-05","validThrough":"2026-10-05"},` +
		`{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-10-06","validThrough":"2026-10-06"},` +
		`{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-10-07","validThrough":"2026-10-07"},` +
		`{"@type":"OpeningHoursSpecification","opens":"09:00","closes":"18:00","validFrom":"2026-10-10","validThrough":"2026-10-10"},` +
		`{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-10-13","validThrough":"2026-10-13"}]`
	if got := marshal(t, SpecialSpecifications(special, calendar.China(), date(t, "2026-09-29"), 20)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := SpecialSpecifications(Hours{}, calendar.China(), date(t, "2026-09-29"), 20); got == nil || len(got) > 0 {
		t.Errorf("unknown hours: %v", got)
	}
}

func TestOpenAfter(t *testing.T) {
	tuesday := date(t, "2026-11-24")
	for _, tc := range []struct {
		name                     string
		h                        Hours
		seven, ten, twelve, full bool
	}{
		{"a shop to seven", every(Span{540, 1140}), false, false, false, false},
		{"a shop to half past seven", every(Span{540, 1170}), true, false, false, false},
		{"a shop to ten", every(Span{540, 1320}), true, false, false, false},
		{"a bar from eight to two", every(Span{1200, 1560}), true, true, true, false},
		{"to midnight", every(Span{540, 1440}), true, true, false, false},
		{"a night typed as two spans", every(Span{0, 120}, Span{1200, 1440}), true, true, true, false},
		{"breakfast from half past four", every(Span{270, 600}), false, false, false, false},
		{"all day", every(Span{0, 1440}), true, true, true, true},
		{"all day typed as two spans", every(Span{0, 720}, Span{720, 1440}), true, true, true, true},
		{"24 hours from ten", every(Span{600, 2040}), true, true, true, true},
		{"unknown", Hours{}, false, false, false, false},
		{"on a special day", with(every(Span{540, 1080}), func(h *Hours) {
			h.Special = []Special{{From: "2026-11-24", To: "2026-11-24", Spans: []Span{{540, 1500}}}}
		}), true, true, true, false},
		{"in a pause", with(every(Span{0, 1440}), func(h *Hours) { h.Pause = &Pause{From: "2026-11-20"} }), false, false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cal := calendar.China()
			got := [4]bool{OpenAfter(tc.h, cal, tuesday, Evening), OpenAfter(tc.h, cal, tuesday, Night), OpenAfter(tc.h, cal, tuesday, Midnight), AllDay(tc.h, cal, tuesday)}
			if want := [4]bool{tc.seven, tc.ten, tc.twelve, tc.full}; got != want {
				t.Errorf("19, 22, 24, all day: %v, want %v", got, want)
			}
		})
	}
}

func TestStale(t *testing.T) {
	for _, tc := range []struct {
		name, confirmed, now string
		want                 bool
	}{
		{"never", "", "2026-11-24 12:00", true},
		{"today", "2026-11-24", "2026-11-24 12:00", false},
		{"179 days ago", "2026-05-29", "2026-11-24 23:59", false},
		{"180 days ago", "2026-05-28", "2026-11-24 00:00", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Stale(tc.confirmed, at(t, tc.now)); got != tc.want {
				t.Errorf("stale %v", got)
			}
		})
	}
}

func TestSlots(t *testing.T) {
	h := Hours{Known: true}
	h.Week[0] = []Span{{1290, 1320}} // 21:30–22:00
	h.Week[1] = []Span{{555, 575}}   // 9:15–9:35
	h.Week[2] = []Span{{571, 599}}   // begins after 9:30
	h.Week[6] = []Span{{1380, 1530}} // Sunday 23:00 to Monday 1:30
	want := "[0,1,2,43," + "67," + "334,335]"
	s := RegularSlots(h)
	if got := marshal(t, s.List()); got != want || s.Len() != 7 || !s.Has(SlotAt(6, 1410)) || s.Has(SlotAt(0, 1320)) {
		t.Errorf("got %s, want %s", got, want)
	}
	unknown := RegularSlots(Hours{Week: h.Week})
	if l := unknown.List(); l == nil || len(l) > 0 {
		t.Errorf("unknown hours have slots: %v", l)
	}
}

func TestSlotsAgreeWithAt(t *testing.T) {
	cal := calendar.China()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t, calendar.On(2026, 9, 29))
		h.Week[6], h.ByClass, h.Special, h.Pause = nil, nil, nil, nil // Sunday's night would be the Sunday's before
		monday := calendar.On(2027, 3, 1)
		regular, of := RegularSlots(h), SlotsOf(h, cal, monday+3)
		for i := range SlotCount {
			if open := At(h, cal, monday.At(i*30)).IsOpen(); regular.Has(i) != open || of.Has(i) != open {
				t.Fatalf("slot %d: regular %v, of the week %v, open %v: %+v", i, regular.Has(i), of.Has(i), open, h)
			}
		}
	})
}

func TestSlotsOfTheWeek(t *testing.T) {
	h := with(every(Span{540, 600}), func(h *Hours) {
		h.ByClass = map[string][]Span{"holiday": {}}
		h.Special = []Special{{From: "2026-10-02", To: "2026-10-02", Spans: []Span{{720, 780}}}}
		h.Pause = &Pause{From: "2026-09-29", Until: "2026-09-29"}
	})
	s := SlotsOf(h, calendar.China(), date(t, "2026-10-04"))
	if got, want := marshal(t, s.List()), "[18,19,114,115,216,217]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	closed := ClosedOn(h, calendar.China(), date(t, "2026-09-28"), 7)
	if got, want := marshal(t, closed), `["2026-09-29","2026-10-01","2026-10-03","2026-10-04"]`; got != want {
		t.Errorf("closed on %s, want %s", got, want)
	}
	if got := ClosedOn(Hours{Week: every(Span{540, 600}).Week}, calendar.China(), date(t, "2026-09-28"), 7); got == nil || len(got) > 0 {
		t.Errorf("unknown hours are closed on %v", got)
	}
}

// What a shop says of all public holidays and all make-up days; what it has not said is never taken from the week.
func TestClassDays(t *testing.T) {
	always, sundays := every(Span{540, 1080}), every(Span{540, 1080})
	sundays.Week[6] = nil
	with := func(h Hours, classes map[string][]Span) Hours {
		h.ByClass = classes
		return h
	}
	for name, tt := range map[string]struct {
		h    Hours
		want string
	}{
		"unknown":                           {Hours{}, ""},
		"always the same, nothing said":     {always, "holiday [] false true"},
		"closed on Sundays, nothing said":   {sundays, "holiday [] false true; makeup [] false true"},
		"closed on holidays":                {with(always, map[string][]Span{"holiday": {}}), "holiday [] false false"},
		"as always":                         {with(always, map[string][]Span{"holiday": {{540, 1080}}}), "holiday [{540 1080}] true false"},
		"no day is the usual one":           {with(sundays, map[string][]Span{"holiday": {{540, 1080}}, "makeup": {{600, 720}}}), "holiday [{540 1080}] false false; makeup [{600 720}] false false"},
		"working days and weekends are not": {with(always, map[string][]Span{"weekday": {{600, 720}}, "rest": {{600, 720}}, "holiday": {{600, 720}}}), "holiday [{600 720}] true false"},
	} {
		got := []string{}
		for _, d := range ClassDays(tt.h) {
			got = append(got, fmt.Sprintf("%s %v %t %t", d.Class, d.Spans, d.Usual, d.Unanswered))
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
}
