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

// unname takes the names of organisations that only the liaison knows of from what others read of a meeting.
func (s *Service) unname(ctx context.Context, m *Meeting, organisationID string) error {
	secret := []string{}
	for _, active := range []bool{true, false} {
		list, err := s.seated(ctx, active)
		if err != nil {
			return err
		}
		for i := range list {
			if o := &list[i]; o.Visibility == Station && o.ID != organisationID {
				secret = append(secret, o.ID)
			}
		}
	}
	m.Rows = slices.Clone(m.Rows)
	for i := range m.Rows {
		if slices.Contains(secret, m.Rows[i].OrganisationID) {
			m.Rows[i].Name = ""
		}
	}
	return nil
}

// MemberActions returns what a meeting decided, as an organisation reads it once the minutes are out: who does what by when and how far it
// is. What proves it is between its organisation and the liaison.
func (s *Service) MemberActions(ctx context.Context, by access.Actor, organisationID, meetingID string) ([]Action, error) {
	m, err := s.MemberMeeting(ctx, by, organisationID, meetingID)
	if err != nil || m.State != Asked && m.State != Published {
		return []Action{}, err
	}
	list, err := s.actionsOf(ctx, meetingID)
	for i := range list {
		if list[i].OrganisationID != organisationID {
			list[i].Evidence, list[i].Reason = []Evidence{}, ""
		}
	}
	return list, err
}
