package media

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// folder is the engine that keeps blobs as files, for their owner only; a key is the path below it.
type folder string

func openFolder(dir string) (*Blobs, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return &Blobs{engine: folder(dir), dir: dir}, nil
}

// path returns where a key lies. A key has no step upwards: its pattern says so.
func (f folder) path(key string) string { return filepath.Join(string(f), filepath.FromSlash(key)) }

// put writes a temporary file and gives it the name when all of it is on the disk. The folders above may be new, so their entries are
// brought there, too.
func (f folder) put(ctx context.Context, key, _ string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := f.temporary(key)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close(), ctx.Err()); err == nil {
		err = os.Rename(file.Name(), f.path(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	for dir := filepath.Dir(f.path(key)); ; dir = filepath.Dir(dir) {
		if err := settle(dir); err != nil {
			return errors.Join(err, os.Remove(f.path(key)))
		}
		if dir == string(f) {
			return nil
		}
	}
}

// temporary makes the file that a blob is written to. It lies beside the final name, so that renaming never crosses file systems, and
// has a name that tornPattern knows, so that Each finds what a crash leaves. CreateTemp gives it to its owner only.
func (f folder) temporary(key string) (*os.File, error) {
	name := f.path(key)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
}

// settle brings the names in a folder to the disk.
func settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) get(_ context.Context, key string) ([]byte, error) {
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, err
	}
	data, err := whole(file)
	return data, errors.Join(err, file.Close())
}

func (f folder) remove(_ context.Context, key string) error { return os.Remove(f.path(key)) }

// list passes over what is deleted meanwhile, and folders: no blob is one.
func (f folder) list(ctx context.Context, dir string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		entries, err := os.ReadDir(f.path(dir))
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			yield(Info{}, err)
			return
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			info, err := e.Info()
			switch err = cmp.Or(ctx.Err(), err); {
			case errors.Is(err, fs.ErrNotExist):
				continue
			case err != nil:
				yield(Info{}, err)
				return
			}
			if !yield(Info{dir + "/" + e.Name(), info.Size(), info.ModTime()}, nil) {
				return
			}
		}
	}
}

func (f folder) ping(context.Context) error {
	_, err := os.ReadDir(string(f))
	return err
}

func (f folder) close() {}
