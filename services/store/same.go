package store

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Same reports whether two documents say the same, their Meta aside: whether writing the one over the other would change
// anything but the revision. Imports use it to leave unchanged documents alone.
func Same[T any](a, b *T) bool { return same(a, b) }

func same(a, b any) bool {
	x, errX := bare(a)
	y, errY := bare(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// bare is the document as it is stored, without its Meta.
func bare(doc any) ([]byte, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	v := reflect.New(reflect.TypeOf(doc).Elem())
	if err := json.Unmarshal(b, v.Interface()); err != nil {
		return nil, err
	}
	tidy(v.Elem(), true)
	*meta(v.Interface()) = Meta{}
	return json.Marshal(v.Interface())
}
