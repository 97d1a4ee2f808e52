package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"shangquan/services/lang"
	"shangquan/services/search/text"
)

// Help is what to try when nothing was found (ui design, section 6).
type Help struct {
	// Categories are kinds of shops that sound like the words, or else those most shops belong to; N counts without filters.
	Categories []Choice
	// AnyTime, AnyWhere, AnyKind and AnyPrice count what the same question finds without asking when, where, for which kind, or how
	// dear. They are 0 where that was not asked. Plain counts it without any filter.
	AnyTime, AnyWhere, AnyKind, AnyPrice, Plain int
	// Words is a part of the words that does find something, empty for none.
	Words string
}

// maxHelp is how many categories are offered, maxParts how many parts of the words are tried.
const (
	maxHelp  = 4
	maxParts = 6
)

func (s *Service) help(ctx context.Context, st *state, q *Query, f *filter, found found) *Help {
	h := &Help{Categories: []Choice{}}
	without := func(change func(*filter)) int {
		g := *f
		change(&g)
		hits, _ := st.snap.match(&g, st.clock, found.list, nil)
		return len(hits)
	}
	if f.open != 0 {
		h.AnyTime = without(func(f *filter) { f.open = 0 })
	}
	if f.where || f.level != 0 {
		h.AnyWhere = without(func(f *filter) { f.where, f.level = false, 0 })
	}
	if f.category != nil {
		h.AnyKind = without(func(f *filter) { f.category = nil })
	}
	if f.price != 0 {
		h.AnyPrice = without(func(f *filter) { f.price = 0 })
	}
	if q.Filtered() {
		h.Plain = without(func(f *filter) { *f = filter{} })
	}
	h.Categories = st.snap.categoriesLike(&found.plan)
	if len(found.list) == 0 {
		h.Words = s.shorter(ctx, st, &found.plan)
	}
	return h
}

// shorter returns the part of the words that finds most: one of several words, or two characters of one word.
func (s *Service) shorter(ctx context.Context, st *state, p *text.Plan) string {
	var parts []string
	for i := range p.Terms {
		if t := &p.Terms[i]; len(p.Terms) > 1 && t.Len() > 1 {
			parts = append(parts, t.Text)
		} else if t.Kind == text.Han && t.Len() > 2 {
			parts = append(parts, t.Grams...)
		}
	}
	best, most := "", 0
	for _, part := range parts[:min(len(parts), maxParts)] {
		got, err := s.find(ctx, st, &Query{Text: part})
		if err == nil && !got.relaxed && len(got.list) > most {
			best, most = part, len(got.list)
		}
	}
	return best
}

// categoriesLike returns the categories whose words share most with what was asked, at least a character that is not in
// half of them; without any, those of most shops.
func (s *snapshot) categoriesLike(p *text.Plan) []Choice {
	counts := make([]int, len(s.reg.categories))
	for _, n := range s.lists.popular.list {
		if c := s.shops[n].category; c >= 0 {
			counts[c]++
		}
	}
	type near struct {
		category int32
		score    int
	}
	var list []near
	for _, c := range s.present.categories {
		list = append(list, near{c, likeness(p, s.reg.categories[c].Name, s.reg.categories[c].Terms)})
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(b.score, a.score) })
	if len(list) > 0 && list[0].score > 0 {
		list = slices.DeleteFunc(list, func(n near) bool { return n.score == 0 })
	}
	out := []Choice{}
	for _, n := range list[:min(len(list), maxHelp)] {
		c := s.reg.categories[n.category]
		out = append(out, Choice{Value: c.ID, Name: c.Name, N: counts[n.category]})
	}
	return out
}

// likeness counts what the words share with the words of a category: a pair of characters counts for more than one character.
func likeness(p *text.Plan, name lang.Text, terms []string) int {
	all := text.FoldString(strings.Join(words(name, terms), " "))
	score := 0
	for i := range p.Terms {
		t := &p.Terms[i]
		if t.Kind != text.Han {
			continue
		}
		for _, g := range t.Grams {
			if strings.Contains(all, g) {
				score += 3
			}
		}
		for _, r := range t.Text {
			if !strings.ContainsRune(commonest, r) && strings.ContainsRune(all, r) {
				score++
			}
		}
	}
	return score
}

// commonest are characters that say nothing of the kind of a shop.
const commonest = "店家行馆铺的小大老新城中上海"
