package sheet

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// register is a register in memory.
type register struct {
	byCode map[string]listing.Listing
	writes int
	down   error // what every question gets when set
}

func newRegister(all ...listing.Listing) *register {
	r := &register{byCode: map[string]listing.Listing{}}
	for _, l := range all {
		l.Rev = 1
		r.byCode[l.Code] = l
	}
	return r
}

func (r *register) ByCode(_ context.Context, code string) (listing.Listing, error) {
	if r.down != nil {
		return listing.Listing{}, r.down
	}
	l, ok := r.byCode[code]
	if !ok {
		return l, fault.Missing()
	}
	return clone(&l)
}

func (r *register) Check(l *listing.Listing) error {
	if l.Name.Hans == "" {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "name.hans", Key: "error.text.empty"}}}
	}
	return nil
}

func (r *register) Enter(_ context.Context, _ access.Actor, l *listing.Listing) error {
	if _, taken := r.byCode[l.Code]; taken {
		return fault.New(fault.Conflict, "error.taken", nil)
	}
	l.Rev = 1
	r.byCode[l.Code] = *l
	r.writes++
	return nil
}

func (r *register) Replace(_ context.Context, _ access.Actor, l *listing.Listing, rev int64) error {
	if r.byCode[l.Code].Rev != rev {
		return fault.New(fault.Conflict, "error.stale", nil)
	}
	l.Rev = rev + 1
	r.byCode[l.Code] = *l
	r.writes++
	return nil
}

// sorted lists the register by shop code.
func (r *register) sorted() iter.Seq2[listing.Listing, error] {
	return func(yield func(listing.Listing, error) bool) {
		for _, l := range slices.SortedFunc(mapsValues(r.byCode), func(a, b listing.Listing) int { return cmp.Compare(a.Code, b.Code) }) {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func mapsValues(m map[string]listing.Listing) iter.Seq[listing.Listing] {
	return func(yield func(listing.Listing) bool) {
		for _, l := range m {
			if !yield(l) {
				return
			}
		}
	}
}

var names = sync.OnceValue(func() *Names {
	return NewNames(taxonomy.Default(),
		[]place.Street{{Meta: store.Meta{ID: "s1"}, Slug: "zhongshan-zhonglu", Name: lang.Text{Hans: "中山中路"}}, {Meta: store.Meta{ID: "s2"}, Slug: "renmin-beilu", Name: lang.Text{Hans: "人民北路"}}},
		[]place.Plaza{
			{Meta: store.Meta{ID: "p1"}, Slug: "jin-di-fang-lin", Name: lang.Text{Hans: "金地方邻"}, Aliases: []string{"方邻"}},
			{Meta: store.Meta{ID: "p2"}, Slug: "jin-di-fang-lin-chedun", Name: lang.Text{Hans: "金地方邻"}},
		})
})

// full is a listing in which every column says something.
func full() listing.Listing {
	day := []hours.Span{{Open: 540, Close: 1020}}
	return listing.Listing{
		Meta: store.Meta{ID: "l1"}, Code: "SJ1", Slug: "yu-tian-cheng", State: listing.Published,
		Name:    listing.Name{Text: lang.Text{Hans: "余天成", Hant: "餘天成", En: "Yutiancheng"}, Pinyin: "yu tian cheng", SortKey: "yu tian cheng"},
		Aliases: []string{"余天成药号", "a；b"}, CategoryID: "pharmacy", FormatID: "speciality-store", Goods: []string{"膏方"}, Spend: 45, TagIDs: []string{"step-free", "insurance-card"},
		Marks:    []listing.Mark{{Kind: "heritage", Level: "shanghai", Certificate: "31|001", Issuer: "市商务委", Founded: 1782, ReviewOn: "2027-01-01", Evidence: "https://example.org/?a=1;b=2"}, {Kind: "heritage", Level: "district"}},
		Address:  listing.Address{Line: "中山中路 218 号", StreetID: "s1", House: "218", PlazaID: "p2", Level: -1, Unit: "B1-06", Hint: "谷阳路口往西", Postcode: "201600"},
		Location: &geo.Location{Point: geo.From(geo.BD09, 31.010445, 121.241105), Source: geo.BD09, AccuracyM: 50, Method: "list"},
		Phones:   []phone.Number{{Kind: phone.Landline, Digits: "+862157721664", Ext: "8001", Label: "订座"}, {Kind: phone.Service, Digits: "4008208820"}},
		Hours: hours.Hours{
			Known: true, Week: [7][]hours.Span{day, day, day, {{Open: 690, Close: 840}, {Open: 1020, Close: 1560}}, day, day, {}},
			ByClass: map[string][]hours.Span{"holiday": {}, "makeup": day},
			Special: []hours.Special{{From: "2026-02-16", To: "2026-02-17", Spans: []hours.Span{}, Note: lang.Text{Hans: "除夕"}}},
			Pause:   &hours.Pause{From: "2026-03-01", Until: "2026-03-05", Note: lang.Text{Hans: "装修", En: "Works"}},
			Text:    "节假日照常",
		},
		Description: lang.Text{Hans: "第一行\n=第二行", En: "Since 1782"}, Website: "https://example.org", Payments: []string{"现金", "微信"},
		Confirmed: listing.Confirmed{On: "2026-01-02", By: "survey"}, Source: listing.Source{ID: "SRC-X", Ref: "007", Observed: "c.2016", Note: "-"},
	}
}

func planOf(t *testing.T, file string, r *register) *Plan {
	t.Helper()
	p, err := NewPlan(t.Context(), strings.NewReader(file), r, names())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func counts(r Report) string {
	return fmt.Sprintf("%d new, %d changed, %d unchanged, %d failed", r.New, r.Changed, r.Unchanged, r.Failed)
}

func TestPlanWritesNothingAndApplyWritesThePlan(t *testing.T) {
	reg := newRegister(full())
	const file = "店铺编号,名称,类别,路段,门牌号\n" +
		"SJ1,余天成,药店,中山中路,220\n" + // changed
		"SJ2,草庐,食品,人民北路,58\n" + // new; 食品 is a word for 食品店
		"SJ2,草庐,,,\n" + // twice
		",无号,,,\n" + // no code
		"SJ3,,药店,,\n" // no name
	p := planOf(t, file, reg)
	if got := counts(p.Report); got != "1 new, 1 changed, 0 unchanged, 3 failed" || reg.writes != 0 {
		t.Fatalf("%s; %d writes; %+v", got, reg.writes, p.Report.Rows)
	}
	want := []string{"4 店铺编号 sheet.code_twice", "5 店铺编号 sheet.code_missing", "6 名称 error.text.empty"}
	for i, x := range p.Report.Rows {
		if got := fmt.Sprint(x.Row, " ", x.Column, " ", x.Key); got != want[i] {
			t.Errorf("problem %q, want %q", got, want[i])
		}
	}
	rep, err := p.Apply(t.Context(), access.System("test"), reg)
	if err != nil || counts(rep) != counts(p.Report) {
		t.Fatalf("%s, %v", counts(rep), err)
	}
	one, two := reg.byCode["SJ1"], reg.byCode["SJ2"]
	if one.Address.House != "220" || one.Rev != 2 || one.Description != full().Description || two.CategoryID != "food-shop" || two.Address.StreetID != "s2" || two.State != listing.Draft {
		t.Errorf("%+v\n%+v", one, two)
	}
	if again := planOf(t, file, reg); counts(again.Report) != "0 new, 0 changed, 2 unchanged, 3 failed" {
		t.Errorf("the same file twice: %s", counts(again.Report))
	}
}

func TestColumnsLeftOutStayAndEmptyCellsClear(t *testing.T) {
	reg := newRegister(full())
	if _, err := planOf(t, "code,别名,电话,周一,周二,周三,周四,周五,周六,周日,纬度,经度,坐标系,暂停营业自,暂停营业至\nSJ1,,,,,,,,,,,,,,\n", reg).Apply(t.Context(), access.System("test"), reg); err != nil {
		t.Fatal(err)
	}
	got, want := reg.byCode["SJ1"], full()
	if len(got.Aliases)+len(got.Phones) != 0 || got.Hours.Known || got.Location != nil || got.Hours.Pause != nil {
		t.Errorf("not cleared: %+v", got)
	}
	if got.Name != want.Name || got.Hours.Text != want.Hours.Text || len(got.Hours.Special) != 1 || got.Address != want.Address || len(got.Marks) != 2 {
		t.Errorf("columns left out were touched: %+v", got)
	}
}

func TestOneDayOfTheWeek(t *testing.T) {
	reg := newRegister(full())
	p := planOf(t, "店铺编号,周日,特殊日期\nSJ1,10:00-16:00,\"2026-02-16: x, 2026-02-17: x, 2026-05-01: x\"\n", reg)
	if _, err := p.Apply(t.Context(), access.System("test"), reg); err != nil || p.Report.Changed != 1 {
		t.Fatal(err, p.Report)
	}
	got := reg.byCode["SJ1"].Hours
	if len(got.Week[6]) != 1 || len(got.Week[3]) != 2 || len(got.Special) != 2 || got.Special[0].Note.Hans != "除夕" {
		t.Errorf("%+v", got)
	}
}

func TestCellsThatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, head, cell, column, key, suggestion string }{
		{"category", "类别", "药局房", "类别", "sheet.unknown_category", "药店"},
		{"category like none", "类别", "zzz", "类别", "sheet.unknown_category", ""},
		{"format", "业态", "便利", "业态", "sheet.unknown_format", "便利店"},
		{"tag", "便利标签", "轮椅能进；飞碟", "便利标签", "sheet.unknown_tag", ""},
		{"street", "路段", "中山中", "路段", "sheet.unknown_street", "中山中路"},
		{"plaza", "商业广场", "金地方", "商业广场", "sheet.unknown_plaza", "金地方邻"},
		{"level", "楼层", "很高", "楼层", "sheet.bad_level", "1F"},
		{"phone", "电话", "五七七", "电话", "error.phone.unreadable", "021-5772 1664"},
		{"hours", "周一", "早九晚五", "周一", "", "09:00-17:00"},
		{"one day only", "周一", "", "周一", "sheet.day_missing", "x"},
		{"class of days", "法定节假日", "?", "法定节假日", "", "10:00-16:00"},
		{"special day", "特殊日期", "2026-02-30: x", "特殊日期", "", "2026-02-16: 09:00-15:00, 2026-02-17: x"},
		{"opening_hours of OpenStreetMap", "营业时间（OSM）", "Mo-Fr 09:00-17:00; Sa 09:99-12:00", "营业时间（OSM）", "hours.parse.time", "Mo-Fr 09:00-17:00; PH off"},
		{"pause", "暂停营业自", "下周", "暂停营业自", "sheet.bad_date", "2026-02-05"},
		{"datum", "纬度,经度,坐标系", "31,121,", "坐标系", "sheet.datum_missing", "WGS-84"},
		{"latitude", "纬度,经度,坐标系", "121,31,WGS-84", "纬度", "sheet.bad_latitude", "31.00900"},
		{"longitude", "纬度,经度,坐标系", "31,x,百度", "经度", "sheet.bad_longitude", "121.22800"},
		{"not a number", "纬度,经度,坐标系", "NaN,121,WGS-84", "纬度", "sheet.bad_latitude", "31.00900"},
		{"mark", "标识", "老字号|||||||x", "标识", "sheet.bad_mark", "老字号|中华老字号"},
		{"year of a mark", "标识", "老字号||||清朝", "标识", "sheet.bad_number", "1900"},
		{"state", "状态", "草稿", "状态", "sheet.state_fixed", "已发布"},
		{"closure", "关闭原因,关闭日期", ",2026-01-01", "关闭原因", "sheet.closure_kind", "已停业"},
		{"confirmer", "核对人", "谁", "核对人", "sheet.unknown_word", "商户"},
		{"a cell too many", "名称", "余天成,多", "", "sheet.row_too_long", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := newRegister(full())
			cell := c.cell
			if !strings.Contains(c.head, ",") && c.name != "a cell too many" {
				cell = `"` + cell + `"`
			}
			p := planOf(t, "店铺编号,"+c.head+"\nSJ1,"+cell+"\n", reg)
			if p.Report.Failed != 1 || len(p.Report.Rows) != 1 || len(p.steps) != 0 {
				t.Fatalf("%+v", p.Report)
			}
			x := p.Report.Rows[0]
			if x.Column != c.column || c.key != "" && x.Key != c.key || x.Key == "" || x.Suggestion != c.suggestion || x.Row != 2 || x.Code != "SJ1" {
				t.Errorf("%+v", x)
			}
		})
	}
}

// A value of OpenStreetMap is the week of a shop, goes before the columns of the days, and leaves a pause as it is; where it cannot be read
// the report says from which character on.
func TestHoursOfOpenStreetMap(t *testing.T) {
	reg := newRegister(full())
	p := planOf(t, "店铺编号,周一,周二,周三,周四,周五,周六,周日,营业时间（OSM）\nSJ1,x,x,x,x,x,x,x,\"Mo-Sa 11:00-14:00,17:00-22:00; Su off; PH 10:00-16:00\"\n", reg)
	if p.Report.Failed != 0 || len(p.steps) != 1 {
		t.Fatalf("%+v", p.Report)
	}
	h := p.steps[0].After.Hours
	two := []hours.Span{{Open: 660, Close: 840}, {Open: 1020, Close: 1320}}
	if !h.Known || !reflect.DeepEqual(h.Week[0], two) || !reflect.DeepEqual(h.Week[5], two) || len(h.Week[6]) != 0 || !reflect.DeepEqual(h.ByClass["holiday"], []hours.Span{{Open: 600, Close: 960}}) || h.Pause == nil {
		t.Errorf("%+v", h)
	}
	p = planOf(t, "店铺编号,营业时间（OSM）\nSJ1,Mo-Fr 09:00-17:00; Sa 09:99-12:00\n", newRegister(full()))
	if x := p.Report.Rows[0]; x.Args["pos"] != 23 {
		t.Errorf("the mistake is at %v", x.Args)
	}
}

func TestFilesThatAreNoTableOfShops(t *testing.T) {
	for _, c := range []struct{ name, file, key string }{
		{"empty", "", "sheet.empty"},
		{"blank lines", "\n , \n\n", "sheet.empty"},
		{"no shop code", "名称,类别\n余天成,药店\n", "sheet.no_code_column"},
		{"a column twice", "店铺编号,名称,name\nSJ1,a,b\n", "sheet.column_twice"},
		{"no datum", "店铺编号,纬度,经度\nSJ1,31,121\n", "sheet.no_datum_column"},
		{"broken further down", "店铺编号,名称\nSJ2,新店\nSJ3,\"x", "sheet.csv_broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := newRegister(full())
			p := planOf(t, c.file, reg)
			if p.Report.Refused == nil || p.Report.Refused.Key != c.key || p.Report.New+p.Report.Failed != 0 {
				t.Fatalf("%+v", p.Report)
			}
			if _, err := p.Apply(t.Context(), access.System("test"), reg); err != nil || reg.writes != 0 {
				t.Errorf("%d writes, %v", reg.writes, err)
			}
		})
	}
}

func TestHeadersAndKeys(t *testing.T) {
	reg := newRegister(full())
	p := planOf(t, "CODE,门 牌 号,备注\ncode,house,x\nSJ1,'218,记一笔\n\n", reg)
	if counts(p.Report) != "0 new, 1 changed, 0 unchanged, 0 failed" || !slices.Equal(p.Report.Ignored, []string{"备注"}) || !slices.Equal(p.Report.Columns, []string{"店铺编号", "门牌号"}) {
		t.Errorf("%+v", p.Report)
	}
}

func TestSomebodyElseCameFirst(t *testing.T) {
	reg := newRegister(full())
	p := planOf(t, "店铺编号,名称\nSJ1,余天成堂\nSJ9,新店\n", reg)
	other := reg.byCode["SJ1"]
	other.Rev = 5
	reg.byCode["SJ1"] = other
	reg.byCode["SJ9"] = listing.Listing{Meta: store.Meta{Rev: 1}, Code: "SJ9"}
	rep, err := p.Apply(t.Context(), access.System("test"), reg)
	if err != nil || counts(rep) != "0 new, 0 changed, 0 unchanged, 2 failed" || rep.Rows[0].Key != "sheet.changed_meanwhile" || rep.Rows[1].Key != "error.taken" || reg.byCode["SJ1"].Name.Hans != "余天成" {
		t.Errorf("%s %v %+v", counts(rep), err, rep.Rows)
	}
}

func TestTroubleOfOursIsAnError(t *testing.T) {
	reg := newRegister()
	reg.down = fault.New(fault.Unavailable, "error.unavailable", errors.New("down"))
	if _, err := NewPlan(t.Context(), strings.NewReader("code\nx\n"), reg, names()); !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
}

// TestAFileThatTakesTooLongIsRefused: what it costs to read is bounded like how much it is. EXP-03.
func TestAFileThatTakesTooLongIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var file strings.Builder
		file.WriteString("店铺编号,名称,类别\n")
		for i := range 30 {
			fmt.Fprintf(&file, "SJ9%03d,店%d,药店\n", i, i)
		}
		rows := 0
		rep, err := Scan(t.Context(), strings.NewReader(file.String()), newRegister(), names(), func(Step) error { rows++; time.Sleep(time.Second); return nil })
		if err != nil || rep.Refused == nil || rep.Refused.Key != "sheet.too_slow" || rows > 21 { // the one at the very end may still be read
			t.Errorf("%+v after %d rows: %v", rep.Refused, rows, err)
		}
	})
}

func TestReportsAreBounded(t *testing.T) {
	p := planOf(t, "code,名称\n"+strings.Repeat(",x\n", 1500), newRegister())
	if p.Report.Failed != 1500 || len(p.Report.Rows) != maxProblems {
		t.Errorf("%d failed, %d listed", p.Report.Failed, len(p.Report.Rows))
	}
}

func TestImportOfOtherDataTurnsThemToWGS84Once(t *testing.T) {
	reg := newRegister(full())
	const file = "店铺编号,纬度,经度,坐标系\nSJ1,31.00693,121.235,高德\n"
	if _, err := planOf(t, file, reg).Apply(t.Context(), access.System("test"), reg); err != nil {
		t.Fatal(err)
	}
	got := reg.byCode["SJ1"].Location
	if want := geo.From(geo.GCJ02, 31.00693, 121.235); got.Point != want || got.Source != geo.GCJ02 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if p := planOf(t, file, reg); p.Report.Unchanged != 1 {
		t.Errorf("the same file twice: %+v", p.Report)
	}
}

func exported(t *testing.T, f Format, r *register) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(t.Context(), &b, f, r.sorted(), names()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheMarkOfAnOldShopIsForReading(t *testing.T) {
	bare := full()
	bare.Code, bare.Slug, bare.Marks = "SJ9", "sj9", []listing.Mark{}
	reg := newRegister(full(), bare)
	p := planOf(t, "code,标识\nSJ1,\nSJ9,老字号|中华老字号\n", reg)
	if counts(p.Report) != "0 new, 0 changed, 2 unchanged, 0 failed" || p.Report.Marks != 2 {
		t.Errorf("what an import would change: %s; said of %d marks", counts(p.Report), p.Report.Marks)
	}
	if p = planOf(t, "code,网站\nSJ1,https://example.org/new\n", reg); p.Report.Marks != 0 {
		t.Errorf("a file without marks: said of %d", p.Report.Marks)
	}
	p = planOf(t, "code,名称,类别,标识\nSJ8,新店,药店,老字号|中华老字号|1|商务部|1926|2035-01-01\n", reg)
	if _, err := p.Apply(t.Context(), access.System("test"), reg); err != nil || p.Report.New != 1 || p.Report.Marks != 1 || len(reg.byCode["SJ8"].Marks) != 0 {
		t.Errorf("a new shop comes with a mark: %+v, said of %d %v", reg.byCode["SJ8"].Marks, p.Report.Marks, err)
	}
}
