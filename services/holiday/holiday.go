// Package holiday keeps what the State Council arranges for a year as the district has entered it, and asks the shops what they do on
// the holidays. A holiday is a question to a shop, never an answer: who has said nothing is shown as 节假日时间待确认.
package holiday

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// The limits of an arrangement.
const (
	MaxTitle  = 120
	MaxNumber = 60
	MaxLink   = 300
	MaxName   = 20 // of a holiday

	// AskDays is how many days before a holiday the shops are asked, unless the arrangement says otherwise; it may say MinAsk to MaxAsk.
	AskDays = 14
	MinAsk  = 3
	MaxAsk  = 60
)

// Arrangement is 放假安排: the days off and the working days moved for them of one year, with the notice they come from. It stands for
// the one of that year that comes with the program.
type Arrangement struct {
	store.Meta
	audit.Trail
	Year   int            `json:"year"`
	Title  string         `json:"title"`  // of the notice: 国务院办公厅关于 2027 年部分节假日安排的通知
	Number string         `json:"number"` // 国办发明电〔2026〕8 号
	Link   string         `json:"link"`   // https
	Days   []calendar.Day `json:"days"`
	// AskDays is how many days before a holiday its shops are asked.
	AskDays int `json:"ask_days"`
	// Withdrawn: it was entered by mistake; what comes with the program holds again, or the year is not announced.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

const kind = "arrangement"

// Service keeps arrangements and the rounds of questions.
type Service struct {
	docs   *audit.Recorded[Arrangement]
	rounds *audit.Recorded[Round]
	asked  *store.Collection[asked]
	shops  Shops
	tell   Tell
	now    func() time.Time
	cur    *store.Latest[known]
}

// known is what was stored when it was last looked at.
type known struct {
	cal     *calendar.Calendar
	stored  map[int]Arrangement // in force, by year
	askDays map[int]int
}

// New returns the service on db, which writes to the trail log. shops and tell are needed for asking alone and may be nil for programs
// that do not ask.
func New(db store.DB, log *audit.Log, shops Shops, tell Tell, now func() time.Time) *Service {
	s := &Service{
		docs:   audit.Record(store.NewCollection[Arrangement](db, "arrangements", store.Unique("year"), store.Follow("audit")), log, kind),
		rounds: audit.Record(store.NewCollection[Round](db, "holiday_rounds", store.Unique("from"), store.Index("to"), store.Follow("audit")), log, kindRound),
		asked:  store.NewCollection[asked](db, "holiday_asked", store.Index("until")),
		shops:  shops, tell: tell, now: now,
	}
	s.cur = store.NewLatest(known{cal: calendar.China(), stored: map[int]Arrangement{}, askDays: map[int]int{}}, s.docs.Revision, s.read)
	return s
}

// Calendar returns the calendar in force when it was last looked at; another pointer when it changed.
func (s *Service) Calendar() *calendar.Calendar { return s.cur.Now().cal }

// Look brings Calendar up to the store and returns a mark that is another after every change. It costs nothing while nothing changed.
func (s *Service) Look(ctx context.Context) (int64, error) { return s.cur.Look(ctx) }

func (s *Service) read(ctx context.Context, was known) (known, error) {
	next := known{stored: map[int]Arrangement{}, askDays: map[int]int{}}
	for a, err := range s.docs.Each(ctx, store.All().Limit(200)) {
		if err != nil {
			return known{}, err
		}
		if !a.Withdrawn {
			next.stored[a.Year] = a
			next.askDays[a.Year] = a.AskDays
		}
	}
	var err error
	if next.cal, err = over(next.stored); err != nil {
		// Each was checked with the others when it was entered; two entered in the same moment may still not go together.
		slog.ErrorContext(ctx, "the calendar stays as it was", "error", err)
		next.cal = was.cal
	}
	return next, nil
}

// over returns the calendar that comes with the program with the years of stored in place of its own.
func over(stored map[int]Arrangement) (*calendar.Calendar, error) {
	days := []calendar.Day{}
	for year := firstYear; calendar.China().Announced(year); year++ {
		if _, ok := stored[year]; !ok {
			days = append(days, calendar.China().Days(year)...)
		}
	}
	for _, a := range stored {
		days = append(days, a.Days...)
	}
	return calendar.New(days)
}

// firstYear is the first year that the program has an arrangement of; there is one of every year up to its last.
const firstYear = 2024

// Year is what is known of a year.
type Year struct {
	Year        int
	Announced   bool
	Days        []calendar.Day
	AskDays     int
	Arrangement *Arrangement // nil: it comes with the program, or is not announced
}

// Of returns what is known of a year. It is public.
func (s *Service) Of(year int) Year {
	k := s.cur.Now()
	out := Year{Year: year, Announced: k.cal.Announced(year), Days: k.cal.Days(year), AskDays: AskDays}
	if a, ok := k.stored[year]; ok {
		out.Arrangement, out.AskDays = &a, a.AskDays
	}
	return out
}

// Get returns the arrangement stored for a year, a withdrawn one too, for those who keep it: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, year int) (Arrangement, error) {
	if err := access.Require(by, access.CalendarEdit, access.Thing{Kind: kind}); err != nil {
		return Arrangement{}, err
	}
	return s.docs.GetBy(ctx, "year", year)
}

// Put enters the arrangement of a year over revision rev of what is stored for it, 0 when nothing is. fault.Invalid names the field;
// fault.Conflict when somebody else wrote first.
func (s *Service) Put(ctx context.Context, by access.Actor, a Arrangement, rev int64) (Arrangement, error) {
	if err := access.Require(by, access.CalendarEdit, access.Thing{Kind: kind}); err != nil {
		return Arrangement{}, err
	}
	if err := s.Check(&a); err != nil {
		return Arrangement{}, err
	}
	w := audit.Write{Action: access.CalendarEdit, Title: strconv.Itoa(a.Year)}
	if rev == 0 {
		a.Meta, a.Trail, a.Withdrawn = store.Meta{}, audit.Trail{}, false
		if err := s.docs.Insert(ctx, by, w, &a); err != nil {
			if fault.Is(err, fault.Conflict) {
				err = fault.New(fault.Conflict, "error.stale", err)
			}
			return Arrangement{}, err
		}
	} else {
		was, err := s.docs.GetBy(ctx, "year", a.Year)
		if err != nil {
			return Arrangement{}, err
		}
		if a, err = s.docs.Update(ctx, by, w, was.ID, rev, func(x *Arrangement) error {
			x.Title, x.Number, x.Link, x.Days, x.AskDays, x.Withdrawn = a.Title, a.Number, a.Link, a.Days, a.AskDays, false
			return nil
		}); err != nil {
			return Arrangement{}, err
		}
	}
	_, err := s.Look(ctx)
	return a, err
}

// Withdraw takes back the arrangement of a year: what comes with the program holds again, or the year is not announced.
// fault.NotFound; fault.Conflict when rev is not current.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, year int, rev int64) error {
	a, err := s.Get(ctx, by, year)
	if err != nil {
		return err
	}
	_, err = s.docs.Update(ctx, by, audit.Write{Action: access.CalendarEdit, Title: strconv.Itoa(year), Why: "withdrawn"}, a.ID, rev, func(x *Arrangement) error {
		x.Withdrawn = true
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.Look(ctx)
	return err
}

// Check brings an arrangement into order and says what of it cannot be: it must go together with those of the years beside it.
func (s *Service) Check(a *Arrangement) error {
	a.Title, a.Number, a.Link = lang.Clean(a.Title), lang.Clean(a.Number), strings.TrimSpace(a.Link)
	if a.AskDays == 0 {
		a.AskDays = AskDays
	}
	wrong := lang.Limit{Max: MaxTitle, Must: true}.Check("title", a.Title)
	wrong = append(wrong, lang.Limit{Max: MaxNumber, Must: true}.Check("number", a.Number)...)
	if u, err := url.Parse(a.Link); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(a.Link) > MaxLink {
		wrong = append(wrong, fault.Field{Name: "link", Key: "holidays.wrong.link"})
	}
	if a.AskDays < MinAsk || a.AskDays > MaxAsk {
		wrong = append(wrong, fault.Field{Name: "ask_days", Key: "holidays.wrong.ask_days", Args: map[string]any{"Min": MinAsk, "Max": MaxAsk}})
	}
	if this := s.now().Year(); a.Year < this-1 || a.Year > this+2 {
		wrong = append(wrong, fault.Field{Name: "year", Key: "holidays.wrong.year"})
	}
	wrong = append(wrong, s.checkDays(a)...)
	return fault.Wrongs(wrong)
}

// checkDays names the first thing that is wrong with the days.
func (s *Service) checkDays(a *Arrangement) []fault.Field {
	wrong := func(key string, d calendar.Date) []fault.Field {
		return []fault.Field{{Name: "days", Key: key, Args: map[string]any{"Date": d.String()}}}
	}
	slices.SortFunc(a.Days, func(x, y calendar.Day) int { return int(x.Date - y.Date) })
	names, seen := map[string]bool{}, map[calendar.Date]bool{}
	for i := range a.Days {
		d := &a.Days[i]
		d.Year, d.Paper, d.Name = a.Year, a.Link, lang.Clean(d.Name)
		// The days of a new year's holiday may begin in December before; nothing else strays from its year.
		if d.Date < calendar.On(a.Year-1, time.December, 20) || d.Date > calendar.On(a.Year, time.December, 31) {
			return wrong("holidays.wrong.other_year", d.Date)
		}
		if seen[d.Date] {
			return wrong("holidays.wrong.twice", d.Date)
		}
		seen[d.Date] = true
		if n := utf8.RuneCountInString(d.Name); n == 0 || n > MaxName || len((lang.Limit{Max: MaxName, Must: true}).Check("days", d.Name)) > 0 {
			return wrong("holidays.wrong.name", d.Date)
		}
		if d.Class == calendar.Holiday {
			names[d.Name] = true
		}
	}
	if len(names) == 0 || len(a.Days) > calendar.MaxDays {
		return []fault.Field{{Name: "days", Key: "holidays.wrong.days"}}
	}
	for _, d := range a.Days {
		if d.Class != calendar.Makeup {
			continue
		}
		if d.Date.FromMonday() < 5 {
			return wrong("holidays.wrong.makeup", d.Date)
		}
		if !names[d.Name] {
			return wrong("holidays.wrong.makeup_of", d.Date)
		}
	}
	next := map[int]Arrangement{}
	for year, x := range s.cur.Now().stored {
		next[year] = x
	}
	next[a.Year] = *a
	if _, err := over(next); err != nil {
		return []fault.Field{{Name: "days", Key: "holidays.wrong.clash"}}
	}
	return nil
}

// Read reads typed or uploaded days into an arrangement: fault.Invalid for the field days names the line.
func Read(a *Arrangement, text string) error {
	days, err := calendar.ParseArrangement(text, a.Year, a.Link)
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Err: err, Fields: []fault.Field{{Name: "days", Key: "holidays.wrong.line", Args: map[string]any{"Text": lineOf(err)}}}}
	}
	for _, d := range days {
		if d.Year != a.Year {
			return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Err: errors.New("holiday: of another year"), Fields: []fault.Field{{Name: "days", Key: "holidays.wrong.other_year", Args: map[string]any{"Date": d.Date.String()}}}}
		}
	}
	a.Days = days
	return nil
}

// lineOf is the part of an error of reading that helps who typed: the line, or the day, with its number.
func lineOf(err error) string {
	text := strings.TrimPrefix(err.Error(), "calendar: ")
	if i := strings.Index(text, "line "); i >= 0 {
		var n int
		if _, e := fmt.Sscanf(text[i:], "line %d", &n); e == nil {
			return strconv.Itoa(n)
		}
	}
	return "?"
}
