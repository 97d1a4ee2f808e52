package lead

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/store"
	"shangquan/services/vacancy"
)

var (
	coord   = access.Actor{AccountID: "xie", Name: "小谢", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	rival   = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

type book struct {
	*Service
	now  time.Time
	log  *audit.Log
	card vacancy.Offer
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	b.card = vacancy.Offer{Card: vacancy.Card{Meta: store.Meta{ID: "c1"}, State: vacancy.Vacant}, Unit: place.Unit{Number: "1F-06"}, Standing: vacancy.Vacant}
	now := func() time.Time { return b.now }
	db, log, keys := audittest.Open(t, now)
	b.log = log
	b.Service = NewService(Deps{
		DB: db, Log: log, Keys: keys, Now: now, Offers: func(r string) bool { return slices.Contains(Reasons, r) && r != "works" },
		Card: func(_ context.Context, id string) (vacancy.Offer, error) {
			if id != b.card.ID {
				return vacancy.Offer{}, fault.Missing()
			}
			return b.card, nil
		},
	})
	return b
}

func asker() Asker {
	return Asker{Business: "阿婆馄饨", Contact: "138 0013 8000", Wants: "想开馄饨店，30 平方米\n年底前"}
}

func (b *book) sent(t testing.TB) Enquiry {
	t.Helper()
	e, err := b.Send(t.Context(), access.Actor{}, "c1", asker(), true)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// at brings an enquiry to a state.
func (b *book) at(t testing.TB, state State) Enquiry {
	t.Helper()
	e := b.sent(t)
	way := []State{Contacted, Viewing, Proposal, Matched}
	if state == Lost {
		way = []State{Lost}
	}
	for _, to := range way {
		if e.State == state {
			break
		}
		var err error
		if e, err = b.Step(t.Context(), coord, e.ID, e.Rev, Move{To: to, Reason: "price"}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func named(err error, field string) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Invalid && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field })
}

func TestEnquiriesThatAreRefused(t *testing.T) {
	b, ctx := opened(t), t.Context()
	for _, x := range []struct {
		what, field string
		change      func(*Asker)
	}{
		{"no name", "business", func(a *Asker) { a.Business = " " }},
		{"a long name", "business", func(a *Asker) { a.Business = strings.Repeat("长", MaxBusiness+1) }},
		{"no contact", "contact", func(a *Asker) { a.Contact = "" }},
		{"words for a contact", "contact", func(a *Asker) { a.Contact = "来店里找我" }},
		{"nothing wanted", "wants", func(a *Asker) { a.Wants = "" }},
		{"a novel", "wants", func(a *Asker) { a.Wants = strings.Repeat("长", MaxWants+1) }},
	} {
		a := asker()
		x.change(&a)
		if _, err := b.Send(ctx, access.Actor{}, "c1", a, true); !named(err, x.field) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	if _, err := b.Send(ctx, access.Actor{}, "c1", asker(), false); !named(err, "agree") {
		t.Errorf("without leave: %v", err)
	}
	if _, err := b.Send(ctx, access.Actor{}, "none", asker(), true); !fault.Is(err, fault.NotFound) {
		t.Errorf("about no card: %v", err)
	}
	b.card.Standing = vacancy.Reserved
	if _, err := b.Send(ctx, access.Actor{}, "c1", asker(), true); !fault.Is(err, fault.Conflict) {
		t.Errorf("about what is reserved: %v", err)
	}
	if counts, err := b.Counts(ctx, coord); err != nil || len(counts) != 0 {
		t.Errorf("what was refused was kept: %v %v", counts, err)
	}
	b.card.Standing = vacancy.Notice
	for _, contact := range []string{"021-5777 0000", "a@example.cn", "400-820-8820"} {
		a := asker()
		a.Contact = contact
		if _, err := b.Send(ctx, owner, "c1", a, true); err != nil {
			t.Errorf("%s: %v", contact, err)
		}
	}
}

// Every state with every other: what leads on is taken, all else is refused and changes nothing.
func TestSteps(t *testing.T) {
	for _, from := range States {
		for _, to := range States {
			b := opened(t)
			e := b.at(t, from)
			if e.State != from {
				t.Fatalf("%s cannot be reached", from)
			}
			may := slices.Contains(map[State][]State{
				New: {Contacted, Lost}, Contacted: {Viewing, Lost}, Viewing: {Proposal, Lost}, Proposal: {Matched, Lost},
			}[from], to)
			before := len(e.Steps)
			got, err := b.Step(t.Context(), coord, e.ID, e.Rev, Move{To: to, Reason: "price", Note: "说好了"})
			if may != (err == nil) || !may && !fault.Is(err, fault.Conflict) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if !may {
				continue
			}
			last := got.Steps[len(got.Steps)-1]
			if got.State != to || len(got.Steps) != before+1 || last.By != "xie" || last.Name != "小谢" || last.To != to || last.Note != "说好了" || !last.At.Equal(b.now) {
				t.Errorf("%s to %s: %+v", from, to, got)
			}
			if (got.Reason == "price") != (to == Lost) {
				t.Errorf("%s to %s has reason %q", from, to, got.Reason)
			}
		}
	}
}

func TestWhyItIsLost(t *testing.T) {
	b, ctx := opened(t), t.Context()
	e := b.sent(t)
	for _, reason := range []string{"", "none", "works"} { // the last is offered no more
		if _, err := b.Step(ctx, coord, e.ID, e.Rev, Move{To: Lost, Reason: reason}); !named(err, "reason") {
			t.Errorf("for %q: %v", reason, err)
		}
	}
	if _, err := b.Step(ctx, coord, e.ID, e.Rev, Move{To: Lost, Reason: ReasonElse}); !named(err, "note") {
		t.Errorf("for something else, without a word: %v", err)
	}
	if _, err := b.Step(ctx, coord, e.ID, e.Rev, Move{To: Contacted, Note: strings.Repeat("长", MaxNote+1)}); !named(err, "note") {
		t.Errorf("a long note: %v", err)
	}
	if e, err := b.Step(ctx, coord, e.ID, e.Rev, Move{To: Lost, Reason: ReasonElse, Note: "要养猫"}); err != nil || !e.Ended() || len(e.Next()) != 0 {
		t.Errorf("%+v %v", e, err)
	}
}

// Who enquires is in nothing that is stored in the open, and in no trail.
func TestWhoAsksIsSealed(t *testing.T) {
	b, ctx := opened(t), t.Context()
	e := b.at(t, Contacted)
	stored, err := b.docs.Get(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.log.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	trail, err := b.log.Of(ctx, audit.Ref{Kind: KindEnquiry, ID: e.ID}, "", 100)
	if err != nil || len(trail.Items) == 0 {
		t.Fatalf("the trail: %v", err)
	}
	for where, x := range map[string]any{"the record": stored, "the trail": trail} {
		raw, _ := json.Marshal(x)
		for _, word := range []string{"阿婆", "0013", "馄饨"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s has %q", where, word)
			}
		}
		if where == "the trail" && strings.Contains(string(raw), stored.Sealed) {
			t.Error("the trail has what is sealed")
		}
	}
	if stored.Fact.By.Account != "xie" || trail.Items[len(trail.Items)-1].Fact.By.Account != "" {
		t.Error("who sent it is kept, or who went on is not")
	}
	_, a, err := b.Get(ctx, admin, e.ID)
	if err != nil || a != (Asker{"阿婆馄饨", "138 0013 8000", "想开馄饨店，30 平方米\n年底前"}) {
		t.Errorf("%+v %v", a, err)
	}
}

func TestForgetting(t *testing.T) {
	b, ctx := opened(t), t.Context()
	e := b.at(t, Viewing)
	if at, words, err := b.Agreed(ctx, e.ID); err != nil || !at.Equal(b.now) || words != AgreedWords {
		t.Errorf("agreed %v %d %v", at, words, err)
	}
	gone, err := b.Forget(ctx, coord, e.ID, e.Rev)
	if err != nil || !gone.Forgotten() || gone.Consent != nil || gone.State != Lost || gone.Reason != ReasonWithdrew || gone.EraseOn != "" {
		t.Errorf("%+v %v", gone, err)
	}
	if _, a, err := b.Get(ctx, coord, e.ID); err != nil || a != (Asker{}) {
		t.Errorf("still known: %+v %v", a, err)
	}
	if _, err := b.Forget(ctx, coord, e.ID, gone.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	matched, quiet := b.at(t, Matched), b.sent(t)
	b.now = b.now.AddDate(0, 0, Keep-1)
	if n, err := b.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("a day too early: %d %v", n, err)
	}
	later, err := b.Step(ctx, coord, b.sent(t).ID, 1, Move{To: Contacted, Note: "打过电话，姓王"})
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n, err := b.Sweep(ctx); n != 2 || err != nil {
		t.Errorf("on the day: %d %v", n, err)
	}
	for id, want := range map[string]struct {
		state  State
		reason string
	}{matched.ID: {Matched, ""}, quiet.ID: {Lost, ReasonSilent}, later.ID: {Contacted, ""}} {
		e, a, err := b.Get(ctx, coord, id)
		if err != nil || e.State != want.state || e.Reason != want.reason || (a == Asker{}) != (id != later.ID) {
			t.Errorf("%+v %+v %v, want %+v", e, a, err, want)
		}
	}
	b.now = b.now.AddDate(0, 0, Keep-2) // its last step was the day before
	for days, want := range map[int]int{Keep: 0, Keep - 1: 1} {
		if n, err := b.Due(ctx, days); err != nil || n != want {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, n, err, want)
		}
	}
	b.Days = func() int { return Keep - 1 }
	if n, err := b.Sweep(ctx); n != 1 || err != nil {
		t.Errorf("the last one, kept for a day less: %d %v", n, err)
	}
	if e, _, _ := b.Get(ctx, coord, later.ID); e.Steps[0].Note != "" {
		t.Error("a note outlives it")
	}
	if n, err := b.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("twice: %d %v", n, err)
	}
}

func TestWhoMay(t *testing.T) {
	b, ctx := opened(t), t.Context()
	e := b.sent(t)
	for _, by := range []access.Actor{{}, owner, liaison} {
		_, _, get := b.Get(ctx, by, e.ID)
		_, list := b.List(ctx, by, New, "", 10)
		_, of := b.OfCard(ctx, by, "c1", 10)
		_, counts := b.Counts(ctx, by)
		_, step := b.Step(ctx, by, e.ID, e.Rev, Move{To: Contacted})
		_, forget := b.Forget(ctx, by, e.ID, e.Rev)
		if get == nil || list == nil || of == nil || counts == nil || step == nil || forget == nil {
			t.Errorf("%s: %v %v %v %v %v %v", by.AccountID, get, list, of, counts, step, forget)
		}
	}
	if _, err := b.Step(ctx, admin, e.ID, e.Rev, Move{To: Contacted}); err != nil {
		t.Fatal(err)
	}
	for name, rev := range map[string]int64{"an old revision": e.Rev, "no revision": 0} {
		_, step := b.Step(ctx, coord, e.ID, rev, Move{To: Viewing})
		_, forget := b.Forget(ctx, coord, e.ID, rev)
		if !fault.Is(step, fault.Conflict) || !fault.Is(forget, fault.Conflict) {
			t.Errorf("over %s: %v %v", name, step, forget)
		}
	}
	b.sent(t)
	counts, err := b.Counts(ctx, coord)
	if err != nil || counts[New] != 1 || counts[Contacted] != 1 {
		t.Errorf("%v %v", counts, err)
	}
	page, err := b.List(ctx, coord, Contacted, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != e.ID {
		t.Errorf("%+v %v", page, err)
	}
	if page, err = b.OfCard(ctx, coord, "c1", 10); err != nil || len(page.Items) != 2 {
		t.Errorf("%+v %v", page, err)
	}
}
