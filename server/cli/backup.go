package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"filippo.io/age"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/backup"
	"shangquan/services/freeze"
	"shangquan/services/media"
)

// keepCopies puts on d what makes backups, when there is a folder for them.
func (d *district) keepCopies(c config.Config, blobs *media.Blobs) (err error) {
	if c.Backups == "" {
		return nil
	}
	d.copies = strings.HasPrefix(c.Store.Reveal(), "file:")
	d.backup, err = backup.New(d.db, blobs, d.trail, d.keys, backup.Settings{Folder: c.Backups, Program: programVersion(), To: c.BackupRecipient}, d.now)
	return err
}

var errNoFolder = errors.New("SHANGQUAN_BACKUPS names no folder for backups")

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

// backUp is the job of every day.
func (d *district) backUp(ctx context.Context) (int, error) {
	_, _, err := d.makeBackup(ctx, access.System("schedule"), nil)
	return -1, err
}

// makeBackup makes a set, says so on the trail, and deletes those that need not be kept.
func (d *district) makeBackup(ctx context.Context, by access.Actor, dump io.Reader) (set backup.Set, gone int, err error) {
	if set, err = d.backup.Make(ctx, dump); err != nil {
		return set, 0, err
	}
	err = d.trail.Event(ctx, by, audit.Event{Action: access.SiteBackup, Object: audit.Ref{Kind: freeze.Kind, ID: freeze.Kind}, Why: filepath.Base(set.Dir), Result: "ok"})
	if err != nil {
		return set, 0, err
	}
	gone, err = d.backup.Prune(ctx)
	return set, gone, err
}

// backup makes a set and deletes old ones.
func (p program) backup(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		if d.backup == nil {
			return errNoFolder
		}
		dump, end, err := p.input(o.dump)
		if err != nil {
			return err
		}
		defer end()
		switch {
		case d.copies && dump != nil:
			return errors.New("--dump is for MongoDB; an SQLite store is copied by the program itself")
		case !d.copies && dump == nil:
			return errors.New("MongoDB is copied with mongodump: scripts/backup does both, or give --dump")
		}
		began := time.Now()
		set, gone, err := d.makeBackup(ctx, operator(), dump)
		if err != nil {
			return err
		}
		if o.json {
			return p.writeJSON(set)
		}
		_, err = fmt.Fprintf(p.Out, "%s: %d documents, %d pictures, %.1f MB, in %.1f s; %d old sets deleted\n",
			set.Dir, set.Manifest.Rows(), len(set.Manifest.Pictures), float64(set.Manifest.Bytes())/1e6, time.Since(began).Seconds(), gone)
		return err
	})
}

// dumpTo opens what mongorestore will read; nil when none is named.
func (p program) dumpTo(o *options) (io.Writer, func() error, error) {
	switch o.dump {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return p.Out, func() error { return nil }, nil
	}
	f, err := os.OpenFile(o.dump, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

// input opens a file, or the standard input; nil when none is named.
func (p program) input(name string) (io.Reader, func(), error) {
	switch name {
	case "":
		return nil, func() {}, nil
	case "-":
		return p.In, func() {}, nil
	}
	f, err := os.Open(name) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil
}

// restore puts a set back and looks at what is there then.
func (p program) restore(ctx context.Context, o *options) error {
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		return err
	}
	dir, err := chosen(c, o.args[0])
	if err != nil {
		return err
	}
	keys, err := ring(c)
	if err != nil {
		return err
	}
	set, err := backup.Open(dir, keys)
	if err != nil {
		return err
	}
	if o.prove {
		return p.prove(ctx, o, set)
	}
	var id age.Identity
	if o.identity != "" {
		file, end, err := p.input(o.identity)
		if err != nil {
			return err
		}
		defer end()
		if id, err = backup.Identity(file); err != nil {
			return fmt.Errorf("%s: %w", o.identity, err)
		}
	}
	blobs, err := media.OpenBlobs(c.Media.Reveal())
	if err != nil {
		return err
	}
	dump, end, err := p.dumpTo(o)
	if err != nil {
		return errors.Join(err, blobs.Close())
	}
	did, err := set.Restore(ctx, c.Store.Reveal(), blobs, id, dump)
	if err = errors.Join(err, end(), blobs.Close()); err != nil {
		return err
	}
	if dump != nil {
		_, err := fmt.Fprintf(p.Err, "%d pictures are back; after mongorestore: shangquan restore %s --prove\n", did.Pictures, o.args[0])
		return err
	}
	if err := p.prove(ctx, o, set); err != nil {
		if did.Kept != "" {
			err = fmt.Errorf("%w; the store that was there is %s", err, did.Kept)
		}
		return err
	}
	if o.json {
		return p.writeJSON(did)
	}
	_, err = fmt.Fprintf(p.Out, "%s is back: %d documents, %d pictures written; the trail and the content are as they were written\n", set.Dir, did.Rows, did.Pictures)
	if err == nil && did.Kept != "" {
		_, err = fmt.Fprintf(p.Out, "the store that was there is %s; delete it when nobody misses anything\n", did.Kept)
	}
	return err
}

// chosen is the folder of the set that a command names.
func chosen(c config.Config, name string) (string, error) {
	if strings.ContainsRune(name, os.PathSeparator) {
		return filepath.Clean(name), nil
	}
	if c.Backups == "" {
		return "", errNoFolder
	}
	if name != "latest" {
		return filepath.Join(c.Backups, name), nil
	}
	sets, err := backup.List(c.Backups)
	if err == nil && len(sets) == 0 {
		err = fmt.Errorf("there is no backup in %s", c.Backups)
	}
	if err != nil {
		return "", err
	}
	return sets[0].Dir, nil
}

// prove verifies what a restore left, puts the restore on the trail and signs everybody out.
func (p program) prove(ctx context.Context, o *options, set backup.Set) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		if _, err := d.trail.CatchUp(ctx); err != nil {
			return err
		}
		r, err := d.trail.Verify(ctx, set.Manifest.Trail)
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			return err
		}
		whole, err := d.integrity.Verify(ctx)
		if err == nil {
			err = whole.Err()
		}
		if err != nil {
			return err
		}
		if d.anchors != "" {
			a := set.Manifest.Trail
			a.At, a.Restored = d.now().UTC(), true
			if err := audit.AddAnchor(d.anchors, a); err != nil {
				return err
			}
		}
		return d.frozen.Restored(ctx, operator(), "backup of "+set.Manifest.Made.Format(time.RFC3339))
	})
}
