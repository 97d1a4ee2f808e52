package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"shangquan/services/audit"
	"shangquan/services/disk"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// New returns the service that makes sets of db and blobs: fault.Invalid when the recipient is none.
func New(db store.DB, blobs *media.Blobs, trail *audit.Log, keys *secret.Ring, set Settings, now func() time.Time) (*Service, error) {
	s := &Service{db: db, blobs: blobs, trail: trail, keys: keys, folder: set.Folder, program: set.Program, now: now, free: disk.Free}
	if set.To != "" {
		to, err := ParseRecipient(set.To)
		if err != nil {
			return nil, err
		}
		s.to = to
	}
	return s, nil
}

// spare is how many bytes stay free on the disk of the backups.
const spare = 256 << 20

// alone waits until no other process makes or deletes sets in the folder: deleting would take the pictures of a set that is not signed
// yet. It clears away what one that was killed left behind, and returns what lets others in.
func (s *Service) alone(ctx context.Context) (func(), error) {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return nil, unavailable(err)
	}
	lock := flock.New(filepath.Join(s.folder, ".lock"))
	if ok, err := lock.TryLockContext(ctx, 100*time.Millisecond); !ok {
		return nil, unavailable(err)
	}
	left, err := filepath.Glob(filepath.Join(s.folder, "*.part"))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	if err != nil {
		return nil, unavailable(errors.Join(err, lock.Unlock()))
	}
	return func() { _ = lock.Unlock() }, nil
}

// Make makes a set and reads back what it wrote. dump is what mongodump --archive writes, nil for SQLite, which is copied as it is at
// one moment while others write. The set appears under its name only when it is whole. fault.Unavailable: the disk is full or cannot be
// written, a picture cannot be read; fault.Invalid on a store that needs a dump.
func (s *Service) Make(ctx context.Context, dump io.Reader) (Set, error) {
	open, err := s.alone(ctx)
	if err != nil {
		return Set{}, err
	}
	defer open()
	at := s.now().UTC().Truncate(time.Second)
	set := Set{Dir: filepath.Join(s.folder, at.Format(stampLayout)), Manifest: Manifest{Format: format, Made: at, Program: s.program, Locked: s.to != nil}}
	if _, err := os.Lstat(set.Dir); err == nil {
		return set, invalid("there is a set of this second already: %s", set.Dir)
	}
	part := set.Dir + ".part"
	if err := os.MkdirAll(part, 0o700); err != nil {
		return set, unavailable(err)
	}
	defer func() { _ = os.RemoveAll(part) }()
	m := &set.Manifest
	if m.Trail, err = s.trail.Anchor(ctx); err != nil {
		return set, err
	}
	had, last := s.copied()
	if err := s.room(2 * last); err != nil { // one copy as it is, and one that is locked
		return set, err
	}
	// The pictures come before and after the documents: whatever a document of the copy refers to was there at one of the two times.
	if err := s.pictures(ctx, had); err != nil {
		return set, err
	}
	if m.Store, m.Holds, err = s.documents(ctx, part, dump); err != nil {
		return set, err
	}
	if err := s.pictures(ctx, had); err != nil {
		return set, err
	}
	for _, p := range had {
		if !p.old {
			m.Pictures = append(m.Pictures, p.Picture)
		}
	}
	slices.SortFunc(m.Pictures, func(a, b Picture) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) })
	if err := s.sign(part, m); err != nil {
		return set, err
	}
	if err := os.Rename(part, set.Dir); err != nil {
		return set, unavailable(err)
	}
	return set, s.settle(s.folder)
}

// sign writes the manifest.
func (s *Service) sign(dir string, m *Manifest) error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return unavailable(err)
	}
	for name, data := range map[string][]byte{manifestName: raw, macName: []byte(hex.EncodeToString(s.keys.MAC(macPurpose, raw)))} {
		if err := s.put(filepath.Join(dir, name), data); err != nil {
			return unavailable(err)
		}
	}
	return s.settle(dir)
}

// seen is a picture that lies in the folder of pictures.
type seen struct {
	Picture
	old bool // of an earlier set; the store of pictures has not named it yet
}

// copied returns the pictures of the newest set that are still there, and how large its documents are. Where sets cannot be read all
// pictures are copied anew: a damaged set is no reason to make none.
func (s *Service) copied() (map[string]*seen, int64) {
	out := map[string]*seen{}
	sets, err := List(s.folder)
	if err != nil || len(sets) == 0 {
		return out, 0
	}
	size := sets[0].Manifest.Store.Size
	if sets[0].Manifest.Locked != (s.to != nil) {
		return out, size
	}
	for _, p := range sets[0].Manifest.Pictures {
		if info, err := os.Stat(filepath.Join(s.folder, Pictures, p.Name)); err == nil && info.Size() == p.Size {
			out[p.Key] = &seen{p, true}
		}
	}
	return out, size
}

// pictures copies those that have not been copied.
func (s *Service) pictures(ctx context.Context, had map[string]*seen) error {
	for b, err := range s.blobs.Each(ctx) {
		if err != nil {
			return err
		}
		if p := had[b.Key]; p != nil {
			p.old = false
			continue
		}
		data, err := s.blobs.Get(ctx, b.Key)
		if fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed, or what a write that broke off left
		}
		if err != nil {
			return err
		}
		if err := s.room(int64(len(data))); err != nil {
			return err
		}
		name := filepath.FromSlash(locked(b.Key, s.to != nil))
		path := filepath.Join(s.folder, Pictures, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return unavailable(err)
		}
		f, err := s.write(ctx, path, bytes.NewReader(data))
		if err != nil {
			return err
		}
		f.Name = filepath.ToSlash(name)
		had[b.Key] = &seen{Picture: Picture{b.Key, f}}
	}
	return nil
}

// documents copies the store.
func (s *Service) documents(ctx context.Context, dir string, dump io.Reader) (File, store.Copy, error) {
	var holds store.Copy
	name := "store.dump"
	if dump == nil {
		name = "store.db"
		plain := filepath.Join(dir, "plain.db")
		defer func() { _ = os.Remove(plain) }()
		if err := s.db.Backup(ctx, plain); err != nil {
			return File{}, holds, err
		}
		var err error
		if holds, err = store.ReadCopy(ctx, plain); err != nil {
			return File{}, holds, err
		}
		f, err := os.Open(plain) // #nosec G304 -- was made here
		if err != nil {
			return File{}, holds, unavailable(err)
		}
		defer func() { _ = f.Close() }()
		if info, err := f.Stat(); err != nil {
			return File{}, holds, unavailable(err)
		} else if err := s.room(info.Size()); err != nil {
			return File{}, holds, err
		}
		dump = f
	}
	name = locked(name, s.to != nil)
	f, err := s.write(ctx, filepath.Join(dir, name), dump)
	f.Name = name
	if err == nil && f.Size == 0 {
		err = invalid("the dump is empty")
	}
	return f, holds, err
}

// room refuses what would fill the disk.
func (s *Service) room(size int64) error {
	if left, known := s.free(s.folder); known && left < uint64(size)+spare { // #nosec G115 -- a size
		return unavailable(fmt.Errorf("%s has %d MB left, too few for this backup: free some, or take a larger disk", s.folder, left>>20))
	}
	return nil
}

// write writes a file, locked when there is a recipient, brings it to the disk, and compares what is read back.
func (s *Service) write(ctx context.Context, path string, from io.Reader) (File, error) {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // #nosec G304 -- in the folder of backups
	if err != nil {
		return File{}, unavailable(err)
	}
	defer func() { _ = os.Remove(part) }()
	sum := sha256.New()
	n := &counter{}
	w, err := seal(io.MultiWriter(f, sum, n), s.to)
	if err == nil {
		_, err = io.Copy(w, check(ctx, from))
		err = errors.Join(err, w.Close())
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return File{}, unavailable(err)
	}
	out := File{Size: n.n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	if err := same(ctx, part, out); err != nil {
		return File{}, err
	}
	if err := os.Rename(part, path); err != nil {
		return File{}, unavailable(err)
	}
	return out, s.settle(filepath.Dir(path))
}

func (s *Service) put(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // #nosec G304 -- in the folder of backups
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func (s *Service) settle(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- the folder of backups
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// same compares a file with what its manifest says: fault.Unavailable.
func same(ctx context.Context, path string, want File) error {
	f, err := os.Open(path) // #nosec G304 -- in the folder of backups
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, check(ctx, f))
	if err != nil {
		return unavailable(err)
	}
	if n != want.Size || hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
		return unavailable(fmt.Errorf("%s is not what was written: the disk or somebody changed it", path))
	}
	return nil
}
