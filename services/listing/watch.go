package listing

import (
	"bytes"
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Watch is what coordinators look at after the fact: changes of a merchant's own page that went live at once (CON-08).
type Watch struct {
	// Changed are the watched fields that changed and that no coordinator has looked at since: "changed, being checked".
	Changed []string `json:"changed"`
	// NeedsLook asks for a review, Why says for what: "often" or "phone_and_owner".
	NeedsLook bool   `json:"needs_look"`
	Why       string `json:"why"`
	// On and Count are how often watched fields were changed on that day, YYYY-MM-DD.
	On    string `json:"on"`
	Count int    `json:"count"`
	// PhonesOn and OwnerOn are the days of the last change of the telephone numbers and of the merchant.
	PhonesOn string `json:"phones_on"`
	OwnerOn  string `json:"owner_on"`
}

// The reasons to look.
const (
	Often         = "often"           // more than OftenADay changes on one day
	PhoneAndOwner = "phone_and_owner" // both changed within TakeoverDays, as when somebody takes a page over
)

// The bounds of what goes by without a look.
const (
	OftenADay    = 3
	TakeoverDays = 7
)

// Watched are the fields by which a rival would do harm.
var Watched = []string{"hours", "phones", "name", "location"}

// seen is what note compares with.
type seen struct {
	fields   map[string][]byte
	thing    access.Thing
	watch    Watch
	merchant string
	photos   []media.Photo
}

// watched keeps what note compares with; a change may write into the lists of l.
func (l *Listing) watched() seen {
	out := seen{fields: map[string][]byte{}, thing: l.Thing(), watch: l.Watch, merchant: l.MerchantID, photos: l.Photos}
	for _, path := range Watched {
		out.fields[path], _ = fieldAt[path].raw(l) // what cannot be written out cannot be stored either
	}
	return out
}

// note keeps the watch after a change by by.
func (l *Listing) note(was seen, by access.Actor, now time.Time) {
	today := now.Format(time.DateOnly)
	if l.MerchantID != was.merchant {
		l.Watch.OwnerOn, l.Looks.Seen = today, false
	}
	l.notePhotos(was.photos, by, now)
	var changed []string
	for _, path := range Watched {
		if is, _ := fieldAt[path].raw(l); !bytes.Equal(is, was.fields[path]) {
			changed = append(changed, path)
		}
	}
	if slices.Contains(changed, "phones") {
		l.Watch.PhonesOn = today
	}
	if l.MerchantID == "" {
		return
	}
	if within(l.Watch.PhonesOn, l.Watch.OwnerOn, TakeoverDays) && (l.Watch.PhonesOn != was.watch.PhonesOn || l.Watch.OwnerOn != was.watch.OwnerOn) {
		l.Watch.NeedsLook, l.Watch.Why = true, PhoneAndOwner
	}
	if len(changed) == 0 || access.Can(by, access.RegisterEnter, was.thing) {
		return
	}
	for _, path := range changed {
		if !slices.Contains(l.Watch.Changed, path) {
			l.Watch.Changed = append(slices.Clone(l.Watch.Changed), path)
		}
	}
	if l.Watch.On != today {
		l.Watch.On, l.Watch.Count = today, 0
	}
	if l.Watch.Count++; l.Watch.Count > OftenADay && !l.Watch.NeedsLook {
		l.Watch.NeedsLook, l.Watch.Why = true, Often
	}
}

// within reports whether two days, YYYY-MM-DD, lie at most n apart; an empty one is no day.
func within(a, b string, n int) bool {
	x, errX := time.Parse(time.DateOnly, a)
	y, errY := time.Parse(time.DateOnly, b)
	return errX == nil && errY == nil && x.Sub(y).Abs() <= time.Duration(n)*24*time.Hour
}

// NeedingLook returns the listings whose changes ask for a review, the one that waits longest first.
func (s *Service) NeedingLook(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Listing], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Listing]{}, err
	}
	return s.docs.Find(ctx, store.Where("watch.needs_look", store.Eq, true).OrderBy("updated_at", store.Asc).Limit(limit).After(cursor))
}

// ChangedLive returns the listings with watched changes that went live and that nobody has looked at, for taking samples.
func (s *Service) ChangedLive(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Listing], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Listing]{}, err
	}
	return s.docs.Find(ctx, store.Where("watch.changed", store.In, Watched).Limit(limit).After(cursor))
}

// Looked says that a coordinator has looked at what changed up to revision rev: fault.Conflict when it changed again since.
func (s *Service) Looked(ctx context.Context, by access.Actor, id string, rev int64) (Listing, error) {
	return s.change(ctx, by, access.ReviewDecide, audit.Write{Action: access.ReviewDecide}, id, rev, func(l *Listing) error {
		if len(l.Watch.Changed) == 0 && !l.Watch.NeedsLook {
			return errSame
		}
		l.Watch.Changed, l.Watch.NeedsLook, l.Watch.Why = []string{}, false, ""
		return nil
	})
}
