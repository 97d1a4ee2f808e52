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
	"shangquan/services/media"
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
		store.Index("state", "from"), store.Index("shown", "until"), store.Index("until"), store.Follow("audit"), store.Sealed()), d.Log, kind)}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (string, error) {
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
			for _, p := range a.Photos {
				for _, key := range p.Files() {
					if !yield(key, nil) {
						return
					}
				}
			}
		}
	}
}

// Plan writes a new activity down: fault.Invalid names the fields.
func (s *Service) Plan(ctx context.Context, by access.Actor, d Details, shown bool) (Activity, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return Activity{}, err
	}
	if err := s.check(ctx, by, &d, ""); err != nil {
		return Activity{}, err
	}
	a := Activity{Details: d, State: Planned, Shown: shown, Taken: []Places{}, Photos: []Photo{}}
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

// Edit changes what is planned. The capacity cannot go below what is taken: fault.Invalid.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, d Details, shown bool) (Activity, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return Activity{}, err
	}
	was, err := s.docs.Get(ctx, id)
	if err != nil {
		return Activity{}, err
	}
	if err := s.check(ctx, by, &d, was.OrganiserID); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, id, rev, "", func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		if n := a.TakenSum(); n > d.Capacity {
			return fault.Wrong("capacity", "activity.wrong.taken", map[string]any{"N": n})
		}
		if a.From != d.From || a.Until != d.Until || a.Place != d.Place || a.Title != d.Title {
			a.Sequence++
		}
		a.Details, a.Shown = d, shown
		return nil
	})
}

// Start says that it has begun.
func (s *Service) Start(ctx context.Context, by access.Actor, id string, rev int64) (Activity, error) {
	return s.change(ctx, by, id, rev, "start", func(a *Activity) error {
		if err := a.in(Planned); err != nil {
			return err
		}
		a.State = Underway
		return nil
	})
}

// Finish says how it went: how many came, and the result in words, without which nothing is done: fault.Invalid. What is finished before
// its end ends now.
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
	return s.change(ctx, by, id, rev, "done", func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		if now.Before(a.From) {
			return cannot("activity.wrong.early", "it has not begun")
		}
		a.State, a.Came, a.Result = Done, came, result
		if end := now.UTC().Truncate(time.Minute); end.Before(a.Until) && end.After(a.From) { // over sooner than planned
			a.Until = end
			a.Sequence++
		}
		return nil
	})
}

// Cancel says that it is not held, and why. Who took places reads it; a calendar strikes it out.
func (s *Service) Cancel(ctx context.Context, by access.Actor, id string, rev int64, why string) (Activity, error) {
	why = lang.Clean(why)
	wrong := (lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("why", why)
	if err := fault.Wrongs(append(wrong, phone.NoMobile("why", why)...)); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, id, rev, why, func(a *Activity) error {
		if err := a.in(Planned, Underway); err != nil {
			return err
		}
		a.State, a.Why = Cancelled, why
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
		return audit.Write{Action: act, Title: a.Title.Hans, Why: "places"}, a.take(o.ID, by.Who(), n, now)
	})
}

// AddPhoto adds a picture of what happened, on the word of who adds it: fault.Invalid without that.
func (s *Service) AddPhoto(ctx context.Context, by access.Actor, id string, rev int64, p media.Photo, basis Basis) (Activity, error) {
	if err := CheckBasis(basis); err != nil {
		return Activity{}, err
	}
	return s.change(ctx, by, id, rev, "photo", func(a *Activity) error {
		if err := a.in(Underway, Done); err != nil {
			return err
		}
		if len(a.Photos) >= MaxPhotos {
			return fault.Wrong("photo", "activity.wrong.photos", map[string]any{"Max": MaxPhotos})
		}
		a.Photos = append(slices.Clone(a.Photos), Photo{Photo: p, Consent: Consent{Basis: basis, AccountID: by.Who(), At: s.Now().UTC().Truncate(time.Millisecond), Words: ConsentWords}})
		return nil
	})
}

// CheckBasis refuses a picture for which nobody says why it may be shown.
func CheckBasis(b Basis) error {
	if !slices.Contains(Bases, b) {
		return fault.Wrong("basis", "activity.wrong.basis", nil)
	}
	return nil
}

// DropPhoto takes a picture away and returns it, so that its files can go at once.
func (s *Service) DropPhoto(ctx context.Context, by access.Actor, id, key string) (media.Photo, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return media.Photo{}, err
	}
	var gone media.Photo
	_, err := s.docs.UpdateAs(ctx, by, id, 0, func(a *Activity) (audit.Write, error) {
		i := slices.IndexFunc(a.Photos, func(p Photo) bool { return p.Key == key })
		if i < 0 {
			return audit.Write{}, fault.Missing()
		}
		gone = a.Photos[i].Photo
		a.Photos = slices.Delete(slices.Clone(a.Photos), i, i+1)
		return audit.Write{Action: access.ActivityEdit, Title: a.Title.Hans, Why: "photo removed"}, nil
	})
	return gone, err
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
	return s.docs.Find(ctx, store.Where("state", store.Eq, string(st)).OrderBy("from", dir).Limit(limit).After(cursor))
}

// Coming returns what an organisation may take places at, and what it has places at, for its people: fault.NotFound for others.
func (s *Service) Coming(ctx context.Context, by access.Actor, organisationID string, limit int) ([]Activity, error) {
	if _, err := s.Seats.Own(ctx, by, organisationID); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("until", store.Gt, s.minute()).OrderBy("until", store.Asc).Limit(limit))
	return slices.DeleteFunc(page.Items, func(a Activity) bool {
		return a.State == Cancelled && a.TakenBy(organisationID) == 0 || a.State == Done
	}), err
}

// Shown is an activity as everybody reads it: without ids of organisations and accounts.
type Shown struct {
	Activity
	// Organiser is who does it; zero where it is the station, or an organisation that is not named in public.
	Organiser lang.Text
}

// PublicList returns what is on the public calendar and not over, by its end, a page at a time; past: what is over, the last one first.
func (s *Service) PublicList(ctx context.Context, past bool, cursor string, limit int) ([]Shown, string, error) {
	q := store.Where("shown", store.Eq, true)
	if past {
		q = q.And("until", store.Lte, s.minute()).OrderBy("until", store.Desc)
	} else {
		q = q.And("until", store.Gt, s.minute()).OrderBy("until", store.Asc)
	}
	page, err := s.docs.Find(ctx, q.Limit(limit).After(cursor))
	if err != nil {
		return nil, "", err
	}
	names, err := s.Seats.ListedNames(ctx)
	out := []Shown{}
	for _, a := range page.Items {
		out = append(out, shown(a, names))
	}
	return out, page.Next, err
}

// PublicOne returns one that is on the public calendar: fault.NotFound.
func (s *Service) PublicOne(ctx context.Context, id string) (Shown, error) {
	a, err := s.docs.Get(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	if !a.Public() {
		return Shown{}, fault.Missing()
	}
	names, err := s.Seats.ListedNames(ctx)
	return shown(a, names), err
}

func shown(a Activity, names map[string]lang.Text) Shown {
	x := Shown{Activity: a, Organiser: names[a.OrganiserID]}
	x.Taken = []Places{{N: a.TakenSum()}} // the public has no use for ids
	x.OrganiserID = ""
	return x
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Activity) error) (Activity, error) {
	if err := require(by, access.ActivityEdit); err != nil {
		return Activity{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Activity{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(a *Activity) (audit.Write, error) {
		err := f(a)
		return audit.Write{Action: access.ActivityEdit, Title: a.Title.Hans, Why: why}, err
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
