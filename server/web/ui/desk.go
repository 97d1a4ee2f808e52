package ui

import "shangquan/services/lang"

// Compare shows two versions field by field, the old one first; on phones they stand one above the other.
type Compare struct {
	OldTitle, NewTitle string
	Fields             []CompareField
}

// CompareField is one field of two versions with what differs marked. Make it with NewCompareField.
type CompareField struct {
	Label    string
	Old, New []DiffPart
	Lang     lang.Tag
	Beside   bool // of two things, not of one thing before and after
}

// Changed reports whether the versions differ.
func (f CompareField) Changed() bool {
	return len(f.Old) != len(f.New) || len(f.Old) > 0 && (f.Old[0].Changed || f.New[0].Changed || len(f.Old) > 1)
}

// Kind returns what happened to the field: added, removed, changed or same.
func (f CompareField) Kind() string {
	switch {
	case !f.Changed():
		return "same"
	case len(f.Old) == 0:
		return "added"
	case len(f.New) == 0:
		return "removed"
	}
	return "changed"
}

// DiffPart is a stretch of a text; Changed: the other version lacks it.
type DiffPart struct {
	Text    string
	Changed bool
}

// NewCompareField compares two texts.
func NewCompareField(label, before, after string) CompareField {
	f := CompareField{Label: label}
	f.Old, f.New = Diff(before, after)
	return f
}

// longest is how many characters of the middle of two texts are compared one by one; longer middles are marked whole.
const longest = 400

// Diff cuts two texts into the stretches they have in common and those they have not. An empty text has no parts.
func Diff(before, after string) (old, next []DiffPart) {
	a, b := []rune(before), []rune(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	inA, inB := common(a[head:len(a)-tail], b[head:len(b)-tail])
	mark := func(text []rune, middle []bool) []DiffPart {
		parts := []DiffPart{}
		for i, r := range text {
			changed := i >= head && i < len(text)-tail && !middle[i-head]
			if n := len(parts); n > 0 && parts[n-1].Changed == changed {
				parts[n-1].Text += string(r)
			} else {
				parts = append(parts, DiffPart{string(r), changed})
			}
		}
		return parts
	}
	return mark(a, inA), mark(b, inB)
}

// common reports which characters of a and b belong to their longest common subsequence. Single characters in common between
// others that are not are noise to a reader and count as different.
func common(a, b []rune) (inA, inB []bool) {
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	if len(a) > longest || len(b) > longest {
		return inA, inB
	}
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			run := 0
			for i+run < len(a) && j+run < len(b) && a[i+run] == b[j+run] {
				run++
			}
			for k := range run {
				inA[i+k], inB[j+k] = run > 1, run > 1
			}
			i, j = i+run, j+run
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return inA, inB
}

// Conflict shows what somebody else saved meanwhile beside what was typed, and lets choose, field by field. It stands in a form
// whose Rev is the new revision; the choice arrives as keep.NAME = theirs or mine.
type Conflict struct {
	By, When string // who saved first, and when
	Fields   []ConflictField
}

// ConflictField is a field in which the two differ, in words. What was typed goes along in Form.Hidden under the names of the form.
type ConflictField struct{ Name, Label, Theirs, Mine string }

// NewDecision returns the form under a case of the queue: approve, or return with a reason. Both buttons are named do: approve,
// return; shown binds the answer to what was on the page.
func NewDecision(action, csrf, shown string, reason Field, approve, back string) Form {
	return Form{
		Action: action, CSRF: csrf, Hidden: []Hidden{{"shown", shown}}, Parts: []FormPart{{Field: &reason}},
		Bar: &Bar{Loose: true, Buttons: []Button{{Label: approve, Name: "do", Value: "approve"}, {Label: back, Kind: "alt", Name: "do", Value: "return"}}},
	}
}

// AuditEntry is one change in the trail of a record.
type AuditEntry struct {
	When, Who, What string
	Why             string
	Fields          []CompareField
	Restore         *Button // link to the page that restores this version
}

// KPI is a number with its change in words: no arrows, no red and green.
type KPI struct{ Label, Number, Change, Href string }
