package listing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// Revision is one write of a listing: what it was before and after, by whom, and why. From where, only the trail knows: colleagues
// and the merchant need not.
type Revision struct {
	Rev    int64
	At     time.Time
	By     audit.By
	Action access.Action
	Why    string
	// Changes are in the terms of a page. A revision that only the program notices has none.
	Changes []FieldDiff
}

// Revisions is one page of a history. Next is the cursor of what is older, empty at the end.
type Revisions struct {
	Items []Revision
	Next  string
}

// History returns the writes of a listing, newest first: fault.NotFound for a listing of others.
func (s *Service) History(ctx context.Context, by access.Actor, id, cursor string, limit int) (Revisions, error) {
	l, err := s.coll.Get(ctx, id)
	if err != nil {
		return Revisions{}, err
	}
	if err := access.Require(by, access.ListingHistory, l.Thing()); err != nil {
		return Revisions{}, err
	}
	page, err := s.log.Of(ctx, audit.Ref{Kind: Kind, ID: id}, cursor, limit)
	if err != nil {
		return Revisions{}, err
	}
	out := Revisions{Items: []Revision{}, Next: page.Next}
	for i := range page.Items {
		e := &page.Items[i]
		before, after, err := sides(e.Fact.Changes)
		if err != nil {
			return Revisions{}, err
		}
		who := audit.By{Account: e.Fact.By.Account, Name: e.Fact.By.Name, Role: e.Fact.By.Role}
		out.Items = append(out.Items, Revision{Rev: e.Fact.Rev, At: e.Fact.At, By: who, Action: e.Fact.Action, Why: e.Fact.Why, Changes: Diff(before, after)})
	}
	return out, nil
}

// ByOthers returns the writes since an instant by people who do not belong to the merchant, newest first, at most limit: what its
// owner is told of (CON-08). ours tells whether an account belongs to it.
func (s *Service) ByOthers(ctx context.Context, by access.Actor, id string, since time.Time, limit int, ours func(accountID string) bool) ([]Revision, error) {
	out := []Revision{}
	for cursor := ""; ; {
		page, err := s.History(ctx, by, id, cursor, historyPage)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Items {
			if r.At.Before(since) || len(out) == limit {
				return out, nil
			}
			if len(r.Changes) > 0 && !ours(r.By.Account) {
				out = append(out, r)
			}
		}
		if cursor = page.Next; cursor == "" {
			return out, nil
		}
	}
}

const historyPage = 100

// sides returns what changed as two listings that are empty otherwise.
func sides(changes []audit.Change) (before, after Listing, err error) {
	x, y := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, c := range changes {
		put(x, c.Path, c.Before)
		put(y, c.Path, c.After)
	}
	if err = fill(&before, x); err == nil {
		err = fill(&after, y)
	}
	return before, after, err
}

func put(m map[string]json.RawMessage, path, value string) {
	if value == "" {
		delete(m, path)
		return
	}
	m[path] = json.RawMessage(value)
}

func fill(l *Listing, fields map[string]json.RawMessage) error {
	raw, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(raw, l)
	}
	if err != nil {
		return fault.New(fault.Internal, "error.internal", fmt.Errorf("listing: an entry of the trail cannot be read: %w", err))
	}
	return nil
}

// At returns the listing as it was at an earlier revision, made from the present one by undoing what the trail says:
// fault.NotFound for a revision that never was, or lies before the trail begins.
func (s *Service) At(ctx context.Context, by access.Actor, id string, rev int64) (Listing, error) {
	l, err := s.coll.Get(ctx, id)
	if err != nil {
		return Listing{}, err
	}
	if err := access.Require(by, access.ListingHistory, l.Thing()); err != nil {
		return Listing{}, err
	}
	return s.at(ctx, l, rev)
}

func (s *Service) at(ctx context.Context, l Listing, rev int64) (Listing, error) {
	if rev < 1 || rev > l.Rev {
		return Listing{}, fault.Missing()
	}
	l.Trail = audit.Trail{}
	raw, err := json.Marshal(l)
	doc := map[string]json.RawMessage{}
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	if err != nil {
		return Listing{}, fault.New(fault.Internal, "error.internal", err)
	}
	next := l.Rev // the revision that is undone next
	at, dated := l.UpdatedAt, rev == l.Rev
	for cursor := ""; ; {
		page, err := s.log.Of(ctx, audit.Ref{Kind: Kind, ID: l.ID}, cursor, historyPage)
		if err != nil {
			return Listing{}, err
		}
		for i := range page.Items {
			e := &page.Items[i].Fact
			if e.Rev == rev {
				at, dated = e.At, true
			}
			if e.Rev == 0 || e.Rev > next || next == rev {
				continue // no write, one after ours was read, or older than what is wanted
			}
			if e.Rev != next {
				return Listing{}, fault.New(fault.NotFound, "error.not_found", fmt.Errorf("listing: revision %d of %s is not in the trail", next, l.ID))
			}
			for _, c := range e.Changes {
				put(doc, c.Path, c.Before)
			}
			next--
		}
		if cursor = page.Next; cursor == "" || next == rev && dated {
			break
		}
	}
	if next != rev {
		return Listing{}, fault.New(fault.NotFound, "error.not_found", errors.New("listing: the trail does not reach back so far"))
	}
	var out Listing
	if err := fill(&out, doc); err != nil {
		return Listing{}, err
	}
	out.Meta, out.Trail = l.Meta, audit.Trail{}
	out.Rev, out.UpdatedAt = rev, at
	return out, nil
}

// Restore writes what revision wanted said over revision rev. It is an edit like others: what is sensitive waits where an edit
// would, and what the role may not edit stays. Consents are not restored, for who has withdrawn one has
// withdrawn it, and photos are not, for what was taken away is gone.
func (s *Service) Restore(ctx context.Context, by access.Actor, id string, rev, wanted int64) (Listing, error) {
	l, err := s.coll.Get(ctx, id)
	if err != nil {
		return Listing{}, err
	}
	if err := access.Require(by, access.ListingRestore, l.Thing()); err != nil {
		return Listing{}, err
	}
	old, err := s.at(ctx, l, wanted)
	if err != nil {
		return Listing{}, err
	}
	p := Patch{}
	for i := range Fields {
		f := &Fields[i]
		if f.Class == Kept || f.Path == "consents" || f.Path == "closure" || f.Path == "photos" || f.same(&old, &l) || !access.Can(by, f.Action, l.Thing()) {
			continue
		}
		if f.Path == "location" && old.Location == nil {
			continue // nobody knew then; the pin stays
		}
		raw, err := f.raw(&old)
		if err != nil {
			return Listing{}, fault.New(fault.Internal, "error.internal", err)
		}
		p[f.Path] = raw
	}
	return s.edit(ctx, by, audit.Write{Action: access.ListingRestore, Why: fmt.Sprintf("revision %d", wanted)}, id, rev, p)
}
