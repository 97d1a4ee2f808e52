package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/outward"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

// bench is the service with a receiver on this machine.
type bench struct {
	*Service
	shops *listing.Service
	coll  *store.Collection[listing.Listing]
	mails *mail.Log
	at    atomic.Int64

	mu     sync.Mutex
	got    []got
	answer func(w http.ResponseWriter, r *http.Request)
}

// got is a call that arrived.
type got struct {
	id, stamp, signatures, body string
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()).In(zone) }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.at.Store(time.Date(2026, 10, 15, 12, 0, 0, 0, zone).UnixMilli())
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.got = append(b.got, got{r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), r.Header.Get("Webhook-Signature"), string(body)})
		answer := b.answer
		b.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(receiver.Close)
	db, log, keys := audittest.Open(t, b.now)
	b.shops, b.coll = listing.New(db, log, b.now), listing.Declare(db)
	b.mails = mail.NewLog(mail.Options{Words: func(lang.Tag, string, map[string]any) (string, string, error) { return "-", "-", nil }})
	// The receiver stands in for every name; redirects, times and everything else are those of the real client.
	client := outward.Client(nil, callTime, 443)
	client.Timeout = 300 * time.Millisecond
	transport := client.Transport.(*http.Transport)                                                   //nolint:forcetypeassert // outward.Client makes it
	transport.TLSClientConfig = receiver.Client().Transport.(*http.Transport).TLSClientConfig.Clone() //nolint:forcetypeassert // httptest makes it
	transport.TLSClientConfig.ServerName = "example.com"
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, receiver.Listener.Addr().String())
	}
	b.Service = New(Deps{
		DB: db, Log: log, Keys: keys, Mail: b.mails, Origin: "https://shop.test", Site: "松江商圈", Now: b.now, HTTP: client,
		Reach: func(_ context.Context, id string) ([]string, lang.Tag, error) {
			return []string{id + "@example.com"}, lang.Hans, nil
		},
	})
	return b
}

// again is the service on another server, or after a restart.
func (b *bench) again() *Service { return New(b.Deps) }

func (b *bench) says(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte("said " + http.StatusText(status)))
	}
}

func (b *bench) calls() []got {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

var (
	admin = access.Actor{AccountID: "admin", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}
	clerk = access.Actor{AccountID: "clerk", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true}
	owner = access.Actor{AccountID: "owner", Sudo: true, Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}
	staff = access.Actor{AccountID: "staff", Sudo: true, Seats: []access.Seat{{MerchantID: "m", Role: access.Staff}}}
	rival = access.Actor{AccountID: "rival", Sudo: true, Seats: []access.Seat{{MerchantID: "n", Role: access.Owner}}}
)

func (b *bench) make(t *testing.T, by access.Actor, merchantID string, types ...Type) (string, Item) {
	t.Helper()
	if len(types) == 0 {
		types = Types
	}
	plain, item, err := b.Make(t.Context(), by, Wish{MerchantID: merchantID, Name: "总部", URL: "https://hooks.example.com/in", Types: types})
	if err != nil {
		t.Fatal(err)
	}
	return plain, item
}

// shop enters a published shop and returns it.
func (b *bench) shop(t *testing.T, code, merchantID string) listing.Listing {
	t.Helper()
	l := listing.Listing{
		Code: code, State: listing.Published, MerchantID: merchantID, CategoryID: "noodles", Name: listing.Name{Text: lang.Text{Hans: "面馆" + code}},
		Address: listing.Address{Line: "中山中路 218 号"},
	}
	if err := b.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// settleAll finds what happened and sends what is due.
func (b *bench) settleAll(t *testing.T) {
	t.Helper()
	if err := b.Shops(t.Context(), b.coll); err != nil {
		t.Fatal(err)
	}
	b.sendAll(t)
}

func (b *bench) sendAll(t *testing.T) {
	t.Helper()
	for {
		n, err := b.Send(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (b *bench) log(t *testing.T, id string) []Delivery {
	t.Helper()
	page, err := b.Deliveries(t.Context(), admin, id, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func (b *bench) types(t *testing.T) []Type {
	t.Helper()
	out := []Type{}
	for _, g := range b.calls() {
		var m struct{ Type Type }
		if err := json.Unmarshal([]byte(g.body), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m.Type)
	}
	return out
}

func TestWhatShopsTell(t *testing.T) {
	b := start(t)
	b.settleAll(t)
	plain, _ := b.make(t, clerk, "")
	l := b.shop(t, "A1", "")
	b.settleAll(t)
	_, err := b.shops.Update(t.Context(), access.System("test"), l.ID, 0, func(l *listing.Listing) error { l.Description.Hans = "开了三十年。"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	b.settleAll(t)
	if _, err = b.shops.Update(t.Context(), access.System("test"), l.ID, 0, func(l *listing.Listing) error { l.Popularity = 7; return nil }); err != nil {
		t.Fatal(err)
	}
	b.settleAll(t) // nothing the public sees
	for _, a := range []listing.Action{listing.Suspend, listing.Reinstate} {
		if _, err = b.shops.Act(t.Context(), access.System("test"), l.ID, 0, a); err != nil {
			t.Fatal(err)
		}
		b.settleAll(t)
	}
	if _, err = b.shops.Close(t.Context(), access.System("test"), l.ID, 0, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	b.settleAll(t)
	want := []Type{ShopPublished, ShopChanged, ShopWithdrawn, ShopPublished, ShopClosed}
	if got := b.types(t); !slices.Equal(got, want) {
		t.Fatalf("told %v, want %v", got, want)
	}
	for _, g := range b.calls() {
		if err := Verify(plain, g.id, g.stamp, g.signatures, []byte(g.body), b.now()); err != nil {
			t.Errorf("%s: %v", g.id, err)
		}
	}
	if body := b.calls()[1].body; !strings.Contains(body, `"api":"https://shop.test/api/v1/listings/`+l.ID) || strings.Contains(body, "三十年") {
		t.Errorf("the message says %s", body)
	}
}

// A shop that was written and written back between two looks did not change, and one that came and went was never there.
func TestWhatIsOverIsNotTold(t *testing.T) {
	b := start(t)
	b.make(t, clerk, "")
	l := b.shop(t, "A1", "")
	if _, err := b.shops.Act(t.Context(), access.System("test"), l.ID, 0, listing.Suspend); err != nil {
		t.Fatal(err)
	}
	b.settleAll(t)
	if got := b.calls(); len(got) > 0 {
		t.Errorf("told %v", got)
	}
}

func TestWhoHears(t *testing.T) {
	b := start(t)
	_, district := b.make(t, clerk, "", ShopPublished)
	_, own := b.make(t, owner, "m")
	_, other := b.make(t, rival, "n")
	b.shop(t, "A0", "m")
	b.settleAll(t)
	if n := len(b.log(t, own.ID)); n > 0 {
		t.Errorf("a webhook that nobody has allowed was called %d times", n)
	}
	for _, id := range []string{own.ID, other.ID} {
		if err := b.Allow(t.Context(), admin, id); err != nil {
			t.Fatal(err)
		}
	}
	b.shop(t, "A1", "m")
	b.shop(t, "A2", "")
	b.settleAll(t)
	for id, want := range map[string]int{district.ID: 3, own.ID: 1, other.ID: 0} {
		if got := len(b.log(t, id)); got != want {
			t.Errorf("%s heard of %d shops, want %d", id, got, want)
		}
	}
}

func TestWhoMay(t *testing.T) {
	b := start(t)
	_, own := b.make(t, owner, "m")
	_, district := b.make(t, admin, "")
	ctx := t.Context()
	deeds := map[string]func(by access.Actor, id string) error{
		"get":     func(by access.Actor, id string) error { _, err := b.Get(ctx, by, id); return err },
		"log":     func(by access.Actor, id string) error { _, err := b.Deliveries(ctx, by, id, "", 10); return err },
		"rotate":  func(by access.Actor, id string) error { _, err := b.Rotate(ctx, by, id); return err },
		"ping":    func(by access.Actor, id string) error { return b.Ping(ctx, by, id) },
		"again":   func(by access.Actor, id string) error { return b.Again(ctx, by, id, "x") },
		"resume":  func(by access.Actor, id string) error { return b.Resume(ctx, by, id) },
		"end":     func(by access.Actor, id string) error { return b.End(ctx, by, id) },
		"allow":   func(by access.Actor, id string) error { return b.Allow(ctx, by, id) },
		"list":    func(by access.Actor, _ string) error { _, err := b.List(ctx, by, "m"); return err },
		"waiting": func(by access.Actor, _ string) error { _, err := b.Merchants(ctx, by, Waiting); return err },
	}
	for name, do := range deeds {
		for _, by := range []access.Actor{staff, rival, {AccountID: "nobody"}} {
			if err := do(by, own.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s by %s = %v, want that there is none", name, by.AccountID, err)
			}
		}
		if err := do(access.Actor{}, own.ID); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s by a visitor = %v", name, err)
		}
		if name != "list" {
			if err := do(owner, district.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of the district's by an owner = %v", name, err)
			}
		}
	}
	if err := b.Allow(ctx, owner, own.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an owner allows the own webhook: %v", err)
	}
	if _, _, err := b.Make(ctx, owner, Wish{Name: "x", URL: "https://example.com/", Types: Types}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an owner makes one for the district: %v", err)
	}
	tired := owner
	tired.Sudo = false
	if _, err := b.Rotate(ctx, tired, own.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a secret without a fresh check: %v", err)
	}
}

func TestWishes(t *testing.T) {
	b := start(t)
	good := Wish{MerchantID: "m", Name: "总部", URL: "https://example.com/", Types: []Type{ShopChanged}}
	for name, tt := range map[string]struct {
		change func(*Wish)
		field  string
	}{
		"no name":       {func(w *Wish) { w.Name = " " }, "name"},
		"long name":     {func(w *Wish) { w.Name = strings.Repeat("店", MaxName+1) }, "name"},
		"plain http":    {func(w *Wish) { w.URL = "http://example.com/" }, "url"},
		"no types":      {func(w *Wish) { w.Types = nil }, "types"},
		"unknown type":  {func(w *Wish) { w.Types = []Type{ShopChanged, "shop.sold"} }, "types"},
		"only for ping": {func(w *Wish) { w.Types = []Type{Ping} }, "types"},
	} {
		w := good
		tt.change(&w)
		_, _, err := b.Make(t.Context(), owner, w)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != tt.field {
			t.Errorf("%s: %v, want a mistake in %s", name, err, tt.field)
		}
	}
	for range MaxMerchant {
		b.make(t, owner, "m")
	}
	if _, _, err := b.Make(t.Context(), owner, good); !fault.Is(err, fault.Invalid) {
		t.Errorf("one too many: %v", err)
	}
}

// A receiver that is ill for an hour gets everything once it is well, in the order of the schedule.
func TestRetries(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	b.says(http.StatusServiceUnavailable)
	b.shop(t, "A1", "")
	b.settleAll(t)
	for i, gap := range gaps[:3] {
		if n := len(b.calls()); n != i+1 {
			t.Fatalf("%d calls before the pause of %v, want %d", n, gap, i+1)
		}
		b.pass(gap - time.Second)
		b.sendAll(t)
		if n := len(b.calls()); n != i+1 {
			t.Fatalf("called again a second before %v were over", gap)
		}
		if b.pass(time.Second); i == 2 {
			b.says(http.StatusNoContent)
		}
		b.sendAll(t)
	}
	log := b.log(t, h.ID)
	if len(log) != 1 || log[0].State != Done || len(log[0].Tries) != 4 || log[0].Tries[0].Status != 503 || log[0].Tries[0].Answer != "said Service Unavailable" || log[0].Tries[3].Status != 204 {
		t.Errorf("the log says %+v", log)
	}
	first := b.calls()[0]
	for _, g := range b.calls() {
		if g.id != first.id || g.body != first.body {
			t.Errorf("another message came: %+v", g)
		}
	}
	if first.stamp == b.calls()[3].stamp {
		t.Error("the last try bears the time of the first")
	}
	b.pass(72 * time.Hour)
	if b.sendAll(t); len(b.calls()) != 4 {
		t.Error("what has arrived was sent again")
	}
}

func TestBroken(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	b.says(http.StatusInternalServerError)
	b.shop(t, "A1", "")
	b.settleAll(t)
	for _, gap := range gaps {
		b.pass(gap)
		b.sendAll(t)
	}
	if n := len(b.calls()); n != len(gaps)+1 {
		t.Errorf("%d calls, want %d", n, len(gaps)+1)
	}
	got, err := b.Get(t.Context(), clerk, h.ID)
	if err != nil || got.State != Broken || got.Why != "silent" {
		t.Fatalf("after all tries it is %q because of %q, %v", got.State, got.Why, err)
	}
	b.shop(t, "A2", "")
	b.settleAll(t)
	if n := len(b.calls()); n != len(gaps)+1 {
		t.Error("a broken webhook was called")
	}
	for range 2 { // the second time there is nobody left to tell
		if _, err := b.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if sent := b.mails.Sent(); len(sent) != 1 || sent[0].To != "clerk@example.com" || sent[0].Kind != "webhook_broken" {
		t.Errorf("letters: %+v", sent)
	}
	b.says(http.StatusOK)
	if err := b.Resume(t.Context(), clerk, h.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Again(t.Context(), clerk, h.ID, b.log(t, h.ID)[0].ID); err != nil {
		t.Fatal(err)
	}
	b.sendAll(t)
	if log := b.log(t, h.ID); log[0].State != Done || len(log[0].Tries) != len(gaps)+2 {
		t.Errorf("sent again: %+v", log[0])
	}
}

// One message that the receiver cannot take does not end a webhook that takes the others.
func TestOneBadMessage(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	b.answer = func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Webhook-Id"), "ping.") {
			w.WriteHeader(http.StatusBadRequest)
		}
	}
	b.shop(t, "A1", "")
	b.settleAll(t)
	b.pass(time.Millisecond)
	if err := b.Ping(t.Context(), clerk, h.ID); err != nil {
		t.Fatal(err)
	}
	for _, gap := range gaps {
		b.pass(gap)
		b.sendAll(t)
	}
	if log := b.log(t, h.ID); len(log) != 2 || log[0].State != Done || log[1].State != Given {
		t.Errorf("the log says %+v", log)
	}
	if got, _ := b.Get(t.Context(), clerk, h.ID); got.State != Active {
		t.Errorf("it is %q because of %q", got.State, got.Why)
	}
}

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		status int
		cause  string
		state  State
	}{
		"gone": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, 410, "", Broken},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.1/", http.StatusTemporaryRedirect)
		}, 307, "", Active},
		"a slow one": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 0, "timeout", Active},
		"hangs up":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "network", Active},
		"a huge one": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) }, 200, "", Active},
		"a large head": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", outward.MaxHead*2))
		}, 0, "network", Active},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			_, h := b.make(t, clerk, "")
			b.mu.Lock()
			b.answer = tt.answer
			b.mu.Unlock()
			if err := b.Ping(t.Context(), clerk, h.ID); err != nil {
				t.Fatal(err)
			}
			b.sendAll(t)
			log := b.log(t, h.ID)
			if len(b.calls()) != 1 || len(log) != 1 || len(log[0].Tries) != 1 {
				t.Fatalf("%d calls, %+v", len(b.calls()), log)
			}
			if try := log[0].Tries[0]; try.Status != tt.status || try.Cause != tt.cause || len(try.Answer) > keptAnswer {
				t.Errorf("noted %+v", try)
			}
			if got, _ := b.Get(t.Context(), clerk, h.ID); got.State != tt.state {
				t.Errorf("the webhook is %q", got.State)
			}
		})
	}
}

// While a secret is replaced both are good; a day later only the new one is. What a receiver has seen it does not take again.
func TestRotation(t *testing.T) {
	b := start(t)
	old, h := b.make(t, clerk, "")
	seen := map[string]bool{}
	receive := func(secret string, g got) error {
		if err := Verify(secret, g.id, g.stamp, g.signatures, []byte(g.body), b.now()); err != nil {
			return err
		}
		if seen[secret+g.id] {
			return errors.New("seen before")
		}
		seen[secret+g.id] = true
		return nil
	}
	next, err := b.Rotate(t.Context(), clerk, h.ID)
	if err != nil || next == old {
		t.Fatal(next, err)
	}
	ping := func() got {
		t.Helper()
		if err := b.Ping(t.Context(), clerk, h.ID); err != nil {
			t.Fatal(err)
		}
		b.sendAll(t)
		all := b.calls()
		return all[len(all)-1]
	}
	g := ping()
	for _, secret := range []string{old, next} {
		if err := receive(secret, g); err != nil {
			t.Errorf("on the day of the change: %v", err)
		}
	}
	if receive(next, g) == nil {
		t.Error("the same message was taken twice")
	}
	b.pass(Overlap)
	if receive(next, g) == nil {
		t.Error("a message of yesterday was taken")
	}
	g = ping()
	if receive(old, g) == nil || receive(next, g) != nil || strings.Contains(g.signatures, " ") {
		t.Errorf("a day later the signatures are %q", g.signatures)
	}
	entries, err := b.hooks.Get(t.Context(), h.ID)
	if err != nil || strings.Contains(entries.Secrets[0].Sealed, strings.TrimPrefix(next, secretMark)) {
		t.Error("the secret lies open in the store", err)
	}
}

// Of two servers that send at once each message is sent by one; a server that dies with a message in hand leaves it to the other.
func TestTwoServers(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	for _, code := range []string{"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"} {
		b.shop(t, code, "")
	}
	other := b.again()
	for _, s := range []*Service{b.Service, other} {
		if err := s.Shops(t.Context(), b.coll); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for _, s := range []*Service{b.Service, other} {
		group.Go(func() {
			for range 4 {
				if _, err := s.Send(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	ids := map[string]int{}
	for _, g := range b.calls() {
		ids[g.id]++
	}
	if len(ids) != 8 || len(b.calls()) != 8 {
		t.Errorf("%d messages in %d calls, want 8 in 8", len(ids), len(b.calls()))
	}
	// Taken and never settled: the other server takes it when the time of the first is over.
	if err := b.Ping(t.Context(), clerk, h.ID); err != nil {
		t.Fatal(err)
	}
	page, err := b.sent.Find(t.Context(), store.Where("hook_id", store.Eq, h.ID).And("state", store.Eq, string(Due)).Limit(1))
	if err != nil || len(page.Items) != 1 {
		t.Fatal(page, err)
	}
	if _, err := b.claim(t.Context(), &page.Items[0]); err != nil {
		t.Fatal(err)
	}
	for want, d := range []time.Duration{claimed - time.Second, time.Second} {
		b.pass(d)
		if n, err := other.Send(t.Context()); err != nil || n != want {
			t.Errorf("%v later the other server sent %d, %v; want %d", d, n, err, want)
		}
	}
}

// torn fails at one point of taking changes in, as a server that is killed there.
type torn struct {
	Listings
	at int
}

var errKilled = errors.New("killed")

func (x *torn) Delivered(ctx context.Context, follower, id string, rev int64) error {
	if x.at--; x.at < 0 {
		return errKilled
	}
	return x.Listings.Delivered(ctx, follower, id, rev)
}

// Wherever a server dies between a write and its delivery, every message goes out, and none has two ids.
func TestKilledBetweenWriteAndDelivery(t *testing.T) {
	for at := range 4 {
		b := start(t)
		b.make(t, clerk, "")
		for _, code := range []string{"A1", "A2", "A3"} {
			b.shop(t, code, "")
		}
		if err := b.Shops(t.Context(), &torn{b.coll, at}); at < 3 && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		b.pass(turn + time.Second) // the lease of the one that died
		next := b.again()
		if err := next.Shops(t.Context(), b.coll); err != nil {
			t.Fatal(err)
		}
		b.sendAll(t)
		ids := map[string]bool{}
		for _, g := range b.calls() {
			ids[g.id] = true
		}
		if len(ids) != 3 || len(b.calls()) != 3 {
			t.Errorf("killed after %d: %d messages in %d calls, want 3 in 3", at, len(ids), len(b.calls()))
		}
	}
	// Before the queue is written nothing is marked either.
	b := start(t)
	b.make(t, clerk, "")
	b.shop(t, "A1", "")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Shops(gone, b.coll); err == nil {
		t.Fatal("it went on without a context")
	}
	b.settleAll(t)
	if len(b.calls()) != 1 {
		t.Errorf("%d calls, want 1", len(b.calls()))
	}
}

func TestFull(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "", ShopPublished)
	queue := make([]delivery, MaxDue-1)
	for i := range queue {
		queue[i] = delivery{HookID: h.ID, State: Due, NextAt: b.now().Add(time.Hour), Log: []Try{}}
	}
	if err := b.sent.Upsert(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	b.shop(t, "A1", "")
	b.settleAll(t)
	if got, _ := b.Get(t.Context(), clerk, h.ID); got.State != Active || len(b.calls()) != 1 {
		t.Fatalf("with room for one: %q, %d calls", got.State, len(b.calls()))
	}
	b.says(http.StatusServiceUnavailable)
	b.shop(t, "A2", "")
	b.settleAll(t)
	b.shop(t, "A3", "")
	b.settleAll(t)
	if got, _ := b.Get(t.Context(), clerk, h.ID); got.State != Broken || got.Why != "full" {
		t.Errorf("with no room left: %q because of %q", got.State, got.Why)
	}
}

func TestKeptForThirtyDays(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	b.shop(t, "A1", "")
	b.settleAll(t)
	b.pass(Kept)
	if n, err := b.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("on the last day Sweep = %d, %v", n, err)
	}
	b.pass(time.Second)
	if n, err := b.Sweep(t.Context()); err != nil || n != 1 || len(b.log(t, h.ID)) != 0 {
		t.Errorf("after it Sweep = %d, %v", n, err)
	}
}

// Run finds, sends, and ends with its context.
func TestRun(t *testing.T) {
	b := start(t)
	b.make(t, clerk, "")
	b.shop(t, "A1", "")
	ctx, cancel := context.WithCancel(t.Context())
	b.answer = func(http.ResponseWriter, *http.Request) { cancel() }
	err := b.Run(ctx, slog.New(slog.DiscardHandler), func(ctx context.Context) error { return b.Shops(ctx, b.coll) })
	if err != nil || len(b.calls()) != 1 {
		t.Errorf("Run = %v after %d calls", err, len(b.calls()))
	}
}
