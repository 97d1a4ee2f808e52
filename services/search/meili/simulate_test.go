package meili

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/geo"
)

var (
	comparison = regexp.MustCompile(`^([a-z_]+) (=|!=) "?([a-z0-9-]+)"?$`)
	radius     = regexp.MustCompile(`^_geoRadius\(([0-9.-]+), ([0-9.-]+), ([0-9]+)\)$`)
	point      = regexp.MustCompile(`^_geoPoint\(([0-9.-]+), ([0-9.-]+)\):asc$`)
)

func (f *fake) multiSearch(w http.ResponseWriter, body string) {
	var in struct{ Queries []searchQuery }
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		refuse(w, http.StatusBadRequest, "malformed_payload")
		return
	}
	results := []any{}
	for _, q := range in.Queries {
		if f.indexes[q.Index] == nil {
			refuse(w, http.StatusNotFound, "index_not_found")
			return
		}
		r, err := f.simulate(&q)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		results = append(results, r)
	}
	reply(w, 200, map[string]any{"results": results})
}

// simulate answers a query by the plain rules: every word is in a field searched, the last one begins a word of it; filters
// hold; facets are counted over all of it. It ranks by popularity only and forgives nothing.
func (f *fake) simulate(q *searchQuery) (map[string]any, error) {
	var found []map[string]any
	matched := map[string]int{}
	words := strings.Fields(q.Q)
	tests, err := compile(q.Filter)
	if err != nil {
		return nil, err
	}
	for _, d := range f.indexes[q.Index] {
		n := 0
		for i, w := range words {
			if !hasWord(d, q.SearchOn, w, i == len(words)-1) {
				if q.Strategy == "all" || i == 0 {
					n = -1
				}
				break
			}
			n++
		}
		if n >= 0 && holdsAll(d, tests) {
			found = append(found, d)
			matched[d["id"].(string)] = n
		}
	}
	slices.SortFunc(found, func(a, b map[string]any) int {
		for _, s := range q.Sort {
			if c := compareBy(s, a, b); c != 0 {
				return c
			}
		}
		return cmp.Or(matched[b["id"].(string)]-matched[a["id"].(string)], compareBy("popularity:desc", a, b),
			compareBy("updated_at:desc", a, b), compareBy("id:asc", a, b))
	})
	facets := map[string]map[string]int{}
	for _, name := range q.Facets {
		facets[name] = map[string]int{}
		for _, d := range found {
			for _, v := range list(d[name]) {
				facets[name][fmt.Sprint(v)]++
			}
		}
	}
	from := min(len(found), (q.Page-1)*q.HitsPerPage)
	hits := []any{}
	for _, d := range found[from:min(len(found), from+q.HitsPerPage)] {
		hit := map[string]any{"id": d["id"]}
		if len(q.Sort) > 0 && point.MatchString(q.Sort[0]) && !math.IsInf(metres(q.Sort[0], d), 1) {
			hit["_geoDistance"] = math.Round(metres(q.Sort[0], d))
		}
		hits = append(hits, hit)
	}
	return map[string]any{"hits": hits, "totalHits": len(found), "facetDistribution": facets}, nil
}

func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func hasWord(d map[string]any, on []string, w string, begun bool) bool {
	for _, field := range on {
		for _, v := range list(d[field]) {
			for _, word := range strings.Fields(v.(string)) {
				if word == w || begun && strings.HasPrefix(word, w) {
					return true
				}
			}
		}
	}
	return false
}

type test func(d map[string]any) bool

// compile reads a filter: all of the outer list, any of an inner one.
func compile(filter []any) ([][]test, error) {
	var out [][]test
	for _, f := range filter {
		var or []test
		for _, one := range list(f) {
			t, err := compileOne(one.(string))
			if err != nil {
				return nil, err
			}
			or = append(or, t)
		}
		out = append(out, or)
	}
	return out, nil
}

func compileOne(f string) (test, error) {
	if m := radius.FindStringSubmatch(f); m != nil {
		limit, err := strconv.ParseFloat(m[3], 64)
		return func(d map[string]any) bool { return metres("_geoPoint("+m[1]+", "+m[2]+"):asc", d) <= limit }, err
	}
	m := comparison.FindStringSubmatch(f)
	if m == nil {
		return nil, fmt.Errorf("unreadable filter %s", f)
	}
	n, notNumber := strconv.ParseFloat(m[3], 64)
	return func(d map[string]any) bool {
		has := slices.ContainsFunc(list(d[m[1]]), func(v any) bool {
			switch v := v.(type) {
			case float64:
				return notNumber == nil && v == n
			case bool:
				return strconv.FormatBool(v) == m[3]
			}
			return v == m[3]
		})
		return has == (m[2] == "=")
	}, nil
}

func holdsAll(d map[string]any, tests [][]test) bool {
	for _, or := range tests {
		if !slices.ContainsFunc(or, func(t test) bool { return t(d) }) {
			return false
		}
	}
	return true
}

func metres(sort string, d map[string]any) float64 {
	m := point.FindStringSubmatch(sort)
	at, ok := d["_geo"].(map[string]any)
	if m == nil || !ok {
		return math.Inf(1)
	}
	lat, _ := strconv.ParseFloat(m[1], 64)
	lng, _ := strconv.ParseFloat(m[2], 64)
	return geo.Distance(geo.Point{Lat: lat, Lng: lng}, geo.Point{Lat: at["lat"].(float64), Lng: at["lng"].(float64)})
}

// compareBy orders by one sort rule; documents without the value come last.
func compareBy(rule string, a, b map[string]any) int {
	if strings.HasPrefix(rule, "_geoPoint") {
		return cmp.Compare(metres(rule, a), metres(rule, b))
	}
	name, order, _ := strings.Cut(rule, ":")
	x, y := a[name], b[name]
	if (x == nil) != (y == nil) {
		if x == nil {
			return 1
		}
		return -1
	}
	c := 0
	if n, ok := x.(float64); ok {
		c = cmp.Compare(n, y.(float64))
	} else if x != nil {
		c = cmp.Compare(x.(string), y.(string))
	}
	if order == "desc" {
		return -c
	}
	return c
}
