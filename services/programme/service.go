package programme

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Seats are the organisations of the joint meeting.
type Seats interface {
	// Organisation returns one for who works on the joint meeting: fault.NotFound.
	Organisation(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error)
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

// Service keeps the programmes. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Year]
}

// New returns the programmes on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Year](d.DB, "programmes",
		store.Unique("year"), store.Index("page.asked"), store.Follow("audit"), store.Sealed()), d.Log, kind)}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	return store.Mark(ctx, s.docs)
}

// Blobs gives the key of every picture that is evidence.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for y, err := range s.docs.Each(ctx, store.All().Limit(mostYears)) {
			if err != nil {
				yield("", err)
				return
			}
			for _, e := range y.Evidence {
				if e.Photo != nil && !yield(e.Photo.Key, nil) {
					return
				}
			}
		}
	}
}

// mostYears bounds how many years are listed.
const mostYears = 100

// Begin makes the programme of a year: fault.Invalid where there is one.
func (s *Service) Begin(ctx context.Context, by access.Actor, year int) (Year, error) {
	if err := require(by, access.ProgrammeEdit); err != nil {
		return Year{}, err
	}
	if year < FirstYear || year > LastYear {
		return Year{}, fault.Wrong("year", "programme.wrong.year", nil)
	}
	y := Year{Year: year, Evidence: []Evidence{}}
	y.Page.Edit(by, Plan{Items: []Item{}})
	err := s.docs.Insert(ctx, by, audit.Write{Action: access.ProgrammeEdit, Title: strconv.Itoa(year)}, &y)
	if fault.Is(err, fault.Conflict) {
		err = fault.Wrong("year", "programme.wrong.taken", nil)
	}
	return y, err
}

// Lead writes what stands above the items.
func (s *Service) Lead(ctx context.Context, by access.Actor, id string, rev int64, lead lang.Text) (Year, error) {
	lead = lead.Clean()
	wrong := (lang.Limit{Max: MaxLead, Prose: true}).CheckText("lead", lead)
	if err := fault.Wrongs(append(wrong, phone.NoMobile("lead", lead.All()...)...)); err != nil {
		return Year{}, err
	}
	return s.plan(ctx, by, id, rev, "", func(_ *Year, p *Plan) error { p.Lead = lead; return nil })
}

// Put writes an item, a new one where it has no id: fault.Invalid names the fields. Who has left is given nothing new, and keeps what was
// theirs. Without a result in words, and without something
// that shows it, no item is done.
func (s *Service) Put(ctx context.Context, by access.Actor, id string, rev int64, x Item) (Year, error) {
	if err := require(by, access.ProgrammeEdit); err != nil {
		return Year{}, err
	}
	x.Title, x.Result = x.Title.Clean(), x.Result.Clean()
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).CheckText("title", x.Title)
	wrong = append(wrong, (lang.Limit{Max: MaxResult, Prose: true, Must: x.State == Done}).CheckText("result", x.Result)...)
	wrong = append(wrong, phone.NoMobile("title", x.Title.All()...)...)
	wrong = append(wrong, phone.NoMobile("result", x.Result.All()...)...)
	if x.Quarter < 1 || x.Quarter > 4 {
		wrong = append(wrong, fault.Field{Name: "quarter", Key: "error.choice"})
	}
	if !slices.Contains(States, x.State) {
		wrong = append(wrong, fault.Field{Name: "state", Key: "error.choice"})
	}
	theirs, err := s.organisationOf(ctx, id, x.ID)
	if err != nil {
		return Year{}, err
	}
	if x.OrganisationID != "" && x.OrganisationID != theirs {
		if o, err := s.Seats.Organisation(ctx, by, x.OrganisationID); fault.Is(err, fault.NotFound) || err == nil && !o.Active {
			wrong = append(wrong, fault.Field{Name: "organisation", Key: "error.choice"})
		} else if err != nil {
			return Year{}, err
		}
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Year{}, err
	}
	fresh := rand.Text()[:10]
	return s.plan(ctx, by, id, rev, x.Title.Hans, func(y *Year, p *Plan) error {
		if x.State == Done && (x.ID == "" || len(y.EvidenceOf(x.ID)) == 0) {
			return fault.Wrong("state", "programme.wrong.evidence", nil)
		}
		if x.ID == "" {
			if len(p.Items) >= MaxItems {
				return fault.Wrong("title", "programme.wrong.full", map[string]any{"Max": MaxItems})
			}
			x := x
			x.ID = fresh
			p.Items = append(p.Items, x)
			return nil
		}
		i := slices.IndexFunc(p.Items, func(o Item) bool { return o.ID == x.ID })
		if i < 0 {
			return fault.Missing()
		}
		p.Items[i] = x
		return nil
	})
}

// organisationOf is whose an item is now; "" for a new one.
func (s *Service) organisationOf(ctx context.Context, id, itemID string) (string, error) {
	y, err := s.docs.Get(ctx, id)
	i := slices.IndexFunc(y.Page.Draft.Items, func(x Item) bool { return x.ID == itemID })
	if err != nil || i < 0 {
		return "", err
	}
	return y.Page.Draft.Items[i].OrganisationID, nil
}

// Drop takes an item off the programme, with what shows it.
func (s *Service) Drop(ctx context.Context, by access.Actor, id string, rev int64, itemID string) (Year, error) {
	return s.plan(ctx, by, id, rev, "drop", func(y *Year, p *Plan) error {
		i := slices.IndexFunc(p.Items, func(o Item) bool { return o.ID == itemID })
		if i < 0 {
			return fault.Missing()
		}
		p.Items = slices.Delete(p.Items, i, i+1)
		y.Evidence = slices.DeleteFunc(slices.Clone(y.Evidence), func(e Evidence) bool { return e.ItemID == itemID })
		return nil
	})
}

// Prove adds something that shows that an item was done; a text at least: fault.Invalid.
func (s *Service) Prove(ctx context.Context, by access.Actor, id string, rev int64, e Evidence) (Year, error) {
	e.Text = lang.Clean(e.Text)
	if err := fault.Wrongs((lang.Limit{Max: MaxResult, Must: true, Prose: true}).Check("text", e.Text)); err != nil {
		return Year{}, err
	}
	e.At, e.AccountID = s.Now().UTC().Truncate(time.Millisecond), by.Who()
	return s.change(ctx, by, access.ProgrammeEdit, id, rev, "evidence", func(y *Year) error {
		if !slices.ContainsFunc(y.Page.Draft.Items, func(x Item) bool { return x.ID == e.ItemID }) {
			return fault.Missing()
		}
		if len(y.EvidenceOf(e.ItemID)) >= MaxEvidence {
			return fault.Wrong("text", "programme.wrong.enough", nil)
		}
		y.Evidence = append(slices.Clone(y.Evidence), e)
		return nil
	})
}

// Submit hands the programme as it stands to a second person.
func (s *Service) Submit(ctx context.Context, by access.Actor, id string, rev int64) (Year, error) {
	return s.change(ctx, by, access.ProgrammeEdit, id, rev, "submit", func(y *Year) error {
		if len(y.Page.Draft.Items) == 0 {
			return cannot("programme.wrong.empty", "there is nothing in it")
		}
		return y.Page.Submit()
	})
}

// Withdraw takes the public page away at once; the draft stays.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64) (Year, error) {
	return s.change(ctx, by, access.ProgrammeEdit, id, rev, "withdraw", func(y *Year) error { return y.Page.Withdraw() })
}

// Approve makes exactly what has this hash public: fault.Conflict when it was changed, or by who wrote it.
func (s *Service) Approve(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Year, error) {
	return s.change(ctx, by, access.ProgrammeApprove, id, rev, "approve", func(y *Year) error { return y.Page.Approve(by, hash, s.Now()) })
}

// Return gives the draft back with a reason.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Year, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Year{}, err
	}
	return s.change(ctx, by, access.ProgrammeApprove, id, rev, reason, func(y *Year) error { return y.Page.GiveBack(reason) })
}

// Get returns the programme of a year for who works on it: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Year, error) {
	if err := require(by, access.ProgrammeRead); err != nil {
		return Year{}, err
	}
	return s.docs.Get(ctx, id)
}

// Years returns all of them, the newest first, for who works on them.
func (s *Service) Years(ctx context.Context, by access.Actor) ([]Year, error) {
	if err := require(by, access.ProgrammeRead); err != nil {
		return nil, err
	}
	return s.years(ctx)
}

func (s *Service) years(ctx context.Context) ([]Year, error) {
	page, err := s.docs.Find(ctx, store.All().OrderBy("year", store.Desc).Limit(mostYears))
	return page.Items, err
}

// Waiting returns what waits for who approves. Of one's own work Approve refuses.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]Year, error) {
	if err := require(by, access.ProgrammeApprove); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("page.asked", store.Gt, "").Limit(mostYears))
	return page.Items, err
}

// Shown is the programme of a year as the public reads it.
type Shown struct {
	Year int
	Plan
	At time.Time // when it was let through
	// Names are those of the organisations that may be named now, by id.
	Names map[string]lang.Text
}

// Public returns the programme of a year with the names that may be said now: fault.NotFound.
func (s *Service) Public(ctx context.Context, year int) (Shown, error) {
	y, err := s.docs.GetBy(ctx, "year", year)
	if err != nil {
		return Shown{}, err
	}
	if y.Page.Public == nil {
		return Shown{}, fault.Missing()
	}
	names, err := s.Seats.ListedNames(ctx)
	return Shown{Year: year, Plan: *y.Page.Public, At: y.Page.PublicAt, Names: names}, err
}

// PublicYears returns the years that have a public programme, the newest first.
func (s *Service) PublicYears(ctx context.Context) ([]int, error) {
	list, err := s.years(ctx)
	out := []int{}
	for i := range list {
		if list[i].Page.Public != nil {
			out = append(out, list[i].Year)
		}
	}
	return out, err
}

// plan changes the draft: what waits for the second person does not wait any more.
func (s *Service) plan(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Year, *Plan) error) (Year, error) {
	return s.change(ctx, by, access.ProgrammeEdit, id, rev, why, func(y *Year) error {
		p := y.Page.Draft
		p.Items = slices.Clone(p.Items)
		if err := f(y, &p); err != nil {
			return err
		}
		y.Page.Edit(by, p)
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Year) error) (Year, error) {
	if err := require(by, act); err != nil {
		return Year{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Year{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(y *Year) (audit.Write, error) {
		err := f(y)
		return audit.Write{Action: act, Title: strconv.Itoa(y.Year), Why: why}, err
	})
}

func require(by access.Actor, act access.Action) error {
	return access.Require(by, act, access.Thing{Kind: kind})
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("programme: "+why))
}
