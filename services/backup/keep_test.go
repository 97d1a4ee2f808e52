package backup

import (
	"slices"
	"testing"
	"time"
)

// TestKept: seven days, four weeks and twelve months are kept. OPS-07.
func TestKept(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	daily := func(n int) []time.Time {
		var out []time.Time
		for i := range n {
			out = append(out, day("2026-11-29 03").AddDate(0, 0, -i))
		}
		return out
	}
	kept := func(made []time.Time) []string {
		var out []string
		for i, k := range Kept(made) {
			if k {
				out = append(out, made[i].Format("01-02 15"))
			}
		}
		return out
	}
	for _, tt := range []struct {
		name string
		made []time.Time
		want []string
	}{
		{"none", nil, nil},
		{"one", daily(1), []string{"11-29 03"}},
		{"a week, each of them", daily(7), []string{"11-29 03", "11-28 03", "11-27 03", "11-26 03", "11-25 03", "11-24 03", "11-23 03"}},
		// The eighth day is a Sunday, the newest of its week: it stays for the week.
		{"eight days", daily(8), []string{"11-29 03", "11-28 03", "11-27 03", "11-26 03", "11-25 03", "11-24 03", "11-23 03", "11-22 03"}},
		{"nine days", daily(9), []string{"11-29 03", "11-28 03", "11-27 03", "11-26 03", "11-25 03", "11-24 03", "11-23 03", "11-22 03"}},
		{"the newest of a day", []time.Time{day("2026-11-29 20"), day("2026-11-29 03"), day("2026-11-28 03")}, []string{"11-29 20", "11-28 03"}},
		{"weeks end, months stay", []time.Time{day("2026-11-29 03"), day("2026-10-31 03"), day("2026-10-30 03"), day("2026-10-02 03")}, []string{"11-29 03", "10-31 03", "10-30 03", "10-02 03"}},
	} {
		if got := kept(tt.made); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	// Three years of days: seven of them, four weeks, twelve months, some of which are the same set.
	n := len(kept(daily(3 * 365)))
	if most := keepDays + keepWeeks + keepMonths; n > most || n < most-4 {
		t.Errorf("%d sets of three years are kept", n)
	}
	if got := kept(daily(3 * 365)); got[len(got)-1] != "12-31 03" {
		t.Errorf("the oldest is %s, want the last of twelve months", got[len(got)-1])
	}
}
