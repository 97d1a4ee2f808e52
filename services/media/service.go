package media

import (
	"context"
	"time"

	"shangquan/services/disk"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
)

// The widths of public photos: the thumb in a list and the picture on a page, each sharp on a phone; and the one of evidence, in
// which small print can be read.
var (
	publicWidths   = []int{320, 640, 1280}
	evidenceWidths = []int{2000}
)

// minFree is the space that is left alone on the disk of the folder engine, for the store, the trail and the logs.
const minFree = 1 << 30

// Service adds photos and evidence, gives them out and tidies up. It is safe for concurrent use.
type Service struct {
	blobs *Blobs
	keys  *secret.Ring
	now   func() time.Time
	free  func() (uint64, bool)
}

// New returns the service over blobs. keys seals evidence.
func New(blobs *Blobs, keys *secret.Ring, now func() time.Time) *Service {
	return &Service{blobs: blobs, keys: keys, now: now, free: func() (uint64, bool) {
		if blobs.dir == "" {
			return 0, false
		}
		return disk.Free(blobs.dir)
	}}
}

// Add makes a photo of an upload, writes its blobs and returns what its record keeps. Until that record is written nothing refers to
// the blobs; when it never is, Sweep takes them away. by is the id of the account. The caller has asked access whether it may.
//
// fault.Invalid, with one field "photo", says why the upload is not taken; fault.Unavailable: "media.busy" (too many uploads wait),
// "media.full" (the disk is nearly full, answer 507), "media.unavailable".
func (s *Service) Add(ctx context.Context, u Upload, text lang.Text, by string, use Usage) (Photo, error) {
	p := Photo{Key: newID(), Caption: text, By: by, AddedAt: s.now().UTC().Truncate(time.Millisecond)}
	if f := p.Check("photo"); len(f) > 0 {
		return Photo{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: f}
	}
	if err := use.Room(0); err != nil {
		return Photo{}, err
	}
	if err := s.space(); err != nil {
		return Photo{}, err
	}
	pic, err := Prepare(ctx, u, publicWidths...)
	if err != nil {
		return Photo{}, err
	}
	for _, x := range pic.Sizes {
		p.Widths = append(p.Widths, x.W)
		p.W, p.H = x.W, x.H
		p.Bytes += len(x.JPEG)
	}
	if err := use.Room(p.Bytes); err != nil {
		return Photo{}, err
	}
	for _, x := range pic.Sizes {
		if err := s.blobs.Put(ctx, p.File(x.W), x.JPEG); err != nil {
			return Photo{}, err
		}
	}
	return p, nil
}

// Open returns a public picture, always of the media type Type: fault.NotFound for every key that is not one of a photo, evidence
// included; fault.Unavailable. A picture never changes under its key, so it may be kept for ever.
func (s *Service) Open(ctx context.Context, key string) ([]byte, error) {
	if !isFile(key) {
		return nil, fault.Missing()
	}
	return s.blobs.Get(ctx, key)
}

// Delete takes all blobs of a photo away, at once: for one that must not be seen any longer. A photo that somebody merely took off
// the page is left to Sweep.
func (s *Service) Delete(ctx context.Context, p Photo) error {
	for _, key := range p.Files() {
		if err := s.blobs.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// space says fault.Unavailable when the disk is nearly full.
func (s *Service) space() error {
	if left, known := s.free(); known && left < minFree {
		return fault.New(fault.Unavailable, "media.full", nil)
	}
	return nil
}
