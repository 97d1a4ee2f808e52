package meili

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// answering makes the fake answer searches with the given results, one call each, and returns the queries it got.
func answering(f *fake, answers ...string) *[]string {
	var got []string
	f.answer = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.URL.Path != "/multi-search" {
			return false
		}
		got = append(got, body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answers[min(len(got), len(answers))-1]))
		return true
	}
	return &got
}

const oneHit = `{"hits":[{"id":"lst_1"}],"totalHits":1}`

// TestRequest: what people type is in the query alone; filters are made of enumerations. INP-05.
func TestRequest(t *testing.T) {
	here := geo.Point{Lat: 31.0045, Lng: 121.229}
	tok := `"name_tok","alias_tok","cat_tok","place_tok","attr_tok","addr_tok","desc_tok"`
	for name, x := range map[string]struct {
		q    search.Query
		want string
	}{
		"words": {
			search.Query{Text: "余天成药店", Page: 2, PerPage: 20},
			`{"indexUid":"listings","q":"余天 天成 成药 药店","attributesToSearchOn":[` + tok + `],"matchingStrategy":"all",` +
				`"attributesToRetrieve":["id"],"page":2,"hitsPerPage":20}`,
		},
		"browse": {
			search.Query{},
			`{"indexUid":"listings","q":"","matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":20,` +
				`"sort":["popularity:desc","updated_at:desc","id:asc"]}`,
		},
		"every filter": {
			search.Query{Sort: search.Distance, Near: &here, Filters: search.Filters{
				Categories: []string{"yaodian", "not"}, Streets: []string{"zhongshan"}, Plazas: []string{"p"}, Tags: []string{"a", "b"},
				Levels: []int{-1, 2}, OpenSlots: []int{70, 71}, OpenOn: 20261001, Heritage: true, Near: &search.Circle{Point: here, Metres: 1000},
			}},
			`{"indexUid":"listings","q":"","matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":20,` +
				`"filter":[["category_id = \"yaodian\"","category_id = \"not\""],["street_id = \"zhongshan\""],["plaza_id = \"p\""],` +
				`["level = \"-1\"","level = \"2\""],"tag_ids = \"a\"","tag_ids = \"b\"","open_slots = 70","open_slots = 71",` +
				`"closed_on != 20261001","time_honoured = true","_geoRadius(31.0045, 121.229, 1000)"],` +
				`"sort":["_geoPoint(31.0045, 121.229):asc","popularity:desc","updated_at:desc","id:asc"]}`,
		},
		"words in an order": {
			search.Query{Text: "ytc", Sort: search.Newest},
			`{"indexUid":"listings","q":"ytc","attributesToSearchOn":["name_tok","alias_tok","name_ini","alias_ini","cat_tok","place_tok","attr_tok"],` +
				`"matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":20,"sort":["updated_at:desc"]}`,
		},
		"counts": {
			search.Query{
				Facets:     []search.Group{search.CategoryGroup, search.StreetGroup, search.OpenGroup},
				CountSlots: []int{44}, Filters: search.Filters{Categories: []string{"a"}, OpenSlots: []int{70}}, PerPage: 5,
			},
			`{"indexUid":"listings","q":"","matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":5,` +
				`"filter":[["category_id = \"a\""],"open_slots = 70"],"facets":["street_id"],"sort":["popularity:desc","updated_at:desc","id:asc"]},` +
				`{"indexUid":"listings","q":"","matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":0,` +
				`"filter":["open_slots = 70"],"facets":["category_id"]},` +
				`{"indexUid":"listings","q":"","matchingStrategy":"all","attributesToRetrieve":["id"],"page":1,"hitsPerPage":0,` +
				`"filter":[["category_id = \"a\""],"open_slots = 44"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			got := answering(f, `{"results":[`+oneHit+strings.Repeat(","+oneHit, strings.Count(x.want, "indexUid")-1)+`]}`)
			if _, err := f.engine(t).Search(t.Context(), x.q); err != nil {
				t.Fatal(err)
			}
			if want := `{"queries":[` + x.want + `]}`; len(*got) != 1 || (*got)[0] != want {
				t.Errorf("sent %v\nwant %s", *got, want)
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	f := newFake(t)
	answering(f, `{"results":[{"hits":[{"id":"lst_1","_geoDistance":42},{"id":"lst_2"}],"totalHits":31,
		"facetDistribution":{"street_id":{"b":2,"a":2,"c":9,"d":0},"time_honoured":{"true":3,"false":28}}},
		{"hits":[],"totalHits":7,"facetDistribution":{"category_id":{"x":7}}}]}`)
	r, err := f.engine(t).Search(t.Context(), search.Query{
		Facets:  []search.Group{search.StreetGroup, search.HeritageGroup, search.CategoryGroup, search.PlazaGroup},
		Filters: search.Filters{Categories: []string{"x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Total != 31 || !slices.Equal(r.Hits, []search.Hit{{ID: "lst_1", Metres: 42}, {ID: "lst_2", Metres: -1}}) || r.Stage != search.Strict {
		t.Errorf("got %+v", r)
	}
	for g, want := range map[search.Group][]search.Count{
		search.StreetGroup:   {{ID: "c", N: 9}, {ID: "a", N: 2}, {ID: "b", N: 2}},
		search.HeritageGroup: {{ID: "true", N: 3}},
		search.CategoryGroup: {{ID: "x", N: 7}},
		search.PlazaGroup:    {},
	} {
		if got := r.Facets[g]; !slices.Equal(got, want) || got == nil {
			t.Errorf("%s: %v, want %v", g, got, want)
		}
	}
}

func TestRelaxedAsksForTheRarestFirst(t *testing.T) {
	f := newFake(t)
	none := `{"hits":[],"totalHits":0}`
	got := answering(
		f, `{"results":[`+none+`]}`,
		`{"results":[{"hits":[],"totalHits":9},`+none+`,`+none+`,{"hits":[],"totalHits":3}]}`,
		`{"results":[{"hits":[{"id":"lst_7"},{"id":"lst_8"}],"totalHits":2}]}`,
	)
	r, err := f.engine(t).Search(t.Context(), search.Query{Text: "余天城药店"})
	if err != nil {
		t.Fatal(err)
	}
	if len(*got) != 3 || !strings.Contains((*got)[2], `"q":"药店 余天"`) || !strings.Contains((*got)[2], `"matchingStrategy":"last"`) ||
		strings.Count((*got)[1], `"hitsPerPage":0`) != 4 {
		t.Errorf("sent %v", *got)
	}
	if r.Stage != search.Relaxed || !r.Relaxed() || r.DidYouMean != "lst_7" || r.Total != 2 {
		t.Errorf("got %+v", r)
	}
	t.Run("no word is anywhere", func(t *testing.T) {
		got := answering(f, `{"results":[`+none+`]}`, `{"results":[`+none+`,`+none+`]}`)
		r, err := f.engine(t).Search(t.Context(), search.Query{Text: "鳯凰 火鸡"})
		if err != nil || r.Total != 0 || r.Stage != search.Strict || len(*got) != 2 || r.Hits == nil {
			t.Errorf("got %+v, %v after %d requests", r, err, len(*got))
		}
	})
	t.Run("one word alone", func(t *testing.T) {
		got := answering(f, `{"results":[`+none+`]}`)
		if r, err := f.engine(t).Search(t.Context(), search.Query{Text: "zzz"}); err != nil || r.Total != 0 || len(*got) != 1 {
			t.Errorf("got %+v, %v after %d requests", r, err, len(*got))
		}
	})
}

func TestSearchFailures(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"500":              func(w http.ResponseWriter) { refuse(w, 500, "internal") },
		"503":              func(w http.ResponseWriter) { refuse(w, 503, "too_many_search_requests") },
		"429":              func(w http.ResponseWriter) { refuse(w, 429, "slow_down") },
		"no index":         func(w http.ResponseWriter) { refuse(w, 404, "index_not_found") },
		"wrong key":        func(w http.ResponseWriter) { refuse(w, 403, "invalid_api_key") },
		"garbage":          func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
		"garbage with 500": func(w http.ResponseWriter) { w.WriteHeader(500); _, _ = w.Write([]byte("<html>")) },
		"empty":            func(http.ResponseWriter) {},
		"an object":        func(w http.ResponseWriter) { reply(w, 200, map[string]any{}) },
		"no total":         func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"results":[{"hits":[]}]}`)) },
		"two answers":      func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"results":[` + oneHit + `,` + oneHit + `]}`)) },
		"strange id": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"results":[{"hits":[{"id":"<b>"}],"totalHits":1}]}`))
		},
		"cut short": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"results":[`))
		},
		"reset": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool { answer(w); return true }
			r, err := f.engine(t).Search(t.Context(), search.Query{Text: "余"})
			if !fault.Is(err, fault.Unavailable) || len(r.Hits) != 0 {
				t.Errorf("got %+v, %v", r, err)
			}
			if strings.Contains(err.Error(), "Bearer") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestSearchGivesUp(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	f.answer = func(_ http.ResponseWriter, r *http.Request, _ string) bool {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	defer close(release)
	e := New(Config{URL: f.URL, SearchTimeout: 20 * time.Millisecond})
	if _, err := e.Search(t.Context(), search.Query{}); !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an engine that hangs: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := f.engine(t).Search(ctx, search.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a search given up: %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	f.Close()
	if _, err := e.Search(t.Context(), search.Query{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("search: %v", err)
	}
	if err := e.Health(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("health: %v", err)
	}
	if err := e.Upsert(t.Context(), shop("lst_1")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("upsert: %v", err)
	}
	if err := e.Rebuild(t.Context(), func(func(search.Listing, error) bool) {}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("rebuild: %v", err)
	}
}

func TestHealth(t *testing.T) {
	f := newFake(t)
	if err := f.engine(t).Health(t.Context()); err != nil {
		t.Error(err)
	}
	f.answer = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		reply(w, 200, map[string]any{"status": "starting"})
		return true
	}
	if err := f.engine(t).Health(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("starting: %v", err)
	}
}

// TestSettings guards what the design found out about Meilisearch's settings.
func TestSettings(t *testing.T) {
	var s struct {
		SearchableAttributes []string
		FilterableAttributes []any
		LocalizedAttributes  []struct{ Locales []string }
		Pagination           struct{ MaxTotalHits int }
		TypoTolerance        struct{ DisableOnAttributes []string }
	}
	if err := json.Unmarshal(settings, &s); err != nil {
		t.Fatal(err)
	}
	// Only fields that search/text derives are searched: raw Chinese would bring Meilisearch's own segmenter back.
	doc, err := json.Marshal(text.DocumentOf(&search.Listing{ID: "x", Name: "余天成"}))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(doc, &fields); err != nil {
		t.Fatal(err)
	}
	for _, a := range append(s.SearchableAttributes, s.TypoTolerance.DisableOnAttributes...) {
		if _, ok := fields[a]; !ok || !slices.ContainsFunc([]string{"_tok", "_uni", "_py", "_ini", "_sfx"}, func(e string) bool { return strings.HasSuffix(a, e) }) {
			t.Errorf("%s is searched and no derived field", a)
		}
	}
	p := text.Parse("余 天成 ytc yutiancheng 5782")
	for _, a := range p.Attributes() {
		if !slices.Contains(s.SearchableAttributes, a) {
			t.Errorf("%s is asked for and not searchable", a)
		}
	}
	if s.FilterableAttributes[0] != "_geo" { // the pattern form does not switch places on
		t.Error("_geo is no plain string")
	}
	if len(s.LocalizedAttributes) != 1 || !slices.Equal(s.LocalizedAttributes[0].Locales, []string{"eng"}) {
		t.Error("the locale does not switch the Chinese segmenter off")
	}
	if s.Pagination.MaxTotalHits != search.MaxTotal {
		t.Errorf("totals are exact up to %d, not %d", s.Pagination.MaxTotalHits, search.MaxTotal)
	}
}

// TestSearchGivenUpMidway: a search whose caller goes away while Meilisearch thinks is over, though Meilisearch is not. Contract, 13.
func TestSearchGivenUpMidway(t *testing.T) {
	f := newFake(t)
	e := f.engine(t)
	arrived, over := make(chan struct{}), make(chan struct{})
	f.answer = func(http.ResponseWriter, *http.Request, string) bool {
		close(arrived)
		<-over
		return true
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := e.Search(ctx, search.Query{Text: "余天成"})
		ended <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it answers")
		}
	case <-time.After(5 * time.Second):
		t.Error("it goes on")
	}
	close(over)
}
