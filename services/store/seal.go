package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"shangquan/services/fault"
)

// Sealer makes and opens seals with a key that is not in the database. secret.Box is one.
type Sealer interface {
	// Seal returns a copy of plain that only the key opens, bound to what it is about.
	Seal(about string, plain []byte) []byte
	// Open returns what was sealed, and whether it was sealed with the key, about this, and not touched since.
	Open(about string, sealed []byte) (plain []byte, ok bool)
}

// Sealed declares that every document of the collection carries a seal: a copy of itself, locked with the key of the Sealer and
// written in the same write. What is read is what was sealed, whatever somebody has since made of the document in the database;
// a document whose seal does not open is left out of lists, and Get answers fault.Unavailable "error.altered". A store that was
// opened without Seal keeps and asks for none.
func Sealed() Declaration { return func(sp *spec) { sp.sealed = true } }

// Seal makes the store seal the documents of the collections that are declared Sealed. altered, which may be nil, hears of each
// document that is not what was sealed, each time it is read; it must be quick.
func Seal(s Sealer, altered func(collection, id string)) Option {
	return func(set *settings) { set.sealer, set.altered = s, altered }
}

// stored is a document as the database has it. Of a collection without seals there is only doc.
type stored struct {
	id   string // what the row is called, whatever the document says
	doc  []byte
	seal []byte
	at   any // value of the field the query sorts by
}

const keyAltered = "error.altered" // the document is not what was sealed, and there is no good copy

// errLost says that there is no good copy of a document.
var errLost = errors.New("store: the seal of the document does not open")

// seals reports whether the collection's documents carry seals in this store.
func (c *documents) seals() bool { return c.spec.sealed && c.set.sealer != nil }

func (c *documents) about(id string) string { return c.spec.name + "/" + id }

// genuine returns the document as it was sealed, and whether the database still says the same: errLost when there is no such copy.
func (c *documents) genuine(s stored) (doc []byte, whole bool, err error) {
	if !c.seals() {
		return s.doc, true, nil
	}
	doc, ok := c.set.sealer.Open(c.about(s.id), s.seal)
	if !ok {
		return nil, false, errLost
	}
	return doc, bytes.Equal(doc, s.doc) || sameJSON(doc, s.doc), nil
}

// sameJSON reports whether two documents say the same; an engine may write numbers and escapes in its own way.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// read decodes a document as it was sealed: errLost.
func (c *documents) read(s stored, into any) error {
	doc, whole, err := c.genuine(s)
	if !whole && c.set.altered != nil {
		c.set.altered(c.spec.name, s.id)
	}
	if err != nil {
		return err
	}
	return c.decode(doc, into)
}

// lost is the fault of a document without a good copy.
func (c *documents) lost(id string) error {
	return fault.New(fault.Unavailable, keyAltered, fmt.Errorf("store: %s: %w", c.about(id), errLost))
}

// Condition is what became of a sealed document.
type Condition string

// The conditions.
const (
	Whole   Condition = "whole"
	Altered Condition = "altered" // the database says something else; the sealed copy is shown
	Lost    Condition = "lost"    // there is no sealed copy: it is shown nowhere
)

// Finding is one document that Inspect looked at. Rev is that of the sealed copy.
type Finding struct {
	ID        string
	Rev       int64
	Condition Condition
}

// inspected is how many documents Inspect has in memory at a time.
const inspected = 100

func (c *documents) Inspect(ctx context.Context, each func(Finding) error) error {
	if !c.seals() {
		return nil
	}
	for q := All().Limit(inspected); ; {
		p, err := c.plan(ctx, q)
		if err != nil {
			return err
		}
		n, last := 0, ""
		err = c.eng.find(ctx, p, func(s stored) error {
			n, last = n+1, s.id
			f := Finding{ID: s.id, Condition: Whole}
			doc, whole, err := c.genuine(s)
			var m Meta
			switch {
			case err != nil || json.Unmarshal(doc, &m) != nil:
				f.Condition = Lost
			case !whole:
				f.Condition = Altered
			}
			f.Rev = m.Rev
			return each(f)
		})
		if err != nil || n < q.limit {
			return err
		}
		q = q.After(c.spec.cursorAt(p, last, last))
	}
}

func (c *documents) Restore(ctx context.Context, id string) (restored bool, err error) {
	if !c.seals() {
		return false, nil
	}
	if err := c.eng.prepare(ctx); err != nil {
		return false, err
	}
	good := c.fresh()
	err = c.eng.get(ctx, c.spec.field("id"), id, func(s stored) error {
		doc, whole, err := c.genuine(s)
		if restored = !whole; err != nil {
			return c.lost(id)
		}
		return c.decode(doc, good)
	})
	if err != nil || !restored {
		return false, err
	}
	r, err := c.encode(good)
	if err == nil {
		err = c.eng.restore(ctx, r)
	}
	return err == nil, err
}

func (c *documents) SealAll(ctx context.Context) (int, error) {
	if !c.seals() {
		return 0, nil
	}
	if err := c.eng.prepare(ctx); err != nil {
		return 0, err
	}
	return c.eng.sealAll(ctx, func(id string, doc []byte) []byte { return c.set.sealer.Seal(c.about(id), doc) })
}

func (c *documents) Name() string { return c.spec.name }

// SealedCollection is what may be done with a collection whose documents carry seals, whatever they are.
type SealedCollection interface {
	Name() string
	Inspect(ctx context.Context, each func(Finding) error) error
	Restore(ctx context.Context, id string) (restored bool, err error)
	SealAll(ctx context.Context) (int, error)
}

// SealedIn returns the collections of db that were declared Sealed so far, by name.
func SealedIn(db DB) []SealedCollection {
	set := db.set()
	set.mu.Lock()
	defer set.mu.Unlock()
	out := make([]SealedCollection, 0, len(set.sealed))
	for _, name := range slices.Sorted(maps.Keys(set.sealed)) {
		out = append(out, set.sealed[name])
	}
	return out
}

func (s *settings) remember(c SealedCollection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sealed == nil {
		s.sealed = map[string]SealedCollection{}
	}
	s.sealed[c.Name()] = c
}
