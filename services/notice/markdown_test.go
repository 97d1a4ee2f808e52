package notice

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var hosts = NewHosts(append(DefaultHosts, "partner.example.cn")...)

// allowed says what of markup is none of Render's: an element, an attribute, or an address that must not be there.
func foreign(m Markup) string {
	z := html.NewTokenizer(strings.NewReader(string(m)))
	elements := map[string]bool{}
	for _, t := range tags {
		elements[t] = true
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			if !elements[t.Data] {
				return "element " + t.Data
			}
			for _, a := range t.Attr {
				switch {
				case t.Data != "a" || a.Key != "href" && a.Key != "rel":
					return "attribute " + a.Key
				case a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "tel:") && (!strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "//")):
					return "address " + a.Val
				}
				if _, ok := hosts.link(a.Val); a.Key == "href" && !ok {
					return "address " + a.Val
				}
			}
		case html.CommentToken, html.DoctypeToken:
			return "comment"
		case html.TextToken:
		}
	}
}

// payloads are what people try (requirement CON-01); none of them becomes an element, an attribute or an address.
var payloads = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<iframe src="https://evil.example"></iframe>`,
	`<a href="javascript:alert(1)">x</a>`, `<div style="position:fixed">x</div>`, `<form action=/x><input name=p></form>`, `<h1>x</h1>`,
	`<body onload=alert(1)>`, `<!-- <b> -->`, `<![CDATA[<script>]]>`, `<?php x ?>`, `<style>*{}</style>`, `<base href=//evil>`, `<meta http-equiv=refresh content=0>`,
	`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, "[x](java\tscript:alert(1))", `[x](&#106;avascript:alert(1))`, `[x](data:text/html;base64,PHN2Zz4=)`,
	`[x](vbscript:x)`, `[x](//evil.example)`, `[x](\\evil.example)`, `[x](/\evil.example)`, `[x](https:evil.example)`, `[x](https://gov.cn@evil.example)`,
	`[x](https://evil.example/gov.cn)`, `[x](https://gov.cn.evil.example)`, `[x](https://xn--80ak6aa92e.com)`, `[x](http://www.gov.cn)`, `[x](https://www.gov.cn:8443/)`,
	`<javascript:alert(1)>`, `<https://evil.example>`, `![x](https://evil.example/x.png)`, `![x" onerror="alert(1)](x)`, `[x](/a "onmouseover=alert(1)")`,
	"[x]: javascript:alert(1)\n\n[x]", "`<b>x</b>`", "```html\n<script>\n```", "    <script>alert(1)</script>", "x\u202eevil\u2066", `&lt;script&gt;alert(1)&lt;/script&gt;`,
	`[a](<javascript:alert(1)>)`, `[x](/"onclick="alert(1))`, `# <script>`, `> <img src=x>`, `- <img src=x>`, `[x](tel:110;phone-context=evil)`, `&#x202e;x`, `[[x](/a)](/b)`,
	`[x](https://evil@www.gov.cn/)`, `[x](///evil.example)`,
}

// TestPayloads: no text of a notice becomes markup or a link that leads elsewhere than it may. CON-02.
func TestPayloads(t *testing.T) {
	if len(payloads) < 40 {
		t.Fatalf("%d payloads", len(payloads))
	}
	for _, s := range payloads {
		m := Render(s, hosts)
		if bad := foreign(m); bad != "" {
			t.Errorf("%q: %s in %s", s, bad, m)
		}
		if strings.Contains(string(m), "evil") && strings.Contains(string(m), "<a ") {
			t.Errorf("%q leads to %s", s, m)
		}
		if strings.ContainsAny(string(m), "\u202e\u2066") {
			t.Errorf("%q turns the direction of writing: %q", s, m)
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range [][2]string{
		{"一段\n两行", "<p>一段<br>两行</p>"},
		{"# 大\n\n### 小", "<h2>大</h2><h3>小</h3>"},
		{"- 水\n- 电", "<ul><li>水</li><li>电</li></ul>"},
		{"1. 先\n2. 后", "<ol><li>先</li><li>后</li></ol>"},
		{"> 引", "<blockquote><p>引</p></blockquote>"},
		{"**重** *轻*", "<p><strong>重</strong> <em>轻</em></p>"},
		{"前\n\n---\n\n后", "<p>前</p><hr><p>后</p>"},
		{"[街道](/about)", `<p><a href="/about">街道</a></p>`},
		{"[打电话](tel:021-57720000)", `<p><a href="tel:021-57720000">打电话</a></p>`},
		{"[区政府](https://www.songjiang.gov.cn/x?a=1&b=2)", `<p><a href="https://www.songjiang.gov.cn/x?a=1&amp;b=2" rel="noopener noreferrer nofollow">区政府</a></p>`},
		{"[政务](https://街道.政务/)", `<p><a href="https://%E8%A1%97%E9%81%93.%E6%94%BF%E5%8A%A1/" rel="noopener noreferrer nofollow">政务</a></p>`},
		{"<https://partner.example.cn/x>", `<p><a href="https://partner.example.cn/x" rel="noopener noreferrer nofollow">https://partner.example.cn/x</a></p>`},
		{"[店](https://shop.example.com/x)", "<p>店（https://shop.example.com/x）</p>"},
		{"![图](https://shop.example.com/x)", "<p>图</p>"},
		{"5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"},
		{`\*不斜\*`, "<p>*不斜*</p>"},
		{"", ""},
	} {
		if got := Render(c[0], hosts); string(got) != c[1] {
			t.Errorf("%q becomes\n%s, want\n%s", c[0], got, c[1])
		}
	}
}

// bombs are what makes readers of Markdown slow; they are refused, or read in no time.
func TestBombs(t *testing.T) {
	for name, s := range map[string]string{
		"quotes": strings.Repeat(">", MaxText), "quotes in lines": strings.Repeat("> > > > > > > >\n", 1200), "links": strings.Repeat("[a](b", MaxText/5), "brackets": strings.Repeat("[", MaxText),
		"closing": strings.Repeat("]", MaxText), "stars": strings.Repeat("*a **a ", MaxText/7), "underlines": strings.Repeat("_a ", MaxText/3), "lists": strings.Repeat("- ", MaxText/2),
		"nested lists": nested(400), "entities": strings.Repeat("&lt;", MaxText/4), "escapes": strings.Repeat("\\*", MaxText/2), "angle": strings.Repeat("<a", MaxText/2), "rules": strings.Repeat("---\n", MaxText/4),
		"hashes": strings.Repeat("# a\n", MaxText/4), "numbers": strings.Repeat("1. a\n", MaxText/5), "hanzi": strings.Repeat("松", MaxText), "lines": strings.Repeat("\n", MaxText), "images": strings.Repeat("![", MaxText/2),
		"allowed links": strings.Repeat("[a](/b) ", maxLinks), "allowed stars": strings.Repeat("*a **a ", maxStars/3), "parens": strings.Repeat("[a](((((", maxLinks),
	} {
		began := time.Now()
		_, err := parse(s)
		m := Render(s, hosts)
		if took := time.Since(began); took > time.Second { // the aim is 100 ms on a machine that does nothing else
			t.Errorf("%s: %v (refused: %v)", name, took, err)
		}
		if bad := foreign(m); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
	for _, s := range []string{strings.Repeat(">", 100), strings.Repeat("[", maxLinks+1), strings.Repeat("*", maxStars+1), strings.Repeat("松", MaxText+1), nested(30)} {
		if _, err := parse(s); err == nil {
			t.Errorf("%.20q is taken", s)
		}
	}
}

func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	return b.String()
}

func TestPlain(t *testing.T) {
	if got := Plain("# 停水\n\n- **今晚** 8 点\n- 看[通知](/notices)"); got != "停水\n今晚 8 点\n看通知（/notices）" {
		t.Errorf("%q", got)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range payloads {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if bad := foreign(Render(s, hosts)); bad != "" {
			t.Errorf("%q: %s", s, bad)
		}
	})
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{"https://www.gov.cn/", "/x", "//x", "tel:1", "https://gov.cn@evil", "/\\x", "https://政务"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, ok := hosts.link(s)
		if ok && !strings.HasPrefix(to, "https://") && !strings.HasPrefix(to, "tel:") && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\")) {
			t.Errorf("%q leads to %q", s, to)
		}
	})
}
