package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
	"shangquan/services/store"
)

// nobodys is a shop in public that has a telephone number and no owner.
func (x *town) nobodys(t testing.TB) listing.Listing {
	t.Helper()
	x.public(t)
	for n := 1; n <= 20; n++ {
		page, err := x.directory.Search(t.Context(), directory.Query{Page: n}, lang.Hans, evening)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			if l := x.listing(t, r.Listing.ID); l.MerchantID == "" && len(l.Phones) > 0 {
				return l
			}
		}
	}
	t.Fatal("every shop has an owner")
	return listing.Listing{}
}

// again signs somebody in anew: sessions of the district's people end, and a fresh one is freshly checked.
func (x *town) again(t testing.TB, key string) *browser {
	t.Helper()
	x.wait(time.Minute)
	in, err := open(t.Context(), x.services.Accounts, x.people[key], time.Unix(0, x.clock.Load()))
	if err != nil {
		t.Fatal(err)
	}
	x.sessions[key] = in
	return x.as(t, key)
}

// claimed sends a claim on a shop with one picture and returns it.
func (b *browser) claimed(slug string, v url.Values) merchant.Claim {
	b.t.Helper()
	a := b.upload("/shops/"+slug+"/claim", v, upload{"evidence", "licence.jpg", picture(b.t, 640, 480)})
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("claim = %d %s", a.status, complaint(a.body))
	}
	id := strings.TrimPrefix(strings.TrimSuffix(a.to, "?done=sent"), "/my/claims/")
	return b.x.claimNow(b.t, id)
}

func (x *town) claimNow(t testing.TB, id string) merchant.Claim {
	t.Helper()
	c, err := x.services.Merchants.Claim(t.Context(), x.actor(t, demo.Coordinator), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// step sends a form of the page of a claim over the revision it has now.
func (b *browser) step(id, form, do string, more url.Values) answer {
	b.t.Helper()
	v := url.Values{"rev": {revision(b.x.claimNow(b.t, id).Rev)}, "form": {form}, "do": {do}}
	for k, all := range more {
		v[k] = all
	}
	path := "/desk/claims/" + id
	if form == formSecond {
		path += "/agree"
	}
	return b.post(path, v)
}

func noodles() url.Values {
	return url.Values{"kind": {"individual"}, "name": {"陈记面馆"}, "person": {"陈阿婆"}, "phone": {"021-5780 0000"}, "evidence_kind": {"licence"}, "note": {"我开了十年"}}
}

// A claim is checked by a call to the number on record, approved, and then the claimant edits the shop.
func TestClaimApproved(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	rival, desk := x.as(t, demo.Rival), x.as(t, demo.Coordinator)
	if body := rival.page("/shops/" + l.Slug + "/claim"); !strings.Contains(body, `name="evidence"`) {
		t.Error("the form asks for no pictures")
	}
	c := rival.claimed(l.Slug, noodles())
	if body := rival.page("/my/claims/" + c.ID + "?done=sent"); !strings.Contains(body, l.Name.Hans) || !strings.Contains(body, "我开了十年") {
		t.Error("the claimant does not read what was sent")
	}
	if a := rival.get("/my/shops/" + l.ID); a.status != http.StatusNotFound {
		t.Errorf("a shop that is only claimed = %d", a.status)
	}
	if body := desk.page("/desk?kind=claim"); !strings.Contains(body, "/desk/claims/"+c.ID) {
		t.Error("the claim is not in the queue")
	}
	body := desk.page("/desk/claims/" + c.ID)
	for _, w := range []string{"陈记面馆", "陈阿婆", "我开了十年", l.Phones[0].Display(), "/desk/claims/" + c.ID + "/evidence/1"} {
		if !strings.Contains(body, w) {
			t.Errorf("the coordinator does not see %q", w)
		}
	}
	if a := desk.step(c.ID, formDecide, "approve", nil); a.status < 400 || x.claimNow(t, c.ID).State != merchant.ClaimSubmitted {
		t.Errorf("approved without a check: %d", a.status)
	}
	wrong := desk.step(c.ID, formCheck, "check", url.Values{"kind": {"call_back"}, "number": {"021-5780 0000"}, "note": {"留着这句"}})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, "留着这句") || !strings.Contains(wrong.body, "021-5780 0000") {
		t.Errorf("a call to the claimant's own number = %d, or what was typed is lost: %s", wrong.status, complaint(wrong.body))
	}
	if a := desk.step(c.ID, formCheck, "check", url.Values{"kind": {string(merchant.CallBack)}, "number": {l.Phones[0].Display()}, "note": {"老板娘接的"}}); a.to != "/desk/claims/"+c.ID+"?done=checked" {
		t.Fatalf("check = %d %s", a.status, complaint(a.body))
	}
	if body := desk.page("/desk/claims/" + c.ID); !strings.Contains(body, "老板娘接的") {
		t.Error("the call is not on the page")
	}
	if a := desk.post("/desk/claims/"+c.ID, url.Values{"rev": {revision(c.Rev)}, "form": {formDecide}, "do": {"approve"}}); a.status != http.StatusConflict {
		t.Errorf("approved over an old revision = %d", a.status)
	}
	if a := desk.step(c.ID, formDecide, "approve", nil); a.to != "/desk?done=approved" {
		t.Fatalf("approve = %d %s", a.status, complaint(a.body))
	}
	rival.saved(l.ID, "texts", url.Values{"description": {"现在归我写了。"}})
	if !strings.Contains(x.publicPage(t, l.ID), "现在归我写了。") {
		t.Error("customers do not see what the new owner wrote")
	}
	if body := rival.page("/my/claims/" + c.ID); strings.Contains(body, `value="withdraw"`) {
		t.Error("an approved claim can be withdrawn")
	}
}

// A claim that lacks something comes back with the reason, which its owner reads and mends.
func TestClaimReturned(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	rival, desk := x.as(t, demo.Rival), x.as(t, demo.Coordinator)
	c := rival.claimed(l.Slug, noodles())
	if a := desk.step(c.ID, formDecide, "return", nil); a.status != http.StatusUnprocessableEntity {
		t.Errorf("returned without a reason = %d", a.status)
	}
	if a := desk.step(c.ID, formDecide, "return", url.Values{"reason": {"执照拍糊了，重拍一张"}}); a.to != "/desk?done=returned" {
		t.Fatalf("return = %d %s", a.status, complaint(a.body))
	}
	body := rival.page("/my/claims/" + c.ID)
	if !strings.Contains(body, "执照拍糊了，重拍一张") || !strings.Contains(body, `value="陈记面馆"`) {
		t.Error("the claimant reads no reason, or has to type everything again")
	}
	again := noodles()
	again.Set("rev", revision(x.claimNow(t, c.ID).Rev))
	again.Set("form", "again")
	again.Set("do", "again")
	again.Set("name", "陈记面馆总店")
	a := rival.upload("/my/claims/"+c.ID, again, upload{"evidence", "again.jpg", picture(t, 800, 600)})
	if a.to != "/my/claims/"+c.ID+"?done=again" {
		t.Fatalf("again = %d %s", a.status, complaint(a.body))
	}
	if now := x.claimNow(t, c.ID); now.State != merchant.ClaimSubmitted || len(now.Evidence) != 2 || now.Name.Hans != "陈记面馆总店" {
		t.Errorf("sent again: %+v", now)
	}
	rival.done("/my/claims/"+c.ID, url.Values{"rev": {revision(x.claimNow(t, c.ID).Rev)}, "form": {"withdraw"}, "do": {"withdraw"}})
	if st := x.claimNow(t, c.ID).State; st != merchant.ClaimWithdrawn {
		t.Errorf("withdrawn: %s", st)
	}
}

// Nothing typed into a claim is lost to a mistake, and pictures of a claim that was not taken are not kept.
func TestClaimMistakes(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	rival := x.as(t, demo.Rival)
	v := noodles()
	v.Set("credit_code", "91310117X")
	for name, files := range map[string][]upload{
		"no picture":  nil,
		"wrong code":  {{"evidence", "a.jpg", picture(t, 64, 64)}},
		"not a photo": {{"evidence", "a.jpg", []byte("<svg onload=alert(1)>")}},
		"too many":    {{"evidence", "a.jpg", picture(t, 64, 64)}, {"evidence", "b.jpg", picture(t, 64, 64)}, {"evidence", "c.jpg", picture(t, 64, 64)}, {"evidence", "d.jpg", picture(t, 64, 64)}},
	} {
		a := rival.upload("/shops/"+l.Slug+"/claim", v, files...)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d", name, a.status)
		}
		for _, kept := range []string{"陈记面馆", "陈阿婆", "我开了十年", "91310117X"} {
			if !strings.Contains(a.body, kept) {
				t.Errorf("%s: %q is lost", name, kept)
			}
		}
	}
	mine, err := x.services.Merchants.MyClaims(t.Context(), x.actor(t, demo.Rival))
	if err != nil || len(mine) != 0 {
		t.Errorf("claims = %d, %v", len(mine), err)
	}
}

// HTT-13: three claims are taken in an hour, of one person wherever they are and of one address whoever is there; the one too many keeps
// what was typed, and mistakes are free.
func TestHTT13ClaimsAreFew(t *testing.T) {
	t.Parallel()
	x := peopled(t, "RATE_FACTOR", "1", "TRUSTED_PROXIES", "0.0.0.0")
	x.public(t)
	shops := []string{}
	for l, err := range listing.Declare(x.db).Each(t.Context(), store.Where("state", store.Eq, string(listing.Published))) {
		if err != nil {
			t.Fatal(err)
		}
		if l.MerchantID == "" {
			shops = append(shops, "/shops/"+l.Slug+"/claim")
		}
	}
	small := upload{"evidence", "licence.jpg", picture(t, 64, 64)}
	rival := x.as(t, demo.Rival)
	for i := range 3 {
		rival.addr = "203.0.113." + strconv.Itoa(i+1)
		if a := rival.upload(shops[i], url.Values{"kind": {"individual"}}, small); a.status != http.StatusUnprocessableEntity {
			t.Fatalf("a mistake = %d", a.status)
		}
		if a := rival.upload(shops[i], noodles(), small); a.status != http.StatusSeeOther {
			t.Fatalf("claim %d = %d %s", i+1, a.status, complaint(a.body))
		}
	}
	rival.addr = "203.0.113.9"
	a := rival.upload(shops[3], noodles(), small)
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "3600" || !strings.Contains(a.body, "陈阿婆") || !strings.Contains(a.body, "最多送出 3 份认领") {
		t.Errorf("the fourth from another address = %d, Retry-After %q: %s", a.status, a.header.Get("Retry-After"), complaint(a.body))
	}
	for i, who := range []string{demo.Owner, demo.Owner, demo.Manager, demo.Staff} {
		b := x.as(t, who)
		b.addr = "203.0.113.9"
		want := http.StatusSeeOther
		if i == 3 {
			want = http.StatusTooManyRequests
		}
		if a := b.upload(shops[4+i], noodles(), small); a.status != want {
			t.Errorf("claim %d from one address = %d, want %d", i+1, a.status, want)
		}
	}
	x.wait(time.Hour)
	if a := x.again(t, demo.Rival).upload(shops[3], noodles(), small); a.status != http.StatusSeeOther {
		t.Errorf("an hour later = %d", a.status)
	}
}

// HTT-13: somebody who signed in writes 30 times a minute, however many addresses they have.
func TestHTT13WritesOfOnePerson(t *testing.T) {
	t.Parallel()
	x := peopled(t, "RATE_FACTOR", "1", "TRUSTED_PROXIES", "0.0.0.0")
	owner := x.as(t, demo.Owner)
	write := func(b *browser, i int) int {
		b.addr = "203.0.113." + strconv.Itoa(i)
		return b.post("/account/asks", url.Values{"form": {askForm}}).status
	}
	for i := range 30 {
		if got := write(owner, i); got != http.StatusUnprocessableEntity {
			t.Fatalf("write %d = %d", i+1, got)
		}
	}
	if got := write(owner, 31); got != http.StatusTooManyRequests {
		t.Errorf("the 31st in a minute = %d", got)
	}
	if got := write(x.as(t, demo.Rival), 32); got != http.StatusUnprocessableEntity {
		t.Errorf("somebody else = %d", got)
	}
	x.wait(time.Minute)
	if got := write(owner, 33); got != http.StatusUnprocessableEntity {
		t.Errorf("a minute later = %d", got)
	}
}

// A shop that has an owner goes to another only when its owner was told, 72 hours are over, and two people of the district agree.
func TestClaimOfOwnedShop(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	desk := x.as(t, demo.Coordinator)
	c := x.as(t, demo.Rival).claimed(l.Slug, noodles())
	if c.State != merchant.ClaimDisputed || !strings.Contains(x.as(t, demo.Owner).page("/my/merchants/"+l.MerchantID), "dispute-"+c.ID) {
		t.Fatalf("the owner is not told: %s", c.State)
	}
	owner := x.as(t, demo.Owner)
	owner.done("/my/merchants/"+l.MerchantID, url.Values{"rev": {revision(c.Rev)}, "form": {"dispute-" + c.ID}, "claim": {c.ID}, "do": {"no"}, "why": {"店一直是我的"}})
	if body := desk.page("/desk/claims/" + c.ID); !strings.Contains(body, "店一直是我的") {
		t.Error("the coordinator does not read the answer of the owner")
	}
	if a := desk.step(c.ID, formCheck, "check", url.Values{"kind": {string(merchant.Visit)}, "note": {"去过店里"}}); a.status != http.StatusSeeOther {
		t.Fatalf("check = %d %s", a.status, complaint(a.body))
	}
	if a := desk.step(c.ID, formDecide, "approve", nil); a.status < 400 {
		t.Errorf("one person gives away a shop that has an owner: %d", a.status)
	}
	if a := desk.step(c.ID, formPropose, "propose_yes", url.Values{"why": {"租约在他手里"}}); a.status < 400 || !strings.Contains(a.body, "租约在他手里") {
		t.Errorf("proposed before 72 hours, or the words are lost: %d", a.status)
	}
	x.wait(72*time.Hour + time.Minute)
	desk = x.again(t, demo.Coordinator)
	if a := desk.step(c.ID, formPropose, "propose_yes", url.Values{"why": {"租约在他手里"}}); a.to != "/desk/claims/"+c.ID+"?done=proposed" {
		t.Fatalf("propose = %d %s", a.status, complaint(a.body))
	}
	if a := desk.step(c.ID, formSecond, "", nil); a.status < 400 || !strings.Contains(a.body, "要两个人来定") {
		t.Errorf("the same person twice = %d %s", a.status, complaint(a.body))
	}
	if now := x.claimNow(t, c.ID); now.State != merchant.ClaimProposed {
		t.Fatalf("state = %s", now.State)
	}
	if by := x.shopOfOwner(t).MerchantID; by != l.MerchantID {
		t.Fatal("the shop has moved already")
	}
	second := x.again(t, demo.Second)
	if a := second.step(c.ID, formSecond, "", nil); a.to != "/desk?done=approved" {
		t.Fatalf("agree = %d %s", a.status, complaint(a.body))
	}
	if by := x.shopOfOwner(t).MerchantID; by == l.MerchantID || by == "" {
		t.Error("the shop has not moved")
	}
	if a := x.again(t, demo.Owner).get("/my/shops/" + l.ID); a.status != http.StatusNotFound {
		t.Errorf("the former owner still opens it: %d", a.status)
	}
	x.again(t, demo.Rival).page("/my/shops/" + l.ID)
}

// Pictures that prove a claim are for who decides, and nobody else learns that they are there (UPL-06).
func TestEvidenceIsForTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	c := x.as(t, demo.Rival).claimed(x.nobodys(t).Slug, noodles())
	path := "/desk/claims/" + c.ID + "/evidence/"
	a := x.as(t, demo.Coordinator).get(path + "1")
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" || a.header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture = %d %v", a.status, a.header)
	}
	for _, n := range []string{"0", "2", "-1", "x", "1.jpg"} {
		if a := x.as(t, demo.Coordinator).get(path + n); a.status != http.StatusNotFound {
			t.Errorf("picture %s = %d", n, a.status)
		}
	}
	for _, who := range []string{demo.Owner, demo.Manager, demo.Staff, demo.Rival, demo.Plaza, demo.Liaison} {
		for _, p := range []string{path + "1", path + "9", "/desk/claims/none/evidence/1"} {
			if a := x.as(t, who).get(p); a.status != http.StatusNotFound || strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
				t.Errorf("%s gets %s: %d", who, p, a.status)
			}
		}
	}
	if a := x.as(t, "").get(path + "1"); a.status != http.StatusSeeOther && a.status != http.StatusNotFound {
		t.Errorf("a visitor gets the picture: %d", a.status)
	}
}

// The code of a letter makes whoever has it the owner, once; a wrong one and a wrong shop answer alike and lose nothing.
func TestLetterRedeemed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	g, code, err := x.services.Merchants.Grant(t.Context(), x.actor(t, demo.Coordinator), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	rival := x.as(t, demo.Rival)
	if body := rival.page("/letter?shop=" + l.Code); !strings.Contains(body, `value="`+l.Code+`"`) || strings.Contains(body, code) {
		t.Error("the shop of the letter is not filled in")
	}
	v := noodles()
	v.Set("shop", l.Code)
	v.Set("code", "AAAA-AAAA")
	a := rival.post("/letter", v)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#code"`) || !strings.Contains(a.body, "陈记面馆") {
		t.Errorf("a wrong code = %d %s", a.status, complaint(a.body))
	}
	v.Set("shop", "ZZ999")
	if b := rival.post("/letter", v); b.status != a.status || !strings.Contains(b.body, `href="#code"`) {
		t.Errorf("a shop that does not exist answers otherwise: %d", b.status)
	}
	v.Set("shop", l.Code)
	v.Set("code", strings.ToLower(code))
	if to := rival.done("/letter", v); to != "/my?done=joined" {
		t.Errorf("leads to %s", to)
	}
	rival.page("/my/shops/" + l.ID)
	if a := x.as(t, demo.Plaza).post("/letter", v); a.status < 400 {
		t.Errorf("the code works twice: %d", a.status)
	}
	if body := x.as(t, demo.Coordinator).page("/desk/grants/" + l.ID); !strings.Contains(body, strconv.Itoa(g.CreatedAt.Day())) || strings.Contains(body, code) {
		t.Error("the desk does not list the code, or shows it again")
	}
}

// A credit code is judged beside the field, by the script as it is typed and by the server when asked; whose it is already is told only to
// who may read that merchant.
func TestCreditCodeAsTyped(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	owner, rival := x.as(t, demo.Owner), x.as(t, demo.Rival)
	path := "/shops/" + l.Slug + "/claim"
	page := rival.page(path)
	for _, want := range []string{`id="credit_code-said" data-module="creditcode" data-of="credit_code"`, `data-letter="第 {n} 位的“{c}”`, `data-individual="号码对得上，是个体工商户的。"`, `data-other="号码对得上。"`, `aria-live="polite"`, `credit_code-said"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	const code = "91350100M000100Y43"
	mine, err := x.services.Merchants.Mine(t.Context(), x.actor(t, demo.Owner))
	if err != nil || len(mine) == 0 {
		t.Fatal(len(mine), err)
	}
	private, err := x.services.Merchants.Private(x.actor(t, demo.Coordinator), mine[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Merchants.Edit(t.Context(), x.actor(t, demo.Coordinator), mine[0].ID, mine[0].Rev, merchant.Draft{Kind: mine[0].Kind, Name: mine[0].Name, CreditCode: code, Private: private}); err != nil {
		t.Fatal(err)
	}
	check := func(b *browser, typed string) string {
		t.Helper()
		v := noodles()
		v.Set("credit_code", typed)
		v.Set("kind", string(merchant.Company))
		v.Set("do", "check")
		return b.upload(path, v).body
	}
	for typed, want := range map[string]string{code: "号码对得上，是企业的。", "91350100M000100Y44": "信用代码里有一位抄错了", "9135O100M000100Y43": "第 5 位的“O”"} {
		if body := check(rival, typed); !strings.Contains(body, want) {
			t.Errorf("%s: %s", typed, complaint(body))
		}
	}
	if !strings.Contains(check(owner, code), "登记过") {
		t.Error("the owner is not warned of the own code")
	}
	if strings.Contains(check(rival, code), "登记过") {
		t.Error("a stranger learns who is registered here")
	}
}
