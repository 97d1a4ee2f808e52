package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Restored says what a restore did.
type Restored struct {
	Pictures int    `json:"pictures"` // written
	Rows     int64  `json:"rows"`     // 0 of a dump
	Kept     string `json:"kept"`     // where the store that was there lies now; "": there was none
}

// Identity reads the private key that locked sets are opened with, as age-keygen wrote it: fault.Invalid.
func Identity(file io.Reader) (age.Identity, error) {
	ids, err := age.ParseIdentities(file)
	if err != nil {
		return nil, invalid("the file holds no private key of age: %w", err)
	}
	return ids[0], nil
}

// Verify compares every file of the set with the manifest: fault.Unavailable names the first that is missing or different.
func (s Set) Verify(ctx context.Context) error {
	if err := same(ctx, s.store(), s.Manifest.Store); err != nil {
		return err
	}
	for _, p := range s.Manifest.Pictures {
		if err := same(ctx, s.picture(p), p.File); err != nil {
			return err
		}
	}
	return nil
}

func (s Set) store() string { return filepath.Join(s.Dir, s.Manifest.Store.Name) }

func (s Set) picture(p Picture) string {
	return filepath.Join(filepath.Dir(s.Dir), Pictures, filepath.FromSlash(p.Name))
}

// Restore puts the set in the place of the store at uri, which no server may have open, and its pictures into blobs. Everything is
// verified before anything is written; the store that was there stays beside the new one, and pictures that are there stay as well.
// id opens a locked set and is nil for others. The dump of a set of MongoDB goes to dump, for mongorestore; it is nil for SQLite.
//
// fault.Invalid: the set is locked and there is no key for it, or is of the other engine; fault.Unavailable: something in it is missing, changed or newer than this
// program, or the store is in use. After an error the store is as it was.
func (s Set) Restore(ctx context.Context, uri string, blobs *media.Blobs, id age.Identity, dump io.Writer) (Restored, error) {
	var out Restored
	if s.Manifest.Locked && id == nil {
		return out, invalid("the set is locked: name the file with the private key, --identity FILE")
	}
	isDump := s.Manifest.Holds.Rows == nil
	switch {
	case isDump == strings.HasPrefix(uri, "file:"):
		return out, invalid("the set is of the other engine: one of SQLite goes into a file, one of MongoDB into MongoDB")
	case isDump && dump == nil:
		return out, invalid("MongoDB is written by mongorestore: scripts/restore does both, or give --dump")
	}
	if err := s.Verify(ctx); err != nil {
		return out, err
	}
	for _, p := range s.Manifest.Pictures {
		wrote, err := s.pictureBack(ctx, p, blobs, id)
		if err != nil {
			return out, err
		}
		if wrote {
			out.Pictures++
		}
	}
	if isDump {
		return out, unlock(ctx, dump, s.store(), id)
	}
	kept, err := store.Install(ctx, uri, func(w io.Writer) error { return unlock(ctx, w, s.store(), id) })
	out.Kept, out.Rows = kept, s.Manifest.Rows()
	return out, err
}

// pictureBack writes a picture that is not there.
func (s Set) pictureBack(ctx context.Context, p Picture, blobs *media.Blobs, id age.Identity) (bool, error) {
	switch _, err := blobs.Get(ctx, p.Key); {
	case err == nil:
		return false, nil
	case !fault.Is(err, fault.NotFound):
		return false, err
	}
	var data bytes.Buffer
	if err := unlock(ctx, &data, s.picture(p), id); err != nil {
		return false, err
	}
	return true, blobs.Put(ctx, p.Key, data.Bytes())
}

// unlock copies a file, opened with id when it is locked.
func unlock(ctx context.Context, w io.Writer, path string, id age.Identity) error {
	f, err := os.Open(path) // #nosec G304 -- in the folder of backups
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = f.Close() }()
	r := check(ctx, f)
	if filepath.Ext(path) == ".age" {
		if r, err = age.Decrypt(r, id); err != nil {
			return invalid("%s does not open with this key: %w", path, err)
		}
	}
	if _, err := io.Copy(w, r); err != nil {
		return unavailable(fmt.Errorf("%s: %w", path, err))
	}
	return nil
}
