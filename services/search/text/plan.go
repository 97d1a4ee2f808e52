package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"shangquan/services/search"
)

// Kind is the script of a term.
type Kind uint8

// The kinds.
const (
	Han Kind = iota
	Latin
	Digits
)

// Term is one thing a query asks for. All terms are required.
type Term struct {
	Kind  Kind
	Text  string // folded, without joiners
	Grams []string
	// Pinyin and Initials say what else a Latin term may be; it is tried as a word in any case.
	Pinyin   bool
	Initials bool
	// Spaced is true where the term was typed as several syllables.
	Spaced bool
	// Last is true for what was typed last and may be unfinished.
	Last bool
}

// Len returns the number of characters.
func (t *Term) Len() int { return utf8.RuneCountInString(t.Text) }

// Single reports whether the term is a single Chinese character.
func (t *Term) Single() bool { return t.Kind == Han && t.Len() == 1 }

// HasDigit reports whether the term holds a digit.
func (t *Term) HasDigit() bool { return strings.ContainsFunc(t.Text, unicode.IsDigit) }

// Phone reports whether the term may be a part of a phone number.
func (t *Term) Phone() bool { return t.Kind == Digits && len(t.Text) >= 4 }

// Plan is what a query asks for. Without terms it browses.
type Plan struct {
	Terms []Term
	Key   string // the whole query without spaces and signs, to compare with Key of a name
}

// Browse reports whether the query asks for nothing in particular.
func (p *Plan) Browse() bool { return len(p.Terms) == 0 }

// maxRaw bounds what is folded at all: a character has few marks.
const maxRaw = 8 * search.MaxText

// Parse plans a query as typed. Any text is good; signs have no meaning. It takes time linear in a bounded length.
func Parse(query string) Plan {
	query = strings.TrimLeftFunc(query, func(r rune) bool { return classOf(foldRune(r)) == separator })
	if cut := cutRunes(query, maxRaw); cut < len(query) {
		query = query[:cut]
	}
	f := Fold(query).Runes
	if len(f) > search.MaxText {
		f = f[:search.MaxText]
	}
	rs := runs(f)
	p := Plan{Key: Key(string(f))}
	looked := 0 // runs before it are known to be no phone number
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		l := letters(f, r)
		if r.han {
			if len(l) == 1 && i > 0 && rs[i-1].to == r.from && afterNumber(l[0]) && p.lastIs(Digits) {
				p.Terms[len(p.Terms)-1].Last = false // the number is finished
				continue
			}
			p.add(Term{Kind: Han, Text: string(l), Grams: grams(l)})
			continue
		}
		if i >= looked {
			var number string
			if looked, number = joinNumber(f, rs, i); number != "" {
				p.add(Term{Kind: Digits, Text: number})
				i = looked - 1
				continue
			}
		}
		p.addWord(string(l), i == len(rs)-1)
	}
	return p
}

func cutRunes(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func afterNumber(r rune) bool { return strings.ContainsRune("号弄室楼层", r) }

func (p *Plan) lastIs(k Kind) bool { return len(p.Terms) > 0 && p.Terms[len(p.Terms)-1].Kind == k }

// add appends a term unless the query already asks for it; the newest is the last.
func (p *Plan) add(t Term) {
	for i := range p.Terms {
		p.Terms[i].Last = false
	}
	t.Last = true
	for i := range p.Terms {
		if p.Terms[i].Kind == t.Kind && p.Terms[i].Text == t.Text {
			p.Terms = append(p.Terms[:i], p.Terms[i+1:]...)
			break
		}
	}
	p.Terms = append(p.Terms, t)
}

// addWord appends a Latin word, or joins it to the syllables before it.
func (p *Plan) addWord(w string, last bool) {
	t := Term{Kind: Latin, Text: w}
	if digitsOnly(w) {
		t.Kind = Digits
		p.add(t)
		return
	}
	if n := len(p.Terms); n > 0 && p.Terms[n-1].Kind == Latin && p.Terms[n-1].Last &&
		(p.Terms[n-1].Spaced || isSyllable(p.Terms[n-1].Text)) && (isSyllable(w) || last && startsSyllable(w)) {
		t.Text, t.Spaced = p.Terms[n-1].Text+w, true
		p.Terms = p.Terms[:n-1]
	}
	if lettersOnly(t.Text) {
		t.Pinyin = pinyinLike(t.Text)
		t.Initials = len(t.Text) >= 2 && len(t.Text) <= 10
	}
	p.add(t)
}

// joinNumber joins runs of digits from run i on that only spaces and dashes divide, as people type phone numbers: 021-5782
// 1234. It returns the first run that is not of them, and the number: empty when they are not one of 7 to 12 digits.
func joinNumber(f []rune, rs []run, i int) (int, string) {
	var b strings.Builder
	j := i
	for ; j < len(rs); j++ {
		if rs[j].han || j > i && !blank(f[rs[j-1].to:rs[j].from]) || !dashed(f[rs[j].from:rs[j].to]) {
			break
		}
		b.WriteString(string(letters(f, rs[j])))
	}
	if n := b.Len(); n < 7 || n > 12 {
		return max(j, i+1), ""
	}
	return j, b.String()
}

func blank(f []rune) bool {
	for _, r := range f {
		if r != ' ' && r != '-' {
			return false
		}
	}
	return true
}

func dashed(f []rune) bool {
	for _, r := range f {
		if r != '-' && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func digitsOnly(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func lettersOnly(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

// MaxTokens is how many words Meilisearch reads of a query; it drops the rest without a word.
const MaxTokens = 10

// Tokens returns the query as words for an engine that matches words, what was typed last at the end, at most MaxTokens.
// Where the pairs of long Chinese runs would be too many, every second one is left out: the others still cover the run.
func (p *Plan) Tokens() []string {
	out := p.tokens(1)
	if len(out) > MaxTokens {
		out = p.tokens(2)
	}
	if len(out) > MaxTokens {
		out = append(out[:MaxTokens-1:MaxTokens-1], out[len(out)-1])
	}
	return out
}

func (p *Plan) tokens(stride int) []string {
	out := []string{}
	for _, t := range p.Terms {
		if t.Kind != Han {
			out = append(out, t.Text)
			continue
		}
		for i := 0; i < len(t.Grams); i += stride {
			out = append(out, t.Grams[i])
		}
		if last := len(t.Grams) - 1; last%stride != 0 {
			out = append(out, t.Grams[last])
		}
	}
	return out
}

// Attributes returns the fields of a Document the query is about, the most telling first. Asking fewer keeps house numbers
// from matching phone numbers and words from matching initials.
func (p *Plan) Attributes() []string {
	var uni, py, ini, addr, phone, desc bool
	for i := range p.Terms {
		t := &p.Terms[i]
		uni = uni || t.Single()
		py = py || t.Kind == Latin && t.Pinyin || t.Kind == Latin && t.Len() >= 5 // a typo may spoil the syllables
		ini = ini || t.Initials
		addr = addr || t.Kind == Han && !t.Single() || t.HasDigit()
		phone = phone || t.Phone()
		desc = desc || t.Kind == Han && !t.Single()
	}
	var out []string
	for _, a := range []struct {
		name string
		use  bool
	}{
		{"name_tok", true},
		{"alias_tok", true},
		{"name_uni", uni},
		{"alias_uni", uni},
		{"name_py", py},
		{"alias_py", py},
		{"name_ini", ini},
		{"alias_ini", ini},
		{"cat_tok", true},
		{"cat_uni", uni},
		{"cat_py", py},
		{"place_tok", true},
		{"place_uni", uni},
		{"place_py", py},
		{"attr_tok", true},
		{"attr_uni", uni},
		{"addr_tok", addr},
		{"phone_sfx", phone},
		{"desc_tok", desc},
	} {
		if a.use {
			out = append(out, a.name)
		}
	}
	return out
}
