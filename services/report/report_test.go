package report_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/report"
	"shangquan/services/secret"
	"shangquan/services/store"
)

type bench struct {
	*report.Service
	log  *audit.Log
	file string
	at   atomic.Int64
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()).UTC() }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

// open knows the shop "a" of merchant m, "b" that nobody has claimed, and "draft", which is not public.
func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{file: filepath.Join(t.TempDir(), "test.db")}
	b.at.Store(time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC).UnixMilli())
	db, err := store.Open(t.Context(), "file:"+b.file, store.Clock(b.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	shops := map[string]access.Thing{"a": {MerchantID: "m"}, "b": {}, "draft": {MerchantID: "m"}}
	b.log = audit.New(db, ring, b.now)
	b.Service = report.New(db, b.log, ring, func(_ context.Context, id string) (access.Thing, bool, error) {
		shop, ok := shops[id]
		if !ok {
			return access.Thing{}, false, fault.Missing()
		}
		shop.Kind, shop.ID, shop.ListingID = "listing", id, id
		return shop, id != "draft", nil
	}, b.now)
	return b
}

// client is somebody in the n-th household.
func client(n int) access.Actor {
	return access.Actor{Client: netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}), Request: fmt.Sprint("r", n)}
}

var (
	coordinator = access.Actor{AccountID: "c", Name: "小周", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	wrongHours  = report.Message{ListingID: "a", Reason: report.Hours}
)

func seat(r access.Role, merchant string) access.Actor {
	return access.Actor{AccountID: "x", Seats: []access.Seat{{MerchantID: merchant, Role: r}}}
}

func (b *bench) send(t *testing.T, n int, m report.Message) string {
	t.Helper()
	ref, err := b.Send(t.Context(), client(n), m)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func (b *bench) queue(t *testing.T) []report.Item {
	t.Helper()
	page, err := b.Queue(t.Context(), coordinator, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func (b *bench) trail(t *testing.T, id string) []audit.Entry {
	t.Helper()
	page, err := b.log.Of(t.Context(), audit.Ref{Kind: "report", ID: id}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func key(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

func TestFromReportToAnswer(t *testing.T) {
	b := open(t)
	ref := b.send(t, 1, report.Message{ListingID: "a", Reason: report.Hours, Note: " 周一不开门\r\n写着开 ", Contact: "138 0000 0000"})
	progress := func() report.Progress {
		t.Helper()
		p, err := b.Progress(t.Context(), access.Actor{}, strings.ToLower(ref))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	start := b.now()
	want := report.Progress{Ref: ref, ListingID: "a", Reason: report.Hours, State: report.Fresh, SentAt: start}
	if d := cmp.Diff(want, progress()); d != "" {
		t.Errorf("new (-want +got):\n%s", d)
	}
	item := b.queue(t)[0]
	if item.Notes[0].Text != "周一不开门\n写着开" || item.Count != 1 || item.More || item.Contacts != 1 {
		t.Errorf("the desk reads %+v", item)
	}
	b.pass(time.Hour)
	item, err := b.Look(t.Context(), coordinator, item.ID, item.Rev)
	if err != nil {
		t.Fatal(err)
	}
	want.State, want.LookedAt = report.Looked, b.now()
	if d := cmp.Diff(want, progress()); d != "" {
		t.Errorf("looked at (-want +got):\n%s", d)
	}
	b.pass(time.Hour)
	if _, err := b.Answer(t.Context(), coordinator, item.ID, item.Rev, report.Done, "改好了，周一休息。"); err != nil {
		t.Fatal(err)
	}
	want.State, want.AnsweredAt, want.Outcome, want.Answer = report.Answered, b.now(), report.Done, "改好了，周一休息。"
	if d := cmp.Diff(want, progress()); d != "" {
		t.Errorf("answered (-want +got):\n%s", d)
	}
	if left := b.queue(t); len(left) != 0 {
		t.Errorf("still in the queue: %+v", left)
	}
	var actions []access.Action
	for _, e := range b.trail(t, item.ID) {
		actions = append(actions, e.Fact.Action)
		if e.Fact.Title != ref {
			t.Errorf("the trail calls it %q", e.Fact.Title)
		}
	}
	if d := cmp.Diff([]access.Action{access.ReportAnswer, access.ReportAnswer, access.ReportSend}, actions); d != "" {
		t.Errorf("trail (-want +got):\n%s", d)
	}
}

// TestStates: every action in every state, at the revision that was shown and at another.
func TestStates(t *testing.T) {
	look := func(b *bench, i report.Item, rev int64) error {
		_, err := b.Look(context.Background(), coordinator, i.ID, rev)
		return err
	}
	answer := func(b *bench, i report.Item, rev int64) error {
		_, err := b.Answer(context.Background(), coordinator, i.ID, rev, report.Right, "")
		return err
	}
	type act = func(*bench, report.Item, int64) error
	for name, tt := range map[string]struct {
		before []act
		do     act
		want   string // "" for nothing wrong
	}{
		"look at a new one":             {nil, look, ""},
		"look again":                    {[]act{look}, look, "error.report.state"},
		"look at what is answered":      {[]act{answer}, look, "error.report.state"},
		"answer at once":                {nil, answer, ""},
		"answer what was looked at":     {[]act{look}, answer, ""},
		"answer twice":                  {[]act{answer}, answer, "error.report.state"},
		"answer twice after looking at": {[]act{look, answer}, answer, "error.report.state"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			b.send(t, 1, wrongHours)
			item := b.queue(t)[0]
			for _, f := range tt.before {
				if err := f(b, item, item.Rev); err != nil {
					t.Fatal(err)
				}
				item.Rev++
			}
			for _, rev := range []int64{0, -1, item.Rev + 1} {
				if err := tt.do(b, item, rev); key(err) != "error.stale" {
					t.Errorf("at revision %d of %d: %v", rev, item.Rev, err)
				}
			}
			if err := tt.do(b, item, item.Rev); tt.want == "" && err != nil || tt.want != "" && (key(err) != tt.want || !fault.Is(err, fault.Conflict)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestWhoMay(t *testing.T) {
	b := open(t)
	b.send(t, 1, report.Message{ListingID: "a", Reason: report.Hours, Contact: "me@example.com"})
	item := b.queue(t)[0]
	none := fault.Kind(0)
	weak := coordinator
	weak.TwoFactor = false
	for _, tt := range []struct {
		name               string
		by                 access.Actor
		read, desk, absent fault.Kind
	}{
		{"nobody", access.Actor{}, fault.Unauthenticated, fault.Unauthenticated, fault.Unauthenticated},
		{"signed", access.Actor{AccountID: "x"}, fault.NotFound, fault.NotFound, fault.NotFound},
		{"staff", seat(access.Staff, "m"), none, fault.NotFound, fault.NotFound},
		{"owner", seat(access.Owner, "m"), none, fault.NotFound, fault.NotFound},
		{"owner of another", seat(access.Owner, "n"), fault.NotFound, fault.NotFound, fault.NotFound},
		{"liaison", access.Actor{AccountID: "x", Roles: []access.Role{access.Liaison}, TwoFactor: true}, fault.NotFound, fault.NotFound, fault.NotFound},
		{"admin", access.Actor{AccountID: "x", Roles: []access.Role{access.Admin}, TwoFactor: true}, fault.NotFound, fault.NotFound, fault.NotFound},
		{"coordinator with one factor", weak, fault.Forbidden, fault.Forbidden, fault.Forbidden},
		{"coordinator", coordinator, none, none, fault.NotFound},
	} {
		check := func(what string, err error, want fault.Kind) {
			t.Helper()
			if want == none && err != nil || want != none && !fault.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", tt.name, what, err, want)
			}
		}
		_, err := b.Get(t.Context(), tt.by, item.ID)
		check("read", err, tt.read)
		_, err = b.Of(t.Context(), tt.by, "a", "", 10)
		check("of the shop", err, tt.read)
		_, err = b.Of(t.Context(), tt.by, "nothing", "", 10)
		check("of no shop", err, tt.absent)
		_, err = b.Queue(t.Context(), tt.by, "", 10)
		check("queue", err, tt.desk)
		_, err = b.Waiting(t.Context(), tt.by)
		check("waiting", err, tt.desk)
		_, err = b.Contacts(t.Context(), tt.by, item.ID)
		check("contacts", err, tt.desk)
		_, err = b.Contacts(t.Context(), tt.by, "nothing")
		check("contacts of nothing", err, tt.absent)
		_, err = b.Get(t.Context(), tt.by, "nothing")
		check("read nothing", err, tt.absent)
		_, err = b.Look(t.Context(), tt.by, "nothing", 1)
		check("look at nothing", err, tt.absent)
		_, err = b.Answer(t.Context(), tt.by, "nothing", 1, "bad", "")
		check("answer nothing", err, tt.absent)
		if tt.desk != none {
			_, err = b.Look(t.Context(), tt.by, item.ID, item.Rev)
			check("look", err, tt.desk)
			_, err = b.Answer(t.Context(), tt.by, item.ID, item.Rev, report.Done, "")
			check("answer", err, tt.desk)
		}
	}
	if now := b.queue(t)[0]; now.Rev != item.Rev {
		t.Error("somebody who may not changed the report")
	}
}

func TestWhatIsRefused(t *testing.T) {
	b := open(t)
	for name, tt := range map[string]struct {
		m     report.Message
		kind  fault.Kind
		field string
	}{
		"no reason":            {report.Message{ListingID: "a"}, fault.Invalid, "reason"},
		"another reason":       {report.Message{ListingID: "a", Reason: "ugly"}, fault.Invalid, "reason"},
		"other without a note": {report.Message{ListingID: "a", Reason: report.Other, Note: " "}, fault.Invalid, "note"},
		"a long note":          {report.Message{ListingID: "a", Reason: report.Hours, Note: strings.Repeat("长", 301)}, fault.Invalid, "note"},
		"a hidden mark":        {report.Message{ListingID: "a", Reason: report.Hours, Note: "a\u202eb"}, fault.Invalid, "note"},
		"a long contact":       {report.Message{ListingID: "a", Reason: report.Hours, Contact: strings.Repeat("1", 61)}, fault.Invalid, "contact"},
		"two lines":            {report.Message{ListingID: "a", Reason: report.Hours, Contact: "a\nb"}, fault.Invalid, "contact"},
		"no such shop":         {report.Message{ListingID: "z", Reason: report.Hours}, fault.NotFound, ""},
		"not public":           {report.Message{ListingID: "draft", Reason: report.Hours}, fault.NotFound, ""},
	} {
		ref, err := b.Send(t.Context(), client(1), tt.m)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != tt.kind || tt.field != "" && (len(f.Fields) != 1 || f.Fields[0].Name != tt.field) || ref != "" {
			t.Errorf("%s: %q, %v", name, ref, err)
		}
	}
	if len(b.queue(t)) != 0 {
		t.Error("something was taken")
	}
	b.send(t, 1, report.Message{ListingID: "a", Reason: report.Other, Note: strings.Repeat("长", 300)})
	item := b.queue(t)[0]
	for name, tt := range map[string]struct {
		o     report.Outcome
		text  string
		field string
	}{
		"no outcome":               {"", "", "outcome"},
		"a long answer":            {report.Done, strings.Repeat("长", 301), "answer"},
		"not ours, and no word of": {report.NotOurs, "", "answer"},
	} {
		_, err := b.Answer(t.Context(), coordinator, item.ID, item.Rev, tt.o, tt.text)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Fields[0].Name != tt.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Progress(t.Context(), access.Actor{}, "14SC-0PJM"); key(err) != "error.invalid" {
		t.Errorf("a number with a mistake: %v", err)
	}
	if _, err := b.Progress(t.Context(), access.Actor{}, "14SC-0PJV"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a number that nobody has: %v", err)
	}
}

func TestAThousandReportsAreOne(t *testing.T) {
	b := open(t)
	refs := map[string]bool{}
	for i := range 1000 {
		refs[b.send(t, i, report.Message{ListingID: "a", Reason: report.Closed, Note: fmt.Sprint("第 ", i)})] = true
	}
	items := b.queue(t)
	if len(items) != 1 || len(refs) != 1 {
		t.Fatalf("%d items with %d numbers", len(items), len(refs))
	}
	i := items[0]
	if i.Count != report.MaxVoices || !i.More || len(i.Notes) != 20 {
		t.Errorf("it says %d, more %v, with %d notes", i.Count, i.More, len(i.Notes))
	}
	if n := len(b.trail(t, i.ID)); n != report.MaxVoices {
		t.Errorf("%d entries in the trail, want one for each that was counted", n)
	}
}

func TestOneHouseholdCountsOnce(t *testing.T) {
	b := open(t)
	b.send(t, 1, wrongHours)
	for range 20 {
		b.send(t, 1, wrongHours)
		b.send(t, 1, report.Message{ListingID: "a", Reason: report.Hours, Note: "还有", Contact: "13800000000"})
	}
	item := b.queue(t)[0]
	if item.Count != 1 || len(item.Notes) != 1 || item.Contacts != 1 || item.Rev != 3 {
		t.Errorf("%+v, want one voice with its note and contact, written three times", item)
	}
	for i := range 10 {
		by := client(1)
		by.Client = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, byte(i), 1})
		if _, err := b.Send(t.Context(), by, wrongHours); err != nil {
			t.Fatal(err)
		}
	}
	if item = b.queue(t)[0]; item.Count != 2 {
		t.Errorf("ten addresses of one /64 make it %d", item.Count)
	}
}

func TestWhatMerges(t *testing.T) {
	b := open(t)
	first := b.send(t, 1, wrongHours)
	if same := b.send(t, 2, wrongHours); same != first {
		t.Error("the same thing has two numbers")
	}
	b.pass(time.Minute)
	other := b.send(t, 1, report.Message{ListingID: "b", Reason: report.Hours})
	another := b.send(t, 1, report.Message{ListingID: "a", Reason: report.Phone})
	if other == first || another == first || other == another {
		t.Error("different things have one number")
	}
	items := b.queue(t)
	if len(items) != 3 || items[0].Ref != first {
		t.Fatalf("the queue is %+v, want the oldest of 3 first", items)
	}
	item, err := b.Look(t.Context(), coordinator, items[0].ID, items[0].Rev)
	if err != nil {
		t.Fatal(err)
	}
	if same := b.send(t, 3, wrongHours); same != first {
		t.Error("what is looked at is not joined")
	}
	if _, err := b.Answer(t.Context(), coordinator, item.ID, item.Rev, report.Done, ""); key(err) != "error.stale" {
		t.Errorf("answered although somebody has said more meanwhile: %v", err)
	}
	if _, err := b.Answer(t.Context(), coordinator, item.ID, item.Rev+1, report.Done, ""); err != nil {
		t.Fatal(err)
	}
	if next := b.send(t, 1, wrongHours); next == first {
		t.Error("after the answer, the same thing joins the old report")
	}
	waiting, err := b.Waiting(t.Context(), coordinator)
	if err != nil || waiting[report.Fresh] != 3 || waiting[report.Looked] != 0 {
		t.Errorf("waiting %v, %v", waiting, err)
	}
	page, err := b.Of(t.Context(), seat(access.Owner, "m"), "a", "", 10)
	if err != nil || len(page.Items) != 3 {
		t.Errorf("the shop has %d, %v", len(page.Items), err)
	}
}

func TestRace(t *testing.T) {
	b := open(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	refs := map[string]int{}
	for n := range 40 {
		all.Go(func() {
			ref, err := b.Send(context.Background(), client(n), wrongHours)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			refs[ref]++
		})
	}
	all.Wait()
	if items := b.queue(t); len(items) != 1 || len(refs) != 1 || items[0].Count != 40 {
		t.Errorf("%d items, numbers %v", len(items), refs)
	}
}

// TestAnsweredMeanwhile: nobody's report is lost between the answer and the next one.
func TestAnsweredMeanwhile(t *testing.T) {
	b := open(t)
	b.send(t, 0, wrongHours)
	item := b.queue(t)[0]
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			if _, err := b.Send(context.Background(), client(n+1), wrongHours); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		for {
			i, err := b.Get(context.Background(), coordinator, item.ID)
			if err == nil {
				_, err = b.Answer(context.Background(), coordinator, i.ID, i.Rev, report.Done, "")
			}
			if err == nil {
				return
			}
			if key(err) != "error.stale" {
				t.Error(err)
				return
			}
		}
	})
	all.Wait()
	page, err := b.Of(t.Context(), coordinator, "a", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, i := range page.Items {
		sum += i.Count
	}
	if sum != 21 {
		t.Errorf("%d voices in %d reports, want 21", sum, len(page.Items))
	}
}

func TestWhatIsKeptOfPeople(t *testing.T) {
	b := open(t)
	by := client(7)
	by.AccountID, by.Name, by.Session = "reporter", "张三", "session-hash"
	m := report.Message{ListingID: "a", Reason: report.Hours, Note: "问门口的阿姨", Contact: "13812345678"}
	if _, err := b.Send(t.Context(), by, m); err != nil {
		t.Fatal(err)
	}
	item := b.queue(t)[0]
	if _, err := b.Get(t.Context(), coordinator, item.ID); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(b.file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"13812345678", "198.51", "张三", `"reporter"`, "session-hash"} {
		if strings.Contains(string(raw), private) {
			t.Errorf("%s lies in the store", private)
		}
	}
	got, err := b.Contacts(t.Context(), coordinator, item.ID)
	if d := cmp.Diff([]report.Contact{{"13812345678", b.now()}}, got); d != "" || err != nil {
		t.Errorf("contacts (-want +got):\n%s%v", d, err)
	}
	if !slices.ContainsFunc(b.trail(t, item.ID), func(e audit.Entry) bool {
		return e.Fact.Action == access.ReportContact && e.Fact.By.Account == "c"
	}) {
		t.Error("nobody knows who looked at the contact")
	}

	sweep := func(want int) {
		t.Helper()
		if n, err := b.Sweep(t.Context()); err != nil || n != want {
			t.Errorf("Sweep = %d, %v; want %d", n, err, want)
		}
	}
	b.pass(report.Keep - time.Hour)
	sweep(0)
	item, err = b.Answer(t.Context(), coordinator, item.ID, item.Rev, report.Done, "改好了")
	if err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	sweep(1)
	sweep(0)
	got, err = b.Contacts(t.Context(), coordinator, item.ID)
	item, _ = b.Get(t.Context(), coordinator, item.ID)
	if err != nil || len(got) != 0 || item.Contacts != 0 || item.Count != 1 || len(item.Notes) != 1 {
		t.Errorf("after 30 days: contacts %v, %+v, %v", got, item, err)
	}
	b.pass(report.Keep - 24*time.Hour)
	sweep(0)
	for days, want := range map[int]int{report.KeepDays: 0, report.KeepDays - 1: 1} {
		if n, err := b.Due(t.Context(), days); err != nil || n != want {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, n, err, want)
		}
	}
	b.KeepFor(func() int { return report.KeepDays - 1 })
	sweep(1)
	sweep(0)
	if item, _ = b.Get(t.Context(), coordinator, item.ID); len(item.Notes) != 0 || item.Answer != "改好了" {
		t.Errorf("29 days after the answer: %+v", item)
	}
	for _, e := range b.trail(t, item.ID) {
		for _, c := range e.Fact.Changes {
			if strings.Contains(c.Before+c.After, "阿姨") || strings.Contains(c.Before+c.After, "hash") {
				t.Errorf("the trail keeps %+v", c)
			}
		}
	}
}

func TestOwnersAreTold(t *testing.T) {
	b := open(t)
	first := b.send(t, 1, wrongHours)
	b.send(t, 2, wrongHours)
	b.pass(time.Minute)
	second := b.send(t, 1, report.Message{ListingID: "a", Reason: report.Phone})
	b.send(t, 1, report.Message{ListingID: "b", Reason: report.Phone}) // nobody's shop
	var told []string
	busy := true
	inform := func(want int) error {
		t.Helper()
		n, err := b.Inform(t.Context(), func(_ context.Context, i report.Item) error {
			if busy && i.Ref == first {
				return errors.New("the post is closed")
			}
			told = append(told, i.Ref)
			return nil
		})
		if n != want {
			t.Errorf("told %d, want %d", n, want)
		}
		return err
	}
	if err := inform(1); err == nil {
		t.Error("a message that was not sent is no error")
	}
	busy = false
	if err := inform(1); err != nil {
		t.Error(err)
	}
	b.send(t, 3, wrongHours) // one more voice is no news
	if err := inform(0); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{second, first}, told); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
}

// The district says which reasons can be chosen.
func TestReasonsThatAreOffered(t *testing.T) {
	b := open(t)
	b.OfferReasons(func(r report.Reason) bool { return r == "smell" })
	ref := b.send(t, 1, report.Message{ListingID: "a", Reason: "smell"})
	if x, err := b.Progress(t.Context(), access.Actor{}, ref); err != nil || x.Reason != "smell" {
		t.Errorf("%+v %v", x, err)
	}
	if _, err := b.Send(t.Context(), client(1), report.Message{ListingID: "a", Reason: report.Hours}); !fault.Is(err, fault.Invalid) {
		t.Errorf("what is offered no more is taken: %v", err)
	}
}
