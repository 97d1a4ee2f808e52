// Package callout keeps which organisations help in an emergency 应急单位, at which duty phone they are reached and when, and what was
// practised with them 演练. It is for the staff of the district alone. Organisations and their desks, never persons: there is no field for
// a name, and a mobile number is refused.
package callout

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Limits, in characters; and for how many days a number counts as tried.
const (
	MaxName    = 40
	MaxCan     = 120
	MaxHours   = 80
	MaxTopic   = 60
	MaxResult  = 400
	TriedDays  = 180
	mostListed = 500
)

// Entry is one organisation that can be called out.
type Entry struct {
	store.Meta
	audit.Trail
	Facts
	// TriedOn is when somebody of the district last rang and was answered, YYYY-MM-DD.
	TriedOn string `json:"tried_on"`
	// EndedOn is since when it is not to be called any more; empty: it is.
	EndedOn string `json:"ended_on,omitempty"`
}

// Facts are what the district enters of an organisation.
type Facts struct {
	Name  string `json:"name"`  // of the organisation
	Can   string `json:"can"`   // what it can do: 抽水泵两台
	Phone string `json:"phone"` // of its desk, as it is rung
	Hours string `json:"hours"` // when somebody answers, as hours are typed: 每天24小时
}

// Reached is when somebody answers. What is stored was read once and can be read again; where it cannot, nobody knows.
func (e *Entry) Reached() hours.Hours {
	h, _ := readHours(e.Hours)
	return h
}

// readHours reads hours as people here write them or as OpenStreetMap does.
func readHours(text string) (hours.Hours, bool) {
	h, err := hours.ParseChinese(text)
	if err != nil {
		h, err = hours.ParseOSM(text)
	}
	return h, err == nil && h.Known
}

// Stale reports whether nobody tried the number for TriedDays.
func (e *Entry) Stale(today calendar.Date) bool {
	return e.TriedOn < (today - TriedDays).String()
}

// Drill is one time that something was practised.
type Drill struct {
	store.Meta
	audit.Trail
	Practised
}

// Practised is what is written down of a drill.
type Practised struct {
	On     string   `json:"on"`    // YYYY-MM-DD
	Topic  string   `json:"topic"` // what was practised: 停电疏散
	With   []string `json:"with"`  // ids of the entries that took part, ended ones too
	Result string   `json:"result"`
	Better string   `json:"better,omitempty"`  // what to do better
	NextOn string   `json:"next_on,omitempty"` // by when the next one is due; empty: none is
}

// Deps are what New needs.
type Deps struct {
	DB  store.DB
	Log *audit.Log
	Now func() time.Time // in the zone of the district
}

// Service keeps the list and the drills. It is safe for concurrent use.
type Service struct {
	Deps
	entries *audit.Recorded[Entry]
	drills  *audit.Recorded[Drill]
}

// New returns the list on d.DB.
func New(d Deps) *Service {
	return &Service{
		Deps:    d,
		entries: audit.Record(store.NewCollection[Entry](d.DB, "callout_entries", store.Follow("audit"), store.Sealed()), d.Log, "callout_entry"),
		drills:  audit.Record(store.NewCollection[Drill](d.DB, "callout_drills", store.Index("on"), store.Follow("audit"), store.Sealed()), d.Log, "callout_drill"),
	}
}

func may(by access.Actor) error {
	return access.Require(by, access.CalloutEdit, access.Thing{Kind: "callout"})
}

func (s *Service) today() calendar.Date { return calendar.Today(s.Now()) }

func (f *Facts) read() error {
	f.Name, f.Can, f.Phone, f.Hours = lang.Clean(f.Name), lang.Clean(f.Can), lang.Clean(f.Phone), lang.Clean(f.Hours)
	wrong := (lang.Limit{Max: MaxName, Must: true}).Check("name", f.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxCan, Must: true, Prose: true}).Check("can", f.Can)...)
	wrong = append(wrong, phone.NoMobile("name", f.Name)...)
	wrong = append(wrong, phone.NoMobile("can", f.Can)...)
	list, err := phone.Parse(f.Phone)
	told, _ := errors.AsType[*fault.Error](err)
	switch {
	case told != nil && len(told.Fields) > 0:
		wrong = append(wrong, fault.Field{Name: "phone", Key: told.Fields[0].Key, Args: told.Fields[0].Args})
	case err != nil:
		return err
	case len(list) == 0:
		wrong = append(wrong, fault.Field{Name: "phone", Key: "error.text.empty"})
	case slices.ContainsFunc(list, func(n phone.Number) bool { return n.Kind == phone.Mobile }):
		wrong = append(wrong, fault.Field{Name: "phone", Key: "callout.wrong.mobile"})
	}
	if limit := (lang.Limit{Max: MaxHours, Must: true}).Check("hours", f.Hours); len(limit) > 0 {
		wrong = append(wrong, limit...)
	} else if _, ok := readHours(f.Hours); !ok {
		wrong = append(wrong, fault.Field{Name: "hours", Key: "callout.wrong.hours"})
	}
	return fault.Wrongs(wrong)
}

// Add puts an organisation on the list, whose number was tried today: fault.Invalid names the fields.
func (s *Service) Add(ctx context.Context, by access.Actor, f Facts) (Entry, error) {
	if err := may(by); err != nil {
		return Entry{}, err
	}
	if err := f.read(); err != nil {
		return Entry{}, err
	}
	e := Entry{Facts: f, TriedOn: s.today().String()}
	return e, s.entries.Insert(ctx, by, audit.Write{Action: access.CalloutEdit, Title: f.Name}, &e)
}

// Set corrects an entry over revision rev: fault.Invalid, fault.Conflict, fault.NotFound. Another number has been tried today.
func (s *Service) Set(ctx context.Context, by access.Actor, id string, rev int64, f Facts) (Entry, error) {
	if err := f.read(); err != nil {
		return Entry{}, err
	}
	return s.change(ctx, by, id, rev, "", func(e *Entry) {
		if e.Phone != f.Phone {
			e.TriedOn = s.today().String()
		}
		e.Facts = f
	})
}

// Tried says that somebody rang today and was answered.
func (s *Service) Tried(ctx context.Context, by access.Actor, id string, rev int64) (Entry, error) {
	return s.change(ctx, by, id, rev, "tried", func(e *Entry) { e.TriedOn = s.today().String() })
}

// End takes an organisation off the list; drills still name it. Again puts it back.
func (s *Service) End(ctx context.Context, by access.Actor, id string, rev int64) (Entry, error) {
	return s.change(ctx, by, id, rev, "ended", func(e *Entry) { e.EndedOn = cmp.Or(e.EndedOn, s.today().String()) })
}

// Again puts an organisation back on the list.
func (s *Service) Again(ctx context.Context, by access.Actor, id string, rev int64) (Entry, error) {
	return s.change(ctx, by, id, rev, "again", func(e *Entry) { e.EndedOn = "" })
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Entry)) (Entry, error) {
	if err := may(by); err != nil {
		return Entry{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Entry{}, err
	}
	return s.entries.UpdateAs(ctx, by, id, rev, func(e *Entry) (audit.Write, error) {
		f(e)
		return audit.Write{Action: access.CalloutEdit, Title: e.Name, Why: why}, nil
	})
}

// Entry returns one organisation: fault.NotFound.
func (s *Service) Entry(ctx context.Context, by access.Actor, id string) (Entry, error) {
	if err := may(by); err != nil {
		return Entry{}, err
	}
	return s.entries.Get(ctx, id)
}

// Entries returns all organisations by their names, ended ones last.
func (s *Service) Entries(ctx context.Context, by access.Actor) ([]Entry, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	page, err := s.entries.Find(ctx, store.All().Limit(mostListed))
	slices.SortFunc(page.Items, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(min(len(a.EndedOn), 1), min(len(b.EndedOn), 1)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return page.Items, err
}

// readDrill brings d into the form that is stored. Nobody writes down what is still to come, and the next drill is after this one.
func (s *Service) readDrill(ctx context.Context, d *Practised) error {
	d.Topic, d.Result, d.Better = lang.Clean(d.Topic), lang.Clean(d.Result), lang.Clean(d.Better)
	wrong := (lang.Limit{Max: MaxTopic, Must: true}).Check("topic", d.Topic)
	wrong = append(wrong, (lang.Limit{Max: MaxResult, Must: true, Prose: true}).Check("result", d.Result)...)
	wrong = append(wrong, (lang.Limit{Max: MaxResult, Prose: true}).Check("better", d.Better)...)
	for name, text := range map[string]string{"topic": d.Topic, "result": d.Result, "better": d.Better} {
		wrong = append(wrong, phone.NoMobile(name, text)...)
	}
	on, err := calendar.ParseDate(d.On)
	switch {
	case err != nil:
		wrong = append(wrong, fault.Field{Name: "on", Key: "error.date"})
	case on > s.today():
		wrong = append(wrong, fault.Field{Name: "on", Key: "callout.wrong.on"})
	}
	if _, bad := calendar.ParseDate(d.NextOn); d.NextOn != "" && (bad != nil || d.NextOn <= d.On) {
		wrong = append(wrong, fault.Field{Name: "next_on", Key: "callout.wrong.next"})
	}
	d.With = slices.Compact(slices.Sorted(slices.Values(d.With)))
	if len(d.With) == 0 {
		wrong = append(wrong, fault.Field{Name: "with", Key: "callout.wrong.with"})
	}
	for _, id := range d.With {
		if _, err := s.entries.Get(ctx, id); fault.Is(err, fault.NotFound) {
			wrong = append(wrong, fault.Field{Name: "with", Key: "error.choice"})
		} else if err != nil {
			return err
		}
	}
	return fault.Wrongs(wrong)
}

// AddDrill writes a drill down: fault.Invalid names the fields.
func (s *Service) AddDrill(ctx context.Context, by access.Actor, d Practised) (Drill, error) {
	if err := may(by); err != nil {
		return Drill{}, err
	}
	if err := s.readDrill(ctx, &d); err != nil {
		return Drill{}, err
	}
	x := Drill{Practised: d}
	return x, s.drills.Insert(ctx, by, audit.Write{Action: access.CalloutEdit, Title: d.Topic}, &x)
}

// SetDrill corrects a drill over revision rev: fault.Invalid, fault.Conflict, fault.NotFound.
func (s *Service) SetDrill(ctx context.Context, by access.Actor, id string, rev int64, d Practised) (Drill, error) {
	if err := may(by); err != nil {
		return Drill{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Drill{}, err
	}
	if err := s.readDrill(ctx, &d); err != nil {
		return Drill{}, err
	}
	return s.drills.UpdateAs(ctx, by, id, rev, func(x *Drill) (audit.Write, error) {
		x.Practised = d
		return audit.Write{Action: access.CalloutEdit, Title: d.Topic}, nil
	})
}

// Drill returns one: fault.NotFound.
func (s *Service) Drill(ctx context.Context, by access.Actor, id string) (Drill, error) {
	if err := may(by); err != nil {
		return Drill{}, err
	}
	return s.drills.Get(ctx, id)
}

// Drills returns the drills, the latest first, a page at a time.
func (s *Service) Drills(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Drill], error) {
	if err := may(by); err != nil {
		return store.Page[Drill]{}, err
	}
	return s.drills.Find(ctx, store.All().OrderBy("on", store.Desc).Limit(limit).After(cursor))
}

// Due is the day by which the next drill is due, by the latest drill that names one; empty where none does. A drill that was held since
// has answered the one before it.
func (s *Service) Due(ctx context.Context, by access.Actor) (string, error) {
	page, err := s.Drills(ctx, by, "", 1)
	if err != nil || len(page.Items) == 0 {
		return "", err
	}
	return page.Items[0].NextOn, nil
}
