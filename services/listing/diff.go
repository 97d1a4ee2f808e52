package listing

import "shangquan/services/hours"

// FieldDiff is one thing that two listings say differently, in the terms of a page: "name.en", "hours.special", "address.hint".
// Before and After have the type of the field.
type FieldDiff struct {
	Path          string
	Before, After any
}

// Clash is one thing that was changed since both editors read it, by one of them or by both.
type Clash struct {
	Path               string
	Base, Mine, Theirs any
	ByMe, ByThem       bool
}

// Both reports whether the two want different things.
func (c *Clash) Both() bool { return c.ByMe && c.ByThem && !sameValue(c.Mine, c.Theirs) }

// part is the smallest thing a page words.
type part struct {
	path  string
	value func(*Listing) any
}

// parts are everything a listing says, in the order of a page.
var parts = []part{
	{"state", func(l *Listing) any { return l.State }},
	{"name.hans", func(l *Listing) any { return l.Name.Hans }},
	{"name.hant", func(l *Listing) any { return l.Name.Hant }},
	{"name.en", func(l *Listing) any { return l.Name.En }},
	{"name.pinyin", func(l *Listing) any { return l.Name.Pinyin }},
	{"aliases", func(l *Listing) any { return l.Aliases }},
	{"category_id", func(l *Listing) any { return l.CategoryID }},
	{"format_id", func(l *Listing) any { return l.FormatID }},
	{"address.line", func(l *Listing) any { return l.Address.Line }},
	{"address.street_id", func(l *Listing) any { return l.Address.StreetID }},
	{"address.house", func(l *Listing) any { return l.Address.House }},
	{"address.plaza_id", func(l *Listing) any { return l.Address.PlazaID }},
	{"address.level", func(l *Listing) any { return l.Address.Level }},
	{"address.unit", func(l *Listing) any { return l.Address.Unit }},
	{"address.unit_id", func(l *Listing) any { return l.Address.UnitID }},
	{"address.postcode", func(l *Listing) any { return l.Address.Postcode }},
	{"address.hint", func(l *Listing) any { return l.Address.Hint }},
	{"location", func(l *Listing) any { return l.Location }},
	{"marks", func(l *Listing) any { return l.Marks }},
	{"closure", func(l *Listing) any { return l.Closure }},
	{"hours.known", func(l *Listing) any { return l.Hours.Known }},
	{"hours.week", func(l *Listing) any { return l.Hours.Week }},
	{"hours.by_class", func(l *Listing) any { return l.Hours.ByClass }},
	{"hours.special", func(l *Listing) any { return l.Hours.Special }},
	{"hours.pause", func(l *Listing) any { return l.Hours.Pause }},
	{"hours.text", func(l *Listing) any { return l.Hours.Text }},
	{"extra_hours", func(l *Listing) any { return l.ExtraHours }},
	{"phones", func(l *Listing) any { return l.Phones }},
	{"consents", func(l *Listing) any { return l.Consents }},
	{"website", func(l *Listing) any { return l.Website }},
	{"description.hans", func(l *Listing) any { return l.Description.Hans }},
	{"description.hant", func(l *Listing) any { return l.Description.Hant }},
	{"description.en", func(l *Listing) any { return l.Description.En }},
	{"photos", func(l *Listing) any { return l.Photos }},
	{"hidden", func(l *Listing) any { return l.Hidden }},
	{"goods", func(l *Listing) any { return l.Goods }},
	{"prices", func(l *Listing) any { return l.Prices }},
	{"spend", func(l *Listing) any { return l.Spend }},
	{"tag_ids", func(l *Listing) any { return l.TagIDs }},
	{"payments", func(l *Listing) any { return l.Payments }},
	{"merchant_id", func(l *Listing) any { return l.MerchantID }},
	{"plaque", func(l *Listing) any { return l.Plaque }},
	{"plaza_may", func(l *Listing) any { return l.PlazaMay }},
	{"confirmed", func(l *Listing) any { return l.Confirmed }},
	{"proposal", func(l *Listing) any { return l.Proposal }},
	{"returned", func(l *Listing) any { return l.Returned }},
}

// Diff returns what b says otherwise than a, in the order of a page. What the program keeps for itself is left out.
func Diff(a, b Listing) []FieldDiff {
	out := []FieldDiff{}
	for _, p := range parts {
		if x, y := p.value(&a), p.value(&b); !alike(x, y) {
			out = append(out, FieldDiff{p.path, x, y})
		}
	}
	return out
}

// Compare sets two edits of base side by side, so that the second editor can see both and lose neither: what each of them
// changed, in the order of a page.
func Compare(base, mine, theirs Listing) []Clash {
	out := []Clash{}
	for _, p := range parts {
		c := Clash{Path: p.path, Base: p.value(&base), Mine: p.value(&mine), Theirs: p.value(&theirs)}
		c.ByMe, c.ByThem = !alike(c.Base, c.Mine), !alike(c.Base, c.Theirs)
		if c.ByMe || c.ByThem {
			out = append(out, c)
		}
	}
	return out
}

// alike compares as the store does, but does not care whether a list is empty, absent, or full of empty lists.
func alike(a, b any) bool {
	if x, ok := a.([7][]hours.Span); ok {
		y, ok := b.([7][]hours.Span)
		return ok && hours.Hours{Week: x}.Equal(hours.Hours{Week: y})
	}
	return sameValue(a, b)
}
