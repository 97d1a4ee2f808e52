package sheet

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// words are pairs of what is stored and what is shown.
type words [][2]string

func (w words) shown(stored string) string {
	for _, p := range w {
		if p[0] == stored {
			return p[1]
		}
	}
	return stored
}

func (w words) stored(shown string) (string, bool) {
	for _, p := range w {
		if shown == p[1] || shown == p[0] {
			return p[0], true
		}
	}
	return "", shown == ""
}

func (w words) all() string {
	shown := make([]string, len(w))
	for i, p := range w {
		shown[i] = p[1]
	}
	return strings.Join(shown, "、")
}

var states = words{
	{string(listing.Draft), "草稿"},
	{string(listing.Submitted), "待审"},
	{string(listing.Published), "已发布"},
	{string(listing.Suspended), "已停用"},
	{string(listing.Closed), "已关闭"},
	{string(listing.Archived), "已归档"},
}

var confirmers = words{{"owner", "商户"}, {"plaza", "商场"}, {"coordinator", "街道"}, {"survey", "走访"}, {"source", "资料"}}

var dayPattern = regexp.MustCompile(`^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$`)

// parseDate reads 2026-02-05, 2026/2/5, 2026.2.5, 2026年2月5日 and the serial number by which spreadsheets keep a day, and gives
// it as YYYY-MM-DD; empty stays empty.
func parseDate(s string) (string, bool) {
	s = lang.Clean(s)
	if s == "" {
		return "", true
	}
	if m := dayPattern.FindStringSubmatch(s); m != nil {
		year, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if year < 1000 || t.Day() != day || int(t.Month()) != month {
			return "", false
		}
		return t.Format(time.DateOnly), true
	}
	// Day 1 is 1900-01-01; from March 1900 on the count is one too high, since Excel believes in 29 February 1900.
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 20_000 && n < 80_000 {
		return time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(math.Floor(n))).Format(time.DateOnly), true
	}
	return "", false
}

func badDate(col int, cell string) *wrong {
	return &wrong{col: col, key: "sheet.bad_date", args: map[string]any{"Value": cell}, suggestion: "2026-02-05"}
}

// wrongOf takes the sentence for people out of an error of a parser.
func wrongOf(err error, col int, suggestion string) *wrong {
	w := &wrong{col: col, key: "sheet.unreadable", suggestion: suggestion}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		w.key = f.Key
		if len(f.Fields) > 0 {
			w.key, w.args = f.Fields[0].Key, f.Fields[0].Args
		}
	}
	return w
}
