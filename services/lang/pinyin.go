package lang

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// phrases are words in which a character is read other than usual. They decide before single characters do.
var phrases = map[string]string{
	"银行": "yin hang", "支行": "zhi hang", "分行": "fen hang", "总行": "zong hang", "商行": "shang hang", "车行": "che hang",
	"琴行": "qin hang", "药行": "yao hang", "茶行": "cha hang", "鱼行": "yu hang", "米行": "mi hang", "五金行": "wu jin hang", "行业": "hang ye", "建行": "jian hang", "工行": "gong hang",
	"农行": "nong hang", "中行": "zhong hang", "交行": "jiao hang", "招行": "zhao hang", "乐器": "yue qi", "音乐": "yin yue", "声乐": "sheng yue", "重点": "zhong dian",
	"成长": "cheng zhang", "家长": "jia zhang", "长者": "zhang zhe", "会计": "kuai ji", "厦门": "xia men", "大夫": "dai fu",
	"便宜": "pian yi", "参茸": "shen rong", "人参": "ren shen", "海参": "hai shen", "弹簧": "tan huang", "重庆": "chong qing",
	"高行": "gao hang", "闵行": "min hang", "六安": "lu an", "番禺": "pan yu", "尉迟": "yu chi", "仇家": "qiu jia", "区家": "ou jia", "查家": "zha jia",
	"銀行": "yin hang", "長者": "zhang zhe", "樂器": "yue qi", "音樂": "yin yue",
}

// readings are the characters whose first reading in the dictionary is not the one of shop and street names.
var readings = map[rune]string{
	'行': "xing", '乐': "le", '樂': "le", '长': "chang", '長': "chang", '重': "chong", '朝': "chao", '都': "du", '厦': "sha", '廈': "sha", '莘': "xin",
	'弄': "long", '单': "dan", '解': "jie", '茄': "qie", '仔': "zai", '柏': "bai", '芥': "jie", '蛤': "ha", '扎': "zha", '咖': "ka", '壳': "ke",
	'查': "cha", '栅': "zha", '什': "shi", '曾': "zeng", '圩': "xu", '轧': "zha", '便': "bian", '泊': "bo", '盛': "sheng", '参': "can", '薄': "bo",
	'角': "jiao", '调': "tiao", '弹': "dan", '称': "cheng", '血': "xue", '降': "jiang", '宿': "su", '率': "shuai", '差': "cha", '地': "di", '大': "da",
	'石': "shi", '车': "che", '車': "che", '会': "hui", '會': "hui", '和': "he",
}

const longestPhrase = 3

// Pinyin returns how text is read: a syllable without tone for each Han character (ü as v), a word in lower case for each
// run of Latin letters or digits. Everything else parts words and is left out.
func Pinyin(text string) []string {
	out := []string{}
	rs := []rune(strings.ToLower(width.Fold.String(norm.NFC.String(text))))
	for i := 0; i < len(rs); {
		if r := rs[i]; !unicode.Is(unicode.Han, r) {
			n := wordLen(rs[i:])
			if word := latin(string(rs[i : i+n])); word != "" {
				out = append(out, word)
			}
			i += max(n, 1)
			continue
		}
		n, syllables := reading(rs[i:])
		out = append(out, syllables...)
		i += n
	}
	return out
}

// reading returns how the longest known phrase at the start of rs is read, or else its first character.
func reading(rs []rune) (int, []string) {
	for n := min(longestPhrase, len(rs)); n > 1; n-- {
		if s, ok := phrases[string(rs[:n])]; ok {
			return n, strings.Fields(s)
		}
	}
	if s, ok := readings[rs[0]]; ok {
		return 1, []string{s}
	}
	if s := syllable(rs[0]); s != "" {
		return 1, []string{s}
	}
	return 1, nil
}

// syllable is the first reading of the dictionary without its tone. It is what the library's own SinglePinyin gives, without
// the regular expression it runs for each character: every listing is read several times on its way into the register.
func syllable(r rune) string {
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	return toneless.Replace(first)
}

var toneless = strings.NewReplacer(
	"ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ī", "i", "í", "i", "ǐ", "i", "ì", "i",
	"ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u", "ü", "v", "ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v",
	"ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m", "ê", "e", "ế", "e", "ề", "e", "\u0304", "", "\u030c", "", "\u0300", "", "\u0301", "",
)

// wordLen is the length of the run of letters, marks and digits at the start of rs.
func wordLen(rs []rune) int {
	n := 0
	for n < len(rs) && !unicode.Is(unicode.Han, rs[n]) && (unicode.IsLetter(rs[n]) || unicode.IsDigit(rs[n]) || unicode.IsMark(rs[n]) || rs[n] == '\'' || rs[n] == '’') {
		n++
	}
	return n
}

// latin keeps a–z and 0–9 of a word; letters with marks give their base letter.
func latin(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKD.String(word))
}

// MaxSlug is the length of the longest slug.
const MaxSlug = 80

var slugForm = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)

// Slug reports whether s can be the last part of a page's address: ^[a-z0-9-]+$, without a hyphen at an end or two in a
// row, at most MaxSlug long.
func Slug(s string) bool { return len(s) <= MaxSlug && slugForm.MatchString(s) }

// maxSlugOf leaves room for what makes a slug unique.
const maxSlugOf = 60

// SlugOf makes a slug from how text is read; empty when nothing of it can be read.
func SlugOf(text string) string {
	var b strings.Builder
	for _, w := range Pinyin(text) {
		w = w[:min(len(w), maxSlugOf)]
		if b.Len()+1+len(w) > maxSlugOf && b.Len() > 0 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	return b.String()
}

// SortKey returns the key that puts Chinese and Latin names into one alphabetical order; reading, where given, replaces the
// computed one.
func SortKey(text, reading string) string {
	if reading == "" {
		return strings.Join(Pinyin(text), " ")
	}
	return strings.Join(Pinyin(reading), " ")
}
