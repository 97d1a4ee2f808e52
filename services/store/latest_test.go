package store_test

import (
	"context"
	"errors"
	"testing"

	"shangquan/services/store"
)

func TestLatest(t *testing.T) {
	rev, reads := int64(1), 0
	var broken error
	l := store.NewLatest("first", func(context.Context) (int64, error) { return rev, nil }, func(_ context.Context, was string) (string, error) {
		reads++
		return was + "+", broken
	})
	if got := l.Now(); got != "first" {
		t.Errorf("before a look it is %q", got)
	}
	look := func(wantMark int64, want string, wantReads int) {
		t.Helper()
		mark, err := l.Look(t.Context())
		if err != nil || mark != wantMark || l.Now() != want || reads != wantReads {
			t.Errorf("mark %d, %q after %d reads (%v), want %d, %q, %d", mark, l.Now(), reads, err, wantMark, want, wantReads)
		}
	}
	look(1, "first+", 1)
	look(1, "first+", 1) // nothing changed: nothing is read
	rev = 2
	look(2, "first++", 2)
	rev, broken = 3, errors.New("the store is away")
	if _, err := l.Look(t.Context()); !errors.Is(err, broken) || l.Now() != "first++" {
		t.Errorf("what cannot be read leaves %q (%v)", l.Now(), err)
	}
	rev, broken = 1, nil // somebody who asked earlier comes late
	look(1, "first++", 3)
}
