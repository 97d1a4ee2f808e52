package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// searchAs asks as one of several people would.
func (x *town) searchAs(t *testing.T, word string, person int) string {
	t.Helper()
	b := x.as(t, "")
	return b.get("/?q="+url.QueryEscape(word), "User-Agent", fmt.Sprintf("Mozilla/5.0 (Linux; Android 9; phone %d)", person), "Accept-Language", "zh-CN").body
}

// What several people searched and did not find is listed at the desk, and one press makes it a word that finds something.
func TestSearchedAndNotFound(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	const word, alone = "阿嬷汤圆铺子", "一个人的词语"
	for i := range 4 {
		x.searchAs(t, word, i)
	}
	x.searchAs(t, alone, 1)
	if err := x.services.Insight.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	desk := x.as(t, demo.Coordinator)
	body := desk.page("/desk/words")
	if !strings.Contains(body, word) {
		t.Error("what four people missed is not listed")
	}
	if strings.Contains(body, alone) {
		t.Error("what one person searched is listed")
	}

	to := "/desk/words/as?word=" + url.QueryEscape(word)
	if body := desk.page(to); !strings.Contains(body, `value="category:snacks"`) {
		t.Error("there is nothing to choose")
	}
	if a := desk.post("/desk/words/as", url.Values{"rev": {"0"}, "word": {word}, "of": {""}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "从里面选一个") {
		t.Errorf("nothing chosen: %d", a.status)
	}
	desk.done("/desk/words/as", url.Values{"rev": {"0"}, "word": {word}, "of": {"category:snacks"}})
	x.wait(time.Minute)
	x.public(t)
	if found := x.searchAs(t, word, 1); !strings.Contains(found, "小吃店") || strings.Contains(found, "没有完全符合") {
		t.Error("the word finds nothing of its category")
	}
	if a := desk.post("/desk/words/as", url.Values{"rev": {"0"}, "word": {"词"}, "of": {"category:snacks"}}); a.status != http.StatusConflict {
		t.Errorf("over an old edition: %d", a.status)
	}
	desk.done("/desk/words", url.Values{"hide": {word}})
	if strings.Contains(desk.page("/desk/words"), `value="`+word+`"`) {
		t.Error("a hidden word is still listed")
	}
	if a := desk.post("/desk/words", url.Values{}); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
		t.Errorf("no press: %d", a.status)
	}
}

// The words under the search field are the coordinators'.
func TestOftenSearched(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, visitor := x.as(t, demo.Coordinator), x.as(t, "")
	if !strings.Contains(visitor.page("/"), ">药店</a>") {
		t.Error("the program's own words are not shown")
	}
	if !strings.Contains(desk.page("/desk/words/often"), `value="药店"`) {
		t.Error("the form does not begin with what is shown")
	}
	if a := desk.post("/desk/words/often", url.Values{"rev": {"0"}, "often1_en": {"keys"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="keys"`) {
		t.Errorf("no Chinese: %d", a.status)
	}
	desk.done("/desk/words/often", url.Values{"rev": {"0"}, "often1": {"配钥匙"}, "often1_en": {"keys cut"}, "often3": {"<b>修鞋"}})
	x.wait(time.Minute)
	x.public(t)
	if body := visitor.page("/"); !strings.Contains(body, ">配钥匙<") || strings.Contains(body, ">药店</a>") || strings.Contains(body, "<b>修鞋") || !strings.Contains(body, "&lt;b&gt;修鞋") {
		t.Error("the words of the district are not shown")
	}
	if !strings.Contains(visitor.page("/en/"), ">keys cut<") {
		t.Error("the English word is not shown")
	}
}

// An administrator edits the taxonomy: what is added can be chosen, what is merged is found under the other, also by its old address, and
// an earlier edition can be put in force again.
func TestTaxonomyIsEdited(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, visitor := x.as(t, demo.Admin), x.as(t, "")
	if a := x.as(t, demo.Coordinator).get("/admin/taxonomy/category/noodles"); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
		t.Errorf("a coordinator: %d", a.status)
	}
	if body := admin.page("/admin/taxonomy"); !strings.Contains(body, "/admin/taxonomy/category/noodles") {
		t.Error("no categories")
	}
	admin.done("/admin/taxonomy/category", url.Values{"rev": {"0"}, "id": {"luthier"}, "hans": {"制琴作坊"}, "hant": {"製琴作坊"}, "en": {"Luthier"}, "group": {"leisure"}, "terms": {"制琴，古琴"}})
	if c, ok := x.services.Words().FindCategory("古琴"); !ok || c.ID != "luthier" {
		t.Errorf("%+v", c)
	}
	for name, v := range map[string]url.Values{
		"taken":        {"rev": {"1"}, "id": {"noodles"}, "hans": {"词"}, "hant": {"詞"}, "en": {"Word"}, "group": {"food"}},
		"a name taken": {"rev": {"1"}, "id": {"other-noodles"}, "hans": {"面馆"}, "hant": {"麵館"}, "en": {"Word"}, "group": {"food"}},
		"no group":     {"rev": {"1"}, "id": {"other-noodles"}, "hans": {"词"}, "hant": {"詞"}, "en": {"Word"}},
	} {
		if a := admin.post("/admin/taxonomy/category", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="`+v.Get("hans")+`"`) {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	uses, err := x.directory.Uses(t.Context())
	if err != nil || uses.Categories["noodles"] == 0 {
		t.Fatalf("no noodle shops: %v", err)
	}
	before := uses.Categories["snacks"] + uses.Categories["noodles"]
	if a := admin.post("/admin/taxonomy/category/noodles", url.Values{"rev": {"1"}, "do": {"remove"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "系统自带的删不掉") {
		t.Errorf("removed: %d", a.status)
	}
	if a := admin.post("/admin/taxonomy/category/noodles", url.Values{"rev": {"1"}, "do": {"merge"}, "into": {"none"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("merged into nothing: %d", a.status)
	}
	admin.done("/admin/taxonomy/category/noodles", url.Values{"rev": {"1"}, "do": {"merge"}, "into": {"snacks"}})
	x.wait(time.Minute)
	x.public(t)
	if uses, err = x.directory.Uses(t.Context()); err != nil || uses.Categories["noodles"] != 0 || uses.Categories["snacks"] != before {
		t.Errorf("after: %d noodles, %d snacks, want %d", uses.Categories["noodles"], uses.Categories["snacks"], before)
	}
	if body := visitor.page("/?cat=noodles"); !strings.Contains(body, fmt.Sprint(before)) {
		t.Error("the old address does not lead to the other category")
	}
	if _, ok := x.services.Words().FindCategory("拉面"); !ok {
		t.Error("a word of the former category is lost")
	}
	if body := admin.page("/admin/taxonomy/editions"); !strings.Contains(body, "第 2 版") || !strings.Contains(body, "noodles → snacks") {
		t.Error("the editions do not say what was changed")
	}
	admin.done("/admin/taxonomy/editions", url.Values{"do": {"2:0"}})
	if c, ok := x.services.Words().FindCategory("拉面"); !ok || c.ID != "noodles" {
		t.Error("it is not as the program comes")
	}
	if a := admin.post("/admin/taxonomy/editions", url.Values{"do": {"2:0"}}); a.status != http.StatusConflict {
		t.Errorf("over an old edition: %d", a.status)
	}
	for _, path := range []string{"/admin/taxonomy/x", "/admin/taxonomy/category/none", "/desk/words/format/supermarket", "/desk/words/as?word="} {
		if a := admin.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s = %d", path, a.status)
		}
	}
}

// Rows are kept between requests: a category that has another name has it in the rows too, and so has the icon of a tag.
func TestRenamedCategoryInRows(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, visitor := x.as(t, demo.Admin), x.as(t, "")
	const old, renamed = `<p class="meta"><span>面馆</span>`, `<p class="meta"><span>面条店</span>`
	before := strings.Count(visitor.page("/?cat=noodles"), old)
	if before == 0 {
		t.Fatal("no row says what kind of shop it is")
	}
	admin.done("/admin/taxonomy/category/noodles", url.Values{"rev": {"0"}, "do": {"set"}, "hans": {"面条店"}, "hant": {"麵條店"}, "en": {"Noodle shop"}, "group": {"food"}})
	x.wait(time.Minute)
	x.public(t)
	if body := visitor.page("/?cat=noodles"); strings.Count(body, renamed) != before || strings.Contains(body, old) {
		t.Errorf("%d of %d rows have the new name, %d the old one", strings.Count(body, renamed), before, strings.Count(body, old))
	}
}
