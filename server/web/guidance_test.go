package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/place"
)

// What the district suggests for a unit is discussed and adopted or not, on the page of the unit; only its coordinators and the administrator
// read it.
func TestGuidanceThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.shop(t, x.people[demo.Owner].ListingIDs[0])
	u, err := x.services.Streets.AddUnit(t.Context(), x.actor(t, demo.Coordinator), place.Unit{StreetID: l.Address.StreetID, Number: "9998"})
	if err != nil {
		t.Fatal(err)
	}
	unit := "/desk/units/" + u.ID
	send := unit + "/guidance"
	desk, admin := x.as(t, demo.Coordinator), x.as(t, demo.Admin)
	if a := desk.post(send, url.Values{"form": {"suggest"}, "text": {" "}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="suggest-text-error"`) {
		t.Errorf("nothing suggested: %d %s", a.status, complaint(a.body))
	}
	if to := desk.done(send, url.Values{"form": {"suggest"}, "text": {"这里少一家早点铺"}}); to != unit+"?done=guidance" {
		t.Error(to)
	}
	list, err := x.services.Guidance.Of(t.Context(), x.actor(t, demo.Coordinator), u.ID)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	form := "note-form-" + list[0].ID
	page := admin.page(unit)
	has(t, "the administrator", page, "这里少一家早点铺", "提出了", "演示协管员", "/desk/care/new?unit="+u.ID)
	step := func(by *browser, to, text string) answer {
		t.Helper()
		return by.post(send, url.Values{"form": {form}, "note": {list[0].ID}, "rev": {revOf(t, by.page(unit), form)}, "to": {to}, "text": {text}})
	}
	if a := step(desk, "adopted", "好"); a.status != http.StatusConflict {
		t.Errorf("adopted before it was discussed: %d", a.status)
	}
	if a := step(admin, "discussed", "房东愿意"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	if a := step(desk, "declined", ""); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+form+`-text-error"`) {
		t.Errorf("declined without a reason: %d", a.status)
	}
	if a := step(desk, "declined", "排烟装不了"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	page = desk.page(unit)
	has(t, "declined", page, "没采纳", "房东愿意", "排烟装不了")
	if strings.Contains(page, `id="`+form+`"`) {
		t.Error("it can be decided twice")
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.as(t, who).post(send, url.Values{"form": {"suggest"}, "text": {"早点铺"}}); a.status != http.StatusNotFound {
			t.Errorf("%s suggests: %d", who, a.status)
		}
	}
	item := desk.done("/desk/care/new", url.Values{"form": {"item"}, "kind": {"shopfront"}, "unit": {u.ID}, "text": {"卷帘门坏了"}})
	has(t, "street care at the unit", desk.page(item), "9998", "卷帘门坏了")
}
