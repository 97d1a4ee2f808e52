package merchant

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// KindPaper names papers in the trail and in questions of permission.
const KindPaper = "paper"

// PaperKinds are what runs out at a shop: food permit, tobacco permit, fire acceptance, lease, something else.
var PaperKinds = []string{"food", "tobacco", "fire", "lease", "other"}

// reminders are how many days before its end a paper is reminded of, the last first.
var reminders = []int{7, 30, 60}

// maxPapers is how many papers one merchant keeps.
const maxPapers = 200

// Paper is a licence, certificate or contract with an end. It is the merchant's own note: the district does not read it.
type Paper struct {
	store.Meta
	audit.Trail
	MerchantID string `json:"merchant_id"`
	ListingID  string `json:"listing_id"` // empty: of the merchant as a whole
	Kind       string `json:"kind"`
	// Until is the last day it is good, YYYY-MM-DD. Empty: it was taken off the list.
	Until string `json:"until"`
	// Reminded is the last reminder that was sent for this end: 60, 30 or 7; 0 none.
	Reminded int    `json:"reminded"`
	Sealed   string `json:"sealed"` // PaperPrivate
}

// PaperPrivate is what nobody but the merchant reads. Purpose: to know which paper is meant when it is renewed.
type PaperPrivate struct {
	Number string `json:"number"`
	Note   string `json:"note"`
}

// PaperForm is what a person says of a paper.
type PaperForm struct {
	ListingID, Kind, Until string
	PaperPrivate
}

// Thing is what permission is asked for.
func (p *Paper) Thing() access.Thing {
	return access.Thing{Kind: KindPaper, ID: p.ID, MerchantID: p.MerchantID, ListingID: p.ListingID}
}

func (s *Service) readPaper(ctx context.Context, merchantID string, f *PaperForm) error {
	f.Number, f.Note = lang.Clean(f.Number), lang.Clean(f.Note)
	out := append(privateLimit.Check("number", f.Number), noteLimit.Check("note", f.Note)...)
	if !slices.Contains(PaperKinds, f.Kind) {
		out = append(out, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if _, err := calendar.ParseDate(f.Until); err != nil {
		out = append(out, fault.Field{Name: "until", Key: "error.date"})
	}
	own, err := s.shopIDs(ctx, merchantID)
	if err != nil {
		return err
	}
	if f.ListingID != "" && !slices.Contains(own, f.ListingID) {
		out = append(out, fault.Field{Name: "listing_id", Key: "error.member.shop"})
	}
	return fault.Wrongs(out)
}

// AddPaper notes a paper of the merchant. fault.Invalid.
func (s *Service) AddPaper(ctx context.Context, by access.Actor, merchantID string, f PaperForm) (Paper, error) {
	p := Paper{MerchantID: merchantID, ListingID: f.ListingID, Kind: f.Kind, Until: f.Until}
	if err := access.Require(by, access.MerchantPapers, p.Thing()); err != nil {
		return Paper{}, err
	}
	if err := s.readPaper(ctx, merchantID, &f); err != nil {
		return Paper{}, err
	}
	n, err := s.papers.Count(ctx, store.Where("merchant_id", store.Eq, merchantID).And("until", store.Gt, ""))
	if err != nil {
		return Paper{}, err
	}
	if n >= maxPapers {
		return Paper{}, fault.Wrong("kind", "error.list.long", map[string]any{"Max": maxPapers})
	}
	if p.Sealed, err = s.seal(KindPaper, f.PaperPrivate); err != nil {
		return Paper{}, err
	}
	err = s.papers.Insert(ctx, by, audit.Write{Action: access.MerchantPapers, Title: f.Kind}, &p)
	return p, err
}

// paper returns a paper the actor may change.
func (s *Service) paper(ctx context.Context, by access.Actor, id string) (Paper, error) {
	p, err := s.papers.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Paper{}, err
	}
	if err := access.Require(by, access.MerchantPapers, p.Thing()); err != nil {
		return Paper{}, err
	}
	return p, err
}

// ChangePaper changes a paper over revision rev; a new end is reminded of anew. fault.Invalid, fault.Conflict.
func (s *Service) ChangePaper(ctx context.Context, by access.Actor, id string, rev int64, f PaperForm) (Paper, error) {
	p, err := s.paper(ctx, by, id)
	if err != nil {
		return Paper{}, err
	}
	to := p.Thing()
	to.ListingID = f.ListingID
	if err := access.Require(by, access.MerchantPapers, to); err != nil {
		return Paper{}, err
	}
	if err := s.readPaper(ctx, p.MerchantID, &f); err != nil {
		return Paper{}, err
	}
	sealed, err := s.seal(KindPaper, f.PaperPrivate)
	if err != nil {
		return Paper{}, err
	}
	return s.papers.Update(ctx, by, audit.Write{Action: access.MerchantPapers, Title: f.Kind}, id, atLeast(rev, p.Rev), func(p *Paper) error {
		if p.Until != f.Until {
			p.Reminded = 0
		}
		p.ListingID, p.Kind, p.Until, p.Sealed = f.ListingID, f.Kind, f.Until, sealed
		return nil
	})
}

// DropPaper takes a paper off the list and erases what was sealed in it.
func (s *Service) DropPaper(ctx context.Context, by access.Actor, id string) error {
	if _, err := s.paper(ctx, by, id); err != nil {
		return err
	}
	return s.dropPaper(ctx, by, access.MerchantPapers, id)
}

func (s *Service) dropPaper(ctx context.Context, by access.Actor, act access.Action, id string) error {
	_, err := s.papers.Update(ctx, by, audit.Write{Action: act}, id, 0, func(p *Paper) error {
		p.Until, p.Sealed = "", ""
		return nil
	})
	return err
}

// dropPapers drops all papers of a merchant, those after one that could not be dropped too.
func (s *Service) dropPapers(ctx context.Context, by access.Actor, merchantID string) error {
	var errs []error
	for p, err := range s.papers.Each(ctx, store.Where("merchant_id", store.Eq, merchantID)) {
		if err == nil && p.Until != "" {
			err = s.dropPaper(ctx, by, access.MerchantTransfer, p.ID)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Listed is a paper with what is sealed in it.
type Listed struct {
	Paper
	PaperPrivate
}

// Papers returns the merchant's papers that the actor may see, those that end first at the top.
func (s *Service) Papers(ctx context.Context, by access.Actor, merchantID string) ([]Listed, error) {
	out := []Listed{}
	if !by.Known() {
		return out, access.Require(by, access.MerchantPapers, access.Thing{Kind: KindPaper, MerchantID: merchantID})
	}
	if !slices.ContainsFunc(by.Seats, func(x access.Seat) bool { return x.MerchantID == merchantID && x.Role != access.Staff }) && by.System == "" {
		return out, fault.New(fault.NotFound, "error.not_found", errors.New("merchant: not the actor's papers"))
	}
	for p, err := range s.papers.Each(ctx, store.Where("merchant_id", store.Eq, merchantID).And("until", store.Gt, "").OrderBy("until", store.Asc)) {
		if err != nil {
			return nil, err
		}
		if !access.Can(by, access.MerchantPapers, p.Thing()) {
			continue
		}
		x := Listed{Paper: p}
		if err := s.unseal(KindPaper, p.Sealed, &x.PaperPrivate); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Reminder is a paper whose end is near.
type Reminder struct {
	Paper
	Days int // until its last day
	Step int // which reminder it is: 60, 30 or 7
}

// Due returns the papers to be reminded of on day: those with 60, 30 or 7 days to go or fewer that were not reminded of at that step yet. One
// that has ended is not reminded of any more.
func (s *Service) Due(ctx context.Context, day calendar.Date) ([]Reminder, error) {
	out := []Reminder{}
	last := day + calendar.Date(reminders[len(reminders)-1])
	for p, err := range s.papers.Each(ctx, store.Where("until", store.Gte, day.String()).And("until", store.Lte, last.String()).OrderBy("until", store.Asc)) {
		if err != nil {
			return nil, err
		}
		end, err := calendar.ParseDate(p.Until)
		if err != nil {
			return nil, err
		}
		days := int(end - day)
		i := slices.IndexFunc(reminders, func(step int) bool { return days <= step })
		if step := reminders[i]; p.Reminded == 0 || step < p.Reminded {
			out = append(out, Reminder{p, days, step})
		}
	}
	return out, nil
}

// Remind sends what is due on day to those who look after the papers, and returns how many papers it dealt with. One whose message did not leave
// stays due.
func (s *Service) Remind(ctx context.Context, day calendar.Date) (int, error) {
	due, err := s.Due(ctx, day)
	if err != nil {
		return 0, err
	}
	return job.Each(due, func(r *Reminder) (bool, error) {
		err := s.remind(ctx, *r)
		return err == nil, err
	})
}

func (s *Service) remind(ctx context.Context, r Reminder) error {
	m, err := s.merchants.Get(ctx, r.MerchantID)
	if err != nil {
		return err
	}
	for _, x := range m.Members {
		seat := access.Actor{AccountID: x.AccountID, Seats: []access.Seat{{MerchantID: m.ID, Role: x.Role, ListingIDs: x.ListingIDs}}}
		if !access.Can(seat, access.MerchantPapers, r.Thing()) {
			continue
		}
		key := r.ID + "." + r.Until + "." + x.AccountID
		args := map[string]any{"Merchant": m.Name.Hans, "Paper": r.Kind, "Until": r.Until, "Days": r.Days}
		if err := s.letter(ctx, x.AccountID, "paper_due", key+"."+strconv.Itoa(r.Step), args); err != nil {
			return err
		}
	}
	_, err = s.papers.Update(ctx, access.System("schedule"), audit.Write{Action: access.MerchantPapers, Title: r.Kind}, r.ID, r.Rev, func(p *Paper) error {
		p.Reminded = r.Step
		return nil
	})
	return err
}
