package report

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

// Queue returns the reports that wait for an answer, the oldest first, a page at a time; for those who answer.
func (s *Service) Queue(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Item], error) {
	if err := access.Require(by, access.ReportAnswer, access.Thing{Kind: "report"}); err != nil {
		return store.Page[Item]{Items: []Item{}}, err
	}
	open := []string{string(Fresh), string(Looked)}
	return s.page(ctx, store.Where("state", store.In, open).OrderBy("created_at", store.Asc).Limit(limit).After(cursor))
}

// Waiting returns how many reports are in each state that waits for an answer.
func (s *Service) Waiting(ctx context.Context, by access.Actor) (map[State]int, error) {
	if err := access.Require(by, access.ReportAnswer, access.Thing{Kind: "report"}); err != nil {
		return nil, err
	}
	out := map[State]int{}
	for _, st := range []State{Fresh, Looked} {
		n, err := s.coll.Count(ctx, store.Where("state", store.Eq, string(st)))
		if err != nil {
			return nil, err
		}
		out[st] = n
	}
	return out, nil
}

// Of returns the reports about one shop, the newest first: for the district and for the people of the shop.
func (s *Service) Of(ctx context.Context, by access.Actor, listingID, cursor string, limit int) (store.Page[Item], error) {
	shop, _, err := s.shops(ctx, listingID)
	if err == nil || fault.Is(err, fault.NotFound) {
		if denied := access.Require(by, access.ReportRead, shop); denied != nil {
			err = denied
		}
	}
	if err != nil {
		return store.Page[Item]{Items: []Item{}}, err
	}
	return s.page(ctx, store.Where("listing_id", store.Eq, listingID).OrderBy("created_at", store.Desc).Limit(limit).After(cursor))
}

func (s *Service) page(ctx context.Context, q store.Query) (store.Page[Item], error) {
	page, err := s.coll.Find(ctx, q)
	out := store.Page[Item]{Items: make([]Item, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		out.Items[i] = page.Items[i].item()
	}
	return out, err
}

// Get returns one report: fault.NotFound, also for those whose business it is not.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Item, error) {
	r, err := s.find(ctx, by, access.ReportRead, id)
	if err != nil {
		return Item{}, err
	}
	return r.item(), nil
}

// find returns a report to somebody who may do act to it. Of one that is not there everybody hears the same as of one that is
// none of their business.
func (s *Service) find(ctx context.Context, by access.Actor, act access.Action, id string) (report, error) {
	r, err := s.coll.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return report{}, err
	}
	about := access.Thing{}
	if err == nil {
		shop, _, e := s.shops(ctx, r.ListingID)
		if e != nil && !fault.Is(e, fault.NotFound) {
			return report{}, e
		}
		about = shop
	}
	about.Kind, about.ID = "report", id
	if denied := access.Require(by, act, about); denied != nil {
		return report{}, denied
	}
	return r, err
}

// Look says that somebody of the district is on it. fault.Conflict when it is not new any more or rev is not current.
func (s *Service) Look(ctx context.Context, by access.Actor, id string, rev int64) (Item, error) {
	return s.move(ctx, by, "", id, rev, func(r *report) error {
		if r.State != Fresh {
			return errState
		}
		at := s.now()
		r.State, r.LookedAt = Looked, &at
		return nil
	})
}

// Answer ends a report with what people read under its number. The text is up to MaxAnswer characters and may be empty, except
// for NotOurs: there it says who can help. The answer is bound to the revision that was shown, so that nobody answers what he has
// not read. fault.Invalid; fault.Conflict when it is answered already or rev is not current.
func (s *Service) Answer(ctx context.Context, by access.Actor, id string, rev int64, o Outcome, text string) (Item, error) {
	text = lang.Clean(text)
	wrong := lang.Limit{Max: MaxAnswer, Prose: true, Must: o == NotOurs}.Check("answer", text)
	if !slices.Contains(Outcomes, o) {
		wrong = append(wrong, fault.Field{Name: "outcome", Key: "error.report.outcome"})
	}
	if len(wrong) > 0 {
		if _, err := s.find(ctx, by, access.ReportAnswer, id); err != nil {
			return Item{}, err
		}
		return Item{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return s.move(ctx, by, text, id, rev, func(r *report) error {
		if r.State == Answered {
			return errState
		}
		at := s.now()
		if r.LookedAt == nil {
			r.LookedAt = &at
		}
		r.State, r.AnsweredAt, r.Outcome, r.Answer, r.Open = Answered, &at, o, text, r.Ref
		r.due()
		return nil
	})
}

// errState is told when a report has gone further than the page that somebody acts on.
var errState = fault.New(fault.Conflict, "error.report.state", nil)

// move changes a report at the revision that was shown.
func (s *Service) move(ctx context.Context, by access.Actor, why, id string, rev int64, change func(*report) error) (Item, error) {
	was, err := s.find(ctx, by, access.ReportAnswer, id)
	if err != nil {
		return Item{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Item{}, err
	}
	got, err := s.coll.Update(ctx, by, audit.Write{Action: access.ReportAnswer, Title: Spell(was.Ref), Why: why}, id, rev, change)
	if err != nil {
		return Item{}, err
	}
	return got.item(), nil
}

// Contact is how somebody who reported can be asked back.
type Contact struct {
	Text string
	At   time.Time
}

// Contacts opens the contacts of a report. That somebody looked is in the trail before anything is shown.
func (s *Service) Contacts(ctx context.Context, by access.Actor, id string) ([]Contact, error) {
	r, err := s.find(ctx, by, access.ReportContact, id)
	if err != nil {
		return nil, err
	}
	out := []Contact{}
	for _, v := range r.Voices {
		if v.Contact == "" {
			continue
		}
		b, err := s.keys.Open(purposeContact, v.Contact)
		if err != nil {
			return nil, err
		}
		out = append(out, Contact{string(b), v.At})
	}
	err = s.log.Event(ctx, by, audit.Event{Action: access.ReportContact, Object: audit.Ref{Kind: "report", ID: id}, Title: Spell(r.Ref), Result: "ok"})
	if err != nil {
		return nil, err
	}
	return out, nil
}
