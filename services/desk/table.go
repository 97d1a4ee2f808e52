// Package desk is the register as a whole, for those who keep it: the table of all shops, and which of them nobody has looked at for
// long.
package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/search/text"
)

// Service answers about the register from memory.
type Service struct {
	mirror   *listing.Mirror
	calendar func() *calendar.Calendar
	now      func() time.Time
}

// New returns the service over the register of listings.
func New(shops *listing.Service, cal func() *calendar.Calendar, now func() time.Time) *Service {
	return &Service{mirror: shops.Mirror(), calendar: cal, now: now}
}

// Sort is an order of the table.
type Sort string

// The orders.
const (
	ByName      Sort = "name"
	ByConfirmed Sort = "confirmed" // the longest unconfirmed first
	ByChanged   Sort = "changed"   // the latest first
	ByComplete  Sort = "complete"  // the barest first
)

// Sorts lists the orders.
var Sorts = []Sort{ByName, ByConfirmed, ByChanged, ByComplete}

// Lacks are the things of listing.Completeness that the table can be asked for the want of.
var Lacks = []string{"hours", "phones", "address", "photos", "goods", "description", "tag_ids", "payments", "name.en"}

// PageSize is how many rows a page of the table has; MaxChosen how many shops of it can be chosen at once.
const (
	PageSize  = 24
	MaxChosen = 500
)

// Filter narrows the table; empty fields do not.
type Filter struct {
	Text     string // name, alias, code, address, number, pinyin or its initials
	State    listing.State
	StreetID string
	PlazaID  string
	Category string
	Months   int    // not confirmed for so many months, or never
	Lacks    string // one of Lacks
	Source   string
	Owner    string // "yes", "no"
	Sort     Sort
	Page     int // from 1
}

// Row is a line of the table.
type Row struct {
	*listing.Listing
	Done, Of int // of listing.Completeness
}

// Table is a page of the register.
type Table struct {
	Rows  []Row
	Total int
	Pages int
	// Sources are the sources there are, for the filter.
	Sources []string
	// Chosen are the ids of everything that matches, up to MaxChosen.
	Chosen []string
}

func mayLook(by access.Actor) error {
	return access.Require(by, access.RegisterTable, access.Thing{Kind: listing.Kind})
}

// Table returns a page of the shops that match: fault.NotFound for a page there is not.
func (s *Service) Table(ctx context.Context, by access.Actor, f Filter) (Table, error) {
	if err := mayLook(by); err != nil {
		return Table{}, err
	}
	all, err := s.mirror.Read(ctx)
	if err != nil {
		return Table{}, err
	}
	now := s.now()
	match := s.matcher(f, now)
	out := Table{Rows: []Row{}, Chosen: []string{}}
	found := []*listing.Listing{}
	for _, l := range all.Shops {
		if l.Source.ID != "" && !slices.Contains(out.Sources, l.Source.ID) {
			out.Sources = append(out.Sources, l.Source.ID)
		}
		if match(l) {
			found = append(found, l)
		}
	}
	slices.Sort(out.Sources)
	s.sort(found, f.Sort, now)
	out.Total, out.Pages = len(found), max(1, (len(found)+PageSize-1)/PageSize)
	for _, l := range found[:min(len(found), MaxChosen)] {
		out.Chosen = append(out.Chosen, l.ID)
	}
	if f.Page < 1 || f.Page > out.Pages {
		return Table{}, fault.Missing()
	}
	from := (f.Page - 1) * PageSize
	for _, l := range found[from:min(from+PageSize, len(found))] {
		done, of := s.complete(l, now)
		out.Rows = append(out.Rows, Row{l, done, of})
	}
	return out, nil
}

func (s *Service) complete(l *listing.Listing, now time.Time) (done, of int) {
	for _, x := range listing.Completeness(l, s.calendar(), now) {
		of++
		if x.Done {
			done++
		}
	}
	return done, of
}

func (s *Service) sort(list []*listing.Listing, by Sort, now time.Time) {
	name := func(a, b *listing.Listing) int {
		return cmp.Or(strings.Compare(a.Name.SortKey, b.Name.SortKey), strings.Compare(a.ID, b.ID))
	}
	switch by {
	case ByConfirmed:
		slices.SortFunc(list, func(a, b *listing.Listing) int {
			return cmp.Or(strings.Compare(a.Confirmed.On, b.Confirmed.On), name(a, b))
		})
	case ByChanged:
		slices.SortFunc(list, func(a, b *listing.Listing) int { return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), name(a, b)) })
	case ByComplete:
		done := make(map[string]int, len(list))
		for _, l := range list {
			done[l.ID], _ = s.complete(l, now)
		}
		slices.SortFunc(list, func(a, b *listing.Listing) int { return cmp.Or(done[a.ID]-done[b.ID], name(a, b)) })
	case ByName:
		slices.SortFunc(list, name)
	default:
		slices.SortFunc(list, name)
	}
}

// matcher returns what tells whether a listing passes the filter.
func (s *Service) matcher(f Filter, now time.Time) func(*listing.Listing) bool {
	words := wordsOf(f.Text)
	before := ""
	if f.Months > 0 {
		before = now.AddDate(0, -f.Months, 0).Format(time.DateOnly)
	}
	return func(l *listing.Listing) bool {
		switch {
		case f.State == "" && l.State == listing.Archived, f.State != "" && l.State != f.State:
			return false
		case f.StreetID != "" && l.Address.StreetID != f.StreetID, f.PlazaID != "" && l.Address.PlazaID != f.PlazaID:
			return false
		case f.Category != "" && l.CategoryID != f.Category, f.Source != "" && l.Source.ID != f.Source:
			return false
		case before != "" && l.Confirmed.On > before:
			return false
		case f.Owner == "yes" && l.MerchantID == "", f.Owner == "no" && l.MerchantID != "":
			return false
		case !words.in(l):
			return false
		}
		return f.Lacks == "" || s.lacks(l, f.Lacks, now)
	}
}

func (s *Service) lacks(l *listing.Listing, field string, now time.Time) bool {
	return slices.ContainsFunc(listing.Completeness(l, s.calendar(), now), func(x listing.Item) bool { return x.Field == field && !x.Done })
}

// words are what somebody looks for: each of them has to be somewhere.
type words []string

func wordsOf(s string) words {
	var out words
	for _, w := range strings.Fields(text.FoldString(s)) {
		if k := text.Key(w); k != "" {
			out = append(out, k)
		}
	}
	return out
}

func (w words) in(l *listing.Listing) bool {
	if len(w) == 0 {
		return true
	}
	var b strings.Builder
	for _, s := range append([]string{l.Name.Hans, l.Name.Hant, l.Name.En, l.Code, l.Address.Line, l.Address.Unit}, l.Aliases...) {
		b.WriteString(text.Key(s) + "\n")
	}
	for _, n := range l.Phones {
		b.WriteString(n.National() + "\n")
	}
	initials := ""
	for _, syllable := range strings.Fields(l.Name.SortKey) {
		initials += syllable[:1]
	}
	b.WriteString(text.Key(l.Name.SortKey) + "\n" + text.Key(initials))
	all := b.String()
	return !slices.ContainsFunc(w, func(x string) bool { return !strings.Contains(all, x) })
}

// Choose returns listings by id for somebody who chose them from the table, in the order of ids and each once; what is not there (any
// more) is left out.
func (s *Service) Choose(ctx context.Context, by access.Actor, ids []string) ([]*listing.Listing, error) {
	if err := mayLook(by); err != nil {
		return nil, err
	}
	all, err := s.mirror.Read(ctx)
	if err != nil {
		return nil, err
	}
	out, seen := []*listing.Listing{}, map[string]bool{}
	for _, id := range ids {
		if l := all.Get(id); l != nil && !seen[id] && len(out) < MaxChosen {
			seen[id] = true
			out = append(out, l)
		}
	}
	return out, nil
}
