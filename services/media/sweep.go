package media

import (
	"context"
	"iter"
	"slices"
	"time"

	"shangquan/services/fault"
)

// orphanAge is how old a blob without a record must be before it goes: an upload under way writes its record long before.
const orphanAge = 24 * time.Hour

// Swept is what a sweep did and found.
type Swept struct {
	Blobs   int      // all that are in the store, before
	Deleted int      // those that no record refers to
	Freed   int64    // bytes of those
	Missing []string // keys that records refer to and that are not there, sorted
}

// Sweep deletes blobs older than 24 hours that no record refers to, and says which records refer to nothing. referenced gives the
// keys of all blobs in use: Photo.Files of every photo that a record has now (an earlier revision is restored without its photos),
// and the key of every evidence.
// It is read after the store was listed, so a record written meanwhile counts; when it gives an error nothing is deleted.
func (s *Service) Sweep(ctx context.Context, referenced iter.Seq2[string, error]) (Swept, error) {
	var out Swept
	stored := map[string]Info{}
	for b, err := range s.blobs.Each(ctx) {
		if err != nil {
			return out, err
		}
		stored[b.Key] = b
	}
	out.Blobs = len(stored)
	for key, err := range referenced {
		if err != nil {
			return out, err
		}
		if b, ok := stored[key]; !ok {
			out.Missing = append(out.Missing, key)
		} else {
			b.At = time.Time{} // in use
			stored[key] = b
		}
	}
	slices.Sort(out.Missing)
	out.Missing = slices.Compact(out.Missing)
	// A blob that was written after the listing is not missing.
	out.Missing = slices.DeleteFunc(out.Missing, func(key string) bool {
		_, err := s.blobs.Get(ctx, key)
		return !fault.Is(err, fault.NotFound)
	})
	before := s.now().Add(-orphanAge)
	for key, b := range stored {
		if b.At.IsZero() || !b.At.Before(before) {
			continue
		}
		if err := s.blobs.Delete(ctx, key); err != nil {
			return out, err
		}
		out.Deleted++
		out.Freed += b.Size
	}
	return out, nil
}
