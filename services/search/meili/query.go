package meili

import (
	"fmt"
	"slices"
	"strconv"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// searchQuery is one query of a multi-search. Page and hitsPerPage, unlike limit and offset, make Meilisearch count exactly;
// both are always sent.
type searchQuery struct {
	Index       string   `json:"indexUid"`
	Q           string   `json:"q"`
	SearchOn    []string `json:"attributesToSearchOn,omitempty"`
	Strategy    string   `json:"matchingStrategy"`
	Retrieve    []string `json:"attributesToRetrieve"`
	Page        int      `json:"page"`
	HitsPerPage int      `json:"hitsPerPage"`
	Filter      []any    `json:"filter,omitempty"`
	Facets      []string `json:"facets,omitempty"`
	Sort        []string `json:"sort,omitempty"`
}

// attributes of the facet groups; OpenGroup is counted by queries of its own.
var attributes = map[search.Group]string{
	search.CategoryGroup: "category_id", search.StreetGroup: "street_id", search.PlazaGroup: "plaza_id",
	search.TagGroup: "tag_ids", search.LevelGroup: "level", search.PriceGroup: "price", search.HeritageGroup: "time_honoured",
}

// filterOf writes the filters, without those that group ignores. Values are slugs and numbers (search.Query.Check), so the
// quotes need no escaping; they keep a slug like "not" from being read as a word of the filter language.
func filterOf(f *search.Filters, ignoredBy search.Group) []any {
	var out []any
	anyOf := func(group search.Group, values []string) {
		if group == ignoredBy || len(values) == 0 {
			return
		}
		var or []string
		for _, v := range values {
			or = append(or, attributes[group]+` = "`+v+`"`)
		}
		out = append(out, or)
	}
	anyOf(search.CategoryGroup, f.Categories)
	anyOf(search.StreetGroup, f.Streets)
	anyOf(search.PlazaGroup, f.Plazas)
	var levels []string
	for _, l := range f.Levels {
		levels = append(levels, strconv.Itoa(l))
	}
	anyOf(search.LevelGroup, levels)
	var prices []string
	for _, p := range f.Prices {
		prices = append(prices, strconv.Itoa(p))
	}
	anyOf(search.PriceGroup, prices)
	for _, t := range f.Tags {
		out = append(out, `tag_ids = "`+t+`"`)
	}
	if ignoredBy != search.OpenGroup {
		for _, s := range f.OpenSlots {
			out = append(out, "open_slots = "+strconv.Itoa(s))
		}
		if f.OpenOn != 0 {
			out = append(out, "closed_on != "+strconv.Itoa(f.OpenOn))
		}
	}
	if f.Heritage && ignoredBy != search.HeritageGroup {
		out = append(out, "time_honoured = true")
	}
	if c := f.Near; c != nil {
		out = append(out, fmt.Sprintf("_geoRadius(%s, %s, %d)", degrees(c.Lat), degrees(c.Lng), c.Metres))
	}
	return out
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }

// sortOf writes the order. Relevance sends none; a query without words has no relevance and needs a complete order.
func sortOf(q *search.Query, browse bool) []string {
	var out []string
	switch q.Sort {
	case search.Best:
	case search.Distance:
		o := q.Origin()
		out = append(out, "_geoPoint("+degrees(o.Lat)+", "+degrees(o.Lng)+"):asc")
	case search.Popularity:
		out = append(out, "popularity:desc")
	case search.Newest:
		out = append(out, "updated_at:desc")
	case search.ByName:
		out = append(out, "name_key:asc")
	case search.ByDoor:
		out = append(out, "door_key:asc")
	}
	if browse {
		for _, s := range []string{"popularity:desc", "updated_at:desc", "id:asc"} {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// ownFilter reports whether the filters a group ignores are set.
func ownFilter(f *search.Filters, g search.Group) bool {
	switch g {
	case search.TagGroup, search.OpenGroup: // every chosen tag must hold, so tags do not ignore their own; open has no group here
	case search.CategoryGroup:
		return len(f.Categories) > 0
	case search.StreetGroup:
		return len(f.Streets) > 0
	case search.PlazaGroup:
		return len(f.Plazas) > 0
	case search.LevelGroup:
		return len(f.Levels) > 0
	case search.PriceGroup:
		return len(f.Prices) > 0
	case search.HeritageGroup:
		return f.Heritage
	}
	return false
}

// reader takes the answer of one query into the result.
type reader func(a *searchAnswer, r *search.Result) error

// queriesOf writes a search as the queries of one multi-search, the hits first, with what to do with each answer.
func (e *Engine) queriesOf(q *search.Query, words, on []string, strategy string) ([]searchQuery, []reader) {
	base := searchQuery{
		Index: e.cfg.Index, Q: join(words), SearchOn: on, Strategy: strategy, Retrieve: []string{"id"}, Page: 1,
	}
	main := base
	main.Page, main.HitsPerPage, main.Filter, main.Sort = q.Page, q.PerPage, filterOf(&q.Filters, ""), sortOf(q, len(words) == 0)
	queries := []searchQuery{{}}
	var fromMain []search.Group
	readers := []reader{func(a *searchAnswer, r *search.Result) error {
		if err := a.hits(r); err != nil {
			return err
		}
		for _, g := range fromMain {
			r.Facets[g] = a.counts(g)
		}
		return nil
	}}
	for _, g := range q.Facets {
		switch {
		case g == search.OpenGroup:
			for _, slot := range q.CountSlots {
				one := base
				one.Filter = append(filterOf(&q.Filters, g), "open_slots = "+strconv.Itoa(slot))
				queries = append(queries, one)
				readers = append(readers, func(a *searchAnswer, r *search.Result) error {
					if n := *a.Total; n > 0 {
						r.Facets[g] = append(r.Facets[g], search.Count{ID: strconv.Itoa(slot), N: n})
					}
					return nil
				})
			}
		case ownFilter(&q.Filters, g):
			one := base
			one.Filter, one.Facets = filterOf(&q.Filters, g), []string{attributes[g]}
			queries = append(queries, one)
			readers = append(readers, func(a *searchAnswer, r *search.Result) error {
				r.Facets[g] = a.counts(g)
				return nil
			})
		default:
			main.Facets = append(main.Facets, attributes[g])
			fromMain = append(fromMain, g)
		}
	}
	queries[0] = main
	return queries, readers
}

// frequencies writes one query a word, to count how many listings have it.
func (e *Engine) frequencies(q *search.Query, words, on []string) []searchQuery {
	out := make([]searchQuery, 0, len(words))
	for _, w := range words {
		out = append(out, searchQuery{
			Index: e.cfg.Index, Q: w, SearchOn: on, Strategy: "all", Retrieve: []string{"id"}, Page: 1, Filter: filterOf(&q.Filters, ""),
		})
	}
	return out
}

func planOf(q *search.Query) (words, on []string) {
	p := text.Parse(q.Text)
	if p.Browse() {
		return nil, nil
	}
	return p.Tokens(), p.Attributes()
}
