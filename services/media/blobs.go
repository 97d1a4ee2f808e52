package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"shangquan/services/fault"
)

// Blobs is the store of files: a folder or an S3-compatible bucket. It knows only keys of this package; no other name reaches the
// engine. It is safe for concurrent use. Its engines pass the suite in mediatest.
type Blobs struct {
	bucket *blob.Bucket
	dir    string // of the folder engine, "" otherwise
}

// maxBlob is the largest blob that is read, far above what is written.
const maxBlob = 16 << 20

// OpenBlobs opens the store at uri without asking it anything: "file:PATH" (the folder is created, for its owner only) or
// "s3://BUCKET?region=…&endpoint=https://…&path_style=true&sse=AES256". Credentials, and what is left out, come from the standard
// AWS environment. fault.Invalid when the address makes no sense, fault.Unavailable when the folder cannot be made.
func OpenBlobs(ctx context.Context, uri string) (*Blobs, error) {
	if dir, ok := strings.CutPrefix(uri, "file:"); ok && dir != "" {
		return openFolder(dir)
	}
	if strings.HasPrefix(uri, "s3://") {
		return openS3(ctx, uri)
	}
	return nil, fault.New(fault.Invalid, "media.unavailable", errors.New(`media: the address must begin with "file:" or "s3://"`))
}

func openFolder(dir string) (*Blobs, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	// The temporary file lies beside the final one, so that renaming it never crosses file systems.
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, unavailable(err)
	}
	return &Blobs{bucket: b, dir: dir}, nil
}

// Put writes a blob whole or not at all, and returns when it is on the disk: fault.Unavailable.
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
	err := b.bucket.Upload(ctx, key, bytes.NewReader(data), &blob.WriterOptions{ContentType: kind, BeforeWrite: private})
	if err == nil {
		err = b.settle(key)
	}
	if err == nil {
		return nil
	}
	// A write that broke off leaves a blob under the final name. Nothing refers to it; take it away if the store still can.
	undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	_ = b.bucket.Delete(undo, key)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return unavailable(err)
}

// undoTime is how long a failed write may try to clean up.
const undoTime = 5 * time.Second

// private makes a new file of the folder engine readable by its owner only, before anything is in it.
func private(as func(any) bool) error {
	var f *os.File
	if as(&f) {
		return f.Chmod(0o600)
	}
	return nil
}

// settle brings a file and its name to the disk; the folders above may be new.
func (b *Blobs) settle(key string) error {
	if b.dir == "" {
		return nil
	}
	name := filepath.Join(b.dir, filepath.FromSlash(key))
	for _, path := range []string{name, filepath.Dir(name), filepath.Dir(filepath.Dir(name)), b.dir} {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Get returns a blob: fault.NotFound, also for a key that is none; fault.Unavailable.
func (b *Blobs) Get(ctx context.Context, key string) ([]byte, error) {
	if !isKey(key) {
		return nil, fault.Missing()
	}
	r, err := b.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, failed(err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBlob+1))
	if err = errors.Join(err, r.Close()); err == nil && int64(len(data)) != r.Size() {
		err = fmt.Errorf("media: %s has %d bytes, read %d", key, r.Size(), len(data))
	}
	if err != nil {
		return nil, failed(err)
	}
	return data, nil
}

// Delete removes a blob; one that is not there is no error. fault.Unavailable.
func (b *Blobs) Delete(ctx context.Context, key string) error {
	if !isKey(key) && !tornPattern.MatchString(key) {
		return mistake(key)
	}
	err := b.bucket.Delete(ctx, key)
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
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
		// Folder by folder: the folder engine walks what it is asked for anew for each page of 1,000.
		for _, top := range []string{publicFolder, evidenceFolder, documentFolder} {
			for i := range 256 {
				list := b.bucket.List(&blob.ListOptions{Prefix: fmt.Sprintf("%s/%02x/", top, i)})
				for {
					o, err := list.Next(ctx)
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						yield(Info{}, failed(err))
						return
					}
					if !isKey(o.Key) && !tornPattern.MatchString(o.Key) {
						continue
					}
					if !yield(Info{o.Key, o.Size, o.ModTime}, nil) {
						return
					}
				}
			}
		}
	}
}

// Ping asks the store whether it answers: fault.Unavailable.
func (b *Blobs) Ping(ctx context.Context) error {
	ok, err := b.bucket.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("media: there is no such bucket")
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// Close releases the store.
func (b *Blobs) Close() error { return b.bucket.Close() }

func failed(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fault.New(fault.NotFound, "error.not_found", err)
	}
	return unavailable(err)
}

func unavailable(err error) error { return fault.New(fault.Unavailable, "media.unavailable", err) }

func mistake(key string) error {
	return fault.New(fault.Internal, "error.internal", fmt.Errorf("media: %q is no key of a blob", key))
}
