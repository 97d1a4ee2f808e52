package directory

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/lastknown"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// leaving is a register that can go away.
type leaving struct {
	Places
	away  atomic.Bool
	asked atomic.Int64
}

var errGone = errors.New("gone")

func (l *leaving) Streets(ctx context.Context) ([]place.Street, error) {
	if l.asked.Add(1); l.away.Load() {
		return nil, errGone
	}
	return l.Places.Streets(ctx)
}

func (l *leaving) Units(ctx context.Context, plazaID string) ([]place.Unit, error) {
	if l.away.Load() {
		return nil, errGone
	}
	return l.Places.Units(ctx, plazaID)
}

// FLT-08: what was read answers while the store is away, to the minute, and the store is asked again after a pause only.
func TestAway(t *testing.T) {
	t.Parallel()
	d := newDistrict(t)
	reg := &leaving{Places: d.src.Places}
	d.src.Places = reg
	d.src.Opened = func(context.Context) ([]place.Point, error) {
		if reg.away.Load() {
			return nil, errGone
		}
		return []place.Point{{Kind: place.Toilet, Name: lang.Text{Hans: "驿站"}, StreetID: "st-zs", Location: at(31.0091, 121.2320)}}, nil
	}
	look := func() (string, StreetPage, PlazaPage) {
		t.Helper()
		rev, err := d.Revision(t.Context())
		d.must(err)
		street, err := d.Street(t.Context(), "zhongshan", lang.Hans, d.now())
		d.must(err)
		plaza, err := d.Plaza(t.Context(), "luming", lang.Hans, d.now())
		d.must(err)
		return rev, street, plaza
	}
	rev, street, plaza := look()
	if !strings.Contains(said(street.Way), "驿站") {
		t.Fatalf("the way: %s", said(street.Way))
	}
	reg.away.Store(true)
	d.pass(Fresh)
	before := reg.asked.Load()
	for range 3 {
		again, here, in := look()
		if again != rev || here.Total != street.Total || in.Total != plaza.Total || len(in.Floors) != len(plaza.Floors) || len(in.Floors[0].Units) != len(plaza.Floors[0].Units) {
			t.Errorf("away: %s %+v %+v", again, here, in)
		}
		if strings.Contains(said(here.Way), "驿站") {
			t.Error("what may be taken back is shown while nobody can say whether it was")
		}
	}
	if n := reg.asked.Load() - before; n != 1 {
		t.Errorf("the store was asked %d times", n)
	}
	d.pass(11 * 60 * 1e9) // 小满理发 closes at 19:30
	if _, later, _ := look(); later.Open != street.Open-1 {
		t.Errorf("%d open at %s, were %d", later.Open, d.now().In(calendar.Shanghai), street.Open)
	}
	reg.away.Store(false)
	if _, err := d.listings.Update(t.Context(), "noodles", 0, func(l *listing.Listing) error { l.State = listing.Draft; return nil }); err != nil {
		t.Fatal(err)
	}
	d.pass(lastknown.Pause)
	if again, here, _ := look(); again == rev || here.Total != street.Total-1 || !strings.Contains(said(here.Way), "驿站") {
		t.Errorf("back: %s %d", again, here.Total)
	}
}
