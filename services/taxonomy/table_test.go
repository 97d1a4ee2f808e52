package taxonomy_test

import (
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/taxonomy"
)

func TestDefault(t *testing.T) {
	d := taxonomy.Default()
	if len(d.Groups) < 9 || len(d.Categories) < 50 || len(d.Formats) != 17 || len(d.Tags) < 10 {
		t.Errorf("%d groups, %d categories, %d formats, %d tags", len(d.Groups), len(d.Categories), len(d.Formats), len(d.Tags))
	}
	for _, g := range d.Groups {
		if len(d.In(g.ID)) == 0 {
			t.Errorf("group %s is empty", g.ID)
		}
	}
	for _, c := range d.Categories {
		if c.SchemaType == "" || len(c.Terms) == 0 {
			t.Errorf("%s lacks a schema.org type or words to find it by", c.ID)
		}
	}
	if len(d.In("nothing")) != 0 || d.In("nothing") == nil {
		t.Error("an unknown group has no categories, as an empty list")
	}
}

// The categories the sources of the sample district use must all find their place.
func TestWordsFindCategories(t *testing.T) {
	d := taxonomy.Default()
	for word, want := range map[string]string{
		"银行": "bank", "ATM": "atm", "餐饮": "restaurant", "医疗": "hospital", "超市便利": "supermarket", "加油站": "petrol", "个护化妆": "cosmetics",
		"汽车": "car-dealer", "文化娱乐": "culture", "珠宝服饰": "jewellery", "住宿": "hotel", "保险": "insurance", "教育": "school",
		"交通设施": "transport", "公共服务": "public-service", "体育休闲": "gym", "商业广场": "mall",
		"药房": "pharmacy", "理发": "hair", "美发": "hair", "藥店": "pharmacy", "Pharmacy": "pharmacy", " ｐｈａｒｍａｃｙ": "pharmacy", "bubble TEA": "tea-drinks", "社区食堂": "canteen",
	} {
		if c, ok := d.FindCategory(word); !ok || c.ID != want {
			t.Errorf("%s is %q, want %s", word, c.ID, want)
		}
	}
	if _, ok := d.FindCategory("修手表"); ok {
		t.Error("what a shop mends is the shop's own, not a category")
	}
	if f, ok := d.FindFormat("便利店"); !ok || f.ID != "convenience-store" {
		t.Errorf("format %v", f)
	}
	if g, ok := d.FindTag("医保"); !ok || g.ID != "insurance-card" {
		t.Errorf("tag %v", g)
	}
}

func TestLookups(t *testing.T) {
	d := taxonomy.Default()
	_, g := d.Group("food")
	_, c := d.Category("coffee")
	_, f := d.Format("supermarket")
	_, x := d.Tag(taxonomy.StepFree)
	if !g || !c || !f || !x {
		t.Errorf("%v %v %v %v", g, c, f, x)
	}
	_, g = d.Group("x")
	_, c = d.Category("咖啡馆")
	_, f = d.Format("")
	_, x = d.Tag("X")
	if g || c || f || x {
		t.Errorf("%v %v %v %v", g, c, f, x)
	}
}

func TestParseRefuses(t *testing.T) {
	const group = "[[group]]\nid='a'\nname={hans='甲',hant='甲',en='A'}\n"
	cat := func(id, group, hans, terms string) string {
		return "[[category]]\nid='" + id + "'\ngroup='" + group + "'\nname={hans='" + hans + "',hant='" + hans + "',en='" + id + "'}\nterms=[" + terms + "]\n"
	}
	if _, err := taxonomy.Parse([]byte(group + cat("x", "a", "药店", "'药房'"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, says string }{
		{"not TOML", "[[", "toml"},
		{"unknown key", group + "colour='red'\n", "unknown key"},
		{"no slug", strings.Replace(group, "'a'", "'甲'", 1), "no slug"},
		{"id twice", group + cat("x", "a", "药店", "") + cat("x", "a", "面馆", ""), "taken"},
		{"no such group", cat("x", "a", "药店", ""), "no group"},
		{"no English name", strings.Replace(group, "en='A'", "en=''", 1), "error.text.empty"},
		{"one name twice", group + cat("x", "a", "药店", "") + cat("y", "a", "药店", ""), "two entries"},
		{"one term twice, folded", group + cat("x", "a", "药店", "'KTV'") + cat("y", "a", "面馆", "'ｋ t v'"), "there already"},
		{"a term is a name", group + cat("x", "a", "药店", "'药店'"), "there already"},
		{"control character", group + cat("x", "a", "药店", `"a\u202Eb"`), "error.text.control"},
		{"tag without icon", group + "[[tag]]\nid='t'\nname={hans='甲',hant='甲',en='A'}\n", "no icon"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := taxonomy.Parse([]byte(c.file))
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
