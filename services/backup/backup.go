// Package backup makes whole copies of a site, the documents and the pictures in one set, and puts one back (security DUR-02, OPS-07
// to OPS-09). The master key is in none of them: it is kept elsewhere, and without it a set cannot be put back.
//
// A folder of backups holds one folder for each set, named by when it was made, and the pictures of all sets together: a picture
// never changes under its key, so it is copied once.
//
//	backups/20261129T031500Z/manifest.json   what belongs to the set, with sizes and SHA-256
//	backups/20261129T031500Z/manifest.mac    that it is what this site wrote, by the master key
//	backups/20261129T031500Z/store.db        SQLite, or store.dump, what mongodump wrote
//	backups/pictures/KEY
//
// With a recipient every file but the manifest is locked with age, and its name ends in .age: such a folder may leave the house.
package backup

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"filippo.io/age"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const (
	format       = 1
	stampLayout  = "20060102T150405Z"
	manifestName = "manifest.json"
	macName      = "manifest.mac"
	macPurpose   = "backup"
	// Pictures is the folder of the pictures of all sets, beside those of the sets.
	Pictures = "pictures"
)

var setName = regexp.MustCompile(`^\d{8}T\d{6}Z$`)

// File is one file of a set as it lies there.
type File struct {
	Name   string `json:"name"` // below the set, for pictures below Pictures
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Picture is a file from the store of pictures.
type Picture struct {
	Key string `json:"key"`
	File
}

// Manifest says what belongs to a set.
type Manifest struct {
	Format   int          `json:"format"`
	Made     time.Time    `json:"made"`
	Program  string       `json:"program"` // version of the program
	Locked   bool         `json:"locked"`  // with age
	Store    File         `json:"store"`
	Holds    store.Copy   `json:"holds"` // of SQLite; of a dump nothing is known
	Trail    audit.Anchor `json:"trail"` // what the trail held at least
	Pictures []Picture    `json:"pictures"`
}

// Bytes is how much the set holds, with the pictures that it shares with others.
func (m Manifest) Bytes() int64 {
	n := m.Store.Size
	for _, p := range m.Pictures {
		n += p.Size
	}
	return n
}

// Rows is how many documents the set holds; 0 of a dump.
func (m Manifest) Rows() int64 {
	var n int64
	for _, r := range m.Holds.Rows {
		n += r
	}
	return n
}

// Set is one backup.
type Set struct {
	Dir      string   `json:"dir"`
	Manifest Manifest `json:"manifest"`
}

// Settings says where sets go and how.
type Settings struct {
	Folder  string // of all sets
	Program string // version of the program, for the manifest
	// To is the public key that sets are locked with, age1…; empty: they are not.
	To string
}

// Service makes sets.
type Service struct {
	db      store.DB
	blobs   *media.Blobs
	trail   *audit.Log
	keys    *secret.Ring
	folder  string
	program string
	to      age.Recipient // nil: nothing is locked
	now     func() time.Time
	free    func(dir string) (uint64, bool)
}

// invalid is a fault that the operator mends, in words.
func invalid(text string, args ...any) error {
	return fault.New(fault.Invalid, "error.invalid", fmt.Errorf("backup: "+text, args...))
}

// ParseRecipient reads the public key that sets are locked with: fault.Invalid.
func ParseRecipient(text string) (age.Recipient, error) {
	r, err := age.ParseX25519Recipient(text)
	if err != nil {
		return nil, invalid("the recipient is no public key of age (age1…), as age-keygen prints it: %w", err)
	}
	return r, nil
}

// List returns the sets in a folder that are whole, the newest first. What else lies there is passed over; the manifests are not
// compared with their signatures, see Open.
func List(folder string) ([]Set, error) {
	list, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return []Set{}, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	out := []Set{}
	for _, e := range slices.Backward(list) {
		if !e.IsDir() || !setName.MatchString(e.Name()) {
			continue
		}
		s := Set{Dir: filepath.Join(folder, e.Name())}
		if _, err := s.read(); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// read reads the manifest and returns its bytes.
func (s *Set) read() ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(s.Dir, manifestName))
	if err != nil {
		return nil, unavailable(err)
	}
	if err := json.Unmarshal(raw, &s.Manifest); err != nil {
		return nil, unavailable(fmt.Errorf("%s: %w", filepath.Join(s.Dir, manifestName), err))
	}
	if s.Manifest.Format > format {
		return nil, unavailable(fmt.Errorf("%s was written by a newer version of this program: use that one", s.Dir))
	}
	return raw, nil
}

// Open reads a set and makes sure that this site wrote it: fault.Unavailable when the manifest cannot be read, belongs to another
// master key or was changed.
func Open(dir string, keys *secret.Ring) (Set, error) {
	s := Set{Dir: dir}
	raw, err := s.read()
	if err != nil {
		return s, err
	}
	mac, err := os.ReadFile(filepath.Join(dir, macName))
	if err != nil {
		return s, unavailable(err)
	}
	sum, err := hex.DecodeString(string(mac))
	if err != nil || !keys.Valid(macPurpose, sum, raw) {
		return s, unavailable(fmt.Errorf("%s belongs to another master key, or its manifest was changed: put the SHANGQUAN_SECRET of that time behind the present one", dir))
	}
	return s, nil
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "error.unavailable", fmt.Errorf("backup: %w", err))
}

// locked is the name of a file, by whether it is locked.
func locked(name string, lock bool) string {
	if lock {
		return name + ".age"
	}
	return name
}

// seal returns a writer that locks what goes to w, when there is a recipient. It is whole once it is closed.
func seal(w io.Writer, to age.Recipient) (io.WriteCloser, error) {
	if to == nil {
		return open{w}, nil
	}
	return age.Encrypt(w, to)
}

type open struct{ io.Writer }

func (open) Close() error { return nil }

func check(ctx context.Context, r io.Reader) io.Reader { return reader{ctx, r} }

// reader ends with its context.
type reader struct {
	ctx context.Context //nolint:containedctx // of one copy, which ends before its caller does
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
