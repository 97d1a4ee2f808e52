package place

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// House is a house number 门牌号 as Shanghai writes them: 218 号, 218-220 号, 366、368 号, 218 号甲, 406 号-2, 218 弄 3 号.
type House struct {
	Lane   int   // 弄, 0 without
	Number int   // the first 号, 0 for a lane as a whole
	More   []int // further numbers of the same door, ascending
	Range  bool  // More holds the last number of a stretch, not a list
	Suffix string
}

const suffixes = "甲乙丙丁戊己庚辛"

// ParseHouse reads the house number at the start of s and returns what follows it. Full-width digits, spaces and any dash are
// understood. A number that is followed by 楼, 室 or the like is none.
func ParseHouse(s string) (House, string, bool) {
	p := scanner{[]rune(strings.TrimSpace(width.Fold.String(s)))}
	var h House
	n, ok := p.number()
	if !ok {
		return House{}, s, false
	}
	if p.take("弄") {
		h.Lane = n
		before := p
		if n, ok = p.number(); !ok {
			return h, p.rest(), true
		}
		if !h.body(&p, n) {
			h = House{Lane: h.Lane}
			return h, before.rest(), true
		}
		return h, p.rest(), true
	}
	if !h.body(&p, n) {
		return House{}, s, false
	}
	return h, p.rest(), true
}

// body reads everything after the first number n.
func (h *House) body(p *scanner, n int) bool {
	h.Number = n
	if r := p.peek(); strings.ContainsRune(suffixes, r) {
		h.Suffix = string(r)
		p.next()
	} else if r >= 'A' && r <= 'Z' && p.at(1) == '号' {
		h.Suffix = string(r)
		p.next()
	}
	closed := p.take("号")
	for h.Suffix == "" {
		ahead := *p
		sep := ahead.peek()
		isRange := strings.ContainsRune("-–—~至", sep)
		if !isRange && !strings.ContainsRune("、,", sep) {
			break
		}
		ahead.next()
		n, ok := ahead.number()
		ends := ahead.take("号")
		if !ok || n <= h.last() || closed && !ends || isRange && len(h.More) > 0 || h.Range || !ends && !ahead.more() {
			break
		}
		h.More, h.Range, closed = append(h.More, n), isRange, ends
		*p = ahead
	}
	if closed && h.Suffix == "" && len(h.More) == 0 {
		h.after(p)
	}
	return closed || p.ends()
}

// after reads what stands behind 号: 甲, or a dash and a small number.
func (h *House) after(p *scanner) {
	ahead := *p
	switch r := ahead.peek(); {
	case strings.ContainsRune(suffixes, r):
		h.Suffix = string(r)
		ahead.next()
	case r == '-':
		ahead.next()
		n, ok := ahead.number()
		if !ok || !ahead.ends() {
			return
		}
		h.Suffix = "-" + strconv.Itoa(n)
	default:
		return
	}
	*p = ahead
}

func (h House) last() int {
	if len(h.More) > 0 {
		return h.More[len(h.More)-1]
	}
	return h.Number
}

// String is the form that is stored: 218, 218-220, 366、368, 218甲, 406号-2, 218弄3号. ParseHouse reads it back.
func (h House) String() string {
	if h.Number == 0 {
		if h.Lane == 0 {
			return ""
		}
		return fmt.Sprintf("%d弄", h.Lane)
	}
	s := h.numbers()
	switch {
	case strings.HasPrefix(h.Suffix, "-"):
		s += "号" + h.Suffix
	case h.Lane > 0:
		s += h.Suffix + "号"
	case h.Suffix >= "A" && h.Suffix <= "Z":
		s += h.Suffix + "号"
	default:
		s += h.Suffix
	}
	if h.Lane > 0 {
		s = fmt.Sprintf("%d弄%s", h.Lane, s)
	}
	return s
}

// numbers writes the numbers of the door without 号.
func (h House) numbers() string {
	sep := "、"
	if h.Range {
		sep = "-"
	}
	parts := []string{strconv.Itoa(h.Number)}
	for _, n := range h.More {
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, sep)
}

// Door writes the number for reading, with the spaces our own text has: 218 号, 218 弄 3 号, 218 号甲.
func (h House) Door() string {
	var parts []string
	if h.Lane > 0 {
		parts = append(parts, strconv.Itoa(h.Lane), "弄")
	}
	if h.Number > 0 {
		parts = append(parts, strings.ReplaceAll(h.numbers(), "-", "–"), "号")
	}
	return strings.Join(parts, " ") + h.Suffix
}

// Side is the side of the street, by the number that stands on the street itself: the lane's if there is one. Empty for the
// zero House.
func (h House) Side() Side {
	switch n := cmp.Or(h.Lane, h.Number); {
	case n == 0:
		return ""
	case n%2 == 1:
		return Odd
	default:
		return Even
	}
}

// CompareHouses orders as one walks up the street: 2, 12, 218, 218-220, 218甲, 218弄, 218弄3号. Unknown numbers come last.
func CompareHouses(a, b House) int {
	ka, kb := a.key(), b.key()
	if c := slices.Compare(ka[:], kb[:]); c != 0 {
		return c
	}
	return cmp.Or(slices.Compare(a.More, b.More), strings.Compare(a.Suffix, b.Suffix))
}

func (h House) key() [5]int {
	k := [5]int{0, cmp.Or(h.Lane, h.Number), 0, h.Number, strings.Index(suffixes, h.Suffix) + 1}
	if k[1] == 0 {
		k[0] = 1
	}
	if h.Lane > 0 {
		k[2] = 1
	}
	if h.Suffix == "" {
		k[4] = -1
	}
	return k
}

// scanner walks over an address.
type scanner struct{ rs []rune }

func (p *scanner) at(i int) rune {
	if i < len(p.rs) {
		return p.rs[i]
	}
	return -1
}

func (p *scanner) skip() {
	for p.at(0) == ' ' {
		p.rs = p.rs[1:]
	}
}

func (p *scanner) peek() rune { p.skip(); return p.at(0) }
func (p *scanner) next()      { p.rs = p.rs[1:] }

func (p *scanner) take(s string) bool {
	p.skip()
	if !strings.HasPrefix(string(p.rs), s) {
		return false
	}
	p.rs = p.rs[len([]rune(s)):]
	return true
}

// number reads one to five digits that no further digit follows.
func (p *scanner) number() (int, bool) {
	p.skip()
	i := 0
	for i < len(p.rs) && p.rs[i] >= '0' && p.rs[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(string(p.rs[:i]))
	if i == 0 || i > 5 || err != nil || n == 0 {
		return 0, false
	}
	p.rs = p.rs[i:]
	return n, true
}

// ends reports whether the house number may end here although no 号 stands there.
func (p *scanner) ends() bool { return p.peek() == -1 || strings.ContainsRune("(,、;", p.peek()) }

// more reports whether further numbers, or the end, may follow.
func (p *scanner) more() bool { return p.ends() || strings.ContainsRune("-–—~至", p.peek()) }

func (p *scanner) rest() string { return strings.TrimSpace(string(p.rs)) }
