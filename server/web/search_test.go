package web

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/taxonomy"
)

// Where a visitor stands is not told to search engines; the language switch keeps it.
func TestCanonicalAddressTellsNoPosition(t *testing.T) {
	body := sampled(t).get(t, "/?q=%E9%93%B6%E8%A1%8C&near=31.0075,121.227&sort=near&view=map")
	if !strings.Contains(body, `<link rel="canonical" href="http://shop.test/?q=%E9%93%B6%E8%A1%8C">`) {
		t.Error("the canonical address is not the plain question")
	}
	for _, line := range strings.Split(body, "\n") {
		if strings.Contains(line, `rel="alternate"`) && strings.Contains(line, "near") {
			t.Errorf("an alternate tells the position: %s", line)
		}
	}
	if !strings.Contains(body, `href="/en/?q=%E9%93%B6%E8%A1%8C&amp;near=31.0075%2C121.227&amp;sort=near&amp;view=map"`) {
		t.Error("the language switch loses the question")
	}
}

func TestEnglishHeadingHasTheRoadNameOnThePlate(t *testing.T) {
	x := sampled(t)
	for target, want := range map[string]string{"/": "在中山中路找店", "/en/": "Find a shop in Zhongshan Zhonglu"} {
		if body := x.get(t, target); !strings.Contains(body, "<h1>"+want+"</h1>") {
			t.Errorf("GET %s lacks the heading %q", target, want)
		}
	}
}

var facetOf = regexp.MustCompile(`(?s)<fieldset class="[^"]*" id="f-([a-z]+)">.*?</fieldset>`)

// filtersOf are the filters of a search page by name.
func filtersOf(body string) map[string]string {
	out := map[string]string{}
	for _, m := range facetOf.FindAllStringSubmatch(body, -1) {
		out[m[1]] = m[0]
	}
	return out
}

// Whatever category a shop has can be chosen without words: the frequent ones at once, the others unfolded.
func TestEveryCategoryCanBeChosen(t *testing.T) {
	x := sampled(t)
	kinds := filtersOf(x.get(t, "/"))["cat"]
	shown, folded, ok := strings.Cut(kinds, "<details><summary")
	if n := strings.Count(shown, "<input"); !ok || n != shownChoices || !strings.Contains(folded, fmt.Sprintf(">还有 %d 样</summary>", strings.Count(folded, "<input"))) {
		t.Errorf("%d kinds are shown at once, the others are %q", n, folded)
	}
	for _, slug := range []string{"hospital", "cinema", "car-dealer"} {
		if !strings.Contains(folded, `value="`+slug+`"`) {
			t.Errorf("no filter chooses a %s", slug)
		}
	}
	if kinds = filtersOf(x.get(t, "/?cat=cinema"))["cat"]; !strings.Contains(kinds, "<details open>") || !strings.Contains(kinds, `value="cinema" checked`) {
		t.Errorf("a chosen kind is folded away: %s", kinds)
	}
	if kinds = filtersOf(x.get(t, "/?group=health"))["cat"]; !strings.Contains(kinds[:strings.Index(kinds, "<details")], `value="hospital"`) {
		t.Errorf("the kinds of the chosen group are not the first: %s", kinds)
	}
	streets := filtersOf(x.get(t, "/?at=yexin-gonglu"))["at"]
	if strings.Count(streets, "<input") != shownChoices+1 || !strings.Contains(streets, `value="yexin-gonglu" checked`) || !strings.Contains(streets, `href="/streets">全部路段</a>`) {
		t.Errorf("streets: %s", streets)
	}
}

// A wheelchair's way in is offered before the conveniences of more shops, and by a shop alone.
func TestStepFreeIsAlwaysOffered(t *testing.T) {
	p := &speaker{Words: sampled(t).catalogue.In(lang.Hans), now: evening}
	f := directory.Facets{}
	for i := range shownChoices + 1 {
		f.Tags = append(f.Tags, directory.Choice{Value: strconv.Itoa(i), N: 9})
	}
	f.Tags = append(f.Tags, directory.Choice{Value: taxonomy.StepFree, N: 1})
	facets := filters(p, links{p.Lang, &directory.Query{}}, &f).Facets
	i := slices.IndexFunc(facets, func(x ui.Facet) bool { return x.ID == "f-tag" })
	if i < 0 {
		t.Fatal("no tag can be chosen")
	}
	if x := facets[i]; x.Options[0].Value != taxonomy.StepFree || x.Options[1].Value != "0" || len(x.Options) != len(f.Tags) || x.Shown != shownChoices {
		t.Errorf("%+v", x)
	}
	if got := firstStepFree(f.Tags[:2]); len(got) != 2 || got[0].Value != "0" {
		t.Errorf("a tag of no shop is offered: %v", got)
	}
}

// On a phone each filter is behind a chip: what most ask for behind its own, all of them behind the last.
func TestPhoneReachesAllFilters(t *testing.T) {
	body := sampled(t).get(t, "/")
	for _, want := range []string{`href="#f-group"`, `href="#f-at"`, `<fieldset class="facet with" id="f-plaza"`, `href="#filter"`, `<form class="filter" id="filter"`} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	// Where no street is left to choose, the same chip leads to the plazas.
	p := &speaker{Words: sampled(t).catalogue.In(lang.Hans), now: evening}
	plazas := []directory.Choice{{Value: "luming", N: 1}}
	at := links{p.Lang, &directory.Query{}}
	for want, f := range map[string]*directory.Facets{"#f-at": {Streets: plazas, Plazas: plazas}, "#f-plaza": {Plazas: plazas}} {
		var got []string
		for _, c := range chips(p, at, filters(p, at, f).Facets) {
			if c.Label == "在哪里" {
				got = append(got, c.Href)
			}
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("在哪里 leads to %v, want %s", got, want)
		}
	}
}

// When not just what was typed answered, the name that comes closest is a link, with the filters kept.
func TestDidYouMean(t *testing.T) {
	x := sampled(t)
	link := regexp.MustCompile(`<a href="/\?([^"]*)">是不是找“([^”]+)”？</a>`)
	for _, tt := range []struct {
		target, name string
		relaxed      bool
	}{
		{"/?q=starbuks", "星巴克", false},
		{"/?q=starbuks&group=food", "星巴克", false},
		{"/?q=余天城药号", "余天成", true},
		{"/?q=starbucks", "", false},
		{"/?q=银行", "", false},
		{"/", "", false},
	} {
		body := x.get(t, tt.target)
		m := link.FindStringSubmatch(body)
		if tt.name == "" {
			if m != nil {
				t.Errorf("%s asks back: %s", tt.target, m[0])
			}
			continue
		}
		if m == nil || m[2] != tt.name {
			t.Errorf("%s does not ask back: %q", tt.target, m)
			continue
		}
		if said := strings.Contains(body, "没有完全对得上"); said != tt.relaxed {
			t.Errorf("%s says that not everything was found: %t", tt.target, said)
		}
		values, err := url.ParseQuery(html.UnescapeString(m[1]))
		if err != nil || values.Get("q") != m[2] || strings.Contains(tt.target, "group=food") != (values.Get("group") == "food") {
			t.Errorf("%s leads to %q (%v)", tt.target, m[1], err)
		}
	}
	// Where nothing is close enough to be listed, the part of the words that finds most is asked for.
	if body := x.get(t, "/?q=余天城药店"); !strings.Contains(body, `是不是找：<a href="/?q=%E4%BD%99%E5%A4%A9">余天</a>`) || !strings.Contains(x.get(t, "/?q=余天"), "余天成") {
		t.Error("a wrong character in a longer name leads to nothing")
	}
}
