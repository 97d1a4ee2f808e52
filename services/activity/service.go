package activity

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

const kind = "activity"

// Seats are the organisations of the joint meeting.
type Seats interface {
	// Organisation returns one for who works on the joint meeting: fault.NotFound.
	Organisation(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
	// Own returns one for somebody who acts for it: fault.NotFound for everybody else.
	Own(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
	// ListedNames returns the names that may be said in public now, by id.
	ListedNames(ctx context.Context) (map[string]lang.Text, error)
}

// Deps are what New needs.
type Deps struct {
	DB    store.DB
	Log   *audit.Log
	Seats Seats
	Now   func() time.Time
}

// Service keeps the activities. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Activity]
}

// New returns the activities on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Activity](d.DB, "activities",
		store.Index("state", "page.draft.from"), store.Index("page.draft.until"), store.Index("shown", "ends"), store.Index("page.asked"),
		store.Follow("audit"), store.Sealed()), d.Log, kind)}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	return store.Mark(ctx, s.docs)
}

// Blobs gives the keys of every picture.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for a, err := range s.docs.Each(ctx, store.All().Limit(200)) {
			if err != nil {
				yield("", err)
				return
			}
			for _, p := range a.Plan().Photos { // one that is public is also there
				for _, key := range p.Files() {
					if !yield(key, nil) {
						return
					}
				}
			}
		}
	}
}

// Plan writes a new activity down, which nobody but the liaison and the organisations sees until a second person let it through:
// fault.Invalid names the fields.
func (s *Service) Plan(ctx context.Context, by access.Actor, d Details) (Activity, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return Activity{}, err
	}
	if err := s.check(ctx, by, &d, ""); err != nil {
		return Activity{}, err
	}
	a := Activity{State: Planned, Taken: []Places{}}
	a.Page.Edit(by, Plan{Details: d, Photos: []Photo{}})
	err := s.docs.Insert(ctx, by, audit.Write{Action: access.ActivityEdit, Title: d.Title.Hans}, &a)
	return a, err
}

// check reads details. Who has left organises nothing new, and keeps what was theirs.
func (s *Service) check(ctx context.Context, by access.Actor, d *Details, organiser string) error {
	if err := d.read(); err != nil {
		return err
	}
	if d.OrganiserID == organiser || d.OrganiserID == "" {
		return nil
	}
	if o, err := s.Seats.Organisation(ctx, by, d.OrganiserID); fault.Is(err, fault.NotFound) || err == nil && !o.Active {
		return fault.Wrong("organiser", "error.choice", nil)
	} else if err != nil {
		return err
	}
	return nil
}

// Edit changes what is planned; what is public stays. The capacity cannot go below what is taken: fault.Invalid.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, d Details) (Activity, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return Activity{}, err
	}
	was, err := s.docs.Get(ctx, id)
	if err != nil {
		return Activity{}, err
	}
	if err := s.check(ctx, by, &d, was.Plan().OrganiserID); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, access.ActivityEdit, id, rev, "", func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		if n := a.TakenSum(); n > d.Capacity {
			return fault.Wrong("capacity", "activity.wrong.taken", map[string]any{"N": n})
		}
		a.say(by, func(p *Plan) { p.Details = d })
		return nil
	})
}

// say changes the draft: what waits for a second person does not wait any more.
func (a *Activity) say(by access.Actor, f func(*Plan)) {
	p := a.Page.Draft
	p.Photos = slices.Clone(p.Photos)
	f(&p)
	a.Page.Edit(by, p)
}

// Submit hands what is said of it to a second person: fault.Conflict where it waits already or says nothing new.
func (s *Service) Submit(ctx context.Context, by access.Actor, id string, rev int64) (Activity, error) {
	return s.change(ctx, by, access.ActivityEdit, id, rev, "submit", func(a *Activity) error { return a.Page.Submit() })
}

// Withdraw takes it off the public calendar at once; the plan stays.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64) (Activity, error) {
	return s.change(ctx, by, access.ActivityEdit, id, rev, "withdraw", func(a *Activity) error { return a.Page.Withdraw() })
}

// Approve makes exactly what has this hash public: fault.Conflict when it was changed, or by who wrote it.
func (s *Service) Approve(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Activity, error) {
	return s.change(ctx, by, access.AssemblyApprove, id, rev, "approve", func(a *Activity) error {
		was := a.Page.Public
		if err := a.Page.Approve(by, hash, s.Now()); err != nil {
			return err
		}
		if x := a.Page.Public; was != nil && (was.From != x.From || was.Until != x.Until || was.Place != x.Place || was.Title != x.Title) {
			a.Sequence++
		}
		return nil
	})
}

// Return gives the draft back with a reason.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Activity, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, access.AssemblyApprove, id, rev, reason, func(a *Activity) error { return a.Page.GiveBack(reason) })
}

// mostWaiting bounds the list of what waits.
const mostWaiting = 100

// Waiting returns what waits for who approves. Of one's own work Approve refuses.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]Activity, error) {
	if err := require(by, access.AssemblyApprove); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("page.asked", store.Gt, "").Limit(mostWaiting))
	return page.Items, err
}

// Start says that it has begun.
func (s *Service) Start(ctx context.Context, by access.Actor, id string, rev int64) (Activity, error) {
	return s.change(ctx, by, access.ActivityEdit, id, rev, "start", func(a *Activity) error {
		if err := a.in(Planned); err != nil {
			return err
		}
		a.State = Underway
		return nil
	})
}

// Finish says how it went: how many came, and the result in words, without which nothing is done: fault.Invalid. What is finished before
// its end ends now, in public too: that it is over is a fact, what is said about it waits for a second person.
func (s *Service) Finish(ctx context.Context, by access.Actor, id string, rev int64, came int, result lang.Text) (Activity, error) {
	result = result.Clean()
	wrong := (lang.Limit{Max: MaxText, Must: true, Prose: true}).CheckText("result", result)
	wrong = append(wrong, phone.NoMobile("result", result.All()...)...)
	if came < 0 || came > MaxPlaces {
		wrong = append(wrong, fault.Field{Name: "came", Key: "activity.wrong.capacity", Args: map[string]any{"Max": MaxPlaces}})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Activity{}, err
	}
	now := s.Now()
	return s.change(ctx, by, access.ActivityEdit, id, rev, "done", func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		if now.Before(a.Plan().From) {
			return cannot("activity.wrong.early", "it has not begun")
		}
		a.State = Done
		end := now.UTC().Truncate(time.Minute)
		sooner := func(d *Details) bool { return end.Before(d.Until) && end.After(d.From) }
		a.say(by, func(p *Plan) {
			p.Came, p.Result = came, result
			if sooner(&p.Details) {
				p.Until = end
			}
		})
		if a.Page.Public != nil && sooner(&a.Page.Public.Details) {
			x := *a.Page.Public
			x.Until = end
			a.Page.Public = &x
			a.Sequence++
		}
		return nil
	})
}

// Cancel says that it is not held, and why. That it is not held everybody reads at once, and a calendar strikes it out; why, at first only
// who took places, and everybody once a second person let it through.
func (s *Service) Cancel(ctx context.Context, by access.Actor, id string, rev int64, why string) (Activity, error) {
	why = lang.Clean(why)
	wrong := (lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("why", why)
	if err := fault.Wrongs(append(wrong, phone.NoMobile("why", why)...)); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, access.ActivityEdit, id, rev, why, func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		a.State = Cancelled
		a.say(by, func(p *Plan) { p.Why = why })
		a.Sequence++
		return nil
	})
}

// TakePlaces takes n places for an organisation, by somebody who acts for it or by the liaison for one that rang; 0 gives them back,
// by the liaison also those of an organisation that has left. fault.Invalid says how many are left; fault.NotFound for strangers.
func (s *Service) TakePlaces(ctx context.Context, by access.Actor, organisationID, id string, n int) (Activity, error) {
	act := access.ActivityEdit
	var o assembly.Organisation
	var err error
	if access.Can(by, access.ActivityEdit, access.Thing{Kind: kind}) {
		o, err = s.Seats.Organisation(ctx, by, organisationID)
	} else {
		act = access.AssemblyMember
		o, err = s.Seats.Own(ctx, by, organisationID)
	}
	if err != nil {
		return Activity{}, err
	}
	if !o.Active && (act != access.ActivityEdit || n != 0) {
		return Activity{}, fault.Missing()
	}
	now := s.Now()
	return s.docs.UpdateAs(ctx, by, id, 0, func(a *Activity) (audit.Write, error) {
		return audit.Write{Action: act, Title: a.Plan().Title.Hans, Why: "places"}, a.take(o.ID, by.Who(), n, now)
	})
}

// Get returns one for the liaison: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Activity, error) {
	if err := require(by, access.ActivityRead); err != nil {
		return Activity{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns those of one state for the liaison, a page at a time: what is ahead by its day, what is over with the last one first.
func (s *Service) List(ctx context.Context, by access.Actor, st State, cursor string, limit int) (store.Page[Activity], error) {
	if err := require(by, access.ActivityRead); err != nil {
		return store.Page[Activity]{Items: []Activity{}}, err
	}
	dir := store.Asc
	if st == Done || st == Cancelled {
		dir = store.Desc
	}
	return s.docs.Find(ctx, store.Where("state", store.Eq, string(st)).OrderBy("page.draft.from", dir).Limit(limit).After(cursor))
}

// Count counts what is ahead, and what has ended and nobody said how it went, for the liaison.
func (s *Service) Count(ctx context.Context, by access.Actor) (ahead, late int, err error) {
	if err := require(by, access.ActivityRead); err != nil {
		return 0, 0, err
	}
	over := func(states ...string) (int, error) {
		return s.docs.Count(ctx, store.Where("state", store.In, states).And("page.draft.until", store.Lt, s.Now().UTC()))
	}
	planned, err := s.docs.Count(ctx, store.Where("state", store.Eq, string(Planned)))
	if err != nil {
		return 0, 0, err
	}
	missed, err := over(string(Planned))
	if err != nil {
		return 0, 0, err
	}
	late, err = over(string(Planned), string(Underway))
	return planned - missed, late, err
}

// Coming returns what an organisation may take places at, and what it has places at, for its people: fault.NotFound for others.
func (s *Service) Coming(ctx context.Context, by access.Actor, organisationID string, limit int) ([]Activity, error) {
	if _, err := s.Seats.Own(ctx, by, organisationID); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("page.draft.until", store.Gt, s.minute()).OrderBy("page.draft.until", store.Asc).Limit(limit))
	return slices.DeleteFunc(page.Items, func(a Activity) bool {
		return a.State == Cancelled && a.TakenBy(organisationID) == 0 || a.State == Done
	}), err
}

func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Activity) error) (Activity, error) {
	if err := require(by, act); err != nil {
		return Activity{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Activity{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(a *Activity) (audit.Write, error) {
		err := f(a)
		a.Shown, a.Ends = a.Page.Public != nil, time.Time{}
		if a.Shown {
			a.Ends = a.Page.Public.Until
		}
		return audit.Write{Action: act, Title: a.Plan().Title.Hans, Why: why}, err
	})
}

// minute is now as the times of activities are stored.
func (s *Service) minute() time.Time { return s.Now().UTC().Truncate(time.Minute) }

func (a *Activity) in(states ...State) error {
	if !slices.Contains(states, a.State) {
		return cannot("activity.wrong.state", "it is "+string(a.State))
	}
	return nil
}

func require(by access.Actor, act access.Action) error {
	return access.Require(by, act, access.Thing{Kind: kind})
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("activity: "+why))
}
