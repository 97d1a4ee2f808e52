package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

type odd struct {
	Meta
	Name   string          `json:"name"`
	Maybe  string          `json:"maybe,omitempty"`
	Owner  *Meta           `json:"owner"`
	Tags   []string        `json:"tags"`
	Raw    json.RawMessage `json:"raw"`
	Any    any             `json:"any"`
	Wide   uint64          `json:"wide"`
	Secret string          `json:"-"`
	Plain  int
}

// TestDeclarationsRefused: a declaration that the engines could not treat alike is a mistake that shows at start.
func TestDeclarationsRefused(t *testing.T) {
	db, _ := openTest(t, t.TempDir()+"/x.db")
	for _, c := range []struct {
		name  string
		decls []Declaration
		says  string
	}{
		{"unknown", []Declaration{Index("nope")}, "no JSON field"},
		{"Go name", []Declaration{Index("Name")}, "no JSON field"},
		{"not written", []Declaration{Index("Secret")}, "no JSON field"},
		{"omitempty", []Declaration{Index("maybe")}, "omitempty"},
		{"own JSON", []Declaration{Index("raw")}, "cannot be indexed"},
		{"untyped", []Declaration{Index("any")}, "cannot be indexed"},
		{"too wide", []Declaration{Index("wide")}, "cannot be indexed"},
		{"inside a text", []Declaration{Index("name.x")}, "nothing called"},
		{"struct", []Declaration{Index("owner")}, "cannot be indexed"},
		{"list as a value", []Declaration{Index("tags")}, "Multi is for lists"},
		{"value as a list", []Declaration{Multi("name")}, "Multi is for lists"},
		{"optional and unique", []Declaration{Unique("owner.id")}, "may be absent"},
		{"twice", []Declaration{Index("name"), Index("name")}, "twice"},
		{"nothing", []Declaration{Index()}, "nothing"},
		{"own name", []Declaration{Index("_pk")}, "store's own"},
		{"bad follower", []Declaration{Follow("a b")}, "follower"},
		{"follower twice", []Declaration{Follow("a"), Follow("a")}, "follower"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.says) {
					t.Errorf("NewCollection panics with %q, want %q", got, c.says)
				}
			}()
			NewCollection[odd](db, "odd", c.decls...)
		})
	}
	NewCollection[odd](db, "good", Index("name", "Plain"), Index("owner.updated_at"))
	NewCollection[odd](db, "good", Index("name", "Plain"), Index("owner.updated_at")) // the same again is the same collection
	for name, make := range map[string]func(){
		"another declaration": func() { NewCollection[odd](db, "good", Index("name")) },
		"a bad name":          func() { NewCollection[odd](db, "a b") },
		"no Meta":             func() { NewCollection[struct{ X int }](db, "x") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("NewCollection with %s does not panic", name)
				}
			}()
			make()
		}()
	}
}

// TestBSONRoundTrip: what goes to MongoDB and comes back is the document, whatever it holds.
func TestBSONRoundTrip(t *testing.T) {
	type inner struct {
		At   time.Time          `json:"at"`
		Ats  []time.Time        `json:"ats"`
		Like string             `json:"like"` // text that looks like a time stays text
		Map  map[string]float64 `json:"map"`
		Next *inner             `json:"next"`
	}
	type document struct {
		Meta
		inner
		In    map[string]inner `json:"in"`
		N     int64            `json:"n"`
		F     float64          `json:"f"`
		B     []bool           `json:"b"`
		Bytes []byte           `json:"bytes"`
		Any   json.RawMessage  `json:"any"`
	}
	s := shapeOf(reflect.TypeFor[document](), map[reflect.Type]*shape{})
	instants := rapid.Custom(func(t *rapid.T) time.Time {
		return fromMillis(rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "ms"))
	})
	draw := func(t *rapid.T) inner {
		return inner{
			At: instants.Draw(t, "at"), Ats: rapid.SliceOfN(instants, 0, 3).Draw(t, "ats"), Like: instants.Draw(t, "like").Format(time.RFC3339Nano),
			Map: rapid.MapOfN(rapid.StringMatching(`[^\x00]{0,9}`), rapid.Float64Range(-1e300, 1e300), 0, 3).Draw(t, "map"),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := document{inner: draw(t), N: rapid.Int64().Draw(t, "n"), F: rapid.Float64Range(-1e300, 1e300).Draw(t, "f"), B: rapid.SliceOfN(rapid.Bool(), 0, 3).Draw(t, "b")}
		d.ID, d.Rev, d.CreatedAt = rapid.StringN(1, 20, 60).Draw(t, "id"), rapid.Int64().Draw(t, "rev"), instants.Draw(t, "created")
		next := draw(t)
		d.Next, d.In = &next, map[string]inner{"a.b": draw(t)}
		d.Bytes, d.Any = rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "bytes"), json.RawMessage(`{"x":[null,1,"2026-01-01T00:00:00Z",{"y":-1.5e-9}]}`)
		want, err := json.Marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := s.toBSON(want)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendJSON(nil, raw, true)
		if err != nil {
			t.Fatal(err)
		}
		var a, b document
		if err := json.Unmarshal(want, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &b); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if diff := cmp.Diff(a, b, cmp.AllowUnexported(document{})); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
	for _, bad := range []string{"", "1", "[]", `{"n":99999999999999999999}`, `{"at":"yesterday"}`, `{} {}`, `{"a":[1,`} {
		if _, err := s.toBSON([]byte(bad)); err == nil {
			t.Errorf("toBSON(%s) is accepted", bad)
		}
	}
}
