package directory

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync"

	"shangquan/services/geo"
	"shangquan/services/listing"
)

// filter is the filters of a query in numbers of one snapshot. A nil slice lets everything through.
type filter struct {
	category []bool
	street   []bool // with plaza: one filter, where
	plaza    []bool
	where    bool
	level    int16
	tags     uint64
	price    uint8 // a bit for each level that will do; 0: any
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
	failPrice
)

// tally is how many shops there would be for each value of each filter, the other filters being as they are set.
type tally struct {
	category, street, plaza []int32
	tag                     [64]int32
	level                   [maxLevel - minLevel + 1]int32
	open                    [openBits]int32
	heritage                int32
	price                   [listing.PriceLevels + 1]int32
	located                 int32 // of the result itself: how many have a position
	openNow                 int32 // of the result itself
}

// match runs the candidates, in their order, through the filters: one look at each shop decides both whether it is in the
// result and for which filter values it counts. The result uses room, which may be nil.
func (s *snapshot) match(f *filter, c *clock, candidates, room []int32) ([]int32, *tally) {
	t := &tally{
		category: make([]int32, len(s.reg.categories)), street: make([]int32, len(s.reg.streets)), plaza: make([]int32, len(s.reg.plazas)),
	}
	hits := room[:0]
	for _, n := range candidates {
		sh := &s.traits[n]
		if !sh.listed {
			continue
		}
		now := c.bits[n]
		var fail uint8
		if f.category != nil && !in(f.category, int32(sh.category)) {
			fail = failCategory
		}
		if f.where && !in(f.street, sh.street) && !in(f.plaza, sh.plaza) {
			fail |= failWhere
		}
		if f.level != 0 && f.level != sh.level {
			fail |= failLevel
		}
		if f.price != 0 && f.price>>sh.price&1 == 0 {
			fail |= failPrice
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
			t.price[sh.price]++
			t.openOf(now)
		case failCategory:
			t.categoryOf(sh)
		case failWhere:
			t.whereOf(sh)
		case failLevel:
			t.levelOf(sh)
		case failPrice:
			t.price[sh.price]++
		case failOpen:
			t.openOf(now)
		}
	}
	return hits, t
}

func in(set []bool, n int32) bool { return n >= 0 && set != nil && set[n] }

// result counts what only the result itself counts for: tags and marks, which all have to hold.
func (t *tally) result(sh *traits, now uint8) {
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

func (t *tally) categoryOf(sh *traits) {
	if sh.category >= 0 {
		t.category[sh.category]++
	}
}

func (t *tally) whereOf(sh *traits) {
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

func (t *tally) levelOf(sh *traits) {
	if sh.level != 0 {
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
	switch sort { //nolint:exhaustive // the others differ from visitor to visitor
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

// page returns the hits from one position to another in the order asked for. ranked says that they come in order of relevance;
// otherwise they come from browse. hits may be reordered.
func (s *snapshot) page(q *Query, c *clock, hits []int32, ranked bool, from, to int) []int32 {
	switch o := s.orderOf(q.Sort); {
	case q.Sort == Nearest && q.Near != nil:
		return s.nearest(hits, *q.Near, to)[from:]
	case o != nil && ranked:
		order := func(a, b int32) int { return cmp.Compare(o.rank[a], o.rank[b]) }
		if to < len(hits) {
			selectSmallest(hits, to, order) // one page of thousands is wanted
		}
		slices.SortFunc(hits[:to], order)
	case o == nil && !ranked:
		return openFirst(c, hits, from, to)
	}
	return hits[from:to]
}

// openFirst returns the hits from one position to another when what is open comes first, then what may be open, then what is
// closed, each in the order it has.
func openFirst(c *clock, hits []int32, from, to int) []int32 {
	out := make([]int32, 0, to-from)
	at := 0
	for _, class := range [...]uint8{isOpen, isUnknown, 0} {
		for _, n := range hits {
			if at == to {
				return out
			}
			if c.bits[n]&(isOpen|isUnknown) != class {
				continue
			}
			if at >= from {
				out = append(out, n)
			}
			at++
		}
	}
	return out
}

// far is a hit with its distance.
type far struct {
	square float64 // of the distance, in degrees of latitude
	place  int32   // in the list it came from, so that equal distances keep their order
	n      int32
}

// fars lends out room for distances: a city has many.
var fars = sync.Pool{New: func() any { return new([]far) }}

// nearest returns the first k hits in the order of their distance from p. Shops without a position come last, in the order they
// have.
func (s *snapshot) nearest(hits []int32, p geo.Point, k int) []int32 {
	k = min(k, len(hits))
	room := fars.Get().(*[]far) //nolint:forcetypeassert // nothing else is in it
	defer fars.Put(room)
	// A flat sheet with the right width for each latitude: within a millimetre of the globe over a city, and the distances that
	// are shown are made from the globe.
	sin, cos := math.Sincos(p.Lat * math.Pi / 180)
	list, out := (*room)[:0], make([]int32, 0, k)
	for i, n := range hits {
		if sh := &s.shops[n]; s.traits[n].located {
			dy := sh.at.Lat - p.Lat
			dx := (sh.at.Lng - p.Lng) * (cos - sin*dy*math.Pi/360)
			list = append(list, far{dx*dx + dy*dy, int32(i), n})
		}
	}
	*room = list
	order := func(a, b far) int { return cmp.Or(cmp.Compare(a.square, b.square), cmp.Compare(a.place, b.place)) }
	if k < len(list) {
		selectSmallest(list, k, order)
		list = list[:k]
	}
	slices.SortFunc(list, order)
	for i := range list {
		out = append(out, list[i].n)
	}
	for _, n := range hits {
		if len(out) == k {
			break
		}
		if !s.traits[n].located {
			out = append(out, n)
		}
	}
	return out
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
