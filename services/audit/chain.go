package audit

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shangquan/services/store"
)

// purpose is what the key of the chain is for.
const purpose = "audit"

// link gives each of the waiting entries that is not in the chain yet its place at the end of it.
func (l *Log) link(ctx context.Context, waiting []Entry) error {
	keys := make([]string, len(waiting))
	for i := range waiting {
		keys[i] = waiting[i].Key
	}
	known := map[string]bool{}
	for part := range slices.Chunk(keys, batch) {
		for e, err := range l.chain.Each(ctx, store.Where("key", store.In, part).Limit(batch)) {
			if err != nil {
				return err
			}
			known[e.Key] = true
		}
	}
	head, err := l.head(ctx)
	if err != nil {
		return err
	}
	fresh := slices.Clone(waiting)
	slices.SortStableFunc(fresh, func(a, b Entry) int {
		return cmp.Or(a.Fact.At.Compare(b.Fact.At), cmp.Compare(a.Fact.Rev, b.Fact.Rev))
	})
	byRevision(fresh)
	add := make([]Entry, 0, len(fresh))
	for _, e := range fresh {
		if known[e.Key] {
			continue
		}
		known[e.Key] = true
		e.Meta = store.Meta{ID: seqID(head.Seq + 1)}
		e.Seq, e.Prev = head.Seq+1, head.Hash
		e.Fact.At = e.Fact.At.UTC().Truncate(time.Millisecond) // as the store keeps it, for the hash is of what is stored
		if e.Fact.Changes == nil {
			e.Fact.Changes = []Change{}
		}
		body, err := e.body()
		if err != nil {
			return err
		}
		e.Hash = encode(l.keys.MAC(purpose, []byte(e.Prev), body))
		add, head = append(add, e), e
	}
	for part := range slices.Chunk(add, batch) {
		if err := l.chain.Append(ctx, part); err != nil {
			return err // what is there is a beginning; the rest comes again
		}
	}
	return nil
}

// byRevision puts the entries of each thing in the order of its revisions, in the places that its entries have: the clocks of two
// servers may differ, and a millisecond may hold several writes.
func byRevision(list []Entry) {
	places := map[string][]int{}
	for i := range list {
		places[list[i].Of] = append(places[list[i].Of], i)
	}
	for _, at := range places {
		own := make([]Entry, len(at))
		for i, place := range at {
			own[i] = list[place]
		}
		slices.SortStableFunc(own, func(a, b Entry) int { return cmp.Compare(a.Fact.Rev, b.Fact.Rev) })
		for i, place := range at {
			list[place] = own[i]
		}
	}
}

// head returns the last entry, the zero Entry of an empty trail.
func (l *Log) head(ctx context.Context) (Entry, error) {
	page, err := l.chain.Find(ctx, store.All().OrderBy("id", store.Desc).Limit(1))
	if err != nil || len(page.Items) == 0 {
		return Entry{}, err
	}
	return page.Items[0], nil
}

// body is what is signed of an entry: everything that it says.
func (e *Entry) body() ([]byte, error) {
	return json.Marshal(struct {
		ID     string `json:"id"`
		Seq    int64  `json:"seq"`
		Key    string `json:"key"`
		Of     string `json:"of"`
		Fact   Fact   `json:"fact"`
		Result string `json:"result"`
	}{e.ID, e.Seq, e.Key, e.Of, e.Fact, e.Result})
}

// Anchor returns where the trail ends now.
func (l *Log) Anchor(ctx context.Context) (Anchor, error) {
	h, err := l.head(ctx)
	return Anchor{At: l.now().UTC(), Seq: h.Seq, Hash: h.Hash}, err
}

// Report is what Verify found.
type Report struct {
	Entries int64  `json:"entries"`
	From    int64  `json:"from"`   // number of the first entry that is kept; those before it were purged, see Purge
	Broken  int64  `json:"broken"` // number of the first entry that is not right; 0: all are
	Why     string `json:"why"`
}

// Verify reads the whole trail and says which entry is the first that was changed, is missing or stands in another place. Anchors
// of earlier days, which may be none, show whether the end was cut off.
func (l *Log) Verify(ctx context.Context, anchors ...Anchor) (Report, error) {
	b, err := l.begins(ctx)
	if err != nil {
		return Report{}, err
	}
	r, prev := Report{From: b.Seq + 1}, b.last()
	hashes := map[int64]string{}
	for _, a := range anchors {
		switch {
		case a.Seq > b.Seq:
			hashes[a.Seq] = a.Hash
		case a.Seq == b.Seq && a.Hash != b.Hash:
			return Report{From: b.Seq + 1, Broken: b.Seq + 1, Why: fmt.Sprintf("what was purged did not end with entry %d as it was there on an earlier day", a.Seq)}, nil
		}
	}
	broken := func(seq int64, format string, args ...any) Report {
		r.Broken, r.Why = seq, fmt.Sprintf(format, args...)
		return r
	}
	if b.Seq > 0 && !l.sealed(&b) {
		return broken(1, "the note of what was purged was changed"), nil
	}
	for e, err := range l.chain.Each(ctx, store.Where("id", store.Gt, seqID(b.Seq)).Limit(500)) {
		if err != nil {
			return r, err
		}
		want := prev.Seq + 1
		if why := l.follows(&prev, &e); why != "" {
			return broken(want, "%s", why), nil
		}
		if h, ok := hashes[e.Seq]; ok && h != e.Hash {
			return broken(want, "entry %d is not the one that was there on an earlier day", want), nil
		}
		prev = e
		r.Entries++
	}
	for seq := range hashes {
		if seq > prev.Seq {
			return broken(prev.Seq+1, "the trail ends before entry %d, which was there on an earlier day", seq), nil
		}
	}
	return r, nil
}

// follows says why e is not the entry after prev as it was written; "" when it is.
func (l *Log) follows(prev, e *Entry) string {
	want := prev.Seq + 1
	switch {
	case e.Seq != want || e.ID != seqID(want):
		return fmt.Sprintf("entry %d is missing or stands elsewhere", want)
	case e.Prev != prev.Hash:
		return fmt.Sprintf("entry %d does not follow the one before it", want)
	case !l.signed(e):
		return fmt.Sprintf("entry %d was changed", want)
	}
	return ""
}

// signed reports whether the entry is the one that was written.
func (l *Log) signed(e *Entry) bool {
	mac, err := base64.RawURLEncoding.DecodeString(e.Hash)
	body, bad := e.body()
	return err == nil && bad == nil && l.keys.Valid(purpose, mac, []byte(e.Prev), body)
}

// Err returns an error when the report found something.
func (r Report) Err() error {
	if r.Broken == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", errBroken, r.Why)
}
