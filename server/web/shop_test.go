package web

import (
	"strings"
	"testing"

	"shangquan/services/directory"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
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
