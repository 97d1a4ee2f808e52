package care

import (
	"slices"
	"testing"
)

// The pictures of what was put right go a year after somebody saw it; what is still to be done keeps its own however long it takes.
func TestPicturesGoInTheEnd(t *testing.T) {
	b, ctx := opened(t), t.Context()
	done, waits := b.in(t, Verified), b.in(t, Improved)
	for _, x := range []struct {
		day  int
		gone int
	}{{KeepPhotos - 1, 0}, {KeepPhotos, 1}, {KeepPhotos + 1, 0}} {
		b.now = done.Steps[len(done.Steps)-1].At.AddDate(0, 0, x.day).In(b.now.Location())
		if n, err := b.Sweep(ctx); err != nil || n != x.gone {
			t.Errorf("after %d days: %d pictures, %v, want %d", x.day, n, err, x.gone)
		}
	}
	got, err := b.Get(ctx, coord, done.ID)
	if err != nil || len(got.Photos) != 0 || len(got.Steps) != len(done.Steps) || got.State != Verified {
		t.Errorf("what is left of it: %+v %v", got, err)
	}
	if got, err = b.Get(ctx, coord, waits.ID); err != nil || len(got.Photos) != 1 {
		t.Errorf("what waits: %+v %v", got, err)
	}
	keys := []string{}
	for key, err := range b.Blobs(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if !slices.Equal(keys, []string{"after"}) {
		t.Errorf("pictures in use: %v", keys)
	}
}
