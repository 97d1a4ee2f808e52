package assembly

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/lang"
)

// Fellow is a member as the other members read of it: never who acts for it.
type Fellow struct {
	ID   string
	Name lang.Text
	Kind Kind
	Seat string
	Desk Desk
}

// Fellows returns the members that an organisation may know of, the oldest seat first: those that show themselves to members, and itself.
func (s *Service) Fellows(ctx context.Context, by access.Actor, organisationID string) ([]Fellow, error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return nil, err
	}
	list, err := s.seated(ctx, true)
	out := []Fellow{}
	for i := range list {
		if o := &list[i]; o.Visibility != Station || o.ID == organisationID {
			out = append(out, Fellow{o.ID, o.Name, o.Kind, o.Seat, o.Desk})
		}
	}
	return out, err
}

// Reading is a meeting as an organisation reads it.
type Reading struct {
	Meeting
	// Names are those of the members that it may know of, by id.
	Names map[string]lang.Text
	// Actions are what the meeting decided, once the minutes are out: who does what by when and how far it is. What proves it is between its
	// organisation and the liaison.
	Actions []Action
}

// Read returns a meeting with what was decided, as an organisation reads it: fault.NotFound.
func (s *Service) Read(ctx context.Context, by access.Actor, organisationID, id string) (Reading, error) {
	m, names, err := s.memberMeeting(ctx, by, organisationID, id)
	out := Reading{m, names, []Action{}}
	if err != nil || m.State != Asked && m.State != Published {
		return out, err
	}
	out.Actions, err = s.actionsOf(ctx, id)
	for i := range out.Actions {
		if a := &out.Actions[i]; a.OrganisationID != organisationID {
			a.Evidence, a.Reason = []Evidence{}, ""
		}
	}
	return out, err
}

// MemberMeeting returns one as an organisation reads it: fault.NotFound.
func (s *Service) MemberMeeting(ctx context.Context, by access.Actor, organisationID, id string) (Meeting, error) {
	m, _, err := s.memberMeeting(ctx, by, organisationID, id)
	return m, err
}

// memberMeeting takes the names of organisations that only the liaison knows of from what others read of a meeting. names are those of
// today's members that the organisation may know of.
func (s *Service) memberMeeting(ctx context.Context, by access.Actor, organisationID, id string) (m Meeting, names map[string]lang.Text, err error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return m, nil, err
	}
	if m, err = s.meetings.Get(ctx, id); err != nil {
		return Meeting{}, nil, err
	}
	m = m.ForMembers(organisationID)
	secret := []string{}
	names = map[string]lang.Text{}
	for _, active := range []bool{true, false} {
		list, err := s.seated(ctx, active)
		if err != nil {
			return Meeting{}, nil, err
		}
		for i := range list {
			switch o := &list[i]; {
			case o.Visibility == Station && o.ID != organisationID:
				secret = append(secret, o.ID)
			case active:
				names[o.ID] = o.Name
			}
		}
	}
	m.Rows = slices.Clone(m.Rows)
	for i := range m.Rows {
		if slices.Contains(secret, m.Rows[i].OrganisationID) {
			m.Rows[i].Name = ""
		}
	}
	return m, names, nil
}
