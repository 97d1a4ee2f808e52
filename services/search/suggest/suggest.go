// Package suggest completes what a visitor types: names, categories, streets, plazas and services that begin so, in
// characters, pinyin or initials. It is a list in memory, the same whatever engine searches.
package suggest

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"shangquan/services/search/text"
)

// Kind is what a suggestion is; the lesser comes first.
type Kind uint8

// The kinds, in the order of their weight.
const (
	Shop Kind = iota
	Category
	Plaza
	Street
	Service
	Alias
)

// String returns the kind as pages and the API name it.
func (k Kind) String() string {
	return [...]string{"shop", "category", "plaza", "street", "service", "alias"}[k]
}

// Entry is something that can be suggested.
type Entry struct {
	Text   string
	Kind   Kind
	ID     string // slug or id of the thing; empty: search for the text
	Pinyin string // overrides the computed reading
	Count  int    // how many shops it stands for
}

// Suggestion is an entry with what of its text matched.
type Suggestion struct {
	Entry
	Marks []text.Span
}

// Max is how many suggestions there are at most.
const Max = 8

// List is a set of entries, ready to be completed. It is never changed: build a new one and swap.
type List struct {
	entries []Entry
	keys    []key // sorted
}

// key is one way to begin an entry.
type key struct {
	s     string
	way   way
	entry int32
}

// way is how a key is spelt; the lesser is the closer.
type way uint8

const (
	written way = iota
	inside      // a word of the text other than the first, or the part after the core
	spelt       // pinyin
	initials
)

// New builds a list. Entries with the same text and kind become one, their counts added.
func New(entries []Entry) *List {
	l := &List{}
	type id struct {
		key  string
		kind Kind
	}
	at := map[id]int32{}
	for _, e := range entries {
		k := text.Key(e.Text)
		if k == "" {
			continue
		}
		i, ok := at[id{k, e.Kind}]
		if ok {
			l.entries[i].Count += e.Count
			continue
		}
		i = int32(len(l.entries))
		at[id{k, e.Kind}] = i
		l.entries = append(l.entries, e)
		l.add(k, written, i)
		for _, w := range text.Tokenise(e.Text).Words {
			if !strings.HasPrefix(k, w) {
				l.add(w, inside, i)
			}
		}
		readings := text.ReadingsOf(e.Text, e.Pinyin)
		for _, syllables := range readings {
			l.add(strings.Join(syllables, ""), spelt, i)
			first := ""
			for _, y := range syllables {
				first += y[:1]
			}
			if len(first) >= 2 {
				l.add(first, initials, i)
			}
		}
	}
	sort.Slice(l.keys, func(a, b int) bool { return l.keys[a].s < l.keys[b].s })
	return l
}

func (l *List) add(s string, w way, entry int32) { l.keys = append(l.keys, key{s, w, entry}) }

// Complete returns what begins with the typed text, at most n and Max: what is written so before what is spelt so, then by
// kind, count and text. Never nil.
func (l *List) Complete(typed string, n int) []Suggestion {
	out := []Suggestion{}
	p := text.Parse(typed)
	if p.Key == "" || n <= 0 {
		return out
	}
	best := map[int32]way{}
	from, _ := slices.BinarySearchFunc(l.keys, p.Key, func(k key, s string) int { return cmp.Compare(k.s, s) })
	for _, k := range l.keys[from:] {
		if !strings.HasPrefix(k.s, p.Key) {
			break
		}
		if w, ok := best[k.entry]; !ok || k.way < w {
			best[k.entry] = k.way
		}
	}
	found := make([]int32, 0, len(best))
	for i := range best {
		found = append(found, i)
	}
	slices.SortFunc(found, func(a, b int32) int {
		x, y := &l.entries[a], &l.entries[b]
		return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(x.Kind, y.Kind), y.Count-x.Count, cmp.Compare(x.Text, y.Text))
	})
	for _, i := range found[:min(len(found), n, Max)] {
		e := l.entries[i]
		out = append(out, Suggestion{e, p.Marks(e.Text, e.Pinyin)})
	}
	return out
}

// Len returns the number of entries.
func (l *List) Len() int { return len(l.entries) }
