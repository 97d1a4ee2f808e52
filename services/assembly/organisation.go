package assembly

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Kind is what sort of organisation it is.
type Kind string

// The kinds. Committees are 居委会 and 业委会, as bodies.
const (
	Merchant  Kind = "merchant"
	Plaza     Kind = "plaza"
	Bank      Kind = "bank"
	Property  Kind = "property"
	Committee Kind = "committee"
)

// Kinds lists the kinds in the order people choose from.
var Kinds = []Kind{Merchant, Plaza, Bank, Property, Committee}

// Visibility is who may see that an organisation is a member.
type Visibility string

// The visibilities: everybody, once the organisation agreed; the other members; the liaison only.
const (
	Public  Visibility = "public"
	Members Visibility = "members"
	Station Visibility = "station"
)

// Visibilities lists them, the widest first.
var Visibilities = []Visibility{Public, Members, Station}

// ConsentWords is the version of the sentence an organisation agrees to; another sentence takes another number and asks again.
const ConsentWords = 1

// Organisation is a member of the joint meeting. It has no field about a person, and gets none.
type Organisation struct {
	store.Meta
	audit.Trail
	// Key is unique: no merchant has two seats.
	Key        string    `json:"key"`
	Name       lang.Text `json:"name"`
	Kind       Kind      `json:"kind"`
	MerchantID string    `json:"merchant_id,omitempty"` // whose owners and managers act for it
	Speakers   []string  `json:"speakers"`              // accounts that act for it besides
	// Invitations are those that are open, to act for it.
	Invitations []Invitation `json:"invitations"`
	Seat        string       `json:"seat"`  // 副主席单位
	Since       string       `json:"since"` // YYYY-MM-DD
	Desk        Desk         `json:"desk"`
	// Serves are the plazas and streets it looks after, Duties what it does there: 公共烟道、垃圾房. Coordinators, and who works for a shop
	// there, read both with the desk.
	Serves     []string   `json:"serves"`
	Duties     string     `json:"duties,omitempty"`
	Visibility Visibility `json:"visibility"`
	Consent    *Consent   `json:"consent,omitempty"` // to be listed in public; nil: not given, or taken back
	Signed     []Signing  `json:"signed"`            // versions of the pact, the newest last
	// Feed counts the addresses its calendar had.
	Feed   int  `json:"feed"`
	Active bool `json:"active"`
}

// Desk is whom to ring: a post and the number of the desk, never a person's.
type Desk struct {
	Title string `json:"title,omitempty"` // 物业值班室
	Phone string `json:"phone,omitempty"`
}

// Consent is the leave to be listed: who gave it, when, to which words.
type Consent struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
	// Paper says that the liaison noted what the organisation gave on paper.
	Paper bool `json:"paper,omitempty"`
}

// Signing is one version of the pact that the organisation signed.
type Signing struct {
	Version   int       `json:"version"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	AccountID string    `json:"account_id"`
}

// Listed reports whether the public may read that it is a member.
func (o *Organisation) Listed() bool {
	return o.Active && o.Visibility == Public && o.Consent != nil && o.Consent.Words == ConsentWords
}

// HasSigned reports whether it signed this version of the pact, and when.
func (o *Organisation) HasSigned(version int) (time.Time, bool) {
	for _, x := range o.Signed {
		if x.Version == version {
			return x.At, true
		}
	}
	return time.Time{}, false
}

// Thing is what access is asked about: it belongs to its merchant, and to the account that asks where that is one of its speakers.
func (o *Organisation) Thing(by access.Actor) access.Thing {
	t := access.Thing{Kind: kindOrganisation, ID: o.ID, MerchantID: o.MerchantID}
	if by.AccountID != "" && slices.Contains(o.Speakers, by.AccountID) {
		t.AccountID = by.AccountID
	}
	return t
}

// Details are what the liaison writes of an organisation.
type Details struct {
	Name       lang.Text
	Kind       Kind
	MerchantID string
	Seat       string
	Since      string
	Desk       Desk
	Visibility Visibility
	Serves     []string // plazas and streets
	Duties     string
}

func (d *Details) read() error {
	d.Name, d.Seat = d.Name.Clean(), lang.Clean(d.Seat)
	d.Desk.Title, d.Desk.Phone = lang.Clean(d.Desk.Title), lang.Clean(d.Desk.Phone)
	wrong := (lang.Limit{Max: MaxName, Must: true}).CheckText("name", d.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxName}).Check("seat", d.Seat)...)
	wrong = append(wrong, (lang.Limit{Max: MaxName}).Check("desk", d.Desk.Title)...)
	wrong = append(wrong, number("phone", d.Desk.Phone)...)
	d.Duties = lang.Clean(d.Duties)
	wrong = append(wrong, (lang.Limit{Max: MaxName}).Check("duties", d.Duties)...)
	d.Serves = slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(d.Serves), func(id string) bool { return id == "" }))))
	if len(d.Serves) > mostServed {
		wrong = append(wrong, fault.Field{Name: "serves", Key: "error.list.long", Args: map[string]any{"Max": mostServed}})
	}
	if d.Serves == nil {
		d.Serves = []string{}
	}
	if !slices.Contains(Kinds, d.Kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if !slices.Contains(Visibilities, d.Visibility) {
		wrong = append(wrong, fault.Field{Name: "visibility", Key: "error.choice"})
	}
	return fault.Wrongs(append(wrong, date("since", d.Since)...))
}

// number checks the telephone number of a desk. A mobile number is a person's.
func number(name, typed string) []fault.Field {
	list, err := phone.Parse(typed)
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Fields) > 0 {
		return []fault.Field{{Name: name, Key: f.Fields[0].Key, Args: f.Fields[0].Args}}
	}
	for _, n := range list {
		if n.Kind == phone.Mobile {
			return []fault.Field{{Name: name, Key: "assembly.wrong.mobile"}}
		}
	}
	return nil
}

func (d *Details) put(o *Organisation) {
	o.Name, o.Kind, o.Seat, o.Since, o.Desk, o.Visibility, o.Serves, o.Duties = d.Name, d.Kind, d.Seat, d.Since, d.Desk, d.Visibility, d.Serves, d.Duties
}

// Add gives an organisation a seat: fault.Invalid names the fields, fault.Conflict when its merchant has one.
func (s *Service) Add(ctx context.Context, by access.Actor, d Details) (Organisation, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Organisation{}, err
	}
	if err := d.read(); err != nil {
		return Organisation{}, err
	}
	if n, err := s.organisations.Count(ctx, store.Where("active", store.Eq, true)); err != nil || n >= mostMembers {
		return Organisation{}, errors.Join(err, cannot("assembly.wrong.full", "too many members"))
	}
	o := Organisation{Key: keyOf(d.MerchantID), MerchantID: d.MerchantID, Speakers: []string{}, Invitations: []Invitation{}, Signed: []Signing{}, Active: true}
	d.put(&o)
	err := s.organisations.Insert(ctx, by, audit.Write{Action: access.AssemblyEdit, Title: o.Name.Hans}, &o)
	if fault.Is(err, fault.Conflict) {
		err = fault.Wrong("shop", "assembly.wrong.seated", nil)
	}
	return o, err
}

// keyOf makes the unique key of an organisation.
func keyOf(merchantID string) string {
	if merchantID != "" {
		return "merchant." + merchantID
	}
	return "own." + rand.Text()
}

// Edit writes what the liaison knows of an organisation: fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, d Details) (Organisation, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Organisation{}, err
	}
	if err := errors.Join(store.Seen(rev), d.read()); err != nil {
		return Organisation{}, err
	}
	return s.organisations.UpdateAs(ctx, by, id, rev, func(o *Organisation) (audit.Write, error) {
		d.put(o)
		return audit.Write{Action: access.AssemblyEdit, Title: o.Name.Hans}, nil
	})
}

// Leave ends the seat of an organisation, and starts it again; a seat that ended loses the leave to be listed, and nobody acts for it any more.
func (s *Service) Leave(ctx context.Context, by access.Actor, id string, rev int64, gone bool) (Organisation, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Organisation{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Organisation{}, err
	}
	return s.organisations.UpdateAs(ctx, by, id, rev, func(o *Organisation) (audit.Write, error) {
		if o.Active != gone {
			return audit.Write{}, cannot("assembly.wrong.state", "the seat is as asked")
		}
		o.seat(!gone)
		return audit.Write{Action: access.AssemblyEdit, Title: o.Name.Hans}, nil
	})
}

// seat starts the seat of an organisation anew, or ends it.
func (o *Organisation) seat(active bool) {
	o.Active, o.Consent, o.Speakers, o.Invitations = active, nil, []string{}, []Invitation{}
	o.Feed++ // a seat that is given again has another calendar
}

// MerchantCloses ends the seat of a merchant that closes, in the name of who closes it; services/merchant has decided that they may. Nobody
// could take back the leave to be listed afterwards, so that it ends here. The organisation is no merchant's then: whoever goes on under the
// name gets a seat from the liaison, and agrees anew. It does nothing where the merchant has no seat, and can be repeated.
func (s *Service) MerchantCloses(ctx context.Context, by access.Actor, merchantID string) error {
	o, err := s.organisations.GetBy(ctx, "key", keyOf(merchantID))
	if merchantID == "" || fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.organisations.UpdateAs(ctx, by, o.ID, 0, func(o *Organisation) (audit.Write, error) {
		o.seat(false)
		o.MerchantID, o.Key = "", keyOf("")
		return audit.Write{Action: access.AssemblyConsent, Title: o.Name.Hans, Why: "the merchant has closed"}, nil
	})
	return err
}

// Agree gives the leave to be listed in public, or takes it back; both are the organisation's, and the liaison notes what came on paper.
// Taking back asks for no revision: it works at once whatever else changed.
func (s *Service) Agree(ctx context.Context, by access.Actor, id string, yes bool) (Organisation, error) {
	o, err := s.organisations.Get(ctx, id)
	if err != nil && !by.Known() {
		err = nil // who is not signed in hears that first
	}
	if err != nil {
		return Organisation{}, err
	}
	if err := access.Require(by, access.AssemblyConsent, o.Thing(by)); err != nil {
		return Organisation{}, err
	}
	return s.organisations.UpdateAs(ctx, by, id, 0, func(o *Organisation) (audit.Write, error) {
		w := audit.Write{Action: access.AssemblyConsent, Title: o.Name.Hans}
		if !yes {
			o.Consent = nil
			return w, nil
		}
		if !o.Active {
			return w, cannot("assembly.wrong.state", "the seat has ended")
		}
		paper := !access.Can(by, access.AssemblyMember, o.Thing(by))
		o.Consent = &Consent{AccountID: by.Who(), At: s.Now().UTC().Truncate(time.Millisecond), Words: ConsentWords, Paper: paper}
		return w, nil
	})
}

// Organisation returns one, for who works on the joint meeting: fault.NotFound.
func (s *Service) Organisation(ctx context.Context, by access.Actor, id string) (Organisation, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return Organisation{}, err
	}
	return s.organisations.Get(ctx, id)
}

// Organisations returns the members, the oldest seat first; gone: those whose seat has ended.
func (s *Service) Organisations(ctx context.Context, by access.Actor, gone bool) ([]Organisation, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return nil, err
	}
	return s.seated(ctx, !gone)
}

func (s *Service) seated(ctx context.Context, active bool) ([]Organisation, error) {
	return store.Collect(s.organisations.Each(ctx, store.Where("active", store.Eq, active).OrderBy("created_at", store.Asc).Limit(mostMembers)), mostMembers)
}

// Own returns an organisation for somebody who acts for it: fault.NotFound for everybody else.
func (s *Service) Own(ctx context.Context, by access.Actor, id string) (Organisation, error) {
	o, err := s.organisations.Get(ctx, id)
	if err != nil {
		return Organisation{}, err
	}
	if err := access.Require(by, access.AssemblyMember, o.Thing(by)); err != nil {
		return Organisation{}, err
	}
	if !o.Active {
		return Organisation{}, fault.Missing()
	}
	return o, nil
}

// Of says to what the address of an organisation's page leads: fault.NotFound.
func (s *Service) Of(ctx context.Context, by access.Actor, id string) (access.Thing, error) {
	o, err := s.organisations.Get(ctx, id)
	if err == nil && !o.Active {
		err = fault.Missing()
	}
	return o.Thing(by), err
}

// Mine returns the organisations somebody acts for.
func (s *Service) Mine(ctx context.Context, by access.Actor) ([]Organisation, error) {
	keys := []string{}
	for _, seat := range by.Seats {
		keys = append(keys, keyOf(seat.MerchantID))
	}
	out := []Organisation{}
	for _, q := range []store.Query{store.Where("key", store.In, keys), store.Where("speakers", store.Eq, by.AccountID)} {
		page, err := s.organisations.Find(ctx, q.Limit(100))
		if err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			if o.Acts(by) && !slices.ContainsFunc(out, func(x Organisation) bool { return x.ID == o.ID }) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// Acts says whether somebody acts for the organisation.
func (o *Organisation) Acts(by access.Actor) bool {
	return o.Active && access.Can(by, access.AssemblyMember, o.Thing(by))
}

// Noted returns the organisations somebody acts for, and those where their account stays noted for what they did: who signed the pact or gave
// the leave to be listed, whether they or the organisation have a seat any more or not.
func (s *Service) Noted(ctx context.Context, by access.Actor) ([]Organisation, error) {
	out := []Organisation{}
	if by.AccountID == "" {
		return out, nil
	}
	for o, err := range s.organisations.Each(ctx, store.All()) {
		if err != nil {
			return nil, err
		}
		if o.Acts(by) || slices.Contains(o.Speakers, by.AccountID) || o.Consent != nil && o.Consent.AccountID == by.AccountID ||
			slices.ContainsFunc(o.Signed, func(x Signing) bool { return x.AccountID == by.AccountID }) {
			out = append(out, o)
		}
	}
	return out, nil
}

// people are the accounts that act for an organisation.
func (s *Service) people(ctx context.Context, o *Organisation) ([]string, error) {
	out := slices.Clone(o.Speakers)
	if o.MerchantID == "" || s.Letters == nil {
		return out, nil
	}
	more, err := s.Letters.MerchantPeople(ctx, o.MerchantID)
	for _, id := range more {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, err
}
