package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/bulk"
	"shangquan/services/demo"
	"shangquan/services/desk"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/recheck"
	"shangquan/services/store"
	"shangquan/services/twin"
)

// keepRegister puts on the store what coordinators do with the register as a whole, as server/cli does.
func keepRegister(s *Services, db store.DB, trail *audit.Log, origin string, now func() time.Time) {
	s.Desk = desk.New(s.Listings, s.Holidays.Calendar, now)
	s.Twins = twin.New(twin.Deps{Marks: s.Heritage, DB: db, Log: trail, Listings: s.Listings, Posts: s.Posts, Seats: s.Merchants, Signs: s.Signs, Now: now})
	s.Batches = bulk.New(db, trail, s.Listings, s.Signs, now)
	s.Rechecks = recheck.New(recheck.Deps{
		DB: db, Log: trail, Listings: s.Listings, Letters: s.Merchants.AskConfirm, Now: now,
		Link: func(l *listing.Listing, until time.Time) string { return origin + "/confirm/" + s.Links.To(l, until) },
	})
}

// entered is a shop that the district enters, by the page.
func (x *town) entered(t *testing.T, by *browser, name, line, phones string) string {
	t.Helper()
	a := by.post("/desk/shops/new", url.Values{"name": {name}, "category_id": {"noodles"}, "address.line": {line}, "phones": {phones}, "anyway": {"1"}})
	id, _, _ := strings.Cut(strings.TrimPrefix(a.to, "/desk/shops/"), "?")
	if a.status != http.StatusSeeOther || id == "" {
		t.Fatalf("%d %s\n%s", a.status, a.to, a.body)
	}
	return id
}

func TestRegisterTable(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	all := desk.page("/desk/shops")
	if strings.Count(all, `name="shop"`) != 24 || !strings.Contains(all, `rel="next"`) || !strings.Contains(all, `name="all"`) {
		t.Error("not a page of 24 with the next one")
	}
	if second := desk.page("/desk/shops?page=2&owner=no"); !strings.Contains(second, "owner=no") || !strings.Contains(second, `rel="prev"`) {
		t.Error("the filter does not stay on the next page")
	}
	mine := desk.page("/desk/shops?owner=yes")
	name := x.listing(t, x.people[demo.Owner].ListingIDs[0]).Name.Hans
	if !strings.Contains(mine, name) || strings.Count(mine, `name="shop"`) >= 24 {
		t.Error("the shops with an owner are not found")
	}
	if none := desk.page("/desk/shops?q=火星"); strings.Contains(none, `name="shop"`) || !strings.Contains(none, "共 0 家") {
		t.Error("found what is not there")
	}
	for path, want := range map[string]int{"/desk/shops?page=999": 404, "/desk/shops?page=x&months=x&state=x&sort=x": 200} {
		if a := desk.get(path); a.status != want {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := x.as(t, demo.Owner).get("/desk/shops"); a.status != http.StatusNotFound {
		t.Errorf("an owner sees the register: %d", a.status)
	}
	shop := desk.page("/desk/shops/" + x.people[demo.Owner].ListingIDs[0])
	for _, want := range []string{name, "/my/shops/" + x.people[demo.Owner].ListingIDs[0], "公开着"} {
		if !strings.Contains(shop, want) {
			t.Errorf("the page of a shop lacks %s", want)
		}
	}
}

// Who enters a shop that is there hears of it: while typing, and once more when it is sent.
func TestNewShopThatIsThere(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	there := x.listing(t, x.people[demo.Rival].ListingIDs[0])
	typed := url.Values{"name": {there.Name.Hans}, "category_id": {"noodles"}, "address.line": {there.Address.Line}, "phones": {""}}
	a := desk.get("/my/shops/like?" + typed.Encode())
	if a.status != http.StatusOK || !strings.Contains(a.body, "/desk/shops/"+there.ID) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := x.as(t, demo.Owner).get("/my/shops/like?" + typed.Encode()); a.status != http.StatusOK || !strings.Contains(a.body, "/shops/"+there.Slug) || strings.Contains(a.body, there.ID) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := x.as(t, demo.Staff).get("/my/shops/like?" + typed.Encode()); a.status != http.StatusNotFound {
		t.Errorf("somebody who may enter no shop: %d", a.status)
	}
	a = desk.post("/desk/shops/new", typed)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "仍然新建") || !strings.Contains(a.body, there.ID) || !strings.Contains(a.body, `value="`+there.Name.Hans+`"`) {
		t.Fatalf("%d", a.status)
	}
	owner := x.as(t, demo.Owner)
	mine := url.Values{"merchant": {x.people[demo.Owner].MerchantID}, "name": {there.Name.Hans}, "category_id": {"noodles"}, "address.line": {there.Address.Line}}
	if a := owner.post("/my/shops/new", mine); a.status != http.StatusConflict || !strings.Contains(a.body, "仍然新建") {
		t.Errorf("%d", a.status)
	}
	mine.Set("anyway", "1")
	if a := owner.post("/my/shops/new", mine); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
	id := x.entered(t, desk, there.Name.Hans, "中山中路 9999 号", "")
	if l := x.listing(t, id); l.State != listing.Published || l.Confirmed.By != "coordinator" || l.Address.House != "9999" || l.Address.StreetID == "" {
		t.Errorf("%+v", l)
	}
	if a := desk.post("/desk/shops/new", url.Values{"name": {""}, "phones": {"12"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.status)
	}
}

// Two pages of one shop: proposed by one coordinator, merged by another; old addresses and QR codes lead on, and back again.
func TestDuplicatesArePutTogether(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	first, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	keepID := x.entered(t, first, "云间老面馆", "中山中路 8888 号", "021-57819999")
	goneID := x.entered(t, first, "云间老面馆（中山店）", "中山中路 8888 号", "021-57819999")
	if _, err := x.services.Heritage.Name(t.Context(), access.System("test"), goneID, "松江老店名录"); err != nil {
		t.Fatal(err)
	}
	keep, gone := x.listing(t, keepID), x.listing(t, goneID)
	a, b := keepID, goneID
	if a > b {
		a, b = b, a
	}
	path := "/desk/duplicates/" + a + "/" + b
	if list := first.page("/desk/duplicates"); !strings.Contains(list, path) {
		t.Fatal("the pair is not found")
	}
	page := first.page(path)
	for _, want := range []string{"云间老面馆（中山店）", "不是同一家", `name="keep"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the pair lacks %s", want)
		}
	}
	form := url.Values{"rev_a": {revision(x.listing(t, a).Rev)}, "rev_b": {revision(x.listing(t, b).Rev)}, "do": {"merge"}, "why": {"同一扇门"}}
	if a := first.post(path, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "同一扇门") {
		t.Errorf("merged without saying which stays: %d", a.status)
	}
	form.Set("keep", keepID)
	if a := first.post(path, url.Values{"rev_a": {"7"}, "rev_b": {"1"}, "do": {"merge"}, "keep": {keepID}}); a.status != http.StatusConflict {
		t.Errorf("merged as nobody saw them: %d", a.status)
	}
	if a := first.post(path, form); a.to != "/desk/duplicates?done=proposed" {
		t.Fatalf("%d %s\n%s", a.status, a.to, a.body)
	}
	waits, err := x.services.Signs.Waits(t.Context(), access.System("test"), "", 10)
	if err != nil || len(waits.Items) != 1 {
		t.Fatal(waits, err)
	}
	sign, hash := "/desk/signatures/"+waits.Items[0].ID, waits.Items[0].Hash()
	if own := first.page(sign); !strings.Contains(own, "要另一位同事来点头") || strings.Contains(own, `value="approve"`) {
		t.Error("who proposed it is asked to confirm")
	}
	if a := first.post(sign, url.Values{"shown": {hash}, "do": {"approve"}}); a.status != http.StatusConflict {
		t.Errorf("confirmed by who proposed it: %d", a.status)
	}
	if theirs := second.page(sign); !strings.Contains(theirs, hash) || !strings.Contains(theirs, "合并以后") || !strings.Contains(theirs, "老字号标识和来历也一起过来") {
		t.Error("the second person does not see what would be done")
	}
	if a := second.post(sign, url.Values{"shown": {hash}, "do": {"return"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", a.status)
	}
	if a := second.post(sign, url.Values{"shown": {hash}, "do": {"approve"}}); a.to != "/desk/signatures?done=done" {
		t.Fatalf("%d %s\n%s", a.status, a.to, a.body)
	}
	x.public(t)
	visitor := x.as(t, "")
	for path, want := range map[string]string{
		"/shops/" + gone.Slug: "/shops/" + keep.Slug, "/en/shops/" + gone.Slug + "/poster?size=a4": "/en/shops/" + keep.Slug + "/poster?size=a4",
		"/api/v1/listings/" + goneID: "/api/v1/listings/" + keepID, "/shops/" + gone.Slug + "/report": "/shops/" + keep.Slug + "/report",
		"/en/shops/" + gone.Slug + "/claim": "/en/shops/" + keep.Slug + "/claim",
	} {
		if a := visitor.get(path); a.status != http.StatusMovedPermanently || a.to != want {
			t.Errorf("%s: %d %s", path, a.status, a.to)
		}
	}
	if a := visitor.get("/s/" + gone.Code); a.status != http.StatusFound || a.to != "/shops/"+keep.Slug {
		t.Errorf("the QR code in the window: %d %s", a.status, a.to)
	}
	if a := visitor.get("/favourites?ids=" + goneID); !strings.Contains(a.body, "/shops/"+keep.Slug) {
		t.Error("a favourite is lost")
	}
	if sitemap := visitor.get("/sitemap.xml").body; strings.Contains(sitemap, gone.Slug+"<") {
		t.Error("the old address is in the sitemap")
	}
	has(t, "the walk to old shops", visitor.page("/heritage"), "/shops/"+keep.Slug)
	if page := first.page("/desk/shops/" + goneID); !strings.Contains(page, "/desk/shops/"+keepID) {
		t.Error("the page of the merged shop does not say where it went")
	}
	if list := first.page("/desk/duplicates"); !strings.Contains(list, "/desk/merges/"+goneID+"/undo") {
		t.Error("it cannot be taken back")
	}
	if a := first.post("/desk/merges/"+goneID+"/undo", nil); a.to != "/desk/duplicates?done=unmerged" {
		t.Fatalf("%d %s", a.status, a.to)
	}
	x.public(t)
	if a := visitor.get("/shops/" + gone.Slug); a.status != http.StatusOK {
		t.Errorf("the page is not back: %d", a.status)
	}
	if a := first.post(path, url.Values{"do": {"apart"}, "why": {"看过了"}}); a.to != "/desk/duplicates?done=apart" {
		t.Errorf("%d %s", a.status, a.to)
	}
	if list := first.page("/desk/duplicates"); strings.Contains(list, path) {
		t.Error("a pair that was told apart comes back")
	}
	if page := first.page(path); !strings.Contains(page, "看过了") || !strings.Contains(page, `value="again"`) {
		t.Error("what was decided is not said")
	}
	if a := x.as(t, demo.Owner).post(path, form); a.status != http.StatusNotFound {
		t.Errorf("merged by an owner: %d", a.status)
	}
}

func TestBatchOfShops(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	ids := x.people[demo.Owner].ListingIDs
	choose := desk.page("/desk/batches/new?shop=" + ids[0] + "&shop=" + ids[1] + "&shop=none")
	if strings.Count(choose, `type="hidden" name="shop"`) != 2 {
		t.Error("the chosen shops do not go along")
	}
	if all := desk.page("/desk/batches/new?all=1&owner=yes"); strings.Count(all, `type="hidden" name="shop"`) < 3 {
		t.Error("everything that matches does not go along")
	}
	if none := desk.page("/desk/batches/new"); !strings.Contains(none, "还没有选店") {
		t.Error("nothing was chosen, and nobody says so")
	}
	form := url.Values{"shop": ids, "field": {"hours"}, "hours": {"随便"}}
	if a := desk.post("/desk/batches/new", form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="随便"`) || !strings.Contains(a.body, "看不懂") {
		t.Errorf("%d", a.status)
	}
	form.Set("hours", "10:00-22:00")
	a := desk.post("/desk/batches/new", form)
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.status, a.body)
	}
	was := x.listing(t, ids[0])
	preview := desk.page(a.to)
	if !strings.Contains(preview, was.Name.Hans) || !strings.Contains(preview, "→") || !strings.Contains(preview, "就这样改") {
		t.Error("the preview does not say what would change")
	}
	if l := x.listing(t, ids[0]); l.Rev != was.Rev {
		t.Error("the preview writes")
	}
	if b := desk.post(a.to, url.Values{"rev": {"9"}, "do": {"apply"}}); b.status != http.StatusConflict {
		t.Errorf("applied what nobody saw: %d", b.status)
	}
	if b := desk.post(a.to, url.Values{"rev": {"1"}, "do": {"apply"}}); b.to != a.to {
		t.Fatalf("%d %s", b.status, b.body)
	}
	if l := x.listing(t, ids[0]); l.Hours.Week[0][0].Open != 600 {
		t.Errorf("%+v", l.Hours)
	}
	if done := desk.page(a.to); !strings.Contains(done, "改好了 2 家") || !strings.Contains(done, `value="undo"`) {
		t.Error("it does not say what was done")
	}
	if b := desk.post(a.to, url.Values{"do": {"undo"}}); b.to != a.to {
		t.Fatalf("%d", b.status)
	}
	if l := x.listing(t, ids[0]); !l.Hours.Equal(was.Hours) || l.Confirmed != was.Confirmed {
		t.Errorf("%+v", l.Hours)
	}
	if list := desk.page("/desk/batches"); !strings.Contains(list, a.to) {
		t.Error("the batch is not listed")
	}
	a = desk.post("/desk/batches/new", url.Values{"shop": ids, "field": {"state"}, "move": {"close"}})
	if b := desk.post(a.to, url.Values{"rev": {"1"}, "do": {"apply"}, "why": {"拆了"}}); b.to != a.to {
		t.Fatalf("%d %s", b.status, b.body)
	}
	if page := desk.page(a.to); !strings.Contains(page, "/desk/signatures") {
		t.Error("it does not say that a second person is asked")
	}
	if l := x.listing(t, ids[0]); l.State != listing.Published {
		t.Error("closed by one person")
	}
	waits, err := x.services.Signs.Waits(t.Context(), access.System("test"), "", 10)
	if err != nil || len(waits.Items) != 1 {
		t.Fatal(waits, err)
	}
	second := x.as(t, demo.Second)
	if page := second.page("/desk/signatures/" + waits.Items[0].ID); !strings.Contains(page, was.Name.Hans) {
		t.Error("the second person does not see which shops")
	}
	if b := second.post("/desk/signatures/"+waits.Items[0].ID, url.Values{"shown": {waits.Items[0].Hash()}, "do": {"approve"}}); b.to != "/desk/signatures?done=done" {
		t.Fatalf("%d %s", b.status, b.body)
	}
	if l := x.listing(t, ids[1]); l.State != listing.Closed {
		t.Errorf("%s", l.State)
	}
	if b := x.as(t, demo.Owner).get("/desk/batches"); b.status != http.StatusNotFound {
		t.Errorf("%d", b.status)
	}
}

// Owners of pages nobody confirmed for long are asked by a link that needs no account, and their answer is seen.
func TestLongUnconfirmed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	mine := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	street := "?months=3&street=" + mine.Address.StreetID
	x.wait(200 * 24 * time.Hour)
	desk := x.again(t, demo.Coordinator)
	if page := desk.page("/desk/stale" + street); !strings.Contains(page, mine.Name.Hans) || !strings.Contains(page, "还没问") {
		t.Fatal("the page is not among the old ones")
	}
	if a := desk.post("/desk/stale", url.Values{"months": {"3"}, "street": {mine.Address.StreetID}}); a.to != "/desk/stale?months=3&done=asked" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := desk.post("/desk/stale", url.Values{"months": {"3"}, "street": {mine.Address.StreetID}}); a.status != http.StatusConflict || !strings.Contains(a.body, "没有能问的店") {
		t.Errorf("asked twice: %d", a.status)
	}
	for !mail.Day(x.services.Rechecks.Now()) {
		x.wait(time.Hour)
	}
	if n, err := x.services.Rechecks.Send(t.Context()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	letter := x.sent(t, demo.Owner, "ask_confirm").Text
	_, link, ok := strings.Cut(letter, "http://shop.test")
	if !ok || !strings.Contains(letter, "不用登录") {
		t.Fatal(letter)
	}
	link, _, _ = strings.Cut(link, " ")
	link, _, _ = strings.Cut(link, "（")
	if a := x.as(t, "").post(strings.TrimSpace(link), nil); a.status != http.StatusOK {
		t.Fatalf("%s: %d", link, a.status)
	}
	desk = x.again(t, demo.Coordinator)
	if page := desk.page("/desk/stale" + street); !strings.Contains(page, "回了") {
		t.Error("the answer is not seen")
	}
}

// Taking down more than a few shops at once waits for a colleague, who sees which; a few are taken down by one person.
func TestTakingDownManyShopsTakesTwo(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	first, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	ids := []string{}
	for i := range bulk.Few + 1 {
		ids = append(ids, x.entered(t, first, "撤下的店"+strconv.Itoa(i+1), "中山中路 90"+strconv.Itoa(i)+" 号", ""))
	}
	ask := func(ids []string) string {
		return first.done("/desk/batches/new", url.Values{"shop": ids, "field": {"state"}, "move": {"suspend"}})
	}
	down := func() int {
		n := 0
		for _, id := range ids {
			if x.listing(t, id).State == listing.Suspended {
				n++
			}
		}
		return n
	}
	path := ask(ids)
	has(t, "the preview", first.page(path), "超过 5 家，要两个人来定", "提议这样改")
	first.done(path, url.Values{"rev": {"1"}, "do": {"apply"}, "why": {"楼要修"}})
	if n := down(); n != 0 {
		t.Fatalf("%d were taken down by one person", n)
	}
	sign, form := x.sign(t)
	has(t, "what the second person reads", second.page(sign), "撤下几家店", "撤下的店1", "撤下的店6")
	if a := first.post(sign, form); a.status != http.StatusConflict {
		t.Errorf("confirmed by who proposed it: %d", a.status)
	}
	second.done(sign, form)
	if n := down(); n != len(ids) {
		t.Errorf("%d of %d are down", n, len(ids))
	}
	second.done(path, url.Values{"do": {"undo"}})
	path = ask(ids[:bulk.Few])
	lacks(t, "a few", first.page(path), "要两个人来定")
	first.done(path, url.Values{"rev": {"1"}, "do": {"apply"}})
	if n := down(); n != bulk.Few {
		t.Errorf("a few: %d are down", n)
	}
}
