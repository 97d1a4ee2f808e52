package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"shangquan/services/fault"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// Limits of one request.
const (
	batchDocs  = 500
	batchBytes = 5 << 20
)

// batch is a write on its way: documents to put or ids to delete, never both.
type batch struct {
	ids    []string
	docs   []json.RawMessage // nil: delete the ids
	delete bool
	task   int64
}

// taskInfo is the answer to an accepted write.
type taskInfo struct {
	TaskUID *int64 `json:"taskUid"`
}

// uid returns the task, −1 when the answer names none; no task has that number and waiting for it fails.
func (t taskInfo) uid() int64 {
	if t.TaskUID == nil {
		return -1
	}
	return *t.TaskUID
}

// batches encodes listings, leaving out and reporting bad ones, in requests of limited size.
func (e *Engine) batches(ls []search.Listing) (out []*batch, bad error) {
	var errs []error
	b, size := &batch{}, 0
	for i := range ls {
		if err := ls[i].Check(); err != nil {
			errs = append(errs, err)
			continue
		}
		var d text.Document
		if err := search.Guard(ls[i].ID, func() { d = e.derive(&ls[i]) }); err != nil {
			errs = append(errs, err)
			continue
		}
		doc, err := json.Marshal(d)
		if err != nil {
			errs = append(errs, fault.New(fault.Invalid, "error.search.listing", fmt.Errorf("listing %s: %w", ls[i].ID, err)))
			continue
		}
		if len(b.docs) == batchDocs || len(b.docs) > 0 && size+len(doc) > batchBytes {
			out = append(out, b)
			b, size = &batch{}, 0
		}
		b.ids, b.docs = append(b.ids, ls[i].ID), append(b.docs, doc)
		size += len(doc) + 1
	}
	if len(b.docs) > 0 {
		out = append(out, b)
	}
	return out, errors.Join(errs...)
}

// Upsert implements search.Engine.
func (e *Engine) Upsert(ctx context.Context, ls ...search.Listing) error {
	bs, bad := e.batches(ls)
	return errors.Join(bad, e.accept(ctx, bs))
}

// Delete implements search.Engine.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	var bs []*batch
	for part := range slices.Chunk(ids, batchDocs) {
		bs = append(bs, &batch{ids: part, delete: true})
	}
	return e.accept(ctx, bs)
}

// accept sends batches to the index and remembers their tasks for Sync.
func (e *Engine) accept(ctx context.Context, bs []*batch) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(bs) == 0 {
		return nil
	}
	if err := e.prepare(ctx); err != nil {
		return err
	}
	for _, b := range bs {
		if err := e.send(ctx, e.cfg.Index, b); err != nil {
			return err
		}
		e.pending = append(e.pending, b)
		if e.replays {
			e.replay = append(e.replay, &batch{ids: b.ids, docs: b.docs, delete: b.delete})
		}
	}
	return nil
}

// send posts a batch and notes its task.
func (e *Engine) send(ctx context.Context, index string, b *batch) error {
	path := "/indexes/" + url.PathEscape(index) + "/documents"
	var body []byte
	var err error
	if b.delete {
		path += "/delete-batch"
		body, err = json.Marshal(b.ids)
	} else {
		path += "?primaryKey=id"
		body, err = json.Marshal(b.docs)
	}
	if err != nil {
		return err
	}
	var info taskInfo
	if err := e.write(ctx, http.MethodPost, path, body, &info); err != nil {
		return err
	}
	if b.task = info.uid(); b.task < 0 {
		return unavailable(errors.New("meilisearch: a write was answered without a task"))
	}
	return nil
}

// taskError is a task that ended other than well.
type taskError struct {
	uid           int64
	status        meilisearch.TaskStatus
	code, message string
}

func (t *taskError) Error() string {
	return fmt.Sprintf("meilisearch: task %d %s: %s %s", t.uid, t.status, t.code, t.message)
}

// Is makes it a search.ErrTask.
func (t *taskError) Is(target error) bool { return target == search.ErrTask }

// await waits until a task has ended and returns nil only if it succeeded.
func (e *Engine) await(ctx context.Context, uid int64) error {
	timer := time.NewTimer(e.cfg.Poll)
	defer timer.Stop()
	for {
		one, cancel := context.WithTimeout(ctx, e.cfg.WriteTimeout)
		task, err := e.manager.GetTaskWithContext(one, uid)
		cancel()
		if err != nil {
			return fromLibrary(err)
		}
		switch task.Status {
		case meilisearch.TaskStatusSucceeded:
			return nil
		case meilisearch.TaskStatusEnqueued, meilisearch.TaskStatusProcessing:
		case meilisearch.TaskStatusFailed, meilisearch.TaskStatusCanceled:
			return unavailable(&taskError{uid, task.Status, task.Error.Code, task.Error.Message})
		default:
			return unavailable(fmt.Errorf("meilisearch: task %d has the state %q", uid, task.Status))
		}
		timer.Reset(e.cfg.Poll)
		select {
		case <-ctx.Done():
			return unavailable(ctx.Err())
		case <-timer.C:
		}
	}
}

// failed reports whether err is a task that failed because of what it was given.
func failed(err error) bool {
	t, ok := errors.AsType[*taskError](err)
	return ok && t.status == meilisearch.TaskStatusFailed
}

// Sync implements search.Engine. A failed batch is sent again in halves until the listing that spoils it stands alone; it is
// named in the error. When Meilisearch cannot be asked, the writes stay to be waited for.
func (e *Engine) Sync(ctx context.Context) error {
	e.mu.Lock()
	waiting := e.pending
	e.pending = nil
	e.mu.Unlock()
	var errs []error
	for i, b := range waiting {
		err := e.await(ctx, b.task)
		if failed(err) {
			var culprits []*culprit
			culprits, err = e.halve(ctx, e.cfg.Index, b, err, waiting[i+1:])
			errs = append(errs, report(culprits))
		}
		if err == nil {
			continue
		}
		errs = append(errs, err)
		if _, ended := errors.AsType[*taskError](err); !ended {
			e.mu.Lock()
			e.pending = append(slices.Clone(waiting[i:]), e.pending...)
			e.mu.Unlock()
			break
		}
	}
	return errors.Join(errs...)
}

// culprit is a listing that makes its batch fail.
type culprit struct {
	id  string
	why error
}

func (c *culprit) Error() string { return "listing " + c.id + ": " + c.why.Error() }

// report makes one error of the culprits, nil when there are none. It is Invalid: sending them again would not help.
func report(cs []*culprit) error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, fault.New(fault.Invalid, "error.search.listing", c))
	}
	return errors.Join(errs...)
}

// halve sends the listings of a failed batch again, half at a time, and returns those that fail alone. Listings that a later
// write holds are left to it.
func (e *Engine) halve(ctx context.Context, index string, b *batch, why error, later []*batch) ([]*culprit, error) {
	keep := &batch{delete: b.delete}
	for i, id := range b.ids {
		if slices.ContainsFunc(later, func(l *batch) bool { return slices.Contains(l.ids, id) }) {
			continue
		}
		keep.ids = append(keep.ids, id)
		if !b.delete {
			keep.docs = append(keep.docs, b.docs[i])
		}
	}
	switch {
	case len(keep.ids) == 0:
		return nil, nil
	case len(b.ids) == 1:
		t, _ := errors.AsType[*taskError](why)
		return []*culprit{{b.ids[0], t}}, nil
	}
	var out []*culprit
	middle := len(keep.ids) / 2
	for _, span := range [][2]int{{0, middle}, {middle, len(keep.ids)}} {
		part := &batch{ids: keep.ids[span[0]:span[1]], delete: keep.delete}
		if len(part.ids) == 0 {
			continue
		}
		if !keep.delete {
			part.docs = keep.docs[span[0]:span[1]]
		}
		if err := e.send(ctx, index, part); err != nil {
			return out, err
		}
		err := e.await(ctx, part.task)
		if failed(err) {
			var more []*culprit
			more, err = e.halve(ctx, index, part, err, nil)
			out = append(out, more...)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
