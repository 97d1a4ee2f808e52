package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/listing"
	"shangquan/services/search/memory"
)

// shopOfOwner is the first shop of the owner, as it is stored now.
func (x *town) shopOfOwner(t testing.TB) listing.Listing {
	t.Helper()
	return x.listing(t, x.people[demo.Owner].ListingIDs[0])
}

func (x *town) listing(t testing.TB, id string) listing.Listing {
	t.Helper()
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// saved posts a form of a shop over the revision it has now and fails unless it was taken.
func (b *browser) saved(id, page string, v url.Values) answer {
	b.t.Helper()
	l := b.x.listing(b.t, id)
	v.Set("rev", strconv.FormatInt(l.Rev, 10))
	a := b.post("/my/shops/"+id+"/"+page, v)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("%s: %d\n%s", page, a.status, problems(a.body))
	}
	return a
}

// problems cuts the mistakes out of a page, for a test that fails.
func problems(body string) string {
	if _, after, ok := strings.Cut(body, `class="callout bad"`); ok {
		return after[:min(len(after), 600)]
	}
	return body[:min(len(body), 600)]
}

// publicPage is the page of a shop as customers see it now.
func (x *town) publicPage(t testing.TB, id string) string {
	t.Helper()
	x.public(t)
	return x.as(t, "").get("/shops/" + x.listing(t, id).Slug).body
}

// TestShopDeskPages opens every page of a shop in every language: nothing is missing and nothing is wrong with the words.
func TestShopDeskPages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	for _, prefix := range []string{"", "/zh-hant", "/en"} {
		paths := []string{"/my?all=1", "/my/shops/new", "/my/shops/" + id, "/my/shops/" + id + "/special", "/my/shops/" + id + "/history"}
		for _, e := range editors {
			paths = append(paths, "/my/shops/"+id+"/"+e.path)
		}
		for _, path := range paths {
			if a := owner.get(prefix + path); a.status != http.StatusOK || !strings.Contains(a.body, "<h1") {
				t.Errorf("%s = %d", prefix+path, a.status)
			}
		}
	}
}

// TestShopDeskEditors saves something with every editor: it is stored, and customers see it.
func TestShopDeskEditors(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	for _, tt := range []struct {
		page string
		form url.Values
		sees []string
	}{
		{"texts", url.Values{"description": {"三代人做的面，\n汤头每天现熬。"}, "description.en": {"Noodles since 1978."}}, []string{"汤头每天现熬"}},
		{"goods", url.Values{"goods": {"阳春面\n雪菜面、馄饨"}, "spend": {"２５元"}, "prices.0.name": {"阳春面"}, "prices.0.amount": {"８.５元"}, "prices.0.unit": {"碗"}, "prices.1.name": {"酒席"}, "prices.2.name": {"过期的"}, "prices.2.amount": {"1"}, "prices.2.until": {"2026-10-14"}}, []string{"馄饨", "8.5 元 / 碗", "面议", "大概 25 元（¥）", `"priceRange":"¥"`, `{"@type":"Offer","name":"阳春面","price":"8.5","priceCurrency":"CNY"}`}},
		{"facilities", url.Values{"tag_ids": {"step-free", "toilet"}, "payments": {"现金", "支付宝"}, "payments.other": {"饭卡"}}, []string{"轮椅能进", "有厕所", "支付宝", "饭卡"}},
		{"contact", url.Values{"phones.0.number": {"021-5772 1664 转 8001"}, "phones.0.label": {"订座"}, "phones.1.number": {"13812345678"}, "website": {"example.com/shop"}}, []string{"021-5772 1664 转 8001", "订座", "https://example.com/shop"}},
		{"hours", hoursForm("same", map[string][]string{"all": {"540", "1260"}}), []string{"9:00–21:00"}},
	} {
		a := owner.saved(id, tt.page, tt.form)
		if a.to != "/my/shops/"+id+"?done=live" {
			t.Errorf("%s leads to %s", tt.page, a.to)
		}
		if said := owner.get(a.to).body; !strings.Contains(said, "顾客已经看到") {
			t.Errorf("%s: it does not say what became of it", tt.page)
		}
		page := x.publicPage(t, id)
		for _, w := range tt.sees {
			if !strings.Contains(page, w) {
				t.Errorf("%s: customers do not see %q", tt.page, w)
			}
		}
	}
	page := x.publicPage(t, id)
	for _, hidden := range []string{"过期的", "138 1234 5678", "13812345678"} {
		if strings.Contains(page, hidden) {
			t.Errorf("customers see %q", hidden)
		}
	}
	owner.saved(id, "contact", url.Values{"phones.0.number": {"13812345678"}, "phones.0.consent": {consentVersion}})
	if !strings.Contains(x.publicPage(t, id), "138 1234 5678") {
		t.Error("a mobile number with a consent is not shown")
	}
}

// hoursForm is a form of the hours editor: rows are pairs of minutes.
func hoursForm(kind string, rows map[string][]string) url.Values {
	v := url.Values{"kind": {kind}}
	for row, times := range rows {
		v.Set(row+"_on", "1")
		for i := 0; i+1 < len(times); i += 2 {
			v.Set(row+"_"+strconv.Itoa(i/2)+"_open", times[i])
			v.Set(row+"_"+strconv.Itoa(i/2)+"_close", times[i+1])
		}
	}
	return v
}

// TestShopDeskNameWaits: what is sensitive waits, and customers go on seeing the old version; taken back it is gone.
func TestShopDeskNameWaits(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	a := owner.saved(l.ID, "name", url.Values{"name": {"新招牌面馆"}, "name.en": {"New Sign Noodles"}, "aliases": {"老招牌"}})
	if a.to != "/my/shops/"+l.ID+"?done=wait" {
		t.Errorf("leads to %s", a.to)
	}
	page := x.publicPage(t, l.ID)
	if strings.Contains(page, "新招牌") || strings.Contains(page, "老招牌") || !strings.Contains(page, l.Name.Hans) {
		t.Error("the new name is public, or the old one is not")
	}
	shop := owner.get("/my/shops/" + l.ID).body
	if !strings.Contains(shop, "新招牌面馆") || !strings.Contains(shop, "街道核对中") {
		t.Error("the owner is not told what waits")
	}
	if form := owner.get("/my/shops/" + l.ID + "/name").body; !strings.Contains(form, `value="新招牌面馆"`) {
		t.Error("the form has lost what waits")
	}
	owner.saved(l.ID, "category", url.Values{"category_id": {"tea-drinks"}, "format_id": {""}})
	if got := x.listing(t, l.ID).Proposal; got == nil || len(got.Paths) < 3 {
		t.Errorf("the second change is not added to the first: %+v", got)
	}
	owner.saved(l.ID, "withdraw", url.Values{})
	if now := x.listing(t, l.ID); now.Proposal != nil || now.Name.Hans != l.Name.Hans {
		t.Error("a change that was taken back is still there")
	}
}

// TestShopDeskMistakes: nothing typed is lost, the mistake stands at its field, nothing is stored.
func TestShopDeskMistakes(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	for _, tt := range []struct {
		page string
		form url.Values
		says []string
	}{
		{"name", url.Values{"name": {""}, "name.en": {"Kept"}}, []string{`href="#name"`, `value="Kept"`}},
		{"name", url.Values{"name": {"松江区人民政府"}}, []string{`href="#name"`}},
		{"contact", url.Values{"phones.0.number": {"打给老王"}, "website": {"kept.example"}}, []string{`href="#phones.0.number"`, "打给老王", "kept.example"}},
		{"contact", url.Values{"website": {"javascript:alert(1)"}}, []string{`href="#website"`}},
		{"goods", url.Values{"goods": {"留着"}, "prices.0.name": {"面"}, "prices.0.amount": {"十二"}}, []string{`href="#prices.0.amount"`, "留着", `value="十二"`}},
		{"goods", url.Values{"spend": {"便宜"}, "goods": {"留着"}}, []string{`href="#spend"`, "留着", `value="便宜"`}},
		{"goods", url.Values{"prices.0.amount": {"12"}}, []string{`href="#prices.0.name"`}},
		{"category", url.Values{"category_id": {"none-such"}}, []string{`href="#category_id"`}},
		{"place", url.Values{"address.line": {"中山中路 1 号"}, "address.level": {"0"}, "location": {"31.0, 121.2"}}, []string{`href="#address.level"`, `href="#location.datum"`, "中山中路 1 号"}},
		{"hours", hoursForm("same", map[string][]string{"all": {"990", "570"}}), []string{"比开门 16:30 早", `value="all_0_close=1290"`}},
		{"special/day", url.Values{"from": {"2026-10-18"}, "to": {"2026-10-01"}, "note": {"留着的话"}}, []string{`href="#from"`, "留着的话"}},
		{"pause", url.Values{"from": {"2026-10-18"}, "reopen": {"2026-10-17"}}, []string{`href="#reopen"`}},
	} {
		tt.form.Set("rev", strconv.FormatInt(l.Rev, 10))
		a := owner.post("/my/shops/"+l.ID+"/"+tt.page, tt.form)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", tt.page, a.status)
		}
		for _, w := range append(tt.says, "<title>要改") {
			if !strings.Contains(a.body, w) {
				t.Errorf("%s: no %s in %s", tt.page, w, problems(a.body))
			}
		}
	}
	if now := x.listing(t, l.ID); now.Rev != l.Rev {
		t.Error("a form with mistakes was stored")
	}
	for _, rev := range []string{"", "0", "x"} {
		if a := owner.post("/my/shops/"+l.ID+"/texts", url.Values{"rev": {rev}, "description": {"x"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("revision %q: %d", rev, a.status)
		}
	}
}

// TestShopDeskConflict: of two editors the second sees both versions and loses nothing typed; who changed something else is not
// bothered.
func TestShopDeskConflict(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.wait(time.Minute) // until then the trail belongs to whoever made the town
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	old := strconv.FormatInt(l.Rev, 10)
	owner.saved(l.ID, "texts", url.Values{"description": {"第一个人写的"}, "description.en": {"Theirs"}})

	// Another page: put over it without a word.
	if a := owner.post("/my/shops/"+l.ID+"/goods", url.Values{"rev": {old}, "goods": {"馄饨"}}); a.status != http.StatusSeeOther {
		t.Fatalf("another page: %d", a.status)
	}
	if now := x.listing(t, l.ID); now.Description.Hans != "第一个人写的" || len(now.Goods) != 1 {
		t.Errorf("one of two edits was lost: %+v %v", now.Description, now.Goods)
	}

	// The same field: both are shown.
	a := owner.post("/my/shops/"+l.ID+"/texts", url.Values{"rev": {old}, "description": {"第二个人写的"}})
	if a.status != http.StatusConflict {
		t.Fatalf("the second editor: %d", a.status)
	}
	for _, w := range []string{"第一个人写的", "第二个人写的", `name="keep.description"`, `name="description" value="第二个人写的"`} {
		if !strings.Contains(a.body, w) {
			t.Errorf("no %s", w)
		}
	}
	if strings.Contains(a.body, `name="keep.description.en"`) {
		t.Error("asked about a field that only one of them changed")
	}
	now := x.listing(t, l.ID)
	if now.Description.Hans != "第一个人写的" {
		t.Error("the first version was overwritten")
	}
	keep := url.Values{"rev": {strconv.FormatInt(now.Rev, 10)}, "description": {"第二个人写的"}, "description.en": {now.Description.En}, "keep.description": {"mine"}}
	if a := owner.post("/my/shops/"+l.ID+"/texts", keep); a.status != http.StatusSeeOther {
		t.Fatalf("after choosing: %d", a.status)
	}
	now = x.listing(t, l.ID)
	if now.Description.Hans != "第二个人写的" || now.Description.En != "Theirs" {
		t.Errorf("got %+v", now.Description)
	}
	keep.Set("rev", strconv.FormatInt(now.Rev, 10))
	keep.Set("description", "第三")
	keep.Set("keep.description", "theirs")
	owner.post("/my/shops/"+l.ID+"/texts", keep)
	if now = x.listing(t, l.ID); now.Description.Hans != "第二个人写的" {
		t.Error("theirs was chosen and mine was stored")
	}

	// Hours and phones clash as a whole.
	old = strconv.FormatInt(now.Rev, 10)
	owner.saved(l.ID, "hours", hoursForm("same", map[string][]string{"all": {"540", "1200"}}))
	form := hoursForm("same", map[string][]string{"all": {"600", "1320"}})
	form.Set("rev", old)
	a = owner.post("/my/shops/"+l.ID+"/hours", form)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "9:00–20:00") || !strings.Contains(a.body, "10:00–22:00") || !strings.Contains(a.body, `name="all_0_open" value="600"`) {
		t.Errorf("two hours: %d", a.status)
	}
}

// TestShopDeskOthers: a foreign shop is not there, and a member does only what the role allows.
func TestShopDeskOthers(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.shopOfOwner(t)
	rev := strconv.FormatInt(l.Rev, 10)
	x.public(t)
	var foreign string
	page, err := x.services.Listings.ByStreet(t.Context(), l.Address.StreetID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range page {
		if one := x.listing(t, page[i].ID); one.MerchantID == "" {
			foreign = one.ID
		}
	}
	owner := x.as(t, demo.Owner)
	for _, id := range []string{foreign, "none"} {
		if a := owner.get("/my/shops/" + id); a.status != http.StatusNotFound {
			t.Errorf("GET of %q: %d", id, a.status)
		}
		if a := owner.post("/my/shops/"+id+"/texts", url.Values{"rev": {"1"}, "description": {"mine now"}}); a.status != http.StatusNotFound {
			t.Errorf("POST to %q: %d", id, a.status)
		}
	}
	staff := x.as(t, demo.Staff)
	mine := x.people[demo.Staff].ListingIDs[0]
	if a := staff.get("/my/shops/" + mine + "/hours"); a.status != http.StatusOK {
		t.Errorf("staff and the hours: %d", a.status)
	}
	for _, page := range []string{"name", "place", "category", "contact", "texts"} {
		if a := staff.get("/my/shops/" + mine + "/" + page); a.status != http.StatusNotFound {
			t.Errorf("staff and %s: %d", page, a.status)
		}
		if a := staff.post("/my/shops/"+mine+"/"+page, url.Values{"rev": {rev}, "name": {"x"}}); a.status != http.StatusNotFound {
			t.Errorf("staff sends %s: %d", page, a.status)
		}
	}
	if body := staff.get("/my/shops/" + mine).body; strings.Contains(body, "/name") || !strings.Contains(body, "/hours") {
		t.Error("the tasks of staff are not those of staff")
	}
	if a := x.as(t, "").get("/my/shops/" + l.ID); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in?back=") {
		t.Errorf("a visitor: %d %s", a.status, a.to)
	}
}

// reread makes the site read everything anew: who sets the clock back cannot be followed.
func (x *town) reread(t testing.TB) {
	t.Helper()
	engine := memory.New()
	d := directory.New(directory.Sources{Listings: listing.Declare(x.db), Places: x.services.Places, Words: x.services.Words, Calendar: x.calendar}, engine, engine, slog.New(slog.DiscardHandler), x.now)
	t.Cleanup(d.Close)
	x.directory, x.Site.directory, x.revision, x.cache = d, d, d.Revision, newPageCache(cacheBytes)
}

// nationalDay is two days before 国庆 2026.
var nationalDay = time.Date(2026, 9, 29, 10, 0, 0, 0, calendar.Shanghai)

// TestShopDeskHolidays: one tap answers for a holiday, seven days of rest are a pause, and customers see it.
func TestShopDeskHolidays(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.clock.Store(nationalDay.UnixNano())
	owner, id := x.as(t, ""), x.people[demo.Owner].ListingIDs[0]
	owner.done("/sign-in", url.Values{"name": {x.people[demo.Owner].Contact}, "password": {x.people[demo.Owner].Password}})
	owner.saved(id, "hours", hoursForm("split", map[string][]string{"work": {"540", "1260"}, "rest": {"600", "1200"}}))
	if body := owner.get("/my/shops/" + id).body; !strings.Contains(body, `value="usual:2026-10-01:2026-10-07"`) {
		t.Fatal("the page of the shop does not ask about 国庆")
	}
	x.reread(t)
	if !strings.Contains(x.publicPage(t, id), "节假日时间待确认") {
		t.Error("an unanswered holiday is not shown as one")
	}
	if a := owner.saved(id, "special", url.Values{"do": {"usual:2026-10-01:2026-10-07"}}); !strings.HasSuffix(a.to, "/special?done=answered") {
		t.Errorf("leads to %s", a.to)
	}
	l := x.listing(t, id)
	if len(l.Hours.Special) != 3 || l.Hours.Special[1].From != "2026-10-03" || l.Hours.Special[1].Spans[0].Open != 600 {
		t.Errorf("照常 is %+v", l.Hours.Special)
	}
	if body := owner.get("/my/shops/" + id + "/special").body; !strings.Contains(body, "照常") {
		t.Error("the answer is not shown")
	}
	owner.saved(id, "special", url.Values{"do": {"closed:2026-10-01:2026-10-07"}})
	if l = x.listing(t, id); l.Hours.Pause == nil || l.Hours.Pause.Until != "2026-10-07" || len(l.Hours.Special) != 0 {
		t.Errorf("seven days of rest are %+v %+v", l.Hours.Pause, l.Hours.Special)
	}
	x.reread(t)
	if !strings.Contains(x.publicPage(t, id), "暂停营业") {
		t.Error("customers do not see the pause")
	}
	owner.saved(id, "special", url.Values{"do": {"clear:2026-10-01:2026-10-07"}})
	if l = x.listing(t, id); l.Hours.Pause != nil {
		t.Error("the pause is still there")
	}
	day := url.Values{"from": {"2026-10-01"}, "to": {"2026-10-03"}, "day_on": {"1"}, "day_0_open": {"600"}, "day_0_close": {"1080"}, "note": {"国庆快乐"}}
	owner.saved(id, "special/day?from=2026-10-01&to=2026-10-07", day)
	x.reread(t)
	if page := x.publicPage(t, id); !strings.Contains(page, "10:00–18:00") || !strings.Contains(page, "国庆快乐") {
		t.Error("customers do not see the other times")
	}
	// Six days are a special day, seven a pause, and a pause ends with one press.
	owner.saved(id, "pause", url.Values{"from": {"2026-11-01"}, "reopen": {"2026-11-07"}})
	if l = x.listing(t, id); l.Hours.Pause != nil || len(l.Hours.Special) != 2 {
		t.Errorf("six days are %+v %+v", l.Hours.Pause, l.Hours.Special)
	}
	owner.saved(id, "pause", url.Values{"from": {"2026-12-01"}, "reopen": {""}, "note": {"装修"}})
	if l = x.listing(t, id); l.Hours.Pause == nil || l.Hours.Pause.Until != "" {
		t.Errorf("without an end: %+v", l.Hours.Pause)
	}
	owner.saved(id, "pause", url.Values{"do": {"end"}})
	if l = x.listing(t, id); l.Hours.Pause != nil {
		t.Error("the pause does not end")
	}
	// A tap on a page that is not current any more changes nothing when somebody has answered meanwhile.
	stale := url.Values{"do": {"usual:2026-10-01:2026-10-03"}, "rev": {strconv.FormatInt(l.Rev-6, 10)}}
	if a := owner.post("/my/shops/"+id+"/special", stale); a.status != http.StatusConflict {
		t.Errorf("a stale tap: %d", a.status)
	}
	if a := owner.post("/my/shops/"+id+"/special", url.Values{"do": {"usual:x"}, "rev": {strconv.FormatInt(l.Rev, 10)}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an unreadable tap: %d", a.status)
	}
}

// TestShopDeskHoursWithoutScript: the small buttons of the hours change the form and store nothing.
func TestShopDeskHoursWithoutScript(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	form := hoursForm("each", map[string][]string{"mon": {"540", "1260"}})
	form.Set("rev", strconv.FormatInt(l.Rev, 10))
	press := func(name, value string) string {
		form.Del("do")
		form.Del("fix")
		form.Set(name, value)
		a := owner.post("/my/shops/"+l.ID+"/hours", form)
		if a.status != http.StatusOK {
			t.Fatalf("%s=%s: %d", name, value, a.status)
		}
		return a.body
	}
	if body := press("do", "add:mon"); !strings.Contains(body, `name="mon_1_open"`) {
		t.Error("no second span")
	}
	if body := press("do", "copy"); !strings.Contains(body, "周一的时间抄到了周二至周五") {
		t.Error("copying is not said")
	}
	if body := press("do", "preview"); !strings.Contains(body, `id="preview"`) || !strings.Contains(body, "9:00–21:00") {
		t.Error("no preview")
	}
	form.Set("mon_0_close", "480")
	if body := press("fix", "mon_0_close=1260"); !strings.Contains(body, `<option value="1260" selected>`) {
		t.Error("the fix is not applied")
	}
	if x.listing(t, l.ID).Rev != l.Rev {
		t.Error("something was stored")
	}
}

// TestShopDeskConfirm: one press, and by the link without signing in, which acts on POST only and once.
func TestShopDeskConfirm(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	owner.saved(id, "hours", hoursForm("same", map[string][]string{"all": {"540", "1260"}}))
	x.wait(200 * 24 * time.Hour)
	l := x.listing(t, id)
	if page := x.publicPage(t, id); !strings.Contains(page, "时间待核对") {
		t.Error("hours of half a year ago are still promised")
	}
	token := x.services.Links.To(&l, evening.AddDate(1, 0, 0))
	visitor := x.as(t, "")
	if a := visitor.get("/confirm/" + token); a.status != http.StatusOK || !strings.Contains(a.body, "没变，还是这样") || x.listing(t, id).Rev != l.Rev {
		t.Fatalf("opening the link: %d", a.status)
	}
	if a := visitor.post("/confirm/"+token, url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "记下了") {
		t.Errorf("using it: %d", a.status)
	}
	now := x.listing(t, id)
	if now.Rev != l.Rev+1 || now.Confirmed.By != "owner" {
		t.Errorf("confirmed: %+v", now.Confirmed)
	}
	if a := visitor.post("/confirm/"+token, url.Values{}); a.status != http.StatusOK || x.listing(t, id).Rev != now.Rev {
		t.Errorf("using it twice: %d", a.status)
	}
	if page := x.publicPage(t, id); strings.Contains(page, "时间待核对") {
		t.Error("confirmed hours are not promised")
	}
	if a := visitor.get("/confirm/" + token + "x"); a.status != http.StatusGone {
		t.Errorf("a link that is not ours: %d", a.status)
	}
	old := x.services.Links.To(&l, evening.AddDate(1, 0, 0))
	if _, err := x.services.Listings.Edit(t.Context(), access.System("test"), id, now.Rev, mustPatch(t, "goods", []string{"新的"})); err != nil {
		t.Fatal(err)
	}
	if a := visitor.post("/confirm/"+old, url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "后来改过") {
		t.Errorf("a link to an older version: %d", a.status)
	}
}

func mustPatch(t testing.TB, path string, value any) listing.Patch {
	t.Helper()
	p := listing.Patch{}
	if err := p.Put(path, value); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestShopDeskHistory: who, when, what; an earlier version comes back after a look at it.
func TestShopDeskHistory(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.wait(time.Minute)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	owner.saved(id, "texts", url.Values{"description": {"葱油饼"}})
	first := x.listing(t, id).Rev
	owner.saved(id, "texts", url.Values{"description": {"小馄饨"}})
	body := owner.get("/my/shops/" + id + "/history").body
	restore := "/my/shops/" + id + "/history/" + strconv.FormatInt(first, 10)
	for _, w := range []string{"葱油饼", "小馄饨", "店主", "店铺介绍", restore} {
		if !strings.Contains(body, w) {
			t.Errorf("the history does not say %s", w)
		}
	}
	if a := owner.get(restore); a.status != http.StatusOK || !strings.Contains(a.body, "葱油饼") || !strings.Contains(a.body, "恢复成这一版") {
		t.Errorf("the comparison: %d", a.status)
	}
	if a := owner.post(restore, url.Values{"rev": {strconv.FormatInt(first, 10)}}); a.status != http.StatusConflict {
		t.Errorf("restoring over a version that was not shown: %d", a.status)
	}
	a := owner.post(restore, url.Values{"rev": {strconv.FormatInt(first+1, 10)}})
	if a.status != http.StatusSeeOther || x.listing(t, id).Description.Hans != "葱油饼" {
		t.Errorf("restoring: %d", a.status)
	}
	if a := owner.get("/my/shops/" + id + "/history/99"); a.status != http.StatusNotFound {
		t.Errorf("a version that never was: %d", a.status)
	}
}

// TestShopDeskNew: a shop that is not in the register begins as a draft and asks to be published.
func TestShopDeskNew(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	form := url.Values{"merchant": {x.people[demo.Owner].MerchantID}, "name": {""}, "category_id": {"noodles"}, "address.line": {"中山中路 999 号"}}
	if a := owner.post("/my/shops/new", form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "中山中路 999 号") {
		t.Errorf("without a name: %d", a.status)
	}
	form.Set("name", "新开的面馆")
	a := owner.post("/my/shops/new", form)
	if a.status != http.StatusSeeOther {
		t.Fatalf("entering: %d %s", a.status, problems(a.body))
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(a.to, "/my/shops/"), "?")
	if l := x.listing(t, id); l.State != listing.Draft || l.Name.Hans != "新开的面馆" {
		t.Errorf("entered as %s %s", l.State, l.Name.Hans)
	}
	owner.saved(id, "name", url.Values{"name": {"新开的小面馆"}})
	if l := x.listing(t, id); l.Name.Hans != "新开的小面馆" || l.Proposal != nil {
		t.Error("a draft waits for somebody")
	}
	owner.saved(id, "submit", url.Values{})
	if l := x.listing(t, id); l.State != listing.Submitted {
		t.Errorf("it is %s", l.State)
	}
	form.Set("merchant", "another")
	if a := owner.post("/my/shops/new", form); a.status != http.StatusNotFound {
		t.Errorf("for a merchant of others: %d", a.status)
	}
	if body := owner.get("/my?all=1").body; !strings.Contains(body, "新开的小面馆") {
		t.Error("the new shop is not in the list")
	}
}
