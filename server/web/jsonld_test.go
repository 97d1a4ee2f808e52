package web

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/lang"
	"shangquan/services/post"
	"shangquan/services/taxonomy"
)

// Where the district lies is a setting: no page says another city than the one of the deployment.
func TestCityIsASetting(t *testing.T) {
	x := sampled(t)
	shop, err := x.directory.Shop(t.Context(), "xing-ba-ke-song-jiang-wan-da-guang-chang-dian", lang.Hans, evening)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ city, county string }{{"上海市", "松江区"}, {"杭州市", "西湖区"}, {"", ""}} {
		s := &Site{config: x.config, calendar: x.calendar}
		s.config.Site.City, s.config.Site.County = tt.city, tt.county
		p := &speaker{Words: x.catalogue.In(lang.Hans), now: evening}
		address := s.shopJSONLD(p, &shop).(thing)["address"].(thing)
		city, said := address["addressRegion"]
		if county := address["addressLocality"]; said != (tt.city != "") || said && (city != tt.city || county != tt.county) {
			t.Errorf("%+v: %v", tt, address)
		}
	}
}

var ldScript = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

// described are the nodes of JSON-LD in a page, by type, when they are as schema.org has them: one context, absolute addresses of the
// site, positions from 1 on without a gap, dates that are dates.
func described(t *testing.T, path, body string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	m := ldScript.FindAllStringSubmatch(body, -1)
	if len(m) > 1 {
		t.Errorf("%s describes itself %d times", path, len(m))
	}
	for _, one := range m {
		var root map[string]any
		if err := json.Unmarshal([]byte(one[1]), &root); err != nil || root["@context"] != schemaOrg {
			t.Fatalf("%s: %v %s", path, err, one[1])
		}
		nodes, ok := root["@graph"].([]any)
		if !ok {
			nodes = []any{root}
		}
		for _, n := range nodes {
			node, _ := n.(map[string]any)
			kind, _ := node["@type"].(string)
			out[kind] = node
			checkNode(t, path, node)
		}
	}
	return out
}

func checkNode(t *testing.T, path string, node map[string]any) {
	t.Helper()
	if kind, _ := node["@type"].(string); kind == "" && node["@id"] == nil && node["@value"] == nil {
		t.Errorf("%s: a node of no type: %v", path, node)
	}
	for _, key := range []string{"url", "item", "@id"} {
		if address, ok := node[key].(string); ok && !strings.HasPrefix(address, "http://shop.test/") {
			t.Errorf("%s: %s is %q", path, key, address)
		}
	}
	for i, x := range listOf(node["itemListElement"]) {
		if name, ok := x.(string); ok && name != "" {
			continue // a list of names is one too
		}
		item, _ := x.(map[string]any)
		if first, _ := listOf(node["itemListElement"])[0].(map[string]any)["position"].(float64); item["position"] != first+float64(i) || item["@type"] != "ListItem" || item["name"] == nil && item["item"] == nil {
			t.Errorf("%s: %d: %v", path, i, item)
		}
	}
	for key, x := range node {
		for _, y := range append(listOf(x), x) {
			if inner, ok := y.(map[string]any); ok {
				checkNode(t, path, inner)
			}
		}
		if day, ok := x.(string); ok && (strings.HasSuffix(key, "Date") || strings.HasPrefix(key, "availability")) && !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(day) {
			t.Errorf("%s: %s is %q", path, key, day)
		}
	}
}

func listOf(x any) []any {
	l, _ := x.([]any)
	return l
}

// Every page that lists or is something says so to search engines.
func TestPagesDescribeThemselves(t *testing.T) {
	x := sampled(t)
	for path, want := range map[string]string{
		"/":                          "WebSite ItemList",
		"/en/":                       "WebSite ItemList",
		"/?q=银行":                     "ItemList",
		"/?q=银行&page=2":              "ItemList",
		"/?q=飞机场跑道":                  "",
		"/night":                     "ItemList",
		"/heritage":                  "ItemList",
		"/heritage/walk":             "ItemList BreadcrumbList",
		"/streets/zhongshan-zhonglu": "ItemList BreadcrumbList",
		"/plazas/kai-yuan-di-zhong-hai-shang-ye-guang-chang":      "ShoppingCenter ItemList BreadcrumbList",
		"/shops/xing-ba-ke-song-jiang-wan-da-guang-chang-dian":    "CafeOrCoffeeShop WebPage BreadcrumbList",
		"/shops/xing-ba-ke-song-jiang-wan-da-guang-chang-dian/go": "WebPage",
		"/streets":       "ItemList BreadcrumbList",
		"/en/plazas":     "ItemList BreadcrumbList",
		"/points":        "ItemList BreadcrumbList",
		"/about":         "AboutPage",
		"/zh-hant/about": "AboutPage",
		"/privacy":       "WebPage",
		"/help":          "WebPage",
		"/offline":       "",
		"/shops/xing-ba-ke-song-jiang-wan-da-guang-chang-dian/poster": "",
	} {
		got := described(t, path, x.get(t, path))
		if len(got) != len(strings.Fields(want)) {
			t.Errorf("%s is %v, want %s", path, got, want)
		}
		for _, kind := range strings.Fields(want) {
			if got[kind] == nil {
				t.Errorf("%s is no %s: %v", path, kind, got)
			}
		}
		if kind := got["ItemList"]; kind != nil && len(listOf(kind["itemListElement"])) == 0 {
			t.Errorf("%s lists nothing", path)
		}
	}
	if second := described(t, "page 2", x.get(t, "/?q=银行&page=2"))["ItemList"]; second != nil && listOf(second["itemListElement"])[0].(map[string]any)["position"] != 25.0 {
		t.Errorf("the second page begins at %v", listOf(second["itemListElement"])[0])
	}
	search, _ := described(t, "/en/", x.get(t, "/en/"))["WebSite"]["potentialAction"].(map[string]any)
	target, _ := search["target"].(map[string]any)
	if search["@type"] != "SearchAction" || target["urlTemplate"] != "http://shop.test/en/?q={q}" || search["query-input"] != "required name=q" {
		t.Errorf("a search: %v", search)
	}
	x.get(t, "/en/?q=noodles") // which that address leads to
}

// A shop says what it takes and has, and what is on there; what nobody has told is not in it.
func TestShopSaysWhatIsKnown(t *testing.T) {
	x := sampled(t)
	const path = "/shops/xing-ba-ke-song-jiang-wan-da-guang-chang-dian"
	plain := described(t, path, x.get(t, path))
	for _, key := range []string{"amenityFeature", "paymentAccepted", "event", "makesOffer", "priceRange", "sameAs"} {
		if said, ok := plain["CafeOrCoffeeShop"][key]; ok {
			t.Errorf("nobody told its %s: %v", key, said)
		}
	}
	if got := plain["CafeOrCoffeeShop"]["hasMap"]; got != "http://shop.test"+path+"/go" {
		t.Errorf("its map is %v", got)
	}
	page := plain["WebPage"]
	about, _ := page["mainEntity"].(map[string]any)
	if day, _ := page["dateModified"].(string); !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(day) || about["@id"] != plain["CafeOrCoffeeShop"]["@id"] || page["url"] != "http://shop.test"+path {
		t.Errorf("its page: %v", page)
	}

	shop, err := x.directory.Shop(t.Context(), strings.TrimPrefix(path, "/shops/"), lang.Hans, evening)
	if err != nil {
		t.Fatal(err)
	}
	l := *shop.Listing
	l.Payments, l.Location, shop.Plaza = []string{"现金", "支付宝"}, nil, nil
	shop.Listing, shop.Tags = &l, []taxonomy.Tag{{ID: taxonomy.StepFree, Name: lang.Text{Hans: "轮椅能进", En: "Step-free"}}}
	shop.Posts = []*post.Post{
		{Kind: post.Event, Title: lang.Text{Hans: "手冲课"}, From: "2026-10-17", Until: "2026-10-18"},
		{Kind: post.Offer, Title: lang.Text{Hans: "第二杯半价"}, From: "2026-10-17", Until: "2026-10-18"},
	}
	raw, err := json.Marshal(graph(x.shopJSONLD(&speaker{Words: x.catalogue.In(lang.En), now: evening}, &shop)))
	if err != nil {
		t.Fatal(err)
	}
	got := described(t, "a full shop", `<script type="application/ld+json">`+string(raw)+`</script>`)["CafeOrCoffeeShop"]
	want := map[string]string{
		"paymentAccepted": `"现金, 支付宝"`,
		"amenityFeature":  `[{"@type":"LocationFeatureSpecification","name":"Step-free","value":true}]`,
		"event": `[{"@type":"Event","endDate":"2026-10-18","inLanguage":"zh-Hans","location":{"@id":"` + x.short(&l) + `"},"name":"手冲课","organizer":{"@id":"` + x.short(&l) +
			`"},"startDate":"2026-10-17","url":"http://shop.test` + path + `"}]`,
		"hasMap": "null", // it lies nowhere
	}
	for key, text := range want {
		if said, _ := json.Marshal(got[key]); string(said) != text {
			t.Errorf("%s is %s, want %s", key, said, text)
		}
	}
}
