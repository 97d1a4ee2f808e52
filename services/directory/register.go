package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/taxonomy"
)

// register is everything of the district that is not a shop: places and words. It never changes. The numbers that shops and
// filters use are positions in its lists.
type register struct {
	words      *taxonomy.Table
	groups     []taxonomy.Group
	categories []taxonomy.Category
	tags       []taxonomy.Tag
	streets    []place.Street // those of the district first, then by name
	plazas     []place.Plaza
	points     []place.Point
	bounds     place.Boundary
	mark       uint64 // changes with every write to a place
	named      uint64 // changes with every write to a street or a plaza

	group     map[string]int32 // by id, which is the slug
	category  map[string]int32
	tag       map[string]int32
	street    map[string]int32 // by id
	plaza     map[string]int32
	streetFor map[string]int32 // by slug
	plazaFor  map[string]int32
	stops     []int32 // points where a bus or the metro stops, with a position
	plan      drawn
}

// terms identifies what a register adds to the words that listings are found by; points and the boundary add none.
type terms struct {
	words *taxonomy.Table
	named uint64
}

func (r *register) terms() terms { return terms{r.words, r.named} }

// maxTags is how many tags can be filtered by: the first of the table.
const maxTags = 64

func newRegister(t *taxonomy.Table, streets []place.Street, plazas []place.Plaza, points []place.Point, mark uint64) *register {
	r := &register{
		words: t, groups: t.Groups, categories: t.Categories, tags: t.Tags,
		streets: slices.Clone(streets), plazas: slices.Clone(plazas), points: points, mark: mark,
		group: map[string]int32{}, category: map[string]int32{}, tag: map[string]int32{},
		street: map[string]int32{}, plaza: map[string]int32{}, streetFor: map[string]int32{}, plazaFor: map[string]int32{},
	}
	reading := make(map[string]string, len(r.streets)+len(r.plazas)) // read once, not at every comparison
	for _, x := range r.streets {
		reading[x.ID] = lang.SortKey(x.Name.Hans, x.Pinyin)
	}
	for _, x := range r.plazas {
		reading[x.ID] = lang.SortKey(x.Name.Hans, x.Pinyin)
	}
	slices.SortFunc(r.streets, func(a, b place.Street) int {
		return cmp.Or(coreFirst(a.Core, b.Core), strings.Compare(reading[a.ID], reading[b.ID]), strings.Compare(a.ID, b.ID))
	})
	slices.SortFunc(r.plazas, func(a, b place.Plaza) int {
		return cmp.Or(coreFirst(a.Core, b.Core), strings.Compare(reading[a.ID], reading[b.ID]), strings.Compare(a.ID, b.ID))
	})
	for i, g := range r.groups {
		r.group[g.ID] = int32(i)
	}
	for i, c := range r.categories {
		r.category[c.ID] = int32(i)
	}
	for former, i := range t.Former() {
		r.category[former] = int32(i) // a table has fewer
	}
	for i, x := range r.tags[:min(len(r.tags), maxTags)] {
		r.tag[x.ID] = int32(i)
	}
	for i, s := range r.streets {
		r.street[s.ID], r.streetFor[s.Slug] = int32(i), int32(i)
	}
	for i, x := range r.plazas {
		r.plaza[x.ID], r.plazaFor[x.Slug] = int32(i), int32(i)
	}
	for i, x := range r.points {
		if (x.Kind == place.BusStop || x.Kind == place.Metro) && x.Location != nil {
			r.stops = append(r.stops, int32(i))
		}
	}
	return r
}

func coreFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// shop returns what matching needs of l.
func (r *register) shop(l *listing.Listing) shop {
	s := shop{Listing: l, door: r.doorKey(l), traits: traits{
		street: find(r.street, l.Address.StreetID), plaza: find(r.plaza, l.Address.PlazaID), category: int16(find(r.category, l.CategoryID)), // a table has fewer
		listed: l.State == listing.Published, price: uint8(l.PriceLevel()), // 0 to 4
	}}
	if n := l.Address.Level; n >= minLevel && n <= maxLevel {
		s.level = int16(n) // checked
	}
	for _, id := range l.TagIDs {
		if n, ok := r.tag[id]; ok {
			s.tags |= 1 << n
		}
	}
	if at := r.locationOf(l); at != nil {
		s.at, s.located = *at, true
	}
	return s
}

// locationOf returns where a shop is: its own position, or that of its plaza; nil when neither is known.
func (r *register) locationOf(l *listing.Listing) *geo.Point {
	if l.Location != nil {
		return &l.Location.Point
	}
	if n := find(r.plaza, l.Address.PlazaID); n >= 0 && r.plazas[n].Location != nil {
		return &r.plazas[n].Location.Point
	}
	return nil
}

func find(m map[string]int32, id string) int32 {
	if n, ok := m[id]; ok && id != "" {
		return n
	}
	return none
}

// doorKey orders shops as one walks past them: street by street, by house number, then through the plazas floor by floor.
// Shops on no street of the register come last. Keys are ASCII and compare byte by byte.
func (r *register) doorKey(l *listing.Listing) string {
	street, plaza := find(r.street, l.Address.StreetID), find(r.plaza, l.Address.PlazaID)
	if street < 0 && plaza >= 0 {
		street = find(r.street, r.plazas[plaza].StreetID)
	}
	if street < 0 {
		street = 99999
	}
	return fmt.Sprintf("%s%s %05d %03d %s", streetKey(street), houseKey(l.Address.House), plaza+1, l.Address.Level+100, unitKey(l.Address.Unit))
}

// streetKey is what the keys of all doors of a street begin with.
func streetKey(street int32) string { return fmt.Sprintf("%05d ", street) }

// houseKey makes house numbers compare byte by byte as place.CompareHouses compares them; what is no number comes last.
func houseKey(s string) string {
	h, _, ok := place.ParseHouse(s)
	if !ok {
		return "~"
	}
	lane := 0
	if h.Lane > 0 {
		lane = 1
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%05d%d%05d%s", cmp.Or(h.Lane, h.Number), lane, h.Number, suffixKey(h.Suffix))
	for _, n := range h.More {
		fmt.Fprintf(&b, "%05d", n)
	}
	return b.String()
}

// suffixKey orders 218, 218-2 and 218A, 218甲, 218乙.
func suffixKey(s string) string {
	if s == "" {
		return "0"
	}
	for i, c := range []rune("甲乙丙丁戊己庚辛") {
		if s == string(c) {
			return "2" + strconv.Itoa(i)
		}
	}
	return "1" + s
}

// unitKey makes unit numbers such as 1F-06 compare with their numbers as numbers; no unit comes last.
func unitKey(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		switch c := s[i]; {
		case j > i:
			fmt.Fprintf(&b, "%08s", s[i:j])
			i = j
			continue
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z':
			b.WriteByte(c)
		}
		i++
	}
	if b.Len() == 0 {
		return "~"
	}
	return b.String()
}
