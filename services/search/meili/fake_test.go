package meili

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake stands in for Meilisearch: it keeps documents and tasks, records every request, and answers searches by the plain
// rules of simulate_test.go. Tasks run at once but are reported as enqueued and processing first.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string // "METHOD path body"
	indexes  map[string]map[string]map[string]any
	settings map[string]json.RawMessage
	tasks    []fakeTask
	version  string

	// spoil, when set, makes a task end badly: it gets "METHOD path" and the body and returns state and message.
	spoil func(request, body string) (state, message string)
	// answer, when set, takes a request over; it returns false to let the fake answer.
	answer func(w http.ResponseWriter, r *http.Request, body string) bool
	counts map[string]int // documents reported, where not as many as there are
}

type fakeTask struct {
	state, message string
	looks          int
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{indexes: map[string]map[string]map[string]any{}, settings: map[string]json.RawMessage{}, counts: map[string]int{}, version: "1.50.0"}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) engine(t *testing.T) *Engine {
	t.Helper()
	e := New(Config{URL: f.URL, SearchKey: "search", WriteKey: "write", Poll: time.Microsecond, SearchTimeout: time.Minute})
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// sent returns the recorded requests that begin with one of the prefixes.
func (f *fake) sent(prefixes ...string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, r := range f.requests {
		for _, p := range prefixes {
			if strings.HasPrefix(r, p) {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body := string(raw)
	f.mu.Lock()
	answer := f.answer
	f.mu.Unlock()
	if answer != nil && answer(w, r, body) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+body))
	key := "Bearer write"
	if r.URL.Path == "/multi-search" {
		key = "Bearer search"
	}
	if r.URL.Path != "/health" && r.Header.Get("Authorization") != key {
		refuse(w, http.StatusForbidden, "invalid_api_key")
		return
	}
	part := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/health":
		reply(w, 200, map[string]any{"status": "available"})
	case r.URL.Path == "/multi-search":
		f.multiSearch(w, body)
	case r.URL.Path == "/swap-indexes":
		f.task(w, r, body, func() {
			var in []struct{ Indexes []string }
			if json.Unmarshal(raw, &in) == nil {
				a, b := in[0].Indexes[0], in[0].Indexes[1]
				f.indexes[a], f.indexes[b] = f.indexes[b], f.indexes[a]
				f.settings[a], f.settings[b] = f.settings[b], f.settings[a]
			}
		})
	case r.URL.Path == "/version":
		reply(w, 200, map[string]any{"pkgVersion": f.version})
	case r.URL.Path == "/tasks" && r.Method == http.MethodDelete:
		f.task(w, r, body, func() {})
	case part[0] == "tasks":
		n, err := strconv.Atoi(part[1])
		if err != nil || n < 0 || n >= len(f.tasks) {
			refuse(w, http.StatusNotFound, "task_not_found")
			return
		}
		t := &f.tasks[n]
		state := []string{"enqueued", "processing", t.state}[min(t.looks, 2)]
		t.looks++
		reply(w, 200, map[string]any{"uid": n, "status": state, "error": map[string]any{"code": "spoilt", "message": t.message}})
	case r.Method == http.MethodPost && len(part) == 1:
		var in struct{ UID string }
		_ = json.Unmarshal(raw, &in)
		f.task(w, r, body, func() { f.indexes[in.UID], f.settings[in.UID] = map[string]map[string]any{}, json.RawMessage(`{}`) })
	case r.Method == http.MethodGet && len(part) == 1:
		list := []map[string]any{}
		for uid := range f.indexes {
			list = append(list, map[string]any{"uid": uid})
		}
		reply(w, 200, map[string]any{"results": list, "total": len(list)})
	case f.indexes[part[1]] == nil:
		refuse(w, http.StatusNotFound, "index_not_found")
	case r.Method == http.MethodDelete && len(part) == 2:
		f.task(w, r, body, func() { delete(f.indexes, part[1]) })
	case part[2] == "settings" && r.Method == http.MethodGet:
		reply(w, 200, f.settings[part[1]])
	case part[2] == "settings":
		f.task(w, r, body, func() { f.settings[part[1]] = raw })
	case r.Method == http.MethodGet:
		n := len(f.indexes[part[1]])
		if c, ok := f.counts[part[1]]; ok {
			n = c
		}
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		ids := slices.Sorted(maps.Keys(f.indexes[part[1]]))
		list := []any{}
		for _, id := range ids[min(offset, len(ids)):min(offset+limit, len(ids))] {
			d := map[string]any{}
			for _, field := range strings.Split(r.URL.Query().Get("fields"), ",") {
				d[field] = f.indexes[part[1]][id][field]
			}
			list = append(list, d)
		}
		reply(w, 200, map[string]any{"results": list, "total": n})
	case len(part) == 4:
		var ids []string
		_ = json.Unmarshal(raw, &ids)
		f.task(w, r, body, func() {
			for _, id := range ids {
				delete(f.indexes[part[1]], id)
			}
		})
	default:
		var docs []map[string]any
		if err := json.Unmarshal(raw, &docs); err != nil {
			refuse(w, http.StatusBadRequest, "malformed_payload")
			return
		}
		f.task(w, r, body, func() {
			for _, d := range docs {
				f.indexes[part[1]][d["id"].(string)] = d
			}
		})
	}
}

// task accepts a write: it does it, unless it is to fail, and answers with the number of its task.
func (f *fake) task(w http.ResponseWriter, r *http.Request, body string, do func()) {
	t := fakeTask{state: "succeeded"}
	if f.spoil != nil {
		if state, message := f.spoil(r.Method+" "+r.URL.Path, body); state != "" {
			t = fakeTask{state: state, message: message}
		}
	}
	if t.state == "succeeded" {
		do()
	}
	f.tasks = append(f.tasks, t)
	reply(w, http.StatusAccepted, map[string]any{"taskUid": len(f.tasks) - 1, "status": "enqueued"})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	reply(w, status, map[string]any{"message": fmt.Sprint("refused: ", code), "code": code, "type": "invalid_request"})
}
