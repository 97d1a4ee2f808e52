package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search"
	"shangquan/services/store"
)

// asking counts how often an engine is asked what it holds, and lets something happen meanwhile.
type asking struct {
	*remote
	times int
	then  func()
	picky string // the beginning of the ids that it refuses
}

func (a *asking) Holds(ctx context.Context) (map[string]search.Held, error) {
	a.times++
	held, err := a.remote.Holds(ctx)
	if a.then != nil {
		a.then()
	}
	return held, err
}

func (a *asking) Upsert(ctx context.Context, ls ...search.Listing) error {
	if a.picky != "" && slices.ContainsFunc(ls, func(l search.Listing) bool { return strings.HasPrefix(l.ID, a.picky) }) {
		return errors.New("refused")
	}
	return a.remote.Upsert(ctx, ls...)
}

func rename(d *district, name string) {
	d.t.Helper()
	d.pass(Fresh)
	_, err := d.places.SaveStreets(d.t.Context(), []place.Street{{Meta: store.Meta{ID: "st-gy"}, Slug: "guyang", Name: lang.Text{Hans: name}, Core: true}})
	d.must(err)
	d.pass(Fresh)
}

// TestRefusedWhileWordsAreCarriedOver: what was to be sent for the words of its street alone waits in no queue, and is tried again all
// the same.
func TestRefusedWhileWordsAreCarriedOver(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	r.set(func(r *remote) { r.refuses = "bar" })
	rename(d, "新谷阳路")
	if n, err := f.Deliver(t.Context()); n != 0 || err == nil || unrefused(err) != nil {
		t.Fatalf("%d sent, %v", n, err)
	}
	r.set(func(r *remote) { r.refuses = "" })
	if n, err := f.Deliver(t.Context()); n != 0 || err != nil {
		t.Errorf("it is not left alone: %d sent, %v", n, err)
	}
	d.pass(againAfter)
	if n, err := f.Deliver(t.Context()); n != 1 || err != nil || !slices.Equal(r.finds(t, "新谷阳路"), []string{"bar"}) {
		t.Errorf("%d sent, %v; found %v", n, err, r.finds(t, "新谷阳路"))
	}
}

// TestEditsAreNoDrift: what is written while the index says what it holds, or waits to be delivered by then, is no drift; what is wrong
// besides is.
func TestEditsAreNoDrift(t *testing.T) {
	r := &asking{remote: newRemote()}
	d, f := follow(t, r)
	edits := func() {
		d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
		d.change("draft", func(l *listing.Listing) { l.State = listing.Published })
		d.change("bar", func(l *listing.Listing) { l.State = listing.Suspended })
	}
	r.then = func() {
		r.then = nil
		edits()
	}
	d.must(r.Delete(t.Context(), "pharmacy"))
	d.must(r.remote.Upsert(t.Context(), search.Listing{ID: "ghost", Name: "鬼店"}))
	if got, err := f.compare(t.Context()); err != nil || !slices.Equal(got.all(), []string{"pharmacy", "ghost"}) {
		t.Errorf("meanwhile: %+v %v", got, err)
	}
	if got, err := f.compare(t.Context()); err != nil || !slices.Equal(got.all(), []string{"pharmacy", "ghost"}) {
		t.Errorf("waiting: %+v %v", got, err)
	}
	if got, err := f.Check(t.Context(), true); err != nil || !slices.Equal(got.all(), []string{"pharmacy", "ghost"}) {
		t.Errorf("delivered: %+v %v", got, err)
	}
	if got, err := f.Check(t.Context(), false); err != nil || len(got.all()) != 0 {
		t.Errorf("repaired: %+v %v", got, err)
	}
}

// TestComparisonsAreFew: a comparison of a large district takes seconds.
func TestComparisonsAreFew(t *testing.T) {
	r := &asking{remote: newRemote()}
	d, _ := follow(t, r)
	asked := func(what string, want int, f func() error) {
		t.Helper()
		r.times = 0
		if err := f(); unrefused(err) != nil && !errors.Is(err, errDown) || r.times != want {
			t.Errorf("%s: compared %d times, want %d; %v", what, r.times, want, err)
		}
	}
	f := NewFollower(d.Service, d.listings, r, d.db, "another", slog.New(slog.DiscardHandler))
	d.must(r.Delete(t.Context(), "pharmacy"))
	var drifts []Drift
	f.Drifted = func(x Drift) { drifts = append(drifts, x) }
	deliver := func() error { _, err := f.Deliver(t.Context()); return err }
	asked("a start", 1, func() error { return errors.Join(deliver(), f.daily(t.Context())) })
	if len(drifts) != 1 || !slices.Equal(drifts[0].all(), []string{"pharmacy"}) || !slices.Contains(r.finds(t, "济和堂药房"), "pharmacy") {
		t.Errorf("the check that believes it: %+v", drifts)
	}
	asked("the next day", 1, func() error { return f.daily(t.Context()) })
	d.pass(Fresh)
	_, err := d.places.SavePoints(t.Context(), []place.Point{{Meta: store.Meta{ID: "wc"}, Kind: place.Toilet, Name: lang.Text{Hans: "公厕"}, Location: at(31.0092, 121.2302), Lines: []string{}}})
	d.must(err)
	asked("a point", 0, deliver)
	rename(d, "新谷阳路")
	r.then = func() { r.set(func(r *remote) { r.down = true }) }
	asked("a street, and the engine goes down", 1, deliver)
	r.then = nil
	asked("still down", 0, deliver)
	r.set(func(r *remote) { r.down = false })
	asked("back", 0, deliver)
	if got := r.finds(t, "新谷阳路"); !slices.Equal(got, []string{"bar"}) {
		t.Errorf("found %v", got)
	}
}

// TestEditsGoFirst: an edit does not wait for a comparison.
func TestEditsGoFirst(t *testing.T) {
	r := &asking{remote: newRemote()}
	d, f := follow(t, r)
	rename(d, "新谷阳路")
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
	r.then = func() {
		if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
			t.Errorf("when the comparison begins: %v", got)
		}
	}
	if n, err := f.Deliver(t.Context()); n != 2 || err != nil || r.times != 2 {
		t.Errorf("%d sent, compared %d times, %v", n, r.times, err)
	}
}

// TestTheLeaseIsKept: a comparison outlasts the lease, and another server is not let in.
func TestTheLeaseIsKept(t *testing.T) {
	r := &asking{remote: newRemote()}
	d, f := follow(t, r)
	mine, err := d.db.Lease(t.Context(), FollowerName, f.owner, leaseTerm)
	if d.must(err); !mine {
		t.Fatal("no lease")
	}
	f.leased = d.now()
	r.then = func() { d.pass(leaseTerm / 2) }
	for range 3 {
		_, err = f.compare(t.Context())
		d.must(err)
	}
	if other, err := d.db.Lease(t.Context(), FollowerName, "another", leaseTerm); err != nil || other {
		t.Errorf("another got it: %v %v", other, err)
	}
}

// TestAListingThatCannotBeDerived is taken out of the index, once.
func TestAListingThatCannotBeDerived(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	snap := d.known.Last().snap
	snap.shops[snap.ids["bar"]].category = 9999
	if _, _, err := snap.document(snap.ids["bar"]); err == nil {
		t.Fatal("it can be derived")
	}
	if got, err := f.compare(t.Context()); err != nil || !slices.Equal(got.all(), []string{"bar"}) {
		t.Errorf("before: %+v %v", got, err)
	}
	if _, err := f.send(t.Context(), []string{"bar", "noodles"}); err != nil || len(f.refused) != 0 {
		t.Errorf("%v, refused %v", err, f.refused)
	}
	if got, err := f.compare(t.Context()); err != nil || len(got.all()) != 0 || len(r.finds(t, "长桥酒吧")) != 0 {
		t.Errorf("after: %+v %v", got, err)
	}
}

// TestABatchThatIsRefusedAsAWhole keeps what comes after it from nothing.
func TestABatchThatIsRefusedAsAWhole(t *testing.T) {
	r := &asking{remote: newRemote(), picky: "bad-"}
	d, f := follow(t, r)
	many := make([]listing.Listing, batchSize+20)
	for i := range many {
		many[i] = shopAt(fmt.Sprintf("bad-%03d", i), "小店", "noodles", "st-gy", "7", hours.Hours{})
	}
	d.must(d.listings.Upsert(t.Context(), many))
	d.pass(Fresh)
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
	for range 2 {
		if err := f.Sync(t.Context()); err == nil || unrefused(err) != nil || len(f.refused) != len(many) {
			t.Errorf("%d refused", len(f.refused))
		}
		if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
			t.Errorf("found %v", got)
		}
	}
	if got, err := f.compare(t.Context()); err != nil || len(got.all()) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}
