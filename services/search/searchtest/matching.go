package searchtest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// traditional returns a traditional character for every simplified one that has any.
func traditional() map[rune]rune {
	out := map[rune]rune{}
	for r := rune(0x4E00); r <= 0x9FFF; r++ {
		if s, _ := utf8.DecodeRuneInString(text.FoldString(string(r))); s != r {
			out[s] = r
		}
	}
	return out
}

func (s *suite) folding(t *testing.T) {
	variants := map[string]func(string) string{
		"traditional": func(q string) string {
			return strings.Map(func(r rune) rune {
				if x, ok := s.traditional[r]; ok {
					return x
				}
				return r
			}, q)
		},
		"full width": func(q string) string {
			return strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '　'
				case r > ' ' && r < 0x7F:
					return r + 0xFEE0
				}
				return r
			}, q)
		},
		"upper case": strings.ToUpper,
		"spaces":     func(q string) string { return " 　\t" + q + " 　\n" },
	}
	queries := []string{}
	for _, x := range s.f.Expected {
		queries = append(queries, x.Query)
	}
	for _, l := range s.f.Listings {
		queries = append(queries, l.Name)
	}
	for _, q := range queries {
		want := ask(t, s.e, search.Query{Text: q})
		for name, change := range variants {
			if got := ask(t, s.e, search.Query{Text: change(q)}); !slices.Equal(ids(got), ids(want)) || got.Total != want.Total {
				t.Errorf("%q in %s, %q: got %s, want %s", q, name, change(q), s.names(ids(got)), s.names(ids(want)))
			}
		}
	}
}

func (s *suite) finds(t *testing.T, query string, l *search.Listing, within int) {
	t.Helper()
	if s.rank(t, query, l.ID, within) < 0 {
		t.Errorf("%q does not find %s in the first %d", query, l.Name, within)
	}
}

func (s *suite) prefixes(t *testing.T) {
	for i := range s.f.Listings {
		l := &s.f.Listings[i]
		hans, latin := 0, 0
		for at, r := range l.Name {
			if f, _ := utf8.DecodeRuneInString(text.FoldString(string(r))); text.IsHan(f) {
				hans++
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				latin++
			}
			if hans >= 1 || latin >= 3 {
				s.finds(t, l.Name[:at+utf8.RuneLen(r)], l, 20)
			}
		}
		for _, syllables := range text.Readings(text.Core(l.Name)) {
			whole := strings.Join(syllables, "")
			for n := 2; n <= len(whole); n++ {
				s.finds(t, whole[:n], l, 20)
			}
			initials := ""
			for _, y := range syllables {
				initials += y[:1]
			}
			for n := 2; n <= min(len(initials), 10); n++ {
				s.finds(t, initials[:n], l, 20)
			}
		}
	}
}

func (s *suite) infixes(t *testing.T) {
	for i := range s.f.Listings {
		l := &s.f.Listings[i]
		for _, run := range strings.FieldsFunc(l.Name, func(r rune) bool {
			f, _ := utf8.DecodeRuneInString(text.FoldString(string(r)))
			return !text.IsHan(f)
		}) {
			chars := []rune(run)
			for from := range chars {
				for to := from + 2; to <= len(chars); to++ {
					s.finds(t, string(chars[from:to]), l, 30)
				}
			}
		}
		if r := text.Readings(text.Core(l.Name)); r != nil {
			s.finds(t, strings.Join(r[0], ""), l, 5)
			s.finds(t, strings.Join(r[0], " "), l, 5)
		}
	}
}

func (s *suite) typos(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	letter := func() string { return string(rune('a' + rnd.IntN(26))) }
	for i := range s.f.Listings {
		l := &s.f.Listings[i]
		for _, name := range append([]string{l.Name}, l.Aliases...) {
			for _, w := range text.Tokenise(name).Words {
				if len(w) < 5 || strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) {
					continue
				}
				for at := 1; at < len(w); at++ {
					s.finds(t, w[:at]+letter()+w[at+1:], l, 10)
					if len(w) > 5 { // with a letter less it has five, the least that are given a typo
						s.finds(t, w[:at]+w[at+1:], l, 10)
					}
					s.finds(t, w[:at]+letter()+w[at:], l, 10)
					if at+1 < len(w) {
						s.finds(t, w[:at]+w[at+1:at+2]+w[at:at+1]+w[at+2:], l, 10)
					}
				}
			}
		}
	}
}

func (s *suite) odd(t *testing.T) {
	long := strings.Repeat("余天成堂药号", 1700)
	for _, q := range []string{
		"", "   ", "　", long, strings.Repeat("a", 10000), strings.Repeat("́", 10000), "🍜", "🍜面", "\x00", "余\x00天成", `"`, `"余天`, "-余", "%", "*", "<script>alert(1)</script>",
		"id = 1 OR 1=1", "\xed\xa0\x80余", "\xff\xfe", "שלום", "\u202e余天成", "余天成堂药号中山中路一百", "中山中路一百二十三号余天成堂药号",
		"' OR ''='", `\`, "{}", "[]", "a b c d e f g h i j k l m n o p q r s t", "1 2 3 4 5 6 7 8 9 10 11 12",
	} {
		r, err := s.e.Search(t.Context(), search.Query{Text: q, Facets: []search.Group{search.CategoryGroup}})
		if err != nil {
			t.Errorf("%.40q: %v", q, err)
		}
		for _, h := range r.Hits {
			if s.f.names[h.ID] == "" {
				t.Errorf("%.40q: unknown hit %q", q, h.ID)
			}
		}
	}
	for _, q := range []string{"-余", `"余`, "余*", "%余%", "\x00余", "🍜余"} {
		if got, want := ids(ask(t, s.e, search.Query{Text: q})), ids(ask(t, s.e, search.Query{Text: "余"})); !slices.Equal(got, want) {
			t.Errorf("%q finds other than 余: %s", q, s.names(got))
		}
	}
}
