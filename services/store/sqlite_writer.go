package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	sqlite3 "modernc.org/sqlite/lib"

	"shangquan/services/fault"
)

// batchLimit bounds how many writes share a commit, and with it how long the first of them waits.
const batchLimit = 256

// writer owns the one connection that writes. Callers who come while a commit is on its way to the disk are gathered into the
// next one: a commit costs the same for one write as for a hundred.
type writer struct {
	ctx   context.Context // of the database, never cancelled: interrupting a statement would undo the writes of others
	conn  *sql.Conn
	jobs  chan *job
	stop  chan struct{}
	ended chan struct{}
	stmts map[string]*sql.Stmt
}

// job is one caller's write. It is either abandoned by its caller or taken by the writer, never both.
type job struct {
	run  func(*txn) error
	took atomic.Bool
	done chan error
}

// txn is what a job may do.
type txn struct {
	w       *writer
	touched map[*sqliteTable]struct{}
}

func newWriter(ctx context.Context, conn *sql.Conn) *writer {
	w := &writer{ctx: context.WithoutCancel(ctx), conn: conn, jobs: make(chan *job), stop: make(chan struct{}), ended: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w
}

// write runs the job in a transaction of its own or of a batch, and returns when it is on disk or undone.
func (db *sqliteDB) write(ctx context.Context, run func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{run: run, done: make(chan error, 1)}
	select {
	case db.writer.jobs <- j:
	case <-db.writer.stop:
		return unavailable("store: %s is closed", db.path)
	case <-ctx.Done():
		return ctx.Err()
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

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case j := <-w.jobs:
			batch := []*job{j}
		gather:
			for len(batch) < batchLimit {
				select {
				case j := <-w.jobs:
					batch = append(batch, j)
				default:
					break gather
				}
			}
			w.commit(batch)
		case <-w.stop:
			return
		}
	}
}

// commit runs a batch. A job that fails is undone alone; an error of the engine itself undoes them all. A job that has the
// transaction to itself needs no savepoint, for which SQLite would copy every page before it changes it.
func (w *writer) commit(batch []*job) {
	tx := &txn{w: w, touched: map[*sqliteTable]struct{}{}}
	results := make([]error, len(batch))
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
		batch[0].done <- errors.Join(results[0], err)
		return
	}
	if err == nil {
		_, err = tx.exec("COMMIT")
	}
	if err != nil {
		_, _ = tx.exec("ROLLBACK") // fails when SQLite rolled back by itself
	} else {
		for t := range tx.touched {
			t.rev.Add(1)
		}
	}
	for i, j := range batch {
		j.took.Store(true)
		j.done <- errors.Join(results[i], err)
	}
}

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
	close(w.stop)
	<-w.ended
	_, _ = w.conn.ExecContext(w.ctx, "PRAGMA optimize")
	for _, st := range w.stmts {
		_ = st.Close()
	}
	return w.conn.Close()
}
