// Package apikey keeps the keys with which programs of merchants act: the till that knows the hours, the office of a chain. A key
// does what its maker may do at the moment and not more than it was made for. It is shown once; what is stored of it opens nothing.
package apikey

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Limits of a key.
const (
	MaxName     = 40 // runes
	MaxListings = 200
	MaxLive     = 20 // keys of one merchant that work
	MaxDaily    = 100_000
	MaxBurst    = 100
	// DefaultDaily and DefaultBurst are what a key may ask in a day and in ten seconds unless it says otherwise.
	DefaultDaily = 10_000
	DefaultBurst = 20
)

// Grantable are the actions a key can be made for: the work on shops. People, papers, ownership and keys themselves are never left
// to a program.
var Grantable = []access.Action{
	access.ListingOpen, access.ListingHours, access.ListingContact, access.ListingTexts, access.ListingPhotos, access.ListingGoods,
	access.ListingOffers, access.ListingConfirm, access.ListingSensitive, access.ListingHistory, access.ListingInsight,
}

// key is a key as it is stored.
type key struct {
	store.Meta
	audit.Trail
	Prefix     string `json:"prefix"` // the first part of the key, by which it is found and people recognise it
	Hash       string `json:"hash"`   // of the whole key
	MerchantID string `json:"merchant_id"`
	// MakerID is the account whose rights the key has. Personal; purpose: a key must not outlive the rights of who made it;
	// retention: as long as the merchant's record.
	MakerID    string          `json:"maker_id"`
	Name       string          `json:"name"`
	Actions    []access.Action `json:"actions"`
	ListingIDs []string        `json:"listing_ids"` // empty: every shop of the merchant that the maker may
	Daily      int             `json:"daily"`
	Burst      int             `json:"burst"`
	ExpiresAt  time.Time       `json:"expires_at"`
	EndedAt    *time.Time      `json:"ended_at,omitempty"`
}

// Wish is what a key is to be.
type Wish struct {
	MerchantID string
	Name       string // what it is for: 收银系统
	Actions    []access.Action
	ListingIDs []string
	Daily      int    // requests in a day, 0 for DefaultDaily
	Burst      int    // requests in ten seconds, 0 for DefaultBurst
	Until      string // last day, YYYY-MM-DD, at most a year from today
}

// Item is what those who may see keys read of one.
type Item struct {
	ID, Prefix, Name string
	MakerID          string
	Actions          []access.Action
	ListingIDs       []string
	Daily, Burst     int
	MadeAt           time.Time
	ExpiresAt        time.Time
	EndedAt          time.Time // zero while it has not been ended
	LastUsed         time.Time // to the minute; zero for never
	Today            int       // requests of today, up to a minute ago
	Live             bool
}

// Account returns the account as an actor, with the seats it has now: fault.NotFound when it is gone or disabled.
type Account func(ctx context.Context, accountID string) (access.Actor, error)

// Service makes, checks and ends keys.
type Service struct {
	keys    *audit.Recorded[key]
	uses    *store.Collection[use]
	account Account
	now     func() time.Time

	mu    sync.Mutex
	meter map[string]*meter // by key id; only keys that exist come in
}

// New returns the service on db. now tells the time in the zone of the district.
func New(db store.DB, log *audit.Log, account Account, now func() time.Time) *Service {
	coll := store.NewCollection[key](db, "api_keys", store.Unique("prefix"), store.Index("merchant_id", "created_at"), store.Follow("audit"))
	return &Service{
		keys: audit.Record(coll, log, "api_key", audit.Hide("hash")), uses: store.NewCollection[use](db, "api_key_uses"),
		account: account, now: now, meter: map[string]*meter{},
	}
}

func thing(merchantID string) access.Thing {
	return access.Thing{Kind: "api_key", MerchantID: merchantID}
}

// Make makes a key and returns it in full, which nobody will see again. fault.Invalid names the fields that are wrong.
func (s *Service) Make(ctx context.Context, by access.Actor, w Wish) (plain string, item Item, err error) {
	if err := access.Require(by, access.KeyMake, thing(w.MerchantID)); err != nil {
		return "", Item{}, err
	}
	k, err := s.check(by, w)
	if err != nil {
		return "", Item{}, err
	}
	all, err := s.of(ctx, w.MerchantID)
	if err != nil {
		return "", Item{}, err
	}
	live := 0
	for i := range all {
		if all[i].live(s.now()) {
			live++
		}
	}
	if live >= MaxLive {
		return "", Item{}, fault.Wrong("name", "error.api_key.enough", map[string]any{"Max": MaxLive})
	}
	plain, k.Prefix = token()
	k.Hash = secret.Hash(plain)
	if err := s.keys.Insert(ctx, by, audit.Write{Action: access.KeyMake, Title: k.Name}, &k); err != nil {
		return "", Item{}, err
	}
	return plain, s.item(&k, use{}), nil
}

// check turns a wish into a key.
func (s *Service) check(by access.Actor, w Wish) (key, error) {
	k := key{
		MerchantID: w.MerchantID, MakerID: by.AccountID, Name: lang.Clean(w.Name), Daily: w.Daily, Burst: w.Burst,
		Actions: distinct(w.Actions), ListingIDs: distinct(w.ListingIDs),
	}
	if k.Daily == 0 {
		k.Daily = DefaultDaily
	}
	if k.Burst == 0 {
		k.Burst = DefaultBurst
	}
	wrong := lang.Limit{Max: MaxName, Must: true}.Check("name", k.Name)
	if len(k.Actions) == 0 {
		wrong = append(wrong, fault.Field{Name: "actions", Key: "error.text.empty"})
	}
	if len(k.ListingIDs) > MaxListings {
		wrong = append(wrong, fault.Field{Name: "listing_ids", Key: "error.list.long", Args: map[string]any{"Max": MaxListings}})
	}
	if slices.ContainsFunc(k.Actions, func(a access.Action) bool { return !slices.Contains(Grantable, a) || !k.within(by, a) }) {
		wrong = append(wrong, fault.Field{Name: "actions", Key: "error.api_key.beyond"})
	}
	if k.Daily < 1 || k.Daily > MaxDaily {
		wrong = append(wrong, fault.Field{Name: "daily", Key: "error.number"})
	}
	if k.Burst < 1 || k.Burst > MaxBurst {
		wrong = append(wrong, fault.Field{Name: "burst", Key: "error.number"})
	}
	today := s.now()
	last, err := time.ParseInLocation(time.DateOnly, w.Until, today.Location())
	switch {
	case err != nil:
		wrong = append(wrong, fault.Field{Name: "until", Key: "error.date"})
	case w.Until < today.Format(time.DateOnly) || w.Until > today.AddDate(1, 0, 0).Format(time.DateOnly):
		wrong = append(wrong, fault.Field{Name: "until", Key: "error.api_key.until"})
	}
	k.ExpiresAt = last.AddDate(0, 0, 1)
	if len(wrong) > 0 {
		return key{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return k, nil
}

// within reports whether the maker may do the action himself, to every shop the key is for.
func (k *key) within(by access.Actor, act access.Action) bool {
	if len(k.ListingIDs) == 0 {
		return access.Can(by, act, access.Thing{Kind: "listing", MerchantID: k.MerchantID})
	}
	return !slices.ContainsFunc(k.ListingIDs, func(id string) bool {
		return !access.Can(by, act, access.Thing{Kind: "listing", ID: id, MerchantID: k.MerchantID, ListingID: id})
	})
}

func (k *key) live(now time.Time) bool { return k.EndedAt == nil && now.Before(k.ExpiresAt) }

// List returns the keys of a merchant, the newest first, those that are over too.
func (s *Service) List(ctx context.Context, by access.Actor, merchantID string) ([]Item, error) {
	if err := access.Require(by, access.KeyList, thing(merchantID)); err != nil {
		return nil, err
	}
	all, err := s.of(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	uses := map[string]use{}
	for part := range slices.Chunk(ids, 500) {
		for u, err := range s.uses.Each(ctx, store.Where("id", store.In, part)) {
			if err != nil {
				return nil, err
			}
			uses[u.ID] = u
		}
	}
	out := make([]Item, len(all))
	for i := range all {
		out[i] = s.item(&all[i], uses[all[i].ID])
	}
	return out, nil
}

func (s *Service) of(ctx context.Context, merchantID string) ([]key, error) {
	all := []key{}
	for k, err := range s.keys.Each(ctx, store.Where("merchant_id", store.Eq, merchantID).OrderBy("created_at", store.Desc)) {
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, nil
}

func (s *Service) item(k *key, u use) Item {
	i := Item{
		ID: k.ID, Prefix: k.Prefix, Name: k.Name, MakerID: k.MakerID, Actions: k.Actions, ListingIDs: k.ListingIDs, Daily: k.Daily, Burst: k.Burst,
		MadeAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, LastUsed: u.Last, Live: k.live(s.now()),
	}
	if k.EndedAt != nil {
		i.EndedAt = *k.EndedAt
	}
	if u.Day == s.now().Format(time.DateOnly) {
		i.Today = u.Count
	}
	return i
}

// End ends a key: the next request with it is refused. Ending it again changes nothing. fault.NotFound for a key that is not
// there or none of their business.
func (s *Service) End(ctx context.Context, by access.Actor, id, why string) error {
	k, err := s.keys.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	// Of a key that is not there people hear the same as of somebody else's.
	if denied := access.Require(by, access.KeyEnd, thing(k.MerchantID)); denied != nil {
		return denied
	}
	if err != nil || k.EndedAt != nil {
		return err
	}
	at := s.now()
	_, err = s.keys.Update(ctx, by, audit.Write{Action: access.KeyEnd, Title: k.Name, Why: lang.Clean(why)}, id, 0, func(k *key) error {
		if k.EndedAt == nil {
			k.EndedAt = &at
		}
		return nil
	})
	return err
}

// Authenticate returns who acts with the key: its maker with the seats of today in the key's merchant, without any role of the
// district, and with Actor.Key set. It reads the store each time, so that a key that was ended is over at once.
//
// fault.Unauthenticated for a key that is none, was ended, is too old, or whose maker has left; fault.TooMany when it asked too
// often.
func (s *Service) Authenticate(ctx context.Context, bearer string) (access.Actor, error) {
	prefix, ok := parse(bearer)
	if !ok {
		return access.Actor{}, unknown()
	}
	k, err := s.keys.GetBy(ctx, "prefix", prefix)
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, unknown()
	}
	if err != nil {
		return access.Actor{}, err
	}
	if subtle.ConstantTimeCompare([]byte(secret.Hash(bearer)), []byte(k.Hash)) != 1 {
		return access.Actor{}, unknown()
	}
	if !k.live(s.now()) {
		return access.Actor{}, over("its time has ended")
	}
	a, err := s.account(ctx, k.MakerID)
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, over("its maker is gone")
	}
	if err != nil {
		return access.Actor{}, err
	}
	seats := slices.DeleteFunc(slices.Clone(a.Seats), func(s access.Seat) bool { return s.MerchantID != k.MerchantID })
	if len(seats) == 0 {
		return access.Actor{}, over("its maker has left the merchant")
	}
	if err := s.take(ctx, &k); err != nil {
		return access.Actor{}, err
	}
	return access.Actor{
		AccountID: a.AccountID, Name: k.Name, Seats: seats,
		Key: &access.Key{ID: k.ID, Actions: k.Actions, ListingIDs: k.ListingIDs},
	}, nil
}

func unknown() error { return fault.New(fault.Unauthenticated, "error.api_key.unknown", nil) }

// over is told only to who has the whole key.
func over(why string) error {
	return fault.New(fault.Unauthenticated, "error.api_key.over", errors.New("apikey: "+why))
}

const (
	mark      = "sq_" // what the scanners of code hosts look for
	prefixLen = 8
	tokenLen  = len(mark) + prefixLen + 1 + 43
)

var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// token returns a new key, "sq_7k2m9xq4_…", with 256 random bits in its second part.
func token() (plain, prefix string) {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	prefix = letters.EncodeToString(b[:])
	rest, _ := secret.Token()
	return mark + prefix + "_" + rest, prefix
}

// parse returns the prefix of what looks like a key.
func parse(bearer string) (prefix string, ok bool) {
	rest, marked := strings.CutPrefix(bearer, mark)
	if !marked || len(bearer) != tokenLen || rest[prefixLen] != '_' {
		return "", false
	}
	return rest[:prefixLen], true
}

func distinct[T comparable](all []T) []T {
	out := []T{}
	for _, x := range all {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
