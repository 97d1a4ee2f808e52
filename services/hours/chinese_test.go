package hours

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/calendar"
)

// corpus returns the opening hours of two shop lists as merchants typed them, and how often.
func corpus(t testing.TB) [][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/opening_hours_strings.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// osmOf is how expectations are written: the OSM value with holidays and make-up days named, or "unread".
func osmOf(text string) string {
	h, err := ParseChinese(text)
	if err != nil {
		return "unread"
	}
	out := FormatOSM(Hours{Known: true, Week: h.Week}, calendar.China(), 2026, 2026)
	for _, class := range []string{"holiday", "makeup"} {
		if spans, ok := h.ByClass[class]; ok {
			out += "; " + class + " " + osmOpen(spans, "")
		}
	}
	return out
}

// expected.txt says how each text of the corpus is to be read, every line checked against its text; what can be meant in two
// ways is "unread". 528 of the 549 texts are clear.
func TestChineseCorpus(t *testing.T) {
	const clear = 528
	expected, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(expected)) {
		if osm, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			want[strings.ReplaceAll(text, `\n`, "\n")] = osm
		}
	}
	read, guessed, shops, all := 0, 0, 0, 0
	rows := corpus(t)
	for _, row := range rows {
		n, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		all += n
		osm, ok := want[row[0]]
		if !ok {
			t.Errorf("%q has no expectation", row[0])
		}
		switch got := osmOf(row[0]); {
		case got == osm && got != "unread":
			read++
			shops += n
		case got != osm && got != "unread":
			guessed++
			t.Errorf("%q was read as %s, want %s", row[0], got, osm)
		}
	}
	t.Logf("read correctly %d of %d texts (%.1f %%), which %d of %d shops (%.1f %%) typed; read wrongly %d",
		read, len(rows), 100*float64(read)/float64(len(rows)), shops, all, 100*float64(shops)/float64(all), guessed)
	if read < clear || len(rows) != 549 || len(want) != 549 {
		t.Errorf("%d texts read, want %d; %d texts, %d expectations", read, clear, len(rows), len(want))
	}
}

func TestParseChinese(t *testing.T) {
	for text, want := range map[string]string{
		"24小时":                        "24/7",
		"24小时营业，全年无休":                 "24/7; holiday 00:00-24:00",
		"全天24小时不打烊":                   "24/7",
		"每天 0:00-24:00":               "24/7",
		"早9点-晚10点":                    "Mo-Su 09:00-22:00",
		"早9晚9":                        "Mo-Su 09:00-21:00",
		"早上九点到晚上九点半":                  "Mo-Su 09:00-21:30",
		"上午十点三十分至晚上十点整":               "Mo-Su 10:30-22:00",
		"9点-21点":                      "Mo-Su 09:00-21:00",
		"9-21点":                       "Mo-Su 09:00-21:00",
		"9am-9pm":                     "Mo-Su 09:00-21:00",
		"9:30AM - 9:30PM":             "Mo-Su 09:30-21:30",
		"中午11点-晚上8点一刻":                "Mo-Su 11:00-20:15",
		"傍晚5点到次日凌晨2点":                 "Mo-Su 17:00-02:00",
		"17:00-次日2:00":                "Mo-Su 17:00-02:00",
		"17:00-凌晨2:00":                "Mo-Su 17:00-02:00",
		"17:00-2:00":                  "Mo-Su 17:00-02:00",
		"09:00-01:00":                 "Mo-Su 09:00-01:00",
		"10:00-0:00":                  "Mo-Su 10:00-24:00",
		"晚6点-晚12点":                    "Mo-Su 18:00-24:00",
		"6:00-10:00，16:00-21:00":      "Mo-Su 06:00-10:00,16:00-21:00",
		"11:00-14:00 17:00-21:00":     "Mo-Su 11:00-14:00,17:00-21:00",
		"08:00-12:00":                 "Mo-Su 08:00-12:00",
		"周一至周五 9:00-17:30":            "Mo-Fr 09:00-17:30; Sa-Su off",
		"周一至五9:00-17:30，周六9:00-12:00": "Mo-Fr 09:00-17:30; Sa 09:00-12:00; Su off",
		"周1-周5 9:00-17:30":            "Mo-Fr 09:00-17:30; Sa-Su off",
		"周1至7 9:00-17:30":             "Mo-Su 09:00-17:30",
		"星期一至星期天：９：００－２１：００":                        "Mo-Su 09:00-21:00",
		"週一至週日 9點至21點":                              "Mo-Su 09:00-21:00",
		"周二至周日 10:00-18:00":                         "Mo off; Tu-Su 10:00-18:00",
		"周二至周日 10:00-18:00，周一休息":                    "Mo off; Tu-Su 10:00-18:00",
		"9:00-21:00（周一休息）":                          "Mo off; Tu-Su 09:00-21:00",
		"周一至周日9:00-21:00，每周二休息":                     "We-Mo 09:00-21:00; Tu off",
		"10:00-22:00，周五、六10:00-23:00":               "Su-Th 10:00-22:00; Fr-Sa 10:00-23:00",
		"周一、三、五 9:00-17:00":                         "Mo,We,Fr 09:00-17:00; Tu,Th,Sa-Su off",
		"周六日 9:00-17:00":                            "Mo-Fr off; Sa-Su 09:00-17:00",
		"工作日 9:00-18:00，周末 10:00-22:00":             "Mo-Fr 09:00-18:00; Sa-Su 10:00-22:00; makeup 09:00-18:00",
		"平日9:00-18:00 周末及节假日10:00-22:00":            "Mo-Fr 09:00-18:00; Sa-Su 10:00-22:00; holiday 10:00-22:00; makeup 09:00-18:00",
		"工作日9:00-18:00":                             "Mo-Fr 09:00-18:00; Sa-Su off; holiday off; makeup 09:00-18:00",
		"周一至周五9:00-18:00，节假日休息":                     "Mo-Fr 09:00-18:00; Sa-Su off; holiday off",
		"9:00-18:00，节假日照常营业":                        "Mo-Su 09:00-18:00; holiday 09:00-18:00",
		"9:00-21:00，法定节假日10:00-20:00":               "Mo-Su 09:00-21:00; holiday 10:00-20:00",
		"全年无休 9:00-21:00":                           "Mo-Su 09:00-21:00; holiday 09:00-21:00",
		"【营业时间】周一至周日 9:00~21:00。":                   "Mo-Su 09:00-21:00",
		"周一五点到九点半，其余休息":                             "unread",
		"周一下午五点到晚上九点半":                              "Mo 17:00-21:30; Tu-Su off",
		"10:00-22:00 (周五周六10:00-22:30)":             "Su-Th 10:00-22:00; Fr-Sa 10:00-22:30",
		"工作日9:00-18:00，节假日休息":                       "Mo-Fr 09:00-18:00; Sa-Su off; holiday off; makeup 09:00-18:00",
		"每天9:00-21:00，节假日除外":                        "Mo-Su 09:00-21:00; holiday off",
		"全年无休 9:00-21:00，节假日10:00-20:00":            "Mo-Su 09:00-21:00; holiday 10:00-20:00",
		"全年无休，周一至周四9:00-21:00，周五至周日9:00-22:00":      "Mo-Th 09:00-21:00; Fr-Su 09:00-22:00",
		"全年无休，工作日9:00-21:00":                        "unread",
		"全年无休 9:00-21:00，节假日休息":                     "unread",
		"9:00-21:00，节假日休息，节假日10:00-12:00":           "unread",
		"周一休息，周二不营业":                                "unread",
		"周六9:00-18:00，周日10:00-16:00":                "unread",
		"晚上3点到晚上9点":                                 "unread",
		"9:00-01:00":                                "unread",
		"09:00-05:30":                               "unread",
		"10:00-04:00":                               "unread",
		"次日2:00-13:00":                              "unread",
		"周一休息":                                      "unread",
		"晚上10点-早上6点":                                "Mo-Su 22:00-06:00",
		"6pm-2am":                                   "Mo-Su 18:00-02:00",
		"9am-12am":                                  "Mo-Su 09:00-24:00",
		"12pm-9pm":                                  "Mo-Su 12:00-21:00",
		"10:00-凌晨12点":                               "Mo-Su 10:00-24:00",
		"早上6点-中午1点":                                 "Mo-Su 06:00-13:00",
		"早上9点-下午5点三刻":                               "Mo-Su 09:00-17:45",
		"早9点-早6点":                                   "unread",
		"晚上8点-晚上6点":                                 "unread",
		"每天及节假日9:00-21:00":                          "Mo-Su 09:00-21:00; holiday 09:00-21:00",
		"工作日9:00-18:00，工作日10:00-12:00":              "unread",
		"平日9:00-18:00":                              "unread", // 平日 may be every day
		"9:00-6:00":                                 "unread", // 18:00 or 6:00
		"9:00-9:00":                                 "unread",
		"9:00-05:30":                                "unread",
		"13:00-5:00":                                "unread",
		"8:00-12:00,1:30-5:30":                      "unread",
		"9:00-11:00":                                "unread", // 11:00 or 23:00
		"9-21":                                      "unread",
		"晚上6点到晚上1点":                                 "unread",
		"早上14点到晚上9点":                                "unread",
		"凌晨8点到晚上9点":                                 "unread",
		"中午5点到晚上9点":                                 "unread",
		"次日2:00-9:00":                               "unread",
		"9:00-次日13:00":                              "unread",
		"9点5-21点":                                   "unread",
		"9:00-25:00":                                "unread",
		"9:75-21:00":                                "unread",
		"900-2100":                                  "unread",
		"周一至周四9:00-18:00，周五至周六9:00-20:00":           "unread", // Sunday forgotten
		"周一9:00-18:00，周三9:00-18:00":                 "unread",
		"周一至周五9:00-18:00，周五9:00-20:00":              "unread",
		"周一至周五9:00-18:00，节假日10:00-16:00":            "unread", // the weekend too?
		"周一至周五9:00-18:00，周末10-20点，节假日照常":            "unread",
		"周一休息，9:00-21:00":                           "unread",
		"周一休息 9:00-21:00":                           "unread",
		"9:00-21:00 9:00-22:00":                     "unread",
		"9:00-21:00，春节除外":                           "unread",
		"9:00-21:00（具体以商场为准）":                       "unread",
		"节假日9:00-21:00":                             "unread",
		"周一至":                                       "unread",
		"休息":                                        "unread",
		"电话预约":                                      "unread",
		"1:00-2:00,3:00-4:00,5:00-6:00,13:00-14:00": "unread",
		"17:00-次日5:00，周二3:00-4:00":                  "unread", // runs into Tuesday
	} {
		t.Run(text, func(t *testing.T) {
			if got := osmOf(text); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestParseChineseSaysWhere(t *testing.T) {
	for _, tc := range []struct {
		text, key string
		pos       int
		near      string
	}{
		{"", "hours.parse.empty", 1, ""},
		{" 。", "hours.parse.empty", 3, ""},
		{"10:00-22:00(夏季) ，10:00-21:30(冬季)", "hours.parse.unexpected", 13, "夏季) ，10:00-2"},
		{"周一至周日", "hours.parse.unexpected", 6, ""},
		{"周一至周日：9：00—18；00", "hours.parse.ambiguous", 7, "9：00—18；00"},
		{"9:00-6:00", "hours.parse.ambiguous", 1, "9:00-6:00"},
		{"9:00-11:00", "hours.parse.ambiguous", 1, "9:00-11:00"},
		{"周一至周日 9:75-21:00", "hours.parse.time", 7, "9:75-21:00"},
		{"周一到周四，10：00—22：00；周五到周六，10：00—22：30", "hours.parse.ambiguous", 36, ""},
		{"周一至周五9:00-18:00，周五9:00-20:00", "hours.parse.ambiguous", 17, "周五9:00-20:00"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			_, err := ParseChinese(tc.text)
			if f := field(t, err); f.Key != tc.key || f.Args["pos"] != tc.pos || f.Args["near"] != tc.near {
				t.Errorf("got %s %v, want %s at %d near %q", f.Key, f.Args, tc.key, tc.pos, tc.near)
			}
		})
	}
	if _, err := ParseChinese(strings.Repeat("周", 342)); field(t, err).Key != "hours.parse.long" {
		t.Errorf("a long text: %v", err)
	}
}

// The worst texts of the length that is read at all: the security design allows 10 ms.
func BenchmarkLongest(b *testing.B) {
	for name, unit := range map[string]string{"days": "周一、", "fillers": "营业时间", "times": "1:00-2:00 ", "numerals": "九十九", "comments": `2026 Oct 01 off "x";`} {
		text := strings.Repeat(unit, MaxText/len(unit))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = ParseChinese(text)
				_, _ = ParseOSM(text)
				_, _ = ParseCell(text)
			}
		})
	}
}

func FuzzChinese(f *testing.F) {
	for _, row := range corpus(f) {
		f.Add(row[0])
	}
	for _, text := range []string{"工作日 9:00-18:00，周末及节假日 10:00-次日2:00", "早上九点到晚上九点半，周一休息", "24小时，全年无休", "9:30AM - 9:30PM"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseChinese(text)
		if err != nil {
			field(t, err)
			if !h.Equal(Hours{}) {
				t.Fatalf("%q was half read", text)
			}
			return
		}
		if err := Validate(h); err != nil || !h.Known {
			t.Fatalf("%q was read as what is not valid: %v", text, err)
		}
	})
}
