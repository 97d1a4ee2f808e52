package directory

import (
	"context"
	"maps"
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/post"
)

// Posts is what the directory needs of post.Service.
type Posts interface {
	Revision(ctx context.Context) (int64, error)
	Published(ctx context.Context, now time.Time) ([]post.Post, error)
}

// postsAt identifies the posts a snapshot has: those of a revision, on a day, for some end when it does.
type postsAt struct {
	rev int64
	day calendar.Date
}

// board is the published posts of one shop, with the events that a street or plaza holds there. It never changes; other posts make another
// board.
type board struct{ posts []post.Post }

// withPosts returns snap with the posts of the store on the day it is at now.
func (s *Service) withPosts(ctx context.Context, snap *snapshot, now time.Time) (*snapshot, error) {
	if s.src.Posts == nil {
		return snap, nil
	}
	rev, err := s.src.Posts.Revision(ctx)
	if err != nil {
		return nil, err
	}
	at := postsAt{rev, calendar.Today(now)}
	if snap.postsAt == at {
		return snap, nil
	}
	all, err := s.src.Posts.Published(ctx, now)
	if err != nil {
		return nil, err
	}
	boards, events := map[string]*board{}, []post.Post{}
	for _, p := range all {
		at := p.ListingID
		if p.Held != nil {
			events = append(events, p)
			at = p.Held.Page.Public.ShopID
		}
		if at == "" {
			continue
		}
		if boards[at] == nil {
			boards[at] = new(board)
		}
		boards[at].posts = append(boards[at].posts, p)
	}
	for id, b := range boards {
		if old := snap.boards[id]; old.same(b) {
			boards[id] = old
		}
	}
	next := *snap
	next.postsAt, next.boards, next.events = at, boards, events
	if maps.Equal(snap.boards, boards) {
		return &next, nil
	}
	next.shops = slices.Clone(snap.shops)
	for n := range next.shops {
		next.shops[n].board = boards[next.shops[n].ID]
	}
	return &next, nil
}

// same reports whether two boards hold the same revisions of the same posts.
func (b *board) same(o *board) bool {
	return b != nil && slices.EqualFunc(b.posts, o.posts, func(x, y post.Post) bool { return x.ID == y.ID && x.Rev == y.Rev })
}

// live returns the posts that a visitor may see at now.
func (b *board) live(now time.Time) []*post.Post {
	out := []*post.Post{}
	if b == nil {
		return out
	}
	for i := range b.posts {
		if b.posts[i].Live(now) {
			out = append(out, &b.posts[i])
		}
	}
	return out
}

// words are what the shop is found by while its posts are live.
func (b *board) words() []string {
	var out []string
	if b != nil {
		for i := range b.posts {
			out = append(out, b.posts[i].Words()...)
		}
	}
	return out
}

// reposted returns the ids of the shops whose posts differ between two sets of boards.
func reposted(a, b map[string]*board) []string {
	var out []string
	for id, x := range b {
		if a[id] != x {
			out = append(out, id)
		}
	}
	for id := range a {
		if b[id] == nil {
			out = append(out, id)
		}
	}
	return out
}
