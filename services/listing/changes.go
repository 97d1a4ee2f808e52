package listing

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// Change is one listing that was written. Listing is nil for one that may not be seen (any more): a mirror removes it.
type Change struct {
	ID      string
	Listing *Listing
}

// Changes are changes in the order they were made. Cursor is where to go on; More says that there are some already.
type Changes struct {
	Items  []Change
	Cursor string
	More   bool
}

// settled is how old a write must be before it is reported. A writer that is a little slower, or whose clock is behind, may
// still be committing an earlier time; who has read beyond it would never hear of it.
const settled = 2 * time.Second

// ChangesSince returns up to limit changes (1 to 1,000) after a cursor that an earlier call gave; from the beginning with the
// empty one. Each listing comes once, as it is now. What was never submitted is left out: its existence is nobody's business.
// fault.Invalid when the cursor is none of ours.
func (s *Service) ChangesSince(ctx context.Context, cursor string, limit int) (Changes, error) {
	at, id, err := parseCursor(cursor)
	if err != nil {
		return Changes{}, err
	}
	until := s.now().Add(-settled)
	out := Changes{Items: []Change{}, Cursor: cursor}
	// First the rest of the cursor's own millisecond, which a bulk import may have given to thousands, then what is later.
	queries := []store.Query{store.Where("updated_at", store.Gt, at).And("updated_at", store.Lte, until).OrderBy("updated_at", store.Asc)}
	if cursor != "" {
		queries = append([]store.Query{store.Where("updated_at", store.Eq, at).And("id", store.Gt, id)}, queries...)
	}
	read := 0
	for _, q := range queries {
		if read == limit {
			out.More = true
			break
		}
		page, err := s.coll.Find(ctx, q.Limit(limit-read))
		if err != nil {
			return Changes{}, err
		}
		for i := range page.Items {
			l := &page.Items[i]
			read++
			out.Cursor = fmt.Sprintf("%d.%s", l.UpdatedAt.UnixMilli(), l.ID)
			switch {
			case l.Public():
				shown := l.ForPublic()
				out.Items = append(out.Items, Change{ID: l.ID, Listing: &shown})
			case l.State != Draft && l.State != Submitted:
				out.Items = append(out.Items, Change{ID: l.ID})
			}
		}
		out.More = out.More || page.Next != ""
	}
	return out, nil
}

func parseCursor(cursor string) (time.Time, string, error) {
	if cursor == "" {
		return time.UnixMilli(-1), "", nil
	}
	ms, id, ok := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(ms, 10, 64)
	if !ok || err != nil || n < 0 || n > 1e14 || id == "" || len(id) > 64 {
		return time.Time{}, "", fault.New(fault.Invalid, "error.cursor", err)
	}
	return time.UnixMilli(n), id, nil
}
