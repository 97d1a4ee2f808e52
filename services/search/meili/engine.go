// Package meili is the search engine on Meilisearch (1.47 or newer). Meilisearch gets words that search/text has cut, with its
// own Chinese segmenter switched off, and returns ids and counts only.
//
// The client library serves where its types say what is sent: indexes and tasks. Searches, settings and documents are our
// own JSON: the library leaves out false and empty values, and repeats whole requests in its errors.
package meili

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"shangquan/services/fault"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// Config says where Meilisearch is and how to speak to it.
type Config struct {
	URL       string // "http://127.0.0.1:7700"
	SearchKey string // may search the index
	WriteKey  string // may write documents, settings, indexes and swaps, read and delete tasks, and read the version
	Index     string // name of the index; "listings" when empty

	SearchTimeout time.Duration // 800 ms when 0
	WriteTimeout  time.Duration // of one request, not of its task; 10 s when 0
	Poll          time.Duration // how often a task is looked at; 200 ms when 0
	Client        *http.Client  // nil: one with its own connections
	Now           func() time.Time
}

// Engine implements search.Engine.
type Engine struct {
	cfg     Config
	manager meilisearch.ServiceManager
	derive  func(*search.Listing) text.Document
	old     atomic.Pointer[string] // the version of a Meilisearch that is too old; nil: not known to be

	mu       sync.Mutex // guards what follows, and the order of writes
	pending  []*batch   // accepted, not yet known to be done
	ready    bool       // index and settings are as they should be
	replays  bool       // a rebuild runs
	replay   []*batch   // writes accepted meanwhile
	building sync.Mutex // one rebuild at a time
}

var _ search.Engine = (*Engine)(nil)

// New returns an engine. It sends nothing: Meilisearch may come up later.
func New(cfg Config) *Engine {
	if cfg.Index == "" {
		cfg.Index = "listings"
	}
	if cfg.SearchTimeout == 0 {
		cfg.SearchTimeout = 800 * time.Millisecond
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = 10 * time.Second
	}
	if cfg.Poll == 0 {
		cfg.Poll = 200 * time.Millisecond
	}
	if cfg.Client == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 32
		cfg.Client = &http.Client{Transport: transport}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	return &Engine{cfg: cfg, derive: text.DocumentOf, manager: meilisearch.New(cfg.URL, meilisearch.WithAPIKey(cfg.WriteKey),
		meilisearch.WithCustomClient(cfg.Client), meilisearch.DisableRetries())}
}

// Health implements search.Engine. A Meilisearch that was found too old is ill until it has been replaced.
func (e *Engine) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.SearchTimeout)
	defer cancel()
	var out struct{ Status string }
	if err := e.call(ctx, http.MethodGet, "/health", "", nil, &out); err != nil {
		return err
	}
	if out.Status != "available" {
		return unavailable(fmt.Errorf("meilisearch is %q", out.Status))
	}
	if e.old.Load() != nil {
		return e.checkVersion(ctx)
	}
	return nil
}

// Close implements search.Engine.
func (e *Engine) Close() error {
	e.cfg.Client.CloseIdleConnections()
	return nil
}

// Prepare makes sure the index exists with the settings of this program, and refuses a Meilisearch older than 1.47. Writes do it
// by themselves.
func (e *Engine) Prepare(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.prepare(ctx)
}

func (e *Engine) prepare(ctx context.Context) error {
	if e.ready {
		return nil
	}
	if err := e.checkVersion(ctx); err != nil {
		return err
	}
	if err := e.create(ctx, e.cfg.Index); err != nil {
		return err
	}
	e.ready = true
	return nil
}

// NeedsRebuild reports whether the index must be filled anew: it is missing, empty, or of another schema.
func (e *Engine) NeedsRebuild(ctx context.Context) (bool, error) {
	var out struct {
		Results []struct {
			Schema int `json:"schema_version"`
		}
	}
	err := e.write(ctx, http.MethodGet, "/indexes/"+url.PathEscape(e.cfg.Index)+"/documents?limit=1&fields=schema_version", nil, &out)
	if status(err) == http.StatusNotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return len(out.Results) == 0 || out.Results[0].Schema != text.SchemaVersion, nil
}

//go:embed settings.json
var settings []byte

// create makes an index unless it is there, and gives it the settings unless it has them: a settings task re-indexes.
func (e *Engine) create(ctx context.Context, index string) error {
	path := "/indexes/" + url.PathEscape(index)
	var have map[string]any
	err := e.write(ctx, http.MethodGet, path+"/settings", nil, &have)
	if status(err) == http.StatusNotFound {
		var info *meilisearch.TaskInfo
		info, err = e.manager.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: index, PrimaryKey: "id"})
		if err != nil {
			return fromLibrary(err)
		}
		if err := e.await(ctx, info.TaskUID); err != nil && !strings.Contains(err.Error(), "index_already_exists") {
			return err
		}
		have = nil
	}
	if err != nil {
		return err
	}
	var want map[string]any
	if err := json.Unmarshal(settings, &want); err != nil {
		return err
	}
	if contains(have, want) {
		return nil
	}
	var info taskInfo
	if err := e.write(ctx, http.MethodPatch, path+"/settings", settings, &info); err != nil {
		return err
	}
	return e.await(ctx, info.uid())
}

// contains reports whether have has every value of want; lists must be the same.
func contains(have, want any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		a, errA := json.Marshal(have)
		b, errB := json.Marshal(want)
		return errA == nil && errB == nil && bytes.Equal(a, b)
	}
	h, ok := have.(map[string]any)
	if !ok {
		return false
	}
	for k, v := range w {
		if !contains(h[k], v) {
			return false
		}
	}
	return len(w) > 0 || len(h) == 0
}

// maxAnswer is more than any answer we ask for.
const maxAnswer = 16 << 20

// statusError is an answer that is not 2xx.
type statusError struct {
	status        int
	code, message string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("meilisearch answers %d %s: %s", e.status, e.code, e.message)
}

// status returns the HTTP status of a refused request, 0 for anything else.
func status(err error) int {
	if s, ok := errors.AsType[*statusError](err); ok {
		return s.status
	}
	return 0
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "error.search.unavailable", err)
}

// fromLibrary keeps status and message of the library's error and drops the copy of the request it carries.
func fromLibrary(err error) error {
	if m, ok := errors.AsType[*meilisearch.Error](err); ok {
		if m.StatusCode > 0 {
			return unavailable(&statusError{m.StatusCode, m.MeilisearchApiError.Code, m.MeilisearchApiError.Message})
		}
		if m.OriginError != nil {
			err = m.OriginError
		} else {
			err = errors.New("meilisearch: no usable answer to " + m.Method + " " + m.Endpoint)
		}
	}
	return unavailable(err)
}

// write is call with the write key and a time limit.
func (e *Engine) write(ctx context.Context, method, path string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.WriteTimeout)
	defer cancel()
	return e.call(ctx, method, path, e.cfg.WriteKey, body, out)
}

// call sends JSON and reads JSON. Every error is fault.Unavailable: the embedded index can answer instead.
func (e *Engine) call(ctx context.Context, method, path, key string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, e.cfg.URL+path, bytes.NewReader(body))
	if err != nil {
		return unavailable(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := e.cfg.Client.Do(req)
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return unavailable(err)
	}
	if len(answer) > maxAnswer {
		return unavailable(errors.New("meilisearch: the answer is too long"))
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		var why struct{ Message, Code string }
		if json.Unmarshal(answer, &why) != nil {
			why.Message = "no reason given"
		}
		return unavailable(&statusError{resp.StatusCode, why.Code, why.Message})
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return unavailable(fmt.Errorf("meilisearch: unreadable answer: %w", err))
	}
	return nil
}
