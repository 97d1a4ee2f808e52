package insight_test

import (
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// What was searched and not found is written once three people missed it on one day, without who they were, and forgotten after eight
// weeks.
func TestMissed(t *testing.T) {
	b := open(t)
	by := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	words := func() map[string]int {
		t.Helper()
		b.flush(t)
		list, err := b.MissedWords(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for _, w := range list {
			out[w.Text] = w.Visitors
		}
		return out
	}
	for i := range 2 {
		b.Missed("修手表", b.visitor(i))
		b.Missed("修手表", b.visitor(i)) // once a day
		b.Missed("13800000088", b.visitor(i))
	}
	if got := words(); len(got) != 0 {
		t.Errorf("two people: %v", got)
	}
	b.Missed("修手表", 0)
	b.Missed(" 修手錶", b.visitor(2))
	for i := range 5 {
		b.Missed("13800000088", b.visitor(i))
		b.Missed("王小明 住 在 中山中路 七百 号 的 那个 人 是 谁 啊 他 在 吗", b.visitor(i))
	}
	got := words()
	if len(got) != 1 {
		t.Fatalf("want one word and no number of a telephone: %v", got)
	}
	for w, n := range got {
		if n != 3 {
			t.Errorf("%s: %d visitors, want 3", w, n)
		}
	}
	for name, other := range map[string]access.Actor{"nobody": {}, "an owner": {AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}} {
		if _, err := b.MissedWords(t.Context(), other); err == nil || fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.pass(7 * 7 * 24 * time.Hour)
	if got := words(); len(got) != 1 {
		t.Errorf("after seven weeks: %v", got)
	}
	b.pass(7 * 24 * time.Hour)
	if got := words(); len(got) != 0 {
		t.Errorf("after eight weeks: %v", got)
	}
	if _, err := b.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
}
