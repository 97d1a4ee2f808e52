package hours

import (
	"encoding/json"
	"errors"
	"slices"

	"shangquan/services/calendar"
	"shangquan/services/fault"
)

// ExtraKind names what a shop does at times of its own.
type ExtraKind string

// The kinds of extra hours, as people are shown them.
const (
	Breakfast ExtraKind = "breakfast" // 早餐
	Lunch     ExtraKind = "lunch"     // 午市
	Delivery  ExtraKind = "delivery"  // 外卖
	Entry     ExtraKind = "entry"     // 点单、入场: the end of a span is the last order or the last entry
)

// ExtraKinds are all kinds, in the order of a page.
var ExtraKinds = []ExtraKind{Breakfast, Lunch, Delivery, Entry}

// Extra is the week of one thing that a shop does at times of its own. It never makes a shop count as open.
type Extra struct {
	Kind ExtraKind `json:"kind"`
	// Week and ByClass are as those of Hours; special days and the pause are the shop's.
	Week    [7][]Span         `json:"week"`
	ByClass map[string][]Span `json:"by_class,omitempty"`
}

// MarshalJSON writes empty lists where Go has nil ones, as Hours does.
func (x Extra) MarshalJSON() ([]byte, error) {
	type plain Extra
	p := plain(x)
	p.Week, p.ByClass = written(x.Week, x.ByClass)
	return json.Marshal(p)
}

// ExtraOf returns the extra hours of a kind; false: the shop has none.
func ExtraOf(list []Extra, kind ExtraKind) (Extra, bool) {
	for _, x := range list {
		if x.Kind == kind {
			return x, true
		}
	}
	return Extra{Kind: kind}, false
}

// PutExtra returns the list with x instead of what it has of this kind.
func PutExtra(list []Extra, x Extra) []Extra {
	out := slices.DeleteFunc(slices.Clone(list), func(o Extra) bool { return o.Kind == x.Kind })
	return SortExtras(append(out, x))
}

// SortExtras returns the list in the order of ExtraKinds, without those that are on no day; never nil.
func SortExtras(list []Extra) []Extra {
	out := []Extra{}
	for _, x := range list {
		if !x.never() {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Extra) int { return slices.Index(ExtraKinds, a.Kind) - slices.Index(ExtraKinds, b.Kind) })
	return out
}

// never reports whether x is on no day at all.
func (x *Extra) never() bool {
	for _, spans := range x.Week {
		if len(spans) > 0 {
			return false
		}
	}
	for _, spans := range x.ByClass {
		if len(spans) > 0 {
			return false
		}
	}
	return true
}

// Weekly returns x as hours of an ordinary week, without what the shop says of single days.
func (x *Extra) Weekly() Hours { return Hours{Known: true, Week: x.Week, ByClass: x.ByClass} }

// Within returns x as hours beside those of its shop: nothing where a special day, a class of days or the pause closes the shop, and
// only what lies within the shop's times on a special day with other times than usual. A day on which the shop does 照常 is like any
// other, and so is a week on which nothing special holds: delivery may go on when the door is shut.
func (x *Extra) Within(shop Hours, cal *calendar.Calendar) Hours {
	out := x.Weekly()
	if shop.Known {
		out.ByClass = map[string][]Span{}
		for class, spans := range x.ByClass {
			out.ByClass[class] = spans
		}
		for class, spans := range shop.ByClass {
			if len(spans) == 0 {
				out.ByClass[class] = []Span{}
			}
		}
	}
	usual, mine := prepare(shop.ordinarily(), cal), prepare(out, cal)
	for _, s := range shop.Special {
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 != nil || err2 != nil || !shop.Known {
			continue
		}
		for d := from; d <= min(to, from+MaxSpecialDays); d++ {
			next := Special{From: d.String(), To: d.String(), Spans: []Span{}, Note: s.Note}
			switch {
			case len(s.Spans) == 0:
			case slices.Equal(s.Spans, usual.day(d).Spans):
				next.Spans = mine.day(d).Spans
			default:
				next.Spans = common(mine.day(d).Spans, s.Spans)
			}
			if n := len(out.Special); n > 0 && out.Special[n-1].To == (d-1).String() && out.Special[n-1].Note == next.Note && slices.Equal(out.Special[n-1].Spans, next.Spans) {
				out.Special[n-1].To = next.To
				continue
			}
			out.Special = append(out.Special, next)
		}
	}
	out.Pause = shop.Pause
	return out
}

// common returns what two lists of spans have in common, never nil.
func common(a, b []Span) []Span {
	out := []Span{}
	for _, x := range a {
		for _, y := range b {
			if from, to := max(x.Open, y.Open), min(x.Close, y.Close); from < to {
				out = append(out, Span{from, to})
			}
		}
	}
	return out
}

// ValidateExtras checks extra hours before they are stored: kinds that are known and there once, and weeks as those of Validate, with
// its keys. The fields are named extra_hours, and extra_hours.week.0 …
func ValidateExtras(extras []Extra) error {
	var wrong []fault.Field
	seen := map[ExtraKind]bool{}
	for i := range extras {
		x := &extras[i]
		if !slices.Contains(ExtraKinds, x.Kind) || seen[x.Kind] {
			wrong = append(wrong, fault.Field{Name: "extra_hours", Key: "error.choice"})
		}
		seen[x.Kind] = true
		if f, ok := errors.AsType[*fault.Error](Validate(x.Weekly())); ok {
			for _, field := range f.Fields {
				field.Name = "extra_hours." + field.Name
				wrong = append(wrong, field)
			}
		}
	}
	return fault.Wrongs(wrong)
}
