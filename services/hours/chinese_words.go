package hours

import (
	"slices"
	"strings"
)

// folded maps what people type to what the parser looks for, one character for one, so that positions stay: full-width forms,
// the many dashes, 至 and 到, and the Traditional characters that occur in opening hours.
var folded = func() map[rune]rune {
	m := map[rune]rune{}
	for _, group := range []string{
		":：∶︰﹕", "-~～〜∼﹏—–－―‐−─至到", ",，、﹐", ";；", "/／", "&＆", "(（【[「", ")）】]」", "\"“”″", ".．", "+＋", " \t\r\n\u3000\u00a0",
		"周週", "点點", "时時", "节節", "无無", "双雙", "开開", "关關", "门門", "营營", "业業", "间間", "与與", "为為", "礼禮", "闭閉", "两兩", "钟鐘", "里裡",
	} {
		runes := []rune(group)
		for _, r := range runes[1:] {
			m[r] = runes[0]
		}
	}
	for i := range rune(10) {
		m['０'+i] = '0' + i
	}
	for i := range rune(26) {
		m['A'+i] = 'a' + i
	}
	return m
}()

func fold(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		if f, ok := folded[r]; ok {
			runes[i] = f
		}
	}
	return runes
}

// chinese walks over folded text. Words are tried in the order given: longer ones first.
type chinese struct {
	original string
	text     []rune
	pos      int // characters
}

func (c *chinese) done() bool { return c.pos >= len(c.text) }

// peek returns the character i after the next one, 0 beyond the end.
func (c *chinese) peek(i int) rune {
	if c.pos+i >= len(c.text) {
		return 0
	}
	return c.text[c.pos+i]
}

func (c *chinese) eat(word string) bool {
	i := c.pos
	for _, r := range word {
		if i >= len(c.text) || c.text[i] != r {
			return false
		}
		i++
	}
	c.pos = i
	return true
}

func (c *chinese) eatAny(words ...string) bool {
	return slices.ContainsFunc(words, c.eat)
}

// skip skips any of the characters and reports whether there were some.
func (c *chinese) skip(chars string) bool {
	start := c.pos
	for !c.done() && strings.ContainsRune(chars, c.text[c.pos]) {
		c.pos++
	}
	return c.pos > start
}

// filler skips what stands between days and times and says nothing.
func (c *chinese) filler() {
	for c.skip(" ,;:。\"()/&|") || c.eatAny("营业时间", "开放时间", "开门时间", "营业", "时间", "开放", "开门", "和", "及", "与", "是", "为", "均", "都") {
	}
}

func (c *chinese) fail(key string) error { return c.failAt(c.pos, key) }

func (c *chinese) failAt(pos int, key string) error {
	i := 0
	for at := range c.original {
		if i == pos {
			return misread(key, pos+1, c.original[at:])
		}
		i++
	}
	return misread(key, pos+1, "")
}

var numerals = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// number reads up to four digits, or Chinese numerals up to 99. digits is 0 when there are none of both.
func (c *chinese) number() (n, digits int) {
	for ; digits < 4 && c.peek(0) >= '0' && c.peek(0) <= '9'; digits++ {
		n = n*10 + int(c.peek(0)-'0')
		c.pos++
	}
	if digits > 0 {
		return n, digits
	}
	one := func() (int, bool) {
		v, ok := numerals[c.peek(0)]
		if ok {
			c.pos++
		}
		return v, ok
	}
	tens, ok := one()
	if !c.eat("十") {
		if ok {
			return tens, 1
		}
		return 0, 0
	}
	if !ok {
		tens = 1
	}
	ones, _ := one()
	return tens*10 + ones, 2
}
