package webhook

import (
	"errors"
	"net/http"
	"testing"

	"shangquan/services/fault"
)

// The webhooks of a merchant that closes end, whatever they wait for: nothing is sent to them any more, and nobody wakes them again.
func TestAMerchantCloses(t *testing.T) {
	b := start(t)
	ctx := t.Context()
	_, active := b.make(t, owner, "m")
	_, waiting := b.make(t, owner, "m")
	_, broken := b.make(t, owner, "m")
	_, theirs := b.make(t, rival, "n")
	_, district := b.make(t, clerk, "")
	for _, h := range []Item{active, broken, theirs} {
		if err := b.Allow(ctx, admin, h.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.giveUp(ctx, broken.ID, "silent"); err != nil {
		t.Fatal(err)
	}
	b.shop(t, "A", "m")
	b.shop(t, "B", "n")
	if err := b.Shops(ctx, b.coll); err != nil { // queued, and not sent yet
		t.Fatal(err)
	}
	for range 2 { // repeated after a crash
		if err := errors.Join(b.MerchantCloses(ctx, clerk, "m"), b.MerchantCloses(ctx, clerk, "")); err != nil {
			t.Fatal(err)
		}
	}
	b.shop(t, "C", "m")
	b.settleAll(t)
	if got := b.types(t); len(got) != 4 { // B to its merchant; A, B and C to the district
		t.Errorf("sent %v", got)
	}
	if list := b.log(t, active.ID); len(list) != 1 || list[0].State != Given || len(list[0].Tries) != 0 {
		t.Errorf("what waited: %+v", list)
	}
	for _, h := range []Item{active, waiting, broken} {
		if got, err := b.Get(ctx, admin, h.ID); err != nil || got.State != Ended {
			t.Errorf("%s: %+v, %v", h.ID, got, err)
		}
		if err := errors.Join(b.Resume(ctx, admin, h.ID), b.Allow(ctx, admin, h.ID)); !fault.Is(err, fault.Conflict) {
			t.Errorf("awake again: %v", err)
		}
	}
	for _, h := range []Item{theirs, district} {
		if got, err := b.Get(ctx, admin, h.ID); err != nil || got.State != Active {
			t.Errorf("somebody else's: %+v, %v", got, err)
		}
	}
	if n, err := b.Tell(ctx); err != nil || n != 0 {
		t.Errorf("told of %d broken ones, %v", n, err)
	}
}

// A webhook that ends while its messages are being sent gets no further one.
func TestEndsInTheMiddle(t *testing.T) {
	b := start(t)
	_, h := b.make(t, owner, "m")
	if err := b.Allow(t.Context(), admin, h.ID); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.answer = func(_ http.ResponseWriter, r *http.Request) {
		if err := b.MerchantCloses(r.Context(), owner, "m"); err != nil {
			t.Error(err)
		}
	}
	b.mu.Unlock()
	b.shop(t, "A", "m")
	b.shop(t, "B", "m")
	b.settleAll(t)
	if n := len(b.calls()); n != 1 {
		t.Errorf("%d messages were sent", n)
	}
}
