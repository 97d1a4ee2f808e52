package cli

import (
	"context"

	"shangquan/services/place"
	"shangquan/services/resource"
	"shangquan/services/station"
)

// openStations puts the stations, and what organisations offer and seek, on the store.
func (d *district) openStations(p *people, origin string) {
	p.stations = station.New(station.Deps{
		DB: d.db, Log: d.trail, Members: p.assembly, Shops: d.shops, Letters: p.merchants, Street: d.places.Street, Calendar: d.holidays.Calendar, Now: d.now,
		Link: func(organisation string) string { return origin + "/my/rooms/" + organisation },
	})
	p.resources = resource.New(resource.Deps{
		DB: d.db, Log: d.trail, Members: p.assembly, Letters: p.merchants, Now: d.now,
		Link: func(organisation string) string { return origin + "/my/resources/" + organisation },
	})
}

// opened are the points that shops and stations open, and what authorities allowed to stand in the street; before there are people there
// are none.
func (d *district) opened(ctx context.Context) ([]place.Point, error) {
	if d.people == nil {
		return nil, nil
	}
	stations, err := d.people.stations.Points(ctx)
	if err != nil {
		return nil, err
	}
	outdoor, err := d.people.together.outdoor.Points(ctx)
	return append(stations, outdoor...), err
}
