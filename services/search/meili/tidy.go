package meili

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// keepTasks is how long finished tasks are kept, for whoever looks for the cause of a failure.
const keepTasks = 7 * 24 * time.Hour

// Tidy implements directory.Tidier: Meilisearch forgets the tasks of the index that finished a week ago or earlier. Its task
// store is limited, and when it is full no write is accepted (security SEA-04).
func (e *Engine) Tidy(ctx context.Context) error {
	return e.forget(ctx, e.cfg.Index, e.cfg.Now().Add(-keepTasks))
}

// forget deletes the tasks of an index that finished before a time, and waits until that is done.
func (e *Engine) forget(ctx context.Context, index string, before time.Time) error {
	which := url.Values{
		"indexUids": {index}, "statuses": {"succeeded,failed,canceled"}, "beforeFinishedAt": {before.UTC().Format(time.RFC3339)},
	}
	var info taskInfo
	if err := e.write(ctx, http.MethodDelete, "/tasks?"+which.Encode(), nil, &info); err != nil {
		return err
	}
	return e.await(ctx, info.uid())
}
