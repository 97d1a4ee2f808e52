package memory

import (
	"slices"
	"sort"
	"strings"
)

// dict maps tokens to postings and finds all tokens with a beginning. Tokens lie in buckets by their first two bytes, so
// that adding one moves few others.
type dict struct {
	buckets map[[2]byte]*bucket
	loading map[string]*posting // while many are added at once; see settle
}

type bucket struct {
	keys     []string
	postings []*posting
}

func newDict() *dict { return &dict{buckets: map[[2]byte]*bucket{}, loading: map[string]*posting{}} }

func bucketOf(key string) [2]byte {
	if len(key) < 2 {
		return [2]byte{key[0]}
	}
	return [2]byte{key[0], key[1]}
}

func (d *dict) add(key string, doc uint32) {
	if d.loading != nil {
		p := d.loading[key]
		if p == nil {
			p = new(posting)
			d.loading[strings.Clone(key)] = p
		}
		p.add(doc)
		return
	}
	b := d.buckets[bucketOf(key)]
	if b == nil {
		b = new(bucket)
		d.buckets[bucketOf(key)] = b
	}
	i, found := slices.BinarySearch(b.keys, key)
	if !found {
		b.keys = slices.Insert(b.keys, i, strings.Clone(key))
		b.postings = slices.Insert(b.postings, i, new(posting))
	}
	b.postings[i].add(doc)
}

// settle ends loading: from now on tokens can be looked up.
func (d *dict) settle() {
	for key, p := range d.loading {
		b := d.buckets[bucketOf(key)]
		if b == nil {
			b = new(bucket)
			d.buckets[bucketOf(key)] = b
		}
		b.keys, b.postings = append(b.keys, key), append(b.postings, p)
	}
	for _, b := range d.buckets {
		sort.Sort(b)
	}
	d.loading = nil
}

func (b *bucket) Len() int           { return len(b.keys) }
func (b *bucket) Less(i, j int) bool { return b.keys[i] < b.keys[j] }
func (b *bucket) Swap(i, j int) {
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
	b.postings[i], b.postings[j] = b.postings[j], b.postings[i]
}

// prefix adds to s every document with a token that begins with key, or is key when whole is true.
func (d *dict) prefix(key string, whole bool, s set) {
	if len(key) == 1 && !whole {
		d.letter(key[0], func(_ string, p *posting) { p.orInto(s) })
		return
	}
	b := d.buckets[bucketOf(key)]
	if b == nil {
		return
	}
	for i, _ := slices.BinarySearch(b.keys, key); i < len(b.keys) && strings.HasPrefix(b.keys[i], key); i++ {
		if whole && b.keys[i] != key {
			return
		}
		b.postings[i].orInto(s)
	}
}

// letter calls f for every token that begins with byte c.
func (d *dict) letter(c byte, f func(key string, p *posting)) {
	for second := range 256 {
		if b := d.buckets[[2]byte{c, byte(second)}]; b != nil {
			for i, key := range b.keys {
				f(key, b.postings[i])
			}
		}
	}
}

// move renumbers the documents and forgets tokens that no document has any more.
func (d *dict) move(to []uint32) {
	for k, b := range d.buckets {
		n := 0
		for i, p := range b.postings {
			if m := p.moved(to); m.size() > 0 {
				b.keys[n], b.postings[n] = b.keys[i], &m
				n++
			}
		}
		clear(b.keys[n:])
		clear(b.postings[n:])
		b.keys, b.postings = b.keys[:n], b.postings[:n]
		if n == 0 {
			delete(d.buckets, k)
		}
	}
}
