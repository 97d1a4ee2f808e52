package listing

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// Every JSON field of a listing is in the table of fields, so that nobody adds one that anybody may write.
func TestEveryFieldIsInTheTable(t *testing.T) {
	var walk func(reflect.Type) []string
	walk = func(typ reflect.Type) (out []string) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous && name == "" {
				out = append(out, walk(f.Type)...)
				continue
			}
			out = append(out, name)
		}
		return out
	}
	for _, path := range walk(reflect.TypeFor[Listing]()) {
		if fieldAt[path] == nil {
			t.Errorf("%s is in no class", path)
		}
	}
	seen := map[string]bool{}
	for _, f := range Fields {
		if seen[f.Path] || (f.Class == Kept) != (f.Action == "") || (f.Class == Kept) != (f.set == nil) {
			t.Errorf("%s: twice, or of no clear class", f.Path)
		}
		seen[f.Path] = true
	}
	for _, path := range Watched {
		if fieldAt[path] == nil {
			t.Errorf("%s is watched and not there", path)
		}
	}
}

func TestNames(t *testing.T) {
	rules := DefaultNameRules()
	for _, c := range []struct{ name, key string }{
		{"余天成堂", ""},
		{"7-Eleven", ""},
		{"85度C", ""},
		{"老盛昌汤包（中山中路店）", ""},
		{"中国银行松江支行", ""},
		{"3.14 烘焙", ""},
		{"21cake", ""},
		{"一品三笑", ""},
		{"外婆家", ""},
		{"四海游龙", ""},
		{"Café de Flore", ""},
		{"星巴克", ""},
		{"街坊面馆", ""},
		{"岳阳派出所", "listing.wrong.official"},
		{"岳陽派出所", "listing.wrong.official"},
		{"岳阳 派·出 所", "listing.wrong.official"},
		{"岳阳街道办事处便民点", "listing.wrong.official"},
		{"松江税務局", "listing.wrong.official"},
		{"松江区人民政府食堂", "listing.wrong.official"},
		{"党\u200b群服务", "listing.wrong.official"},
		{"乐坊居委会", "listing.wrong.official"},
		{"城管小吃", "listing.wrong.official"},
		{"面馆 13812345678", "listing.wrong.contact"},
		{"面馆１３８１２３４５６７８", "listing.wrong.contact"},
		{"面馆138-1234-5678", "listing.wrong.contact"},
		{"面馆一三八一二三四五六七八", "listing.wrong.contact"},
		{"面馆 www.a.com", "listing.wrong.contact"},
		{"mianguan.com.cn", "listing.wrong.contact"},
		{"面馆 HTTPS://x", "listing.wrong.contact"},
		{"面馆加V：abc", "listing.wrong.contact"},
		{"面馆 微信 abc", "listing.wrong.contact"},
		{"扫 码 有礼", "listing.wrong.contact"},
		{"二維碼面馆", "listing.wrong.contact"},
		{"全国第一面", "listing.wrong.forbidden"},
		{"代办证", "listing.wrong.forbidden"},
		{"信用卡套現", "listing.wrong.forbidden"},
	} {
		got := rules.Check("name", c.name)
		switch {
		case c.key == "" && len(got) > 0:
			t.Errorf("%s is refused: %s", c.name, got[0].Key)
		case c.key != "" && (len(got) != 1 || got[0].Key != c.key || got[0].Name != "name"):
			t.Errorf("%s: %+v, want %s", c.name, got, c.key)
		}
	}
	own, err := ReadNameRules(strings.NewReader("# ours\n[official]\n松江大学城管委会\n\n[forbidden]\n坏词\n"))
	if err != nil || len(own.Check("name", "壞詞店"))+len(own.Check("name", "坏词店")) == 0 || len(own.Check("name", "岳阳派出所")) != 0 {
		t.Errorf("%+v %v", own, err)
	}
	for _, bad := range []string{"坏词", "[official]\n···"} {
		if _, err := ReadNameRules(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// H7 and the decision for the sample district.
func TestStale(t *testing.T) {
	now := time.Date(2026, 10, 15, 12, 0, 0, 0, calendar.Shanghai)
	known := hours.Hours{Known: true}
	for _, c := range []struct {
		name string
		l    Listing
		want bool
	}{
		{"confirmed today", Listing{Hours: known, Confirmed: Confirmed{"2026-10-15", "owner"}}, false},
		{"179 days ago", Listing{Hours: known, Confirmed: Confirmed{"2026-04-19", "owner"}}, false},
		{"180 days ago", Listing{Hours: known, Confirmed: Confirmed{"2026-04-18", "owner"}}, true},
		{"long ago by the district", Listing{Hours: known, Confirmed: Confirmed{"2025-01-01", "coordinator"}}, true},
		{"long ago by the plaza", Listing{Hours: known, Confirmed: Confirmed{"2025-01-01", "plaza"}}, true},
		{"long ago at the door", Listing{Hours: known, Confirmed: Confirmed{"2025-01-01", "survey"}}, true},
		{"from a list", Listing{Hours: known, Confirmed: Confirmed{"2019-01-01", "source"}}, false},
		{"by nobody", Listing{Hours: known}, false},
		{"unknown hours cannot age", Listing{Confirmed: Confirmed{"2025-01-01", "owner"}}, false},
	} {
		if got := Stale(&c.l, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if h := ReliableHours(&c.l, now); h.Known != (c.l.Hours.Known && !c.want) {
			t.Errorf("%s: known %v", c.name, h.Known)
		}
	}
	pause := &hours.Pause{From: "2026-10-01"}
	if h := ReliableHours(&Listing{Hours: hours.Hours{Known: true, Pause: pause, Text: "早九晚五"}, Confirmed: Confirmed{"2025-01-01", "owner"}}, now); h.Pause != pause || h.Text == "" {
		t.Error("what a shop announced is gone")
	}
}

func TestCompleteness(t *testing.T) {
	now := time.Date(2026, 9, 15, 12, 0, 0, 0, calendar.Shanghai) // 国庆 is ahead
	done := func(l *Listing) string {
		var out []string
		for _, i := range Completeness(l, calendar.China(), now) {
			if i.Done {
				out = append(out, i.Field)
			}
			if !strings.HasPrefix(i.WhyKey, "listing.why.") {
				t.Errorf("%s says not why", i.Field)
			}
		}
		return strings.Join(out, " ")
	}
	all := Completeness(&Listing{}, calendar.China(), now)
	if len(all) != 10 || done(&Listing{}) != "" {
		t.Errorf("%d items, done %q", len(all), done(&Listing{}))
	}
	h := hours.Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = []hours.Span{{Open: 540, Close: 1260}}
	}
	answered := h
	answered.Special = []hours.Special{
		{From: "2026-09-20", To: "2026-09-20", Spans: h.Week[0]}, {From: "2026-09-25", To: "2026-09-27", Spans: h.Week[0]}, {From: "2026-10-01", To: "2026-10-07"}, {From: "2026-10-10", To: "2026-10-10", Spans: h.Week[0]},
	}
	mobile := []phone.Number{{Kind: phone.Mobile, Digits: "+8613812345678"}}
	for _, c := range []struct {
		name string
		l    Listing
		want string
	}{
		{"hours", Listing{Hours: h}, "hours"},
		{"hours and holidays", Listing{Hours: answered}, "hours special"},
		{"stale hours", Listing{Hours: h, Confirmed: Confirmed{"2025-01-01", "owner"}}, ""},
		{"a number nobody may see", Listing{Phones: mobile}, ""},
		{"a number with consent", Listing{Phones: mobile, Consents: []Consent{{Digits: mobile[0].Digits}}}, "phones"},
		{"an address alone", Listing{Address: Address{Line: "中山中路 1 号"}}, ""},
		{"an address on the plan", Listing{Address: Address{Line: "中山中路 1 号"}, Location: &geo.Location{}}, "address"},
		{"a unit in a plaza", Listing{Address: Address{Line: "某广场 1F-01", PlazaID: "p"}}, "address"},
		{"photos", Listing{Photos: []media.Photo{{}}}, "photos"},
		{"goods", Listing{Goods: []string{"面"}}, "goods"},
		{"prices", Listing{Prices: []Price{{}}}, "goods"},
		{"texts", Listing{Description: lang.Text{Hans: "面馆"}, Name: Name{Text: lang.Text{En: "Noodles"}}}, "description name.en"},
		{"conveniences", Listing{TagIDs: []string{"wifi"}, Payments: []string{"cash"}}, "tag_ids payments"},
	} {
		if got := done(&c.l); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestPricesEnd(t *testing.T) {
	for _, c := range []struct {
		until, day string
		want       bool
	}{{"", "2030-01-01", true}, {"2026-10-15", "2026-10-15", true}, {"2026-10-15", "2026-10-16", false}} {
		if got := (&Price{Until: c.until}).Holds(c.day); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if !slices.Contains(Confirmers, "plaza") {
		t.Error("a plaza confirms")
	}
}
