package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// A cursor is where a page ended, with a fingerprint of the query that gave it: base64url(JSON [fingerprint, value, id]).
// It holds nothing secret, and a forged one shows nothing that the query itself would not.

var errCursor = errors.New("store: the cursor is damaged or belongs to another query")

func (sp *spec) fingerprint(p plan) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%t", sp.name, p.sort.path, p.desc)
	for _, c := range p.conds {
		v, _ := json.Marshal(c.values) // canonical values are plain
		_, _ = fmt.Fprintf(h, "\x00%s\x00%d\x00%s", c.field.path, c.op, v)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

func (sp *spec) cursor(p plan, last reflect.Value) string {
	return sp.cursorAt(p, p.sort.one(last), sp.field("id").one(last))
}

// cursorAt is the cursor of a page that ends at this value of the sort field and this id.
func (sp *spec) cursorAt(p plan, value, id any) string {
	b, _ := json.Marshal([]any{sp.fingerprint(p), value, id})
	return base64.RawURLEncoding.EncodeToString(b)
}

func (sp *spec) parseCursor(p plan, s string) (position, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return position{}, errCursor
	}
	var parts []json.RawMessage
	var print string
	var at position
	if json.Unmarshal(b, &parts) != nil || len(parts) != 3 || json.Unmarshal(parts[0], &print) != nil ||
		print != sp.fingerprint(p) || json.Unmarshal(parts[2], &at.id) != nil || at.id == "" {
		return position{}, errCursor
	}
	// The value must be of the sort field's kind: null leaves the pointer's target alone, so it is refused by the bytes.
	var target any
	switch p.sort.kind {
	case kindString:
		target = new(string)
	case kindInt, kindTime:
		target = new(int64)
	case kindFloat:
		target = new(float64)
	case kindBool:
		target = new(bool)
	}
	if string(parts[1]) == "null" || json.Unmarshal(parts[1], target) != nil {
		return position{}, errCursor
	}
	at.value = reflect.ValueOf(target).Elem().Interface()
	if f, ok := at.value.(float64); ok && math.IsInf(f, 0) {
		return position{}, errCursor
	}
	return at, nil
}
