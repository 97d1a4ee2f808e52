package ui

import (
	"strconv"

	"shangquan/services/hours"
	"shangquan/services/lang"
)

// Examples of the portal and the desk, with invented shops and people.

func (e *examples) portal() {
	b := ExampleBase(e.w, "/my")
	b.Role, b.Account = "商户后台", &Account{Name: "王秀英", Href: "/account", SignOut: "/sign-out", CSRF: "token"}
	b.Nav = []NavItem{{Label: "我的店铺", Href: "/my", Current: true}, {Label: "公告（2 条要确认）", Href: "/my/notices", Current: false}, {Label: "怎么用", Href: "/help", Current: false}}
	e.add("site-header", "portal", b)
	tasks := []Task{
		{Label: "店名与门牌", Href: "/", State: TaskDone}, {Label: "营业时间", Href: "/", State: TaskBad, Current: true}, {Label: "照片", Href: "/", State: TaskTodo}, {Label: "英文店名", Href: "/", State: TaskWait}, {Label: "早餐、外卖等时间", Href: "/", State: TaskFree},
	}
	meter := Meter{Done: 7, Total: 10, Missing: []Missing{{"照片", "有照片的店，顾客认得出门面", "/"}, {"英文店名", "外国客人搜得到", "/"}, {"付款方式", "", "/"}}}
	e.add("side", "", Side{Meter: &meter, Tasks: tasks})
	e.add("meter", "whole", Meter{Done: 10, Total: 10})
	e.add("pending", "", Pending{Label: "店名", Old: "云间面馆", New: "云间面馆（总店）", Lang: lang.Hans, On: "10 月 15 日 19:12"})
	e.add("confirm", "due", Confirm{Action: "/", CSRF: "token", Rev: "12", Kind: "warn", Lead: "营业时间半年没动了。", Text: "没变的话点一下，顾客就知道还是准的。", Button: Button{Label: "没变，还是这样"}})
	e.add("confirm", "done", Confirm{Kind: "ok", Lead: "记下了。", Text: "顾客会看到“店家 10 月 15 日确认”。"})
	e.add("records", "people", Records{Action: "/", CSRF: "token", Items: []Record{
		{Title: "王秀英", Lines: []string{"店主", "2025 年 3 月起", "上次登录 今天 19:02"}},
		{Title: "李建国", Lines: []string{"店员，只管云间面馆", "2026 年 9 月起", "上次登录 10 月 14 日"}, Buttons: []Button{{Label: "改权限", Href: "/", Kind: "text s"}, {Label: "结束权限", Kind: "alt s", Name: "end", Value: "a1"}}},
		{Title: "139****0218", Lines: []string{"请来做店员", "10 月 18 日前有效"}, Tag: "等对方接受", State: TaskWait, Buttons: []Button{{Label: "撤回", Kind: "alt s", Name: "cancel", Value: "i1"}}},
	}})
	e.add("records", "sessions", Records{Action: "/", CSRF: "token", Items: []Record{
		{Title: "这台手机", Lines: []string{"微信", "上海", "现在"}, Tag: "正在用", State: TaskDone},
		{Title: "Windows 电脑，Edge", Lines: []string{"上海", "10 月 12 日 9:30"}, Buttons: []Button{{Label: "退出这台", Kind: "alt s", Name: "end", Value: "s2"}}},
	}})
	e.add("records", "queue", Records{Items: []Record{
		{Title: "云间面馆", Href: "/", Lines: []string{"改店名", "10 月 15 日 17:20"}, Tag: "等了 2 小时", State: TaskWait},
		{Title: "和顺五金修配", Href: "/", Lines: []string{"居民说“关门了”"}, Tag: "等了 2 天", State: TaskBad},
	}})
	e.add("progress", "running", Progress{Label: "正在写入 1200 / 5000", Done: 1200, Total: 5000, Hint: "离开这一页也会接着做完。", Link: Link{Label: "看看到哪了", Href: "/"}})
	e.add("progress", "reading", Progress{ID: "progress-reading", Label: "正在看文件", Link: Link{Label: "看看到哪了", Href: "/"}})
	e.add("records", "none", Records{Empty: "都核对完了"})
	photo := func(n string) Photo {
		return Photo{Src: "/media/" + n + "-480.webp", SrcSet: "/media/" + n + "-480.webp 480w, /media/" + n + "-960.webp 960w", Sizes: "(min-width: 60rem) 17rem, 100vw", Width: 480, Height: 360, Alt: "店门口", Caption: "店门口，路北"}
	}
	e.add("photos", "", []Photo{photo("a"), photo("b")})
	e.add("photo-grid", "", PhotoGrid{Items: []PhotoItem{{ID: "a", Photo: photo("a"), Cover: true}, {ID: "b", Photo: photo("b"), Error: "太长了，60 个字以内"}, {ID: "c", Photo: photo("c")}}})
	e.add("photo-looks", "", PhotoLooks{Items: []PhotoLook{{ID: "b", N: 2, Photo: photo("b"), Added: "10 月 15 日 19:12", New: true}, {ID: "a", N: 1, Photo: photo("a"), Added: "9 月 1 日 8:30"}}})
	row := Row{Href: "/shops/yunjian", Name: Plain("云间面馆", lang.Hans), Status: e.status(hours.Open, at(15, 21, 30)), Kind: "面馆", Address: Plain("中山中路 218 号", lang.Hans), Photo: new(photo("a"))}
	e.add("row", "photo", row)
	e.add("offer", "", Offer{Title: "重阳节敬老面半价", Href: "/", When: "10 月 18 日 6:30–14:00", Who: []Phrase{{"60 岁以上", lang.Hans}, {"凭老年卡，每人一碗", lang.Hans}}, Text: Phrase{"雪菜面、阳春面都算。", lang.Hans}, Calendar: "/x.ics"})
	e.add("offer", "in the portal", Offer{Title: "开学季第二碗半价", When: "9 月 1 日至 9 月 10 日", Ended: true, Tag: "不再显示", State: TaskDone, Edit: "/"})
	e.add("prices", "", []PriceItem{{Name: "阳春面", Price: "8 元"}, {Name: "雪菜肉丝面", Note: "可加浇头", Price: "14 元"}, {Name: "酒席", Price: "面议"}})
}

func (e *examples) desk() {
	e.add("roll", "", Roll{
		Caption: "店铺名录", Action: "/", Columns: []string{"店名", "地址", "店主"}, All: "选中全部 128 家", Button: Button{Label: "改选中的店", Kind: "alt"},
		Rows: []RollRow{
			{ID: "a", Title: "云间面馆", Href: "/", Cells: []string{"中山中路 218 号", "有店主"}},
			{ID: "b", Title: "和顺五金修配", Href: "/", Tags: []RollTag{{"还没公开", TaskWait}, {"在范围外", TaskWait}}, Cells: []string{"", "没有店主"}},
		},
	})
	e.add("twins", "", Twins{Src: "/like", Lead: "名录里有像是同一家的店，先看看：", Items: []Twin{{Title: "云间面馆", Note: "中山中路 218 号 店名一样", Href: "/"}}})
	fields := []CompareField{
		NewCompareField("店名", "云间面馆", "云间面馆（总店）"),
		NewCompareField("地址", "中山中路 218 号", "中山中路 220 号"),
		NewCompareField("英文店名", "", "Yunjian Noodles"),
		NewCompareField("电话", "021-0000 0218", "021-0000 0218"),
		NewCompareField("传真", "021-0000 0219", ""),
	}
	e.add("compare", "", Compare{OldTitle: "现在公开的", NewTitle: "店家要改成的", Fields: fields})
	e.add("conflict", "", Conflict{By: "李建国", When: "今天 19:12", Fields: []ConflictField{{"phone", "电话", "021-0000 0218", "021-0000 0220"}, {"story", "介绍", "", "三代人做的面。"}}})
	e.add("form", "decision", NewDecision("/", "token", "digest", Field{ID: "reason", Name: "reason", Label: "退回的话，写明理由", Hint: "店家会看到这句话", Type: "textarea", Rows: 2}, "通过", "退回并说明"))
	e.add("audit", "", []AuditEntry{
		{When: "10 月 15 日 19:12", Who: "李建国（店员）", What: "改电话", Fields: fields[3:], Restore: &Button{Label: "恢复成这一版", Href: "/", Kind: "text s"}},
		{When: "10 月 13 日 9:30", Who: "街道", What: "退回店名", Why: "和招牌不一样"},
	})
	e.add("kpis", "", []KPI{{"在册店铺", "128", "本周新增 3 家", "/"}, {"街道核对过", "112", "还有 16 家没核对", ""}, {"本周搜索（次）", "3420", "比上周多 210", ""}, {"没搜到（次）", "96", "比上周少 25", ""}})
}

func (e *examples) notices() {
	asked := Receipt{
		Title: "荣乐东路 10 月 18 日停水", Href: "/", Lines: []string{"云间面馆", "街道 10 月 15 日发布"}, Kind: "due", Due: "10 月 17 日前要回话，还剩 2 天",
		Action: "/", CSRF: "token", Hidden: []Hidden{{"listing", "l1"}, {"version", "2"}}, Button: Button{Label: "我看到了，已安排"}, Help: &Link{"要街道帮忙", "/"},
	}
	e.add("receipt", "due", asked)
	asked.Kind, asked.Due = "overdue", "过了 2 天，还没回话"
	e.add("receipt", "overdue", asked)
	e.add("receipt", "help", Receipt{Title: asked.Title, Href: "/", Lines: asked.Lines, Kind: "help", Due: "街道会打电话来", Text: "没有储水的桶，能不能借两个？"})
	e.add("receipt", "done", Receipt{Title: asked.Title, Href: "/", Lines: asked.Lines, Kind: "done", Due: "回过话了", Text: "王秀英 10 月 15 日 19:12 看到了第 2 版"})
	e.add("calls", "", Calls{Title: "还没回话的 2 家", Shops: []Ring{{"云间面馆", "中山中路 218 号", "021-0000 0218", ""}, {"和顺五金修配", "中山中路 220 号", "021-0000 0220", "要帮忙：没有储水的桶"}}})
	e.add("article", "", Article{
		Title: "荣乐东路 10 月 18 日停水", Tag: "停水停电", Urgent: true, By: "街道 10 月 15 日发布，第 2 版",
		Facts: []Fact{{Term: "什么时候", Values: []Value{{Text: "10 月 18 日 9:00 至 17:00"}}}, {Term: "问谁", Values: []Value{{Text: "021-0000 0000", Href: "tel:+862100000000", Number: true}}}},
		Body:  "<p>10 月 18 日 9:00 至 17:00，荣乐东路 1 号至 99 号停水。</p><h2>请先做的</h2><ul><li>存好水</li><li>关好龙头</li></ul>",
		Files: []Download{{"停水范围图", "/", "PDF，320 KB"}},
	})
	e.add("article", "ended, in another language", Article{Title: "谷阳路口夜间修路", Lang: lang.Hans, Tag: "施工", Ended: true, Body: "<p>已经修好。</p>"})
}

func (e *examples) charts() {
	weeks := []string{"8/27", "9/3", "9/10", "9/17", "9/24", "10/1", "10/8", "10/15"}
	e.add("figure", "lines", NewFigure(Chart{
		Title: "看的人比八周前多一半", Subtitle: "最近八周，每周次数", Period: "周", Periods: weeks, Unit: "次", Attention: -1,
		Series: []Series{{"看过", []int{210, 224, 240, 236, 260, 310, 298, 322}}, {"没搜到", []int{96, 88, 90, 72, 60, 64, 41, 38}}},
	}))
	e.add("figure", "bars", NewFigure(Chart{
		Title: "国庆那周打电话的最少", Subtitle: "最近八周，每周点了几次电话", Period: "周", Periods: weeks, Bars: true, Attention: 5,
		Series: []Series{{"打电话", []int{12, 14, 9, 16, 18, 4, 15, 17}}},
	}))
	e.add("figure", "amounts", NewAmounts(Amounts{
		Title: "鹿鸣广场的资料缺得多", Subtitle: "店铺页面该写的 10 项，平均写了几成", Name: "路段、广场", Column: "写了几成", Most: 100,
		Bars: []Amount{{"鹿鸣广场（31 家）", 61, "61%", true}, {"谷阳路至方塔路（42 家）", 74, "74%", false}, {"云间里（18 家）", 92, "92%", false}},
	}))
	week := Heat{Title: "周六 12 点开门的有 96 家", Subtitle: "平常一周里各钟点开门的店数，颜色越深店越多", Name: "钟点", Days: []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}, First: 6}
	for hour := 6; hour < 24; hour++ {
		week.Hours = append(week.Hours, strconv.Itoa(hour)+" 点")
		for day := range week.Values {
			week.Values[day][hour] = max(96-8*max(hour-12, 12-hour)-4*(5-min(day, 5)), 0)
		}
	}
	e.add("figure", "heat", NewHeat(week))
}

func (e *examples) print() {
	code := NewQR(29, func(x, y int) bool { return (x*y+x/2+y)%3 == 0 })
	for _, size := range []string{"a6", "a5"} {
		e.add("table-card", size, TableCard{Size: size, Name: "云间面馆", QR: code, Address: "shangquan.example/s/YY0218", EnglishLine: "Scan for today’s hours, phone and directions.", Site: "中山中路商圈"})
	}
	two := []string{"6:30–14:00", "16:30–21:30"}
	for _, size := range []string{"a5", "a4"} {
		e.add("hours-sign", size, HoursSign{
			Size: size, Name: "云间面馆", QR: code, Address: "shangquan.example/s/YY0218", Printed: "10 月 15 日", Site: "中山中路商圈",
			Lines:    []SignLine{{Days: "周一至周五", Spans: two}, {Days: "周六", Spans: two[:1]}, {Days: "周日"}},
			Holidays: []SignLine{{Days: "元旦（1 月 1 日至 3 日）", Usual: true}, {Days: "春节（2 月 5 日至 7 日）"}},
		})
	}
	e.add("floor-sheet", "", FloorSheet{
		Sign: Sign{Hanzi: "中山中路", Pinyin: "ZHONGSHAN ZHONGLU", Label: "中山中路商圈"}, Name: "云间广场", English: "Yunjian Plaza", QR: code, Address: "shangquan.example/plazas/yunjian", Printed: "10 月 15 日",
		Site: "中山中路商圈", Floors: []FloorPlan{
			{Label: "2F", Note: "餐饮", Units: []FloorUnit{{Number: "2F-01", Name: "云间面馆"}, {Number: "2F-02", Vacant: true}, {Number: "2F-03"}}, Others: []string{"阿珍改衣"}},
			{Label: "1F", Others: []string{"明廊眼镜"}},
		},
	})
}
