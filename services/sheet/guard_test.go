package sheet

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nasty draws texts in which formulas, apostrophes, blanks and line ends are frequent.
func nasty() *rapid.Generator[string] {
	return rapid.StringOf(rapid.SampledFrom([]rune("=+-@\t\r\n\x00＝＋－＠' \u00a0　'a1店；;|\\\",")))
}

// TestGuard: no cell begins with what a spreadsheet would run. EXP-01.
func TestGuard(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "余天成", "余天成"},
		{"empty", "", ""},
		{"formula", "=1+1", "'=1+1"},
		{"plus", "+86 21 5772 1664", "'+86 21 5772 1664"},
		{"minus", "-1", "'-1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\t=1", "'\t=1"},
		{"carriage return", "\r=1", "'\r'=1"},
		{"line feed first", "\nx", "'\nx"},
		{"NUL", "\x00=1", "'\x00=1"},
		{"full width", "＝1＋1", "'＝1＋1"},
		{"after blanks", "  =1", "'  =1"},
		{"after a no-break space", "\u00a0=1", "'\u00a0=1"},
		{"after an ideographic space", "　@x", "'　@x"},
		{"second line", "菜单\n=cmd|' /C calc'!A0", "菜单\n'=cmd|' /C calc'!A0"},
		{"second line after blanks", "a\n  -b", "a\n'  -b"},
		{"empty line in between", "a\n\nb", "a\n\nb"},
		{"own apostrophe", "'tis", "'tis"},
		{"own apostrophe before a formula", "'=1", "''=1"},
		{"sign inside", "A+B", "A+B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Guard(c.in); got != c.want {
				t.Errorf("Guard(%q) = %q, want %q", c.in, got, c.want)
			}
			if got := Unguard(c.want); got != c.in {
				t.Errorf("Unguard(%q) = %q, want %q", c.want, got, c.in)
			}
		})
	}
}

func TestGuardIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(nasty(), rapid.String()).Draw(t, "s")
		g := Guard(s)
		if back := Unguard(g); back != s {
			t.Fatalf("%q went out as %q and came back as %q", s, g, back)
		}
		if g != "" && strings.ContainsAny(g[:1], "=+-@\t\r\n\x00") {
			t.Fatalf("%q goes out as %q, which begins like a formula", s, g)
		}
		for _, line := range strings.FieldsFunc(g, func(r rune) bool { return r == '\n' || r == '\r' }) {
			if line = strings.TrimLeft(line, " \u00a0　"); line != "" && strings.ContainsRune("=+-@\t\x00＝＋－＠", firstRune(line)) {
				t.Fatalf("%q goes out as %q, of which the line %q begins like a formula", s, g, line)
			}
		}
	})
}

func TestListsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Map(nasty(), strings.TrimSpace).Filter(func(s string) bool { return s != "" })).Draw(t, "list")
		if got := splitList(joinList(list)); !slices.Equal(got, list) {
			t.Fatalf("%q went out as %q and came back as %q", list, joinList(list), got)
		}
	})
	if got := splitList(" 余天成 ;草庐；；\n 松江商城"); !slices.Equal(got, []string{"余天成", "草庐", "松江商城"}) {
		t.Errorf("typed by hand: %q", got)
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"", "", true},
		{"2026-02-05", "2026-02-05", true},
		{"2026/2/5", "2026-02-05", true},
		{"2026.2.5", "2026-02-05", true},
		{" 2026年2月5日 ", "2026-02-05", true},
		{"46058", "2026-02-05", true},
		{"46058.75", "2026-02-05", true},
		{"2026-02-30", "", false},
		{"2026-13-01", "", false},
		{"5/2/2026", "", false},
		{"20260205", "", false},
		{"明天", "", false},
	} {
		if got, ok := parseDate(c.in); got != c.want || ok != c.ok {
			t.Errorf("parseDate(%q) = %q, %v; want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}
