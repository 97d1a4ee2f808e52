// Package vocabulary keeps the words of the district: what it has changed of the taxonomy that comes with the program, and the words
// often searched for. Every change is a new edition, checked as a whole; an earlier one can be put in force again.
package vocabulary

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// The limits of an edition.
const (
	MaxOften   = 6 // ui design: .often
	MaxWord    = 20
	MaxHidden  = 500
	MaxEntries = 500 // of one axis
	MaxKept    = 100 // editions that are listed
)

// Edition is one state of the words. It never changes; the one with the highest number is in force.
type Edition struct {
	store.Meta
	audit.Trail
	Number  int64            `json:"number"`
	Overlay taxonomy.Overlay `json:"overlay"`
	Reasons Reasons          `json:"reasons"`
	// Often are the words people are offered under the search field; none: those that come with the program.
	Often []lang.Text `json:"often"`
	// Hidden are words that were searched and not found and that nobody needs to see again, folded.
	Hidden []string `json:"hidden"`
	// What says what was changed: a word and what it was about. Restored is the edition that was put in force again, else 0.
	What     string `json:"what"`
	About    string `json:"about"`
	Restored int64  `json:"restored,omitempty"`
}

const kind = "vocabulary"

// Register is what the words need of the listings: how many have each category, format and tag, and how to give those of a category
// another one.
type Register interface {
	Uses(ctx context.Context) (Uses, error)
	Recategorise(ctx context.Context, from, to string) (int, error)
}

// Uses counts listings by what they are filed under.
type Uses struct{ Categories, Formats, Tags map[string]int }

// Service keeps the editions.
type Service struct {
	docs *audit.Recorded[Edition]
	reg  Register
	cur  *store.Latest[inForce]
}

type inForce struct {
	edition Edition
	table   *taxonomy.Table
}

// New returns the service on db, which writes to the trail log.
func New(db store.DB, log *audit.Log, reg Register) *Service {
	s := &Service{docs: audit.Record(store.NewCollection[Edition](db, "vocabulary", store.Unique("number"), store.Follow("audit")), log, kind), reg: reg}
	s.cur = store.NewLatest(inForce{table: taxonomy.Default()}, s.docs.Revision, s.read)
	return s
}

// Words returns the taxonomy in force when it was last looked at; another pointer when it changed.
func (s *Service) Words() *taxonomy.Table { return s.cur.Now().table }

// Often returns the words often searched for; empty: those that come with the program.
func (s *Service) Often() []lang.Text { return s.cur.Now().edition.Often }

// Look brings Words and Often up to the store and returns a mark that is another after every change.
func (s *Service) Look(ctx context.Context) (int64, error) { return s.cur.Look(ctx) }

func (s *Service) read(ctx context.Context, was inForce) (inForce, error) {
	e, err := s.newest(ctx)
	if err != nil {
		return inForce{}, err
	}
	next := inForce{edition: e, table: was.table}
	if e.Number != was.edition.Number {
		t, err := taxonomy.Default().Over(&e.Overlay)
		if err != nil { // a program with another table of its own than the one it was made over
			slog.ErrorContext(ctx, "the words stay as they were", "edition", e.Number, "error", err)
		} else {
			next.table = t
		}
	}
	return next, nil
}

func (s *Service) newest(ctx context.Context) (Edition, error) {
	page, err := s.docs.Find(ctx, store.All().OrderBy("number", store.Desc).Limit(1))
	if err != nil || len(page.Items) == 0 {
		return Edition{}, err
	}
	return page.Items[0], nil
}

// Current returns the edition in force, for those who edit it; its number is 0 while there is none.
func (s *Service) Current(ctx context.Context, by access.Actor) (Edition, error) {
	if err := access.Require(by, access.WordsEdit, access.Thing{Kind: kind}); err != nil {
		return Edition{}, err
	}
	return s.newest(ctx)
}

// Editions returns the editions, the newest first, at most MaxKept.
func (s *Service) Editions(ctx context.Context, by access.Actor) ([]Edition, error) {
	if err := access.Require(by, access.WordsEdit, access.Thing{Kind: kind}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.All().OrderBy("number", store.Desc).Limit(MaxKept))
	return page.Items, err
}

// Uses counts listings by what they are filed under, for those who edit the taxonomy.
func (s *Service) Uses(ctx context.Context, by access.Actor) (Uses, error) {
	if !access.Can(by, access.WordsEdit, access.Thing{Kind: kind}) {
		return Uses{}, fault.Missing()
	}
	return s.reg.Uses(ctx)
}

// change makes the edition after number: fault.Conflict when that is not the one in force, fault.Invalid when the words would not be
// right as a whole, or a listing would be filed under something that is gone.
func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, number int64, f func(*Edition) error) (Edition, error) {
	if err := access.Require(by, act, access.Thing{Kind: kind}); err != nil {
		return Edition{}, err
	}
	was, err := s.newest(ctx)
	if err != nil {
		return Edition{}, err
	}
	if was.Number != number {
		return Edition{}, fault.New(fault.Conflict, "error.stale", fmt.Errorf("vocabulary: edition %d is in force, not %d", was.Number, number))
	}
	next := was
	next.Meta, next.Trail, next.Restored = store.Meta{}, audit.Trail{}, 0
	next.Number++
	if err := f(&next); err != nil {
		return Edition{}, err
	}
	if err := s.check(ctx, &next); err != nil {
		return Edition{}, err
	}
	if err := s.docs.Insert(ctx, by, audit.Write{Action: act, Title: strings.TrimSpace(next.What + " " + next.About)}, &next); err != nil {
		if fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "error.stale", err)
		}
		return Edition{}, err
	}
	_, err = s.Look(ctx)
	return next, err
}

// check says what of an edition cannot be.
func (s *Service) check(ctx context.Context, e *Edition) error {
	o := &e.Overlay
	for _, n := range []int{len(o.Groups), len(o.Categories), len(o.Formats), len(o.Tags), len(e.Reasons.Entries)} {
		if n > MaxEntries {
			return fault.New(fault.Invalid, "vocabulary.wrong.full", nil)
		}
	}
	if len(e.Often) > MaxOften {
		return fault.Wrong("often", "vocabulary.wrong.often", map[string]any{"Max": MaxOften})
	}
	if len(e.Hidden) > MaxHidden {
		e.Hidden = e.Hidden[len(e.Hidden)-MaxHidden:]
	}
	t, err := taxonomy.Default().Over(o)
	if err != nil {
		return err
	}
	used, err := s.reg.Uses(ctx)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		kind string
		n    map[string]int
		has  func(string) bool
	}{
		{"category", used.Categories, func(id string) bool { _, ok := t.Category(id); return ok }},
		{"format", used.Formats, func(id string) bool { _, ok := t.Format(id); return ok }},
		{"tag", used.Tags, func(id string) bool { _, ok := t.Tag(id); return ok }},
	} {
		for id, n := range x.n {
			// What nobody knows already is no worse than before.
			if id != "" && n > 0 && !x.has(id) && s.knows(x.kind, id) {
				return &fault.Error{Kind: fault.Conflict, Key: "vocabulary.wrong.used", Err: fmt.Errorf("vocabulary: %d listings have the %s %s", n, x.kind, id)}
			}
		}
	}
	return nil
}

func (s *Service) knows(kind, id string) bool {
	t := s.Words()
	ok := false
	switch kind {
	case "category":
		_, ok = t.Category(id)
	case "format":
		_, ok = t.Format(id)
	case "tag":
		_, ok = t.Tag(id)
	}
	return ok
}

// SetOften replaces the words often searched for; none puts back those that come with the program.
func (s *Service) SetOften(ctx context.Context, by access.Actor, number int64, often []lang.Text) (Edition, error) {
	return s.change(ctx, by, access.WordsEdit, number, func(e *Edition) error {
		e.Often, e.What, e.About = []lang.Text{}, "often", ""
		for i, x := range often {
			x = x.Clean()
			if x.Hans == "" && x.Hant == "" && x.En == "" {
				continue
			}
			name := "often" + strconv.Itoa(i+1)
			for _, s := range []string{x.Hans, x.Hant, x.En} {
				if wrong := (lang.Limit{Max: MaxWord}).Check(name, s); len(wrong) > 0 {
					return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
				}
			}
			if x.Hans == "" {
				return fault.Wrong(name, "error.text.empty", nil)
			}
			if slices.ContainsFunc(e.Often, func(y lang.Text) bool { return taxonomy.Fold(y.Hans) == taxonomy.Fold(x.Hans) }) {
				return fault.Wrong(name, "vocabulary.wrong.twice", nil)
			}
			e.Often = append(e.Often, x)
		}
		return nil
	})
}

// AddOften puts a word behind those often searched for. fallback are the words that come with the program, which it joins when there
// are none of the district's.
func (s *Service) AddOften(ctx context.Context, by access.Actor, number int64, word string, fallback []lang.Text) (Edition, error) {
	cur, err := s.Current(ctx, by)
	if err != nil {
		return Edition{}, err
	}
	often := cur.Often
	if len(often) == 0 {
		often = fallback
	}
	if len(often) >= MaxOften {
		return Edition{}, &fault.Error{Kind: fault.Invalid, Key: "vocabulary.wrong.often", Err: errors.New("vocabulary: no room")}
	}
	return s.SetOften(ctx, by, number, append(slices.Clone(often), lang.Text{Hans: word}))
}

// Hide takes a word from the list of what was searched and not found.
func (s *Service) Hide(ctx context.Context, by access.Actor, number int64, word string) (Edition, error) {
	return s.change(ctx, by, access.WordsEdit, number, func(e *Edition) error {
		e.What, e.About = "hide", word
		if slices.Contains(e.Hidden, word) {
			return fault.New(fault.Conflict, "error.stale", nil)
		}
		e.Hidden = append(slices.Clone(e.Hidden), word)
		return nil
	})
}

// SetTerms replaces the words people find a category or tag by: fault.NotFound, fault.Invalid for the field terms.
func (s *Service) SetTerms(ctx context.Context, by access.Actor, number int64, axis, id string, terms []string) (Edition, error) {
	return s.terms(ctx, by, number, axis, id, func([]string) []string { return terms })
}

// AddTerm adds one word to those people find a category or tag by.
func (s *Service) AddTerm(ctx context.Context, by access.Actor, number int64, axis, id, word string) (Edition, error) {
	return s.terms(ctx, by, number, axis, id, func(was []string) []string { return append(slices.Clone(was), word) })
}

func (s *Service) terms(ctx context.Context, by access.Actor, number int64, axis, id string, f func([]string) []string) (Edition, error) {
	e, err := s.change(ctx, by, access.WordsEdit, number, func(e *Edition) error {
		t, err := taxonomy.Default().Over(&e.Overlay)
		if err != nil {
			return err
		}
		e.What, e.About = "terms", id
		switch axis {
		case "category":
			c, ok := t.Category(id)
			if !ok || c.ID != id {
				return fault.Missing()
			}
			c.Terms = cleaned(f(c.Terms))
			e.Overlay.Categories = put(e.Overlay.Categories, c, func(x taxonomy.Category) string { return x.ID })
		case "tag":
			x, ok := t.Tag(id)
			if !ok {
				return fault.Missing()
			}
			x.Terms = cleaned(f(x.Terms))
			e.Overlay.Tags = put(e.Overlay.Tags, x, func(x taxonomy.Tag) string { return x.ID })
		default:
			return fault.Missing()
		}
		return nil
	})
	return e, inField("terms", err)
}

// inField says at a field what is wrong with a whole table.
func inField(name string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "error.taxonomy" {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Err: f, Fields: []fault.Field{{Name: name, Key: "vocabulary.wrong.taken"}}}
	}
	return err
}

func cleaned(words []string) []string {
	out := []string{}
	for _, w := range words {
		if w = lang.Clean(w); w != "" && !slices.ContainsFunc(out, func(x string) bool { return taxonomy.Fold(x) == taxonomy.Fold(w) }) {
			out = append(out, w)
		}
	}
	return out
}

func put[T any](list []T, x T, id func(T) string) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, func(y T) bool { return id(y) == id(x) }); i >= 0 {
		list[i] = x
		return list
	}
	return append(list, x)
}
