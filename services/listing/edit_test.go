package listing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// The people of these tests. All shops belong to merchant m, in plaza p.
var (
	owner       = member("owner", "m", access.Owner)
	manager     = member("manager", "m", access.Manager)
	staff       = member("staff", "m", access.Staff)
	rival       = member("rival", "other", access.Owner)
	plaza       = access.Actor{AccountID: "plaza", Seats: []access.Seat{{MerchantID: "mall", Role: access.Manager, PlazaID: "p"}}}
	coordinator = district("coordinator", access.Coordinator)
	second      = district("second", access.Coordinator)
	liaison     = district("liaison", access.Liaison)
	admin       = district("admin", access.Admin)
	signed      = access.Actor{AccountID: "signed", Name: "signed"}
	visitor     = access.Actor{}
	key         = access.Actor{AccountID: "owner", Seats: owner.Seats, Key: &access.Key{ID: "k", Actions: []access.Action{access.ListingOpen, access.ListingHours}}}

	everybody = map[string]access.Actor{
		"owner": owner, "manager": manager, "staff": staff, "rival": rival, "plaza": plaza, "coordinator": coordinator, "liaison": liaison,
		"admin": admin, "signed": signed, "visitor": visitor, "key": key,
	}
)

func member(name, merchant string, r access.Role) access.Actor {
	return access.Actor{AccountID: name, Name: name, Seats: []access.Seat{{MerchantID: merchant, Role: r}}}
}

func district(name string, r access.Role) access.Actor {
	return access.Actor{AccountID: name, Name: name, Roles: []access.Role{r}, TwoFactor: true, Sudo: true}
}

// claimed enters a shop of merchant m in plaza p.
func (b *bench) claimed(t *testing.T, code string, s listing.State) listing.Listing {
	t.Helper()
	l := shop(code, "余天成堂"+code, listing.Published)
	if s != listing.Published {
		l.State = listing.Draft
	}
	l.MerchantID, l.PlazaMay = "m", true
	l.Address = listing.Address{Line: "中山中路 218 号", PlazaID: "p"}
	l.Location = &geo.Location{Point: geo.Point{Lat: 31, Lng: 121.2}, Source: geo.WGS84}
	l.CategoryID = "pharmacy"
	l = b.enter(t, l)
	switch s {
	case listing.Submitted:
		return b.act(t, l.ID, listing.Submit)
	case listing.Suspended:
		return b.act(t, l.ID, listing.Submit, listing.Publish, listing.Suspend)
	case listing.Archived:
		return b.act(t, l.ID, listing.Archive)
	case listing.Closed:
		b.act(t, l.ID, listing.Submit, listing.Publish)
		got, err := b.Close(t.Context(), machine, l.ID, 0, listing.Closure{Kind: listing.Ceased})
		if err != nil {
			t.Fatal(err)
		}
		return got
	case listing.Draft, listing.Published:
	}
	return l
}

func patch(t testing.TB, pairs ...any) listing.Patch {
	t.Helper()
	p := listing.Patch{}
	for i := 0; i < len(pairs); i += 2 {
		if err := p.Put(pairs[i].(string), pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func open24() hours.Hours {
	h := hours.Hours{Known: true}
	for i := range h.Week {
		h.Week[i] = []hours.Span{{Open: 0, Close: 1440}}
	}
	return h
}

func renamed(s string) listing.Name { return listing.Name{Text: lang.Text{Hans: s}} }

// Every state × every role: what becomes of new hours and of a new name.
func TestWhoEditsWhatInWhichState(t *testing.T) {
	type outcome string
	const (
		live     outcome = "live"
		waits    outcome = "waits"
		refused  outcome = "invalid" // may open it, but not write this
		hidden   outcome = "not found"
		stranger outcome = "unauthenticated"
		over     outcome = "conflict"
	)
	roles := map[string][2]outcome{ // hours, name – of a page that is or was public
		"owner": {live, waits}, "manager": {live, waits}, "staff": {live, refused}, "plaza": {live, waits}, "key": {live, refused},
		"coordinator": {live, live}, "admin": {refused, refused}, "liaison": {hidden, hidden}, "rival": {hidden, hidden},
		"signed": {hidden, hidden}, "visitor": {stranger, stranger},
	}
	b := open(t)
	for _, s := range listing.States {
		for role, by := range everybody {
			for i, p := range []listing.Patch{patch(t, "hours", open24()), patch(t, "name", renamed("新名字"))} {
				l := b.claimed(t, fmt.Sprintf("%s-%s-%d", s, role, i), s)
				want := roles[role][i]
				switch {
				case (s == listing.Draft || s == listing.Submitted) && want == waits:
					want = live
				case s == listing.Archived && (want == live || want == waits):
					want = over
				}
				got, err := b.Edit(t.Context(), by, l.ID, l.Rev, p)
				is := outcome(fault.KindOf(err).String())
				switch {
				case err != nil:
				case got.Proposal != nil:
					is = waits
				case got.Hours.Known || got.Name.Hans == "新名字":
					is = live
				}
				if is != want {
					t.Errorf("%s, %s, patch %d: %s, want %s (%v)", s, role, i, is, want, err)
				}
				now, _ := b.Get(t.Context(), l.ID)
				if now.State != s || (err != nil) != (now.Rev == l.Rev) || want == waits && now.Name.Hans != l.Name.Hans {
					t.Errorf("%s, %s, patch %d: afterwards %s, revision %d after %d, %q", s, role, i, now.State, now.Rev, l.Rev, now.Name.Hans)
				}
			}
		}
	}
}

// Every field of the table × every role (AUZ-04): a field that is forbidden or unknown is named, and nothing is written.
func TestFieldsByRole(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	raw, _ := json.Marshal(l)
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	paths := []string{"address.hint", "owner", "verified", "", "name.hans", "_id"}
	for path := range all {
		paths = append(paths, path)
	}
	fields := map[string]listing.Field{}
	for _, f := range listing.Fields {
		fields[f.Path] = f
	}
	for role, by := range everybody {
		for _, path := range paths {
			f := fields[path]
			may := f.Action != "" && access.Can(by, f.Action, l.Thing())
			value := all[path]
			if value == nil {
				value = json.RawMessage(`"x"`)
			}
			got, err := b.Edit(t.Context(), by, l.ID, l.Rev, listing.Patch{path: value, "hours": all["hours"]})
			if !access.Can(by, access.ListingOpen, l.Thing()) {
				if err == nil {
					t.Errorf("%s edits a shop of others", role)
				}
				continue
			}
			named := false
			if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid {
				named = slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == path && x.Key == "listing.wrong.field" })
			}
			if may == named {
				t.Errorf("%s, %q: may %v, but %v", role, path, may, err)
			}
			if err == nil {
				l = got
			}
		}
	}
	if now, _ := b.Get(t.Context(), l.ID); now.MerchantID != "m" || now.Code != "A1" || now.State != listing.Published {
		t.Errorf("%+v", now)
	}
}

func TestPatchesThatCannotBeRead(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	for _, c := range []struct{ name, path, value, field, key string }{
		{"null", "hours", `null`, "hours", "listing.wrong.value"},
		{"another type", "goods", `"a"`, "goods", "listing.wrong.value"},
		{"a field inside that is not there", "name", `{"hans":"甲","owner":"x"}`, "name", "listing.wrong.value"},
		{"two values", "website", `"https://a.example" "b"`, "website", "listing.wrong.value"},
		{"a photo of another shop", "photos", `[{"key":"` + strings.Repeat("a", 32) + `"}]`, "photos", "listing.wrong.value"},
		{"the hint inside the address", "address", `{"hint":"路口"}`, "address", "listing.wrong.value"},
		{"wrong hours", "hours", `{"known":true,"week":[[{"open":600,"close":500}],[],[],[],[],[],[]]}`, "hours.week.0", "hours.order"},
		{"a wrong proposal", "name", `{"hans":""}`, "name", "error.text.empty"},
		{"a price below nothing", "prices", `[{"name":{"hans":"面"},"amount":-1}]`, "prices.amount", "error.number"},
		{"a telephone in the name", "name", `{"hans":"面馆 13812345678"}`, "name", "listing.wrong.contact"},
		{"an official name as an alias", "aliases", `["岳阳派出所"]`, "aliases", "listing.wrong.official"},
	} {
		_, err := b.Edit(t.Context(), owner, l.ID, l.Rev, listing.Patch{c.path: json.RawMessage(c.value)})
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if now, _ := b.Get(t.Context(), l.ID); now.Rev != l.Rev {
		t.Error("something was written")
	}
	if same, err := b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "goods", []string{}, "name", l.Name)); err != nil || same.Rev != l.Rev {
		t.Errorf("an edit that says nothing new: revision %d, %v", same.Rev, err)
	}
	if _, err := b.Edit(t.Context(), owner, l.ID, l.Rev+1, patch(t, "goods", []string{})); !fault.Is(err, fault.Conflict) {
		t.Errorf("an edit of a revision that is not there: %v", err)
	}
}

// Two editors, 100 rounds: the final revision is the sum of what was accepted, and everything accepted is there.
func TestTwoEditorsLoseNothing(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	var wg sync.WaitGroup
	accepted := make([]int, 2)
	for n, by := range []access.Actor{owner, coordinator} {
		wg.Go(func() {
			for i := 0; i < 100; {
				now, err := b.Open(t.Context(), by, l.ID)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = b.Edit(t.Context(), by, l.ID, now.Rev, patch(t, "aliases", now.Aliases, "goods", append(slices.Clone(now.Goods[:len(now.Goods)%50]), fmt.Sprintf("%d-%d", n, i))))
				switch {
				case err == nil:
					accepted[n]++
					i++
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	now, _ := b.Get(t.Context(), l.ID)
	if want := l.Rev + int64(accepted[0]+accepted[1]); now.Rev != want || accepted[0] != 100 || accepted[1] != 100 {
		t.Errorf("revision %d after %v accepted, want %d", now.Rev, accepted, want)
	}
	said := map[string]bool{}
	for cursor := ""; ; {
		page, err := b.History(t.Context(), coordinator, l.ID, cursor, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			for _, c := range r.Changes {
				goods := c.After.([]string)
				said[goods[len(goods)-1]] = true
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(said) != 200 {
		t.Errorf("%d of 200 accepted edits are in the history", len(said))
	}
}

// A hundred at once on one revision: one wins (UPD-02).
func TestOneWinnerForEachRevision(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 100 {
		wg.Go(func() {
			_, err := b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "goods", []string{fmt.Sprint("面", i)}))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if now, _ := b.Get(t.Context(), l.ID); won != 1 || now.Rev != l.Rev+1 {
		t.Errorf("%d winners, revision %d after %d", won, now.Rev, l.Rev)
	}
}

func TestAProposalWaitsWhileThePageStays(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	l, err := b.Edit(ctx, manager, l.ID, l.Rev, patch(t, "name", renamed("余天成"), "goods", []string{"膏方"}))
	if err != nil || l.Proposal == nil || l.Name.Hans != "余天成堂A1" || len(l.Goods) != 1 {
		t.Fatalf("%+v %v", l.Proposal, err)
	}
	shown := l.ProposalHash()
	// More is added; what was shown is void.
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "category_id", "clinic", "address.hint", "路口往西")); err != nil || !slices.Equal(l.Proposal.Paths, []string{"name", "category_id"}) || !slices.Equal(l.Proposal.Accounts, []string{"manager", "owner"}) {
		t.Fatalf("%+v %v", l.Proposal, err)
	}
	if want := l.Proposed(); want.Name.Hans != "余天成" || want.CategoryID != "clinic" || want.Address.Hint != "路口往西" {
		t.Errorf("proposed: %+v", want)
	}
	if pub, err := b.Published(ctx, l.Slug); err != nil || pub.Name.Hans != "余天成堂A1" || pub.CategoryID != "pharmacy" || pub.Proposal != nil {
		t.Errorf("the page changed: %+v %v", pub.Name, err)
	}
	page, err := b.Waiting(ctx, coordinator, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != l.ID {
		t.Errorf("waiting: %d, %v", len(page.Items), err)
	}
	for role, by := range map[string]access.Actor{"owner": owner, "rival": rival, "admin": admin, "liaison": liaison} {
		if _, err := b.Approve(ctx, by, l.ID, l.ProposalHash()); !fault.Is(err, fault.NotFound) {
			t.Errorf("approved by %s: %v", role, err)
		}
		if _, err := b.Waiting(ctx, by, "", 10); err == nil {
			t.Errorf("%s reads the queue", role)
		}
	}
	if _, err := b.Approve(ctx, coordinator, l.ID, shown); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved what was not shown: %v", err)
	}
	if _, err := b.Return(ctx, coordinator, l.ID, l.ProposalHash(), " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("returned without a reason: %v", err)
	}
	// What it replaces belongs to what was shown.
	before := l.ProposalHash()
	if l, err = b.Edit(ctx, second, l.ID, l.Rev, patch(t, "category_id", "tea")); err != nil || l.CategoryID != "tea" || l.ProposalHash() == before {
		t.Fatalf("%+v %v", l.Proposal, err)
	}
	got, err := b.Approve(ctx, coordinator, l.ID, l.ProposalHash())
	if err != nil || got.Name.Hans != "余天成" || got.CategoryID != "clinic" || got.Proposal != nil || got.State != listing.Published || got.Address.Hint != "路口往西" {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := b.Approve(ctx, coordinator, l.ID, l.ProposalHash()); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved twice: %v", err)
	}
	// Sent back: the merchant reads why and keeps what was typed.
	l, _ = b.Edit(ctx, owner, got.ID, got.Rev, patch(t, "name", renamed("余天成国药号")))
	if l, err = b.Return(ctx, coordinator, l.ID, l.ProposalHash(), "和招牌不一样"); err != nil || l.Proposal != nil || l.Returned.Reason != "和招牌不一样" || l.Returned.Proposal.Want.Name.Hans != "余天成国药号" {
		t.Fatalf("%+v %v", l.Returned, err)
	}
	l, _ = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "name", renamed("余天成药号")))
	if l.Returned != nil {
		t.Error("the reason stays after a new proposal")
	}
	if l, err = b.Withdraw(ctx, owner, l.ID, l.Rev); err != nil || l.Proposal != nil {
		t.Errorf("withdrawn: %v", err)
	}
	if _, err = b.Withdraw(ctx, owner, l.ID, l.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("withdrawn twice: %v", err)
	}
	// Typing the old value again leaves nothing waiting.
	l, _ = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "category_id", "tea"))
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "category_id", "clinic")); err != nil || l.Proposal != nil {
		t.Errorf("%+v %v", l.Proposal, err)
	}
}

// Who proposed may not approve, also as a coordinator (AUZ-07); closing is proposed like this and so takes two.
func TestClosingTakesTwo(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	both := coordinator
	both.Seats = owner.Seats
	gone := patch(t, "closure", listing.Closure{Kind: listing.Moved, On: "2026-10-20", ForwardTo: "人民北路 1 号"})
	l, err := b.Edit(ctx, both, l.ID, l.Rev, gone)
	if err != nil || l.State != listing.Published || !l.Public() || l.Closure != nil {
		t.Fatalf("%s %v", l.State, err)
	}
	if _, err := b.Approve(ctx, both, l.ID, l.ProposalHash()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("approved by who proposed it: %v", err)
	}
	if l, err = b.Approve(ctx, second, l.ID, l.ProposalHash()); err != nil || l.State != listing.Closed || l.Closure.ForwardTo != "人民北路 1 号" {
		t.Errorf("%s %v", l.State, err)
	}
	if _, err := b.Edit(ctx, owner, l.ID, l.Rev, gone); !fault.Is(err, fault.Conflict) {
		t.Errorf("closed twice: %v", err)
	}
}

func TestThePinMovesNearbyAtOnce(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	to := func(lat float64) listing.Patch {
		return patch(t, "location", geo.Location{Point: geo.Point{Lat: lat, Lng: 121.2}, Source: geo.GCJ02})
	}
	l, err := b.Edit(t.Context(), owner, l.ID, l.Rev, to(31.0017)) // 189 m
	if err != nil || l.Proposal != nil || l.Location.Lat != 31.0017 {
		t.Fatalf("%+v %v", l.Location, err)
	}
	l, err = b.Edit(t.Context(), owner, l.ID, l.Rev, to(31.0037)) // 222 m further
	if err != nil || l.Proposal == nil || l.Location.Lat != 31.0017 {
		t.Fatalf("%+v %v", l.Location, err)
	}
}

// No edit of anybody who is not the district takes a page from the public, whatever they try in whatever order.
func TestNoEditUnpublishes(t *testing.T) {
	b := open(t)
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		l := b.claimed(t, fmt.Sprint("R", n), listing.Published)
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			by := rapid.SampledFrom([]access.Actor{owner, manager, staff, plaza, rival, signed, key}).Draw(r, "who")
			path := rapid.SampledFrom(listing.Fields).Draw(r, "field").Path
			value := rapid.SampledFrom([]string{`"x"`, `""`, `null`, `[]`, `{}`, `"archived"`, `{"kind":"ceased","on":"2026-10-15"}`, `{"known":false}`, `true`, `1`, `{"hans":"店"}`}).Draw(r, "value")
			_, _ = b.Edit(t.Context(), by, l.ID, 0, listing.Patch{path: json.RawMessage(value)})
			action := rapid.SampledFrom(listing.Actions).Draw(r, "action")
			_, _ = b.Act(t.Context(), by, l.ID, 0, action)
			_, _ = b.Close(t.Context(), by, l.ID, 0, listing.Closure{Kind: listing.Ceased})
			_, _ = b.Restore(t.Context(), by, l.ID, 0, 1)
			pub, err := b.Published(t.Context(), l.Slug)
			if err != nil || pub.State != listing.Published || pub.Name.Hans != l.Name.Hans {
				r.Fatalf("%s by %s: %v, %s, %s", path, by.Name, err, pub.State, pub.Name.Hans)
			}
		}
	})
}

// TestConsentToShowAMobileNumber: it is seen by everybody only with a consent of its own, and not once that is taken back. PRV-02.
func TestConsentToShowAMobileNumber(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	mobile := phone.Number{Kind: phone.Mobile, Digits: "+8613812345678"}
	land := phone.Number{Kind: phone.Landline, Digits: "+862157721664"}
	seen := func() string {
		t.Helper()
		pub, err := b.Published(ctx, l.Slug)
		if err != nil || len(pub.Consents) != 0 {
			t.Fatalf("%+v %v", pub.Consents, err)
		}
		return phone.Format(pub.Phones)
	}
	l, err := b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "phones", []phone.Number{mobile, land}))
	if err != nil || seen() != "021-5772 1664" {
		t.Fatalf("shown without consent: %s %v", seen(), err)
	}
	given := patch(t, "consents", []map[string]string{{"digits": mobile.Digits, "version": "2026-10"}})
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, given); err != nil || seen() != "138 1234 5678、021-5772 1664" || l.Consents[0].By != "owner" || l.Consents[0].At.IsZero() {
		t.Fatalf("%s %+v %v", seen(), l.Consents, err)
	}
	dated := l.Consents[0].At
	b.pass(24 * time.Hour)
	if l, err = b.Edit(ctx, manager, l.ID, l.Rev, given); err != nil || !l.Consents[0].At.Equal(dated) {
		t.Errorf("the same consent has another date: %+v %v", l.Consents, err)
	}
	if _, err := b.Edit(ctx, staff, l.ID, l.Rev, patch(t, "consents", []string{})); !fault.Is(err, fault.Invalid) {
		t.Errorf("staff: %v", err)
	}
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "consents", []string{})); err != nil || seen() != "021-5772 1664" {
		t.Errorf("withdrawn: %s %v", seen(), err)
	}
	// A number that goes takes its consent with it, and a restored page does not bring it back.
	l, _ = b.Edit(ctx, owner, l.ID, l.Rev, given)
	withConsent := l.Rev
	l, _ = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "phones", []phone.Number{land}))
	if len(l.Consents) != 0 {
		t.Error("a consent without a number")
	}
	if l, err = b.Restore(ctx, owner, l.ID, l.Rev, withConsent); err != nil || len(l.Phones) != 2 || seen() != "021-5772 1664" {
		t.Errorf("restored: %s %v", seen(), err)
	}
}

func TestPhotos(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	one := media.Photo{Key: strings.Repeat("1", 32), Widths: []int{400}, W: 400, H: 300, By: "owner"}
	two := one
	two.Key = strings.Repeat("2", 32)
	for _, p := range []media.Photo{one, two} {
		if _, err := b.AddPhoto(ctx, staff, l.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddPhoto(ctx, rival, l.ID, one); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	l, err := b.Edit(ctx, staff, l.ID, 0, patch(t, "photos", []any{map[string]any{"key": two.Key, "caption": lang.Text{Hans: "门口"}}, map[string]any{"key": one.Key}}))
	if err != nil || l.Photos[0].Key != two.Key || l.Photos[0].Caption.Hans != "门口" || l.Photos[0].W != 400 {
		t.Fatalf("%+v %v", l.Photos, err)
	}
	if pub, _ := b.Published(ctx, l.Slug); len(pub.Photos) != 2 || pub.Photos[0].By != "" || l.Photos[0].By != "owner" {
		t.Errorf("the public reads who took it: %+v", pub.Photos)
	}
	for i := len(l.Photos); i < media.MaxPhotos; i++ {
		one.Key = fmt.Sprintf("%032x", i)
		if _, err := b.AddPhoto(ctx, owner, l.ID, one); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddPhoto(ctx, owner, l.ID, media.Photo{Key: strings.Repeat("f", 32)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many: %v", err)
	}
}

func TestForPublicHidesWhatIsNotForVisitors(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	l, err := b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "name", renamed("独一无二的名字"), "phones", []phone.Number{{Kind: phone.Mobile, Digits: "+8613812345678"}}))
	if err != nil {
		t.Fatal(err)
	}
	b.pass(time.Minute)
	changes, err := b.ChangesSince(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	by, err := b.ByIDs(t.Context(), []string{l.ID})
	if err != nil {
		t.Fatal(err)
	}
	in, err := b.ByPlaza(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := b.Published(t.Context(), l.Slug)
	if err != nil {
		t.Fatal(err)
	}
	for where, x := range map[string]any{"changes": changes, "by id": by, "plaza": in, "page": pub} {
		raw, _ := json.Marshal(x)
		for _, secret := range []string{"独一无二", "13812345678", `"owner"`, `"m"`} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s gives away %s: %s", where, secret, raw)
			}
		}
	}
}

// The mark of an old shop comes and goes with its record, whatever else is written.
func TestTheMarkOfAnOldShopIsLeftAlone(t *testing.T) {
	b, ctx := open(t), t.Context()
	marks := []listing.Mark{{Kind: "heritage", Level: "shanghai", ReviewOn: "2027-10-15"}}
	l := b.claimed(t, "OLD", listing.Published)
	bare := b.claimed(t, "BARE", listing.Draft)
	p := patch(t, "marks", marks, "aliases", []string{"老店"})
	for _, by := range []access.Actor{owner, coordinator} {
		if got, err := b.Edit(ctx, by, bare.ID, 0, p); err != nil || len(got.Marks) != 0 {
			t.Errorf("%s marks a draft: %v %v", by.AccountID, got.Marks, err)
		}
	}
	l, err := b.Edit(ctx, owner, l.ID, l.Rev, p)
	if err != nil || l.Proposal == nil {
		t.Fatal(err)
	}
	if l, err = b.Update(ctx, coordinator, l.ID, l.Rev, func(l *listing.Listing) error { l.Marks = marks; return nil }); err != nil || len(l.Marks) != 0 {
		t.Fatalf("who keeps the register marks a page: %+v %v", l.Marks, err)
	}
	if before, err := b.Bear(ctx, owner, l.ID, marks); err == nil {
		t.Errorf("its owner marks a page: %+v", before)
	}
	if before, err := b.Bear(ctx, coordinator, l.ID, marks); err != nil || len(before) != 0 {
		t.Fatal(before, err)
	}
	if on, err := b.Bearing(ctx); err != nil || len(on) != 1 || !slices.Equal(on[l.ID], marks) {
		t.Errorf("the pages that bear one: %v %v", on, err)
	}
	if l, err = b.Approve(ctx, coordinator, l.ID, l.ProposalHash()); err != nil || !slices.Equal(l.Marks, marks) || !slices.Contains(l.Aliases, "老店") {
		t.Errorf("a change that waited: %+v %v", l.Marks, err)
	}
	file := l
	file.Marks = []listing.Mark{}
	file.Goods = []string{"丸药"}
	if _, err := b.Save(ctx, machine, []listing.Listing{file}); err != nil {
		t.Fatal(err)
	}
	if l, err = b.Get(ctx, l.ID); err != nil || !slices.Equal(l.Marks, marks) || !slices.Contains(l.Goods, "丸药") {
		t.Errorf("an import: %+v %v", l.Marks, err)
	}
	fresh := file
	fresh.Meta, fresh.Code, fresh.Slug, fresh.MerchantID, fresh.Marks = store.Meta{}, "FRESH", "", "", marks
	if _, err := b.Save(ctx, machine, []listing.Listing{fresh}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.ByCode(ctx, "FRESH"); err != nil || len(got.Marks) != 0 {
		t.Errorf("a new page of an import: %+v %v", got.Marks, err)
	}
	fresh.Code = "ENTERED"
	if err := b.Enter(ctx, coordinator, &fresh); err != nil || len(fresh.Marks) != 0 {
		t.Errorf("a new page: %+v %v", fresh.Marks, err)
	}
	if out := listing.Union(bare, l); len(out.Marks) != 0 {
		t.Errorf("merged into another page: %+v", out.Marks)
	}
	if out := listing.Union(l, bare); !slices.Equal(out.Marks, marks) {
		t.Errorf("merged with another page: %+v", out.Marks)
	}
}
