package listing_test

import (
	"fmt"
	"slices"
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
)

// key32 is the key of a photo.
func key32(n int) string { return fmt.Sprintf("%032x", n) }

func (b *bench) photo(t *testing.T, by access.Actor, id string, n int) listing.Listing {
	t.Helper()
	l, err := b.AddPhoto(t.Context(), by, id, media.Photo{Key: key32(n), Widths: []int{320}, W: 320, H: 240})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The first photos of a shop are looked at, all of them; what the district adds is not; afterwards a share is, always the same one.
func TestPhotosAreLookedAtLater(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	b.photo(t, owner, l.ID, 1)
	b.pass(1)
	b.photo(t, coordinator, l.ID, 2)
	l = b.photo(t, staff, l.ID, 3)
	if !slices.Equal(l.Looks.Photos, []string{key32(1), key32(3)}) || l.Looks.Since.IsZero() || len(l.Photos) != 3 {
		t.Fatalf("%+v of %d", l.Looks, len(l.Photos))
	}
	if page, err := b.PhotosToLook(ctx, coordinator, "", 10); err != nil || len(page.Items) != 1 {
		t.Errorf("%d wait, %v", len(page.Items), err)
	}
	for role, by := range map[string]access.Actor{"owner": owner, "admin": admin, "liaison": liaison} {
		if _, err := b.PhotosToLook(ctx, by, "", 10); err == nil {
			t.Errorf("%s reads the queue", role)
		}
		if _, err := b.PhotosLooked(ctx, by, l.ID, l.Rev); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s has looked: %v", role, err)
		}
	}
	if pub, err := b.Published(ctx, l.Slug); err != nil || len(pub.Photos) != 3 || len(pub.Looks.Photos) > 0 {
		t.Errorf("the public sees %d photos, %+v, %v", len(pub.Photos), pub.Looks, err)
	}
	if _, err := b.PhotosLooked(ctx, coordinator, l.ID, l.Rev-1); !fault.Is(err, fault.Conflict) {
		t.Errorf("looked at an older page: %v", err)
	}
	l, err := b.PhotosLooked(ctx, coordinator, l.ID, l.Rev)
	if err != nil || len(l.Looks.Photos) > 0 || !l.Looks.Since.IsZero() || !l.Looks.Seen {
		t.Fatalf("%+v %v", l.Looks, err)
	}
	for n := 10; n < 30; n++ {
		l = b.photo(t, owner, l.ID, n)
		if got, want := slices.Contains(l.Looks.Photos, key32(n)), listing.Sampled(key32(n), "", "", ""); got != want {
			t.Errorf("photo %d is looked at: %v, want %v", n, got, want)
		}
	}
	if n := len(l.Looks.Photos); n == 0 || n == 20 {
		t.Errorf("%d of 20 are looked at", n)
	}
	// Another caption makes it new; taken away, nothing is left to look at.
	type edit struct {
		Key     string    `json:"key"`
		Caption lang.Text `json:"caption"`
	}
	word := ""
	for i := 0; word == ""; i++ {
		if w := fmt.Sprint("门口", i); listing.Sampled(key32(2), w, "", "") {
			word = w
		}
	}
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "photos", []edit{{Key: key32(2), Caption: lang.Text{Hans: word}}})); err != nil || !slices.Equal(l.Looks.Photos, []string{key32(2)}) {
		t.Errorf("%+v %v", l.Looks, err)
	}
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "photos", []edit{})); err != nil || len(l.Looks.Photos) > 0 || !l.Looks.Since.IsZero() {
		t.Errorf("%+v %v", l.Looks, err)
	}
	// Another owner begins anew.
	if l, err = b.Assign(ctx, coordinator, access.ClaimDecide, l.ID, "m", "other", "claim 2"); err != nil || l.Looks.Seen {
		t.Errorf("%+v %v", l.Looks, err)
	}
}

// A hidden photo is gone for the public, and its shop reads why until it has read it. Its later photos are all looked at.
func TestAPhotoIsHidden(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	b.photo(t, owner, l.ID, 1)
	l = b.photo(t, owner, l.ID, 2)
	if _, _, err := b.HidePhoto(ctx, coordinator, l.ID, key32(1), "because"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason of one's own: %v", err)
	}
	if _, _, err := b.HidePhoto(ctx, coordinator, l.ID, key32(9), "advert"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a photo that is not there: %v", err)
	}
	for role, by := range everybody {
		if role == "coordinator" {
			continue
		}
		if _, _, err := b.HidePhoto(ctx, by, l.ID, key32(1), "advert"); err == nil {
			t.Errorf("hidden by %s", role)
		}
	}
	l, gone, err := b.HidePhoto(ctx, coordinator, l.ID, key32(1), "advert")
	if err != nil || gone.Key != key32(1) || len(l.Photos) != 1 || len(l.Hidden) != 1 || l.Hidden[0].Reason != "advert" || !slices.Equal(l.Looks.Photos, []string{key32(2)}) {
		t.Fatalf("%+v %+v %v", l.Hidden, l.Looks, err)
	}
	if again, gone, err := b.HidePhoto(ctx, second, l.ID, key32(1), "unclear"); err != nil || gone.Key != key32(1) || again.Rev != l.Rev {
		t.Errorf("hidden twice: %v", err)
	}
	if pub, err := b.Published(ctx, l.Slug); err != nil || len(pub.Photos) != 1 || len(pub.Hidden) > 0 {
		t.Errorf("the public sees %+v %v", pub.Hidden, err)
	}
	if l, err = b.PhotosLooked(ctx, coordinator, l.ID, l.Rev); err != nil {
		t.Fatal(err)
	}
	for n := 10; n < 20; n++ {
		l = b.photo(t, owner, l.ID, n)
	}
	if len(l.Looks.Photos) != 10 {
		t.Errorf("%d of 10 are looked at", len(l.Looks.Photos))
	}
	// An import says nothing of it, and an old revision does not bring the photo back.
	if l, err = b.Restore(ctx, coordinator, l.ID, l.Rev, l.Rev-11); err != nil || len(l.Hidden) != 1 || slices.ContainsFunc(l.Photos, func(p media.Photo) bool { return p.Key == key32(1) }) {
		t.Errorf("%+v %v", l.Hidden, err)
	}
	if _, err := b.ForgetHidden(ctx, rival, l.ID, key32(1)); !fault.Is(err, fault.NotFound) {
		t.Errorf("read by a rival: %v", err)
	}
	if l, err = b.ForgetHidden(ctx, staff, l.ID, key32(1)); err != nil || len(l.Hidden) > 0 {
		t.Errorf("%+v %v", l.Hidden, err)
	}
}

// A photo hidden on the page that two shops became does not come back with the other one.
func TestAHiddenPhotoStaysHiddenAfterUnmerge(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	keep, gone := b.enter(t, shop("B1", "和顺五金", listing.Published)), b.enter(t, shop("B2", "和顺五金店", listing.Published))
	gone = b.photo(t, coordinator, gone.ID, 7)
	keep, err := b.Merge(ctx, machine, keep.ID, keep.Rev, gone.ID, gone.Rev)
	if err != nil || len(keep.Photos) != 1 {
		t.Fatalf("%+v %v", keep.Photos, err)
	}
	if _, _, err := b.HidePhoto(ctx, coordinator, keep.ID, key32(7), "rights"); err != nil {
		t.Fatal(err)
	}
	back, _, err := b.Unmerge(ctx, machine, gone.ID)
	if err != nil || len(back.Photos) != 0 || len(back.Hidden) != 1 {
		t.Errorf("%+v %+v %v", back.Photos, back.Hidden, err)
	}
}
