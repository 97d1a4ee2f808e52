package directory

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"shangquan/services/lang"
	"shangquan/services/rescue"
	"shangquan/services/search/suggest"
	"shangquan/services/search/text"
)

// Suggestion is one line under the search field.
type Suggestion struct {
	Kind  suggest.Kind
	Text  string
	Lang  lang.Tag    // of Text
	Marks []text.Span // of Text: what was typed
	// Shop is the slug of the one shop that is meant, else empty; Query is what to search for then.
	Shop  string
	Query Query
}

// suggestEvery is how long new names may take to be suggested.
const suggestEvery = 30 * time.Second

// suggestions keeps the list that words are completed from. Making it takes a while, so it is made in the background.
type suggestions struct {
	made  atomic.Pointer[made]
	mu    sync.Mutex
	tasks rescue.Tasks
}

type made struct {
	*suggest.List
	of *snapshot
	at time.Time
}

// Suggest completes what a visitor types, at most suggest.Max lines. What was taken from the public is never among them.
func (s *Service) Suggest(ctx context.Context, typed string, t lang.Tag) ([]Suggestion, error) {
	now := s.clock()
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	out := []Suggestion{}
	type thing struct {
		kind suggest.Kind
		id   string
	}
	seen := map[thing]bool{}
	plan := text.Parse(clean(typed))
	for _, found := range s.suggest.list(st.snap, now, s.log).Complete(clean(typed), suggest.Max) {
		x, ok := st.snap.suggestion(found.Entry, t)
		if key := (thing{found.Kind, found.ID}); !ok || found.ID != "" && seen[key] {
			continue
		} else {
			seen[key] = true
		}
		x.Marks = plan.Marks(x.Text, found.Pinyin)
		out = append(out, x)
	}
	return out, nil
}

// suggestion turns an entry into a line in language t; false when what it stands for is not there any more.
func (s *snapshot) suggestion(e suggest.Entry, t lang.Tag) (Suggestion, bool) {
	x := Suggestion{Kind: e.Kind, Text: e.Text, Lang: lang.Hans, Query: Query{Text: e.Text, Page: 1}}
	name := func(n lang.Text) { x.Text, x.Lang = n.In(t) }
	if e.ID == "" {
		return x, true
	}
	switch e.Kind {
	case suggest.Category:
		n, ok := s.reg.category[e.ID]
		if !ok {
			return x, false
		}
		name(s.reg.categories[n].Name)
		x.Query = Query{Categories: []string{e.ID}, Page: 1}
	case suggest.Street:
		n, ok := s.reg.streetFor[e.ID]
		if !ok {
			return x, false
		}
		name(s.reg.streets[n].Name)
		x.Query = Query{Streets: []string{e.ID}, Page: 1}
	case suggest.Plaza:
		n, ok := s.reg.plazaFor[e.ID]
		if !ok {
			return x, false
		}
		name(s.reg.plazas[n].Name)
		x.Query = Query{Plazas: []string{e.ID}, Page: 1}
	default:
		n, ok := s.ids[e.ID]
		if !ok || !s.shops[n].listed {
			return x, false
		}
		if e.Kind == suggest.Shop {
			name(s.shops[n].Name.Text)
		}
		x.Shop = s.shops[n].Slug
	}
	return x, true
}

// list returns what to complete from: that of s, or of a snapshot not much older.
func (g *suggestions) list(s *snapshot, now time.Time, log *slog.Logger) *suggest.List {
	m := g.made.Load()
	switch {
	case m == nil:
		g.mu.Lock()
		defer g.mu.Unlock()
		if m = g.made.Load(); m == nil {
			m = &made{suggest.New(s.entries()), s, now}
			g.made.Store(m)
		}
	case m.of != s && now.Sub(m.at) >= suggestEvery && g.mu.TryLock():
		g.tasks.Go(log, "suggestions", func() {
			defer g.mu.Unlock()
			g.made.Store(&made{suggest.New(s.entries()), s, now})
		})
	}
	return m.List
}

// entries is everything that can be suggested: names of shops without their branch, other names, kinds of shops, places, and
// goods. A name that only one shop has leads to that shop.
func (s *snapshot) entries() []suggest.Entry {
	var out []suggest.Entry
	type key struct {
		kind suggest.Kind
		text string
	}
	at := map[key]int{}
	add := func(kind suggest.Kind, name, id, pinyin string) {
		if name == "" {
			return
		}
		i, ok := at[key{kind, name}]
		if !ok {
			i = len(out)
			at[key{kind, name}] = i
			out = append(out, suggest.Entry{Text: name, Kind: kind, ID: id, Pinyin: pinyin})
		}
		if out[i].Count++; out[i].ID != id {
			out[i].ID = ""
		}
	}
	for _, n := range s.lists.popular.list {
		sh := &s.shops[n]
		add(suggest.Shop, core(sh.Name.Hans), sh.ID, sh.Name.Pinyin)
		add(suggest.Shop, core(sh.Name.En), sh.ID, "")
		for _, a := range sh.Aliases {
			add(suggest.Alias, core(a), sh.ID, "")
		}
		for _, g := range sh.Goods {
			add(suggest.Service, g, "", "")
		}
	}
	for _, n := range s.present.categories {
		c := &s.reg.categories[n]
		add(suggest.Category, c.Name.Hans, c.ID, "")
		add(suggest.Category, c.Name.En, c.ID, "")
		for _, term := range c.Terms {
			add(suggest.Category, term, c.ID, "")
		}
	}
	for _, n := range s.present.streets {
		x := &s.reg.streets[n]
		add(suggest.Street, x.Name.Hans, x.Slug, x.Pinyin)
		add(suggest.Street, x.Name.En, x.Slug, "")
		for _, a := range x.Aliases {
			add(suggest.Street, a, x.Slug, "")
		}
	}
	for _, n := range s.present.plazas {
		x := &s.reg.plazas[n]
		add(suggest.Plaza, x.Name.Hans, x.Slug, x.Pinyin)
		add(suggest.Plaza, x.Name.En, x.Slug, "")
		for _, a := range x.Aliases {
			add(suggest.Plaza, a, x.Slug, "")
		}
	}
	return out
}

// core returns a name without what stands in brackets behind it, which says the branch.
func core(name string) string {
	if i := strings.IndexAny(name, "（("); i > 0 {
		name = name[:i]
	}
	return strings.TrimSpace(name)
}
