package ui

import (
	"html/template"
	"strings"
	"testing"

	"shangquan/frontend"
	"shangquan/services/lang"
)

// What is put together from pieces is what the template says of the whole row.
func TestRowsFromPieces(t *testing.T) {
	for _, tt := range []struct {
		name, address string
		fill          RowFill
	}{
		{"name alone", "中山中路 218 号", RowFill{Name: Plain("余天成", lang.Hans)}},
		{"marked, escaped", "中山中路 218 号", RowFill{Name: Mark(`<b>"余'天成&`, lang.Hans, [][2]int{{3, 7}})}},
		{"way and hint", "中山中路 218 号", RowFill{Name: Plain("余天成", lang.Hans), Walk: "步行 3 分钟 <", Hint: Marked{Lang: lang.Hans, Parts: []Part{{Text: "卖 "}, {Text: "钥匙", Hit: true}}}}},
		{"a character of a slot in the address", "中山\ue001中路", RowFill{Name: Plain("余天成", lang.Hans)}},
		{"a character of a slot in the name", "中山中路", RowFill{Name: Plain("余\ue002天成", lang.Hans), Walk: "近"}},
	} {
		for _, l := range lang.Tags {
			set, err := Templates(frontend.FS, mustCatalogue(t).In(l), mustAssets(t))
			if err != nil {
				t.Fatal(err)
			}
			r := NewRows(set)
			view := Row{Href: "/shops/x", Plate: Plate{Top: "中山中路", Number: "218", Lang: lang.Hans}, Status: Status{Kind: Open, Word: "x"}, Address: Plain(tt.address, lang.Hans)}
			whole := view
			whole.Name, whole.Walk, whole.Hint = tt.fill.Name, tt.fill.Walk, tt.fill.Hint
			want, err := r.render(whole)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second comes from what was kept
				got, err := r.HTML(RowKey{ID: "x"}, tt.fill, func() Row { return view })
				if err != nil || string(got) != want {
					t.Errorf("%s in %s: %v\n%s\nwant\n%s", tt.name, l, err, got, want)
				}
			}
		}
	}
}

func TestRowsKeepByKey(t *testing.T) {
	set, err := Templates(frontend.FS, mustCatalogue(t).In(lang.Hans), mustAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRows(set)
	asked := 0
	row := func() Row { asked++; return Row{Href: "/"} }
	name := Plain("余", lang.Hans)
	for _, tt := range []struct {
		key  RowKey
		fill RowFill
		want int
	}{
		{RowKey{ID: "a"}, RowFill{Name: name}, 1},
		{RowKey{ID: "a"}, RowFill{Name: Plain("天成", lang.Hans)}, 1},
		{RowKey{ID: "a"}, RowFill{Name: name, Walk: "近"}, 2},
		{RowKey{ID: "a"}, RowFill{Name: name, Walk: "远"}, 2},
		{RowKey{ID: "a", Rev: 1}, RowFill{Name: name}, 3},
		{RowKey{ID: "a", Status: Status{Word: "x"}}, RowFill{Name: name}, 4},
	} {
		html, err := r.HTML(tt.key, tt.fill, row)
		if err != nil || asked != tt.want || !strings.Contains(string(html), tt.fill.Name.String()) || !strings.Contains(string(html), tt.fill.Walk) {
			t.Errorf("%+v %+v: %v, rendered %d times, want %d\n%s", tt.key, tt.fill, err, asked, tt.want, html)
		}
	}
}

func TestFold(t *testing.T) {
	words := mustCatalogue(t).In(lang.Hans)
	funcs := NewFuncs(words, mustAssets(t))
	set := template.Must(template.New("x").Funcs(funcs).Parse(
		`{{t "shell.menu"}}{{if .}}{{icon "menu"}}{{else}}{{t "shell.skip"}}{{end}}{{with .}}{{href "/points"}}{{end}}{{range .}}{{t .}}{{end}}`))
	Fold(set, words, mustAssets(t))
	tree := set.Tree.Root.String()
	menu, _ := words.Say("shell.menu")
	skip, _ := words.Say("shell.skip")
	for _, want := range []string{menu, skip, "#menu", "/points", "{{t .}}"} {
		if !strings.Contains(tree, want) {
			t.Errorf("no %q in %s", want, tree)
		}
	}
	if strings.Contains(tree, `"shell.`) {
		t.Errorf("a constant message is left: %s", tree)
	}
	unknown := template.Must(template.New("x").Funcs(funcs).Parse(`{{t "no.such"}}`))
	Fold(unknown, words, mustAssets(t))
	if err := unknown.Execute(&strings.Builder{}, nil); err == nil {
		t.Error("an unknown message went unnoticed")
	}
}

func TestPlanMarkup(t *testing.T) {
	p := Plan{
		Thin: 2, Roads: []Road{{Path: "M0 0H9", Width: 28, Edge: 30.5}},
		Labels: []PlanLabel{{Text: `<路>`, X: 4, Y: 5.5, Turn: "rotate(12 4 5)", Main: true, Size: 24}, {Size: 24, Glyphs: []Glyph{{"路", 1, 2.5}}}},
		Pins:   []PlanPin{{X: 1, Y: 2, Number: 3, PinLook: PinLook{Kind: Open, Label: `"<店>`, Href: "/?a=1&b=2"}, Radius: 23, Letter: 24.2, Drop: 8.7}},
	}
	for _, tt := range []struct{ got, want template.HTML }{
		{p.Ways(), `<path class="m-edge" d="M0 0H9" stroke-width="30.5"/><path class="m-road" d="M0 0H9" stroke-width="28"/>`},
		{p.Names(), `<text class="m-name m-big" font-size="24" x="4" y="5.5" transform="rotate(12 4 5)">&lt;路&gt;</text><text class="m-name" font-size="24"><tspan x="1" y="2.5">路</tspan></text>`},
		{p.Numbered(), `<g class="pin o" data-x="1" data-y="2" data-href="/?a=1&amp;b=2" transform="translate(1 2)"><title>&#34;&lt;店&gt;</title><circle r="23" stroke-width="2"/><text y="8.7" font-size="24.2">3</text></g>`},
	} {
		if tt.got != tt.want {
			t.Errorf("got  %s\nwant %s", tt.got, tt.want)
		}
	}
}

func TestChoices(t *testing.T) {
	f := Facet{ID: "f", Name: "open", Radio: true, Options: []Option{{Label: "<全>", Count: -1, Checked: true}, {Value: `"x`, Label: "无", Count: 0}}}
	want := template.HTML(`<label class="opt"><input type="radio" id="f-0" name="open" value="" checked><span>&lt;全&gt;</span></label>
<label class="opt opt-none"><input type="radio" id="f-1" name="open" value="&#34;x"><span>无</span><span class="n num">0</span></label>
`)
	if got := f.Choices(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
