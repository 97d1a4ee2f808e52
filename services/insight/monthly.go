package insight

import (
	"context"
	"errors"
	"time"

	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// The pace of the monthly letters.
const (
	LetterDays = 5 // they leave on the first days of a month
	// keepLetters is how long it is known who got a letter: longer than it could leave again.
	keepLetters = 40 * 24 * time.Hour
)

// letter says that the letter of a month is on its way to an account. It is written before the letter leaves, so that of two servers
// one sends it; the id is month and account.
type letter struct {
	store.Meta
	At time.Time `json:"at"`
}

// Shop is one of the shops that a letter is about.
type Shop struct{ ID, Name string }

// Letter is what an owner reads of one month.
type Letter struct {
	Month  time.Time // its first day
	Shops  []Shop    // never empty
	Now    Counts
	Before Counts // of the month before
}

// MonthlyDeps is what the letters need to know.
type MonthlyDeps struct {
	DB store.DB
	// Want returns the accounts that asked for the letter.
	Want func(ctx context.Context) ([]string, error)
	// ShopsOf returns the shops that an account owns.
	ShopsOf func(ctx context.Context, accountID string) ([]Shop, error)
	// Tell sends a letter; key makes it arrive once where the engine can tell.
	Tell func(ctx context.Context, accountID, key string, l Letter) error
}

// Monthly sends owners who asked for it the figures of last month.
type Monthly struct {
	MonthlyDeps
	counts  *Service
	letters *store.Collection[letter]
}

// Monthly returns the letters about what s counts.
func (s *Service) Monthly(d MonthlyDeps) *Monthly {
	return &Monthly{d, s, store.NewCollection[letter](d.DB, "insight_letters", store.Index("at"))}
}

// Send sends the letters about last month that have not left yet, on the first days of a month by day, and returns how many. Nobody gets
// one about a month in which nothing was counted. One that could not leave is tried again; one whose server died while sending is not.
func (m *Monthly) Send(ctx context.Context) (int, error) {
	now := m.counts.now()
	if now.Day() > LetterDays || !mail.Day(now) {
		return 0, nil
	}
	want, err := m.Want(ctx)
	if err != nil {
		return 0, err
	}
	last := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, now.Location())
	return job.Each(want, func(accountID *string) (bool, error) { return m.one(ctx, *accountID, last) })
}

func (m *Monthly) one(ctx context.Context, accountID string, month time.Time) (bool, error) {
	sent := letter{Meta: store.Meta{ID: month.Format("2006-01") + " " + accountID}, At: m.counts.now()}
	if _, err := m.letters.Get(ctx, sent.ID); !fault.Is(err, fault.NotFound) {
		return false, err
	}
	shops, err := m.ShopsOf(ctx, accountID)
	if err != nil || len(shops) == 0 {
		return false, err
	}
	l := Letter{Month: month, Shops: shops}
	if l.Now, err = m.counts.month(ctx, shops, month); err != nil || l.Now == (Counts{}) {
		return false, err
	}
	if l.Before, err = m.counts.month(ctx, shops, month.AddDate(0, -1, 0)); err != nil {
		return false, err
	}
	if err := m.letters.Insert(ctx, &sent); err != nil {
		if fault.Is(err, fault.Conflict) { // another server sends it
			err = nil
		}
		return false, err
	}
	if err := m.Tell(ctx, accountID, "monthly."+sent.ID, l); err != nil {
		_, undone := m.letters.Erase(ctx, sent)
		return false, errors.Join(err, undone)
	}
	return true, nil
}

// Sweep forgets who got letters long ago and returns how many that were.
func (m *Monthly) Sweep(ctx context.Context) (int, error) {
	return eraseAll(ctx, m.letters, store.Where("at", store.Lt, m.counts.now().Add(-keepLetters)))
}

// month adds up what was counted for shops in the month that begins on first.
func (s *Service) month(ctx context.Context, shops []Shop, first time.Time) (Counts, error) {
	sum, end := Counts{}, first.AddDate(0, 1, 0)
	for _, shop := range shops {
		ids := []string{}
		for monday := mondayOf(first); monday.Before(end); monday = monday.AddDate(0, 0, 7) {
			ids = append(ids, weekID(shop.ID, monday.Format(time.DateOnly)))
		}
		for w, err := range s.coll.Each(ctx, store.Where("id", store.In, ids)) {
			if err != nil {
				return sum, err
			}
			monday, err := time.ParseInLocation(time.DateOnly, w.Monday, first.Location())
			if err != nil {
				return sum, err
			}
			for i, n := range w.Days {
				if on := monday.AddDate(0, 0, i); !on.Before(first) && on.Before(end) {
					sum.Add(n)
				}
			}
		}
	}
	return sum, nil
}
