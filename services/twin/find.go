// Package twin finds listings that may be the same shop under two entries 疑似重复, remembers which are not, and makes one of two.
package twin

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search/text"
)

// Level is how sure it is that two listings are one shop.
type Level string

// The levels.
const (
	High   Level = "high"   // one shop, unless somebody knows better
	Medium Level = "medium" // look at it
	Low    Level = "low"    // it might be
)

// Levels lists the levels, the surest first.
var Levels = []Level{High, Medium, Low}

// Reason is something two listings have in common.
type Reason string

// The reasons.
const (
	SameName    Reason = "name"      // or an alias, or it reads the same
	LikeName    Reason = "like"      // most of what is rare in it
	SamePhone   Reason = "phone"     //
	SameDoor    Reason = "door"      // house number or unit
	Close       Reason = "near"      // at most Near metres apart
	SameOwner   Reason = "owner"     // one merchant, and so one credit code
	OtherDoor   Reason = "elsewhere" // against it: the doors are known and differ
	OtherBranch Reason = "branch"    // against it: 一店 and 二店
)

// Near is how far apart two positions of one shop may lie, in metres: sources differ by that much.
const Near = 80

// far is from where two positions are those of two shops, in metres.
const far = 600

// Pair is two listings that may be one shop; A is before B by id.
type Pair struct {
	A, B    *listing.Listing
	Level   Level
	Score   float64 // within a level, for the order
	Reasons []Reason
}

// Key identifies a pair.
func (p *Pair) Key() string { return keyOf(p.A.ID, p.B.ID) }

func keyOf(a, b string) string {
	if a > b {
		a, b = b, a
	}
	return a + "~" + b
}

// card is what of a listing is compared.
type card struct {
	l      *listing.Listing
	names  []name
	phones []string
	door   string // street/house
	house  place.House
	unit   string // plaza/unit
	at     *geo.Point
}

// name is one name of a shop.
type name struct {
	key     string
	reading string
	grams   []string
	ordinal string // 二 of 二店; empty
}

// noise is what says nothing about which shop it is.
var noise = strings.NewReplacer("股份有限公司", "", "有限责任公司", "", "有限公司", "", "上海市", "", "上海", "", "松江区", "", "松江", "", "商业广场", "广场")

// shopWords end names without telling shops apart.
var shopWords = []string{"旗舰店", "专卖店", "门店", "分店", "店"}

func nameOf(s string) name {
	full := text.Key(s)
	k := noise.Replace(full)
	for _, w := range shopWords {
		if rest, ok := strings.CutSuffix(k, w); ok && len([]rune(rest)) > 1 {
			k = rest
			break
		}
	}
	if len([]rune(k)) < 2 {
		k = full
	}
	n := name{key: k, reading: strings.Join(lang.Pinyin(k), "")}
	rs := []rune(k)
	if last := rs[max(len(rs)-1, 0):]; len(last) == 1 && len(rs) > 2 && strings.ContainsRune("一二三四五六七八九十23456789", last[0]) {
		n.ordinal = string(last)
	}
	for i := 0; i+1 < len(rs); i++ {
		if g := string(rs[i : i+2]); !slices.Contains(n.grams, g) {
			n.grams = append(n.grams, g)
		}
	}
	return n
}

func cardOf(l *listing.Listing) *card {
	c := &card{l: l}
	names := append([]string{l.Name.Hans}, l.Aliases...)
	if core := text.Core(l.Name.Hans); strings.Contains(l.Name.Hans[len(core):], "公司") {
		names = append(names, core) // a name and the company behind it, not a branch
	}
	for _, s := range names {
		if n := nameOf(s); n.key != "" && !slices.ContainsFunc(c.names, func(x name) bool { return x.key == n.key }) {
			c.names = append(c.names, n)
		}
	}
	for _, p := range l.Phones {
		if n := p.National(); !slices.Contains(c.phones, n) {
			c.phones = append(c.phones, n)
		}
	}
	a := &l.Address
	if h, _, ok := place.ParseHouse(a.House); ok {
		c.house = h
		c.door = a.StreetID + "/" + h.String()
	}
	if a.PlazaID != "" && a.Unit != "" {
		c.unit = a.PlazaID + "/" + text.Key(a.Unit)
	}
	if l.Location != nil {
		c.at = &l.Location.Point
	}
	return c
}

// cell is how wide the squares are in which neighbours are looked for, in degrees: about Near metres.
const cell = 0.001

// keys are what listings must share to be compared at all: without them every shop would be compared with every other.
func (c *card) keys() []string {
	var out []string
	for _, p := range c.phones {
		out = append(out, "p"+p)
	}
	for _, n := range c.names {
		out = append(out, "n"+n.key, "r"+n.reading)
	}
	if c.door != "" {
		for _, n := range numbers(c.house) {
			out = append(out, fmt.Sprintf("d%s/%d/%d", c.l.Address.StreetID, c.house.Lane, n))
		}
	}
	if c.unit != "" {
		out = append(out, "u"+c.unit)
	}
	if c.l.MerchantID != "" {
		out = append(out, "m"+c.l.MerchantID)
	}
	return out
}

// squares are the squares a position is compared in: its own and those around it.
func squares(p *geo.Point) []string {
	x, y := int(math.Floor(p.Lng/cell)), int(math.Floor(p.Lat/cell))
	out := make([]string, 0, 9)
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			out = append(out, strconv.Itoa(x+dx)+","+strconv.Itoa(y+dy))
		}
	}
	return out
}

// Index compares the listings of a register. It is made once per revision and never changes.
type Index struct {
	cards  []*card
	blocks map[string][]int32
	grid   map[string][]int32
	weight map[string]float64 // of two characters in a row: the rarer, the more
	common float64            // of those nobody has
}

// block is how many listings may share a key and still all be compared; of more, as in one lane with hundreds of shops, each is
// compared with the next in the order of names.
const (
	block  = 24
	window = 6
)

// NewIndex indexes the listings that are neither archived nor without a name.
func NewIndex(shops []*listing.Listing) *Index {
	ix := &Index{blocks: map[string][]int32{}, grid: map[string][]int32{}, weight: map[string]float64{}}
	for _, l := range shops {
		if l.State != listing.Archived {
			ix.cards = append(ix.cards, cardOf(l))
		}
	}
	for i, c := range ix.cards {
		seen := map[string]bool{}
		for _, n := range c.names {
			for _, g := range n.grams {
				if !seen[g] {
					seen[g] = true
					ix.weight[g]++
				}
			}
		}
		for _, k := range c.keys() {
			ix.blocks[k] = append(ix.blocks[k], int32(i)) // a district has fewer
		}
		if c.at != nil {
			k := squares(c.at)[4]
			ix.grid[k] = append(ix.grid[k], int32(i)) // a district has fewer
		}
	}
	all := float64(len(ix.cards) + 1)
	for g, n := range ix.weight {
		ix.weight[g] = math.Log(1 + all/n)
	}
	ix.common = math.Log(1 + all)
	return ix
}

// Pairs returns the pairs that may be one shop, the surest first.
func (ix *Index) Pairs() []Pair {
	tried := map[uint64]bool{}
	out := []Pair{}
	try := func(i, j int32) {
		if i > j {
			i, j = j, i
		}
		k := uint64(i)<<32 | uint64(j) // never negative
		if i == j || tried[k] {
			return
		}
		tried[k] = true
		if p, ok := ix.compare(ix.cards[i], ix.cards[j]); ok {
			out = append(out, p)
		}
	}
	for _, b := range ix.blocks {
		ix.within(b, try)
	}
	for i, c := range ix.cards {
		if c.at == nil {
			continue
		}
		for _, sq := range squares(c.at) {
			near := ix.grid[sq]
			if len(near) > block {
				continue // a plaza: names, numbers and units tell
			}
			for _, j := range near {
				try(int32(i), j) // a district has fewer
			}
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(slices.Index(Levels, a.Level), slices.Index(Levels, b.Level)), cmp.Compare(b.Score, a.Score), strings.Compare(a.Key(), b.Key()))
	})
	return out
}

func (ix *Index) within(b []int32, try func(i, j int32)) {
	reach := len(b)
	if len(b) > block {
		b = slices.Clone(b)
		slices.SortFunc(b, func(i, j int32) int { return strings.Compare(ix.cards[i].l.Name.SortKey, ix.cards[j].l.Name.SortKey) })
		reach = window
	}
	for i := range b {
		for j := i + 1; j < len(b) && j <= i+reach; j++ {
			try(b[i], b[j])
		}
	}
}

// Like returns the listings that may be the same shop as a new one, the likeliest first.
func (ix *Index) Like(l *listing.Listing, n int) []Pair {
	c := cardOf(l)
	seen, out := map[int32]bool{}, []Pair{}
	try := func(j int32) {
		if seen[j] || ix.cards[j].l.ID == l.ID {
			return
		}
		seen[j] = true
		if p, ok := ix.compare(c, ix.cards[j]); ok {
			p.A, p.B = l, ix.cards[j].l
			out = append(out, p)
		}
	}
	for _, k := range c.keys() {
		for _, j := range ix.blocks[k] {
			try(j)
		}
	}
	if c.at != nil {
		for _, sq := range squares(c.at) {
			for _, j := range ix.grid[sq] {
				try(j)
			}
		}
	}
	// Who types has not said much yet: a name that is much alike is worth a look wherever the shop is.
	for j, o := range ix.cards {
		if _, like := ix.names(c, o); like >= alike {
			try(int32(j)) // a district has fewer
		}
	}
	slices.SortStableFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(slices.Index(Levels, a.Level), slices.Index(Levels, b.Level)), cmp.Compare(b.Score, a.Score), strings.Compare(a.B.ID, b.B.ID))
	})
	return out[:min(n, len(out))]
}

// How alike names are, from 0 to 1.
const (
	alike = 0.75
	akin  = 0.45
)

// names compares every name of a with every name of b: whether two are the same, and how much the most alike have in common.
func (ix *Index) names(a, b *card) (same bool, best float64) {
	for i := range a.names {
		for j := range b.names {
			x, y := &a.names[i], &b.names[j]
			if x.key == y.key {
				return true, 1
			}
			like := ix.overlap(x, y)
			if x.reading == y.reading && len(x.reading) > 3 {
				like = max(like, 0.95) // 余天成 and 余天诚
			}
			if shortened(x.key, y.key) || shortened(y.key, x.key) {
				like = max(like, alike) // 浦发银行九亭支行 and 浦东发展银行九亭支行
			}
			if x.ordinal != y.ordinal {
				like = min(like, akin)
			}
			best = max(best, like)
		}
	}
	return false, best
}

// shortest is how many characters a name has at least that is taken for a shortened one.
const shortest = 5

// shortened reports whether short is long with characters left out, as names are shortened in Chinese.
func shortened(short, long string) bool {
	a, b := []rune(short), []rune(long)
	if len(a) < shortest || len(a) >= len(b) || len(b) > 2*len(a) || a[0] != b[0] {
		return false
	}
	i := 0
	for _, r := range b {
		if i < len(a) && a[i] == r {
			i++
		}
	}
	return i == len(a)
}

// overlap is how much of the rarer parts two names have in common: a chain's own name is in many names and weighs little, that of the
// branch weighs much.
func (ix *Index) overlap(x, y *name) float64 {
	var both, all float64
	for _, g := range x.grams {
		w := ix.weigh(g)
		all += w
		if slices.Contains(y.grams, g) {
			both += 2 * w
		}
	}
	for _, g := range y.grams {
		all += ix.weigh(g)
	}
	if all == 0 {
		return 0
	}
	return both / all
}

func (ix *Index) weigh(g string) float64 {
	if w, ok := ix.weight[g]; ok {
		return w
	}
	return ix.common
}

// compare weighs what speaks for and against two listings being one shop.
func (ix *Index) compare(a, b *card) (Pair, bool) {
	same, like := ix.names(a, b)
	p := Pair{A: a.l, B: b.l, Score: like}
	if p.A.ID > p.B.ID {
		p.A, p.B = p.B, p.A
	}
	phone := slices.ContainsFunc(a.phones, func(n string) bool { return slices.Contains(b.phones, n) })
	door, elsewhere := doors(a, b)
	metres := -1.0
	if a.at != nil && b.at != nil {
		metres = geo.Distance(*a.at, *b.at)
	}
	near := metres >= 0 && metres <= Near
	owner := a.l.MerchantID != "" && a.l.MerchantID == b.l.MerchantID
	add := func(yes bool, r Reason, score float64) {
		if yes {
			p.Reasons = append(p.Reasons, r)
			p.Score += score
		}
	}
	add(same, SameName, 1)
	add(!same && like >= akin, LikeName, 0)
	add(phone, SamePhone, 1)
	add(door, SameDoor, 0.8)
	add(near && !door, Close, 0.5)
	add(owner, SameOwner, 0.3)
	add(elsewhere || metres > far, OtherDoor, -1)
	here, apart := door || near, elsewhere || metres > far
	if same && apart && !phone && ix.shared(a, b) > chain {
		return p, false // cash machines and chains: one name, many doors
	}
	switch {
	case same && (phone || here), like >= alike && phone && !apart, like >= alike && door && near:
		p.Level = High
	case same && !apart, like >= alike && (phone || here || owner), like >= akin && phone && !apart, like >= akin && here && owner:
		p.Level = Medium
	case same, phone && like > 0.2, like >= akin && here, like >= alike && !apart:
		p.Level = Low
	default:
		return p, false
	}
	// One name in many places is a chain or a cash machine, and known doors tell its branches apart.
	if same && apart && !phone && p.Level != Low {
		p.Level = Low
	}
	return p, true
}

// chain is how many listings may bear one name before it says nothing any more.
const chain = 2

// shared is how many listings bear a name that both bear.
func (ix *Index) shared(a, b *card) int {
	most := 0
	for i := range a.names {
		if slices.ContainsFunc(b.names, func(y name) bool { return y.key == a.names[i].key }) {
			most = max(most, len(ix.blocks["n"+a.names[i].key]))
		}
	}
	return most
}

// doors reports whether two listings are known to have one door, or known to have two.
func doors(a, b *card) (one, two bool) {
	x, y := &a.l.Address, &b.l.Address
	switch {
	case a.unit != "" && a.unit == b.unit:
		return true, false
	case x.PlazaID != "" && x.PlazaID == y.PlazaID:
		// One house number is that of the whole building.
		return false, a.unit != "" && b.unit != "" || x.Level != 0 && y.Level != 0 && x.Level != y.Level
	case a.door != "" && b.door != "" && x.StreetID == y.StreetID && x.StreetID != "":
		if overlaps(a.house, b.house) {
			return true, false
		}
		return false, true
	case x.StreetID != "" && y.StreetID != "" && x.StreetID != y.StreetID:
		return false, true
	}
	return false, false
}

// overlaps reports whether two house numbers are one, or share one: 187 and 187-191.
func overlaps(a, b place.House) bool {
	if place.CompareHouses(a, b) == 0 {
		return true
	}
	if a.Lane != b.Lane || a.Suffix != b.Suffix {
		return false
	}
	return slices.ContainsFunc(numbers(a), func(n int) bool { return holds(b, n) }) || slices.ContainsFunc(numbers(b), func(n int) bool { return holds(a, n) })
}

func numbers(h place.House) []int { return append([]int{h.Number}, h.More...) }

// holds reports whether a house has the number n, which lies on the side of its first one.
func holds(h place.House, n int) bool {
	if h.Range && len(h.More) > 0 && n >= h.Number && n <= h.More[len(h.More)-1] && n%2 == h.Number%2 {
		return true
	}
	return slices.Contains(numbers(h), n)
}
