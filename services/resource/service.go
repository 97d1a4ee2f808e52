// Package resource keeps what organisations of the district offer each other and what they seek: a hall, parking after hours, a legal
// clinic, printing, skills. Two of them come together, agree, and both say that it was delivered; only that counts.
//
// It deals with organisations, never with persons. Suggestions go by kind and place alone, and there are no points to collect.
package resource

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Members are the organisations; assembly.Service has them.
type Members interface {
	// Own returns an organisation for somebody who acts for it: fault.NotFound for everybody else.
	Own(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
	// Reach returns an organisation with the accounts that act for it.
	Reach(ctx context.Context, id string) (assembly.Organisation, []string, error)
	// Seated holds the ids of the organisations that have a seat at this moment.
	Seated(ctx context.Context) (map[string]bool, error)
}

// Letters reach the people who act for an organisation. Sent twice with the same key a letter arrives once where the engine can tell;
// somebody who cannot be reached is no error.
type Letters interface {
	// TellLapse says that something ends soon unless it is renewed; args are Title, Day and Link.
	TellLapse(ctx context.Context, accountID, key string, args map[string]any) error
	// TellMatch says that another organisation wants to come together about something; args are Title and Link.
	TellMatch(ctx context.Context, accountID, key string, args map[string]any) error
	// TellEnded says that what two organisations were at has ended without being counted; args are Title and Link.
	TellEnded(ctx context.Context, accountID, key string, args map[string]any) error
}

// Deps are what New needs.
type Deps struct {
	DB      store.DB
	Log     *audit.Log
	Members Members
	Letters Letters // nil: nobody is written to
	// Link returns the address of what an organisation offers and seeks.
	Link func(organisationID string) string
	Now  func() time.Time
}

// The kinds of things, as the trail calls them.
const (
	kindPost = "resource"
	kindDeal = "resource_deal"
)

// Service keeps offers, needs and what comes of them. It is safe for concurrent use.
type Service struct {
	Deps
	posts *audit.Recorded[Post]
	deals *audit.Recorded[Deal]
}

// New returns the resources on d.DB.
func New(d Deps) *Service {
	follow := store.Follow("audit")
	return &Service{
		Deps: d,
		posts: audit.Record(store.NewCollection[Post](d.DB, "resources",
			store.Index("state", "until"), store.Index("organisation_id", "created_at"), store.Index("state", "side", "kind"), store.Index("shown", "created_at"), follow, store.Sealed()), d.Log, kindPost),
		deals: audit.Record(store.NewCollection[Deal](d.DB, "resource_deals",
			store.Unique("key"), store.Index("state", "created_at"), store.Index("state", "kind"), store.Index("giver_id", "created_at"), store.Index("taker_id", "created_at"), follow), d.Log, kindDeal),
	}
}

// Revision changes with everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) { return s.posts.Revision(ctx) }

// Limits of texts, in characters.
const (
	MaxTitle  = 40
	MaxText   = 300
	MaxReason = 200
)

// cannot is the fault of a step that a thing is not at.
func cannot(why string) error {
	return fault.New(fault.Conflict, "resource.wrong.state", errors.New("resource: "+why))
}

// at is an instant as it is stored.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (s *Service) today() calendar.Date { return calendar.Today(s.Now()) }

// acts reports whether by offers, seeks and agrees for the organisation: fault.NotFound.
func (s *Service) acts(ctx context.Context, by access.Actor, organisationID string) error {
	o, err := s.Members.Own(ctx, by, organisationID)
	if err != nil {
		return err
	}
	return access.Require(by, access.ResourceOwn, o.Thing(by))
}

// write sends every person of an organisation a letter; nobody acts for one whose seat has ended. One that does not leave is noted: who missed it sees the matter at the next
// visit.
func (s *Service) write(ctx context.Context, organisationID string, send func(accountID string) error) {
	if s.Letters == nil {
		return
	}
	o, people, err := s.Members.Reach(ctx, organisationID)
	if err == nil && !o.Active {
		return
	}
	for _, id := range slices.Compact(people) {
		err = errors.Join(err, send(id))
	}
	if err != nil {
		slog.WarnContext(ctx, "a message about a resource did not leave", "error", err)
	}
}
