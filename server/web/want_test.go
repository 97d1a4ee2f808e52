package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// Who finds no shop tells the district so in two presses, without an account; the coordinator reads it where words that found nothing
// are, and does not read who it was.
func TestWantedShopReachesTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	const word = "阿嬷汤圆铺子"
	to := "/missing?what=" + url.QueryEscape(word)
	visitor := x.as(t, "")
	if body := visitor.page("/?q=" + url.QueryEscape(word)); !strings.Contains(body, `href="`+to+`">告诉街道：缺这样的店`) {
		t.Fatalf("nothing found does not lead to %s", to)
	}
	for _, path := range []string{"/", "/?q=" + url.QueryEscape("银行")} {
		if strings.Contains(visitor.page(path), "/missing") {
			t.Errorf("%s finds shops and asks what is missing", path)
		}
	}
	if body := visitor.page(to); !strings.Contains(body, `value="`+word+`"`) {
		t.Error("what was searched has to be typed again")
	}
	for _, wrong := range []string{"", "打13800000088", "我想在中山中路这里开一家很大很大的修手表的店铺"} {
		a := visitor.post("/missing", url.Values{"what": {wrong}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "只写店的种类，最多 20 个字") || !strings.Contains(a.body, `value="`+wrong+`"`) {
			t.Errorf("%q = %d %s", wrong, a.status, complaint(a.body))
		}
	}
	desk := x.as(t, demo.Coordinator)
	if strings.Contains(desk.page("/desk/words"), "缺这样的店</") {
		t.Error("what was refused is at the desk")
	}
	if body := visitor.page(visitor.done("/missing", url.Values{"what": {word}})); !strings.Contains(body, "记下了。") || strings.Contains(body, "<form class=\"stack") {
		t.Errorf("thanks: %s", complaint(body))
	}
	visitor.done("/missing", url.Values{"what": {word}}) // again
	for _, path := range []string{"/desk/words", "/desk/overview"} {
		if body := desk.page(path); !strings.Contains(body, word) || !strings.Contains(body, "1 人次说这里缺这样的店") {
			t.Errorf("%s does not tell what is missing", path)
		}
	}
	if a := x.as(t, demo.Owner).get("/desk/words"); a.status == http.StatusOK {
		t.Error("an owner reads the words of the district")
	}
	desk.done("/desk/words", url.Values{"hide": {word}})
	if strings.Contains(desk.page("/desk/words"), "人次说这里缺这样的店") {
		t.Error("a word that was hidden is listed")
	}
}
