package account

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/mail"
	"shangquan/services/secret"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

const (
	phone1   = "+8613812345678"
	password = "蓝色的自行车停在桥边等雨停"
	site     = "中山中路商圈"
)

// world is accounts on a store of their own, with a clock that stands still and a post box.
type world struct {
	*Service
	t    testing.TB
	path string
	db   store.DB
	keys *secret.Ring
	log  *audit.Log
	conf Config
	// called is the name of the site; a test may change it, as an administrator does.
	called string

	mu   sync.Mutex
	at   time.Time
	sent []mail.Message
}

func (w *world) clock() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.at }

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// Send implements mail.Sender.
func (w *world) Send(_ context.Context, m mail.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, m)
	return nil
}

// mails returns what was sent since the last call.
func (w *world) mails() []mail.Message {
	w.post.open.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.sent
	w.sent = nil
	return out
}

func (w *world) kinds() string {
	var out []string
	for _, m := range w.mails() {
		out = append(out, m.Kind)
	}
	return strings.Join(out, " ")
}

func newWorld(t testing.TB, policy ...Policy) *world {
	t.Helper()
	w := &world{t: t, called: site, at: time.Date(2026, 10, 15, 12, 0, 0, 0, zone), path: filepath.Join(t.TempDir(), "a.db")}
	keys, err := secret.New([]byte(strings.Repeat("k", secret.Size)))
	if err != nil {
		t.Fatal(err)
	}
	w.keys = keys
	w.conf = Config{Origin: "https://shop.example.com", Site: func() string { return w.called }, Keys: keys, Mail: w, Now: w.clock}
	if len(policy) > 0 {
		w.conf.Policy = policy[0]
	}
	w.start()
	return w
}

// start opens the store and the service, as a restart does.
func (w *world) start() {
	w.t.Helper()
	if w.db != nil {
		if err := w.db.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	db, err := store.Open(w.t.Context(), "file:"+w.path, store.Clock(w.clock))
	if err != nil {
		w.t.Fatal(err)
	}
	w.db, w.log = db, audit.New(db, w.keys, w.clock)
	w.conf.Log = w.log
	if w.Service, err = New(db, w.conf); err != nil {
		w.t.Fatal(err)
	}
	w.hasher = newHasher(cheap)
	s := w.Service
	w.t.Cleanup(func() { _ = s.Close(context.Background()); _ = db.Close() })
}

// cheap is what hashes cost where their cost is not what is tested.
var cheap = params{memory: 64, passes: 1, lanes: 1}

// from is a client with an address of its own for each n.
func from(n int) Client {
	return Client{Addr: netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}), Label: "Chrome, Android", Request: "R"}
}

// register makes an account by invitation.
func (w *world) register(contact string) SignedIn {
	w.t.Helper()
	in, err := w.Register(w.t.Context(), Registration{Name: "陈阿姨", Contact: contact, Proved: true, Password: password}, from(1))
	if err != nil {
		w.t.Fatal(err)
	}
	w.mails()
	return in
}

// staff makes an account with roles of the district and a second factor, and returns it signed in.
func (w *world) staff(contact string, roles ...access.Role) (SignedIn, access.Actor, string) {
	w.t.Helper()
	in := w.register(contact)
	if _, err := w.SetRoles(w.t.Context(), access.System("test"), in.Account.ID, 0, roles, ""); err != nil {
		w.t.Fatal(err)
	}
	in, err := w.SignIn(w.t.Context(), contact, password, from(2))
	if err != nil {
		w.t.Fatal(err)
	}
	in, key := w.totp(in)
	w.mails()
	return in, w.Actor(in.Session, in.Account), key
}

func (w *world) auth(token string) (Session, error) {
	x, _, err := w.Authenticate(w.t.Context(), token)
	return x, err
}

func is(t testing.TB, what string, err error, k fault.Kind, key string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != k {
		t.Fatalf("%s = %v, want %v %s", what, err, k, key)
	}
	if f.Key == key {
		return
	}
	for _, x := range f.Fields {
		if x.Key == key {
			return
		}
	}
	t.Fatalf("%s = %v, want key %s", what, err, key)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
