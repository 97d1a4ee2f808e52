package station

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Rules are what the liaison says of a room.
type Rules struct {
	Name       lang.Text `json:"name"`
	Has        lang.Text `json:"has,omitzero"` // 投影、白板
	Seats      int       `json:"seats"`
	LeadHours  int       `json:"lead_hours"`  // asked for at least so long before
	AheadDays  int       `json:"ahead_days"`  // asked for at most so many days before
	MaxMinutes int       `json:"max_minutes"` // longest booking
	PerWeek    int       `json:"per_week"`    // bookings of one organisation in a week from Monday
	Open       bool      `json:"open"`        // can be asked for
}

// Room is a room of a station that organisations take.
type Room struct {
	store.Meta
	audit.Trail
	StationID string `json:"station_id"`
	Rules
	Hours hours.Hours `json:"hours"`
}

// Usual are the rules of a room before anybody said otherwise.
var Usual = Rules{Seats: 20, LeadHours: 24, AheadDays: 60, MaxMinutes: 180, PerWeek: 2, Open: true}

// mostRooms bounds the rooms of all stations together.
const mostRooms = 200

func (r *Rules) read() error {
	r.Name, r.Has = r.Name.Clean(), r.Has.Clean()
	wrong := (lang.Limit{Max: MaxName, Must: true}).CheckText("name", r.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxLine}).CheckText("has", r.Has)...)
	for _, x := range []struct {
		name     string
		n        int
		min, max int
	}{{"seats", r.Seats, 1, 1000}, {"lead_hours", r.LeadHours, 0, 14 * 24}, {"ahead_days", r.AheadDays, 1, 180}, {"max_minutes", r.MaxMinutes, Step, 24 * 60}, {"per_week", r.PerWeek, 1, 20}} {
		if x.n < x.min || x.n > x.max {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "station.wrong.number", Args: map[string]any{"Min": x.min, "Max": x.max}})
		}
	}
	return fault.Wrongs(wrong)
}

// AddRoom adds a room to a station; it can be asked for once its hours are known: fault.NotFound, fault.Invalid.
func (s *Service) AddRoom(ctx context.Context, by access.Actor, stationID string, r Rules) (Room, error) {
	if _, err := s.Station(ctx, by, stationID); err != nil {
		return Room{}, err
	}
	if err := access.Require(by, access.RoomEdit, access.Thing{Kind: kindRoom}); err != nil {
		return Room{}, err
	}
	if err := r.read(); err != nil {
		return Room{}, err
	}
	n, err := s.rooms.Count(ctx, store.All())
	if err != nil {
		return Room{}, err
	}
	if n >= mostRooms {
		return Room{}, cannot("station.wrong.full", "too many rooms")
	}
	x := Room{StationID: stationID, Rules: r, Hours: hours.Hours{Special: []hours.Special{}}}
	return x, s.rooms.Insert(ctx, by, audit.Write{Action: access.RoomEdit, Title: r.Name.Hans}, &x)
}

// EditRoom writes the rules of a room. Bookings that were made by older rules stay. fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) EditRoom(ctx context.Context, by access.Actor, id string, rev int64, r Rules) (Room, error) {
	if err := r.read(); err != nil {
		return Room{}, err
	}
	return s.changeRoom(ctx, by, id, rev, func(x *Room) { x.Rules = r })
}

// SetRoomHours writes when a room can be taken: fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) SetRoomHours(ctx context.Context, by access.Actor, id string, rev int64, h hours.Hours) (Room, error) {
	if err := hours.Validate(h); err != nil {
		return Room{}, err
	}
	return s.changeRoom(ctx, by, id, rev, func(x *Room) { x.Hours = h })
}

func (s *Service) changeRoom(ctx context.Context, by access.Actor, id string, rev int64, f func(*Room)) (Room, error) {
	if err := access.Require(by, access.RoomEdit, access.Thing{Kind: kindRoom, ID: id}); err != nil {
		return Room{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Room{}, err
	}
	return s.rooms.UpdateAs(ctx, by, id, rev, func(x *Room) (audit.Write, error) {
		f(x)
		return audit.Write{Action: access.RoomEdit, Title: x.Name.Hans}, nil
	})
}

// Room returns one for who keeps it: fault.NotFound.
func (s *Service) Room(ctx context.Context, by access.Actor, id string) (Room, error) {
	if err := access.Require(by, access.RoomEdit, access.Thing{Kind: kindRoom, ID: id}); err != nil {
		return Room{}, err
	}
	return s.rooms.Get(ctx, id)
}

// Rooms returns all rooms, the oldest first, for who keeps them.
func (s *Service) Rooms(ctx context.Context, by access.Actor) ([]Room, error) {
	if err := access.Require(by, access.RoomEdit, access.Thing{Kind: kindRoom}); err != nil {
		return nil, err
	}
	return s.allRooms(ctx)
}

func (s *Service) allRooms(ctx context.Context) ([]Room, error) {
	return store.Collect(s.rooms.Each(ctx, store.All().OrderBy("created_at", store.Asc).Limit(mostRooms)), mostRooms)
}

// RoomsFor returns the rooms that an organisation can ask for.
func (s *Service) RoomsFor(ctx context.Context, by access.Actor, organisationID string) ([]Room, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return nil, err
	}
	list, err := s.allRooms(ctx)
	out := []Room{}
	for _, r := range list {
		if r.bookable() {
			out = append(out, r)
		}
	}
	return out, err
}

// RoomFor returns a room that an organisation can ask for: fault.NotFound.
func (s *Service) RoomFor(ctx context.Context, by access.Actor, organisationID, id string) (Room, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return Room{}, err
	}
	r, err := s.rooms.Get(ctx, id)
	if err == nil && !r.bookable() {
		err = fault.Missing()
	}
	if err != nil {
		return Room{}, err
	}
	return r, nil
}

func (r *Room) bookable() bool { return r.Open && r.Hours.Known }

// acts reports whether by takes rooms for the organisation: fault.NotFound.
func (s *Service) acts(ctx context.Context, by access.Actor, organisationID string) error {
	o, err := s.Members.Own(ctx, by, organisationID)
	if err != nil {
		return err
	}
	return access.Require(by, access.RoomBook, o.Thing(by))
}
