package ui

import (
	"testing"
	"time"

	"shangquan/services/lang"
)

var zone = time.FixedZone("CST", 8*3600)

// now is a Thursday.
var now = time.Date(2026, 10, 15, 19, 20, 0, 0, zone)

func TestClock(t *testing.T) {
	for want, at := range map[string]time.Time{
		"9:30": time.Date(2026, 1, 1, 9, 30, 0, 0, zone), "21:05": time.Date(2026, 1, 1, 21, 5, 59, 0, zone), "0:00": time.Date(2026, 1, 1, 0, 0, 0, 0, zone),
	} {
		if got := Clock(at); got != want {
			t.Errorf("Clock(%v) = %q, want %q", at, got, want)
		}
	}
}

func TestRange(t *testing.T) {
	for _, tt := range []struct {
		l             lang.Tag
		open, closing int
		want          string
	}{
		{lang.Hans, 390, 840, "6:30–14:00"},
		{lang.Hans, 0, 1440, "0:00–24:00"},
		{lang.Hans, 1320, 1560, "22:00–次日 2:00"},
		{lang.En, 1320, 1560, "22:00–2:00 next day"},
		{lang.Hant, 1020, 1500, "17:00–次日 1:00"},
	} {
		if got := Range(tt.l, tt.open, tt.closing); got != tt.want {
			t.Errorf("Range(%s, %d, %d) = %q, want %q", tt.l, tt.open, tt.closing, got, tt.want)
		}
	}
}

func TestDates(t *testing.T) {
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 8, 0, 0, 0, zone) }
	for _, tt := range []struct {
		name                      string
		l                         lang.Tag
		at                        time.Time
		date, short, day, soonest string
	}{
		{"today", lang.Hans, on(2026, 10, 15), "10 月 15 日（周四）", "10 月 15 日", "今天", "今天"},
		{"tomorrow", lang.Hans, on(2026, 10, 16), "10 月 16 日（周五）", "10 月 16 日", "明天", "明天"},
		{"in two days", lang.Hant, on(2026, 10, 17), "10 月 17 日（週六）", "10 月 17 日", "後天", "後天"},
		{"in two days in English", lang.En, on(2026, 10, 17), "Sat 17 October", "17 October", "Sat 17 October", "Sat"},
		{"within a week", lang.Hans, on(2026, 10, 21), "10 月 21 日（周三）", "10 月 21 日", "10 月 21 日（周三）", "周三"},
		{"a week on", lang.Hans, on(2026, 10, 22), "10 月 22 日（周四）", "10 月 22 日", "10 月 22 日（周四）", "10 月 22 日"},
		{"yesterday", lang.Hans, on(2026, 10, 14), "10 月 14 日（周三）", "10 月 14 日", "10 月 14 日（周三）", "10 月 14 日"},
		{"next year", lang.Hans, on(2027, 1, 1), "2027 年 1 月 1 日（周五）", "2027 年 1 月 1 日", "2027 年 1 月 1 日（周五）", "2027 年 1 月 1 日"},
		{"next year in English", lang.En, on(2027, 1, 1), "Fri 1 January 2027", "1 January 2027", "Fri 1 January 2027", "1 January 2027"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, g := range []struct{ what, got, want string }{
				{"Date", Date(tt.l, tt.at, now), tt.date},
				{"ShortDate", ShortDate(tt.l, tt.at, now), tt.short},
				{"Day", Day(tt.l, tt.at, now), tt.day},
				{"Soonest", Soonest(tt.l, tt.at, now), tt.soonest},
			} {
				if g.got != g.want {
					t.Errorf("%s = %q, want %q", g.what, g.got, g.want)
				}
			}
		})
	}
	if got := Day(lang.Hans, time.Date(2026, 10, 16, 0, 0, 0, 0, zone), time.Date(2026, 10, 15, 23, 59, 0, 0, zone)); got != "明天" {
		t.Errorf("a minute past midnight is %q, want 明天", got)
	}
}
