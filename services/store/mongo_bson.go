package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A document is encoded once, as JSON; MongoDB gets the same document with the same names as BSON. What JSON cannot tell is
// which text is a time, and which round number a fraction: the type of the document can.

// shape says where in a document the times and the fractions are.
type shape struct {
	time   bool
	float  bool
	fields map[string]*shape
	each   *shape // of the elements of a list or map
}

func shapeOf(t reflect.Type, known map[reflect.Type]*shape) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s, ok := known[t]; ok {
		return s
	}
	s := &shape{}
	known[t] = s
	switch {
	case t == timeType:
		s.time = true
	case implements(t, jsonMarsh) || implements(t, textMarsh):
	case t.Kind() == reflect.Float64 || t.Kind() == reflect.Float32:
		s.float = true
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map:
		s.each = shapeOf(t.Elem(), known)
	case t.Kind() == reflect.Struct:
		s.fields = map[string]*shape{}
		for _, f := range reflect.VisibleFields(t) {
			if name, ok := jsonName(f); ok {
				s.fields[name] = shapeOf(f.Type, known)
			}
		}
	}
	return s
}

// toBSON turns an encoded document into what MongoDB keeps: the id as _id, times as dates.
func (s *shape) toBSON(doc []byte) (bson.D, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	v, err := s.read(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	out, ok := v.(bson.D)
	if !ok {
		return nil, errors.New("not an object")
	}
	for i := range out {
		if out[i].Key == "id" {
			out[i].Key = "_id"
		}
	}
	return out, nil
}

func (s *shape) read(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			out := bson.A{}
			for d.More() {
				v, err := s.element().read(d)
				if err != nil {
					return nil, err
				}
				out = append(out, v)
			}
			_, err := d.Token()
			return out, err
		}
		out := bson.D{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			key := k.(string) // JSON has no other keys
			v, err := s.field(key).read(d)
			if err != nil {
				return nil, err
			}
			out = append(out, bson.E{Key: key, Value: v})
		}
		_, err := d.Token()
		return out, err
	case json.Number:
		if s != nil && s.float {
			return t.Float64()
		}
		if n, err := t.Int64(); err == nil {
			return n, nil
		}
		if !bytes.ContainsAny([]byte(t), ".eE") {
			return nil, fmt.Errorf("%s is beyond 64 bits", t)
		}
		return t.Float64()
	case string:
		if s != nil && s.time {
			at, err := time.Parse(time.RFC3339Nano, t)
			return bson.NewDateTimeFromTime(at), err
		}
		return t, nil
	}
	return t, nil // true, false, null
}

func (s *shape) element() *shape {
	if s == nil {
		return nil
	}
	return s.each
}

func (s *shape) field(name string) *shape {
	if s == nil {
		return nil
	}
	if f, ok := s.fields[name]; ok {
		return f
	}
	return s.each
}

// appendJSON writes a document of MongoDB as the JSON it came from, without what the store keeps beside it.
func appendJSON(b []byte, doc bson.Raw, top bool) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	b = append(b, '{')
	first := true
	for _, e := range elements {
		key := e.Key()
		if top && key == "_id" {
			key = "id"
		} else if top && (key == pendingField || key == opField || key == sealField) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		if b, err = appendText(b, key); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = appendValue(b, e.Value()); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return append(b, '}'), nil
}

func appendText(b []byte, s string) ([]byte, error) {
	q, err := json.Marshal(s)
	return append(b, q...), err
}

func appendValue(b []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeString:
		return appendText(b, v.StringValue())
	case bson.TypeEmbeddedDocument:
		return appendJSON(b, v.Document(), false)
	case bson.TypeArray:
		values, err := v.Array().Values()
		if err != nil {
			return nil, err
		}
		b = append(b, '[')
		for i, e := range values {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendValue(b, e); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case bson.TypeDateTime:
		return fromMillis(v.DateTime()).AppendFormat(b, `"`+time.RFC3339Nano+`"`), nil
	case bson.TypeInt64:
		return strconv.AppendInt(b, v.Int64(), 10), nil
	case bson.TypeInt32:
		return strconv.AppendInt(b, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		n, err := json.Marshal(v.Double())
		return append(b, n...), err
	case bson.TypeBoolean:
		return strconv.AppendBool(b, v.Boolean()), nil
	case bson.TypeNull:
		return append(b, "null"...), nil
	default:
		return nil, fmt.Errorf("a value of BSON type %s, which the store never writes", v.Type)
	}
}
