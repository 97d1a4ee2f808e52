// Package creditcode reads unified social credit codes 统一社会信用代码 (GB 32100-2015): the 18 characters on a business licence. It
// says what is wrong with one and never guesses what was meant: a wrong code would tie a shop to a stranger.
package creditcode

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"shangquan/services/fault"
)

// Code is a code as Parse returns it: 18 characters, upper case, with the right check character.
type Code string

// Length is how many characters a code has.
const Length = 18

// alphabet is the 31 characters of GB 32100-2015 in the order of their values: no I, O, S, V, Z, which look like digits or each other.
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// maxTyped bounds what is looked at; spaces and full-width forms make a code longer than it is.
const maxTyped = 100

// The shape of a code: registrar and kind, six digits of the division (GB/T 2260), nine of the body (GB 11714), the check character.
const (
	divisionAt = 2
	bodyAt     = 8
	checkAt    = 17
)

// Parse reads a code as people type it: lower case, full-width, with spaces and hyphens anywhere. Nothing typed gives the empty Code:
// a market stall may have none. fault.Invalid names the field "credit_code" and what is wrong: its length, a character and its
// place, or the check character.
func Parse(typed string) (Code, error) {
	if len(typed) > maxTyped {
		return "", wrong("error.credit_code.length", map[string]any{"Max": Length})
	}
	code := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-‐‑–—−", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, width.Fold.String(typed))
	if code == "" {
		return "", nil
	}
	sum, weight, place := 0, 1, 0
	for _, r := range code {
		value := strings.IndexRune(alphabet, r)
		place++
		if value < 0 || place > divisionAt && place <= bodyAt && value > 9 {
			return "", wrong("error.credit_code.letter", map[string]any{"Place": place, "Value": string(r)})
		}
		if place <= checkAt {
			sum += value * weight
			weight = weight * 3 % len(alphabet)
		}
	}
	if place != Length {
		return "", wrong("error.credit_code.length", map[string]any{"Max": Length})
	}
	// 31 − 0 is 31, which has no character: it becomes 0.
	if code[checkAt] != alphabet[(len(alphabet)-sum%len(alphabet))%len(alphabet)] {
		return "", wrong("error.credit_code.check", nil)
	}
	return Code(code), nil
}

func wrong(key string, args map[string]any) error { return fault.Wrong("credit_code", key, args) }

// Kind is the sort of body a code was given to, by its first two characters.
type Kind string

// The kinds. 9 is the market regulator 市场监管, 5 civil affairs 民政, 1 the office for public bodies 机构编制; every other registrar is Other.
const (
	Company     Kind = "company"     // 91 企业
	Individual  Kind = "individual"  // 92 个体工商户
	Cooperative Kind = "cooperative" // 93 农民专业合作社
	Association Kind = "association" // 51 社会团体
	Private     Kind = "private"     // 52 民办非企业单位
	Foundation  Kind = "foundation"  // 53 基金会
	Public      Kind = "public"      // 11 机关, 12 事业单位 and the rest of 1
	Other       Kind = "other"
)

// Kinds lists them.
var Kinds = []Kind{Company, Individual, Cooperative, Association, Private, Foundation, Public, Other}

var kinds = map[string]Kind{
	"91": Company, "92": Individual, "93": Cooperative, "51": Association, "52": Private, "53": Foundation,
	"11": Public, "12": Public, "13": Public, "19": Public,
}

// Kind returns what sort of body has the code; Other for registrars and kinds that are not listed, and for the empty Code.
func (c Code) Kind() Kind {
	if len(c) == Length {
		if k, ok := kinds[string(c[:2])]; ok {
			return k
		}
	}
	return Other
}

// Division returns the six digits of the administrative division that registered the body: 310117 is Songjiang.
func (c Code) Division() string {
	if len(c) != Length {
		return ""
	}
	return string(c[divisionAt:bodyAt])
}

var bodyWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// Odd reports whether the nine characters of the body fail their own check (GB 11714). That rule is the less certain one, so an odd code is
// worth a second look at the licence and no more.
func (c Code) Odd() bool {
	if len(c) != Length {
		return false
	}
	body, sum := string(c[bodyAt:checkAt]), 0
	for i, w := range bodyWeights {
		sum += w * bodyValue(body[i])
	}
	want := byte('0')
	switch n := 11 - sum%11; n {
	case 10:
		want = 'X'
	case 11:
	default:
		want += byte(n) // #nosec G115 -- 1 to 9
	}
	return body[8] != want
}

// bodyValue is the value of a character in GB 11714: digits as they are, A is 10 and Z is 35.
func bodyValue(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}
