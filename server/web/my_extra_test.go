package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/hours"
)

// TestExtraHours walks the extra hours of a shop: written, seen by customers, gone on a day of rest, restored, taken away.
func TestExtraHours(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	owner.saved(l.ID, "hours", hoursForm("same", map[string][]string{"all": {"540", "1260"}}))
	before := x.listing(t, l.ID).Confirmed
	if shop := owner.get("/my/shops/" + l.ID).body; strings.Count(shop, "可以不填") != 1 {
		t.Error("the list of what to fill in says that a shop has breakfast, or that it must")
	}
	a := owner.saved(l.ID, "extra/breakfast", hoursForm("same", map[string][]string{"all": {"390", "570"}}))
	if strings.Contains(owner.get("/my/shops/"+l.ID).body, "可以不填") {
		t.Error("what is filled in can be left out")
	}
	if a.to != "/my/shops/"+l.ID+"/extra?done=live" {
		t.Errorf("leads to %s", a.to)
	}
	owner.saved(l.ID, "extra/delivery", hoursForm("split", map[string][]string{"work": {"660", "1320"}}))
	list := owner.get("/my/shops/" + l.ID + "/extra").body
	for _, w := range []string{"每天 6:30–9:30", "周一至周五 11:00–22:00", "没写"} {
		if !strings.Contains(list, w) {
			t.Errorf("the list does not say %q", w)
		}
	}
	if page := x.publicPage(t, l.ID); !strings.Contains(page, "另外的时间") || !strings.Contains(page, "每天 6:30–9:30") || strings.Contains(page, "今天没有") {
		t.Error("customers do not see the breakfast, or see that there is none today")
	}
	if got := x.as(t, "").get("/api/v1/listings/" + l.ID).body; !strings.Contains(got, `"extra_hours":[{"kind":"breakfast","osm":"Mo-Su 06:30-09:30"},{"kind":"delivery","osm":"Mo-Fr 11:00-22:00`) {
		t.Errorf("programs do not read them: %s", got)
	}
	if now := x.listing(t, l.ID); now.Confirmed != before || len(now.ExtraHours) != 2 || now.Proposal != nil {
		t.Errorf("%+v", now.ExtraHours)
	}
	if h := owner.get("/my/shops/" + l.ID + "/history").body; !strings.Contains(h, "早餐 每天 6:30–9:30") {
		t.Error("the history does not say it in words")
	}

	today := x.now().Format("2006-01-02")
	owner.saved(l.ID, "special/day", url.Values{"from": {today}, "to": {today}})
	if page := x.publicPage(t, l.ID); !strings.Contains(page, "今天没有") {
		t.Error("there is breakfast on a day of rest")
	}

	kept := x.listing(t, l.ID).Rev
	if form := owner.get("/my/shops/" + l.ID + "/extra/breakfast").body; !strings.Contains(form, `value="clear"`) {
		t.Error("there is no way to take it away")
	}
	owner.saved(l.ID, "extra/breakfast", url.Values{"do": {"clear"}})
	if got := x.listing(t, l.ID).ExtraHours; len(got) != 1 || got[0].Kind != hours.Delivery {
		t.Errorf("after taking breakfast away: %+v", got)
	}
	if form := owner.get("/my/shops/" + l.ID + "/extra/breakfast").body; strings.Contains(form, `value="clear"`) {
		t.Error("what is not there can be taken away")
	}
	owner.saved(l.ID, "history/"+strconv.FormatInt(kept, 10), url.Values{})
	if _, ok := hours.ExtraOf(x.listing(t, l.ID).ExtraHours, hours.Breakfast); !ok {
		t.Error("breakfast did not come back")
	}
}

// TestExtraHoursMistakes: nothing typed is lost, nothing is stored; the small buttons and the preview work without a script.
func TestExtraHoursMistakes(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	path, rev := "/my/shops/"+l.ID+"/extra/lunch", strconv.FormatInt(l.Rev, 10)
	for _, tt := range []struct {
		form url.Values
		do   string
		code int
		says string
	}{
		{url.Values{}, "save", http.StatusUnprocessableEntity, "先选这一周怎么开"},
		{hoursForm("same", map[string][]string{"all": {"990", "570"}}), "save", http.StatusUnprocessableEntity, `value="all_0_close=1290"`},
		{hoursForm("same", map[string][]string{"all": {"660", "840"}}), "preview", http.StatusOK, "每天 11:00–14:00"},
		{hoursForm("same", map[string][]string{"all": {"660", "840"}}), "add:all", http.StatusOK, `name="all_1_open"`},
	} {
		tt.form.Set("rev", rev)
		tt.form.Set("do", tt.do)
		if a := owner.post(path, tt.form); a.status != tt.code || !strings.Contains(a.body, tt.says) {
			t.Errorf("%s %v: %d without %s", tt.do, tt.form, a.status, tt.says)
		}
	}
	if now := x.listing(t, l.ID); now.Rev != l.Rev {
		t.Error("something was stored")
	}
	if a := owner.get("/my/shops/" + l.ID + "/extra/happy"); a.status != http.StatusNotFound {
		t.Errorf("a kind nobody knows: %d", a.status)
	}
}

// TestExtraHoursConflict: who changed another kind is not bothered; of two who changed the same the second sees both, and may take what
// the first one did, even where that was to take it away.
func TestExtraHoursConflict(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.wait(60e9)
	owner, l := x.as(t, demo.Owner), x.shopOfOwner(t)
	first := owner.saved(l.ID, "extra/lunch", hoursForm("same", map[string][]string{"all": {"660", "840"}}))
	if first.status != http.StatusSeeOther {
		t.Fatal(first.status)
	}
	rev := strconv.FormatInt(x.listing(t, l.ID).Rev, 10)
	owner.saved(l.ID, "extra/lunch", url.Values{"do": {"clear"}})
	with := func(v url.Values, more ...string) url.Values {
		v.Set("rev", rev)
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	if a := owner.post("/my/shops/"+l.ID+"/extra/delivery", with(hoursForm("always", nil))); a.status != http.StatusSeeOther {
		t.Errorf("another kind: %d", a.status)
	}
	mine := hoursForm("same", map[string][]string{"all": {"600", "840"}})
	a := owner.post("/my/shops/"+l.ID+"/extra/lunch", with(mine))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "没写") || !strings.Contains(a.body, "午市 每天 10:00–14:00") {
		t.Fatalf("the same kind: %d", a.status)
	}
	kinds := func() []hours.ExtraKind {
		out := []hours.ExtraKind{}
		for _, e := range x.listing(t, l.ID).ExtraHours {
			out = append(out, e.Kind)
		}
		return out
	}
	rev = strconv.FormatInt(x.listing(t, l.ID).Rev, 10)
	if a := owner.post("/my/shops/"+l.ID+"/extra/lunch", with(mine, "keep.extra", "theirs")); a.status != http.StatusSeeOther || !slices.Equal(kinds(), []hours.ExtraKind{hours.Delivery}) {
		t.Errorf("theirs: %d %v", a.status, kinds())
	}
	if a := owner.post("/my/shops/"+l.ID+"/extra/lunch", with(mine, "keep.extra", "mine")); a.status != http.StatusSeeOther || !slices.Equal(kinds(), []hours.ExtraKind{hours.Lunch, hours.Delivery}) {
		t.Errorf("mine: %d %v", a.status, kinds())
	}
}
