package assembly

import "context"

// Reach returns an organisation with the accounts that act for it, for what the program itself tells or names; who may read it the
// caller decides: fault.NotFound.
func (s *Service) Reach(ctx context.Context, id string) (Organisation, []string, error) {
	o, err := s.organisations.Get(ctx, id)
	if err != nil {
		return Organisation{}, nil, err
	}
	people, err := s.people(ctx, &o)
	return o, people, err
}

// Seated holds the ids of the organisations that have a seat at this moment.
func (s *Service) Seated(ctx context.Context) (map[string]bool, error) {
	list, err := s.seated(ctx, true)
	out := make(map[string]bool, len(list))
	for i := range list {
		out[list[i].ID] = true
	}
	return out, err
}
