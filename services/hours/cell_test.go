package hours

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/services/calendar"
)

func TestCell(t *testing.T) {
	for cell, want := range map[string][]Span{
		"x":                        {},
		"X ":                       {},
		"09:00-17:00":              {{540, 1020}},
		" 9:00 - 17:00 ":           {{540, 1020}},
		"11:30-14:00, 17:00-22:00": {{690, 840}, {1020, 1320}},
		"11:30-14:00,17:00-02:00":  {{690, 840}, {1020, 1560}},
		"00:00-24:00":              {{0, 1440}},
		"9：00～17：00":               {{540, 1020}},
		"9:00 至 17:00":             {{540, 1020}},
		"11:30–14:00；17:00—22:00":  {{690, 840}, {1020, 1320}},
		"11:30-14:00、17:00-22:00":  {{690, 840}, {1020, 1320}},
		"休息":                       {},
		" 休":                       {},
	} {
		got, err := ParseCell(cell)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: got %v %v, want %v", cell, got, err, want)
		}
	}
	for cell, want := range map[string]struct {
		key string
		pos int
	}{
		"":                         {"hours.parse.empty", 1},
		"closed":                   {"hours.parse.unexpected", 1},
		"09:00":                    {"hours.parse.unexpected", 6},
		"09:00-17:00 x":            {"hours.parse.unexpected", 13},
		"09:00-17:00,":             {"hours.parse.unexpected", 12},
		"9:5-17:00":                {"hours.parse.time", 1},
		"9：00～17：00，下午":            {"hours.parse.unexpected", 11},
		"休息日":                      {"hours.parse.unexpected", 3},
		"09:00-12:00, 11:00-14:00": {"hours.parse.time", 14},
	} {
		_, err := ParseCell(cell)
		if f := field(t, err); f.Key != want.key || f.Args["pos"] != want.pos {
			t.Errorf("%q: got %s %v, want %s at %d", cell, f.Key, f.Args, want.key, want.pos)
		}
	}
}

func TestCellsAreBounded(t *testing.T) {
	if _, err := ParseCell(strings.Repeat(" ", MaxText+1)); field(t, err).Key != "hours.parse.long" {
		t.Errorf("a long cell: %v", err)
	}
	if _, err := ParseSpecialCell(strings.Repeat(" ", maxSpecialCell+1)); field(t, err).Key != "hours.parse.long" {
		t.Errorf("a long cell: %v", err)
	}
	longest := Special{From: "2026-01-01", To: "2027-02-04", Spans: []Span{{600, 700}, {701, 800}, {801, 900}}}
	h := Hours{Known: true, Special: []Special{longest}}
	cell := FormatSpecialCell(h.Special)
	got, err := ParseSpecialCell(cell)
	if Validate(h) != nil || err != nil || len(got) != 1 {
		t.Errorf("%d bytes of the most special days allowed: %v %v", len(cell), Validate(h), err)
	}
}

func TestCellRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans := drawSpans(t)
		got, err := ParseCell(FormatCell(spans))
		if err != nil || !cmp.Equal(got, spans) {
			t.Fatalf("%q: got %v %v, want %v", FormatCell(spans), got, err, spans)
		}
	})
}

func TestSpecialCell(t *testing.T) {
	for cell, want := range map[string][]Special{
		"": {},
		"2025-12-31: 05:00-23:00, 2026-01-01: x": {
			{From: "2025-12-31", To: "2025-12-31", Spans: []Span{{300, 1380}}}, {From: "2026-01-01", To: "2026-01-01", Spans: []Span{}},
		},
		"2026-10-01: x,2026-10-02:x, 2026-10-04: x": {
			{From: "2026-10-01", To: "2026-10-02", Spans: []Span{}}, {From: "2026-10-04", To: "2026-10-04", Spans: []Span{}},
		},
		"2026-10-01：休息；2026-10-02：9：00～17：00": {
			{From: "2026-10-01", To: "2026-10-01", Spans: []Span{}}, {From: "2026-10-02", To: "2026-10-02", Spans: []Span{{540, 1020}}},
		},
		"2026-10-01: 11:00-14:00, 17:00-02:00, 2026-10-02: 11:00-14:00, 2026-10-02: 17:00-26:00": {
			{From: "2026-10-01", To: "2026-10-02", Spans: []Span{{660, 840}, {1020, 1560}}},
		},
	} {
		got, err := ParseSpecialCell(cell)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v %s", cell, err, cmp.Diff(want, got))
		}
	}
	for cell, want := range map[string]struct {
		key string
		pos int
	}{
		"2026-02-30: x":                     {"hours.parse.date", 1},
		"tomorrow: x":                       {"hours.parse.date", 1},
		"2026-10-01 x":                      {"hours.parse.unexpected", 12},
		"2026-10-01:":                       {"hours.parse.empty", 12},
		"2026-10-01: x / 2026-10-02: x":     {"hours.parse.unexpected", 15},
		"2026-10-02: x, 2026-10-01: x":      {"hours.parse.date", 16},
		"2026-10-01: x, 2026-10-01: x":      {"hours.parse.date", 16},
		"2026-10-01: 9-17":                  {"hours.parse.time", 13},
		"2026-10-01: 09:00-12:00, 20261002": {"hours.parse.time", 26},
	} {
		_, err := ParseSpecialCell(cell)
		if f := field(t, err); f.Key != want.key || f.Args["pos"] != want.pos {
			t.Errorf("%q: got %s %v, want %s at %d", cell, f.Key, f.Args, want.key, want.pos)
		}
	}
}

func TestSpecialCellRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t, calendar.On(2026, 2, 12))
		for i := range h.Special { // the cell has no place for a note
			h.Special[i].Note.Hans = ""
		}
		got, err := ParseSpecialCell(FormatSpecialCell(h.Special))
		if err != nil || FormatSpecialCell(got) != FormatSpecialCell(h.Special) {
			t.Fatalf("%q: %v", FormatSpecialCell(h.Special), err)
		}
		if !(Hours{Special: got}).Equal(Hours{Special: h.Special}) {
			t.Fatalf("%q: %s", FormatSpecialCell(h.Special), cmp.Diff(h.Special, got))
		}
	})
}

func FuzzCell(f *testing.F) {
	f.Add("11:30-14:00, 17:00-22:00", "2025-12-31: 05:00-23:00, 2026-01-01: x")
	f.Fuzz(func(t *testing.T, cell, special string) {
		if spans, err := ParseCell(cell); err == nil {
			if again, err := ParseCell(FormatCell(spans)); err != nil || !cmp.Equal(again, spans) {
				t.Fatalf("%q became %q", cell, FormatCell(spans))
			}
		}
		if days, err := ParseSpecialCell(special); err == nil {
			if again, err := ParseSpecialCell(FormatSpecialCell(days)); err != nil || !cmp.Equal(again, days) {
				t.Fatalf("%q became %q", special, FormatSpecialCell(days))
			}
		}
	})
}
