package ui

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"shangquan/frontend"
	"shangquan/services/lang"
)

func TestHref(t *testing.T) {
	for _, tt := range []struct {
		l          lang.Tag
		path, want string
	}{
		{lang.Hans, "/plazas", "/plazas"},
		{lang.Hans, "/", "/"},
		{lang.Hant, "/plazas", "/zh-hant/plazas"},
		{lang.En, "/", "/en/"},
		{lang.En, "/?q=a", "/en/?q=a"},
		{lang.En, "https://beian.miit.gov.cn/", "https://beian.miit.gov.cn/"},
		{lang.En, "//evil.example", "//evil.example"},
		{lang.En, "#f-group", "#f-group"},
	} {
		if got := Href(tt.l, tt.path); got != tt.want {
			t.Errorf("Href(%s, %q) = %q, want %q", tt.l, tt.path, got, tt.want)
		}
	}
}

func render(t *testing.T, l lang.Tag, component string, data any) (string, error) {
	t.Helper()
	set, err := Templates(frontend.FS, mustCatalogue(t).In(l), mustAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = set.ExecuteTemplate(&b, component, data)
	return b.String(), err
}

func TestRendered(t *testing.T) {
	row := Row{
		Href: "/shops/x?a=1&b=2", Name: Mark(`<b>面</b>"馆`, lang.Hans, [][2]int{{3, 6}}), Plate: Plate{Top: "中山中路", Number: "218", Bottom: "号", Label: "中山中路 218 号", Lang: lang.Hans},
		Status: Status{Kind: Open, Word: "Open", Next: "closes 21:30"}, Address: Plain("中山中路 218 号", lang.Hans),
	}
	for _, tt := range []struct {
		name      string
		l         lang.Tag
		component string
		data      any
		want, not string
	}{
		{"text is escaped", lang.Hans, "row", row, `&lt;b&gt;<mark>面</mark>`, "<b>面"},
		{"Chinese in an English page is marked", lang.En, "row", row, `<span lang="zh-Hans">`, ""},
		{"Chinese in a Chinese page is not", lang.Hans, "row", row, `218`, `<span lang="zh-Hans">`},
		{"no script address", lang.Hans, "button", Button{Label: "x", Href: "javascript:alert(1)"}, "#ZgotmplZ", "javascript"},
		{"filing lines only when there are any", lang.Hans, "site-footer", Base{}, "<footer", "icp"},
		{"one page needs no pager", lang.Hans, "pager", NewPager(1, 0, 0, []int{1}, func(int) string { return "" }), "", "<nav"},
		{"an option that was not counted has no number", lang.Hans, "facet", Facet{Options: []Option{{"a", "甲", -1, false}}}, "甲", `class="n`},
		{"an option without shops stays, greyed", lang.Hans, "facet", Facet{Options: []Option{{"a", "甲", 0, false}}}, "opt-none", ""},
		{"options that few ask for are folded", lang.Hans, "facet", Facet{Shown: 1, More: "还有 1 样", Options: []Option{{"a", "甲", 1, true}, {"b", "乙", 1, false}}}, "<details><summary class=\"opt\">还有 1 样</summary>\n<label", ""},
		{"but not when one of them was chosen", lang.Hans, "facet", Facet{Shown: 1, More: "还有 1 样", Options: []Option{{"a", "甲", 1, false}, {"b", "乙", 1, true}}}, "<details open>", ""},
		{"errors are tied to their field", lang.Hans, "field", Field{ID: "tel", Error: "少一位", Hint: "带区号", Type: "tel"}, `aria-invalid="true" aria-describedby="tel-hint tel-error"`, ""},
		{"a closed day says so", lang.Hans, "week", Week{Days: []WeekDay{{Name: "周日"}}}, "休息", ""},
		{"without a phone the way there is the first button", lang.Hans, "actions", Actions{Go: "/go"}, `<a class="btn" href="/go">`, "tel:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := render(t, tt.l, tt.component, tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, tt.want) || tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("%s has to contain %q and not %q:\n%s", tt.component, tt.want, tt.not, got)
			}
		})
	}
}

func TestNoStyleAttribute(t *testing.T) {
	var b bytes.Buffer
	if err := RenderGallery(&b, frontend.FS, mustCatalogue(t).In(lang.Hans), mustAssets(t), "", ""); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{" style=", "<style", " onclick=", "javascript:"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("the gallery contains %q, which the policy refuses", bad)
		}
	}
}

func TestIconNames(t *testing.T) {
	icon := NewFuncs(mustCatalogue(t).In(lang.Hans), mustAssets(t))["icon"].(func(string) (template.HTML, error))
	for name, ok := range map[string]bool{"search": true, "": false, `x"><script>`: false, "A": false} {
		if _, err := icon(name); (err == nil) != ok {
			t.Errorf("icon(%q) = %v, want allowed: %v", name, err, ok)
		}
	}
}
