package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"shangquan/services/fault"
)

// status is what a refusal is answered with; 200 for none.
func status(err error) int {
	if r, ok := errors.AsType[*Refused](err); ok {
		return r.Status
	}
	if fault.Is(err, fault.Invalid) {
		return 422
	}
	if err != nil {
		return 500
	}
	return 200
}

// TestDecode: a body is read in one way, and whatever that does not know is refused. INP-01.
func TestDecode(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32)
	for _, tt := range []struct {
		name, kind, body string
		want             int
	}{
		{"as it should be", "application/json", `{"name":"a","list":[1,2]}`, 200},
		{"with a charset", "application/json; charset=UTF-8", `{"name":"a"}`, 200},
		{"nothing in it", "application/json", ` {} `, 200},
		{"a form", "application/x-www-form-urlencoded", "name=a", 415},
		{"a form in text", "text/plain", `{"name":"a"}`, 415},
		{"of another kind", "application/merge-patch+json", `{"name":"a"}`, 415},
		{"another charset", "application/json; charset=utf-16", `{"name":"a"}`, 415},
		{"another parameter", "application/json; v=2", `{"name":"a"}`, 415},
		{"no type", "", `{"name":"a"}`, 415},
		{"empty", "application/json", "", 400},
		{"null", "application/json", "null", 400},
		{"a list", "application/json", `[{"name":"a"}]`, 400},
		{"a word", "application/json", `"name"`, 400},
		{"cut off", "application/json", `{"name":"a"`, 400},
		{"something behind", "application/json", `{"name":"a"}{}`, 400},
		{"a comma too many", "application/json", `{"name":"a",}`, 400},
		{"a key twice", "application/json", `{"name":"a","name":"b"}`, 400},
		{"a key twice, further in", "application/json", `{"list":[],"more":{"a":1,"a":2}}`, 400},
		{"a key twice in other letters", "application/json", `{"name":"a","NAME":"b"}`, 422},
		{"a key folded from another script", "application/json", `{"liſt":[]}`, 422},
		{"an unknown field", "application/json", `{"name":"a","admin":true}`, 422},
		{"a value of another kind", "application/json", `{"name":7}`, 422},
		{"no UTF-8", "application/json", "{\"name\":\"\xff\"}", 400},
		{"as deep as can be", "application/json", deep, 422}, // it is read, and unknown
		{"too deep", "application/json", `{"a":` + deep + `}`, 400},
		{"deep lists", "application/json", `{"list":` + strings.Repeat("[", 100_000), 400},
	} {
		var v struct {
			Name string         `json:"name"`
			List []int          `json:"list"`
			More map[string]int `json:"more"`
		}
		if got := status(Decode(tt.kind, "application/json", []byte(tt.body), &v)); got != tt.want {
			t.Errorf("%s = %d, want %d", tt.name, got, tt.want)
		}
	}
}

// What is taken is one object in which every key stands once, in small letters, no deeper than 32: whoever reads it reads the same.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":{"b":[1,{"c":null}]}}`, `{"a":1,"a":2}`, `null`, `{"A":1}`, `[{}]`, `{"a":1} x`, `{"a":"\u0061","\u0061":1}`, "{\"\xff\":1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var patch map[string]json.RawMessage
		err := Decode("application/merge-patch+json", "application/merge-patch+json", body, &patch)
		if status(err) == 500 {
			t.Fatalf("%q: %v", body, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(body) || patch == nil {
			t.Fatalf("%q was taken", body)
		}
		var tree any
		if err := json.Unmarshal(body, &tree); err != nil {
			t.Fatal(err)
		}
		if n, d := count(tree); n != strings.Count(keysOnly(body), ":") || d > maxDepth {
			t.Fatalf("%q: %d keys are read, depth %d", body, n, d)
		}
	})
}

// count returns how many keys a tree has, and how deep it is.
func count(tree any) (keys, depth int) {
	inner := []any{}
	switch x := tree.(type) {
	case map[string]any:
		keys = len(x)
		for _, v := range x {
			inner = append(inner, v)
		}
	case []any:
		inner = x
	default:
		return 0, 0
	}
	for _, v := range inner {
		n, d := count(v)
		keys, depth = keys+n, max(depth, d)
	}
	return keys, depth + 1
}

// keysOnly is the body without what stands between quotes: each colon left belongs to a key.
func keysOnly(body []byte) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(body); i++ {
		switch {
		case quoted && body[i] == '\\':
			i++
		case body[i] == '"':
			quoted = !quoted
		case !quoted:
			b.WriteByte(body[i])
		}
	}
	return b.String()
}
