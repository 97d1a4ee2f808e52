package merchant_test

import (
	"slices"
	"testing"

	"shangquan/services/access"
)

// A merge lets members who are limited to the page that was given up reach the other one; taken back, they reach what they did before,
// and whoever had it anyway, or was given it since, keeps it.
func TestSeatsOfMergedPages(t *testing.T) {
	b := open(t)
	m := b.create(t, "owner", "甲", codeA, "s1", "s2", "s3")
	owner := b.person(t, "owner")
	b.join(t, owner, m.ID, "limited", access.Staff, "s1")
	b.join(t, owner, m.ID, "both", access.Staff, "s1", "s2")
	b.join(t, owner, m.ID, "given", access.Staff, "s1")
	b.join(t, owner, m.ID, "other", access.Staff, "s3")
	by := access.System("test")
	reach := func(want map[string][]string) {
		t.Helper()
		for who, ids := range want {
			if s := b.person(t, who).Seats; len(s) != 1 || !slices.Equal(s[0].ListingIDs, ids) {
				t.Errorf("%s reaches %v, want %v", who, s, ids)
			}
		}
	}
	for range 2 { // again after a crash
		if err := b.Reseat(t.Context(), by, access.RegisterMerge, m.ID, "s1", "s2"); err != nil {
			t.Fatal(err)
		}
		reach(map[string][]string{"limited": {"s1", "s2"}, "both": {"s1", "s2"}, "given": {"s1", "s2"}, "other": {"s3"}})
	}
	if _, err := b.SetRole(t.Context(), sudo(owner), m.ID, 0, "given", access.Staff, []string{"s1", "s2"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Unseat(t.Context(), by, access.RegisterMerge, m.ID, "s1", "s2"); err != nil {
			t.Fatal(err)
		}
		reach(map[string][]string{"limited": {"s1"}, "both": {"s1", "s2"}, "given": {"s1", "s2"}, "other": {"s3"}})
	}
}
