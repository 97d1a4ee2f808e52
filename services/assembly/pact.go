package assembly

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Pact is one version of what the members sign 公约. A version never changes; a new one asks every member again.
type Pact struct {
	store.Meta
	audit.Trail
	Number int       `json:"number"` // counts from 1
	Text   lang.Text `json:"text"`
	From   time.Time `json:"from"` // since when it is asked for
}

// Hash identifies what was signed.
func (p *Pact) Hash() string { return hashOf(p.Text) }

// mostPacts bounds the versions that are listed.
const mostPacts = 100

// Pacts returns the versions, the newest first, for who works on the joint meeting.
func (s *Service) Pacts(ctx context.Context, by access.Actor) ([]Pact, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return nil, err
	}
	return s.versions(ctx)
}

func (s *Service) versions(ctx context.Context) ([]Pact, error) {
	return store.Collect(s.pacts.Each(ctx, store.All().OrderBy("number", store.Desc).Limit(mostPacts)), mostPacts)
}

// CurrentPact returns the version that is asked for, for the people of an organisation; false where there is none.
func (s *Service) CurrentPact(ctx context.Context, by access.Actor, organisationID string) (Pact, bool, error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return Pact{}, false, err
	}
	list, err := s.versions(ctx)
	if err != nil || len(list) == 0 {
		return Pact{}, false, err
	}
	return list[0], true, nil
}

// Renew makes the next version of the pact after the one that was shown (0: none yet), which every member is asked to sign:
// fault.Conflict when somebody else made it meanwhile or it says what the last one says.
func (s *Service) Renew(ctx context.Context, by access.Actor, after int, text lang.Text) (Pact, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Pact{}, err
	}
	text = text.Clean()
	if err := fault.Wrongs((lang.Limit{Max: MaxPact, Must: true, Prose: true}).CheckText("text", text)); err != nil {
		return Pact{}, err
	}
	list, err := s.versions(ctx)
	if err != nil {
		return Pact{}, err
	}
	last := 0
	if len(list) > 0 {
		last = list[0].Number
		if list[0].Text == text {
			return Pact{}, fault.Wrong("text", "assembly.wrong.same", nil)
		}
	}
	if last != after {
		return Pact{}, fault.New(fault.Conflict, "error.stale", nil)
	}
	p := Pact{Number: last + 1, Text: text, From: s.Now().UTC().Truncate(time.Millisecond)}
	err = s.pacts.Insert(ctx, by, audit.Write{Action: access.AssemblyEdit}, &p)
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "error.stale", err)
	}
	return p, err
}

// Sign signs the current version for an organisation. hash is of the text that was read: fault.Conflict when a newer one is asked for.
func (s *Service) Sign(ctx context.Context, by access.Actor, organisationID, hash string) (Organisation, error) {
	p, ok, err := s.CurrentPact(ctx, by, organisationID)
	switch {
	case err != nil:
		return Organisation{}, err
	case !ok || p.Hash() != hash:
		return Organisation{}, fault.New(fault.Conflict, "error.stale", nil)
	}
	return s.organisations.UpdateAs(ctx, by, organisationID, 0, func(o *Organisation) (audit.Write, error) {
		if err := access.Require(by, access.AssemblyMember, o.Thing(by)); err != nil {
			return audit.Write{}, err
		}
		if _, done := o.HasSigned(p.Number); !done {
			o.Signed = append(slices.Clone(o.Signed), Signing{Version: p.Number, Hash: hash, At: s.Now().UTC().Truncate(time.Millisecond), AccountID: by.Who()})
		}
		return audit.Write{Action: access.AssemblyMember, Title: o.Name.Hans}, nil
	})
}
