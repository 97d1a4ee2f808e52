package phone

import "testing"

// In another city the same digits are another number.
func TestSetArea(t *testing.T) {
	t.Cleanup(func() { _ = SetArea("21") })
	for _, c := range []struct{ area, typed, want string }{
		{"21", "57721664", "+862157721664"},
		{"21", "2157721664", "+862157721664"},
		{"571", "57721664", "+8657157721664"},
		{"571", "5772166", "+865715772166"},
		{"571", "021-57721664", "+862157721664"},
		{"571", "57157721664", "+8657157721664"},
		{"10", "57721664", "+861057721664"},
		{"10", "5772166", ""},
		{"", "57721664", ""},
		{"", "021 5772 1664", "+862157721664"},
		{"", "13800001111", "+8613800001111"},
	} {
		if err := SetArea(c.area); err != nil {
			t.Fatal(err)
		}
		got := ""
		if ns, err := Parse(c.typed); err == nil {
			got = ns[0].Digits
		}
		if got != c.want {
			t.Errorf("%q in the area %q = %q, want %q", c.typed, c.area, got, c.want)
		}
	}
	for _, no := range []string{"021", "2", "1", "800", "abc", "2100"} {
		if SetArea(no) == nil {
			t.Errorf("%q passed for an area code", no)
		}
	}
}
