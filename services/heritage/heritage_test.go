package heritage

import (
	"context"
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
)

var (
	coord   = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	manager = access.Actor{AccountID: "jing", Seats: []access.Seat{{MerchantID: "m1", Role: access.Manager}}}
	rival   = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

// shop is one listing.
type shop struct {
	l     listing.Listing
	after func() // what happens once the page is written
}

func (s *shop) Get(_ context.Context, id string) (listing.Listing, error) {
	if id != s.l.ID {
		return listing.Listing{}, fault.Missing()
	}
	return s.l, nil
}

func (s *shop) Bearing(context.Context) (map[string][]listing.Mark, error) {
	out := map[string][]listing.Mark{}
	if marks := s.l.Heritage(); len(marks) > 0 {
		out[s.l.ID] = marks
	}
	return out, nil
}

func (s *shop) Bear(_ context.Context, _ access.Actor, id string, marks []listing.Mark) ([]listing.Mark, error) {
	if id != s.l.ID {
		return nil, fault.Missing()
	}
	before := s.l.Heritage()
	s.l.KeepHeritage(&listing.Listing{Marks: marks})
	if after := s.after; after != nil {
		s.after = nil
		after()
	}
	return before, nil
}

type book struct {
	*Service
	now  time.Time
	shop *shop
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), shop: &shop{}}
	b.shop.l.ID, b.shop.l.MerchantID, b.shop.l.Name.Hans = "l1", "m1", "余天成"
	b.shop.l.Marks = []listing.Mark{{Kind: "other"}}
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	b.Service = New(Deps{DB: db, Log: log, Shops: b.shop, Now: now})
	return b
}

func claim() Claim {
	return Claim{Level: "shanghai", Certificate: "沪老 001", Issuer: "上海市商务委", Founded: 1782, Recognised: 1993, Words: "手工泛丸"}
}

var picture = &media.Evidence{Key: "e"}

func (b *book) badge() bool {
	for i := range b.shop.l.Marks {
		if m := &b.shop.l.Marks[i]; m.Kind == Kind && m.Shown(b.now) {
			return true
		}
	}
	return false
}

func (b *book) shown(t testing.TB) Record {
	t.Helper()
	r, err := b.Claim(t.Context(), owner, "l1", 0, claim(), picture)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = b.Check(t.Context(), coord, r.ID, r.Rev); err != nil || b.badge() {
		t.Fatalf("checked: badge %v, %v", b.badge(), err)
	}
	if r, err = b.Show(t.Context(), coord, r.ID, r.Rev, "2027-10-15"); err != nil || !b.badge() {
		t.Fatalf("shown: badge %v, %v", b.badge(), err)
	}
	return r
}

func TestClaimsThatAreRefused(t *testing.T) {
	b := opened(t)
	for _, x := range []struct {
		what, field string
		change      func(*Claim)
	}{
		{"no level", "level", func(c *Claim) { c.Level = "world" }},
		{"no issuer", "issuer", func(c *Claim) { c.Issuer = "" }},
		{"no number", "certificate", func(c *Claim) { c.Certificate = "" }},
		{"nothing special", "words", func(c *Claim) { c.Words = "" }},
		{"a mobile number", "words", func(c *Claim) { c.Words = "问 13800138000" }},
		{"founded tomorrow", "founded", func(c *Claim) { c.Founded, c.Recognised = 2027, 2027 }},
		{"too young", "founded", func(c *Claim) { c.Founded = 1990 }},
		{"recognised before it was there", "recognised", func(c *Claim) { c.Recognised = 1700 }},
	} {
		c := claim()
		x.change(&c)
		_, err := b.Claim(t.Context(), owner, "l1", 0, c, picture)
		f, ok := err.(*fault.Error) //nolint:errorlint // the service returns it bare
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != x.field {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	young := Claim{Level: "district", Issuer: "区商务委", Founded: 1990, Recognised: 2020, Words: "糕团"}
	if _, err := b.Claim(t.Context(), owner, "l1", 0, young, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a picture: %v", err)
	}
	for _, by := range []access.Actor{manager, rival, {}} {
		if _, err := b.Claim(t.Context(), by, "l1", 0, young, picture); err == nil {
			t.Errorf("%q claims", by.AccountID)
		}
	}
	if _, err := b.Claim(t.Context(), owner, "l1", 0, young, picture); err != nil {
		t.Errorf("a landmark of the district without a number: %v", err)
	}
}

func TestTheWayOfAMark(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r, err := b.Claim(ctx, owner, "l1", 0, claim(), picture)
	if err != nil || b.badge() {
		t.Fatalf("a claim: badge %v, %v", b.badge(), err)
	}
	if _, err := b.Check(ctx, owner, r.ID, r.Rev); !fault.Is(err, fault.NotFound) {
		t.Errorf("the owner checks: %v", err)
	}
	if _, err := b.Show(ctx, coord, r.ID, r.Rev, "2027-10-15"); !fault.Is(err, fault.Conflict) {
		t.Errorf("shown without a check: %v", err)
	}
	if r, err = b.Return(ctx, coord, r.ID, r.Rev, "照片看不清"); err != nil {
		t.Fatal(err)
	}
	if r, err = b.Claim(ctx, owner, "l1", r.Rev, claim(), nil); err != nil || r.State != Claimed || r.Reason != "" {
		t.Fatalf("claimed again: %+v %v", r, err)
	}
	if r, err = b.Check(ctx, coord, r.ID, r.Rev); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"", "2026-10-15", "2040-01-01", "soon"} {
		if _, err := b.Show(ctx, coord, r.ID, r.Rev, day); !fault.Is(err, fault.Invalid) {
			t.Errorf("a review on %q: %v", day, err)
		}
	}
	if r, err = b.Show(ctx, coord, r.ID, r.Rev, "2027-10-15"); err != nil || !b.badge() || len(b.shop.l.Marks) != 2 {
		t.Fatalf("shown: %v, %v", b.shop.l.Marks, err)
	}
	if _, err := b.Claim(ctx, owner, "l1", r.Rev, claim(), nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("the owner changes what is shown: %v", err)
	}
	if due, _ := r.Due(b.now); due {
		t.Error("due a year before")
	}
	b.now = b.now.AddDate(1, 0, -30)
	if due, over := r.Due(b.now); !due || over {
		t.Error("not due a month before")
	}
	b.now = b.now.AddDate(0, 0, 31)
	if _, over := r.Due(b.now); !over || b.badge() || r.Bears(b.now.Format(time.DateOnly)) {
		t.Error("an overdue mark is still shown")
	}
	if _, err := b.Review(ctx, coord, r.ID, r.Rev, Needs, "2028-10-15", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a condition that says nothing: %v", err)
	}
	if r, err = b.Review(ctx, coord, r.ID, r.Rev, Needs, "2028-10-15", "补商标证"); err != nil || r.State != Conditional || !b.badge() {
		t.Fatalf("%+v %v", r, err)
	}
	if r, err = b.Review(ctx, coord, r.ID, r.Rev, Pass, "2029-10-15", ""); err != nil || r.State != Confirmed || r.Condition != "" {
		t.Fatalf("%+v %v", r, err)
	}
	if r, err = b.Review(ctx, coord, r.ID, r.Rev, Remove, "", "换了行当"); err != nil || b.badge() || len(b.shop.l.Marks) != 1 {
		t.Fatalf("withdrawn: %v %v", b.shop.l.Marks, err)
	}
	if _, err := b.Public(ctx, "l1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the history of a mark that is gone: %v", err)
	}
	if _, err = b.Claim(ctx, owner, "l1", r.Rev, claim(), nil); err != nil {
		t.Errorf("claimed anew: %v", err)
	}
}

// What the district enters of a shop without an owner takes two people: neither who entered a claim nor who corrected it checks it,
// shows it or lets it pass a review; to take the badge off is for everybody at the desk.
func TestNobodyLetsTheirOwnClaimThrough(t *testing.T) {
	b, ctx := opened(t), t.Context()
	b.shop.l.MerchantID = ""
	as := func(id string) access.Actor { a := coord; a.AccountID = id; return a }
	c := claim()
	r, err := b.Claim(ctx, as("one"), "l1", 0, c, picture)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = b.Return(ctx, as("one"), r.ID, r.Rev, "写错了"); err != nil {
		t.Fatalf("its author takes it back: %v", err)
	}
	c.Words = "手工泛丸，前店后坊"
	if r, err = b.Claim(ctx, as("two"), "l1", r.Rev, c, nil); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"one", "two"} {
		if _, err := b.Check(ctx, as(who), r.ID, r.Rev); !fault.Is(err, fault.Conflict) || r.MayDecide(who) {
			t.Errorf("%s checks it: %v", who, err)
		}
	}
	if r, err = b.Check(ctx, as("three"), r.ID, r.Rev); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"one", "two"} {
		if _, err := b.Show(ctx, as(who), r.ID, r.Rev, "2027-10-15"); !fault.Is(err, fault.Conflict) || b.badge() {
			t.Errorf("%s shows it: %v", who, err)
		}
	}
	if r, err = b.Show(ctx, as("three"), r.ID, r.Rev, "2027-10-15"); err != nil || !b.badge() {
		t.Fatal(err)
	}
	if p, err := b.Public(ctx, "l1"); err != nil || p.Authors != nil {
		t.Errorf("the public reads who wrote it: %v %v", p.Authors, err)
	}
	for _, o := range []Outcome{Pass, Needs} {
		for _, who := range []string{"one", "two"} {
			if _, err := b.Review(ctx, as(who), r.ID, r.Rev, o, "2028-10-15", "补商标证"); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s reviews it, %s: %v", who, o, err)
			}
		}
		if r, err = b.Review(ctx, as("three"), r.ID, r.Rev, o, "2028-10-15", "补商标证"); err != nil {
			t.Fatal(err)
		}
	}
	if r, err = b.Review(ctx, as("one"), r.ID, r.Rev, Remove, "", "换了行当"); err != nil || b.badge() {
		t.Fatalf("its author takes it off: badge %v, %v", b.badge(), err)
	}
	if r, err = b.Claim(ctx, as("three"), "l1", r.Rev, c, &media.Evidence{Key: "f", By: "three"}); err != nil || r.MayDecide("three") || !r.MayDecide("one") {
		t.Errorf("claimed anew: %v %v", r.Authors, err)
	}
	if old := (Record{Evidence: &media.Evidence{By: "one"}}); old.MayDecide("one") || !old.MayDecide("two") {
		t.Error("of a record that does not say who wrote it, who sent the certificate decides")
	}
}

func TestNoYearWithoutASource(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r := b.shown(t)
	if _, err := b.AddEntry(ctx, coord, r.ID, r.Rev, Entry{Year: 1782, Text: lang.Text{Hans: "开张"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a source: %v", err)
	}
	if _, err := b.AddEntry(ctx, owner, r.ID, r.Rev, Entry{Year: 1782, Text: lang.Text{Hans: "开张"}, Source: "县志"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("by the owner: %v", err)
	}
	if _, err := b.AddEntry(ctx, coord, r.ID, r.Rev, Entry{Year: 3000, Text: lang.Text{Hans: "开张"}, Source: "县志"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("in the year 3000: %v", err)
	}
	var err error
	for _, year := range []int{1956, 1782} {
		if r, err = b.AddEntry(ctx, coord, r.ID, r.Rev, Entry{Year: year, Text: lang.Text{Hans: "有事"}, Source: "《松江县志》第 12 页"}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Public(ctx, "l1")
	if err != nil || len(got.Timeline) != 2 || got.Timeline[0].Year != 1782 || got.Evidence != nil {
		t.Errorf("%+v %v", got, err)
	}
	if r, err = b.DropEntry(ctx, coord, r.ID, r.Rev, 1); err != nil || r.Timeline[0].Year != 1956 {
		t.Errorf("%+v %v", r.Timeline, err)
	}
	if _, err = b.DropEntry(ctx, coord, r.ID, r.Rev, 9); !fault.Is(err, fault.NotFound) {
		t.Errorf("the ninth: %v", err)
	}
}

func TestThePageSaysWhatTheRecordSays(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r, err := b.Claim(ctx, owner, "l1", 0, claim(), picture)
	if err == nil {
		r, err = b.Check(ctx, coord, r.ID, r.Rev)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.shop.after = func() {
		if r, err = b.AddEntry(ctx, coord, r.ID, r.Rev, Entry{Year: 1782, Text: lang.Text{Hans: "开张"}, Source: "县志"}); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Show(ctx, coord, r.ID, r.Rev, "2027-10-15"); !fault.Is(err, fault.Conflict) || b.badge() {
		t.Errorf("shown over a change: badge %v, %v", b.badge(), err)
	}
	b.shop.after = func() {
		if r, err = b.Show(ctx, coord, r.ID, r.Rev, "2027-10-15"); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Show(ctx, coord, r.ID, r.Rev, "2028-10-15"); !fault.Is(err, fault.Conflict) || len(b.shop.l.Marks) != 2 || b.shop.l.Heritage()[0].ReviewOn != "2027-10-15" {
		t.Errorf("shown twice: %v, %v", b.shop.l.Marks, err)
	}
	b.shop.after = func() {
		if r, err = b.AddEntry(ctx, coord, r.ID, r.Rev, Entry{Year: 1783, Text: lang.Text{Hans: "又开"}, Source: "县志"}); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Review(ctx, coord, r.ID, r.Rev, Remove, "", "换了行当"); !fault.Is(err, fault.Conflict) || !b.badge() {
		t.Errorf("taken off over a change: badge %v, %v", b.badge(), err)
	}
}

func TestWhatIsReturnedIsNotOnThePage(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r, err := b.Claim(ctx, owner, "l1", 0, claim(), picture)
	if err == nil {
		r, err = b.Check(ctx, coord, r.ID, r.Rev)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.shop.l.Marks = append(b.shop.l.Marks, listing.Mark{Kind: Kind, Level: "shanghai", ReviewOn: "2027-10-15"}) // a Show that was cut off
	if r, err = b.Return(ctx, coord, r.ID, r.Rev, "看错了"); err != nil || r.State != Returned || b.badge() {
		t.Errorf("returned: badge %v, %+v, %v", b.badge(), r, err)
	}
}

func TestANewOwnerHasNothingOfTheLastOne(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r, err := b.Claim(ctx, owner, "l1", 0, claim(), picture)
	if err == nil {
		r, err = b.Return(ctx, coord, r.ID, r.Rev, "照片看不清")
	}
	if err != nil {
		t.Fatal(err)
	}
	b.shop.l.MerchantID = "m2"
	if got, some, err := b.OfShop(ctx, rival, "l1"); err != nil || !some || got.Evidence != nil || got.Reason != "" {
		t.Errorf("the new owner reads %+v, %v", got, err)
	}
	if got, _, err := b.OfShop(ctx, coord, "l1"); err != nil || got.Evidence == nil {
		t.Errorf("the district reads %+v, %v", got, err)
	}
	if _, err := b.Claim(ctx, rival, "l1", r.Rev, claim(), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("claimed with the picture of another: %v", err)
	}
	if r, err = b.Claim(ctx, rival, "l1", r.Rev, claim(), &media.Evidence{Key: "e2"}); err != nil || r.MerchantID != "m2" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, _, err := b.OfShop(ctx, rival, "l1"); err != nil || got.Evidence == nil {
		t.Errorf("the new owner's own: %+v, %v", got, err)
	}
}

func TestTheDistrictClaimsOnlyForAShopWithoutAnOwner(t *testing.T) {
	b, ctx := opened(t), t.Context()
	if _, err := b.Claim(ctx, coord, "l1", 0, claim(), picture); !fault.Is(err, fault.Invalid) {
		t.Errorf("for a shop with an owner: %v", err)
	}
	b.shop.l.MerchantID = ""
	if r, err := b.Claim(ctx, coord, "l1", 0, claim(), picture); err != nil || r.State != Claimed {
		t.Errorf("%+v, %v", r, err)
	}
}

// The program names a shop of a list, with nothing but the list; the mark ends a year on like every other.
func TestAShopThatIsOnlyNamed(t *testing.T) {
	b, ctx := opened(t), t.Context()
	machine := access.System("sample")
	for _, by := range []access.Actor{coord, owner, {}} {
		if _, err := b.Name(ctx, by, "l1", "名单"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q names a shop: %v", by.AccountID, err)
		}
	}
	if _, err := b.Name(ctx, machine, "l1", " "); !fault.Is(err, fault.Invalid) || b.badge() {
		t.Errorf("without a source: badge %v, %v", b.badge(), err)
	}
	if made, err := b.Name(ctx, machine, "l1", "名单"); err != nil || !made {
		t.Fatal(made, err)
	}
	want := listing.Mark{Kind: Kind, Level: "district", ReviewOn: "2027-10-15", Evidence: "名单"}
	if got := b.shop.l.Heritage(); len(got) != 1 || got[0] != want {
		t.Fatalf("the page bears %+v", got)
	}
	r, some, err := b.OfShop(ctx, coord, "l1")
	if err != nil || !some || r.State != Shown || r.Claim != (Claim{Level: "district"}) || r.Evidence != nil || len(r.Timeline) != 0 {
		t.Errorf("something was invented: %+v %v", r, err)
	}
	b.now = time.Date(2027, 10, 15, 23, 59, 0, 0, calendar.Shanghai)
	if !b.badge() {
		t.Error("gone before its day is over")
	}
	if b.now = b.now.Add(time.Minute); b.badge() || r.Bears(b.now.Format(time.DateOnly)) {
		t.Error("the mark outlives its record")
	}
	// Its owner has a certificate: what the district says stays on the page until somebody has decided.
	b.now = time.Date(2026, 12, 1, 9, 0, 0, 0, calendar.Shanghai)
	if r, err = b.docs.UpdateAs(ctx, machine, r.ID, r.Rev, func(r *Record) (audit.Write, error) { // it came here in a merge
		r.Homes = []string{"l0"}
		return audit.Write{Action: access.HeritageCheck}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if r, err = b.Claim(ctx, owner, "l1", r.Rev, claim(), picture); err != nil || r.State != Claimed || !b.badge() || len(r.Homes) != 0 {
		t.Fatalf("claimed: %+v, badge %v, %v", r, b.badge(), err)
	}
	if n, err := b.Settle(ctx); err != nil || n != 0 || !r.Bears("2027-10-15") || r.Bears("2027-10-16") {
		t.Errorf("while a claim waits: %d pages put right, %v", n, err)
	}
	if said, err := b.Public(ctx, "l1"); err != nil || said.Claim != (Claim{Level: "district"}) {
		t.Errorf("what nobody has checked is public: %+v %v", said.Claim, err)
	}
	if r, err = b.Return(ctx, coord, r.ID, r.Rev, "看不清"); err != nil || !b.badge() || r.State != Shown || r.Reason == "" || r.InForce() != (Claim{Level: "district"}) {
		t.Fatalf("returned: %+v %v", r, err)
	}
	// Its own review comes as that of every other, and its owner may still claim afterwards.
	if r, err = b.Review(ctx, coord, r.ID, r.Rev, Pass, "2028-01-01", ""); err != nil || !r.Claimable() || b.shop.l.Heritage()[0].ReviewOn != "2028-01-01" {
		t.Fatalf("reviewed: %+v %v", r, err)
	}
	want.ReviewOn = "2028-01-01"
	if r, err = b.Claim(ctx, owner, "l1", r.Rev, claim(), picture); err == nil {
		r, err = b.Check(ctx, coord, r.ID, r.Rev)
	}
	if err != nil || b.shop.l.Heritage()[0] != want {
		t.Fatalf("checked: %+v %v", b.shop.l.Marks, err)
	}
	if r, err = b.Show(ctx, coord, r.ID, r.Rev, "2028-10-15"); err != nil || r.Named != "" || b.shop.l.Heritage()[0].Certificate != claim().Certificate {
		t.Fatalf("shown with a certificate: %+v %v", b.shop.l.Marks, err)
	}
	if _, err := b.Claim(ctx, owner, "l1", r.Rev, claim(), picture); !fault.Is(err, fault.Conflict) {
		t.Errorf("claimed over a certificate: %v", err)
	}
	if r, err = b.Review(ctx, coord, r.ID, r.Rev, Remove, "", "没有依据了"); err != nil || len(b.shop.l.Heritage()) != 0 {
		t.Fatalf("withdrawn: %+v %v", b.shop.l.Marks, err)
	}
	if made, err := b.Name(ctx, machine, "l1", "名单"); err != nil || made || len(b.shop.l.Heritage()) != 0 {
		t.Errorf("named again over what the district decided: %v %v", made, err)
	}
	if r, err = b.Claim(ctx, owner, "l1", r.Rev, claim(), picture); err != nil || r.Named != "" {
		t.Errorf("claimed with a certificate: %+v %v", r, err)
	}
}

func TestNoPageBearsWhatNoRecordSays(t *testing.T) {
	ctx := t.Context()
	stray := listing.Mark{Kind: Kind, Level: "china", ReviewOn: "2035-01-01"}
	shown := func(b *book, t *testing.T) { b.shown(t) }
	for _, c := range []struct {
		what   string
		record func(*book, *testing.T)
		page   []listing.Mark
		puts   int
		want   string // the day of review of the mark that stays
	}{
		{"no record, no mark", func(*book, *testing.T) {}, nil, 0, ""},
		{"a mark without a record", func(*book, *testing.T) {}, []listing.Mark{stray}, 1, ""},
		{"two without a record", func(*book, *testing.T) {}, []listing.Mark{stray, {Kind: Kind, Level: "district"}}, 1, ""},
		{"a claim nobody has checked", func(b *book, t *testing.T) {
			if _, err := b.Claim(ctx, owner, "l1", 0, claim(), picture); err != nil {
				t.Fatal(err)
			}
		}, []listing.Mark{stray}, 1, ""},
		{"another than the record says", shown, []listing.Mark{stray}, 1, "2027-10-15"},
		{"one that the page has lost", shown, nil, 1, "2027-10-15"},
		{"withdrawn", func(b *book, t *testing.T) {
			r := b.shown(t)
			if _, err := b.Review(t.Context(), coord, r.ID, r.Rev, Remove, "", "换了行当"); err != nil {
				t.Fatal(err)
			}
		}, []listing.Mark{stray}, 1, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := opened(t)
			c.record(b, t)
			b.shop.l.KeepHeritage(&listing.Listing{Marks: c.page})
			for _, puts := range []int{c.puts, 0} {
				if n, err := b.Settle(ctx); err != nil || n != puts {
					t.Fatalf("%d pages put right, want %d, %v", n, puts, err)
				}
			}
			day := ""
			if marks := b.shop.l.Heritage(); len(marks) > 0 {
				day = marks[0].ReviewOn
			}
			if day != c.want || len(b.shop.l.Heritage()) > 1 || !slices.ContainsFunc(b.shop.l.Marks, func(m listing.Mark) bool { return m.Kind == "other" }) {
				t.Errorf("the page bears %+v", b.shop.l.Marks)
			}
		})
	}
}
