package twin

import (
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
