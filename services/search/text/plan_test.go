package text

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"shangquan/services/search"
)

// show writes a plan shortly: h han, l latin, d digits; p and i where it may be pinyin or initials; * what may be unfinished.
func show(p Plan) string {
	var out []string
	for _, t := range p.Terms {
		s := string("hld"[t.Kind])
		if t.Pinyin {
			s += "p"
		}
		if t.Initials {
			s += "i"
		}
		s += ":" + t.Text
		if t.Last {
			s += "*"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		" 　\t":              "",
		"余天成药店":             "h:余天成药店*",
		"kfc 松江商城":          "li:kfc h:松江商城*",
		"ＫＦＣ　九亭":            "li:kfc h:九亭*",
		"yu tian cheng":     "lp:yutiancheng*",
		"yu tian ch":        "lpi:yutianch*",
		"xi'an":             "lpi:xian*",
		"wanda xingbake":    "lpi:wanda lpi:xingbake*",
		"57821234":          "d:57821234*",
		"021-5782 1234":     "d:02157821234*",
		"021 5782 1234":     "d:02157821234*",
		"1234 5678 9012 34": "d:1234 d:5678 d:9012 d:34*",
		"中山中路123号":          "h:中山中路 d:123",
		"中山中路218弄3号":        "h:中山中路 d:218 d:3",
		"3楼 眼镜":             "d:3 h:眼镜*",
		"123号店":             "d:123 h:号店*",
		"号":                 "h:号*",
		"7-11":              "d:711*",
		"7-ELEVEn":          "l:7eleven*",
		"mcdonald's":        "li:mcdonalds*",
		"药 药 药店":            "h:药 h:药店*",
		"-余 \"天成":           "h:余 h:天成*",
		"kfc松江":             "li:kfc h:松江*",
		"H&M":               "li:hm*",
		"שלום":              "l:שלום*",
	} {
		p := Parse(in)
		if got := show(p); got != want {
			t.Errorf("%q plans %q, want %q", in, got, want)
		}
	}
}

func TestTokensAndAttributes(t *testing.T) {
	for in, want := range map[string]string{
		"余天成药店":        "余天 天成 成药 药店 @ name_tok alias_tok cat_tok place_tok attr_tok addr_tok desc_tok",
		"余":            "余 @ name_tok alias_tok name_uni alias_uni cat_tok cat_uni place_tok place_uni attr_tok attr_uni",
		"ytc":          "ytc @ name_tok alias_tok name_ini alias_ini cat_tok place_tok attr_tok",
		"yutiancheng":  "yutiancheng @ name_tok alias_tok name_py alias_py cat_tok cat_py place_tok place_py attr_tok",
		"中山中路12":       "中山 山中 中路 12 @ name_tok alias_tok cat_tok place_tok attr_tok addr_tok desc_tok",
		"5782":         "5782 @ name_tok alias_tok cat_tok place_tok attr_tok addr_tok phone_sfx",
		"余天成堂药号中山中路一百": "余天 成堂 药号 中山 中路 一百 @ name_tok alias_tok cat_tok place_tok attr_tok addr_tok desc_tok",
		"余天成堂药号中山中路一百一": "余天 成堂 药号 中山 中路 一百 百一 @ name_tok alias_tok cat_tok place_tok attr_tok addr_tok desc_tok",
	} {
		p := Parse(in)
		if got := strings.Join(p.Tokens(), " ") + " @ " + strings.Join(p.Attributes(), " "); got != want {
			t.Errorf("%q gives\n%s, want\n%s", in, got, want)
		}
	}
	p := Parse("a1 b2 c3 d4 e5 f6 g7 h8 i9 j0 k1 l2")
	if got := p.Tokens(); len(got) != MaxTokens || got[MaxTokens-1] != "l2" {
		t.Errorf("many terms give %v", got)
	}
	if got := (&Plan{}).Tokens(); got == nil || len(got) != 0 {
		t.Errorf("no terms give %v", got)
	}
}

func TestHint(t *testing.T) {
	aliases, goods, address := []string{"余天成", "余天成药店"}, []string{"膏方", "人参"}, "中山中路123号"
	for _, x := range []struct{ query, want string }{
		{"天成药", "alias 余天成药店 [{3 12}]"},
		{"膏方", "goods 膏方 [{0 6}]"},
		{"123号", "address 中山中路123号 [{12 15}]"},
		{"余天成", ""},    // the name shows it
		{"ytctyh", ""}, // so it does by its initials
		{"火锅", ""},     // nothing shows it
		{"", ""},
	} {
		p := Parse(x.query)
		got := ""
		if h, ok := p.HintFor("余天成堂药号", "", aliases, goods, address); ok {
			got = fmt.Sprint(h.Kind, " ", h.Text, " ", h.Marks)
		}
		if got != x.want {
			t.Errorf("%q hints %q, want %q", x.query, got, x.want)
		}
	}
	p := Parse("chongqing")
	if m := p.Marks("重庆小面", "zhong qing xiao mian"); len(m) != 0 {
		t.Errorf("marks %v against the override", m)
	}
	if m := p.Marks("重庆小面", ""); !slices.Equal(m, []Span{{0, 6}}) {
		t.Errorf("marks %v", m)
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "余天成药店", "021-5782 1234", "yu tian ch", "7-ELEVEn", "\xff\x00", "é́́", strings.Repeat("zhuang", 40), strings.Repeat("中1a-", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Parse(s)
		total := 0
		for i := range p.Terms {
			term := &p.Terms[i]
			total += term.Len()
			if term.Text == "" || term.Kind == Han && len(term.Grams) == 0 || term.Last != (i == len(p.Terms)-1) && i != len(p.Terms)-1 {
				t.Fatalf("%q: bad term %+v", s, term)
			}
		}
		if total > search.MaxText || len(p.Tokens()) > MaxTokens {
			t.Fatalf("%q: %d characters, %d tokens", s, total, len(p.Tokens()))
		}
		for _, tok := range p.Tokens() {
			if tok == "" || strings.ContainsAny(tok, " \"-") || !utf8.ValidString(tok) {
				t.Fatalf("%q: token %q", s, tok)
			}
		}
		if len(p.Attributes()) < 5 {
			t.Fatalf("%q: attributes %v", s, p.Attributes())
		}
		if len(s) < 500 {
			for _, m := range p.Marks(s, "") {
				if m.From < 0 || m.From >= m.To || m.To > len(s) || m.To < len(s) && utf8.ValidString(s) && !utf8.RuneStart(s[m.To]) {
					t.Fatalf("%q: range %v", s, m)
				}
			}
		}
	})
}
