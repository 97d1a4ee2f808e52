package listing_test

import (
	"testing"

	"shangquan/services/fault"
	"shangquan/services/listing"
)

func TestPriceLevel(t *testing.T) {
	for spend, want := range map[int]int{0: 0, 1: 1, 30: 1, 31: 2, 80: 2, 81: 3, 200: 3, 201: 4, 5000: 4} {
		if got := (&listing.Listing{Spend: spend}).PriceLevel(); got != want {
			t.Errorf("%d yuan are level %d, want %d", spend, got, want)
		}
	}
}

// What people spend is public at once, whoever of the shop says it; a number that cannot be is refused.
func TestSpendIsLive(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	l, err := b.Edit(t.Context(), staff, l.ID, l.Rev, patch(t, "spend", 45))
	if err != nil || l.Spend != 45 || l.Proposal != nil {
		t.Fatalf("%d %v", l.Spend, err)
	}
	for _, bad := range []any{-1, 1_000_000, 4.5, "45"} {
		if _, err := b.Edit(t.Context(), staff, l.ID, l.Rev, patch(t, "spend", bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
