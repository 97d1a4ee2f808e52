package audit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Least is how long the trail is kept at least: a year, as the Internet Government Affairs guide asks; the Cybersecurity Law
// (article 23) asks for six months (security AUD-04).
const Least = 365 * 24 * time.Hour

// base says where the trail begins since its beginning was purged. There is one, signed like the chain: the entry after it has its hash,
// so the chain can be verified from there.
type base struct {
	store.Meta
	Seq    int64     `json:"seq"`  // of the last entry that was purged
	Hash   string    `json:"hash"` // and its hash
	Before time.Time `json:"before"`
	// Once are the keys of what is recorded once and for all; that it was is known also when the entry is gone.
	Once []string `json:"once"`
	Mac  string   `json:"mac"`
}

const theBase = "base"

func (b *base) last() Entry { return Entry{Seq: b.Seq, Hash: b.Hash} }

func (b *base) signed() []byte {
	body, err := json.Marshal([]any{b.Seq, b.Hash, b.Before.UTC(), b.Once})
	if err != nil {
		return nil
	}
	return body
}

// basePurpose keeps the signature of the base apart from those of entries.
const basePurpose = "audit base"

func (l *Log) sealed(b *base) bool {
	mac, err := base64.RawURLEncoding.DecodeString(b.Mac)
	return err == nil && l.keys.Valid(basePurpose, mac, b.signed())
}

// begins returns the base, zero while nothing was purged.
func (l *Log) begins(ctx context.Context) (base, error) {
	b, err := l.base.Get(ctx, theBase)
	if fault.Is(err, fault.NotFound) {
		return base{}, nil
	}
	return b, err
}

// mostPurged is how many entries one Purge removes; the rest has time until the next.
const mostPurged = 50_000

// Purge removes the entries from before a time, which lies at least a year back, and returns how many. What it removes is verified
// first: a trail that was tampered with is not purged. That it was purged is itself an entry, recorded before anything is gone; from
// what is left Verify still tells whether it is as it was written.
func (l *Log) Purge(ctx context.Context, by access.Actor, before time.Time) (int, error) {
	if err := access.Require(by, access.AuditPurge, access.Thing{Kind: "trail"}); err != nil {
		return 0, err
	}
	if l.now().Sub(before) < Least {
		return 0, fault.New(fault.Invalid, "error.invalid", fmt.Errorf("audit: %s is less than a year ago", before.Format(time.DateOnly)))
	}
	if _, err := l.CatchUp(ctx); err != nil {
		return 0, err
	}
	was, err := l.begins(ctx)
	if err != nil {
		return 0, err
	}
	if was.Seq > 0 && !l.sealed(&was) {
		return 0, fault.New(fault.Internal, "error.internal", fmt.Errorf("%w: the note of what was purged was changed", errBroken))
	}
	n, err := l.clear(ctx, was.Seq) // what a crash left
	if err != nil {
		return n, err
	}
	next, first, err := l.ripe(ctx, was, before.UTC().Truncate(time.Millisecond))
	if err != nil || next.Seq == was.Seq {
		return n, err
	}
	if err := l.Event(ctx, by, Event{
		Action: access.AuditPurge, Object: Ref{"trail", strconv.FormatInt(next.Seq, 10)}, Title: before.UTC().Format(time.DateOnly), Result: "ok",
		Changes: []Change{{Path: "from", After: strconv.FormatInt(first, 10)}, {Path: "until", After: strconv.FormatInt(next.Seq, 10)}, {Path: "hash", After: strconv.Quote(next.Hash)}},
	}); err != nil {
		return n, err
	}
	next.Mac = encode(l.keys.MAC(basePurpose, next.signed()))
	if was.Rev == 0 {
		err = l.base.Insert(ctx, &next)
	} else {
		_, err = l.base.Update(ctx, theBase, was.Rev, func(b *base) error { next.Meta = b.Meta; *b = next; return nil })
	}
	if err != nil {
		return n, err
	}
	k, err := l.clear(ctx, next.Seq)
	return n + k, err
}

// Due returns how many entries the next Purge of a trail that is kept for so many days would remove.
func (l *Log) Due(ctx context.Context, days int) (int, error) {
	was, err := l.begins(ctx)
	if err != nil {
		return 0, err
	}
	next, _, err := l.ripe(ctx, was, l.now().AddDate(0, 0, -days).UTC().Truncate(time.Millisecond))
	return int(next.Seq - was.Seq), err
}

// ripe returns the base as it is once the entries from before a time are gone, and the number of the first of them. The last entry
// stays, whatever its age: the next one follows it.
func (l *Log) ripe(ctx context.Context, was base, before time.Time) (next base, first int64, err error) {
	next = base{Meta: store.Meta{ID: theBase}, Seq: was.Seq, Hash: was.Hash, Before: before, Once: slices.Clone(was.Once)}
	if next.Once == nil {
		next.Once = []string{}
	}
	head, err := l.head(ctx)
	if err != nil {
		return next, 0, err
	}
	prev := was.last()
	for e, err := range l.chain.Each(ctx, store.Where("id", store.Gt, seqID(was.Seq)).Limit(500)) {
		switch {
		case err != nil:
			return next, 0, err
		case !e.Fact.At.Before(before) || e.Seq >= head.Seq || e.Seq-was.Seq > mostPurged:
			return next, was.Seq + 1, nil
		}
		if why := l.follows(&prev, &e); why != "" {
			return was, 0, fault.New(fault.Internal, "error.internal", errors.Join(errBroken, errors.New("audit: "+why)))
		}
		if e.Fact.Rev == 0 && !strings.HasPrefix(e.Key, "event/") {
			next.Once = append(next.Once, e.Key)
		}
		next.Seq, next.Hash, prev = e.Seq, e.Hash, e
	}
	return next, was.Seq + 1, nil
}

// clear erases the entries up to a number.
func (l *Log) clear(ctx context.Context, seq int64) (int, error) {
	n := 0
	for {
		page, err := l.chain.Find(ctx, store.Where("id", store.Lte, seqID(seq)).Limit(batch))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		k, err := l.chain.Erase(ctx, page.Items...)
		if n += k; err != nil {
			return n, err
		}
	}
}
