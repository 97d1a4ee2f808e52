package phone

import "testing"

func TestNoMobile(t *testing.T) {
	for _, x := range []struct {
		text string
		bad  bool
	}{
		{"报名找王师傅 138 0013 8000", true},
		{"13800138000", true},
		{"打+8613800138000。", true},
		{"0086 138-0013-8000", true},
		{"１３８００１３８０００", true},
		{"138—0013—8000", true},
		{"1 3 8", false},
		{"021-5777 0000", false},
		{"沪老 31138001380001234", false},
		{"2026-10-18 14:00", false},
		{"来了 138 人", false},
		{"12345", false},
		{"", false},
	} {
		got := NoMobile("text", "先", x.text)
		if (len(got) == 1) != x.bad || x.bad && got[0].Name != "text" {
			t.Errorf("%q: %v", x.text, got)
		}
	}
}
