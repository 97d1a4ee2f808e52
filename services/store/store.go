// Package store keeps documents in typed collections over one of two engines. See Collection.
package store

import "time"

// Meta is what the store keeps with every document; document types embed it.
type Meta struct {
	ID  string `json:"id"`
	Rev int64  `json:"rev"`
	// CreatedAt and UpdatedAt are UTC, truncated to milliseconds, and set by the store.
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// StoreMeta gives the store access to the embedded Meta.
func (m *Meta) StoreMeta() *Meta { return m }
