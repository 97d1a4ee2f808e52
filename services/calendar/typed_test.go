package calendar

import (
	"strings"
	"testing"
)

func TestParseArrangement(t *testing.T) {
	const want = "2027-02-06 至 2027-02-08 春节 休\n2027-02-20 春节 班\n"
	for name, text := range map[string]string{
		"lines":           want,
		"other dates":     "2027/2/6—2027/2/8 春节 放假\n\n2027年2月20日，春节，上班\n",
		"out of order":    "2027-02-20 春节 班\r\n2027-02-06至2027-02-08 春节 休",
		"JSON":            `{"year":2027,"papers":["https://www.gov.cn/a.htm"],"days":[{"name":"春节","date":"2027-02-06","isOffDay":true},{"name":"春节","date":"2027-02-07","isOffDay":true},{"name":"春节","date":"2027-02-08","isOffDay":true},{"name":"春节","date":"2027-02-20","isOffDay":false}]}`,
		"CSV":             "year,date,weekday,name,is_off_day,kind,source_paper\n2027,2027-02-06,六,春节,true,holiday,p\n2027,2027-02-07,日,春节,true,holiday,p\n2027,2027-02-08,一,春节,true,holiday,p\n2027,2027-02-20,六,春节,false,adjusted_workday,p\n",
		"byte order mark": "\ufeff" + want,
		"English":         "2027-02-06 to 2027-02-08, 春节, off\n2027-02-20 春节 work",
	} {
		t.Run(name, func(t *testing.T) {
			days, err := ParseArrangement(text, 2027, "https://www.gov.cn/b.htm")
			if err != nil || Lines(days) != want {
				t.Fatalf("%v\n%s", err, Lines(days))
			}
			for _, d := range days {
				if d.Year != 2027 || d.Paper == "" {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}

func TestParseArrangementRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no class":       {"2027-02-06 春节", "line 1"},
		"no name":        {"2027-01-01 元旦 休\n2027-02-06 休", "line 2"},
		"no date":        {"春节 休", "line 1"},
		"two names":      {"2027-02-06 春节 假日 休", "line 1"},
		"backwards":      {"2027-02-08 至 2027-02-06 春节 休", "line 1"},
		"no such day":    {"2027-02-30 春节 休", "line 1"},
		"a whole year":   {"2027-01-01 至 2027-12-31 春节 休", "line 1"},
		"many days":      {"2027-01-01 至 2027-03-31 春节 休\n2027-05-01 至 2027-06-30 春节 休", "days in one"},
		"broken JSON":    {"{", "JSON"},
		"wrong in JSON":  {`{"year":2027,"days":[{"name":"春节","date":"2027-2-6","isOffDay":true}]}`, "day 1"},
		"CSV of nothing": {"year,date,weekday\n2027", "calendar"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseArrangement(c.text, 2027, "p"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What Lines writes of the arrangements that come with the program is read as the same days.
func TestLinesComeBack(t *testing.T) {
	for year := 2024; year <= 2026; year++ {
		days := China().Days(year)
		back, err := ParseArrangement(Lines(days), year, days[0].Paper)
		if err != nil || len(back) != len(days) {
			t.Fatalf("%d: %v", year, err)
		}
		for i := range days {
			if back[i] != days[i] {
				t.Errorf("%+v, want %+v", back[i], days[i])
			}
		}
	}
}

func TestNewYear(t *testing.T) {
	for year, want := range map[int]string{2024: "2024-02-10", 2025: "2025-01-29", 2026: "2026-02-17", 2027: "2027-02-06", 2033: "2033-01-31", 2040: "2040-02-12"} {
		d, ok := NewYear(year)
		if !ok || d.String() != want {
			t.Errorf("%d: %s", year, d)
		}
		if c := China(); c.Announced(year) && c.Class(d) != Holiday {
			t.Errorf("%s is no holiday", d)
		}
	}
	for _, year := range []int{2023, 2041} {
		if _, ok := NewYear(year); ok {
			t.Errorf("%d is known", year)
		}
	}
	// A lunar year has 12 or 13 months of 29 or 30 days.
	for year := 2025; year <= 2040; year++ {
		a, _ := NewYear(year - 1)
		b, _ := NewYear(year)
		if n := b - a; n < 353 || n > 355 && n < 383 || n > 385 {
			t.Errorf("the lunar year %d has %d days", year-1, n)
		}
	}
}
