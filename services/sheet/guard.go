package sheet

import "strings"

// Guard makes a text harmless to a spreadsheet, which would run a cell that begins like a formula: such a line gets a leading
// apostrophe. A line is dangerous that begins, after any blanks and apostrophes, with one of = + - @ tab, carriage return or
// NUL, or a full-width form of the signs; at the start of the cell a line feed counts too. Apostrophes are skipped so that
// Unguard can tell ours from the writer's own: Unguard(Guard(s)) == s for every s.
func Guard(s string) string {
	return eachLine(s, func(line, end string, first bool) string {
		if dangerous(line, end, first) {
			return "'" + line
		}
		return line
	})
}

// Unguard removes exactly the apostrophes that Guard put.
func Unguard(s string) string {
	return eachLine(s, func(line, end string, first bool) string {
		if rest, ok := strings.CutPrefix(line, "'"); ok && dangerous(rest, end, first) {
			return rest
		}
		return line
	})
}

// eachLine rebuilds s from its lines, each given with the character that ends it.
func eachLine(s string, f func(line, end string, first bool) string) string {
	var b strings.Builder
	for first := true; ; first = false {
		i := strings.IndexAny(s, "\r\n")
		if i < 0 {
			b.WriteString(f(s, "", first))
			return b.String()
		}
		b.WriteString(f(s[:i], s[i:i+1], first))
		b.WriteString(s[i : i+1])
		s = s[i+1:]
	}
}

// blanks are what spreadsheets skip or trim before they look for a formula, with the apostrophe that marks text.
const blanks = " \u00a0\u3000\u2002\u2003\u2009\u200b\ufeff\v\f'"

func dangerous(line, end string, first bool) bool {
	rest := strings.TrimLeft(line, blanks)
	if rest == "" {
		return end == "\r" || first && end == "\n"
	}
	return strings.ContainsRune("=+-@\t\x00＝＋－＠", firstRune(rest))
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return -1
}
