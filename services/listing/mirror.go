package listing

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"shangquan/services/store"
)

// Mirror keeps every listing in memory, in every state and with everything in it, for the work on the register as a whole: tables,
// duplicates, what has grown old. It is not for visitors, for whom there is services/directory. It is safe for concurrent use.
type Mirror struct {
	coll *store.Collection[Listing]

	mu     sync.Mutex // one reading at a time
	now    Everything
	newest time.Time
}

// Everything is the register at one revision. It is shared: nobody changes it.
type Everything struct {
	Rev   int64 // changes with every write
	Shops []*Listing
	at    map[string]int
}

// Get returns a listing of the register; nil when there is none.
func (e *Everything) Get(id string) *Listing {
	if i, ok := e.at[id]; ok {
		return e.Shops[i]
	}
	return nil
}

// Mirror returns the mirror of the register.
func (s *Service) Mirror() *Mirror { return s.mirror }

// mirrorOverlap is how far behind the last change changes are read again, for writers whose clocks differ.
const mirrorOverlap = 10 * time.Second

// Read returns the register as it is now, in the order of ids. What did not change since the last time is not read again.
func (m *Mirror) Read(ctx context.Context) (Everything, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rev, err := m.coll.Revision(ctx) // first: a write in between is only read twice
	if err != nil || m.now.at != nil && rev == m.now.Rev {
		return m.now, err
	}
	q := store.All().Limit(1000)
	if m.now.at != nil {
		q = store.Where("updated_at", store.Gte, m.newest.Add(-mirrorOverlap)).OrderBy("updated_at", store.Asc).Limit(1000)
	}
	next := slices.Clone(m.now.Shops)
	newest, added := m.newest, false
	for l, err := range m.coll.Each(ctx, q) {
		if err != nil {
			return Everything{}, err
		}
		if l.UpdatedAt.After(newest) {
			newest = l.UpdatedAt
		}
		if i, ok := m.now.at[l.ID]; ok {
			if next[i].Rev < l.Rev {
				next[i] = &l
			}
			continue
		}
		next, added = append(next, &l), true
	}
	at := m.now.at
	if added || at == nil {
		slices.SortFunc(next, func(a, b *Listing) int { return strings.Compare(a.ID, b.ID) })
		at = make(map[string]int, len(next))
		for i, l := range next {
			at[l.ID] = i
		}
	}
	m.now, m.newest = Everything{Rev: rev, Shops: next, at: at}, newest
	return m.now, nil
}
