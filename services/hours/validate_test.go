package hours

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

func TestValidateAccepts(t *testing.T) {
	for name, h := range map[string]Hours{
		"nothing":                       {},
		"all day":                       every(Span{0, 1440}),
		"past midnight up to the next":  with(every(Span{600, 1440}), func(h *Hours) { h.Week[4] = []Span{{600, 2040}}; h.Week[5] = []Span{{600, 1440}} }),
		"three spans that touch":        every(Span{360, 540}, Span{540, 840}, Span{1020, 1560}),
		"six closed days":               {Special: []Special{{From: "2026-10-01", To: "2026-10-06"}}},
		"many open days":                {Special: []Special{{From: "2026-06-01", To: "2026-08-31", Spans: []Span{{480, 1200}}}}},
		"closed, open and closed again": {Special: []Special{{From: "2026-10-01", To: "2026-10-06"}, {From: "2026-10-08", To: "2026-10-12"}}},
		"a pause of a day":              {Pause: &Pause{From: "2026-10-01", Until: "2026-10-01"}},
		"a pause without an end":        {Pause: &Pause{From: "2026-10-01"}},
		"classes":                       {Known: true, ByClass: map[string][]Span{"holiday": {}, "makeup": {{540, 1020}}, "rest": {}, "weekday": {}}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Validate(h); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidateRefuses(t *testing.T) {
	tuesday := func(spans ...Span) Hours {
		h := Hours{Known: true}
		h.Week[1] = spans
		return h
	}
	closed := func(dates ...string) Hours {
		var h Hours
		for i := 0; i < len(dates); i += 2 {
			h.Special = append(h.Special, Special{From: dates[i], To: dates[i+1]})
		}
		return h
	}
	for _, tc := range []struct {
		name string
		h    Hours
		want string // name, key and arguments in order of their names
	}{
		{"closing before opening", tuesday(Span{540, 480}), "week.1 hours.order map[close:8:00 later:20:00 next_day:32:00 open:9:00 weekday:1]"},
		{"closing in the evening typed as the morning", tuesday(Span{660, 570}), "week.1 hours.order map[close:9:30 later:21:30 next_day:33:30 open:11:00 weekday:1]"},
		{"closing in the afternoon before opening", tuesday(Span{1200, 840}), "week.1 hours.order map[close:14:00 open:20:00 weekday:1]"},
		{"no time at all", tuesday(Span{540, 540}), "week.1 hours.order map[close:9:00 later:21:00 next_day:33:00 open:9:00 weekday:1]"},
		{"opening below zero", tuesday(Span{-1, 480}), "week.1 hours.range"},
		{"opening tomorrow", tuesday(Span{1440, 1500}), "week.1 hours.range"},
		{"closing after noon of tomorrow", tuesday(Span{1200, 2161}), "week.1 hours.range"},
		{"more than 24 hours", tuesday(Span{540, 1981}), "week.1 hours.range"},
		{"spans that overlap", tuesday(Span{540, 780}, Span{720, 1080}), "week.1 hours.overlap map[close:18:00 open:12:00 other_close:13:00 other_open:9:00 weekday:1]"},
		{"spans out of order", tuesday(Span{780, 1080}, Span{540, 720}), "week.1 hours.overlap"},
		{"four spans", tuesday(Span{1, 2}, Span{3, 4}, Span{5, 6}, Span{7, 8}), "week.1 hours.too_many map[max:3 weekday:1]"},
		{"Sunday night into Monday", func() Hours {
			h := Hours{Known: true}
			h.Week[6], h.Week[0] = []Span{{1080, 1860}}, []Span{{360, 600}}
			return h
		}(), "week.6 hours.next_day map[close:31:00 open:18:00 other_close:10:00 other_open:6:00 weekday:6]"},
		{"a class there is none of", Hours{ByClass: map[string][]Span{"feast": {}}}, "class hours.class map[class:feast]"},
		{"a class with a wrong span", Hours{ByClass: map[string][]Span{"holiday": {{600, 540}}}}, "class.holiday hours.order"},
		{"a special day with a wrong span", Hours{Special: []Special{{From: "2026-10-01", To: "2026-10-01", Spans: []Span{{600, 540}}}}}, "special.0 hours.order map[close:9:00 from:2026-10-01"},
		{"a special day that is no date", closed("2026-10-01", "2026-02-30"), "special.0 hours.dates map[from:2026-10-01 to:2026-02-30]"},
		{"a special day that ends before it begins", closed("2026-10-02", "2026-10-01"), "special.0 hours.dates"},
		{"two special days on a date", closed("2026-10-01", "2026-10-02", "2026-10-02", "2026-10-03"), "special.1 hours.twice map[from:2026-10-02 to:2026-10-03]"},
		{"seven closed days", closed("2026-10-01", "2026-10-07"), "special.0 hours.long map[from:2026-10-01 max:6 to:2026-10-07]"},
		{"seven closed days in pieces", closed("2026-10-04", "2026-10-07", "2026-10-01", "2026-10-03"), "special.1 hours.long map[from:2026-10-01 max:6 to:2026-10-07]"},
		{"more special days than a year has", Hours{Special: []Special{{From: "2026-01-01", To: "2027-12-31", Spans: []Span{{540, 600}}}}}, "special.0 hours.too_many_specials map[max:400]"},
		{"more special days than anybody keeps", Hours{Special: make([]Special, 101)}, "special hours.too_many_specials map[max:100]"},
		{"a pause that is no date", Hours{Pause: &Pause{From: "soon"}}, "pause hours.dates map[from:soon to:]"},
		{"a pause that ends at no date", Hours{Pause: &Pause{From: "2026-10-01", Until: "later"}}, "pause hours.dates"},
		{"a pause that ends before it begins", Hours{Pause: &Pause{From: "2026-10-02", Until: "2026-10-01"}}, "pause hours.dates"},
		{"a long text", Hours{Text: strings.Repeat("长", 342)}, "text hours.text map[max:1024]"},
		{"a broken text", Hours{Text: "\xff"}, "text hours.text"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := field(t, Validate(tc.h))
			if got := fmt.Sprint(f.Name, " ", f.Key, " ", f.Args); !strings.HasPrefix(got, tc.want) {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestValidateNamesEveryMistake(t *testing.T) {
	h := every(Span{540, 480})
	h.Pause = &Pause{}
	if e, ok := errors.AsType[*fault.Error](Validate(h)); !ok || len(e.Fields) != 8 {
		t.Errorf("not eight fields: %v", e)
	}
}

func TestMinute(t *testing.T) {
	for m, want := range map[Minute]struct {
		text, clock string
		next        bool
	}{0: {"0:00", "0:00", false}, 570: {"9:30", "9:30", false}, 1439: {"23:59", "23:59", false}, 1440: {"24:00", "24:00", false}, 1441: {"24:01", "0:01", true}, 1560: {"26:00", "2:00", true}} {
		clock, next := m.Clock()
		if m.String() != want.text || clock != want.clock || next != want.next {
			t.Errorf("%d: %s, %s %v", int(m), m, clock, next)
		}
	}
}

func TestJSONHasNoNullLists(t *testing.T) {
	h := Hours{Known: true, ByClass: map[string][]Span{"holiday": nil}, Special: []Special{{From: "2026-10-01", To: "2026-10-01", Note: lang.Text{Hans: "国庆"}}}}
	for _, x := range []Hours{{}, h} {
		b := marshal(t, x)
		if strings.Contains(b, "null") {
			t.Error(b)
		}
	}
	if h.ByClass["holiday"] != nil || h.Special[0].Spans != nil {
		t.Error("writing changed what was written")
	}
}
