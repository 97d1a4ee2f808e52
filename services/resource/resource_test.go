package resource

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

var (
	liaison     = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	coordinator = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner       = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff       = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
	rival       = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
	third       = access.Actor{AccountID: "san", Seats: []access.Seat{{MerchantID: "m3", Role: access.Owner}}}
)

// market is the service over a store of its own with three organisations and a clock that the test moves.
type market struct {
	*Service
	t       testing.TB
	now     time.Time
	change  func(*assembly.Organisation) // what befell the organisations meanwhile; nil: nothing
	gone    string                       // the organisation whose seat has ended
	letters []string
}

func (m *market) Own(ctx context.Context, by access.Actor, id string) (assembly.Organisation, error) {
	o, _, err := m.Reach(ctx, id)
	if err == nil {
		err = access.Require(by, access.AssemblyMember, o.Thing(by))
	}
	if err == nil && !o.Active {
		err = fault.Missing()
	}
	return o, err
}

func (m *market) Seated(context.Context) (map[string]bool, error) {
	out := map[string]bool{"o1": true, "o2": true, "o3": true}
	delete(out, m.gone)
	return out, nil
}

func (m *market) Reach(_ context.Context, id string) (assembly.Organisation, []string, error) {
	merchant, ok := map[string]string{"o1": "m1", "o2": "m2", "o3": "m3"}[id]
	if !ok {
		return assembly.Organisation{}, nil, fault.Missing()
	}
	o := assembly.Organisation{MerchantID: merchant, Name: lang.Text{Hans: "单位" + id}, Active: id != m.gone, Visibility: assembly.Public, Consent: &assembly.Consent{Words: assembly.ConsentWords}}
	if o.ID = id; m.change != nil {
		m.change(&o)
	}
	return o, []string{"of " + id}, nil
}

func (m *market) TellLapse(_ context.Context, accountID, _ string, args map[string]any) error {
	m.letters = append(m.letters, fmt.Sprint("lapse ", accountID, " ", args["Day"]))
	return nil
}

func (m *market) TellEnded(_ context.Context, accountID, _ string, args map[string]any) error {
	m.letters = append(m.letters, fmt.Sprint("ended ", accountID, " ", args["Title"]))
	return nil
}

func (m *market) TellMatch(_ context.Context, accountID, _ string, args map[string]any) error {
	m.letters = append(m.letters, fmt.Sprint("match ", accountID, " ", args["Title"]))
	return nil
}

func opened(t testing.TB) *market {
	t.Helper()
	m := &market{t: t, now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return m.now }
	db, log, _ := audittest.Open(t, now)
	m.Service = New(Deps{DB: db, Log: log, Members: m, Letters: m, Now: now, Link: func(o string) string { return "/my/resources/" + o }})
	return m
}

func ok[T any](m *market, f func() (T, error)) T {
	m.t.Helper()
	x, err := f()
	if err != nil {
		m.t.Fatal(err)
	}
	return x
}

func (m *market) add(by access.Actor, org string, d Details) Post {
	m.t.Helper()
	return ok(m, func() (Post, error) { return m.Add(m.t.Context(), by, org, d) })
}

func (m *market) do(by access.Actor, org, id string, x Deed, said Saying) Deal {
	m.t.Helper()
	return ok(m, func() (Deal, error) { return m.Do(m.t.Context(), by, org, id, x, said) })
}

var hall = Details{Side: Offered, Kind: Hall, Title: "三楼活动厅", Place: "zhongshan", Times: "周一至周五 18:00-21:00"}

func fieldOf(err error) string {
	if f, is := errors.AsType[*fault.Error](err); is && len(f.Fields) > 0 {
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return fmt.Sprint(err)
}

func TestWhatAPostMaySay(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*Details)
		want   string
	}{
		"as it is":           {func(*Details) {}, "<nil>"},
		"no title":           {func(d *Details) { d.Title = "" }, "title error.text.empty"},
		"a number in it":     {func(d *Details) { d.Title = "找小王13812345678" }, "title error.mobile"},
		"a number below":     {func(d *Details) { d.Text = "打 138 1234 5678" }, "text error.mobile"},
		"a desk's number":    {func(d *Details) { d.Text = "打 021-5777 0000" }, "<nil>"},
		"no side":            {func(d *Details) { d.Side = "" }, "side error.choice"},
		"no kind":            {func(d *Details) { d.Kind = "gold" }, "kind error.choice"},
		"times nobody reads": {func(d *Details) { d.Times = "有空就行吧" }, "times resource.wrong.times"},
		"times of a skill":   {func(d *Details) { d.Kind, d.Times = Skills, "有空就行吧" }, "<nil>"},
	} {
		d := hall
		x.change(&d)
		if got := fieldOf(d.read()); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
		if d.Kind == Skills && d.Times != "" {
			t.Error("a skill keeps opening times")
		}
	}
}

func TestWhoseAPostIs(t *testing.T) {
	m, ctx := opened(t), t.Context()
	p := m.add(owner, "o1", hall)
	for name, by := range map[string]access.Actor{"staff": staff, "another": rival, "the liaison": liaison, "a coordinator": coordinator} {
		if _, err := m.Add(ctx, by, "o1", hall); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s posts for an organisation: %v", name, err)
		}
		if _, err := m.Withdraw(ctx, by, "o1", p.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s withdraws: %v", name, err)
		}
	}
	if _, err := m.Edit(ctx, rival, "o2", p.ID, p.Rev, hall); !fault.Is(err, fault.NotFound) {
		t.Errorf("another organisation edits it: %v", err)
	}
	if _, err := m.Edit(ctx, owner, "o1", p.ID, p.Rev+1, hall); !fault.Is(err, fault.Conflict) {
		t.Errorf("written over another version: %v", err)
	}
	if page := ok(m, func() (store.Page[Post], error) { return m.Open(ctx, liaison, "", "", "", "", 10) }); len(page.Items) != 1 {
		t.Errorf("the liaison reads %v", page.Items)
	}
	for name, by := range map[string]access.Actor{"an owner": owner, "a coordinator": coordinator} {
		if _, err := m.Open(ctx, by, "", "", "", "", 10); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads as the liaison: %v", name, err)
		}
	}
	if page := ok(m, func() (store.Page[Post], error) { return m.Open(ctx, rival, "o2", Offered, Hall, "", 10) }); len(page.Items) != 1 {
		t.Errorf("a member reads %v", page.Items)
	}
	ok(m, func() (Post, error) { return m.Withdraw(ctx, owner, "o1", p.ID) })
	if _, err := m.Post(ctx, rival, "o2", p.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another organisation reads what was withdrawn: %v", err)
	}
	if _, err := m.Renew(ctx, owner, "o1", p.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("renewed what was withdrawn: %v", err)
	}
	for range MaxOpen {
		m.add(owner, "o1", hall)
	}
	if _, err := m.Add(ctx, owner, "o1", hall); !fault.Is(err, fault.Conflict) {
		t.Errorf("one more than may be open: %v", err)
	}
}

func TestSuggestionsGoByKindAndPlace(t *testing.T) {
	m, ctx := opened(t), t.Context()
	sought := Details{Side: Sought, Kind: Hall, Title: "借场地"}
	at := func(place string) Details { d := sought; d.Place = place; return d }
	p := m.add(owner, "o1", hall)
	far, any, near := m.add(rival, "o2", at("lean")), m.add(rival, "o2", at("")), m.add(third, "o3", at("zhongshan"))
	m.add(rival, "o2", Details{Side: Sought, Kind: Legal, Title: "问法律", Place: "zhongshan"})
	m.add(rival, "o2", hall)
	m.add(owner, "o1", sought)
	list := ok(m, func() ([]Post, error) { return m.Suggest(ctx, liaison, "", &p, 10) })
	if len(list) != 3 || list[0].ID != near.ID || list[1].ID != any.ID || list[2].ID != far.ID {
		t.Errorf("suggested are %v", list)
	}
}

func TestStepsOfADeal(t *testing.T) {
	can := map[State]map[string][]Deed{
		Matched:   {"agreed": {GiveUp}, "silent": {Agree, GiveUp}, "": {GiveUp}},
		Agreed:    {"agreed": {Deliver, GiveUp}, "silent": {Deliver, GiveUp}, "": {GiveUp}},
		Delivered: {"agreed": {Confirm, Deny}, "silent": {Confirm, Deny}, "": {GiveUp}},
		Confirmed: {"agreed": {Close}, "silent": {Close}, "": {Close}},
	}
	now := time.Now()
	for _, s := range []State{Matched, Agreed, Delivered, Confirmed, Closed, GivenUp, Unanswered, Left} {
		for _, org := range []string{"agreed", "silent", "", "stranger"} {
			for _, x := range []Deed{Agree, Deliver, Confirm, Deny, Close, GiveUp} {
				d := Deal{State: s, GiverID: "agreed", TakerID: "silent", Giver: Party{AgreedAt: &now}}
				want := false
				for _, y := range can[s][org] {
					want = want || x == y
				}
				if err := d.do(x, org, Saying{}, now); want != (err == nil) {
					t.Errorf("%s of a %s deal by %q: %v", x, s, org, err)
				}
			}
		}
	}
}

func TestWhatIsSaidToTheOtherSide(t *testing.T) {
	today := calendar.Today(time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai))
	for want, said := range map[string]struct {
		deed Deed
		Saying
	}{
		"note error.mobile":   {Deliver, Saying{On: "2026-10-14", Note: "找 138 1234 5678"}},
		"reason error.mobile": {GiveUp, Saying{Reason: "找 138 1234 5678"}},
		"<nil>":               {Deny, Saying{Reason: "打 021-5777 0000 没人接"}},
	} {
		if got := fieldOf(said.read(said.deed, today)); got != want {
			t.Errorf("%s: %s, want %s", said.deed, got, want)
		}
	}
}

func TestANeedIsUnmatchedUntilADealRuns(t *testing.T) {
	m, ctx := opened(t), t.Context()
	first := m.add(owner, "o1", Details{Side: Sought, Kind: Printing, Title: "要打印"})
	m.now = m.now.AddDate(0, 0, 1)
	hallNeed := m.add(owner, "o1", Details{Side: Sought, Kind: Hall, Title: "借场地"})
	m.add(third, "o3", Details{Side: Offered, Kind: Printing, Title: "能打印"})
	needs := func(most int) string {
		t.Helper()
		out := ""
		for _, p := range ok(m, func() ([]Post, error) { return m.Unmatched(ctx, liaison, most) }) {
			out += p.Title + " "
		}
		return out
	}
	for most, want := range map[int]string{1: "要打印 ", 2: "要打印 借场地 ", 9: "要打印 借场地 "} {
		if got := needs(most); got != want {
			t.Errorf("the first %d: %q, want %q", most, got, want)
		}
	}
	d := ok(m, func() (Deal, error) { return m.Answer(ctx, rival, "o2", first.ID, "") })
	if got := needs(9); d.State != Matched || got != "借场地 " {
		t.Errorf("%s: %q", d.State, got)
	}
	d = m.do(owner, "o1", d.ID, Agree, Saying{})
	if got := needs(9); d.State != Agreed || got != "借场地 " {
		t.Errorf("%s: %q", d.State, got)
	}
	d = m.do(rival, "o2", d.ID, Deliver, Saying{On: "2026-10-16", Note: "打了"})
	if got := needs(9); d.State != Delivered || got != "借场地 " {
		t.Errorf("%s: %q", d.State, got)
	}
	m.do(owner, "o1", d.ID, Deny, Saying{Reason: "没打"})
	m.do(owner, "o1", d.ID, GiveUp, Saying{Reason: "机器坏了"})
	if got := needs(9); got != "要打印 借场地 " {
		t.Errorf("given up: %q", got)
	}
	offer := m.add(rival, "o2", hall)
	ok(m, func() (Deal, error) { return m.Match(ctx, liaison, offer.ID, hallNeed.ID) }) // here the need is the other post of the deal
	if got := needs(9); got != "要打印 " {
		t.Errorf("brought together by the liaison: %q", got)
	}
	for name, by := range map[string]access.Actor{"an owner": owner, "a coordinator": coordinator} {
		if _, err := m.Unmatched(ctx, by, 9); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads them: %v", name, err)
		}
	}
}

func TestADeliveryCountsOnceBothConfirm(t *testing.T) {
	m, ctx := opened(t), t.Context()
	offer := m.add(owner, "o1", hall)
	need := m.add(rival, "o2", Details{Side: Sought, Kind: Hall, Title: "借场地开会"})
	figures := func() int { return ok(m, func() (map[Kind]int, error) { return m.Figures(ctx, liaison) })[Hall] }
	if _, err := m.Answer(ctx, owner, "o1", offer.ID, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("an organisation answers itself: %v", err)
	}
	if _, err := m.Match(ctx, coordinator, offer.ID, need.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a coordinator brings together: %v", err)
	}
	d := ok(m, func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, need.ID) })
	if d.GiverID != "o1" || d.TakerID != "o2" || d.State != Matched {
		t.Fatalf("%+v", d)
	}
	if len(m.letters) != 1 || m.letters[0] != "match of o1 三楼活动厅" {
		t.Errorf("letters %q", m.letters)
	}
	for name, again := range map[string]func() (Deal, error){
		"the same again":         func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, need.ID) },
		"from the other side":    func() (Deal, error) { return m.Answer(ctx, owner, "o1", need.ID, offer.ID) },
		"by the liaison":         func() (Deal, error) { return m.Match(ctx, liaison, offer.ID, need.ID) },
		"by the liaison, turned": func() (Deal, error) { return m.Match(ctx, liaison, need.ID, offer.ID) },
	} {
		if _, err := again(); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := m.Do(ctx, third, "o3", d.ID, Agree, Saying{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a third agrees: %v", err)
	}
	if _, err := m.Deal(ctx, third, "o3", d.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a third reads: %v", err)
	}
	if d = m.do(owner, "o1", d.ID, Agree, Saying{}); d.State != Agreed {
		t.Fatalf("both agreed: %s", d.State)
	}
	for want, said := range map[string]Saying{"note error.text.empty": {On: "2026-10-15"}, "on resource.wrong.on": {On: "2026-10-16", Note: "一场会"}} {
		if _, err := m.Do(ctx, rival, "o2", d.ID, Deliver, said); fieldOf(err) != want {
			t.Errorf("delivered: %s, want %s", fieldOf(err), want)
		}
	}
	d = m.do(owner, "o1", d.ID, Deliver, Saying{On: "2026-10-15", Note: "借了一晚"})
	if d.State != Delivered || figures() != 0 {
		t.Fatalf("one side alone: %s, %d", d.State, figures())
	}
	if _, err := m.Do(ctx, owner, "o1", d.ID, Confirm, Saying{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same side twice: %v", err)
	}
	d = m.do(rival, "o2", d.ID, Deny, Saying{Reason: "门没开"})
	if d.State != Agreed || d.Reason != "门没开" {
		t.Fatalf("denied: %+v", d)
	}
	d = m.do(rival, "o2", d.ID, Deliver, Saying{On: "2026-10-15", Note: "借了一晚"})
	var wg sync.WaitGroup
	for range 20 { // pressed by several people of the organisation at once
		wg.Go(func() { _, _ = m.Do(ctx, owner, "o1", d.ID, Confirm, Saying{}) })
	}
	wg.Wait()
	if d = ok(m, func() (Deal, error) { return m.Deal(ctx, owner, "o1", d.ID) }); d.State != Confirmed || figures() != 1 {
		t.Fatalf("both confirmed: %s, %d", d.State, figures())
	}
	if p := ok(m, func() (Post, error) { return m.Post(ctx, rival, "o2", need.ID) }); p.State != Ended {
		t.Errorf("the need is %s", p.State)
	}
	if p := ok(m, func() (Post, error) { return m.Post(ctx, owner, "o1", offer.ID) }); p.State != Open {
		t.Errorf("the offer is %s", p.State)
	}
	if d = m.do(liaison, "", d.ID, Close, Saying{}); d.State != Closed || figures() != 1 {
		t.Errorf("closed: %s, %d", d.State, figures())
	}
	if _, err := m.Answer(ctx, rival, "o2", offer.ID, ""); err != nil {
		t.Errorf("the same two once more: %v", err)
	}
}

// One delivery counts once: while two organisations are at something, they do not begin it a second time from another end of it.
func TestTheSameTwoAreAtAPostOnce(t *testing.T) {
	m, ctx := opened(t), t.Context()
	sought := Details{Side: Sought, Kind: Hall, Title: "借场地"}
	offer, need, other := m.add(owner, "o1", hall), m.add(rival, "o2", sought), m.add(rival, "o2", sought)
	begins := map[string]func() (Deal, error){
		"the liaison":                    func() (Deal, error) { return m.Match(ctx, liaison, offer.ID, need.ID) },
		"the liaison, with another need": func() (Deal, error) { return m.Match(ctx, liaison, other.ID, offer.ID) },
		"who seeks":                      func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, "") },
		"who seeks, with its need":       func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, need.ID) },
		"who offers, with its offer":     func() (Deal, error) { return m.Answer(ctx, owner, "o1", need.ID, offer.ID) },
	}
	for first, begin := range begins {
		d := ok(m, begin)
		for second, again := range begins {
			if _, err := again(); !fault.Is(err, fault.Conflict) {
				t.Errorf("begun by %s, then by %s: %v", first, second, err)
			}
		}
		m.do(liaison, "", d.ID, GiveUp, Saying{Reason: "换个时间"})
	}
	d := ok(m, func() (Deal, error) { return m.Answer(ctx, owner, "o1", need.ID, "") })
	if _, err := m.Match(ctx, liaison, offer.ID, need.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("about a need that the same two are at: %v", err)
	}
	if _, err := m.Answer(ctx, third, "o3", offer.ID, ""); err != nil {
		t.Errorf("a third about the same hall: %v", err)
	}
	m.do(owner, "o1", d.ID, GiveUp, Saying{Reason: "换个时间"})
	// Begun from every end in the same moment, it is at most one.
	var wg sync.WaitGroup
	for range 4 {
		for _, begin := range begins {
			wg.Go(func() { _, _ = begin() })
		}
	}
	wg.Wait()
	running := 0
	for _, x := range ok(m, func() ([]Deal, error) { return m.Deals(ctx, rival, "o2", 50) }) {
		if x.State.Running() {
			running++
		}
	}
	if running > 1 {
		t.Errorf("%d run at once", running)
	}
}

func TestGivenUpWithAReason(t *testing.T) {
	m, ctx := opened(t), t.Context()
	p := m.add(owner, "o1", hall)
	d := ok(m, func() (Deal, error) { return m.Answer(ctx, rival, "o2", p.ID, "") })
	if _, err := m.Do(ctx, owner, "o1", d.ID, GiveUp, Saying{}); fieldOf(err) != "reason error.text.empty" {
		t.Errorf("without a reason: %v", err)
	}
	if d = m.do(owner, "o1", d.ID, GiveUp, Saying{Reason: "那天不行"}); d.State != GivenUp {
		t.Errorf("given up is %s", d.State)
	}
	if last := m.letters[len(m.letters)-1]; len(m.letters) != 2 || last != "ended of o2 三楼活动厅" {
		t.Errorf("letters %q", m.letters)
	}
	if list := ok(m, func() ([]Deal, error) { return m.Deals(ctx, rival, "o2", 10) }); len(list) != 1 || list[0].Reason != "那天不行" {
		t.Errorf("the other reads %v", list)
	}
}

// An organisation whose seat has ended is matched with nobody from that moment, and what it posted does not come back with another seat.
func TestWhoseSeatHasEnded(t *testing.T) {
	m, ctx := opened(t), t.Context()
	sought := Details{Side: Sought, Kind: Hall, Title: "借场地"}
	offer, need := m.add(owner, "o1", hall), m.add(rival, "o2", sought)
	theirs := m.add(owner, "o1", sought)
	other := m.add(third, "o3", hall)
	m.gone = "o1"
	seen := func() string {
		open := ok(m, func() (store.Page[Post], error) { return m.Open(ctx, liaison, "", "", "", "", 10) })
		fit := ok(m, func() ([]Post, error) { return m.Suggest(ctx, rival, "o2", &need, 10) })
		unmatched := ok(m, func() ([]Post, error) { return m.Unmatched(ctx, liaison, 10) })
		return fmt.Sprint(len(open.Items), len(fit), len(unmatched))
	}
	if got := seen(); got != "2 1 1" {
		t.Errorf("open, fitting and unmatched are %s", got)
	}
	for name, begin := range map[string]func() (Deal, error){
		"the liaison":              func() (Deal, error) { return m.Match(ctx, liaison, offer.ID, need.ID) },
		"the liaison, turned":      func() (Deal, error) { return m.Match(ctx, liaison, need.ID, offer.ID) },
		"who seeks":                func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, "") },
		"who seeks, with its need": func() (Deal, error) { return m.Answer(ctx, rival, "o2", offer.ID, need.ID) },
		"who offers":               func() (Deal, error) { return m.Answer(ctx, third, "o3", theirs.ID, other.ID) },
	} {
		if _, err := begin(); !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			t.Errorf("begun by %s: %v", name, err)
		}
	}
	if p := ok(m, func() (Post, error) { return m.Post(ctx, liaison, "", offer.ID) }); p.State != Withdrawn {
		t.Errorf("the liaison reads that it is %s", p.State)
	}
	if n := ok(m, func() (int, error) { return m.Sweep(ctx) }); n != 2 {
		t.Errorf("dealt with %d, want 2", n)
	}
	m.gone = ""
	if got := seen(); got != "2 1 1" {
		t.Errorf("with another seat, open, fitting and unmatched are %s", got)
	}
	if p := ok(m, func() (Post, error) { return m.Post(ctx, owner, "o1", offer.ID) }); p.State != Withdrawn {
		t.Errorf("with another seat it is %s", p.State)
	}
	if n := ok(m, func() (int, error) { return m.Sweep(ctx) }); n != 0 {
		t.Errorf("dealt with %d once more", n)
	}
}

// What one side says was delivered and the other never answers does not hang for ever: it ends without being counted, both hear of it, and
// the need is open to others again.
func TestWhatNobodyConfirmsEnds(t *testing.T) {
	m, ctx := opened(t), t.Context()
	need := m.add(rival, "o2", Details{Side: Sought, Kind: Hall, Title: "借场地"})
	begin := func(s State) Deal { t.Helper(); return m.upTo(need.ID, s) }
	figures := func() int { return ok(m, func() (map[Kind]int, error) { return m.Figures(ctx, liaison) })[Hall] }
	said := func(want ...string) {
		t.Helper()
		if fmt.Sprint(m.letters) != fmt.Sprint(want) {
			t.Errorf("letters %q, want %q", m.letters, want)
		}
	}
	is := func(d Deal, want State) {
		t.Helper()
		got := ok(m, func() (Deal, error) { return m.Deal(ctx, liaison, "", d.ID) })
		if n := figures(); got.State != want || n != 0 {
			t.Errorf("it is %s, counted are %d", got.State, n)
		}
	}
	d := begin(Delivered)
	if _, err := m.Do(ctx, liaison, "", d.ID, GiveUp, Saying{}); fieldOf(err) != "reason error.text.empty" {
		t.Errorf("ended by the liaison without a reason: %v", err)
	}
	if d = m.do(liaison, "", d.ID, GiveUp, Saying{Reason: "对方联系不上"}); d.Reason != "对方联系不上" {
		t.Errorf("the reason is %q", d.Reason)
	}
	is(d, GivenUp)
	said("ended of o1 借场地", "ended of o2 借场地")

	d = begin(Delivered)
	sweep := func(days int) {
		t.Helper()
		m.now = m.now.AddDate(0, 0, days)
		ok(m, func() (int, error) { return m.Sweep(ctx) })
	}
	until := func() { need = ok(m, func() (Post, error) { return m.Renew(ctx, rival, "o2", need.ID) }) }
	sweep(60)
	until()
	m.do(rival, "o2", d.ID, Deny, Saying{Reason: "门没开"})
	m.do(owner, "o1", d.ID, Deliver, Saying{On: "2026-12-10", Note: "又借了一晚"}) // the 90 days begin anew
	m.letters = nil
	sweep(Lasts - 1)
	until()
	m.letters = nil
	is(d, Delivered)
	sweep(1)
	is(d, Unanswered)
	said("ended of o1 借场地", "ended of o2 借场地")
	if list := ok(m, func() ([]Post, error) { return m.Unmatched(ctx, liaison, 9) }); len(list) != 1 {
		t.Errorf("unmatched are %v", list)
	}
	m.letters = nil
	sweep(0)
	said()

	for _, state := range []State{Matched, Agreed, Delivered} {
		d = begin(state)
		m.gone = "o1"
		if list := ok(m, func() ([]Post, error) { return m.Unmatched(ctx, liaison, 9) }); len(list) != 1 {
			t.Errorf("%s with one that left, unmatched are %v", state, list)
		}
		sweep(0)
		is(d, Left)
		said("ended of o2 借场地") // nobody acts for the other any more
		m.gone = ""
	}
	d = begin(Confirmed) // both said so: it counts, whoever leaves
	m.gone = "o1"
	sweep(Lasts)
	if got := ok(m, func() (Deal, error) { return m.Deal(ctx, liaison, "", d.ID) }); got.State != Confirmed || figures() != 1 {
		t.Errorf("confirmed by both, it is %s, counted are %d", got.State, figures())
	}
}

// upTo is a deal of o1 about the need of o2, as far as a state.
func (m *market) upTo(needID string, s State) Deal {
	m.t.Helper()
	d := ok(m, func() (Deal, error) { return m.Answer(m.t.Context(), owner, "o1", needID, "") })
	if s != Matched {
		d = m.do(rival, "o2", d.ID, Agree, Saying{})
	}
	if s == Delivered || s == Confirmed {
		d = m.do(owner, "o1", d.ID, Deliver, Saying{On: "2026-10-15", Note: "借了一晚"})
	}
	if s == Confirmed {
		d = m.do(rival, "o2", d.ID, Confirm, Saying{})
	}
	m.letters = nil
	return d
}

func TestWhatNobodyRenewsLapses(t *testing.T) {
	m, ctx := opened(t), t.Context()
	p := m.add(owner, "o1", hall)
	ok(m, func() (Post, error) { return m.Show(ctx, owner, "o1", p.ID, true) })
	sweep := func(days, want int) {
		t.Helper()
		m.now = m.now.AddDate(0, 0, days)
		if n := ok(m, func() (int, error) { return m.Sweep(ctx) }); n != want {
			t.Errorf("dealt with %d, want %d", n, want)
		}
	}
	sweep(Lasts-TellBefore-1, 0)
	sweep(1, 1)
	sweep(0, 0)
	if len(m.letters) != 1 || m.letters[0] != "lapse of o1 2027-01-13" {
		t.Fatalf("letters %q", m.letters)
	}
	ok(m, func() (Post, error) { return m.Renew(ctx, owner, "o1", p.ID) })
	sweep(TellBefore+1, 0)
	sweep(Lasts-TellBefore-TellBefore-2, 0)
	sweep(1, 1)
	if len(m.letters) != 2 {
		t.Errorf("letters %q", m.letters)
	}
	m.now = m.now.AddDate(0, 0, TellBefore+1)
	if list := ok(m, func() ([]Space, error) { return m.Spaces(ctx) }); len(list) != 0 {
		t.Error("what has lapsed is shown before the program notes it")
	}
	sweep(0, 1)
	if p = ok(m, func() (Post, error) { return m.Post(ctx, owner, "o1", p.ID) }); p.State != Lapsed || p.Shown || p.Consent != nil {
		t.Errorf("lapsed is %+v", p)
	}
	if p = ok(m, func() (Post, error) { return m.Renew(ctx, owner, "o1", p.ID) }); p.State != Open || p.Shown {
		t.Errorf("renewed is %+v", p)
	}
}

func TestASpaceIsSeenOnlyWithLeave(t *testing.T) {
	m, ctx := opened(t), t.Context()
	spaces := func() int { return len(ok(m, func() ([]Space, error) { return m.Spaces(ctx) })) }
	p := m.add(owner, "o1", hall)
	silent := hall
	silent.Times = ""
	for name, d := range map[string]Details{"a skill": {Side: Offered, Kind: Skills, Title: "修伞"}, "a hall without times": silent, "a hall that is sought": {Side: Sought, Kind: Hall, Title: "借"}} {
		x := m.add(owner, "o1", d)
		if _, err := m.Show(ctx, owner, "o1", x.ID, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s is shown: %v", name, err)
		}
	}
	if spaces() != 0 {
		t.Error("shown without leave")
	}
	for name, by := range map[string]access.Actor{"another": rival, "the liaison": liaison, "staff": staff} {
		if _, err := m.Show(ctx, by, "o1", p.ID, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s gives leave: %v", name, err)
		}
	}
	show := func(yes bool) {
		t.Helper()
		p = ok(m, func() (Post, error) { return m.Show(ctx, owner, "o1", p.ID, yes) })
	}
	show(true)
	list := ok(m, func() ([]Space, error) { return m.Spaces(ctx) })
	if len(list) != 1 || list[0].Organisation.Hans != "单位o1" || list[0].OrganisationID != "" || list[0].Consent != nil {
		t.Fatalf("the public reads %+v", list)
	}
	for what, change := range map[string]func(*assembly.Organisation){
		"the seat has ended":                    func(o *assembly.Organisation) { o.Active = false },
		"the leave to be listed was taken back": func(o *assembly.Organisation) { o.Consent = nil },
		"the leave was to other words":          func(o *assembly.Organisation) { o.Consent.Words++ },
		"members alone may know of it":          func(o *assembly.Organisation) { o.Visibility = assembly.Members },
		"the liaison alone may know of it":      func(o *assembly.Organisation) { o.Visibility = assembly.Station },
	} {
		if m.change = change; spaces() != 0 {
			t.Errorf("shown though %s", what)
		}
	}
	if m.change = nil; spaces() != 1 {
		t.Error("not shown once it may be named again")
	}
	show(false)
	if spaces() != 0 {
		t.Error("shown after leave was taken back")
	}
	show(true)
	later := hall
	later.Times = ""
	p = ok(m, func() (Post, error) { return m.Edit(ctx, owner, "o1", p.ID, p.Rev, later) })
	if spaces() != 0 || p.Consent != nil {
		t.Error("leave holds for a space without times")
	}
}
