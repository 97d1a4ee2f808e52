package web

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/demo"
	"shangquan/services/directory"
	"shangquan/services/geo"
	"shangquan/services/heritage"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

func TestAMarkThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	shop := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	owner, coord, anybody := x.as(t, demo.Owner), x.as(t, demo.Coordinator), x.as(t, "")
	mine, public := "/my/shops/"+shop.ID+"/heritage", "/shops/"+shop.Slug
	v := url.Values{"form": {"claim"}, "level": {"shanghai"}, "certificate": {"沪老 001"}, "issuer": {"市商务委"}, "founded": {"1999"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	if a := owner.upload(mine, v, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "要满 50 年") || !strings.Contains(a.body, `value="沪老 001"`) {
		t.Errorf("too young: %d %s", a.status, complaint(a.body))
	}
	v.Set("founded", "1926")
	if a := owner.post(mine, v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="claim-photo-error"`) {
		t.Errorf("without a picture: %d %s", a.status, complaint(a.body))
	}
	if a := owner.upload(mine, v, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusSeeOther {
		t.Fatalf("claimed: %d %s", a.status, complaint(a.body))
	}
	for _, who := range []string{demo.Manager, demo.Rival, demo.Liaison} {
		if a := x.as(t, who).get(mine); a.status != http.StatusNotFound {
			t.Errorf("%s opens the claim: %d", who, a.status)
		}
	}
	if strings.Contains(anybody.page(public), "沪老 001") {
		t.Error("the badge is there before anybody looked")
	}
	_, rest, _ := strings.Cut(coord.page("/desk/heritage"), "/desk/heritage/")
	id, _, _ := strings.Cut(rest, `"`)
	desk := "/desk/heritage/" + id
	has(t, "the desk", coord.page(desk), "1926", "手工泛丸")
	if a := coord.get(desk + "/evidence"); a.status != http.StatusOK {
		t.Errorf("the certificate: %d", a.status)
	}
	if _, err := x.services.Trail.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	trail, err := x.services.Trail.Of(t.Context(), audit.Ref{Kind: heritage.Kind, ID: id}, "", 10)
	if err != nil || !slices.ContainsFunc(trail.Items, func(e audit.Entry) bool { return e.Fact.Why == "evidence" }) {
		t.Errorf("nobody wrote down that the certificate was looked at: %v %v", trail.Items, err)
	}
	if a := owner.get(mine + "/evidence"); a.status != http.StatusOK {
		t.Errorf("the owner's own picture: %d", a.status)
	}
	step := func(form string, v url.Values) answer {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, coord.page(desk), form))
		return coord.post(desk, v)
	}
	review := time.Unix(0, x.clock.Load()).AddDate(0, 0, 30).Format(time.DateOnly)
	for _, s := range []struct {
		form   string
		v      url.Values
		status int
	}{
		{"return", url.Values{"reason": {""}}, http.StatusUnprocessableEntity},
		{"check", url.Values{}, http.StatusSeeOther},
		{"show", url.Values{"review": {"昨天"}}, http.StatusUnprocessableEntity},
		{"show", url.Values{"review": {review}}, http.StatusSeeOther},
		{"entry", url.Values{"year": {"1926"}, "text": {"开张"}, "source": {""}}, http.StatusUnprocessableEntity},
		{"entry", url.Values{"year": {"1926"}, "text": {"开张"}, "source": {"《松江县志》第 12 页"}}, http.StatusSeeOther},
	} {
		if a := step(s.form, s.v); a.status != s.status {
			t.Errorf("%s %v: %d %s", s.form, s.v, a.status, complaint(a.body))
		}
	}
	x.public(t)
	has(t, "the shop", anybody.page(public), "沪老 001", "/heritage/"+shop.Slug)
	has(t, "its history", anybody.page("/heritage/"+shop.Slug), "开张", "《松江县志》第 12 页", "手工泛丸")
	has(t, "the walk", anybody.page("/heritage/walk"), public)
	if strings.Contains(owner.page(mine), `id="claim"`) {
		t.Error("the owner can change what is shown")
	}
	x.wait(31 * 24 * time.Hour)
	x.public(t)
	if strings.Contains(anybody.page(public), "沪老 001") {
		t.Error("an overdue mark is still shown")
	}
	if a := anybody.get("/heritage/" + shop.Slug); a.status != http.StatusNotFound {
		t.Errorf("its history: %d", a.status)
	}
	coord = x.again(t, demo.Coordinator)
	has(t, "the desk", coord.page(desk), "过期没复核")
	if a := step("review", url.Values{"outcome": {"remove"}, "review": {""}, "words": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("withdrawn without a reason: %d", a.status)
	}
	if a := step("review", url.Values{"outcome": {"remove"}, "review": {""}, "words": {"换了行当"}}); a.status != http.StatusSeeOther {
		t.Errorf("withdrawn: %d %s", a.status, complaint(a.body))
	}
	has(t, "the owner", x.again(t, demo.Owner).page(mine), "换了行当", `id="claim"`)
}

func TestTheDistrictEntersTheMarkOfAShopWithoutAnOwner(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	owned := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	all, err := x.services.Listings.Mirror().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	free := ""
	for _, l := range all.Shops {
		if l.MerchantID == "" && l.Public() {
			free = l.Slug
		}
	}
	coord := x.as(t, demo.Coordinator)
	v := url.Values{"form": {"claim"}, "shop": {"/shops/" + owned.Slug}, "level": {"district"}, "issuer": {"区商务委"}, "founded": {"1926"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	send := func() answer {
		return coord.upload("/desk/heritage", v, upload{"photo", "a.jpg", picture(t, 800, 600)})
	}
	for _, shop := range []string{"/shops/" + owned.Slug, "/shops/none", ""} {
		v.Set("shop", shop)
		if a := send(); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="claim-shop-error"`) || !strings.Contains(a.body, "手工泛丸") {
			t.Errorf("%q: %d %s", shop, a.status, complaint(a.body))
		}
	}
	v.Set("shop", "/shops/"+free)
	if a := coord.post("/desk/heritage", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="claim-photo-error"`) {
		t.Errorf("without a picture: %d %s", a.status, complaint(a.body))
	}
	if a := send(); a.status != http.StatusSeeOther || !strings.Contains(coord.page(a.to), "手工泛丸") {
		t.Errorf("entered: %d %s", a.status, complaint(a.body))
	}
	if a := send(); a.status != http.StatusUnprocessableEntity {
		t.Errorf("entered twice: %d", a.status)
	}
}

// The old shops of the sample are there because the district names them, with nothing else, and not longer than their record.
func TestTheOldShopsThatAreOnlyNamed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	anybody := x.as(t, "")
	const shop, name = "/shops/cao-lu", "草庐"
	l := x.listing(t, idOf(t, x, "SJ1012"))
	has(t, "the shop", anybody.page(shop), "依据：商圈介绍", "期限是本站自己定的")
	for _, path := range []string{"/heritage", "/heritage/walk", "/?heritage=1"} {
		has(t, path, anybody.page(path), shop)
	}
	api := "/api/v1/listings/" + l.ID
	has(t, "the API", anybody.page(api), `"kind":"heritage"`)
	coord := x.as(t, demo.Coordinator)
	has(t, "the desk", coord.page("/desk/heritage"), name)
	_, rest, _ := strings.Cut(coord.page("/desk/heritage"), "/desk/heritage/")
	id, _, _ := strings.Cut(rest, `"`)
	desk := coord.page("/desk/heritage/" + id)
	has(t, "its record", desk, "导入后一年复核", "本土老字号")
	if strings.Contains(desk, "/evidence") || strings.Contains(desk, "0 年") || strings.Contains(desk, "创办") {
		t.Error("the record shows what nobody has")
	}
	if a := coord.get("/desk/heritage/" + id + "/evidence"); a.status != http.StatusNotFound {
		t.Errorf("the certificate there is none of: %d", a.status)
	}
	gone := func(why string) {
		t.Helper()
		x.public(t)
		for _, path := range []string{shop, "/heritage", "/heritage/walk", "/?heritage=1", api} {
			if body := anybody.page(path); strings.Contains(body, "依据：商圈介绍") || path != shop && path != api && strings.Contains(body, shop+`"`) || strings.Contains(body, `"kind":"heritage"`) {
				t.Errorf("%s: the mark is still on %s", why, path)
			}
		}
	}
	x.wait(366 * 24 * time.Hour)
	gone("overdue")
	if n, err := x.services.Heritage.Settle(t.Context()); err != nil || n != 0 {
		t.Errorf("%d pages put right, %v", n, err)
	}
	// One that came without a record, as from a file of an older version, ends at the next round.
	stray := []listing.Mark{{Kind: heritage.Kind, Level: "china", Issuer: "谁知道", ReviewOn: time.Unix(0, x.clock.Load()).AddDate(5, 0, 0).Format(time.DateOnly)}}
	other := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	if _, err := x.services.Listings.Bear(t.Context(), access.System("test"), other.ID, stray); err != nil {
		t.Fatal(err)
	}
	x.public(t)
	has(t, "a page with a stray mark", anybody.page("/shops/"+other.Slug), "谁知道")
	if n, err := x.services.Heritage.Settle(t.Context()); err != nil || n != 1 {
		t.Errorf("%d pages put right, %v", n, err)
	}
	x.public(t)
	if strings.Contains(anybody.page("/shops/"+other.Slug), "谁知道") {
		t.Error("a mark outlives the record it never had")
	}
}

func idOf(t *testing.T, x *town, code string) string {
	t.Helper()
	l, err := x.services.Listings.ByCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return l.ID
}

// The way from shop to shop is said along a straight line, past one whose position nobody knows.
func TestTheLegsOfAWalk(t *testing.T) {
	at := func(lng float64) *geo.Point { return &geo.Point{Lat: 31, Lng: lng} }
	legs, total := legsOf([]directory.Row{{}, {At: at(121.20)}, {}, {At: at(121.21)}, {At: at(121.21)}})
	if len(legs) != 5 || legs[0].from != 0 || legs[1].from != 0 || legs[2].from != 0 || legs[3].from != 2 || legs[4].from != 4 {
		t.Errorf("legs %+v", legs)
	}
	if math.Abs(legs[3].metres-953) > 2 || legs[4].metres != 0 || total != legs[3].metres {
		t.Errorf("%+v, %.0f metres together", legs, total)
	}
	x := sampled(t)
	p := &speaker{Words: x.catalogue.In(lang.Hans)}
	for metres, want := range map[float64]string{0: "10 米", 4: "10 米", 346: "350 米", 994: "990 米", 996: "1 公里", 1249: "1.2 公里", 23000: "23 公里"} {
		if got := far(p, metres); got != want {
			t.Errorf("%.0f: %s, want %s", metres, got, want)
		}
	}
}

func TestTheWalkSaysHowFar(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	all, err := x.services.Listings.Mirror().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	street, n := geo.Point{Lat: 31.006, Lng: 121.228}, 0
	for _, l := range all.Shops {
		// Far from the district there is no plan, and nothing on it to explain.
		if l.Location != nil && geo.Distance(l.Location.Point, street) < 1500 && l.Public() && n < 2 {
			if _, err := x.services.Heritage.Name(t.Context(), access.System("test"), l.ID, "名单"); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if n < 2 {
		t.Fatalf("%d shops have a position near the street", n)
	}
	x.public(t)
	page := x.as(t, "").page("/heritage/walk")
	has(t, "the walk", page, "过来，直线约", "直线连起来一共约", "家没有位置", "从一家到下一家的直线，不是走的路", "<svg")
	has(t, "in English", x.as(t, "").page("/en/heritage/walk"), "in a straight line", "not the way one walks")
}
