package cli

import (
	"testing"

	"shangquan/services/lead"
	"shangquan/services/merchant"
	"shangquan/services/neighbour"
	"shangquan/services/report"
	"shangquan/services/setting"
)

// What is personal can be kept for less time than people were told, never for more: the longest time that can be set is the one that the
// packages store.
func TestTermsAreThoseOfThePackages(t *testing.T) {
	longest := map[string]int{"evidence": merchant.EvidenceDays, "reports": report.KeepDays, "cases": neighbour.Keep, "enquiries": lead.Keep}
	set := setting.Usual()
	for _, term := range set.Terms() {
		if want, ok := longest[term.Class]; ok && (term.Most != want || term.Usual != want) {
			t.Errorf("%s: %d at most, usually %d, want %d", term.Class, term.Most, term.Usual, want)
		}
		if *term.Days < term.Least || *term.Days > term.Most {
			t.Errorf("%s: the usual %d is out of bounds", term.Class, *term.Days)
		}
	}
	if len(set.Terms()) != len(longest)+2 {
		t.Error("a term is of no package")
	}
}

// Every class whose days can be set can say what a run would erase, and goes by the setting.
func TestTermsAreOfClasses(t *testing.T) {
	d := district0(t, t.TempDir())
	set := d.settings.Now()
	days := map[string]int{}
	for _, term := range set.Terms() {
		days[term.Class] = *term.Days
	}
	n := 0
	for _, c := range d.classes() {
		if c.Due == nil {
			continue
		}
		n++
		if c.Days != days[c.Name] {
			t.Errorf("%s: kept %d days, set %d", c.Name, c.Days, days[c.Name])
		}
		if due, err := c.Due(t.Context(), c.Days); err != nil || due != 0 {
			t.Errorf("%s: %d are due in a new store, %v", c.Name, due, err)
		}
	}
	if n != len(days) {
		t.Errorf("%d classes say what is due, want %d", n, len(days))
	}
}
