package vocabulary_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
	"shangquan/services/vocabulary"
)

type bench struct {
	*vocabulary.Service
	db    store.DB
	trail *audit.Log
	uses  vocabulary.Uses
	moved []string
}

func (b *bench) Uses(context.Context) (vocabulary.Uses, error) { return b.uses, nil }

func (b *bench) Recategorise(_ context.Context, from, to string) (int, error) {
	b.moved = append(b.moved, from+" "+to)
	n := b.uses.Categories[from]
	b.uses.Categories[to] += n
	delete(b.uses.Categories, from)
	return n, nil
}

func open(t *testing.T) *bench {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	b := &bench{db: db, trail: log, uses: vocabulary.Uses{Categories: map[string]int{"noodles": 3}, Formats: map[string]int{"": 1}, Tags: map[string]int{"cash": 2}}}
	b.Service = vocabulary.New(db, b.trail, b)
	if err := db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func coordinator() access.Actor {
	return access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
}

func admin() access.Actor {
	return access.Actor{AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}
}

func text(s string) lang.Text { return lang.Text{Hans: s, Hant: s, En: "en " + s} }

func TestTerms(t *testing.T) {
	b := open(t)
	other := vocabulary.New(b.db, b.trail, b)
	before := b.Words()
	if before != taxonomy.Default() {
		t.Fatal("the program's own words are not in force")
	}
	e, err := b.AddTerm(t.Context(), coordinator(), 0, "category", "noodles", " 刀削面 ")
	if err != nil || e.Number != 1 {
		t.Fatalf("%d %v", e.Number, err)
	}
	if c, ok := b.Words().FindCategory("刀削面"); !ok || c.ID != "noodles" {
		t.Errorf("found %v", c)
	}
	if _, ok := taxonomy.Default().FindCategory("刀削面"); ok {
		t.Error("the program's own table has changed")
	}
	mark, err := other.Look(t.Context())
	if _, ok := other.Words().FindCategory("刀削面"); err != nil || !ok || mark == 0 {
		t.Errorf("another server: %v", err)
	}
	for name, f := range map[string]func() error{
		"an old edition": func() error {
			_, err := b.AddTerm(t.Context(), coordinator(), 0, "category", "noodles", "担担面")
			return err
		},
		"a word of another": func() error {
			_, err := b.AddTerm(t.Context(), coordinator(), 1, "category", "noodles", "药房")
			return err
		},
		"a category that is not": func() error { _, err := b.AddTerm(t.Context(), coordinator(), 1, "category", "x", "词"); return err },
		"an axis without words": func() error {
			_, err := b.AddTerm(t.Context(), coordinator(), 1, "format", "supermarket", "词")
			return err
		},
		"a control character": func() error {
			_, err := b.AddTerm(t.Context(), coordinator(), 1, "category", "noodles", "a\u202eb")
			return err
		},
		"somebody else": func() error {
			_, err := b.AddTerm(t.Context(), access.Actor{AccountID: "x"}, 1, "category", "noodles", "词")
			return err
		},
		"one without second factor": func() error {
			by := coordinator()
			by.TwoFactor = false
			_, err := b.AddTerm(t.Context(), by, 1, "category", "noodles", "词")
			return err
		},
	} {
		if err := f(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if cur, err := b.Current(t.Context(), coordinator()); err != nil || cur.Number != 1 {
		t.Errorf("edition %d, %v", cur.Number, err)
	}
	if _, err := b.SetTerms(t.Context(), coordinator(), 1, "tag", "cash", []string{"付现", "付现", ""}); err != nil {
		t.Fatal(err)
	}
	if g, ok := b.Words().FindTag("付现"); !ok || g.ID != "cash" || len(g.Terms) != 1 {
		t.Errorf("%+v", g)
	}
	if _, err := b.trail.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOften(t *testing.T) {
	b := open(t)
	fallback := []lang.Text{text("药店"), text("银行")}
	e, err := b.AddOften(t.Context(), coordinator(), 0, "配钥匙", fallback)
	if err != nil || len(e.Often) != 3 || len(b.Often()) != 3 || b.Often()[2].Hans != "配钥匙" {
		t.Fatalf("%+v %v", e.Often, err)
	}
	for name, list := range map[string][]lang.Text{
		"too many":    {text("一"), text("二"), text("三"), text("四"), text("五"), text("六"), text("七")},
		"twice":       {text("药店"), text("药 店")},
		"too long":    {text("一二三四五六七八九十一二三四五六七八九十一")},
		"no original": {{En: "key"}},
	} {
		if _, err := b.SetOften(t.Context(), coordinator(), 1, list); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range 3 {
		if _, err := b.AddOften(t.Context(), coordinator(), int64(i+1), string(rune('甲'+i)), nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddOften(t.Context(), coordinator(), 4, "词", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a seventh: %v", err)
	}
	if _, err := b.SetOften(t.Context(), coordinator(), 4, nil); err != nil || len(b.Often()) != 0 {
		t.Errorf("none: %v", err)
	}
}

func TestEntries(t *testing.T) {
	b := open(t)
	add := func(number int64, x vocabulary.Entry) error {
		_, err := b.Add(t.Context(), admin(), number, x)
		return err
	}
	if err := add(0, vocabulary.Entry{Axis: "category", ID: "luthier", Name: text("制琴作坊"), Group: "leisure", Terms: []string{"制琴"}}); err != nil {
		t.Fatal(err)
	}
	if c, ok := b.Words().FindCategory("制琴"); !ok || c.GroupID != "leisure" || !b.Words().Offered("category", "luthier") {
		t.Errorf("%+v", c)
	}
	for name, x := range map[string]vocabulary.Entry{
		"an id that is taken":   {Axis: "category", ID: "noodles", Name: text("别的"), Group: "food"},
		"no slug":               {Axis: "category", ID: "琴行", Name: text("别的"), Group: "food"},
		"no such group":         {Axis: "category", ID: "x", Name: text("别的"), Group: "none"},
		"no English name":       {Axis: "format", ID: "x", Name: lang.Text{Hans: "别的", Hant: "别的"}},
		"a name of another":     {Axis: "category", ID: "x", Name: text("药店"), Group: "food"},
		"a tag without an icon": {Axis: "tag", ID: "x", Name: text("别的")},
		"no axis":               {Axis: "x", ID: "x", Name: text("别的")},
	} {
		if err := add(1, x); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	coord := coordinator()
	coord.Sudo = true
	if _, err := b.Add(t.Context(), coord, 1, vocabulary.Entry{Axis: "group", ID: "x", Name: text("别的")}); err == nil {
		t.Error("a coordinator changes the taxonomy")
	}
	stale := admin()
	stale.Sudo = false
	if _, err := b.Retire(t.Context(), stale, 1, "category", "luthier", true); err == nil {
		t.Error("without a fresh check")
	}

	// What a shop has is not removed; what is the program's never.
	b.uses.Categories["luthier"] = 1
	if _, err := b.Remove(t.Context(), admin(), 1, "category", "luthier"); !fault.Is(err, fault.Conflict) {
		t.Errorf("in use: %v", err)
	}
	if _, err := b.Remove(t.Context(), admin(), 1, "category", "noodles"); !fault.Is(err, fault.Conflict) {
		t.Errorf("of the program: %v", err)
	}
	if _, err := b.Retire(t.Context(), admin(), 1, "category", "luthier", true); err != nil {
		t.Fatal(err)
	}
	if c, ok := b.Words().Category("luthier"); !ok || b.Words().Offered("category", "luthier") || slices.ContainsFunc(b.Words().In("leisure"), func(x taxonomy.Category) bool { return x.ID == "luthier" }) {
		t.Errorf("a retired category is kept and not offered: %+v", c)
	}
	if _, err := b.Retire(t.Context(), admin(), 2, "group", "food", true); !fault.Is(err, fault.Conflict) {
		t.Errorf("a group that is in use: %v", err)
	}
	delete(b.uses.Categories, "luthier")
	if _, err := b.Remove(t.Context(), admin(), 2, "category", "luthier"); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Words().Category("luthier"); ok {
		t.Error("it is still there")
	}
}

// A category that became another: what was filed under it, and every word and address of it, is found under the other.
func TestMerge(t *testing.T) {
	b := open(t)
	if _, _, err := b.Merge(t.Context(), admin(), 0, "noodles", "noodles"); !fault.Is(err, fault.Invalid) {
		t.Errorf("into itself: %v", err)
	}
	e, n, err := b.Merge(t.Context(), admin(), 0, "noodles", "snacks")
	if err != nil || n != 3 || !slices.Equal(b.moved, []string{"noodles snacks"}) {
		t.Fatalf("moved %d %v: %v", n, b.moved, err)
	}
	for _, word := range []string{"noodles", "snacks"} {
		if c, ok := b.Words().Category(word); !ok || c.ID != "snacks" {
			t.Errorf("%s is %s", word, c.ID)
		}
	}
	if c, ok := b.Words().FindCategory("拉面"); !ok || c.ID != "snacks" {
		t.Errorf("拉面 is %s", c.ID)
	}
	if slices.ContainsFunc(b.Words().Categories, func(c taxonomy.Category) bool { return c.ID == "noodles" }) {
		t.Error("it is still a category of its own")
	}
	// And that one becomes a third.
	if e, _, err = b.Merge(t.Context(), admin(), e.Number, "snacks", "fast-food"); err != nil {
		t.Fatal(err)
	}
	if c, _ := b.Words().Category("noodles"); c.ID != "fast-food" {
		t.Errorf("noodles became %s", c.ID)
	}
	// Back to the beginning: the shops stay where they are, and every word is again where it was.
	if _, err = b.Restore(t.Context(), admin(), e.Number, 0); err != nil {
		t.Fatal(err)
	}
	if c, _ := b.Words().FindCategory("拉面"); c.ID != "noodles" || b.uses.Categories["fast-food"] != 3 {
		t.Errorf("拉面 is %s", c.ID)
	}
	list, err := b.Editions(t.Context(), admin())
	if err != nil || len(list) != 3 || list[0].What != "restore" || list[2].What != "merge" {
		t.Errorf("%+v %v", list, err)
	}
}

// An earlier edition that lacks what a shop has cannot be put in force.
func TestRestoreKeepsWhatIsUsed(t *testing.T) {
	b := open(t)
	if _, err := b.AddTerm(t.Context(), coordinator(), 0, "category", "noodles", "刀削面"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Add(t.Context(), admin(), 1, vocabulary.Entry{Axis: "tag", ID: "piano", Name: text("有钢琴"), Icon: "star"}); err != nil {
		t.Fatal(err)
	}
	b.uses.Tags["piano"] = 1
	_, err := b.Restore(t.Context(), admin(), 2, 1)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "vocabulary.wrong.used" {
		t.Errorf("got %v", err)
	}
	delete(b.uses.Tags, "piano")
	e, err := b.Restore(t.Context(), admin(), 2, 1)
	if _, known := b.Words().Tag("piano"); err != nil || e.Restored != 1 || known {
		t.Errorf("%+v %v", e, err)
	}
	if _, err := b.Restore(t.Context(), admin(), 3, 99); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such edition: %v", err)
	}
}
