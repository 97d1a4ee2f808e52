package web

import (
	"strings"
	"testing"
)

// A page does not send people to a number, an address or a place on the map that it does not have.
func TestAdviceThatCanBeFollowed(t *testing.T) {
	x := sampled(t)
	for path, want := range map[string]struct{ says, not string }{
		"/?q=余天成":                                          {"去前先问一声", "打电话"},                   // no phone
		"/shops/yu-tian-cheng":                             {"去前先问一声", "打电话"},                   // no phone
		"/en/shops/yu-tian-cheng":                          {"best to ask first", "call first"}, // no phone
		"/shops/yu-tian-cheng/go":                          {"还没有记下这家店在哪里", "照上面的地址"},           // neither address nor position
		"/?q=中国银行松江支行":                                     {"建议先打电话", "去前先问一声"},                // phone, no hours
		"/shops/cao-lu":                                    {`content="草庐。时间待核对`, "，。"},         // no address for the summary
		"/shops/zhong-guo-yin-hang-song-jiang-zhi-hang/go": {"照上面的地址找", "还没有记下这家店在哪里"},          // address, no position
	} {
		body := x.get(t, path)
		_, main, _ := strings.Cut(body, "<main")
		main, _, _ = strings.Cut(main, "</main>")
		if !strings.Contains(body, want.says) {
			t.Errorf("%s does not say %q", path, want.says)
		}
		if strings.Contains(main, want.not) {
			t.Errorf("%s says %q", path, want.not)
		}
	}
}
