package listing

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/store"
)

// heritageKind is the mark of an old established shop, whose record is in services/heritage.
const heritageKind = "heritage"

// Heritage returns the marks of an old established shop that l bears, shown or not.
func (l *Listing) Heritage() []Mark {
	return slices.DeleteFunc(slices.Clone(l.Marks), func(m Mark) bool { return m.Kind != heritageKind })
}

// KeepHeritage gives l the marks of an old established shop that was has, and no others: they come and go with evidence and a record,
// never by an import, an edit, a merge or with a new page.
func (l *Listing) KeepHeritage(was *Listing) {
	old := was.Heritage()
	if slices.Equal(l.Heritage(), old) {
		return
	}
	l.Marks = append(old, slices.DeleteFunc(slices.Clone(l.Marks), func(m Mark) bool { return m.Kind == heritageKind })...)
}

// Bear gives a page the marks that the record of services/heritage says, none to take them off, and returns those that were there.
// Nothing else writes them. fault.NotFound.
func (s *Service) Bear(ctx context.Context, by access.Actor, id string, marks []Mark) (before []Mark, err error) {
	_, err = s.change(ctx, by, access.RegisterEnter, audit.Write{Action: access.RegisterEnter}, id, 0, func(l *Listing) error {
		before = l.Heritage()
		l.KeepHeritage(&Listing{Marks: marks})
		return s.Check(l)
	})
	return before, err
}

// Bearing returns the marks of an old established shop by the id of the page that has them, also those that are not shown any more.
func (s *Service) Bearing(ctx context.Context) (map[string][]Mark, error) {
	out := map[string][]Mark{}
	for l, err := range s.coll.Each(ctx, store.Where("marks.kind", store.Eq, heritageKind)) {
		if err != nil {
			return nil, err
		}
		out[l.ID] = l.Heritage()
	}
	return out, nil
}
