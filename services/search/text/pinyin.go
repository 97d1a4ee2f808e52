package text

import (
	"sort"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// heteronyms lists the characters whose second reading occurs in names of shops and streets, the likelier first. The
// dictionary's own lists of readings are far too wide (余 yu, tu, xu) and only its first reading is taken for the rest.
const heteronyms = `行 xing,hang · 乐 le,yue · 长 chang,zhang · 重 chong,zhong · 朝 chao,zhao · 都 du,dou · 厦 sha,xia ·
莘 xin,shen · 弄 nong,long · 单 dan,shan · 解 jie,xie · 茄 qie,jia · 仔 zai,zi · 柏 bai,bo · 芥 jie,gai · 蛤 ha,ge ·
扎 zha,za · 咖 ka,ga · 壳 ke,qiao · 查 cha,zha · 栅 zha,shan · 什 shi,shen · 曾 zeng,ceng · 圩 xu,wei · 轧 zha,ga ·
便 bian,pian · 泊 bo,po · 盛 sheng,cheng · 参 can,shen · 薄 bao,bo · 角 jiao,jue · 调 diao,tiao · 弹 dan,tan ·
称 cheng,chen · 血 xue,xie · 降 jiang,xiang · 宿 su,xiu · 率 lv,shuai · 差 cha,chai · 地 di,de · 大 da · 石 shi · 车 che · 会 hui`

// maxReadings is how many readings of one name are indexed.
const maxReadings = 8

const maxSyllable = 6 // zhuang, chuang, shuang

type reader struct {
	first     [1 << 16]uint16 // index into names; 0: no reading
	second    map[rune]string
	names     []string
	syllables map[string]bool
	starts    map[string]bool // every beginning of a syllable
}

var readings = sync.OnceValue(func() *reader {
	r := &reader{second: map[rune]string{}, names: []string{""}, syllables: map[string]bool{}, starts: map[string]bool{}}
	index := map[string]uint16{}
	set := func(c rune, s string) {
		i, ok := index[s]
		if !ok {
			i = uint16(len(r.names))
			index[s], r.names = i, append(r.names, s)
		}
		r.first[c] = i
	}
	for code, list := range pinyin.PinyinDict {
		if code < 1<<16 && classOf(rune(code)) == han {
			one, _, _ := strings.Cut(list, ",")
			set(rune(code), toneless(one))
		}
	}
	for entry := range strings.SplitSeq(heteronyms, "·") {
		c, list, _ := strings.Cut(strings.TrimSpace(entry), " ")
		one, two, _ := strings.Cut(list, ",")
		char := []rune(c)[0]
		set(char, one)
		if two != "" {
			r.second[char] = two
		}
	}
	add := func(s string) {
		r.syllables[s] = true
		for i := 1; i <= len(s); i++ {
			r.starts[s[:i]] = true
		}
	}
	for _, s := range r.names[1:] {
		if wellFormed(s) {
			add(s)
			if strings.ContainsRune(s, 'v') {
				add(plainU(s))
			}
		}
	}
	for _, s := range r.second {
		add(s)
	}
	return r
})

// wellFormed leaves out the dictionary's interjections (m, ng, hm, ê), which would make any letters look like pinyin.
func wellFormed(s string) bool {
	if len(s) > maxSyllable || !strings.ContainsAny(s, "aeiouv") {
		return false
	}
	for _, c := range s {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

func plainU(s string) string { return strings.ReplaceAll(s, "v", "u") }

// toneless writes a syllable with tone marks in plain letters, ü as v.
func toneless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("üǖǘǚǜ", r):
			return 'v'
		case r < 0x80:
			return r
		}
		return foldRune(r)
	}, s)
}

// syllablesOf returns the readings of a folded character, at most two; none for what is not Chinese.
func syllablesOf(c rune) (list [2]string, n int) {
	r := readings()
	if c >= 1<<16 || r.first[c] == 0 {
		return list, 0
	}
	list[0], n = r.names[r.first[c]], 1
	if s, ok := r.second[c]; ok {
		list[1], n = s, 2
	} else if strings.ContainsRune(list[0], 'v') {
		list[1], n = plainU(list[0]), 2 // 绿 is typed lv and lu
	}
	return list, n
}

// Readings returns how the Chinese characters of a text are read, as syllables; several where a character has two
// readings, the likeliest first. What has no reading is passed over. Empty when the text has no Chinese.
func Readings(s string) [][]string {
	out := [][]string{nil}
	for _, c := range Fold(s).Runes {
		list, n := syllablesOf(c)
		if n == 0 {
			continue
		}
		if n == 2 && len(out)*2 <= maxReadings {
			for _, o := range out {
				out = append(out, append(append(make([]string, 0, len(o)+8), o...), list[1]))
			}
			for i := range len(out) / 2 {
				out[i] = append(out[i], list[0])
			}
			continue
		}
		for i := range out {
			out[i] = append(out[i], list[0])
		}
	}
	if len(out[0]) == 0 {
		return nil
	}
	return out
}

// ReadingsOf is Readings of a listing's core name, or the override where there is one.
func ReadingsOf(name, override string) [][]string {
	if list := strings.Fields(toneless(strings.ToLower(strings.ReplaceAll(override, "'", " ")))); len(list) > 0 {
		return [][]string{list}
	}
	return Readings(Core(name))
}

// PinyinGroups returns the tokens a reading is found by: every group of one to four syllables in a row, joined, and the
// whole. Groups and not endings, because Meilisearch expands a short prefix to a limited number of words.
func PinyinGroups(readings [][]string) []string {
	seen := map[string]bool{}
	for _, syl := range readings {
		for i := range syl {
			for j := i + 1; j <= min(i+4, len(syl)); j++ {
				seen[strings.Join(syl[i:j], "")] = true
			}
		}
		seen[strings.Join(syl, "")] = true
	}
	return sorted(seen)
}

// PinyinEndings returns each reading from each of its syllables to the end, joined: every group is a beginning of one.
func PinyinEndings(readings [][]string) []string {
	seen := map[string]bool{}
	for _, syl := range readings {
		whole := strings.Join(syl, "")
		for _, s := range syl {
			seen[whole] = true
			whole = whole[len(s):]
		}
	}
	return sorted(seen)
}

// Initials returns the endings of two or more first letters.
func Initials(readings [][]string) []string {
	seen := map[string]bool{}
	for _, syl := range readings {
		b := make([]byte, len(syl))
		for i, s := range syl {
			b[i] = s[0]
		}
		for i := 0; i+2 <= len(b); i++ {
			seen[string(b[i:])] = true
		}
	}
	return sorted(seen)
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for s := range set {
		if s != "" {
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// isSyllable reports whether s is one whole syllable.
func isSyllable(s string) bool { return readings().syllables[s] }

// startsSyllable reports whether s begins a syllable.
func startsSyllable(s string) bool { return readings().starts[s] }

// pinyinLike reports whether s reads as syllables, the last of which may be unfinished. Linear in len(s).
func pinyinLike(s string) bool {
	r := readings()
	reach := make([]bool, len(s)+1)
	reach[0] = true
	for i := range len(s) {
		if !reach[i] {
			continue
		}
		if len(s)-i <= maxSyllable && r.starts[s[i:]] {
			return true
		}
		for n := 1; n <= maxSyllable && i+n <= len(s); n++ {
			if r.syllables[s[i:i+n]] {
				reach[i+n] = true
			}
		}
	}
	return reach[len(s)] && s != ""
}
