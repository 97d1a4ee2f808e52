package insight

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"shangquan/services/search/text"
)

// Word is what people searched for when they were shown a shop, folded, and how many visitors did.
type Word struct {
	Text     string `json:"text"`
	Visitors int    `json:"visitors"`
}

const (
	// CommonFrom is how many different visitors must have searched for the same thing on one day before it is written anywhere:
	// what a single person typed is that person's.
	CommonFrom = 3
	maxWord    = 20 // runes; longer ones are sentences, which may be about somebody
	// wordsPerDay and wordPairs bound the memory; what comes beyond is not noted.
	wordsPerDay = 5_000
	wordPairs   = 200_000
	// wordsPerWeek is how many are kept for a listing, the most frequent ones.
	wordsPerWeek = 20
)

// words holds the searches of today that brought up a shop.
type words struct {
	mu    sync.Mutex
	today map[string]*wordOfDay
	pairs int
}

type wordOfDay struct {
	visitors map[Visitor]struct{}
	listings map[string]int // by which visitors the listing was found with the word, not yet written
	shown    map[shown]struct{}
}

type shown struct {
	visitor Visitor
	listing string
}

func (w *words) turn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.today, w.pairs = map[string]*wordOfDay{}, 0
}

// Found counts that a search showed these listings to the visitor, and remembers what was searched for. Each visitor counts once
// a day for each listing, and once for each word and listing.
func (c *Counter) Found(query string, listingIDs []string, v Visitor) {
	if v == 0 {
		return
	}
	for _, id := range listingIDs {
		c.Note(Found, id, v)
	}
	if word, ok := keepable(query); ok && len(listingIDs) > 0 {
		c.words.note(word, listingIDs, v)
	}
}

func (w *words) note(word string, listingIDs []string, v Visitor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.today[word]
	if d == nil {
		if len(w.today) >= wordsPerDay {
			return
		}
		d = &wordOfDay{map[Visitor]struct{}{}, map[string]int{}, map[shown]struct{}{}}
		w.today[word] = d
	}
	for _, id := range listingIDs {
		at := shown{v, id}
		if _, old := d.shown[at]; old || id == "" || w.pairs >= wordPairs {
			continue
		}
		at.listing = strings.Clone(id)
		d.shown[at] = struct{}{}
		d.visitors[v] = struct{}{}
		d.listings[at.listing]++
		w.pairs++
	}
}

// take gives away the counts of the words that enough visitors have used; the others wait, and are forgotten at midnight.
func (w *words) take(yield func(listing, word string, n int)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for word, d := range w.today {
		if len(d.visitors) < CommonFrom {
			continue
		}
		for listing, n := range d.listings {
			yield(listing, word, n)
		}
		clear(d.listings)
	}
}

// keepable folds a query and reports whether it may be kept at all: not what looks like a number of a person, such as a phone, an
// identity card, a number plate or an address for mail, nor a sentence.
func keepable(query string) (string, bool) {
	if len(query) > 8*maxWord {
		return "", false
	}
	word := strings.Join(strings.Fields(text.FoldString(query)), " ")
	digits, letters := 0, 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r) || strings.ContainsRune("〇一二三四五六七八九幺两", r):
			digits++
		case unicode.IsLetter(r):
			letters++
		case r == '@' || r == utf8.RuneError || unicode.IsControl(r):
			return "", false
		}
	}
	n := utf8.RuneCountInString(word)
	return word, n > 0 && n <= maxWord && letters > 0 && digits < 5
}

// merge adds words to the list of a week and keeps the most frequent ones.
func merge(have, more []Word) []Word { return mergeUpTo(wordsPerWeek, have, more) }

func mergeUpTo(most int, have, more []Word) []Word {
	n := map[string]int{}
	for _, w := range slices.Concat(have, more) {
		n[w.Text] += w.Visitors
	}
	out := make([]Word, 0, len(n))
	for t, v := range n {
		out = append(out, Word{t, v})
	}
	slices.SortFunc(out, func(a, b Word) int { return cmp.Or(cmp.Compare(b.Visitors, a.Visitors), cmp.Compare(a.Text, b.Text)) })
	return out[:min(len(out), most)]
}

// putBack lets counts that could not be written wait; after midnight they are given up, since the word may not be common today.
func (w *words) putBack(listing string, all []Word) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range all {
		if d := w.today[x.Text]; d != nil {
			d.listings[listing] += x.Visitors
		}
	}
}
