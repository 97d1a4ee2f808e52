package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"shangquan/services/fault"
)

// Limit is how long a text may be and whether it may have several lines.
type Limit struct {
	Max   int // runes
	Must  bool
	Prose bool // line feeds are allowed
}

// Clean brings text people typed into the one form that is stored: NFC, line ends as \n, no space at the ends.
func Clean(s string) string {
	return strings.TrimSpace(norm.NFC.String(lineEnds.Replace(s)))
}

// Clean is Clean of every language.
func (x Text) Clean() Text { return Text{Hans: Clean(x.Hans), Hant: Clean(x.Hant), En: Clean(x.En)} }

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Check returns what is wrong with s, as the faults of field name; none when it is as Clean leaves it and within l.
func (l Limit) Check(name, s string) []fault.Field {
	switch {
	case s == "" && !l.Must:
		return nil
	case strings.TrimSpace(s) == "":
		return []fault.Field{{Name: name, Key: "error.text.empty"}}
	case !utf8.ValidString(s) || !norm.NFC.IsNormalString(s):
		return []fault.Field{{Name: name, Key: "error.text.encoding"}}
	case utf8.RuneCountInString(s) > l.Max:
		return []fault.Field{{Name: name, Key: "error.text.long", Args: map[string]any{"Max": l.Max}}}
	}
	for _, r := range s {
		if Unsafe(r) && (r != '\n' || !l.Prose) {
			return []fault.Field{{Name: name, Key: "error.text.control"}}
		}
	}
	return nil
}

// CheckText checks every language of x; Must asks for the language of record only.
func (l Limit) CheckText(name string, x Text) []fault.Field {
	out := l.Check(name, x.Hans)
	l.Must = false
	return append(append(out, l.Check(name+".hant", x.Hant)...), l.Check(name+".en", x.En)...)
}

// Unsafe reports whether r may not stand in stored text: control characters, and the marks that turn the direction of
// writing, with which one text can be made to look like another.
func Unsafe(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f ||
		r == 0x061c || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == utf8.RuneError
}
