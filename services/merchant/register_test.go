package merchant_test

import (
	"slices"
	"testing"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
	"shangquan/services/phone"
)

// The whole way with the real register: a claim, a call to a number on record, and the listing is the merchant's.
func TestAClaimInTheRegister(t *testing.T) {
	b := open(t)
	listings := listing.New(b.db, b.log, b.now)
	b.Shops = merchant.Register(listings)
	l := listing.Listing{
		Code: "A1", State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: "余天成堂药号"}},
		Phones: []phone.Number{{Kind: phone.Landline, Digits: "+862157721664"}},
	}
	if err := listings.Enter(t.Context(), access.System("import"), &l); err != nil {
		t.Fatal(err)
	}
	c := b.send(t, "a", l.ID)
	c, err := b.Check(t.Context(), first, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.CallBack, Number: "021-57721664"})
	want(t, err, "")
	_, err = b.Approve(t.Context(), second, c.ID, c.Rev)
	want(t, err, "")
	now, err := listings.Get(t.Context(), l.ID)
	s := b.person(t, "a").Seats
	if err != nil || len(s) != 1 || now.MerchantID != s[0].MerchantID || now.State != listing.Published {
		t.Fatalf("listing of %q, seats %+v, %v", now.MerchantID, s, err)
	}
	if !access.Can(b.person(t, "a"), access.ListingHours, now.Thing()) {
		t.Error("the owner may not set the hours")
	}
	if !slices.ContainsFunc(b.entries(t, listing.Kind, l.ID), func(e audit.Entry) bool {
		return e.Fact.Action == access.ClaimDecide && e.Fact.By.Account == "second"
	}) {
		t.Error("the trail of the listing does not say who gave it away")
	}
	_, err = b.SendClaim(t.Context(), b.person(t, "b"), form("none"))
	want(t, err, hiddenThing)
	x, err := b.Export(t.Context(), sudo(b.person(t, "a")), now.MerchantID)
	if err != nil || len(x.Shops) != 1 || x.Shops[0].Code != "A1" {
		t.Errorf("exported %+v, %v", x.Shops, err)
	}
	// A former owner's assignment does not go through any more.
	err = merchant.Register(listings).Assign(t.Context(), first, access.ClaimDecide, l.ID, "", "other")
	want(t, err, "conflict error.stale")
	want(t, b.GiveBack(t.Context(), sudo(b.person(t, "a")), l.ID), "")
	if now, _ = listings.Get(t.Context(), l.ID); now.MerchantID != "" {
		t.Error("not given back")
	}
}
