package memory

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"shangquan/services/geo"
	"shangquan/services/search"
)

// violation says which filters a document fails; a facet group counts those that fail none but its own.
type violation uint8

const (
	failsCategory violation = 1 << iota
	failsStreet
	failsPlaza
	failsLevel
	failsOpen
	failsHeritage
	failsPrice
	failsOther // what no group ignores
)

var ownFilter = map[search.Group]violation{
	search.CategoryGroup: failsCategory, search.StreetGroup: failsStreet, search.PlazaGroup: failsPlaza,
	search.LevelGroup: failsLevel, search.PriceGroup: failsPrice, search.OpenGroup: failsOpen, search.HeritageGroup: failsHeritage,
}

// found is a document that matches.
type found struct {
	doc     uint32
	loose   bool // matched with typos
	terms   int
	points  int
	metres  float64 // +Inf: no place
	popular int
	updated int64
}

// answer gathers what matches: the best hits, the total and the counts.
type answer struct {
	x      *index
	q      *search.Query
	origin *geo.Point
	cats   []bool
	street []bool
	plazas []bool
	levels map[int16]bool
	tags   []int32
	absent bool // a tag nobody has: nothing matches
	spared violation
	wants  map[search.Group]bool

	keep  int
	top   []found
	floor bool // top was cut once: its last is the one to beat
	total int

	catN, streetN, plazaN, tagN []int
	levelN                      map[int16]int
	openN                       []int
	heritageN                   int
	priceN                      [search.MaxPrice + 1]int
}

func (x *index) answer(q *search.Query) *answer {
	a := &answer{x: x, q: q, origin: q.Origin(), wants: map[search.Group]bool{}}
	a.cats, a.street, a.plazas = chosen(x.cats, q.Filters.Categories), chosen(x.streets, q.Filters.Streets), chosen(x.plazas, q.Filters.Plazas)
	if len(q.Filters.Levels) > 0 {
		a.levels = map[int16]bool{}
		for _, l := range q.Filters.Levels {
			a.levels[int16(l)] = true
		}
	}
	for _, t := range q.Filters.Tags {
		o, ok := x.tags.of[t]
		a.absent = a.absent || !ok
		a.tags = append(a.tags, o)
	}
	for _, g := range q.Facets {
		a.wants[g] = true
		a.spared |= ownFilter[g]
	}
	a.keep = len(x.byID)
	if q.Page <= a.keep/q.PerPage {
		a.keep = q.Page * q.PerPage
	}
	a.reset()
	return a
}

// reset forgets what was gathered, for the next stage.
func (a *answer) reset() {
	a.top, a.floor, a.total, a.heritageN = a.top[:0], false, 0, 0
	a.priceN = [search.MaxPrice + 1]int{}
	a.catN, a.streetN = make([]int, len(a.x.cats.ids)), make([]int, len(a.x.streets.ids))
	a.plazaN, a.tagN = make([]int, len(a.x.plazas.ids)), make([]int, len(a.x.tags.ids))
	a.levelN, a.openN = map[int16]int{}, make([]int, len(a.q.CountSlots))
}

// chosen marks the wanted ordinals; nil: any will do.
func chosen(o *ordinals, ids []string) []bool {
	if len(ids) == 0 {
		return nil
	}
	out := make([]bool, len(o.ids)+1)
	for _, id := range ids {
		if n, ok := o.of[id]; ok {
			out[n] = true
		}
	}
	return out
}

func among(set []bool, ord int32) bool { return set == nil || ord >= 0 && set[ord] }

// violations tests a document against the filters.
func (a *answer) violations(f *facts) violation {
	var v violation
	if !among(a.cats, f.cat) {
		v |= failsCategory
	}
	if !among(a.street, f.street) {
		v |= failsStreet
	}
	if !among(a.plazas, f.plaza) {
		v |= failsPlaza
	}
	if a.levels != nil && !a.levels[f.level] {
		v |= failsLevel
	}
	flt := &a.q.Filters
	if len(flt.Prices) > 0 && !slices.Contains(flt.Prices, int(f.price)) {
		v |= failsPrice
	}
	for _, s := range flt.OpenSlots {
		if !f.open.Has(s) {
			v |= failsOpen
			break
		}
	}
	if flt.OpenOn != 0 && slices.Contains(f.closedOn, int32(flt.OpenOn)) {
		v |= failsOpen
	}
	if flt.Heritage && !f.heritage {
		v |= failsHeritage
	}
	if a.absent {
		return v | failsOther
	}
	for _, t := range a.tags {
		if !slices.Contains(f.tags, t) {
			return v | failsOther
		}
	}
	if c := flt.Near; c != nil && (math.IsNaN(f.lat) || math.Abs(f.lat-c.Lat)*111_000 > float64(c.Metres)*1.01+1 ||
		geo.Distance(c.Point, geo.Point{Lat: f.lat, Lng: f.lng}) > float64(c.Metres)) {
		v |= failsOther
	}
	return v
}

// scorer returns how many terms a document matches and its points; no terms: no match.
type scorer func(d uint32, r *record) (terms, points int)

// gather walks the candidates, scores those the filters or a group's count let through, and notes those that match in
// matched, if it is not nil.
func (a *answer) gather(ctx context.Context, candidates, matched set, loose bool, score scorer) error {
	steps := 0
	var err error
	candidates.each(func(d uint32) bool {
		if steps++; steps&0x3ff == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		f := &a.x.facts[d]
		v := a.violations(f)
		if v != 0 && (v&(v-1) != 0 || v&a.spared == 0) {
			return true
		}
		r := a.x.recs[d]
		terms, points := score(d, r)
		if terms == 0 {
			return true
		}
		if matched != nil {
			matched.add(d)
		}
		a.count(f, v)
		if v == 0 {
			a.total++
			a.offer(found{doc: d, loose: loose, terms: terms, points: points, metres: a.metres(f), popular: r.popularity, updated: r.updated})
		}
		return true
	})
	return err
}

func (a *answer) metres(f *facts) float64 {
	if a.origin == nil || math.IsNaN(f.lat) {
		return math.Inf(1)
	}
	return geo.Distance(*a.origin, geo.Point{Lat: f.lat, Lng: f.lng})
}

func (a *answer) count(f *facts, v violation) {
	if v&^failsCategory == 0 && f.cat >= 0 {
		a.catN[f.cat]++
	}
	if v&^failsStreet == 0 && f.street >= 0 {
		a.streetN[f.street]++
	}
	if v&^failsPlaza == 0 && f.plaza >= 0 {
		a.plazaN[f.plaza]++
	}
	if v&^failsLevel == 0 && f.level != 0 && a.wants[search.LevelGroup] {
		a.levelN[f.level]++
	}
	if v&^failsPrice == 0 {
		a.priceN[f.price]++
	}
	if v&^failsHeritage == 0 && f.heritage {
		a.heritageN++
	}
	if v&^failsOpen == 0 {
		for i, s := range a.q.CountSlots {
			if f.open.Has(s) {
				a.openN[i]++
			}
		}
	}
	if v == 0 {
		for _, t := range f.tags {
			a.tagN[t]++
		}
	}
}

// offer keeps the best: it lets twice as many as needed gather and then drops the worse half.
func (a *answer) offer(f found) {
	if a.floor && a.compare(f, a.top[a.keep-1]) > 0 {
		return
	}
	a.top = append(a.top, f)
	if len(a.top) >= 2*a.keep+64 {
		slices.SortFunc(a.top, a.compare)
		a.top, a.floor = a.top[:a.keep], a.keep > 0
	}
}

// compare orders hits: by the key asked for, then by relevance, popularity, time and id.
func (a *answer) compare(l, r found) int {
	first := 0
	switch a.q.Sort {
	case search.Best:
	case search.Distance:
		first = cmp.Compare(l.metres, r.metres)
	case search.Popularity:
		first = r.popular - l.popular
	case search.Newest:
		first = cmp.Compare(r.updated, l.updated)
	case search.ByName:
		first = keyed(a.x.recs[l.doc].nameKey, a.x.recs[r.doc].nameKey)
	case search.ByDoor:
		first = keyed(a.x.recs[l.doc].doorKey, a.x.recs[r.doc].doorKey)
	}
	if first != 0 {
		return first
	}
	return a.relevance(l, r)
}

func (a *answer) relevance(l, r found) int {
	if l.loose != r.loose {
		if l.loose {
			return 1
		}
		return -1
	}
	if c := cmp.Or(r.terms-l.terms, r.points-l.points, r.popular-l.popular, cmp.Compare(r.updated, l.updated)); c != 0 {
		return c
	}
	return cmp.Compare(a.x.recs[l.doc].id, a.x.recs[r.doc].id)
}

// keyed compares sort keys; a listing without one comes last.
func keyed(l, r string) int {
	if (l == "") != (r == "") {
		if l == "" {
			return 1
		}
		return -1
	}
	return cmp.Compare(l, r)
}

// result returns the page asked for and the counts.
func (a *answer) result(stage search.Stage) search.Result {
	slices.SortFunc(a.top, a.compare)
	res := search.Result{Hits: []search.Hit{}, Total: a.total, Facets: map[search.Group][]search.Count{}, Stage: stage}
	from := len(a.top)
	if a.q.Page-1 <= len(a.top)/a.q.PerPage {
		from = min(from, (a.q.Page-1)*a.q.PerPage)
	}
	for _, f := range a.top[from:min(len(a.top), from+a.q.PerPage)] {
		metres := f.metres
		if math.IsInf(metres, 1) {
			metres = -1
		}
		res.Hits = append(res.Hits, search.Hit{ID: a.x.recs[f.doc].id, Metres: metres})
	}
	if stage != search.Strict && len(a.top) > 0 {
		res.DidYouMean = a.x.recs[slices.MinFunc(a.top, a.relevance).doc].id
	}
	for g := range a.wants {
		res.Facets[g] = a.counts(g)
	}
	return res
}

func (a *answer) counts(g search.Group) []search.Count {
	out := []search.Count{}
	add := func(id string, n int) {
		if n > 0 {
			out = append(out, search.Count{ID: id, N: n})
		}
	}
	byOrdinal := func(o *ordinals, ns []int) {
		for i, n := range ns {
			add(o.ids[i], n)
		}
	}
	switch g {
	case search.CategoryGroup:
		byOrdinal(a.x.cats, a.catN)
	case search.StreetGroup:
		byOrdinal(a.x.streets, a.streetN)
	case search.PlazaGroup:
		byOrdinal(a.x.plazas, a.plazaN)
	case search.TagGroup:
		byOrdinal(a.x.tags, a.tagN)
	case search.LevelGroup:
		for l, n := range a.levelN {
			add(strconv.Itoa(int(l)), n)
		}
	case search.PriceGroup:
		for level := 1; level <= search.MaxPrice; level++ {
			add(strconv.Itoa(level), a.priceN[level])
		}
	case search.HeritageGroup:
		add("true", a.heritageN)
	case search.OpenGroup:
		for i, n := range a.openN {
			add(strconv.Itoa(a.q.CountSlots[i]), n)
		}
	}
	search.SortCounts(out)
	return out
}
