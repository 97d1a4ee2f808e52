package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"shangquan/services/search"
)

func join(words []string) string { return strings.Join(words, " ") }

// searchAnswer is what we read of the answer to one query.
type searchAnswer struct {
	Hits []struct {
		ID     string   `json:"id"`
		Metres *float64 `json:"_geoDistance"`
	} `json:"hits"`
	Total  *int                      `json:"totalHits"`
	Facets map[string]map[string]int `json:"facetDistribution"`
}

func (a *searchAnswer) hits(r *search.Result) error {
	r.Total = *a.Total
	r.Hits = make([]search.Hit, 0, len(a.Hits))
	for _, h := range a.Hits {
		if !search.ValidID(h.ID) {
			return unavailable(fmt.Errorf("meilisearch: a hit with the id %.40q", h.ID))
		}
		hit := search.Hit{ID: h.ID, Metres: -1}
		if h.Metres != nil {
			hit.Metres = *h.Metres
		}
		r.Hits = append(r.Hits, hit)
	}
	return nil
}

func (a *searchAnswer) counts(g search.Group) []search.Count {
	out := []search.Count{}
	for id, n := range a.Facets[attributes[g]] {
		if n > 0 && (g != search.HeritageGroup || id == "true") {
			out = append(out, search.Count{ID: id, N: n})
		}
	}
	search.SortCounts(out)
	return out
}

// Search implements search.Engine. It asks for all words; when nothing has them all, for the rarest with as many others as
// possible. What Meilisearch finds with typos it does not tell apart, so Stage is never search.Typo.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if err := q.Check(); err != nil {
		return search.Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, e.cfg.SearchTimeout)
	defer cancel()
	words, on := planOf(&q)
	r, err := e.ask(ctx, &q, words, on, "all")
	if err != nil || r.Total > 0 || len(words) < 2 {
		return r, err
	}
	rarest, err := e.rarestFirst(ctx, &q, words, on)
	if err != nil || len(rarest) == 0 {
		return r, err
	}
	// "last" drops words from the end but never the first.
	r, err = e.ask(ctx, &q, rarest, on, "last")
	if err != nil || r.Total == 0 {
		return r, err
	}
	r.Stage = search.Relaxed
	if q.Sort == search.Best && q.Page == 1 && len(r.Hits) > 0 {
		r.DidYouMean = r.Hits[0].ID
	}
	return r, nil
}

func (e *Engine) ask(ctx context.Context, q *search.Query, words, on []string, strategy string) (search.Result, error) {
	queries, readers := e.queriesOf(q, words, on, strategy)
	answers, err := e.multi(ctx, queries)
	if err != nil {
		return search.Result{}, err
	}
	r := search.Result{Facets: map[search.Group][]search.Count{}, Stage: search.Strict}
	for _, g := range q.Facets {
		r.Facets[g] = []search.Count{}
	}
	for i, read := range readers {
		if err := read(&answers[i], &r); err != nil {
			return search.Result{}, err
		}
	}
	for _, counts := range r.Facets {
		search.SortCounts(counts)
	}
	return r, nil
}

// rarestFirst orders the words by how many listings have them and leaves out those that none has.
func (e *Engine) rarestFirst(ctx context.Context, q *search.Query, words, on []string) ([]string, error) {
	answers, err := e.multi(ctx, e.frequencies(q, words, on))
	if err != nil {
		return nil, err
	}
	n := make(map[string]int, len(words))
	for i, w := range words {
		n[w] = *answers[i].Total
	}
	out := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return n[w] == 0 })
	slices.SortStableFunc(out, func(a, b string) int { return n[a] - n[b] })
	return out, nil
}

// multi sends queries together and returns as many answers.
func (e *Engine) multi(ctx context.Context, queries []searchQuery) ([]searchAnswer, error) {
	body, err := json.Marshal(map[string]any{"queries": queries})
	if err != nil {
		return nil, unavailable(err)
	}
	var out struct{ Results []searchAnswer }
	if err := e.call(ctx, http.MethodPost, "/multi-search", e.cfg.SearchKey, body, &out); err != nil {
		return nil, err
	}
	if len(out.Results) != len(queries) {
		return nil, unavailable(fmt.Errorf("meilisearch: %d answers to %d queries", len(out.Results), len(queries)))
	}
	for i := range out.Results {
		if out.Results[i].Total == nil {
			return nil, unavailable(errors.New("meilisearch: an answer without a total"))
		}
	}
	return out.Results, nil
}
