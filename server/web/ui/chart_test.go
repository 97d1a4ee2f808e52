package ui

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestFigure(t *testing.T) {
	eight := []string{"8/27", "9/3", "9/10", "9/17", "9/24", "10/1", "10/8", "10/15"}
	for _, c := range []Chart{
		{Title: "<少>", Periods: eight, Series: []Series{{"搜索", []int{3, 4, 5, 6, 7, 8, 9, 3420}}, {"没搜到", []int{9, 9, 9, 9, 9, 9, 9, 3400}}}, Unit: "次", Attention: -1},
		{Title: "一周", Periods: eight[:1], Series: []Series{{"搜索", []int{3}}}},
		{Title: "没有", Periods: eight, Series: []Series{{"搜索", nil}}},
		{Title: "空", Periods: nil, Series: []Series{{"搜索", nil}}},
		{Title: "柱", Periods: eight, Series: []Series{{"看过", []int{1, 2, 3, 4, 5, 6, 7, -8}}}, Bars: true, Attention: 7},
	} {
		f := NewFigure(c)
		for _, svg := range []string{string(f.Narrow), string(f.Wide)} {
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				if _, err := d.Token(); err == io.EOF { //nolint:errorlint // as the decoder documents
					break
				} else if err != nil {
					t.Fatalf("%s: %v in %s", c.Title, err, svg)
				}
			}
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, `height="-`) {
				t.Errorf("%s: %s", c.Title, svg)
			}
			if !strings.Contains(svg, ">0</text>") {
				t.Errorf("%s: the scale begins at zero", c.Title)
			}
		}
		if len(f.Rows) != len(c.Periods) {
			t.Errorf("%s: %d rows", c.Title, len(f.Rows))
		}
	}
}

func TestChartScale(t *testing.T) {
	for largest, want := range map[int]int{0: 1, 1: 1, 3: 4, 7: 8, 9: 10, 96: 100, 210: 400, 3420: 4000, 8001: 10000} {
		if got := (Chart{Periods: []string{""}, Series: []Series{{"", []int{largest}}}}).most(); got != want {
			t.Errorf("%d: %d, want %d", largest, got, want)
		}
	}
}
