package merchant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/merchant"
	"shangquan/services/phone"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

const (
	codeA = "91350100M000100Y43"
	codeB = "91310115MA1H8R7C67"
)

// Keys of evidence, as services/media gives them.
const (
	paper1 = "evidence/01/01000000000000000000000000000000"
	paper2 = "evidence/02/02000000000000000000000000000000"
	paper3 = "evidence/03/03000000000000000000000000000000"
)

// bench is a service over a real store, with a register of shops, an address book and an outbox that the test looks into.
type bench struct {
	*merchant.Service
	db    store.DB
	log   *audit.Log
	signs *countersign.Service
	shops *shops
	mail  *outbox
	mu    sync.Mutex
	at    time.Time
}

func (b *bench) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, zone), shops: &shops{all: map[string]merchant.Shop{}}, mail: &outbox{}}
	db, log, keys := audittest.Open(t, b.now)
	b.db, b.log, b.signs = db, log, countersign.New(db, log, b.now)
	b.Service = merchant.New(merchant.Deps{
		DB: db, Log: b.log, Keys: keys, Mail: b.mail, Shops: b.shops, People: people{}, Signs: b.signs, Now: b.now, Site: "松江商圈",
		Link: func(page, token string) string { return page + ":" + token },
	})
	for _, id := range []string{"s1", "s2", "s3"} {
		b.shops.put(merchant.Shop{ID: id, Code: "C-" + id, Name: lang.Text{Hans: "店 " + id}, Phones: []phone.Number{{Kind: phone.Landline, Digits: "+862157721664"}}})
	}
	return b
}

// shops is the register of listings.
type shops struct {
	mu   sync.Mutex
	all  map[string]merchant.Shop
	fail error
	only string // the shop that fails; empty: all of them
	// before runs before an assignment, outside the lock: what others do in that moment.
	before func()
	// look are run one by one before the next looks at a shop; nil ones do nothing.
	look []func()
}

func (s *shops) put(x merchant.Shop) { s.mu.Lock(); defer s.mu.Unlock(); s.all[x.ID] = x }

func (s *shops) Shop(_ context.Context, id string) (merchant.Shop, error) {
	if len(s.look) > 0 {
		f := s.look[0]
		s.look = s.look[1:]
		if f != nil {
			f()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.all[id]
	if !ok {
		return x, fault.Missing()
	}
	return x, nil
}

func (s *shops) ShopsOf(_ context.Context, merchantID string) ([]merchant.Shop, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []merchant.Shop{}
	for _, x := range s.all {
		if x.MerchantID == merchantID {
			out = append(out, x)
		}
	}
	return out, nil
}

func (s *shops) Assign(_ context.Context, _ access.Actor, _ access.Action, id, from, to string) error {
	if f := s.before; f != nil {
		s.before = nil
		f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.all[id]
	switch {
	case s.fail != nil && (s.only == "" || s.only == id):
		return s.fail
	case x.MerchantID != from:
		return fault.New(fault.Conflict, "error.stale", nil)
	}
	x.MerchantID = to
	s.all[id] = x
	return nil
}

func (s *shops) owner(id string) string {
	x, _ := s.Shop(context.Background(), id)
	return x.MerchantID
}

// people reaches every account but those called gone.
type people struct{}

func (people) Reach(_ context.Context, accountID string) ([]account.Contact, lang.Tag, error) {
	if strings.HasPrefix(accountID, "gone") {
		return nil, "", fault.Missing()
	}
	to := []account.Contact{account.Contact(accountID + "@example.com")}
	if strings.HasPrefix(accountID, "both") {
		to = append([]account.Contact{"+8613800138000"}, to...)
	}
	return to, lang.Hant, nil
}

// outbox keeps what was sent.
type outbox struct {
	mu   sync.Mutex
	sent []mail.Message
	down bool
	// none is what every message is answered with whose address begins so.
	none map[string]error
}

func (o *outbox) Send(_ context.Context, m mail.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return fault.New(fault.Unavailable, "error.unavailable", errors.New("down"))
	}
	for begins, err := range o.none {
		if strings.HasPrefix(m.To, begins) {
			return err
		}
	}
	o.sent = append(o.sent, m)
	return nil
}

func (o *outbox) set(down bool) { o.mu.Lock(); defer o.mu.Unlock(); o.down = down }

// kinds returns "kind→to" of all messages and forgets them.
func (o *outbox) kinds() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := []string{}
	for _, m := range o.sent {
		out = append(out, m.Kind+"→"+strings.TrimSuffix(m.To, "@example.com"))
	}
	o.sent = nil
	return strings.Join(out, " ")
}

// token returns what the link of the last message carries.
func (o *outbox) token(t *testing.T) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	_, token, _ := strings.Cut(fmt.Sprint(o.sent[len(o.sent)-1].Args["Link"]), ":")
	return token
}

// person is somebody with an account, with the seats of this moment.
func (b *bench) person(t *testing.T, id string) access.Actor {
	t.Helper()
	seats, err := b.Seats(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return access.Actor{AccountID: id, Name: id, Seats: seats}
}

func sudo(a access.Actor) access.Actor { a.Sudo = true; return a }

func works(id string, r access.Role) access.Actor {
	return access.Actor{AccountID: id, Name: id, Roles: []access.Role{r}, TwoFactor: true, Sudo: true}
}

var (
	nobody  = access.Actor{}
	first   = works("first", access.Coordinator)
	second  = works("second", access.Coordinator)
	liaison = works("liaison", access.Liaison)
	admin   = works("admin", access.Admin)
)

func draft(name, code string) merchant.Draft {
	return merchant.Draft{
		Kind: merchant.Company, Name: lang.Text{Hans: name}, CreditCode: code,
		Private: merchant.Private{RegisteredName: name + "有限公司", Person: "王师傅", Phone: "13800138000"},
	}
}

// create makes a merchant that account owns and that has these shops.
func (b *bench) create(t *testing.T, account, name, code string, shopIDs ...string) merchant.Merchant {
	t.Helper()
	m, err := b.Create(t.Context(), b.person(t, account), draft(name, code))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range shopIDs {
		x, _ := b.shops.Shop(t.Context(), id)
		x.MerchantID = m.ID
		b.shops.put(x)
	}
	return m
}

// join makes an account a member by invitation.
func (b *bench) join(t *testing.T, owner access.Actor, merchantID, account string, r access.Role, only ...string) {
	t.Helper()
	if _, err := b.Invite(t.Context(), sudo(owner), merchantID, merchant.Invite{To: account + "@example.com", Role: r, ListingIDs: only}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.AcceptInvitation(t.Context(), b.person(t, account), b.mail.token(t)); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) get(t *testing.T, id string) merchant.Merchant {
	t.Helper()
	m, err := b.Get(t.Context(), admin, id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// entries returns how many entries the trail has of a thing.
func (b *bench) entries(t *testing.T, kind, id string) []audit.Entry {
	t.Helper()
	page, err := b.log.Of(t.Context(), audit.Ref{Kind: kind, ID: id}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

// answer is a fault in short: "conflict error.claim.open", "invalid to:error.contact.address", "" for none.
func answer(err error) string {
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	if f.Kind == fault.Invalid || len(f.Fields) > 0 {
		out := f.Kind.String()
		for _, x := range f.Fields {
			out += " " + x.Name + ":" + x.Key
		}
		return out
	}
	return f.Kind.String() + " " + f.Key
}

func want(t *testing.T, err error, expected string) {
	t.Helper()
	if got := answer(err); got != expected {
		t.Errorf("got %q, want %q", got, expected)
	}
}

const (
	hiddenThing = "not found error.not_found"
	signIn      = "unauthenticated error.sign_in"
)

// towards returns everybody who may turn up at merchant m of owner "o": shops s1 and s2 are its own.
func (b *bench) towards(t *testing.T) (merchant.Merchant, map[string]access.Actor) {
	t.Helper()
	m := b.create(t, "o", "余天成", codeA, "s1", "s2")
	o := b.person(t, "o")
	b.join(t, o, m.ID, "manager", access.Manager)
	b.join(t, o, m.ID, "staff", access.Staff)
	b.join(t, o, m.ID, "limited", access.Staff, "s1")
	b.create(t, "foreign", "别家", "", "s3")
	_ = b.mail.kinds()
	return b.get(t, m.ID), map[string]access.Actor{
		"nobody": nobody, "signed": b.person(t, "signed"), "owner": b.person(t, "o"), "manager": b.person(t, "manager"), "staff": b.person(t, "staff"),
		"limited staff": b.person(t, "limited"), "foreign owner": b.person(t, "foreign"), "coordinator": first, "second coordinator": second,
		"liaison": liaison, "admin": admin,
	}
}
