package report

import (
	"context"
	"encoding/base64"
	"errors"
	"net/netip"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const (
	purposeContact = "report contact"
	purposeVoice   = "report voice"
)

// Shops says whose a shop is and whether visitors may see its page: fault.NotFound for one that is not there.
type Shops func(ctx context.Context, listingID string) (shop access.Thing, public bool, err error)

// Service takes and answers reports.
type Service struct {
	coll  *audit.Recorded[report]
	log   *audit.Log
	keys  *secret.Ring
	shops Shops
	now   func() time.Time
	// offered says which reasons can be chosen, see OfferReasons.
	offered func(Reason) bool
	days    func() int // see KeepFor
}

// New returns the service on db.
func New(db store.DB, log *audit.Log, keys *secret.Ring, shops Shops, now func() time.Time) *Service {
	coll := store.NewCollection[report](db, "reports", store.Unique("ref"), store.Unique("open"), store.Index("state", "created_at"),
		store.Index("listing_id", "created_at"), store.Index("told", "created_at"), store.Index("erase_at"), store.Follow("audit"))
	return &Service{
		// The trail outlives what is personal, so it must never have it.
		coll: audit.Record(coll, log, "report", audit.Hide("notes", "voices")), log: log, keys: keys, shops: shops, now: now,
		offered: func(r Reason) bool { return slices.Contains(Reasons, r) }, days: func() int { return KeepDays },
	}
}

// OfferReasons says which reasons can be chosen; without it those of the program. It is called before the service is used.
func (s *Service) OfferReasons(offered func(Reason) bool) { s.offered = offered }

// KeepFor says how many days what is personal is kept, KeepDays at most; without it KeepDays. It is called before the service is used.
func (s *Service) KeepFor(days func() int) { s.days = days }

// Message is what somebody reports.
type Message struct {
	ListingID string
	Reason    Reason
	Note      string // up to MaxNote characters; needed for Other
	Contact   string // up to MaxContact characters: how to ask back
}

// Send takes a report and returns its number. While the same thing is open for the same shop, it joins that: the number is the
// same. Who sent it is not kept, signed in or not; of the address there is a keyed hash for 30 days, so that one person counts
// once.
//
// fault.Invalid names the fields; fault.NotFound for a shop without a public page.
func (s *Service) Send(ctx context.Context, by access.Actor, m Message) (ref string, err error) {
	m.Note, m.Contact = lang.Clean(m.Note), lang.Clean(m.Contact)
	if err := m.check(s.offered); err != nil {
		return "", err
	}
	shop, public, err := s.shops(ctx, m.ListingID)
	if err != nil {
		return "", err
	}
	if err := access.Require(by, access.ReportSend, shop); err != nil {
		return "", err
	}
	if !public {
		return "", fault.Missing()
	}
	contact := ""
	if m.Contact != "" {
		if contact, err = s.keys.Seal(purposeContact, []byte(m.Contact)); err != nil {
			return "", err
		}
	}
	voice := s.voice(by.Client)
	nobody := access.Actor{Request: by.Request}
	open := m.ListingID + " " + string(m.Reason)
	for range attempts {
		was, err := s.coll.GetBy(ctx, "open", open)
		if err == nil {
			ref, err = s.join(ctx, nobody, was, voice, m.Note, contact)
		} else if fault.Is(err, fault.NotFound) {
			ref, err = s.begin(ctx, nobody, report{Open: open, ListingID: m.ListingID, Reason: m.Reason, Told: shop.MerchantID == ""}, voice, m.Note, contact)
		}
		if !errors.Is(err, errAgain) {
			return ref, err
		}
	}
	return "", fault.New(fault.Conflict, "error.stale", errors.New("report: others kept coming first"))
}

// attempts bounds how often a report goes back because the one it wanted to join was answered, or begun, that moment.
const attempts = 10

var errAgain, errSame = errors.New("report: look again"), errors.New("report: nothing to change")

func (m *Message) check(offered func(Reason) bool) error {
	wrong := lang.Limit{Max: MaxNote, Prose: true, Must: m.Reason == Other}.Check("note", m.Note)
	wrong = append(wrong, lang.Limit{Max: MaxContact}.Check("contact", m.Contact)...)
	if !offered(m.Reason) {
		wrong = append(wrong, fault.Field{Name: "reason", Key: "error.report.reason"})
	}
	return fault.Wrongs(wrong)
}

// voice is what tells people apart: an address, and of IPv6 the network of the household.
func (s *Service) voice(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return base64.RawURLEncoding.EncodeToString(s.keys.MAC(purposeVoice, a.AsSlice())[:16])
}

// begin makes a new report.
func (s *Service) begin(ctx context.Context, by access.Actor, r report, voice, note, contact string) (string, error) {
	r.Ref, r.State = newRef(), Fresh
	r.hear(voice, note, contact, s.now())
	err := s.coll.Insert(ctx, by, audit.Write{Action: access.ReportSend, Title: Spell(r.Ref)}, &r)
	if fault.Is(err, fault.Conflict) {
		err = errAgain
	}
	return Spell(r.Ref), err
}

// join adds to a report that is open.
func (s *Service) join(ctx context.Context, by access.Actor, was report, voice, note, contact string) (string, error) {
	_, err := s.coll.Update(ctx, by, audit.Write{Action: access.ReportSend, Title: Spell(was.Ref)}, was.ID, 0, func(r *report) error {
		switch {
		case r.State == Answered:
			return errAgain
		case !r.hear(voice, note, contact, s.now()):
			return errSame
		}
		return nil
	})
	if errors.Is(err, errSame) {
		err = nil
	}
	return Spell(was.Ref), err
}

// Progress is what anybody who has the number reads.
type Progress struct {
	Ref        string
	ListingID  string
	Reason     Reason
	State      State
	SentAt     time.Time
	LookedAt   time.Time // zero before
	AnsweredAt time.Time // zero before
	Outcome    Outcome
	Answer     string
}

// Progress returns how far the report with this number is, as people type it: fault.Invalid when it is no number,
// fault.NotFound.
func (s *Service) Progress(ctx context.Context, by access.Actor, typed string) (Progress, error) {
	if err := access.Require(by, access.ReportSend, access.Thing{Kind: "report"}); err != nil {
		return Progress{}, err
	}
	ref, ok := parseRef(typed)
	if !ok {
		return Progress{}, fault.Wrong("ref", "error.report.ref", nil)
	}
	r, err := s.coll.GetBy(ctx, "ref", ref)
	if err != nil {
		return Progress{}, err
	}
	i := r.item()
	return Progress{i.Ref, i.ListingID, i.Reason, i.State, i.SentAt, i.LookedAt, i.AnsweredAt, i.Outcome, i.Answer}, nil
}
