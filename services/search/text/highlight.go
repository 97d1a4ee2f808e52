package text

import (
	"cmp"
	"slices"
	"strings"
)

// Span marks bytes From to before To of an original text; both are borders of characters.
type Span struct{ From, To int }

// Marks returns what of s the query matched, in order and apart. The caller escapes and wraps. Pinyin, where not empty,
// overrides the reading of the core of s.
func (p *Plan) Marks(s, pinyin string) []Span {
	f := Fold(s)
	rs := runs(f.Runes)
	var found []Span // of characters
	for i := range p.Terms {
		t := &p.Terms[i]
		switch t.Kind {
		case Han:
			found = append(found, hanMarks(f.Runes, t)...)
		default:
			if m := wordMarks(f.Runes, rs, t); len(m) > 0 {
				found = append(found, m...)
			} else if t.Kind == Latin {
				found = append(found, pinyinMarks(f.Runes, t, pinyin)...)
			}
		}
	}
	out := make([]Span, 0, len(found))
	slices.SortFunc(found, func(a, b Span) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	for _, m := range found {
		m = Span{f.At[m.From], f.At[m.To]}
		if m.From == m.To { // inside one composed character
			continue
		}
		if n := len(out); n > 0 && m.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, m.To)
			continue
		}
		out = append(out, m)
	}
	return out
}

// hanMarks finds the term wherever it stands, or else the pairs of it that are there.
func hanMarks(f []rune, t *Term) []Span {
	if m := occurrences(f, []rune(t.Text)); len(m) > 0 || len(t.Grams) < 2 {
		return m
	}
	var out []Span
	for _, g := range t.Grams {
		out = append(out, occurrences(f, []rune(g))...)
	}
	return out
}

func occurrences(f, sub []rune) []Span {
	var out []Span
	for i := 0; i+len(sub) <= len(f); {
		if slices.Equal(f[i:i+len(sub)], sub) {
			out = append(out, Span{i, i + len(sub)})
			i += len(sub)
			continue
		}
		i++
	}
	return out
}

// wordMarks marks the beginning of every word that starts with the term; joiners inside do not count, nor do spaces in a
// term that was typed with them.
func wordMarks(f []rune, rs []run, t *Term) []Span {
	var out []Span
	want := []rune(t.Text)
	for _, r := range rs {
		if r.han {
			continue
		}
		for i := r.from; i < r.to; i++ {
			if classOf(f[i]) != alnum || i > r.from && classOf(f[i-1]) == alnum && isDigit(f[i]) == isDigit(f[i-1]) {
				continue
			}
			if end := eat(f, i, want); end > 0 {
				out = append(out, Span{i, end})
				break
			}
		}
	}
	return out
}

// eat returns where want ends when it begins at f[i], passing over joiners, marks and spaces; 0 when it does not.
func eat(f []rune, i int, want []rune) int {
	k := 0
	for ; i < len(f) && k < len(want); i++ {
		switch c := classOf(f[i]); {
		case f[i] == want[k]:
			k++
		case c == joiner || c == mark || f[i] == ' ':
		default:
			return 0
		}
	}
	if k < len(want) {
		return 0
	}
	return i
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// pinyinMarks marks the characters whose syllables spell the term, or whose first letters do.
func pinyinMarks(f []rune, t *Term, pinyin string) []Span {
	syllables := make([][]string, len(f))
	override := strings.Fields(toneless(strings.ToLower(pinyin)))
	for i, c := range f {
		list, n := syllablesOf(c)
		if n > 0 && len(override) > 0 {
			list[0], n = override[0], 1
			override = override[1:]
		}
		syllables[i] = list[:n]
	}
	for _, initials := range []bool{false, true} {
		if initials && !t.Initials || !initials && !t.Pinyin {
			continue
		}
		for i := range f {
			if len(syllables[i]) == 0 {
				continue
			}
			if end := spell(syllables, i, t.Text, initials); end > 0 {
				return []Span{{i, end}}
			}
		}
	}
	return nil
}

// spell walks the characters from i while they spell s and returns where it ends, 0 if they do not. Every character has at
// most two readings and the walk keeps, per character, the set of places reached, so it is linear.
func spell(syllables [][]string, i int, s string, initials bool) int {
	reached := map[int]bool{0: true}
	for ; i < len(syllables) && len(reached) > 0; i++ {
		if len(syllables[i]) == 0 {
			continue // kana and signs are passed over, as in the index
		}
		next := map[int]bool{}
		for at := range reached {
			rest := s[at:]
			for _, y := range syllables[i] {
				if initials {
					y = y[:1]
				}
				if strings.HasPrefix(y, rest) {
					return i + 1
				}
				if strings.HasPrefix(rest, y) {
					next[at+len(y)] = true
				}
			}
		}
		reached = next
	}
	return 0
}

// HintKind says what a hint line shows.
type HintKind string

// The kinds of hints.
const (
	HintAlias   HintKind = "alias"   // 又名
	HintGoods   HintKind = "goods"   // 有
	HintAddress HintKind = "address" // 地址
)

// Hint is the text that explains why a listing was found whose name does not show it.
type Hint struct {
	Kind  HintKind
	Text  string
	Marks []Span
}

// HintFor returns the first alias, service or address that the query matched; false when the name already shows the match
// or nothing else does.
func (p *Plan) HintFor(name, pinyin string, aliases, goods []string, address string) (Hint, bool) {
	if p.Browse() || p.covered(name, pinyin) {
		return Hint{}, false
	}
	for _, group := range []struct {
		kind  HintKind
		texts []string
	}{{HintAlias, aliases}, {HintGoods, goods}, {HintAddress, []string{address}}} {
		for _, s := range group.texts {
			if p.covered(s, "") {
				return Hint{group.kind, s, p.Marks(s, "")}, true
			}
		}
	}
	return Hint{}, false
}

// covered reports whether s holds at least one term of the query whole.
func (p *Plan) covered(s, pinyin string) bool {
	f := Fold(s)
	for i := range p.Terms {
		t := &p.Terms[i]
		if t.Kind == Han && len(occurrences(f.Runes, []rune(t.Text))) > 0 {
			return true
		}
		if t.Kind != Han {
			one := Plan{Terms: p.Terms[i : i+1]}
			if len(one.Marks(s, pinyin)) > 0 {
				return true
			}
		}
	}
	return false
}
