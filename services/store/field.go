package store

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// kind is what a declared field holds; both engines compare values of one kind alike.
type kind uint8

const (
	kindString kind = iota // compared by bytes
	kindInt
	kindFloat
	kindBool
	kindTime // as Unix milliseconds
)

var kindNames = [...]string{"text", "integer", "number", "yes/no", "time"}

func (k kind) String() string { return kindNames[k] }

// field is a declared field of a document type, found by its JSON path.
type field struct {
	path     string
	kind     kind
	many     bool // lies in a list
	optional bool // lies behind a pointer, so that a document may have no value for it
	steps    []step
}

// step goes from a value to the next: through pointers, then optionally into each element of a list or a field of a struct.
type step struct {
	index []int // nil: each element
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	jsonMarsh  = reflect.TypeFor[json.Marshaler]()
	textMarsh  = reflect.TypeFor[encoding.TextMarshaler]()
	bytesSlice = reflect.TypeFor[[]byte]()
)

func implements(t, iface reflect.Type) bool {
	return t.Implements(iface) || reflect.PointerTo(t).Implements(iface)
}

// resolve finds the field that encoding/json writes at path, and refuses one that the engines could not treat alike.
func resolve(t reflect.Type, path string) (*field, error) {
	f := &field{path: path}
	if strings.HasPrefix(path, "_") {
		return nil, fmt.Errorf("%q: names that begin with _ are the store's own", path)
	}
	for _, name := range strings.Split(path, ".") {
		t = f.enter(t)
		if t.Kind() != reflect.Struct || t == timeType || implements(t, jsonMarsh) || implements(t, textMarsh) {
			return nil, fmt.Errorf("%q: there is nothing called %q inside %v", path, name, t)
		}
		sf, ok := jsonField(t, name)
		if !ok {
			return nil, fmt.Errorf("%q: %v has no JSON field %q", path, t, name)
		}
		if _, opts, _ := strings.Cut(sf.Tag.Get("json"), ","); strings.Contains(opts, "omit") && sf.Type.Kind() != reflect.Pointer {
			return nil, fmt.Errorf("%q: an indexed field must always be written: drop omitempty or omitzero", path)
		}
		f.steps = append(f.steps, step{index: sf.Index})
		t = sf.Type
	}
	t = f.enter(t)
	switch {
	case t == timeType:
		f.kind = kindTime
	case implements(t, jsonMarsh):
		return nil, fmt.Errorf("%q: %v writes its own JSON and cannot be indexed", path, t)
	case implements(t, textMarsh), t.Kind() == reflect.String:
		f.kind = kindString
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint32:
		f.kind = kindInt
	case t.Kind() == reflect.Float32, t.Kind() == reflect.Float64:
		f.kind = kindFloat
	case t.Kind() == reflect.Bool:
		f.kind = kindBool
	default:
		return nil, fmt.Errorf("%q: a %v cannot be indexed", path, t)
	}
	return f, nil
}

// enter goes through pointers and into a list, and notes that it did.
func (f *field) enter(t reflect.Type) reflect.Type {
	for {
		switch {
		case t.Kind() == reflect.Pointer:
			f.optional = true
			t = t.Elem()
		case t.Kind() == reflect.Slice && t != bytesSlice && !f.many && !implements(t, jsonMarsh):
			f.many = true
			f.steps = append(f.steps, step{})
			t = t.Elem()
		default:
			return t
		}
	}
}

// jsonName is what encoding/json calls a field; ok is false for one that it does not write under a name of its own.
func jsonName(sf reflect.StructField) (name string, ok bool) {
	tag, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
	if tag == "-" || !sf.IsExported() || sf.Anonymous && tag == "" {
		return "", false
	}
	if tag == "" {
		tag = sf.Name
	}
	return tag, true
}

// visible holds the fields of each type that was asked about: every field of every index of a collection is looked up among them.
var visible sync.Map // reflect.Type: []reflect.StructField

// jsonField finds the struct field that encoding/json calls name.
func jsonField(t reflect.Type, name string) (reflect.StructField, bool) {
	fields, ok := visible.Load(t)
	if !ok {
		fields, _ = visible.LoadOrStore(t, reflect.VisibleFields(t))
	}
	for _, sf := range fields.([]reflect.StructField) {
		if n, ok := jsonName(sf); ok && n == name {
			return sf, true
		}
	}
	return reflect.StructField{}, false
}

// values calls yield with each value of the field in the document v: once for a plain field, never for an absent one.
func (f *field) values(v reflect.Value, yield func(any)) { f.walk(v, f.steps, yield) }

func (f *field) walk(v reflect.Value, steps []step, yield func(any)) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	switch {
	case len(steps) == 0:
		if x, err := f.kind.canonical(v); err == nil {
			yield(x)
		}
	case steps[0].index == nil:
		for i := range v.Len() {
			f.walk(v.Index(i), steps[1:], yield)
		}
	default:
		f.walk(v.FieldByIndex(steps[0].index), steps[1:], yield)
	}
}

// one returns the value of a plain field, nil when it is absent.
func (f *field) one(v reflect.Value) (out any) {
	f.values(v, func(x any) { out = x })
	return out
}

// canonical turns a Go value into the one form the engines know for its kind: string, int64, float64 or bool; times are int64
// milliseconds. It refuses a value of another kind, so that nothing untyped ever reaches a filter.
func (k kind) canonical(v reflect.Value) (any, error) {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() == reflect.Pointer {
		return nil, fmt.Errorf("no value where a %v is wanted", k)
	}
	switch k {
	case kindTime:
		if v.Type() == timeType {
			return v.Interface().(time.Time).Truncate(time.Millisecond).UnixMilli(), nil
		}
	case kindString:
		if m, ok := v.Interface().(encoding.TextMarshaler); ok && v.Type() != timeType {
			b, err := m.MarshalText()
			return string(b), err
		}
		if v.Kind() == reflect.String {
			return strings.ToValidUTF8(v.String(), "\uFFFD"), nil
		}
	case kindInt:
		switch {
		case v.CanInt() && v.Type() != reflect.TypeFor[time.Duration]():
			return v.Int(), nil
		case v.CanUint():
			return int64(v.Uint()), nil // #nosec G115 -- fields are at most 32 bits wide, see resolve
		}
	case kindFloat:
		switch {
		case v.CanFloat():
			return v.Float(), nil
		case v.CanInt():
			return float64(v.Int()), nil
		}
	case kindBool:
		if v.Kind() == reflect.Bool {
			return v.Bool(), nil
		}
	}
	return nil, fmt.Errorf("a %v where a %v is wanted", v.Type(), k)
}
