package intake

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/sheet"
	"shangquan/services/store"
)

// One server works at one import at a time: that bounds the memory, and two files never interleave. Should its lease run out while it
// still lives, the other one finds what it has written by the trail.
const (
	lease    = 30 * time.Second
	lookOut  = 2 * time.Second // how often a server looks for work that another one took in
	maxTries = 3
)

// Run works off imports until ctx ends.
func (s *Service) Run(ctx context.Context, log *slog.Logger) {
	owner := rand.Text()
	tick := time.NewTicker(lookOut)
	defer tick.Stop()
	for {
		if _, err := s.Work(ctx, owner); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "an import does not go on", "error", err)
		}
		select {
		case <-ctx.Done():
			_, _ = s.DB.Lease(context.WithoutCancel(ctx), "import", owner, 0) // it ends by itself otherwise
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// Work does everything that waits, unless another server is at it, and returns how many imports it brought a step on.
func (s *Service) Work(ctx context.Context, owner string) (int, error) {
	for n := 0; ; n++ {
		if s.paused() {
			return n, nil
		}
		page, err := s.docs.Find(ctx, store.Where("state", store.In, []string{string(Received), string(Running), string(Undoing)}).Limit(1))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		mine, err := s.DB.Lease(ctx, "import", owner, lease)
		if err != nil || !mine {
			return n, err
		}
		w := worker{s, &page.Items[0], owner}
		if err := w.work(ctx); err != nil {
			if errors.Is(err, errPaused) {
				err = nil
			}
			return n, err
		}
	}
}

// worker brings one import a step on.
type worker struct {
	*Service
	i     *Import
	owner string
}

func (w *worker) work(ctx context.Context) error {
	switch w.i.State {
	case Received:
		return w.read(ctx)
	case Running:
		return w.run(ctx)
	default:
		return w.undo(ctx)
	}
}

// errPaused says that nothing may be written for now.
var errPaused = errors.New("intake: paused")

func (s *Service) paused() bool { return s.Paused != nil && s.Paused() }

// errLost says that another server has taken over.
var errLost = errors.New("intake: the lease was lost")

func (w *worker) hold(ctx context.Context) error {
	if w.paused() {
		return errPaused
	}
	mine, err := w.DB.Lease(ctx, "import", w.owner, lease)
	if err == nil && !mine {
		return errLost
	}
	return err
}

// by is in whose name the program writes.
func (w *worker) by() access.Actor {
	return access.Actor{AccountID: w.i.By, Name: w.i.ByName, System: Kind}
}

// note writes the outcome of a step.
func (w *worker) note(ctx context.Context, why string, change func(*Import)) error {
	_, err := w.docs.UpdateAs(ctx, w.by(), w.i.ID, w.i.Rev, func(i *Import) (audit.Write, error) {
		change(i)
		return w.write(i, why), nil
	})
	return err
}

// read makes the journal of a file. One that was cut off begins anew; a file that is cut off again and again is given up, for it may
// be the cause.
func (w *worker) read(ctx context.Context) error {
	if err := w.eraseJournal(ctx, w.i.ID); err != nil {
		return err
	}
	refused := func(key string) sheet.Report {
		r := blank()
		r.Refused = &sheet.Problem{Key: key}
		return r
	}
	if w.i.Tries >= maxTries {
		return w.hasRead(ctx, refused("sheet.given_up"), 0)
	}
	next, err := w.docs.UpdateAs(ctx, w.by(), w.i.ID, w.i.Rev, func(i *Import) (audit.Write, error) { i.Tries++; return w.write(i, "read"), nil })
	if err != nil {
		return err
	}
	w.i = &next
	f, err := w.files.Get(ctx, w.i.ID)
	if err != nil {
		return err
	}
	body, err := w.unseal("file", f.Sealed)
	if err != nil {
		return err
	}
	names, err := w.Names(ctx)
	if err != nil {
		return err
	}
	j := journal{worker: w, ctx: ctx}
	report, err := sheet.Scan(ctx, bytes.NewReader(body), w.Shops, names, j.add)
	if err == nil && report.Refused == nil {
		err = j.flush()
	}
	if err != nil {
		return err
	}
	return w.hasRead(ctx, report, j.total)
}

func (w *worker) hasRead(ctx context.Context, r sheet.Report, total int) error {
	if r.Refused != nil {
		if err := w.eraseJournal(ctx, w.i.ID); err != nil { // what was read of it before it was refused
			return err
		}
		total = 0
	}
	if err := w.keep(ctx, w.i.ID, r.Rows); err != nil {
		return err
	}
	r.Rows = []sheet.Problem{}
	return w.note(ctx, "read", func(i *Import) {
		i.State, i.Report, i.Total = Ready, r, total
		if r.Refused != nil {
			i.State = Refused
		}
	})
}

// journal collects rows into chunks.
type journal struct {
	*worker
	ctx         context.Context
	rows        []row
	total, part int
}

func (j *journal) add(st sheet.Step) error {
	r := row{Row: st.Row, Before: st.Before, After: st.After}
	r.Before.Trail, r.After.Trail = audit.Trail{}, audit.Trail{} // the writes make facts of their own
	if r.Before.Rev == 0 {
		r.After.ID = strings.ToLower(rand.Text())
	}
	if j.rows = append(j.rows, r); len(j.rows) == chunkRows {
		return j.flush()
	}
	return nil
}

func (j *journal) flush() error {
	if len(j.rows) == 0 {
		return nil
	}
	if err := j.hold(j.ctx); err != nil {
		return err
	}
	b, err := json.Marshal(j.rows)
	if err != nil {
		return err
	}
	sealed, err := j.seal("journal", b)
	if err != nil {
		return err
	}
	c := chunk{Meta: store.Meta{ID: fmt.Sprintf("%s-%05d", j.i.ID, j.part)}, ImportID: j.i.ID, State: planned, Sealed: sealed, Rows: len(j.rows)}
	if err := j.chunks.Insert(j.ctx, &c); err != nil {
		return err
	}
	j.total += len(j.rows)
	j.part++
	j.rows = j.rows[:0]
	return nil
}

// run writes the chunks that are planned, and sums up.
func (w *worker) run(ctx context.Context) error {
	if err := w.each(ctx, planned, w.writeChunk); err != nil {
		return err
	}
	failed, err := w.sum(ctx, func(c *chunk) []sheet.Problem { return c.Failed })
	if err != nil {
		return err
	}
	return w.note(ctx, "done", func(i *Import) {
		i.State, i.DoneAt, i.Failed, i.Written = Done, w.Now(), failed, i.Total-failed
	})
}

// undo takes the written chunks back, and sums up.
func (w *worker) undo(ctx context.Context) error {
	if err := w.each(ctx, written, w.undoChunk); err != nil {
		return err
	}
	left, err := w.sum(ctx, func(c *chunk) []sheet.Problem { return c.Left })
	if err != nil {
		return err
	}
	return w.note(ctx, "undone", func(i *Import) {
		i.State, i.UndoneAt, i.Left, i.TakenBack = Undone, w.Now(), left, i.Written-left
	})
}

// each deals with the chunks in one state, one after the other, until there are none.
func (w *worker) each(ctx context.Context, in chunkState, do func(context.Context, *chunk) error) error {
	for {
		page, err := w.chunks.Find(ctx, store.Where("import_id", store.Eq, w.i.ID).And("state", store.Eq, string(in)).Limit(4))
		if err != nil || len(page.Items) == 0 {
			return err
		}
		for n := range page.Items {
			if err := errors.Join(ctx.Err(), w.hold(ctx)); err != nil {
				return err
			}
			if err := do(ctx, &page.Items[n]); err != nil {
				return err
			}
		}
	}
}

// sum counts the rows of the chunks that something went wrong with, and keeps what it was with the problems of the dry run.
func (w *worker) sum(ctx context.Context, of func(*chunk) []sheet.Problem) (int, error) {
	n := 0
	p, err := w.problems.Get(ctx, w.i.ID)
	if err != nil {
		return 0, err
	}
	known := map[string]bool{} // a sum that was cut off is made again
	key := func(x sheet.Problem) string { return fmt.Sprint(x.Row, " ", x.Column, " ", x.Key) }
	for _, x := range p.List {
		known[key(x)] = true
	}
	for c, err := range w.chunks.Each(ctx, store.Where("import_id", store.Eq, w.i.ID).Limit(20)) {
		if err != nil {
			return 0, err
		}
		rows := map[int]bool{} // a row may have several problems
		for _, x := range of(&c) {
			rows[x.Row] = true
			if !known[key(x)] {
				p.List = append(p.List, x)
			}
		}
		n += len(rows)
	}
	return n, w.keep(ctx, w.i.ID, p.List)
}

// reason is what stands in the trail of every shop the import wrote, by which a server that goes on knows them again.
func (w *worker) reason() string   { return "import " + w.i.ID }
func (w *worker) unreason() string { return "undo of import " + w.i.ID }

// writeChunk writes what a chunk says.
func (w *worker) writeChunk(ctx context.Context, c *chunk) error {
	rows, err := w.rows(c)
	if err != nil {
		return err
	}
	stored, err := w.Shops.Stored(ctx, ids(rows))
	if err != nil {
		return err
	}
	todo, at := []listing.Listing{}, []row{}
	failed := []sheet.Problem{}
	for _, r := range rows {
		is, there := stored[r.After.ID]
		switch {
		case there && is.Rev == r.Before.Rev+1 && is.Fact.Why == w.reason(): // written before a crash
		case !there && r.Before.Rev == 0, there && is.Rev == r.Before.Rev:
			l := r.After
			l.Meta = store.Meta{ID: r.After.ID, Rev: r.Before.Rev, CreatedAt: r.Before.CreatedAt}
			todo, at = append(todo, l), append(at, r)
		default:
			failed = append(failed, meanwhile(r))
		}
	}
	errs, err := w.Shops.Put(ctx, w.by(), w.reason(), todo)
	if err != nil {
		return err
	}
	for n, err := range errs {
		failed = append(failed, refusal(at[n], err)...)
	}
	_, err = w.chunks.Update(ctx, c.ID, c.Rev, func(c *chunk) error { c.State, c.Failed = written, failed; return nil })
	return err
}

func meanwhile(r row) sheet.Problem {
	return sheet.Problem{Row: r.Row, Code: r.After.Code, Key: "sheet.changed_meanwhile"}
}

// refusal is what stands in the report for a shop that could not be written; nothing for one that was.
func refusal(r row, err error) []sheet.Problem {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case err == nil:
		return nil
	case ok && f.Kind == fault.Invalid:
		return sheet.ProblemsOf(f, r.Row, r.After.Code)
	}
	return []sheet.Problem{meanwhile(r)}
}

// undoChunk takes back what a chunk wrote.
func (w *worker) undoChunk(ctx context.Context, c *chunk) error {
	rows, err := w.rows(c)
	if err != nil {
		return err
	}
	stored, err := w.Shops.Stored(ctx, ids(rows))
	if err != nil {
		return err
	}
	failed := map[int]bool{}
	for _, p := range c.Failed {
		failed[p.Row] = true
	}
	todo, at := []listing.Listing{}, []row{}
	left := []sheet.Problem{}
	for _, r := range rows {
		if failed[r.Row] {
			continue
		}
		is, there := stored[r.After.ID]
		switch {
		case there && is.Rev == r.Before.Rev+2 && is.Fact.Why == w.unreason(): // taken back before a crash
		case there && is.Rev == r.Before.Rev+1 && is.Fact.Why == w.reason():
			l := r.Before
			if r.Before.Rev == 0 {
				l = is.Withdrawn()
			}
			l.Meta = is.Meta
			todo, at = append(todo, l), append(at, r)
		default:
			left = append(left, since(r))
		}
	}
	errs, err := w.Shops.Put(ctx, w.by(), w.unreason(), todo)
	if err != nil {
		return err
	}
	for n, err := range errs {
		if err != nil {
			left = append(left, since(at[n]))
		}
	}
	_, err = w.chunks.Update(ctx, c.ID, c.Rev, func(c *chunk) error { c.State, c.Left = undone, left; return nil })
	return err
}

// since names a shop that somebody changed after the import.
func since(r row) sheet.Problem {
	return sheet.Problem{Row: r.Row, Code: r.After.Code, Key: "sheet.changed_since"}
}
