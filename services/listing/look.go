package listing

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Looks are the photos that went live at once and that a coordinator is to look at: all of a shop until somebody of the district has looked
// at its photos once, and again after one was hidden; then a share of them (requirement UPL-09).
type Looks struct {
	// Photos are the keys of those that wait, Since is when the first of them came; zero when none waits.
	Photos []string  `json:"photos,omitempty"`
	Since  time.Time `json:"since"`
	// Seen says that a coordinator has looked at photos of this shop, under the merchant it has now.
	Seen bool `json:"seen,omitempty"`
}

// HideReason is why the district takes a photo or a post from the public. It is chosen from a list, so that the shop reads it in its
// own language.
type HideReason string

// HideReasons are the reasons, in the order they are offered.
var HideReasons = []HideReason{"not_here", "person", "rights", "advert", "false", "unlawful", "unclear"}

// Known reports whether it is one of the list.
func (r HideReason) Known() bool { return slices.Contains(HideReasons, r) }

// Hiding is a photo that the district took from a page. Its pictures are deleted; the shop reads why, and may send another.
type Hiding struct {
	Photo  media.Photo `json:"photo"`
	Reason HideReason  `json:"reason"`
	At     time.Time   `json:"at"`
}

// sampleOf is how many things there are for one that is looked at.
const sampleOf = 5

// Sampled reports whether what these words name belongs to the share that is looked at. It depends on them alone: sending the same again
// is no way around.
func Sampled(words ...string) bool {
	h := fnv.New32a()
	for _, w := range words {
		_, _ = h.Write([]byte(w + "\x00")) // never fails
	}
	return h.Sum32()%sampleOf == 0
}

// notePhotos keeps what of the photos is to be looked at, after a change by by of a listing that had the photos was.
func (l *Listing) notePhotos(was []media.Photo, by access.Actor, now time.Time) {
	w := &l.Looks
	waits := slices.Clone(w.Photos)
	if !access.Can(by, access.RegisterEnter, l.Thing()) {
		for _, p := range l.Photos {
			same := func(x media.Photo) bool { return x.Key == p.Key && x.Caption == p.Caption }
			strange := !w.Seen || len(l.Hidden) > 0 || Sampled(p.Key, p.Caption.Hans, p.Caption.Hant, p.Caption.En)
			if strange && !slices.ContainsFunc(was, same) && !slices.Contains(waits, p.Key) {
				waits = append(waits, p.Key)
			}
		}
	}
	w.Photos = slices.DeleteFunc(waits, func(key string) bool { return l.photo(key) < 0 })
	switch {
	case len(w.Photos) == 0:
		w.Photos, w.Since = nil, time.Time{}
	case w.Since.IsZero():
		w.Since = now.UTC().Truncate(time.Millisecond)
	}
}

// photo returns the place of a photo in the list, -1 when there is none with this key.
func (l *Listing) photo(key string) int {
	return slices.IndexFunc(l.Photos, func(p media.Photo) bool { return p.Key == key })
}

func (l *Listing) hidden(key string) int {
	return slices.IndexFunc(l.Hidden, func(x Hiding) bool { return x.Photo.Key == key })
}

// PhotosToLook returns the listings with photos to look at, the one that waits longest first.
func (s *Service) PhotosToLook(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Listing], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Listing]{}, err
	}
	return s.docs.Find(ctx, store.Where("looks.since", store.Gt, time.Time{}).OrderBy("looks.since", store.Asc).Limit(limit).After(cursor))
}

// PhotosLooked says that a coordinator has looked at the photos of revision rev and leaves them: fault.Conflict when the page changed since.
func (s *Service) PhotosLooked(ctx context.Context, by access.Actor, id string, rev int64) (Listing, error) {
	return s.change(ctx, by, access.ReviewDecide, audit.Write{Action: access.ReviewDecide}, id, rev, func(l *Listing) error {
		if len(l.Looks.Photos) == 0 {
			return errSame
		}
		l.Looks = Looks{Seen: true}
		return nil
	})
}

// HidePhoto takes a photo from a page, whatever revision is current, and returns it: its pictures are still there, and the caller deletes
// them next. Doing it again returns the same photo, so that what broke in between can be finished. fault.Invalid for a reason that is not
// on the list, fault.NotFound for a photo that is not on the page.
func (s *Service) HidePhoto(ctx context.Context, by access.Actor, id, key string, why HideReason) (Listing, media.Photo, error) {
	if !why.Known() {
		return Listing{}, media.Photo{}, fault.Wrong("reason", "my.wrong.choose", nil)
	}
	var gone media.Photo
	w := audit.Write{Action: access.ReviewDecide, Why: string(why)}
	l, err := s.change(ctx, by, access.ReviewDecide, w, id, 0, func(l *Listing) error {
		if i := l.hidden(key); i >= 0 {
			gone = l.Hidden[i].Photo
			return errSame
		}
		i := l.photo(key)
		if i < 0 {
			return fault.Missing()
		}
		gone = l.Photos[i]
		l.Photos = slices.Delete(slices.Clone(l.Photos), i, i+1)
		l.Hidden = append(slices.Clone(l.Hidden), Hiding{Photo: gone, Reason: why, At: s.now().UTC().Truncate(time.Millisecond)})
		l.Hidden = l.Hidden[max(0, len(l.Hidden)-media.MaxPhotos):]
		return nil
	})
	return l, gone, err
}

// ForgetHidden takes a hidden photo off the list that its shop sees, when it has read why.
func (s *Service) ForgetHidden(ctx context.Context, by access.Actor, id, key string) (Listing, error) {
	return s.change(ctx, by, access.ListingPhotos, audit.Write{Action: access.ListingPhotos}, id, 0, func(l *Listing) error {
		i := l.hidden(key)
		switch {
		case l.State == Archived:
			return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: an archived listing is not edited"))
		case i < 0:
			return errSame
		}
		l.Hidden = slices.Delete(slices.Clone(l.Hidden), i, i+1)
		return nil
	})
}

// hideAs hides what was hidden on the page that went on with the photos of l.
func (l *Listing) hideAs(other *Listing) {
	for _, x := range other.Hidden {
		if i := l.photo(x.Photo.Key); i >= 0 {
			l.Photos = slices.Delete(slices.Clone(l.Photos), i, i+1)
			l.Hidden = append(slices.Clone(l.Hidden), x)
		}
	}
}
