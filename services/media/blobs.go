package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"shangquan/services/fault"
)

// Blobs is the store of files: a folder or an S3-compatible bucket. It knows only keys of this package; no other name reaches the
// engine. It is safe for concurrent use. Its engines pass the suite in mediatest.
type Blobs struct {
	engine engine
	dir    string // of the folder engine, "" otherwise
	closed atomic.Bool
}

// engine keeps blobs. Its errors are those of what it stands on; one about a blob that is not there is fs.ErrNotExist.
type engine interface {
	// put writes a blob whole or not at all, and returns when it is on the disk. kind is its media type.
	put(ctx context.Context, key, kind string, data []byte) error
	get(ctx context.Context, key string) ([]byte, error)
	remove(ctx context.Context, key string) error
	// list goes through what lies in a folder, in the order of the names. It ends after the first error, and always with one when ctx
	// ended before the folder did.
	list(ctx context.Context, folder string) iter.Seq2[Info, error]
	ping(ctx context.Context) error
	close()
}

// maxBlob is the largest blob that is read, far above what is written.
const maxBlob = 16 << 20

// OpenBlobs opens the store at uri without asking it anything: "file:PATH" (the folder is created, for its owner only) or
// "s3://BUCKET?region=…&endpoint=https://…&path_style=true&sse=AES256". Credentials, and what is left out, come from the standard
// AWS environment: variables, shared files, the role of the machine. fault.Invalid when the address makes no sense, fault.Unavailable
// when the folder cannot be made.
func OpenBlobs(uri string) (*Blobs, error) {
	if dir, ok := strings.CutPrefix(uri, "file:"); ok && dir != "" {
		return openFolder(dir)
	}
	if strings.HasPrefix(uri, "s3://") {
		return openS3(uri)
	}
	return nil, fault.New(fault.Invalid, "media.unavailable", errors.New(`media: the address must begin with "file:" or "s3://"`))
}

// Put writes a blob whole or not at all, and returns when it is on the disk: fault.Unavailable. Keys are written once: where one is
// written again and that fails, what was there before may be gone.
func (b *Blobs) Put(ctx context.Context, key string, data []byte) error {
	kind := Type
	switch {
	case isEvidence(key):
		kind = "application/octet-stream"
	case isDocument(key):
		kind = FileType
	case !isFile(key):
		return mistake(key)
	}
	if err := b.open(); err != nil {
		return err
	}
	err := b.engine.put(ctx, key, kind, data)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return unavailable(err)
}

// Get returns a blob: fault.NotFound, also for a key that is none; fault.Unavailable.
func (b *Blobs) Get(ctx context.Context, key string) ([]byte, error) {
	if !isKey(key) {
		return nil, fault.Missing()
	}
	if err := b.open(); err != nil {
		return nil, err
	}
	data, err := b.engine.get(ctx, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "error.not_found", err)
	case err != nil:
		return nil, unavailable(err)
	}
	return data, nil
}

// whole reads a blob.
func whole(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBlob+1))
	if err == nil && len(data) > maxBlob {
		return nil, fmt.Errorf("media: a blob of more than %d bytes", maxBlob)
	}
	return data, err
}

// Delete removes a blob; one that is not there is no error. fault.Unavailable.
func (b *Blobs) Delete(ctx context.Context, key string) error {
	if !isKey(key) && !tornPattern.MatchString(key) {
		return mistake(key)
	}
	if err := b.open(); err != nil {
		return err
	}
	if err := b.engine.remove(ctx, key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(err)
	}
	return nil
}

// Info is what a listing says of a blob.
type Info struct {
	Key  string
	Size int64
	At   time.Time // when it was written, by the clock of the store
}

// Each goes through all blobs, and what writes that broke off have left, in the order of their keys within a folder. It ends after
// the first error, fault.Unavailable. What else may lie in the store is passed over.
func (b *Blobs) Each(ctx context.Context) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := b.open(); err != nil {
			yield(Info{}, err)
			return
		}
		for _, top := range []string{publicFolder, evidenceFolder, documentFolder} {
			for i := range 256 {
				for o, err := range b.engine.list(ctx, fmt.Sprintf("%s/%02x", top, i)) {
					if err != nil {
						yield(Info{}, unavailable(err))
						return
					}
					if !isKey(o.Key) && !tornPattern.MatchString(o.Key) {
						continue
					}
					if !yield(o, nil) {
						return
					}
				}
			}
		}
	}
}

// Ping asks the store whether it answers: fault.Unavailable.
func (b *Blobs) Ping(ctx context.Context) error {
	if err := b.open(); err != nil {
		return err
	}
	if err := b.engine.ping(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

// Close releases the store; every later call is fault.Unavailable. It always returns nil.
func (b *Blobs) Close() error {
	b.closed.Store(true)
	b.engine.close()
	return nil
}

// open says fault.Unavailable when the store was closed.
func (b *Blobs) open() error {
	if b.closed.Load() {
		return unavailable(errors.New("media: the store was closed"))
	}
	return nil
}

func unavailable(err error) error { return fault.New(fault.Unavailable, "media.unavailable", err) }

func mistake(key string) error {
	return fault.New(fault.Internal, "error.internal", fmt.Errorf("media: %q is no key of a blob", key))
}
