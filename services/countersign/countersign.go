// Package countersign keeps what takes two people 双人复核: one proposes, another confirms exactly that within seven days, and only then
// it is done. What is done is registered by kind; this package knows who, when and what, and that it happens once.
package countersign

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Object is what the trail calls proposals.
const Object = "countersign"

// For is how long a proposal waits for a second person.
const For = 7 * 24 * time.Hour

// State is where a proposal stands.
type State string

// The states. Confirmed is between the second signature and the deed: what a crash leaves there is carried out by Settle.
const (
	Waiting   State = "waiting"
	Confirmed State = "confirmed"
	Done      State = "done"
	Failed    State = "failed" // it could not be done any more, see Fault
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Expired   State = "expired"
)

// Person is who signed.
type Person struct {
	Account string `json:"account"`
	Name    string `json:"name"`
}

// Proposal is what one person proposes to another.
type Proposal struct {
	store.Meta
	audit.Trail
	Kind string `json:"kind"` // which deed
	// Slot keeps a second proposal about the same thing out while one waits; it is made from Kind and Subject.
	Slot    string `json:"slot"`
	Subject string `json:"subject"`
	Title   string `json:"title"`   // what people call the thing
	Content string `json:"content"` // JSON: exactly what would be done
	Why     string `json:"why"`

	State   State     `json:"state"`
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
	Second  Person    `json:"second"`
	Decided time.Time `json:"decided"`
	Reason  string    `json:"reason"` // of a refusal
	Fault   string    `json:"fault"`  // the key of a message: why it could not be done
}

// Hash identifies what a proposal would do. Who confirms sends back the hash of what was on the page.
func (p *Proposal) Hash() string {
	sum := sha256.Sum256([]byte(p.ID + "\x00" + p.Kind + "\x00" + p.Content))
	return hex.EncodeToString(sum[:16])
}

// StateAt is the state at now: what nobody confirmed in time has expired.
func (p *Proposal) StateAt(now time.Time) State {
	if p.State == Waiting && !now.Before(p.Until) {
		return Expired
	}
	return p.State
}

// Read decodes what would be done.
func (p *Proposal) Read(v any) error {
	if err := json.Unmarshal([]byte(p.Content), v); err != nil {
		return fault.New(fault.Internal, "error.internal", fmt.Errorf("countersign: %w", err))
	}
	return nil
}

// Deed is what the proposals of a kind do.
type Deed struct {
	// Action is what both people must be allowed to do.
	Action access.Action
	// Do does it in the name of the second person. Doing it twice must be harmless, for a crash in between lets it be done again.
	// fault.Conflict or fault.NotFound mean that it cannot be done any more.
	Do func(ctx context.Context, by access.Actor, p Proposal) error
}

// Service keeps the proposals.
type Service struct {
	docs  *audit.Recorded[Proposal]
	deeds map[string]Deed
	now   func() time.Time
}

// New returns the proposals on db, which write to the trail log.
func New(db store.DB, log *audit.Log, now func() time.Time) *Service {
	coll := store.NewCollection[Proposal](db, "countersigns",
		store.Unique("slot"), store.Index("state", "until"), store.Index("state", "decided"), store.Follow("audit"))
	return &Service{docs: audit.Record(coll, log, Object, audit.Hide("slot")), deeds: map[string]Deed{}, now: now}
}

// Register says what the proposals of a kind do. It belongs to the start of the program; a kind twice is a mistake of it.
func (s *Service) Register(kind string, d Deed) {
	if _, ok := s.deeds[kind]; ok || d.Do == nil || d.Action == "" {
		panic("countersign: " + kind + " is registered twice, or without what it does")
	}
	s.deeds[kind] = d
}

// Draft is what somebody proposes. Subject is the id of the thing it is about: of one kind and subject one proposal waits at a time.
type Draft struct {
	Kind, Subject, Title, Why string
	Content                   any
}

var whyLimit = lang.Limit{Max: 300, Prose: true}

func (s *Service) may(by access.Actor, act access.Action, kind string) error {
	d, ok := s.deeds[kind]
	if !ok {
		return fault.New(fault.NotFound, "error.not_found", errors.New("countersign: nobody registered "+kind))
	}
	t := access.Thing{Kind: Object}
	if err := access.Require(by, act, t); err != nil {
		return err
	}
	return access.Require(by, d.Action, t)
}

// Propose puts something before a second person: fault.Conflict "countersign.wrong.waiting" while the same is proposed already.
func (s *Service) Propose(ctx context.Context, by access.Actor, d Draft) (Proposal, error) {
	if err := s.may(by, access.CountersignPropose, d.Kind); err != nil {
		return Proposal{}, err
	}
	d.Why = lang.Clean(d.Why)
	if wrong := whyLimit.Check("why", d.Why); len(wrong) > 0 {
		return Proposal{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	content, err := json.Marshal(d.Content)
	if err != nil {
		return Proposal{}, fault.New(fault.Internal, "error.internal", err)
	}
	at := s.now()
	p := Proposal{
		Kind: d.Kind, Subject: d.Subject, Slot: d.Kind + "/" + d.Subject, Title: d.Title, Content: string(content), Why: d.Why,
		State: Waiting, By: Person{by.AccountID, by.Name}, At: at, Until: at.Add(For),
	}
	if old, err := s.docs.GetBy(ctx, "slot", p.Slot); err == nil && old.StateAt(at) == Expired {
		if _, err := s.end(ctx, access.System("schedule"), old.ID, Expired, nil); err != nil {
			return Proposal{}, err
		}
	}
	err = s.docs.Insert(ctx, by, audit.Write{Action: access.CountersignPropose, Title: d.Title, Why: d.Why}, &p)
	if fault.Is(err, fault.Conflict) {
		return Proposal{}, fault.New(fault.Conflict, "countersign.wrong.waiting", err)
	}
	return p, err
}

// Get returns a proposal for those who may read them: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Proposal, error) {
	if err := access.Require(by, access.CountersignRead, access.Thing{Kind: Object}); err != nil {
		return Proposal{}, err
	}
	return s.docs.Get(ctx, id)
}

// Open returns the proposal about a subject that waits: fault.NotFound when there is none.
func (s *Service) Open(ctx context.Context, by access.Actor, kind, subject string) (Proposal, error) {
	if err := access.Require(by, access.CountersignRead, access.Thing{Kind: Object}); err != nil {
		return Proposal{}, err
	}
	p, err := s.docs.GetBy(ctx, "slot", kind+"/"+subject)
	if err == nil && p.StateAt(s.now()) != Waiting {
		err = fault.New(fault.NotFound, "error.not_found", errors.New("countersign: it has expired"))
	}
	return p, err
}

// Waits returns the proposals that wait, the one that ends soonest first.
func (s *Service) Waits(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Proposal], error) {
	if err := access.Require(by, access.CountersignRead, access.Thing{Kind: Object}); err != nil {
		return store.Page[Proposal]{}, err
	}
	return s.docs.Find(ctx, store.Where("state", store.Eq, string(Waiting)).And("until", store.Gt, s.now()).OrderBy("until", store.Asc).Limit(limit).After(cursor))
}

// Ended returns the proposals that were decided, the latest first.
func (s *Service) Ended(ctx context.Context, by access.Actor, limit int) ([]Proposal, error) {
	if err := access.Require(by, access.CountersignRead, access.Thing{Kind: Object}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("state", store.In, []string{string(Done), string(Failed), string(Refused), string(Withdrawn), string(Expired)}).
		OrderBy("decided", store.Desc).Limit(limit))
	return page.Items, err
}

// waits refuses to decide on anything but a proposal that waits and has this hash.
func (s *Service) waits(p *Proposal, hash string) error {
	switch {
	case p.StateAt(s.now()) == Expired:
		return fault.New(fault.Conflict, "countersign.wrong.expired", errors.New("countersign: nobody confirmed in time"))
	case p.State != Waiting:
		return fault.New(fault.Conflict, "countersign.wrong.decided", errors.New("countersign: it is "+string(p.State)))
	case p.Hash() != hash:
		return fault.New(fault.Conflict, "error.stale", errors.New("countersign: not what was shown"))
	}
	return nil
}

// own refuses who proposed it, and everybody who is no person.
func own(p *Proposal, by access.Actor) error {
	if by.AccountID == "" || by.AccountID == p.By.Account {
		return fault.New(fault.Forbidden, "countersign.wrong.own", errors.New("countersign: confirmed by who proposed it"))
	}
	return nil
}

// Confirm is the second signature, on what was shown under hash; what was proposed is then done. fault.Forbidden for who proposed it;
// fault.Conflict when it was decided, has expired, is not what was shown, or cannot be done any more: then it has failed.
func (s *Service) Confirm(ctx context.Context, by access.Actor, id, hash string) (Proposal, error) {
	p, err := s.Get(ctx, by, id)
	if err != nil {
		return Proposal{}, err
	}
	if err := s.may(by, access.CountersignDecide, p.Kind); err != nil {
		return Proposal{}, err
	}
	p, err = s.docs.Update(ctx, by, audit.Write{Action: access.CountersignDecide, Title: p.Title, Why: "confirmed"}, id, 0, func(p *Proposal) error {
		if err := s.waits(p, hash); err != nil {
			return err
		}
		if err := own(p, by); err != nil {
			return err
		}
		p.State, p.Second, p.Decided = Confirmed, Person{by.AccountID, by.Name}, s.now()
		return nil
	})
	if err != nil {
		return Proposal{}, err
	}
	return s.carryOut(ctx, by, p)
}

// carryOut does what two people signed and notes how it ended.
func (s *Service) carryOut(ctx context.Context, by access.Actor, p Proposal) (Proposal, error) {
	failed := s.deeds[p.Kind].Do(ctx, by, p)
	f, _ := errors.AsType[*fault.Error](failed)
	switch {
	case failed == nil:
		return s.end(ctx, by, p.ID, Done, nil)
	case f != nil && (f.Kind == fault.Conflict || f.Kind == fault.NotFound || f.Kind == fault.Invalid):
		if _, err := s.end(ctx, by, p.ID, Failed, func(p *Proposal) { p.Fault = f.Key }); err != nil {
			return p, err
		}
	}
	return p, failed // it stays Confirmed, and Settle tries again
}

func (s *Service) end(ctx context.Context, by access.Actor, id string, to State, more func(*Proposal)) (Proposal, error) {
	return s.docs.UpdateAs(ctx, by, id, 0, func(p *Proposal) (audit.Write, error) {
		w := audit.Write{Action: access.CountersignDecide, Title: p.Title, Why: string(to)}
		if p.State != Waiting && p.State != Confirmed {
			return w, fault.New(fault.Conflict, "countersign.wrong.decided", errors.New("countersign: it is "+string(p.State)))
		}
		p.State, p.Slot = to, "-"+rand.Text()
		if more != nil {
			more(p)
		}
		if p.Decided.IsZero() {
			p.Decided = s.now()
		}
		return w, nil
	})
}

var reasonLimit = lang.Limit{Max: 300, Must: true, Prose: true}

// Refuse is the answer of a second person who does not agree, with a reason: fault.Invalid without one.
func (s *Service) Refuse(ctx context.Context, by access.Actor, id, hash, reason string) (Proposal, error) {
	p, err := s.Get(ctx, by, id)
	if err != nil {
		return Proposal{}, err
	}
	if err := s.may(by, access.CountersignDecide, p.Kind); err != nil {
		return Proposal{}, err
	}
	reason = lang.Clean(reason)
	if wrong := reasonLimit.Check("reason", reason); len(wrong) > 0 {
		return Proposal{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return s.docs.Update(ctx, by, audit.Write{Action: access.CountersignDecide, Title: p.Title, Why: reason}, id, 0, func(p *Proposal) error {
		if err := s.waits(p, hash); err != nil {
			return err
		}
		if err := own(p, by); err != nil {
			return err
		}
		p.State, p.Slot, p.Second, p.Decided, p.Reason = Refused, "-"+rand.Text(), Person{by.AccountID, by.Name}, s.now(), reason
		return nil
	})
}

// Withdraw takes a proposal back, by who made it.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string) (Proposal, error) {
	p, err := s.Get(ctx, by, id)
	if err != nil {
		return Proposal{}, err
	}
	if err := s.may(by, access.CountersignPropose, p.Kind); err != nil {
		return Proposal{}, err
	}
	return s.docs.Update(ctx, by, audit.Write{Action: access.CountersignPropose, Title: p.Title, Why: "withdrawn"}, id, 0, func(p *Proposal) error {
		if p.By.Account != by.AccountID {
			return fault.New(fault.Forbidden, "countersign.wrong.others", errors.New("countersign: withdrawn by somebody else"))
		}
		if err := s.waits(p, p.Hash()); err != nil {
			return err
		}
		p.State, p.Slot, p.Decided = Withdrawn, "-"+rand.Text(), s.now()
		return nil
	})
}

// settleBatch is how many proposals Settle deals with at a time.
const settleBatch = 50

// Settle ends what nobody confirmed in time and carries out what a crash left between the second signature and the deed. It returns how
// many proposals it dealt with.
func (s *Service) Settle(ctx context.Context) (int, error) {
	late, err := s.docs.Find(ctx, store.Where("state", store.Eq, string(Waiting)).And("until", store.Lte, s.now()).Limit(settleBatch))
	if err != nil {
		return 0, err
	}
	ended, endErr := job.Each(late.Items, func(p *Proposal) (bool, error) {
		_, err := s.end(ctx, access.System("schedule"), p.ID, Expired, nil)
		return err == nil, err
	})
	// What was signed a moment ago is being done by who signed it.
	open, err := s.docs.Find(ctx, store.Where("state", store.Eq, string(Confirmed)).And("decided", store.Lte, s.now().Add(-underWay)).Limit(settleBatch))
	if err != nil {
		return ended, errors.Join(endErr, err)
	}
	done, doErr := job.Each(open.Items, func(p *Proposal) (bool, error) {
		_, err := s.carryOut(ctx, access.System("countersign"), *p)
		return err == nil, err
	})
	return ended + done, errors.Join(endErr, doErr)
}

// underWay is how long a deed is left to who signed it.
const underWay = 2 * time.Minute
