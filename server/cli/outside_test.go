package cli

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	outsideSearchKey = "a key that may only search"
	outsideWriteKey  = "a key that may write and no more"
)

// outside stands in for Meilisearch as far as the wiring needs it: it keeps documents, does every task at once, and finds the
// documents in which all words of a query stand.
type outside struct {
	*httptest.Server
	mu      sync.Mutex
	served  *sync.Cond // a request was
	indexes map[string]map[string]json.RawMessage
	refuses string // the id of a listing whose tasks fail
	tidied  int    // how often finished tasks were deleted
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{indexes: map[string]map[string]json.RawMessage{}}
	o.served = sync.NewCond(&o.mu)
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

// wait waits until the documents of the listings' index are as they should be.
func (o *outside) wait(are func(docs map[string]json.RawMessage) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !are(o.indexes["listings"]) {
		o.served.Wait()
	}
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.served.Broadcast()
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	done := func() { answer(http.StatusAccepted, map[string]any{"taskUid": 1}) }
	part := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if key := r.Header.Get("Authorization"); part[0] != "health" && (part[0] == "multi-search") != (key == "Bearer "+outsideSearchKey) {
		answer(http.StatusForbidden, map[string]any{"code": "invalid_api_key"})
		return
	}
	read := func(v any) { _ = json.NewDecoder(r.Body).Decode(v) }
	switch what := r.Method + " " + part[0]; {
	case part[0] == "health":
		answer(200, map[string]any{"status": "available"})
	case part[0] == "version":
		answer(200, map[string]any{"pkgVersion": "1.50.0"})
	case what == "GET tasks" && part[1] == "2":
		answer(200, map[string]any{"uid": 2, "status": "failed", "error": map[string]any{"code": "invalid_document", "message": "spoilt"}})
	case what == "GET tasks":
		answer(200, map[string]any{"uid": 1, "status": "succeeded"})
	case what == "DELETE tasks":
		o.tidied++
		done()
	case part[0] == "multi-search":
		var in struct{ Queries []struct{ Q string } }
		read(&in)
		results := []any{}
		for _, q := range in.Queries {
			hits := []any{}
			for id, doc := range o.indexes["listings"] {
				if !slices.ContainsFunc(strings.Fields(q.Q), func(word string) bool { return !strings.Contains(string(doc), word) }) {
					hits = append(hits, map[string]any{"id": id})
				}
			}
			results = append(results, map[string]any{"hits": hits, "totalHits": len(hits)})
		}
		answer(200, map[string]any{"results": results})
	case part[0] == "swap-indexes":
		var in []struct{ Indexes []string }
		read(&in)
		a, b := in[0].Indexes[0], in[0].Indexes[1]
		o.indexes[a], o.indexes[b] = o.indexes[b], o.indexes[a]
		done()
	case what == "POST indexes" && len(part) == 1:
		var in struct{ UID string }
		read(&in)
		o.indexes[in.UID] = map[string]json.RawMessage{}
		done()
	case len(part) == 1:
		answer(200, map[string]any{"results": []any{}})
	case o.indexes[part[1]] == nil:
		answer(http.StatusNotFound, map[string]any{"code": "index_not_found"})
	case strings.HasSuffix(r.URL.Path, "/settings") && r.Method == http.MethodGet:
		answer(200, map[string]any{})
	case strings.HasSuffix(r.URL.Path, "/settings"):
		done()
	case r.Method == http.MethodGet:
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		ids := slices.Sorted(maps.Keys(o.indexes[part[1]]))
		docs := []json.RawMessage{}
		for _, id := range ids[min(offset, len(ids)):min(offset+limit, len(ids))] {
			docs = append(docs, o.indexes[part[1]][id])
		}
		answer(200, map[string]any{"results": docs, "total": len(ids)})
	case strings.HasSuffix(r.URL.Path, "/delete-batch"):
		var ids []string
		read(&ids)
		for _, id := range ids {
			delete(o.indexes[part[1]], id)
		}
		done()
	default:
		var docs []json.RawMessage
		read(&docs)
		if o.refuses != "" && slices.ContainsFunc(docs, func(doc json.RawMessage) bool { return strings.Contains(string(doc), `"id":"`+o.refuses+`"`) }) {
			answer(http.StatusAccepted, map[string]any{"taskUid": 2})
			return
		}
		for _, doc := range docs {
			var d struct{ ID string }
			_ = json.Unmarshal(doc, &d)
			o.indexes[part[1]][d.ID] = doc
		}
		done()
	}
}
