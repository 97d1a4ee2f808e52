package assembly

import (
	"errors"
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Answer is what an organisation says of the minutes.
type Answer struct {
	OrganisationID string    `json:"organisation_id"`
	OK             bool      `json:"ok"`
	Text           string    `json:"text,omitempty"` // the objection
	At             time.Time `json:"at"`
	AccountID      string    `json:"account_id"`
}

// Hash identifies the minutes: topics with what was said and decided, and who was there.
func (m *Meeting) Hash() string {
	return hashOf([]any{m.Title, m.At.UTC(), m.Place, m.OnAgenda(), m.Rows})
}

// AnswerOf returns what an organisation said of the minutes; false: nothing, which is not agreement.
func (m *Meeting) AnswerOf(organisationID string) (Answer, bool) {
	for _, a := range m.Answers {
		if a.OrganisationID == organisationID {
			return a, true
		}
	}
	return Answer{}, false
}

// Late reports whether the last day to confirm is over.
func (m *Meeting) Late(now time.Time) bool {
	return m.Due != "" && now.In(calendar.Shanghai).Format(time.DateOnly) > m.Due
}

// Ready reports whether the minutes may be published: everybody answered, or the last day is over.
func (m *Meeting) Ready(now time.Time) bool {
	if m.State != Asked {
		return false
	}
	return m.Late(now) || !slices.ContainsFunc(m.Rows, func(r Attendance) bool { _, ok := m.AnswerOf(r.OrganisationID); return !ok })
}

// Confirmed reports whether the minutes that are out can only be published any more: they are ready and nobody objects.
func (m *Meeting) Confirmed(now time.Time) bool {
	return m.Ready(now) && !slices.ContainsFunc(m.Answers, func(a Answer) bool { return !a.OK })
}

// Words are what was said and decided on a topic.
type Words struct{ Said, Decision string }

// writable says why the minutes cannot be changed.
func (m *Meeting) writable() error {
	switch m.State {
	case Asked:
		return cannot("assembly.wrong.out", "the minutes are out")
	case Published:
		return cannot("assembly.wrong.final", "the minutes are published")
	default:
		return m.in(Held)
	}
}

// write takes the minutes down, until they are out. Whoever wants to change them then takes them back, so that nobody answers to words that
// move under the answer; published ones never change.
func (m *Meeting) write(by map[string]Words) error {
	if err := m.writable(); err != nil {
		return err
	}
	m.Topics = slices.Clone(m.Topics)
	wrong := []fault.Field{}
	for i := range m.Topics {
		t := &m.Topics[i]
		w, ok := by[t.ID]
		if !ok || !t.On {
			continue
		}
		t.Said, t.Decision = lang.Clean(w.Said), lang.Clean(w.Decision)
		wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).Check("said."+t.ID, t.Said)...)
		wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).Check("decision."+t.ID, t.Decision)...)
	}
	return fault.Wrongs(wrong)
}

// ask sends the minutes out to be confirmed by a day. Those that are out and not confirmed may have another day, and keep what was answered.
func (m *Meeting) ask(due string, now time.Time) error {
	if err := m.in(Held, Asked); err != nil {
		return err
	}
	if m.Confirmed(now) {
		return cannot("assembly.wrong.confirmed", "they are confirmed")
	}
	if err := fault.Wrongs(date("due", due)); err != nil {
		return err
	}
	if due < now.In(calendar.Shanghai).Format(time.DateOnly) {
		return fault.Wrong("due", "assembly.wrong.past", nil)
	}
	if !slices.ContainsFunc(m.OnAgenda(), func(t Topic) bool { return t.Said+t.Decision != "" }) {
		return cannot("assembly.wrong.no_minutes", "nothing is written")
	}
	if m.State == Held {
		m.Answers = []Answer{}
	} else if m.Due == due {
		return fault.Wrong("due", "assembly.wrong.same_day", nil)
	}
	m.State, m.Due, m.Minutes, m.Back = Asked, due, m.Hash(), ""
	return nil
}

// takeBack lets minutes that are out be changed. What was answered is void, and the members are asked once more.
func (m *Meeting) takeBack(reason string, now time.Time) error {
	if m.State == Published {
		return m.writable()
	}
	if err := m.in(Asked); err != nil {
		return err
	}
	if m.Confirmed(now) {
		return cannot("assembly.wrong.confirmed", "they are confirmed")
	}
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return err
	}
	m.State, m.Due, m.Minutes, m.Answers = Held, "", "", []Answer{}
	m.Back, m.Backs = reason, m.Backs+1
	return nil
}

// answer takes what an organisation says of the minutes it read.
func (m *Meeting) answer(a Answer, hash string, now time.Time) error {
	if err := m.in(Asked); err != nil {
		return err
	}
	switch {
	case m.Minutes != hash || m.Hash() != hash:
		return fault.New(fault.Conflict, "error.stale", errors.New("assembly: the minutes changed"))
	case m.Late(now):
		return cannot("assembly.wrong.late", "the last day is over")
	case !slices.ContainsFunc(m.Rows, func(r Attendance) bool { return r.OrganisationID == a.OrganisationID }):
		return fault.Missing()
	}
	a.Text = lang.Clean(a.Text)
	if a.OK {
		a.Text = ""
	}
	if err := fault.Wrongs((lang.Limit{Max: MaxText, Prose: true, Must: !a.OK}).Check("text", a.Text)); err != nil {
		return err
	}
	m.Answers = slices.DeleteFunc(slices.Clone(m.Answers), func(x Answer) bool { return x.OrganisationID == a.OrganisationID })
	m.Answers = append(m.Answers, a)
	return nil
}

// publish gives the minutes to the members for good.
func (m *Meeting) publish(now time.Time) error {
	if err := m.in(Asked); err != nil {
		return err
	}
	if !m.Ready(now) {
		return cannot("assembly.wrong.waiting", "members may still answer")
	}
	m.State = Published
	return nil
}
