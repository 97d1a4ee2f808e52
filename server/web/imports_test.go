package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/demo"
	"shangquan/services/fault"
	"shangquan/services/intake"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// importing is a file on its way: the page of the import after a server has read it.
func (x *town) importing(t *testing.T, b *browser, name string, body []byte) (path string, i intake.Import) {
	t.Helper()
	a := b.upload("/desk/import", url.Values{}, upload{"file", name, body})
	if a.status != http.StatusSeeOther {
		t.Fatalf("the upload = %d %s", a.status, complaint(a.body))
	}
	return a.to, x.worked(t, a.to)
}

// worked lets a server do what waits.
func (x *town) worked(t *testing.T, path string) intake.Import {
	t.Helper()
	if _, err := x.services.Imports.Work(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	i, err := x.services.Imports.Open(t.Context(), x.actor(t, demo.Coordinator), strings.TrimPrefix(path, "/desk/import/"))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func has(t *testing.T, where, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("%s: no %q in %s", where, w, complaint(body))
		}
	}
}

func TestImportByThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.as(t, demo.Coordinator)
	has(t, "before any", b.page("/desk/import"), "还没有导入过")
	marked, _ := x.importing(t, b, "老店.csv", []byte("店铺编号,名称,类别,标识\nIMP-9,老店,药店,老字号|中华老字号\n"))
	has(t, "a mark that does not come with a file", b.page(marked), "有 1 行写了老字号", "写入 1 家")
	has(t, "the desk", b.page("/desk"), `href="/desk/import"`, `href="/desk/export"`)
	has(t, "the form", b.page("/desk/import"), `enctype="multipart/form-data"`)
	file := []byte("店铺编号,名称,类别,神秘列\nIMP-1,第一家,药店,\nIMP-2,第二家,便利点,\nIMP-3,第三家,,\n")
	path, i := x.importing(t, b, "名录.csv", file)
	has(t, "the dry run", b.page(path), "还没有写入", "神秘列", "UTF-8", "没有“便利点”这个类别", "可以写：便利店", "第 3 行", "写入 2 家", "问题 1 处")
	if _, err := x.services.Listings.ByCode(t.Context(), "IMP-1"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the dry run wrote: %v", err)
	}
	problems := b.get(path + "/problems?format=csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(problems.body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "3" || rows[1][1] != "IMP-2" || rows[1][2] != "类别" || rows[1][4] != "便利店" {
		t.Errorf("the table of problems = %v, %v", rows, err)
	}
	if xlsx := b.get(path + "/problems"); !strings.HasPrefix(xlsx.body, "PK") || !strings.Contains(xlsx.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the problems as XLSX: %d", xlsx.status)
	}
	rev := func(i intake.Import) string { return fmt.Sprint(i.Rev) }
	if to := b.done(path, url.Values{"rev": {rev(i)}, "do": {"start"}}); to != path {
		t.Errorf("started, led to %s", to)
	}
	has(t, "under way", b.page(path), "<progress", `max="2"`, "正在写入 0 / 2", "看看到哪了")
	if twice := b.post(path, url.Values{"rev": {rev(i)}, "do": {"start"}}); twice.status != http.StatusConflict {
		t.Errorf("started twice = %d", twice.status)
	}
	i = x.worked(t, path)
	has(t, "written", b.page(path), "写好了 2 家", "撤销这次导入")
	if l, err := x.services.Listings.ByCode(t.Context(), "IMP-1"); err != nil || l.Name.Hans != "第一家" {
		t.Errorf("the shop = %+v, %v", l.Name, err)
	}
	// Both coordinators may go on with it, and everybody else may not know of it.
	x.as(t, demo.Second).done(path, url.Values{"rev": {rev(i)}, "do": {"undo"}})
	has(t, "being undone", b.page(path), "正在撤销")
	x.worked(t, path)
	has(t, "undone", b.page(path), "撤销了 2 家")
	has(t, "the list", b.page("/desk/import"), "名录.csv", "已撤销", "撤销了 2 家")
	for _, who := range []string{demo.Owner, demo.Plaza, demo.Liaison, demo.Admin} {
		for _, p := range []string{"/desk/import", path, path + "/problems", "/desk/export", "/desk/export/form"} {
			if a := x.as(t, who).get(p); a.status != http.StatusNotFound {
				t.Errorf("%s sees %s: %d", who, p, a.status)
			}
		}
	}
}

func TestHostileFilesByThePage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.as(t, demo.Coordinator)
	for name, a := range map[string]answer{
		"none":     b.upload("/desk/import", url.Values{}),
		"empty":    b.upload("/desk/import", url.Values{}, upload{"file", "a.csv", nil}),
		"too big":  b.upload("/desk/import", url.Values{}, upload{"file", "a.csv", bytes.Repeat([]byte("a"), 4<<20+1)}),
		"no token": b.upload("/desk/import", url.Values{"csrf": {"no"}}, upload{"file", "a.csv", []byte("店铺编号\n")}),
	} {
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%s = %d %s", name, a.status, a.to)
		}
	}
	for name, c := range map[string]struct {
		body []byte
		says string
	}{
		"zip.xlsx":    {[]byte("PK\x03\x04 and no more"), "打不开"},
		"old.xls":     {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "旧版 Excel"},
		"quotes.csv":  {[]byte("店铺编号,名称\n\"A,B\n"), "引号不成对"},
		"<b>x</b>.cv": {[]byte("名称\n<script>\n"), "店铺编号"},
	} {
		path, i := x.importing(t, b, name, c.body)
		page := b.page(path)
		has(t, name, page, "这个文件读不了", c.says)
		if i.State != intake.Refused || strings.Contains(page, "<b>x") || strings.Contains(page, "<script>\n") {
			t.Errorf("%s: %s", name, i.State)
		}
		b.done(path, url.Values{"rev": {fmt.Sprint(i.Rev)}, "do": {"drop"}})
		has(t, name+" dropped", b.page(path), "没有导入", "已经删掉")
	}
	for _, v := range []url.Values{{"do": {"start"}}, {"rev": {"1"}, "do": {"dance"}}} {
		path, _ := x.importing(t, b, "a.csv", []byte("店铺编号,名称\nX1,一家\n"))
		if a := b.post(path, v); a.status < 400 || a.status >= 500 {
			t.Errorf("%v = %d", v, a.status)
		}
	}
}

// What the export gives the import finds unchanged, with the numbers it hides; and a file of others holds none of those.
func TestExportRoundTrip(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.as(t, demo.Coordinator)
	by := x.actor(t, demo.Coordinator)
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	const canary = "139 0000 7731"
	l, err = x.services.Listings.Update(t.Context(), by, l.ID, l.Rev, func(l *listing.Listing) error {
		l.Phones = append(l.Phones, phones(t, "夜间："+canary)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"csv", "xlsx"} {
		a := b.post("/desk/export", url.Values{"what": {"register"}, "format": {format}})
		if a.status != http.StatusOK || !strings.HasSuffix(a.header.Get("Content-Disposition"), "."+format) {
			t.Fatalf("%s = %d %s", format, a.status, complaint(a.body))
		}
		if format == "csv" {
			if strings.Contains(a.body, canary) || !strings.Contains(a.body, "夜间：139 **** 7731") {
				t.Error("the hidden number is in the file, or its mask is not")
			}
		}
		path, i := x.importing(t, b, "out."+format, []byte(a.body))
		if i.Total != 0 || i.Report.Failed != 0 || i.Report.Unchanged == 0 {
			t.Errorf("%s back in = %+v", format, i.Report)
		}
		has(t, format, b.page(path), "和名录一样")
	}
	for _, what := range []string{"google", "maps"} {
		a := b.post("/desk/export", url.Values{"what": {what}, "format": {"csv"}, "state": {"draft"}})
		if a.status != http.StatusOK || strings.Contains(a.body, canary) || !strings.Contains(a.body, l.Code) {
			t.Errorf("%s = %d", what, a.status)
		}
	}
	one := b.post("/desk/export", url.Values{"what": {"register"}, "format": {"csv"}, "category": {l.CategoryID}, "street": {l.Address.StreetID}, "state": {string(l.State)}})
	if n := strings.Count(one.body, "\r\n"); n < 2 || n > 60 || !strings.Contains(one.body, l.Code) {
		t.Errorf("filtered: %d lines", n)
	}
	page, err := x.services.Trail.All(t.Context(), auditFilter("register.export"), "", 10)
	if err != nil || len(page.Items) != 5 || page.Items[0].Fact.Changes[0].Path != "rows" {
		t.Errorf("on record: %d, %v", len(page.Items), err)
	}
	if a := b.post("/desk/export", url.Values{"what": {"everything"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("no such table = %d", a.status)
	}
}

func TestHandoverOfOwnShops(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	has(t, "the shops", owner.page("/my"), `href="/my/handover"`)
	var mine, others listing.Listing
	for l, err := range x.services.Listings.Recorded().Each(t.Context(), store.Where("state", store.Eq, string(listing.Published))) {
		if err != nil {
			t.Fatal(err)
		}
		if l.MerchantID == x.people[demo.Owner].MerchantID {
			mine = l
		} else {
			others = l
		}
	}
	has(t, "the page", owner.page("/my/handover"), mine.Name.Hans, "GCJ-02")
	a := owner.post("/my/handover", url.Values{"what": {"maps"}, "format": {"csv"}})
	if a.status != http.StatusOK || !strings.Contains(a.body, mine.Code) || strings.Contains(a.body, others.Code+",") {
		t.Errorf("the sheet = %d %s", a.status, a.body)
	}
	if bad := owner.post("/my/handover", url.Values{"what": {"register"}}); bad.status != http.StatusUnprocessableEntity {
		t.Errorf("the register for an owner = %d", bad.status)
	}
	has(t, "without shops", x.as(t, demo.Liaison).page("/my/handover"), "还没有公开的店")
	if none := x.as(t, demo.Liaison).post("/my/handover", url.Values{"what": {"maps"}}); none.status == http.StatusOK {
		t.Error("somebody without shops got a sheet")
	}
}

func phones(t *testing.T, cell string) []phone.Number {
	t.Helper()
	n, err := phone.Parse(cell)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func auditFilter(act access.Action) audit.Filter { return audit.Filter{Action: act} }
