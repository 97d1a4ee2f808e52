package store

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Declaration says how a collection is indexed or followed.
type Declaration func(*spec)

// Unique declares a field whose value no two documents share; the empty value counts. It can be asked for with GetBy and filtered.
func Unique(path string) Declaration {
	return func(sp *spec) { sp.indexes = append(sp.indexes, index{fields: []string{path}, unique: true}) }
}

// Index declares an index over fields, in this order. A query needs an index that begins with one of its filtered fields.
func Index(paths ...string) Declaration {
	return func(sp *spec) { sp.indexes = append(sp.indexes, index{fields: paths}) }
}

// Multi declares a field that is a list (or lies inside a list of structs): a filter matches when any element does.
func Multi(path string) Declaration {
	return func(sp *spec) { sp.indexes = append(sp.indexes, index{fields: []string{path}, many: true}) }
}

// Follow declares a follower: every write marks the document as pending for it, in the same write. See Pending and Delivered.
func Follow(name string) Declaration {
	return func(sp *spec) { sp.followers = append(sp.followers, name) }
}

// spec is everything an engine must know of a collection.
type spec struct {
	name      string
	fields    []*field // the declared fields, the metadata first; record.values has their values in this order
	indexes   []index  // includes those of the metadata
	followers []string
	sealed    bool
	doc       reflect.Type
	// extract gives the values of the fields of an encoded document, for migrations.
	extract func(doc []byte) (record, error)
}

type index struct {
	fields       []string
	unique, many bool
}

var (
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	metaFields  = []string{"id", "rev", "created_at", "updated_at"}
)

// declare checks the declarations against the type of the documents. A mistake is a mistake in the program: it panics.
func declare(t reflect.Type, name string, decls []Declaration) *spec {
	sp := &spec{name: name, doc: t}
	if !namePattern.MatchString(name) {
		panic(fmt.Sprintf("store: %q cannot name a collection", name))
	}
	// The id needs no index of its own: it is the key. Nobody looks for a revision, which every write would move in its index.
	sp.indexes = []index{{fields: []string{"created_at"}}, {fields: []string{"updated_at"}}}
	for _, d := range decls {
		d(sp)
	}
	paths := slices.Clone(metaFields)
	many := map[string]bool{}
	seen := map[string]bool{}
	for _, ix := range sp.indexes {
		key := ix.name()
		if len(ix.fields) == 0 || seen[key] {
			panic(fmt.Sprintf("store: %s declares %q twice, or an index of nothing", name, key))
		}
		seen[key] = true
		for _, p := range ix.fields {
			if !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
			many[p] = many[p] || ix.many
		}
	}
	for _, p := range paths {
		f, err := resolve(t, p)
		if err != nil {
			panic(fmt.Sprintf("store: collection %s of %v: %v", name, t, err))
		}
		if f.many != many[p] {
			panic(fmt.Sprintf("store: collection %s: %q: Multi is for lists, Index and Unique are for single values", name, p))
		}
		sp.fields = append(sp.fields, f)
	}
	for i, f := range sp.followers {
		if !namePattern.MatchString(f) || slices.Contains(sp.followers[:i], f) {
			panic(fmt.Sprintf("store: collection %s: %q cannot name a follower", name, f))
		}
	}
	for _, ix := range sp.indexes {
		if ix.unique && sp.field(ix.fields[0]).optional {
			panic(fmt.Sprintf("store: collection %s: unique field %q may be absent", name, ix.fields[0]))
		}
	}
	return sp
}

const (
	uniquePrefix  = "unique:"
	multiPrefix   = "multi:"
	indexPrefix   = "index:"
	pendingPrefix = "pending:"
)

// name identifies an index by everything it consists of, so that a changed declaration has another name.
func (ix index) name() string {
	switch {
	case ix.unique:
		return uniquePrefix + ix.fields[0]
	case ix.many:
		return multiPrefix + ix.fields[0]
	}
	return indexPrefix + strings.Join(ix.fields, ",")
}

// field returns the declared field at path, nil when there is none.
func (sp *spec) field(path string) *field {
	for _, f := range sp.fields {
		if f.path == path {
			return f
		}
	}
	return nil
}

// leads reports whether an index begins with path, so that it can find documents by it alone.
func (sp *spec) leads(path string) bool {
	return path == "id" || slices.ContainsFunc(sp.indexes, func(ix index) bool { return ix.fields[0] == path })
}

func (sp *spec) unique(path string) bool {
	return path == "id" || slices.ContainsFunc(sp.indexes, func(ix index) bool { return ix.unique && ix.fields[0] == path })
}

// same reports whether two declarations of one collection agree.
func (sp *spec) same(other *spec) bool {
	describe := func(s *spec) []string {
		var out []string
		for _, f := range s.fields {
			out = append(out, fmt.Sprint(f.path, " ", f.kind, f.many, f.optional))
		}
		for _, ix := range s.indexes {
			out = append(out, ix.name())
		}
		return append(append(out, s.followers...), fmt.Sprint("sealed ", s.sealed))
	}
	return slices.Equal(describe(sp), describe(other))
}
