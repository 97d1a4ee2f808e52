package meili

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// keepOld is how long the index that a rebuild replaced is kept.
const keepOld = time.Hour

// Rebuild implements search.Engine: it fills a second index, swaps the two, and repeats on the new one the writes that were
// accepted meanwhile. Writes of other processes in that time may be lost: directory.Follower looks for them afterwards. Bad listings are left
// out and reported.
func (e *Engine) Rebuild(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	e.building.Lock()
	defer e.building.Unlock()
	if err := e.Prepare(ctx); err != nil {
		return err
	}
	if err := e.deleteOld(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	e.replays, e.replay = true, nil
	e.mu.Unlock()
	next := e.prefix() + strconv.FormatInt(e.cfg.Now().UnixNano(), 10)
	bad, err := e.fill(ctx, next, all)
	if err == nil {
		err = e.swap(ctx, next)
	}
	if err != nil {
		e.mu.Lock()
		e.replays, e.replay = false, nil
		e.mu.Unlock()
		e.drop(ctx, next)
		return errors.Join(err, bad)
	}
	return errors.Join(bad, e.repeat(ctx))
}

func (e *Engine) prefix() string { return fmt.Sprintf("%s_%d_", e.cfg.Index, text.SchemaVersion) }

// fill makes an index of everything and checks that everything is in it. bad are the listings left out; the index is good
// without them.
func (e *Engine) fill(ctx context.Context, index string, all iter.Seq2[search.Listing, error]) (bad, err error) {
	if err := e.create(ctx, index); err != nil {
		return nil, err
	}
	var sent []*batch
	var bads []error
	ids := map[string]bool{}
	next := make([]search.Listing, 0, batchDocs)
	flush := func() error {
		bs, bad := e.batches(next)
		if bad != nil {
			bads = append(bads, bad)
		}
		for _, b := range bs {
			if err := e.send(ctx, index, b); err != nil {
				return err
			}
			for _, id := range b.ids {
				ids[id] = true
			}
			sent = append(sent, b)
		}
		next = next[:0]
		return nil
	}
	for l, err := range all {
		if err != nil {
			return nil, err
		}
		if next = append(next, l); len(next) == batchDocs {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	for i, b := range sent {
		err := e.await(ctx, b.task)
		if failed(err) {
			var culprits []*culprit
			culprits, err = e.halve(ctx, index, b, err, sent[i+1:])
			bads = append(bads, report(culprits))
			for _, c := range culprits {
				delete(ids, c.id)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	n, err := e.total(ctx, index)
	if err == nil && n != len(ids) {
		err = unavailable(fmt.Errorf("meilisearch: %d documents in the new index, %d were sent", n, len(ids)))
	}
	return errors.Join(bads...), err
}

// drop deletes an index that came to nothing. The caller's context may be over, and the error is of no use to anybody: the
// next rebuild deletes what is left.
func (e *Engine) drop(ctx context.Context, index string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.cfg.WriteTimeout)
	defer cancel()
	_, _ = e.manager.DeleteIndexWithContext(ctx, index)
}

// swap exchanges the index and the new one.
func (e *Engine) swap(ctx context.Context, next string) error {
	info, err := e.manager.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{{Indexes: []string{e.cfg.Index, next}}})
	if err != nil {
		return fromLibrary(err)
	}
	return e.await(ctx, info.TaskUID)
}

// repeat sends the writes accepted since the rebuild began again, before any new one, and waits for them.
func (e *Engine) repeat(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	log := e.replay
	e.replays, e.replay = false, nil
	for _, b := range log {
		if err := e.send(ctx, e.cfg.Index, b); err != nil {
			return err
		}
		e.pending = append(e.pending, b)
	}
	return nil
}

// deleteOld deletes what earlier rebuilds left, if it is old enough not to be another process's work.
func (e *Engine) deleteOld(ctx context.Context) error {
	list, err := e.manager.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: 1000})
	if err != nil {
		return fromLibrary(err)
	}
	for _, x := range list.Results {
		rest, ours := strings.CutPrefix(x.UID, e.cfg.Index+"_")
		_, made, _ := strings.Cut(rest, "_")
		nanos, err := strconv.ParseInt(made, 10, 64)
		if !ours || err != nil || e.cfg.Now().Sub(time.Unix(0, nanos)) < keepOld {
			continue
		}
		info, err := e.manager.DeleteIndexWithContext(ctx, x.UID)
		if err != nil {
			return fromLibrary(err)
		}
		if err := e.await(ctx, info.TaskUID); err != nil {
			return err
		}
		// A swap also swaps the names in earlier tasks: nobody asks again for those that went with this index. Tidy reports what
		// keeps tasks from being deleted; a rebuild need not fail for it.
		_ = e.forget(ctx, x.UID, e.cfg.Now())
	}
	return nil
}

var errNoTotal = unavailable(errors.New("meilisearch: a list of documents without a total"))

func (e *Engine) total(ctx context.Context, index string) (int, error) {
	var out struct{ Total *int }
	if err := e.write(ctx, http.MethodGet, "/indexes/"+url.PathEscape(index)+"/documents?limit=1&fields=id", nil, &out); err != nil {
		return 0, err
	}
	if out.Total == nil {
		return 0, errNoTotal
	}
	return *out.Total, nil
}
