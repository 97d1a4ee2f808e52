package care

import (
	"slices"
	"testing"

	"shangquan/services/media"
)

// The pictures of what was put right go a year after somebody saw it, or after it was said and nobody looked; what is still to be done keeps
// its own however long it takes.
func TestPicturesGoInTheEnd(t *testing.T) {
	b, ctx := opened(t), t.Context()
	done, left, todo := b.in(t, Verified), b.in(t, Improved), b.in(t, Informed)
	todo, err := b.AddPhoto(ctx, coord, todo.ID, todo.Rev, media.Evidence{Key: "before"}, false, true)
	if err != nil {
		t.Fatal(err)
	}
	begun := b.now
	for _, x := range []struct {
		day  int
		gone int
	}{{KeepPhotos - 1, 0}, {KeepPhotos, 2}, {KeepPhotos + 1, 0}} {
		b.now = begun.AddDate(0, 0, x.day)
		if n, err := b.Sweep(ctx); err != nil || n != x.gone {
			t.Errorf("after %d days: %d pictures, %v, want %d", x.day, n, err, x.gone)
		}
	}
	for _, x := range []Item{done, left} {
		got, err := b.Get(ctx, coord, x.ID)
		if err != nil || len(got.Photos) != 0 || len(got.Steps) != len(x.Steps) || got.State != x.State {
			t.Errorf("what is left of it: %+v %v", got, err)
		}
	}
	if got, err := b.Get(ctx, coord, todo.ID); err != nil || len(got.Photos) != 1 {
		t.Errorf("what is still to be done: %+v %v", got, err)
	}
	// Somebody looks after all: the picture of that day is not an old one.
	if left, err = b.Get(ctx, coord, left.ID); err != nil {
		t.Fatal(err)
	}
	if left, err = b.AddPhoto(ctx, coord, left.ID, left.Rev, media.Evidence{Key: "late", AddedAt: b.now}, true, true); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.AddDate(0, 0, 2)
	if n, err := b.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("%d pictures of those who look after all, %v", n, err)
	}
	if left, err = b.Do(ctx, coord, left.ID, left.Rev, Verify, ""); err != nil {
		t.Fatal(err)
	}
	keys := []string{}
	for key, err := range b.Blobs(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if !slices.Equal(keys, []string{"before", "late"}) {
		t.Errorf("pictures in use: %v", keys)
	}
}
