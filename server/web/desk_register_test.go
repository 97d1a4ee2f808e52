package web

import (
	"time"

	"shangquan/services/audit"
	"shangquan/services/bulk"
	"shangquan/services/countersign"
	"shangquan/services/desk"
	"shangquan/services/listing"
	"shangquan/services/recheck"
	"shangquan/services/store"
	"shangquan/services/twin"
)

// keepRegister puts on the store what coordinators do with the register as a whole, as server/cli does.
func keepRegister(s *Services, db store.DB, trail *audit.Log, origin string, now func() time.Time) {
	s.Signs, s.Desk = countersign.New(db, trail, now), desk.New(s.Listings, s.Holidays.Calendar, now)
	s.Twins = twin.New(twin.Deps{DB: db, Log: trail, Listings: s.Listings, Posts: s.Posts, Seats: s.Merchants, Signs: s.Signs, Now: now})
	s.Batches = bulk.New(db, trail, s.Listings, s.Signs, now)
	s.Rechecks = recheck.New(recheck.Deps{
		DB: db, Log: trail, Listings: s.Listings, Letters: s.Merchants.AskConfirm, Now: now,
		Link: func(l *listing.Listing, until time.Time) string { return origin + "/confirm/" + s.Links.To(l, until) },
	})
}
