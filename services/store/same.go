package store

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Same reports whether two documents say the same, their Meta aside: whether writing the one over the other would change
// anything but the revision. Imports use it to leave unchanged documents alone.
func Same[T any](a, b *T) bool {
	x, errX := bare(a)
	y, errY := bare(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// bare is the document as it is stored, without its Meta.
func bare[T any](doc *T) ([]byte, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	tidy(reflect.ValueOf(&v).Elem(), true)
	*meta(&v) = Meta{}
	return json.Marshal(&v)
}
