package audit

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// KeyOf is the key of the entry of one revision of a document.
func KeyOf(kind, id string, rev int64) string {
	return Ref{kind, id}.String() + "/" + strconv.FormatInt(rev, 10)
}

// Once records an event whose key nobody else has; a second one with the key is none. Like Event, it is on record before it returns.
func (l *Log) Once(ctx context.Context, by access.Actor, key string, e Event) error {
	return l.setAside(ctx, Entry{
		Key: key, Of: e.Object.String(), Result: e.Result,
		Fact: Fact{At: l.now(), Action: e.Action, By: byOf(by), Why: e.Why, Title: e.Title, Changes: e.Changes},
	})
}

// Has reports whether the trail has an entry with this key, or one that waits for its place. Whether that was tampered with is for
// Verify to say.
func (l *Log) Has(ctx context.Context, key string) (bool, error) {
	if _, err := l.inbox.Get(ctx, key); !fault.Is(err, fault.NotFound) {
		return err == nil, err
	}
	_, err := l.chain.GetBy(ctx, "key", key)
	if !fault.Is(err, fault.NotFound) {
		return err == nil, err
	}
	b, err := l.begins(ctx)
	return slices.Contains(b.Once, key), err
}

// Written reports whether the trail has a write of a document, not only events about it.
func (l *Log) Written(ctx context.Context, ref Ref) (bool, error) {
	for e, err := range l.chain.Each(ctx, store.Where("of", store.Eq, ref.String()).Limit(batch)) {
		if err != nil || e.Fact.Rev > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// Beyond returns the documents of a kind that the trail knows a later revision of than the one given.
func (l *Log) Beyond(ctx context.Context, kind string, revs map[string]int64) ([]string, error) {
	keys := make([]string, 0, len(revs))
	for id, rev := range revs {
		keys = append(keys, KeyOf(kind, id, rev+1))
	}
	out := []string{}
	for part := range slices.Chunk(keys, batch) {
		for e, err := range l.chain.Each(ctx, store.Where("key", store.In, part).Limit(batch)) {
			if err != nil {
				return nil, err
			}
			out = append(out, e.Object().ID)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Known returns the ids of everything of a kind that the trail has entries about.
func (l *Log) Known(ctx context.Context, kind string) ([]string, error) {
	counts, err := l.chain.CountBy(ctx, "of", store.Where("of", store.Gt, kind+"/").And("of", store.Lt, kind+"0")) // 0 follows /
	out := make([]string, 0, len(counts))
	for of := range counts {
		out = append(out, strings.TrimPrefix(of, kind+"/"))
	}
	slices.Sort(out)
	return out, err
}

// KindOf returns what the trail calls the documents of a collection, empty for one without a trail.
func (l *Log) KindOf(collection string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kinds[collection]
}
