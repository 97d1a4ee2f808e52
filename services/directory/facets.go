package directory

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Choice is one value of a filter. N is how many results there would be, the other filters being as they are set.
type Choice struct {
	Value string
	Name  lang.Text
	Icon  string
	N     int
	On    bool
}

// GroupChoice is a group with its categories.
type GroupChoice struct {
	Choice
	Categories []Choice
}

// Facets are the filters with their counts. Values that no listed shop has at all are left out; those that only have none in
// this result stay, with 0.
type Facets struct {
	Open    []Choice // one per Opens; they have no Name, the page says them in words
	Groups  []GroupChoice
	Streets []Choice
	Plazas  []Choice
	Levels  []Choice // floors of the plaza, when exactly one is chosen
	Tags    []Choice
	Prices  []Choice // the page says them in words
	// Heritage has the value "1".
	Heritage Choice
}

// filter puts the filters of q into numbers. Slugs nobody knows are taken out of q and reported.
func (s *snapshot) filter(q *Query, problems *[]fault.Field) filter {
	f := filter{level: int16(q.Level), open: bitOf[q.Open], heritage: q.Heritage}
	known := func(name string, list *[]string, numbers map[string]int32) (out []int32) {
		kept := (*list)[:0]
		for _, slug := range *list {
			n, ok := numbers[slug]
			if !ok {
				*problems = append(*problems, fault.Field{Name: name, Key: "search.problem.value", Args: map[string]any{"Value": slug}})
				continue
			}
			kept, out = append(kept, slug), append(out, n)
		}
		if *list = kept; len(kept) == 0 {
			*list = nil
		}
		return out
	}
	categories := known(paramCategory, &q.Categories, s.reg.category)
	groups := known(paramGroup, &q.Groups, s.reg.group)
	if len(categories)+len(groups) > 0 {
		f.category = marked(len(s.reg.categories), categories)
		for _, g := range groups {
			for i, c := range s.reg.categories {
				f.category[i] = f.category[i] || c.GroupID == s.reg.groups[g].ID
			}
		}
	}
	streets := known(paramStreet, &q.Streets, s.reg.streetFor)
	plazas := known(paramPlaza, &q.Plazas, s.reg.plazaFor)
	if f.where = len(streets)+len(plazas) > 0; f.where {
		f.street, f.plaza = marked(len(s.reg.streets), streets), marked(len(s.reg.plazas), plazas)
	}
	for _, n := range known(paramTag, &q.Tags, s.reg.tag) {
		f.tags |= 1 << n
	}
	for _, level := range q.Prices {
		f.price |= 1 << (level[0] - '0')
	}
	return f
}

func marked(size int, numbers []int32) []bool {
	out := make([]bool, size)
	for _, n := range numbers {
		out[n] = true
	}
	return out
}

// facets names what was counted.
func (s *snapshot) facets(q *Query, t *tally) Facets {
	has := &s.present
	// A choice is large and a district has hundreds: lists that grow would copy most of them.
	out := Facets{
		Open: make([]Choice, 0, len(Opens)), Groups: make([]GroupChoice, 0, len(s.reg.groups)), Streets: make([]Choice, 0, len(has.streets)),
		Plazas: make([]Choice, 0, len(has.plazas)), Levels: []Choice{}, Tags: make([]Choice, 0, len(has.tags)),
	}
	categories := make([]Choice, 0, len(has.categories)) // of all groups, one behind the other
	for i, o := range Opens {
		out.Open = append(out.Open, Choice{Value: string(o), N: int(t.open[i]), On: q.Open == o})
	}
	for _, g := range s.reg.groups {
		gc := GroupChoice{Choice: Choice{Value: g.ID, Name: g.Name, On: slices.Contains(q.Groups, g.ID)}}
		first := len(categories)
		for _, i := range has.categories {
			if c := &s.reg.categories[i]; c.GroupID == g.ID {
				gc.N += int(t.category[i])
				categories = append(categories, Choice{Value: c.ID, Name: c.Name, N: int(t.category[i]), On: slices.Contains(q.Categories, c.ID)})
			}
		}
		if gc.Categories = categories[first:len(categories):len(categories)]; len(gc.Categories) > 0 {
			out.Groups = append(out.Groups, gc)
		}
	}
	for _, i := range has.streets {
		x := &s.reg.streets[i]
		out.Streets = append(out.Streets, Choice{Value: x.Slug, Name: x.Name, N: int(t.street[i]), On: slices.Contains(q.Streets, x.Slug)})
	}
	for _, i := range has.plazas {
		x := &s.reg.plazas[i]
		out.Plazas = append(out.Plazas, Choice{Value: x.Slug, Name: x.Name, N: int(t.plaza[i]), On: slices.Contains(q.Plazas, x.Slug)})
	}
	for _, i := range has.tags {
		x := &s.reg.tags[i]
		out.Tags = append(out.Tags, Choice{Value: x.ID, Name: x.Name, Icon: x.Icon, N: int(t.tag[i]), On: slices.Contains(q.Tags, x.ID)})
	}
	if has.priced || len(q.Prices) > 0 {
		for _, level := range Prices {
			out.Prices = append(out.Prices, Choice{Value: level, N: int(t.price[level[0]-'0']), On: slices.Contains(q.Prices, level)})
		}
	}
	if len(q.Plazas) == 1 && len(q.Streets) == 0 {
		out.Levels = s.levels(q, t)
	}
	out.Heritage = Choice{Value: "1", N: int(t.heritage), On: q.Heritage}
	return out
}

// levels names the floors of the one plaza chosen, from the lowest up.
func (s *snapshot) levels(q *Query, t *tally) []Choice {
	p := &s.reg.plazas[s.reg.plazaFor[q.Plazas[0]]]
	counts := map[int]int{}
	for i, n := range t.level {
		if n > 0 {
			counts[i+minLevel] = int(n)
		}
	}
	for _, f := range p.Floors {
		counts[f.Level] += 0
	}
	if q.Level != 0 {
		counts[q.Level] += 0
	}
	out := []Choice{}
	for _, level := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Choice{Value: strconv.Itoa(level), Name: lang.Text{Hans: p.Label(level)}, N: counts[level], On: q.Level == level})
	}
	return out
}

// present is which values the listed shops have at all, those of most shops first.
type present struct {
	categories, streets, plazas, tags []int32
	priced                            bool // one has a price level
}

func (s *snapshot) count() present {
	categories, streets, plazas := make([]int, len(s.reg.categories)), make([]int, len(s.reg.streets)), make([]int, len(s.reg.plazas))
	tags := make([]int, len(s.reg.tags))
	priced := false
	for _, n := range s.lists.popular.list {
		sh := &s.traits[n]
		priced = priced || sh.price > 0
		for _, c := range [...]struct {
			counts []int
			n      int32
		}{{categories, int32(sh.category)}, {streets, sh.street}, {plazas, sh.plaza}} {
			if c.n >= 0 {
				c.counts[c.n]++
			}
		}
		for i := range tags[:min(len(tags), maxTags)] {
			tags[i] += int(sh.tags >> i & 1)
		}
	}
	return present{most(categories), most(streets), most(plazas), most(tags), priced}
}

// most returns the positions whose count is not zero, the largest count first.
func most(counts []int) []int32 {
	out := []int32{}
	for i, n := range counts {
		if n > 0 {
			out = append(out, int32(i))
		}
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	return out
}
