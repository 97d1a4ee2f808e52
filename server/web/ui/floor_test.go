package ui

import (
	"fmt"
	"strings"
	"testing"
)

func TestFloorStrip(t *testing.T) {
	f := FloorPlan{Label: "1F"}
	for i := range 10 {
		f.Units = append(f.Units, FloorUnit{Number: fmt.Sprintf("1F-%02d", i+1), Name: "云间面馆"})
	}
	f.Units[1] = FloorUnit{Number: "1F-02", Vacant: true}
	f.Units[2].Name = `<b>&"`
	f.Units[3].Name = "上海市松江区中心医院体检中心"
	drawn := string(f.Strip())
	if n := strings.Count(drawn, "<rect"); n != 10 || strings.Count(drawn, "u-free") != 1 || strings.Count(drawn, "u-hall") != 2 {
		t.Errorf("%d units: %s", n, drawn)
	}
	if strings.Contains(drawn, "<b>") || !strings.Contains(drawn, "&lt;b&gt;&amp;&#34;") {
		t.Errorf("a name is not text: %s", drawn)
	}
	if !strings.Contains(drawn, ">上海市松江<") || !strings.Contains(drawn, ">区中心医院…<") {
		t.Errorf("a long name: %s", drawn)
	}
	if f.ViewBox() != "-1 -1 802 174" {
		t.Errorf("it takes %s", f.ViewBox())
	}
	for name, want := range map[string][2]string{"": {}, "面馆": {"面馆", ""}, "六个字的名字": {"六个字的名字", ""}, "七个字的店名字": {"七个字的店", "名字"}, "Starbucks Coffee": {"Starbucks", " Coffee"}} {
		if a, b := inTwo(name); a != want[0] || b != want[1] {
			t.Errorf("%q: %q %q", name, a, b)
		}
	}
}
