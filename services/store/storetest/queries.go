package storetest

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// documents is how many the queries are tried on: enough for several pages of most answers.
const documents = 60

var day = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sample makes n documents whose fields take few values, so that every query has several answers and many ties.
func sample(n int) []Shop {
	r := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- a fixed sequence
	texts := []string{"", "a", "A", "中山", "中", "\U00020BB7", "\uFFFD", "z z", "$eq"}
	all := make([]Shop, n)
	for i := range all {
		all[i] = Shop{
			Slug: fmt.Sprintf("s%03d", i), State: State(texts[r.IntN(3)]), Street: texts[r.IntN(len(texts))], Rank: r.IntN(7) - 3,
			Area: float64(r.IntN(9)-4) / 2, Open: r.IntN(2) == 0, Place: Place{Level: r.IntN(3), Since: day.AddDate(0, 0, r.IntN(5))},
		}
		for range r.IntN(4) {
			all[i].Tags = append(all[i].Tags, texts[r.IntN(len(texts))])
			all[i].Marks = append(all[i].Marks, Mark{Kind: texts[r.IntN(3)]})
		}
		if r.IntN(2) == 0 {
			due := day.AddDate(0, 0, r.IntN(5))
			all[i].Due = &due
		}
	}
	return all
}

// fields gives the values of each field of the suite that can be asked for, independent of the store.
var fields = map[string]func(Shop) []any{
	"id":          func(s Shop) []any { return []any{s.ID} },
	"created_at":  func(s Shop) []any { return []any{s.CreatedAt} },
	"updated_at":  func(s Shop) []any { return []any{s.UpdatedAt} },
	"slug":        func(s Shop) []any { return []any{s.Slug} },
	"state":       func(s Shop) []any { return []any{s.State} },
	"rank":        func(s Shop) []any { return []any{s.Rank} },
	"area":        func(s Shop) []any { return []any{s.Area} },
	"open":        func(s Shop) []any { return []any{s.Open} },
	"place.level": func(s Shop) []any { return []any{s.Place.Level} },
	"place.since": func(s Shop) []any { return []any{s.Place.Since} },
	"due": func(s Shop) []any {
		if s.Due == nil {
			return nil
		}
		return []any{*s.Due}
	},
	"tags": func(s Shop) (out []any) {
		for _, t := range s.Tags {
			out = append(out, t)
		}
		return out
	},
	"marks.kind": func(s Shop) (out []any) {
		for _, m := range s.Marks {
			out = append(out, m.Kind)
		}
		return out
	},
}

func sortable(path string) bool { return path != "tags" && path != "marks.kind" && path != "due" }

func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case State:
		return strings.Compare(string(a), string(b.(State)))
	case int:
		return cmp.Compare(a, b.(int))
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		return cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[b.(bool)])
	}
	panic(fmt.Sprintf("%T", a))
}

func matches(s Shop, path string, op store.Op, want any) bool {
	return slices.ContainsFunc(fields[path](s), func(v any) bool {
		switch op {
		case store.Eq:
			return compare(v, want) == 0
		case store.In:
			return slices.ContainsFunc(want.([]any), func(w any) bool { return compare(v, w) == 0 })
		case store.Lt:
			return compare(v, want) < 0
		case store.Lte:
			return compare(v, want) <= 0
		case store.Gt:
			return compare(v, want) > 0
		default:
			return compare(v, want) >= 0
		}
	})
}

func slugs(all []Shop) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.Slug
	}
	return out
}

func collect(t *testing.T, seq iter.Seq2[Shop, error]) []Shop {
	t.Helper()
	var out []Shop
	for v, err := range seq {
		ok(t, err)
		out = append(out, v)
	}
	return out
}

func sorted(all []Shop, path string, d store.Direction) []Shop {
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b Shop) int {
		c := cmp.Or(compare(fields[path](a)[0], fields[path](b)[0]), strings.Compare(a.ID, b.ID))
		if d == store.Desc {
			return -c
		}
		return c
	})
	return out
}

func filtered(all []Shop, path string, op store.Op, v any) []Shop {
	return slices.DeleteFunc(slices.Clone(all), func(s Shop) bool { return !matches(s, path, op, v) })
}

// queries checks every comparison and sort over every declared field against a search by brute force.
func (s *suite) queries(t *testing.T) {
	c := shops(s.open(t))
	ok(t, c.Upsert(t.Context(), sample(documents)))
	all := collect(t, c.Each(t.Context(), store.All()))
	if len(all) != documents || !slices.IsSortedFunc(all, func(a, b Shop) int { return strings.Compare(a.ID, b.ID) }) {
		t.Fatalf("All gives %d documents, want %d by id", len(all), documents)
	}
	check := func(what string, q store.Query, want []Shop) {
		t.Helper()
		got := collect(t, c.Each(t.Context(), q.Limit(17)))
		if !slices.Equal(slugs(got), slugs(want)) {
			t.Errorf("%s:\n got %v\nwant %v", what, slugs(got), slugs(want))
		}
		if n := must[int](t)(c.Count(t.Context(), q)); n != len(want) {
			t.Errorf("Count of %s = %d, want %d", what, n, len(want))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		var values []any
		for _, i := range []int{0, 19, 42, documents - 1} {
			values = append(values, fields[path](all[i])...)
		}
		for _, v := range values {
			for _, op := range []store.Op{store.Eq, store.Lt, store.Lte, store.Gt, store.Gte} {
				check(fmt.Sprintf("%s op %d %v", path, op, v), store.Where(path, op, v), filtered(all, path, op, v))
			}
		}
		check(path+" in", store.Where(path, store.In, values), filtered(all, path, store.In, values))
		check(path+" in nothing", store.Where(path, store.In, []string{}), nil)
		if !sortable(path) {
			continue
		}
		for _, d := range []store.Direction{store.Asc, store.Desc} {
			check(fmt.Sprintf("sorted by %s, descending %t", path, d), store.All().OrderBy(path, d), sorted(all, path, d))
			q := store.Where("state", store.Eq, State("a")).And("tags", store.Gte, "a").OrderBy(path, d)
			check(fmt.Sprintf("filtered, sorted by %s, descending %t", path, d), q, sorted(filtered(filtered(all, "state", store.Eq, State("a")), "tags", store.Gte, "a"), path, d))
		}
	}
	between := store.Where("rank", store.Gte, -1).And("rank", store.Lt, 2).And("open", store.Eq, true)
	check("a range and another field", between, filtered(filtered(filtered(all, "rank", store.Gte, -1), "rank", store.Lt, 2), "open", store.Eq, true))
	check("two elements of a list", store.Where("tags", store.Eq, "a").And("tags", store.Eq, "中"),
		filtered(filtered(all, "tags", store.Eq, "a"), "tags", store.Eq, "中"))

	for _, path := range []string{"state", "slug", "rank", "open", "place.level"} {
		for _, of := range []struct {
			name string
			q    store.Query
			docs []Shop
		}{{"all", store.All(), all}, {"some", store.Where("open", store.Eq, true), filtered(all, "open", store.Eq, true)}, {"none", store.Where("rank", store.In, []int{}), nil}} {
			want := map[string]int{}
			for _, d := range of.docs {
				want[fmt.Sprint(fields[path](d)[0])]++
			}
			if got := must[map[string]int](t)(c.CountBy(t.Context(), path, of.q)); !maps.Equal(got, want) {
				t.Errorf("CountBy(%s, %s) = %v, want %v", path, of.name, got, want)
			}
		}
	}
}

// pages checks that turning pages is stable while others write.
func (s *suite) pages(t *testing.T) {
	c := shops(s.open(t))
	ok(t, c.Upsert(t.Context(), sample(60)))
	page := must[store.Page[Shop]](t)(c.Find(t.Context(), store.All()))
	if len(page.Items) != 20 || page.Next == "" {
		t.Errorf("a page without a limit has %d documents, want 20 and a cursor", len(page.Items))
	}
	page = must[store.Page[Shop]](t)(c.Find(t.Context(), store.All().Limit(60)))
	if len(page.Items) != 60 || page.Next != "" {
		t.Errorf("a page with everything has %d documents and cursor %q", len(page.Items), page.Next)
	}
	page = must[store.Page[Shop]](t)(c.Find(t.Context(), store.Where("state", store.Eq, "nowhere")))
	if page.Items == nil || len(page.Items) != 0 || page.Next != "" {
		t.Errorf("an empty page = %#v, want an empty list", page)
	}

	q := store.All().OrderBy("rank", store.Asc).Limit(7)
	seen := map[string]int{}
	first := must[store.Page[Shop]](t)(c.Find(t.Context(), q))
	untouched := map[string]bool{}
	for _, d := range collect(t, c.Each(t.Context(), store.All())) {
		untouched[d.ID] = true
	}
	for n, page := 0, first; ; n++ {
		for _, d := range page.Items {
			seen[d.ID]++
		}
		if page.Next == "" {
			break
		}
		// Between two pages a new document comes in front, another behind, and one that was seen moves to the front.
		insert(t, c, Shop{Slug: fmt.Sprintf("front%d", n), Rank: -9}, Shop{Slug: fmt.Sprintf("behind%d", n), Rank: 9})
		moved := page.Items[0].ID
		delete(untouched, moved)
		must[Shop](t)(c.Update(t.Context(), moved, 0, func(d *Shop) error { d.Rank = -8; return nil }))
		page = must[store.Page[Shop]](t)(c.Find(t.Context(), q.After(page.Next)))
		if n > 30 {
			t.Fatal("the pages do not end")
		}
	}
	for id := range untouched {
		if seen[id] != 1 {
			t.Errorf("%s came %d times while others wrote, want once", id, seen[id])
		}
	}

	broken := []string{"x", "!!!", first.Next[:len(first.Next)-2], first.Next + "AAAA", "W10", "bnVsbA", strings.Repeat("A", 5000)}
	for _, cursor := range broken {
		_, err := c.Find(t.Context(), q.After(cursor))
		wantKind(t, fmt.Sprintf("Find after %.20q", cursor), err, fault.Invalid)
	}
	for name, other := range map[string]store.Query{
		"another filter": store.Where("rank", store.Gt, 0).OrderBy("rank", store.Asc), "another sort": store.All().OrderBy("area", store.Asc),
		"another direction": store.All().OrderBy("rank", store.Desc), "another order": store.All(),
	} {
		_, err := c.Find(t.Context(), other.After(first.Next))
		wantKind(t, "the cursor of a query with "+name, err, fault.Invalid)
	}
	if _, err := c.Find(t.Context(), q.Limit(3).After(first.Next)); err != nil {
		t.Errorf("a cursor with another page size = %v, want it accepted", err)
	}
}

// refusals are the mistakes that must fail on both engines, so that tests on one find them for the other.
func (s *suite) refusals(t *testing.T) {
	c := shops(s.open(t))
	for name, q := range map[string]store.Query{
		"undeclared field":         store.Where("extra", store.Eq, "x"),
		"undeclared nested field":  store.Where("place.x", store.Eq, "x"),
		"second field of an index": store.Where("street", store.Eq, "x"),
		"undeclared sort":          store.All().OrderBy("years", store.Asc),
		"sort of a list":           store.All().OrderBy("tags", store.Asc),
		"sort of an absent value":  store.All().OrderBy("due", store.Asc),
		"sort without an index":    store.All().OrderBy("street", store.Asc),
		"two sorts":                store.All().OrderBy("rank", store.Asc).OrderBy("area", store.Asc),
		"text for an integer":      store.Where("rank", store.Eq, "1"),
		"integer for a text":       store.Where("slug", store.Eq, 1),
		"a map for a text":         store.Where("slug", store.Eq, map[string]any{"$ne": ""}),
		"no value":                 store.Where("slug", store.Eq, nil),
		"no slice":                 store.Where("slug", store.In, "a"),
		"a slice":                  store.Where("slug", store.Eq, []string{"a"}),
		"unknown comparison":       store.Where("slug", store.Op(99), "a"),
		"page too long":            store.All().Limit(1001),
		"page of less than none":   store.All().Limit(-1),
	} {
		_, err := c.Find(t.Context(), q)
		wantKind(t, "Find with "+name, err, fault.Internal)
	}
	_, err := c.GetBy(t.Context(), "state", "x")
	wantKind(t, "GetBy of a field that is not unique", err, fault.Internal)
	for _, path := range []string{"extra", "tags", "area", "due", "street"} {
		_, err = c.CountBy(t.Context(), path, store.All())
		wantKind(t, "CountBy "+path, err, fault.Internal)
	}
	_, err = c.Pending(t.Context(), "nobody", 1)
	wantKind(t, "Pending of an undeclared follower", err, fault.Internal)
	wantKind(t, "Delivered by an undeclared follower", c.Delivered(t.Context(), "nobody", "x", 1), fault.Internal)
}
