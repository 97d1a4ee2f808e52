package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// The file of anchors finds what the database alone cannot show: an end that was cut off, a trail that was put back to an earlier day, a
// trail that is gone.
func TestAnchorsFile(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "anchors")
	event := func(n int) {
		t.Helper()
		for range n {
			if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.log.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	add := func(restored bool) Anchor {
		t.Helper()
		a, err := w.log.Anchor(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a.Restored = restored
		if err := AddAnchor(path, a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	verify := func() Report {
		t.Helper()
		list, err := LoadAnchors(path)
		if err != nil {
			t.Fatal(err)
		}
		return w.verify(t, list...)
	}
	if list, err := LoadAnchors(path); err != nil || len(list) != 0 {
		t.Errorf("before there is a file: %v %v", list, err)
	}
	event(3)
	backup := add(false)
	event(3)
	add(false)
	if r := verify(); r.Broken != 0 || r.Entries != 6 {
		t.Fatalf("untouched: %+v", r)
	}
	cut := func(from int64) {
		t.Helper()
		for seq := from; ; seq++ {
			e, err := w.log.chain.Get(t.Context(), seqID(seq))
			if fault.Is(err, fault.NotFound) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.log.chain.Erase(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
	}
	cut(4) // the database as it was on the first day: whole in itself
	if r := w.verify(t); r.Broken != 0 {
		t.Fatalf("without anchors: %+v", r)
	}
	if r := verify(); r.Broken != 4 {
		t.Errorf("put back to an earlier day: %+v", r)
	}
	event(5) // and written on: the numbers are there again, with other entries
	if r := verify(); r.Broken != 6 {
		t.Errorf("written on: %+v", r)
	}
	backup.Restored = true
	if err := AddAnchor(path, backup); err != nil {
		t.Fatal(err)
	}
	if r := verify(); r.Broken != 0 {
		t.Errorf("a backup was put back by an operator: %+v", r)
	}
	add(false)
	cut(1)
	if r := verify(); r.Broken != 1 {
		t.Errorf("the whole trail is gone: %+v", r)
	}
	if raw, err := os.ReadFile(path); err != nil || strings.Count(string(raw), "\n") != 4 {
		t.Errorf("the file only grows, a line each: %q %v", raw, err)
	}
	if err := os.WriteFile(path, []byte(`{"seq":1,"ha`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAnchors(path); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "anchor 1") {
		t.Errorf("a torn file: %v", err)
	}
}
