package directory

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"shangquan/services/geo"
)

// filter is the filters of a query in numbers of one snapshot. A nil slice lets everything through.
type filter struct {
	category []bool
	street   []bool // with plaza: one filter, where
	plaza    []bool
	where    bool
	level    int32
	tags     uint64
	open     uint8
	heritage bool
}

// What a shop can fail. Each is one group of the filter form.
const (
	failCategory uint8 = 1 << iota
	failWhere
	failLevel
	failTags
	failOpen
	failHeritage
)

// tally is how many shops there would be for each value of each filter, the other filters being as they are set.
type tally struct {
	category, street, plaza []int32
	tag                     [64]int32
	level                   [maxLevel - minLevel + 1]int32
	open                    [openBits]int32
	heritage                int32
	located                 int32 // of the result itself: how many have a position
	openNow                 int32 // of the result itself
}

// match runs the candidates, in their order, through the filters: one look at each shop decides both whether it is in the
// result and for which filter values it counts.
func (s *snapshot) match(f *filter, c *clock, candidates []int32) ([]int32, *tally) {
	t := &tally{
		category: make([]int32, len(s.reg.categories)), street: make([]int32, len(s.reg.streets)), plaza: make([]int32, len(s.reg.plazas)),
	}
	hits := make([]int32, 0, min(len(candidates), 256))
	for _, n := range candidates {
		sh := &s.shops[n]
		if !sh.listed {
			continue
		}
		now := c.bits[n]
		var fail uint8
		if f.category != nil && !in(f.category, sh.category) {
			fail = failCategory
		}
		if f.where && !in(f.street, sh.street) && !in(f.plaza, sh.plaza) {
			fail |= failWhere
		}
		if f.level != 0 && f.level != sh.level {
			fail |= failLevel
		}
		if sh.tags&f.tags != f.tags {
			fail |= failTags
		}
		if now&f.open != f.open {
			fail |= failOpen
		}
		if f.heritage && now&isHeritage == 0 {
			fail |= failHeritage
		}
		switch fail {
		case 0:
			hits = append(hits, n)
			t.result(sh, now)
			t.categoryOf(sh)
			t.whereOf(sh)
			t.levelOf(sh)
			t.openOf(now)
		case failCategory:
			t.categoryOf(sh)
		case failWhere:
			t.whereOf(sh)
		case failLevel:
			t.levelOf(sh)
		case failOpen:
			t.openOf(now)
		}
	}
	return hits, t
}

func in(set []bool, n int32) bool { return n >= 0 && set != nil && set[n] }

// result counts what only the result itself counts for: tags and marks, which all have to hold.
func (t *tally) result(sh *shop, now uint8) {
	for m := sh.tags; m != 0; m &= m - 1 {
		t.tag[bits.TrailingZeros64(m)]++
	}
	if now&isHeritage != 0 {
		t.heritage++
	}
	if now&isOpen != 0 {
		t.openNow++
	}
	if sh.located {
		t.located++
	}
}

func (t *tally) categoryOf(sh *shop) {
	if sh.category >= 0 {
		t.category[sh.category]++
	}
}

func (t *tally) whereOf(sh *shop) {
	if sh.street >= 0 {
		t.street[sh.street]++
	}
	if sh.plaza >= 0 {
		t.plaza[sh.plaza]++
	}
}

// The floors that can be filtered by.
const (
	minLevel = -20
	maxLevel = 200
)

func (t *tally) levelOf(sh *shop) {
	if sh.level != 0 && sh.level >= minLevel && sh.level <= maxLevel {
		t.level[sh.level-minLevel]++
	}
}

func (t *tally) openOf(now uint8) {
	for i := range t.open {
		t.open[i] += int32(now >> i & 1)
	}
}

// browse returns the candidates of a query without words, already in its order where the order does not depend on the hour or
// on the visitor.
func (s *snapshot) browse(sort Sort) []int32 {
	if o := s.orderOf(sort); o != nil {
		return o.list
	}
	return s.lists.popular.list
}

// orderOf returns the order that is the same for everybody, nil for Best and Nearest.
func (s *snapshot) orderOf(sort Sort) *order {
	switch sort {
	case Door:
		return &s.lists.door
	case ByName:
		return &s.lists.name
	case Popular:
		return &s.lists.popular
	case Newest:
		return s.byChange()
	}
	return nil
}

// order brings hits into the order asked for. ranked says that they come in order of relevance; otherwise they come from browse.
func (s *snapshot) order(q *Query, c *clock, hits []int32, ranked bool) {
	switch o := s.orderOf(q.Sort); {
	case q.Sort == Nearest && q.Near != nil:
		s.orderByDistance(hits, *q.Near, q.Page*PerPage)
	case o != nil && ranked:
		slices.SortFunc(hits, func(a, b int32) int { return cmp.Compare(o.rank[a], o.rank[b]) })
	case o == nil && !ranked:
		openFirst(c, hits)
	}
}

// openFirst puts what is open first, then what may be open, then what is closed, each in the order it had.
func openFirst(c *clock, hits []int32) {
	rest := make([]int32, 0, len(hits))
	var unknown []int32
	w := 0
	for _, n := range hits {
		switch now := c.bits[n]; {
		case now&isOpen != 0:
			hits[w] = n
			w++
		case now&isUnknown != 0:
			unknown = append(unknown, n)
		default:
			rest = append(rest, n)
		}
	}
	copy(hits[w+copy(hits[w:], unknown):], rest)
}

// orderByDistance brings the first k hits into the order of their distance from p; the rest follows in any order. Shops without
// a position come last, in the order they had.
func (s *snapshot) orderByDistance(hits []int32, p geo.Point, k int) {
	type far struct {
		square float64 // of the distance, in degrees of latitude
		place  int32   // in hits, so that equal distances keep their order
		n      int32
	}
	// A flat sheet with the right width for each latitude: within a millimetre of the globe over a city, and the distances that
	// are shown are made from the globe.
	sin, cos := math.Sincos(p.Lat * math.Pi / 180)
	list := make([]far, 0, len(hits))
	var lost []int32
	for i, n := range hits {
		if sh := &s.shops[n]; sh.located {
			dy := sh.at.Lat - p.Lat
			dx := (sh.at.Lng - p.Lng) * (cos - sin*dy*math.Pi/360)
			list = append(list, far{dx*dx + dy*dy, int32(i), n})
		} else {
			lost = append(lost, n)
		}
	}
	order := func(a, b far) int { return cmp.Or(cmp.Compare(a.square, b.square), cmp.Compare(a.place, b.place)) }
	if k < len(list)/4 {
		selectSmallest(list, k, order)
		slices.SortFunc(list[:k], order)
	} else {
		slices.SortFunc(list, order)
	}
	for i := range list {
		hits[i] = list[i].n
	}
	copy(hits[len(list):], lost)
}

// selectSmallest moves the k smallest of list to its front (quickselect).
func selectSmallest[T any](list []T, k int, order func(a, b T) int) {
	lo, hi := 0, len(list)-1
	for lo < hi {
		mid := lo + (hi-lo)/2
		pivot := list[mid]
		i, j := lo, hi
		for i <= j {
			for order(list[i], pivot) < 0 {
				i++
			}
			for order(list[j], pivot) > 0 {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k > i:
			lo = i
		default:
			return
		}
	}
}
