package media

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
)

var noon = time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)

// clock is the time of the tests; blobs of the folder engine get it as their time, see at.
type clock struct{ now time.Time }

func newService(t *testing.T) (*Service, *clock) {
	t.Helper()
	b, err := OpenBlobs("file:" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	ring, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{noon}
	s := New(b, ring, func() time.Time { return c.now })
	s.free = func() (uint64, bool) { return minFree, true } // whatever the disk of the test has
	return s, c
}

// at sets the time of every blob.
func (s *Service) at(t *testing.T, when time.Time) {
	t.Helper()
	for b, err := range s.blobs.Each(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(s.blobs.dir, b.Key), when, when); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Service) stored(t *testing.T) []string {
	t.Helper()
	out := []string{}
	for b, err := range s.blobs.Each(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b.Key)
	}
	return out
}

func photoUpload(t testing.TB) Upload {
	t.Helper()
	return Upload{"IMG_0001.JPG", "image/jpeg", jpegOf(t, scene(700, 500))}
}

func TestAddAndOpen(t *testing.T) {
	s, _ := newService(t)
	p, err := s.Add(t.Context(), photoUpload(t), lang.Text{Hans: "门头"}, "account-1", Usage{})
	if err != nil {
		t.Fatal(err)
	}
	if !validID(p.Key) || p.W != 700 || p.H != 500 || !slices.Equal(p.Widths, []int{320, 700}) || p.Caption.Hans != "门头" || p.By != "account-1" || !p.AddedAt.Equal(noon) {
		t.Errorf("%+v", p)
	}
	if strings.Contains(strings.Join(p.Files(), " "), "IMG") {
		t.Errorf("the file name is in the key: %v", p.Files())
	}
	bytesStored := 0
	for _, key := range p.Files() {
		b, err := s.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		bytesStored += len(b)
		decoded(t, b)
	}
	if bytesStored != p.Bytes {
		t.Errorf("%d bytes are stored, the record says %d", bytesStored, p.Bytes)
	}
	if err := s.Delete(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), p.Files()[0]); !fault.Is(err, fault.NotFound) || len(s.stored(t)) != 0 {
		t.Errorf("deleted, but %v, %v", err, s.stored(t))
	}
}

// Whatever is refused leaves nothing behind.
func TestAddRefuses(t *testing.T) {
	good := photoUpload(t)
	for _, c := range []struct {
		name    string
		u       Upload
		caption string
		use     Usage
		free    uint64
		kind    fault.Kind
		key     string
	}{
		{"the 31st photo", good, "", Usage{Photos: 30}, minFree, fault.Invalid, "media.quota.photos"},
		{"the merchant's space is full", good, "", Usage{Bytes: maxMerchantBytes}, minFree, fault.Invalid, "media.quota.bytes"},
		{"the disk is nearly full", good, "", Usage{}, minFree - 1, fault.Unavailable, "media.full"},
		{"no picture", Upload{"a.jpg", "image/jpeg", []byte("<html>")}, "", Usage{}, minFree, fault.Invalid, "media.type"},
		{"a long caption", good, strings.Repeat("好", 61), Usage{}, minFree, fault.Invalid, "error.invalid"},
	} {
		s, _ := newService(t)
		s.free = func() (uint64, bool) { return c.free, true }
		_, err := s.Add(t.Context(), c.u, lang.Text{Hans: c.caption}, "", c.use)
		if !fault.Is(err, c.kind) || keyOf(err) != c.key {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
		if left := s.stored(t); len(left) != 0 {
			t.Errorf("%s: %v is stored", c.name, left)
		}
	}
}

func TestADiskThatCannotBeWritten(t *testing.T) {
	s, _ := newService(t)
	if err := os.WriteFile(filepath.Join(s.blobs.dir, "media"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), photoUpload(t), lang.Text{}, "", Usage{}); !fault.Is(err, fault.Unavailable) || keyOf(err) != "media.unavailable" {
		t.Errorf("%v", err)
	}
}

func TestFreeSpaceIsRead(t *testing.T) {
	b, err := OpenBlobs("file:" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if n, known := New(b, nil, time.Now).free(); !known || n == 0 {
		t.Errorf("%d %v", n, known)
	}
	if _, known := New(&Blobs{}, nil, time.Now).free(); known {
		t.Error("a bucket has no disk to be full")
	}
}

// A licence photo is unreadable where it lies, opens only under its own key, and never through the public door (T-22).
func TestEvidence(t *testing.T) {
	s, _ := newService(t)
	e, err := s.AddEvidence(t.Context(), Upload{"licence.png", "image/png", pngOf(t, scene(2400, 300))}, "account-1")
	if err != nil {
		t.Fatal(err)
	}
	if !isEvidence(e.Key) || e.W != 2000 || e.H != 250 || e.By != "account-1" || !e.AddedAt.Equal(noon) {
		t.Errorf("%+v", e)
	}
	raw, err := s.blobs.Get(t.Context(), e.Key)
	if err != nil || len(raw) != e.Bytes || bytes.Contains(raw, []byte("\xff\xd8\xff")) || !bytes.HasPrefix(raw, []byte("g1.")) {
		t.Errorf("it is not sealed: %.20q, %v", raw, err)
	}
	plain, err := s.OpenEvidence(t.Context(), e.Key)
	if err != nil {
		t.Fatal(err)
	}
	decoded(t, plain)
	if _, err := s.Open(t.Context(), e.Key); !fault.Is(err, fault.NotFound) {
		t.Errorf("the public door opened: %v", err)
	}
	p, err := s.Add(t.Context(), photoUpload(t), lang.Text{}, "", Usage{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{p.Files()[0], "", "evidence/../" + e.Key, evidenceKey(newID())} {
		if _, err := s.OpenEvidence(t.Context(), key); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}

	moved := evidenceKey(newID())
	damaged := bytes.Clone(raw)
	damaged[len(damaged)/2] ^= 1
	for name, put := range map[string]struct {
		key  string
		data []byte
	}{"moved to another name": {moved, raw}, "changed": {e.Key, damaged}, "not sealed": {e.Key, plain}} {
		if err := s.blobs.Put(t.Context(), put.key, put.data); err != nil {
			t.Fatal(err)
		}
		if _, err := s.OpenEvidence(t.Context(), put.key); !fault.Is(err, fault.Internal) || !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}

	if err := s.DeleteEvidence(t.Context(), p.Files()[0]); !fault.Is(err, fault.Internal) {
		t.Errorf("a photo was deleted as evidence: %v", err)
	}
	for range 2 { // the second time it is gone already
		if err := s.DeleteEvidence(t.Context(), e.Key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.OpenEvidence(t.Context(), e.Key); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted, but %v", err)
	}
}

func TestEvidenceRefuses(t *testing.T) {
	s, _ := newService(t)
	if _, err := s.AddEvidence(t.Context(), Upload{"licence.pdf", "application/pdf", []byte("%PDF-1.7")}, ""); keyOf(err) != "media.type" {
		t.Errorf("PDF: %v", err)
	}
	s.free = func() (uint64, bool) { return 0, true }
	if _, err := s.AddEvidence(t.Context(), photoUpload(t), ""); keyOf(err) != "media.full" {
		t.Errorf("full: %v", err)
	}
	if left := s.stored(t); len(left) != 0 {
		t.Errorf("%v is stored", left)
	}
}

func refer(keys ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// A server that died between blob and record, or in the middle of a write, leaves files that nothing refers to. A day later they go,
// and nothing else does (UPL-08).
func TestSweep(t *testing.T) {
	s, c := newService(t)
	ctx := t.Context()
	add := func() Photo {
		p, err := s.Add(ctx, photoUpload(t), lang.Text{}, "", Usage{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	kept, orphan := add(), add()
	proof, err := s.AddEvidence(ctx, photoUpload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	lost, err := s.AddEvidence(ctx, photoUpload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	torn := filepath.Join(s.blobs.dir, orphan.Files()[0]+".18c2f3a4b5d6e7f8.tmp")
	theirs := filepath.Join(s.blobs.dir, "media", orphan.Key[:2], "README")
	for _, name := range []string{torn, theirs} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	referenced := refer(append(kept.Files(), proof.Key)...)

	// Within the day an upload may still be under way.
	s.at(t, noon)
	c.now = noon.Add(orphanAge)
	if got, err := s.Sweep(ctx, referenced); err != nil || got.Deleted != 0 || got.Blobs != 7 || len(got.Missing) != 0 {
		t.Errorf("young: %+v %v", got, err)
	}

	c.now = noon.Add(orphanAge + time.Second)
	got, err := s.Sweep(ctx, referenced)
	if err != nil || got.Deleted != 4 || got.Freed != int64(orphan.Bytes+lost.Bytes+4) || len(got.Missing) != 0 {
		t.Errorf("old: %+v %v", got, err)
	}
	want := append(kept.Files(), proof.Key)
	if left := s.stored(t); !slices.Equal(left, want) {
		t.Errorf("%v is left, want %v", left, want)
	}
	if _, err := os.Stat(torn); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the torn file is there: %v", err)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Errorf("a file that is not ours: %v", err)
	}
	if got, err := s.Sweep(ctx, referenced); err != nil || got.Deleted != 0 || got.Blobs != 3 {
		t.Errorf("again: %+v %v", got, err)
	}
}

func TestSweepReportsRecordsWithoutBlobs(t *testing.T) {
	s, _ := newService(t)
	p, err := s.Add(t.Context(), photoUpload(t), lang.Text{}, "", Usage{})
	if err != nil {
		t.Fatal(err)
	}
	gone := Photo{Key: newID(), Widths: []int{320}}.Files()[0]
	if err := s.blobs.Delete(t.Context(), p.Files()[1]); err != nil {
		t.Fatal(err)
	}
	got, err := s.Sweep(t.Context(), refer(p.Files()[1], p.Files()[0], gone, gone))
	want := []string{p.Files()[1], gone}
	slices.Sort(want)
	if err != nil || !slices.Equal(got.Missing, want) {
		t.Errorf("%+v %v, want %v", got, err, want)
	}
}

// A record written while the sweep runs is none without a blob.
func TestSweepBesideAnUpload(t *testing.T) {
	s, c := newService(t)
	c.now = noon.Add(1000 * time.Hour)
	got, err := s.Sweep(t.Context(), func(yield func(string, error) bool) {
		p, err := s.Add(t.Context(), photoUpload(t), lang.Text{}, "", Usage{})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range p.Files() {
			yield(key, nil)
		}
	})
	if err != nil || len(got.Missing) != 0 || got.Deleted != 0 || len(s.stored(t)) != 2 {
		t.Errorf("%+v %v %v", got, err, s.stored(t))
	}
}

// When the records cannot be read, nobody knows what is in use: nothing goes.
func TestSweepWithoutRecords(t *testing.T) {
	s, c := newService(t)
	if _, err := s.Add(t.Context(), photoUpload(t), lang.Text{}, "", Usage{}); err != nil {
		t.Fatal(err)
	}
	s.at(t, noon)
	c.now = noon.Add(1000 * time.Hour)
	broken := errors.New("the store is down")
	if _, err := s.Sweep(t.Context(), func(yield func(string, error) bool) { yield("", broken) }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if len(s.stored(t)) != 2 {
		t.Error("something was deleted")
	}
}
