package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"shangquan/services/fault"
)

// Anchor is where the trail ended at some time. Kept outside the store, it shows that the end was cut off, or that the whole trail is
// an earlier one or another one.
type Anchor struct {
	At   time.Time `json:"at"`
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"`
	// Restored says that a backup was put back, whose trail goes on after Seq: of anchors before this one, those of later entries are
	// void.
	Restored bool `json:"restored,omitempty"`
}

// ReadAnchors reads anchors, one JSON object after another, and returns those that still count.
func ReadAnchors(r io.Reader) ([]Anchor, error) {
	out := []Anchor{}
	for d := json.NewDecoder(r); ; {
		var a Anchor
		switch err := d.Decode(&a); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("anchor %d cannot be read: %w", len(out)+1, err)
		}
		if a.Restored {
			out = slices.DeleteFunc(out, func(x Anchor) bool { return x.Seq > a.Seq })
		}
		out = append(out, a)
	}
}

// LoadAnchors reads those in a file; none where there is no file, or path is empty.
func LoadAnchors(path string) ([]Anchor, error) {
	f, err := os.Open(path) // #nosec G304 -- beside the store, or what the operator names
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "error.unavailable", fmt.Errorf("audit: %w", err))
	}
	defer func() { _ = f.Close() }()
	list, err := ReadAnchors(f)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "error.unavailable", fmt.Errorf("audit: %s: %w", path, err))
	}
	return list, nil
}

// AddAnchor writes one at the end of a file.
func AddAnchor(path string, a Anchor) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) // #nosec G304 -- beside the store
	if err != nil {
		return fault.New(fault.Unavailable, "error.unavailable", fmt.Errorf("audit: %w", err))
	}
	_, err = f.Write(append(line, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fault.New(fault.Unavailable, "error.unavailable", fmt.Errorf("audit: %w", err))
	}
	return nil
}
