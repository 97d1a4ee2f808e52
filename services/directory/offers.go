package directory

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/post"
	"shangquan/services/taxonomy"
)

// PostsQuery narrows the list of posts; empty fields do not.
type PostsQuery struct {
	At       string // slug of a street or plaza
	Category string // id of a category
}

// Encode returns the part of an address behind the path, with its question mark; empty for everything.
func (q PostsQuery) Encode() string {
	v := url.Values{}
	for name, value := range map[string]string{"at": q.At, "cat": q.Category} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// ShopPost is a live post and its shop.
type ShopPost struct {
	Post *post.Post
	Shop Row
}

// PostsPlace is a street, plaza or category with posts.
type PostsPlace struct {
	Slug string
	Name lang.Text
}

// PostsPage is what shops announce. Known is false when the query names what is not in the register.
type PostsPage struct {
	Posts      []ShopPost
	Places     []PostsPlace
	Categories []PostsPlace
	Known      bool
}

// Posts returns the live posts of public shops, those that hold soonest first, with the places and categories that have some.
func (s *Service) Posts(ctx context.Context, q PostsQuery, t lang.Tag, now time.Time) (PostsPage, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return PostsPage{}, err
	}
	page := PostsPage{Posts: []ShopPost{}, Places: []PostsPlace{}, Categories: []PostsPlace{}, Known: st.snap.knows(q)}
	for n := range st.snap.shops {
		sh := &st.snap.shops[n]
		if sh.board == nil || !sh.listed {
			continue
		}
		row := st.snap.row(int32(n), st.cal, t, now, nil)
		if len(row.Posts) == 0 {
			continue
		}
		where, kind := row.postPlaces()
		page.Places, page.Categories = append(page.Places, where...), append(page.Categories, kind...)
		if q.At != "" && !slices.ContainsFunc(where, func(x PostsPlace) bool { return x.Slug == q.At }) ||
			q.Category != "" && !slices.ContainsFunc(kind, func(x PostsPlace) bool { return x.Slug == q.Category }) {
			continue
		}
		for _, x := range row.Posts {
			page.Posts = append(page.Posts, ShopPost{x, row})
		}
	}
	today := calendar.Today(now)
	slices.SortStableFunc(page.Posts, func(a, b ShopPost) int {
		x, _ := a.Post.Next(today)
		y, _ := b.Post.Next(today)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Post.ID, b.Post.ID))
	})
	page.Places, page.Categories = each(page.Places), each(page.Categories)
	return page, nil
}

// knows reports whether what the query names is in the register, whether it has posts or not.
func (s *snapshot) knows(q PostsQuery) bool {
	at := q.At == "" || slices.ContainsFunc(s.reg.streets, func(x place.Street) bool { return x.Slug == q.At }) ||
		slices.ContainsFunc(s.reg.plazas, func(x place.Plaza) bool { return x.Slug == q.At })
	return at && (q.Category == "" || slices.ContainsFunc(s.reg.categories, func(x taxonomy.Category) bool { return x.ID == q.Category }))
}

// postPlaces are where the shop is and what it is, as a list of posts is narrowed by.
func (r *Row) postPlaces() (where, kind []PostsPlace) {
	if r.Street != nil {
		where = append(where, PostsPlace{r.Street.Slug, r.Street.Name})
	}
	if r.Plaza != nil {
		where = append(where, PostsPlace{r.Plaza.Slug, r.Plaza.Name})
	}
	if r.Category != nil {
		kind = append(kind, PostsPlace{r.Category.ID, r.Category.Name})
	}
	return where, kind
}

// each returns every place once, in the order of their names.
func each(list []PostsPlace) []PostsPlace {
	slices.SortFunc(list, func(a, b PostsPlace) int {
		return cmp.Or(cmp.Compare(a.Name.Hans, b.Name.Hans), cmp.Compare(a.Slug, b.Slug))
	})
	return slices.CompactFunc(list, func(a, b PostsPlace) bool { return a.Slug == b.Slug })
}
