package twin

import (
	"slices"

	"shangquan/services/geo"
	"shangquan/services/place"
)

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
