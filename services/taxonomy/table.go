package taxonomy

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/unicode/norm"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Table is one whole taxonomy, checked and in the order of its file. It does not change once built.
type Table struct {
	Groups     []Group
	Categories []Category
	Formats    []Format
	Tags       []Tag

	groups, categories, formats, tags axis

	retired Retired
	former  map[string]int
}

// axis finds the entries of one list by id and by everything they are called.
type axis struct {
	ids, words map[string]int
}

//go:embed default.toml
var defaultFile []byte

// Default returns the taxonomy a new district starts with.
var Default = sync.OnceValue(func() *Table {
	t, err := Parse(defaultFile)
	if err != nil {
		panic(err) // the file is part of the program and read by a test
	}
	return t
})

// Parse reads a taxonomy from TOML, see default.toml for its form. Unknown keys, ids that are no slugs or not unique,
// categories of no group, missing names and words that stand for two entries are errors: all of them are reported at once.
func Parse(file []byte) (*Table, error) {
	var f struct {
		Group    []Group
		Category []struct {
			ID, Group, Schema string
			Name              lang.Text
			Terms             []string
		}
		Format []Format
		Tag    []Tag
	}
	meta, err := toml.Decode(string(file), &f)
	if err != nil {
		return nil, fault.New(fault.Invalid, "error.taxonomy", err)
	}
	t := &Table{Groups: f.Group, Formats: f.Format, Tags: f.Tag}
	for _, c := range f.Category {
		t.Categories = append(t.Categories, Category{ID: c.ID, GroupID: c.Group, Name: c.Name, Terms: c.Terms, SchemaType: c.Schema})
	}
	var c checker
	for _, key := range meta.Undecoded() {
		c.failf("unknown key %s", key)
	}
	t.index(&c)
	if err := errors.Join(c.errs...); err != nil {
		return nil, fault.New(fault.Invalid, "error.taxonomy", err)
	}
	return t, nil
}

func (t *Table) index(c *checker) {
	for i, g := range t.Groups {
		c.add(&t.groups, i, g.ID, g.Name, nil)
	}
	for i, k := range t.Categories {
		c.add(&t.categories, i, k.ID, k.Name, k.Terms)
		if _, ok := t.groups.ids[k.GroupID]; !ok {
			c.failf("%s: no group %q", k.ID, k.GroupID)
		}
	}
	for i, f := range t.Formats {
		c.add(&t.formats, i, f.ID, f.Name, nil)
	}
	for i, g := range t.Tags {
		c.add(&t.tags, i, g.ID, g.Name, g.Terms)
		if !lang.Slug(g.Icon) {
			c.failf("%s: no icon", g.ID)
		}
	}
}

type checker struct{ errs []error }

func (c *checker) failf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

var nameLimit = lang.Limit{Max: 40, Must: true}

// add enters item i under its id and its words.
func (c *checker) add(a *axis, i int, id string, name lang.Text, terms []string) {
	if a.ids == nil {
		a.ids, a.words = map[string]int{}, map[string]int{}
	}
	if _, twice := a.ids[id]; twice || !lang.Slug(id) {
		c.failf("id %q is taken or no slug", id)
	}
	a.ids[id] = i
	for _, s := range [...]string{name.Hans, name.Hant, name.En} {
		if wrong := nameLimit.Check("name", s); wrong != nil {
			c.failf("%s: name %q: %s", id, s, wrong[0].Key)
		}
		if other, taken := a.words[Fold(s)]; taken && other != i {
			c.failf("%s: %q stands for two entries", id, s)
		}
		a.words[Fold(s)] = i
	}
	for _, s := range terms {
		if wrong := nameLimit.Check("terms", s); wrong != nil {
			c.failf("%s: term %q: %s", id, s, wrong[0].Key)
		}
		if _, taken := a.words[Fold(s)]; taken {
			c.failf("%s: term %q is there already", id, s)
		}
		a.words[Fold(s)] = i
	}
}

// Fold brings a word into the form in which two spellings are the same: NFKC, lower case, without spaces.
func Fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), "")
}

// Group returns the group with this id.
func (t *Table) Group(id string) (Group, bool) { return at(t.Groups, t.groups.ids, id) }

// Category returns the category with this id, or the one that it has become.
func (t *Table) Category(id string) (Category, bool) {
	if i, ok := t.former[id]; ok {
		return t.Categories[i], true
	}
	return at(t.Categories, t.categories.ids, id)
}

// Format returns the retail format with this id.
func (t *Table) Format(id string) (Format, bool) { return at(t.Formats, t.formats.ids, id) }

// Tag returns the tag with this id.
func (t *Table) Tag(id string) (Tag, bool) { return at(t.Tags, t.tags.ids, id) }

// FindCategory returns the category people mean by a word: its id, a name in any language or one of its terms.
func (t *Table) FindCategory(word string) (Category, bool) {
	return find(t.Categories, t.categories, word)
}

// FindFormat is FindCategory for formats.
func (t *Table) FindFormat(word string) (Format, bool) { return find(t.Formats, t.formats, word) }

// FindTag is FindCategory for tags.
func (t *Table) FindTag(word string) (Tag, bool) { return find(t.Tags, t.tags, word) }

// In returns the categories of a group that are offered, in order.
func (t *Table) In(groupID string) []Category {
	out := []Category{}
	for _, c := range t.Categories {
		if c.GroupID == groupID && !slices.Contains(t.retired.Categories, c.ID) {
			out = append(out, c)
		}
	}
	return out
}

func at[T any](list []T, index map[string]int, key string) (T, bool) {
	i, ok := index[key]
	if !ok {
		var none T
		return none, false
	}
	return list[i], true
}

func find[T any](list []T, a axis, word string) (T, bool) {
	if x, ok := at(list, a.ids, strings.TrimSpace(word)); ok {
		return x, true
	}
	return at(list, a.words, Fold(word))
}
