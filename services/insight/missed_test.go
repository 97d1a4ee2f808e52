package insight_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/insight"
	"shangquan/services/store"
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
	kept := func() []string {
		t.Helper()
		if _, err := b.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		out := []string{}
		weeks := store.NewCollection[struct {
			store.Meta
			Monday string `json:"monday"`
		}](b.db, "insight_missed", store.Index("monday"))
		for w, err := range weeks.Each(t.Context(), store.All()) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, w.ID)
		}
		return out
	}
	b.pass(7 * 7 * 24 * time.Hour)
	if got := words(); len(got) != 1 || len(kept()) != 1 {
		t.Errorf("after seven weeks: %v, kept %v", got, kept())
	}
	b.pass(7 * 24 * time.Hour)
	if got := words(); len(got) != 0 || len(kept()) != 0 {
		t.Errorf("after eight weeks: %v, kept %v", got, kept())
	}
}

// A week full of what one person each told keeps room for the next, who was thanked for it; what several want stays.
func TestWantIsHeard(t *testing.T) {
	b := open(t)
	by := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	want := func(what string, n int) {
		t.Helper()
		if err := b.Want(t.Context(), what, b.visitor(n)); err != nil {
			t.Errorf("%q: %v", what, err)
		}
	}
	list := func() []string {
		t.Helper()
		got, err := b.MissedWords(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, x := range got {
			out = append(out, x.Text)
		}
		return out
	}
	want("修鞋", 1)
	want("修鞋", 2)
	for i := range 300 {
		want(fmt.Sprintf("a %c%c", 'a'+i/26, 'a'+i%26), 3)
	}
	want("裁缝", 4)
	if got := list(); len(got) != 200 || got[0] != "修鞋" || !slices.Contains(got, "裁缝") || slices.Contains(got, "a aa") {
		t.Errorf("%d: %v", len(got), got)
	}
	for i := range 250 { // a week in which everything is wanted twice
		for n := range 2 {
			want(fmt.Sprintf("b %c%c", 'a'+i/26, 'a'+i%26), 10+n)
		}
	}
	want("配钥匙", 5)
	if got := list(); len(got) != 200 || !slices.Contains(got, "配钥匙") {
		t.Errorf("%d: %v", len(got), got)
	}
	b.pass(7 * 24 * time.Hour)
	b.flush(t)
	want("菜场", 6)
	for i := range 250 { // and what is searched for takes nobody's place
		for n := range 4 {
			b.Missed(fmt.Sprintf("c %c%c", 'a'+i/26, 'a'+i%26), b.visitor(20+n))
		}
	}
	b.flush(t)
	if got := list(); len(got) != 400 || !slices.Contains(got, "c aa") {
		t.Errorf("%d: %v", len(got), got)
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
