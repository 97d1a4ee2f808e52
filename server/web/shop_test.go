package web

import (
	"regexp"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// Under the week stands what the shop does on public holidays and make-up days, or that nobody has said.
func TestWeekSaysHolidays(t *testing.T) {
	x := sampled(t)
	daily := hours.Hours{Known: true}
	for d := range 7 {
		daily.Week[d] = []hours.Span{{Open: 540, Close: 1080}}
	}
	for _, tt := range []struct {
		tag     lang.Tag
		h       hours.Hours
		classes map[string][]hours.Span
		want    string
	}{
		{lang.Hans, daily, nil, "节假日 时间待确认"},
		{lang.Hans, noonAndEvening(), nil, "节假日 时间待确认; 调休上班日 时间待确认"},
		{lang.Hans, daily, map[string][]hours.Span{"holiday": {{Open: 600, Close: 1200}}, "makeup": {}}, "节假日 10:00–20:00; 调休上班日 "},
		{lang.Hans, daily, map[string][]hours.Span{"holiday": {{Open: 540, Close: 1080}}}, "节假日 照常"},
		{lang.Hant, daily, nil, "節假日 時間待確認"},
		{lang.En, daily, nil, "Public holidays not said yet"},
	} {
		tt.h.ByClass = tt.classes
		p := &speaker{Words: x.catalogue.In(tt.tag), now: evening}
		shop := directory.ShopPage{}
		shop.Listing = &listing.Listing{}
		shop.Listing.Hours = tt.h
		table, _, _ := week(p, &shop)
		rows := []string{}
		for _, d := range table.Days {
			rows = append(rows, d.Name+" "+strings.Join(d.Spans, "、"))
		}
		if got := strings.Join(rows, "; "); got != tt.want || p.err != nil {
			t.Errorf("%v: %q (%v), want %q", tt.classes, got, p.err, tt.want)
		}
	}
	body := x.get(t, "/shops/xing-ba-ke-song-jiang-wan-da-guang-chang-dian")
	if !strings.Contains(body, `<th scope="row">节假日</th><td><span>时间待确认</span>`) {
		t.Error("the page does not say that holidays are open questions")
	}
}

// Hours that were confirmed too long ago are told neither as a week nor for holidays: it says that they were not checked, and when last.
func TestStaleHoursAreNoTable(t *testing.T) {
	x := sampled(t)
	p := &speaker{Words: x.catalogue.In(lang.Hans), now: evening}
	l := &listing.Listing{Confirmed: listing.Confirmed{On: "2020-05-01", By: "owner"}}
	l.Hours = noonAndEvening()
	l.Hours.ByClass = map[string][]hours.Span{"holiday": {{Open: 600, Close: 1200}}}
	cal, err := calendar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	shop := directory.Preview(l, cal, lang.Hans, evening)
	table, _, note := week(p, &shop)
	if table != nil || !strings.Contains(note, "很久没有核对了") || !strings.Contains(note, "2020") || p.err != nil {
		t.Errorf("table %+v, note %q (%v)", table, note, p.err)
	}
	l.Confirmed.On = "2026-10-10"
	shop = directory.Preview(l, cal, lang.Hans, evening)
	if table, _, note = week(p, &shop); table == nil || len(table.Days) != 9 || note != "" {
		t.Errorf("confirmed this week: %+v, note %q", table, note)
	}
}

// A shop that moved or closed for good keeps its page: what became of it, since when, and where one goes now. It is not called and has no week.
func TestPageOfShopThatIsGone(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	by := access.System("test")
	own := x.people[demo.Owner].ListingIDs
	to, err := x.services.Listings.Get(t.Context(), x.people[demo.Rival].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		name    string
		closure listing.Closure
		says    []string
		never   []string
	}{
		{
			"moved to a shop of the district",
			listing.Closure{Kind: listing.Moved, On: "2026-10-08", ForwardTo: "中山东路 8 号", ForwardID: to.ID},
			[]string{"<b>这家店搬走了。</b>", "从 10 月 8 日起。", "新地址：中山东路 8 号。", `href="/shops/` + to.Slug + `">看新的店：` + to.Name.Hans + "</a>"},
			[]string{"这家店不开了"},
		},
		{
			"ceased",
			listing.Closure{Kind: listing.Ceased, On: "2026-10-08"},
			[]string{"<b>这家店不开了。</b>", "从 10 月 8 日起。"},
			[]string{"这家店搬走了", "新地址", "看新的店"},
		},
	} {
		l, err := x.services.Listings.Close(t.Context(), by, own[i], 0, tt.closure)
		if err != nil {
			t.Fatal(err)
		}
		x.public(t)
		page := x.as(t, "").page("/shops/" + l.Slug)
		has(t, tt.name, page, tt.says...)
		for _, w := range append(tt.never, `class="week"`, `<a class="btn" href="tel:`) {
			if strings.Contains(page, w) {
				t.Errorf("%s: the page has %s", tt.name, w)
			}
		}
	}
}

// A unit counts as said where the address has it as a word, not where its digits are part of another number.
func TestAddressSaysUnit(t *testing.T) {
	for _, tt := range []struct {
		line, unit string
		want       bool
	}{
		{"中山中路128号", "12", false},
		{"中山中路128号", "28", false},
		{"中山中路12号", "12", false},
		{"中山中路 12 号", "12", false},
		{"九峰路12弄8号", "12", false},
		{"九峰路128号12室", "12", true},
		{"九峰路12号12室", "12", true},
		{"九峰路128号 12", "12", true},
		{"九峰路118号1F-06", "06", true},
		{"九峰路118号1F-06", "1F-06", true},
		{"九峰路118号11F-06", "1F-06", false},
		{"九峰路118号A12铺", "A12", true},
		{"九峰路118号BA12铺", "A12", false},
		{"九峰路118号A12b", "A12", false},
		{"九峰路118号东区", "东区", true},
		{"九峰路118号", "", false},
		{"", "12", false},
	} {
		if got := saysUnit(tt.line, tt.unit); got != tt.want {
			t.Errorf("%q says %q: %v", tt.line, tt.unit, got)
		}
	}
}

// Where a shop in a plaza is, as read aloud: plaza, floor, unit and address, none of them twice.
func TestWhereInAPlaza(t *testing.T) {
	x := sampled(t)
	p := &speaker{Words: x.catalogue.In(lang.Hans), now: evening}
	plaza := &place.Plaza{Name: lang.Text{Hans: "平高广场"}}
	for _, tt := range []struct {
		line, unit string
		level      int
		label      string
		fact       string
	}{
		{"九峰路 118 号", "1F-06", 1, "平高广场 1F-06 九峰路 118 号", "平高广场 1F-06"},
		{"九峰路 118 号", "06", 1, "平高广场 1F 06 九峰路 118 号", "平高广场 1F 06"},
		{"九峰路 118 号", "11", 3, "平高广场 3F 11 九峰路 118 号", "平高广场 3F 11"},
		{"九峰路 118 号 1F-06", "1F-06", 1, "平高广场 九峰路 118 号 1F-06", "平高广场 1F-06"},
		{"九峰路 118 号 1层101室02单元", "101-02", 1, "平高广场 101-02 九峰路 118 号 1层101室02单元", "平高广场 1F 101-02"},
		{"九峰路 118 号平高广场四层", "", 4, "九峰路 118 号平高广场四层", "平高广场 4F"},
		{"九峰路 118 号平高广场F4", "", 4, "九峰路 118 号平高广场F4", "平高广场 4F"},
		{"九峰路 118 号 14楼", "", 4, "平高广场 4F 九峰路 118 号 14楼", "平高广场 4F"},
		{"九峰路 118 号", "", -1, "平高广场 B1 九峰路 118 号", "平高广场 B1"},
		{"", "", 0, "平高广场", "平高广场"},
		{"", "B1-3", -1, "平高广场 B1-3", "平高广场 B1-3"},
	} {
		shop := directory.ShopPage{}
		shop.Listing = &listing.Listing{Name: listing.Name{Text: lang.Text{Hans: "店"}}, Address: listing.Address{Line: tt.line, Unit: tt.unit, Level: tt.level}}
		shop.Plaza, shop.Floor = plaza, plaza.Label(tt.level)
		if got := plateView(p, &shop.Row).Label; got != tt.label {
			t.Errorf("%+v: the plate reads %q", tt, got)
		}
		for _, f := range shopFacts(p, &shop) {
			if f.Term == "商场" && f.Values[0].Text != tt.fact {
				t.Errorf("%+v: the fact is %q", tt, f.Values[0].Text)
			}
		}
		if row := rowView(p, &shop.Row, ui.Status{}, false); tt.line == "" && row.Address.String() != tt.fact {
			t.Errorf("%+v: the row says %q", tt, row.Address.String())
		}
	}
	has(t, "the page", x.get(t, "/shops/xing-ba-ke-song-jiang-ping-gao-guang-chang-dian"), `aria-label="平高广场 101-02 九峰路 118 号`, ">平高广场 1F 101-02</a>")
}

// On paper stands when it was printed and the short address, also without a script, and nothing that is true at this minute alone: browsers
// print the title too.
func TestPrintedShop(t *testing.T) {
	x := sampled(t)
	const path = "/shops/xing-ba-ke-song-jiang-ping-gao-guang-chang-dian"
	for prefix, date := range map[string]string{"": "2026 年 10 月 15 日", "/zh-hant": "2026 年 10 月 15 日", "/en": "15 October 2026"} {
		body := x.get(t, prefix+path)
		if !regexp.MustCompile(`<p class="print-only">[^<]+<span data-module="printed">` + date + `</span> http://shop.test/s/SJ0458</p>`).MatchString(body) {
			t.Errorf("%s: no date or no short address", prefix)
		}
		if title, _, _ := strings.Cut(body, "</title>"); !strings.Contains(title, "<title>星巴克（松江平高广场店） | ") && !strings.Contains(title, "<title>星巴克（松江平高广场店）｜") {
			t.Errorf("%s: the title is %s", prefix, title)
		}
	}
	has(t, "a list of streets", x.get(t, "/streets"), `<span class="mut sm num live">`)
	has(t, "another page", x.get(t, "/points"), `<span data-module="printed">2026 年 10 月 15 日</span> http://shop.test/points</p>`)
}
