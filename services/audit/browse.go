package audit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"iter"
	"time"

	"shangquan/services/access"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Of returns the entries about one thing, the newest first. It copies what waits before it looks.
func (l *Log) Of(ctx context.Context, ref Ref, cursor string, limit int) (store.Page[Entry], error) {
	return l.find(ctx, store.Where("of", store.Eq, ref.String()).OrderBy("id", store.Desc), cursor, limit)
}

// Filter narrows the whole trail; empty fields do not.
type Filter struct {
	Account string
	Action  access.Action
	Of      Ref // without an ID: everything of the kind
	// From and Until bound the time of the change: not before the one, before the other.
	From, Until time.Time
	Result      string // of events: "ok", "refused"
}

func (f Filter) query() store.Query {
	q := store.All()
	if f.Account != "" {
		q = q.And("fact.by.account", store.Eq, f.Account)
	}
	if f.Action != "" {
		q = q.And("fact.action", store.Eq, string(f.Action))
	}
	switch {
	case f.Of.Kind == "":
	case f.Of.ID == "":
		q = q.And("of", store.Gt, f.Of.Kind+"/").And("of", store.Lt, f.Of.Kind+"0") // 0 follows /
	default:
		q = q.And("of", store.Eq, f.Of.String())
	}
	if f.Result != "" {
		q = q.And("result", store.Eq, f.Result)
	}
	if !f.From.IsZero() {
		q = q.And("fact.at", store.Gte, f.From)
	}
	if !f.Until.IsZero() {
		q = q.And("fact.at", store.Lt, f.Until)
	}
	return q
}

// Whole reports whether the filter leaves no entry of its time out, so that what it finds is one piece of the chain.
func (f Filter) Whole() bool {
	return f.Account == "" && f.Action == "" && f.Of.Kind == "" && f.Result == ""
}

// All returns the entries of the whole trail that fit, the latest first. It copies what waits before it looks.
func (l *Log) All(ctx context.Context, f Filter, cursor string, limit int) (store.Page[Entry], error) {
	return l.find(ctx, f.query().OrderBy("fact.at", store.Desc), cursor, limit)
}

// Count says how many entries fit.
func (l *Log) Count(ctx context.Context, f Filter) (int, error) { return l.chain.Count(ctx, f.query()) }

// Since returns entries behind the one with this number in their order, at most limit. It copies what waits before it looks.
func (l *Log) Since(ctx context.Context, seq int64, limit int) ([]Entry, error) {
	page, err := l.find(ctx, store.Where("id", store.Gt, seqID(seq)), "", limit)
	return page.Items, err
}

func (l *Log) find(ctx context.Context, q store.Query, cursor string, limit int) (store.Page[Entry], error) {
	if _, err := l.CatchUp(ctx); err != nil {
		return store.Page[Entry]{Items: []Entry{}}, err
	}
	return l.chain.Find(ctx, q.Limit(limit).After(cursor))
}

// Proved is an entry as it leaves the program: what was signed, as it was signed. Whoever has the key can tell from one line whether
// it is what was written.
type Proved struct {
	Prev  string          `json:"prev"`
	Hash  string          `json:"hash"`
	Entry json.RawMessage `json:"entry"`
}

// Proof returns the entry with what proves it, and whether it is the one that was written.
func (l *Log) Proof(e *Entry) (Proved, bool, error) {
	body, err := e.body()
	return Proved{e.Prev, e.Hash, body}, l.signed(e), err
}

// Proves reports whether a line that left the program is what was written under one of the keys.
func Proves(keys *secret.Ring, p Proved) bool {
	mac, err := base64.RawURLEncoding.DecodeString(p.Hash)
	return err == nil && keys.Valid(purpose, mac, []byte(p.Prev), p.Entry)
}

// filePurpose keeps the signatures of files apart from those of entries.
const filePurpose = "audit file"

// Sign signs what says which file left the program.
func (l *Log) Sign(manifest []byte) string { return encode(l.keys.MAC(filePurpose, manifest)) }

// Signed reports whether Sign gave this signature to manifest under one of the keys.
func Signed(keys *secret.Ring, manifest []byte, signature string) bool {
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	return err == nil && keys.Valid(filePurpose, mac, manifest)
}

// Walk gives the entries that fit in the order of their numbers.
func (l *Log) Walk(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return l.chain.Each(ctx, f.query().Limit(500))
}
