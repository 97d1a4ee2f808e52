package post

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Members is what posts of organisations need of the joint meeting.
type Members interface {
	Own(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
	ListedNames(ctx context.Context) (map[string]lang.Text, error)
}

// errUnlisted is the answer to an organisation that may not be named: nothing of it is public.
const errUnlisted = "post.wrong.unlisted"

// Benefit is what an organisation does for the residents around, as everybody reads it: a post with its name, and nothing else of it.
type Benefit struct {
	Post
	Organisation lang.Text
}

// named leaves out the posts of organisations that may not be named at this moment: nothing of those is public.
func (s *Service) named(ctx context.Context, list ...Post) ([]Post, error) {
	if !slices.ContainsFunc(list, func(p Post) bool { return p.OrganisationID != "" }) {
		return list, nil
	}
	names, err := s.Members.ListedNames(ctx)
	return slices.DeleteFunc(list, func(p Post) bool {
		_, listed := names[p.OrganisationID]
		return p.OrganisationID != "" && !listed
	}), err
}

// ByOrganisation returns the posts of a member in every state, the newest first, for who acts for it and who works on the joint meeting:
// fault.NotFound.
func (s *Service) ByOrganisation(ctx context.Context, by access.Actor, id string) ([]Post, error) {
	if !access.Can(by, access.AssemblyRead, access.Thing{Kind: "assembly"}) {
		if err := s.require(ctx, by, &Post{OrganisationID: id}); err != nil {
			return nil, err
		}
	}
	page, err := s.docs.Find(ctx, store.Where("organisation_id", store.Eq, id).OrderBy("created_at", store.Desc).Limit(MaxKept))
	return page.Items, err
}

// Benefits returns what organisations do for residents and what has not ended at now, those that hold soonest first: of the members that
// agreed to be named and may be named at this moment, whenever they wrote it.
func (s *Service) Benefits(ctx context.Context, now time.Time) ([]Benefit, error) {
	if s.Members == nil {
		return nil, nil
	}
	names, err := s.Members.ListedNames(ctx)
	if err != nil {
		return nil, err
	}
	out := []Benefit{}
	for p, err := range s.live(ctx, now) {
		if err != nil {
			return nil, err
		}
		name, ok := names[p.OrganisationID]
		if !ok {
			continue
		}
		p.strip()
		p.OrganisationID = "" // the public has no use for ids
		out = append(out, Benefit{p, name})
	}
	today := calendar.Today(now)
	slices.SortStableFunc(out, func(a, b Benefit) int { return sooner(&a.Post, &b.Post, today) })
	return out, nil
}
