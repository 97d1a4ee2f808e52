// Package listing holds the public page of one shop: what it says, the states it passes through, and who may see it.
package listing

import (
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// State is where a listing stands in its life.
type State string

// The states: draft → submitted → published ⇄ suspended; published → closed; any but published → archived.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Published State = "published"
	Suspended State = "suspended" // taken from the public by the district
	Closed    State = "closed"    // the page stays, saying so: see Closure
	Archived  State = "archived"
)

// Listing is a listing 商户条目. Its zero values mean "not known", never "no".
type Listing struct {
	store.Meta
	audit.Trail
	// MerchantID is the merchant whose page this is; empty while nobody has claimed it. PlazaMay is the merchant's leave for the
	// operator of its plaza to edit, too.
	MerchantID string `json:"merchant_id"`
	PlazaMay   bool   `json:"plaza_may"`

	Code  string `json:"code"` // shop code, unique: what imports match and posters point to (/s/CODE)
	Slug  string `json:"slug"` // unique, ^[a-z0-9-]+$, the page's address
	State State  `json:"state"`

	Name    Name     `json:"name"`
	Aliases []string `json:"aliases"` // old names, nicknames, company name

	CategoryID string   `json:"category_id"`
	FormatID   string   `json:"format_id"`
	Goods      []string `json:"goods"` // goods and services, as people would ask for them
	Prices     []Price  `json:"prices"`
	// Spend is what one person usually spends at one visit, in yuan; 0: not said. See PriceLevel.
	Spend  int      `json:"spend"`
	TagIDs []string `json:"tag_ids"`
	Marks  []Mark   `json:"marks"`
	// Plaque is what its owner shows of a sign of honour; nil: none.
	Plaque *Plaque `json:"plaque,omitempty"`

	Address  Address       `json:"address"`
	Location *geo.Location `json:"location,omitempty"`

	// Phones are all numbers the district knows; a visitor sees PublicPhones.
	Phones   []phone.Number `json:"phones"`
	Consents []Consent      `json:"consents"`
	Hours    hours.Hours    `json:"hours"`
	// ExtraHours are the times of breakfast, delivery and the like, each kind once, in the order of hours.ExtraKinds.
	ExtraHours  []hours.Extra `json:"extra_hours,omitempty"`
	Description lang.Text     `json:"description,omitzero"`
	Photos      []media.Photo `json:"photos"` // the first is the cover
	// Hidden are the photos the district took from the page, until the shop has read why.
	Hidden   []Hiding `json:"hidden,omitempty"`
	Website  string   `json:"website"`
	Payments []string `json:"payments"`

	Closure *Closure `json:"closure,omitempty"`
	// Turns are its openings, moves and closings, in the order they were written down. SeenOpenOn is the day a new shop was seen open,
	// YYYY-MM-DD, for when it is published.
	Turns      []Turn `json:"turns"`
	SeenOpenOn string `json:"seen_open_on,omitempty"`
	// News is what neighbours want to hear of it, the newest last; at most ten.
	News   []News  `json:"news,omitempty"`
	Merged *Merged `json:"merged,omitempty"` // only of archived ones

	Popularity int       `json:"popularity"`
	Confirmed  Confirmed `json:"confirmed"`
	Source     Source    `json:"source"`

	// What is known to those who edit and review only, see ForPublic.
	Proposal   *Proposal `json:"proposal,omitempty"`
	WaitsSince time.Time `json:"waits_since"` // Proposal.At, for the order of the queue; zero when nothing waits
	Returned   *Returned `json:"returned,omitempty"`
	Watch      Watch     `json:"watch"`
	Looks      Looks     `json:"looks"`
}

// Thing is what permission is asked for.
func (l *Listing) Thing() access.Thing {
	return access.Thing{
		Kind: Kind, ID: l.ID, ListingID: l.ID, MerchantID: l.MerchantID, PlazaID: l.Address.PlazaID, PlazaMay: l.PlazaMay,
	}
}

// Kind names listings in the audit trail and in questions of permission.
const Kind = "listing"

// Name is a shop's name in three scripts.
type Name struct {
	lang.Text
	// Pinyin overrides the computed reading where a character has two (重庆 chongqing); syllables separated by spaces.
	Pinyin string `json:"pinyin,omitempty"`
	// SortKey orders lists; Normalise computes it from Pinyin or the name.
	SortKey string `json:"sort_key"`
}

// Address is where the shop is. The ids are there only where the place is in the register.
type Address struct {
	Line     string `json:"line"` // as written, without the city: "中山中路 218 号"; empty where only the position is known
	StreetID string `json:"street_id"`
	House    string `json:"house"` // "218", "218弄3号", without 号 at the end
	PlazaID  string `json:"plaza_id"`
	Level    int    `json:"level"` // floor of the plaza; 0 unknown
	Unit     string `json:"unit"`  // unit number, "1F-06"
	UnitID   string `json:"unit_id"`
	Hint     string `json:"hint"` // how to find it: "谷阳路口往西 80 米"
	Postcode string `json:"postcode"`
}

// Mark is a mark 标识 with its evidence. It is shown only while Shown reports true.
type Mark struct {
	Kind        string `json:"kind"`  // "heritage"
	Level       string `json:"level"` // "china", "shanghai", "district"
	Certificate string `json:"certificate,omitempty"`
	Issuer      string `json:"issuer,omitempty"`
	Founded     int    `json:"founded,omitempty"` // year; 0 not known
	ReviewOn    string `json:"review_on,omitempty"`
	Evidence    string `json:"evidence,omitempty"` // address or title of the source
}

// ClosureKind says how a closed listing is closed.
type ClosureKind string

// The kinds of closure.
const (
	Moved  ClosureKind = "moved"  // 已迁出
	Ceased ClosureKind = "ceased" // 已停业
)

// Price is a good or a service with what it costs.
type Price struct {
	Name   lang.Text `json:"name"`
	Amount int       `json:"amount"`          // in fen, hundredths of a yuan; 0: to be asked for
	Unit   string    `json:"unit,omitempty"`  // "份", "小时"; empty: each
	Until  string    `json:"until,omitempty"` // last day it holds, YYYY-MM-DD; empty: until it is changed
	Note   string    `json:"note,omitempty"`  // conditions
}

// Holds reports whether the price may still be shown on a day, YYYY-MM-DD.
func (p *Price) Holds(day string) bool { return p.Until == "" || day <= p.Until }

// Closure is why and since when a listing is closed for good. Temporary closing belongs to the hours.
type Closure struct {
	Kind      ClosureKind `json:"kind"`
	On        string      `json:"on"`         // YYYY-MM-DD
	ForwardTo string      `json:"forward_to"` // new address in words
	ForwardID string      `json:"forward_id"` // the new listing, when it is ours too
}

// Confirmed says when the facts were last looked at, and by whom.
type Confirmed struct {
	On string `json:"on"` // YYYY-MM-DD, empty: never by anybody of the district
	By string `json:"by"` // one of Confirmers; empty: nobody
}

// Source is where the facts came from before anybody of the district confirmed them.
type Source struct {
	ID       string `json:"id"`       // key of the list of sources, "SRC-BANK"
	Ref      string `json:"ref"`      // the source's own record id
	Observed string `json:"observed"` // year of the source, "2019", "c.2016"
	Note     string `json:"note"`
}
