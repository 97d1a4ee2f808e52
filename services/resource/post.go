package resource

import (
	"context"
	"fmt"
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

// Side is whether something is offered or sought.
type Side string

// The sides.
const (
	Offered Side = "offered"
	Sought  Side = "sought"
)

// Other is the side that answers.
func (s Side) Other() Side {
	if s == Offered {
		return Sought
	}
	return Offered
}

// Kind is what is offered or sought.
type Kind string

// The kinds.
const (
	Hall     Kind = "hall"
	Parking  Kind = "parking"
	Legal    Kind = "legal"
	Printing Kind = "printing"
	Skills   Kind = "skills"
	Goods    Kind = "goods"
	Else     Kind = "else"
)

// Kinds lists the kinds in the order people choose from.
var Kinds = []Kind{Hall, Parking, Legal, Printing, Skills, Goods, Else}

// Space reports whether it is a space, which has times and can be in the calendar that everybody sees.
func (k Kind) Space() bool { return k == Hall || k == Parking }

// PostState is whether somebody can still answer.
type PostState string

// The states of a post. Lapsed: nobody renewed it for 90 days.
const (
	Open      PostState = "open"
	Ended     PostState = "closed"
	Lapsed    PostState = "lapsed"
	Withdrawn PostState = "withdrawn"
)

// How long a post is open without being renewed, and how long before its end its people are told.
const (
	Lasts      = 90
	TellBefore = 14
)

// MaxOpen is how many open posts an organisation has at most.
const MaxOpen = 20

// ConsentWords is the version of the sentence an organisation agrees to before a space of it is shown to everybody; another sentence
// takes another number and asks again.
const ConsentWords = 1

// Consent is the leave to show a space and the organisation's name to everybody.
type Consent struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
}

// Details are what an organisation says of what it offers or seeks.
type Details struct {
	Side  Side   `json:"side"`
	Kind  Kind   `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text"`
	// Place is the slug of a street or plaza; empty: anywhere in the district.
	Place string `json:"place"`
	// Hours are when a space is open to others, as it was typed and as it was read.
	Times string      `json:"times"`
	Hours hours.Hours `json:"hours"`
}

// Post is one thing that an organisation offers or seeks.
type Post struct {
	store.Meta
	audit.Trail
	OrganisationID string `json:"organisation_id"`
	Details
	State PostState `json:"state"`
	Until string    `json:"until"` // last day, YYYY-MM-DD; renewing moves it
	Told  string    `json:"told"`  // the Until its people were told of
	// Shown is whether everybody sees the space; it never is without Consent.
	Shown   bool     `json:"shown"`
	Consent *Consent `json:"consent,omitempty"`
}

// StateAt is the state on a day: one whose last day is over has lapsed, whether the program has noted it or not.
func (p *Post) StateAt(today calendar.Date) PostState {
	if p.State == Open && p.Until < today.String() {
		return Lapsed
	}
	return p.State
}

func (d *Details) read() error {
	d.Title, d.Text, d.Times = lang.Clean(d.Title), lang.Clean(d.Text), lang.Clean(d.Times)
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).Check("title", d.Title)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).Check("text", d.Text)...)
	wrong = append(append(wrong, phone.NoMobile("title", d.Title)...), phone.NoMobile("text", d.Text)...)
	if d.Side != Offered && d.Side != Sought {
		wrong = append(wrong, fault.Field{Name: "side", Key: "error.choice"})
	}
	if !slices.Contains(Kinds, d.Kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	d.Hours = hours.Hours{Special: []hours.Special{}}
	if d.Side != Offered || !d.Kind.Space() {
		d.Times = ""
	}
	if d.Times != "" {
		h, err := hours.ParseChinese(d.Times)
		if err != nil {
			h, err = hours.ParseOSM(d.Times) // as who reads English is asked to write it
		}
		if err != nil {
			wrong = append(wrong, fault.Field{Name: "times", Key: "resource.wrong.times"})
		} else {
			d.Hours = h
		}
	}
	return fault.Wrongs(wrong)
}

// Add makes an open post: fault.NotFound for the organisations of others, fault.Invalid, fault.Conflict above MaxOpen.
func (s *Service) Add(ctx context.Context, by access.Actor, organisationID string, d Details) (Post, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return Post{}, err
	}
	if err := d.read(); err != nil {
		return Post{}, err
	}
	n, err := s.posts.Count(ctx, store.Where("state", store.Eq, string(Open)).And("organisation_id", store.Eq, organisationID))
	if err != nil {
		return Post{}, err
	}
	if n >= MaxOpen {
		return Post{}, fault.New(fault.Conflict, "resource.wrong.full", fmt.Errorf("resource: %d posts are open", n))
	}
	p := Post{OrganisationID: organisationID, Details: d, State: Open, Until: (s.today() + Lasts).String()}
	return p, s.posts.Insert(ctx, by, audit.Write{Action: access.ResourceOwn, Title: d.Title}, &p)
}

// Edit writes what an organisation says of a post; a space whose times or kind change is not shown to everybody until it agrees anew.
// fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) Edit(ctx context.Context, by access.Actor, organisationID, id string, rev int64, d Details) (Post, error) {
	if err := d.read(); err != nil {
		return Post{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Post{}, err
	}
	return s.changePost(ctx, by, organisationID, id, rev, "", func(p *Post) error {
		if p.StateAt(s.today()) != Open {
			return cannot("it is not open")
		}
		if p.Side != d.Side {
			return fault.Wrong("side", "error.choice", nil) // who answered it answered the other side
		}
		if p.Kind != d.Kind || d.Times == "" {
			p.Shown, p.Consent = false, nil
		}
		p.Details = d
		return nil
	})
}

// Renew keeps a post for another 90 days, also one that has lapsed: fault.NotFound, fault.Conflict.
func (s *Service) Renew(ctx context.Context, by access.Actor, organisationID, id string) (Post, error) {
	return s.changePost(ctx, by, organisationID, id, 0, "renew", func(p *Post) error {
		if now := p.StateAt(s.today()); now != Open && now != Lapsed {
			return cannot("it has ended")
		}
		p.State, p.Until = Open, (s.today() + Lasts).String()
		return nil
	})
}

// Withdraw ends a post; what has been agreed about it goes on: fault.NotFound, fault.Conflict.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, organisationID, id string) (Post, error) {
	return s.changePost(ctx, by, organisationID, id, 0, "withdraw", func(p *Post) error {
		if p.State == Withdrawn || p.State == Ended {
			return cannot("it has ended")
		}
		p.withdraw()
		return nil
	})
}

// Show lets everybody see a space, or nobody any more; taking back asks for nothing: fault.NotFound, fault.Conflict.
func (s *Service) Show(ctx context.Context, by access.Actor, organisationID, id string, yes bool) (Post, error) {
	return s.changePost(ctx, by, organisationID, id, 0, "show", func(p *Post) error {
		if !yes {
			p.Shown, p.Consent = false, nil
			return nil
		}
		if p.StateAt(s.today()) != Open || !p.Kind.Space() || p.Side != Offered || !p.Hours.Known {
			return cannot("it is no space with times that is open")
		}
		p.Shown, p.Consent = true, &Consent{AccountID: by.AccountID, At: at(s.Now()), Words: ConsentWords}
		return nil
	})
}

func (s *Service) changePost(ctx context.Context, by access.Actor, organisationID, id string, rev int64, why string, f func(*Post) error) (Post, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return Post{}, err
	}
	return s.posts.UpdateAs(ctx, by, id, rev, func(p *Post) (audit.Write, error) {
		if p.OrganisationID != organisationID {
			return audit.Write{}, fault.Missing()
		}
		err := f(p)
		return audit.Write{Action: access.ResourceOwn, Title: p.Title, Why: why}, err
	})
}

// Post returns one for who may read them all, or for an organisation that may answer it; their own in every state: fault.NotFound.
func (s *Service) Post(ctx context.Context, by access.Actor, organisationID, id string) (Post, error) {
	if err := s.reads(ctx, by, organisationID); err != nil {
		return Post{}, err
	}
	p, err := s.asItIs(ctx, id)
	if err == nil && organisationID != "" && p.OrganisationID != organisationID && p.StateAt(s.today()) != Open {
		err = fault.Missing()
	}
	if err != nil {
		return Post{}, err
	}
	return p, nil
}

// asItIs is a post of which nobody needs to wait for the program: what an organisation posted is over with its seat.
func (s *Service) asItIs(ctx context.Context, id string) (Post, error) {
	p, err := s.posts.Get(ctx, id)
	if err != nil || p.State != Open {
		return p, err
	}
	seated, err := s.Members.Seated(ctx)
	if !seated[p.OrganisationID] {
		p.withdraw()
	}
	return p, err
}

// withdraw ends a post for everybody.
func (p *Post) withdraw() { p.State, p.Shown, p.Consent = Withdrawn, false, nil }

// ofSeated leaves out the posts of organisations that have no seat any more.
func (s *Service) ofSeated(ctx context.Context, list []Post) ([]Post, error) {
	seated, err := s.Members.Seated(ctx)
	return slices.DeleteFunc(list, func(p Post) bool { return !seated[p.OrganisationID] }), err
}

// reads asks for the leave to read: of the organisation, or of who reads everything when it is empty.
func (s *Service) reads(ctx context.Context, by access.Actor, organisationID string) error {
	if organisationID != "" {
		return s.acts(ctx, by, organisationID)
	}
	return access.Require(by, access.ResourceRead, access.Thing{Kind: kindPost})
}

// Open returns the open posts, those that end soonest first, a page at a time, for everybody who may read posts; organisationID as in
// Post. An empty side or kind is any. A page has fewer than limit where an organisation lost its seat.
func (s *Service) Open(ctx context.Context, by access.Actor, organisationID string, side Side, kind Kind, cursor string, limit int) (store.Page[Post], error) {
	if err := s.reads(ctx, by, organisationID); err != nil {
		return store.Page[Post]{}, err
	}
	page, err := s.posts.Find(ctx, s.open(side, kind).OrderBy("until", store.Asc).Limit(limit).After(cursor))
	if err == nil {
		page.Items, err = s.ofSeated(ctx, page.Items)
	}
	return page, err
}

// open finds the open posts of a side and a kind; empty: of any.
func (s *Service) open(side Side, kind Kind) store.Query {
	q := store.Where("state", store.Eq, string(Open)).And("until", store.Gte, s.today().String())
	if side != "" {
		q = q.And("side", store.Eq, string(side))
	}
	if kind != "" {
		q = q.And("kind", store.Eq, string(kind))
	}
	return q
}

// Of returns the posts of an organisation, the newest first, for its own people.
func (s *Service) Of(ctx context.Context, by access.Actor, organisationID, cursor string, limit int) (store.Page[Post], error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return store.Page[Post]{}, err
	}
	return s.posts.Find(ctx, store.Where("organisation_id", store.Eq, organisationID).OrderBy("created_at", store.Desc).Limit(limit).After(cursor))
}

// looked is how many open posts of the other side a suggestion is chosen from.
const looked = 200

// Suggest returns open posts of others that fit: the other side, the same kind, and the same place first. organisationID as in Post.
func (s *Service) Suggest(ctx context.Context, by access.Actor, organisationID string, p *Post, most int) ([]Post, error) {
	if err := s.reads(ctx, by, organisationID); err != nil {
		return nil, err
	}
	q := store.Where("state", store.Eq, string(Open)).And("side", store.Eq, string(p.Side.Other())).And("kind", store.Eq, string(p.Kind))
	page, err := s.posts.Find(ctx, q.Limit(looked))
	if err != nil {
		return nil, err
	}
	list, err := s.ofSeated(ctx, page.Items)
	return p.fitting(list, s.today(), most), err
}

// fitting orders candidates of the other side by place: the same, then anywhere, then elsewhere.
func (p *Post) fitting(list []Post, today calendar.Date, most int) []Post {
	rank := func(x *Post) int {
		switch {
		case x.Place != "" && x.Place == p.Place:
			return 0
		case x.Place == "" || p.Place == "":
			return 1
		}
		return 2
	}
	out := slices.DeleteFunc(slices.Clone(list), func(x Post) bool {
		return x.OrganisationID == p.OrganisationID || x.Side == p.Side || x.Kind != p.Kind || x.StateAt(today) != Open
	})
	slices.SortStableFunc(out, func(a, b Post) int { return rank(&a) - rank(&b) })
	return out[:min(len(out), most)]
}

// Space is a space as everybody sees it.
type Space struct {
	Post
	Organisation lang.Text
}

// mostSpaces bounds the calendar of spaces.
const mostSpaces = 200

// Spaces returns what everybody may see: open spaces whose organisation agreed to show them, and may still be named in public.
func (s *Service) Spaces(ctx context.Context) ([]Space, error) {
	page, err := s.posts.Find(ctx, store.Where("shown", store.Eq, true).OrderBy("created_at", store.Asc).Limit(mostSpaces))
	if err != nil {
		return nil, err
	}
	out := []Space{}
	for _, p := range page.Items {
		if p.Consent == nil || p.Consent.Words != ConsentWords || p.StateAt(s.today()) != Open {
			continue
		}
		o, _, err := s.Members.Reach(ctx, p.OrganisationID)
		if fault.Is(err, fault.NotFound) || err == nil && !o.Listed() {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Trail, p.Consent, p.OrganisationID = audit.Trail{}, nil, "" // the public has no use for ids
		out = append(out, Space{p, o.Name})
	}
	return out, nil
}
