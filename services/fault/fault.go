// Package fault is the one vocabulary of errors that cross package borders. A fault says what kind of trouble it is (for the
// status), which sentence to show (for people) and what caused it (for the log). Nothing here knows HTTP or a database.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what went wrong, as far as a caller can act on it.
type Kind uint8

// The kinds. The zero value is Internal, so that an error nobody classified is never mistaken for the caller's.
const (
	Internal Kind = iota
	NotFound
	Invalid
	Conflict
	Forbidden
	Unauthenticated
	TooMany
	Unavailable
)

var kindNames = [...]string{"internal", "not found", "invalid", "conflict", "forbidden", "unauthenticated", "too many", "unavailable"}

// String returns the kind in words.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", k)
}

// Field is one wrong field of an input: its name as the form or sheet has it, and the message key with its arguments.
type Field struct {
	Name string
	Key  string
	Args map[string]any
}

// Error is a classified error. Key and Fields are for people, Err is for the log and never shown.
type Error struct {
	Kind   Kind
	Key    string
	Fields []Field
	Err    error
}

// New returns an error of kind k with a message key and the cause (which may be nil).
func New(k Kind, key string, cause error) *Error { return &Error{Kind: k, Key: key, Err: cause} }

// Wrong returns an Invalid error for one field.
func Wrong(name, key string, args map[string]any) *Error {
	return &Error{Kind: Invalid, Key: "error.invalid", Fields: []Field{{Name: name, Key: key, Args: args}}}
}

// Missing returns the NotFound error of what is not there, and of what is there for others only: nobody learns which.
func Missing() *Error { return New(NotFound, "error.not_found", nil) }

// Wrongs returns the Invalid error of several fields, nil for none.
func Wrongs(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "error.invalid", Fields: fields}
}

// Error implements error; its text is for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(": " + e.Key)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Key)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, Internal when there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a fault of kind k. It is false for nil.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
