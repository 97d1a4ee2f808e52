package notice

import (
	"fmt"
	"time"

	"shangquan/services/audit"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// kindReceipt names receipts in the trail.
const kindReceipt = "receipt"

// Standing is how far a shop has come with the version that is public.
type Standing string

// The standings.
const (
	Unopened  Standing = "unopened"
	Opened    Standing = "opened"
	Confirmed Standing = "confirmed" // by somebody of the shop
	Phoned    Standing = "phoned"    // told by telephone, and understood
)

// Group is what the ledger is sorted and counted by.
type Group string

// The groups, in the order of the ledger.
const (
	NeedsHelp Group = "help"
	Waiting   Group = "waiting" // asked, not confirmed
	Told      Group = "told"    // nothing is asked of it
	Done      Group = "done"    // confirmed, or phoned
	Gone      Group = "gone"    // closed, or moved out of the audience
)

// Groups lists the groups in the order of the ledger.
var Groups = []Group{NeedsHelp, Waiting, Told, Done, Gone}

// Way is how a shop confirmed.
type Way string

// The ways.
const (
	ByPage  Way = "page"
	ByLink  Way = "link" // the one in a message, without signing in
	ByPhone Way = "phone"
)

// Receipt is a receipt 回执: the row of one shop in the ledger of one notice. Its id is made of both, so that there is one.
type Receipt struct {
	store.Meta
	audit.Trail
	NoticeID  string `json:"notice_id"`
	ListingID string `json:"listing_id"`
	// PostedAt is when the notice became public first; the inbox of a shop is in this order.
	PostedAt time.Time `json:"posted_at"`
	// Name and Door are the shop's as they were when the row was written last: what was asked stays readable after it has moved.
	Name lang.Text `json:"name"`
	Door string    `json:"door"` // see doorOf
	// Version is the version State is about; Asked says that it wants a confirmation.
	Version  int       `json:"version"`
	Asked    bool      `json:"asked"`
	State    Standing  `json:"state"`
	OpenedAt time.Time `json:"opened_at"`
	// At, By, NameBy and Way say when, by whom (account, name) and how it was confirmed; zero before. Who confirmed is what the ledger is for.
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	NameBy string    `json:"name_by"`
	Way    Way       `json:"way"`
	// Help is what somebody of the shop asked for, in their words. It may hold personal data; purpose: to help; retention: KeepHelp from
	// HelpedAt, or from the end of the notice.
	Help     string    `json:"help"`
	HelpAt   time.Time `json:"help_at"`   // zero: nobody asked
	HelpedAt time.Time `json:"helped_at"` // zero: not yet
	// LeftAt is since when the shop is no longer in the audience; zero: it is.
	LeftAt time.Time `json:"left_at"`
	// Reminded counts the messages about this version, RemindedAt is when the last one left, or when nobody could be reached.
	Reminded    int       `json:"reminded"`
	RemindedAt  time.Time `json:"reminded_at"`
	Unreachable bool      `json:"unreachable"` // nobody of the shop has an account
	// Past are the confirmations of earlier versions, the oldest first.
	Past []Confirmation `json:"past"`
	// Group and Order follow from the rest: see settle.
	Group Group  `json:"group"`
	Order string `json:"order"`
	// EraseAt is when Help is forgotten; far away when there is nothing to forget.
	EraseAt time.Time `json:"erase_at"`
}

// Confirmation is a confirmation of a version that was replaced since.
type Confirmation struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Name    string    `json:"name"`
	Way     Way       `json:"way"`
}

// Limits of a receipt.
const (
	MaxHelp  = 200
	KeepHelp = 30 * 24 * time.Hour
)

func receiptID(noticeID, listingID string) string { return noticeID + "." + listingID }

func declareReceipts(db store.DB) *store.Collection[Receipt] {
	return store.NewCollection[Receipt](db, "notice_receipts",
		store.Index("notice_id", "order"), store.Index("notice_id", "group"), store.Index("notice_id", "reminded", "reminded_at"), store.Index("notice_id", "state"),
		store.Index("listing_id", "posted_at"), store.Index("erase_at"), store.Follow("audit"))
}

// newReceipt is the row of a shop that came into the audience of version v of a notice.
func newReceipt(n *Notice, c *Content, v int, l *listing.Listing) Receipt {
	r := Receipt{Meta: store.Meta{ID: receiptID(n.ID, l.ID)}, NoticeID: n.ID, ListingID: l.ID, PostedAt: n.PublicAt, Version: v, Asked: c.MustConfirm, State: Unopened, EraseAt: never}
	r.Name, r.Door = l.Name.Text, doorOf(l)
	r.settle()
	return r
}

// settled reports whether the version the row is about has been confirmed.
func (r *Receipt) settled() bool { return r.State == Confirmed || r.State == Phoned }

// settle makes Group and Order follow from the rest.
func (r *Receipt) settle() {
	switch {
	case !r.LeftAt.IsZero():
		r.Group = Gone
	case !r.HelpAt.IsZero() && r.HelpedAt.IsZero():
		r.Group = NeedsHelp
	case r.settled():
		r.Group = Done
	case r.Asked:
		r.Group = Waiting
	default:
		r.Group = Told
	}
	for i, g := range Groups {
		if g == r.Group {
			r.Order = fmt.Sprintf("%d %s", i, r.Door)
		}
	}
}

// follow brings the row up to version v of the notice and to the shop as it is, nil for one that is not in the audience, and reports whether
// that changed anything. What was confirmed of an earlier version is kept as past, and asked for anew.
func (r *Receipt) follow(c *Content, v int, l *listing.Listing, now time.Time) bool {
	was := *r
	if r.Version != v {
		if r.settled() {
			r.Past = append(r.Past, Confirmation{Version: r.Version, At: r.At, By: r.By, Name: r.NameBy, Way: r.Way})
		}
		r.Version, r.State, r.OpenedAt, r.At, r.By, r.NameBy, r.Way, r.Reminded, r.RemindedAt = v, Unopened, time.Time{}, time.Time{}, "", "", "", 0, time.Time{}
	}
	r.Asked = c.MustConfirm
	switch {
	case l == nil && r.LeftAt.IsZero():
		r.LeftAt = now
	case l != nil:
		r.LeftAt, r.Name, r.Door = time.Time{}, l.Name.Text, doorOf(l)
	}
	r.settle()
	return r.Version != was.Version || r.Asked != was.Asked || r.LeftAt != was.LeftAt || r.Name != was.Name || r.Door != was.Door || r.Order != was.Order
}

// doorOf orders shops as one walks: streets by id, on a street up the house numbers, in plazas floor by floor.
func doorOf(l *listing.Listing) string {
	a := &l.Address
	if a.PlazaID != "" {
		level := a.Level + 1000
		if a.Level == 0 {
			level = 9999
		}
		return fmt.Sprintf("2 %s %04d %s", a.PlazaID, level, a.Unit)
	}
	h := houseOf(l)
	first := h.Number
	if h.Lane > 0 {
		first = h.Lane
	}
	if first == 0 {
		first = 999_999
	}
	return fmt.Sprintf("1 %s %06d %06d %s", a.StreetID, first, h.Number, h.Suffix)
}
