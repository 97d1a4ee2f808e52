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
	// Wanted are the shops that somebody told the district are missing, one person being enough. Who writes a name of a person into it
	// makes it personal; purpose: to see what the district lacks; retention: MissedWeeks.
	Wanted []Word `json:"wanted"`
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
	err := s.addToWeek(ctx, on, func(w *missedWeek) { w.Words = mergeUpTo(missedPerWeek, w.Words, more) })
	if err != nil {
		s.missed.putBack(nowhere, more)
	}
	return err
}

// addToWeek writes into the week of a day, which begins with its first word.
func (s *Service) addToWeek(ctx context.Context, on time.Time, add func(*missedWeek)) error {
	monday := mondayOf(on).Format(time.DateOnly)
	update := func() error {
		_, err := s.missedColl.Update(ctx, monday, 0, func(w *missedWeek) error {
			add(w)
			return nil
		})
		return err
	}
	err := update()
	if fault.Is(err, fault.NotFound) {
		first := missedWeek{Meta: store.Meta{ID: monday}, Monday: monday, Words: []Word{}, Wanted: []Word{}}
		add(&first)
		if err = s.missedColl.Insert(ctx, &first); fault.Is(err, fault.Conflict) { // another server began the week
			err = update()
		}
	}
	return err
}

// Want takes what shop is missing here, as a visitor tells the district. It counts a visitor once a day for each shop, and all
// who cannot be told apart as one; who it was is not kept. What cannot be the name of a kind of shop is refused, fault.Invalid for the field "what": a sentence, a number of a person.
func (s *Service) Want(ctx context.Context, what string, v Visitor) error {
	word, ok := keepable(what)
	if !ok {
		return fault.Wrong("what", "error.insight.want", map[string]any{"Max": MaxWant})
	}
	if !s.once(kinds, word, v) {
		return nil
	}
	err := s.addToWeek(ctx, s.now(), func(w *missedWeek) { w.Wanted = mergeUpTo(missedPerWeek, w.Wanted, []Word{{word, 1}}) })
	if err != nil {
		s.again(kinds, word, v) // who tries once more is heard
	}
	return err
}

// MaxWant is how long the name of what is missing may be, in characters.
const MaxWant = maxWord

// MissedWord is a word that was searched and not found, or a shop that is said to be missing.
type MissedWord struct {
	Word          // searched and not found, by how many visitors; may be none
	Wanted int    // how many said that there is no such shop here
	Last   string // the Monday of the last week in which it was, YYYY-MM-DD
}

// MissedWords returns what was searched and not found or said to be missing in the last MissedWeeks weeks, the most frequent first, for
// those who look after the words.
func (s *Service) MissedWords(ctx context.Context, by access.Actor) ([]MissedWord, error) {
	if err := access.Require(by, access.WordsEdit, access.Thing{}); err != nil {
		return nil, err
	}
	sums, last := []Word{}, map[string]string{}
	wanted := map[string]int{}
	since := mondayOf(s.now()).AddDate(0, 0, -7*(MissedWeeks-1)).Format(time.DateOnly)
	for w, err := range s.missedColl.Each(ctx, store.Where("monday", store.Gte, since).OrderBy("monday", store.Asc)) {
		if err != nil {
			return nil, err
		}
		sums = slices.Concat(sums, w.Words, w.Wanted)
		for _, x := range slices.Concat(w.Words, w.Wanted) {
			last[x.Text] = w.Monday
		}
		for _, x := range w.Wanted {
			wanted[x.Text] += x.Visitors
		}
	}
	out := []MissedWord{}
	for _, w := range mergeUpTo(2*missedPerWeek, sums, nil) {
		n := wanted[w.Text]
		w.Visitors -= n
		out = append(out, MissedWord{w, n, last[w.Text]})
	}
	return out, nil
}

// sweepMissed erases the weeks that Missed does not look at any more.
func (s *Service) sweepMissed(ctx context.Context) error {
	before := mondayOf(s.now()).AddDate(0, 0, -7*MissedWeeks).Format(time.DateOnly)
	_, err := eraseAll(ctx, s.missedColl, store.Where("monday", store.Lt, before))
	return err
}
