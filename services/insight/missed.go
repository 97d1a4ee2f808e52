package insight

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

const (
	// MissedWeeks is how far back Missed looks, and how long what was missed is kept.
	MissedWeeks = 8
	// missedPerWeek is how many words of a week are kept, the most frequent ones.
	missedPerWeek = 200
	// nowhere stands for the listing where a search found none.
	nowhere = "-"
)

// missedWeek is what was searched for and not found in one week: words that several people used on one day, nothing of a person.
type missedWeek struct {
	store.Meta        // the id is the Monday
	Monday     string `json:"monday"`
	Words      []Word `json:"words"`
}

// Missed counts that a search of the visitor found nothing. Each visitor counts once a day for each word; a word is written only once
// enough visitors have used it, like those of Found.
func (c *Counter) Missed(query string, v Visitor) {
	if v == 0 {
		return
	}
	if word, ok := keepable(query); ok {
		c.missed.note(word, []string{nowhere}, v)
	}
}

// flushMissed writes the words that were missed; on is the day they count for.
func (s *Service) flushMissed(ctx context.Context, on time.Time) error {
	var more []Word
	s.missed.take(func(_, word string, n int) { more = append(more, Word{word, n}) })
	if len(more) == 0 {
		return nil
	}
	monday := mondayOf(on).Format(time.DateOnly)
	add := func(w *missedWeek) error {
		w.Words = mergeUpTo(missedPerWeek, w.Words, more)
		return nil
	}
	_, err := s.missedColl.Update(ctx, monday, 0, add)
	if fault.Is(err, fault.NotFound) {
		first := missedWeek{Meta: store.Meta{ID: monday}, Monday: monday, Words: mergeUpTo(missedPerWeek, nil, more)}
		if err = s.missedColl.Insert(ctx, &first); fault.Is(err, fault.Conflict) { // another server began the week
			_, err = s.missedColl.Update(ctx, monday, 0, add)
		}
	}
	if err != nil {
		s.missed.putBack(nowhere, more)
	}
	return err
}

// MissedWord is a word that was searched and not found.
type MissedWord struct {
	Word
	Last string // the Monday of the last week in which it was, YYYY-MM-DD
}

// MissedWords returns what was searched and not found in the last MissedWeeks weeks, the most frequent first, for those who look after the words.
func (s *Service) MissedWords(ctx context.Context, by access.Actor) ([]MissedWord, error) {
	if err := access.Require(by, access.WordsEdit, access.Thing{}); err != nil {
		return nil, err
	}
	sums, last := []Word{}, map[string]string{}
	since := mondayOf(s.now()).AddDate(0, 0, -7*(MissedWeeks-1)).Format(time.DateOnly)
	for w, err := range s.missedColl.Each(ctx, store.Where("monday", store.Gte, since).OrderBy("monday", store.Asc)) {
		if err != nil {
			return nil, err
		}
		sums = slices.Concat(sums, w.Words)
		for _, x := range w.Words {
			last[x.Text] = w.Monday
		}
	}
	out := []MissedWord{}
	for _, w := range mergeUpTo(missedPerWeek, sums, nil) {
		out = append(out, MissedWord{w, last[w.Text]})
	}
	return out, nil
}

// sweepMissed erases the weeks that Missed does not look at any more.
func (s *Service) sweepMissed(ctx context.Context) error {
	before := mondayOf(s.now()).AddDate(0, 0, -7*MissedWeeks).Format(time.DateOnly)
	_, err := eraseAll(ctx, s.missedColl, store.Where("monday", store.Lt, before))
	return err
}
