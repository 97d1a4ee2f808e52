package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"shangquan/server/config"
	"shangquan/services/alarm"
	"shangquan/services/audit"
	"shangquan/services/backup"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/freeze"
	"shangquan/services/holiday"
	"shangquan/services/integrity"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/post"
	"shangquan/services/search"
	"shangquan/services/search/fallback"
	"shangquan/services/search/meili"
	"shangquan/services/search/memory"
	"shangquan/services/secret"
	"shangquan/services/setting"
	"shangquan/services/store"
	"shangquan/services/vocabulary"
)

// district is the services over one store.
type district struct {
	db        store.DB
	trail     *audit.Log
	keys      *secret.Ring
	people    *people // nil for commands that need none
	places    *place.Service
	editor    *place.Editor
	shops     *listing.Service
	posts     *post.Service
	listings  *store.Collection[listing.Listing]
	engine    search.Engine // answers
	outside   *meili.Engine // nil: only the embedded engine
	directory *directory.Service
	alarms    *alarm.Service
	frozen    *freeze.Service
	integrity *integrity.Service
	backups   string          // the folder whose newest file must not be old; empty: none
	backup    *backup.Service // nil without a folder
	copies    bool            // the store can be copied by the program itself
	anchors   string          // file of the trail's anchors; empty: none
	now       func() time.Time
	marks     marks // of what the pages are made from besides the directory and the notices

	vocabulary *vocabulary.Service
	settings   *setting.Service
	holidays   *holiday.Service
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
	return c, phone.SetArea(c.Site.Area)
}

// open opens the store and puts the services on it. A store that is damaged, newer than this program or in use by another
// process is refused by a sentence that says what to do.
func open(ctx context.Context, c config.Config, log *slog.Logger) (*district, error) {
	now := clock(c.Clock)
	keys, err := ring(c)
	if err != nil {
		return nil, err
	}
	box, err := keys.Box("content")
	if err != nil {
		return nil, err
	}
	var d *district
	db, err := store.Open(ctx, c.Store.Reveal(), store.Clock(now), store.Seal(box, func(collection, id string) {
		d.alarms.Raise(alarm.Content, collection+"/"+id, "read") // nothing is read before d is there
	}))
	if err != nil {
		return nil, err
	}
	trail := audit.New(db, keys, now)
	d = &district{
		db: db, keys: keys, trail: trail, places: place.New(db), editor: place.NewEditor(db, trail, now), shops: listing.New(db, trail, now), listings: listing.Declare(db),
		backups: c.Backups, anchors: anchorsFile(c), now: now,
	}
	d.guard(log)
	d.vocabulary = vocabulary.New(db, trail, filed{d})
	d.shops.OfferReasons(func(code string) bool { return d.vocabulary.Offers(vocabulary.TurnReasons, code) })
	d.settings = setting.New(db, trail, initial(c), now)
	d.holidays = holiday.New(db, trail, d.eachRun, d.askMerchant(c.Origin), now)
	d.posts = post.New(db, trail, d.shops, d.places, now)
	if err := db.Prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := errors.Join(d.integrity.Begin(ctx), d.frozen.Refresh(ctx)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if _, err := d.settings.Look(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	// The index of this process is always there: it answers by itself, or stands in while Meilisearch cannot.
	embedded := memory.New()
	d.engine = embedded
	if strings.HasPrefix(c.Search, "http") {
		d.outside = meili.New(meili.Config{URL: c.Search, SearchKey: c.MeiliSearchKey.Reveal(), WriteKey: c.MeiliWriteKey.Reveal(), Now: now})
		d.engine = fallback.New(d.outside, embedded, 0, now)
	}
	d.directory = directory.New(directory.Sources{Listings: d.listings, Places: d.places, Posts: d.posts, Words: d.vocabulary.Words, Calendar: d.holidays.Calendar, Opened: d.opened, Look: d.look}, d.engine, embedded, log, now)
	return d, nil
}

// follower returns what carries writes to the engine outside the process; nil where there is none, for the index of the process
// follows by itself.
func (d *district) follower(log *slog.Logger) *directory.Follower {
	if d.outside == nil {
		return nil
	}
	f := directory.NewFollower(d.directory, d.listings, d.outside, d.db, rand.Text(), log)
	f.Drifted = func(x directory.Drift) {
		d.alarms.Raise(alarm.Drift, "search", fmt.Sprintf("%d missing, %d stale, %d extra", len(x.Missing), len(x.Stale), len(x.Extra)))
	}
	f.Refused = func(note string) { d.alarms.Raise(alarm.Refused, "search", note) }
	return f
}

// follow keeps the engine outside the process up to date until ctx ends. An index that is not there, or was built by another
// version's rules, is built first; while that fails the follower's own pace decides when it is tried again.
func (d *district) follow(ctx context.Context, f *directory.Follower, log *slog.Logger) error {
	if old, err := d.outside.NeedsRebuild(ctx); err == nil && old {
		if err := f.Reindex(ctx, func(int, int) {}); err != nil {
			log.ErrorContext(ctx, "the search index could not be built", "error", err)
		}
	}
	f.Run(ctx)
	return nil
}

// parts are what the site can do without for a while. One that is down makes the site poorer: searches are answered by the index of the
// process, pages come without their pictures.
func (d *district) parts() map[string]func(context.Context) error {
	parts := map[string]func(context.Context) error{}
	if d.people != nil {
		parts["pictures"] = d.people.blobs.Ping
	}
	if d.outside != nil {
		parts["search"] = d.outside.Health
	}
	return parts
}

// lastPost is how long the end waits for messages that are being sent.
const lastPost = 5 * time.Second

func (d *district) close() error {
	d.directory.Close()
	var err error
	if d.people != nil {
		err = d.people.close()
	}
	return errors.Join(err, d.engine.Close(), d.db.Close())
}
