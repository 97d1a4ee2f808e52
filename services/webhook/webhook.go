// Package webhook tells programs elsewhere what happened: a shop was published, changed or closed, a notice came or ended. Messages
// are signed as Standard Webhooks 1.0 says. Each goes out at least once, in no promised order, and carries no more than where to
// read what is true now; so a message that comes twice or late does no harm.
//
// Whoever makes a webhook names an address that this server then calls. Package outward keeps it from calling anything of its own
// network; the address of a merchant's webhook is called only after an administrator has allowed it.
package webhook

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/outward"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Type is what happened.
type Type string

// The types. A receiver that does not know one answers 200 and lets it be.
const (
	ShopPublished   Type = "shop.published"
	ShopChanged     Type = "shop.changed"
	ShopClosed      Type = "shop.closed"    // moved away or given up: the page stays and says so
	ShopWithdrawn   Type = "shop.withdrawn" // the public does not see it any more
	NoticePublished Type = "notice.published"
	NoticeEnded     Type = "notice.ended"
	Ping            Type = "ping" // a person tried the webhook
)

// Types are those one can ask for.
var Types = []Type{ShopPublished, ShopChanged, ShopClosed, ShopWithdrawn, NoticePublished, NoticeEnded}

// State is where a webhook stands.
type State string

// The states.
const (
	Waiting State = "waiting" // for an administrator, who allows the address
	Active  State = "active"
	Broken  State = "broken" // nobody answered for days, or said that they want no more
	Ended   State = "ended"
)

// Limits of a webhook.
const (
	MaxName     = 40 // runes
	MaxMerchant = 5  // webhooks of one merchant that are not ended
	MaxDistrict = 20
	// Overlap is for how long messages are signed with the secret before, too, after it was replaced.
	Overlap = 24 * time.Hour
)

// hook is a webhook as it is stored.
type hook struct {
	store.Meta
	audit.Trail
	MerchantID string `json:"merchant_id"` // empty: the district's own
	// MakerID is the account that is told when it breaks. Personal; purpose: that; retention: as long as the webhook.
	MakerID string      `json:"maker_id"`
	Name    string      `json:"name"`
	URL     string      `json:"url"`
	Types   []Type      `json:"types"`
	Secrets []sealedKey `json:"secrets"` // the newest first
	State   State       `json:"state"`
	Why     string      `json:"why"`  // of a broken one: "gone", "silent" or "full"
	Told    bool        `json:"told"` // the maker knows that it is broken
}

// sealedKey is a secret that opens only with the master key.
type sealedKey struct {
	Sealed string     `json:"sealed"`
	Until  *time.Time `json:"until,omitempty"` // nil: it is the current one
}

// Wish is what a webhook is to be.
type Wish struct {
	MerchantID string // empty: the district's own
	Name       string
	URL        string
	Types      []Type
}

// Item is what people read of a webhook.
type Item struct {
	ID, MerchantID, MakerID string
	Rev                     int64
	Name, URL               string
	Types                   []Type
	State                   State
	Why                     string
	MadeAt                  time.Time
	// OldUntil is until when the secret before is used, too; zero when there is none.
	OldUntil time.Time
}

// Deps are what the service is built on.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Keys *secret.Ring
	Mail mail.Sender
	// Reach returns the addresses of an account and its language: fault.NotFound for one that is gone.
	Reach func(ctx context.Context, accountID string) (to []string, l lang.Tag, err error)
	// Origin begins the addresses in messages, Site is the name of the site in letters.
	Origin, Site string
	Now          func() time.Time
	// HTTP makes the calls; nil for the client that calls only public addresses. Tests have another.
	HTTP *http.Client
}

// Service makes webhooks and sends their messages.
type Service struct {
	Deps
	hooks *audit.Recorded[hook]
	sent  *store.Collection[delivery]
	shops *store.Collection[shown]

	owner string // of leases
	wake  chan struct{}
	mu    sync.Mutex // held while changes are taken in
}

// New returns the service. The collection of listings declares store.Follow(FollowerName).
func New(d Deps) *Service {
	if d.HTTP == nil {
		d.HTTP = outward.Client(nil, callTime, 443)
	}
	hooks := store.NewCollection[hook](d.DB, "webhooks", store.Index("state"), store.Index("merchant_id", "created_at"), store.Follow("audit"))
	return &Service{
		Deps:  d,
		hooks: audit.Record(hooks, d.Log, kind, audit.Hide("secrets")),
		sent: store.NewCollection[delivery](d.DB, "webhook_deliveries",
			store.Index("state", "next_at"), store.Index("hook_id", "state", "next_at"), store.Index("hook_id", "created_at")),
		shops: store.NewCollection[shown](d.DB, "webhook_shops"),
		owner: rand.Text(), wake: make(chan struct{}, 1),
	}
}

// kind of webhooks in the trail and in questions of permission.
const kind = "webhook"

func thing(merchantID string) access.Thing { return access.Thing{Kind: kind, MerchantID: merchantID} }

// Make makes a webhook and returns its secret, which nobody will see again. The district's own works at once, a merchant's when its
// address is allowed. fault.Invalid names the fields that are wrong.
func (s *Service) Make(ctx context.Context, by access.Actor, w Wish) (plain string, item Item, err error) {
	if err := access.Require(by, access.WebhookMake, thing(w.MerchantID)); err != nil {
		return "", Item{}, err
	}
	h, err := s.check(w)
	if err != nil {
		return "", Item{}, err
	}
	most := MaxMerchant
	if h.State, h.MakerID = Waiting, by.AccountID; h.MerchantID == "" {
		h.State, most = Active, MaxDistrict
	}
	all, err := s.of(ctx, w.MerchantID)
	if err != nil {
		return "", Item{}, err
	}
	if all = slices.DeleteFunc(all, func(x hook) bool { return x.State == Ended }); len(all) >= most {
		return "", Item{}, fault.Wrong("name", "error.webhook.enough", map[string]any{"Max": most})
	}
	plain = newSecret()
	sealed, err := s.Keys.Seal(kind, []byte(plain))
	if err != nil {
		return "", Item{}, err
	}
	h.Secrets = []sealedKey{{Sealed: sealed}}
	if err := s.hooks.Insert(ctx, by, audit.Write{Action: access.WebhookMake, Title: h.Name}, &h); err != nil {
		return "", Item{}, err
	}
	return plain, s.item(&h), nil
}

// check turns a wish into a webhook.
func (s *Service) check(w Wish) (hook, error) {
	h := hook{MerchantID: w.MerchantID, Name: lang.Clean(w.Name), Types: []Type{}}
	wrong := lang.Limit{Max: MaxName, Must: true}.Check("name", h.Name)
	var err error
	if h.URL, err = checkURL(w.URL); err != nil {
		wrong = append(wrong, err.(*fault.Error).Fields...) //nolint:errorlint,forcetypeassert // checkURL returns the fault itself
	}
	for _, t := range Types {
		if slices.Contains(w.Types, t) {
			h.Types = append(h.Types, t)
		}
	}
	if len(h.Types) == 0 || slices.ContainsFunc(w.Types, func(t Type) bool { return !slices.Contains(Types, t) }) {
		wrong = append(wrong, fault.Field{Name: "types", Key: "error.webhook.types"})
	}
	if len(wrong) > 0 {
		return hook{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return h, nil
}

func (s *Service) of(ctx context.Context, merchantID string) ([]hook, error) {
	out := []hook{}
	for h, err := range s.hooks.Each(ctx, store.Where("merchant_id", store.Eq, merchantID).OrderBy("created_at", store.Desc)) {
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func (s *Service) item(h *hook) Item {
	i := Item{
		ID: h.ID, Rev: h.Rev, MerchantID: h.MerchantID, MakerID: h.MakerID, Name: h.Name, URL: h.URL, Types: h.Types, State: h.State, Why: h.Why, MadeAt: h.CreatedAt,
	}
	for _, k := range h.Secrets {
		if k.Until != nil && s.Now().Before(*k.Until) {
			i.OldUntil = *k.Until
		}
	}
	return i
}

// List returns the webhooks of a merchant, of the district for "", the newest first, ended ones too.
func (s *Service) List(ctx context.Context, by access.Actor, merchantID string) ([]Item, error) {
	if err := access.Require(by, access.WebhookList, thing(merchantID)); err != nil {
		return nil, err
	}
	all, err := s.of(ctx, merchantID)
	return s.items(all), err
}

func (s *Service) items(all []hook) []Item {
	out := make([]Item, len(all))
	for i := range all {
		out[i] = s.item(&all[i])
	}
	return out
}

// maxListed is how many webhooks of merchants one list has.
const maxListed = 200

// Merchants returns the webhooks of merchants in one state, the newest 200, for who allows them.
func (s *Service) Merchants(ctx context.Context, by access.Actor, in State) ([]Item, error) {
	if err := access.Require(by, access.WebhookDistrict, thing("")); err != nil {
		return nil, err
	}
	out := []hook{}
	for h, err := range s.hooks.Each(ctx, store.Where("state", store.Eq, string(in))) {
		if err != nil {
			return nil, err
		}
		if h.MerchantID != "" {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b hook) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return s.items(out[:min(len(out), maxListed)]), nil
}

// Get returns a webhook: fault.NotFound, also for whom it is none of their business.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Item, error) {
	h, err := s.get(ctx, by, access.WebhookList, id)
	if err != nil {
		return Item{}, err
	}
	return s.item(&h), nil
}

// get returns a webhook for an action. Of one that is not there people hear the same as of somebody else's.
func (s *Service) get(ctx context.Context, by access.Actor, act access.Action, id string) (hook, error) {
	h, err := s.hooks.Get(ctx, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) && !by.Known() {
			return hook{}, access.Require(by, act, access.Thing{})
		}
		return hook{}, err
	}
	return h, access.Require(by, act, thing(h.MerchantID))
}

// Allow lets a merchant's webhook begin: fault.Conflict when it does not wait.
func (s *Service) Allow(ctx context.Context, by access.Actor, id string) error {
	return s.move(ctx, by, access.WebhookAllow, id, Active, Waiting)
}

// Resume lets a webhook that broke go on. What happened meanwhile is not sent: the receiver reads it from the API.
func (s *Service) Resume(ctx context.Context, by access.Actor, id string) error {
	return s.move(ctx, by, access.WebhookRun, id, Active, Broken)
}

// End ends a webhook for good. Ending it again changes nothing.
func (s *Service) End(ctx context.Context, by access.Actor, id string) error {
	h, err := s.get(ctx, by, access.WebhookRun, id)
	if err != nil || h.State == Ended {
		return err
	}
	return s.move(ctx, by, access.WebhookRun, id, Ended, Waiting, Active, Broken)
}

func (s *Service) move(ctx context.Context, by access.Actor, act access.Action, id string, to State, from ...State) error {
	h, err := s.get(ctx, by, act, id)
	if err != nil {
		return err
	}
	_, err = s.hooks.Update(ctx, by, audit.Write{Action: act, Title: h.Name, Why: string(to)}, id, 0, func(h *hook) error {
		if !slices.Contains(from, h.State) {
			return fault.New(fault.Conflict, "error.webhook.state", nil)
		}
		h.become(to)
		return nil
	})
	return err
}

// become sets the state; what was said of the one before is over.
func (h *hook) become(to State) { h.State, h.Why, h.Told = to, "", false }

// MerchantCloses ends the webhooks of a merchant that closes, in the name of who closes it; services/merchant has decided that they may. What
// waits for them is not sent. It goes through all of them whatever fails, and can be repeated.
func (s *Service) MerchantCloses(ctx context.Context, by access.Actor, merchantID string) error {
	if merchantID == "" {
		return nil // the district's own
	}
	all, err := s.of(ctx, merchantID)
	errs := []error{err}
	for i := range all {
		if all[i].State == Ended {
			continue
		}
		w := audit.Write{Action: access.WebhookRun, Title: all[i].Name, Why: "the merchant has closed"}
		_, err := s.hooks.Update(ctx, by, w, all[i].ID, 0, func(h *hook) error {
			h.become(Ended)
			return nil
		})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Rotate gives a webhook another secret and returns it. Messages are signed with both for a day.
func (s *Service) Rotate(ctx context.Context, by access.Actor, id string) (plain string, err error) {
	h, err := s.get(ctx, by, access.WebhookMake, id)
	if err != nil {
		return "", err
	}
	plain = newSecret()
	sealed, err := s.Keys.Seal(kind, []byte(plain))
	if err != nil {
		return "", err
	}
	until := s.Now().Add(Overlap).UTC()
	_, err = s.hooks.Update(ctx, by, audit.Write{Action: access.WebhookMake, Title: h.Name}, id, 0, func(h *hook) error {
		if h.State == Ended {
			return fault.New(fault.Conflict, "error.webhook.state", nil)
		}
		old := h.Secrets[0]
		old.Until = &until
		h.Secrets = []sealedKey{{Sealed: sealed}, old}
		return nil
	})
	return plain, err
}

// secrets returns what a message is signed with now, the newest first.
func (s *Service) secrets(h *hook) ([]string, error) {
	out := []string{}
	for _, k := range h.Secrets {
		if k.Until != nil && !s.Now().Before(*k.Until) {
			continue
		}
		plain, err := s.Keys.Open(kind, k.Sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, string(plain))
	}
	return out, nil
}
