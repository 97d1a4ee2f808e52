package assembly

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/ical"
)

// feedPurpose separates the key of these addresses from all others.
const feedPurpose = "assembly calendar"

// onFeed is how many meetings a calendar holds, the latest first.
const onFeed = 30

// FeedToken is what the address of the calendar of an organisation carries. A telephone asks for it without signing in, so it is as good as
// a key; NewFeed makes another one and the old one is dead.
func (s *Service) FeedToken(o *Organisation) string {
	claim := o.ID + "." + strconv.Itoa(o.Feed)
	return claim + "." + base64.RawURLEncoding.EncodeToString(s.Keys.MAC(feedPurpose, []byte(claim)))
}

// NewFeed gives the calendar of an organisation another address, for its people.
func (s *Service) NewFeed(ctx context.Context, by access.Actor, organisationID string) (Organisation, error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return Organisation{}, err
	}
	return s.staff(ctx, by, access.AssemblyMember, organisationID, "calendar", func(o *Organisation) error { o.Feed++; return nil })
}

// Feed writes the meetings that members were called to as one calendar that telephones subscribe to, with the events of ICalendar:
// fault.NotFound for an address that is none any more. name is what the calendar is called, host part of the ids.
func (s *Service) Feed(ctx context.Context, token, name, host string) ([]byte, error) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token) > 200 {
		return nil, fault.Missing()
	}
	id, n, _ := strings.Cut(token[:i], ".")
	mac, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	if err != nil || !s.Keys.Valid(feedPurpose, mac, []byte(token[:i])) {
		return nil, fault.Missing()
	}
	o, err := s.organisations.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !o.Active || strconv.Itoa(o.Feed) != n {
		return nil, fault.Missing()
	}
	page, err := s.list(ctx, []State{Called, Held, Asked, Published, Cancelled}, "", onFeed)
	if err != nil {
		return nil, err
	}
	var b ical.Writer
	b.Begin("Meetings", name)
	for i := range page.Items {
		if m := &page.Items[i]; m.State != Cancelled || m.Sequence > 0 { // who was never called needs no cancellation
			m.event(&b, host, s.Link(o.ID, m.ID))
		}
	}
	return b.End(), nil
}
