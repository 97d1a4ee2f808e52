// Package phone reads telephone numbers as shops write them and says how to show, dial and compare them.
package phone

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
