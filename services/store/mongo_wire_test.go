package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/wiremessage"
)

// wireServer speaks enough of MongoDB's protocol to stand for the primary of a replica set: it records every command and answers
// from a table, so that requests and failures can be tested without a server.
type wireServer struct {
	addr   string
	answer func(name string, cmd bson.D) bson.D // nil: the usual one; an answer of {hangup: 1} cuts the connection
	hello  bson.D

	mu   sync.Mutex
	seen []bson.D
}

func newWireServer(t *testing.T) *wireServer {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireServer{addr: l.Addr().String()}
	s.hello = bson.D{
		{Key: "isWritablePrimary", Value: true}, {Key: "setName", Value: "rs0"}, {Key: "hosts", Value: bson.A{s.addr}}, {Key: "me", Value: s.addr},
	}
	var conns sync.Map
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Store(c, true)
			wg.Go(func() { defer func() { _ = c.Close() }(); s.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		conns.Range(func(c, _ any) bool { _ = c.(net.Conn).Close(); return true })
		wg.Wait()
	})
	return s
}

func (s *wireServer) serve(c net.Conn) {
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head)-16)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		_, id, _, op, _, _ := wiremessage.ReadHeader(head)
		cmd, ok := command(op, body)
		if !ok {
			return
		}
		answer := s.reply(cmd)
		if answer[0].Key == "hangup" {
			return
		}
		raw, err := bson.Marshal(answer)
		if err != nil {
			panic(err)
		}
		var start int32
		var out []byte
		if op == opQuery {
			start, out = wiremessage.AppendHeaderStart(nil, 1, id, wiremessage.OpReply)
			out = wiremessage.AppendReplyFlags(out, 0)
			out = wiremessage.AppendReplyCursorID(out, 0)
			out = wiremessage.AppendReplyStartingFrom(out, 0)
			out = wiremessage.AppendReplyNumberReturned(out, 1)
		} else {
			start, out = wiremessage.AppendHeaderStart(nil, 1, id, wiremessage.OpMsg)
			out = wiremessage.AppendMsgFlags(out, 0)
			out = wiremessage.AppendMsgSectionType(out, wiremessage.SingleDocument)
		}
		out = bsoncore.UpdateLength(append(out, raw...), start, int32(len(out)+len(raw))) // #nosec G115 -- small
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}

// opQuery is the message with which the driver still opens a connection.
const opQuery wiremessage.OpCode = 2004

// command reads a request; the documents of a sequence become the list that they stand for.
func command(op wiremessage.OpCode, body []byte) (bson.D, bool) {
	var cmd bson.D
	if op == opQuery {
		// Flags, the name up to its zero byte, two numbers, the document.
		name := bytes.IndexByte(body[4:], 0)
		return cmd, name >= 0 && len(body) > name+13 && bson.Unmarshal(body[name+13:], &cmd) == nil
	}
	_, rest, ok := wiremessage.ReadMsgFlags(body)
	for ok && len(rest) > 0 {
		var kind wiremessage.SectionType
		kind, rest, _ = wiremessage.ReadMsgSectionType(rest)
		if kind == wiremessage.SingleDocument {
			var doc bsoncore.Document
			doc, rest, ok = wiremessage.ReadMsgSectionSingleDocument(rest)
			var d bson.D
			ok = ok && bson.Unmarshal(doc, &d) == nil
			cmd = append(d, cmd...)
			continue
		}
		var name string
		var docs []bsoncore.Document
		name, docs, rest, ok = wiremessage.ReadMsgSectionDocumentSequence(rest)
		list := bson.A{}
		for _, doc := range docs {
			var d bson.D
			ok = ok && bson.Unmarshal(doc, &d) == nil
			list = append(list, d)
		}
		cmd = append(cmd, bson.E{Key: name, Value: list})
	}
	return cmd, ok && len(cmd) > 0
}

func (s *wireServer) reply(cmd bson.D) bson.D {
	name := cmd[0].Key
	okay := bson.E{Key: "ok", Value: 1}
	if name == "hello" || name == "isMaster" || name == "ismaster" {
		now := bson.NewDateTimeFromTime(time.Now())
		return append(slices.Clone(s.hello), bson.D{
			{Key: "ismaster", Value: true},
			{Key: "helloOk", Value: true},
			{Key: "maxBsonObjectSize", Value: 16 << 20},
			{Key: "maxMessageSizeBytes", Value: 48 << 20},
			{Key: "maxWriteBatchSize", Value: 100000},
			{Key: "localTime", Value: now},
			{Key: "logicalSessionTimeoutMinutes", Value: 30},
			{Key: "minWireVersion", Value: 0},
			{Key: "maxWireVersion", Value: 21},
			okay,
		}...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, cmd)
	if s.answer != nil {
		if a := s.answer(name, cmd); a != nil {
			return a
		}
	}
	switch name {
	case "find", "aggregate", "listCollections", "listIndexes":
		return cursorOf()
	case "findAndModify":
		return bson.D{okay, {Key: "value", Value: bson.D{{Key: "n", Value: layout}}}}
	case "insert", "update", "delete":
		return bson.D{okay, {Key: "n", Value: 1}, {Key: "nModified", Value: 1}}
	}
	return bson.D{okay}
}

func cursorOf(docs ...bson.D) bson.D {
	batch := bson.A{}
	for _, d := range docs {
		batch = append(batch, d)
	}
	return bson.D{{Key: "ok", Value: 1}, {Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: "x.y"}, {Key: "firstBatch", Value: batch}}}}
}

func (s *wireServer) on(answer func(name string, cmd bson.D) bson.D) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.seen = answer, nil
}

// last returns the last command with this name on the collection of the test.
func (s *wireServer) last(t *testing.T, name string) bson.D {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cmd := range slices.Backward(s.seen) {
		if cmd[0].Key == name && cmd[0].Value == "notes" {
			return cmd
		}
	}
	t.Fatalf("no %s was sent", name)
	return nil
}

func at(d bson.D, path ...string) any {
	var v any = d
	for _, p := range path {
		switch x := v.(type) {
		case bson.D:
			v = nil
			for _, e := range x {
				if e.Key == p {
					v = e.Value
				}
			}
		case bson.A:
			var i int
			if _, err := fmt.Sscan(p, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (s *wireServer) expect(t *testing.T, cmd bson.D, want string, path ...string) {
	t.Helper()
	b, err := bson.MarshalExtJSON(bson.D{{Key: "v", Value: at(cmd, path...)}}, false, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(b[5 : len(b)-1]); got != want {
		t.Errorf("%s: %v =\n %s, want\n %s", cmd[0].Key, path, got, want)
	}
}
