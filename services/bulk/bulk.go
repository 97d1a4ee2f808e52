// Package bulk changes many shops at once 批量修改: what would change is shown shop by shop first, every shop is written over the
// revision that was shown, and for a day all of it can be taken back where nobody has written since. Closing takes two people, and so does
// taking down more than a few.
package bulk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// Kind names batches in the trail; CloseKind and SuspendKind the proposals of closing many shops and of taking them down.
const (
	Kind        = "batch"
	CloseKind   = "bulk_close"
	SuspendKind = "bulk_suspend"
)

// MaxRows is how many shops one batch has; Few how many one person takes down alone in a day; UndoFor how long it can be taken back;
// planFor how long a preview is kept.
const (
	MaxRows = 500
	Few     = 5
	UndoFor = 24 * time.Hour
	planFor = 24 * time.Hour
)

// Field is what a batch changes.
type Field string

// The fields.
const (
	Hours    Field = "hours"
	Category Field = "category"
	Tags     Field = "tags"
	State    Field = "state"
)

// Fields lists them.
var Fields = []Field{Hours, Category, Tags, State}

// Moves are the acts on the state that a batch can do.
var Moves = []listing.Action{listing.Suspend, listing.Reinstate, listing.Close, listing.Reopen}

// Outcome is what became of one shop.
type Outcome string

// The outcomes.
const (
	Planned Outcome = "planned"
	Same    Outcome = "same" // it says so already
	Written Outcome = "written"
	Changed Outcome = "changed" // somebody wrote since it was shown; it was left alone
	Cannot  Outcome = "cannot"  // its state does not allow it, or it would not be valid; see Why
	Back    Outcome = "back"    // taken back
)

// Row is one shop of a batch.
type Row struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Rev     int64   `json:"rev"`  // as shown
	Made    int64   `json:"made"` // the revision the batch made
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why"` // the key of a message
}

// Stage is where a batch stands.
type Stage string

// The stages. Running is left by a crash only; Settle goes on with it.
const (
	Preview Stage = "preview"
	Signing Stage = "signing" // waits for a second person
	Running Stage = "running"
	Applied Stage = "applied"
	Undoing Stage = "undoing"
	Undone  Stage = "undone"
)

// Batch is a change of many shops.
type Batch struct {
	store.Meta
	Change Change             `json:"change"`
	Rows   []Row              `json:"rows"`
	Stage  Stage              `json:"stage"`
	By     countersign.Person `json:"by"`     // who planned it, and then who applied or proposed it
	Signed bool               `json:"signed"` // it takes two people
	// Counted says of a preview that who applies it is about to, alone: its shops count as taken down already, see claim.
	Counted bool      `json:"counted"`
	Until   time.Time `json:"until"` // a preview ends, and an applied batch can be taken back, until then
}

// Count returns how many shops have this outcome.
func (b *Batch) Count(o Outcome) int {
	n := 0
	for i := range b.Rows {
		if b.Rows[i].Outcome == o {
			n++
		}
	}
	return n
}

// Service keeps the batches.
type Service struct {
	docs  *store.Collection[Batch]
	log   *audit.Log
	shops *listing.Service
	signs *countersign.Service
	now   func() time.Time
}

// New returns the batches on db; closing many shops and taking them down become deeds that take two people.
func New(db store.DB, log *audit.Log, shops *listing.Service, signs *countersign.Service, now func() time.Time) *Service {
	s := &Service{
		docs: store.NewCollection[Batch](db, "batches", store.Index("stage", "until"), store.Index("by.account", "created_at")),
		log:  log, shops: shops, signs: signs, now: now,
	}
	signs.Register(CloseKind, countersign.Deed{Action: access.RegisterClose, Do: s.signed})
	signs.Register(SuspendKind, countersign.Deed{Action: access.RegisterState, Do: s.signed})
	return s
}

func may(by access.Actor) error {
	return access.Require(by, access.RegisterBatch, access.Thing{Kind: Kind})
}

// Plan makes the preview of a change of the shops with these ids: nothing is written to them. fault.Invalid.
func (s *Service) Plan(ctx context.Context, by access.Actor, ids []string, c Change) (Batch, error) {
	if err := may(by); err != nil {
		return Batch{}, err
	}
	if err := c.check(); err != nil {
		return Batch{}, err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 || len(ids) > MaxRows {
		return Batch{}, fault.Wrong("shop", "bulk.wrong.count", map[string]any{"Max": MaxRows})
	}
	b := Batch{Change: c, Stage: Preview, By: countersign.Person{Account: by.AccountID, Name: by.Name}, Until: s.now().Add(planFor), Rows: []Row{}}
	for _, id := range ids {
		l, err := s.shops.Open(ctx, by, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return Batch{}, err
		}
		b.Rows = append(b.Rows, s.plan(&l, &c))
	}
	slices.SortStableFunc(b.Rows, func(x, y Row) int { return cmp.Compare(rank(x.Outcome), rank(y.Outcome)) })
	if len(b.Rows) == 0 {
		return Batch{}, fault.Wrong("shop", "bulk.wrong.count", map[string]any{"Max": MaxRows})
	}
	return b, s.docs.Insert(ctx, &b)
}

// rank puts first what needs a look.
func rank(o Outcome) int {
	return slices.Index([]Outcome{Cannot, Changed, Planned, Written, Back, Same}, o)
}

func (s *Service) plan(l *listing.Listing, c *Change) Row {
	r := Row{ID: l.ID, Title: l.Name.Hans, Rev: l.Rev, Outcome: Planned}
	next, err := c.To(*l, s.today())
	if err == nil && c.Field != State {
		err = s.shops.Check(&next)
	}
	switch {
	case err != nil:
		r.Outcome, r.Why = Cannot, keyOf(err)
	case len(listing.Diff(*l, next)) == 0:
		r.Outcome = Same
	}
	return r
}

func keyOf(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return "error.internal"
	}
	if len(f.Fields) > 0 && len(f.Fields[0].Args) == 0 {
		return f.Fields[0].Key
	}
	return f.Key
}

// Get returns a batch: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Batch, error) {
	if err := may(by); err != nil {
		return Batch{}, err
	}
	return s.docs.Get(ctx, id)
}

// Latest returns the last batches of whoever asks, the newest first.
func (s *Service) Latest(ctx context.Context, by access.Actor, limit int) ([]Batch, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("by.account", store.Eq, by.AccountID).OrderBy("created_at", store.Desc).Limit(limit))
	return page.Items, err
}

func (s *Service) stage(ctx context.Context, id string, rev int64, from, to Stage) (Batch, error) {
	return s.docs.Update(ctx, id, rev, func(b *Batch) error {
		if b.Stage != from {
			return fault.New(fault.Conflict, "bulk.wrong.stage", errors.New("bulk: the batch is "+string(b.Stage)))
		}
		b.Stage = to
		return nil
	})
}

// Apply does what the preview with revision rev showed. What takes two people is put before a second one instead, with why; the batch is
// then Signing. A shop that somebody wrote to since is left alone and named. fault.Conflict when the batch is no preview any more.
func (s *Service) Apply(ctx context.Context, by access.Actor, id string, rev int64, why string) (Batch, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Batch{}, err
	}
	if b.Stage != Preview || b.Rev != rev || !s.now().Before(b.Until) {
		return Batch{}, fault.New(fault.Conflict, "bulk.wrong.stage", errors.New("bulk: no preview, or another one"))
	}
	who := countersign.Person{Account: by.AccountID, Name: by.Name}
	kind, err := s.TwoPeople(ctx, by, &b)
	if err == nil && kind == "" && b.takesDown() {
		kind, err = s.claim(ctx, by, &b)
	}
	if err != nil {
		return Batch{}, err
	}
	if kind != "" {
		if _, err := s.signs.Propose(ctx, by, countersign.Draft{Kind: kind, Subject: id, Title: title(&b), Why: why, Content: content{id, b.Rev, digest(&b)}}); err != nil {
			return Batch{}, err
		}
		return s.docs.Update(ctx, id, b.Rev, func(b *Batch) error {
			b.Stage, b.Signed, b.By, b.Until = Signing, true, who, s.now().Add(countersign.For+time.Hour)
			return nil
		})
	}
	b, err = s.docs.Update(ctx, id, b.Rev, func(b *Batch) error {
		b.Stage, b.By = Running, who // whom alone counts it for
		return nil
	})
	if err != nil {
		return Batch{}, err
	}
	return s.run(ctx, by, b)
}

// saveEvery is after how many shops a run notes how far it is.
const saveEvery = 25

// run writes the shops that are still planned.
func (s *Service) run(ctx context.Context, by access.Actor, b Batch) (Batch, error) {
	since := 0
	for i := range b.Rows {
		r := &b.Rows[i]
		if r.Outcome != Planned {
			continue
		}
		if err := s.write(ctx, by, &b, r); err != nil {
			return b, err
		}
		if since++; since == saveEvery {
			since = 0
			if err := s.save(ctx, &b); err != nil {
				return b, err
			}
		}
	}
	b.Stage, b.Until = Applied, s.now().Add(UndoFor)
	if err := s.save(ctx, &b); err != nil {
		return b, err
	}
	return b, s.event(ctx, by, &b, "applied")
}

func (s *Service) save(ctx context.Context, b *Batch) error {
	got, err := s.docs.Update(ctx, b.ID, b.Rev, func(doc *Batch) error {
		doc.Rows, doc.Stage, doc.Until = b.Rows, b.Stage, b.Until
		return nil
	})
	if err == nil {
		*b = got
	}
	return err
}

func (s *Service) event(ctx context.Context, by access.Actor, b *Batch, what string) error {
	return s.log.Event(ctx, by, audit.Event{Action: access.RegisterBatch, Object: audit.Ref{Kind: Kind, ID: b.ID}, Title: title(b), Why: what + " " + string(b.Change.Field), Result: "ok"})
}

// write changes one shop. What was written before a crash is known by its revision and what it says.
func (s *Service) write(ctx context.Context, by access.Actor, b *Batch, r *Row) error {
	l, err := s.shops.Get(ctx, r.ID)
	if err != nil {
		return err
	}
	want, toErr := b.Change.To(l, s.today())
	if l.Rev == r.Rev+1 && (b.Change.Field != State && len(listing.Diff(l, want)) == 0 || b.Change.Field == State && toErr != nil && reached(&l, b.Change.Move)) {
		r.Outcome, r.Made = Written, l.Rev
		return nil
	}
	got, err := s.do(ctx, by, b, r, &want)
	f, _ := errors.AsType[*fault.Error](err)
	switch {
	case err == nil:
		r.Outcome, r.Made = Written, got.Rev
	case f != nil && f.Kind == fault.Conflict && f.Key == "error.stale":
		r.Outcome = Changed
	case f != nil && (f.Kind == fault.Conflict || f.Kind == fault.Invalid || f.Kind == fault.NotFound):
		r.Outcome, r.Why = Cannot, keyOf(err)
	default:
		return err
	}
	return nil
}

// reached reports whether a listing stands where a move leads.
func reached(l *listing.Listing, a listing.Action) bool {
	return slices.ContainsFunc(listing.States, func(from listing.State) bool {
		to, err := from.After(a)
		return err == nil && to == l.State
	})
}

func (s *Service) do(ctx context.Context, by access.Actor, b *Batch, r *Row, want *listing.Listing) (listing.Listing, error) {
	switch b.Change.Field {
	case State:
		if b.Change.Move == listing.Close {
			return s.shops.Close(ctx, by, r.ID, r.Rev, listing.Closure{Kind: listing.Ceased})
		}
		return s.shops.Act(ctx, by, r.ID, r.Rev, b.Change.Move)
	case Hours, Category, Tags:
	}
	p := listing.Patch{}
	path, value := "hours", any(want.Hours)
	switch b.Change.Field { //nolint:exhaustive // hours are the default, states are done
	case Category:
		path, value = "category_id", want.CategoryID
	case Tags:
		path, value = "tag_ids", want.TagIDs
	}
	if err := p.Put(path, value); err != nil {
		return listing.Listing{}, err
	}
	return s.shops.Edit(ctx, by, r.ID, r.Rev, p)
}

// inverse are the moves that lead back.
var inverse = map[listing.Action]listing.Action{
	listing.Suspend: listing.Reinstate, listing.Reinstate: listing.Suspend, listing.Close: listing.Reopen, listing.Reopen: listing.Close,
}

// Settle goes on with batches a crash left in the middle, and forgets previews nobody applied. It returns how many it dealt with.
func (s *Service) Settle(ctx context.Context) (int, error) {
	n := 0
	var errs []error
	for _, stage := range []Stage{Running, Undoing} {
		page, err := s.docs.Find(ctx, store.Where("stage", store.Eq, string(stage)).And("updated_at", store.Lte, s.now().Add(-underWay)).Limit(20))
		if err != nil {
			return n, err
		}
		for _, b := range page.Items {
			proceed := s.run
			if stage == Undoing {
				proceed = s.undo
			}
			if _, err := proceed(ctx, access.System("batch"), b); err != nil {
				errs = append(errs, err)
				continue
			}
			n++
		}
	}
	page, err := s.docs.Find(ctx, store.Where("stage", store.In, []string{string(Preview), string(Signing)}).And("until", store.Lte, s.now()).Limit(100))
	if err != nil {
		return n, errors.Join(append(errs, err)...)
	}
	erased, err := s.docs.Erase(ctx, page.Items...)
	return n + erased, errors.Join(append(errs, err)...)
}

// underWay is how long a batch is left to the request that began it.
const underWay = 2 * time.Minute
