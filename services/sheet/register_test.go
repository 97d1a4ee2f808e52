package sheet_test

import (
	"bytes"
	"iter"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/sheet"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// The real register, on a real store: what it computes and refuses shows in the report.
func TestTheRealRegister(t *testing.T) {
	db, err := store.Open(t.Context(), "file:"+t.TempDir()+"/x.db")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	var shops sheet.Shops = listing.New(db, audit.New(db, keys, time.Now), time.Now)
	names := sheet.NewNames(taxonomy.Default(), nil, nil)
	const file = "店铺编号,状态,名称,类别,邮编,网址,周一,周二,周三,周四,周五,周六,周日\n" +
		"A1,已发布,余天成,药店,201600,https://example.org,08:30-20:00,08:30-20:00,08:30-20:00,08:30-20:00,08:30-20:00,08:30-20:00,x\n" +
		"A2,,余天成,药店,,,,,,,,,\n" +
		"A3,,草庐,食品店,2016,javascript:alert(1),,,,,,,\n"
	plan := func() *sheet.Plan {
		t.Helper()
		p, err := sheet.NewPlan(t.Context(), strings.NewReader(file), shops, names)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := plan()
	rep, err := p.Apply(t.Context(), access.System("test"), shops)
	if err != nil || rep.New != 2 || rep.Failed != 1 || len(rep.Rows) != 2 {
		t.Fatalf("%+v %v", rep, err)
	}
	for i, want := range []string{"邮编 error.postcode", "网址 error.url"} {
		if got := rep.Rows[i].Column + " " + rep.Rows[i].Key; got != want {
			t.Errorf("problem %q, want %q", got, want)
		}
	}
	one, err := shops.ByCode(t.Context(), "A1")
	if err != nil || one.Slug != "yu-tian-cheng" || one.State != listing.Published || len(one.Hours.Week[6]) != 0 || !one.Hours.Known {
		t.Errorf("%+v %v", one, err)
	}
	two, err := shops.ByCode(t.Context(), "A2")
	if err != nil || two.Slug != "yu-tian-cheng-a2" || two.State != listing.Draft {
		t.Errorf("%+v %v", two, err)
	}
	if again := plan(); again.Report.Unchanged != 2 || again.Report.New+again.Report.Changed != 0 {
		t.Errorf("again: %+v", again.Report)
	}
	var b bytes.Buffer
	var both iter.Seq2[listing.Listing, error] = func(yield func(listing.Listing, error) bool) { _ = yield(one, nil) && yield(two, nil) }
	if err := sheet.Export(t.Context(), &b, sheet.CSV, both, names); err != nil {
		t.Fatal(err)
	}
	if back, err := sheet.NewPlan(t.Context(), &b, shops, names); err != nil || back.Report.Unchanged != 2 {
		t.Errorf("%+v %v", back, err)
	}
}
