package vocabulary

import (
	"context"
	"errors"
	"slices"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/taxonomy"
)

// Entry is an entry of any axis, as its form has it. What an axis does not have is left aside.
type Entry struct {
	Axis    string // group, category, format or tag; or a list of reasons
	ID      string
	Name    lang.Text
	Group   string   // of a category
	Terms   []string // of a category or tag
	Schema  string   // of a category: the schema.org type
	Icon    string   // of a tag
	Retired bool
	Own     bool // the district's own, not of the program
}

// Axes are the axes of the taxonomy in the order people see them, and the lists of reasons.
var Axes = []string{"group", "category", "format", "tag", TurnReasons, ReportReasons, LeadReasons}

// Entries returns the entries of an axis in their order. A reason that is called as the program has it has no name here.
func (s *Service) Entries(axis string) []Entry {
	if isReason(axis) {
		e := s.cur.Now().edition
		return e.reasons(axis)
	}
	t, out := s.Words(), []Entry{}
	add := func(e Entry, own bool) {
		e.Axis, e.Own, e.Retired = axis, own, !t.Offered(axis, e.ID)
		out = append(out, e)
	}
	d := taxonomy.Default()
	switch axis {
	case "group":
		for _, x := range t.Groups {
			_, ours := d.Group(x.ID)
			add(Entry{ID: x.ID, Name: x.Name}, !ours)
		}
	case "category":
		for _, x := range t.Categories {
			_, ours := d.Category(x.ID)
			add(Entry{ID: x.ID, Name: x.Name, Group: x.GroupID, Terms: x.Terms, Schema: x.SchemaType}, !ours)
		}
	case "format":
		for _, x := range t.Formats {
			_, ours := d.Format(x.ID)
			add(Entry{ID: x.ID, Name: x.Name}, !ours)
		}
	case "tag":
		for _, x := range t.Tags {
			_, ours := d.Tag(x.ID)
			add(Entry{ID: x.ID, Name: x.Name, Icon: x.Icon, Terms: x.Terms}, !ours)
		}
	}
	return out
}

// Entry returns one entry: fault.NotFound.
func (s *Service) Entry(axis, id string) (Entry, error) {
	all := s.Entries(axis)
	if i := slices.IndexFunc(all, func(e Entry) bool { return e.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Entry{}, fault.Missing()
}

// checkEntry says at the fields what is wrong with an entry, as far as it can be told without the others.
func checkEntry(x *Entry, t *taxonomy.Table) error {
	x.Name = x.Name.Clean()
	x.Terms = cleaned(x.Terms)
	var wrong []fault.Field
	limit := lang.Limit{Max: 40, Must: true}
	wrong = append(wrong, limit.Check("hans", x.Name.Hans)...)
	wrong = append(wrong, limit.Check("hant", x.Name.Hant)...)
	wrong = append(wrong, limit.Check("en", x.Name.En)...)
	if !lang.Slug(x.ID) {
		wrong = append(wrong, fault.Field{Name: "id", Key: "vocabulary.wrong.slug"})
	}
	if _, ok := t.Group(x.Group); x.Axis == "category" && !ok {
		wrong = append(wrong, fault.Field{Name: "group", Key: "vocabulary.wrong.choice"})
	}
	if x.Axis == "tag" && !lang.Slug(x.Icon) {
		wrong = append(wrong, fault.Field{Name: "icon", Key: "vocabulary.wrong.choice"})
	}
	return fault.Wrongs(wrong)
}

// Add makes a new entry: fault.Invalid, also for an id or a word that is taken.
func (s *Service) Add(ctx context.Context, by access.Actor, number int64, x Entry) (Edition, error) {
	e, err := s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		t, err := taxonomy.Default().Over(&e.Overlay)
		if err != nil {
			return err
		}
		if err := checkEntry(&x, t); err != nil {
			return err
		}
		if _, former := e.Overlay.Merged[x.ID]; former || slices.ContainsFunc(s.Entries(x.Axis), func(y Entry) bool { return y.ID == x.ID }) {
			return fault.Wrong("id", "vocabulary.wrong.slug_taken", nil)
		}
		e.What, e.About = "add", x.ID
		return e.set(&x)
	})
	return e, inField("hans", err)
}

// Set replaces an entry; its id stays. fault.NotFound, fault.Invalid.
func (s *Service) Set(ctx context.Context, by access.Actor, number int64, x Entry) (Edition, error) {
	if _, err := s.Entry(x.Axis, x.ID); err != nil {
		return Edition{}, err
	}
	e, err := s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		t, err := taxonomy.Default().Over(&e.Overlay)
		if err != nil {
			return err
		}
		if err := checkEntry(&x, t); err != nil {
			return err
		}
		e.What, e.About = "set", x.ID
		return e.set(&x)
	})
	return e, inField("hans", err)
}

func (e *Edition) set(x *Entry) error {
	if isReason(x.Axis) {
		return e.setReason(x)
	}
	o := &e.Overlay
	switch x.Axis {
	case "group":
		o.Groups = put(o.Groups, taxonomy.Group{ID: x.ID, Name: x.Name}, func(y taxonomy.Group) string { return y.ID })
	case "category":
		o.Categories = put(o.Categories, taxonomy.Category{ID: x.ID, GroupID: x.Group, Name: x.Name, Terms: x.Terms, SchemaType: x.Schema}, func(y taxonomy.Category) string { return y.ID })
	case "format":
		o.Formats = put(o.Formats, taxonomy.Format{ID: x.ID, Name: x.Name}, func(y taxonomy.Format) string { return y.ID })
	case "tag":
		o.Tags = put(o.Tags, taxonomy.Tag{ID: x.ID, Name: x.Name, Icon: x.Icon, Terms: x.Terms}, func(y taxonomy.Tag) string { return y.ID })
	default:
		return fault.Missing()
	}
	return nil
}

// Retire offers an entry no more, or again: who has it keeps it. fault.NotFound; fault.Conflict for a group whose categories are offered,
// and for the reason that is for everything else.
func (s *Service) Retire(ctx context.Context, by access.Actor, number int64, axis, id string, retired bool) (Edition, error) {
	if _, err := s.Entry(axis, id); err != nil {
		return Edition{}, err
	}
	e, err := s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		e.What, e.About = "offer", id
		if retired {
			e.What = "retire"
		}
		if isReason(axis) {
			return e.retireReason(axis, id, retired)
		}
		list := e.list(axis)
		*list = slices.DeleteFunc(slices.Clone(*list), func(x string) bool { return x == id })
		if retired {
			*list = append(*list, id)
		}
		return nil
	})
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "error.taxonomy" {
		err = fault.New(fault.Conflict, "vocabulary.wrong.group", f)
	}
	return e, err
}

func (e *Edition) list(axis string) *[]string {
	r := &e.Overlay.Retired
	return map[string]*[]string{"group": &r.Groups, "category": &r.Categories, "format": &r.Formats, "tag": &r.Tags}[axis]
}

// Remove takes away an entry of the district's own that no listing has: fault.Conflict when one has it, or it is the program's, or a
// reason, which records may have.
func (s *Service) Remove(ctx context.Context, by access.Actor, number int64, axis, id string) (Edition, error) {
	x, err := s.Entry(axis, id)
	if err != nil {
		return Edition{}, err
	}
	switch {
	case !x.Own:
		return Edition{}, fault.New(fault.Conflict, "vocabulary.wrong.program", nil)
	case isReason(axis):
		return Edition{}, fault.New(fault.Conflict, "vocabulary.wrong.reason_kept", nil)
	}
	e, err := s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		o := &e.Overlay
		o.Groups = slices.DeleteFunc(slices.Clone(o.Groups), func(y taxonomy.Group) bool { return axis == "group" && y.ID == id })
		o.Categories = slices.DeleteFunc(slices.Clone(o.Categories), func(y taxonomy.Category) bool { return axis == "category" && y.ID == id })
		o.Formats = slices.DeleteFunc(slices.Clone(o.Formats), func(y taxonomy.Format) bool { return axis == "format" && y.ID == id })
		o.Tags = slices.DeleteFunc(slices.Clone(o.Tags), func(y taxonomy.Tag) bool { return axis == "tag" && y.ID == id })
		list := e.list(axis)
		*list = slices.DeleteFunc(slices.Clone(*list), func(y string) bool { return y == id })
		e.What, e.About = "remove", id
		return nil
	})
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "error.taxonomy" {
		err = fault.New(fault.Conflict, "vocabulary.wrong.used", f)
	}
	return e, err
}

// Merge makes one category another: everything filed under it is found under the other at once, its words find the other, and its
// listings are then given the other. It returns how many those were. An address with the former id goes on working.
func (s *Service) Merge(ctx context.Context, by access.Actor, number int64, from, to string) (Edition, int, error) {
	x, err := s.Entry("category", from)
	if err != nil {
		return Edition{}, 0, err
	}
	if y, err := s.Entry("category", to); err != nil || y.Retired || from == to {
		return Edition{}, 0, fault.Wrong("into", "vocabulary.wrong.choice", nil)
	}
	e, err := s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		o := &e.Overlay
		t, err := taxonomy.Default().Over(o)
		if err != nil {
			return err
		}
		merged := map[string]string{from: to}
		for was, is := range o.Merged {
			if is == from {
				is = to
			}
			merged[was] = is
		}
		o.Merged = merged
		o.Retired.Categories = slices.DeleteFunc(slices.Clone(o.Retired.Categories), func(id string) bool { return id == from })
		c, _ := t.Category(to)
		known := append([]string{c.Name.Hans, c.Name.Hant, c.Name.En}, c.Terms...)
		for _, w := range append([]string{x.Name.Hans, x.Name.Hant, x.Name.En}, x.Terms...) {
			if !slices.ContainsFunc(known, func(k string) bool { return taxonomy.Fold(k) == taxonomy.Fold(w) }) {
				known, c.Terms = append(known, w), append(slices.Clone(c.Terms), w)
			}
		}
		o.Categories = put(o.Categories, c, func(y taxonomy.Category) string { return y.ID })
		e.What, e.About = "merge", from+" → "+to
		return nil
	})
	if err != nil {
		return Edition{}, 0, err
	}
	n, err := s.reg.Recategorise(ctx, from, to)
	return e, n, err
}

// Restore puts an earlier edition in force again, as a new one. Listings that a merger moved stay where they are. fault.NotFound;
// fault.Conflict when a listing has something that was not there then.
func (s *Service) Restore(ctx context.Context, by access.Actor, number, earlier int64) (Edition, error) {
	if err := access.Require(by, access.TaxonomyEdit, access.Thing{Kind: kind}); err != nil {
		return Edition{}, err
	}
	var was Edition
	if earlier > 0 { // 0: as the program comes
		var err error
		if was, err = s.docs.GetBy(ctx, "number", earlier); err != nil {
			return Edition{}, err
		}
	}
	return s.change(ctx, by, access.TaxonomyEdit, number, func(e *Edition) error {
		e.Overlay, e.Often, e.Hidden, e.Reasons = was.Overlay, was.Often, was.Hidden, was.restored(e)
		e.What, e.About, e.Restored = "restore", "", earlier
		return nil
	})
}
