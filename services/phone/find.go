package phone

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

var (
	// run is digits with what may stand inside a number.
	run = regexp.MustCompile(`[+(]?\d(?:[\d ().-]*\d)?`)
	// counted follows what is counted or numbered: a door, a floor, a sum, a day.
	counted = regexp.MustCompile(`^ *(?:[号室弄幢楼栋层座期路元块米平人户辆次分个件份年月日天岁度%℃:]|m\b|km\b)`)
	// dated is a day, which is no part of a number.
	dated = regexp.MustCompile(`(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])\b`)
)

// mostFields is how many pieces, parted by spaces, one number in a text has at most: +86 021 5772 1664 转.
const mostFields = 5

// InText reports whether a text gives a number at which a person or a shop is reached: a mobile, a landline, a 400 number, however it is
// spaced. Short numbers are public lines (12345, 110, banks) and may be named; house numbers, days and times are none.
func InText(text string) bool {
	if NoMobile("", text) != nil {
		return true
	}
	text = dated.ReplaceAllString(dashes.Replace(width.Fold.String(text)), "/")
	for _, at := range run.FindAllStringIndex(text, -1) {
		if at[0] > 1 && text[at[0]-1] == ':' && text[at[0]-2] >= '0' && text[at[0]-2] <= '9' || counted.MatchString(text[at[1]:]) {
			continue
		}
		fields := strings.Fields(text[at[0]:at[1]])
		for i := range fields {
			for j := i + 1; j <= min(len(fields), i+mostFields); j++ {
				if reaches(strings.Join(fields[i:j], " ")) {
					return true
				}
			}
		}
	}
	return false
}

// reaches reports whether this, and all of this, is a number that is no public line.
func reaches(s string) bool {
	n, ok := one(s, "")
	if !ok || n.Kind == Short {
		return false
	}
	d := digitsOf(s)
	if n.Kind != Landline || len(d) != 8 {
		return true
	}
	if _, err := time.Parse("20060102", d); err == nil {
		return false // 20261018
	}
	from, to, parted := strings.Cut(s, "-")
	return !parted || !span(from, to) // 2000-2200, 2024-2026, house numbers 3301-3305
}

// span reports whether two numbers of as many digits are a span of times, years or doors, not a number cut in two: close to each other,
// or both times of a day.
func span(from, to string) bool {
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	if errA != nil || errB != nil || len(from) != len(to) {
		return false
	}
	clock := func(n int) bool { return n/100 <= 24 && n%100 < 60 && n%5 == 0 }
	return a < b && b-a <= 100 || a != b && clock(a) && clock(b)
}
