package memory

import (
	"strings"
	"sync"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// record is what scoring looks at: folded texts, words with a space on either side, and readings.
type record struct {
	id      string
	name    phrase
	aliases []phrase
	cat     *label
	place   [2]*label // street, plaza
	tags    []*label
	goods   phrase
	addr    phrase
	desc    string
	phones  string // digits, divided by spaces

	popularity int
	updated    int64
	nameKey    string
	doorKey    string
}

// phrase is one text, ready to compare.
type phrase struct {
	folded string
	key    string // without spaces and signs
	words  string // " w1 w2 ", empty without words
	sounds []sound
}

// sound is one reading: "yu'tian'cheng" and its first letters.
type sound struct{ py, ini string }

// label is a category, street, plaza or tag as many listings share it.
type label struct {
	id      string
	phrases []phrase
	grams   []gram
	words   []string
	endings []string // of readings
}

// gram is one or two Chinese characters in a number.
type gram uint64

func gramOf(s string) gram {
	var g gram
	for _, r := range s {
		g = g<<21 | gram(r)
	}
	return g
}

// prepared is a listing on its way into the index: its record and its tokens.
type prepared struct {
	listing  *search.Listing
	rec      *record
	grams    []gram
	words    []string
	endings  []string
	initials []string
}

// labels keeps one label for all listings that carry the same.
type labels struct{ m sync.Map } // by id and terms → *label

func (ls *labels) get(l search.Label) *label {
	if l.ID == "" && len(l.Terms) == 0 {
		return nil
	}
	key := l.ID + "\x00" + strings.Join(l.Terms, "\x00")
	if v, ok := ls.m.Load(key); ok {
		return v.(*label)
	}
	out := &label{id: l.ID}
	for _, term := range l.Terms {
		t, ph := parse(term, text.Readings(term))
		out.phrases = append(out.phrases, ph)
		out.grams = addGrams(out.grams, t.Grams, t.Uni)
		out.words = append(out.words, t.Words...)
		out.endings = append(out.endings, text.PinyinEndings(text.Readings(term))...)
	}
	v, _ := ls.m.LoadOrStore(key, out)
	return v.(*label)
}

func parse(s string, readings [][]string) (text.Tokens, phrase) {
	t := text.Tokenise(s)
	ph := phrase{folded: text.FoldString(s), key: text.Key(s), words: spaced(t.Words)}
	if ph.key == ph.folded {
		ph.key = ph.folded // one string, not two
	}
	for _, syl := range readings {
		ini := make([]byte, len(syl))
		for i, y := range syl {
			ini[i] = y[0]
		}
		ph.sounds = append(ph.sounds, sound{strings.Join(syl, "'"), string(ini)})
	}
	return t, ph
}

func spaced(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}

func addGrams(out []gram, lists ...[]string) []gram {
	for _, list := range lists {
		for _, s := range list {
			out = append(out, gramOf(s))
		}
	}
	return out
}

// prepare derives everything of a listing. It is the costly part of indexing and needs no lock.
func prepare(l *search.Listing, ls *labels) prepared {
	r := &record{
		id: l.ID, popularity: l.Popularity, updated: l.UpdatedAt.Unix(), nameKey: l.NameKey, doorKey: l.DoorKey,
		cat: ls.get(l.Category), place: [2]*label{ls.get(l.Street), ls.get(l.Plaza)},
	}
	p := prepared{listing: l, rec: r}
	readings := text.ReadingsOf(l.Name, l.Pinyin)
	t, ph := parse(l.Name, readings)
	r.name = ph
	p.take(t, true)
	p.sound(readings)
	for _, a := range l.Aliases {
		readings := text.Readings(text.Core(a))
		t, ph := parse(a, readings)
		r.aliases = append(r.aliases, ph)
		p.take(t, true)
		p.sound(readings)
	}
	for _, tag := range l.Tags {
		if x := ls.get(tag); x != nil {
			r.tags = append(r.tags, x)
		}
	}
	t, r.goods = parse(strings.Join(l.Goods, " / "), nil)
	p.take(t, true)
	t, r.addr = parse(l.Address+" "+l.Floor, nil)
	p.take(t, false)
	desc := text.Clip(l.Description)
	r.desc = text.FoldString(desc)
	p.take(text.Tokenise(desc), false)
	var phones []string
	for _, n := range l.Phones {
		if d := text.PhoneDigits(n); d != "" {
			phones = append(phones, d)
		}
	}
	r.phones = strings.Join(phones, " ")
	for _, x := range append([]*label{r.cat, r.place[0], r.place[1]}, r.tags...) {
		if x != nil {
			p.grams, p.words = append(p.grams, x.grams...), append(p.words, x.words...)
		}
	}
	for _, x := range []*label{r.cat, r.place[0], r.place[1]} {
		if x != nil {
			p.endings = append(p.endings, x.endings...)
		}
	}
	return p
}

func (p *prepared) take(t text.Tokens, single bool) {
	p.grams = addGrams(p.grams, t.Grams)
	if single {
		p.grams = addGrams(p.grams, t.Uni)
	}
	p.words = append(p.words, t.Words...)
}

func (p *prepared) sound(readings [][]string) {
	p.endings = append(p.endings, text.PinyinEndings(readings)...)
	p.initials = append(p.initials, text.Initials(readings)...)
}
