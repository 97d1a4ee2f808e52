package activity

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
)

// AddPhoto adds a picture of what happened, on the word of who adds it: fault.Invalid without that.
func (s *Service) AddPhoto(ctx context.Context, by access.Actor, id string, rev int64, p media.Photo, basis Basis) (Activity, error) {
	if err := CheckBasis(basis); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, access.ActivityEdit, id, rev, "photo", func(a *Activity) error {
		if err := a.in(Underway, Done); err != nil {
			return err
		}
		if len(a.Plan().Photos) >= MaxPhotos {
			return fault.Wrong("photo", "activity.wrong.photos", map[string]any{"Max": MaxPhotos})
		}
		a.say(by, func(x *Plan) {
			x.Photos = append(x.Photos, Photo{Photo: p, Consent: Consent{Basis: basis, AccountID: by.Who(), At: s.Now().UTC().Truncate(time.Millisecond), Words: ConsentWords}})
		})
		return nil
	})
}

// CheckBasis refuses a picture for which nobody says why it may be shown.
func CheckBasis(b Basis) error {
	if !slices.Contains(Bases, b) {
		return fault.Wrong("basis", "activity.wrong.basis", nil)
	}
	return nil
}

// DropPhoto takes a picture away, from the public page at once, and returns it, so that its files can go.
func (s *Service) DropPhoto(ctx context.Context, by access.Actor, id, key string) (media.Photo, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return media.Photo{}, err
	}
	var gone media.Photo
	_, err := s.docs.UpdateAs(ctx, by, id, 0, func(a *Activity) (audit.Write, error) {
		this := func(p Photo) bool { return p.Key == key }
		i := slices.IndexFunc(a.Plan().Photos, this)
		if i < 0 {
			return audit.Write{}, fault.Missing()
		}
		gone = a.Plan().Photos[i].Photo
		if x := a.Page.Public; x != nil && slices.ContainsFunc(x.Photos, this) {
			less := *x
			less.Photos = slices.DeleteFunc(slices.Clone(x.Photos), this)
			a.Page.Public = &less
		}
		a.say(by, func(p *Plan) { p.Photos = slices.DeleteFunc(p.Photos, this) })
		return audit.Write{Action: access.ActivityEdit, Title: a.Plan().Title.Hans, Why: "photo removed"}, nil
	})
	return gone, err
}
