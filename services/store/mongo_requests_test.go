package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"shangquan/services/fault"
)

func openWire(t *testing.T, s *wireServer) (DB, *Collection[note]) {
	t.Helper()
	db := openWireDB(t, s)
	return db, NewCollection[note](db, "notes", Unique("slug"), Index("n"), Multi("tags"), Follow("search"))
}

func openWireDB(t *testing.T, s *wireServer) DB {
	t.Helper()
	db, err := Open(t.Context(), "mongodb://"+s.addr+"/city?w=1&journal=false&readPreference=nearest&shangquanAllow=standalone")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

const durable = `{"w":"majority","j":true}`

// TestWireRequests reads what is sent: the promises of durability are in every request, whatever the address says.
func TestWireRequests(t *testing.T) {
	s := newWireServer(t)
	db, c := openWire(t, s)
	if err := db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	create := s.last(t, "create")
	s.expect(t, create, `"city"`, "$db")
	s.expect(t, create, `"strict"`, "validationLevel")
	s.expect(t, create, `"error"`, "validationAction")
	s.expect(t, create, `["_id","rev","created_at","updated_at","slug","n","tags"]`, "validator", "$jsonSchema", "required")
	s.expect(t, create, `{"bsonType":["int","long"]}`, "validator", "$jsonSchema", "properties", "rev")
	s.expect(t, create, `{"bsonType":"date"}`, "validator", "$jsonSchema", "properties", "updated_at")
	s.expect(t, create, `{"bsonType":"array","items":{"bsonType":"string"}}`, "validator", "$jsonSchema", "properties", "tags")
	indexes := s.last(t, "createIndexes")
	s.expect(t, indexes, durable, "writeConcern")
	want := []string{
		`{"key":{"created_at":1,"_id":1},"name":"index:created_at"}`,
		`{"key":{"updated_at":1,"_id":1},"name":"index:updated_at"}`, `{"key":{"slug":1},"name":"unique:slug","unique":true}`,
		`{"key":{"n":1,"_id":1},"name":"index:n"}`, `{"key":{"tags":1},"name":"multi:tags"}`,
		`{"key":{"_pending.search":1},"name":"pending:search","sparse":true}`,
	}
	for i, w := range want {
		s.expect(t, indexes, w, "indexes", fmt.Sprint(i))
	}

	n := note{Meta: Meta{ID: "a"}, Slug: "s", N: 5}
	if err := c.Insert(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	sent := s.last(t, "insert")
	s.expect(t, sent, durable, "writeConcern")
	s.expect(t, sent, `"a"`, "documents", "0", "_id")
	s.expect(t, sent, `[]`, "documents", "0", "tags")
	if at(sent, "txnNumber") == nil || at(sent, "documents", "0", "id") != nil {
		t.Errorf("insert: it is not retryable, or keeps the id twice: %v", sent)
	}
	for _, path := range []string{"created_at", "updated_at"} {
		if _, ok := at(sent, "documents", "0", path).(bson.DateTime); !ok {
			t.Errorf("insert: %s is %T, want a date", path, at(sent, "documents", "0", path))
		}
	}
	if _, ok := at(sent, "documents", "0", "_pending", "search").(bson.DateTime); !ok {
		t.Error("insert: the document is not marked as pending")
	}

	stored := at(sent, "documents", "0").(bson.D)
	s.on(func(name string, _ bson.D) bson.D {
		if name == "find" {
			return cursorOf(stored)
		}
		return nil
	})
	if _, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.N = 6; return nil }); err != nil {
		t.Fatal(err)
	}
	update := s.last(t, "update")
	s.expect(t, update, `{"_id":{"$eq":"a"},"rev":{"$eq":1}}`, "updates", "0", "q")
	s.expect(t, update, `2`, "updates", "0", "u", "rev")
	s.expect(t, update, durable, "writeConcern")
	find := s.last(t, "find")
	s.expect(t, find, `{"_id":{"$eq":"a"}}`, "filter")
	s.expect(t, find, `"majority"`, "readConcern", "level")
	if mode := at(find, "$readPreference", "mode"); mode != nil && mode != "primary" {
		t.Errorf("find reads from %v, want the primary", mode)
	}

	q := Where("n", Gte, 1).And("tags", In, []string{"x", "$ne"}).And("updated_at", Lt, time.UnixMilli(1000)).OrderBy("n", Desc).Limit(1)
	s.on(func(name string, _ bson.D) bson.D {
		if name == "find" {
			return cursorOf(stored, stored)
		}
		return nil
	})
	page, err := c.Find(t.Context(), q)
	if err != nil || len(page.Items) != 1 || page.Next == "" {
		t.Fatalf("Find = %+v, %v", page, err)
	}
	if _, err := c.Find(t.Context(), q.After(page.Next)); err != nil {
		t.Fatal(err)
	}
	find = s.last(t, "find")
	s.expect(t, find, `{"$and":[{"n":{"$gte":1}},{"tags":{"$in":["x","$ne"]}},{"updated_at":{"$lt":{"$date":"1970-01-01T00:00:01Z"}}},`+
		`{"n":{"$lte":5}},{"$or":[{"n":{"$lt":5}},{"n":{"$eq":5},"_id":{"$lt":"a"}}]}]}`, "filter")
	s.expect(t, find, `{"n":-1,"_id":-1}`, "sort")
	s.expect(t, find, `2`, "limit")

	if err := c.Delivered(t.Context(), "search", "a", 2); err != nil {
		t.Fatal(err)
	}
	update = s.last(t, "update")
	s.expect(t, update, `{"_id":{"$eq":"a"},"rev":{"$eq":2}}`, "updates", "0", "q")
	s.expect(t, update, `{"$unset":{"_pending.search":""}}`, "updates", "0", "u")
	if n, err := c.Count(t.Context(), Where("n", Eq, 5)); err != nil || n != 0 {
		t.Errorf("Count = %d, %v", n, err)
	}
	count := s.last(t, "aggregate")
	s.expect(t, count, `"majority"`, "readConcern", "level")
}

// TestWireErase: what is erased is named with the revision it was read at.
func TestWireErase(t *testing.T) {
	s := newWireServer(t)
	c := NewCollection[note](openWireDB(t, s), "notes", Unique("slug"))
	if n, err := c.Erase(t.Context(), note{Meta: Meta{ID: "a", Rev: 2}}, note{Meta: Meta{ID: "b", Rev: 1}}); err != nil || n != 1 {
		t.Fatalf("Erase = %d, %v; want what the server counted, 1", n, err)
	}
	erase := s.last(t, "delete")
	s.expect(t, erase, durable, "writeConcern")
	s.expect(t, erase, `{"_id":{"$eq":"b"},"rev":{"$eq":1}}`, "deletes", "1", "q")
	s.expect(t, erase, `1`, "deletes", "1", "limit")
}

// TestWireAppend: lines of a log arrive in order and stop at the first that cannot be.
func TestWireAppend(t *testing.T) {
	s := newWireServer(t)
	c := NewCollection[note](openWireDB(t, s), "notes", Unique("slug"), Index("n"), Multi("tags"))
	if err := c.Append(t.Context(), []note{{Meta: Meta{ID: "1"}, Slug: "a"}, {Meta: Meta{ID: "2"}, Slug: "b"}}); err != nil {
		t.Fatal(err)
	}
	sent := s.last(t, "insert")
	s.expect(t, sent, `true`, "ordered")
	s.expect(t, sent, durable, "writeConcern")
	s.expect(t, sent, `"2"`, "documents", "1", "_id")
}

// TestWireFailures: every way a server can fail is a fault of the right kind, and an answer that was lost is looked up.
func TestWireFailures(t *testing.T) {
	failing := func(code int, message string) bson.D {
		return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: message}, {Key: "codeName", Value: "X"}}
	}
	duplicate := func(index string) bson.D {
		return bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: 0}, {Key: "writeErrors", Value: bson.A{bson.D{
			{Key: "index", Value: 0}, {Key: "code", Value: 11000}, {Key: "errmsg", Value: "E11000 duplicate key error collection: city.notes index: " + index + ` dup key: { slug: "s" }`},
		}}}}
	}
	hangup := bson.D{{Key: "hangup", Value: 1}}
	// To a server that is alone the driver sends a write once only, so that the failure is seen at once.
	alone := bson.D{{Key: "isWritablePrimary", Value: true}}
	for _, c := range []struct {
		name   string
		answer bson.D
		want   fault.Kind
		field  string
	}{
		{"slug taken", duplicate("unique:slug"), fault.Conflict, "slug"},
		{"id taken", duplicate("_id_"), fault.Conflict, "id"},
		{"not primary", failing(10107, "not primary"), fault.Unavailable, ""},
		{"primary stepped down", failing(189, "stepped down"), fault.Unavailable, ""},
		{"shutting down", failing(91, "shutdown in progress"), fault.Unavailable, ""},
		{"validator", failing(121, "Document failed validation"), fault.Internal, ""},
		{"not allowed", failing(13, "not authorized"), fault.Internal, ""},
		{"connection cut", hangup, fault.Unavailable, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newWireServer(t)
			s.hello = alone
			_, notes := openWire(t, s)
			if _, err := notes.Revision(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.on(func(name string, cmd bson.D) bson.D {
				if cmd[0].Value == "notes" && name == "insert" {
					return c.answer
				}
				return nil
			})
			err := notes.Insert(t.Context(), &note{Slug: "s"})
			if !fault.Is(err, c.want) {
				t.Errorf("Insert = %v, want %v", err, c.want)
			}
			if e, _ := errors.AsType[*fault.Error](err); e != nil && c.field != "" && (len(e.Fields) != 1 || e.Fields[0].Name != c.field) {
				t.Errorf("Insert = %v, want it to name %q", err, c.field)
			}
		})
	}

	t.Run("answer lost, write sent again", func(t *testing.T) {
		s := newWireServer(t)
		_, notes := openWire(t, s)
		if _, err := notes.Revision(t.Context()); err != nil {
			t.Fatal(err)
		}
		var numbers []any
		s.on(func(name string, cmd bson.D) bson.D {
			if name == "insert" {
				if numbers = append(numbers, at(cmd, "txnNumber")); len(numbers) == 1 {
					return hangup
				}
			}
			return nil
		})
		if err := notes.Insert(t.Context(), &note{Slug: "s"}); err != nil {
			t.Errorf("Insert = %v", err)
		}
		s.on(nil)
		if len(numbers) != 2 || numbers[0] == nil || numbers[0] != numbers[1] {
			t.Errorf("the write was sent as transactions %v, want one number twice", numbers)
		}
	})
	t.Run("answer lost, write looked up", func(t *testing.T) {
		s := newWireServer(t)
		s.hello = alone
		_, notes := openWire(t, s)
		if _, err := notes.Revision(t.Context()); err != nil {
			t.Fatal(err)
		}
		var op any
		s.on(func(name string, cmd bson.D) bson.D {
			if cmd[0].Value != "notes" {
				return nil
			}
			switch name {
			case "insert":
				op = at(cmd, "documents", "0", opField)
				return hangup
			case "find":
				if op != nil && at(cmd, "filter", opField, "$eq") == op {
					return cursorOf(bson.D{{Key: "_id", Value: "x"}})
				}
			}
			return nil
		})
		if err := notes.Insert(t.Context(), &note{Slug: "s"}); err != nil {
			t.Errorf("Insert = %v, want the success that it was", err)
		}
	})
	t.Run("revision owed", func(t *testing.T) {
		s := newWireServer(t)
		_, notes := openWire(t, s)
		if _, err := notes.Revision(t.Context()); err != nil {
			t.Fatal(err)
		}
		down := true
		counted := 0
		s.on(func(name string, cmd bson.D) bson.D {
			if name == "update" && cmd[0].Value == revisions {
				if down {
					return failing(13, "no")
				}
				counted++
			}
			return nil
		})
		if err := notes.Insert(t.Context(), &note{Slug: "s"}); err != nil {
			t.Errorf("Insert = %v: what is written is written", err)
		}
		if _, err := notes.Revision(t.Context()); err == nil {
			t.Error("Revision tells a number that leaves out a write")
		}
		s.mu.Lock()
		down = false
		s.mu.Unlock()
		_, err := notes.Revision(t.Context())
		s.on(nil)
		if err != nil || counted != 1 {
			t.Errorf("Revision = %v after counting %d writes, want 1", err, counted)
		}
	})
	t.Run("revisions at once", func(t *testing.T) {
		s := newWireServer(t)
		db, notes := openWire(t, s)
		others := NewCollection[note](db, "others")
		if err := db.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked, n := 0, int64(7)
		s.on(func(name string, cmd bson.D) bson.D {
			if name != "find" || cmd[0].Value != revisions {
				return nil
			}
			asked++
			return cursorOf(bson.D{{Key: "_id", Value: "notes"}, {Key: "n", Value: n}}, bson.D{{Key: "_id", Value: "others"}, {Key: "n", Value: n + 1}})
		})
		ctx := AtOnce(t.Context())
		a, err1 := notes.Revision(ctx)
		s.mu.Lock()
		n = 20
		s.mu.Unlock()
		b, err2 := others.Revision(ctx)
		again, err3 := notes.Revision(AtOnce(t.Context()))
		s.on(nil)
		if err := errors.Join(err1, err2, err3); err != nil || a != 7 || b != 8 || again != 20 || asked != 2 {
			t.Errorf("Revision = %d and %d, then %d (%v) after %d questions; want 7 and 8 by one, then 20 by another", a, b, again, err, asked)
		}
	})
	t.Run("standalone", func(t *testing.T) {
		s := newWireServer(t)
		s.hello = bson.D{{Key: "isWritablePrimary", Value: true}}
		if _, err := Open(t.Context(), "mongodb://"+s.addr); !fault.Is(err, fault.Unavailable) {
			t.Errorf("Open of a standalone server = %v, want a refusal", err)
		}
		db, err := Open(t.Context(), "mongodb://"+s.addr+"/?appName=x&shangquanAllow=standalone")
		if err != nil {
			t.Fatalf("Open of a standalone server that is allowed = %v", err)
		}
		_ = db.Close()
	})
	t.Run("newer layout", func(t *testing.T) {
		s := newWireServer(t)
		var asked bson.D
		s.on(func(name string, cmd bson.D) bson.D {
			if name != "findAndModify" {
				return nil
			}
			asked = cmd
			return bson.D{{Key: "ok", Value: 1}, {Key: "value", Value: bson.D{{Key: "n", Value: layout + 1}}}}
		})
		if _, err := Open(t.Context(), "mongodb://"+s.addr); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("Open of what a newer program wrote = %v, want a refusal that says so", err)
		}
		s.expect(t, asked, fmt.Sprintf(`{"$max":{"n":%d}}`, layout), "update")
		s.expect(t, asked, durable, "writeConcern")
	})
	t.Run("down", func(t *testing.T) {
		started := time.Now()
		if _, err := Open(t.Context(), "mongodb://127.0.0.1:1/"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("Open = %v after %v, want Unavailable", err, time.Since(started))
		}
	})
}
