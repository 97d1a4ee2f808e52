package text

import (
	"slices"
	"strings"
	"testing"
)

func joined(readings [][]string) string {
	out := []string{}
	for _, r := range readings {
		out = append(out, strings.Join(r, " "))
	}
	return strings.Join(out, " | ")
}

func TestReadings(t *testing.T) {
	for in, want := range map[string]string{
		"余天成":  "yu tian cheng",
		"餘天成":  "yu tian cheng",
		"长桥":   "chang qiao | zhang qiao",
		"重庆":   "chong qing | zhong qing",
		"绿波":   "lv bo | lu bo",
		"鲜の果":  "xian guo",
		"KFC":  "",
		"1点点":  "dian dian",
		"行家茶庄": "xing jia cha zhuang | hang jia cha zhuang",
		"大石":   "da shi",
		"":     "",
		"乐乐":   "le le | yue le | le yue | yue yue",
	} {
		if got := joined(Readings(in)); got != want {
			t.Errorf("%s reads %q, want %q", in, got, want)
		}
	}
	if n := len(Readings("乐乐乐乐乐乐")); n != maxReadings {
		t.Errorf("%d readings, want %d", n, maxReadings)
	}
	if got := joined(ReadingsOf("重庆小面（通波路店）", "Chong Qing Xiao Miàn")); got != "chong qing xiao mian" {
		t.Errorf("the override gives %q", got)
	}
	if got := joined(ReadingsOf("余天成（松江店）", "")); got != "yu tian cheng" {
		t.Errorf("the core reads %q", got)
	}
}

func TestPinyinTokens(t *testing.T) {
	r := Readings("余天成堂药号")
	groups := PinyinGroups(r)
	for _, want := range []string{"yu", "yutian", "yutiancheng", "yutianchengtang", "yutianchengtangyaohao", "tian", "chengtangyaohao", "hao"} {
		if !slices.Contains(groups, want) {
			t.Errorf("no group %s in %v", want, groups)
		}
	}
	if slices.Contains(groups, "yutianchengtangyao") {
		t.Error("a group of five syllables")
	}
	if got := strings.Join(Initials(r), " "); got != "ctyh tctyh tyh yh ytctyh" {
		t.Errorf("initials %s", got)
	}
	if got := PinyinEndings(Readings("草庐")); !slices.Equal(got, []string{"caolu", "lu"}) {
		t.Errorf("endings %v", got)
	}
	if got := PinyinGroups(nil); len(got) != 0 {
		t.Errorf("groups of nothing: %v", got)
	}
}

func TestPinyinLike(t *testing.T) {
	for s, want := range map[string]bool{
		"yutiancheng": true, "yutianch": true, "xian": true, "y": true, "zh": true, "kfc": false, "starbucks": false, "": false,
		"lvse": true, "luse": true, "haidilao": true, "xyz": false, "v": false,
	} {
		if got := pinyinLike(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
