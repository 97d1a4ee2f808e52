package directory

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
	"shangquan/services/secret"
)

// posted is the small district with posts.
func posted(t *testing.T) (*district, *post.Service) {
	t.Helper()
	d := openFilled(t, filepath.Join(t.TempDir(), "d.db"), nil)
	keys, err := secret.New(secret.Random())
	d.must(err)
	log := audit.New(d.db, keys, d.now)
	posts := post.New(d.db, log, listing.New(d.db, log, d.now), nil, d.now)
	d.src.Posts = posts
	d.must(d.Refresh(t.Context()))
	return d, posts
}

func (d *district) announce(posts *post.Service, p post.Post) post.Post {
	d.t.Helper()
	by := access.System("test")
	d.must(posts.Create(d.t.Context(), by, &p))
	got, err := posts.Publish(d.t.Context(), by, p.ID, p.Rev)
	d.must(err)
	return got
}

// The words of a live post find the shop, the row has the offer, and both end with the last day.
func TestPostsOfAShop(t *testing.T) {
	d, posts := posted(t)
	rev := func() string {
		t.Helper()
		r, err := d.Revision(t.Context())
		d.must(err)
		return r
	}
	before := rev()
	found := func() []string { return ids(d.ask(Query{Text: "重阳敬老套餐"}).Rows) }
	offer := d.announce(posts, post.Post{
		ListingID: "noodles", Kind: post.Offer, Title: lang.Text{Hans: "重阳敬老套餐"}, Who: lang.Text{Hans: "60 岁以上"}, Conditions: lang.Text{Hans: "凭身份证"},
		From: "2026-10-15", Until: "2026-10-16",
	})
	d.must(d.Refresh(t.Context()))
	if rev() == before {
		t.Error("pages are kept by a revision that does not know of posts")
	}
	if got := found(); !slices.Contains(got, "noodles") {
		t.Errorf("found %v", got)
	}
	page, err := d.Shop(t.Context(), "noodles", lang.Hans, d.now())
	if err != nil || len(page.Posts) != 1 || page.Offer(d.now()) == nil || page.Offer(d.now()).Title.Hans != "重阳敬老套餐" || page.Posts[0].MerchantID != "" {
		t.Errorf("%+v %v", page.Posts, err)
	}
	// An edit of the shop keeps them.
	d.change("noodles", func(l *listing.Listing) { l.Popularity++ })
	if page, err = d.Shop(t.Context(), "noodles", lang.Hans, d.now()); err != nil || len(page.Posts) != 1 {
		t.Errorf("after an edit: %+v %v", page.Posts, err)
	}
	d.pass(48 * time.Hour)
	d.must(d.Refresh(t.Context()))
	if page, err = d.Shop(t.Context(), "noodles", lang.Hans, d.now()); err != nil || len(page.Posts) != 0 || page.Offer(d.now()) != nil {
		t.Errorf("after its last day: %+v %v", page.Posts, err)
	}
	if got := found(); slices.Contains(got, "noodles") {
		t.Errorf("found by an offer that is over: %v", got)
	}
	_ = offer
}

// An index outside the process hears of posts, and of their end.
func TestPostsReachAnIndexOutside(t *testing.T) {
	d, posts := posted(t)
	r := newRemote()
	f := NewFollower(d.Service, d.listings, r, d.db, "me", slog.New(slog.DiscardHandler))
	d.must(f.Sync(t.Context()))
	r.set(func(r *remote) { r.sent = nil })
	p := d.announce(posts, post.Post{ListingID: "noodles", Kind: post.News, Title: lang.Text{Hans: "新店开张"}, From: "2026-10-15", Until: "2026-12-31"})
	d.must(f.Sync(t.Context()))
	if !slices.Equal(r.sent, []string{"noodles"}) {
		t.Errorf("sent %v", r.sent)
	}
	d.must(f.Sync(t.Context()))
	if len(r.sent) != 1 {
		t.Errorf("sent again: %v", r.sent)
	}
	if _, err := posts.Withdraw(t.Context(), access.System("test"), p.ID, p.Rev); err != nil {
		t.Fatal(err)
	}
	d.must(f.Sync(t.Context()))
	if len(r.sent) != 2 {
		t.Errorf("the end was not sent: %v", r.sent)
	}
}
