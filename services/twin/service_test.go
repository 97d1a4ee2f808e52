package twin_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/heritage"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/post"
	"shangquan/services/twin"
)

func person(id string, roles ...access.Role) access.Actor {
	return access.Actor{AccountID: id, Name: id, Roles: roles, TwoFactor: true, Sudo: true}
}

var (
	first  = person("first", access.Coordinator)
	second = person("second", access.Coordinator)
	admin  = person("admin", access.Admin)
)

// seats stands for merchants.
type seats struct {
	claimed map[string]bool
	moved   []string
}

func (s *seats) Reseat(_ context.Context, _ access.Actor, _ access.Action, merchant, from, to string) error {
	s.moved = append(s.moved, merchant+" "+from+" "+to)
	return nil
}

func (s *seats) Unseat(_ context.Context, _ access.Actor, _ access.Action, merchant, from, to string) error {
	s.moved = slices.DeleteFunc(s.moved, func(x string) bool { return x == merchant+" "+from+" "+to })
	return nil
}
func (s *seats) ClaimedNow(_ context.Context, id string) (bool, error) { return s.claimed[id], nil }

type bench struct {
	*twin.Service
	shops *listing.Service
	posts *post.Service
	signs *countersign.Service
	seats *seats
	marks *heritage.Service
	mu    sync.Mutex
	at    time.Time
}

func (b *bench) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	b.at = b.at.Add(d)
	b.mu.Unlock()
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC), seats: &seats{claimed: map[string]bool{}}}
	db, log, _ := audittest.Open(t, b.now)
	b.shops, b.signs = listing.New(db, log, b.now), countersign.New(db, log, b.now)
	b.posts = post.New(db, log, b.shops, nil, b.now)
	b.marks = heritage.New(heritage.Deps{DB: db, Log: log, Shops: b.shops, Now: b.now})
	b.Service = twin.New(twin.Deps{Marks: b.marks, DB: db, Log: log, Listings: b.shops, Posts: b.posts, Seats: b.seats, Signs: b.signs, Now: b.now})
	return b
}

func (b *bench) enter(t *testing.T, code, name, digits, merchant string) listing.Listing {
	t.Helper()
	l := listing.Listing{Code: code, State: listing.Published, MerchantID: merchant, Name: listing.Name{Text: lang.Text{Hans: name}}}
	if digits != "" {
		ns, err := phone.Parse(digits)
		if err != nil {
			t.Fatal(err)
		}
		l.Phones = ns
	}
	if err := b.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) pair(t *testing.T) (keep, gone listing.Listing) {
	t.Helper()
	return b.enter(t, "A1", "云间面馆", "021-57811111", ""), b.enter(t, "B1", "云间面馆（中山店）", "021-57811111", "m1")
}

func order(keep, gone *listing.Listing) twin.Order {
	return twin.Order{Keep: keep.ID, KeepRev: keep.Rev, Gone: gone.ID, GoneRev: gone.Rev}
}

// Two people make one page of two; the other's facts, owner and posts come along, its address leads on, and it can be taken back.
func TestMerge(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.pair(t)
	owner := access.Actor{AccountID: "o", Name: "o", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	news := post.Post{ListingID: gone.ID, Kind: post.Offer, Title: lang.Text{Hans: "半价"}, Who: lang.Text{Hans: "所有人"}, Conditions: lang.Text{Hans: "堂食"}, From: "2026-10-15", Until: "2026-10-20"}
	if err := b.posts.Create(ctx, owner, &news); err != nil {
		t.Fatal(err)
	}
	if _, err := b.posts.Publish(ctx, owner, news.ID, news.Rev); err != nil {
		t.Fatal(err)
	}
	p, err := b.Propose(ctx, first, order(&keep, &gone), "同一扇门")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Propose(ctx, second, order(&keep, &gone), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("proposed twice: %v", err)
	}
	for name, try := range map[string]struct {
		by   access.Actor
		hash string
		want fault.Kind
	}{
		"by who proposed it": {first, p.Hash(), fault.Forbidden}, "of something else": {second, "x", fault.Conflict}, "by an administrator": {admin, p.Hash(), fault.NotFound},
		"by the owner": {owner, p.Hash(), fault.NotFound}, "without a fresh check": {access.Actor{AccountID: "second", Roles: second.Roles, TwoFactor: true}, p.Hash(), fault.Forbidden},
	} {
		if _, err := b.signs.Confirm(ctx, try.by, p.ID, try.hash); !fault.Is(err, try.want) {
			t.Errorf("confirmed %s: %v", name, err)
		}
	}
	if now, _ := b.shops.Get(ctx, gone.ID); now.State != listing.Published {
		t.Fatal("merged by one person")
	}
	if p, err = b.signs.Confirm(ctx, second, p.ID, p.Hash()); err != nil || p.State != countersign.Done || p.Second.Account != "second" {
		t.Fatalf("%+v %v", p, err)
	}
	k, _ := b.shops.Get(ctx, keep.ID)
	g, _ := b.shops.Get(ctx, gone.ID)
	if g.State != listing.Archived || g.Merged == nil || g.Merged.Into != keep.ID || k.MerchantID != "m1" || !slices.Contains(k.Aliases, "云间面馆（中山店）") || len(k.Phones) != 1 {
		t.Fatalf("%+v\n%+v", k, g)
	}
	if moved, err := b.posts.Get(ctx, owner, news.ID); err != nil || moved.ListingID != keep.ID || moved.State != post.Published {
		t.Errorf("%+v %v", moved, err)
	}
	if want := "m1 " + gone.ID + " " + keep.ID; !slices.Contains(b.seats.moved, want) {
		t.Error(b.seats.moved)
	}
	if list, err := b.Merges(ctx, first); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	if pairs, err := b.Pairs(ctx, first); err != nil || len(pairs) != 0 {
		t.Errorf("a merged pair is shown again: %v %v", pairs, err)
	}

	own := post.Post{ListingID: keep.ID, Kind: post.News, Title: lang.Text{Hans: "新菜单"}, From: "2026-10-15", Until: "2026-10-20"}
	if err := b.posts.Create(ctx, owner, &own); err != nil {
		t.Fatal(err)
	}
	kept, err := b.Undo(ctx, first, gone.ID)
	if err != nil || len(kept) != 0 {
		t.Fatal(kept, err)
	}
	if list, err := b.posts.ByListing(ctx, owner, gone.ID); err != nil || len(list) != 1 || list[0].ID != news.ID || list[0].State != post.Published || len(list[0].Homes) > 0 {
		t.Errorf("the posts of the page that is back: %+v %v", list, err)
	}
	if list, err := b.posts.ByListing(ctx, access.System("test"), keep.ID); err != nil || len(list) != 1 || list[0].ID != own.ID {
		t.Errorf("the posts of the other page: %+v %v", list, err)
	}
	if len(b.seats.moved) > 0 {
		t.Errorf("members still reach the other page: %v", b.seats.moved)
	}
	k, _ = b.shops.Get(ctx, keep.ID)
	g, _ = b.shops.Get(ctx, gone.ID)
	if g.State != listing.Published || g.Merged != nil || g.Slug != gone.Slug || g.MerchantID != "m1" || k.MerchantID != "" || len(k.Aliases) != 0 {
		t.Errorf("%+v\n%+v", k, g)
	}
	if _, err := b.Undo(ctx, first, gone.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("undone twice: %v", err)
	}
}

func (b *bench) merged(t *testing.T) (keep, gone listing.Listing) {
	t.Helper()
	keep, gone = b.pair(t)
	p, err := b.Propose(t.Context(), first, order(&keep, &gone), "")
	if err == nil {
		_, err = b.signs.Confirm(t.Context(), second, p.ID, p.Hash())
	}
	if err != nil {
		t.Fatal(err)
	}
	return keep, gone
}

// What somebody changed after the merge stays when it is taken back; after a month it cannot be.
func TestUnmerge(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.merged(t)
	if _, err := b.shops.Update(ctx, first, keep.ID, 0, func(l *listing.Listing) error { l.Aliases = append(l.Aliases, "老面馆"); return nil }); err != nil {
		t.Fatal(err)
	}
	if kept, err := b.Undo(ctx, first, gone.ID); err != nil || !slices.Equal(kept, []string{"aliases"}) {
		t.Errorf("%v %v", kept, err)
	}
	if k, _ := b.shops.Get(ctx, keep.ID); len(k.Aliases) != 2 || k.MerchantID != "" {
		t.Errorf("%+v", k)
	}
	b = open(t)
	_, gone = b.merged(t)
	b.pass(listing.UnmergeFor + time.Hour)
	if _, err := b.Undo(ctx, first, gone.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("undone after a month: %v", err)
	}
}

// A proposal is about the pages as they were seen, ends after a week, and can be refused or taken back.
func TestProposals(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(context.Context, *bench, *listing.Listing, countersign.Proposal) error
		want countersign.State
	}{
		"changed since": {func(ctx context.Context, b *bench, keep *listing.Listing, p countersign.Proposal) error {
			if _, err := b.shops.Update(ctx, first, keep.ID, 0, func(l *listing.Listing) error { l.Website = "https://a.example"; return nil }); err != nil {
				return err
			}
			_, err := b.signs.Confirm(ctx, second, p.ID, p.Hash())
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("merged although a page changed: %v", err)
			}
			return nil
		}, countersign.Failed},
		"expired": {func(ctx context.Context, b *bench, _ *listing.Listing, p countersign.Proposal) error {
			b.pass(countersign.For)
			if _, err := b.signs.Confirm(ctx, second, p.ID, p.Hash()); !fault.Is(err, fault.Conflict) {
				t.Errorf("confirmed after a week: %v", err)
			}
			_, err := b.signs.Settle(ctx)
			return err
		}, countersign.Expired},
		"refused": {func(ctx context.Context, b *bench, _ *listing.Listing, p countersign.Proposal) error {
			if _, err := b.signs.Refuse(ctx, second, p.ID, p.Hash(), " "); !fault.Is(err, fault.Invalid) {
				t.Errorf("refused without a reason: %v", err)
			}
			_, err := b.signs.Refuse(ctx, second, p.ID, p.Hash(), "两家店")
			return err
		}, countersign.Refused},
		"withdrawn": {func(ctx context.Context, b *bench, _ *listing.Listing, p countersign.Proposal) error {
			if _, err := b.signs.Withdraw(ctx, second, p.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("withdrawn by somebody else: %v", err)
			}
			_, err := b.signs.Withdraw(ctx, first, p.ID)
			return err
		}, countersign.Withdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			keep, gone := b.pair(t)
			p, err := b.Propose(ctx, first, order(&keep, &gone), "")
			if err != nil {
				t.Fatal(err)
			}
			if err := c.do(ctx, b, &keep, p); err != nil {
				t.Fatal(err)
			}
			if got, err := b.signs.Get(ctx, first, p.ID); err != nil || got.State != c.want {
				t.Errorf("%s %v", got.State, err)
			}
			if now, _ := b.shops.Get(ctx, gone.ID); now.State != listing.Published {
				t.Error("merged")
			}
			k, _ := b.shops.Get(ctx, keep.ID)
			if _, err := b.Propose(ctx, second, order(&k, &gone), ""); err != nil {
				t.Errorf("it cannot be proposed anew: %v", err)
			}
		})
	}
}

// What was signed and then cut off by a crash is carried out later, once.
func TestSignedAndCutOff(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.pair(t)
	p, err := b.Propose(ctx, first, order(&keep, &gone), "")
	if err != nil {
		t.Fatal(err)
	}
	cut, cancel := context.WithCancel(ctx)
	b.seats.claimed = nil
	b.signs.Register("cut", countersign.Deed{Action: access.RegisterMerge, Do: func(context.Context, access.Actor, countersign.Proposal) error {
		cancel()
		return cut.Err()
	}})
	q, err := b.signs.Propose(ctx, first, countersign.Draft{Kind: "cut", Subject: "x", Title: "x", Content: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.signs.Confirm(cut, second, q.ID, q.Hash()); err == nil {
		t.Fatal("a deed that was cut off is done")
	}
	if got, _ := b.signs.Get(ctx, first, q.ID); got.State != countersign.Confirmed {
		t.Errorf("%s", got.State)
	}
	if _, err := b.signs.Confirm(ctx, second, p.ID, p.Hash()); err != nil {
		t.Fatal(err)
	}
	// The merge itself, done again, changes nothing.
	was, _ := b.shops.Get(ctx, keep.ID)
	if _, err := b.shops.Merge(ctx, second, keep.ID, keep.Rev, gone.ID, gone.Rev); err != nil {
		t.Fatal(err)
	}
	if now, _ := b.shops.Get(ctx, keep.ID); now.Rev != was.Rev {
		t.Error("merged twice")
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.pair(t)
	for name, c := range map[string]struct {
		change func(keep, gone *listing.Listing)
		key    string
	}{
		"two owners":          {func(k, _ *listing.Listing) { k.MerchantID = "m2" }, "listing.wrong.merge_owner"},
		"public into draft":   {func(k, _ *listing.Listing) { k.State = listing.Draft }, "listing.wrong.merge_state"},
		"open into closed":    {func(k, _ *listing.Listing) { k.State = listing.Closed }, "listing.wrong.merge_state"},
		"a change that waits": {func(_, g *listing.Listing) { g.Proposal = &listing.Proposal{} }, "listing.wrong.merge_waiting"},
		"archived":            {func(_, g *listing.Listing) { g.State = listing.Archived }, "error.listing.state"},
		"with itself":         {func(k, g *listing.Listing) { g.ID = k.ID }, "error.listing.state"},
	} {
		k, g := keep, gone
		c.change(&k, &g)
		f, ok := listing.CanMerge(&k, &g).(*fault.Error) //nolint:errorlint // it returns the fault itself
		if !ok || f.Key != c.key {
			t.Errorf("%s: %v", name, f)
		}
	}
	b.seats.claimed[gone.ID] = true
	if _, err := b.Propose(ctx, first, order(&keep, &gone), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("merged while it is claimed: %v", err)
	}
	if _, err := b.Propose(ctx, admin, order(&keep, &gone), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("proposed by an administrator: %v", err)
	}
}

// A pair that was told apart does not come back, until somebody looks again.
func TestToldApart(t *testing.T) {
	b, ctx := open(t), t.Context()
	x, y := b.pair(t)
	count := func() int {
		pairs, err := b.Pairs(ctx, first)
		if err != nil {
			t.Fatal(err)
		}
		return len(pairs)
	}
	if count() != 1 {
		t.Fatal("the pair is not found")
	}
	if err := b.Different(ctx, first, y.ID, x.ID, "隔壁那家"); err != nil || count() != 0 {
		t.Error(err, count())
	}
	if _, decided, err := b.Pair(ctx, second, x.ID, y.ID); err != nil || decided == nil || decided.Why != "隔壁那家" || decided.By != "first" {
		t.Errorf("%+v %v", decided, err)
	}
	if err := b.Again(ctx, second, x.ID, y.ID); err != nil || count() != 1 {
		t.Error(err, count())
	}
	if err := b.Different(ctx, admin, x.ID, y.ID, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("told apart by an administrator: %v", err)
	}
	if _, _, err := b.Pair(ctx, first, x.ID, x.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// Who types a new shop hears of the one there is; a merchant hears of public ones only.
func TestLike(t *testing.T) {
	b, ctx := open(t), t.Context()
	known := b.enter(t, "A1", "云间面馆", "021-57811111", "")
	typed := func(name string) *listing.Listing {
		return &listing.Listing{Name: listing.Name{Text: lang.Text{Hans: name}}}
	}
	for name, want := range map[string]int{"云间面馆": 1, "雲間麵館": 1, "云涧面馆": 1, "云": 0, "和顺五金": 0} {
		if got, err := b.Like(ctx, first, typed(name), 5); err != nil || len(got) != want {
			t.Errorf("%s: %d %v", name, len(got), err)
		}
	}
	if _, err := b.shops.Act(ctx, first, known.ID, 0, listing.Suspend); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Like(ctx, access.Actor{AccountID: "o"}, typed("云间面馆"), 5); err != nil || len(got) != 0 {
		t.Errorf("a stranger learns of a page that was taken down: %v %v", got, err)
	}
	if got, _ := b.Like(ctx, first, typed("云间面馆"), 5); len(got) != 1 {
		t.Error("the district does not")
	}
}

// The mark of an old shop, its history and its place in the walk come along with the page, and go back with it.
func TestTheMarkOfAnOldShopComesAlong(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.pair(t)
	if _, err := b.marks.Name(ctx, access.System("test"), gone.ID, "松江老店名录"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.marks.AddEntry(ctx, first, b.record(t, gone.ID).ID, b.record(t, gone.ID).Rev, heritage.Entry{Year: 1950, Text: lang.Text{Hans: "开店"}, Source: "档案"}); err != nil {
		t.Fatal(err)
	}
	is := func(when, id string, want bool) {
		t.Helper()
		l, err := b.shops.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.marks.Public(ctx, id)
		if (len(l.Heritage()) == 1) != want || (err == nil) != want || want && len(r.Timeline) != 1 {
			t.Errorf("%s: marks %v, record %+v %v", when, l.Heritage(), r, err)
		}
	}
	g, err := b.shops.Get(ctx, gone.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Propose(ctx, first, order(&keep, &g), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.signs.Confirm(ctx, second, p.ID, p.Hash()); err != nil {
		t.Fatal(err)
	}
	is("merged, the page that stays", keep.ID, true)
	is("merged, the page that went", gone.ID, false)
	if err := b.marks.Move(ctx, second, access.RegisterMerge, gone.ID, keep.ID); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if n, err := b.marks.Settle(ctx); err != nil || n != 0 {
		t.Errorf("put right afterwards: %d %v", n, err)
	}
	kept, err := b.Undo(ctx, first, gone.ID)
	if err != nil || len(kept) > 0 {
		t.Fatal(kept, err)
	}
	is("taken back, the page that stayed", keep.ID, false)
	is("taken back, the page that is back", gone.ID, true)
	if r := b.record(t, gone.ID); r.Shop != "云间面馆（中山店）" || len(r.Homes) > 0 {
		t.Errorf("taken back: %+v", r)
	}
}

// Where both have a record the one on the page that stays holds; a mark that would be lost with the other is a reason to keep that page.
func TestNoMarkIsLostInAMerge(t *testing.T) {
	for name, x := range map[string]struct {
		withdrawn string // of which page the mark was withdrawn
		refused   bool
	}{"both bear it": {"", false}, "the one that goes bears it": {"keep", true}, "the one that stays bears it": {"gone", false}} {
		b, ctx := open(t), t.Context()
		keep, gone := b.pair(t)
		pages := map[string]*listing.Listing{"keep": &keep, "gone": &gone}
		for side, l := range pages {
			if _, err := b.marks.Name(ctx, access.System("test"), l.ID, "松江老店名录"); err != nil {
				t.Fatal(err)
			}
			if r := b.record(t, l.ID); side == x.withdrawn {
				if _, err := b.marks.Review(ctx, first, r.ID, r.Rev, heritage.Remove, "", "不再是"); err != nil {
					t.Fatal(err)
				}
			}
			*l, _ = b.shops.Get(ctx, l.ID)
		}
		_, err := b.Propose(ctx, first, order(&keep, &gone), "")
		if f, _ := errors.AsType[*fault.Error](err); x.refused != (err != nil) || x.refused && f.Key != "heritage.wrong.merge" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (b *bench) record(t *testing.T, listingID string) heritage.Record {
	t.Helper()
	r, ok, err := b.marks.OfShop(t.Context(), first, listingID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return r
}
