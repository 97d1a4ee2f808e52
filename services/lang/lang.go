// Package lang holds the languages of the site and text that exists in several of them.
package lang

import "strings"

// Tag is one of the languages the site is written in, as a BCP 47 tag.
type Tag string

// The languages. Hans is the language of record: it is never empty.
const (
	Hans Tag = "zh-Hans"
	Hant Tag = "zh-Hant"
	En   Tag = "en"
)

// Tags lists the languages in the order the site offers them.
var Tags = []Tag{Hans, Hant, En}

// Text is a text in up to three languages.
type Text struct {
	Hans string `json:"hans"`
	Hant string `json:"hant,omitempty"`
	En   string `json:"en,omitempty"`
}

// In returns the text in language t and the language it is really in: where a translation is missing, the Simplified
// Chinese text stands in and the page marks it with that language.
func (x Text) In(t Tag) (string, Tag) {
	switch {
	case t == Hant && x.Hant != "":
		return x.Hant, Hant
	case t == En && x.En != "":
		return x.En, En
	}
	return x.Hans, Hans
}

// IsZero reports whether no language has text.
func (x Text) IsZero() bool { return x == Text{} }

// All returns the text in every language, in the order of Tags.
func (x Text) All() []string { return []string{x.Hans, x.Hant, x.En} }

// Parse returns the language a tag names, without regard to case.
func Parse(s string) (Tag, bool) {
	for _, t := range Tags {
		if strings.EqualFold(s, string(t)) {
			return t, true
		}
	}
	return "", false
}

// Prefix returns what the addresses of the language begin with: nothing for the language of record, "/zh-hant", "/en".
func (t Tag) Prefix() string {
	if t == Hans || t == "" {
		return ""
	}
	return "/" + strings.ToLower(string(t))
}

// FromPath splits a request path into its language and the path below the prefix, which always begins with a slash.
func FromPath(path string) (Tag, string) {
	for _, t := range Tags[1:] {
		if rest, ok := strings.CutPrefix(path, t.Prefix()); ok && (rest == "" || rest[0] == '/') {
			return t, "/" + strings.TrimPrefix(rest, "/")
		}
	}
	return Hans, path
}
