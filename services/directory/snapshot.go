package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"shangquan/services/geo"
	"shangquan/services/listing"
)

// snapshot is the whole directory at one revision, decoded and in order. It never changes; a write makes the next one, which
// shares what is the same. It holds listings of every state, so that a change back to public needs no look at the past.
type snapshot struct {
	reg     *register
	shops   []shop // by number; numbers are never given twice
	ids     map[string]int32
	slugs   map[string]int32
	codes   map[string]int32
	lists   orders
	present present
	newest  time.Time // UpdatedAt of the listing written last
}

// shop is what matching needs of a listing, close together; the listing itself is for those that end up on a page.
type shop struct {
	*listing.Listing
	at       geo.Point
	tags     uint64 // by register.tagBit
	category int32  // numbers of the register; none: -1
	street   int32
	plaza    int32
	level    int32
	door     string // see register.doorKey
	located  bool
	listed   bool // published: appears in lists
}

// orders are the listed shops in each order, and where each shop stands in it.
type orders struct {
	door, name, popular, newest []int32
	doorRank, nameRank          []int32 // by number
	popularRank, newestRank     []int32
}

const none = int32(-1)

func emptySnapshot(reg *register) *snapshot {
	return &snapshot{reg: reg, ids: map[string]int32{}, slugs: map[string]int32{}, codes: map[string]int32{}}
}

// with returns the snapshot after changed listings were written, and the numbers of those that are really new to it.
func (s *snapshot) with(changed []listing.Listing) (*snapshot, []int32) {
	var fresh []*listing.Listing
	for i := range changed {
		l := &changed[i]
		if n, ok := s.ids[l.ID]; ok && s.shops[n].Rev >= l.Rev {
			continue // read before; the same or a later revision
		}
		fresh = append(fresh, l)
	}
	if len(fresh) == 0 {
		return s, nil
	}
	next := &snapshot{reg: s.reg, ids: s.ids, slugs: maps.Clone(s.slugs), codes: maps.Clone(s.codes), newest: s.newest}
	next.shops = slices.Grow(slices.Clone(s.shops), len(fresh))
	numbers := make([]int32, 0, len(fresh))
	grown := false
	for _, l := range fresh {
		n, known := next.ids[l.ID]
		if !known {
			if !grown {
				next.ids, grown = maps.Clone(s.ids), true
			}
			n = int32(len(next.shops))
			next.ids[l.ID] = n
			next.shops = append(next.shops, shop{})
		} else {
			old := next.shops[n]
			forget(next.slugs, old.Slug, n)
			forget(next.codes, old.Code, n)
		}
		next.shops[n] = next.reg.shop(l)
		next.slugs[l.Slug] = n
		next.codes[l.Code] = n
		if l.UpdatedAt.After(next.newest) {
			next.newest = l.UpdatedAt
		}
		numbers = append(numbers, n)
	}
	next.lists = s.lists.with(next, numbers)
	next.present = next.count()
	return next, numbers
}

// forget takes key away unless another shop has taken it over meanwhile.
func forget(m map[string]int32, key string, n int32) {
	if m[key] == n {
		delete(m, key)
	}
}

// over returns the same listings over another register.
func (s *snapshot) over(reg *register) *snapshot {
	next := *s
	next.reg = reg
	next.shops = make([]shop, len(s.shops))
	all := make([]int32, len(s.shops))
	for i := range s.shops {
		next.shops[i] = reg.shop(s.shops[i].Listing)
		all[i] = int32(i)
	}
	next.lists = orders{}.with(&next, all)
	next.present = next.count()
	return &next
}

// public returns the shop of a number map by key, when a visitor may see its page.
func (s *snapshot) public(m map[string]int32, key string) (int32, bool) {
	n, ok := m[key]
	return n, ok && s.shops[n].Public()
}

// with returns the orders after the shops of the given numbers changed: they are taken out and merged in again.
func (o orders) with(s *snapshot, changed []int32) orders {
	isChanged := make([]bool, len(s.shops))
	var in []int32
	for _, n := range changed {
		if !isChanged[n] && s.shops[n].listed {
			in = append(in, n)
		}
		isChanged[n] = true
	}
	merge := func(old []int32, order func(a, b *shop) int) (list, rank []int32) {
		compare := func(a, b int32) int {
			return cmp.Or(order(&s.shops[a], &s.shops[b]), strings.Compare(s.shops[a].ID, s.shops[b].ID))
		}
		add := slices.Clone(in)
		slices.SortFunc(add, compare)
		list = make([]int32, 0, len(old)+len(add))
		for _, n := range old {
			if isChanged[n] {
				continue
			}
			for len(add) > 0 && compare(add[0], n) < 0 {
				list, add = append(list, add[0]), add[1:]
			}
			list = append(list, n)
		}
		list = append(list, add...)
		rank = make([]int32, len(s.shops))
		for i, n := range list {
			rank[n] = int32(i)
		}
		return list, rank
	}
	var next orders
	next.door, next.doorRank = merge(o.door, byDoor)
	next.name, next.nameRank = merge(o.name, byName)
	next.popular, next.popularRank = merge(o.popular, func(a, b *shop) int {
		return cmp.Or(cmp.Compare(b.Popularity, a.Popularity), byDoor(a, b))
	})
	next.newest, next.newestRank = merge(o.newest, func(a, b *shop) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return next
}

func byName(a, b *shop) int {
	return cmp.Or(strings.Compare(a.Name.SortKey, b.Name.SortKey), strings.Compare(a.Name.Hans, b.Name.Hans))
}

func byDoor(a, b *shop) int { return strings.Compare(a.door, b.door) }
