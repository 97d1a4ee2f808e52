package memory

import (
	"strings"
	"unicode/utf8"

	"shangquan/services/search/text"
)

// Points of a term by where it is found. They only order: a name before an alias, an alias before a category, a category
// before a place, a place before what is sold, that before the address and the description.
const (
	nameWhole, namePrefix, nameRun, nameInside     = 110, 100, 92, 86
	aliasWhole, aliasPrefix, aliasRun, aliasInside = 98, 90, 84, 78

	wordWhole, wordPrefix           = 100, 94
	aliasWordWhole, aliasWordPrefix = 90, 84

	pinyinWhole, pinyinPrefix, pinyinInside                = 104, 92, 72
	initialsWhole, initialsPrefix, initialsInside          = 90, 82, 48
	aliasPinyinWhole, aliasPinyinPrefix, aliasPinyinInside = 96, 84, 71
	aliasInitialsWhole, aliasInitialsPrefix                = 80, 73

	categoryWhole, categoryInside   = 70, 62
	categoryPinyin, placePinyin     = 61, 51
	placeWhole, placeInside         = 60, 52
	attrWhole, attrInside           = 50, 44
	addressRun, addressInside       = 40, 36
	descriptionInside               = 12
	phoneWhole, phoneInside         = 95, 80
	fuzzyName, fuzzyAlias           = 80, 72
	perTypo                         = 8
	perMissing                      = 300
	wholeName, startsName           = 3000, 1500
	wholeAlias, contiguousInTheName = 1200, 600
)

// want is a term with what scoring needs ready.
type want struct {
	text.Term
	pre, whole string // " term", " term "
	variants   []variant
}

// variant is a word or reading one or two typos away from the term.
type variant struct {
	want   *want
	pinyin bool // found among readings, not among words
	typos  int
}

func wantOf(t text.Term) want {
	return want{Term: t, pre: " " + t.Text, whole: " " + t.Text + " "}
}

// points returns what the term is worth in r; 0: it is not there.
func (r *record) points(w *want) int {
	switch w.Kind {
	case text.Han:
		return r.hanPoints(w.Text, w.Single())
	case text.Digits:
		return max(r.wordPoints(w, w.Last), r.phonePoints(w))
	case text.Latin:
	}
	best := r.wordPoints(w, true)
	if w.Pinyin {
		best = max(best, r.pinyinPoints(w.Text))
	}
	if w.Initials {
		best = max(best, r.initialsPoints(w.Text))
	}
	return best
}

// typoPoints is points with typos allowed.
func (r *record) typoPoints(w *want) int {
	best := r.points(w)
	for i := range w.variants {
		v := &w.variants[i]
		p := 0
		if v.pinyin {
			p = r.pinyinPoints(v.want.Text)
		} else {
			p = r.wordPoints(v.want, true)
		}
		if p > 0 {
			best = max(best, p-perTypo*v.typos)
		}
	}
	return best
}

func (r *record) hanPoints(s string, single bool) int {
	best := hanIn(&r.name, s, nameWhole, namePrefix, nameRun, nameInside)
	if best > aliasWhole {
		return best
	}
	for i := range r.aliases {
		best = max(best, hanIn(&r.aliases[i], s, aliasWhole, aliasPrefix, aliasRun, aliasInside))
	}
	if best > categoryWhole {
		return best
	}
	if best = max(best, r.cat.han(s, categoryWhole, categoryInside)); best > 0 {
		return best
	}
	for _, l := range r.place {
		best = max(best, l.han(s, placeWhole, placeInside))
	}
	if best > 0 {
		return best
	}
	for _, l := range r.tags {
		best = max(best, l.han(s, attrWhole, attrInside))
	}
	if best = max(best, hanIn(&r.goods, s, attrWhole, attrWhole, attrWhole, attrInside)); best > 0 || single {
		return best
	}
	if best = hanIn(&r.addr, s, addressRun, addressRun, addressRun, addressInside); best > 0 {
		return best
	}
	if strings.Contains(r.desc, s) {
		return descriptionInside
	}
	return 0
}

// hanIn returns the points of s in a phrase: the whole of it, at its beginning, at the beginning of a stretch of Chinese,
// or elsewhere.
func hanIn(p *phrase, s string, whole, prefix, runStart, inside int) int {
	at := strings.Index(p.folded, s)
	switch {
	case at < 0:
		return 0
	case p.key == s:
		return whole
	case at == 0:
		return prefix
	}
	for from := at; ; {
		before, _ := utf8.DecodeLastRuneInString(p.folded[:from])
		if !text.IsHan(before) {
			return runStart
		}
		next := strings.Index(p.folded[from+1:], s)
		if next < 0 {
			return inside
		}
		from += 1 + next
	}
}

func (l *label) han(s string, whole, inside int) int {
	best := 0
	if l != nil {
		for i := range l.phrases {
			best = max(best, hanIn(&l.phrases[i], s, whole, whole, inside, inside))
		}
	}
	return best
}

// wordPoints returns the points of a Latin word or number; begun says whether the beginning of a word will do.
func (r *record) wordPoints(w *want, begun bool) int {
	best := r.name.word(w, begun, nameWhole, wordWhole, wordPrefix)
	if best > aliasWhole {
		return best
	}
	for i := range r.aliases {
		best = max(best, r.aliases[i].word(w, begun, aliasWhole, aliasWordWhole, aliasWordPrefix))
	}
	if best > 0 {
		return best
	}
	if best = r.cat.word(w, begun, categoryWhole, categoryInside); best > 0 {
		return best
	}
	for _, l := range r.place {
		best = max(best, l.word(w, begun, placeWhole, placeInside))
	}
	if best > 0 {
		return best
	}
	for _, l := range r.tags {
		best = max(best, l.word(w, begun, attrWhole, attrInside))
	}
	best = max(best, r.goods.word(w, begun, attrWhole, attrWhole, attrInside))
	if best > 0 || !w.HasDigit() {
		return best
	}
	return r.addr.word(w, begun, addressRun, addressRun, addressInside)
}

func (p *phrase) word(w *want, begun bool, all, whole, prefix int) int {
	switch {
	case p.words == "":
		return 0
	case p.key == w.Text:
		return all
	case strings.Contains(p.words, w.whole):
		return whole
	case begun && strings.Contains(p.words, w.pre):
		return prefix
	}
	return 0
}

func (l *label) word(w *want, begun bool, whole, inside int) int {
	best := 0
	if l != nil {
		for i := range l.phrases {
			best = max(best, l.phrases[i].word(w, begun, whole, whole, inside))
		}
	}
	return best
}

func (r *record) phonePoints(w *want) int {
	if !w.Phone() || !strings.Contains(r.phones, w.Text) {
		return 0
	}
	for n := range strings.FieldsSeq(r.phones) {
		if n == w.Text {
			return phoneWhole
		}
	}
	return phoneInside
}

func (r *record) pinyinPoints(s string) int {
	best := soundIn(r.name.sounds, s, pinyinWhole, pinyinPrefix, pinyinInside)
	for i := range r.aliases {
		best = max(best, soundIn(r.aliases[i].sounds, s, aliasPinyinWhole, aliasPinyinPrefix, aliasPinyinInside))
	}
	if best > 0 {
		return best
	}
	best = r.cat.sound(s, categoryPinyin)
	for _, l := range r.place {
		best = max(best, l.sound(s, placePinyin))
	}
	return best
}

func (l *label) sound(s string, points int) int {
	if l != nil {
		for i := range l.phrases {
			if soundIn(l.phrases[i].sounds, s, 1, 1, 1) > 0 {
				return points
			}
		}
	}
	return 0
}

func soundIn(sounds []sound, s string, whole, prefix, inside int) int {
	best := 0
	for i := range sounds {
		py := sounds[i].py
		for start := 0; start < len(py); {
			if end := spells(py[start:], s); end >= 0 {
				switch {
				case start > 0:
					best = max(best, inside)
				case end == len(py):
					return whole
				default:
					best = max(best, prefix)
				}
				break
			}
			next := strings.IndexByte(py[start:], '\'')
			if next < 0 {
				break
			}
			start += next + 1
		}
	}
	return best
}

// spells reports where s ends when py, syllables divided by ', begins with it; −1 when it does not.
func spells(py, s string) int {
	i := 0
	for k := 0; k < len(s); i++ {
		switch {
		case i == len(py):
			return -1
		case py[i] == '\'':
		case py[i] != s[k]:
			return -1
		default:
			k++
		}
	}
	return i
}

func (r *record) initialsPoints(s string) int {
	best := 0
	for i := range r.name.sounds {
		best = max(best, initialsIn(r.name.sounds[i].ini, s, initialsWhole, initialsPrefix))
	}
	for i := range r.aliases {
		for j := range r.aliases[i].sounds {
			best = max(best, initialsIn(r.aliases[i].sounds[j].ini, s, aliasInitialsWhole, aliasInitialsPrefix))
		}
	}
	return best
}

func initialsIn(ini, s string, whole, prefix int) int {
	switch at := strings.Index(ini, s); {
	case at < 0:
		return 0
	case at > 0:
		return initialsInside
	case len(ini) == len(s):
		return whole
	}
	return prefix
}

// extra returns the points of the query as a whole.
func (r *record) extra(key string, terms int) int {
	switch {
	case key == "":
		return 0
	case r.name.key == key:
		return wholeName
	case strings.HasPrefix(r.name.key, key):
		return startsName
	}
	for i := range r.aliases {
		if r.aliases[i].key == key {
			return wholeAlias
		}
	}
	if terms > 1 && strings.Contains(r.name.key, key) {
		return contiguousInTheName
	}
	return 0
}
