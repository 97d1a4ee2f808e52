package assembly

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
)

func in(plaza string) access.Thing {
	return access.Thing{Kind: "listing", ListingID: "l1", MerchantID: "somebody else", PlazaID: plaza}
}

func TestWhoLooksAfterABuilding(t *testing.T) {
	b, ctx := opened(t), t.Context()
	d := details("中山物业", "")
	d.Kind, d.Visibility, d.Serves, d.Duties = Property, Station, []string{"p1", "p1", "", "p2"}, " 公共烟道、垃圾房 "
	o := must(b, func() (Organisation, error) { return b.Add(ctx, liaison, d) })
	silent := details("没电话的", "")
	silent.Desk, silent.Serves = Desk{}, []string{"p1"}
	must(b, func() (Organisation, error) { return b.Add(ctx, liaison, silent) })

	list, err := b.Serving(ctx, coordinator, in("p1"), "")
	if err != nil || len(list) != 1 || list[0].Name.Hans != "中山物业" || list[0].For != "公共烟道、垃圾房" || list[0].Desk.Phone == "" {
		t.Errorf("who looks after it: %v %v", list, err)
	}
	if list, err = b.Serving(ctx, coordinator, in("p3"), ""); err != nil || len(list) != 0 {
		t.Errorf("another building: %v %v", list, err)
	}
	if list, err = b.Serving(ctx, coordinator, in(""), ""); err != nil || len(list) != 0 {
		t.Errorf("a shop in no building: %v %v", list, err)
	}
	if list, err = b.Serving(ctx, coordinator, in(""), "p2"); err != nil || len(list) != 1 {
		t.Errorf("along a street: %v %v", list, err)
	}
	if list, err = b.Serving(ctx, coordinator, in("p1"), "p2"); err != nil || len(list) != 1 {
		t.Errorf("in the plaza and at the street, told twice: %v %v", list, err)
	}
	_, err = b.Serving(ctx, owner, in("p1"), "")
	b.refused("another's shop", err, fault.NotFound)
	seat := access.Actor{AccountID: "staff", Seats: []access.Seat{{MerchantID: "m9", Role: access.Staff, ListingIDs: []string{"l9"}}}}
	own := access.Thing{Kind: "listing", ListingID: "l9", MerchantID: "m9", PlazaID: "p1"}
	if list, err = b.Serving(ctx, seat, own, ""); err != nil || len(list) != 1 {
		t.Errorf("who works in a shop there: %v %v", list, err)
	}
	_, err = b.Serving(ctx, liaison, in("p1"), "")
	b.refused("the liaison has no reports to send on", err, fault.NotFound)

	d.Duties = string(make([]rune, MaxName+1))
	d.Serves = make([]string, mostServed+1)
	for i := range d.Serves {
		d.Serves[i] = string(rune('a' + i))
	}
	_, err = b.Edit(ctx, liaison, o.ID, o.Rev, d)
	b.refused("more than an organisation can look after", err, fault.Invalid)
	must(b, func() (Organisation, error) { return b.Leave(ctx, liaison, o.ID, o.Rev, true) })
	if list, err = b.Serving(ctx, coordinator, in("p1"), ""); err != nil || len(list) != 0 {
		t.Errorf("after the seat ended: %v %v", list, err)
	}
}
