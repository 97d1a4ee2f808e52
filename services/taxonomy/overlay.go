package taxonomy

import (
	"errors"
	"maps"
	"slices"

	"shangquan/services/fault"
)

// Overlay is what a district has changed of the taxonomy that comes with the program: entries of its own, entries with other words,
// entries that are offered no more, and categories that became another. Everything else follows the program.
type Overlay struct {
	Groups     []Group    `json:"groups"`
	Categories []Category `json:"categories"`
	Formats    []Format   `json:"formats"`
	Tags       []Tag      `json:"tags"`
	// Retired are the ids of entries that nobody can choose any more, by axis; who has one keeps it.
	Retired Retired `json:"retired"`
	// Merged says which category a former one has become.
	Merged map[string]string `json:"merged,omitempty"`
}

// Retired are ids of entries that are offered no more.
type Retired struct {
	Groups     []string `json:"groups"`
	Categories []string `json:"categories"`
	Formats    []string `json:"formats"`
	Tags       []string `json:"tags"`
}

// Over returns the table with the changes of o, checked as a whole like Parse does; besides, a category that is offered belongs to a
// group that is, and one that became another became one that is there. fault.Invalid says everything that is wrong.
func (t *Table) Over(o *Overlay) (*Table, error) {
	next := &Table{
		Groups:     over(t.Groups, o.Groups, func(x Group) string { return x.ID }),
		Categories: over(t.Categories, o.Categories, func(x Category) string { return x.ID }),
		Formats:    over(t.Formats, o.Formats, func(x Format) string { return x.ID }),
		Tags:       over(t.Tags, o.Tags, func(x Tag) string { return x.ID }),
		retired:    o.Retired,
	}
	next.Categories = slices.DeleteFunc(next.Categories, func(c Category) bool { return o.Merged[c.ID] != "" })
	var c checker
	next.index(&c)
	for id, gone := range map[string][]string{"group": o.Retired.Groups, "category": o.Retired.Categories, "format": o.Retired.Formats, "tag": o.Retired.Tags} {
		for _, x := range gone {
			if !next.has(id, x) && o.Merged[x] == "" {
				c.failf("%s %q is retired and not there", id, x)
			}
		}
	}
	for _, k := range next.Categories {
		if slices.Contains(o.Retired.Groups, k.GroupID) && !slices.Contains(o.Retired.Categories, k.ID) {
			c.failf("%s: its group %s is retired", k.ID, k.GroupID)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(o.Merged)) {
		to := o.Merged[from]
		i, ok := next.categories.ids[to]
		if !ok || from == to || slices.Contains(o.Retired.Categories, to) {
			c.failf("%s became %q, which is not there", from, to)
			continue
		}
		if next.former == nil {
			next.former = map[string]int{}
		}
		next.former[from] = i
	}
	if err := errors.Join(c.errs...); err != nil {
		return nil, fault.New(fault.Invalid, "error.taxonomy", err)
	}
	return next, nil
}

func (t *Table) has(kind, id string) bool {
	ok := false
	switch kind {
	case "group":
		_, ok = t.groups.ids[id]
	case "category":
		_, ok = t.categories.ids[id]
	case "format":
		_, ok = t.formats.ids[id]
	case "tag":
		_, ok = t.tags.ids[id]
	}
	return ok
}

// over returns list with the entries of more in place of those with the same id, and the others behind.
func over[T any](list, more []T, id func(T) string) []T {
	out := slices.Clone(list)
	for _, x := range more {
		if i := slices.IndexFunc(out, func(y T) bool { return id(y) == id(x) }); i >= 0 {
			out[i] = x
		} else {
			out = append(out, x)
		}
	}
	return out
}

// Former returns where in Categories those stand that former ones have become, by the id of the former.
func (t *Table) Former() map[string]int { return t.former }

// Offered reports whether an entry of an axis (group, category, format, tag) can be chosen: it is there and not retired.
func (t *Table) Offered(kind, id string) bool {
	gone := map[string][]string{"group": t.retired.Groups, "category": t.retired.Categories, "format": t.retired.Formats, "tag": t.retired.Tags}[kind]
	return t.has(kind, id) && !slices.Contains(gone, id)
}
