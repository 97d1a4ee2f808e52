package ui

import (
	"fmt"
	"time"

	"shangquan/frontend/locales"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/plan"
)

// Example is a component in one of its states, with invented shops. The gallery shows all of them and the tests render, check
// and look at the same ones, so that an example cannot rot.
type Example struct {
	Component string // name of the template
	State     string // what is special about it
	Data      any
}

// ExampleNow is the moment at which the examples are looked at: a Thursday evening.
var ExampleNow = time.Date(2026, 10, 15, 19, 20, 0, 0, time.FixedZone("CST", 8*3600))

// ExampleBase is the page around the examples, at path, in the language of w.
func ExampleBase(w *locales.Words, path string) Base {
	b := Base{
		Lang: w.Lang, Title: "中山中路商圈", Description: "中山中路商圈", Back: path, NoIndex: true,
		Site: Site{
			Name: "中山中路商圈", Operator: "松江区岳阳街道 · 中山中路商圈", Phone: "021-0000 0000", PhoneTel: "+862100000000",
			Sign:     Sign{Hanzi: "中山中路", Pinyin: "ZHONGSHAN ZHONGLU", Href: Href(w.Lang, "/"), Label: "中山中路商圈"},
			DataDate: ShortDate(w.Lang, ExampleNow, ExampleNow), ICP: "沪ICP备00000000号-0", ICPHref: "https://beian.miit.gov.cn/",
			Links: []NavItem{{Label: "无障碍说明", Href: Href(w.Lang, "/accessibility")}, {Label: "隐私说明", Href: Href(w.Lang, "/privacy")}},
		},
		Nav:    []NavItem{{Label: "找店", Href: Href(w.Lang, "/"), Current: true}, {Label: "商业广场", Href: Href(w.Lang, "/plazas"), Current: false}, {Label: "夜里还开", Href: Href(w.Lang, "/night"), Current: false}, {Label: "老字号", Href: Href(w.Lang, "/heritage"), Current: false}},
		Notice: &Notice{Text: "谷阳路口夜间修路，10 月 18 日起人行改走北侧", Href: "/", Lang: lang.Hans},
	}
	for i, t := range lang.Tags {
		b.Alternates = append(b.Alternates, Alternate{Lang: t, Name: [...]string{"简体", "繁體", "English"}[i], URL: "https://shangquan.example" + Href(t, path), Path: Href(t, path)})
	}
	return b
}

// Examples returns the examples in the language of w.
func Examples(w *locales.Words) ([]Example, error) {
	ex := &examples{w: w}
	ex.header()
	ex.searching()
	ex.rows()
	ex.shop()
	ex.states()
	ex.forms()
	ex.editor()
	ex.portal()
	ex.desk()
	ex.walks()
	ex.notices()
	ex.charts()
	ex.plans()
	ex.poster()
	ex.print()
	return ex.list, ex.err
}

// examples collects; the first error stops what needs words.
type examples struct {
	w    *locales.Words
	list []Example
	err  error
}

func (e *examples) add(component, state string, data any) {
	e.list = append(e.list, Example{component, state, data})
}

func (e *examples) status(state hours.State, change time.Time) Status {
	s, err := NewStatus(e.w, hours.Status{State: state, Until: change, Opens: change}, ExampleNow)
	if err != nil && e.err == nil {
		e.err = err
	}
	return s
}

func (e *examples) gone(kind listing.ClosureKind) Status {
	s, err := GoneStatus(e.w, kind)
	if err != nil && e.err == nil {
		e.err = err
	}
	return s
}

func (e *examples) walk(n int) string {
	s, err := e.w.Count("unit.walk", n)
	if err != nil && e.err == nil {
		e.err = err
	}
	return s
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 10, day, hour, minute, 0, 0, ExampleNow.Location())
}

func (e *examples) header() {
	b := ExampleBase(e.w, "/gallery")
	e.add("site-header", "", b)
	dark := b
	dark.Theme, dark.Size = "dark", "large"
	e.add("site-header", "dark, large text", dark)
	e.add("site-footer", "", b)
	bare := b
	bare.Site.ICP, bare.Site.Phone, bare.Site.DataDate = "", "", ""
	e.add("site-footer", "without filing number and phone", bare)
	e.add("notice", "", *b.Notice)
	e.add("emergencies", "", []Emergency{{Level: "red", Tag: "应急 · 红色", Title: "暴雨红色预警", Lang: lang.Hans, Href: "/", Instruction: "请不要出门，低处的店把货搬高。", InstructionLang: lang.Hans, Until: "到 10 月 16 日 20:00为止"}})
	e.add("notice-rows", "", []NoticeRow{
		{Title: "荣乐东路 10 月 18 日停水", Href: "/", Lang: lang.Hans, Tag: "施工与停水停电", Places: []string{"荣乐东路"}, When: "10 月 18 日 9:00–17:00", Posted: "10 月 15 日发布", Urgent: true},
		{Title: "中秋灯会", Href: "/", Lang: lang.Hans, Tag: "活动", Posted: "9 月 20 日发布", State: "已结束"},
	})
	e.add("offline-banner", "", nil)
	e.add("sign", "not a link", Sign{Hanzi: "中山中路", Pinyin: "ZHONGSHAN ZHONGLU", Label: "中山中路"})
}

func (e *examples) searching() {
	e.add("search", "", SearchBox{Action: "/", Into: "#found", Query: `面馆 & "早市"`, Hidden: []Hidden{{"open", "now"}}, Often: []Link{{"药店", "/?q=药店"}, {"配钥匙", "/?q=配钥匙"}, {"理发", "/?q=理发"}}})
	e.add("chip", "", Chip{Label: "只看营业中", Href: "/?open=now"})
	e.add("chip", "on", Chip{Label: "只看营业中", Href: "/", On: true})
	e.add("chip", "opens the filters", Chip{Label: "找什么", Href: "#f-group", Opens: true})
	e.add("filters", "", Filters{
		Action: "/", Hidden: []Hidden{{"q", "面"}}, Clear: "/?q=面",
		Facets: []Facet{
			{ID: "f-open", Name: "open", Legend: "什么时候", Radio: true, Options: []Option{{"", "不限", -1, true}, {"now", "现在营业", 96, false}, {"22", "今晚 10 点后还开", 31, false}}},
			{ID: "f-group", Name: "group", Legend: "找什么", Options: []Option{{"food", "吃饭喝茶", 42, true}, {"daily", "买菜日用", 23, false}, {"health", "看病买药", 0, false}}},
			{ID: "f-cat", Name: "cat", Legend: "哪一种", With: true, Shown: 1, More: "还有 2 样", Options: []Option{{"noodles", "面馆", 12, false}, {"cinema", "影院", 6, false}, {"hospital", "医院", 2, false}}},
			{ID: "f-at", Name: "at", Legend: "哪条路", Options: []Option{{"zhongshan-zhonglu", "中山中路", 30, false}}, All: &Link{"全部路段", "/streets"}},
		},
	})
	e.add("count", "", Count{Number: 96, Label: "家现在营业", Detail: "共 128 家，近的在前"})
	e.add("switch", "list", Switch{List: "/", Map: "/?view=map"})
	e.add("switch", "map", Switch{List: "/", Map: "/?view=map", OnMap: true})
	e.add("near", "", Near{Into: "#found"})
	e.add("points", "", []Point{
		{Number: 1, Name: Plain("东门公交站", lang.Hans), Address: "中山中路 1 号对面", Note: "5 路", Lasts: []Departure{{Name: "5 路 往火车站", At: "22:10"}}, Checked: "站牌，10月8日查过"},
		{Name: Plain("公园门口的厕所", lang.Hans), Words: []string{"周一至周日 6:00–24:00", "夜里有灯"}, Checked: "10月8日核对"},
	})
	e.add("pager", "", NewPager(1, 0, 2, []int{1, 2, 3, 0, 16}, func(n int) string { return fmt.Sprintf("/?page=%d", n) }))
	e.add("pager", "in the middle", NewPager(7, 6, 8, []int{1, 0, 6, 7, 8, 0, 16}, func(n int) string { return fmt.Sprintf("/?page=%d", n) }))
	e.add("skeleton", "", Skeleton{Count: 2})
	e.add("empty", "nothing found", Empty{
		Lead:    "没有搜到“修手表”。",
		Hints:   []Hint{{Text: "换个说法，比如“钟表”"}, {Text: "看看相近的：", Links: []Link{{"眼镜配镜（2 家）", "/?cat=optician"}, {"修配（4 家）", "/?cat=repair"}}}},
		Buttons: []Button{{Label: "不限营业中，再搜一次", Href: "/?q=修手表", Kind: "alt"}},
	})
	e.add("empty", "page not found", Empty{Lead: "没有这个页面。", Text: "可能是店搬走了，或者网址少打了几个字。", Buttons: []Button{{Label: "去找店", Href: "/"}, {Label: "打电话问街道", Href: "tel:+862100000000", Kind: "text"}}})
}

func (e *examples) plate(top, number, bottom string) Plate {
	return Plate{Top: top, Number: number, Bottom: bottom, Label: top + " " + number + " " + bottom, Lang: lang.Hans}
}

func (e *examples) rows() {
	ramp, cash := Tag{"ramp", "门口有坡道"}, Tag{"check", "收现金"}
	noodles := Row{
		Href: "/shops/yunjian", Name: Plain("云间面馆", lang.Hans), Plate: e.plate("中山中路", "218", "号"), Status: e.status(hours.Open, at(15, 21, 30)),
		Kind: "面馆", Address: Plain("中山中路 218 号", lang.Hans), Walk: e.walk(3), Tags: []Tag{ramp, cash},
	}
	english := noodles
	second := Plain("云间面馆", lang.Hans)
	english.Name, english.Second = Plain("Yunjian Noodles", lang.En), &second
	found := noodles
	found.Name = Mark("云间面馆", lang.Hans, [][2]int{{6, 12}})
	found.Hint = Mark("卖 阳春面、雪菜面", lang.Hans, [][2]int{{10, 13}, {22, 25}})
	e.add("row", "open", noodles)
	e.add("row", "two names", english)
	e.add("row", "found by a word", found)
	for _, r := range []struct {
		state, name string
		plate       Plate
		status      Status
	}{
		{"closing soon", "阿珍改衣铺", e.plate("云间里", "B1-12", "地下一层"), e.status(hours.ClosingSoon, at(15, 19, 30))},
		{"closed", "明廊眼镜", e.plate("鹿鸣广场", "1F-06", "一层"), e.status(hours.Closed, at(16, 9, 30))},
		{"past midnight", "夜猫烧烤", e.plate("中山中路", "62", "号"), e.status(hours.Open, at(16, 2, 0))},
		{"always open", "济和堂药房", e.plate("中山中路", "236", "号"), e.status(hours.Open, time.Time{})},
		{"unknown hours", "和顺五金修配", e.plate("中山中路", "189", "号"), e.status(hours.Unknown, time.Time{})},
		{"paused", "小满理发", e.plate("中山中路", "265弄3", "号"), e.status(hours.Paused, at(26, 9, 0))},
		{"paused without a date", "小满理发", e.plate("松汇中路", "265", "号"), e.status(hours.Paused, time.Time{})},
		{"moved", "谷水茶馆", e.plate("人民南路谷阳北路", "301", "号"), e.gone(listing.Moved)},
		{"ceased", "一个名字特别长的老字号南北货食品商店有限公司第二门市部", e.plate("松江商城", "L3-A128", "三层"), e.gone(listing.Ceased)},
	} {
		e.add("row", r.state, Row{Href: "/shops/x", Name: Plain(r.name, lang.Hans), Plate: r.plate, Status: r.status, Kind: "修配", Address: Plain(r.plate.Label, lang.Hans), Walk: e.walk(8)})
	}
	big := noodles.Plate
	big.Big = true
	e.add("plate", "big", big)
	e.add("favourite", "", Favourite{ID: "YY0218"})
	e.add("favourites-link", "", nil)
}

func (e *examples) shop() {
	e.add("status-callout", "open", e.status(hours.Open, at(15, 21, 30)))
	e.add("status-callout", "closed", e.status(hours.Closed, at(17, 9, 0)))
	e.add("status-callout", "paused", e.status(hours.Paused, at(26, 9, 0)))
	e.add("status-callout", "unknown", e.status(hours.Unknown, time.Time{}))
	share := Share{URL: "https://shangquan.example/s/YY0218", Title: "云间面馆", Text: "中山中路 218 号"}
	e.add("actions", "", Actions{Call: &Call{"+862100000218", "021-0000 0218"}, Go: "/shops/yunjian/go", Share: share})
	e.add("actions", "no phone", Actions{Go: "/shops/yunjian/go", Share: share})
	days := []WeekDay{}
	for i := range 7 {
		d := WeekDay{Name: Weekday(e.w.Lang, time.Weekday((i+1)%7)), Today: i == 3, Spans: []string{Range(e.w.Lang, 390, 840), Range(e.w.Lang, 990, 1290)}}
		switch i {
		case 5:
			d.Spans = []string{Range(e.w.Lang, 990, 1560)}
		case 6:
			d.Spans = nil
		}
		days = append(days, d)
	}
	e.add("week", "", Week{Days: days, Note: "店家 10 月 12 日填写，街道 10 月 13 日核对。", Report: "/help#correct"})
	e.add("facts", "", []Fact{
		{Term: "地址", Values: []Value{{Text: "中山中路 218 号（谷阳路口往西 80 米，路北）", Copy: "上海市松江区中山中路 218 号", CopyLabel: "复制地址"}}},
		{Term: "电话", Values: []Value{{Text: "021-0000 0218", Href: "tel:+862100000218", Number: true, Note: "订座"}, {Text: "021-0000 0219", Href: "tel:+862100000219", Number: true}}},
		{Term: "方便", Tags: []Tag{{"ramp", "门口有坡道"}, {"check", "长辈专座"}, {"check", "收现金"}}},
		{Term: "付款", Values: []Value{{Text: "现金、微信、支付宝、银行卡"}}},
	})
	e.add("speak", "", Speak{Of: "main"})
}

func (e *examples) states() {
	e.add("callout", "plain", Callout{Icon: "info", Lead: "店家说：", Text: "10 月 20 日至 11 月 5 日装修，11 月 6 日开门。"})
	e.add("callout", "ok", Callout{Kind: "ok", Icon: "check", Lead: "存好了，已经发布。", Text: "顾客现在就能看到。", Link: &Link{"看看店铺页", "/"}})
	e.add("callout", "warn", Callout{Kind: "warn", Icon: "alert", Lead: "重阳节", Text: "（10 月 18 日，周日）不休息，6:30 至 14:00 营业。"})
	e.add("callout", "trouble", Callout{Icon: "alert", Lead: "刚才没办成，是我们这边的问题。", Text: "过一会儿再试一次。一直不行，请打 021-0000 0000，报编号 7F3K。"})
}

func (e *examples) plans() {
	p := func(lat, lng float64) geo.Point { return geo.Point{Lat: lat, Lng: lng} }
	name := func(hans, en string) lang.Text { return lang.Text{Hans: hans, En: en} }
	in := plan.Input{
		Lang: e.w.Lang,
		Streets: []place.Street{
			{Slug: "zhongshan", Name: name("中山中路", "Zhongshan Zhonglu"), Core: true, Lines: [][]geo.Point{{p(31.0080, 121.2180), p(31.0082, 121.2340)}}},
			{Slug: "songhui", Name: name("松汇中路", "Songhui Zhonglu"), Lines: [][]geo.Point{{p(31.0035, 121.2180), p(31.0042, 121.2340)}}},
			{Slug: "guyang", Name: name("谷阳北路", "Guyang Beilu"), Lines: [][]geo.Point{{p(31.0010, 121.2262), p(31.0150, 121.2250)}}},
			{Slug: "fangta", Name: name("方塔北路", "Fangta Beilu"), Lines: [][]geo.Point{{p(31.0010, 121.2320), p(31.0150, 121.2310)}}},
			{Slug: "renmin", Name: name("人民南路", "Renmin Nanlu"), Lines: [][]geo.Point{{p(31.0010, 121.2205), p(31.0150, 121.2195)}}},
		},
		Plazas: []place.Plaza{{Slug: "luming", Name: name("鹿鸣广场", "Luming"), Location: &geo.Location{Point: p(31.0100, 121.2225)}}},
	}
	spots := []geo.Point{p(31.0083, 121.2240), p(31.0083, 121.2256), p(31.0090, 121.2290), p(31.0076, 121.2300), p(31.0100, 121.2225), p(31.0077, 121.2270)}
	for i, s := range spots {
		in.Spots = append(in.Spots, plan.Spot{ID: fmt.Sprint(i + 1), At: s, Number: i + 1})
	}
	view := plan.Fit(spots, 300, 1600, 1600)
	kinds := []StatusKind{Open, Open, Soon, Open, Shut, Unknown}
	look := func(id string) PinLook {
		n := int(id[0] - '1')
		return PinLook{Kind: kinds[n], Selected: n == 3, Label: id + "，云间面馆", Href: "/?view=map&sel=" + id}
	}
	e.add("plan", "list", NewPlan(plan.Draw(view, plan.StyleFor(view), in), PlanView{ID: "plan-list", Description: "中山中路自西向东，与人民南路、谷阳北路、方塔北路相交。", Legend: true, Look: look}))
	for i := range in.Spots {
		in.Spots[i].Number = 0
	}
	near := plan.Around(spots[0], 600, 1600, 920)
	e.add("plan", "one shop", NewPlan(plan.Draw(near, plan.StyleFor(near), in), PlanView{ID: "plan-shop", Description: "云间面馆在中山中路北侧，谷阳北路西边。", Caption: "谷阳路口往西 80 米，路北。", Here: "1", Plate: "218"}))
}

func (e *examples) poster() {
	// Not a code that can be read: the gallery shows the sheet, the page tests the code.
	code := NewQR(29, func(x, y int) bool { return (x*y+x/2+y)%3 == 0 })
	for _, size := range []string{"a5", "a4"} {
		e.add("poster", size, Poster{
			Size: size, Sign: Sign{Hanzi: "中山中路", Pinyin: "ZHONGSHAN ZHONGLU", Label: "中山中路"}, Name: "云间面馆", Kind: "面馆", English: "Yunjian Noodles",
			Plate: e.plate("中山中路", "218", "号"), QR: code, Address: "shangquan.example/s/YY0218", EnglishLine: "Scan for today’s hours, phone and directions.",
			Seal: "岳阳街道", Site: "中山中路商圈", Checked: "10 月 13 日",
		})
	}
}
