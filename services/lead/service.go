package lead

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/vacancy"
)

// purpose keeps what is sealed here apart from all else.
const purpose = "enquiry"

// Deps are what New needs.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Keys *secret.Ring
	// Card returns a card that everybody sees: fault.NotFound for any other.
	Card func(ctx context.Context, id string) (vacancy.Offer, error)
	// Offers says whether a reason can be chosen.
	Offers func(reason string) bool
	// Days says how long who enquired is kept, Keep at most; nil: Keep.
	Days func() int
	Now  func() time.Time // in the zone of the district
}

// Service keeps the enquiries. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Enquiry]
}

// NewService returns the enquiries on d.DB.
func NewService(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Enquiry](d.DB, "enquiries",
		store.Index("state", "created_at"), store.Index("card_id", "created_at"), store.Index("erase_on"), store.Follow("audit"), store.Sealed()),
		// The trail outlives what is personal, so it has none of it.
		d.Log, KindEnquiry, audit.Hide("sealed", "steps"))}
}

func edits(by access.Actor) error {
	return access.Require(by, access.LeadEdit, access.Thing{Kind: KindEnquiry})
}

// Send takes an enquiry about a card that everybody sees. Who sent it is kept as far as it was typed, signed in or not. fault.Invalid
// names the fields, also a tick that is missing; fault.NotFound for a card nobody sees; fault.Conflict for a unit that is reserved.
func (s *Service) Send(ctx context.Context, by access.Actor, cardID string, a Asker, agreed bool) (Enquiry, error) {
	if err := access.Require(by, access.LeadSend, access.Thing{Kind: KindEnquiry}); err != nil {
		return Enquiry{}, err
	}
	o, err := s.Card(ctx, cardID)
	if err != nil {
		return Enquiry{}, err
	}
	if !o.Asks() {
		return Enquiry{}, cannot("lead.wrong.reserved", "the unit is "+string(o.Standing))
	}
	wrong := a.read()
	if !agreed {
		wrong = append(wrong, fault.Field{Name: "agree", Key: "lead.wrong.agree"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Enquiry{}, err
	}
	b, err := json.Marshal(a)
	if err != nil {
		return Enquiry{}, err
	}
	now := s.Now()
	e := Enquiry{
		CardID: o.ID, Unit: o.Unit.Number, State: New, Steps: []Step{}, EraseOn: now.AddDate(0, 0, Keep).Format(time.DateOnly),
		Consent: &Consent{At: now.UTC().Truncate(time.Millisecond), Words: AgreedWords},
	}
	if e.Sealed, err = s.Keys.Seal(purpose, b); err != nil {
		return Enquiry{}, err
	}
	nobody := access.Actor{Request: by.Request}
	return e, s.docs.Insert(ctx, nobody, audit.Write{Action: access.LeadSend, Title: e.Unit}, &e)
}

// Agreed says when somebody agreed to which version of the words, for the ledger; the zero time once it is forgotten.
func (s *Service) Agreed(ctx context.Context, id string) (time.Time, int, error) {
	e, err := s.docs.Get(ctx, id)
	if err != nil || e.Consent == nil {
		return time.Time{}, 0, err
	}
	return e.Consent.At, e.Consent.Words, nil
}

// Get returns an enquiry with who asks, nobody once it is forgotten: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Enquiry, Asker, error) {
	if err := edits(by); err != nil {
		return Enquiry{}, Asker{}, err
	}
	e, err := s.docs.Get(ctx, id)
	if err != nil || e.Forgotten() {
		return e, Asker{}, err
	}
	a, err := s.open(&e)
	return e, a, err
}

func (s *Service) open(e *Enquiry) (a Asker, err error) {
	b, err := s.Keys.Open(purpose, e.Sealed)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(b, &a)
}

// Counts says how many enquiries are in each state.
func (s *Service) Counts(ctx context.Context, by access.Actor) (map[State]int, error) {
	if err := edits(by); err != nil {
		return nil, err
	}
	counts, err := s.docs.CountBy(ctx, "state", store.All())
	out := map[State]int{}
	for state, n := range counts {
		out[State(state)] = n
	}
	return out, err
}

// List returns the enquiries in a state, the newest first.
func (s *Service) List(ctx context.Context, by access.Actor, state State, cursor string, limit int) (store.Page[Enquiry], error) {
	return s.find(ctx, by, store.Where("state", store.Eq, string(state)), cursor, limit)
}

// OfCard returns the enquiries about a card, the newest first.
func (s *Service) OfCard(ctx context.Context, by access.Actor, cardID string, limit int) (store.Page[Enquiry], error) {
	return s.find(ctx, by, store.Where("card_id", store.Eq, cardID), "", limit)
}

func (s *Service) find(ctx context.Context, by access.Actor, q store.Query, cursor string, limit int) (store.Page[Enquiry], error) {
	if err := edits(by); err != nil {
		return store.Page[Enquiry]{Items: []Enquiry{}}, err
	}
	return s.docs.Find(ctx, q.OrderBy("created_at", store.Desc).Limit(limit).After(cursor))
}

// Move is one step of an enquiry. Lost needs a reason, and ReasonElse a note.
type Move struct {
	To     State
	Reason string
	Note   string
}

// Step brings an enquiry to its next state over the revision that was shown: fault.Invalid names the fields; fault.Conflict when it
// changed since, or where the present state does not lead there.
func (s *Service) Step(ctx context.Context, by access.Actor, id string, rev int64, m Move) (Enquiry, error) {
	if err := edits(by); err != nil {
		return Enquiry{}, err
	}
	m.Note = lang.Clean(m.Note)
	wrong := lang.Limit{Max: MaxNote, Prose: true, Must: m.To == Lost && m.Reason == ReasonElse}.Check("note", m.Note)
	switch {
	case m.To != Lost:
		m.Reason = ""
	case !s.Offers(m.Reason):
		wrong = append(wrong, fault.Field{Name: "reason", Key: "error.choice"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Enquiry{}, err
	}
	return s.change(ctx, by, id, rev, string(m.To), func(e *Enquiry) error {
		if !slices.Contains(steps[e.State], m.To) {
			return cannot("lead.wrong.state", string(e.State)+" does not lead to "+string(m.To))
		}
		e.move(m.To, by, m.Note, s.Now())
		e.Reason = m.Reason
		return nil
	})
}

// Forget erases who enquired at once, because they ask for it. An enquiry that is under way is lost with that.
func (s *Service) Forget(ctx context.Context, by access.Actor, id string, rev int64) (Enquiry, error) {
	if err := edits(by); err != nil {
		return Enquiry{}, err
	}
	return s.change(ctx, by, id, rev, "forgotten", func(e *Enquiry) error {
		if e.Forgotten() {
			return cannot("lead.wrong.forgotten", "it is forgotten")
		}
		e.forget(ReasonWithdrew, by, s.Now())
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Enquiry) error) (Enquiry, error) {
	if err := store.Seen(rev); err != nil {
		return Enquiry{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(e *Enquiry) (audit.Write, error) {
		return audit.Write{Action: access.LeadEdit, Title: e.Unit, Why: why}, f(e)
	})
}

// due finds the enquiries whose last step is so many days ago: each says when that is for Keep days.
func (s *Service) due(days int) store.Query {
	return store.Where("erase_on", store.Lte, s.Now().AddDate(0, 0, Keep-days).Format(time.DateOnly)).And("erase_on", store.Gt, "")
}

// Due returns how many the next Sweep would forget, if who enquired were kept for so many days.
func (s *Service) Due(ctx context.Context, days int) (int, error) {
	return s.docs.Count(ctx, s.due(days))
}

// Sweep forgets who enquired where nobody has gone on for as many days as they are kept, and says how many that were.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	days := Keep
	if s.Days != nil {
		days = s.Days()
	}
	page, err := s.docs.Find(ctx, s.due(days).Limit(200))
	if err != nil {
		return 0, err
	}
	return job.Each(page.Items, func(x *Enquiry) (bool, error) {
		_, err := s.docs.Update(ctx, access.System("enquiries"), audit.Write{Action: access.LeadErase, Title: x.Unit, Why: "kept long enough"}, x.ID, x.Rev, func(e *Enquiry) error {
			e.forget(ReasonSilent, access.Actor{}, s.Now())
			return nil
		})
		if fault.Is(err, fault.Conflict) { // somebody has just gone on with it
			return false, nil
		}
		return err == nil, err
	})
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("lead: "+why))
}
