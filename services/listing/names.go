package listing

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/search/text"
)

//go:embed names.txt
var nameList string

// NameRules are the words that names of shops are held against (requirement CON-07).
type NameRules struct {
	official  []string // folded
	forbidden []string
}

// ReadNameRules reads lists of words: one a line under a line [official] or [forbidden]; # begins a comment.
func ReadNameRules(r io.Reader) (NameRules, error) {
	var out NameRules
	var to *[]string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case line == "[official]":
			to = &out.official
		case line == "[forbidden]":
			to = &out.forbidden
		case to == nil || skeleton(line) == "":
			return NameRules{}, fmt.Errorf("listing: line %d of the name list: %.20q", n, line)
		default:
			*to = append(*to, skeleton(line))
		}
	}
	return out, lines.Err()
}

// DefaultNameRules are the words that come with the program.
func DefaultNameRules() NameRules {
	r, err := ReadNameRules(strings.NewReader(nameList))
	if err != nil {
		panic(err) // the list is part of the program
	}
	return r
}

// lookalike maps characters to those they are written for to pass a filter: letters of other scripts, signs and strokes. Full
// width and other forms of one character are folded by NFKC before.
var lookalike = func() map[rune]rune {
	m := map[rune]rune{}
	from := []rune("авсԁеһіјӏкӏмопрԛгѕтухѵԝ" + "αβεηικμνορτυχω" + "0134578" + "曰戸囯圀亊玊洊乄匤攵仐亾氵" + "〇○〡丨")
	to := []rune("abcdehijlklmonpqrstuxvw" + "abenikuvoptuxw" + "oleastb" + "日户国国事玉存义区文个人水" + "oo一一")
	for i := range min(len(from), len(to)) {
		m[from[i]] = to[i]
	}
	return m
}()

// skeleton is what a name looks like: compatibility forms, case, traditional characters, look-alikes, spaces, marks and signs are taken away.
func skeleton(s string) string {
	var b strings.Builder
	for _, r := range text.FoldString(norm.NFKD.String(s)) { // also into simplified characters
		if to, ok := lookalike[r]; ok {
			r = to
		}
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var (
	webAddress = regexp.MustCompile(`(?i)://|www\.|[a-z0-9-]\.(com|cn|net|org|top|xyz|shop|vip|cc|me|io|app|wang|ltd|site|online|tv|info|biz)\b`)
	numbers    = regexp.MustCompile(`[0-9](?:[\s\-–—()（）.·*]*[0-9]){6,}`)
	contacts   = []string{"微信", "加微", "加v", "加q", "vx号", "qq号", "qq群", "二维码", "扫码", "扫一扫", "电话", "手机号", "热线", "客服"}
)

// digits are the ways to write a digit that NFKC leaves.
var digits = strings.NewReplacer("零", "0", "〇", "0", "一", "1", "幺", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")

// Check returns what is wrong with a name that a shop wants to bear, as the faults of field; none when it may.
func (r NameRules) Check(field, name string) []fault.Field {
	if name == "" {
		return nil
	}
	wide := norm.NFKC.String(name)
	if webAddress.MatchString(wide) || numbers.MatchString(digits.Replace(wide)) {
		return []fault.Field{{Name: field, Key: "listing.wrong.contact"}}
	}
	bare := skeleton(name)
	for _, word := range contacts {
		if strings.Contains(bare, skeleton(word)) {
			return []fault.Field{{Name: field, Key: "listing.wrong.contact"}}
		}
	}
	for _, word := range r.official {
		if strings.Contains(bare, word) {
			return []fault.Field{{Name: field, Key: "listing.wrong.official", Args: map[string]any{"Word": word}}}
		}
	}
	for _, word := range r.forbidden {
		if strings.Contains(bare, word) {
			return []fault.Field{{Name: field, Key: "listing.wrong.forbidden", Args: map[string]any{"Word": word}}}
		}
	}
	return nil
}

// SetNameRules replaces the words that names are held against; a server does it before it answers.
func (s *Service) SetNameRules(r NameRules) { s.names = r }

// checkNames holds names that are new against the rules. The district itself may enter what it likes: its own service points are
// in the register, too.
func (s *Service) checkNames(was, l *Listing, by access.Actor) error {
	if access.Can(by, access.RegisterEnter, l.Thing()) {
		return nil
	}
	var wrong []fault.Field
	before, after := was.Proposed(), l.Proposed()
	check := func(field string, old, name lang.Text) {
		for _, t := range []struct{ field, old, name string }{{field, old.Hans, name.Hans}, {field + ".hant", old.Hant, name.Hant}, {field + ".en", old.En, name.En}} {
			if t.name != t.old {
				wrong = append(wrong, s.names.Check(t.field, t.name)...)
			}
		}
	}
	check("name", before.Name.Text, after.Name.Text)
	if !sameValue(before.Aliases, after.Aliases) {
		for _, a := range after.Aliases {
			wrong = append(wrong, s.names.Check("aliases", a)...)
		}
	}
	return fault.Wrongs(wrong)
}
