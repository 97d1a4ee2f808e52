package assembly

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Progress is how far an action item is.
type Progress string

// The progress: open, done with evidence, checked by the liaison, or withdrawn with a reason.
const (
	Todo      Progress = "open"
	Done      Progress = "done"
	Checked   Progress = "checked"
	Withdrawn Progress = "withdrawn"
)

// Progresses lists them in their order.
var Progresses = []Progress{Todo, Done, Checked, Withdrawn}

// Action is an action item 行动项: what an organisation does by when, as a meeting decided.
type Action struct {
	store.Meta
	audit.Trail
	MeetingID      string     `json:"meeting_id"`
	TopicID        string     `json:"topic_id"`
	Text           string     `json:"text"`
	OrganisationID string     `json:"organisation_id"`
	Due            string     `json:"due"` // YYYY-MM-DD
	State          Progress   `json:"state"`
	Evidence       []Evidence `json:"evidence"`
	Reason         string     `json:"reason,omitempty"` // why it was opened again, or withdrawn
}

// Evidence shows that something was done.
type Evidence struct {
	Text  string          `json:"text"`
	Photo *media.Evidence `json:"photo,omitempty"`
	At    time.Time       `json:"at"`
	// AccountID sent it, for OrganisationID; empty: the liaison.
	AccountID      string `json:"account_id"`
	OrganisationID string `json:"organisation_id,omitempty"`
}

// MaxEvidence is how many pieces an action item takes; one more each time it is opened again.
const MaxEvidence = 10

// mostOpen bounds the action items that are not closed: every one of them comes back on the next agenda, and all of those are one form.
const mostOpen = 400

// Overdue reports whether it is late on a day, YYYY-MM-DD.
func (a *Action) Overdue(today string) bool { return a.State == Todo && a.Due < today }

// Assign makes an action item of a decision, for an organisation: fault.Invalid, also for the same once more; fault.NotFound;
// fault.Conflict when too many wait already.
func (s *Service) Assign(ctx context.Context, by access.Actor, meetingID, topicID, text, organisationID, due string) (Action, error) {
	m, err := s.Meeting(ctx, by, meetingID)
	if err != nil {
		return Action{}, err
	}
	if err := require(by, access.AssemblyEdit); err != nil {
		return Action{}, err
	}
	if err := m.in(Held, Asked, Published); err != nil {
		return Action{}, err
	}
	text = lang.Clean(text)
	wrong := append((lang.Limit{Max: MaxTitle, Must: true}).Check("text", text), date("due", due)...)
	if !slices.ContainsFunc(m.OnAgenda(), func(t Topic) bool { return t.ID == topicID }) {
		wrong = append(wrong, fault.Field{Name: "topic", Key: "error.choice"})
	}
	if o, err := s.organisations.Get(ctx, organisationID); err != nil || !o.Active {
		wrong = append(wrong, fault.Field{Name: "organisation", Key: "error.choice"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Action{}, err
	}
	if err := s.room(ctx); err != nil {
		return Action{}, err
	}
	id, err := s.newAction(ctx, meetingID, topicID, text, organisationID, due)
	if err != nil {
		return Action{}, err
	}
	a := Action{Meta: store.Meta{ID: id}, MeetingID: meetingID, TopicID: topicID, Text: text, OrganisationID: organisationID, Due: due, State: Todo, Evidence: []Evidence{}}
	err = s.actions.Insert(ctx, by, audit.Write{Action: access.AssemblyEdit, Title: text}, &a)
	if fault.Is(err, fault.Conflict) {
		err = twice()
	}
	return a, err
}

// room refuses one more action item that is not closed where there are too many.
func (s *Service) room(ctx context.Context) error {
	if n, err := s.actions.Count(ctx, store.Where("state", store.In, unclosedStates)); err != nil || n >= mostOpen {
		return errors.Join(err, cannot("assembly.wrong.many_open", "too many action items are open"))
	}
	return nil
}

func twice() error { return fault.Wrong("text", "assembly.wrong.twice", nil) }

// newAction is the id of an item, made of what it says, so that of two presses of a button at the same time one is refused. The same may
// be assigned again once it was withdrawn.
func (s *Service) newAction(ctx context.Context, meetingID, topicID, text, organisationID, due string) (string, error) {
	list, err := s.actionsOf(ctx, meetingID)
	if err != nil {
		return "", err
	}
	withdrawn := 0
	for i := range list {
		if a := &list[i]; a.TopicID == topicID && a.Text == text && a.OrganisationID == organisationID && a.Due == due {
			if a.State != Withdrawn {
				return "", twice()
			}
			withdrawn++
		}
	}
	return hashOf([]any{meetingID, topicID, text, organisationID, due, withdrawn})[:26], nil
}

// Prove adds evidence for an organisation, or with organisationID "" for the liaison, and says that the item is done. Without a text
// nothing is evidence: fault.Invalid.
func (s *Service) Prove(ctx context.Context, by access.Actor, organisationID, id string, e Evidence) (Action, error) {
	act := access.AssemblyEdit
	if organisationID != "" {
		act = access.AssemblyMember
		if _, err := s.OwnAction(ctx, by, organisationID, id); err != nil {
			return Action{}, err
		}
	} else if err := require(by, act); err != nil {
		return Action{}, err
	}
	e.Text = lang.Clean(e.Text)
	if err := fault.Wrongs((lang.Limit{Max: MaxText, Must: true, Prose: true}).Check("text", e.Text)); err != nil {
		return Action{}, err
	}
	e.At, e.AccountID, e.OrganisationID = s.Now().UTC().Truncate(time.Millisecond), by.Who(), organisationID
	return s.act(ctx, by, act, id, 0, "evidence", func(a *Action) error {
		switch {
		case a.State == Checked || a.State == Withdrawn:
			return cannot("assembly.wrong.state", "the item is closed")
		case len(a.Evidence) >= MaxEvidence && (a.State != Todo || a.Reason == ""):
			return cannot("assembly.wrong.full", "enough evidence")
		}
		a.Evidence = append(slices.Clone(a.Evidence), e)
		a.State, a.Reason = Done, ""
		return nil
	})
}

// Close says after a look that an item is done. Without evidence it stays open, and whose evidence says that it is done does not close it:
// fault.Conflict.
func (s *Service) Close(ctx context.Context, by access.Actor, id string, rev int64) (Action, error) {
	return s.end(ctx, by, id, rev, "checked", func(a *Action) error {
		if a.State != Done || len(a.Evidence) == 0 {
			return cannot("assembly.wrong.evidence", "nothing shows that it is done")
		}
		if a.Evidence[len(a.Evidence)-1].AccountID == by.Who() {
			return cannot("assembly.wrong.prover", "closed by who says that it is done")
		}
		a.State = Checked
		return nil
	})
}

// Reopen opens an item again, with a reason its organisation reads, and puts it back on the agendas of the meetings that are to come. One
// that was closed is fault.Conflict when too many wait already.
func (s *Service) Reopen(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Action, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Action{}, err
	}
	full := s.room(ctx)
	if full != nil && !fault.Is(full, fault.Conflict) {
		return Action{}, full
	}
	a, err := s.judge(ctx, by, id, rev, reason, func(a *Action) error {
		switch {
		case a.State == Todo:
			return errOpen
		case a.State != Done && full != nil:
			return full
		}
		a.State, a.Reason = Todo, reason
		return nil
	})
	if err == nil {
		return a, s.putOn(ctx, by, a)
	}
	if errors.Is(err, errOpen) { // cut off the last time, before the agendas heard of it
		if now, lost := s.actions.Get(ctx, id); lost == nil && now.State == Todo {
			err = errors.Join(err, s.putOn(ctx, by, now))
		}
	}
	return a, err
}

// WithdrawAction ends an item that nobody is to do any more, with a reason its organisation reads: fault.Conflict for one that is closed.
func (s *Service) WithdrawAction(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Action, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Action{}, err
	}
	return s.end(ctx, by, id, rev, reason, func(a *Action) error {
		if a.State == Checked || a.State == Withdrawn {
			return cannot("assembly.wrong.state", "the item is closed")
		}
		a.State, a.Reason = Withdrawn, reason
		return nil
	})
}

// end judges that nobody has to see to an item any more.
func (s *Service) end(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Action) error) (Action, error) {
	a, err := s.judge(ctx, by, id, rev, why, f)
	if err == nil {
		err = s.takeOff(ctx, by, id)
	}
	return a, err
}

func (s *Service) judge(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Action) error) (Action, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Action{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Action{}, err
	}
	return s.act(ctx, by, access.AssemblyEdit, id, rev, why, f)
}

func (s *Service) act(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Action) error) (Action, error) {
	return s.actions.UpdateAs(ctx, by, id, rev, func(a *Action) (audit.Write, error) {
		err := f(a)
		return audit.Write{Action: act, Title: a.Text, Why: why}, err
	})
}

// Action returns one, for who works on the joint meeting: fault.NotFound.
func (s *Service) Action(ctx context.Context, by access.Actor, id string) (Action, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return Action{}, err
	}
	return s.actions.Get(ctx, id)
}

// OwnAction returns one of an organisation, for its people: fault.NotFound.
func (s *Service) OwnAction(ctx context.Context, by access.Actor, organisationID, id string) (Action, error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return Action{}, err
	}
	a, err := s.actions.Get(ctx, id)
	if err == nil && a.OrganisationID != organisationID {
		return Action{}, fault.Missing()
	}
	return a, err
}

// Actions returns those of one progress, the one due first before the others, a page at a time.
func (s *Service) Actions(ctx context.Context, by access.Actor, p Progress, cursor string, limit int) (store.Page[Action], error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return store.Page[Action]{Items: []Action{}}, err
	}
	return s.actions.Find(ctx, store.Where("state", store.Eq, string(p)).OrderBy("due", store.Asc).Limit(limit).After(cursor))
}

// LateActions counts those that are overdue today.
func (s *Service) LateActions(ctx context.Context, by access.Actor) (int, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return 0, err
	}
	return s.actions.Count(ctx, store.Where("state", store.Eq, string(Todo)).And("due", store.Lt, calendar.Today(s.Now()).String()))
}

// OwnActions returns those of an organisation that are not closed, the one due first before the others, a page at a time.
func (s *Service) OwnActions(ctx context.Context, by access.Actor, organisationID, cursor string, limit int) (store.Page[Action], error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return store.Page[Action]{Items: []Action{}}, err
	}
	return s.actions.Find(ctx, store.Where("organisation_id", store.Eq, organisationID).And("state", store.In, unclosedStates).OrderBy("due", store.Asc).Limit(limit).After(cursor))
}

// ActionsOf returns the action items of a meeting.
func (s *Service) ActionsOf(ctx context.Context, by access.Actor, meetingID string) ([]Action, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return nil, err
	}
	return s.actionsOf(ctx, meetingID)
}

func (s *Service) actionsOf(ctx context.Context, meetingID string) ([]Action, error) {
	page, err := s.actions.Find(ctx, store.Where("meeting_id", store.Eq, meetingID).Limit(100))
	return page.Items, err
}

// unclosedStates are those of an item that somebody still has to see to.
var unclosedStates = []string{string(Todo), string(Done)}

// unclosed returns the action items that come back on the next agenda: all of them, the one due first before the others.
func (s *Service) unclosed(ctx context.Context) ([]Action, error) {
	out := []Action{}
	for a, err := range s.actions.Each(ctx, store.Where("state", store.In, unclosedStates).OrderBy("due", store.Asc)) {
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// takeOff takes an item that is closed off the agendas of the meetings that are to come, but for the last topic of one: there has to be
// something to meet about, and to write down.
func (s *Service) takeOff(ctx context.Context, by access.Actor, id string) error {
	carried := func(t Topic) bool { return t.ActionID == id }
	return s.agendas(ctx, by, "closed", func(m *Meeting) bool {
		if len(m.OnAgenda()) < 2 || !slices.ContainsFunc(m.Topics, carried) {
			return false
		}
		m.Topics = slices.DeleteFunc(slices.Clone(m.Topics), carried)
		return true
	})
}

// putOn puts an item that is open again back on the agendas of the meetings that are to come.
func (s *Service) putOn(ctx context.Context, by access.Actor, a Action) error {
	return s.agendas(ctx, by, "reopened", func(m *Meeting) bool { return m.bring(a) })
}

// errOpen refuses to open an item that is open.
var errOpen = cannot("assembly.wrong.state", "the item is open")

// errAsItIs leaves a meeting alone that somebody else has changed meanwhile.
var errAsItIs = errors.New("assembly: nothing to change")

// agendas changes the settled agendas of the meetings that are to come; f reports whether it changed one.
func (s *Service) agendas(ctx context.Context, by access.Actor, why string, f func(*Meeting) bool) error {
	page, err := s.list(ctx, []State{Agenda, Called}, "", watched)
	if err != nil {
		return err
	}
	for i := range page.Items {
		if m := &page.Items[i]; !m.At.After(s.Now()) || !f(m) {
			continue
		}
		_, err = s.write(ctx, by, access.AssemblyEdit, page.Items[i].ID, 0, why, func(m *Meeting) error {
			if m.State != Agenda && m.State != Called || !f(m) { // as it stands now
				return errAsItIs
			}
			return nil
		})
		if err != nil && !errors.Is(err, errAsItIs) {
			return err
		}
	}
	return nil
}
