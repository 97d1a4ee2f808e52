package store_test

import (
	"testing"
	"time"

	"shangquan/services/store"
)

func TestSame(t *testing.T) {
	type doc struct {
		store.Meta
		Name string    `json:"name"`
		Tags []string  `json:"tags"`
		At   time.Time `json:"at"`
	}
	at := time.Date(2026, 10, 15, 8, 0, 0, 1234, time.FixedZone("", 8*3600))
	a := doc{Meta: store.Meta{ID: "a", Rev: 3}, Name: "x", At: at}
	for _, c := range []struct {
		name   string
		change func(*doc)
		want   bool
	}{
		{"another id and revision", func(d *doc) { d.Meta = store.Meta{ID: "b", Rev: 9} }, true},
		{"an empty list for none", func(d *doc) { d.Tags = []string{} }, true},
		{"the time as it is stored", func(d *doc) { d.At = at.UTC().Truncate(time.Millisecond) }, true},
		{"another name", func(d *doc) { d.Name = "y" }, false},
		{"another list", func(d *doc) { d.Tags = []string{"t"} }, false},
		{"a later millisecond", func(d *doc) { d.At = at.Add(time.Millisecond) }, false},
	} {
		b := a
		c.change(&b)
		if got := store.Same(&a, &b); got != c.want || a.ID != "a" {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
