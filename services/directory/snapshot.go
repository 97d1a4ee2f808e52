package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"shangquan/services/geo"
	"shangquan/services/listing"
	"shangquan/services/post"
)

// snapshot is the whole directory at one revision, decoded and in order. It never changes; a write makes the next one, which
// shares what is the same. It holds listings of every state, so that a change back to public needs no look at the past.
type snapshot struct {
	reg     *register
	shops   []shop   // by number; numbers are never given twice
	traits  []traits // of shops
	ids     map[string]int32
	slugs   map[string]int32
	codes   map[string]int32
	lists   orders
	present present
	recent  *recent
	boards  map[string]*board // by id of the shop
	events  []post.Post       // of streets and plazas, also those at a shop
	postsAt postsAt
	newest  time.Time // UpdatedAt of the listing written last
}

// shop is a listing with what was worked out about it.
type shop struct {
	*listing.Listing
	traits
	at    geo.Point
	board *board // nil: no posts
	door  string // see register.doorKey
}

// traits is what filters look at. The snapshot keeps those of all shops side by side, because matching looks at every one.
type traits struct {
	tags     uint64 // by register.tag
	street   int32  // numbers of the register; none: -1
	plaza    int32
	category int16
	level    int16
	price    uint8 // 1 to 4; 0 unknown
	listed   bool  // published: appears in lists
	located  bool
}

// orders are the listed shops in each order, and where each shop stands in it.
type orders struct{ door, name, popular order }

type order struct {
	list []int32
	rank []int32 // by number of the shop
}

const none = int32(-1)

func emptySnapshot(reg *register) *snapshot {
	return &snapshot{reg: reg, ids: map[string]int32{}, slugs: map[string]int32{}, codes: map[string]int32{}, recent: new(recent)}
}

// with returns the snapshot after changed listings were written.
func (s *snapshot) with(changed []*listing.Listing) *snapshot {
	var fresh []*listing.Listing
	for _, l := range changed {
		if n, ok := s.ids[l.ID]; ok && s.shops[n].Rev >= l.Rev {
			continue // read before; the same or a later revision
		}
		fresh = append(fresh, l)
	}
	if len(fresh) == 0 {
		return s
	}
	next := *s
	next.recent = new(recent)
	next.shops = slices.Grow(slices.Clone(s.shops), len(fresh))
	next.traits = slices.Grow(slices.Clone(s.traits), len(fresh))
	numbers := make([]int32, 0, len(fresh))
	// The maps are shared with the snapshots before, unless a key in them changes.
	ids, keys := false, false
	for _, l := range fresh {
		n, known := next.ids[l.ID]
		if !known {
			if !ids {
				next.ids, ids = maps.Clone(s.ids), true
			}
			n = int32(len(next.shops))
			next.ids[l.ID] = n
			next.shops, next.traits = append(next.shops, shop{}), append(next.traits, traits{})
		}
		if old := next.shops[n].Listing; old == nil || old.Slug != l.Slug || old.Code != l.Code {
			if !keys {
				next.slugs, next.codes, keys = maps.Clone(s.slugs), maps.Clone(s.codes), true
			}
			if old != nil {
				forget(next.slugs, old.Slug, n)
				forget(next.codes, old.Code, n)
			}
			next.slugs[l.Slug], next.codes[l.Code] = n, n
		}
		next.set(n, next.reg.shop(l))
		if l.UpdatedAt.After(next.newest) {
			next.newest = l.UpdatedAt
		}
		numbers = append(numbers, n)
	}
	next.arrange(s, numbers)
	return &next
}

// arrange puts changed shops in their places, of a snapshot that is otherwise like old.
func (s *snapshot) arrange(old *snapshot, changed []int32) {
	s.lists.door = old.lists.door.with(old, s, changed, byDoor)
	s.lists.name = old.lists.name.with(old, s, changed, byName)
	s.lists.popular = old.lists.popular.with(old, s, changed, byPopularity)
	if slices.ContainsFunc(changed, func(n int32) bool { return int(n) >= len(old.shops) || old.traits[n] != s.traits[n] }) {
		s.present = s.count()
	}
}

func (s *snapshot) set(n int32, sh shop) {
	sh.board = s.boards[sh.ID]
	s.shops[n], s.traits[n] = sh, sh.traits
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
	next.recent = new(recent)
	next.shops, next.traits = make([]shop, len(s.shops)), make([]traits, len(s.shops))
	all := make([]int32, len(s.shops))
	for i := range s.shops {
		next.set(int32(i), reg.shop(s.shops[i].Listing))
		all[i] = int32(i)
	}
	next.arrange(emptySnapshot(reg), all)
	return &next
}

// public returns the shop of a number map by key, when a visitor may see its page.
func (s *snapshot) public(m map[string]int32, key string) (int32, bool) {
	n, ok := m[key]
	return n, ok && s.shops[n].Public()
}

// with returns the order after the shops of the given numbers changed from old to s: they are taken out and merged in again.
func (o order) with(old, s *snapshot, changed []int32, compare func(a, b *shop) int) order {
	moved := func(n int32) bool {
		return int(n) >= len(old.shops) || old.shops[n].listed != s.shops[n].listed || compare(&old.shops[n], &s.shops[n]) != 0
	}
	if len(old.shops) == len(s.shops) && !slices.ContainsFunc(changed, moved) {
		return o
	}
	strict := func(a, b int32) int {
		return cmp.Or(compare(&s.shops[a], &s.shops[b]), strings.Compare(s.shops[a].ID, s.shops[b].ID))
	}
	out := make([]bool, len(s.shops))
	var in []int32
	for _, n := range changed {
		if !out[n] && s.shops[n].listed {
			in = append(in, n)
		}
		out[n] = true
	}
	slices.SortFunc(in, strict)
	next := order{list: make([]int32, 0, len(o.list)+len(in)), rank: make([]int32, len(s.shops))}
	for _, n := range o.list {
		if out[n] {
			continue
		}
		for len(in) > 0 && strict(in[0], n) < 0 {
			next.list, in = append(next.list, in[0]), in[1:]
		}
		next.list = append(next.list, n)
	}
	next.list = append(next.list, in...)
	for i, n := range next.list {
		next.rank[n] = int32(i)
	}
	return next
}

func byDoor(a, b *shop) int { return strings.Compare(a.door, b.door) }

func byName(a, b *shop) int {
	return cmp.Or(strings.Compare(a.Name.SortKey, b.Name.SortKey), strings.Compare(a.Name.Hans, b.Name.Hans))
}

func byPopularity(a, b *shop) int {
	return cmp.Or(cmp.Compare(b.Popularity, a.Popularity), byDoor(a, b))
}

// recent is the order by time of change. Every edit changes it and few ask for it, so it is made when somebody does.
type recent struct {
	once sync.Once
	order
}

func (s *snapshot) byChange() *order {
	s.recent.once.Do(func() {
		all := make([]int32, len(s.shops))
		for i := range all {
			all[i] = int32(i)
		}
		s.recent.order = order{}.with(emptySnapshot(s.reg), s, all, func(a, b *shop) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	})
	return &s.recent.order
}
