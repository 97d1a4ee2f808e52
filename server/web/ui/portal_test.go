package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"shangquan/frontend"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// Pages for everyone are the same for all: nothing of an account is on them. Pages behind a sign-in can be left by a form.
func TestHeaderOfPagesBehindASignIn(t *testing.T) {
	words := mustCatalogue(t).In(lang.Hans)
	set, err := Templates(frontend.FS, words, mustAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	render := func(b Base) string {
		var out strings.Builder
		if err := set.ExecuteTemplate(&out, "site-header", b); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	b := ExampleBase(words, "/")
	if public := render(b); strings.Contains(public, "csrf") || strings.Contains(public, "role") {
		t.Errorf("the public header: %s", public)
	}
	b.Role, b.Account = "商户后台", &Account{Name: "<王>", Href: "/account", SignOut: "/sign-out", CSRF: "t0ken"}
	mine := render(b)
	for _, part := range []string{`class="role">商户后台<`, "&lt;王&gt;", `method="post" action="/sign-out"><input type="hidden" name="csrf" value="t0ken">`} {
		if !strings.Contains(mine, part) {
			t.Errorf("no %s in %s", part, mine)
		}
	}
}

// The week with all its lists keeps within what a page of the portal may weigh (12 KB, most of it these lists).
func TestHoursEditorWeight(t *testing.T) {
	words := mustCatalogue(t).In(lang.Hans)
	set, err := Templates(frontend.FS, words, mustAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	three := []hours.Span{{Open: 395, Close: 600}, {Open: 690, Close: 840}, {Open: 1020, Close: 1325}}
	h := hours.Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = three
	}
	editor, _ := NewHourWords(words).Editor(NewHoursInput(h), nil)
	var page bytes.Buffer
	w := brotli.NewWriterLevel(&page, 5)
	if err := set.ExecuteTemplate(w, "hours", editor); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if page.Len() > 6<<10 {
		t.Errorf("the editor weighs %d bytes", page.Len())
	}
}

func TestRecordsPostOnlyWithButtons(t *testing.T) {
	link := Record{Title: "云间面馆", Buttons: []Button{{Label: "看", Href: "/"}}}
	end := Record{Title: "李建国", Buttons: []Button{{Label: "结束权限", Name: "end", Value: "a1"}}}
	if (Records{Items: []Record{link}}).HasForm() || !(Records{Items: []Record{link, end}}).HasForm() {
		t.Error("a list is a form when a button of it posts")
	}
	if named := end.Named(); named[0].Of != "李建国" || end.Buttons[0].Of != "" {
		t.Errorf("%+v", named)
	}
}

func TestMeterBlocks(t *testing.T) {
	m := Meter{Done: 2, Total: 3}
	if b := m.Blocks(); m.Left() != 1 || len(b) != 3 || !b[1] || b[2] {
		t.Errorf("%v", b)
	}
	if b := (Meter{}).Blocks(); len(b) != 0 {
		t.Errorf("%v", b)
	}
}
