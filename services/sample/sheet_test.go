package sample_test

import (
	"bytes"
	"testing"

	"shangquan/services/listing"
	"shangquan/services/sample"
	"shangquan/services/sheet"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// The whole district goes out as a table and comes back, into its own register and into an empty one.
func TestTheDistrictAsATable(t *testing.T) {
	db, to := opened(t)
	ctx := t.Context()
	counts, err := sample.Import(ctx, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	streets, err := to.Places.Streets(ctx)
	if err != nil {
		t.Fatal(err)
	}
	plazas, err := to.Places.Plazas(ctx)
	if err != nil {
		t.Fatal(err)
	}
	names := sheet.NewNames(taxonomy.Default(), streets, plazas)
	_, empty := opened(t)
	for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		var b bytes.Buffer
		if err := sheet.Export(ctx, &b, format, listing.Declare(db).Each(ctx, store.All().OrderBy("code", store.Asc)), names); err != nil {
			t.Fatal(err)
		}
		same, err := sheet.NewPlan(ctx, bytes.NewReader(b.Bytes()), to.Shops, names)
		if err != nil || same.Report.Unchanged != counts.Listings || same.Report.New+same.Report.Changed+same.Report.Failed != 0 {
			t.Errorf("%s over itself: %+v %v", format, same, err)
		}
		fresh, err := sheet.NewPlan(ctx, bytes.NewReader(b.Bytes()), empty.Shops, names)
		if err != nil || fresh.Report.New != counts.Listings || fresh.Report.Failed != 0 {
			t.Errorf("%s into an empty register: %+v %v", format, fresh, err)
		}
	}
}
