package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// How many sets are kept: the newest of each of so many days, weeks and months (security OPS-07).
const (
	keepDays   = 7
	keepWeeks  = 4
	keepMonths = 12
)

// Kept says which of the sets that were made at these times, the newest first, are kept: the newest of each of the last seven days
// that have one, of four weeks (ISO 8601) and of twelve months.
func Kept(made []time.Time) []bool {
	keep := make([]bool, len(made))
	for _, rule := range []struct {
		most   int
		period func(time.Time) string
	}{
		{keepDays, func(t time.Time) string { return t.Format(time.DateOnly) }},
		{keepWeeks, func(t time.Time) string {
			y, w := t.ISOWeek()
			return time.Date(y, 1, w, 0, 0, 0, 0, time.UTC).Format("2006 002")
		}},
		{keepMonths, func(t time.Time) string { return t.Format("2006-01") }},
	} {
		n, last := 0, ""
		for i, t := range made {
			if p := rule.period(t.UTC()); p != last && n < rule.most {
				n, last, keep[i] = n+1, p, true
			}
		}
	}
	return keep
}

// Prune deletes the sets that need not be kept, and the pictures that no set refers to, and returns how many sets went.
func (s *Service) Prune(ctx context.Context) (int, error) {
	open, err := s.alone(ctx)
	if err != nil {
		return 0, err
	}
	defer open()
	sets, err := List(s.folder)
	if err != nil {
		return 0, err
	}
	made := make([]time.Time, len(sets))
	for i := range sets {
		made[i] = sets[i].Manifest.Made
	}
	gone, used := 0, map[string]bool{}
	for i, keep := range Kept(made) {
		if !keep {
			if err := os.RemoveAll(sets[i].Dir); err != nil {
				return gone, unavailable(err)
			}
			gone++
			continue
		}
		for _, p := range sets[i].Manifest.Pictures {
			used[p.Name] = true
		}
	}
	return gone, s.sweep(ctx, used)
}

// sweep deletes pictures that no set refers to, also those of a set that broke off.
func (s *Service) sweep(ctx context.Context, used map[string]bool) error {
	root, err := os.OpenRoot(filepath.Join(s.folder, Pictures))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || used[name] {
			return err
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return unavailable(err)
	}
	return nil
}
