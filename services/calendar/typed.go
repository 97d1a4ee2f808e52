package calendar

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// MaxDays bounds the days of one arrangement.
const MaxDays = 100

// ParseArrangement reads the days of a year's arrangement in any of three forms: JSON as holiday-cn publishes it, CSV with the header
// that Read takes, or lines as a person types them:
//
//	2027-02-06 至 2027-02-12，春节，休
//	2027-02-20 春节 班
//
// Dates may also be written 2027/2/6 or 2027年2月6日; 休, 放假 and off mean a day off, 班, 上班 and work one that is worked. The year of the
// days is year. paper is the address of the notice, for the days that do not name one. Errors name the line.
func ParseArrangement(text string, year int, paper string) ([]Day, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "\ufeff")
	var days []Day
	var err error
	switch {
	case strings.HasPrefix(text, "{"):
		days, err = readJSON(text)
	case strings.HasPrefix(text, "year,date,"):
		days, err = Read(strings.NewReader(text))
	default:
		days, err = readLines(text)
	}
	if err != nil {
		return nil, err
	}
	if len(days) > MaxDays {
		return nil, fmt.Errorf("calendar: %d days in one arrangement", len(days))
	}
	for i := range days {
		if days[i].Year == 0 {
			days[i].Year = year
		}
		if days[i].Paper == "" {
			days[i].Paper = paper
		}
	}
	slices.SortStableFunc(days, func(a, b Day) int { return int(a.Date - b.Date) })
	return days, nil
}

// readJSON reads the file of one year of holiday-cn (https://github.com/NateScarlet/holiday-cn).
func readJSON(text string) ([]Day, error) {
	var f struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name  string `json:"name"`
			Date  string `json:"date"`
			IsOff bool   `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	paper := ""
	if len(f.Papers) > 0 {
		paper = f.Papers[0]
	}
	days := make([]Day, 0, len(f.Days))
	for i, d := range f.Days {
		date, err := ParseDate(d.Date)
		if err != nil {
			return nil, fmt.Errorf("day %d: %w", i+1, err)
		}
		class := Makeup
		if d.IsOff {
			class = Holiday
		}
		days = append(days, Day{Date: date, Class: class, Name: d.Name, Year: f.Year, Paper: paper})
	}
	return days, nil
}

// classWords are how people write what a day is.
var classWords = map[string]Class{
	"休": Holiday, "放假": Holiday, "休息": Holiday, "off": Holiday, "holiday": Holiday,
	"班": Makeup, "上班": Makeup, "補班": Makeup, "补班": Makeup, "work": Makeup,
}

func readLines(text string) ([]Day, error) {
	var days []Day
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		from, to, name, class, ok := readLine(line)
		if !ok || to < from || to-from >= MaxDays {
			return nil, fmt.Errorf("calendar: line %d: %.40q is not dates, a name and 休 or 班", n+1, strings.TrimSpace(line))
		}
		for d := from; d <= to; d++ {
			days = append(days, Day{Date: d, Class: class, Name: name})
		}
	}
	return days, nil
}

func readLine(line string) (from, to Date, name string, class Class, ok bool) {
	words := strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("至到~～—–,，；;", r) })
	var dates []Date
	for _, w := range words {
		if d, is := readDate(w); is {
			dates = append(dates, d)
			continue
		}
		if w == "to" {
			continue
		}
		if c, is := classWords[strings.ToLower(w)]; is && class == "" {
			class = c
			continue
		}
		if name != "" {
			return 0, 0, "", "", false
		}
		name = w
	}
	if len(dates) == 0 || len(dates) > 2 || name == "" || class == "" {
		return 0, 0, "", "", false
	}
	return dates[0], dates[len(dates)-1], name, class, true
}

// readDate reads 2027-02-06, 2027-2-6, 2027/2/6, 2027.2.6 and 2027年2月6日.
func readDate(s string) (Date, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(s)
	t, err := time.Parse("2006-1-2", s)
	if err != nil || t.Year() < 1000 {
		return 0, false
	}
	return On(t.Year(), t.Month(), t.Day()), true
}

// Lines writes days as ParseArrangement reads lines; days in a row that are alike are one line.
func Lines(days []Day) string {
	var b strings.Builder
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1].Date == days[j].Date+1 && days[j+1].Name == days[i].Name && days[j+1].Class == days[i].Class {
			j++
		}
		b.WriteString(days[i].Date.String())
		if j > i {
			b.WriteString(" 至 " + days[j].Date.String())
		}
		word := "休"
		if days[i].Class == Makeup {
			word = "班"
		}
		b.WriteString(" " + days[i].Name + " " + word + "\n")
		i = j + 1
	}
	return b.String()
}
