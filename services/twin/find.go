// Package twin finds listings that may be the same shop under two entries 疑似重复, remembers which are not, and makes one of two.
package twin

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"shangquan/services/listing"
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
