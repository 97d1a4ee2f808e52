package post

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// note says whether a coordinator is to look at a post that is public as by wrote it: all of a shop until somebody of the district has
// looked at one of them, and again after one was hidden; then a share (requirement UPL-09).
func (s *Service) note(p *Post, by access.Actor, strange bool) {
	switch {
	case p.State != Published:
		p.LookSince = time.Time{}
	case access.Can(by, access.RegisterEnter, p.thing(false)) || !p.LookSince.IsZero():
	case strange || listing.Sampled(append([]string{p.ID}, p.told()...)...):
		p.LookSince = s.now().UTC().Truncate(time.Millisecond)
	}
}

// told is everything people read in a post.
func (p *Post) told() []string {
	out := []string{}
	for _, t := range []struct{ hans, hant, en string }{
		{p.Title.Hans, p.Title.Hant, p.Title.En},
		{p.Text.Hans, p.Text.Hant, p.Text.En},
		{p.Who.Hans, p.Who.Hant, p.Who.En},
		{p.Conditions.Hans, p.Conditions.Hant, p.Conditions.En},
	} {
		out = append(out, t.hans, t.hant, t.en)
	}
	return out
}

// strange reports whether nobody of the district has looked at posts of the same shop or organisation, or one of them was hidden.
func (s *Service) strange(ctx context.Context, p *Post) (bool, error) {
	whose := store.Where("listing_id", store.Eq, p.ListingID)
	if p.OrganisationID != "" {
		whose = store.Where("organisation_id", store.Eq, p.OrganisationID)
	}
	page, err := s.docs.Find(ctx, whose.OrderBy("created_at", store.Desc).Limit(MaxKept))
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(page.Items, func(x Post) bool { return x.Seen }) ||
		slices.ContainsFunc(page.Items, func(x Post) bool { return x.Hidden != "" }), nil
}

// ToLook returns the public posts to look at, the one that waits longest first. Those of an organisation whose name is not public any more
// are not public either.
func (s *Service) ToLook(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Post], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: kind}); err != nil {
		return store.Page[Post]{}, err
	}
	q := store.Where("look_since", store.Gt, time.Time{}).And("state", store.Eq, string(Published)).And("until", store.Gte, calendar.Today(s.now()).String())
	page, err := s.docs.Find(ctx, q.OrderBy("look_since", store.Asc).Limit(limit).After(cursor))
	if err == nil {
		page.Items, err = s.named(ctx, page.Items...)
	}
	return page, err
}

// Looked says that a coordinator has looked at revision rev of a post and leaves it: fault.Conflict when it changed since.
func (s *Service) Looked(ctx context.Context, by access.Actor, id string, rev int64) (Post, error) {
	return s.review(ctx, by, id, rev, "", func(p *Post) error {
		if p.LookSince.IsZero() {
			return fault.New(fault.Conflict, "error.stale", errors.New("post: somebody has looked at it"))
		}
		p.LookSince, p.Seen = time.Time{}, true
		return nil
	})
}

// Hide takes a public post from the public for a reason that its writer reads: fault.Invalid for one that is not on the list,
// fault.Conflict when it is not public or rev is not current.
func (s *Service) Hide(ctx context.Context, by access.Actor, id string, rev int64, why listing.HideReason) (Post, error) {
	if !why.Known() {
		return Post{}, fault.Wrong("reason", "my.wrong.choose", nil)
	}
	return s.review(ctx, by, id, rev, string(why), func(p *Post) error {
		if p.State != Published {
			return fault.New(fault.Conflict, "post.wrong.state", errors.New("post: only what is public is hidden"))
		}
		p.State, p.Slot, p.Hidden, p.LookSince = Withdrawn, draftSlot(), why, time.Time{}
		return nil
	})
}

func (s *Service) review(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Post) error) (Post, error) {
	if err := access.Require(by, access.ReviewDecide, access.Thing{Kind: kind, ID: id}); err != nil {
		return Post{}, err
	}
	p, err := s.docs.Get(ctx, id)
	if err != nil {
		return Post{}, err
	}
	return s.docs.Update(ctx, by, audit.Write{Action: access.ReviewDecide, Title: p.Title.Hans, Why: why}, id, rev, f)
}
