package ui

import (
	"strings"
	"testing"
	"testing/fstest"

	"shangquan/frontend"
	"shangquan/services/lang"
)

func TestPage(t *testing.T) {
	words, assets := mustCatalogue(t).In(lang.Hans), mustAssets(t)
	set, err := Templates(frontend.FS, words, assets)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{
		"uses.html":    {Data: []byte(`{{define "main"}}{{if true}}{{template "chip" .Chip}}{{end}}<i>{{t "shell.menu"}}</i>{{end}}`)},
		"own.html":     {Data: []byte(`{{define "main"}}{{template "chip" .Chip}}{{end}}{{define "chip"}}own{{end}}{{define "head"}}<meta name="own">{{end}}`)},
		"missing.html": {Data: []byte(`{{define "main"}}{{with .Chip}}{{template "no-such"}}{{end}}{{end}}`)},
	}
	data := struct {
		Base Base
		Chip Chip
	}{Chip: Chip{Label: "<饿>", Href: "/"}}
	for _, tt := range []struct{ file, want, not string }{
		{"uses.html", "&lt;饿&gt;</a><i>", `name="own"`},
		{"own.html", `<meta name="own">`, "chipbtn\" href"},
		{"missing.html", "", ""},
	} {
		page, err := Page(set, fsys, tt.file, words, assets)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%s: %v", tt.file, err)
		}
		if err != nil {
			continue
		}
		var b strings.Builder
		if err := page.ExecuteTemplate(&b, "layout", data); err != nil || !strings.Contains(b.String(), tt.want) || strings.Contains(b.String(), tt.not) {
			t.Errorf("%s: %v\n%s", tt.file, err, b.String())
		}
		if page.Lookup("week") != nil {
			t.Errorf("%s holds a component it does not use", tt.file)
		}
	}
	if err := set.ExecuteTemplate(&strings.Builder{}, "chip", data.Chip); err != nil {
		t.Errorf("the set itself: %v", err)
	}
}
