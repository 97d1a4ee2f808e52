// Package post holds what a shop, a street or a plaza tells for a while: news, offers and events. A post ends by itself: whether
// it is shown is a pure function of its dates and the day.
package post

import (
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// Kind is what sort of post it is.
type Kind string

// The kinds of posts.
const (
	News  Kind = "news"
	Offer Kind = "offer" // says for whom and on what conditions
	Event Kind = "event"
)

// Kinds lists the kinds.
var Kinds = []Kind{News, Offer, Event}

// State is where a post stands.
type State string

// The states: draft → published → withdrawn or, by itself, ended.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
	Ended     State = "ended"
)

// Every is how often a post recurs.
type Every string

// The recurrences. Daily is every day from From to Until.
const (
	Daily   Every = ""
	Weekly  Every = "week"
	Monthly Every = "month"
)

// Repeat says on which days between From and Until a post holds.
type Repeat struct {
	Every Every `json:"every"`
	// Days are weekdays counted from Monday 0, or days of the month from 1; a month that has no such day is left out.
	Days []int `json:"days"`
}

// Post is a post 消息 of a shop, of an organisation, or of a street or plaza, which the district or the plaza writes.
type Post struct {
	store.Meta
	audit.Trail
	ListingID string `json:"listing_id"` // empty: an event of a street or plaza, see Held, or a post of an organisation
	// OrganisationID is the member of the joint meeting whose post it is, for residents nearby; empty: none's. See Benefits.
	OrganisationID string `json:"organisation_id"`
	// Homes are the shops it was moved from when pages were merged, the last one last: a merge that is undone gives it back.
	Homes []string `json:"homes,omitempty"`
	// The street, plaza, category and merchant of the shop when the post was written last; for lists and permission.
	StreetID   string `json:"street_id"`
	PlazaID    string `json:"plaza_id"`
	CategoryID string `json:"category_id"`
	MerchantID string `json:"merchant_id"`

	Kind       Kind      `json:"kind"`
	Title      lang.Text `json:"title"`
	Text       lang.Text `json:"text,omitzero"`
	Who        lang.Text `json:"who,omitzero"`        // for whom
	Conditions lang.Text `json:"conditions,omitzero"` // on what conditions

	// Areas are the neighbourhoods whose residents it is for, by id; empty: no one in particular, and of an organisation all residents. It stands on their page too.
	Areas []string `json:"areas,omitempty"`

	From   string `json:"from"`  // YYYY-MM-DD
	Until  string `json:"until"` // the last day, YYYY-MM-DD
	Repeat Repeat `json:"repeat"`
	// Times are the times of day on each of the days; nil: all day.
	Times *hours.Span `json:"times,omitempty"`

	// Held is set for an event of a street or plaza, and nil for every other post.
	Held *Held `json:"held,omitempty"`

	State State `json:"state"`
	// Slot is one of the MaxLive places of a shop; unique, so that two publications cannot take the last one together.
	Slot string `json:"slot"`

	// LookSince is since when a coordinator is to look at it, zero when nobody is; Seen, that one has looked. Hidden is why the
	// district took it from the public.
	LookSince time.Time          `json:"look_since"`
	Seen      bool               `json:"seen,omitempty"`
	Hidden    listing.HideReason `json:"hidden,omitempty"`
}

// Kind of posts in the trail and in questions of permission.
const kind = "post"

// Thing is what permission is asked for. may is the leave of the merchant for its plaza.
func (p *Post) thing(may bool) access.Thing {
	return access.Thing{Kind: kind, ID: p.ID, ListingID: p.ListingID, MerchantID: p.MerchantID, PlazaID: p.PlazaID, PlazaMay: may}
}

// StateAt returns the state at now: a published post has ended when its last day is over.
func (p *Post) StateAt(now time.Time) State {
	if p.State == Published && calendar.Today(now).String() > p.Until {
		return Ended
	}
	return p.State
}

// Live reports whether the post may be shown at now: what is announced for later may, what is over may not.
func (p *Post) Live(now time.Time) bool { return p.StateAt(now) == Published }

// On reports whether the post holds on a day.
func (p *Post) On(d calendar.Date) bool {
	if day := d.String(); day < p.From || day > p.Until {
		return false
	}
	switch p.Repeat.Every {
	case Weekly:
		return slices.Contains(p.Repeat.Days, d.FromMonday())
	case Monthly:
		_, _, day := d.Civil()
		return slices.Contains(p.Repeat.Days, day)
	case Daily:
	}
	return true
}

// Now reports whether the post is live and holds at this minute.
func (p *Post) Now(now time.Time) bool {
	if p.Cancelled() {
		return false
	}
	d, minute := calendar.Clock(now)
	if !p.Live(now) && !p.lastNight(d, now) {
		return false
	}
	if p.Times == nil {
		return p.On(d)
	}
	return p.On(d) && p.Times.Open <= minute && minute < p.Times.Close || p.On(d-1) && minute+24*60 < p.Times.Close
}

// lastNight reports whether the last day of the post runs past its midnight into d.
func (p *Post) lastNight(d calendar.Date, now time.Time) bool {
	return p.State == Published && p.Times != nil && p.Times.Close > 24*60 && (d-1).String() == p.Until && calendar.Today(now) == d
}

// Next returns the first day from d on at which the post holds; false when there is none any more.
func (p *Post) Next(d calendar.Date) (calendar.Date, bool) {
	from, errFrom := calendar.ParseDate(p.From)
	until, errUntil := calendar.ParseDate(p.Until)
	if errFrom != nil || errUntil != nil {
		return 0, false
	}
	for d = max(d, from); d <= until; d++ {
		if p.On(d) {
			return d, true
		}
	}
	return 0, false
}

// Words are the words that the shop is found by while the post is live, one text for each language.
func (p *Post) Words() []string {
	var out []string
	if p.Cancelled() {
		return out
	}
	for _, t := range []lang.Text{p.Title, p.Text} {
		for _, s := range []string{t.Hans, t.En} {
			if s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}
