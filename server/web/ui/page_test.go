package ui

import (
	"slices"
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
		"own.html":     {Data: []byte(`{{define "main"}}{{template "chip" .Chip}}{{end}}{{define "chip"}}own{{end}}`)},
		"bare.html":    {Data: []byte(`{{define "layout"}}bare{{template "main" .}}{{end}}{{define "main"}}!{{end}}`)},
		"missing.html": {Data: []byte(`{{define "main"}}{{with .Chip}}{{template "no-such"}}{{end}}{{end}}`)},
		"empty.html":   {Data: []byte(`{{define "side"}}{{end}}`)},
		"broken.html":  {Data: []byte(`{{define "main"}}{{if}}{{end}}`)},
	}
	data := struct {
		Base Base
		Chip Chip
	}{Chip: Chip{Label: "<饿>", Href: "/"}}
	pages := map[string]string{}
	for file := range fsys {
		if pages[file], err = Page(set, fsys, file, words, assets); (err != nil) != slices.Contains([]string{"missing.html", "empty.html", "broken.html"}, file) {
			t.Errorf("%s: %v", file, err)
		}
	}
	for file, tt := range map[string]struct{ want, not string }{
		"uses.html": {"&lt;饿&gt;</a><i>", "own"},
		"own.html":  {`<main id="main" tabindex="-1"><div class="wrap">`, "chipbtn\" href"},
		"bare.html": {"bare!", "<main"},
	} {
		var b strings.Builder
		if err := set.ExecuteTemplate(&b, pages[file], data); err != nil || !strings.Contains(b.String(), tt.want) || strings.Contains(b.String(), tt.not) {
			t.Errorf("%s: %v\n%s", file, err, b.String())
		}
	}
	if err := set.ExecuteTemplate(&strings.Builder{}, "chip", data.Chip); err != nil {
		t.Errorf("a component alone: %v", err)
	}
}
