package hours

import (
	"slices"

	"shangquan/services/calendar"
)

// Pattern names the sets of weekdays people have a word for.
type Pattern string

// The patterns.
const (
	EveryDay Pattern = "every_day"
	WorkDays Pattern = "work_days" // Monday to Friday 平日
	Weekend  Pattern = "weekend"   // Saturday and Sunday 周末
	SomeDays Pattern = "some_days"
	NoDays   Pattern = "no_days" // only Classes
)

// DayRange is a run of weekdays, Monday 0. To before From runs over Sunday: {6, 3} is Sunday to Thursday.
type DayRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Group is the weekdays, and the classes of days, that share their spans.
type Group struct {
	Pattern Pattern    `json:"pattern"`
	Days    []DayRange `json:"days"`
	// Classes holds calendar.Holiday and calendar.Makeup where the shop has answered for them.
	Classes []calendar.Class `json:"classes"`
	Spans   []Span           `json:"spans"` // empty: closed
}

// Summary returns the ordinary week in as few groups as there are different days, in the order of their first weekday, for
// the page to put into words. Unknown hours have none.
func Summary(h Hours) []Group {
	groups := []Group{}
	if !h.Known {
		return groups
	}
	week := h.Ordinary()
	for _, days := range alike(week) {
		g := Group{Pattern: SomeDays, Days: ranges(days), Classes: []calendar.Class{}, Spans: list(week[days[0]])}
		switch {
		case len(days) == 7:
			g.Pattern = EveryDay
		case slices.Equal(days, []int{0, 1, 2, 3, 4}):
			g.Pattern = WorkDays
		case slices.Equal(days, []int{5, 6}):
			g.Pattern = Weekend
		}
		groups = append(groups, g)
	}
	for _, class := range []calendar.Class{calendar.Holiday, calendar.Makeup} {
		spans, ok := h.ByClass[string(class)]
		if !ok {
			continue
		}
		i := slices.IndexFunc(groups, func(g Group) bool { return slices.Equal(g.Spans, spans) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, Group{Pattern: NoDays, Days: []DayRange{}, Classes: []calendar.Class{}, Spans: list(spans)})
		}
		groups[i].Classes = append(groups[i].Classes, class)
	}
	return groups
}

// alike returns the weekdays that share their spans, in the order of their first.
func alike(week [7][]Span) [][]int {
	var out [][]int
next:
	for i, spans := range week {
		for j, days := range out {
			if slices.Equal(week[days[0]], spans) {
				out[j] = append(days, i)
				continue next
			}
		}
		out = append(out, []int{i})
	}
	return out
}

// ranges joins sorted weekdays to runs; Sunday and Monday join when neither run is the whole week.
func ranges(days []int) []DayRange {
	var out []DayRange
	for _, d := range days {
		if n := len(out); n > 0 && out[n-1].To == d-1 {
			out[n-1].To = d
		} else {
			out = append(out, DayRange{d, d})
		}
	}
	if n := len(out); n > 1 && out[0].From == 0 && out[n-1].To == 6 {
		out[0].From = out[n-1].From
		out = out[:n-1]
	}
	return out
}
