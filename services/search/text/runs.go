package text

import "unicode"

// A run is a stretch of one script in a folded text, from character from to before character to. A Latin run is one word;
// the joiners inside it count as part of it.
type run struct {
	han      bool
	from, to int
}

// runs cuts a folded text.
func runs(f []rune) []run {
	var out []run
	for i := 0; i < len(f); {
		switch classOf(f[i]) {
		case han:
			j := i + 1
			for j < len(f) && (classOf(f[j]) == han || classOf(f[j]) == mark) {
				j++
			}
			out = append(out, run{true, i, j})
			i = j
		case alnum:
			j := i + 1
			for j < len(f) {
				c := classOf(f[j])
				if c == alnum || c == mark || c == joiner && j+1 < len(f) && classOf(f[j+1]) == alnum {
					j++
					continue
				}
				break
			}
			out = append(out, run{false, i, j})
			i = j
		default:
			i++
		}
	}
	return out
}

// letters returns the characters of a run without joiners and marks.
func letters(f []rune, r run) []rune {
	out := make([]rune, 0, r.to-r.from)
	for _, c := range f[r.from:r.to] {
		if k := classOf(c); k == han || k == alnum {
			out = append(out, c)
		}
	}
	return out
}

// words returns the tokens of a Latin run: the whole word, then its parts between joiners and where letters meet digits.
func words(f []rune, r run) []string {
	out := []string{string(letters(f, r))}
	start := -1
	flush := func(end int) {
		if start >= 0 {
			if w := string(f[start:end]); w != out[0] {
				out = append(out, w)
			}
			start = -1
		}
	}
	for i := r.from; i < r.to; i++ {
		if classOf(f[i]) != alnum {
			flush(i)
			continue
		}
		if start >= 0 && unicode.IsDigit(f[i]) != unicode.IsDigit(f[i-1]) {
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(r.to)
	return out
}

// maxGlued is how many Latin words in a row are also indexed as one, for those who leave the space out or put one in.
const maxGlued = 4

// Tokens are the tokens of one text.
type Tokens struct {
	Grams []string // overlapping pairs of Chinese characters, and runs of a single one
	Uni   []string // single Chinese characters
	Words []string // Latin words and numbers, whole and in parts
}

// Tokenise cuts a text into the tokens both engines index.
func Tokenise(s string) Tokens {
	f := Fold(s).Runes
	var t Tokens
	var glued []rune
	count := 0
	glue := func() {
		if count >= 2 && count <= maxGlued {
			t.Words = append(t.Words, string(glued))
		}
		glued, count = glued[:0], 0
	}
	for _, r := range runs(f) {
		if !r.han {
			t.Words = append(t.Words, words(f, r)...)
			glued, count = append(glued, letters(f, r)...), count+1
			continue
		}
		glue()
		l := letters(f, r)
		for _, c := range l {
			t.Uni = append(t.Uni, string(c))
		}
		t.Grams = append(t.Grams, grams(l)...)
	}
	glue()
	return t
}

// grams returns the overlapping pairs of a run; a run of one gives itself.
func grams(run []rune) []string {
	if len(run) == 1 {
		return []string{string(run)}
	}
	out := make([]string, 0, len(run)-1)
	for i := range len(run) - 1 {
		out = append(out, string(run[i:i+2]))
	}
	return out
}

// Core returns the name before its first bracket: the rest names the branch, which street and plaza tell better.
func Core(name string) string {
	for i, r := range name {
		switch r {
		case '(', '（', '[', '［', '【', '〔', '<', '＜', '《':
			if i > 0 {
				return name[:i]
			}
		}
	}
	return name
}
