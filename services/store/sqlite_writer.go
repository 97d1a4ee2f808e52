package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	sqlite3 "modernc.org/sqlite/lib"

	"shangquan/services/fault"
	"shangquan/services/rescue"
)

// batchLimit bounds how many writes share a commit, and with it how long the first of them waits.
const batchLimit = 256

// writer owns the one connection that writes. A caller who finds it free writes at once, without waiting for another goroutine to wake
// up. Those who come while a commit is on its way to the disk are gathered into the next one: a commit costs the same for one write as
// for a hundred.
type writer struct {
	ctx   context.Context // of the database, never cancelled: interrupting a statement would undo the writes of others
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	ended chan struct{} // closed when the last write after stop is done

	mu      sync.Mutex
	waiting []*job
	busy    bool // somebody commits, and sees to who waits
	stopped bool
}

// job is one caller's write. It is either abandoned by its caller or taken by the writer, never both.
type job struct {
	// alone, which may be nil, does the work with one statement, if one will do: done. A statement outside a transaction is one of its own.
	alone func(*txn) (done bool, err error)
	run   func(*txn) error
	took  atomic.Bool
	done  chan error
}

// txn is what a job may do.
type txn struct {
	w       *writer
	touched map[*sqliteTable]struct{}
}

func newWriter(ctx context.Context, conn *sql.Conn) *writer {
	return &writer{ctx: context.WithoutCancel(ctx), conn: conn, ended: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
}

// write runs a job in a transaction of its own or of a batch, and returns when it is on disk or undone.
func (db *sqliteDB) write(ctx context.Context, run func(*txn) error) error {
	return db.writeJob(ctx, &job{run: run})
}

func (db *sqliteDB) writeJob(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.done = make(chan error, 1)
	free, ok := db.writer.join(j)
	if !ok {
		return unavailable("store: %s is closed", db.path)
	}
	if free {
		db.writer.lead()
	}
	select {
	case err := <-j.done:
		return db.translate(err)
	case <-ctx.Done():
		if j.took.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return db.translate(<-j.done) // it is being written: say what came of it
	}
}

// join puts a job among those that wait; free says that nobody commits, so that its caller has to.
func (w *writer) join(j *job) (free, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false, false
	}
	w.waiting = append(w.waiting, j)
	free = !w.busy
	w.busy = true
	return free, true
}

// next returns the jobs of the next commit. When there are none the writer is free.
func (w *writer) next() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), batchLimit)
	batch := w.waiting[:n:n]
	if w.waiting = w.waiting[n:]; n > 0 {
		return batch
	}
	w.waiting, w.busy = nil, false
	if w.stopped {
		close(w.ended)
	}
	return nil
}

// lead commits what waits. Only the first commit is the caller's own: the others are not for it to wait for.
func (w *writer) lead() {
	defer func() {
		if batch := w.next(); batch != nil {
			rescue.Go(slog.Default(), "store", func() {
				for ; batch != nil; batch = w.next() {
					// A job that panics has been answered; what waits behind it is written all the same.
					if err := rescue.Do(func() error { w.commit(batch); return nil }); err != nil {
						slog.Error("a write panicked", "error", err)
					}
				}
			})
		}
	}()
	w.commit(w.next())
}

// commit runs a batch. A job that fails is undone alone; an error of the engine itself undoes them all. A job that has the
// transaction to itself needs no savepoint, for which SQLite would copy every page before it changes it.
func (w *writer) commit(batch []*job) {
	tx := &txn{w: w, touched: map[*sqliteTable]struct{}{}}
	results := make([]error, len(batch))
	answered := false
	defer func() {
		if !answered { // a job panicked: nothing is written, and nobody waits for ever
			_, _ = tx.exec("ROLLBACK")
			for _, j := range batch {
				j.took.Store(true)
				j.done <- errPanicked
			}
		}
	}()
	if len(batch) == 1 && tx.alone(batch[0]) {
		answered = true
		return
	}
	_, err := tx.exec("BEGIN IMMEDIATE")
	for i, j := range batch {
		if err != nil {
			break
		}
		if !j.took.CompareAndSwap(false, true) {
			continue
		}
		if len(batch) == 1 {
			results[i], err = tx.judged(j.run)
		} else {
			results[i], err = tx.guarded(j.run)
		}
	}
	if len(batch) == 1 && results[0] != nil {
		_, err = tx.exec("ROLLBACK")
		answered = true
		batch[0].done <- errors.Join(results[0], err)
		return
	}
	if err == nil {
		_, err = tx.exec("COMMIT")
	}
	if err != nil {
		_, _ = tx.exec("ROLLBACK") // fails when SQLite rolled back by itself
	} else {
		tx.count()
	}
	answered = true
	for i, j := range batch {
		j.took.Store(true)
		j.done <- errors.Join(results[i], err)
	}
}

// count makes the writes of a transaction that is on disk known to who asks for revisions.
func (tx *txn) count() {
	for t := range tx.touched {
		t.rev.Add(1)
	}
}

// alone tries to do a job without a transaction and answers it then. BEGIN and COMMIT are two statements of three.
func (tx *txn) alone(j *job) bool {
	if j.alone == nil || !j.took.CompareAndSwap(false, true) {
		return false
	}
	done, err := j.alone(tx)
	if !done && err == nil {
		j.took.Store(false) // nothing is written yet
		return false
	}
	if err == nil {
		tx.count()
	}
	j.done <- err
	return true
}

var errPanicked = errors.New("another write of the same commit failed")

// guarded runs a job inside a savepoint, so that it can be undone alone.
func (tx *txn) guarded(run func(*txn) error) (own, broken error) {
	if _, err := tx.exec("SAVEPOINT job"); err != nil {
		return nil, err
	}
	own, broken = tx.judged(run)
	if broken != nil {
		return nil, broken
	}
	if own != nil {
		if _, err := tx.exec("ROLLBACK TO job"); err != nil {
			return nil, err
		}
	}
	_, err := tx.exec("RELEASE job")
	return own, err
}

// judged runs a job and tells an error of its own from one of the engine, with which the whole transaction is lost.
func (tx *txn) judged(run func(*txn) error) (own, broken error) {
	err := run(tx)
	if err == nil {
		return nil, nil
	}
	if _, isFault := errors.AsType[*fault.Error](err); !isFault && code(err) != sqlite3.SQLITE_CONSTRAINT && code(err) != 0 && code(err) != sqlite3.SQLITE_ERROR {
		return nil, err
	}
	return err, nil
}

func (tx *txn) prepared(query string) (*sql.Stmt, error) {
	if st, ok := tx.w.stmts[query]; ok {
		return st, nil
	}
	st, err := tx.w.conn.PrepareContext(tx.w.ctx, query)
	if err == nil {
		tx.w.stmts[query] = st
	}
	return st, err
}

// exec runs a statement that is worth preparing and returns how many rows it changed.
func (tx *txn) exec(query string, args ...any) (int64, error) {
	st, err := tx.prepared(query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(tx.w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query runs a prepared query.
func (tx *txn) query(query string, args ...any) (*sql.Rows, error) {
	st, err := tx.prepared(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(tx.w.ctx, args...)
}

// define runs a statement that changes the schema.
func (tx *txn) define(query string) error {
	_, err := tx.w.conn.ExecContext(tx.w.ctx, query)
	return err
}

func (w *writer) close() error {
	w.mu.Lock()
	w.stopped = true
	busy := w.busy
	w.mu.Unlock()
	if busy {
		<-w.ended
	}
	_, _ = w.conn.ExecContext(w.ctx, "PRAGMA optimize")
	for _, st := range w.stmts {
		_ = st.Close()
	}
	return w.conn.Close()
}
