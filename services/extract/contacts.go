package extract

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/sheet"
	"shangquan/services/store"
)

// The list of contacts holds what is personal: how the people of the shops are reached, and numbers that no visitor sees (requirement
// EXP-02, PIPL 51). One person asks for it and says what for, another one allows exactly that, and then the first has an hour to
// fetch it. Every row carries who has it, and fetching is put on record with the number of rows and the hash of the file.

// KindContacts names requests for the list in the trail.
const KindContacts = "contact list"

// How long somebody may think about a request, and how long the list can then be fetched.
const (
	AskedFor = 24 * time.Hour
	LinkFor  = time.Hour
)

// ReleaseState is where a request stands.
type ReleaseState string

// The states.
const (
	Asked   ReleaseState = "asked"
	Allowed ReleaseState = "allowed"
	Denied  ReleaseState = "denied"
	Over    ReleaseState = "over" // nobody allowed it in time, or the hour is over; computed, never stored
)

// Release is one request for the list of contacts.
type Release struct {
	store.Meta
	audit.Trail
	State      ReleaseState `json:"state"`
	Why        string       `json:"why"`
	By         string       `json:"by"` // account
	ByName     string       `json:"by_name"`
	Second     string       `json:"second"`
	SecondName string       `json:"second_name"`
	Street     string       `json:"street"` // id; empty: the whole district
	Until      time.Time    `json:"until"`  // of the request, and then of the list
}

// At is the state at now.
func (r *Release) At(now time.Time) ReleaseState {
	if r.State != Denied && !now.Before(r.Until) {
		return Over
	}
	return r.State
}

// Person is somebody of a shop, as the list names them.
type Person struct{ Name, Phone, Email string }

// Contacts is the list of contacts and the requests for it.
type Contacts struct {
	*Service
	docs *audit.Recorded[Release]
	// people are the owners of a merchant.
	people func(ctx context.Context, merchantID string) ([]Person, error)
}

// NewContacts returns the list over the register of s. people gives the owners of a merchant.
func NewContacts(db store.DB, s *Service, people func(ctx context.Context, merchantID string) ([]Person, error)) *Contacts {
	coll := store.NewCollection[Release](db, "contact_releases", store.Index("until"), store.Follow("audit"))
	return &Contacts{s, audit.Record(coll, s.Log, KindContacts), people}
}

func (c *Contacts) may(by access.Actor) error {
	return access.Require(by, access.RegisterContacts, access.Thing{Kind: KindContacts})
}

var whyLimit = lang.Limit{Max: 200, Prose: true}

// Ask asks for the list, of a street or the whole district, and says what for.
func (c *Contacts) Ask(ctx context.Context, by access.Actor, street, why string) (Release, error) {
	if err := c.may(by); err != nil {
		return Release{}, err
	}
	why = lang.Clean(why)
	if why == "" {
		return Release{}, fault.Wrong("why", "error.text.empty", nil)
	}
	if wrong := whyLimit.Check("why", why); len(wrong) > 0 {
		return Release{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	r := Release{State: Asked, Why: why, By: by.AccountID, ByName: by.Name, Street: street, Until: c.Now().Add(AskedFor)}
	return r, c.docs.Insert(ctx, by, audit.Write{Action: access.RegisterContacts, Why: why}, &r)
}

// List returns the latest requests, the newest first.
func (c *Contacts) List(ctx context.Context, by access.Actor, limit int) ([]Release, error) {
	if err := access.Require(by, access.RegisterExport, access.Thing{Kind: KindContacts}); err != nil {
		return nil, err
	}
	page, err := c.docs.Find(ctx, store.All().OrderBy("id", store.Desc).Limit(limit))
	return page.Items, err
}

// Decide allows the request of revision rev, or denies it: fault.Forbidden for who made it, fault.Conflict when it was decided or is over.
func (c *Contacts) Decide(ctx context.Context, by access.Actor, id string, rev int64, allow bool) (Release, error) {
	if err := c.may(by); err != nil {
		return Release{}, err
	}
	return c.docs.Update(ctx, by, audit.Write{Action: access.RegisterContacts, Why: map[bool]string{true: "allowed", false: "denied"}[allow]}, id, rev, func(r *Release) error {
		switch {
		case r.At(c.Now()) != Asked:
			return fault.New(fault.Conflict, "contacts.decided", errors.New("extract: the request is "+string(r.At(c.Now()))))
		case by.AccountID == "" || r.By == by.AccountID:
			return fault.New(fault.Forbidden, "contacts.own", errors.New("extract: allowed by who asked"))
		}
		r.Second, r.SecondName = by.AccountID, by.Name
		if r.State = Denied; allow {
			r.State, r.Until = Allowed, c.Now().Add(LinkFor)
		}
		return nil
	})
}

// Fetch returns the list, for who asked for it: fault.NotFound for others and while nobody has allowed it,
// fault.Conflict after the hour.
func (c *Contacts) Fetch(ctx context.Context, by access.Actor, id string, format sheet.Format) (File, error) {
	if err := c.may(by); err != nil {
		return File{}, err
	}
	r, err := c.docs.Get(ctx, id)
	if err != nil {
		return File{}, err
	}
	if r.By != by.AccountID || r.State != Allowed {
		return File{}, fault.New(fault.NotFound, "error.not_found", errors.New("extract: a list of somebody else, or not allowed"))
	}
	if r.At(c.Now()) == Over {
		return File{}, fault.New(fault.Conflict, "contacts.over", errors.New("extract: the hour is over"))
	}
	table := sheet.Table{Name: "联系人", Head: []string{"店铺编号", "名称", "地址", "店铺电话", "店主", "手机", "邮箱", "水印"}}
	mark := r.ByName + " " + c.Now().Format("2006-01-02 15:04") + " " + r.ID
	table.Above = []string{"内部使用，不得转发。用途：" + r.Why, r.ByName + " 申请，" + r.SecondName + " 同意。" + mark}
	out := File{Format: format}
	known := map[string][]Person{}
	fits := func(l *listing.Listing) bool {
		return l.State == listing.Published && (r.Street == "" || l.Address.StreetID == r.Street)
	}
	rows := func(yield func([]string, error) bool) {
		for l, err := range c.each(ctx, fits, &out.Rows) {
			if err == nil && l.MerchantID != "" && known[l.MerchantID] == nil {
				known[l.MerchantID], err = c.people(ctx, l.MerchantID)
			}
			if !yield(contactRow(&l, known[l.MerchantID], mark), err) || err != nil {
				return
			}
		}
	}
	var body bytes.Buffer
	if err := table.Write(ctx, &body, format, rows); err != nil {
		return File{}, err
	}
	return c.record(ctx, by, access.RegisterContacts, "contacts", r.Why, out, body.Bytes())
}

func contactRow(l *listing.Listing, people []Person, mark string) []string {
	var names, phones, mails []string
	for _, p := range people {
		names, phones, mails = append(names, p.Name), append(phones, p.Phone), append(mails, p.Email)
	}
	return []string{l.Code, l.Name.Hans, l.Address.Line, phone.Format(l.Phones), strings.Join(names, "；"), strings.Join(phones, "；"), strings.Join(mails, "；"), mark}
}
