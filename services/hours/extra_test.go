package hours_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
)

// delivered is delivery from 7:00 to 9:00 and 17:00 to 22:00 on every day, beyond the door's times.
var delivered = func() hours.Extra {
	x := hours.Extra{Kind: hours.Delivery}
	for i := range x.Week {
		x.Week[i] = []hours.Span{{Open: 420, Close: 540}, {Open: 1020, Close: 1320}}
	}
	return x
}()

// TestExtraWithin: extra hours are on no day on which the shop rests, and never later than it on a day that is cut short.
func TestExtraWithin(t *testing.T) {
	t.Parallel()
	cal, day := calendar.China(), "2026-10-20" // a Tuesday
	one := func(spans ...hours.Span) hours.Hours {
		return workAndRest.With(hours.Special{From: day, To: day, Spans: spans})
	}
	paused, unknown := workAndRest, hours.Hours{}
	paused.Pause = &hours.Pause{From: "2026-10-19"}
	closedHoliday := workAndRest
	closedHoliday.ByClass = map[string][]hours.Span{"holiday": {}}
	unknownPaused := hours.Hours{Pause: paused.Pause}
	week := []hours.Span{{Open: 420, Close: 540}, {Open: 1020, Close: 1320}}
	for name, tt := range map[string]struct {
		shop hours.Hours
		on   string
		want []hours.Span
	}{
		"an ordinary day":                     {workAndRest, day, week},
		"the week of the shop is closed":      {hours.Hours{Known: true}, day, week},
		"nobody knows the shop's hours":       {unknown, day, week},
		"a special day of rest":               {one(), day, nil},
		"the day after it":                    {one(), "2026-10-21", week},
		"a special day that is as usual":      {one(workAndRest.Week[1]...), day, week},
		"a special day that ends early":       {one(hours.Span{Open: 480, Close: 1080}), day, []hours.Span{{Open: 480, Close: 540}, {Open: 1020, Close: 1080}}},
		"a special day at other times":        {one(hours.Span{Open: 600, Close: 840}), day, nil},
		"a pause":                             {paused, day, nil},
		"before the pause":                    {paused, "2026-10-18", week},
		"a pause of a shop with no hours":     {unknownPaused, day, nil},
		"a holiday on which the shop rests":   {closedHoliday, "2026-10-01", nil},
		"a holiday nobody has answered for":   {workAndRest, "2026-10-01", week},
		"a holiday on which it is as usual":   {workAndRest.With(hours.Usual(workAndRest, cal, calendar.On(2026, time.October, 1), calendar.On(2026, time.October, 7))...), "2026-10-03", week},
		"the second of two special days":      {workAndRest.With(hours.Special{From: "2026-10-19", To: day}), day, nil},
		"two special days, the first is open": {workAndRest.With(hours.Special{From: "2026-10-19", To: "2026-10-19", Spans: workAndRest.Week[0]}, hours.Special{From: day, To: day}), "2026-10-19", week},
	} {
		d, err := calendar.ParseDate(tt.on)
		if err != nil {
			t.Fatal(err)
		}
		x := delivered
		if got := hours.DayOf(x.Within(tt.shop, cal), cal, d); !slices.Equal(got.Spans, tt.want) {
			t.Errorf("%s: %v, not %v", name, got.Spans, tt.want)
		}
		if x.ByClass != nil || len(tt.shop.ByClass) > 1 {
			t.Errorf("%s: what it was made from was changed", name)
		}
	}
}

// TestExtraNeverOpens: the shop is shut while it only delivers.
func TestExtraNeverOpens(t *testing.T) {
	t.Parallel()
	cal := calendar.China()
	at := calendar.On(2026, time.October, 20).At(21*60 + 30)
	if !hours.At(delivered.Within(workAndRest, cal), cal, at).IsOpen() {
		t.Error("it does not deliver at half past nine")
	}
	if hours.At(workAndRest, cal, at).IsOpen() {
		t.Error("it counts as open")
	}
}

func TestExtraLists(t *testing.T) {
	t.Parallel()
	breakfast := hours.Extra{Kind: hours.Breakfast, Week: [7][]hours.Span{5: {{Open: 360, Close: 540}}}}
	list := hours.PutExtra(hours.PutExtra(nil, delivered), breakfast)
	if len(list) != 2 || list[0].Kind != hours.Breakfast {
		t.Errorf("not in the order of a page: %+v", list)
	}
	if got := hours.PutExtra(list, hours.Extra{Kind: hours.Delivery}); len(got) != 1 || len(list) != 2 {
		t.Errorf("not taken out by nothing: %+v", got)
	}
	if x, ok := hours.ExtraOf(list, hours.Breakfast); !ok || len(x.Week[5]) != 1 {
		t.Errorf("not found: %+v", x)
	}
	if _, ok := hours.ExtraOf(list, hours.Lunch); ok {
		t.Error("found what is not there")
	}
	raw, err := json.Marshal(breakfast)
	if err != nil || strings.Contains(string(raw), "null") {
		t.Errorf("%s %v", raw, err)
	}
}

func TestValidateExtras(t *testing.T) {
	t.Parallel()
	overlap := hours.Extra{Kind: hours.Lunch, Week: [7][]hours.Span{0: {{Open: 600, Close: 700}, {Open: 650, Close: 800}}}}
	for name, tt := range map[string]struct {
		list  []hours.Extra
		field string
	}{
		"sound":        {[]hours.Extra{delivered}, ""},
		"unknown kind": {[]hours.Extra{{Kind: "happy"}}, "extra_hours"},
		"twice":        {[]hours.Extra{delivered, delivered}, "extra_hours"},
		"overlap":      {[]hours.Extra{overlap}, "extra_hours.week.0"},
	} {
		f, _ := hours.ValidateExtras(tt.list).(*fault.Error) //nolint:errorlint // wraps nothing
		switch {
		case tt.field == "" && f != nil:
			t.Errorf("%s: %v", name, f)
		case tt.field != "" && (f == nil || f.Fields[0].Name != tt.field):
			t.Errorf("%s: %v", name, f)
		}
	}
}
