package station

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Facility is something people find at a station.
type Facility string

// The facilities. Those that people also look for on the way are called as the kinds of points are.
const (
	Water     Facility = Facility(place.Water)
	Charging  Facility = Facility(place.Charging)
	FirstAid  Facility = Facility(place.FirstAid)
	AED       Facility = Facility(place.AED)
	Nursing   Facility = Facility(place.Nursing)
	Toilet    Facility = Facility(place.Toilet)
	Rest      Facility = Facility(place.Rest)
	Microwave Facility = "microwave"
	Umbrella  Facility = "umbrella"
	Glasses   Facility = "glasses"
	Reading   Facility = "reading"
)

// Facilities lists them in the order people choose from.
var Facilities = []Facility{Water, Charging, Microwave, Rest, Toilet, FirstAid, AED, Nursing, Umbrella, Glasses, Reading}

// Item is something the station does for people, step by step.
type Item struct {
	Name  lang.Text `json:"name"`
	Steps lang.Text `json:"steps"` // a step a line
}

// MaxItems is how many items a station has at most.
const MaxItems = 12

// mostStations bounds how many stations there are, and the lists of them.
const mostStations = 50

// Details are what the liaison writes of a station besides its hours.
type Details struct {
	Name       lang.Text     `json:"name"`
	Intro      lang.Text     `json:"intro,omitzero"`
	Where      lang.Text     `json:"where"`
	Location   *geo.Location `json:"location,omitempty"`
	Phone      string        `json:"phone,omitempty"` // of the desk, never a person's
	Facilities []Facility    `json:"facilities"`
	// CheckedOn is when somebody last looked whether the facilities are there and work, YYYY-MM-DD.
	CheckedOn string `json:"checked_on"`
	Items     []Item `json:"items"`
}

// Station is one service station.
type Station struct {
	store.Meta
	audit.Trail
	Slug string                 `json:"slug"`
	Page assembly.Gate[Details] `json:"page"`
	// Hours are a fact of the day that people walk by: that the door stays shut this afternoon cannot wait for a second person.
	Hours hours.Hours `json:"hours"`
}

// Shown is a station as everybody reads it.
type Shown struct {
	store.Meta
	Slug string
	Details
	Hours hours.Hours
}

// shown is what everybody reads of it; false where that is nothing.
func (x *Station) shown() (Shown, bool) {
	if x.Page.Public == nil {
		return Shown{}, false
	}
	return Shown{Meta: x.Meta, Slug: x.Slug, Details: *x.Page.Public, Hours: x.Hours}, true
}

func (d *Details) read(today string) error {
	for _, t := range []*lang.Text{&d.Name, &d.Intro, &d.Where} {
		*t = t.Clean()
	}
	d.Phone, d.CheckedOn = lang.Clean(d.Phone), lang.Clean(d.CheckedOn)
	wrong := (lang.Limit{Max: MaxName, Must: true}).CheckText("name", d.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).CheckText("intro", d.Intro)...)
	wrong = append(wrong, (lang.Limit{Max: MaxLine, Must: true}).CheckText("where", d.Where)...)
	wrong = append(wrong, phone.NoMobile("name", d.Name.All()...)...)
	wrong = append(wrong, phone.NoMobile("intro", d.Intro.All()...)...)
	wrong = append(wrong, phone.NoMobile("where", d.Where.All()...)...)
	if list, err := phone.Parse(d.Phone); err != nil {
		wrong = append(wrong, fault.Field{Name: "phone", Key: "station.wrong.phone"})
	} else if slices.ContainsFunc(list, func(n phone.Number) bool { return n.Kind == phone.Mobile }) {
		wrong = append(wrong, fault.Field{Name: "phone", Key: "station.wrong.mobile"}) // a mobile number is a person's
	}
	kept := []Facility{}
	for _, f := range Facilities {
		if slices.Contains(d.Facilities, f) {
			kept = append(kept, f)
		}
	}
	d.Facilities = kept
	if d.CheckedOn != "" {
		if _, err := calendar.ParseDate(d.CheckedOn); err != nil || d.CheckedOn > today {
			wrong = append(wrong, fault.Field{Name: "checked_on", Key: "station.wrong.checked"})
		}
	}
	items := []Item{}
	for _, x := range d.Items {
		x.Name, x.Steps = x.Name.Clean(), x.Steps.Clean()
		if x == (Item{}) {
			continue
		}
		wrong = append(wrong, (lang.Limit{Max: MaxName, Must: true}).CheckText("items", x.Name)...)
		wrong = append(wrong, (lang.Limit{Max: MaxText, Must: true, Prose: true}).CheckText("items", x.Steps)...)
		wrong = append(wrong, phone.NoMobile("items", append(x.Name.All(), x.Steps.All()...)...)...)
		items = append(items, x)
	}
	if d.Items = items; len(items) > MaxItems {
		wrong = append(wrong, fault.Field{Name: "items", Key: "station.wrong.items", Args: map[string]any{"Max": MaxItems}})
	}
	return fault.Wrongs(wrong)
}

func (s *Service) today() string { return calendar.Today(s.Now()).String() }

// Add makes a station, which the public does not see until a second person let it through: fault.Invalid.
func (s *Service) Add(ctx context.Context, by access.Actor, slug string, d Details) (Station, error) {
	if err := access.Require(by, access.StationEdit, access.Thing{Kind: kindStation}); err != nil {
		return Station{}, err
	}
	if slug = lang.Clean(slug); !lang.Slug(slug) {
		return Station{}, fault.Wrong("slug", "station.wrong.slug", nil)
	}
	if err := d.read(s.today()); err != nil {
		return Station{}, err
	}
	n, err := s.stations.Count(ctx, store.All())
	if err != nil {
		return Station{}, err
	}
	if n >= mostStations {
		return Station{}, cannot("station.wrong.full", "too many stations")
	}
	x := Station{Slug: slug, Hours: hours.Hours{Special: []hours.Special{}}}
	x.Page.Edit(by, d)
	err = s.stations.Insert(ctx, by, audit.Write{Action: access.StationEdit, Title: d.Name.Hans}, &x)
	if fault.Is(err, fault.Conflict) {
		err = fault.Wrong("slug", "station.wrong.taken_slug", nil)
	}
	return x, err
}

// Edit writes what the liaison knows of a station; what is public stays. fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, d Details) (Station, error) {
	if err := d.read(s.today()); err != nil {
		return Station{}, err
	}
	return s.changeStation(ctx, by, access.StationEdit, id, rev, "", func(x *Station) error { x.Page.Edit(by, d); return nil })
}

// SetHours writes when a station is open, for the public at once: fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) SetHours(ctx context.Context, by access.Actor, id string, rev int64, h hours.Hours) (Station, error) {
	if err := hours.Validate(h); err != nil {
		return Station{}, err
	}
	return s.changeStation(ctx, by, access.StationEdit, id, rev, "", func(x *Station) error { x.Hours = h; return nil })
}

// Submit hands the page of a station to a second person: fault.Conflict where it waits already or says nothing new.
func (s *Service) Submit(ctx context.Context, by access.Actor, id string, rev int64) (Station, error) {
	return s.changeStation(ctx, by, access.StationEdit, id, rev, "submit", func(x *Station) error { return x.Page.Submit() })
}

// Withdraw takes the public page away at once; the draft stays.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64) (Station, error) {
	return s.changeStation(ctx, by, access.StationEdit, id, rev, "withdraw", func(x *Station) error { return x.Page.Withdraw() })
}

// Approve makes exactly what has this hash public: fault.Conflict when it was changed, or by who wrote it.
func (s *Service) Approve(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Station, error) {
	return s.changeStation(ctx, by, access.AssemblyApprove, id, rev, "approve", func(x *Station) error { return x.Page.Approve(by, hash, s.Now()) })
}

// Return gives the draft back with a reason.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Station, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Station{}, err
	}
	return s.changeStation(ctx, by, access.AssemblyApprove, id, rev, reason, func(x *Station) error { return x.Page.GiveBack(reason) })
}

// Unapproved returns the stations whose pages wait for who approves. Of one's own work Approve refuses.
func (s *Service) Unapproved(ctx context.Context, by access.Actor) ([]Station, error) {
	if err := access.Require(by, access.AssemblyApprove, access.Thing{Kind: kindStation}); err != nil {
		return nil, err
	}
	page, err := s.stations.Find(ctx, store.Where("page.asked", store.Gt, "").Limit(mostStations))
	return page.Items, err
}

func (s *Service) changeStation(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Station) error) (Station, error) {
	if err := access.Require(by, act, access.Thing{Kind: kindStation, ID: id}); err != nil {
		return Station{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Station{}, err
	}
	return s.stations.UpdateAs(ctx, by, id, rev, func(x *Station) (audit.Write, error) {
		err := f(x)
		return audit.Write{Action: act, Title: x.Page.Draft.Name.Hans, Why: why}, err
	})
}

// Station returns one for who keeps it: fault.NotFound.
func (s *Service) Station(ctx context.Context, by access.Actor, id string) (Station, error) {
	if err := access.Require(by, access.StationEdit, access.Thing{Kind: kindStation, ID: id}); err != nil {
		return Station{}, err
	}
	return s.stations.Get(ctx, id)
}

// Stations returns all of them for who keeps them, the oldest first.
func (s *Service) Stations(ctx context.Context, by access.Actor) ([]Station, error) {
	if err := access.Require(by, access.StationEdit, access.Thing{Kind: kindStation}); err != nil {
		return nil, err
	}
	return s.allStations(ctx)
}

func (s *Service) allStations(ctx context.Context) ([]Station, error) {
	return store.Collect(s.stations.Each(ctx, store.All().OrderBy("created_at", store.Asc).Limit(mostStations)), mostStations)
}

// Public returns the stations that the public sees.
func (s *Service) Public(ctx context.Context) ([]Shown, error) {
	list, err := s.allStations(ctx)
	out := []Shown{}
	for i := range list {
		if x, ok := list[i].shown(); ok {
			out = append(out, x)
		}
	}
	return out, err
}

// PublicStation returns one that the public sees: fault.NotFound.
func (s *Service) PublicStation(ctx context.Context, slug string) (Shown, error) {
	x, err := s.stations.GetBy(ctx, "slug", slug)
	if err != nil {
		return Shown{}, err
	}
	out, ok := x.shown()
	if !ok {
		return Shown{}, fault.Missing()
	}
	return out, nil
}
