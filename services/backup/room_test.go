package backup

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// A disk that is nearly full refuses the set, and nothing of it stays.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), "file:"+filepath.Join(dir, "site.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	blobs, err := media.OpenBlobs("file:" + filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	keys, _ := secret.New(secret.Random())
	folder := filepath.Join(dir, "backups")
	s, err := New(db, blobs, audit.New(db, keys, time.Now), keys, Settings{Folder: folder}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.free = func(string) (uint64, bool) { return spare, true }
	if _, err := s.Make(t.Context(), nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Make on a full disk = %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 || left[0].Name() != ".lock" {
		t.Errorf("left behind: %v %v", left, err)
	}
}
