package place_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/lang"
	"shangquan/services/place"
)

func TestParseHouse(t *testing.T) {
	for _, c := range []struct{ in, want, rest, door string }{
		{"218号", "218", "", "218 号"},
		{" 218 号 ", "218", "", "218 号"},
		{"２１８号", "218", "", "218 号"},
		{"218", "218", "", "218 号"},
		{"218弄3号", "218弄3号", "", "218 弄 3 号"},
		{"338弄2号1层(嘉禾广场)", "338弄2号", "1层(嘉禾广场)", "338 弄 2 号"},
		{"3388弄", "3388弄", "", "3388 弄"},
		{"928弄一层1104", "928弄", "一层1104", "928 弄"},
		{"99弄3号1层L1013-1室", "99弄3号", "1层L1013-1室", "99 弄 3 号"},
		{"218-220号", "218-220", "", "218–220 号"},
		{"193~197号", "193-197", "", "193–197 号"},
		{"262－268号", "262-268", "", "262–268 号"},
		{"455号-457号", "455-457", "", "455–457 号"},
		{"618弄568-576号", "618弄568-576号", "", "618 弄 568–576 号"},
		{"366、368号", "366、368", "", "366、368 号"},
		{"268号、270号", "268、270", "", "268、270 号"},
		{"116、118、120号一层", "116、118、120", "一层", "116、118、120 号"},
		{"12弄108、110、111号1楼", "12弄108、110、111号", "1楼", "12 弄 108、110、111 号"},
		{"218号甲", "218甲", "", "218 号甲"},
		{"218甲号", "218甲", "", "218 号甲"},
		{"218A号", "218A号", "", "218 号A"},
		{"406号-2", "406号-2", "", "406 号-2"},
		{"258号1区-1商铺", "258", "1区-1商铺", "258 号"},
		{"38号4号楼(201600)", "38", "4号楼(201600)", "38 号"},
		{"40-42号(靠近永丰路)", "40-42", "(靠近永丰路)", "40–42 号"},
		{"1000号130室", "1000", "130室", "1000 号"},
		{"3号101室、102室", "3", "101室、102室", "3 号"},
		{"187?191号", "", "", ""}, // a lost character: better no number than a wrong one
		{"286288号", "", "", ""},
		{"2楼", "", "", ""},
		{"号", "", "", ""},
		{"0号", "", "", ""},
		{"", "", "", ""},
	} {
		h, rest, ok := place.ParseHouse(c.in)
		if ok != (c.want != "") || h.String() != c.want || ok && rest != c.rest || ok && h.Door() != c.door {
			t.Errorf("%q = %q %q %q %v", c.in, h, rest, h.Door(), ok)
		}
		if again, rest, ok := place.ParseHouse(c.want); c.want != "" && (!ok || rest != "" || place.CompareHouses(again, h) != 0) {
			t.Errorf("%q does not read back: %+v %q", c.want, again, rest)
		}
	}
}

func TestHouseOrderAndSides(t *testing.T) {
	walk := []string{"2", "12", "12弄", "12弄108号", "218", "218-220", "218、220、224", "218甲", "218乙", "218弄3号", "218弄12号", "219", "1000"}
	houses := make([]place.House, len(walk))
	for i, s := range walk {
		houses[i], _, _ = place.ParseHouse(s)
	}
	unknown := place.House{}
	mixed := append([]place.House{unknown}, houses...)
	slices.Reverse(mixed)
	slices.SortFunc(mixed, place.CompareHouses)
	for i, s := range append(walk, "") {
		if mixed[i].String() != s {
			t.Errorf("place %d is %s, want %s", i, mixed[i], s)
		}
	}
	for s, want := range map[string]place.Side{"218": place.Even, "219": place.Odd, "79弄25号": place.Odd, "12弄3号": place.Even, "": ""} {
		h, _, _ := place.ParseHouse(s)
		if h.Side() != want {
			t.Errorf("%s lies on %q", s, h.Side())
		}
	}
}

func TestHouseReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9000)
		h := place.House{Number: n.Draw(t, "number")}
		if rapid.Bool().Draw(t, "in a lane") {
			h.Lane = n.Draw(t, "lane")
		}
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 1:
			h.More, h.Range = []int{h.Number + 2}, true
		case 2:
			h.More = []int{h.Number + 2, h.Number + 6}
		case 3:
			h.Suffix = rapid.SampledFrom([]string{"甲", "乙", "A", "-2"}).Draw(t, "suffix")
		}
		got, rest, ok := place.ParseHouse(h.String())
		if !ok || rest != "" || got.String() != h.String() || place.CompareHouses(got, h) != 0 {
			t.Fatalf("%s gave %+v %q %v", h, got, rest, ok)
		}
	})
}

func FuzzParseHouse(f *testing.F) {
	for _, s := range []string{"218弄3号", "366、368号", "406号-2", "218号甲", "1-2-3号", "１２弄"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, _, ok := place.ParseHouse(s)
		if !ok {
			return
		}
		if again, rest, ok := place.ParseHouse(h.String()); !ok || rest != "" || again.String() != h.String() {
			t.Fatalf("%q gave %s, which does not read back: %s %q", s, h, again, rest)
		}
	})
}

func TestFind(t *testing.T) {
	street := func(name string) place.Street {
		return place.Street{Slug: lang.SlugOf(name), Name: lang.Text{Hans: name}}
	}
	known := []place.Street{street("松江路"), street("中山中路"), street("新松江路"), street("松东路"), street("环城路"), street("人民北路"), street("茸梅路"), {}}
	for _, c := range []struct{ line, street, house, rest string }{
		{"上海市松江区松江镇中山中路89号", "中山中路", "89", ""},
		{"松江中山中路208号", "中山中路", "208", ""},
		{"中山中路 218 弄 3 号 2楼", "中山中路", "218弄3号", "2楼"},
		{"上海市松江区新松江路1188弄102号", "新松江路", "1188弄102号", ""},
		{"松江区环城路386号(靠近松东路)", "环城路", "386", "(靠近松东路)"},
		{"松江区环城路386号（靠近松东路）", "环城路", "386", "(靠近松东路)"},
		{"人民北路", "人民北路", "", ""},
		{"人民北路近环城路10号", "人民北路", "", "近环城路10号"},
		{"上海市松江区茸梅路600弄3号101室、茸梅路606号1层", "茸梅路", "600弄3号", "101室、茸梅路606号1层"},
		{"茸梅路靠近环城路5号", "环城路", "5", ""},
		{"上海市松江区文诚路69号", "", "", ""},
	} {
		s, h, rest, ok := place.Find(c.line, known)
		if ok != (c.street != "") || s.Name.Hans != c.street || h.String() != c.house || rest != c.rest {
			t.Errorf("%s = %s %s %q %v", c.line, s.Name.Hans, h, rest, ok)
		}
	}
}

func TestLevels(t *testing.T) {
	for text, want := range map[string]int{
		"平高广场四层": 4, "鹿都国际购物广场F4": 4, "79弄25号底楼": 1, "1层101室": 1, "地上一层01单元": 1, "B1": -1, "地下一层": -1, "负二楼": -2, "1F": 1,
		"12楼": 12, "十二层": 12, "二十楼": 20, "松东路219号1F": 1, "一楼": 1, "Ｆ３": 3,
		"1F-06": 0, "L22-1": 0, "中山中路38号": 0, "": 0, "0层": 0, "B0": 0,
	} {
		got, ok := place.LevelIn(text)
		if got != want || ok != (want != 0) {
			t.Errorf("%s = %d %v, want %d", text, got, ok, want)
		}
	}
	for n, want := range map[int]string{1: "1F", 12: "12F", -1: "B1", 0: ""} {
		if got := place.LevelLabel(n); got != want {
			t.Errorf("%d = %s", n, got)
		}
		if back, ok := place.LevelIn(want); ok != (n != 0) || back != n {
			t.Errorf("%s = %d", want, back)
		}
	}
	p := place.Plaza{Floors: []place.Floor{{Level: 2, Label: "2F"}, {Level: -1, Label: "LG"}, {Level: 1}}}
	var order []int
	for _, f := range p.FloorsUp() {
		order = append(order, f.Level)
	}
	if !slices.Equal(order, []int{-1, 1, 2}) || p.Floors[0].Level != 2 {
		t.Errorf("floors %v", order)
	}
	if p.Label(-1) != "LG" || p.Label(1) != "1F" || p.Label(7) != "7F" {
		t.Errorf("labels %s %s %s", p.Label(-1), p.Label(1), p.Label(7))
	}
}

func TestPlates(t *testing.T) {
	house := func(s string) place.House { h, _, _ := place.ParseHouse(s); return h }
	for _, c := range []struct {
		name      string
		got, want place.Plate
	}{
		{"house", place.StreetPlate("中山中路", house("218")), place.Plate{Place: "中山中路", Number: "218", Foot: "号"}},
		{"lane", place.StreetPlate("中山中路", house("79弄25号")), place.Plate{Place: "中山中路 79 弄", Number: "25", Foot: "号"}},
		{"suffix", place.StreetPlate("中山中路", house("218甲")), place.Plate{Place: "中山中路", Number: "218", Foot: "号甲"}},
		{"no number", place.StreetPlate("人民北路", place.House{}), place.Plate{Place: "人民北路"}},
		{"unit", place.PlazaPlate("平高广场", "1F-06", "1F"), place.Plate{Place: "平高广场", Number: "1F-06", Foot: "1F", Unit: true}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v", c.name, c.got)
		}
	}
}
