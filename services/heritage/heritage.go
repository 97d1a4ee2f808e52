// Package heritage decides whether a shop bears the mark of an old established shop 老字号: its owner says so with evidence, a coordinator
// checks it and puts it on the shop's page, and it goes by itself when its review is overdue. What no record says is on no page: see
// Service.Settle. The years of a shop are told with a source for every entry.
package heritage

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Kind is what the mark is called in the listing.
const Kind = "heritage"

// State is how far a mark is.
type State string

// The states: claimed → checked → shown → confirmed or conditional at each review; returned and withdrawn, after which it may be claimed
// anew. Review due is no state but a day, see Record.Due.
const (
	Claimed     State = "claimed"
	Checked     State = "checked"
	Shown       State = "shown"
	Confirmed   State = "confirmed"
	Conditional State = "conditional"
	Returned    State = "returned"
	Withdrawn   State = "withdrawn"
)

// States lists the states, what waits for the district first.
var States = []State{Claimed, Checked, Shown, Conditional, Confirmed, Returned, Withdrawn}

// Levels are who recognised the shop: the Ministry of Commerce, Shanghai, the district.
var Levels = []string{"china", "shanghai", "district"}

// Limits. Texts are in characters.
const (
	MaxLine    = 60
	MaxText    = 200
	MaxReason  = 200
	MaxEntries = 30
	firstYear  = 1000
	// Minimum is how old a shop must be for a mark of Shanghai or of the country, in years (Shanghai's rules for 上海老字号: 50).
	Minimum = 50
	// Before is how many days before its end a review is due.
	Before = 60
	// namedYears is after how many years the mark of a shop that is only named is reviewed: a rule of this site, of no authority.
	namedYears = 1
	namedLevel = "district"
	// mostYears bounds how far away a review may be.
	mostYears = 10
	// most bounds the lists: there are a handful of such shops.
	most = 200
)

// Record is the mark of one shop.
type Record struct {
	store.Meta
	audit.Trail
	ListingID string `json:"listing_id"`
	// Homes are the pages it was on before they were merged into the one after, the latest last.
	Homes      []string `json:"homes,omitempty"`
	MerchantID string   `json:"merchant_id"`
	Shop       string   `json:"shop"`
	State      State    `json:"state"`
	Claim      Claim    `json:"claim"`
	// Named is the list in which the district itself names the shop, where that is all that is known: no certificate, no years. It stays
	// on the page while a claim waits, and until its own review. See Service.Name.
	Named string `json:"named,omitempty"`
	// Authors are the accounts that wrote the claim or corrected it; none of them checks it, shows it or lets it pass a review.
	Authors []string `json:"authors,omitempty"`
	// Evidence is the picture of the certificate, sealed; the district and who sent it see it.
	Evidence *media.Evidence `json:"evidence,omitempty"`
	ReviewOn string          `json:"review_on,omitempty"` // YYYY-MM-DD; after it the badge is gone
	// Condition is what the shop must do until the next review; Reason why it was returned or withdrawn.
	Condition string  `json:"condition,omitempty"`
	Reason    string  `json:"reason,omitempty"`
	Timeline  []Entry `json:"timeline"`
}

// Claim is what is said of a shop.
type Claim struct {
	Level       string `json:"level"`
	Certificate string `json:"certificate"`
	Issuer      string `json:"issuer"`
	Founded     int    `json:"founded"`    // year; 0 only where the shop is named and nothing else is known
	Recognised  int    `json:"recognised"` // year; 0 likewise
	Words       string `json:"words"`      // what is special about its craft
}

// Entry is one year of a shop's history. Without a source there is none.
type Entry struct {
	Year   int       `json:"year"`
	Text   lang.Text `json:"text"`
	Source string    `json:"source"` // title and page of a book, address of an archive
}

// Borne reports whether the badge is on the page in this state, shown until the day of its review.
func (s State) Borne() bool { return s == Shown || s == Confirmed || s == Conditional }

// Bears reports whether the badge may be shown on a day, YYYY-MM-DD.
func (r *Record) Bears(today string) bool {
	return markOf(r) != nil && today <= r.ReviewOn
}

// Claimable reports whether its owner may say with evidence that the shop bears the mark: also of one that is only named.
func (r *Record) Claimable() bool {
	return r.State != Checked && (!r.State.Borne() || r.Named != "")
}

// InForce is what is said of a shop and is no wish of its owner only: of one that is named, that it is, whatever waits or was returned.
func (r *Record) InForce() Claim {
	if r.Named != "" {
		return Claim{Level: namedLevel}
	}
	return r.Claim
}

// MayDecide reports whether an account may check the claim, show the mark or let it pass a review: somebody who did not write it, nor sent
// its evidence.
func (r *Record) MayDecide(accountID string) bool {
	return !slices.Contains(r.Authors, accountID) && (r.Evidence == nil || accountID == "" || r.Evidence.By != accountID)
}

// Due reports whether the review is due on a day, and whether it is overdue and the badge therefore gone.
func (r *Record) Due(now time.Time) (due, over bool) {
	if !r.State.Borne() {
		return false, false
	}
	return now.AddDate(0, 0, Before).Format(time.DateOnly) >= r.ReviewOn, now.Format(time.DateOnly) > r.ReviewOn
}

func (c *Claim) read(now time.Time) error {
	c.Certificate, c.Issuer, c.Words = lang.Clean(c.Certificate), lang.Clean(c.Issuer), lang.Clean(c.Words)
	wrong := (lang.Limit{Max: MaxLine, Must: c.Level != "district"}).Check("certificate", c.Certificate)
	wrong = append(wrong, (lang.Limit{Max: MaxLine, Must: true}).Check("issuer", c.Issuer)...)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Must: true, Prose: true}).Check("words", c.Words)...)
	wrong = append(wrong, phone.NoMobile("words", c.Words)...)
	if !slices.Contains(Levels, c.Level) {
		wrong = append(wrong, fault.Field{Name: "level", Key: "error.choice"})
	}
	year := now.Year()
	switch {
	case c.Founded < firstYear || c.Founded > year:
		wrong = append(wrong, fault.Field{Name: "founded", Key: "heritage.wrong.year"})
	case c.Level != "district" && year-c.Founded < Minimum:
		wrong = append(wrong, fault.Field{Name: "founded", Key: "heritage.wrong.young", Args: map[string]any{"N": Minimum}})
	}
	if c.Recognised < c.Founded || c.Recognised > year {
		wrong = append(wrong, fault.Field{Name: "recognised", Key: "heritage.wrong.recognised"})
	}
	return fault.Wrongs(wrong)
}

func (e *Entry) read(now time.Time) error {
	e.Source = lang.Clean(e.Source)
	e.Text = e.Text.Clean()
	wrong := (lang.Limit{Max: MaxText, Must: true, Prose: true}).CheckText("text", e.Text)
	wrong = append(wrong, phone.NoMobile("text", e.Text.All()...)...)
	wrong = append(wrong, phone.NoMobile("source", e.Source)...)
	if e.Source == "" {
		wrong = append(wrong, fault.Field{Name: "source", Key: "heritage.wrong.source"})
	}
	wrong = append(wrong, (lang.Limit{Max: MaxText}).Check("source", e.Source)...)
	if e.Year < firstYear || e.Year > now.Year() {
		wrong = append(wrong, fault.Field{Name: "year", Key: "heritage.wrong.year"})
	}
	return fault.Wrongs(wrong)
}
