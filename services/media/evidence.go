package media

import (
	"context"
	"time"

	"shangquan/services/fault"
)

// Evidence is a picture that proves something, such as a licence. It is sealed with the master key before it is stored, and shown
// only to who decides. Its record is the claim that embeds it; delete it when the claim is decided.
type Evidence struct {
	Key     string    `json:"key"` // of its one blob
	W       int       `json:"w"`
	H       int       `json:"h"`
	Bytes   int       `json:"bytes"`
	AddedAt time.Time `json:"added_at"`
	By      string    `json:"by,omitempty"`
}

// AddEvidence makes a sealed picture of an upload; faults as for Add. How many there may be, its caller decides.
func (s *Service) AddEvidence(ctx context.Context, u Upload, by string) (Evidence, error) {
	if err := s.space(); err != nil {
		return Evidence{}, err
	}
	pic, err := Prepare(ctx, u, evidenceWidths...)
	if err != nil {
		return Evidence{}, err
	}
	x := pic.Sizes[0]
	e := Evidence{Key: evidenceKey(newID()), W: x.W, H: x.H, AddedAt: s.now().UTC().Truncate(time.Millisecond), By: by}
	sealed, err := s.keys.Seal(evidencePurpose(e.Key), x.JPEG)
	if err != nil {
		return Evidence{}, fault.New(fault.Internal, "error.internal", err)
	}
	e.Bytes = len(sealed)
	if err := s.blobs.Put(ctx, e.Key, []byte(sealed)); err != nil {
		return Evidence{}, err
	}
	return e, nil
}

// OpenEvidence returns the picture, of the media type Type. Send it with "no-store", and only to who may decide: fault.NotFound;
// fault.Internal when it was not sealed here or was changed; fault.Unavailable.
func (s *Service) OpenEvidence(ctx context.Context, key string) ([]byte, error) {
	if !isEvidence(key) {
		return nil, fault.Missing()
	}
	sealed, err := s.blobs.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	plain, err := s.keys.Open(evidencePurpose(key), string(sealed))
	if err != nil {
		return nil, fault.New(fault.Internal, "error.internal", err)
	}
	return plain, nil
}

// DeleteEvidence takes it away for good; what is not there is no error.
func (s *Service) DeleteEvidence(ctx context.Context, key string) error {
	if !isEvidence(key) {
		return mistake(key)
	}
	return s.blobs.Delete(ctx, key)
}

// evidencePurpose binds a sealed picture to its key: moved to another name it cannot be opened.
func evidencePurpose(key string) string { return "media " + key }
