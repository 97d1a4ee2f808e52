package memory

import (
	"math"
	"slices"

	"shangquan/services/search"
)

// ordinals numbers the values of a facet group.
type ordinals struct {
	ids []string
	of  map[string]int32
}

func newOrdinals() *ordinals { return &ordinals{of: map[string]int32{}} }

func (o *ordinals) get(id string) int32 {
	if id == "" {
		return -1
	}
	n, ok := o.of[id]
	if !ok {
		n = int32(len(o.ids))
		o.of[id], o.ids = n, append(o.ids, id)
	}
	return n
}

// facts is what filters, facets and distances look at: one small value per document, apart from the record, so that a walk
// over all documents stays in the cache.
type facts struct {
	open               search.Slots
	cat, street, plaza int32
	level              int16
	price              int8
	heritage           bool
	lat, lng           float64 // NaN: no place
	tags               []int32
	closedOn           []int32
}

// index holds documents by number. An update gives a listing a new number and retires the old one; when many have retired,
// the rest is renumbered.
type index struct {
	byID  map[string]uint32
	recs  []*record // nil: retired
	phone []string  // digits, divided by spaces; beside the records because a search for a number walks all of them
	facts []facts
	alive set
	dead  int

	grams    map[gram]*posting
	words    *dict
	pinyin   *dict
	initials *dict

	cats, streets, plazas, tags *ordinals
}

func newIndex() *index {
	return &index{
		byID: map[string]uint32{}, grams: map[gram]*posting{}, words: newDict(), pinyin: newDict(), initials: newDict(),
		cats: newOrdinals(), streets: newOrdinals(), plazas: newOrdinals(), tags: newOrdinals(),
	}
}

// settle ends the bulk loading every new index begins with.
func (x *index) settle() {
	x.words.settle()
	x.pinyin.settle()
	x.initials.settle()
}

func (x *index) put(p prepared) {
	l := p.listing
	x.remove(l.ID)
	d := uint32(len(x.recs))
	x.recs, x.phone = append(x.recs, p.rec), append(x.phone, p.rec.phones)
	f := facts{
		open: l.Open, heritage: l.Heritage, level: int16(l.Level), price: int8(l.Price), lat: math.NaN(), lng: math.NaN(),
		cat: x.cats.get(l.Category.ID), street: x.streets.get(l.Street.ID), plaza: x.plazas.get(l.Plaza.ID),
	}
	if l.At != nil {
		f.lat, f.lng = l.At.Lat, l.At.Lng
	}
	for _, t := range l.Tags {
		if o := x.tags.get(t.ID); o >= 0 && !slices.Contains(f.tags, o) {
			f.tags = append(f.tags, o)
		}
	}
	for _, day := range l.ClosedOn {
		f.closedOn = append(f.closedOn, int32(day))
	}
	x.facts = append(x.facts, f)
	if len(x.alive)*64 <= int(d) {
		x.alive = append(x.alive, 0)
	}
	x.alive.add(d)
	x.byID[l.ID] = d
	for _, g := range p.grams {
		q := x.grams[g]
		if q == nil {
			q = new(posting)
			x.grams[g] = q
		}
		q.add(d)
	}
	for _, w := range p.words {
		x.words.add(w, d)
	}
	for _, w := range p.endings {
		x.pinyin.add(w, d)
	}
	for _, w := range p.initials {
		x.initials.add(w, d)
	}
}

func (x *index) remove(id string) {
	d, ok := x.byID[id]
	if !ok {
		return
	}
	delete(x.byID, id)
	x.recs[d], x.phone[d] = nil, ""
	x.facts[d] = facts{}
	x.alive[d>>6] &^= 1 << (d & 63)
	x.dead++
}

// tidy renumbers the documents when a quarter of the numbers are retired.
func (x *index) tidy() {
	if x.dead < 1024 || x.dead*4 < len(x.recs) {
		return
	}
	to := make([]uint32, len(x.recs))
	n := uint32(0)
	for d, r := range x.recs {
		if r == nil {
			to[d] = gone
			continue
		}
		to[d] = n
		x.recs[n], x.facts[n], x.phone[n] = r, x.facts[d], x.phone[d]
		x.byID[r.id] = n
		n++
	}
	clear(x.recs[n:])
	clear(x.phone[n:])
	x.recs, x.facts, x.phone, x.dead = x.recs[:n], x.facts[:n], x.phone[:n], 0
	x.alive = newSet(int(n))
	for d := range n {
		x.alive.add(d)
	}
	for g, p := range x.grams {
		if m := p.moved(to); m.size() > 0 {
			x.grams[g] = &m
		} else {
			delete(x.grams, g)
		}
	}
	x.words.move(to)
	x.pinyin.move(to)
	x.initials.move(to)
}
