// Package station keeps the service stations 党建服务站 of the district: when one is open and what is there, its rooms and who has them
// when, and the small services 便民服务 that stations, shops and organisations open to people who pass by.
//
// A station is data: nothing in the program knows the name of one. Rooms are taken by organisations; nothing here says who came in.
package station

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Members are the organisations that take rooms; assembly.Service has them.
type Members interface {
	// Own returns an organisation for somebody who acts for it: fault.NotFound for everybody else.
	Own(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
	// ListedNames returns the names of those that may be named in public at this moment, by id.
	ListedNames(ctx context.Context) (map[string]lang.Text, error)
	// Reach returns an organisation with the accounts that act for it.
	Reach(ctx context.Context, id string) (assembly.Organisation, []string, error)
	// Seated holds the ids of the organisations that have a seat at this moment.
	Seated(ctx context.Context) (map[string]bool, error)
}

// Letters reach the people who act for an organisation. Sent twice with the same key a letter arrives once where the engine can tell;
// somebody who cannot be reached is no error.
type Letters interface {
	// TellBooking says what became of a booking; args are Room, When, Answer, Reason and Link.
	TellBooking(ctx context.Context, accountID, key string, confirmed bool, args map[string]any) error
}

// Shops is what is asked of the register; RunBy returns the public ones among ids with the merchant that runs each.
type Shops interface {
	Get(ctx context.Context, id string) (listing.Listing, error)
	RunBy(ctx context.Context, ids []string) ([]listing.Listing, error)
}

// Deps are what New needs.
type Deps struct {
	DB      store.DB
	Log     *audit.Log
	Members Members
	Shops   Shops
	Letters Letters // nil: nobody is written to
	// Street returns a street of the register: fault.NotFound. nil: what organisations open is on none.
	Street   func(ctx context.Context, id string) (place.Street, error)
	Calendar func() *calendar.Calendar
	// Link returns the address of the bookings of an organisation.
	Link func(organisationID string) string
	Now  func() time.Time
}

// The kinds of things, as the trail calls them.
const (
	kindStation = "station"
	kindRoom    = "room"
	kindWeek    = "room_week"
	kindPoint   = "open_point"
)

// Service keeps stations, rooms and open points. It is safe for concurrent use.
type Service struct {
	Deps
	stations *audit.Recorded[Station]
	rooms    *audit.Recorded[Room]
	weeks    *audit.Recorded[Week]
	points   *audit.Recorded[Point]
}

// New returns the stations on d.DB.
func New(d Deps) *Service {
	follow := store.Follow("audit")
	return &Service{
		Deps:     d,
		stations: audit.Record(store.NewCollection[Station](d.DB, "stations", store.Unique("slug"), store.Index("page.asked"), follow, store.Sealed()), d.Log, kindStation),
		rooms:    audit.Record(store.NewCollection[Room](d.DB, "rooms", store.Index("station_id", "created_at"), follow), d.Log, kindRoom),
		weeks: audit.Record(store.NewCollection[Week](d.DB, "room_weeks",
			store.Unique("key"), store.Index("waiting", "monday"), store.Index("room_id", "monday"), store.Index("monday"), store.Multi("organisations"), follow), d.Log, kindWeek),
		points: audit.Record(store.NewCollection[Point](d.DB, "open_points",
			store.Unique("key"), store.Index("listing_id"), store.Index("organisation_id"), store.Index("open", "checked_on"), follow, store.Sealed()), d.Log, kindPoint),
	}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	return store.Mark(ctx, s.stations, s.points)
}

// Limits of texts, in characters.
const (
	MaxName   = 40
	MaxLine   = 100
	MaxText   = 600
	MaxReason = 200
)

// cannot is the fault of a step that a thing is not at.
func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("station: "+why))
}

// at is an instant as it is stored.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// quietly notes a message that did not leave: who missed it sees the matter at the next visit.
func quietly(ctx context.Context, err error) {
	if err != nil {
		slog.WarnContext(ctx, "a message about a room did not leave", "error", err)
	}
}
