package search

import (
	"slices"
	"testing"
	"time"
)

func TestSlots(t *testing.T) {
	for name, x := range map[string]struct {
		day, open, close int
		want             []int
	}{
		"an hour on Monday":             {0, 9 * 60, 10 * 60, []int{18, 19}},
		"closing excludes its own slot": {0, 21*60 + 30, 22 * 60, []int{43}},
		"open at a slot's start only":   {0, 9*60 + 10, 9*60 + 40, []int{19}},
		"no slot begins in it":          {0, 9*60 + 10, 9*60 + 20, []int{}},
		"past midnight":                 {0, 23 * 60, 25 * 60, []int{46, 47, 48, 49}},
		"Sunday into Monday":            {6, 23*60 + 30, 24*60 + 30, []int{0, 335}},
	} {
		var s Slots
		s.AddSpan(x.day, x.open, x.close)
		if got := s.List(); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	var all Slots
	all.AddSpan(0, 0, 1<<30)
	if len(all.List()) != SlotCount || all.Has(-1) || all.Has(SlotCount) {
		t.Errorf("all day every day has %d slots", len(all.List()))
	}
}

func TestSlotAt(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for when, want := range map[string]int{"2026-11-23T00:00": 0, "2026-11-23T22:29": 44, "2026-11-29T23:59": 335, "2026-11-24T00:00": 48} {
		at, err := time.ParseInLocation("2006-01-02T15:04", when, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if got := SlotAt(at); got != want {
			t.Errorf("%s is in slot %d, want %d", when, got, want)
		}
	}
}
