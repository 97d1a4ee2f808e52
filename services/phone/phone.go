// Package phone reads telephone numbers as shops write them and says how to show, dial and compare them.
package phone

import "strings"

// Kind is the sort of a number, which decides how it is dialled.
type Kind string

// The kinds.
const (
	Landline Kind = "landline"
	Mobile   Kind = "mobile"
	Service  Kind = "service" // 400 and 800 numbers: domestic only, no country code
	Short    Kind = "short"   // 95XXX, 96XXX, 12345
)

// Number is one telephone number of a shop.
type Number struct {
	Kind Kind `json:"kind"`
	// Digits is E.164 for landlines and mobiles ("+862157721664"), the bare digits for service and short numbers.
	Digits string `json:"digits"`
	Ext    string `json:"ext,omitempty"`
	Label  string `json:"label,omitempty"` // 订座, 外卖, 投诉, 夜间
}

// Display returns the number as people read it: 021-5772 1664 转 8001, 138 1234 5678, 400-820-8820, 95588.
func (n Number) Display() string {
	d := n.National()
	area := areaLen(d)
	switch {
	case n.Kind == Landline && len(d) > area+4:
		end := len(d) - 4
		d = d[:area] + "-" + d[area:end] + " " + d[end:]
	case n.Kind == Mobile && len(d) == 11:
		d = d[:3] + " " + d[3:7] + " " + d[7:]
	case n.Kind == Service && len(d) == 10:
		d = d[:3] + "-" + d[3:6] + "-" + d[6:]
	}
	if n.Ext != "" {
		d += " 转 " + n.Ext
	}
	return d
}

// Masked is Display of a number that belongs to a person, with the middle hidden: 138 **** 5678.
func (n Number) Masked() string {
	d := n.National()
	if len(d) < 7 {
		return "****"
	}
	return d[:3] + " **** " + d[len(d)-4:]
}

// Tel returns the tel: address (RFC 3966). Service and short numbers carry no country code: they work inside China only.
func (n Number) Tel() string {
	s := "tel:" + n.Digits
	if n.Ext != "" {
		s += ";ext=" + n.Ext
	}
	return s
}

// National returns the digits as dialled inside China: landlines with the trunk zero, without the extension. Searching
// compares these.
func (n Number) National() string {
	rest, ok := strings.CutPrefix(n.Digits, countryCode)
	switch {
	case ok && n.Kind == Landline:
		return "0" + rest
	case ok:
		return rest
	}
	return n.Digits
}

// Format writes numbers into one cell so that Parse reads the same ones back: 订座：021-5772 1664、400-820-8820.
func Format(ns []Number) string {
	parts := make([]string, len(ns))
	for i, n := range ns {
		if parts[i] = n.Display(); n.Label != "" {
			parts[i] = n.Label + "：" + parts[i]
		}
	}
	return strings.Join(parts, "、")
}

// Check reports whether n is a number that Parse could have returned: it must read back as itself.
func (n Number) Check() error {
	if got, err := Parse(Format([]Number{n})); err == nil && len(got) == 1 && got[0] == n {
		return nil
	}
	return unreadable(n.Digits)
}
