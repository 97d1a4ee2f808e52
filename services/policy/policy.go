// Package policy keeps cards of policies and services for shops 优惠政策与服务: who qualifies, what it is, until when, and where the
// authority says so itself. A card is shown to the shops it is for; whether one of them qualifies is decided by the authority and never here.
package policy

import (
	"cmp"
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Name is what the trail and reports call a card.
const Name = "policy"

// Kind is what a card is about.
type Kind string

// The kinds of cards.
const (
	Benefit Kind = "policy"  // 优惠政策: money, a reduction, a loan on better terms
	Help    Kind = "service" // 服务: somebody does something for shops
)

// Kinds lists the kinds in the order pages show them.
var Kinds = []Kind{Benefit, Help}

// Limits. Texts are in characters.
const (
	MaxTitle  = 40
	MaxText   = 400
	maxTarget = 40 // categories or formats of one card; who names more means everybody
	mostYears = 10 // how far away a deadline may be
	// SoonDays is how many days before its deadline a card is said to end soon, CheckDays how many after its last check it has to be looked at.
	SoonDays  = 14
	CheckDays = 90
	// most bounds the lists: a district has dozens.
	most = 1000
)

// Card is one policy or service.
type Card struct {
	store.Meta
	audit.Trail
	Kind  Kind      `json:"kind"`
	Title lang.Text `json:"title"`
	Who   lang.Text `json:"who"`  // who qualifies
	What  lang.Text `json:"what"` // what they get, and how
	// Deadline is the last day, YYYY-MM-DD; empty where there is none. After it the card is shown to nobody.
	Deadline string `json:"deadline,omitempty"`
	Link     string `json:"link"` // where the authority says so
	// CheckedOn is when a coordinator last compared the card with what the authority says.
	CheckedOn string `json:"checked_on"`
	// CategoryIDs and FormatIDs are the shops it is for; both empty: all. With both, a shop has to be of one of each.
	CategoryIDs []string `json:"category_ids"`
	FormatIDs   []string `json:"format_ids"`
	// Hidden is set while the district shows it to nobody.
	Hidden bool `json:"hidden,omitempty"`
}

// Ended reports whether the deadline is over on a day.
func (c *Card) Ended(today calendar.Date) bool {
	return c.Deadline != "" && c.Deadline < today.String()
}

// Live reports whether the card is shown on a day.
func (c *Card) Live(today calendar.Date) bool { return !c.Hidden && !c.Ended(today) }

// Left is how many days there are until the deadline, 0 on the day itself; false where it has none.
func (c *Card) Left(today calendar.Date) (int, bool) {
	end, err := calendar.ParseDate(c.Deadline)
	return int(end - today), err == nil
}

// Soon reports whether the card ends soon.
func (c *Card) Soon(today calendar.Date) bool {
	n, ends := c.Left(today)
	return ends && n >= 0 && n <= SoonDays
}

// ToCheck reports whether a card that is shown has to be compared again with what the authority says.
func (c *Card) ToCheck(today calendar.Date) bool {
	day, err := calendar.ParseDate(c.CheckedOn)
	return c.Live(today) && (err != nil || today-day > CheckDays)
}

// Fits reports whether the card is for a shop. What nobody has said of a shop leaves it out of nothing: rather one card too many.
func (c *Card) Fits(l *listing.Listing, words *taxonomy.Table) bool {
	category := func(id string) string {
		if x, ok := words.Category(id); ok { // also a former one, as what it has become
			return x.ID
		}
		return id
	}
	own := category(l.CategoryID)
	return (len(c.CategoryIDs) == 0 || own == "" || slices.ContainsFunc(c.CategoryIDs, func(id string) bool { return category(id) == own })) &&
		(len(c.FormatIDs) == 0 || l.FormatID == "" || slices.Contains(c.FormatIDs, l.FormatID))
}

// bySoonest orders by the deadline, what has none last.
func bySoonest(a, b Card) int {
	const never = "9999"
	return cmp.Or(cmp.Compare(cmp.Or(a.Deadline, never), cmp.Or(b.Deadline, never)), cmp.Compare(lang.SortKey(a.Title.Hans, ""), lang.SortKey(b.Title.Hans, "")))
}

// read brings what somebody typed into its stored form: fault.Invalid names the fields. was is the card as it is stored, empty for a new one.
func (c *Card) read(was *Card, words *taxonomy.Table, link func(string) (string, bool), now time.Time) error {
	c.Title, c.Who, c.What = c.Title.Clean(), c.Who.Clean(), c.What.Clean()
	var wrong []fault.Field
	for _, x := range []struct {
		name  string
		text  lang.Text
		limit lang.Limit
	}{
		{"title", c.Title, lang.Limit{Max: MaxTitle, Must: true}},
		{"who", c.Who, lang.Limit{Max: MaxText, Must: true, Prose: true}},
		{"what", c.What, lang.Limit{Max: MaxText, Must: true, Prose: true}},
	} {
		wrong = append(wrong, x.limit.CheckText(x.name, x.text)...)
		wrong = append(wrong, phone.NoMobile(x.name, x.text.All()...)...)
	}
	if !slices.Contains(Kinds, c.Kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	today := now.Format(time.DateOnly)
	switch _, err := time.Parse(time.DateOnly, c.Deadline); {
	case c.Deadline == "" || c.Deadline == was.Deadline:
	case err != nil || c.Deadline > now.AddDate(mostYears, 0, 0).Format(time.DateOnly):
		wrong = append(wrong, fault.Field{Name: "deadline", Key: "error.date"})
	case c.Deadline < today:
		wrong = append(wrong, fault.Field{Name: "deadline", Key: "policy.wrong.past"})
	}
	if to, ok := link(c.Link); ok {
		c.Link = to
	} else {
		wrong = append(wrong, fault.Field{Name: "link", Key: "policy.wrong.link"})
	}
	c.CategoryIDs, c.FormatIDs = tidy(c.CategoryIDs), tidy(c.FormatIDs)
	for _, x := range []struct {
		name, axis string
		ids, had   []string
	}{{"categories", "category", c.CategoryIDs, was.CategoryIDs}, {"formats", "format", c.FormatIDs, was.FormatIDs}} {
		if len(x.ids) > maxTarget {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "error.list.long", Args: map[string]any{"Max": maxTarget}})
		}
		// What the district has stopped offering since stays with who has it.
		if slices.ContainsFunc(x.ids, func(id string) bool { return !words.Offered(x.axis, id) && !slices.Contains(x.had, id) }) {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "error.choice"})
		}
	}
	return fault.Wrongs(wrong)
}

// tidy returns ids in one order, each once.
func tidy(ids []string) []string {
	out := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	slices.Sort(out)
	return append([]string{}, slices.Compact(out)...)
}
