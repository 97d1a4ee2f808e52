package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/geo"
	"shangquan/services/lang"
)

// S4: the page of a street tells of its entrances, parking and toilets, with hours and steps, as the district entered them, and of what goes on there.
func TestTheWayAlongAStreet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	st, _ := x.streetWith(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	street := "/streets/" + st.Slug
	if page := anybody.page(street); strings.Contains(page, "公共厕所") || strings.Contains(page, "安静时段") {
		t.Error("the street has what nobody entered")
	}
	sent := url.Values{
		"form": {"point"}, "kind": {"toilet"}, "name": {"电影院后面"}, "street": {st.ID}, "address": {"进弄堂右手"}, "opening": {"每天 6:00-22:00"}, "lit": {"1"}, "access": {"step_free"},
		"location.datum": {"gcj02"},
	}
	for field, wrong := range map[string]string{"street": "none", "access": "lift"} {
		bad := url.Values{}
		for k, v := range sent {
			bad[k] = v
		}
		bad.Set(field, wrong)
		if a := desk.post("/desk/service-points", bad); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-`+field+`-error"`) || !strings.Contains(a.body, "电影院后面") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	desk.done("/desk/service-points", sent)
	sent.Set("kind", "entrance")
	sent.Set("name", "步行街西口")
	sent.Set("access", "steps")
	desk.done("/desk/service-points", sent)
	desk.done("/desk/streets/"+st.Slug, url.Values{"form": {"quiet"}, "rev": {revision(st.Rev)}, "quiet": {"每天 22:00-6:00"}, "quiet.by": {"岳阳街道"}})
	x.public(t)
	page := anybody.page(street)
	has(t, "the street", page, `href="#way"`, `id="way"`, "公共厕所", "电影院后面", "进弄堂右手", "6:00–22:00", "夜里有灯", "没有台阶", "步行街西口", "有台阶", "安静时段", "岳阳街道，", `href="/points"`)
	if strings.Index(page, "步行街西口") > strings.Index(page, "电影院后面") {
		t.Error("the entrances are not the first")
	}
	has(t, "in English", anybody.page("/en"+street), "Stops, entrances, parking, toilets", "no steps", "Quiet hours")
	has(t, "the list", anybody.page("/points"), "电影院后面", "没有台阶")
	has(t, "GeoJSON names the kinds", anybody.page("/api/v1/points?kind=entrance&kind=parking"), "FeatureCollection")
}

// The last steps to a shop: its way leads to the entrances and car parks of its plaza, or to those near its door; of a car park it says what
// kind it is, and of nothing else.
func TestTheLastStepsToAShop(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	inPlaza, onStreet := "", ""
	entries, err := x.directory.Sitemap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		slug := entry.Slug
		if entry.Kind != "shop" {
			continue
		}
		shop, err := x.directory.Shop(t.Context(), slug, lang.Hans, evening)
		if err != nil {
			t.Fatal(err)
		}
		at, where := point(shop.Listing, shop.Plaza), ""
		switch {
		case at == nil || shop.Street == nil && shop.Plaza == nil:
			continue
		case shop.Plaza != nil && shop.Plaza.Location != nil && inPlaza == "":
			inPlaza, where, at = slug, "商场", shop.Plaza.Location
		case shop.Plaza == nil && onStreet == "" && len(shop.Street.Lines) > 0 && geo.FromLines(at.Point, shop.Street.Lines) < directory.OnStreet:
			onStreet, where = slug, "路边"
		default:
			continue
		}
		sent := url.Values{"form": {"point"}, "kind": {"parking"}, "name": {where + "车库"}, "lot": {"underground"}, "access": {"step_free"}, "location": {fmt.Sprintf("%f,%f", at.Lat, at.Lng)}, "location.datum": {"wgs84"}}
		if shop.Plaza == nil {
			sent.Set("street", shop.Street.ID)
		}
		desk.done("/desk/service-points", sent)
		for name, change := range map[string][2]string{"入口": {"kind", "entrance"}, "远处": {"location", fmt.Sprintf("%f,%f", at.Lat+0.01, at.Lng)}} {
			other := maps.Clone(sent)
			other.Set("name", where+name)
			other.Set(change[0], change[1])
			desk.done("/desk/service-points", other)
		}
		rooftop := maps.Clone(sent)
		rooftop.Set("lot", "rooftop")
		if a := desk.post("/desk/service-points", rooftop); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-lot-error"`) || !strings.Contains(a.body, where+"车库") {
			t.Errorf("no such kind of car park: %d %s", a.status, complaint(a.body))
		}
	}
	x.public(t)
	for where, slug := range map[string]string{"商场": inPlaza, "路边": onStreet} {
		page := anybody.page("/shops/" + slug + "/go")
		has(t, where, page, "入口和停车", where+"车库", "地下停车库", "没有台阶", where+"入口")
		if strings.Contains(page, where+"远处") || strings.Count(page, "地下停车库") != 1 || strings.Contains(page, "离这里约") {
			t.Errorf("%s: it leads to what is far away, calls an entrance a car park, or counts from somewhere else", where)
		}
		has(t, "in English", anybody.page("/en/shops/"+slug+"/go"), "Entrances and parking", "underground car park")
	}
	has(t, "GeoJSON", anybody.page("/api/v1/points?kind=parking"), `"parking":"underground"`)
}

// What goes on in a street is told on its page: a notice that is no banner, once, and an activity whose place names the street.
func TestWhatGoesOnInAStreet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own, st := x.member(t, demo.Owner), x.streetOf(t, x.people[demo.Owner].ListingIDs[0])
	street := "/streets/" + st.Slug
	lian := x.as(t, demo.Liaison)
	day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2).Format(time.DateOnly)
	for title, where := range map[string]string{"修伞磨刀": st.Name.Hans + " 1 号门前", "别处的活动": "不知道什么地方"} {
		to, _, _ := strings.Cut(lian.done("/liaison/activities", url.Values{"form": {"activity"}, "title": {title}, "organiser": {own}, "place": {where}, "day": {day}, "from": {"14:00"}, "until": {"16:00"}, "capacity": {""}}), "?")
		x.letThrough(t, to)
	}
	// Of its shops it tells the events, and of no more than mostTold.
	shop := x.people[demo.Owner].ListingIDs[0]
	today := time.Unix(0, x.clock.Load()).Format(time.DateOnly)
	for _, title := range []string{"第一场", "第二场", "第三场", "第四场"} {
		x.as(t, demo.Owner).done("/my/shops/"+shop+"/posts/new", url.Values{"kind": {"event"}, "title": {title}, "from": {today}, "until": {today}, "repeat.every": {""}, "do": {"publish"}})
	}
	x.as(t, demo.Owner).done("/my/shops/"+shop+"/posts/new", haircut("do", "publish"))
	id := x.announced(t, url.Values{"front": {}})
	x.public(t)
	page := x.as(t, "").page(street)
	has(t, "the street", page, "修伞磨刀", `href="/notices/`+id+`"`)
	if strings.Contains(page, "别处的活动") || strings.Count(page, `href="/notices/`+id+`"`) != 1 {
		t.Error("the street tells of another place, or twice of one notice")
	}
	told := 0
	for _, title := range []string{"第一场", "第二场", "第三场", "第四场"} {
		told += strings.Count(page, title)
	}
	if told != mostTold {
		t.Errorf("it tells of %d events of a shop", told)
	}
}
