// Package consent is the ledger of who agreed to what: which words were shown, for what, when it was given and when it was taken back
// (requirements PRV-02 and PRV-07; Personal Information Protection Law, articles 14 to 16). It is written from the trail, so none is
// missed, not even one that was taken back a moment later; the records themselves say what is in force.
package consent

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/turns"
)

// Kind is what somebody agreed to.
type Kind string

// The kinds.
const (
	Mobile  Kind = "mobile"  // that a mobile number is shown to everybody
	Listed  Kind = "listed"  // that an organisation is named in public
	Space   Kind = "space"   // that a space of an organisation is shown to everybody
	Photo   Kind = "photo"   // that a picture of an activity is shown to everybody
	Opened  Kind = "point"   // that a shop is named for what it opens to people who pass by
	Plaque  Kind = "plaque"  // that a shop's sign of honour is shown on its page
	Asking  Kind = "asking"  // that the district keeps how to reach who enquires about a unit
	Monthly Kind = "monthly" // that an owner is sent the figures of their shops once a month
)

// Kinds lists them.
var Kinds = []Kind{Mobile, Listed, Space, Photo, Opened, Plaque, Asking, Monthly}

// Notice is the kind of the words that say what the site does with personal data: what everybody can read before they agree to anything.
const Notice = "notice"

// Consent is one line of the ledger. Personal: who gave it and the number in part; kept while it stands, and after it was taken back as
// long as the settings say, to show that what was shown was allowed.
type Consent struct {
	store.Meta
	Kind    Kind   `json:"kind"`
	Of      string `json:"of"`    // audit.Ref as text
	Title   string `json:"title"` // what people call the record
	Slot    string `json:"slot"`  // one stands for one number of one shop; "-" and the id once it is taken back
	Shown   string `json:"shown"` // the number in part: 138****5678; why a picture may be shown; what was opened; what is on a plaque
	Version string `json:"version"`
	// Notice is the version of the privacy notice that was public then.
	Notice string    `json:"notice"`
	Given  time.Time `json:"given"`
	By     string    `json:"by"` // account
	ByName string    `json:"by_name"`
	Paper  bool      `json:"paper"` // given on paper, entered by somebody of the district
	// Withdrawn is when it was taken back, zero while it stands.
	Withdrawn     time.Time `json:"withdrawn"`
	WithdrawnBy   string    `json:"withdrawn_by"`
	WithdrawnName string    `json:"withdrawn_name"`
}

// Stands reports whether it was not taken back.
func (c *Consent) Stands() bool { return c.Withdrawn.IsZero() }

// Ref is what it is about.
func (c *Consent) Ref() audit.Ref {
	kind, id, _ := strings.Cut(c.Of, "/")
	return audit.Ref{Kind: kind, ID: id}
}

// Words are what was shown to who agreed.
type Words struct {
	Kind    string    `toml:"kind"`
	Version string    `toml:"version"`
	Since   string    `toml:"since"` // day
	Text    lang.Text `toml:"text"`
}

//go:embed words.toml
var wordsTOML string

// AllWords returns every version of every text, the newest of a kind first. A version that somebody agreed to is never changed.
var AllWords = sync.OnceValue(func() []Words {
	var f struct {
		Words []Words `toml:"words"`
	}
	if _, err := toml.Decode(wordsTOML, &f); err != nil {
		panic(fmt.Sprintf("consent: words.toml: %v", err)) // it comes with the program
	}
	return f.Words
})

// WordsOf returns the words of a version.
func WordsOf(kind, version string) (Words, bool) {
	for _, w := range AllWords() {
		if w.Kind == kind && w.Version == version {
			return w, true
		}
	}
	return Words{}, false
}

// Newest returns the words of a kind that are shown now.
func Newest(kind string) Words {
	for _, w := range AllWords() {
		if w.Kind == kind {
			return w
		}
	}
	return Words{}
}

// In returns the words of a kind that were in force on a day: the version that began last, else the first there was.
func In(kind, day string) Words {
	var first Words
	for _, w := range AllWords() {
		if w.Kind != kind {
			continue
		}
		if first = w; w.Since <= day {
			break
		}
	}
	return first
}

// Deps is what the ledger is written from.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Keys *secret.Ring
	// Shop returns a listing: fault.NotFound.
	Shop func(ctx context.Context, id string) (listing.Listing, error)
	// OpenedAt returns when something that a shop opened was opened last: fault.NotFound.
	OpenedAt func(ctx context.Context, id string) (time.Time, error)
	// Agreed returns when who enquires about a unit agreed to which version of the words, the zero time once it is forgotten: fault.NotFound.
	Agreed func(ctx context.Context, id string) (time.Time, int, error)
	// Days is how long a consent is kept after it was taken back.
	Days func() int
	Now  func() time.Time
}

// Service keeps the ledger. It is safe for concurrent use.
type Service struct {
	Deps
	coll   *store.Collection[Consent]
	cursor *store.Collection[cursor]
	takes  *turns.Queue
}

// cursor is how far the trail was read.
type cursor struct {
	store.Meta
	Seq int64 `json:"seq"`
}

const theCursor = "trail"

// New returns the ledger of d.
func New(d Deps) *Service {
	return &Service{
		Deps: d,
		coll: store.NewCollection[Consent](d.DB, "consents", store.Unique("slot"), store.Index("of", "given"), store.Index("by", "given"),
			store.Index("given"), store.Index("withdrawn")),
		cursor: store.NewCollection[cursor](d.DB, "consent_cursor"),
		takes:  turns.New(),
	}
}

// takeBatch is how many entries of the trail are read at once.
const takeBatch = 500

// Take writes down what the trail says since it was last read, and returns how many consents it found given or taken back: of several who
// ask at once, one reads for all. It may come twice for the same entry, and ends however many go on writing.
func (s *Service) Take(ctx context.Context) (int, error) { return s.takes.Do(ctx, s.take) }

func (s *Service) take(ctx context.Context) (int, error) {
	at, err := s.cursor.Get(ctx, theCursor)
	if fault.Is(err, fault.NotFound) {
		at = cursor{Meta: store.Meta{ID: theCursor}}
		err = s.cursor.Insert(ctx, &at)
	}
	if err != nil {
		return 0, err
	}
	n := 0
	for {
		entries, err := s.Log.Since(ctx, at.Seq, takeBatch)
		if err != nil || len(entries) == 0 {
			return n, err
		}
		for i := range entries {
			k, err := s.entry(ctx, &entries[i])
			if n += k; err != nil {
				return n, err
			}
		}
		seq := entries[len(entries)-1].Seq
		if at, err = s.cursor.Update(ctx, theCursor, 0, func(c *cursor) error { c.Seq = max(c.Seq, seq); return nil }); err != nil {
			return n, err
		}
		if len(entries) < takeBatch { // there were no more
			return n, nil
		}
	}
}

// stand is a consent as a record has it.
type stand struct {
	kind       Kind
	key, shown string
	version    string
	at         time.Time
	by         string
	paper      bool
}

// id tells the consents of one record apart.
func (x *stand) id() string { return string(x.kind) + "/" + x.key }

// entry writes down what one entry of the trail says.
func (s *Service) entry(ctx context.Context, e *audit.Entry) (int, error) {
	before, after, err := s.stands(ctx, e)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, x := range before {
		if _, still := after[x.id()]; !still {
			k, err := s.withdraw(ctx, e, &x)
			if n += k; err != nil {
				return n, err
			}
		}
	}
	for _, x := range after {
		if _, had := before[x.id()]; !had {
			k, err := s.give(ctx, e, &x)
			if n += k; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func notThere(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// masked shows enough of a number to know it by.
func masked(digits string) string {
	if len(digits) < 8 {
		return "****"
	}
	return digits[:3] + "****" + digits[len(digits)-4:]
}

// number begins the ids of what an entry gave: they sort as the entries do.
func number(e *audit.Entry) string { return fmt.Sprintf("%012d", e.Seq) }

func (x *stand) slot(e *audit.Entry) string { return string(x.kind) + "/" + e.Of + "/" + x.key }

func (s *Service) give(ctx context.Context, e *audit.Entry, x *stand) (int, error) {
	c := Consent{
		Meta: store.Meta{ID: number(e) + "." + x.id()}, Kind: x.kind, Of: e.Of, Title: e.Fact.Title, Slot: x.slot(e), Shown: x.shown, Version: x.version, Notice: In(Notice, calendar.Today(x.at).String()).Version,
		Given: x.at, By: x.by, Paper: x.paper,
	}
	if c.Title == "" && e.Object().Kind == listing.Kind {
		l, err := s.Shop(ctx, e.Object().ID)
		if err := notThere(err); err != nil {
			return 0, err
		}
		c.Title = l.Name.Hans
	}
	if e.Fact.By.Account == x.by {
		c.ByName = e.Fact.By.Name
	}
	err := s.coll.Insert(ctx, &c)
	if fault.Is(err, fault.Conflict) { // it stands already, or this entry came before
		return 0, nil
	}
	return 1, err
}

func (s *Service) withdraw(ctx context.Context, e *audit.Entry, x *stand) (int, error) {
	was, err := s.coll.GetBy(ctx, "slot", x.slot(e))
	if fault.Is(err, fault.NotFound) {
		ended, err := s.coll.Find(ctx, store.Where("of", store.Eq, e.Of).And("withdrawn", store.Eq, e.Fact.At))
		if err != nil || slices.ContainsFunc(ended.Items, func(c Consent) bool { return strings.HasSuffix(c.ID, "."+x.id()) }) {
			return 0, err // this entry came before
		}
		// Given before there was a ledger: what is known of it comes with its end.
		if _, err := s.give(ctx, e, x); err != nil {
			return 0, err
		}
		if was, err = s.coll.GetBy(ctx, "slot", x.slot(e)); err != nil {
			return 0, notThere(err) // this entry came before
		}
	} else if err != nil || was.ID > number(e) {
		return 0, err // given anew after this entry, which came before
	}
	_, err = s.coll.Update(ctx, was.ID, 0, func(c *Consent) error {
		if c.Stands() {
			c.Slot, c.Withdrawn, c.WithdrawnBy, c.WithdrawnName = "-"+c.ID, e.Fact.At, e.Fact.By.Account, e.Fact.By.Name
		}
		return nil
	})
	return 1, err
}

// Filter narrows the ledger; empty fields do not.
type Filter struct {
	Of string // audit.Ref as text
	By string // account
}

// List returns a page of the ledger, the latest first: access.ConsentRead. It reads the trail first.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter, cursor string, limit int) (store.Page[Consent], error) {
	if err := access.Require(by, access.ConsentRead, access.Thing{Kind: "consent"}); err != nil {
		return store.Page[Consent]{Items: []Consent{}}, err
	}
	if _, err := s.Take(ctx); err != nil {
		return store.Page[Consent]{Items: []Consent{}}, err
	}
	q := store.All()
	if f.Of != "" {
		q = q.And("of", store.Eq, f.Of)
	}
	if f.By != "" {
		q = q.And("by", store.Eq, f.By)
	}
	return s.coll.Find(ctx, q.OrderBy("given", store.Desc).Limit(limit).After(cursor))
}

// Own returns what an account agreed to, for that account: the latest 500.
func (s *Service) Own(ctx context.Context, by access.Actor, accountID string) ([]Consent, error) {
	if err := access.Require(by, access.AccountOwn, access.Thing{Kind: "account", ID: accountID, AccountID: accountID}); err != nil {
		return nil, err
	}
	if _, err := s.Take(ctx); err != nil {
		return nil, err
	}
	page, err := s.coll.Find(ctx, store.Where("by", store.Eq, accountID).OrderBy("given", store.Desc).Limit(takeBatch))
	return page.Items, err
}

// due finds what was taken back so many days ago. The zero time, of what stands, lies before 1970.
func (s *Service) due(days int) store.Query {
	return store.Where("withdrawn", store.Gt, time.UnixMilli(0)).And("withdrawn", store.Lt, s.Now().AddDate(0, 0, -days))
}

// Due returns how many the next Sweep would erase, if they were kept for so many days.
func (s *Service) Due(ctx context.Context, days int) (int, error) {
	return s.coll.Count(ctx, s.due(days))
}

// Sweep erases consents that were taken back long enough ago, and returns how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	due := s.due(s.Days())
	n := 0
	for {
		page, err := s.coll.Find(ctx, due.Limit(200))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		k, err := s.coll.Erase(ctx, page.Items...)
		if n += k; err != nil {
			return n, err
		}
	}
}
