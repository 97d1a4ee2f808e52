package calendar

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClass(t *testing.T) {
	for _, tc := range []struct {
		name, date string
		want       Class
	}{
		{"an ordinary Monday", "2026-03-02", Weekday},
		{"an ordinary Saturday", "2026-03-07", Rest},
		{"an ordinary Sunday", "2026-03-08", Rest},
		{"National Day", "2026-10-01", Holiday},
		{"a Saturday inside a holiday", "2026-10-03", Holiday},
		{"a Saturday that is worked", "2026-10-10", Makeup},
		{"a Sunday that is worked", "2024-02-04", Makeup},
		{"New Year", "2025-01-01", Holiday},
		{"1 October of a year not announced", "2027-10-01", Weekday},
		{"a Saturday of a year not announced", "2027-10-02", Rest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := China().Class(must(t, tc.date)); got != tc.want {
				t.Errorf("%s is %s, want %s", tc.date, got, tc.want)
			}
		})
	}
}

func TestArrangements(t *testing.T) {
	for _, tc := range []struct{ year, off, makeup int }{{2023, 0, 0}, {2024, 28, 8}, {2025, 28, 5}, {2026, 33, 6}, {2027, 0, 0}} {
		var off, makeup int
		days := China().Days(tc.year)
		for i, d := range days {
			if d.Class == Holiday {
				off++
			} else {
				makeup++
				if d.Date.FromMonday() < 5 {
					t.Errorf("%s: a make-up day that is no weekend", d.Date)
				}
			}
			if d.Name == "" || !strings.HasPrefix(d.Paper, "https://www.gov.cn/") {
				t.Errorf("%s has no name or paper: %+v", d.Date, d)
			}
			if i > 0 && d.Date <= days[i-1].Date {
				t.Errorf("%s is out of order", d.Date)
			}
		}
		if off != tc.off || makeup != tc.makeup || China().Announced(tc.year) != (tc.off > 0) {
			t.Errorf("%d: %d off, %d make-up, announced %v", tc.year, off, makeup, China().Announced(tc.year))
		}
		if days == nil {
			t.Errorf("%d: nil list", tc.year)
		}
	}
	day, ok := China().Day(On(2026, time.October, 1))
	if !ok || day.Name != "国庆节" {
		t.Errorf("1 October 2026 is %+v", day)
	}
	if _, ok := China().Day(On(2026, time.March, 2)); ok {
		t.Error("an ordinary day is in the arrangement")
	}
}

func TestDaysIsACopy(t *testing.T) {
	China().Days(2026)[0].Name = "changed"
	if China().Days(2026)[0].Name == "changed" {
		t.Error("the caller reaches into the calendar")
	}
}

func TestNewRefuses(t *testing.T) {
	d := On(2027, time.January, 1)
	for name, days := range map[string][]Day{
		"an ordinary class": {{Date: d, Class: Weekday, Year: 2027}},
		"a day twice":       {{Date: d, Class: Holiday, Year: 2027}, {Date: d, Class: Makeup, Year: 2027}},
		"no year":           {{Date: d, Class: Holiday}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(days); err == nil {
				t.Error("accepted")
			}
		})
	}
	same := Day{Date: d, Class: Holiday, Year: 2027, Name: "元旦"}
	c, err := New([]Day{same, same})
	if err != nil || len(c.Days(2027)) != 1 {
		t.Errorf("the same day twice in the same way: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	const head = "year,date,weekday,name,is_off_day,kind,source_paper\n"
	for name, body := range map[string]string{
		"a wrong date": "2027,2027-02-30,一,x,true,holiday,p\n",
		"a wrong kind": "2027,2027-02-03,一,x,true,feast,p\n",
		"a wrong year": "zwei,2027-02-03,一,x,true,holiday,p\n",
		"few columns":  "2027,2027-02-03\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(head + body))
			if err == nil || !strings.Contains(err.Error(), "line 2") {
				t.Errorf("got %v, want an error that names line 2", err)
			}
		})
	}
}

func TestDate(t *testing.T) {
	d := On(2026, time.October, 1)
	if d.String() != "2026-10-01" || d.Weekday() != time.Thursday || d.FromMonday() != 3 || d.Monday().String() != "2026-09-28" || d.Year() != 2026 {
		t.Errorf("%s %s %d %s", d, d.Weekday(), d.FromMonday(), d.Monday())
	}
	if got := d.At(25*60 + 30).Format(time.RFC3339); got != "2026-10-02T01:30:00+08:00" {
		t.Errorf("25:30 of %s is %s", d, got)
	}
	b, err := json.Marshal(map[string]Date{"d": d})
	if err != nil || string(b) != `{"d":"2026-10-01"}` {
		t.Errorf("%s %v", b, err)
	}
	var back map[string]Date
	if err := json.Unmarshal(b, &back); err != nil || back["d"] != d {
		t.Errorf("%v %v", back, err)
	}
	for _, bad := range []string{"", "2026-1-2", "2026-02-29", "0001-01-01", "2026-10-01T00:00"} {
		if err := json.Unmarshal([]byte(`{"d":"`+bad+`"}`), &back); err == nil {
			t.Errorf("%q was read as a date", bad)
		}
	}
}

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tm := time.Unix(rapid.Int64Range(-5e9, 9e9).Draw(t, "unix"), 0)
		d, minute := Clock(tm)
		local := tm.In(Shanghai)
		y, m, day := d.Civil()
		if ly, lm, ld := local.Date(); y != ly || m != lm || day != ld || minute != local.Hour()*60+local.Minute() || d.Weekday() != local.Weekday() {
			t.Fatalf("%s: got %s minute %d", local, d, minute)
		}
		if want := local.Truncate(time.Minute); !d.At(minute).Equal(want) || Today(tm) != d {
			t.Fatalf("%s: %s at %d is %s", local, d, minute, d.At(minute))
		}
		if On(y, m, day) != d || must(t, d.String()) != d {
			t.Fatalf("%s does not come back", d)
		}
	})
}

type failer interface {
	Helper()
	Fatal(...any)
}

func must(t failer, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
