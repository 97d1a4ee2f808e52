package listing_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Whatever was done to a listing: each revision can be had again as it was stored.
func TestEveryRevisionCanBeHadAgain(t *testing.T) {
	b := open(t)
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		l := b.claimed(t, fmt.Sprint("H", n), listing.Published)
		stored := map[int64]listing.Listing{l.Rev: l}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			var err error
			next := l
			switch rapid.IntRange(0, 7).Draw(r, "step") {
			case 0:
				next, err = b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "goods", rapid.SliceOfN(rapid.SampledFrom([]string{"面", "饭", "粥"}), 0, 3).Draw(r, "goods")))
			case 1:
				next, err = b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "name", renamed("余天成"+rapid.SampledFrom([]string{"甲", "乙"}).Draw(r, "name"))))
			case 2:
				next, err = b.Approve(t.Context(), coordinator, l.ID, l.ProposalHash())
			case 3:
				next, err = b.Return(t.Context(), coordinator, l.ID, l.ProposalHash(), "不对")
			case 4:
				next, err = b.Edit(t.Context(), staff, l.ID, l.Rev, patch(t, "hours", open24()))
			case 5:
				next, err = b.Restore(t.Context(), owner, l.ID, l.Rev, rapid.Int64Range(1, l.Rev).Draw(r, "to"))
			case 6:
				next, err = b.Edit(t.Context(), owner, l.ID, l.Rev, patch(t, "website", rapid.SampledFrom([]string{"", "https://a.example"}).Draw(r, "site")))
			case 7:
				next, err = b.LetPlaza(t.Context(), owner, l.ID, l.Rev, rapid.Bool().Draw(r, "may"))
			}
			if err != nil {
				if fault.Is(err, fault.Conflict) {
					continue // nothing waits
				}
				r.Fatal(err)
			}
			l = next
			stored[l.Rev] = l
		}
		if int64(len(stored)) != l.Rev {
			r.Fatalf("%d revisions seen of %d", len(stored), l.Rev)
		}
		for rev, want := range stored {
			got, err := b.At(t.Context(), owner, l.ID, rev)
			if err != nil {
				r.Fatal(err)
			}
			want.Trail = audit.Trail{}
			if !store.Same(&got, &want) || got.Rev != rev || !got.UpdatedAt.Equal(want.UpdatedAt) {
				r.Fatalf("revision %d was\n%+v\nand is\n%+v", rev, want, got)
			}
		}
	})
	l := b.claimed(t, "Z", listing.Published)
	for _, rev := range []int64{0, -1, l.Rev + 1} {
		if _, err := b.At(t.Context(), owner, l.ID, rev); !fault.Is(err, fault.NotFound) {
			t.Errorf("revision %d: %v", rev, err)
		}
	}
	for _, by := range []access.Actor{rival, liaison, signed} {
		if _, err := b.At(t.Context(), by, l.ID, 1); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", by.Name, err)
		}
		if _, err := b.History(t.Context(), by, l.ID, "", 10); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
}

// A listing that was there before the trail began has no earlier revisions.
func TestBeforeTheTrailBegan(t *testing.T) {
	b := open(t)
	l := shop("OLD", "老店", listing.Published)
	l.Normalise()
	if err := b.coll.Insert(t.Context(), &l); err != nil {
		t.Fatal(err)
	}
	if _, err := b.coll.Update(t.Context(), l.ID, 0, func(l *listing.Listing) error { l.Goods = []string{"面"}; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := b.At(t.Context(), machine, l.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestRestoreIsAnEdit(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	first := l.Rev
	l, _ = b.Edit(ctx, coordinator, l.ID, l.Rev, patch(t, "name", renamed("新名"), "goods", []string{"膏方"}))
	got, err := b.Restore(ctx, manager, l.ID, l.Rev, first)
	if err != nil || got.Name.Hans != "新名" || got.Proposed().Name.Hans != "余天成堂A1" || len(got.Goods) != 0 {
		t.Fatalf("by a merchant: %+v %v", got.Name, err)
	}
	if _, err := b.Restore(ctx, staff, l.ID, got.Rev, first); !fault.Is(err, fault.NotFound) {
		t.Errorf("staff: %v", err)
	}
	if _, err := b.Restore(ctx, manager, l.ID, l.Rev, first); !fault.Is(err, fault.Conflict) {
		t.Errorf("over a stale revision: %v", err)
	}
	if got, err = b.Restore(ctx, coordinator, l.ID, got.Rev, first); err != nil || got.Name.Hans != "余天成堂A1" || got.Proposal != nil {
		t.Fatalf("by the district: %+v %v", got.Name, err)
	}
	page, err := b.History(ctx, owner, l.ID, "", 2)
	if err != nil || len(page.Items) != 2 || page.Next == "" || page.Items[0].Action != access.ListingRestore || page.Items[0].Why != "revision 1" || page.Items[0].By.Account != "coordinator" || page.Items[0].Rev != got.Rev {
		t.Fatalf("%+v %v", page, err)
	}
	if i := slices.IndexFunc(page.Items[0].Changes, func(d listing.FieldDiff) bool { return d.Path == "name.hans" }); i < 0 || page.Items[0].Changes[i].Before != "新名" || page.Items[0].Changes[i].After != "余天成堂A1" {
		t.Errorf("%+v", page.Items[0].Changes)
	}
	rest, err := b.History(ctx, owner, l.ID, page.Next, 10)
	if err != nil || len(rest.Items) != 2 || rest.Items[1].Rev != 1 || rest.Next != "" {
		t.Errorf("%+v %v", rest, err)
	}
	others, err := b.ByOthers(ctx, owner, l.ID, b.now().Add(-time.Hour), 10, func(id string) bool { return id == "owner" || id == "manager" })
	if err != nil || len(others) != 2 {
		t.Errorf("%d changes by others, %v", len(others), err)
	}
}

func TestDiffAndCompare(t *testing.T) {
	base := shop("A1", "余天成", listing.Published)
	base.Normalise()
	mine, theirs := base, base
	mine.Name.En = "Yutiancheng"
	mine.Goods = []string{"膏方"}
	mine.Hours = open24()
	theirs.Goods = []string{"中药"}
	theirs.Hours = open24()
	theirs.Website = "https://a.example"
	paths := func(ds []listing.FieldDiff) string {
		out := []string{}
		for _, d := range ds {
			out = append(out, d.Path)
		}
		return strings.Join(out, " ")
	}
	if got := paths(listing.Diff(base, mine)); got != "name.en hours.known hours.week goods" {
		t.Errorf("diff: %s", got)
	}
	same := base
	same.Goods, same.Hours.Special, same.Aliases = []string{}, []hours.Special{}, nil
	if got := listing.Diff(base, same); len(got) != 0 {
		t.Errorf("an empty list is no list: %+v", got)
	}
	want := map[string]string{"name.en": "me", "hours.known": "same", "hours.week": "same", "website": "them", "goods": "both"}
	got := map[string]string{}
	for _, c := range listing.Compare(base, mine, theirs) {
		switch {
		case c.Both():
			got[c.Path] = "both"
		case c.ByMe && c.ByThem:
			got[c.Path] = "same"
		case c.ByMe:
			got[c.Path] = "me"
		default:
			got[c.Path] = "them"
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFoundingAShop(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l, err := b.Found(ctx, owner, "m", patch(t, "name", renamed("新开面馆"), "hours", open24()))
	if err != nil || l.State != listing.Draft || l.MerchantID != "m" || l.Name.Hans != "新开面馆" || !strings.HasPrefix(l.Code, "N") || l.Rev != 1 {
		t.Fatalf("%+v %v", l, err)
	}
	for _, by := range []access.Actor{rival, staff, signed} {
		if _, err := b.Found(ctx, by, "m", patch(t, "name", renamed("面馆"))); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
	if _, err := b.Found(ctx, owner, "m", patch(t, "name", renamed("岳阳派出所"))); !fault.Is(err, fault.Invalid) {
		t.Errorf("an official name: %v", err)
	}
	for _, a := range []listing.Action{listing.Publish, listing.Reinstate} {
		if _, err := b.Act(ctx, owner, l.ID, l.Rev, a); err == nil {
			t.Errorf("%s by its owner", a)
		}
	}
	if l, err = b.Act(ctx, owner, l.ID, l.Rev, listing.Submit); err != nil {
		t.Fatal(err)
	}
	if page, err := b.Submitted(ctx, coordinator, "", 10); err != nil || len(page.Items) != 1 {
		t.Errorf("%d wait, %v", len(page.Items), err)
	}
	if _, err := b.Act(ctx, coordinator, l.ID, l.Rev, listing.SendBack); !fault.Is(err, fault.Invalid) {
		t.Errorf("sent back without a reason: %v", err)
	}
	if l, err = b.SendBack(ctx, coordinator, l.ID, l.Rev, "门牌没有写"); err != nil || l.State != listing.Draft || l.Returned.Reason != "门牌没有写" {
		t.Fatalf("%+v %v", l.Returned, err)
	}
	if _, err := b.SendBack(ctx, owner, l.ID, l.Rev, "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("sent back by its owner: %v", err)
	}
	if l, err = b.Act(ctx, owner, l.ID, l.Rev, listing.Submit); err != nil || l.Returned != nil {
		t.Fatalf("%+v %v", l.Returned, err)
	}
	shown := l.Rev
	if l, err = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "name", renamed("另一家面馆"))); err != nil || l.State != listing.Submitted {
		t.Fatal(l.State, err)
	}
	if _, err := b.Act(ctx, coordinator, l.ID, shown, listing.Publish); !fault.Is(err, fault.Conflict) {
		t.Errorf("published what was not shown: %v", err)
	}
	if l, err = b.Act(ctx, coordinator, l.ID, l.Rev, listing.Publish); err != nil || !l.Public() {
		t.Error(err)
	}
	if mine, err := b.ByMerchant(ctx, owner, "m"); err != nil || len(mine) != 1 {
		t.Errorf("%d, %v", len(mine), err)
	}
	if theirs, err := b.ByMerchant(ctx, rival, "m"); err != nil || len(theirs) != 0 {
		t.Errorf("%d, %v", len(theirs), err)
	}
	for i := range listing.MaxUnpublished {
		if _, err := b.Found(ctx, owner, "m", patch(t, "name", renamed(fmt.Sprint("面馆", i)))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Found(ctx, owner, "m", patch(t, "name", renamed("又一家"))); !fault.Is(err, fault.Conflict) {
		t.Errorf("too many: %v", err)
	}
}

func TestAssign(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.enter(t, shop("A1", "面馆", listing.Published))
	if got, err := b.Assign(ctx, coordinator, access.ClaimDecide, l.ID, "", "m", "claim 1"); err != nil || got.MerchantID != "m" || got.Watch.OwnerOn != "2026-10-15" {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := b.Assign(ctx, coordinator, access.ClaimDecide, l.ID, "", "other", "claim 2"); !fault.Is(err, fault.Conflict) {
		t.Errorf("given twice: %v", err)
	}
	if _, err := b.LetPlaza(ctx, manager, l.ID, 0, true); !fault.Is(err, fault.NotFound) {
		t.Errorf("by a manager: %v", err)
	}
	if got, err := b.LetPlaza(ctx, owner, l.ID, 0, true); err != nil || !got.PlazaMay {
		t.Error(err)
	}
	if got, err := b.Assign(ctx, coordinator, access.MerchantDecide, l.ID, "m", "other", "sold"); err != nil || got.PlazaMay {
		t.Errorf("a new owner has allowed nothing: %v", err)
	}
	if _, err := b.Edit(ctx, owner, l.ID, 0, patch(t, "goods", []string{"面"})); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old owner still edits: %v", err)
	}
	// Given back, it shows nobody's mobile number: who gave the leave could not take it back any more.
	shows := func(l listing.Listing) bool {
		return slices.ContainsFunc(l.PublicPhones(), func(n phone.Number) bool { return n.Kind == phone.Mobile })
	}
	got, err := b.Edit(ctx, coordinator, l.ID, 0, patch(t, "phones", []phone.Number{{Kind: phone.Mobile, Digits: "+8613812345678"}}, "consents", []map[string]string{{"digits": "+8613812345678", "version": "1"}}))
	if err != nil || !shows(got) {
		t.Fatalf("with leave: %+v %v", got.Consents, err)
	}
	if got, err = b.Assign(ctx, coordinator, access.MerchantTransfer, l.ID, "other", "", ""); err != nil || shows(got) || len(got.Phones) != 1 {
		t.Errorf("given back: %+v %v", got.Consents, err)
	}
}

// CON-08: what asks for a look, and what does not.
func TestWatch(t *testing.T) {
	number := func(i int) []phone.Number {
		return []phone.Number{{Kind: phone.Landline, Digits: fmt.Sprintf("+8621577216%02d", i)}}
	}
	for _, c := range []struct {
		name    string
		do      func(*bench, listing.Listing)
		look    string
		changed string
	}{
		{"three a day", func(b *bench, l listing.Listing) { b.phones(t, owner, l.ID, number(1), number(2), number(3)) }, "", "phones"},
		{"four a day", func(b *bench, l listing.Listing) {
			b.phones(t, owner, l.ID, number(1), number(2), number(3), number(4))
		}, listing.Often, "phones"},
		{"four in two days", func(b *bench, l listing.Listing) {
			b.phones(t, owner, l.ID, number(1), number(2))
			b.pass(24 * time.Hour)
			b.phones(t, owner, l.ID, number(3), number(4))
		}, "", "phones"},
		{"four by the district", func(b *bench, l listing.Listing) {
			b.phones(t, coordinator, l.ID, number(1), number(2), number(3), number(4))
		}, "", ""},
		{"goods as often as one likes", func(b *bench, l listing.Listing) {
			for i := range 9 {
				b.edit(t, owner, l.ID, patch(t, "goods", []string{fmt.Sprint(i)}))
			}
		}, "", ""},
		{"a phone a week after the owner", func(b *bench, l listing.Listing) {
			b.assign(t, l.ID, "m", "n")
			b.pass(7 * 24 * time.Hour)
			b.phones(t, coordinator, l.ID, number(1))
		}, listing.PhoneAndOwner, ""},
		{"a phone eight days after", func(b *bench, l listing.Listing) {
			b.assign(t, l.ID, "m", "n")
			b.pass(8 * 24 * time.Hour)
			b.phones(t, coordinator, l.ID, number(1))
		}, "", ""},
		{"an owner after the phone", func(b *bench, l listing.Listing) {
			b.phones(t, owner, l.ID, number(1))
			b.assign(t, l.ID, "m", "n")
		}, listing.PhoneAndOwner, "phones"},
		{"hours", func(b *bench, l listing.Listing) { b.edit(t, staff, l.ID, patch(t, "hours", open24())) }, "", "hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t)
			l := b.claimed(t, "A1", listing.Published)
			b.pass(30 * 24 * time.Hour) // it was claimed long ago
			c.do(b, l)
			l, err := b.Get(t.Context(), l.ID)
			if err != nil || l.Watch.NeedsLook != (c.look != "") || l.Watch.Why != c.look || strings.Join(l.Watch.Changed, " ") != c.changed {
				t.Fatalf("%+v %v", l.Watch, err)
			}
			need, err := b.NeedingLook(t.Context(), coordinator, "", 10)
			if err != nil || len(need.Items) != 0 != (c.look != "") {
				t.Errorf("%d need a look, %v", len(need.Items), err)
			}
			live, err := b.ChangedLive(t.Context(), coordinator, "", 10)
			if err != nil || len(live.Items) != 0 != (c.changed != "") {
				t.Errorf("%d changed, %v", len(live.Items), err)
			}
			if _, err := b.Looked(t.Context(), owner, l.ID, l.Rev); !fault.Is(err, fault.NotFound) {
				t.Errorf("looked at by its owner: %v", err)
			}
			if l, err = b.Looked(t.Context(), coordinator, l.ID, l.Rev); err != nil || l.Watch.NeedsLook || len(l.Watch.Changed) > 0 {
				t.Errorf("%+v %v", l.Watch, err)
			}
		})
	}
	b := open(t)
	for _, by := range []access.Actor{owner, liaison, admin} {
		if _, err := b.NeedingLook(t.Context(), by, "", 10); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
}

func (b *bench) edit(t *testing.T, by access.Actor, id string, p listing.Patch) {
	t.Helper()
	if _, err := b.Edit(t.Context(), by, id, 0, p); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) phones(t *testing.T, by access.Actor, id string, numbers ...[]phone.Number) {
	t.Helper()
	for _, n := range numbers {
		b.edit(t, by, id, patch(t, "phones", n))
	}
}

func (b *bench) assign(t *testing.T, id, from, to string) {
	t.Helper()
	if _, err := b.Assign(t.Context(), coordinator, access.MerchantDecide, id, from, to, ""); err != nil {
		t.Fatal(err)
	}
}

// An import knows nothing of whose a shop is and what waits: it leaves that alone, and is in the trail.
func TestAnImportLeavesWhatIsNotItsOwn(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	l, _ = b.Edit(ctx, owner, l.ID, l.Rev, patch(t, "name", renamed("余天成"), "prices", []listing.Price{{Name: lang.Text{Hans: "膏方"}, Amount: 100}}))
	from := shop("A1", "余天成堂A1", listing.Published)
	from.Website = "https://a.example"
	if _, err := b.Save(ctx, coordinator, []listing.Listing{from}); err != nil {
		t.Fatal(err)
	}
	got, err := b.Get(ctx, l.ID)
	if err != nil || got.MerchantID != "m" || !got.PlazaMay || got.Proposal == nil || len(got.Prices) != 1 || got.Website == "" {
		t.Fatalf("%+v %v", got, err)
	}
	page, err := b.History(ctx, coordinator, l.ID, "", 1)
	if err != nil || page.Items[0].Rev != got.Rev || page.Items[0].Action != access.RegisterImport {
		t.Errorf("%+v %v", page.Items, err)
	}
	for _, by := range []access.Actor{owner, admin, visitor} {
		if _, err := b.Save(ctx, by, []listing.Listing{from}); err == nil {
			t.Errorf("imported by %s", by.Name)
		}
		x := shop("A9", "新店", listing.Published)
		if err := b.Enter(ctx, by, &x); err == nil {
			t.Errorf("entered by %s", by.Name)
		}
		if err := b.Replace(ctx, by, &got, got.Rev); err == nil {
			t.Errorf("replaced by %s", by.Name)
		}
	}
}

func TestConfirm(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	for who, want := range map[string]string{"owner": "owner", "staff": "owner", "plaza": "plaza", "coordinator": "coordinator"} {
		l := b.claimed(t, "C-"+who, listing.Published)
		got, err := b.Confirm(ctx, everybody[who], l.ID, l.Rev)
		if err != nil || got.Confirmed != (listing.Confirmed{On: "2026-10-15", By: want}) {
			t.Errorf("%s: %+v %v", who, got.Confirmed, err)
		}
		if again, err := b.Confirm(ctx, everybody[who], l.ID, got.Rev); err != nil || again.Rev != got.Rev {
			t.Errorf("%s twice: revision %d, %v", who, again.Rev, err)
		}
		if _, err := b.Confirm(ctx, everybody[who], l.ID, l.Rev); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s, of what is not there any more: %v", who, err)
		}
	}
	l := b.claimed(t, "C", listing.Published)
	if _, err := b.Confirm(ctx, rival, l.ID, l.Rev); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestConfirmationLinks(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	links := listing.NewLinks(b.Service, b.keys)
	l := b.claimed(t, "A1", listing.Published)
	token := links.To(&l, b.now().Add(48*time.Hour))
	for range 3 { // mail programs open links
		if got, state, err := links.Show(ctx, token); err != nil || state != listing.LinkReady || got.Rev != l.Rev || got.Confirmed.On != "" {
			t.Fatal(state, err)
		}
	}
	got, state, err := links.Use(ctx, token)
	if err != nil || state != listing.LinkDone || got.Rev != l.Rev+1 || got.Confirmed != (listing.Confirmed{On: "2026-10-15", By: "owner"}) {
		t.Fatal(state, got.Confirmed, err)
	}
	if again, state, err := links.Use(ctx, token); err != nil || state != listing.LinkDone || again.Rev != got.Rev {
		t.Errorf("used twice: %s, revision %d, %v", state, again.Rev, err)
	}
	l, _ = b.Edit(ctx, coordinator, l.ID, 0, patch(t, "goods", []string{"面"}))
	if _, state, err := links.Show(ctx, token); err != nil || state != listing.LinkChanged {
		t.Error(state, err)
	}
	if _, _, err := links.Use(ctx, token); !fault.Is(err, fault.Conflict) {
		t.Errorf("confirmed what it did not show: %v", err)
	}
	other := b.claimed(t, "A2", listing.Published)
	head, tail, _ := strings.Cut(links.To(&other, b.now().Add(time.Hour)), ".")
	mine, mac, _ := strings.Cut(links.To(&l, b.now().Add(time.Hour)), ".")
	for _, forged := range []string{"", ".", "x.y", head + "." + mac, mine + "." + tail, token + "x", strings.Repeat("a", 500), mine} {
		if _, _, err := links.Use(ctx, forged); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", forged, err)
		}
	}
	late := links.To(&l, b.now().Add(time.Hour))
	b.pass(time.Hour)
	if _, _, err := links.Show(ctx, late); !fault.Is(err, fault.NotFound) {
		t.Errorf("after it ran out: %v", err)
	}
	hidden := b.claimed(t, "A3", listing.Suspended)
	if _, _, err := links.Show(ctx, links.To(&hidden, b.now().Add(time.Hour))); !fault.Is(err, fault.NotFound) {
		t.Errorf("to what is not public: %v", err)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		t.Error(f)
	}
}

// TestAnImportBesideEdits: an owner edits while imports run. Nothing of either is lost, and every revision has its entry.
func TestAnImportBesideEdits(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.claimed(t, "A1", listing.Published)
	const rounds = 20
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range rounds {
			if _, err := b.Edit(ctx, owner, l.ID, 0, patch(t, "prices", []listing.Price{{Name: lang.Text{Hans: "膏方"}, Amount: 100 + i}})); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range rounds {
		from := shop("A1", "余天成堂A1", listing.Published)
		from.Website = fmt.Sprintf("https://a.example/%d", i)
		if _, err := b.Save(ctx, coordinator, []listing.Listing{from}); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	got, err := b.Get(ctx, l.ID)
	if err != nil || got.Prices[0].Amount != 100+rounds-1 || got.Website != fmt.Sprintf("https://a.example/%d", rounds-1) || got.Rev != l.Rev+2*rounds {
		t.Fatalf("%+v %v", got, err)
	}
	page, err := b.History(ctx, coordinator, l.ID, "", 100)
	if err != nil || int64(len(page.Items)) != got.Rev {
		t.Errorf("%d entries of %d revisions, %v", len(page.Items), got.Rev, err)
	}
}

// TestHistoryTellsNoAddresses: who did it, and not from where.
func TestHistoryTellsNoAddresses(t *testing.T) {
	b := open(t)
	l := b.claimed(t, "A1", listing.Published)
	by := owner
	by.Session, by.Request, by.Client = "session", "request", netip.MustParseAddr("203.0.113.7")
	if _, err := b.Edit(t.Context(), by, l.ID, l.Rev, patch(t, "goods", []string{"膏方"})); err != nil {
		t.Fatal(err)
	}
	page, err := b.History(t.Context(), owner, l.ID, "", 1)
	if want := (audit.By{Account: by.AccountID, Name: by.Name, Role: string(access.Owner)}); err != nil || page.Items[0].By != want {
		t.Errorf("%+v, %v, want %+v", page.Items, err, want)
	}
}
