package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/server/api"
	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/alarm"
	"shangquan/services/apikey"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/consent"
	"shangquan/services/countersign"
	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/extract"
	"shangquan/services/freeze"
	"shangquan/services/heritage"
	"shangquan/services/holiday"
	"shangquan/services/idempotency"
	"shangquan/services/insight"
	"shangquan/services/intake"
	"shangquan/services/integrity"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/media"
	"shangquan/services/merchant"
	"shangquan/services/notice"
	"shangquan/services/outlink"
	"shangquan/services/overview"
	"shangquan/services/place"
	"shangquan/services/policy"
	"shangquan/services/post"
	"shangquan/services/privacy"
	"shangquan/services/report"
	"shangquan/services/resource"
	"shangquan/services/retention"
	"shangquan/services/sample"
	"shangquan/services/search/memory"
	"shangquan/services/secret"
	"shangquan/services/setting"
	"shangquan/services/sheet"
	stations "shangquan/services/station"
	"shangquan/services/store"
	"shangquan/services/vocabulary"
	"shangquan/services/walk"
	"shangquan/services/webhook"
)

// town is a site over a store of its own, with the sample district, every service, and accounts of every role (demo.People). Its
// clock stands at evening until the test moves it with wait.
//
//	x := peopled(t)
//	owner := x.as(t, demo.Owner)                  // signed in, with a second factor where the role needs one, freshly checked
//	p := owner.get("/my")                         // p.status, p.body, p.header; redirects are not followed, see p.to
//	p = owner.post("/my/shops/"+id, url.Values{}) // with the csrf token of the session
//	x.as(t, "")                                   // a visitor
//
// x.people[demo.Owner] says who that is, with the shops; x.services has what the pages work with, x.outbox what was sent.
type town struct {
	*trial
	db        store.DB
	dir       string // of the store
	people    map[string]demo.Person
	outbox    *mail.Log
	directory *directory.Service
	sessions  map[string]ticket
	questions []holiday.Question // what shops were asked about holidays
}

// ticket is what a browser has of somebody who is signed in.
type ticket struct{ session, device string }

// model is the store every town begins as, made once: the import and the accounts take longer than most tests.
var model = sync.OnceValues(func() (m struct {
	file     []byte
	key      []byte
	people   []demo.Person
	sessions map[string]ticket
}, err error,
) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shangquan-people-")
	if err != nil {
		return m, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	m.key = secret.Random()
	keys, err := secret.New(m.key)
	if err != nil {
		return m, err
	}
	now := func() time.Time { return evening }
	path := filepath.Join(dir, "model.db")
	box, err := keys.Box("content")
	if err != nil {
		return m, err
	}
	db, err := store.Open(ctx, "file:"+path, store.Clock(now), store.Seal(box, nil))
	if err != nil {
		return m, err
	}
	trail := audit.New(db, keys, now)
	places, shops := place.New(db), listing.New(db, trail, now)
	marks := heritage.New(heritage.Deps{DB: db, Log: trail, Shops: shops, Now: now})
	if err := db.Prepare(ctx); err != nil {
		return m, err
	}
	if _, err := sample.Import(ctx, sample.Register{Places: places, Shops: shops, Marks: marks}, func(int, int, string) {}); err != nil {
		return m, err
	}
	m.people, err = demo.People(ctx, demo.Deps{DB: db, Keys: keys, Log: trail, Listings: shops, Places: places, Origin: "http://shop.test", Site: "松江商圈", Now: now})
	if err != nil {
		return m, err
	}
	accounts, err := account.New(db, account.Config{Origin: "http://shop.test", Site: func() string { return "松江商圈" }, Keys: keys, Log: trail, Mail: mail.NewLog(mail.Options{Words: noWords}), Now: now})
	if err != nil {
		return m, err
	}
	m.sessions = map[string]ticket{}
	for _, p := range m.people {
		if m.sessions[p.Key], err = open(ctx, accounts, p, now()); err != nil {
			return m, err
		}
	}
	if _, err := trail.CatchUp(ctx); err != nil {
		return m, err
	}
	if err := trail.Release(ctx); err != nil {
		return m, err
	}
	if err := errors.Join(accounts.Close(ctx), db.Close()); err != nil {
		return m, err
	}
	m.file, err = os.ReadFile(path) // our own file
	return m, err
})

func noWords(lang.Tag, string, map[string]any) (string, string, error) { return "-", "-", nil }

// open signs somebody in. The code is the next one: the one of now was used up when the app was set up.
func open(ctx context.Context, accounts *account.Service, p demo.Person, now time.Time) (ticket, error) {
	c := account.Client{Addr: netip.IPv4Unspecified(), Label: "Firefox，Linux"}
	in, err := accounts.SignIn(ctx, p.Contact, p.Password, c)
	if err != nil {
		return ticket{}, fmt.Errorf("%s: %w", p.Key, err)
	}
	out := ticket{in.Token, in.Device}
	if in.Session.Pending {
		in, err = accounts.GiveFactor(ctx, in.Session, p.Code(now.Add(30*time.Second)), c)
		out.session = in.Token
		if in.Device != "" {
			out.device = in.Device
		}
	}
	return out, err
}

// peopled returns a town. settings are pairs as for newTrial; there are no rate limits unless they say so.
func peopled(t testing.TB, settings ...string) *town {
	t.Helper()
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "shangquan.db")
	begun := furnished.Load()
	file := m.file
	if begun != nil {
		file = *begun
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := front()
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"SHANGQUAN_ORIGIN": "http://shop.test", "SHANGQUAN_FOOTER_PHONE": "021-5777 0000", "SHANGQUAN_RATE_FACTOR": "0"}
	for i := 0; i < len(settings); i += 2 {
		env["SHANGQUAN_"+settings[i]] = settings[i+1]
	}
	if d.Config, err = config.Load(func(k string) string { return env[k] }); err != nil {
		t.Fatal(err)
	}
	x := &town{trial: &trial{lines: &lines{}}, dir: dir, people: map[string]demo.Person{}, sessions: maps.Clone(m.sessions)}
	for _, p := range m.people {
		x.people[p.Key] = p
	}
	x.clock.Store(evening.UnixNano())
	now := func() time.Time { return time.Unix(0, x.clock.Load()).In(calendar.Shanghai) }
	keys, err := secret.New(m.key)
	if err != nil {
		t.Fatal(err)
	}
	box, err := keys.Box("content")
	if err != nil {
		t.Fatal(err)
	}
	x.db, err = store.Open(t.Context(), "file:"+path, store.Clock(now), store.Seal(box, func(collection, id string) {
		x.services.Alarms.Raise(alarm.Content, collection+"/"+id, "read")
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.db.Close() })
	if err := x.build(t, &d, m.key, dir, now); err != nil {
		t.Fatal(err)
	}
	if begun == nil {
		if err := x.furnish(filepath.Join(dir, "furnished.db")); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// furnished is the model with the tables of every service: the first town of a run makes them, the others begin with them, because making
// them takes longer than most tests.
var furnished atomic.Pointer[[]byte]

func (x *town) furnish(path string) error {
	ctx := context.Background()
	if err := errors.Join(x.db.Prepare(ctx), x.db.Backup(ctx, path)); err != nil {
		return err
	}
	file, err := os.ReadFile(path) // our own file
	furnished.Store(&file)
	return err
}

// build puts every service on the store, as server/cli does.
func (x *town) build(t testing.TB, d *Deps, key []byte, dir string, now func() time.Time) error {
	t.Helper()
	ctx := t.Context()
	keys, err := secret.New(key)
	if err != nil {
		return err
	}
	db, trail := x.db, audit.New(x.db, keys, now)
	s := Services{Places: place.New(db), Listings: listing.New(db, trail, now), Trail: trail, Keys: keys}
	s.Streets = place.NewEditor(db, trail, now)
	s.Holidays = holiday.New(db, trail, x.eachPublished, func(ctx context.Context, q holiday.Question) error { x.questions = append(x.questions, q); return nil }, now)
	s.Vocabulary = vocabulary.New(db, trail, x)
	s.Listings.OfferReasons(func(code string) bool { return s.Vocabulary.Offers(vocabulary.TurnReasons, code) })
	id := d.Config.Site
	office := []string{}
	for _, r := range d.Config.StaffRanges {
		office = append(office, r.String())
	}
	s.Settings = setting.New(db, trail, setting.Values{Name: id.Name, Operator: id.Operator, Phone: id.Phone, ICP: id.ICP, Police: id.Police, Office: office}, now)
	s.Words = s.Vocabulary.Words
	s.Walks = walk.New(db, s.Listings, s.Streets, now)
	s.Posts = post.New(db, trail, s.Listings, s.Places, now)
	s.Alarms = alarm.New(db, trail, slog.New(slog.DiscardHandler), now)
	s.Freeze = freeze.New(db, trail, now, nil)
	s.Integrity = integrity.New(db, trail, s.Alarms, now)
	x.outbox = mail.NewLog(mail.Options{Words: mailWords(d), Now: now})
	s.Outbox = x.outbox
	s.Pace = mail.NewPace(mail.PaceDeps{DB: db, Keys: keys, To: x.outbox, Now: now, Belongs: func(ctx context.Context, to string) (bool, error) {
		return s.Accounts.Belongs(ctx, account.Contact(to))
	}})
	if s.Accounts, err = account.New(db, account.Config{Origin: d.Config.Origin, Site: func() string { return "松江商圈" }, Keys: keys, Log: trail, Mail: s.Pace, Now: now, SessionsFrom: s.Freeze.SessionsFrom}); err != nil {
		return err
	}
	t.Cleanup(func() { _ = s.Accounts.Close(context.Background()) })
	links := map[string]string{"invitation": "/join/", "transfer": "/transfer/"}
	s.Signs = countersign.New(db, trail, now)
	s.Merchants = merchant.New(merchant.Deps{
		Signs: s.Signs,
		DB:    db, Log: trail, Keys: keys, Mail: s.Pace, Shops: merchant.Register(s.Listings), People: merchant.Accounts(s.Accounts.Get), Site: "松江商圈", Now: now,
		Link: func(page, token string) string { return d.Config.Origin + links[page] + token },
	})
	blobs, err := media.OpenBlobs("file:" + filepath.Join(dir, "media"))
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = blobs.Close() })
	s.Photos = media.New(blobs, keys, now)
	s.Reports = report.New(db, trail, keys, func(ctx context.Context, id string) (access.Thing, bool, error) {
		l, err := s.Listings.Get(ctx, id)
		return l.Thing(), l.Public(), err
	}, now)
	s.Reports.OfferReasons(func(r report.Reason) bool { return s.Vocabulary.Offers(vocabulary.ReportReasons, string(r)) })
	s.Reports.KeepFor(func() int { return s.Settings.Now().ReportDays })
	quiet := slog.New(slog.DiscardHandler)
	s.Insight = insight.New(db, now, quiet)
	s.APIKeys = apikey.New(db, trail, func(ctx context.Context, id string) (by access.Actor, err error) {
		a, err := s.Accounts.Get(ctx, id)
		if err != nil || a.Disabled {
			return access.Actor{AccountID: id, Name: a.Name}, err
		}
		by = access.Actor{AccountID: a.ID, Name: a.Name}
		by.Seats, err = s.Merchants.Seats(ctx, a.ID)
		return by, err
	}, now)
	s.Repeats = idempotency.New(db, keys, now)
	s.Links = listing.NewLinks(s.Listings, keys)
	names := func(ctx context.Context) (*sheet.Names, error) {
		streets, err := s.Places.Streets(ctx)
		if err != nil {
			return nil, err
		}
		plazas, err := s.Places.Plazas(ctx)
		return sheet.NewNames(s.Words(), streets, plazas), err
	}
	s.Imports = intake.New(intake.Deps{DB: db, Log: trail, Keys: keys, Shops: s.Listings, Now: now, Names: names})
	s.Extracts = extract.New(extract.Deps{
		Shops: s.Listings.Recorded(), Places: s.Places, Words: s.Words, Names: names, Log: trail, Now: now, Calendar: s.Holidays.Calendar, City: "上海市", County: "松江区", Origin: d.Config.Origin,
	})
	s.Jobs = job.New(db, now)
	s.Consents = consent.New(consent.Deps{DB: db, Log: trail, Keys: keys, Shop: s.Listings.Get, OpenedAt: func(ctx context.Context, id string) (time.Time, error) { return s.Stations.OpenedAt(ctx, id) }, Agreed: func(ctx context.Context, id string) (time.Time, int, error) { return s.Leads.Agreed(ctx, id) }, Days: func() int { return s.Settings.Now().ConsentDays }, Now: now})
	s.Asks = privacy.New(privacy.Deps{DB: db, Log: trail, Keys: keys, Calendar: s.Holidays.Calendar, Now: now})
	s.Retention = retention.New(db, func() []retention.Class {
		return []retention.Class{{Name: "sessions", Days: 30, From: "used"}, {Name: "trail", Days: s.Settings.Now().TrailDays, From: "made", Due: trail.Due}, {Name: "reports", Days: s.Settings.Now().ReportDays, From: "heard", Due: s.Reports.Due}}
	}, now)
	s.Webhooks = webhook.New(webhook.Deps{DB: db, Log: trail, Keys: keys, Mail: s.Pace, Origin: d.Config.Origin, Site: "松江商圈", Now: now, Reach: func(ctx context.Context, id string) ([]string, lang.Tag, error) {
		a, err := s.Accounts.Get(ctx, id)
		to := []string{}
		for _, contact := range a.Contacts() {
			to = append(to, string(contact))
		}
		return to, a.Lang, err
	}})
	s.Contacts = extract.NewContacts(db, s.Extracts, func(ctx context.Context, id string) ([]extract.Person, error) {
		m, err := s.Merchants.Get(ctx, access.System("test"), id)
		if err != nil {
			return nil, err
		}
		a, err := s.Accounts.Get(ctx, m.Members[0].AccountID)
		return []extract.Person{{Name: a.Name, Phone: string(a.Phone), Email: string(a.Email)}}, err
	})
	s.Assembly = assembly.New(assembly.Deps{DB: db, Log: trail, Letters: s.Merchants, Now: now, Link: func(o, m string) string { return d.Config.Origin + "/my/assembly/" + o + "/meetings/" + m }, Keys: keys, Join: func(token string) string { return d.Config.Origin + "/speak/" + token }})
	s.Posts.Members, s.Merchants.Closes = s.Assembly, []merchant.Closing{s.Assembly.MerchantCloses, s.Webhooks.MerchantCloses}
	s.LinkHosts = outlink.New(outlink.Deps{DB: db, Log: trail, Setting: d.Config.LinkHosts})
	s.OutLinks = outlink.NewChecker(outlink.CheckerDeps{
		DB: db, Allowed: s.LinkHosts.Allowed, Origin: d.Config.Origin, Now: now, HTTP: &http.Client{Transport: deadEnd{}},
		Board:    func(ctx context.Context) (*notice.Board, error) { return x.services.Notices.Board(ctx) },
		Listed:   func(ctx context.Context) ([]*listing.Listing, string, error) { return x.directory.Listed(ctx) },
		Policies: func(ctx context.Context) ([]policy.Card, error) { return x.services.Policies.Public(ctx) },
		Posts:    s.Posts.Published,
	})
	s.Visits = lead.NewVisits(lead.VisitDeps{
		DB: db, Log: trail, Shop: s.Listings.Get, Now: now,
		Listed: func(ctx context.Context) ([]*listing.Listing, string, error) { return x.directory.Listed(ctx) },
	})
	gather(&s, db, trail, d.Config.Origin, now)
	keepRegister(&s, db, trail, d.Config.Origin, now) // after the marks of old shops, which a merge moves
	s.Stations = stations.New(stations.Deps{DB: db, Log: trail, Members: s.Assembly, Shops: s.Listings, Letters: s.Merchants, Street: s.Places.Street, Calendar: s.Holidays.Calendar, Now: now, Link: func(o string) string { return d.Config.Origin + "/my/rooms/" + o }})
	s.Resources = resource.New(resource.Deps{DB: db, Log: trail, Members: s.Assembly, Letters: s.Merchants, Now: now, Link: func(o string) string { return d.Config.Origin + "/my/resources/" + o }})
	if err := db.Prepare(ctx); err != nil {
		return err
	}
	engine := memory.New()
	x.directory = directory.New(directory.Sources{Listings: listing.Declare(db), Places: s.Places, Posts: s.Posts, Words: s.Vocabulary.Words, Calendar: s.Holidays.Calendar, Opened: openedBy(&s), Look: x.look}, engine, engine, quiet, now)
	t.Cleanup(x.directory.Close)
	d.Now, d.Calendar, d.Directory = now, s.Holidays.Calendar, x.directory
	s.Notices = notice.New(notice.Deps{
		DB: db, Log: trail, Keys: keys, Listed: x.directory.Listed, Shop: s.Listings.Get, Letters: s.Merchants, Hosts: s.LinkHosts.Allowed, Now: now,
		Link: func(token string) string { return d.Config.Origin + "/receipt/" + token },
	})
	s.Overview = overview.New(db, x.directory.Listed, x.directory.Places, s.Holidays.Calendar, now)
	d.Services = s
	d.Revision = func(ctx context.Context) (string, error) {
		shops, err := x.directory.Revision(ctx)
		if err != nil {
			return "", err
		}
		set, err := s.Settings.Look(ctx)
		if err != nil {
			return "", err
		}
		notices, err := s.Notices.Revision(ctx)
		if err != nil {
			return "", err
		}
		others, err := store.Mark(ctx, s.Assembly, s.Stations, s.Resources, s.Vacancies, s.Activities, s.Programmes, s.Heritage, s.Policies, s.Outdoor, s.Neighbours)
		return fmt.Sprint(shops, ".", set, ".", notices, ".", others), err
	}
	d.Ready = db.Ping
	d.Log = NewLog(x.lines, slog.LevelInfo)
	t.Cleanup(func() { _ = d.Log.Close() })
	x.lines.flush = d.Log.out.flush
	d.API = api.New(x.directory, s.Listings, s.Words, s.Holidays.Calendar, d.Config.Origin, now).For(s.Posts, s.Repeats)
	x.Site = New(*d)
	return nil
}

// look brings the words and the calendar up to the store, as server/cli does.
func (x *town) look(ctx context.Context) (int64, error) {
	words, err := x.services.Vocabulary.Look(ctx)
	if err != nil {
		return 0, err
	}
	days, err := x.services.Holidays.Look(ctx)
	return words + days, err
}

// Uses and Recategorise are what services/vocabulary needs of the register.
func (x *town) Uses(ctx context.Context) (vocabulary.Uses, error) { return x.directory.Uses(ctx) }

func (x *town) Recategorise(ctx context.Context, from, to string) (int, error) {
	ids := []string{}
	for l, err := range listing.Declare(x.db).Each(ctx, store.All().Limit(500)) {
		if err != nil {
			return 0, err
		}
		if l.CategoryID == from {
			ids = append(ids, l.ID)
		}
	}
	for i, id := range ids {
		if _, err := x.services.Listings.Update(ctx, access.System("taxonomy"), id, 0, func(l *listing.Listing) error { l.CategoryID = to; return nil }); err != nil {
			return i, err
		}
	}
	return len(ids), nil
}

func (x *town) eachPublished(ctx context.Context, yield func(*listing.Listing) error) error {
	for l, err := range listing.Declare(x.db).Each(ctx, store.Where("state", store.Eq, string(listing.Published)).Limit(500)) {
		if err != nil {
			return err
		}
		if err := yield(&l); err != nil {
			return err
		}
	}
	return nil
}

// public reads the store for the public pages. Tests that look at those call it, and again after a change: a server follows by itself.
func (x *town) public(t testing.TB) {
	t.Helper()
	if err := x.directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// mailWords says what messages say as the server does, with what is needed to follow them.
func mailWords(d *Deps) mail.Words {
	return func(l lang.Tag, kind string, args map[string]any) (string, string, error) {
		all := map[string]any{"Site": "松江商圈"}
		for k, v := range args {
			if at, ok := v.(time.Time); ok {
				v = at.Format("2006-01-02 15:04")
			}
			all[k] = v
		}
		subject, err := d.Catalogue.In(l).With("mail."+kind+".subject", all)
		if err != nil {
			return "", "", err
		}
		text, err := d.Catalogue.In(l).With("mail."+kind+".text", all)
		return subject, text, err
	}
}

// sent waits for the newest message of a kind to a person or address: messages about accounts leave beside the request.
func (x *town) sent(t testing.TB, to, kind string) mail.Sent {
	t.Helper()
	if p, ok := x.people[to]; ok {
		to = p.Contact
	}
	for range 500 {
		for _, m := range slices.Backward(x.outbox.Sent()) {
			if m.To == to && m.Kind == kind {
				return m
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no message %q to %s", kind, to)
	return mail.Sent{}
}

// browser is somebody who asks pages, with the cookies they were given.
type browser struct {
	t       testing.TB
	x       *town
	cookies map[string]string
	addr    string // where a proxy says it is, where one is trusted
}

// as returns the browser of somebody who signed in a moment ago; of a visitor for "".
func (x *town) as(t testing.TB, key string) *browser {
	t.Helper()
	b := &browser{t: t, x: x, cookies: map[string]string{}}
	if key == "" {
		return b
	}
	in, ok := x.sessions[key]
	if !ok {
		t.Fatalf("nobody is called %q", key)
	}
	b.cookies[sessionCookie], b.cookies[deviceCookie] = in.session, in.device
	return b
}

// code returns what somebody's app shows next, and moves the clock so far that it is a new one.
func (x *town) code(key string) string {
	x.wait(time.Minute)
	return x.people[key].Code(time.Unix(0, x.clock.Load()))
}

// answer is what a browser got.
type answer struct {
	status int
	header http.Header
	body   string
	to     string // where it leads
}

func (b *browser) get(path string, header ...string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, path, "", nil, header...)
}

// post sends a form with the token of the session, unless values has a csrf of its own.
func (b *browser) post(path string, values url.Values, header ...string) answer {
	b.t.Helper()
	return b.send(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(b.signed(values).Encode()), header...)
}

// upload is a file of a form.
type upload struct {
	field, name string
	body        []byte
}

// upload sends a form with files.
func (b *browser) upload(path string, values url.Values, files ...upload) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range b.signed(values) {
		for _, v := range all {
			_ = w.WriteField(name, v)
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = part.Write(f.body)
	}
	_ = w.Close()
	return b.send(http.MethodPost, path, w.FormDataContentType(), body.Bytes())
}

func (b *browser) signed(values url.Values) url.Values {
	b.t.Helper()
	v := url.Values{"csrf": {b.token()}}
	maps.Copy(v, values)
	return v
}

// token is what the forms of the session carry.
func (b *browser) token() string {
	if b.cookies[sessionCookie] == "" {
		return ""
	}
	s, _, err := b.x.services.Accounts.Authenticate(b.t.Context(), b.cookies[sessionCookie])
	if err != nil {
		return "" // the session has ended: its forms are as good as none
	}
	return b.x.token(&Request{Session: s})
}

func (b *browser) send(method, path, kind string, body []byte, header ...string) answer {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, bytes.NewReader(body))
	r.Host = "shop.test"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Set(header[i], header[i+1])
		}
	}
	if b.addr != "" {
		r.Header.Set("X-Real-Ip", b.addr)
	}
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		if b.cookies[name] != "" {
			r.AddCookie(&http.Cookie{Name: name, Value: b.cookies[name]}) // a request has no attributes
		}
	}
	resp, err := b.x.app.Test(r, 30_000)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer{resp.StatusCode, resp.Header, string(text), resp.Header.Get("Location")}
}

// page asks for a page that has to be there and returns its body.
func (b *browser) page(path string) string {
	b.t.Helper()
	a := b.get(path)
	if a.status != http.StatusOK {
		b.t.Fatalf("GET %s = %d %s", path, a.status, a.to)
	}
	return a.body
}

// done sends a form that has to be taken and returns where that leads.
func (b *browser) done(path string, values url.Values) string {
	b.t.Helper()
	a := b.post(path, values)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s = %d %s", path, a.status, complaint(a.body))
	}
	return a.to
}

// complaint is the part of a page that says what was wrong.
func complaint(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 1500)]
}

// actor is somebody as the services know them, for what a test does beside the pages.
func (x *town) actor(t testing.TB, key string) access.Actor {
	t.Helper()
	s, a, err := x.services.Accounts.Authenticate(t.Context(), x.sessions[key].session)
	if err != nil {
		t.Fatal(err)
	}
	by := x.services.Accounts.Actor(s, a)
	if by.Seats, err = x.services.Merchants.Seats(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	return by
}

// Everybody made by demo.People is who they should be, and sees it with the cookie they have.
func TestPeopleAreWhoTheyAre(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	p := x.people
	both := p[demo.Owner].ListingIDs
	for key, want := range map[string]struct {
		role access.Role
		may  map[string]access.Action
	}{
		demo.Owner:   {access.Owner, map[string]access.Action{both[0]: access.ListingPlaza, both[1]: access.ListingPlaza}},
		demo.Manager: {access.Manager, map[string]access.Action{both[0]: access.ListingTexts, both[1]: access.ListingTexts}},
		demo.Staff:   {access.Staff, map[string]access.Action{both[0]: access.ListingHours}},
		demo.Rival:   {access.Owner, map[string]access.Action{p[demo.Rival].ListingIDs[0]: access.ListingPlaza}},
		demo.Plaza:   {access.Plaza, map[string]access.Action{both[1]: access.ListingTexts}},
	} {
		by := x.actor(t, key)
		for _, id := range slices.Concat(both, p[demo.Rival].ListingIDs) {
			l, err := x.services.Listings.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if may := access.Can(by, access.ListingHours, l.Thing()); may != (want.may[id] != "") {
				t.Errorf("%s may change the hours of %s: %v", key, l.Name.Hans, may)
			}
			if act := want.may[id]; act != "" && !access.Can(by, act, l.Thing()) {
				t.Errorf("%s may not do %s", key, act)
			}
		}
	}
	for key, role := range map[string]access.Role{demo.Coordinator: access.Coordinator, demo.Second: access.Coordinator, demo.Liaison: access.Liaison, demo.Auditor: access.Auditor, demo.Admin: access.Admin} {
		if by := x.actor(t, key); !by.Is(role) || !by.Sudo {
			t.Errorf("%s = %+v, want %s with a second factor, freshly checked", key, by, role)
		}
	}
	if _, err := x.services.Trail.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
