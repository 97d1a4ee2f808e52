package phone

import (
	"cmp"
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"shangquan/services/fault"
)

const (
	countryCode = "+86"
	maxCell     = 300 // runes of a cell
	// MaxNumbers is how many numbers one shop may have.
	MaxNumbers = 8
	maxLabel   = 12 // runes
)

var (
	separator = regexp.MustCompile(`[、,;/|\n\r]+|或者|或`)
	// piece is an optional label, the number, an optional extension, an optional label in brackets.
	piece = regexp.MustCompile(`(?i)^(?:([^\d+()（）:]*?)[:\s]*)?([+(]?\d[\d\s().-]*\d)(?:\s*(?:转接|转|分机|ext[.=]?|x|#|\*)[:\s]*(\d{1,6}))?\s*(?:[(（]([^\d()（）]+)[)）])?$`)
	// A dash before three to six last digits of a whole landline number is an extension: 021-57721664-8001.
	dashed  = regexp.MustCompile(`^(.*\d{4})-(\d{3,6})$`)
	generic = map[string]bool{"电话": true, "座机": true, "手机": true, "固话": true, "热线": true, "总机": true, "tel": true, "t": true, "联系电话": true, "phone": true}
)

// Parse reads a cell with any number of telephone numbers, as people type them: full-width digits, spaces and dashes
// anywhere, 转8001, labels before a colon or in brackets, several separated by 、 , ; / or a line break. A cell without
// content gives no numbers. One number that cannot be read makes the whole cell an error that names it.
func Parse(cell string) ([]Number, error) {
	if len([]rune(cell)) > maxCell {
		return nil, fault.Wrong("phones", "error.phone.long", map[string]any{"Max": maxCell})
	}
	out := []Number{}
	// The narrow form also turns ， ； ： （ ） into their ASCII twins.
	for _, p := range separator.Split(dashes.Replace(width.Fold.String(cell)), -1) {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		ns, err := read(p)
		if err != nil {
			return nil, err
		}
		out = append(out, ns...)
	}
	if len(out) > MaxNumbers {
		return nil, fault.Wrong("phones", "error.phone.many", map[string]any{"Max": MaxNumbers})
	}
	return out, nil
}

var dashes = strings.NewReplacer("－", "-", "—", "-", "–", "-", "‐", "-", "‑", "-", "−", "-", "~", "-", "　", " ", "\u00a0", " ", "\t", " ", "·", " ")

// read reads one piece, or several numbers in it that only spaces part.
func read(p string) ([]Number, error) {
	m := piece.FindStringSubmatch(p)
	if m == nil {
		return nil, unreadable(p)
	}
	label := cmp.Or(labelOf(m[1]), labelOf(m[4]))
	if len([]rune(label)) > maxLabel {
		return nil, fault.Wrong("phones", "error.phone.label", map[string]any{"Value": label, "Max": maxLabel})
	}
	if n, ok := one(m[2], m[3]); ok {
		n.Label = label
		return []Number{n}, nil
	}
	var out []Number
	for field := range strings.FieldsSeq(m[2]) {
		n, ok := one(field, "")
		if !ok {
			return nil, unreadable(p)
		}
		n.Label = label
		out = append(out, n)
	}
	if len(out) < 2 {
		return nil, unreadable(p)
	}
	out[len(out)-1].Ext = m[3]
	return out, nil
}

// labelOf returns what a label says beyond that a telephone number follows.
func labelOf(s string) string {
	if s = strings.Trim(s, " -"); generic[strings.ToLower(s)] {
		return ""
	}
	return s
}

func unreadable(p string) error {
	return fault.Wrong("phones", "error.phone.unreadable", map[string]any{"Value": p})
}

// one reads a single number written with any spacing; ext may be empty and is then looked for after a dash.
func one(s, ext string) (Number, bool) {
	if n, ok := classify(digitsOf(s)); ok {
		n.Ext = ext
		return n, true
	}
	if m := dashed.FindStringSubmatch(s); m != nil && ext == "" {
		if n, ok := classify(digitsOf(m[1])); ok && n.Kind == Landline {
			n.Ext = m[2]
			return n, true
		}
	}
	return Number{}, false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}

var (
	mobile  = regexp.MustCompile(`^1[3-9]\d{9}$`)
	service = regexp.MustCompile(`^[48]00\d{7}$`)
	// short: banks, carriers and public lines. Five digits after 1 (12345, 10086), 11X114 directories, three-digit emergency lines.
	short = regexp.MustCompile(`^(?:9[56]\d{3,6}|1[02]\d{3}|11[68]114|11[0-49]|12[02])$`)
	// landline: the area codes of two digits have eight-digit numbers, the others seven or eight.
	landline = regexp.MustCompile(`^(?:(?:10|2\d)[2-8]\d{7}|[3-9][1-9]\d[2-8]\d{6,7})$`)
)

func classify(d string) (Number, bool) {
	if rest, ok := cutCountry(d); ok {
		rest, trunk := strings.CutPrefix(rest, "0") // +86 (0)21 is written often
		switch {
		case mobile.MatchString(rest) && !trunk:
			return Number{Kind: Mobile, Digits: countryCode + rest}, true
		case landline.MatchString(rest):
			return Number{Kind: Landline, Digits: countryCode + rest}, true
		}
		return Number{}, false
	}
	switch {
	case mobile.MatchString(d):
		return Number{Kind: Mobile, Digits: countryCode + d}, true
	case service.MatchString(d):
		return Number{Kind: Service, Digits: d}, true
	case short.MatchString(d):
		return Number{Kind: Short, Digits: d}, true
	}
	if area := here.Load(); area.code != "" {
		if area.local.MatchString(d) {
			return Number{Kind: Landline, Digits: countryCode + area.code + d}, true
		}
		if rest, ok := strings.CutPrefix(d, area.code); ok && area.local.MatchString(rest) {
			// The trunk zero went missing, as spreadsheets do to numbers.
			return Number{Kind: Landline, Digits: countryCode + d}, true
		}
	}
	if rest, ok := strings.CutPrefix(d, "0"); ok && landline.MatchString(rest) {
		return Number{Kind: Landline, Digits: countryCode + rest}, true
	}
	return Number{}, false
}

// cutCountry removes +86, 0086, or a bare 86 that is too long to be anything else.
func cutCountry(d string) (string, bool) {
	for _, prefix := range []string{countryCode, "0086"} {
		if rest, ok := strings.CutPrefix(d, prefix); ok {
			return rest, true
		}
	}
	if len(d) >= 12 {
		return strings.CutPrefix(d, "86")
	}
	return d, false
}

// areaLen is the length of the area code with its trunk zero.
func areaLen(national string) int {
	if len(national) > 1 && (national[1] == '1' || national[1] == '2') {
		return 3
	}
	return 4
}
