package ui

import (
	"fmt"
	"strconv"
	"time"

	"shangquan/services/lang"
)

// The formats of dates and times (design T7, T8): 24-hour without a leading zero, the year only when it is not this year,
// 今天、明天、后天 within two days. All work in the location the time carries.

var (
	weekdaysHans = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	weekdaysHant = [...]string{"週日", "週一", "週二", "週三", "週四", "週五", "週六"}
	near         = map[lang.Tag][3]string{
		lang.Hans: {"今天", "明天", "后天"},
		lang.Hant: {"今天", "明天", "後天"},
		lang.En:   {"today", "tomorrow", ""},
	}
)

// Clock returns the time of day: 9:30, 21:05, 0:00.
func Clock(t time.Time) string { return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute()) }

// ClockMinutes returns minutes after midnight as a time of day; past 24:00 it says so: 次日 1:00, 1:00 next day.
func ClockMinutes(l lang.Tag, m int) string {
	if m == 24*60 {
		return "24:00"
	}
	c := fmt.Sprintf("%d:%02d", m/60%24, m%60)
	switch {
	case m < 24*60:
		return c
	case l == lang.En:
		return c + " next day"
	default:
		return "次日 " + c
	}
}

// Range returns a range of times for tables and lists, with an en dash: 6:30–14:00.
func Range(l lang.Tag, open, closing int) string {
	return ClockMinutes(l, open) + "–" + ClockMinutes(l, closing)
}

// Weekday returns the day of the week: 周四, 週四, Thu.
func Weekday(l lang.Tag, d time.Weekday) string {
	switch l {
	case lang.En:
		return d.String()[:3]
	case lang.Hant:
		return weekdaysHant[d]
	default:
		return weekdaysHans[d]
	}
}

// Date returns a date: 10 月 15 日（周四）, Thu 15 October; with the year when it is not that of now.
func Date(l lang.Tag, t, now time.Time) string {
	year := ""
	if t.Year() != now.Year() {
		year = strconv.Itoa(t.Year())
	}
	if l == lang.En {
		s := Weekday(l, t.Weekday()) + " " + strconv.Itoa(t.Day()) + " " + t.Month().String()
		if year != "" {
			s += " " + year
		}
		return s
	}
	if year != "" {
		year += " 年 "
	}
	return fmt.Sprintf("%s%d 月 %d 日（%s）", year, int(t.Month()), t.Day(), Weekday(l, t.Weekday()))
}

// ShortDate returns a date without the day of the week: 10 月 15 日, 15 October.
func ShortDate(l lang.Tag, t, now time.Time) string {
	if l == lang.En {
		s := strconv.Itoa(t.Day()) + " " + t.Month().String()
		if t.Year() != now.Year() {
			s += " " + strconv.Itoa(t.Year())
		}
		return s
	}
	s := fmt.Sprintf("%d 月 %d 日", int(t.Month()), t.Day())
	if t.Year() != now.Year() {
		s = strconv.Itoa(t.Year()) + " 年 " + s
	}
	return s
}

// Day returns the day as people say it: 今天, 明天, 后天, else the date.
func Day(l lang.Tag, t, now time.Time) string {
	switch n := daysBetween(now, t); {
	case n >= 0 && n <= 2 && near[l][n] != "":
		return near[l][n]
	}
	return Date(l, t, now)
}

// Soonest returns the day in as few words as tell it: 今天, 明天, 后天, within a week 周六, else 10 月 26 日.
func Soonest(l lang.Tag, t, now time.Time) string {
	switch n := daysBetween(now, t); {
	case n >= 0 && n <= 2 && near[l][n] != "":
		return near[l][n]
	case n > 0 && n < 7:
		return Weekday(l, t.Weekday())
	}
	return ShortDate(l, t, now)
}

// daysBetween counts calendar days from a to b, both in their own location: clocks that change do not matter.
func daysBetween(a, b time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(b).Sub(midnight(a)).Hours() / 24)
}

// weekday returns the day of the week that is i days after Monday.
func weekday(i int) time.Weekday { return time.Weekday((i + 1) % 7) }
