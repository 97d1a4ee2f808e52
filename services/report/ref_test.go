package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRefsAreRead(t *testing.T) {
	ref, ok := encode(1234567890)
	if !ok {
		t.Fatal("the example is not given out")
	}
	if want := "14SC0PJV"; ref != want {
		t.Fatalf("%s, want %s", ref, want)
	}
	for _, typed := range []string{"14SC0PJV", "14SC-0PJV", " 14sc 0pjv ", "l4scOpjv", "I4SC－OPJV", "１４ＳＣ０ＰＪＶ", "14SC—0PJV", "1-4-S-C-0-P-J-V"} {
		if got, ok := parseRef(typed); !ok || got != ref {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "14SC0PJ", "14SC0PJVM", "14SC0PJN", "41SC0PJV", "14SC0PUV", "14SC0P店V", strings.Repeat("-", 200) + ref, "14SC0PJ\x00"} {
		if got, ok := parseRef(typed); ok {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	if got := Spell(ref); got != "14SC-0PJV" {
		t.Errorf("spelt %q", got)
	}
}

// TestMistakesAreNoticed: every single wrong character and every swap of two neighbours.
func TestMistakesAreNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := newRef()
		if got, ok := parseRef(Spell(ref)); !ok || got != ref {
			t.Fatalf("%s is read as %s, %v", ref, got, ok)
		}
		at := rapid.IntRange(0, refLen-1).Draw(t, "at")
		wrong := []byte(ref)
		wrong[at] = letters[rapid.IntRange(0, 31).Draw(t, "instead")]
		if _, ok := parseRef(string(wrong)); ok && string(wrong) != ref {
			t.Fatalf("%s passes for %s", wrong, ref)
		}
		swapped := []byte(ref)
		if at > 0 {
			swapped[at-1], swapped[at] = swapped[at], swapped[at-1]
		}
		if _, ok := parseRef(string(swapped)); ok && string(swapped) != ref {
			t.Fatalf("%s passes for %s", swapped, ref)
		}
	})
}

func FuzzParseRef(f *testing.F) {
	f.Add("14SC-0PJV")
	f.Add("I4sc－Opjv")
	f.Fuzz(func(t *testing.T, typed string) {
		ref, ok := parseRef(typed)
		if !ok {
			return
		}
		if again, ok := parseRef(Spell(ref)); !ok || again != ref {
			t.Fatalf("%q is read as %q and that as %q", typed, ref, again)
		}
	})
}
