package account

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Config is what accounts need of a deployment.
type Config struct {
	// Origin is the address people type, "https://shop.example.com": links in messages begin with it, never with what a request
	// says, and passkeys are bound to it.
	Origin string
	// Site is what authenticator apps and passkeys call the site.
	Site   func() string // what it is called now
	Policy Policy
	Keys   *secret.Ring
	Log    *audit.Log
	Mail   mail.Sender
	// SessionsFrom, which may be nil, says before when opened sessions are over, whoever's they are. Watch, which may be nil, hears
	// what an alarm may be made of.
	SessionsFrom func() time.Time
	Watch        Watch
	// Now tells the time in the zone of the district.
	Now func() time.Time
}

// Service keeps accounts and their sessions. It is safe for concurrent use.
type Service struct {
	accounts *audit.Recorded[Account]
	sessions *store.Collection[Session]
	guards   *store.Collection[guard]
	codes    *store.Collection[code]
	keys     *secret.Ring
	log      *audit.Log
	post     *post
	hasher   *hasher
	policy   Policy
	origin   string
	site     func() string
	passkeys *webauthn.WebAuthn
	now      func() time.Time
	db       store.DB
	setup    sync.Mutex
	from     func() time.Time
	watch    Watch
	networks *store.Collection[networks]
}

// New returns the accounts on db. It fails when the origin is no address that passkeys can be bound to.
func New(db store.DB, c Config) (*Service, error) {
	u, err := url.Parse(c.Origin)
	if err != nil || u.Hostname() == "" || u.Path != "" {
		return nil, fault.New(fault.Internal, "error.internal", errors.New("account: the origin is no address: "+c.Origin))
	}
	keys, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: c.Site(), RPOrigins: []string{c.Origin}, AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, fault.New(fault.Internal, "error.internal", err)
	}
	s := &Service{
		accounts: audit.Record(
			store.NewCollection[Account](db, "accounts", store.Unique("phone_key"), store.Unique("email_key"), store.Multi("roles"), store.Index("monthly.at"), store.Follow("audit"), store.Sealed()),
			c.Log, Kind, audit.Hide("phone", "email", "phone_key", "email_key", "password", "factors")),
		sessions: store.NewCollection[Session](db, "sessions", store.Unique("hash"), store.Index("account_id", "created"), store.Index("used"), store.Sealed()),
		guards:   store.NewCollection[guard](db, "account_guards"),
		networks: store.NewCollection[networks](db, "account_networks"),
		codes:    store.NewCollection[code](db, "account_codes", store.Index("until")),
		keys:     c.Keys, log: c.Log, hasher: newHasher(today), policy: c.Policy, origin: strings.TrimSuffix(c.Origin, "/"), site: c.Site, passkeys: keys, now: c.Now, db: db,
	}
	s.post = newPost(c.Mail)
	if s.from = c.SessionsFrom; s.from == nil {
		s.from = func() time.Time { return time.Time{} }
	}
	if s.watch = c.Watch; s.watch == nil {
		s.watch = unwatched{}
	}
	return s, nil
}

// Close waits until the messages under way are sent, or ctx ends.
func (s *Service) Close(ctx context.Context) error { return s.post.close(ctx) }

// Client is where a request comes from.
type Client struct {
	Addr    netip.Addr
	Device  string // the cookie of known devices, as it came; see SignedIn.Device
	Label   string // what the session list calls the device: "Chrome, Android"
	Request string // request id, for the trail
}

func (c Client) actor(a *Account) access.Actor {
	by := access.Actor{Request: c.Request, Client: c.Addr}
	if a != nil {
		by.AccountID, by.Name = a.ID, a.Name
	}
	return by
}

// Get returns an account: fault.NotFound. Its caller asks access whether it may be shown.
func (s *Service) Get(ctx context.Context, id string) (Account, error) {
	return s.accounts.Get(ctx, id)
}

// ByContact returns the account with this phone or e-mail: fault.NotFound.
func (s *Service) ByContact(ctx context.Context, c Contact) (Account, error) {
	field, value := keyOf(c)
	return s.accounts.GetBy(ctx, field, value)
}

// Belongs reports whether an account has this phone or e-mail.
func (s *Service) Belongs(ctx context.Context, c Contact) (bool, error) {
	_, err := s.ByContact(ctx, c)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// List returns a page of all accounts, newest first: access.AccountList.
func (s *Service) List(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Account], error) {
	if err := access.Require(by, access.AccountList, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Account]{}, err
	}
	return s.accounts.Find(ctx, store.All().OrderBy("created_at", store.Desc).After(cursor).Limit(limit))
}

// Holders returns the accounts that work in a role of the district and are not disabled.
func (s *Service) Holders(ctx context.Context, r access.Role) ([]Account, error) {
	out := []Account{}
	for a, err := range s.accounts.Each(ctx, store.Where("roles", store.Eq, string(r))) {
		if err != nil {
			return nil, err
		}
		if !a.Disabled && slices.Contains(a.Works(), r) {
			out = append(out, a)
		}
	}
	return out, nil
}

// The results of an event, as the trail says them.
const (
	went    = "ok"
	refused = "refused"
)

// event writes to the trail what happened to an account without changing it. id is empty where there is no account.
func (s *Service) event(ctx context.Context, by access.Actor, act access.Action, result, what, id string) error {
	return s.log.Event(ctx, by, audit.Event{Action: act, Object: audit.Ref{Kind: Kind, ID: id}, Result: result, Why: what})
}

func orHans(t lang.Tag) lang.Tag {
	if t == "" {
		return lang.Hans
	}
	return t
}
