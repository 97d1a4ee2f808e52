package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/extract"
	"shangquan/services/listing"
	"shangquan/services/merchant"
	"shangquan/services/notice"
)

// deed is one of the things that take two people, on a town of its own.
type deed struct {
	author string // a coordinator where nobody is named
	// ask is what its author does: a second time when what was asked is void.
	ask func()
	// next is what the second person sends from the page as it is now, and what is listed meanwhile.
	next func() (path string, form url.Values)
	// change makes it something else than the page says that the second person has open.
	change func()
	void   bool // the change ends what was asked
	finish func()
	// did is how many of the things were done, of all that were asked.
	did func() int
	all int
}

// deeds are what the district wants two people for: the five of the design (A5), and the end of a merchant that cannot end itself.
var deeds = map[string]func(*testing.T, *town) deed{
	"换店主": ownersDeed, "合并": mergeDeed, "关几家店": closeDeed, "联系人名单": contactsDeed, "公告": bannerDeed,
	"注销经营者": endDeed,
}

// Nobody does one of them alone: not their author, not who has no part in it, not on what the page said before it was changed. Until
// a second person agrees to exactly what is there, nothing of it is done; then all of it, once.
func TestDeedsThatTakeTwoPeople(t *testing.T) {
	t.Parallel()
	for what, set := range deeds {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			x := peopled(t)
			x.public(t)
			d := set(t, x)
			if d.author == "" {
				d.author = demo.Coordinator
			}
			author, second, other := x.as(t, d.author), x.as(t, demo.Second), x.as(t, demo.Liaison)
			undone := func(when string) {
				t.Helper()
				if n := d.did(); n != 0 {
					t.Fatalf("%s: %d of %d is done", when, n, d.all)
				}
			}
			refused := func(by *browser, when, path string, form url.Values) {
				t.Helper()
				if a := by.post(path, form); a.status < 400 || a.status >= 500 {
					t.Errorf("%s: %d %s", when, a.status, complaint(a.body))
				}
				undone(when)
			}
			undone("before anybody asked")
			d.ask()
			undone("asked")
			path, form := d.next()
			refused(author, "by its author", path, form)
			refused(other, "by who has no part in it", path, form)
			where := strings.TrimSuffix(strings.TrimSuffix(path, "/approve"), "/agree")
			has(t, "the list of what waits", partOf(second.page("/desk/signatures"), "waiting"), what+"：", where)
			d.change()
			refused(second, "of what it said before", path, form)
			if d.void {
				d.ask()
			}
			path, form = d.next()
			if a := second.post(path, form); a.status != http.StatusSeeOther {
				t.Fatalf("by the second person: %d %s", a.status, complaint(a.body))
			}
			if d.finish != nil {
				d.finish()
			}
			if n := d.did(); n != d.all {
				t.Errorf("%d of %d is done", n, d.all)
			}
			if a := second.post(path, form); a.status < 400 || a.status >= 500 {
				t.Errorf("a second time: %d", a.status)
			}
			if list := second.page("/desk/signatures"); strings.Contains(partOf(list, "waiting"), what+"：") {
				t.Error("what was done still waits")
			}
		})
	}
}

// partOf is the part of a page with this id, up to the next part.
func partOf(body, id string) string {
	_, rest, _ := strings.Cut(body, `id="`+id+`"`)
	part, _, _ := strings.Cut(rest, `<section`)
	return part
}

// ownersDeed gives a shop that has an owner to somebody else.
func ownersDeed(t *testing.T, x *town) deed {
	l := x.shopOfOwner(t)
	c := x.as(t, demo.Rival).claimed(l.Slug, noodles())
	if a := x.as(t, demo.Coordinator).step(c.ID, formCheck, "check", url.Values{"kind": {string(merchant.Visit)}}); a.status != http.StatusSeeOther {
		t.Fatalf("check = %d %s", a.status, complaint(a.body))
	}
	x.wait(72*time.Hour + time.Minute)
	for _, who := range []string{demo.Owner, demo.Liaison, demo.Second, demo.Coordinator} {
		x.again(t, who)
	}
	return deed{
		ask: func() {
			if a := x.as(t, demo.Coordinator).step(c.ID, formPropose, "propose_yes", url.Values{"why": {"租约在他手里"}}); a.status != http.StatusSeeOther {
				t.Fatalf("propose = %d %s", a.status, complaint(a.body))
			}
		},
		next: func() (string, url.Values) {
			return "/desk/claims/" + c.ID + "/agree", url.Values{"rev": {revision(x.claimNow(t, c.ID).Rev)}, "form": {formSecond}}
		},
		change: func() { // the owner answers what nobody had read
			if _, err := x.services.Merchants.AnswerDispute(t.Context(), x.actor(t, demo.Owner), c.ID, x.claimNow(t, c.ID).Rev, false, "店一直是我的"); err != nil {
				t.Fatal(err)
			}
		},
		void: true,
		did: func() int {
			if now := x.listing(t, l.ID).MerchantID; now != l.MerchantID && now != "" {
				return 1
			}
			return 0
		},
		all: 1,
	}
}

// sign is what the second person sends about the one proposal that waits.
func (x *town) sign(t *testing.T) (string, url.Values) {
	t.Helper()
	waits, err := x.services.Signs.Waits(t.Context(), access.System("test"), "", 10)
	if err != nil || len(waits.Items) != 1 {
		t.Fatal(waits.Items, err)
	}
	return "/desk/signatures/" + waits.Items[0].ID, url.Values{"shown": {waits.Items[0].Hash()}, "do": {"approve"}}
}

// mergeDeed puts two pages together.
func mergeDeed(t *testing.T, x *town) deed {
	desk := x.as(t, demo.Coordinator)
	keep := x.entered(t, desk, "云间老面馆", "中山中路 8888 号", "021-57819999")
	gone := x.entered(t, desk, "云间老面馆（中山店）", "中山中路 8888 号", "021-57819999")
	a, b := min(keep, gone), max(keep, gone)
	return deed{
		ask: func() {
			desk.done("/desk/duplicates/"+a+"/"+b, url.Values{
				"rev_a": {revision(x.listing(t, a).Rev)}, "rev_b": {revision(x.listing(t, b).Rev)}, "do": {"merge"}, "keep": {keep}, "why": {"同一扇门"},
			})
		},
		next: func() (string, url.Values) { return x.sign(t) },
		change: func() {
			if _, err := x.services.Listings.Update(t.Context(), x.actor(t, demo.Coordinator), gone, 0, func(l *listing.Listing) error { l.Website = "https://noodles.example"; return nil }); err != nil {
				t.Fatal(err)
			}
		},
		void: true,
		did: func() int {
			n := 0
			if x.listing(t, gone).State == listing.Archived {
				n++
			}
			if len(x.listing(t, keep).Aliases) > 0 {
				n++
			}
			return n
		},
		all: 2,
	}
}

// closeDeed closes two shops.
func closeDeed(t *testing.T, x *town) deed {
	desk, ids := x.as(t, demo.Coordinator), x.people[demo.Owner].ListingIDs[:2]
	ask := func() {
		path := desk.done("/desk/batches/new", url.Values{"shop": ids, "field": {"state"}, "move": {"close"}})
		desk.done(path, url.Values{"rev": {"1"}, "do": {"apply"}, "why": {"拆了"}})
	}
	return deed{
		ask: ask, next: func() (string, url.Values) { return x.sign(t) },
		change: func() { // its author takes it back and proposes it anew
			path, _ := x.sign(t)
			desk.done(path+"/withdraw", url.Values{})
			ask()
		},
		did: func() int {
			n := 0
			for _, id := range ids {
				if x.listing(t, id).State == listing.Closed {
					n++
				}
			}
			return n
		},
		all: 2,
	}
}

// contactsDeed lets somebody fetch how the people of the shops are reached.
func contactsDeed(t *testing.T, x *town) deed {
	author := x.as(t, demo.Coordinator)
	newest := func() extract.Release {
		all, err := x.services.Contacts.List(t.Context(), x.actor(t, demo.Coordinator), 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			return extract.Release{}
		}
		return all[0]
	}
	mark := func() string { r := newest(); return r.ID + "." + revision(r.Rev) }
	return deed{
		ask: func() {
			author.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"台风停电，逐户通知"}})
		},
		next: func() (string, url.Values) { return "/desk/contacts", url.Values{"allow": {mark()}} },
		change: func() { // a no, and the next request with another purpose
			x.as(t, demo.Second).done("/desk/contacts", url.Values{"deny": {mark()}})
			x.wait(time.Second) // the newest is the one with the latest id
			author.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"改成发年货"}})
		},
		did: func() int {
			if r := newest(); r.ID != "" && author.get("/desk/contacts/"+r.ID+"/file?format=csv").status == http.StatusOK {
				return 1
			}
			return 0
		},
		all: 1,
	}
}

// bannerDeed puts a notice on the home page and across the pages of shops.
func bannerDeed(t *testing.T, x *town) deed {
	author := x.as(t, demo.Coordinator)
	front := url.Values{"front": {"home", "banner"}}
	id := author.written(x.outage(t, front))
	publish := func() answer { return author.tried(id, "publish", nil) }
	return deed{
		ask: func() {
			if a := publish(); a.status != http.StatusConflict {
				t.Errorf("published before anybody else read it: %d", a.status)
			}
			author.stepped(id, "submit", nil)
		},
		next: func() (string, url.Values) {
			n := x.noticeNow(t, id)
			return "/desk/notices/" + id + "/approve", url.Values{"rev": {revision(n.Rev)}, "shown": {n.Content.Hash()}, "do": {"approve"}}
		},
		change: func() {
			v := x.outage(t, front)
			v.Set("title", "中山中路 10 月 21 日停水")
			v.Set("rev", revision(x.noticeNow(t, id).Rev))
			author.done("/desk/notices/"+id+"/edit", v)
			if a := publish(); a.status != http.StatusConflict {
				t.Errorf("published what nobody approved: %d", a.status)
			}
		},
		finish: func() { author.stepped(id, "publish", nil) },
		did: func() int {
			if x.noticeNow(t, id).Public == notice.Live {
				return 1
			}
			return 0
		},
		all: 1,
	}
}

// shownIn is what the administrator's page offers to let through of one thing.
func shownIn(t *testing.T, page, id string) url.Values {
	t.Helper()
	_, form, ok := strings.Cut(page, `id="decide-`+id+`"`)
	if !ok {
		t.Fatalf("%s does not wait", id)
	}
	return url.Values{"rev": {hiddenOf(t, form, "rev")}, "shown": {hiddenOf(t, form, "shown")}, "form": {"decide-" + id}, "do": {"approve"}}
}

// letThrough has the liaison hand in what is kept at a path, and an administrator let it through.
func (x *town) letThrough(t *testing.T, path string) {
	t.Helper()
	lian := x.as(t, demo.Liaison)
	lian.done(path, url.Values{"form": {"submit"}, "rev": {revOf(t, lian.page(path), "submit")}})
	admin := x.again(t, demo.Admin)
	kind, id := "station", strings.TrimPrefix(path, "/liaison/station/")
	if rest, ok := strings.CutPrefix(path, "/liaison/activities/"); ok {
		kind, id = "activity", rest
	}
	admin.done("/admin/assembly/"+kind+"/"+id, shownIn(t, admin.page("/admin/assembly"), id))
}

// Nothing that the liaison alone writes of a station or an activity is public: neither at first nor when it is changed, and not what it
// said before it was changed. What takes something away does not wait.
func TestWhatTheLiaisonWritesTakesTwoPeople(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		what, kind, list, said, changed string
		write                           func(*testing.T, *town, *browser) string // returns where it is kept
		form                            func(*testing.T, *town) url.Values
		public                          func(id string) string
	}{
		{
			"服务站", "station", "/station", "中山中路 1 号", "假路 9 号",
			func(t *testing.T, x *town, lian *browser) string { station, _ := x.room(t, lian); return station },
			func(*testing.T, *town) url.Values {
				return url.Values{"form": {"station"}, "name": {"云间服务站"}, "where": {"假路 9 号"}}
			},
			func(string) string { return "/station/yunjian" },
		},
		{
			"活动", "activity", "/activities", "广场东门", "假路 9 号",
			func(t *testing.T, x *town, _ *browser) string { return "/liaison/activities/" + x.planned(t, "").ID },
			func(_ *testing.T, x *town) url.Values {
				day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2).Format(time.DateOnly)
				return url.Values{"form": {"activity"}, "title": {"修伞磨刀"}, "place": {"假路 9 号"}, "day": {day}, "from": {"14:00"}, "until": {"16:00"}, "capacity": {"10"}}
			},
			func(id string) string { return "/activities/" + id },
		},
	} {
		t.Run(d.what, func(t *testing.T) {
			t.Parallel()
			x := peopled(t)
			x.public(t)
			lian, admin, anybody := x.as(t, demo.Liaison), x.as(t, demo.Admin), x.as(t, "")
			path := d.write(t, x, lian)
			id := path[strings.LastIndex(path, "/")+1:]
			nowhere := func(when, word string) {
				t.Helper()
				x.wait(61 * time.Second) // pages are kept for a minute
				if a := anybody.get(d.public(id)); strings.Contains(a.body, word) {
					t.Errorf("%s: %d, with %s", when, a.status, word)
				}
				if strings.Contains(anybody.page(d.list), word) {
					t.Errorf("%s: listed with %s", when, word)
				}
			}
			submit := func() {
				t.Helper()
				lian.done(path, url.Values{"form": {"submit"}, "rev": {revOf(t, lian.page(path), "submit")}})
			}
			nowhere("written", d.said)
			submit()
			nowhere("asked", d.said)
			has(t, "the list of what waits", partOf(admin.page("/desk/signatures"), "waiting"), d.what+"：")
			first := shownIn(t, admin.page("/admin/assembly"), id)
			for _, who := range []string{demo.Liaison, demo.Coordinator} {
				if a := x.as(t, who).post("/admin/assembly/"+d.kind+"/"+id, first); a.status != http.StatusNotFound {
					t.Errorf("%s lets it through: %d", who, a.status)
				}
			}
			admin.done("/admin/assembly/"+d.kind+"/"+id, first)
			has(t, "let through", anybody.page(d.public(id)), d.said)
			v := d.form(t, x)
			v.Set("rev", revOf(t, lian.page(path), v.Get("form")))
			lian.done(path, v)
			nowhere("changed", d.changed)
			submit()
			if a := admin.post("/admin/assembly/"+d.kind+"/"+id, first); a.status != http.StatusConflict {
				t.Errorf("what it said before: %d", a.status)
			}
			nowhere("asked again", d.changed)
			has(t, "what was public stays", anybody.page(d.public(id)), d.said)
			again := shownIn(t, admin.page("/admin/assembly"), id)
			again.Set("do", "return")
			if a := admin.post("/admin/assembly/"+d.kind+"/"+id, again); a.status != http.StatusUnprocessableEntity {
				t.Errorf("given back without a reason: %d", a.status)
			}
			again.Set("reason", "门牌不对")
			admin.done("/admin/assembly/"+d.kind+"/"+id, again)
			has(t, "given back", lian.page(path), "门牌不对")
			submit()
			admin.done("/admin/assembly/"+d.kind+"/"+id, shownIn(t, admin.page("/admin/assembly"), id))
			has(t, "let through again", anybody.page(d.public(id)), d.changed)
			lian.done(path, url.Values{"form": {"withdraw"}, "rev": {revOf(t, lian.page(path), "withdraw")}})
			if a := anybody.get(d.public(id)); a.status != http.StatusNotFound {
				t.Errorf("withdrawn: %d", a.status)
			}
		})
	}
}

// The mark of an old shop that the district enters is not shown by who entered it: another coordinator checks it and puts it on the page.
func TestAMarkTheDistrictEntersTakesTwoPeople(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	all, err := x.services.Listings.Mirror().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slug := ""
	for _, l := range all.Shops {
		if l.MerchantID == "" && l.Public() {
			slug = l.Slug
		}
	}
	author, second, anybody := x.as(t, demo.Coordinator), x.as(t, demo.Second), x.as(t, "")
	v := url.Values{"form": {"claim"}, "shop": {"/shops/" + slug}, "level": {"district"}, "certificate": {"区 007"}, "issuer": {"区商务委"}, "founded": {"1926"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	a := author.upload("/desk/heritage", v, upload{"photo", "a.jpg", picture(t, 80, 60)})
	path, _, _ := strings.Cut(a.to, "?")
	review := time.Unix(0, x.clock.Load()).AddDate(0, 0, 30).Format(time.DateOnly)
	for _, step := range []string{"check", "show"} {
		form := url.Values{"form": {step}, "review": {review}, "rev": {revOf(t, second.page(path), step)}}
		if body := author.page(path); strings.Contains(body, `value="`+step+`"`) || !strings.Contains(body, "由另一位同事核对") {
			t.Errorf("its author is offered to %s it", step)
		}
		if a := author.post(path, form); a.status != http.StatusConflict || strings.Contains(anybody.page("/shops/"+slug), "区 007") {
			t.Errorf("%s by its author: %d", step, a.status)
		}
		second.done(path, form)
	}
	x.wait(61 * time.Second) // pages are kept for a minute
	has(t, "shown", anybody.page("/shops/"+slug), "区 007")
	next := time.Unix(0, x.clock.Load()).AddDate(0, 0, 60).Format(time.DateOnly)
	form := url.Values{"form": {"review"}, "outcome": {"pass"}, "review": {next}, "rev": {revOf(t, second.page(path), "review")}}
	if body := author.page(path); strings.Contains(body, `value="pass"`) || !strings.Contains(body, `value="remove"`) || !strings.Contains(body, "由另一位同事复核") {
		t.Error("its author is offered to let it pass its review")
	}
	if a := author.post(path, form); a.status != http.StatusConflict {
		t.Errorf("reviewed by its author: %d", a.status)
	}
	second.done(path, form)
}

// What waits for a second person is on one page: each reads what they may let through, with how long it has waited.
func TestWhatWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	id := desk.written(x.outage(t, url.Values{"front": {"home"}}))
	desk.stepped(id, "submit", nil)
	x.wait(time.Hour)
	x.again(t, demo.Coordinator).done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"台风停电"}})
	x.wait(2 * time.Hour)
	own := x.again(t, demo.Coordinator).page("/desk/signatures")
	has(t, "who asked", own, "自己提的，要另一位同事来点头", "/desk/notices/"+id, "台风停电")
	if strings.Index(own, "/desk/notices/"+id) > strings.Index(own, "台风停电") {
		t.Error("what has waited longest does not come first")
	}
	theirs := x.again(t, demo.Second).page("/desk/signatures")
	has(t, "the second person", theirs, "3 小时", "2 小时")
	if strings.Contains(theirs, "自己提的") {
		t.Error("what others asked is taken for the own")
	}
	admin := x.again(t, demo.Admin)
	page := admin.page("/desk/signatures")
	has(t, "the administrator", page, "/desk/notices/"+id, `href="/desk/signatures"`)
	if strings.Contains(page, "台风停电") {
		t.Error("an administrator reads requests for the list of contacts")
	}
	if strings.Contains(page, `href="/desk"`) {
		t.Error("an administrator is led to the desk of the coordinators")
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.again(t, who).get("/desk/signatures"); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", who, a.status)
		}
	}
}
