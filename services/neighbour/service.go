package neighbour

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const (
	kindCase = "neighbour_case"
	kindArea = "area"
	purpose  = "neighbour sides"
)

// ShopOf says whose a shop is and what it is called: fault.NotFound for one that is not there.
type ShopOf func(ctx context.Context, listingID string) (thing access.Thing, name string, err error)

// Letters reach the people of a shop. Sent twice with the same key a letter arrives once where the engine can tell; somebody who cannot
// be reached is no error.
type Letters interface {
	// LeadersOf returns the accounts that answer for a shop of a merchant.
	LeadersOf(ctx context.Context, merchantID, listingID string) ([]string, error)
	// TellCase says that the shop is invited to a meeting; args are Shop, When and Link. What people wrote of a case is for those who signed in.
	TellCase(ctx context.Context, accountID, key string, args map[string]any) error
}

// Deps are what New needs.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Keys *secret.Ring
	Shop ShopOf
	// Contacts are the accounts that may be the contact of an area, with what colleagues call them.
	Contacts func(ctx context.Context) (map[string]string, error)
	Letters  Letters // nil: nobody is written to
	// Link returns the address of a case in the portal of its shop.
	Link func(caseID string) string
	// Days says how long the sides of a closed case are kept, Keep at most; nil: Keep.
	Days func() int
	Now  func() time.Time // in the zone of the district
}

// Service keeps the cases. It is safe for concurrent use.
type Service struct {
	Deps
	areas *audit.Recorded[Area]
	cases *audit.Recorded[Case]
}

// New returns the cases on d.DB.
func New(d Deps) *Service {
	follow := store.Follow("audit")
	return &Service{
		Deps:  d,
		areas: audit.Record(store.NewCollection[Area](d.DB, "neighbour_areas", store.Unique("name"), follow), d.Log, kindArea),
		// The trail outlives what is about a side, and is read by people who have no part in a case: it has none of what a case says.
		cases: audit.Record(store.NewCollection[Case](d.DB, "neighbour_cases", store.Index("state", "created_at"),
			store.Index("merchant_id", "created_at"), store.Index("erase_on"), follow), d.Log, kindCase,
			audit.Hide("sealed", "place", "matter", "meetings", "measures", "checks", "result", "coming")),
	}
}

// Draft is what the contact writes of a case.
type Draft struct {
	AreaID    string
	Topic     Topic
	Place     string
	ListingID string
	Matter    string
	Side      Side // without Said
}

func (d *Draft) read() []fault.Field {
	d.Place, d.Matter = lang.Clean(d.Place), lang.Clean(d.Matter)
	d.Side.Residents, d.Side.Shop = lang.Clean(d.Side.Residents), lang.Clean(d.Side.Shop)
	wrong := both("place", d.Place, lang.Limit{Max: MaxPlace, Must: true})
	wrong = append(wrong, both("matter", d.Matter, lang.Limit{Max: MaxText, Must: true, Prose: true})...)
	wrong = append(wrong, (lang.Limit{Max: MaxSide, Prose: true}).Check("residents", d.Side.Residents)...)
	wrong = append(wrong, (lang.Limit{Max: MaxSide, Prose: true}).Check("side_shop", d.Side.Shop)...)
	if !slices.Contains(Topics, d.Topic) {
		wrong = append(wrong, fault.Field{Name: "topic", Key: "error.choice"})
	}
	return wrong
}

// Begin opens a case in an area of which by is the contact: fault.Invalid names the fields.
func (s *Service) Begin(ctx context.Context, by access.Actor, d Draft) (Case, error) {
	if err := require(by, access.NeighbourEdit); err != nil {
		return Case{}, err
	}
	wrong := d.read()
	if err := s.contact(ctx, by, d.AreaID); fault.Is(err, fault.NotFound) {
		wrong = append(wrong, fault.Field{Name: "area", Key: "neighbour.wrong.area"})
	} else if err != nil {
		return Case{}, err
	}
	shop, name, err := s.Shop(ctx, d.ListingID)
	if fault.Is(err, fault.NotFound) || err == nil && shop.MerchantID == "" {
		wrong = append(wrong, fault.Field{Name: "shop", Key: "neighbour.wrong.shop"})
	} else if err != nil {
		return Case{}, err
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Case{}, err
	}
	sealed, err := s.seal(Side{Residents: d.Side.Residents, Shop: d.Side.Shop})
	if err != nil {
		return Case{}, err
	}
	x := Case{
		AreaID: d.AreaID, Topic: d.Topic, Place: d.Place, ListingID: d.ListingID, MerchantID: shop.MerchantID, Shop: name, Matter: d.Matter,
		State: Open, Meetings: []Meeting{}, Measures: []Measure{}, Checks: []Check{}, EraseOn: never, Sealed: sealed,
	}
	err = s.cases.Insert(ctx, by, audit.Write{Action: access.NeighbourEdit, Title: string(d.Topic)}, &x)
	return x, err
}

// Sides returns what is known of the sides, for the contact of the area: fault.NotFound for everybody else, and once it is erased.
func (s *Service) Sides(ctx context.Context, by access.Actor, x *Case) (Side, error) {
	if err := s.contact(ctx, by, x.AreaID); err != nil {
		return Side{}, err
	}
	if x.Sealed == "" {
		return Side{}, fault.Missing()
	}
	return s.open(x.Sealed)
}

// Note writes what is known of the sides; what the shop said stays.
func (s *Service) Note(ctx context.Context, by access.Actor, id string, rev int64, side Side) (Case, error) {
	side.Residents, side.Shop = lang.Clean(side.Residents), lang.Clean(side.Shop)
	wrong := (lang.Limit{Max: MaxSide, Prose: true}).Check("residents", side.Residents)
	if err := fault.Wrongs(append(wrong, (lang.Limit{Max: MaxSide, Prose: true}).Check("side_shop", side.Shop)...)); err != nil {
		return Case{}, err
	}
	return s.step(ctx, by, id, rev, "sides", func(x *Case) error {
		if x.Sealed == "" {
			return cannot("neighbour.wrong.erased", "the sides are erased")
		}
		was, err := s.open(x.Sealed)
		if err != nil {
			return err
		}
		x.Sealed, err = s.seal(Side{Residents: side.Residents, Shop: side.Shop, Said: was.Said})
		return err
	}, Open, Invited, Agreed, Once, Twice)
}

// Invite calls both sides to a meeting, and writes to who answers for the shop. The residents hear of it from the contact, who alone
// knows how.
func (s *Service) Invite(ctx context.Context, by access.Actor, id string, rev int64, m Meeting) (Case, error) {
	m = Meeting{On: m.On, Time: m.Time, Place: lang.Clean(m.Place)}
	wrong := append(day("on", m.On), both("where", m.Place, lang.Limit{Max: MaxPlace, Must: true})...)
	if _, err := time.Parse("15:04", m.Time); err != nil {
		wrong = append(wrong, fault.Field{Name: "time", Key: "neighbour.wrong.time"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Case{}, err
	}
	x, err := s.step(ctx, by, id, rev, "invite", func(x *Case) error {
		if len(x.Meetings) >= MaxMeetings {
			return cannot("neighbour.wrong.full", "too many meetings")
		}
		x.Meetings = append(slices.Clone(x.Meetings), m)
		x.State, x.Coming = Invited, nil
		return nil
	}, Open, Invited)
	if err == nil {
		s.tell(ctx, &x, m)
	}
	return x, err
}

// Told notes that the contact has told the residents of the meeting: who told them and when, never whom. fault.Conflict when it is noted.
func (s *Service) Told(ctx context.Context, by access.Actor, id string, rev int64) (Case, error) {
	return s.step(ctx, by, id, rev, "residents told", func(x *Case) error {
		last := len(x.Meetings) - 1
		if last < 0 || x.Meetings[last].ToldOn != "" {
			return cannot("neighbour.wrong.state", "nothing to tell")
		}
		x.Meetings = slices.Clone(x.Meetings)
		x.Meetings[last].ToldOn, x.Meetings[last].ToldBy = s.today(), by.AccountID
		return nil
	}, Invited)
}

// tell writes to who answers for the shop that there is a meeting. A letter that does not leave is noted: who missed it sees the case at
// the next visit.
func (s *Service) tell(ctx context.Context, x *Case, m Meeting) {
	if s.Letters == nil {
		return
	}
	people, err := s.Letters.LeadersOf(ctx, x.MerchantID, x.ListingID)
	for _, account := range people {
		key := "neighbour." + x.ID + "." + strconv.Itoa(len(x.Meetings)) + "." + account
		err = errors.Join(err, s.Letters.TellCase(ctx, account, key, map[string]any{"Shop": x.Shop, "When": m.On + " " + m.Time, "Link": s.Link(x.ID)}))
	}
	if err != nil {
		slog.WarnContext(ctx, "an invitation of a shop did not leave", "error", err)
	}
}

// Add writes down a measure that both sides agreed on.
func (s *Service) Add(ctx context.Context, by access.Actor, id string, rev int64, m Measure) (Case, error) {
	m.Text, m.DoneOn = lang.Clean(m.Text), ""
	wrong := append(both("text", m.Text, lang.Limit{Max: MaxText, Must: true, Prose: true}), day("due", m.Due)...)
	if !slices.Contains(Sides, m.Who) {
		wrong = append(wrong, fault.Field{Name: "who", Key: "error.choice"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Case{}, err
	}
	return s.step(ctx, by, id, rev, "measure", func(x *Case) error {
		if len(x.Measures) >= MaxMeasures {
			return cannot("neighbour.wrong.full", "too many measures")
		}
		x.Measures = append(slices.Clone(x.Measures), m)
		return nil
	}, Invited)
}

// Agree says that both sides agreed on the measures; without one there is nothing to check: fault.Conflict.
func (s *Service) Agree(ctx context.Context, by access.Actor, id string, rev int64) (Case, error) {
	return s.step(ctx, by, id, rev, "agreed", func(x *Case) error {
		if len(x.Measures) == 0 {
			return cannot("neighbour.wrong.no_measure", "nothing was agreed on")
		}
		x.State, x.AgreedOn, x.Checks = Agreed, s.today(), []Check{}
		return nil
	}, Invited)
}

// Fulfil says that the measure with this place in the list, counted from 1, was carried out.
func (s *Service) Fulfil(ctx context.Context, by access.Actor, id string, rev int64, n int) (Case, error) {
	return s.step(ctx, by, id, rev, "measure done", func(x *Case) error {
		if n < 1 || n > len(x.Measures) || x.Measures[n-1].DoneOn != "" {
			return cannot("neighbour.wrong.state", "no such open measure")
		}
		x.Measures = slices.Clone(x.Measures)
		x.Measures[n-1].DoneOn = s.today()
		return nil
	}, Invited, Agreed, Once, Twice)
}

// Look writes down a check, on its day or after it: fault.Conflict before. Where the measures do not hold the sides meet again.
func (s *Service) Look(ctx context.Context, by access.Actor, id string, rev int64, holds bool, text string) (Case, error) {
	text = lang.Clean(text)
	if err := fault.Wrongs(both("text", text, lang.Limit{Max: MaxText, Must: true, Prose: true})); err != nil {
		return Case{}, err
	}
	return s.step(ctx, by, id, rev, "check", func(x *Case) error {
		if s.today() < x.CheckDue() {
			return cannot("neighbour.wrong.early", "the check is not due")
		}
		x.Checks = append(slices.Clone(x.Checks), Check{On: s.today(), Holds: holds, Text: text})
		switch {
		case !holds:
			x.State, x.AgreedOn, x.Coming = Invited, "", nil // the answer was to the last meeting
		case x.State == Agreed:
			x.State = Once
		default:
			x.State = Twice
		}
		return nil
	}, Agreed, Once)
}

// Close ends a case with its result: after both checks, or, agreed false, where the sides did not agree.
func (s *Service) Close(ctx context.Context, by access.Actor, id string, rev int64, agreed bool, result string) (Case, error) {
	result = lang.Clean(result)
	if err := fault.Wrongs(both("result", result, lang.Limit{Max: MaxText, Must: true, Prose: true})); err != nil {
		return Case{}, err
	}
	from, to := []State{Twice}, Closed
	if !agreed {
		from, to = []State{Open, Invited}, NotAgreed
	}
	return s.step(ctx, by, id, rev, string(to), func(x *Case) error {
		x.State, x.Result, x.ClosedOn = to, result, s.today()
		x.EraseOn = s.Now().AddDate(0, 0, Keep).Format(time.DateOnly)
		return nil
	}, from...)
}

// Answer is the shop's word to the contact: whether it comes to the meeting, and what it wants to say first. The residents do not
// read it.
func (s *Service) Answer(ctx context.Context, by access.Actor, id string, coming bool, said string) (Case, error) {
	if _, _, err := s.Own(ctx, by, id); err != nil {
		return Case{}, err
	}
	said = lang.Clean(said)
	if err := fault.Wrongs((lang.Limit{Max: MaxSide, Prose: true}).Check("said", said)); err != nil {
		return Case{}, err
	}
	return s.cases.UpdateAs(ctx, by, id, 0, func(x *Case) (audit.Write, error) {
		w := audit.Write{Action: access.NeighbourAnswer, Title: string(x.Topic)}
		if x.State != Invited || x.Sealed == "" {
			return w, cannot("neighbour.wrong.state", "nobody asks")
		}
		side, err := s.open(x.Sealed)
		if err != nil {
			return w, err
		}
		side.Said = said
		x.Coming = &coming
		x.Sealed, err = s.seal(side)
		return w, err
	})
}

// due finds the cases that were closed so many days ago: each says when that is for Keep days.
func (s *Service) due(days int) store.Query {
	return store.Where("erase_on", store.Lte, s.Now().AddDate(0, 0, Keep-days).Format(time.DateOnly)).And("erase_on", store.Gt, "")
}

// Due returns of how many cases the next Sweep would erase the sides, if they were kept for so many days.
func (s *Service) Due(ctx context.Context, days int) (int, error) {
	return s.cases.Count(ctx, s.due(days))
}

// Sweep erases the sides of cases that were closed long enough ago, and says how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	by := access.System("neighbour")
	days := Keep
	if s.Days != nil {
		days = s.Days()
	}
	page, err := s.cases.Find(ctx, s.due(days).Limit(200))
	if err != nil {
		return 0, err
	}
	return job.Each(page.Items, func(x *Case) (bool, error) {
		_, err := s.cases.Update(ctx, by, audit.Write{Action: access.NeighbourErase, Why: "kept long enough"}, x.ID, 0, func(x *Case) error {
			x.Sealed, x.EraseOn = "", ""
			return nil
		})
		return err == nil, err
	})
}

// step changes a case that is in one of these states, by the contact of its area.
func (s *Service) step(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Case) error, from ...State) (Case, error) {
	was, err := s.Get(ctx, by, id)
	if err != nil {
		return Case{}, err
	}
	if err := s.contact(ctx, by, was.AreaID); err != nil {
		return Case{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Case{}, err
	}
	return s.cases.UpdateAs(ctx, by, id, rev, func(x *Case) (audit.Write, error) {
		w := audit.Write{Action: access.NeighbourEdit, Title: string(x.Topic), Why: why}
		if !slices.Contains(from, x.State) {
			return w, cannot("neighbour.wrong.state", "it is "+string(x.State))
		}
		return w, f(x)
	})
}

func (s *Service) seal(x Side) (string, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return "", err
	}
	return s.Keys.Seal(purpose, b)
}

func (s *Service) open(sealed string) (x Side, err error) {
	b, err := s.Keys.Open(purpose, sealed)
	if err != nil {
		return x, err
	}
	return x, json.Unmarshal(b, &x)
}

func (s *Service) today() string { return s.Now().Format(time.DateOnly) }

func day(name, typed string) []fault.Field {
	if _, err := time.Parse(time.DateOnly, typed); err != nil {
		return []fault.Field{{Name: name, Key: "neighbour.wrong.day"}}
	}
	return nil
}

func require(by access.Actor, act access.Action) error {
	return access.Require(by, act, access.Thing{Kind: kindCase})
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("neighbour: "+why))
}
