package hours

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

func TestFormatOSM(t *testing.T) {
	shop := every(Span{540, 1290})
	weekend := with(shop, func(h *Hours) { h.Week[5], h.Week[6] = []Span{{600, 1320}}, []Span{{600, 1320}} })
	for _, tc := range []struct {
		name, want string
		h          Hours
	}{
		{"the same every day", "Mo-Su 09:00-21:30", shop},
		{"all day", "24/7", every(Span{0, 1440})},
		{"working days and weekend", "Mo-Fr 09:00-21:30; Sa-Su 10:00-22:00", weekend},
		{"Sunday to Thursday", "Su-Th 09:00-21:30; Fr-Sa 10:00-22:00", with(shop, func(h *Hours) { h.Week[4], h.Week[5] = []Span{{600, 1320}}, []Span{{600, 1320}} })},
		{"several spans, past midnight", "Mo-Su 11:00-14:00,17:00-02:00", every(Span{660, 840}, Span{1020, 1560})},
		{"24 hours from ten", "Mo-Su 10:00-34:00", every(Span{600, 2040})},
		{"to midnight", "Mo-Su 10:00-24:00", every(Span{600, 1440})},
		{"closed on scattered days", "Fr-Mo,We 09:00-21:30; Tu,Th off", with(shop, func(h *Hours) { h.Week[1], h.Week[3] = nil, nil })},
		{"never open", "Mo-Su off", Hours{Known: true}},
		{"unknown", "unknown", Hours{}},
		{"unknown with what was typed", `unknown "看老板 心情”"`, Hours{Text: "看老板\n心情\""}},
		{"special days and a pause", `Mo-Su 09:00-21:30; 2026 Oct 01-2026 Oct 02 off "国庆"; 2026 Oct 03 10:00-18:00 open "半天"; 2026 Nov 03-2026 Dec 01 off "装修"`, with(shop, func(h *Hours) {
			h.Special = []Special{
				{From: "2026-10-01", To: "2026-10-02", Note: lang.Text{Hans: "国庆"}},
				{From: "2026-10-03", To: "2026-10-03", Spans: []Span{{600, 1080}}, Note: lang.Text{Hans: "半天"}},
			}
			h.Pause = &Pause{From: "2026-11-03", Until: "2026-12-01", Note: lang.Text{Hans: "装修"}}
		})},
		{"a pause without an end", "Mo-Su 09:00-21:30; 2026 Nov 03+ off", with(shop, func(h *Hours) { h.Pause = &Pause{From: "2026-11-03"} })},
		{"weekends by class", "Mo-Fr 09:00-21:30; Sa-Su off", with(shop, func(h *Hours) { h.ByClass = map[string][]Span{"rest": {}} })},
		{"make-up days as dates", `Mo-Fr 09:00-21:30; Sa-Su 10:00-22:00; 2025 Jan 26 09:00-21:30 open "春节"; 2025 Feb 08 09:00-21:30 open "春节"; 2025 Apr 27 09:00-21:30 open "劳动节"; 2025 Sep 28 09:00-21:30 open "国庆节、中秋节"; 2025 Oct 11 09:00-21:30 open "国庆节、中秋节"`, with(weekend, func(h *Hours) {
			h.ByClass = map[string][]Span{"makeup": {{540, 1290}}}
		})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := FormatOSM(tc.h, calendar.China(), 2025, 2025); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestOSMHolidaysAreDatesOfAnnouncedYears(t *testing.T) {
	h := with(every(Span{540, 1290}), func(h *Hours) { h.ByClass = map[string][]Span{"holiday": {}} })
	got := FormatOSM(h, calendar.China(), 2026, 2028)
	if !strings.Contains(got, `2026 Oct 01-2026 Oct 06 off "国庆节"; 2026 Oct 07 off "国庆节"`) || strings.Contains(got, "PH") {
		t.Errorf("got %s", got)
	}
	if strings.Contains(got, "2027") || strings.Contains(got, "2025") {
		t.Errorf("dates of years that are not announced or not asked for: %s", got)
	}
}

func TestOSMRoundTrip(t *testing.T) {
	cal := calendar.China()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t, calendar.On(2026, 9, 24))
		h.ByClass = nil
		if rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
			h = Hours{Text: rapid.SampledFrom([]string{"", "看天气，下雨不开"}).Draw(t, "text"), Pause: h.Pause}
		}
		if h.Pause != nil { // what a special day inside a pause says is lost on nobody, and the value does not keep it
			h.Special = nil
		}
		text := FormatOSM(h, cal, 2026, 2026)
		got, err := ParseOSM(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(h, got); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
	})
}

func TestOSMKeepsClasses(t *testing.T) {
	cal := calendar.China()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t, calendar.On(2026, 9, 24))
		h.Pause, h.Special = nil, nil
		got, err := parseOSM(FormatOSM(h, cal, 2026, 2026))
		if err != nil {
			t.Fatal(err)
		}
		if got.Pause != nil {
			t.Fatalf("a holiday became a pause: %+v", got)
		}
		for d := calendar.On(2026, 1, 1); d <= calendar.On(2026, 12, 31); d++ {
			want, is := DayOf(h, cal, d), DayOf(got, cal, d)
			if diff := cmp.Diff(want.Spans, is.Spans); diff != "" {
				t.Fatalf("%s (%s): %s", d, want.Class, diff)
			}
		}
	})
}

func TestParseOSM(t *testing.T) {
	shop := every(Span{540, 1290})
	off := with(shop, func(h *Hours) { h.ByClass = map[string][]Span{"holiday": {}} })
	for text, want := range map[string]Hours{
		"09:00-21:30":                                        shop,
		" Mo-Su 9:00-21:30 ; ":                               shop,
		"Mo-Su: 09:00-21:30":                                 shop,
		"Mo-Su 09:00-21:30 open":                             shop,
		"Mo-Su 09:00-21:30; PH off":                          off,
		"Mo-Su,PH 09:00-21:30; PH off":                       off,
		"Mo-Fr 08:00-09:00; Mo-Su,PH 09:00-21:30; PH closed": off,
		"Mo-Su 09:00-21:30; Su off":                          with(shop, func(h *Hours) { h.Week[6] = nil }),
		"PH,Su off":                                          {Known: true, ByClass: map[string][]Span{"holiday": {}}},
		"24/7; Tu off":                                       with(every(Span{0, 1440}), func(h *Hours) { h.Week[1] = nil }),
		"22:00-02:00":                                        every(Span{1320, 1560}),
		"22:00-26:00":                                        every(Span{1320, 1560}),
		"00:00-24:00":                                        every(Span{0, 1440}),
		"11:00-14:00, 17:00-21:00":                           every(Span{660, 840}, Span{1020, 1260}),
		"Sa-Mo 09:00-21:30; Tu-Fr 09:00-21:30":               shop,
		"off":                                                {Known: true},
		`unknown "by chance"`:                                {Text: "by chance"},
		"09:00-21:30; 2026 Oct 01-03 off": with(shop, func(h *Hours) {
			h.Special = []Special{{From: "2026-10-01", To: "2026-10-03"}}
		}),
		"09:00-21:30; 2026 Sep 30-Oct 02 10:00-12:00": with(shop, func(h *Hours) {
			h.Special = []Special{{From: "2026-09-30", To: "2026-10-02", Spans: []Span{{600, 720}}}}
		}),
		`09:00-21:30; 2026 Dec 31-2027 Jan 02: off "元旦"`: with(shop, func(h *Hours) {
			h.Special = []Special{{From: "2026-12-31", To: "2027-01-02", Note: lang.Text{Hans: "元旦"}}}
		}),
		"09:00-21:30; 2027 Feb 05-2027 Feb 12 off": with(shop, func(h *Hours) {
			h.Pause = &Pause{From: "2027-02-05", Until: "2027-02-12"}
		}),
		"09:00-21:30; 2027 Feb 05+ off": with(shop, func(h *Hours) { h.Pause = &Pause{From: "2027-02-05"} }),
	} {
		t.Run(text, func(t *testing.T) {
			got, err := ParseOSM(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseOSMRefuses(t *testing.T) {
	for _, tc := range []struct {
		text, key string
		pos       int
		near      string
	}{
		{"", "hours.parse.empty", 1, ""},
		{"  ", "hours.parse.empty", 3, ""},
		{"Mo-Su 18:00+", "hours.parse.unsupported", 12, "+"},
		{"Mo-Su 18:00-22:00+", "hours.parse.unsupported", 18, "+"},
		{"Mo-Su sunrise-sunset", "hours.parse.unexpected", 7, "sunrise-suns"},
		{"SH off", "hours.parse.unexpected", 1, "SH off"},
		{"Mo[1] 09:00-12:00", "hours.parse.unsupported", 3, "[1] 09:00-12"},
		{"Mo-Fr 09:00-12:00, We 14:00-18:00", "hours.parse.unsupported", 18, ", We 14:00-1"},
		{"Mo-Fr 09:00-12:00 || off", "hours.parse.unsupported", 19, "|| off"},
		{"Mo-Fr 09:00-25:00-", "hours.parse.unexpected", 18, "-"},
		{"Mo-Fr 09:60-12:00", "hours.parse.time", 7, "09:60-12:00"},
		{"Mo-Fr 09-12", "hours.parse.time", 7, "09-12"},
		{"Mo-Fr 25:00-26:00", "hours.parse.time", 7, "25:00-26:00"},
		{"Mo-Fr 09:00-12:00,11:00-14:00", "hours.parse.time", 19, "11:00-14:00"},
		{"Mo-Fr 1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00", "hours.parse.time", 37, "7:00-8:00"},
		{"Mo-Fr", "hours.parse.unexpected", 6, ""},
		{"Mo-Xx 09:00-12:00", "hours.parse.unexpected", 4, "Xx 09:00-12:"},
		{"Mo, 09:00-12:00", "hours.parse.unexpected", 5, "09:00-12:00"},
		{"Oct 01 off", "hours.parse.unexpected", 1, "Oct 01 off"},
		{"2026 off", "hours.parse.unsupported", 6, "off"},
		{"2026 Oct 01-Foo 02 off", "hours.parse.unsupported", 13, "Foo 02 off"},
		{"Mo-Fr 09:00-", "hours.parse.unexpected", 13, ""},
		{"2026 Oct off", "hours.parse.unsupported", 10, "off"},
		{"2026 Feb 30 off", "hours.parse.date", 10, "30 off"},
		{"2026 Oct 03-2026 Oct 01 off", "hours.parse.date", 1, "2026 Oct 03-"},
		{"2026 Oct 01+ 09:00-12:00", "hours.parse.unsupported", 1, "2026 Oct 01+"},
		{"2026 Oct 01 off; Mo-Su 09:00-12:00", "hours.parse.order", 18, "Mo-Su 09:00-"},
		{"PH off; Mo-Su 09:00-12:00", "hours.parse.order", 9, "Mo-Su 09:00-"},
		{"2026 Oct 01 off; PH off", "hours.parse.order", 18, "PH off"},
		{"Su off; 24/7", "hours.parse.order", 9, "24/7"},
		{"Su off; unknown", "hours.parse.order", 9, "unknown"},
		{"2026 Oct 01-2026 Oct 31 off; 2026 Oct 05 09:00-12:00", "hours.parse.order", 30, "2026 Oct 05 "},
		{"2026 Oct 01-2026 Oct 31 off; 2026 Oct 31 09:00-12:00", "hours.parse.order", 30, "2026 Oct 31 "},
		{"Mo 10:00-10:00", "hours.parse.time", 4, "10:00-10:00"},
		{"2026 Oct 01-2026 Oct 31 off; 2027 Oct 01+ off", "hours.parse.unsupported", 30, "2027 Oct 01+"},
		{`Mo 09:00-12:00 "perhaps"`, "hours.parse.unexpected", 16, `"perhaps"`},
		{`Mo 09:00-12:00 open "by appointment"`, "hours.parse.unsupported", 1, "Mo 09:00-12:"},
		{`2026 Oct 01 off "国庆`, "hours.parse.unexpected", 17, `"国庆`},
		{`2026 Oct 01 off "国庆"; 周一 off`, "hours.parse.unexpected", 23, "周一 off"},
		{"unknown; Mo 09:00-12:00", "hours.parse.unsupported", 10, "Mo 09:00-12:"},
		{"unknown; 2026 Oct 01 09:00-12:00", "hours.parse.unsupported", 10, "2026 Oct 01 "},
	} {
		t.Run(tc.text, func(t *testing.T) {
			h, err := ParseOSM(tc.text)
			f := field(t, err)
			if f.Name != "hours" || f.Key != tc.key || f.Args["pos"] != tc.pos || f.Args["near"] != tc.near {
				t.Errorf("got %s %v, want %s at %d near %q", f.Key, f.Args, tc.key, tc.pos, tc.near)
			}
			if !h.Equal(Hours{}) {
				t.Errorf("half read: %+v", h)
			}
		})
	}
	if _, err := ParseOSM(strings.Repeat(" ", MaxText+1)); field(t, err).Key != "hours.parse.long" {
		t.Errorf("a long text: %v", err)
	}
}

func field(t *testing.T, err error) fault.Field {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 {
		t.Fatalf("got %v, want a fault with one field", err)
	}
	return f.Fields[0]
}

func FuzzOSM(f *testing.F) {
	for _, s := range []string{"24/7", `Mo-Fr 09:00-12:00,13:00-26:00; PH,Su off; 2026 Oct 01-2026 Oct 03 10:00-18:00 open "国庆"; 2026 Nov 03+ off`, `unknown "x"`, "2026 Sep 30-Oct 02 off"} {
		f.Add(s)
	}
	cal := calendar.China()
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseOSM(text)
		if err != nil {
			field(t, err)
			return
		}
		if len(h.ByClass) > 0 {
			return // PH is read and never written
		}
		again, err := parseOSM(FormatOSM(h, cal, 2026, 2026))
		if err != nil || FormatOSM(again, cal, 2026, 2026) != FormatOSM(h, cal, 2026, 2026) {
			t.Fatalf("%q became %q (%v)", text, FormatOSM(h, cal, 2026, 2026), err)
		}
	})
}
