package post

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

func (b *bench) told(t *testing.T, by access.Actor, title string) Post {
	t.Helper()
	p := b.post(func(p *Post) { p.Title = lang.Text{Hans: title} })
	if err := b.Create(t.Context(), by, p); err != nil {
		t.Fatal(err)
	}
	got, err := b.Publish(t.Context(), by, p.ID, p.Rev)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (b *bench) waiting(t *testing.T) int {
	t.Helper()
	page, err := b.ToLook(t.Context(), desk, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

// The first posts of a shop are looked at; what the district writes is not; afterwards a share is.
func TestPostsAreLookedAtLater(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	first := b.told(t, staff, "新到大闸蟹")
	b.told(t, desk, "街道写的")
	if b.waiting(t) != 1 || first.LookSince.IsZero() || !first.Live(b.at) {
		t.Fatalf("%d wait, the first since %v", b.waiting(t), first.LookSince)
	}
	for role, by := range map[string]access.Actor{"owner": owner, "plaza": mall, "rival": rival} {
		if _, err := b.ToLook(ctx, by, "", 10); err == nil {
			t.Errorf("%s reads the queue", role)
		}
		if _, err := b.Looked(ctx, by, first.ID, first.Rev); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s has looked: %v", role, err)
		}
		if _, err := b.Hide(ctx, by, first.ID, first.Rev, "advert"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s has hidden it: %v", role, err)
		}
	}
	first, err := b.Looked(ctx, desk, first.ID, first.Rev)
	if err != nil || !first.LookSince.IsZero() || !first.Seen || b.waiting(t) != 0 {
		t.Fatalf("%+v %v", first, err)
	}
	next := b.told(t, staff, "第二条")
	if got, want := !next.LookSince.IsZero(), listing.Sampled(append([]string{next.ID}, next.told()...)...); got != want {
		t.Errorf("the second is looked at: %v, want %v", got, want)
	}
	// Public and said otherwise: looked at by the share. Said the same: not again.
	for i := range 40 {
		next.Title.Hans = "第二条" + string(rune('一'+i))
		was := next.LookSince
		if next, err = b.Replace(ctx, staff, next, next.Rev); err != nil {
			t.Fatal(err)
		}
		if want := !was.IsZero() || listing.Sampled(append([]string{next.ID}, next.told()...)...); want != !next.LookSince.IsZero() {
			t.Errorf("change %d is looked at: %v", i, !want)
		}
	}
	if next.LookSince.IsZero() {
		t.Error("none of 40 changes is looked at")
	}
	if next, err = b.Withdraw(ctx, owner, next.ID, next.Rev); err != nil || b.waiting(t) != 0 {
		t.Errorf("withdrawn and still to look at: %v", err)
	}
}

// A hidden post is gone at once and says why; the next ones of its shop are all looked at.
func TestAPostIsHidden(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	p := b.told(t, owner, "全场清仓领红包")
	if _, err := b.Hide(ctx, desk, p.ID, p.Rev, "because"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason of one's own: %v", err)
	}
	if _, err := b.Hide(ctx, desk, p.ID, p.Rev-1, "advert"); !fault.Is(err, fault.Conflict) {
		t.Errorf("an older revision: %v", err)
	}
	p, err := b.Hide(ctx, desk, p.ID, p.Rev, "advert")
	if err != nil || p.State != Withdrawn || p.Hidden != "advert" || b.waiting(t) != 0 {
		t.Fatalf("%+v %v", p, err)
	}
	if live, err := b.Live(ctx, Where{}, b.at); err != nil || len(live) != 0 {
		t.Errorf("%d are public, %v", len(live), err)
	}
	if _, err := b.Replace(ctx, owner, p, p.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("written anew: %v", err)
	}
	for _, title := range []string{"一", "二", "三"} {
		q := b.told(t, owner, title)
		if q.LookSince.IsZero() {
			t.Errorf("%s is not looked at", title)
		}
		if _, err := b.Looked(ctx, desk, q.ID, q.Rev); err != nil {
			t.Error(err)
		}
	}
}
