package insight_test

import (
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/insight"
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

// Who says that a shop is missing is heard at once, once a day for each shop, without a word of who it was.
func TestWant(t *testing.T) {
	b := open(t)
	by := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	want := func(what string, v insight.Visitor) {
		t.Helper()
		if err := b.Want(t.Context(), what, v); err != nil {
			t.Errorf("%q: %v", what, err)
		}
	}
	want("修手表", b.visitor(1))
	want(" 修手錶", b.visitor(1)) // the same, in other letters
	want("修手表", b.visitor(2))
	want("修手表", 0) // programs and browsers that say little are one together
	want("修手表", 0)
	want("配钥匙", b.visitor(1))
	for i := range 3 {
		b.Missed("修手表", b.visitor(i))
	}
	b.flush(t)
	for _, what := range []string{"", "  ", "13800000088", "a@example.com", "我想在中山中路这里开一家很大很大的修手表的店铺", "123456"} {
		if err := b.Want(t.Context(), what, b.visitor(3)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", what, err)
		}
	}
	check := func(when string, want ...insight.MissedWord) {
		t.Helper()
		got, err := b.MissedWords(t.Context(), by)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v %v, want %+v", when, got, err, want)
		}
	}
	const week = "2026-10-12"
	check("that day", insight.MissedWord{Word: insight.Word{Text: "修手表", Visitors: 3}, Wanted: 3, Last: week}, insight.MissedWord{Word: insight.Word{Text: "配钥匙"}, Wanted: 1, Last: week})
	b.pass(24 * time.Hour)
	b.flush(t)
	want("配钥匙", b.visitor(1))
	check("the next day", insight.MissedWord{Word: insight.Word{Text: "修手表", Visitors: 3}, Wanted: 3, Last: week}, insight.MissedWord{Word: insight.Word{Text: "配钥匙"}, Wanted: 2, Last: week})
	b.pass(8 * 7 * 24 * time.Hour)
	check("after eight weeks")
}
