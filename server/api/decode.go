package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"shangquan/services/fault"
)

// Refused is a request that is answered with a status of its own, and a sentence where the catalogue has one: 400, 412, 415, 428.
type Refused struct {
	Status int
	Fault  *fault.Error
}

func refused(status int, key string) error {
	return &Refused{status, fault.New(fault.Invalid, key, nil)}
}

func (r *Refused) Error() string { return strconv.Itoa(r.Status) + " " + r.Fault.Error() }
func (r *Refused) Unwrap() error { return r.Fault }

// maxDepth is how deep a body may be nested. The deepest that says anything is at five.
const maxDepth = 32

// Decode reads the body of a request into v, which has no field that the body may not name (security INP-01). It refuses another
// media type with 415; with 400 what is no single object in JSON and UTF-8, is nested deeper than 32, or names a key twice in one
// object; and with fault.Invalid a field that v does not have. encoding/json alone takes "ID" for "id" and the last of two.
func Decode(contentType, mediaType string, body []byte, v any) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != mediaType {
		return refused(415, "api.problem.media_type")
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return refused(415, "api.problem.media_type")
		}
	}
	if err := wellFormed(body); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return unknownField(err)
	}
	return nil
}

// unknownField turns what encoding/json says of a body that is well formed into the field that is wrong.
func unknownField(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if plain, err := strconv.Unquote(name); err == nil {
			name = plain
		}
		return fault.Wrong(short(name), "listing.wrong.field", nil)
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fault.Wrong(short(t.Field), "listing.wrong.value", nil)
	}
	return refused(400, "api.problem.json")
}

// wellFormed reports what keeps a body from being one JSON object with each key once.
func wellFormed(body []byte) error {
	if !utf8.Valid(body) {
		return refused(400, "api.problem.json")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	first, err := d.Token()
	if err != nil || first != json.Delim('{') {
		return refused(400, "api.problem.json")
	}
	open := []*level{{object: true, keys: map[string]bool{}}}
	for len(open) > 0 {
		t, err := d.Token()
		if err != nil {
			return refused(400, "api.problem.json")
		}
		at := open[len(open)-1]
		if key, ok := t.(string); ok && at.object && !at.value {
			if !plainKey(key) {
				return fault.Wrong(short(key), "listing.wrong.field", nil)
			}
			if at.keys[key] {
				return refused(400, "api.problem.twice")
			}
			at.keys[key], at.value = true, true
			continue
		}
		at.value = false
		switch t {
		case json.Delim('{'), json.Delim('['):
			if len(open) == maxDepth {
				return refused(400, "api.problem.deep")
			}
			open = append(open, &level{object: t == json.Delim('{'), keys: map[string]bool{}})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refused(400, "api.problem.json")
	}
	return nil
}

// level is an object or a list that is open while a body is read.
type level struct {
	object bool
	value  bool // of an object: a key was read, its value comes
	keys   map[string]bool
}

// plainKey reports whether a key is written as every field of the API is. encoding/json folds the others into them.
func plainKey(key string) bool {
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '.' {
			return false
		}
	}
	return key != ""
}
