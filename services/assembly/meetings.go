package assembly

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Plan is what a meeting is called, when and where it is.
type Plan struct {
	Title, Place string
	At           time.Time
}

func (p *Plan) read() error {
	p.Title, p.Place, p.At = lang.Clean(p.Title), lang.Clean(p.Place), p.At.UTC().Truncate(time.Minute)
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).Check("title", p.Title)
	wrong = append(wrong, (lang.Limit{Max: MaxTitle, Must: true}).Check("place", p.Place)...)
	if p.At.Year() < 2000 {
		wrong = append(wrong, fault.Field{Name: "day", Key: "assembly.wrong.day"})
	}
	return fault.Wrongs(wrong)
}

// Convene begins a meeting: from now on members propose topics.
func (s *Service) Convene(ctx context.Context, by access.Actor, p Plan) (Meeting, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Meeting{}, err
	}
	if err := p.read(); err != nil {
		return Meeting{}, err
	}
	m := Meeting{Title: p.Title, At: p.At, Place: p.Place, State: Open, Topics: []Topic{}, Rows: []Attendance{}, Answers: []Answer{}}
	m.Summary.Authors = []string{}
	err := s.meetings.Insert(ctx, by, audit.Write{Action: access.AssemblyEdit, Title: m.Title}, &m)
	return m, err
}

func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Meeting) error) (Meeting, error) {
	if err := require(by, act); err != nil {
		return Meeting{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Meeting{}, err
	}
	return s.write(ctx, by, act, id, rev, why, f)
}

func (s *Service) write(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Meeting) error) (Meeting, error) {
	return s.meetings.UpdateAs(ctx, by, id, rev, func(m *Meeting) (audit.Write, error) {
		err := f(m)
		return audit.Write{Action: act, Title: m.Title, Why: why}, err
	})
}

// Settle fixes the agenda. Action items that are not closed come back on it by themselves.
func (s *Service) Settle(ctx context.Context, by access.Actor, id string, rev int64, order map[string]int) (Meeting, error) {
	open, err := s.unclosed(ctx)
	if err != nil {
		return Meeting{}, err
	}
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "agenda", func(m *Meeting) error { return m.settle(order, open) })
}

// Call says when and where; again when that changes, which calendars take for the same event. Tell writes to the members.
func (s *Service) Call(ctx context.Context, by access.Actor, id string, rev int64, p Plan) (Meeting, error) {
	open, err := s.unclosed(ctx)
	if err != nil {
		return Meeting{}, err
	}
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "call", func(m *Meeting) error {
		if err := p.read(); err != nil {
			return err
		}
		m.Title, m.At, m.Place = p.Title, p.At, p.Place
		return m.call(open, s.Now())
	})
}

// Hold notes which organisations were there; was maps their ids.
func (s *Service) Hold(ctx context.Context, by access.Actor, id string, rev int64, was map[string]Presence) (Meeting, error) {
	members, err := s.seated(ctx, true)
	if err != nil {
		return Meeting{}, err
	}
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "held", func(m *Meeting) error { return m.hold(members, was, s.Now()) })
}

// Write takes the minutes down, by topic: fault.Conflict once they are out, see TakeBack.
func (s *Service) Write(ctx context.Context, by access.Actor, id string, rev int64, words map[string]Words) (Meeting, error) {
	m, err := s.change(ctx, by, access.AssemblyEdit, id, rev, "minutes", func(m *Meeting) error { return m.write(words) })
	if fault.Is(err, fault.Conflict) {
		// Whoever had the form open while a colleague sent the minutes out reads that, not just that something changed.
		if now, gone := s.meetings.Get(ctx, id); gone == nil && now.writable() != nil {
			err = now.writable()
		}
	}
	return m, err
}

// Ask sends the minutes out; due is the last day to answer. Again with another day while they are
// out and not confirmed: what was answered stays.
func (s *Service) Ask(ctx context.Context, by access.Actor, id string, rev int64, due string) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "ask", func(m *Meeting) error { return m.ask(due, s.Now()) })
}

// TakeBack takes minutes back that are out, with a reason the members read, so that they can be changed: what was answered is void. It is
// fault.Conflict once they are confirmed, which is when everybody answered or the last day is over and nobody objects. Tell writes to the members.
func (s *Service) TakeBack(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, lang.Clean(reason), func(m *Meeting) error { return m.takeBack(reason, s.Now()) })
}

// Publish gives the minutes to the members for good, once everybody answered or the last day is over. Who said nothing did not agree.
func (s *Service) Publish(ctx context.Context, by access.Actor, id string, rev int64) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "publish", func(m *Meeting) error { return m.publish(s.Now()) })
}

// Cancel calls a meeting off before it is held. Tell writes to the members that were called.
func (s *Service) Cancel(ctx context.Context, by access.Actor, id string, rev int64) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "cancel", (*Meeting).cancel)
}

// Summarise writes what the public is to read of a published meeting, and gives it to a second person.
func (s *Service) Summarise(ctx context.Context, by access.Actor, id string, rev int64, x Summary) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "summary", func(m *Meeting) error {
		if err := m.in(Published); err != nil {
			return err
		}
		if err := readSummary(&x); err != nil {
			return err
		}
		m.Summary.Edit(by, x)
		return m.Summary.Submit()
	})
}

// ApproveSummary makes exactly the summary with this hash public: fault.Conflict when it was changed, or by who wrote it.
func (s *Service) ApproveSummary(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyApprove, id, rev, "approve", func(m *Meeting) error {
		err := m.Summary.Approve(by, hash, s.Now())
		m.Shown = m.Summary.Public != nil
		return err
	})
}

// ReturnSummary gives the summary back with a reason.
func (s *Service) ReturnSummary(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Meeting, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Meeting{}, err
	}
	return s.change(ctx, by, access.AssemblyApprove, id, rev, reason, func(m *Meeting) error { return m.Summary.GiveBack(reason) })
}

// WithdrawSummary takes the summary from the public at once.
func (s *Service) WithdrawSummary(ctx context.Context, by access.Actor, id string, rev int64) (Meeting, error) {
	return s.change(ctx, by, access.AssemblyEdit, id, rev, "withdraw", func(m *Meeting) error {
		err := m.Summary.Withdraw()
		m.Shown = false
		return err
	})
}

// Propose adds a topic for an organisation, or with organisationID "" for the liaison.
func (s *Service) Propose(ctx context.Context, by access.Actor, organisationID, id, title, text string) (Meeting, error) {
	act := access.AssemblyEdit
	if organisationID != "" {
		act = access.AssemblyMember
		if _, err := s.Own(ctx, by, organisationID); err != nil {
			return Meeting{}, err
		}
	} else if err := require(by, act); err != nil {
		return Meeting{}, err
	}
	topicID := strings.ToLower(rand.Text()[:12])
	return s.write(ctx, by, act, id, 0, "topic", func(m *Meeting) error {
		return m.propose(Topic{ID: topicID, Title: title, Text: text, OrganisationID: organisationID})
	})
}

// Answer says for an organisation whether the minutes with this hash are right; an objection has a text.
func (s *Service) Answer(ctx context.Context, by access.Actor, organisationID, id, hash string, ok bool, text string) (Meeting, error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return Meeting{}, err
	}
	now := s.Now()
	return s.write(ctx, by, access.AssemblyMember, id, 0, "answer", func(m *Meeting) error {
		return m.answer(Answer{OrganisationID: organisationID, OK: ok, Text: text, At: now.UTC().Truncate(time.Millisecond), AccountID: by.Who()}, hash, now)
	})
}

// Meeting returns one, for who works on the joint meeting: fault.NotFound.
func (s *Service) Meeting(ctx context.Context, by access.Actor, id string) (Meeting, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return Meeting{}, err
	}
	return s.meetings.Get(ctx, id)
}

// Meetings returns those in some states, the latest first, a page at a time.
func (s *Service) Meetings(ctx context.Context, by access.Actor, states []State, cursor string, limit int) (store.Page[Meeting], error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return store.Page[Meeting]{Items: []Meeting{}}, err
	}
	return s.list(ctx, states, cursor, limit)
}

func (s *Service) list(ctx context.Context, states []State, cursor string, limit int) (store.Page[Meeting], error) {
	words := make([]string, len(states))
	for i, x := range states {
		words[i] = string(x)
	}
	return s.meetings.Find(ctx, store.Where("state", store.In, words).OrderBy("at", store.Desc).Limit(limit).After(cursor))
}

// MemberMeetings returns the meetings as an organisation reads them, the latest first.
func (s *Service) MemberMeetings(ctx context.Context, by access.Actor, organisationID, cursor string, limit int) (store.Page[Meeting], error) {
	if _, err := s.Own(ctx, by, organisationID); err != nil {
		return store.Page[Meeting]{Items: []Meeting{}}, err
	}
	page, err := s.list(ctx, States, cursor, limit)
	for i := range page.Items {
		page.Items[i] = page.Items[i].ForMembers(organisationID)
	}
	return page, err
}

// PublicMeeting is what the public reads of a meeting.
type PublicMeeting struct {
	ID string
	At time.Time
	Summary
}

// PublicMeetings returns the summaries, the latest first, a page at a time.
func (s *Service) PublicMeetings(ctx context.Context, cursor string, limit int) (out []PublicMeeting, next string, err error) {
	page, err := s.meetings.Find(ctx, store.Where("shown", store.Eq, true).OrderBy("at", store.Desc).Limit(limit).After(cursor))
	for i := range page.Items {
		if x := page.Items[i].Summary.Public; x != nil {
			out = append(out, PublicMeeting{page.Items[i].ID, page.Items[i].At, *x})
		}
	}
	return out, page.Next, err
}

// PublicMeeting returns one summary: fault.NotFound.
func (s *Service) PublicMeeting(ctx context.Context, id string) (PublicMeeting, error) {
	m, err := s.meetings.Get(ctx, id)
	if err != nil {
		return PublicMeeting{}, err
	}
	if !m.Shown || m.Summary.Public == nil {
		return PublicMeeting{}, fault.Missing()
	}
	return PublicMeeting{m.ID, m.At, *m.Summary.Public}, nil
}

// Waiting is what waits for a second person.
type Waiting struct {
	Summaries []Meeting
	Pages     []Body
}

// Waiting returns what waits for a second person.
func (s *Service) Waiting(ctx context.Context, by access.Actor) (Waiting, error) {
	out := Waiting{}
	if err := require(by, access.AssemblyRead); err != nil {
		return out, err
	}
	meetings, err := s.meetings.Find(ctx, store.Where("summary.asked", store.Gt, "").Limit(100))
	if err != nil {
		return out, err
	}
	bodies, err := s.bodies.Find(ctx, store.Where("page.asked", store.Gt, "").Limit(mostBodies))
	out.Summaries, out.Pages = meetings.Items, bodies.Items
	return out, err
}
