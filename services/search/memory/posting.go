package memory

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// set is a dense set of document numbers; it lives for one query.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(d uint32)      { s[d>>6] |= 1 << (d & 63) }
func (s set) has(d uint32) bool { return s[d>>6]&(1<<(d&63)) != 0 }

func (s set) and(o set) {
	for i := range s {
		s[i] &= o[i]
	}
}

func (s set) andNot(o set) {
	for i := range s {
		s[i] &^= o[i]
	}
}

// each calls f for every number until f returns false.
func (s set) each(f func(d uint32) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !f(uint32(i<<6 + bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}

// sliceMax is how many numbers a posting keeps as a plain slice: most tokens are rare and a bitmap costs more than they do.
const sliceMax = 48

// posting holds the documents with one token, in order of arrival, which is ascending.
type posting struct {
	ids  []uint32
	many *roaring.Bitmap
}

func (p *posting) add(d uint32) {
	if p.many != nil {
		p.many.Add(d)
		return
	}
	if n := len(p.ids); n > 0 && p.ids[n-1] == d {
		return
	}
	if len(p.ids) == sliceMax {
		p.many = roaring.BitmapOf(p.ids...)
		p.many.Add(d)
		p.ids = nil
		return
	}
	p.ids = append(p.ids, d)
}

func (p *posting) size() int {
	if p.many != nil {
		return int(p.many.GetCardinality())
	}
	return len(p.ids)
}

func (p *posting) orInto(s set) {
	if p.many == nil {
		for _, d := range p.ids {
			s.add(d)
		}
		return
	}
	var buf [256]uint32
	it := p.many.ManyIterator()
	for n := it.NextMany(buf[:]); n > 0; n = it.NextMany(buf[:]) {
		for _, d := range buf[:n] {
			s.add(d)
		}
	}
}

// moved returns the posting with every number d replaced by to[d]; gone marks those that are no more.
func (p *posting) moved(to []uint32) posting {
	var out posting
	if p.many == nil {
		for _, d := range p.ids {
			if to[d] != gone {
				out.add(to[d])
			}
		}
		return out
	}
	it := p.many.Iterator()
	for it.HasNext() {
		if d := to[it.Next()]; d != gone {
			out.add(d)
		}
	}
	return out
}

const gone = ^uint32(0)
