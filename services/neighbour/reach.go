package neighbour

import (
	"regexp"

	"golang.org/x/text/width"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

var (
	mailed = regexp.MustCompile(`[\w.+-]+ *@ *[\w-]+(?:\.[\w-]+)+`)
	// chatted is an account of WeChat or QQ: five signs or more. What the service is called says nothing alone, nor does a word after it that
	// is no account: 微信群里, WeChat payment; in English an account is told by a colon, "id", or a digit in it.
	chatted = regexp.MustCompile(`(?i)(?:微信|薇信|威信|v信|weixin|\bvx|\bwx|扣扣|qq)(?:号码?|號碼?|id|是|为|為|加|[: -])*[a-z0-9][a-z0-9_-]{4,19}` +
		`|wechat(?: *(?:id|is|:|号|號))+ *[a-z0-9][a-z0-9_-]{4,19}|wechat +[a-z][a-z_-]{2,}\d[a-z0-9_-]*`)
)

// both checks what both sides read: how a person or the shop is reached is for the contact alone.
func both(name, text string, most lang.Limit) []fault.Field {
	wrong := most.Check(name, text)
	if narrow := width.Fold.String(text); phone.InText(text) || mailed.MatchString(narrow) || chatted.MatchString(narrow) {
		wrong = append(wrong, fault.Field{Name: name, Key: "neighbour.wrong.reach"})
	}
	return wrong
}
