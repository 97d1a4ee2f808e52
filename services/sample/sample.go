// Package sample holds the district that a new installation starts with: real places of 中山中路 and Songjiang from public
// data (data/README.md says from where, and what was left out), and a generator of districts of any size for benchmarks.
package sample

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/heritage"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// Counts is how many of each kind the sample district has, and how many documents were written: the others were there.
type Counts struct {
	Streets  int `json:"streets"`
	Plazas   int `json:"plazas"`
	Listings int `json:"listings"`
	Points   int `json:"points"`
	Heritage int `json:"heritage"` // old shops that the district names
	Written  int `json:"written"`
}

// Places is the number of places a visitor can find: shops and plazas, a shop that is itself a plaza counted once.
func (c Counts) Places() int { return c.Listings + c.Plazas - shopsThatArePlazas }

// shopsThatArePlazas: 松江商城 is both.
const shopsThatArePlazas = 1

// batch is how many listings are written between two reports of progress.
const batch = 50

// namedIn is what the source of the three old shops is, SRC-DISTRICT of data/README.md; it says no more of them than their names.
const namedIn = "商圈介绍：本土老字号（余天成、草庐、松江商城）"

// Register is where the sample district is written.
type Register struct {
	Places *place.Service
	Shops  *listing.Service
	Marks  *heritage.Service // nil: no page bears a mark
}

// Import writes what of the sample district is not there yet. What is there stays as it is, whoever has changed it since, so
// doing it twice changes nothing. progress, which may be nil, hears of every step: documents done of all, and a word for what
// they are ("streets", "plazas", "listings", "heritage", "points").
func Import(ctx context.Context, to Register, progress func(done, total int, what string)) (Counts, error) {
	d, err := load()
	if err != nil {
		return Counts{}, err
	}
	i := importer{
		places: to.Places, shops: to.Shops, marks: to.Marks, progress: progress,
		total: len(d.streets) + len(d.plazas) + len(d.shops) + len(d.old()) + len(d.stops) + d.services(),
	}
	if i.progress == nil {
		i.progress = func(int, int, string) {}
	}
	i.counts = Counts{Streets: len(d.streets), Plazas: len(d.plazas), Listings: len(d.shops), Points: len(d.stops) + d.services(), Heritage: len(d.old())}
	for _, step := range []func(context.Context, *district) error{i.streets, i.plazas, i.listings, i.heritage, i.points} {
		if err := step(ctx, d); err != nil {
			return i.counts, err
		}
	}
	return i.counts, nil
}

type importer struct {
	places      *place.Service
	shops       *listing.Service
	marks       *heritage.Service
	progress    func(done, total int, what string)
	done, total int
	counts      Counts
	// The ids of streets and plazas by slug and of listings by shop code: what references are made of.
	streetIDs, plazaIDs, shopIDs map[string]string
}

// step counts n documents as done, written of them newly.
func (i *importer) step(n, written int, what string) {
	i.done += n
	i.counts.Written += written
	i.progress(i.done, i.total, what)
}

func (i *importer) streets(ctx context.Context, d *district) error {
	stored, err := i.places.EveryStreet(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for j := range stored {
		known[stored[j].Slug] = true
	}
	missing := slices.DeleteFunc(slices.Clone(d.streets), func(s place.Street) bool { return known[s.Slug] })
	if _, err := i.places.SaveStreets(ctx, missing); err != nil {
		return err
	}
	if stored, err = i.places.EveryStreet(ctx); err != nil {
		return err
	}
	i.streetIDs = map[string]string{}
	for j := range stored {
		i.streetIDs[stored[j].Slug] = stored[j].ID
	}
	i.step(len(d.streets), len(missing), "streets")
	return nil
}

func (i *importer) plazas(ctx context.Context, d *district) error {
	stored, err := i.places.EveryPlaza(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for j := range stored {
		known[stored[j].Slug] = true
	}
	missing := slices.DeleteFunc(slices.Clone(d.plazas), func(p place.Plaza) bool { return known[p.Slug] })
	for j := range missing {
		missing[j].StreetID = i.streetIDs[missing[j].StreetID]
	}
	if _, err := i.places.SavePlazas(ctx, missing); err != nil {
		return err
	}
	if stored, err = i.places.EveryPlaza(ctx); err != nil {
		return err
	}
	i.plazaIDs = map[string]string{}
	for j := range stored {
		i.plazaIDs[stored[j].Slug] = stored[j].ID
	}
	i.step(len(d.plazas), len(missing), "plazas")
	return nil
}

func (i *importer) listings(ctx context.Context, d *district) error {
	i.shopIDs = map[string]string{}
	for part := range slices.Chunk(d.shops, batch) {
		var missing []listing.Listing
		for _, s := range part {
			stored, err := i.shops.ByCode(ctx, s.listing.Code)
			switch {
			case err == nil:
				i.shopIDs[stored.Code] = stored.ID
			case fault.Is(err, fault.NotFound):
				l := s.listing
				l.Address.StreetID = i.streetIDs[l.Address.StreetID]
				l.Address.PlazaID = i.plazaIDs[l.Address.PlazaID]
				missing = append(missing, l)
			default:
				return err
			}
		}
		if _, err := i.shops.Save(ctx, access.System("sample district"), missing); err != nil {
			return err
		}
		for _, l := range missing {
			stored, err := i.shops.ByCode(ctx, l.Code)
			if err != nil {
				return err
			}
			i.shopIDs[l.Code] = stored.ID
		}
		i.step(len(part), len(missing), "listings")
	}
	return nil
}

func (i *importer) heritage(ctx context.Context, d *district) error {
	written, err := d.name(ctx, Register{Shops: i.shops, Marks: i.marks})
	i.step(len(d.old()), written, "heritage")
	return err
}

// Heritage gives the old shops that the district names the record of their mark where they have none, and returns how many: what Import
// does, for a register that was filled before marks had records.
func Heritage(ctx context.Context, to Register) (int, error) {
	d, err := load()
	if err != nil {
		return 0, err
	}
	return d.name(ctx, to)
}

func (d *district) name(ctx context.Context, to Register) (n int, err error) {
	for _, l := range d.old() {
		if to.Marks == nil {
			break
		}
		stored, err := to.Shops.ByCode(ctx, l.Code)
		if fault.Is(err, fault.NotFound) || err == nil && (stored.Source.ID != l.Source.ID || stored.State != listing.Published) {
			continue // it is another shop, or none any more
		}
		made := false
		if err == nil {
			made, err = to.Marks.Name(ctx, access.System("sample district"), stored.ID, namedIn)
		}
		if err != nil {
			return n, err
		}
		if made {
			n++
		}
	}
	return n, nil
}

func (i *importer) points(ctx context.Context, d *district) error {
	all := slices.Clone(d.stops)
	for _, s := range d.shops {
		if s.point != "" {
			all = append(all, s.asPoint())
		}
	}
	stored, err := i.places.Points(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for j := range stored {
		known[stored[j].ID] = true
	}
	missing := slices.DeleteFunc(slices.Clone(all), func(p place.Point) bool { return known[p.ID] })
	for j := range missing {
		missing[j].StreetID = i.streetIDs[missing[j].StreetID]
		missing[j].ListingID = i.shopIDs[missing[j].ListingID]
	}
	if _, err := i.places.SavePoints(ctx, missing); err != nil {
		return err
	}
	i.step(len(all), len(missing), "points")
	return nil
}
