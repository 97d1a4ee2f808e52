package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// primary is a replica set with one document, seen through the wire: it takes a write once however often it is sent, as the protocol of
// retryable writes promises, and fails as told.
type primary struct {
	doc     bson.D
	answers map[string]bson.D // of writes that were made, by session and number
	writes  int               // commands that came
	made    int               // of them, writes that changed the document
	fail    map[int]failure   // by the number of the command, counted from 1
	none    bool              // nobody is primary: every write is refused
}

// failure is what happens to a command: whether the write is made all the same, and what is answered then.
type failure struct {
	made   bool
	answer bson.D
}

func (p *primary) reply(name string, cmd bson.D) bson.D {
	if cmd[0].Value != "notes" {
		return nil
	}
	switch name {
	case "find":
		if op := at(cmd, "filter", opField, "$eq"); op != nil && op != at(p.doc, opField) {
			return cursorOf()
		}
		return cursorOf(p.doc)
	case "update":
		p.writes++
		f, failing := p.fail[p.writes]
		if p.none {
			f, failing = failure{answer: refused(10107)}, true
		}
		if failing && !f.made {
			return f.answer
		}
		key := fmt.Sprint(at(cmd, "lsid"), at(cmd, "txnNumber"))
		answer := p.answers[key]
		if answer == nil {
			n := 0
			if at(cmd, "updates", "0", "q", "rev", "$eq") == at(p.doc, "rev") {
				p.doc = at(cmd, "updates", "0", "u").(bson.D)
				p.made++
				n = 1
			}
			answer = bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: n}, {Key: "nModified", Value: n}}
			p.answers[key] = answer
		}
		if failing {
			return f.answer
		}
		return answer
	}
	return nil
}

var retryable = bson.E{Key: "errorLabels", Value: bson.A{"RetryableWriteError"}}

func refused(code int) bson.D {
	return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: "not primary"}, retryable}
}

// TestMongoStepDown (FLT-06): the primary steps down in the middle of 200 edits. Each is made exactly once, or there is a clear refusal
// and nothing is changed.
func TestMongoStepDown(t *testing.T) {
	t.Parallel()
	unconfirmed := func(code int) bson.D {
		return bson.D{
			{Key: "ok", Value: 1},
			{Key: "n", Value: 1},
			{Key: "nModified", Value: 1},
			retryable,
			{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: code}, {Key: "errmsg", Value: "stepped down"}}},
		}
	}
	hangup := bson.D{{Key: "hangup", Value: 1}}
	p := &primary{answers: map[string]bson.D{}, fail: map[int]failure{
		60: {false, refused(10107)}, 61: {false, refused(189)}, // there is no other primary for a moment
		100: {true, unconfirmed(91)},                                // made, and sent again to the next one, which knows it
		120: {true, unconfirmed(189)}, 121: {false, refused(10107)}, // the same, when there is no other for a moment
		140: {true, hangup}, 141: {true, hangup},
	}}
	s := newWireServer(t)
	_, notes := openWire(t, s)
	n := note{Meta: Meta{ID: "a"}, Slug: "s"}
	s.on(func(name string, cmd bson.D) bson.D {
		if name == "insert" && cmd[0].Value == "notes" {
			p.doc = at(cmd, "documents", "0").(bson.D)
		}
		return nil
	})
	if err := notes.Insert(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	rev, refusals := n.Rev, 0
	for edits := 0; edits < 200; {
		long := edits == 160 && refusals == 0 // nobody is elected for longer than anybody waits for a page
		ctx, cancel := t.Context(), func() {}
		s.on(nil)
		p.none = long
		s.on(p.reply)
		if long {
			ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
		}
		got, err := notes.Update(ctx, "a", rev, func(n *note) error { n.N++; return nil })
		cancel()
		if long && errors.Is(err, context.DeadlineExceeded) {
			refusals++
			continue // its sender presses again: with the revision that the form has
		}
		if err != nil {
			t.Fatalf("edit %d, after %d refusals: %v", edits+1, refusals, err)
		}
		if edits++; got.N != edits || got.Rev != rev+1 {
			t.Fatalf("edit %d made it %d at revision %d, after %d", edits, got.N, got.Rev, rev)
		}
		rev = got.Rev
	}
	s.on(nil)
	if p.made != 200 || refusals != 1 {
		t.Errorf("%d writes and %d refusals for 200 edits, want 200 and 1", p.made, refusals)
	}
}
