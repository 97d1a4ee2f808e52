package alarm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"shangquan/services/backup"
)

// What counts as too many errors (security AUD-07): more than one answer in a hundred within five minutes. Fewer than ten are one page
// that somebody keeps loading, and not the site.
const (
	errorWindow  = 5           // minutes
	manyErrors   = 10          // within the window
	errorPercent = 1           // of all answers within the window
	bucket       = time.Minute // how finely it is counted
)

// minute is what was answered in one minute.
type minute struct {
	at          int64 // which minute since 1970
	all, failed int
}

// Answered counts an answer of the site; failed says that it was a mistake of the site's, status 500 and above. It is asked at every
// request and only counts. An alarm is raised when more than 1 % of the answers of the last five minutes failed, ten at least.
func (s *Service) Answered(now time.Time, failed bool) {
	at := now.UnixNano() / int64(bucket)
	s.mu.Lock()
	m := &s.minutes[((at%errorWindow)+errorWindow)%errorWindow]
	if m.at != at {
		*m = minute{at: at}
	}
	m.all++
	if !failed {
		s.mu.Unlock()
		return
	}
	m.failed++
	all, bad := 0, 0
	for i := range s.minutes {
		if age := at - s.minutes[i].at; age >= 0 && age < errorWindow {
			all, bad = all+s.minutes[i].all, bad+s.minutes[i].failed
		}
	}
	s.mu.Unlock()
	if bad >= manyErrors && bad*100 > all*errorPercent {
		s.Raise(Errors, "site", fmt.Sprintf("%d of %d answers within five minutes were errors", bad, all))
	}
}

// BackupAge is how old the newest backup may be (security OPS-07): one a day, and two hours to make it.
const BackupAge = 26 * time.Hour

// WatchBackups raises an alarm when something is wrong with the backups in a folder, see Backups, and returns how many it found.
func (s *Service) WatchBackups(ctx context.Context, folder string) (int, error) {
	n, wrong, err := Backups(folder, s.now())
	if wrong != "" {
		err = errors.Join(err, s.Record(ctx, Backup, "folder", wrong))
	}
	return n, err
}

// Backups returns how many backups there are in a folder, and what is wrong with them: the newest is older than BackupAge, or there is
// none. A backup is a file with something in it, or a folder, except what backups share; names that begin with a dot or end in .part or
// .tmp are still being written. How backups are made is not asked: whatever makes them puts them there when they are whole.
func Backups(folder string, now time.Time) (n int, wrong string, err error) {
	list, err := os.ReadDir(folder)
	if err != nil {
		return 0, "the folder of the backups cannot be read", err
	}
	newest := time.Time{}
	for _, e := range list {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".tmp") || name == backup.Pictures {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() && info.Size() == 0 {
			continue
		}
		if err != nil {
			return n, "", err
		}
		n++
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	switch age := now.Sub(newest); {
	case n == 0:
		wrong = "there is no backup"
	case age > BackupAge:
		wrong = fmt.Sprintf("the newest backup is %d hours old", int(age.Hours()))
	}
	return n, wrong, nil
}
