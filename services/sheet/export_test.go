package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/store"
)

func TestExportCSVIsWhatExcelNeeds(t *testing.T) {
	out := string(exported(t, CSV, newRegister(full())))
	if !strings.HasPrefix(out, "\uFEFF店铺编号,状态,名称,") || strings.Count(out, "\r\n") != 3 || !strings.HasSuffix(out, "\r\n") {
		t.Errorf("%.60q … with %d line ends", out, strings.Count(out, "\r\n"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, h := range rows[0] {
		got[h] = rows[1][i]
	}
	want := map[string]string{
		"店铺编号": "SJ1", "状态": "已发布", "类别": "药店", "别名": `余天成药号；a\；b`, "路段": "中山中路", "商业广场": "jin-di-fang-lin-chedun", "楼层": "B1",
		"标识":  `老字号|上海老字号|31\\|001|市商务委|1782|2027-01-01|https://example.org/?a=1\;b=2；老字号|本土老字号`,
		"坐标系": "WGS-84", "原坐标系": "BD-09", "误差（米）": "50", "周一": "09:00-17:00", "周四": "11:30-14:00, 17:00-02:00", "周日": "x", "法定节假日": "x", "调休上班日": "09:00-17:00",
		"特殊日期": "2026-02-16: x, 2026-02-17: x", "暂停营业自": "2026-03-01", "简介": "第一行\n'=第二行", "来源备注": "'-", "核对人": "走访",
	}
	for h, w := range want {
		if h == "周四" { // how a span past midnight is written is up to the hours
			continue
		}
		if got[h] != w {
			t.Errorf("%s is %q, want %q", h, got[h], w)
		}
	}
	for h, c := range got {
		if c == "" && !strings.HasPrefix(h, "关闭") && !strings.HasPrefix(h, "繁体") && h != "迁往" && h != "工作日" && h != "休息日" && h != "营业时间（OSM）" { // which goes in only
			t.Errorf("the full listing has nothing in %s", h)
		}
	}
}

func TestExportXLSXIsTextWithInstructions(t *testing.T) {
	reg := newRegister(full(), listing.Listing{Code: "=1+1", Name: listing.Name{Text: lang.Text{Hans: "@x"}}})
	out := exported(t, XLSX, reg)
	if !bytes.Equal(out, exported(t, XLSX, reg)) {
		t.Error("the same register gives different files")
	}
	f, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"店铺", "填写说明", "选项"}) {
		t.Errorf("sheets %q", got)
	}
	if shown, _ := f.GetSheetVisible("选项"); shown {
		t.Error("the choices are shown")
	}
	rows, err := f.GetRows("店铺")
	if err != nil || len(rows) != 3 {
		t.Fatal(len(rows), err)
	}
	for r := range rows {
		for c := range rows[r] {
			name, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if formula, _ := f.GetCellFormula("店铺", name); formula != "" {
				t.Errorf("%s holds the formula %s", name, formula)
			}
			if kind, _ := f.GetCellType("店铺", name); rows[r][c] != "" && kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s is no text: %v", name, kind)
			}
			if style, _ := f.GetCellStyle("店铺", name); rows[r][c] != "" {
				if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
					t.Errorf("%s is not formatted as text", name)
				}
			}
		}
	}
	if rows[1][0] != "'=1+1" {
		t.Errorf("shop code %q", rows[1][0])
	}
	drops, err := f.GetDataValidations("店铺")
	if err != nil || len(drops) != 7 {
		t.Errorf("%d drop-downs, %v", len(drops), err)
	}
	for _, d := range drops {
		if !strings.Contains(d.Formula1, "选项!$") {
			t.Errorf("%s offers %s", d.Sqref, d.Formula1)
		}
	}
	if help, _ := f.GetRows("填写说明"); len(help) != 5+len(columns()) {
		t.Errorf("%d lines of instructions", len(help))
	}
}

func TestExportWithoutShopsIsAForm(t *testing.T) {
	for _, f := range []Format{CSV, XLSX} {
		var b bytes.Buffer
		if err := Export(t.Context(), &b, f, newRegister().sorted(), names()); err != nil {
			t.Fatal(err)
		}
		p, err := NewPlan(t.Context(), &b, newRegister(), names())
		if err != nil || p.Report.Refused != nil || len(p.Report.Columns) != len(columns()) || len(p.Report.Ignored) != 0 {
			t.Errorf("%s: %+v %v", f, p, err)
		}
	}
}

func TestExportErrors(t *testing.T) {
	if err := Export(t.Context(), &bytes.Buffer{}, "pdf", newRegister().sorted(), names()); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	broken := errors.New("broken")
	for _, f := range []Format{CSV, XLSX} {
		err := Export(t.Context(), &bytes.Buffer{}, f, func(yield func(listing.Listing, error) bool) { yield(listing.Listing{}, broken) }, names())
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// Every column is named once, in both scripts of a header, and its name fits a report.
func TestColumnsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range columns() {
		if seen[c.key] || seen[c.header] || c.key == "" || c.header == "" || len(c.paths) == 0 {
			t.Errorf("column %+v", c)
		}
		seen[c.key], seen[c.header] = true, true
	}
}

// anyListing draws listings as the register stores them: cleaned texts, lists that are not nil.
func anyListing(code string) *rapid.Generator[listing.Listing] {
	return rapid.Custom(func(t *rapid.T) listing.Listing {
		line := func(name string) string {
			s := rapid.OneOf(rapid.StringN(0, 12, -1), nasty()).Draw(t, name)
			return lang.Clean(strings.Map(func(r rune) rune {
				if lang.Unsafe(r) || unicode.Is(unicode.Cs, r) || r == 0xFFFE || r == 0xFFFF {
					return -1
				}
				return r
			}, s))
		}
		several := func(name string) []string {
			out := []string{}
			for range rapid.IntRange(0, 3).Draw(t, name) {
				if s := line(name); s != "" {
					out = append(out, s)
				}
			}
			return out
		}
		from := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
		l := listing.Listing{
			Code: code, State: listing.Published, Slug: "x", Name: listing.Name{Text: lang.Text{Hans: lang.Clean("x" + line("hans")), Hant: line("hant"), En: line("en")}, Pinyin: line("pinyin")},
			Aliases: several("aliases"), CategoryID: from("category", "pharmacy", "atm", "gone"), FormatID: from("format", "supermarket"), Goods: several("goods"), TagIDs: []string{}, Marks: []listing.Mark{},
			Address: listing.Address{Line: line("line"), StreetID: from("street", "s1", "s2"), House: line("house"), PlazaID: from("plaza", "p1", "p2"), Level: rapid.IntRange(-12, 120).Draw(t, "level"), Unit: line("unit"), Hint: line("hint"), Postcode: line("postcode")},
			Phones:  []phone.Number{}, Hours: hours.Hours{Special: []hours.Special{}, Text: line("text")}, Description: lang.Text{Hans: line("dhans"), En: line("den")}, Website: line("website"), Payments: several("payments"),
			Confirmed: listing.Confirmed{On: from("on", "2026-01-02"), By: from("by", "owner", "source")}, Source: listing.Source{ID: line("id"), Ref: line("ref"), Observed: line("observed"), Note: line("note")},
		}
		if l.CategoryID == "gone" { // a name that is an id: kept, but only where it is already
			l.CategoryID = ""
		}
		for _, id := range []string{"step-free", "cash", "senior"} {
			if rapid.Bool().Draw(t, id) {
				l.TagIDs = append(l.TagIDs, id)
			}
		}
		if rapid.Bool().Draw(t, "mark") {
			l.Marks = append(l.Marks, listing.Mark{Kind: "heritage", Level: from("mark level", "china", "district"), Certificate: line("certificate"), Founded: rapid.IntRange(0, 2026).Draw(t, "founded"), Evidence: line("evidence")})
		}
		if rapid.Bool().Draw(t, "located") {
			l.Location = &geo.Location{Point: geo.Point{Lat: rapid.Float64Range(3, 53).Draw(t, "lat"), Lng: rapid.Float64Range(73, 135).Draw(t, "lng")}, Source: geo.BD09, AccuracyM: rapid.IntRange(0, 500).Draw(t, "accuracy"), Method: line("method")}
		}
		if rapid.Bool().Draw(t, "phone") {
			l.Phones = append(l.Phones, phone.Number{Kind: phone.Landline, Digits: "+8621" + rapid.StringMatching(`[2-8]\d{7}`).Draw(t, "digits"), Ext: from("ext", "8001"), Label: from("label", "订座")})
		}
		if l.Hours.Known = rapid.Bool().Draw(t, "known"); l.Hours.Known {
			for i := range l.Hours.Week {
				l.Hours.Week[i] = []hours.Span{}
				if rapid.Bool().Draw(t, "open") {
					open := rapid.IntRange(0, 1200).Draw(t, "from")
					l.Hours.Week[i] = append(l.Hours.Week[i], hours.Span{Open: open, Close: rapid.IntRange(open+1, 1440).Draw(t, "to")})
				}
			}
			if rapid.Bool().Draw(t, "classes") {
				l.Hours.ByClass = map[string][]hours.Span{"holiday": {}}
			}
		}
		if rapid.Bool().Draw(t, "pause") {
			l.Hours.Pause = &hours.Pause{From: "2026-02-01", Until: from("until", "2026-02-03"), Note: lang.Text{Hans: line("why")}}
		}
		return l
	})
}

// Export then import changes nothing; import then export gives the same bytes.
func TestRoundTripCSV(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		reg := newRegister(full(), anyListing("A").Draw(rt, "A"), anyListing("B").Draw(rt, "B"))
		if wrong := roundTrip(t, CSV, reg); wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// A closed shop comes back to its own register; it cannot be entered anew.
func TestClosedShops(t *testing.T) {
	l := full()
	l.State, l.Closure = listing.Closed, &listing.Closure{Kind: listing.Moved, On: "2026-02-01", ForwardTo: "人民北路 58 号"}
	reg := newRegister(l)
	out := exported(t, CSV, reg)
	if p, err := NewPlan(t.Context(), bytes.NewReader(out), reg, names()); err != nil || p.Report.Unchanged != 1 {
		t.Errorf("%+v %v", p, err)
	}
	p, err := NewPlan(t.Context(), bytes.NewReader(out), newRegister(), names())
	if err != nil || p.Report.Failed != 1 || p.Report.Rows[0].Key != "sheet.state_new" {
		t.Errorf("%+v %v", p, err)
	}
	p = planOf(t, "店铺编号,迁往\nSJ1,人民北路 60 号\n", reg)
	if _, err := p.Apply(t.Context(), access.System("test"), reg); err != nil || reg.byCode["SJ1"].Closure.ForwardTo != "人民北路 60 号" || reg.byCode["SJ1"].Closure.On != "2026-02-01" {
		t.Errorf("%+v %v", reg.byCode["SJ1"].Closure, err)
	}
}

// The same for XLSX, on one register of many shops, since a file takes its time to pack.
func TestRoundTripXLSX(t *testing.T) {
	reg := newRegister(full())
	for i := range 60 {
		l := anyListing(fmt.Sprint("X", 100+i)).Example(i)
		l.Rev = 1
		reg.byCode[l.Code] = l
	}
	if wrong := roundTrip(t, XLSX, reg); wrong != "" {
		t.Fatal(wrong)
	}
}

// roundTrip says what went wrong on the way out and back.
func roundTrip(t *testing.T, format Format, reg *register) string {
	t.Helper()
	out := exported(t, format, reg)
	again, err := NewPlan(t.Context(), bytes.NewReader(out), reg, names())
	if err != nil || again.Report.Refused != nil || again.Report.Unchanged != len(reg.byCode) || again.Report.New+again.Report.Changed+again.Report.Failed != 0 {
		return fmt.Sprintf("over itself: %+v %v", again, err)
	}
	other, bare := newRegister(), newRegister()
	for code, l := range reg.byCode { // a mark does not come with a file
		l.KeepHeritage(&listing.Listing{})
		bare.byCode[code] = l
	}
	p, err := NewPlan(t.Context(), bytes.NewReader(out), other, names())
	if err != nil || p.Report.New != len(reg.byCode) {
		return fmt.Sprintf("into an empty register: %+v %v", p, err)
	}
	if _, err := p.Apply(t.Context(), access.System("test"), other); err != nil {
		return err.Error()
	}
	if back, want := exported(t, format, other), exported(t, format, bare); !bytes.Equal(back, want) {
		return fmt.Sprintf("%s\nbecame\n%s", want, back)
	}
	for code, want := range bare.byCode {
		got := other.byCode[code]
		// What the table has no column for: the notes of special days, and what the register computes.
		want.Slug, want.Name.SortKey, got.Slug, got.Name.SortKey = "", "", "", ""
		if code == "SJ1" {
			want.Hours.Special, got.Hours.Special = nil, nil
		}
		if !store.Same(&want, &got) {
			return code + ": " + cmp.Diff(want, got)
		}
	}
	return ""
}
