package vocabulary_test

import (
	"slices"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/report"
	"shangquan/services/vocabulary"
)

func reason(id, name string) vocabulary.Entry {
	return vocabulary.Entry{Axis: vocabulary.TurnReasons, ID: id, Name: text(name)}
}

func ids(list []vocabulary.Entry) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, x.ID)
	}
	return out
}

func TestReasonsComeWithTheProgram(t *testing.T) {
	b := open(t)
	if got := ids(b.Entries(vocabulary.TurnReasons)); !slices.Equal(got, listing.TurnReasons) {
		t.Error(got)
	}
	if got := b.Entries(vocabulary.ReportReasons); len(got) != len(report.Reasons) || got[0].Own || got[0].Retired || !got[0].Name.IsZero() {
		t.Errorf("%+v", got)
	}
	if !b.Offers(vocabulary.TurnReasons, "rent") || b.Offers(vocabulary.TurnReasons, "flood") || b.Offers("none", "rent") {
		t.Error("not what the program offers")
	}
}

// A reason is added, called otherwise, offered no more and again; its code stays, and the one for everything else stays last and offered.
func TestReasonsOfTheDistrict(t *testing.T) {
	b, ctx := open(t), t.Context()
	e, err := b.Add(ctx, admin(), 0, reason("flood", "进水"))
	if err != nil {
		t.Fatal(err)
	}
	list := b.Entries(vocabulary.TurnReasons)
	if n := len(list); list[n-1].ID != "else" || list[n-2].ID != "flood" || !list[n-2].Own || list[n-2].Name != text("进水") || !b.Offers(vocabulary.TurnReasons, "flood") {
		t.Errorf("%+v", list)
	}
	if got := ids(b.Entries(vocabulary.ReportReasons)); slices.Contains(got, "flood") {
		t.Error("a reason is in both lists")
	}
	if e, err = b.Set(ctx, admin(), e.Number, reason("rent", "房租")); err != nil {
		t.Fatal(err)
	}
	if x, err := b.Entry(vocabulary.TurnReasons, "rent"); err != nil || x.Name != text("房租") || x.Own {
		t.Errorf("%+v %v", x, err)
	}
	if e, err = b.Retire(ctx, admin(), e.Number, vocabulary.TurnReasons, "rent", true); err != nil {
		t.Fatal(err)
	}
	if x, err := b.Entry(vocabulary.TurnReasons, "rent"); err != nil || !x.Retired || x.Name != text("房租") || b.Offers(vocabulary.TurnReasons, "rent") {
		t.Errorf("%+v %v", x, err)
	}
	if e, err = b.Retire(ctx, admin(), e.Number, vocabulary.TurnReasons, "rent", false); err != nil || !b.Offers(vocabulary.TurnReasons, "rent") {
		t.Error("not offered again", err)
	}
	before := e.Number
	for what, try := range map[string]func() error{
		"an id that is taken":  func() error { _, err := b.Add(ctx, admin(), before, reason("rent", "租")); return err },
		"a name that is taken": func() error { _, err := b.Add(ctx, admin(), before, reason("water", " 进水 ")); return err },
		"no name":              func() error { _, err := b.Set(ctx, admin(), before, reason("flood", "")); return err },
		"no code":              func() error { _, err := b.Add(ctx, admin(), before, reason("进水", "水")); return err },
	} {
		if err := try(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, try := range map[string]func() error{
		"what is for everything else is retired": func() error {
			_, err := b.Retire(ctx, admin(), before, vocabulary.TurnReasons, "else", true)
			return err
		},
		"and of the other list": func() error {
			_, err := b.Retire(ctx, admin(), before, vocabulary.ReportReasons, string(report.Other), true)
			return err
		},
		"the district's own is removed": func() error { _, err := b.Remove(ctx, admin(), before, vocabulary.TurnReasons, "flood"); return err },
		"the program's is removed":      func() error { _, err := b.Remove(ctx, admin(), before, vocabulary.TurnReasons, "rent"); return err },
		"over an old edition":           func() error { _, err := b.Set(ctx, admin(), before-1, reason("flood", "水")); return err },
	} {
		if err := try(); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.Add(ctx, coordinator(), before, reason("water", "水")); err == nil {
		t.Error("a coordinator adds a reason")
	}
	if _, err := b.Retire(ctx, admin(), before, vocabulary.TurnReasons, "none", true); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if cur, err := b.Current(ctx, coordinator()); err != nil || cur.Number != before {
		t.Errorf("what was refused made edition %d: %v", cur.Number, err)
	}
}

// An earlier edition put in force again takes no reason away that records may have: it is offered no more.
func TestReasonsAfterARestore(t *testing.T) {
	b, ctx := open(t), t.Context()
	e, err := b.Add(ctx, admin(), 0, reason("flood", "进水"))
	if err == nil {
		e, err = b.Set(ctx, admin(), e.Number, reason("rent", "房租"))
	}
	if err == nil {
		_, err = b.Restore(ctx, admin(), e.Number, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if x, err := b.Entry(vocabulary.TurnReasons, "flood"); err != nil || !x.Retired || x.Name != text("进水") {
		t.Errorf("%+v %v", x, err)
	}
	if x, err := b.Entry(vocabulary.TurnReasons, "rent"); err != nil || !x.Name.IsZero() {
		t.Errorf("the program's is not called as it was: %+v %v", x, err)
	}
	if _, err := b.Restore(ctx, admin(), 3, 1); err != nil || !b.Offers(vocabulary.TurnReasons, "flood") {
		t.Errorf("not as in the first edition: %v", err)
	}
}
