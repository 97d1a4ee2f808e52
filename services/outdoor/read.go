package outdoor

import (
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

// Limits. Texts are in characters.
const (
	MaxName       = 40
	MaxWords      = 300
	MaxLine       = 60
	MaxHours      = 60
	MaxComplaints = 60
	MaxWhy        = 200
	// MaxYears is how long a decision may hold: what is allowed for ever is no matter of a term.
	MaxYears = 3
	// mostTerms bounds how often an area is renewed, most how many areas there are.
	mostTerms = 40
	most      = 1000
)

// read brings what somebody typed into its stored form and returns what is wrong with it. Where there is no position, that of the shop is
// taken.
func (f *Facts) read() []fault.Field {
	f.Name, f.Words = f.Name.Clean(), f.Words.Clean()
	f.Typed, f.Complaints = lang.Clean(f.Typed), lang.Clean(f.Complaints)
	wrong := (lang.Limit{Max: MaxName, Must: true}).CheckText("name", f.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxWords, Prose: true}).CheckText("words", f.Words)...)
	wrong = append(wrong, (lang.Limit{Max: MaxComplaints, Must: true}).Check("complaints", f.Complaints)...)
	wrong = append(wrong, phone.NoMobile("name", f.Name.All()...)...)
	wrong = append(wrong, phone.NoMobile("words", f.Words.All()...)...)
	wrong = append(wrong, phone.NoMobile("complaints", f.Complaints)...)
	if !slices.Contains(Kinds, f.Kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if f.StreetID == "" && f.ListingID == "" {
		wrong = append(wrong, fault.Field{Name: "street", Key: "outdoor.wrong.place"})
	}
	if !f.Location.Valid() || !f.Location.Source.Known() {
		wrong = append(wrong, fault.Field{Name: "location", Key: "outdoor.wrong.location"})
	}
	var ok bool
	if f.Hours, ok = typedHours(f.Typed); !ok {
		wrong = append(wrong, fault.Field{Name: "hours", Key: "outdoor.wrong.hours"})
	}
	chosen := []Condition{}
	for _, x := range Standard {
		if slices.Contains(f.Conditions, x) {
			chosen = append(chosen, x)
		}
	}
	if len(chosen) != len(f.Conditions) {
		wrong = append(wrong, fault.Field{Name: "conditions", Key: "error.choice"})
	}
	f.Conditions = chosen
	return wrong
}

// typedHours reads hours as merchants write them or as OpenStreetMap does.
func typedHours(text string) (hours.Hours, bool) {
	if text == "" || len([]rune(text)) > MaxHours {
		return hours.Hours{}, false
	}
	h, err := hours.ParseChinese(text)
	if err != nil {
		h, err = hours.ParseOSM(text)
	}
	return h, err == nil && h.Known
}

// read brings a decision into its stored form and returns what is wrong with it: it has a first and a last day, who decided and under
// which number. before is the decision it follows, nil for none; was the one it corrects, nil for a new one, whose last day is ahead.
func (t *Term) read(before, was *Term, today calendar.Date) []fault.Field {
	t.Authority, t.Number = t.Authority.Clean(), lang.Clean(t.Number)
	wrong := (lang.Limit{Max: MaxLine, Must: true}).CheckText("authority", t.Authority)
	wrong = append(wrong, (lang.Limit{Max: MaxLine, Must: true}).Check("number", t.Number)...)
	wrong = append(wrong, phone.NoMobile("authority", t.Authority.All()...)...)
	from, noFrom := time.Parse(time.DateOnly, t.From)
	until, noUntil := time.Parse(time.DateOnly, t.Until)
	add := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	switch {
	case noFrom != nil:
		add("from", "error.date")
	case before != nil && t.From <= before.end():
		add("from", "outdoor.wrong.overlap")
	}
	switch {
	case noUntil != nil:
		add("until", "error.date")
	case noFrom != nil:
	case t.Until < t.From:
		add("until", "outdoor.wrong.order")
	case until.After(from.AddDate(MaxYears, 0, 0)):
		wrong = append(wrong, fault.Field{Name: "until", Key: "outdoor.wrong.long", Args: map[string]any{"Years": MaxYears}})
	case t.Until < today.String() && (was == nil || t.Until != was.Until):
		add("until", "outdoor.wrong.past")
	}
	return wrong
}

// end is the last day on which a decision holds.
func (t *Term) end() string {
	if day, err := calendar.ParseDate(t.EndedOn); err == nil {
		return (day - 1).String()
	}
	return t.Until
}
