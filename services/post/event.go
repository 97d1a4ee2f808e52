package post

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Limits of an event of a street or plaza, in characters and people.
const (
	MaxEventTitle = 40
	MaxEventText  = 400
	MaxEventLine  = 40
	MaxCapacity   = 50_000
	MaxEventLink  = 200
	maxReason     = 200
)

// Held is an event 活动 that the district writes for a street or plaza: drafted, submitted, public once a second person let exactly that
// through, perhaps changed or cancelled, and past when its last day is over. The fields of the Post are what is public of it, and of a
// draft that never was, the draft.
type Held struct {
	Page assembly.Gate[Details] `json:"page"`
	// Off is why it is not held; empty: it is. That is a fact and waits for nobody.
	Off Off `json:"off,omitempty"`
	// ChangedAt is when something else was let through after it had been public.
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// Details are everything that is said of such an event.
type Details struct {
	Title      lang.Text   `json:"title"`
	Text       lang.Text   `json:"text,omitzero"`
	Organiser  lang.Text   `json:"organiser,omitzero"` // an organisation, a street or a plaza, never a person; zero: the district
	StreetID   string      `json:"street_id,omitempty"`
	PlazaID    string      `json:"plaza_id,omitempty"`
	ShopID     string      `json:"shop_id,omitempty"` // the listing it is at; its street and plaza are those of the event
	Spot       lang.Text   `json:"spot,omitzero"`     // where there exactly
	CategoryID string      `json:"category_id,omitempty"`
	From       string      `json:"from"`  // YYYY-MM-DD
	Until      string      `json:"until"` // the last day
	Repeat     Repeat      `json:"repeat"`
	Times      *hours.Span `json:"times,omitempty"`
	Free       bool        `json:"free,omitempty"` // costs nothing
	Price      lang.Text   `json:"price,omitzero"` // what it costs, in words; zero and not Free: nobody said
	Capacity   int         `json:"capacity"`       // people; 0: nobody said
	Link       string      `json:"link,omitempty"` // where one registers, https
}

// Off is why an event is not held. A list, so that it can be said at once without anybody's leave.
type Off string

// The reasons.
const (
	OffWeather   Off = "weather"
	OffOrganiser Off = "organiser"
	OffPlace     Off = "place"
	OffElse      Off = "else"
)

// Offs lists them.
var Offs = []Off{OffWeather, OffOrganiser, OffPlace, OffElse}

// Cancelled reports whether it was an event that is not held.
func (p *Post) Cancelled() bool { return p.Held != nil && p.Held.Off != "" }

// Places is what events need of the register of streets and plazas.
type Places interface {
	Street(ctx context.Context, id string) (place.Street, error)
	Plaza(ctx context.Context, id string) (place.Plaza, error)
}

// read brings d into the form that is stored and says what is wrong with it.
func (d *Details) read() []fault.Field {
	for _, x := range []*lang.Text{&d.Title, &d.Text, &d.Organiser, &d.Spot, &d.Price} {
		*x = x.Clean()
	}
	d.Link = strings.TrimSpace(d.Link)
	var wrong []fault.Field
	for _, x := range []struct {
		name  string
		text  lang.Text
		limit lang.Limit
	}{
		{"title", d.Title, lang.Limit{Max: MaxEventTitle, Must: true}},
		{"text", d.Text, lang.Limit{Max: MaxEventText, Prose: true}},
		{"organiser", d.Organiser, lang.Limit{Max: MaxEventLine}},
		{"spot", d.Spot, lang.Limit{Max: MaxEventLine}},
		{"price", d.Price, lang.Limit{Max: MaxEventLine}},
	} {
		wrong = append(wrong, x.limit.CheckText(x.name, x.text)...)
		wrong = append(wrong, phone.NoMobile(x.name, x.text.All()...)...)
	}
	when := func(bad bool, name, key string) {
		if bad {
			wrong = append(wrong, fault.Field{Name: name, Key: key})
		}
	}
	when(d.Free && !d.Price.IsZero(), "price", "post.wrong.free")
	when(d.Capacity < 0 || d.Capacity > MaxCapacity, "capacity", "error.number")
	u, err := url.Parse(d.Link)
	when(d.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(d.Link) > MaxEventLink), "link", "error.url")
	p := Post{From: d.From, Until: d.Until, Repeat: d.Repeat, Times: d.Times}
	p.normalise()
	d.Repeat = p.Repeat
	return append(wrong, p.wrongWhen()...)
}

// checkDetails reads d and looks its place up: one street, one plaza, or a shop and what it is in. fault.Invalid names the fields.
func (s *Service) checkDetails(ctx context.Context, d *Details) error {
	wrong := d.read()
	add := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	var err error
	switch {
	case d.ShopID != "":
		l, missing := s.shops.Get(ctx, d.ShopID)
		if err = missing; err == nil {
			d.StreetID, d.PlazaID = l.Address.StreetID, l.Address.PlazaID
		}
		if err == nil && (!l.Public() || d.StreetID+d.PlazaID == "") || fault.Is(err, fault.NotFound) {
			add("shop", "post.wrong.shop")
		}
	case (d.StreetID == "") == (d.PlazaID == ""):
		add("place", "post.wrong.place")
	case d.StreetID != "":
		if _, err = s.places.Street(ctx, d.StreetID); fault.Is(err, fault.NotFound) {
			add("place", "post.wrong.place")
		}
	default:
		if _, err = s.places.Plaza(ctx, d.PlazaID); fault.Is(err, fault.NotFound) {
			add("place", "post.wrong.place")
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.Wrongs(wrong)
}

// say puts what is said of an event into the fields that every post has.
func (p *Post) say(d *Details) {
	p.Kind, p.Title, p.Text, p.StreetID, p.PlazaID, p.CategoryID = Event, d.Title, d.Text, d.StreetID, d.PlazaID, d.CategoryID
	p.From, p.Until, p.Repeat, p.Times = d.From, d.Until, d.Repeat, d.Times
}

func requireEvent(by access.Actor, act access.Action) error {
	return access.Require(by, act, access.Thing{Kind: kind})
}

// AddEvent writes an event down, which only the district sees until a second person let it through: fault.Invalid names the fields.
func (s *Service) AddEvent(ctx context.Context, by access.Actor, d Details) (Post, error) {
	if err := requireEvent(by, access.EventEdit); err != nil {
		return Post{}, err
	}
	if err := s.checkDetails(ctx, &d); err != nil {
		return Post{}, err
	}
	p := Post{State: Draft, Slot: draftSlot(), Held: &Held{}}
	p.say(&d)
	p.Held.Page.Edit(by, d)
	return p, s.docs.Insert(ctx, by, audit.Write{Action: access.EventEdit, Title: d.Title.Hans}, &p)
}

// EditEvent changes what is written; what is public stays. fault.Conflict for one that is cancelled.
func (s *Service) EditEvent(ctx context.Context, by access.Actor, id string, rev int64, d Details) (Post, error) {
	if err := requireEvent(by, access.EventEdit); err != nil {
		return Post{}, err
	}
	if err := s.checkDetails(ctx, &d); err != nil {
		return Post{}, err
	}
	return s.event(ctx, by, access.EventEdit, id, rev, "", func(p *Post) error {
		if p.Cancelled() {
			return wrongState("it is cancelled")
		}
		p.Held.Page.Edit(by, d)
		if p.Held.Page.Public == nil {
			p.say(&d)
		}
		return nil
	})
}

// SubmitEvent hands what is written to a second person: fault.Conflict where it waits already or says nothing new, fault.Invalid when its
// last day is over.
func (s *Service) SubmitEvent(ctx context.Context, by access.Actor, id string, rev int64) (Post, error) {
	return s.event(ctx, by, access.EventEdit, id, rev, "submit", func(p *Post) error {
		if p.Cancelled() {
			return wrongState("it is cancelled")
		}
		if p.Held.Page.Draft.Until < calendar.Today(s.now()).String() {
			return fault.Wrong("until", "post.wrong.past", nil)
		}
		return p.Held.Page.Submit()
	})
}

// ApproveEvent makes exactly what has this hash public: fault.Conflict when it was changed, by who wrote it, and when its last day is over
// by now.
func (s *Service) ApproveEvent(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Post, error) {
	return s.event(ctx, by, access.EventApprove, id, rev, "approve", func(p *Post) error {
		if p.Cancelled() || p.Held.Page.Draft.Until < calendar.Today(s.now()).String() {
			return wrongState("it is cancelled or over")
		}
		before := p.Held.Page.Public != nil
		if err := p.Held.Page.Approve(by, hash, s.now()); err != nil {
			return err
		}
		if before {
			p.Held.ChangedAt = p.Held.Page.PublicAt
		}
		p.say(p.Held.Page.Public)
		p.State, p.Hidden = Published, ""
		return nil
	})
}

// ReturnEvent gives what waits back with a reason.
func (s *Service) ReturnEvent(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Post, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: maxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Post{}, err
	}
	return s.event(ctx, by, access.EventApprove, id, rev, reason, func(p *Post) error { return p.Held.Page.GiveBack(reason) })
}

// CancelEvent says that a public event is not held: everybody reads it at once, and calendars strike it out. fault.Conflict for one that is
// not public or over.
func (s *Service) CancelEvent(ctx context.Context, by access.Actor, id string, rev int64, why Off) (Post, error) {
	if !slices.Contains(Offs, why) {
		return Post{}, fault.Wrong("off", "error.choice", nil)
	}
	return s.event(ctx, by, access.EventEdit, id, rev, "cancel: "+string(why), func(p *Post) error {
		if p.StateAt(s.now()) != Published || p.Cancelled() {
			return wrongState("only what is public and ahead is cancelled")
		}
		p.Held.Off, p.Held.Page.Asked = why, ""
		return nil
	})
}

func wrongState(why string) error {
	return fault.New(fault.Conflict, "post.wrong.state", errors.New("post: "+why))
}

// event changes one: fault.NotFound for posts of shops.
func (s *Service) event(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Post) error) (Post, error) {
	if err := requireEvent(by, act); err != nil {
		return Post{}, err
	}
	if rev < 1 {
		return Post{}, fault.New(fault.Conflict, "error.stale", nil)
	}
	was, err := s.docs.Get(ctx, id)
	if err != nil {
		return Post{}, err
	}
	if was.Held == nil {
		return Post{}, fault.Missing()
	}
	return s.docs.Update(ctx, by, audit.Write{Action: act, Title: was.Title.Hans, Why: why}, id, rev, func(p *Post) error {
		held := *p.Held
		p.Held = &held
		return f(p)
	})
}

// Event returns one in any state for those who write or approve them: fault.NotFound.
func (s *Service) Event(ctx context.Context, by access.Actor, id string) (Post, error) {
	if err := requireEvent(by, access.EventApprove); err != nil {
		return Post{}, err
	}
	p, err := s.docs.Get(ctx, id)
	if err == nil && p.Held == nil {
		err = fault.Missing()
	}
	return p, err
}

// Events returns those of streets and plazas in every state, the newest first, a page at a time.
func (s *Service) Events(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Post], error) {
	if err := requireEvent(by, access.EventApprove); err != nil {
		return store.Page[Post]{}, err
	}
	out := store.Page[Post]{Next: cursor}
	for first := true; first || out.Next != "" && len(out.Items) < limit; first = false {
		page, err := s.docs.Find(ctx, store.Where("listing_id", store.Eq, "").OrderBy("created_at", store.Desc).Limit(limit-len(out.Items)).After(out.Next))
		if err != nil {
			return store.Page[Post]{}, err
		}
		out.Items = append(out.Items, slices.DeleteFunc(page.Items, func(p Post) bool { return p.Held == nil })...) // without those of organisations
		out.Next = page.Next
	}
	return out, nil
}

// EventsWaiting returns those that wait for a second person. Of one's own work ApproveEvent refuses.
func (s *Service) EventsWaiting(ctx context.Context, by access.Actor) ([]Post, error) {
	if err := requireEvent(by, access.EventApprove); err != nil {
		return nil, err
	}
	out := []Post{}
	for p, err := range s.docs.Each(ctx, store.Where("listing_id", store.Eq, "").And("until", store.Gte, calendar.Today(s.now()).String()).Limit(MaxKept)) {
		if err != nil {
			return nil, err
		}
		if p.Held != nil && p.Held.Page.Asked != "" {
			out = append(out, p)
		}
	}
	return out, nil
}

// PublicEvent returns an event as everybody reads it, also when it is cancelled or past: fault.NotFound.
func (s *Service) PublicEvent(ctx context.Context, id string) (Post, error) {
	p, err := s.docs.Get(ctx, id)
	if err != nil {
		return Post{}, err
	}
	if p.Held == nil || p.Held.Page.Public == nil || p.State != Published {
		return Post{}, fault.Missing()
	}
	p.strip()
	return p, nil
}

// strip takes away what is not for visitors.
func (p *Post) strip() {
	p.Trail, p.MerchantID, p.LookSince, p.Seen = audit.Trail{}, "", time.Time{}, false
	if p.Held != nil {
		held := *p.Held
		held.Page = assembly.Gate[Details]{Public: held.Page.Public, PublicAt: held.Page.PublicAt}
		p.Held = &held
	}
}
