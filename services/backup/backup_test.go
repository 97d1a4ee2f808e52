package backup_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"shangquan/services/audit"
	"shangquan/services/backup"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/secret"
	"shangquan/services/store"
)

type note struct {
	store.Meta
	Text string `json:"text"`
}

// site is a store with pictures and a folder for backups.
type site struct {
	t     *testing.T
	dir   string
	db    store.DB
	notes *store.Collection[note]
	blobs *media.Blobs
	keys  *secret.Ring
	now   time.Time
	to    string
}

func newSite(t *testing.T) *site {
	t.Helper()
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: t.TempDir(), keys: keys, now: time.Date(2026, 11, 29, 3, 15, 0, 0, time.UTC)}
	s.open()
	t.Cleanup(func() { _ = s.db.Close() })
	if s.blobs, err = media.OpenBlobs("file:" + filepath.Join(s.dir, "media")); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) uri() string { return "file:" + filepath.Join(s.dir, "site.db") }

func (s *site) open() {
	s.t.Helper()
	var err error
	if s.db, err = store.Open(s.t.Context(), s.uri()); err != nil {
		s.t.Fatal(err)
	}
	s.notes = store.NewCollection[note](s.db, "notes")
}

func (s *site) write(text string) {
	s.t.Helper()
	if err := s.notes.Insert(s.t.Context(), &note{Text: text}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) texts() string {
	s.t.Helper()
	var out []string
	for n, err := range s.notes.Each(s.t.Context(), store.All()) {
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, n.Text)
	}
	return strings.Join(out, " ")
}

func key(n int) string { return fmt.Sprintf("media/%02x/%032x-480.jpg", n, n)[:8] + keyID(n) }

// keyID makes the folder of a key the beginning of its id.
func keyID(n int) string { return fmt.Sprintf("/%02x%030d-480.jpg", n, n) }

func (s *site) picture(n int) {
	s.t.Helper()
	if err := s.blobs.Put(s.t.Context(), key(n), []byte(fmt.Sprint("picture ", n))); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) service() *backup.Service {
	s.t.Helper()
	b, err := backup.New(s.db, s.blobs, audit.New(s.db, s.keys, time.Now), s.keys, backup.Settings{Folder: s.folder(), Program: "test", To: s.to}, func() time.Time { return s.now })
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *site) folder() string { return filepath.Join(s.dir, "backups") }

func (s *site) made() backup.Set {
	s.t.Helper()
	set, err := s.service().Make(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.now = s.now.Add(time.Minute)
	return set
}

// What was there when the set was made is there again, and what came later is kept beside it. DUR-02.
func TestMakeAndRestore(t *testing.T) {
	for _, lock := range []bool{false, true} {
		t.Run(fmt.Sprint("locked ", lock), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			var id age.Identity
			if lock {
				k, err := age.GenerateX25519Identity()
				if err != nil {
					t.Fatal(err)
				}
				s.to = k.Recipient().String()
				if id, err = backup.Identity(strings.NewReader("# created\n" + k.String() + "\n")); err != nil {
					t.Fatal(err)
				}
			}
			s.write("一")
			s.picture(1)
			s.picture(2)
			set := s.made()
			if m := set.Manifest; m.Holds.Rows["notes"] != 1 || len(m.Pictures) != 2 || m.Locked != lock {
				t.Fatalf("manifest: %+v", m)
			}
			if lock {
				raw, err := os.ReadFile(filepath.Join(set.Dir, "store.db.age"))
				if err != nil || bytes.Contains(raw, []byte("SQLite format")) {
					t.Fatalf("the copy is not locked: %v", err)
				}
			}
			s.write("二")
			for n := range 3 {
				if err := s.blobs.Delete(t.Context(), key(n)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := set.Restore(t.Context(), s.uri(), s.blobs, id, nil); !fault.Is(err, fault.Unavailable) {
				t.Fatalf("a store in use: %v, want Unavailable", err)
			}
			if err := s.db.Close(); err != nil {
				t.Fatal(err)
			}
			opened, err := backup.Open(set.Dir, s.keys)
			if err != nil {
				t.Fatal(err)
			}
			if lock {
				stranger, _ := age.GenerateX25519Identity()
				for what, id := range map[string]age.Identity{"no key": nil, "another key": stranger} {
					if _, err := opened.Restore(t.Context(), s.uri(), s.blobs, id, nil); !fault.Is(err, fault.Invalid) {
						t.Errorf("a locked set with %s: %v, want Invalid", what, err)
					}
				}
			}
			did, err := opened.Restore(t.Context(), s.uri(), s.blobs, id, nil)
			if err != nil || did.Kept == "" {
				t.Fatalf("restore: %+v %v", did, err)
			}
			s.open()
			if got := s.texts(); got != "一" {
				t.Errorf("the store says %q", got)
			}
			for n := 1; n < 3; n++ {
				if b, err := s.blobs.Get(t.Context(), key(n)); err != nil || string(b) != fmt.Sprint("picture ", n) {
					t.Errorf("picture %d: %q %v", n, b, err)
				}
			}
			if c, err := store.ReadCopy(t.Context(), did.Kept); err != nil || c.Rows["notes"] != 2 {
				t.Errorf("what was there: %+v %v", c, err)
			}
			for _, where := range []string{s.dir, set.Dir, s.folder()} {
				if left, _ := filepath.Glob(filepath.Join(where, "*.part")); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			}
		})
	}
}

// A picture is copied once for all sets; one that no set refers to goes with the last that did.
func TestPicturesAreShared(t *testing.T) {
	s := newSite(t)
	s.picture(1)
	first := s.made()
	file := filepath.Join(s.folder(), backup.Pictures, first.Manifest.Pictures[0].Name)
	was, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	s.picture(2)
	if second := s.made(); len(second.Manifest.Pictures) != 2 {
		t.Fatalf("%+v", second.Manifest.Pictures)
	}
	if is, err := os.Stat(file); err != nil || !os.SameFile(was, is) {
		t.Errorf("the picture was copied again: %v", err)
	}
	if err := s.blobs.Delete(t.Context(), key(1)); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.AddDate(0, 0, 1)
	if third := s.made(); len(third.Manifest.Pictures) != 1 {
		t.Fatalf("a deleted picture is in the set: %+v", third.Manifest.Pictures)
	}
	if n, err := s.service().Prune(t.Context()); err != nil || n != 1 { // the first set; the second is the newest of its day
		t.Fatalf("Prune = %d %v", n, err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("a picture of the second set: %v", err)
	}
	s.now = s.now.AddDate(2, 0, 0)
	for range 13 {
		s.now = s.now.AddDate(0, 1, 0)
		s.made()
	}
	if _, err := s.service().Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a picture that no set refers to: %v", err)
	}
}

// What is not as it was written is refused in words, and the store stays as it was (security OPS-09).
func TestRefusedSets(t *testing.T) {
	edit := func(t *testing.T, name string, do func([]byte) []byte) {
		t.Helper()
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, do(raw), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		spoil func(*testing.T, *site, backup.Set)
		other bool // another master key
		uri   string
		says  string
	}{
		"another key": {other: true, says: "another master key"},
		"manifest changed": {says: "manifest was changed", spoil: func(t *testing.T, _ *site, set backup.Set) {
			edit(t, filepath.Join(set.Dir, "manifest.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(`"test"`), []byte(`"tist"`), 1) })
		}},
		"newer program": {says: "newer version", spoil: func(t *testing.T, _ *site, set backup.Set) {
			edit(t, filepath.Join(set.Dir, "manifest.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 9`), 1) })
		}},
		"store changed": {says: "not what was written", spoil: func(t *testing.T, _ *site, set backup.Set) {
			edit(t, filepath.Join(set.Dir, "store.db"), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}},
		"picture missing": {says: "no such file", spoil: func(t *testing.T, s *site, set backup.Set) {
			if err := os.Remove(filepath.Join(s.folder(), backup.Pictures, set.Manifest.Pictures[0].Name)); err != nil {
				t.Fatal(err)
			}
		}},
		"other engine": {uri: "mongodb://127.0.0.1:1/", says: "other engine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.write("一")
			s.picture(1)
			set := s.made()
			s.write("二")
			if err := s.db.Close(); err != nil {
				t.Fatal(err)
			}
			keys, uri := s.keys, s.uri()
			if tt.other {
				keys, _ = secret.New(secret.Random())
			}
			if tt.uri != "" {
				uri = tt.uri
			}
			if tt.spoil != nil {
				tt.spoil(t, s, set)
			}
			opened, err := backup.Open(set.Dir, keys)
			if err == nil {
				_, err = opened.Restore(t.Context(), uri, s.blobs, nil, nil)
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want one that says %q", err, tt.says)
			}
			s.open()
			if got := s.texts(); got != "一 二" {
				t.Errorf("the store says %q after a refusal", got)
			}
		})
	}
}

// A file of a newer layout is refused even with a manifest that is right.
func TestNewerLayout(t *testing.T) {
	s := newSite(t)
	path := filepath.Join(s.dir, "copy.db")
	if err := s.db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[63] = 99 // user_version, big-endian at 60
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReadCopy(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("ReadCopy = %v", err)
	}
}

// A dump of MongoDB is part of a set like any other file.
func TestDump(t *testing.T) {
	s := newSite(t)
	s.picture(1)
	set, err := s.service().Make(t.Context(), strings.NewReader("archive of mongodump"))
	if err != nil || set.Manifest.Store.Name != "store.dump" {
		t.Fatalf("%+v %v", set.Manifest, err)
	}
	if err := s.blobs.Delete(t.Context(), key(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := set.Restore(t.Context(), "mongodb://127.0.0.1:1/", s.blobs, nil, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a dump that nobody takes: %v", err)
	}
	var dump bytes.Buffer
	did, err := set.Restore(t.Context(), "mongodb://127.0.0.1:1/", s.blobs, nil, &dump)
	if err != nil || did.Pictures != 1 || dump.String() != "archive of mongodump" {
		t.Fatalf("%+v %q %v", did, dump.String(), err)
	}
	s.now = s.now.Add(time.Hour)
	if _, err := s.service().Make(t.Context(), strings.NewReader("")); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty dump: %v", err)
	}
}

func TestManifestIsReadable(t *testing.T) {
	s := newSite(t)
	s.write("一")
	set := s.made()
	raw, err := os.ReadFile(filepath.Join(set.Dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m backup.Manifest
	if err := json.Unmarshal(raw, &m); err != nil || m.Rows() != set.Manifest.Rows() || m.Bytes() == 0 {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := s.service().Make(t.Context(), nil); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	if _, err := s.service().Make(t.Context(), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("within the same second: %v", err)
	}
	if sets, err := backup.List(s.folder()); err != nil || len(sets) != 2 || sets[0].Dir < sets[1].Dir {
		t.Errorf("List = %v %v", sets, err)
	}
	if _, err := backup.New(s.db, s.blobs, nil, s.keys, backup.Settings{To: "ssh-rsa AAAA"}, time.Now); !fault.Is(err, fault.Invalid) {
		t.Errorf("a recipient that is none: %v", err)
	}
}
