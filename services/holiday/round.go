package holiday

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// Round is the question of one holiday to all shops. What a shop answered is in its hours and nowhere else.
type Round struct {
	store.Meta
	audit.Trail
	Name  string `json:"name"` // 国庆节
	From  string `json:"from"` // YYYY-MM-DD; there is one round for a holiday
	To    string `json:"to"`
	Begun string `json:"begun"` // the day on which the shops were first asked
}

const kindRound = "holiday round"

// asked is how far one merchant has been asked about one holiday, so that nobody is asked more than len(steps) times.
type asked struct {
	store.Meta        // the id is the day the holiday begins and the merchant
	Step       int    `json:"step"`
	Until      string `json:"until"` // the last day of the holiday; forgotten a month after it
}

// steps are the days before a holiday up to which a merchant is reminded again; the first time is when the round begins.
var steps = []int{MaxAsk, 7, 3}

// Question is what one merchant is asked.
type Question struct {
	Name     string // of the holiday
	From, To calendar.Date
	Days     int // until it begins
	Step     int // 1 the first time
	Merchant string
	Shops    []listing.Listing // those that have not answered
}

// Shops yields every shop that is published and run by somebody.
type Shops func(ctx context.Context, yield func(*listing.Listing) error) error

// Tell sends a question to who runs the shops. It is called again after a failure, with the same Step.
type Tell func(ctx context.Context, q Question) error

// Coming is a public holiday ahead.
type Coming struct {
	Name     string
	From, To calendar.Date
	Days     int // until it begins; 0 or less while it lasts
	AskOn    calendar.Date
	Round    *Round // nil: not asked yet
}

// horizon is how many days ahead holidays are looked for.
const horizon = 400

// Ahead returns the public holidays that lie ahead or last, with what was asked, for those who ask.
func (s *Service) Ahead(ctx context.Context, by access.Actor) ([]Coming, error) {
	if err := access.Require(by, access.CalendarAsk, access.Thing{Kind: kindRound}); err != nil {
		return nil, err
	}
	return s.ahead(ctx)
}

func (s *Service) ahead(ctx context.Context) ([]Coming, error) {
	k, today := s.cur.Now(), calendar.Today(s.now())
	out := []Coming{}
	for _, year := range []int{today.Year(), today.Year() + 1} {
		for _, d := range k.cal.Days(year) {
			if d.Class != calendar.Holiday {
				continue
			}
			if n := len(out); n > 0 && out[n-1].To == d.Date-1 && out[n-1].Name == d.Name {
				out[n-1].To = d.Date
				continue
			}
			before := AskDays
			if n, ok := k.askDays[d.Year]; ok {
				before = n
			}
			out = append(out, Coming{Name: d.Name, From: d.Date, To: d.Date, Days: int(d.Date - today), AskOn: d.Date - calendar.Date(before)})
		}
	}
	out = slices.DeleteFunc(out, func(c Coming) bool { return c.To < today || c.Days > horizon })
	slices.SortStableFunc(out, func(a, b Coming) int { return int(a.From - b.From) })
	rounds := map[string]Round{}
	for r, err := range s.rounds.Each(ctx, store.Where("to", store.Gte, today.String()).Limit(50)) {
		if err != nil {
			return nil, err
		}
		rounds[r.From] = r
	}
	for i := range out {
		if r, ok := rounds[out[i].From.String()]; ok {
			out[i].Round = &r
		}
	}
	return out, nil
}

// Begin asks the shops about a holiday now, before its day has come: fault.NotFound for dates on which no holiday begins,
// fault.Conflict when they were asked already.
func (s *Service) Begin(ctx context.Context, by access.Actor, from calendar.Date) (Round, error) {
	all, err := s.Ahead(ctx, by)
	if err != nil {
		return Round{}, err
	}
	i := slices.IndexFunc(all, func(c Coming) bool { return c.From == from })
	if i < 0 {
		return Round{}, fault.New(fault.NotFound, "error.not_found", fmt.Errorf("holiday: none begins on %s", from))
	}
	if all[i].Round != nil {
		return *all[i].Round, fault.New(fault.Conflict, "holidays.wrong.begun", errors.New("holiday: the shops were asked before"))
	}
	return s.begin(ctx, by, &all[i])
}

func (s *Service) begin(ctx context.Context, by access.Actor, c *Coming) (Round, error) {
	r := Round{Name: c.Name, From: c.From.String(), To: c.To.String(), Begun: s.now().Format(time.DateOnly)}
	err := s.rounds.Insert(ctx, by, audit.Write{Action: access.CalendarAsk, Title: c.Name + " " + r.From}, &r)
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "holidays.wrong.begun", err)
	}
	return r, err
}

// Ask begins the rounds whose day has come and asks every merchant that has a shop without an answer, len(steps) times at most. It
// returns how many were asked; what did not leave is tried again the next time. A worker runs it.
func (s *Service) Ask(ctx context.Context) (int, error) {
	if _, err := s.Look(ctx); err != nil {
		return 0, err
	}
	all, err := s.ahead(ctx)
	if err != nil {
		return 0, err
	}
	today := calendar.Today(s.now())
	n := 0
	for i := range all {
		c := &all[i]
		if c.Days <= 0 || c.Round == nil && today < c.AskOn {
			continue
		}
		if c.Round == nil {
			if _, err := s.begin(ctx, access.System("schedule"), c); err != nil && !fault.Is(err, fault.Conflict) {
				return n, err
			}
		}
		k, err := s.askOf(ctx, c)
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// stepAt is which time a merchant is asked with so many days to go.
func stepAt(days int) int {
	step := 1
	for i, before := range steps {
		if days <= before {
			step = i + 1
		}
	}
	return step
}

func (s *Service) askOf(ctx context.Context, c *Coming) (int, error) {
	open := map[string][]listing.Listing{}
	cal := s.Calendar()
	err := s.shops(ctx, func(l *listing.Listing) error {
		if l.MerchantID != "" && hours.Silent(l.Hours, cal, c.From, c.To) {
			open[l.MerchantID] = append(open[l.MerchantID], *l)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	n := 0
	var errs []error
	for merchant, shops := range open {
		q := Question{Name: c.Name, From: c.From, To: c.To, Days: c.Days, Step: stepAt(c.Days), Merchant: merchant, Shops: shops}
		told, err := s.ask(ctx, q)
		if err != nil {
			errs = append(errs, err)
		}
		if told {
			n++
		}
	}
	return n, errors.Join(errs...)
}

func (s *Service) ask(ctx context.Context, q Question) (bool, error) {
	id := q.From.String() + " " + q.Merchant
	was, err := s.asked.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	if was.Step >= q.Step {
		return false, nil
	}
	if err := s.tell(ctx, q); err != nil {
		return false, err
	}
	if was.Rev == 0 {
		return true, s.asked.Insert(ctx, &asked{Meta: store.Meta{ID: id}, Step: q.Step, Until: q.To.String()})
	}
	_, err = s.asked.Update(ctx, id, was.Rev, func(x *asked) error { x.Step = q.Step; return nil })
	return true, err
}

// KeepAsked is how long it is kept who was asked about a holiday, in days after it.
const KeepAsked = 31

// Sweep forgets who was asked about holidays that are over for a month, and returns how many notes those were.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	before := (calendar.Today(s.now()) - KeepAsked).String()
	erased := 0
	for {
		page, err := s.asked.Find(ctx, store.Where("until", store.Lt, before).Limit(200))
		if err != nil || len(page.Items) == 0 {
			return erased, err
		}
		n, err := s.asked.Erase(ctx, page.Items...)
		erased += n
		if err != nil || n == 0 {
			return erased, err
		}
	}
}
