package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// district is the sample as its files have it. Where a stored document refers to another by id, these hold its slug or shop code.
type district struct {
	streets []place.Street
	plazas  []place.Plaza
	shops   []shop
	stops   []place.Point
}

// shop is a listing, the kind of point it is besides, if any, and whether the district names it as an old shop.
type shop struct {
	listing listing.Listing
	point   place.PointKind
	core    bool
	old     bool
}

func load() (*district, error) {
	d := &district{}
	for _, read := range []func() error{d.readStreets, d.readPlazas, d.readShops, d.readStops} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	d.floors()
	return d, nil
}

// services counts the listings that are points too.
func (d *district) services() (n int) {
	for _, s := range d.shops {
		if s.point != "" {
			n++
		}
	}
	return n
}

func (d *district) readStreets() error {
	rows, err := records("streets.csv")
	if err != nil {
		return err
	}
	courses, err := lines()
	if err != nil {
		return err
	}
	for _, r := range rows {
		// The sign has the name in pinyin; that is the English name too, since nobody has attested another.
		d.streets = append(d.streets, place.Street{
			Slug: r["slug"], Name: lang.Text{Hans: r["name"], En: r["pinyin"]}, Pinyin: r["pinyin"],
			Lines: courses[r["slug"]], Core: r["core"] == "1", Source: r["source"],
		})
	}
	return nil
}

func (d *district) readPlazas() error {
	rows, err := records("plazas.csv")
	if err != nil {
		return err
	}
	for _, r := range rows {
		at, err := r.location("tenant")
		if err != nil {
			return fmt.Errorf("sample: plaza %s: %w", r["slug"], err)
		}
		if at != nil {
			at.AccuracyM = 100 // it is the position of a shop inside
		}
		d.plazas = append(d.plazas, place.Plaza{
			Slug: r["slug"], Name: lang.Text{Hans: r["name"]}, Pinyin: r["pinyin"], Aliases: r.list("aliases"), Area: r["area"],
			StreetID: r["street"], Address: r["address"], Location: at, Floors: []place.Floor{}, Core: r["core"] == "1", Source: r["source"],
		})
	}
	return nil
}

// floors gives each plaza the floors that its listings say they are on; others are not known.
func (d *district) floors() {
	levels := map[string][]int{}
	for _, s := range d.shops {
		if a := s.listing.Address; a.PlazaID != "" && a.Level != 0 && !slices.Contains(levels[a.PlazaID], a.Level) {
			levels[a.PlazaID] = append(levels[a.PlazaID], a.Level)
		}
	}
	for i := range d.plazas {
		for _, level := range slices.Sorted(slices.Values(levels[d.plazas[i].Slug])) {
			d.plazas[i].Floors = append(d.plazas[i].Floors, place.Floor{Level: level, Label: place.LevelLabel(level)})
		}
	}
}

// confidences are the words for how far a source can be trusted.
var confidences = map[string]string{"high": "可信度：高", "medium": "可信度：中"}

func (d *district) readShops() error {
	rows, err := records("places.csv")
	if err != nil {
		return err
	}
	for _, r := range rows {
		l, err := r.listing()
		if err != nil {
			return fmt.Errorf("sample: place %s: %w", r["code"], err)
		}
		d.shops = append(d.shops, shop{listing: l, point: place.PointKind(r["point"]), core: r["core"] == "1", old: r["mark"] != ""})
	}
	return nil
}

// old returns the listings that the district names as old shops.
func (d *district) old() []listing.Listing {
	out := []listing.Listing{}
	for _, s := range d.shops {
		if s.old {
			out = append(out, s.listing)
		}
	}
	return out
}

func (r record) listing() (listing.Listing, error) {
	at, err := r.location(r["method"])
	if err != nil {
		return listing.Listing{}, err
	}
	phones, err := phone.Parse(strings.ReplaceAll(r["phones"], "；", "、"))
	if err != nil {
		return listing.Listing{}, err
	}
	level, err := strconv.Atoi(cmp.Or(r["level"], "0"))
	if err != nil {
		return listing.Listing{}, err
	}
	l := listing.Listing{
		Code: r["code"], Slug: r["slug"], State: listing.Published,
		Name: listing.Name{Text: lang.Text{Hans: r["name"]}, Pinyin: r["pinyin"]}, Aliases: r.list("aliases"),
		CategoryID: r["category"], Goods: []string{}, TagIDs: []string{}, Marks: []listing.Mark{},
		Address:  listing.Address{Line: r["line"], StreetID: r["street"], House: r["house"], PlazaID: r["plaza"], Level: level, Unit: r["unit"], Postcode: r["postcode"]},
		Location: at, Phones: phones, Payments: []string{},
		Confirmed: listing.Confirmed{By: "source"},
		Source:    listing.Source{ID: r["source"], Ref: r["ref"], Observed: r["observed"], Note: confidences[r["confidence"]]},
	}
	if r["note"] != "" {
		l.Source.Note += "；" + r["note"]
	}
	if r["hours"] != "" {
		if l.Hours, err = hours.ParseChinese(r["hours"]); err != nil {
			l.Hours = hours.Hours{Text: r["hours"]} // kept as it is, shown as to be checked
		}
	}
	return l, nil
}

// asPoint is the service point that a shop is besides.
func (s *shop) asPoint() place.Point {
	l := &s.listing
	return place.Point{
		Meta: store.Meta{ID: string(s.point) + "-" + strings.ToLower(l.Code)}, Kind: s.point, Name: l.Name.Text, Address: l.Address.Line,
		StreetID: l.Address.StreetID, Location: l.Location, Lines: []string{}, ListingID: l.Code, Core: s.core, Source: l.Source.ID,
	}
}

func (d *district) readStops() error {
	rows, err := records("stops.csv")
	if err != nil {
		return err
	}
	for _, r := range rows {
		at, err := r.location("list")
		if err != nil {
			return fmt.Errorf("sample: stop %s: %w", r["code"], err)
		}
		d.stops = append(d.stops, place.Point{
			Meta: store.Meta{ID: "stop-" + strings.ToLower(r["code"])}, Kind: place.BusStop, Name: lang.Text{Hans: r["name"]}, Address: r["address"],
			StreetID: r["street"], Location: at, Lines: r.list("lines"), Note: "首末班 " + r["first_last"], Core: true, Source: "SRC-BUS",
		})
	}
	return nil
}
