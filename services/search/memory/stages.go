package memory

import (
	"context"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// fewHits is below how many hits typos are looked for.
const fewHits = 5

// search answers in stages: what matches every term; then, if that is little, what matches with typos; if that is nothing,
// what matches most.
func (x *index) search(ctx context.Context, q *search.Query, plan *text.Plan) (search.Result, error) {
	a := x.answer(q)
	if plan.Browse() {
		if err := a.gather(ctx, x.alive, nil, false, func(uint32, *record) (int, int) { return 1, 0 }); err != nil {
			return search.Result{}, stopped(err)
		}
		return a.result(search.Strict), nil
	}
	terms := make([]want, len(plan.Terms))
	for i, t := range plan.Terms {
		terms[i] = wantOf(t)
	}
	all := func(points func(*record, *want) int) scorer {
		return func(_ uint32, r *record) (int, int) {
			sum := 0
			for i := range terms {
				p := points(r, &terms[i])
				if p == 0 {
					return 0, 0
				}
				sum += p
			}
			return len(terms), 10*sum/len(terms) + r.extra(plan.Key, len(terms))
		}
	}
	matched := newSet(len(x.recs))
	if err := a.gather(ctx, x.every(terms, x.strict), matched, false, all((*record).points)); err != nil {
		return search.Result{}, stopped(err)
	}
	if a.total == 0 && hasLongRun(terms) {
		a.reset()
		score := all(func(r *record, w *want) int { return max(r.points(w), r.splitPoints(w)) })
		if err := a.gather(ctx, x.every(terms, func(w *want) set { return x.loose(w, seams(w)) }), matched, false, score); err != nil {
			return search.Result{}, stopped(err)
		}
	}
	stage := search.Strict
	if a.total < fewHits && mayMistype(terms) {
		candidates := x.every(terms, func(w *want) set {
			s := x.strict(w)
			x.vary(w, s)
			return s
		})
		candidates.andNot(matched)
		before := a.total
		if err := a.gather(ctx, candidates, nil, true, all((*record).typoPoints)); err != nil {
			return search.Result{}, stopped(err)
		}
		if a.total > before {
			stage = search.Typo
		}
	}
	if a.total == 0 {
		a.reset()
		candidates, strict := x.most(terms)
		if err := a.gather(ctx, candidates, nil, false, relaxed(terms, strict, plan.Key)); err != nil {
			return search.Result{}, stopped(err)
		}
		if a.total > 0 {
			stage = search.Relaxed
		}
	}
	return a.result(stage), nil
}

func hasLongRun(terms []want) bool {
	for i := range terms {
		if terms[i].Kind == text.Han && len(terms[i].Grams) >= 3 {
			return true
		}
	}
	return false
}

func mayMistype(terms []want) bool {
	for i := range terms {
		if terms[i].Kind == text.Latin && typosIn(terms[i].Len()) > 0 {
			return true
		}
	}
	return false
}

// every returns the living documents among the candidates of all terms.
func (x *index) every(terms []want, candidates func(*want) set) set {
	s := candidates(&terms[0])
	for i := range terms[1:] {
		s.and(candidates(&terms[i+1]))
	}
	s.and(x.alive)
	return s
}

// most returns the living documents among the candidates of at least half of the terms; strict are those of each term alone.
func (x *index) most(terms []want) (candidates set, strict []set) {
	counts := make([]uint8, len(x.recs))
	for i := range terms {
		strict = append(strict, x.strict(&terms[i]))
		x.loose(&terms[i], mayMiss(&terms[i])).each(func(d uint32) bool { counts[d]++; return true })
	}
	candidates = newSet(len(x.recs))
	for d, n := range counts {
		if n > 0 && int(n)*2 >= len(terms) {
			candidates.add(uint32(d))
		}
	}
	candidates.and(x.alive)
	return candidates, strict
}

// relaxed scores what matches at least half of the terms, allowing one wrong character and typos.
func relaxed(terms []want, strict []set, key string) scorer {
	return func(d uint32, r *record) (int, int) {
		n, sum := 0, 0
		for i := range terms {
			w := &terms[i]
			p := 0
			if strict[i].has(d) || len(w.variants) > 0 {
				p = r.typoPoints(w)
			}
			if p == 0 {
				p = r.fuzzyPoints(w)
			}
			if p > 0 {
				n, sum = n+1, sum+p
			}
		}
		if n == 0 || n*2 < len(terms) {
			return 0, 0
		}
		return n, 10*sum/n + r.extra(key, len(terms)) - perMissing*(len(terms)-n)
	}
}
