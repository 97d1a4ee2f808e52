package insight

import (
	"cmp"
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
	// missedPerWeek is how many words of a week are kept, the most frequent ones; of those that are as frequent, what was told last.
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
	err := s.addToWeek(ctx, s.now(), func(w *missedWeek) { w.Wanted = wantUpTo(missedPerWeek, w.Wanted, word) })
	if err != nil {
		s.again(kinds, word, v) // who tries once more is heard
	}
	return err
}

// wantUpTo adds a word to those of a week, the most frequent first and then what was told last. There is always room for it: somebody was
// thanked.
func wantUpTo(most int, have []Word, told string) []Word {
	word := Word{told, 1}
	out := make([]Word, 1, len(have)+1)
	for _, w := range have {
		if w.Text == told {
			word.Visitors += w.Visitors
		} else if len(out) < most {
			out = append(out, w)
		}
	}
	out[0] = word
	slices.SortStableFunc(out, func(a, b Word) int { return cmp.Compare(b.Visitors, a.Visitors) })
	return out
}

// MaxWant is how long the name of what is missing may be, in characters.
const MaxWant = maxWord

// MissedWord is a word that was searched and not found, or a shop that is said to be missing.
type MissedWord struct {
	Word          // searched and not found, by how many visitors; may be none
	Wanted int    // how many said that there is no such shop here
	Last   string // the Monday of the last week in which it was, YYYY-MM-DD
}

// missedSince is the Monday of the first week that Missed looks at.
func missedSince(now time.Time) string {
	return mondayOf(now).AddDate(0, 0, -7*(MissedWeeks-1)).Format(time.DateOnly)
}

// MissedWords returns what was searched and not found or said to be missing in the last MissedWeeks weeks, the most frequent first, for
// those who look after the words. What people said has room of its own: it is less than what they search for.
func (s *Service) MissedWords(ctx context.Context, by access.Actor) ([]MissedWord, error) {
	if err := access.Require(by, access.WordsEdit, access.Thing{}); err != nil {
		return nil, err
	}
	all := map[string]*MissedWord{}
	at := func(w Word, monday string) *MissedWord {
		x := all[w.Text]
		if x == nil {
			x = &MissedWord{Word: Word{Text: w.Text}}
			all[w.Text] = x
		}
		x.Last = monday
		return x
	}
	for w, err := range s.missedColl.Each(ctx, store.Where("monday", store.Gte, missedSince(s.now())).OrderBy("monday", store.Asc)) {
		if err != nil {
			return nil, err
		}
		for _, x := range w.Words {
			at(x, w.Monday).Visitors += x.Visitors
		}
		for _, x := range w.Wanted {
			at(x, w.Monday).Wanted += x.Visitors
		}
	}
	var searched, wanted []*MissedWord
	for _, x := range all {
		if x.Wanted > 0 {
			wanted = append(wanted, x)
		} else {
			searched = append(searched, x)
		}
	}
	out := []MissedWord{}
	for _, list := range [][]*MissedWord{wanted, searched} {
		slices.SortFunc(list, func(a, b *MissedWord) int {
			return cmp.Or(cmp.Compare(b.all(), a.all()), cmp.Compare(b.Last, a.Last), cmp.Compare(a.Text, b.Text))
		})
		for _, x := range list[:min(len(list), missedPerWeek)] {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b MissedWord) int {
		return cmp.Or(cmp.Compare(b.all(), a.all()), cmp.Compare(a.Text, b.Text))
	})
	return out, nil
}

func (m *MissedWord) all() int { return m.Visitors + m.Wanted }

// sweepMissed erases the weeks that Missed does not look at any more.
func (s *Service) sweepMissed(ctx context.Context) error {
	_, err := eraseAll(ctx, s.missedColl, store.Where("monday", store.Lt, missedSince(s.now())))
	return err
}
