package sheet

import (
	"strings"
	"unicode"

	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/taxonomy"
)

// Names gives the words that stand in cells for what a listing keeps as an id, and finds the id by a word.
type Names struct {
	categories, formats, tags, streets, plazas *index
}

// NewNames makes the names from the taxonomy and the places of the register.
func NewNames(t *taxonomy.Table, streets []place.Street, plazas []place.Plaza) *Names {
	var categories, formats, tags, roads, malls []named
	for _, c := range t.Categories {
		categories = append(categories, named{c.ID, c.ID, c.Name, c.Terms})
	}
	for _, f := range t.Formats {
		formats = append(formats, named{f.ID, f.ID, f.Name, nil})
	}
	for _, g := range t.Tags {
		tags = append(tags, named{g.ID, g.ID, g.Name, g.Terms})
	}
	for i := range streets {
		roads = append(roads, named{streets[i].ID, streets[i].Slug, streets[i].Name, streets[i].Aliases})
	}
	for i := range plazas {
		malls = append(malls, named{plazas[i].ID, plazas[i].Slug, plazas[i].Name, plazas[i].Aliases})
	}
	return &Names{newIndex(categories), newIndex(formats), newIndex(tags), newIndex(roads), newIndex(malls)}
}

// The lists that the drop-downs of an XLSX file offer.
const (
	pickCategory  = "category"
	pickFormat    = "format"
	pickDatum     = "datum"
	pickConfirmer = "confirmer"
	pickClosure   = "closure"
	pickState     = "state"
)

// choices returns the words of a drop-down.
func (n *Names) choices(pick string) []string {
	shown := func(w words) []string {
		out := make([]string, len(w))
		for i, p := range w {
			out[i] = p[1]
		}
		return out
	}
	switch pick {
	case pickCategory:
		return n.categories.order
	case pickFormat:
		return n.formats.order
	case pickDatum:
		return shown(datums)
	case pickConfirmer:
		return shown(confirmers)
	case pickClosure:
		return shown(closures)
	case pickState:
		return shown(states)
	}
	return nil
}

// index is one list of named things.
type index struct {
	names map[string]string // id → the word in the cell
	ids   map[string]string // folded word → id
	order []string          // the words in the cells
	words []string          // everything a thing is called, for suggestions
}

// named is a thing as it comes in.
type named struct {
	id, slug string
	name     lang.Text
	words    []string
}

// newIndex enters the names first, so that no other word of one thing hides the name of another. Where two things have one
// name, the second is written and found by its slug.
func newIndex(things []named) *index {
	x := &index{names: map[string]string{}, ids: map[string]string{}}
	for _, t := range things {
		shown := t.name.Hans
		if _, taken := x.ids[taxonomy.Fold(shown)]; taken || shown == "" {
			shown = t.slug
		}
		x.names[t.id] = shown
		x.order = append(x.order, shown)
		x.add(t.id, shown)
	}
	for _, t := range things {
		for _, w := range append([]string{t.slug, t.name.Hant, t.name.En}, t.words...) {
			x.add(t.id, w)
		}
	}
	return x
}

func (x *index) add(id, word string) {
	if _, taken := x.ids[taxonomy.Fold(word)]; word != "" && !taken {
		x.ids[taxonomy.Fold(word)] = id
		x.words = append(x.words, word)
	}
}

// name returns the word for an id, and an id nobody knows as it is, so that no export loses it.
func (x *index) name(id string) string {
	if name, ok := x.names[id]; ok {
		return name
	}
	return id
}

func (x *index) namesOf(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = x.name(id)
	}
	return out
}

// id returns the thing that a word means; the empty word means none and is not found.
func (x *index) id(word string) (string, bool) {
	id, ok := x.ids[taxonomy.Fold(word)]
	return id, ok
}

// nearest returns the name of the thing whose words look most like a word that was not found, empty when none is close: at
// least half of the pairs of neighbouring characters agree.
func (x *index) nearest(word string) string {
	best, name := 0.0, ""
	want := pairs(taxonomy.Fold(word))
	for _, w := range x.words {
		if score := alike(want, pairs(taxonomy.Fold(w))); score >= 0.5 && score > best {
			best, name = score, x.name(x.ids[taxonomy.Fold(w)])
		}
	}
	return name
}

// pairs cuts a word into its characters and the pairs of neighbours among them.
func pairs(s string) map[string]bool {
	set := map[string]bool{}
	var last rune
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		set[string(r)] = true
		if last != 0 {
			set[string([]rune{last, r})] = true
		}
		last = r
	}
	return set
}

// alike is the Dice coefficient of two sets.
func alike(a, b map[string]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	both := 0
	for p := range a {
		if b[p] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}

// headers finds the columns by what stands in the header row: our header, the machine key, without regard to case or blanks.
func headers() map[string][2]int {
	out := map[string][2]int{}
	for f := range fields {
		for c, col := range fields[f].cols {
			out[strings.ToLower(col.key)] = [2]int{f, c}
			out[taxonomy.Fold(col.header)] = [2]int{f, c}
		}
	}
	return out
}
