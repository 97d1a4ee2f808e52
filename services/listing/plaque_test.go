package listing_test

import (
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// A plaque is shown with the leave of the owner and of nobody else, and goes with one press, also when the shop goes to somebody else.
func TestPlaque(t *testing.T) {
	b, ctx := open(t), t.Context()
	l := b.claimed(t, "A1", listing.Published)
	for name, by := range everybody {
		if name == "owner" {
			continue
		}
		if _, err := b.SetPlaque(ctx, by, l.ID, 0, "文明示范岗", "", true); err == nil {
			t.Errorf("%s puts up a plaque", name)
		}
		if _, err := b.DropPlaque(ctx, by, l.ID); err == nil {
			t.Errorf("%s takes a plaque away", name)
		}
	}
	for what, c := range map[string]struct {
		text, issuer string
		agreed       bool
	}{
		"agree": {"文明示范岗", "", false}, "text": {" ", "", true}, "too long": {strings.Repeat("长", listing.MaxPlaque+1), "", true}, "issuer": {"示范岗", strings.Repeat("长", listing.MaxIssuer+1), true},
	} {
		if _, err := b.SetPlaque(ctx, owner, l.ID, l.Rev, c.text, c.issuer, c.agreed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.SetPlaque(ctx, owner, l.ID, l.Rev+1, "文明示范岗", "", true); !fault.Is(err, fault.Conflict) {
		t.Errorf("over what nobody saw: %v", err)
	}
	l, err := b.SetPlaque(ctx, owner, l.ID, l.Rev, " 文明示范岗 ", "区文明办", true)
	if err != nil || l.Plaque == nil || l.Plaque.Text != "文明示范岗" || l.Plaque.Consent.AccountID != "owner" || l.Plaque.Consent.Words != listing.PlaqueWords || l.Plaque.Consent.At.IsZero() {
		t.Fatalf("%+v %v", l.Plaque, err)
	}
	shown := l.ForPublic()
	if shown.Plaque == nil || shown.Plaque.Text != "文明示范岗" || shown.Plaque.Consent != (listing.PlaqueConsent{}) || l.Plaque.Consent.AccountID == "" {
		t.Errorf("the public reads %+v, the owner %+v", shown.Plaque, l.Plaque)
	}
	if l, err = b.DropPlaque(ctx, owner, l.ID); err != nil || l.Plaque != nil {
		t.Fatalf("%+v %v", l.Plaque, err)
	}
	if again, err := b.DropPlaque(ctx, owner, l.ID); err != nil || again.Rev != l.Rev {
		t.Errorf("taken back twice: %v, revision %d", err, again.Rev)
	}
	if l, err = b.SetPlaque(ctx, owner, l.ID, l.Rev, "文明示范岗", "", true); err != nil {
		t.Fatal(err)
	}
	if l, err = b.Assign(ctx, machine, access.MerchantDecide, l.ID, "m", "other", ""); err != nil || l.Plaque != nil {
		t.Errorf("the next owner never agreed to %+v: %v", l.Plaque, err)
	}
	free := b.enter(t, shop("B1", "没有店主", listing.Published))
	if _, err := b.SetPlaque(ctx, coordinator, free.ID, free.Rev, "示范岗", "", true); err == nil {
		t.Error("a plaque where nobody could take it back")
	}
}
