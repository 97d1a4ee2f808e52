package assembly

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// toldOf is who heard of a meeting as it stands now. It is no part of the meeting: a letter that leaves is no change of what the liaison
// has on the screen.
type toldOf struct {
	store.Meta // ID: of the meeting
	// What they heard: the call, the minutes or the end, in which version.
	What string `json:"what"`
	// To are the organisations with their accounts, "organisation.account", until Done.
	To   []string `json:"to"`
	Done bool     `json:"done"`
}

// watched bounds the meetings of which somebody may have to be told, toldWithin how long after its time a meeting that is off is news.
const (
	watched    = 50
	toldWithin = 24 * time.Hour
)

// Tell writes to everybody who acts for a member and has not heard yet that a meeting is called, moved or off, that minutes wait for an
// answer or were taken back, and returns how many letters it sent. A schedule calls it. What failed is tried at the next call; who was written to is not
// written to again.
func (s *Service) Tell(ctx context.Context) (int, error) {
	if s.Letters == nil {
		return 0, nil
	}
	page, err := s.list(ctx, []State{Called, Held, Asked, Cancelled}, "", watched)
	if err != nil {
		return 0, err
	}
	sent, errs := 0, []error{}
	for i := range page.Items {
		m := &page.Items[i]
		if what := m.news(s.Now()); what != "" {
			n, err := s.tell(ctx, m, what)
			sent, errs = sent+n, append(errs, err)
		}
	}
	return sent, errors.Join(errs...)
}

// news names what the members are to hear of the meeting as it stands; empty: nothing, or not any more.
func (m *Meeting) news(now time.Time) string {
	switch {
	case m.State == Called && m.At.After(now):
		return "call." + strconv.Itoa(m.Sequence)
	case m.State == Asked && !m.Late(now):
		what := "ask." + m.Minutes[:16] + "." + m.Due
		if m.Backs > 0 { // the same minutes for the same day, after they were taken back, are news
			what += "." + strconv.Itoa(m.Backs)
		}
		return what
	case m.State == Held && m.Back != "":
		return "back." + strconv.Itoa(m.Backs)
	case m.State == Cancelled && m.Sequence > 0 && m.At.After(now.Add(-toldWithin)): // who was never called needs no cancellation
		return "cancel." + strconv.Itoa(m.Sequence)
	}
	return ""
}

func (s *Service) tell(ctx context.Context, m *Meeting, what string) (int, error) {
	was, err := s.told.Get(ctx, m.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		was = toldOf{Meta: store.Meta{ID: m.ID}}
	case err != nil:
		return 0, err
	}
	if was.What != what {
		was.What, was.To, was.Done = what, []string{}, false
	}
	if was.Done {
		return 0, nil
	}
	list, err := s.seated(ctx, true)
	if err != nil {
		return 0, err
	}
	sent, errs := 0, []error{}
	for i := range list {
		people, err := s.people(ctx, &list[i])
		errs = append(errs, err)
		for _, account := range people {
			to := list[i].ID + "." + account
			if slices.Contains(was.To, to) || ctx.Err() != nil {
				continue
			}
			if err := s.letter(ctx, m, account, "assembly."+m.ID+"."+what+"."+to, s.Link(list[i].ID, m.ID)); err != nil {
				errs = append(errs, err)
				continue
			}
			was.To = append(was.To, to)
			sent++
		}
	}
	if errs = append(errs, ctx.Err()); errors.Join(errs...) == nil {
		was.To, was.Done = []string{}, true
	}
	// Who was written to is noted also when the time is over; a letter that is sent again all the same has the same key.
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	if was.Rev == 0 {
		err = s.told.Insert(keep, &was)
	} else {
		_, err = s.told.Update(keep, m.ID, was.Rev, func(x *toldOf) error {
			x.What, x.To, x.Done = was.What, was.To, was.Done
			return nil
		})
	}
	return sent, errors.Join(append(errs, err)...)
}

// letter is the one that tells an account of the meeting as it stands.
func (s *Service) letter(ctx context.Context, m *Meeting, account, key, link string) error {
	when := m.At.In(calendar.Shanghai).Format("2006-01-02 15:04")
	switch m.State {
	case Asked:
		return s.Letters.TellMinutes(ctx, account, key, map[string]any{"Title": m.Title, "Due": m.Due, "Link": link})
	case Held:
		return s.Letters.TellTakenBack(ctx, account, key, map[string]any{"Title": m.Title, "Reason": m.Back, "Link": link})
	case Cancelled:
		return s.Letters.TellCancelled(ctx, account, key, map[string]any{"Title": m.Title, "When": when, "Place": m.Place, "Link": link})
	default:
		return s.Letters.TellMeeting(ctx, account, key, map[string]any{"Title": m.Title, "When": when, "Place": m.Place, "Link": link})
	}
}
