package directory

import (
	"cmp"
	"slices"
	"strings"

	"shangquan/services/lang"
	"shangquan/services/search/text"
)

// Help is what to try when nothing was found (ui design, section 6).
type Help struct {
	// Categories are kinds of shops that sound like the words, or else those most shops belong to; N counts without filters.
	Categories []Choice
	// AnyTime, AnyWhere and AnyKind count what the same question finds without asking when, where, or for which kind. They are
	// 0 where that was not asked. Plain counts it without any filter.
	AnyTime, AnyWhere, AnyKind, Plain int
	// Words is a name that comes close to the words, empty for none.
	Words string
}

const maxHelp = 4

func (s *Service) help(st *state, q *Query, f *filter, found found) *Help {
	h := &Help{Categories: []Choice{}}
	without := func(change func(*filter)) int {
		g := *f
		change(&g)
		hits, _ := st.snap.match(&g, st.clock, found.list)
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
	if q.Filtered() {
		h.Plain = without(func(f *filter) { *f = filter{} })
	}
	h.Categories = st.snap.categoriesLike(&found.plan)
	return h
}

// categoriesLike returns the categories whose words share most with what was asked, at least a character that is not in
// half of them; without any, those of most shops.
func (s *snapshot) categoriesLike(p *text.Plan) []Choice {
	counts := make([]int, len(s.reg.categories))
	for _, n := range s.lists.popular {
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
