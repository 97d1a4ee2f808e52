package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"shangquan/services/fault"
)

// What a killed process left is cleared away; a damaged set keeps no new one from being made, and nothing is deleted while it is there.
func TestAfterAccidents(t *testing.T) {
	s := newSite(t)
	s.picture(1)
	first := s.made()
	torn := filepath.Join(s.folder(), "20261129T031400Z.part")
	if err := os.MkdirAll(torn, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(first.Dir, "manifest.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := s.made()
	if len(second.Manifest.Pictures) != 1 {
		t.Errorf("%+v", second.Manifest)
	}
	if err := second.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(torn); !os.IsNotExist(err) {
		t.Errorf("a torn set stays: %v", err)
	}
	if n, err := s.service().Prune(t.Context()); n != 0 || !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), first.Dir) {
		t.Errorf("Prune beside a damaged set = %d %v", n, err)
	}
}

// Two at a time wait for each other: the one that deletes would take the pictures that the other has just copied.
func TestOneAtATime(t *testing.T) {
	s := newSite(t)
	s.made()
	hold := flock.New(filepath.Join(s.folder(), ".lock"))
	if err := hold.Lock(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := s.service().Make(ctx, nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Make beside another = %v", err)
	}
	if _, err := s.service().Prune(ctx); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Prune beside another = %v", err)
	}
	if err := hold.Unlock(); err != nil {
		t.Fatal(err)
	}
	s.made()
}
