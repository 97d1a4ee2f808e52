// Package assembly keeps the joint meeting 联席会议 of the district's organisations: who has a seat, what they talk about, what they
// decided and who does it by when, the pact they signed, and the pages of the bodies they form.
//
// It knows organisations and never persons. A seat is an organisation's; whom to ring is a desk with its number. What an account did for
// an organisation is in the trail, and nothing here says of anybody whether they belong to a party, came to a meeting or paid dues.
package assembly

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"time"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Letters reach the people who act for an organisation.
type Letters interface {
	// MerchantPeople returns the accounts of the owners and managers of a merchant; none where it is gone.
	MerchantPeople(ctx context.Context, merchantID string) ([]string, error)
	// TellMeeting says when and where a meeting is; args are Title, When, Place and Link. Sent twice with the same key it arrives once where
	// the engine can tell. Somebody who cannot be reached is no error.
	TellMeeting(ctx context.Context, accountID, key string, args map[string]any) error
	// TellCancelled says that a meeting is off; args are those of TellMeeting.
	TellCancelled(ctx context.Context, accountID, key string, args map[string]any) error
	// TellMinutes asks to confirm minutes; args are Title, Due and Link.
	TellMinutes(ctx context.Context, accountID, key string, args map[string]any) error
	// TellTakenBack says that minutes were taken back to be changed and will be asked again; args are Title, Reason and Link.
	TellTakenBack(ctx context.Context, accountID, key string, args map[string]any) error
	// AskSpeaker sends the link with which somebody begins to act for an organisation; args are Name, Link and Days.
	AskSpeaker(ctx context.Context, to account.Contact, l lang.Tag, key string, args map[string]any) error
}

// Deps are what New needs.
type Deps struct {
	DB      store.DB
	Log     *audit.Log
	Letters Letters // nil: nobody is written to
	// Link returns the address of a meeting as the people of an organisation open it.
	Link func(organisationID, meetingID string) string
	// Join returns the address of an invitation for the bearer of its token.
	Join func(token string) string
	Keys *secret.Ring
	Now  func() time.Time
}

// The kinds of things, as the trail calls them.
const (
	kindOrganisation = "organisation"
	kindMeeting      = "meeting"
	kindAction       = "action_item"
	kindPact         = "pact"
	kindBody         = "body"
)

// Service keeps the joint meeting. It is safe for concurrent use.
type Service struct {
	Deps
	organisations *audit.Recorded[Organisation]
	meetings      *audit.Recorded[Meeting]
	actions       *audit.Recorded[Action]
	pacts         *audit.Recorded[Pact]
	bodies        *audit.Recorded[Body]
	told          *store.Collection[toldOf]
}

// New returns the joint meeting on d.DB.
func New(d Deps) *Service {
	follow := store.Follow("audit")
	return &Service{
		Deps: d,
		organisations: audit.Record(store.NewCollection[Organisation](d.DB, "assembly_organisations",
			store.Unique("key"), store.Index("active", "created_at"), store.Multi("speakers"), store.Multi("invitations.token"), store.Multi("serves"), follow, store.Sealed()), d.Log, kindOrganisation, audit.Hide("invitations")),
		meetings: audit.Record(store.NewCollection[Meeting](d.DB, "assembly_meetings",
			store.Index("state", "at"), store.Index("shown", "at"), store.Index("summary.asked"), follow, store.Sealed()), d.Log, kindMeeting),
		actions: audit.Record(store.NewCollection[Action](d.DB, "assembly_actions",
			store.Index("state", "due"), store.Index("organisation_id", "state", "due"), store.Index("meeting_id"), follow), d.Log, kindAction),
		pacts: audit.Record(store.NewCollection[Pact](d.DB, "assembly_pacts", store.Unique("number"), follow, store.Sealed()), d.Log, kindPact),
		bodies: audit.Record(store.NewCollection[Body](d.DB, "assembly_bodies",
			store.Unique("slug"), store.Index("page.asked"), follow, store.Sealed()), d.Log, kindBody),
		told: store.NewCollection[toldOf](d.DB, "assembly_told"),
	}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	return store.Mark(ctx, s.organisations, s.meetings, s.bodies)
}

// Blobs gives the key of every picture that is evidence of an action item.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for a, err := range s.actions.Each(ctx, store.All().Limit(500)) {
			if err != nil {
				yield("", err)
				return
			}
			for _, e := range a.Evidence {
				if e.Photo != nil && !yield(e.Photo.Key, nil) {
					return
				}
			}
		}
	}
}

// mostMembers bounds how many organisations have a seat.
const mostMembers = 500

// Limits of texts, in characters.
const (
	MaxName   = 60
	MaxTitle  = 80
	MaxText   = 1000
	MaxPact   = 8000
	MaxReason = 200
)

// cannot is the fault of a step that a thing is not at.
func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("assembly: "+why))
}

// hashOf identifies what something says: SHA-256 of its JSON, in hexadecimal.
func hashOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // none of the types has anything that cannot be written
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// date checks a day, YYYY-MM-DD.
func date(name, day string) []fault.Field {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return []fault.Field{{Name: name, Key: "assembly.wrong.day"}}
	}
	return nil
}

// require asks for an action that is not about one organisation.
func require(by access.Actor, act access.Action) error {
	return access.Require(by, act, access.Thing{Kind: "assembly"})
}

// quietly notes a message that did not leave: who missed it sees the matter at the next visit.
func quietly(ctx context.Context, err error) {
	if err != nil {
		slog.WarnContext(ctx, "a message of the joint meeting did not leave", "error", err)
	}
}
