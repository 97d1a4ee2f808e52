package listing

import (
	"time"

	"shangquan/services/calendar"
	"shangquan/services/hours"
)

// Item is one thing a page should say. WhyKey is the message that says what a customer misses without it.
type Item struct {
	Field  string
	Done   bool
	WhyKey string
}

// holidaysAhead is how many days ahead a public holiday is asked about.
const holidaysAhead = 30

// Completeness returns what a page should say, in the order a customer needs it, and what of it is there (M24).
func Completeness(l *Listing, cal *calendar.Calendar, now time.Time) []Item {
	return []Item{
		{"hours", l.Hours.Known && !Stale(l, now), "listing.why.hours"},
		{"special", l.Hours.Known && answered(l.Hours, cal, calendar.Today(now)), "listing.why.special"},
		{"phones", len(l.PublicPhones()) > 0, "listing.why.phones"},
		{"address", l.Address.Line != "" && (l.Location != nil || l.Address.PlazaID != ""), "listing.why.address"},
		{"photos", len(l.Photos) > 0, "listing.why.photos"},
		{"goods", len(l.Goods)+len(l.Prices) > 0, "listing.why.goods"},
		{"description", !l.Description.IsZero(), "listing.why.text"},
		{"tag_ids", len(l.TagIDs) > 0, "listing.why.tags"},
		{"payments", len(l.Payments) > 0, "listing.why.payments"},
		{"name.en", l.Name.En != "", "listing.why.english"},
	}
}

// answered reports whether the shop has said what holds on every public holiday ahead.
func answered(h hours.Hours, cal *calendar.Calendar, today calendar.Date) bool {
	for d := today; d < today+holidaysAhead; d++ {
		if hours.DayOf(h, cal, d).Unanswered {
			return false
		}
	}
	return true
}
