package neighbour

import (
	"context"
	"errors"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// SetArea names an area and its contact, who must be a liaison; a new area where id is empty: fault.Invalid, fault.Conflict. Who becomes
// the contact reads the sides of the area's cases, so only the present contact hands an area over; anybody else of the liaison once the
// present one is no liaison any more.
func (s *Service) SetArea(ctx context.Context, by access.Actor, id string, rev int64, name, contactID string) (Area, error) {
	if err := require(by, access.NeighbourEdit); err != nil {
		return Area{}, err
	}
	name = lang.Clean(name)
	wrong := (lang.Limit{Max: MaxName, Must: true}).Check("name", name)
	people, err := s.Contacts(ctx)
	if err != nil {
		return Area{}, err
	}
	if _, ok := people[contactID]; !ok {
		wrong = append(wrong, fault.Field{Name: "contact", Key: "error.choice"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Area{}, err
	}
	w := audit.Write{Action: access.NeighbourEdit, Title: name}
	a := Area{Name: name, ContactID: contactID}
	if id == "" {
		if n, err := s.areas.Count(ctx, store.All()); err != nil || n >= mostAreas {
			return Area{}, errors.Join(err, cannot("neighbour.wrong.full", "too many areas"))
		}
		err = s.areas.Insert(ctx, by, w, &a)
	} else if err = store.Seen(rev); err != nil {
		return Area{}, err
	} else {
		a, err = s.areas.Update(ctx, by, w, id, rev, func(x *Area) error {
			if _, there := people[x.ContactID]; there && x.ContactID != contactID && x.ContactID != by.AccountID {
				return fault.Wrong("contact", "neighbour.wrong.contact", nil)
			}
			x.Name, x.ContactID = name, contactID
			return nil
		})
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict && len(f.Fields) > 0 {
		err = fault.Wrong("name", "neighbour.wrong.taken", nil)
	}
	return a, err
}

// Areas returns the areas by their names.
func (s *Service) Areas(ctx context.Context, by access.Actor) ([]Area, error) {
	if err := require(by, access.NeighbourRead); err != nil {
		return nil, err
	}
	page, err := s.areas.Find(ctx, store.All().OrderBy("name", store.Asc).Limit(mostAreas))
	return page.Items, err
}

// Named is an area as everybody may know it: its name, and nothing else.
type Named struct{ ID, Name string }

// Names returns the areas by their names.
func (s *Service) Names(ctx context.Context) ([]Named, error) {
	page, err := s.areas.Find(ctx, store.All().OrderBy("name", store.Asc).Limit(mostAreas))
	out := []Named{}
	for _, a := range page.Items {
		out = append(out, Named{a.ID, a.Name})
	}
	return out, err
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) { return store.Mark(ctx, s.areas) }

// contact asks that by is the contact of an area: fault.NotFound for everybody else, who learns nothing of the sides.
func (s *Service) contact(ctx context.Context, by access.Actor, areaID string) error {
	if err := require(by, access.NeighbourEdit); err != nil {
		return err
	}
	a, err := s.areas.Get(ctx, areaID)
	if err == nil && a.ContactID != by.AccountID {
		err = fault.Missing()
	}
	return err
}
