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

// ShopPost is a live post and its shop. An event of a street or plaza has none unless it is at one: then Shop.Listing is nil, and Street
// or Plaza is where it is.
type ShopPost struct {
	Post   *post.Post
	Shop   Row
	Street *place.Street
	Plaza  *place.Plaza
}

// Where is the name of the shop, plaza or street.
func (x *ShopPost) Where() lang.Text {
	switch {
	case x.Shop.Listing != nil:
		return x.Shop.Listing.Name.Text
	case x.Plaza != nil:
		return x.Plaza.Name
	case x.Street != nil:
		return x.Street.Name
	}
	return lang.Text{}
}

// PostsPlace is a street, plaza or category with posts.
type PostsPlace struct {
	Slug string
	Name lang.Text
}

// PostsPage is what shops, streets and plazas announce. Known is false when the query names what is not in the register.
type PostsPage struct {
	Posts      []ShopPost
	Places     []PostsPlace
	Categories []PostsPlace
	Known      bool
}

// Posts returns the live posts of public shops and the events of streets and plazas, those that hold soonest first, with the places and categories that have some.
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
		where, kind := postPlaces(row.Street, row.Plaza, row.Category)
		if page.add(q, where, kind) {
			for _, x := range row.Posts {
				page.Posts = append(page.Posts, ShopPost{Post: x, Shop: row, Street: row.Street, Plaza: row.Plaza})
			}
		}
	}
	for i := range st.snap.events {
		x := st.event(&st.snap.events[i], t, now)
		if x.Shop.Listing != nil || !x.Post.Live(now) {
			continue // told with the shop, or over
		}
		var c *taxonomy.Category
		if n := find(st.snap.reg.category, x.Post.CategoryID); n >= 0 {
			c = &st.snap.reg.categories[n]
		}
		where, kind := postPlaces(x.Street, x.Plaza, c)
		if page.add(q, where, kind) {
			page.Posts = append(page.Posts, x)
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

// EventAt returns an event of a street or plaza with what it is at: a shop that is public, a street, a plaza.
func (s *Service) EventAt(ctx context.Context, p *post.Post, t lang.Tag, now time.Time) (ShopPost, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return ShopPost{}, err
	}
	return st.event(p, t, now), nil
}

func (st *state) event(p *post.Post, t lang.Tag, now time.Time) ShopPost {
	x, reg := ShopPost{Post: p}, st.snap.reg
	if n, ok := st.snap.public(st.snap.ids, p.Held.Page.Public.ShopID); ok && st.snap.shops[n].listed {
		x.Shop = st.snap.row(n, st.cal, t, now, nil)
	}
	if n := find(reg.street, p.StreetID); n >= 0 {
		x.Street = &reg.streets[n]
	}
	if n := find(reg.plaza, p.PlazaID); n >= 0 {
		x.Plaza = &reg.plazas[n]
	}
	return x
}

// add notes where a post is and what it is about, and reports whether the query asks for it.
func (page *PostsPage) add(q PostsQuery, where, kind []PostsPlace) bool {
	page.Places, page.Categories = append(page.Places, where...), append(page.Categories, kind...)
	is := func(list []PostsPlace, slug string) bool {
		return slug == "" || slices.ContainsFunc(list, func(x PostsPlace) bool { return x.Slug == slug })
	}
	return is(where, q.At) && is(kind, q.Category)
}

// postPlaces are where a post is and what it is about, as a list of posts is narrowed by; nil parts are left out.
func postPlaces(st *place.Street, z *place.Plaza, c *taxonomy.Category) (where, kind []PostsPlace) {
	if st != nil {
		where = append(where, PostsPlace{st.Slug, st.Name})
	}
	if z != nil {
		where = append(where, PostsPlace{z.Slug, z.Name})
	}
	if c != nil {
		kind = append(kind, PostsPlace{c.ID, c.Name})
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
