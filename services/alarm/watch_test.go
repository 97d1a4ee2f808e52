package alarm

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// More than 1 % of errors within five minutes is an alarm; one page that keeps failing on a quiet site is not, and neither are ten errors
// among very many answers, or errors that lie apart.
func TestErrorRate(t *testing.T) {
	for name, c := range map[string]struct {
		good, bad int
		apart     time.Duration // between the errors
		want      int
	}{
		"none":               {1000, 0, 0, 0},
		"nine of nine":       {0, 9, 0, 0},
		"ten of ten":         {0, 10, 0, 1},
		"ten of a thousand":  {990, 10, 0, 0},
		"eleven of the same": {989, 11, 0, 1},
		"one a minute":       {0, 60, time.Minute, 0},
		"two a minute":       {0, 60, 30 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, now := open(t)
			for range c.good {
				s.Answered(*now, false)
			}
			for range c.bad {
				s.Answered(*now, true)
				*now = now.Add(c.apart)
			}
			got := 0
			for len(s.queue) > 0 {
				if r := <-s.queue; r.kind == Errors {
					got = 1 // the same again is counted when it is written, at most once a minute
				}
			}
			if got != c.want {
				t.Errorf("raised %d, want %d", got, c.want)
			}
		})
	}
}

func TestBackups(t *testing.T) {
	for name, c := range map[string]struct {
		put  map[string]time.Duration // how old each file is
		want string
		n    int
	}{
		"none":             {nil, "there is no backup", 0},
		"one of yesterday": {map[string]time.Duration{"a.db": 25 * time.Hour, "old.db": 500 * time.Hour}, "", 2},
		"too old":          {map[string]time.Duration{"a.db": 27 * time.Hour}, "the newest backup is 27 hours old", 1},
		"half written":     {map[string]time.Duration{"a.db": 27 * time.Hour, "b.db.part": 0, ".c": 0, "d.tmp": 0, "empty": 0}, "the newest backup is 27 hours old", 1},
		"a folder":         {map[string]time.Duration{"2026-10-15/": time.Hour}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, now := open(t)
			dir := t.TempDir()
			for file, age := range c.put {
				path := filepath.Join(dir, file)
				var err error
				if file[len(file)-1] == '/' {
					err = os.Mkdir(path, 0o700)
				} else {
					content := "x"
					if file == "empty" {
						content = ""
					}
					err = os.WriteFile(path, []byte(content), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
					t.Fatal(err)
				}
			}
			n, err := s.WatchBackups(t.Context(), dir)
			if err != nil || n != c.n {
				t.Fatalf("%d %v", n, err)
			}
			list, err := s.Open(t.Context(), admin)
			if err != nil {
				t.Fatal(err)
			}
			note := ""
			if len(list) == 1 && list[0].Kind == Backup {
				note = list[0].Note
			}
			if note != c.want {
				t.Errorf("the alarm says %q, want %q", note, c.want)
			}
		})
	}
	s, out, _ := open(t)
	if _, err := s.WatchBackups(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil || len(out.list) != 1 || out.list[0].Kind != "alarm_backup" {
		t.Errorf("a folder that is not there: %v, told %v", err, out.list)
	}
}

func BenchmarkAnswered(b *testing.B) {
	s := New(nil, nil, nil, time.Now)
	now := time.Now()
	for b.Loop() {
		s.Answered(now, false)
	}
}
