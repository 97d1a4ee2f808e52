package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shangquan/server/config"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// district is the services over one store.
type district struct {
	db        store.DB
	places    *place.Service
	shops     *listing.Service
	listings  *store.Collection[listing.Listing]
	words     *taxonomy.Table
	engine    search.Engine
	directory *directory.Service
	now       func() time.Time
}

// clock is the time in the zone of the district; one that was set shows start now and runs on.
func clock(start time.Time) func() time.Time {
	var ahead time.Duration
	if !start.IsZero() {
		ahead = time.Until(start)
	}
	return func() time.Time { return time.Now().Add(ahead).In(calendar.Shanghai) }
}

// load reads the settings and refuses those that are unsafe; what is merely unwise is told to warn.
func load(o *options, warn func(config.Finding)) (config.Config, error) {
	c, err := config.Load(o.getenv)
	if err != nil {
		return c, fmt.Errorf("the settings cannot be used:\n%w", err)
	}
	var refused []error
	for _, f := range config.Check(c) {
		if f.Refuse {
			refused = append(refused, errors.New(f.Setting+" "+f.Text))
		} else {
			warn(f)
		}
	}
	if len(refused) > 0 {
		return c, fmt.Errorf("the settings are not safe:\n%w", errors.Join(refused...))
	}
	return c, nil
}

// open opens the store and puts the services on it. A store that is damaged, newer than this program or in use by another
// process is refused by a sentence that says what to do.
func open(ctx context.Context, c config.Config, log *slog.Logger) (*district, error) {
	now := clock(c.Clock)
	db, err := store.Open(ctx, c.Store.Reveal(), store.Clock(now))
	if err != nil {
		return nil, err
	}
	d := &district{
		db: db, places: place.New(db), shops: listing.New(db, now), listings: listing.Declare(db),
		words: taxonomy.Default(), engine: memory.New(), now: now,
	}
	if err := db.Prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	d.directory = directory.New(directory.Sources{Listings: d.listings, Places: d.places, Words: d.words, Calendar: calendar.China()}, d.engine, d.engine, log, now)
	return d, nil
}

func (d *district) close() error {
	d.directory.Close()
	return errors.Join(d.engine.Close(), d.db.Close())
}
