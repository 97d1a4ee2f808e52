package directory

import (
	"context"
	"strings"
	"sync"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// Page is the answer to a Query.
type Page struct {
	// Query is what was answered: the one asked, without what nobody knows, and on a page that exists.
	Query Query
	// Problems says what of the question could not be used, as ParseQuery does; besides its keys
	// search.problem.page_beyond (Args.Value, Args.Last): the last page is shown.
	Problems []fault.Field

	Rows      []Row
	Total     int
	OpenCount int // how many of Total are open now
	Located   int // how many of Total can be drawn on the plan
	Facets    Facets
	Pager     Pager

	// Relaxed says that not everything asked for matched. DidYouMean is the name that comes closest, empty for none.
	Relaxed    bool
	DidYouMean string
	// Degraded says that the search engine could not answer and something simpler did.
	Degraded bool
	// Truncated says that more than search.MaxTotal listings match the words, and Total counts only the best of them.
	Truncated bool

	// Similar are a few shops of the same kind, when there are only one to three results.
	Similar []Row
	// Help is what to try when there is no result, nil otherwise.
	Help *Help
}

// few is up to how many results are too few (ui design, section 6), and maxSimilar how many shops are then put beside them.
const (
	few        = 3
	maxSimilar = 4
)

// rooms lends out room for results, which are as long as the district is large.
var rooms = sync.Pool{New: func() any { return new([]int32) }}

// Search answers q in language t at now.
func (s *Service) Search(ctx context.Context, q Query, t lang.Tag, now time.Time) (Page, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return Page{}, err
	}
	p := Page{Query: q.clone(), Problems: []fault.Field{}, Rows: []Row{}, Similar: []Row{}}
	f := st.snap.filter(&p.Query, &p.Problems)
	found, err := s.find(ctx, st, &p.Query)
	if err != nil {
		return Page{}, err
	}
	p.Relaxed, p.Degraded, p.Truncated = found.relaxed, found.degraded, found.truncated
	room := rooms.Get().(*[]int32) //nolint:forcetypeassert // nothing else is in it
	defer rooms.Put(room)
	hits, counts := st.snap.match(&f, st.clock, found.list, *room)
	*room = hits
	p.Total, p.OpenCount, p.Located = len(hits), int(counts.openNow), int(counts.located)
	p.Facets = st.snap.facets(&p.Query, counts)
	var beyond bool
	if p.Pager, beyond = newPager(p.Total, p.Query.Page); beyond {
		p.Problems = append(p.Problems, fault.Field{
			Name: paramPage, Key: "search.problem.page_beyond", Args: map[string]any{"Value": p.Query.Page, "Last": p.Pager.Page},
		})
		p.Query.Page = p.Pager.Page
	}
	from := (p.Pager.Page - 1) * PerPage
	shown := st.snap.page(&p.Query, st.clock, hits, found.ranked, from, min(from+PerPage, len(hits)))
	p.Rows = st.snap.rows(shown, st.cal, t, now, q.Near)
	for i := range p.Rows {
		p.Rows[i].explain(&found.plan)
	}
	if n, ok := st.snap.public(st.snap.ids, found.didYouMean); ok && resembles(st.snap.shops[n].Name.Hans, p.Query.Text) {
		p.DidYouMean, _ = st.snap.shops[n].Name.In(t)
	}
	switch {
	case p.Total == 0:
		p.Help = s.help(ctx, st, &p.Query, &f, found)
	case p.Total <= few && !q.Home():
		p.Similar = s.similar(st, hits, t, now)
	}
	return p, nil
}

// resembles reports whether a shop's name can be what somebody meant by words: where they have Chinese in them, at least half
// of the name, without its branch, is among them. A bank in 中山中路 is close to 中山中路 100 号 and yet not its right spelling.
func resembles(name, words string) bool {
	words = text.Key(words)
	if !strings.ContainsFunc(words, text.IsHan) {
		return true // pinyin and Latin letters: the engine has compared them already
	}
	if i := strings.IndexAny(name, "（("); i > 0 {
		name = name[:i]
	}
	all, shared := 0, 0
	for _, r := range text.Key(name) {
		all++
		if strings.ContainsRune(words, r) {
			shared++
		}
	}
	return 2*shared >= all
}

// found is what the words of a query find, before any filter.
type found struct {
	list       []int32
	ranked     bool // list is in order of relevance
	plan       text.Plan
	relaxed    bool
	degraded   bool
	truncated  bool
	didYouMean string
}

// find asks the engine which shops match the words. Without words it is every shop.
func (s *Service) find(ctx context.Context, st *state, q *Query) (found, error) {
	out := found{plan: text.Parse(q.Text)}
	if out.plan.Browse() {
		out.list = st.snap.browse(q.Sort)
		return out, nil
	}
	out.ranked = true
	if s.engine == s.embedded && !s.feed.ready() {
		out.list, out.degraded = st.snap.named(&out.plan), true
		return out, nil
	}
	// Only of the index of this process is it known when it changes.
	fed := s.feed.fed.Load()
	if s.engine == s.embedded {
		if known, ok := s.asked.get(fed, q.Text); ok {
			return known, nil
		}
	}
	for page := 1; ; page++ {
		res, err := s.engine.Search(ctx, search.Query{Text: q.Text, Page: page, PerPage: search.MaxPerPage})
		if err != nil || res.Degraded && s.embedded != nil && !s.feed.ready() {
			if ctx.Err() != nil {
				return out, fault.New(fault.Unavailable, "error.search.stopped", ctx.Err())
			}
			s.log.WarnContext(ctx, "names are searched without the engine", "error", err)
			out.list, out.degraded = st.snap.named(&out.plan), true
			return out, nil
		}
		if page == 1 {
			out.relaxed, out.didYouMean = res.Relaxed(), res.DidYouMean
		}
		out.degraded = out.degraded || res.Degraded
		for _, h := range res.Hits {
			if n, ok := st.snap.ids[h.ID]; ok {
				out.list = append(out.list, n)
			}
		}
		if seen := page * search.MaxPerPage; len(res.Hits) == 0 || seen >= res.Total || seen >= search.MaxTotal {
			out.truncated = res.Total > seen
			// An index that was written to meanwhile may have answered from either side of the change.
			if s.engine == s.embedded && s.feed.fed.Load() == fed {
				s.asked.put(fed, q.Text, out)
			}
			return out, nil
		}
	}
}

// named is the search of last resort, while no index can answer: shops whose name or another name begins with the words, then
// those that have all of them somewhere in their names (design R2).
func (s *snapshot) named(p *text.Plan) []int32 {
	var first, rest []int32
	for _, n := range s.lists.popular.list {
		l := s.shops[n].Listing
		all := text.Key(l.Name.Hans)
		begins := strings.HasPrefix(all, p.Key)
		for _, name := range names(l.Name.Text, l.Aliases) {
			key := text.Key(name)
			begins = begins || strings.HasPrefix(key, p.Key)
			all += " " + key
		}
		has := true
		for i := range p.Terms {
			has = has && strings.Contains(all, p.Terms[i].Text)
		}
		switch {
		case begins:
			first = append(first, n)
		case has:
			rest = append(rest, n)
		}
	}
	return append(first, rest...)
}

// similar returns shops of the kind of the first results: near the first of them if it has a position, else those open first.
func (s *Service) similar(st *state, hits []int32, t lang.Tag, now time.Time) []Row {
	first := &st.snap.shops[hits[0]]
	if first.category < 0 {
		return []Row{}
	}
	known := map[int32]bool{}
	for _, n := range hits {
		known[n] = true
	}
	var list []int32
	for _, n := range st.snap.lists.popular.list {
		if st.snap.shops[n].category == first.category && !known[n] {
			list = append(list, n)
		}
	}
	if first.located {
		list = st.snap.nearest(list, first.at, maxSimilar)
	} else {
		list = openFirst(st.clock, list, 0, min(len(list), maxSimilar))
	}
	return st.snap.rows(list, st.cal, t, now, nil)
}
