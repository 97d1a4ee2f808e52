package web

import (
	"net/http"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

func (x *town) keep(t testing.TB, id string, h hours.Hours) {
	t.Helper()
	patch := listing.Patch{}
	if err := patch.Put("hours", h); err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Listings.Edit(t.Context(), access.System("test"), id, 0, patch); err != nil {
		t.Fatal(err)
	}
}

// noonAndEvening is open at noon and in the evening, on Saturdays at noon only, never on Sundays.
func noonAndEvening() hours.Hours {
	h := hours.Hours{Known: true}
	for d := range 5 {
		h.Week[d] = []hours.Span{{Open: 390, Close: 840}, {Open: 990, Close: 1290}}
	}
	h.Week[5] = []hours.Span{{Open: 390, Close: 840}}
	return h
}

func TestPrintPack(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	x.keep(t, id, noonAndEvening())
	pack := staff.page("/my/shops/" + id + "/print")
	l := x.shop(t, id)
	for _, want := range []string{"/shops/" + l.Slug + "/poster?size=a4", "/my/shops/" + id + "/print/card?size=a6", "/my/shops/" + id + "/print/hours?size=a5"} {
		if !strings.Contains(pack, want) {
			t.Errorf("the pack lacks %s", want)
		}
	}
	for _, prefix := range []string{"", "/zh-hant", "/en"} { // the sheets are in Chinese on each
		for path, want := range map[string]string{
			"/print/card": "poster-a6", "/print/card?size=a5": "poster-a5", "/print/hours": "poster-a5", "/print/hours?size=a4": "poster-a4",
		} {
			body := staff.page(prefix + "/my/shops/" + id + path)
			if !strings.Contains(body, want) || !strings.Contains(body, l.Name.Hans) || !strings.Contains(body, "shop.test/s/"+l.Code) {
				t.Errorf("%s%s: no %s with name and address", prefix, path, want)
			}
			if strings.HasPrefix(path, "/print/hours") && (!strings.Contains(body, "<dt>周一至周五</dt><dd><span>6:30–14:00</span><span>16:30–21:30</span></dd>") || !strings.Contains(body, "<dt>周日</dt>")) {
				t.Errorf("%s%s: the week is not there", prefix, path)
			}
		}
	}
	if a := staff.get("/my/shops/" + id + "/print/card?size=a3"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("A3 = %d", a.status)
	}
	if a := x.as(t, demo.Rival).get("/my/shops/" + id + "/print/card"); a.status != http.StatusNotFound {
		t.Errorf("a rival = %d", a.status)
	}
	x.keep(t, id, hours.Hours{})
	if pack := staff.page("/my/shops/" + id + "/print"); strings.Contains(pack, "/print/hours?") || !strings.Contains(pack, "营业时间还没有填") {
		t.Error("a sign of hours nobody knows is offered")
	}
	if a := staff.get("/my/shops/" + id + "/print/hours"); a.status != http.StatusNotFound {
		t.Errorf("the sign without hours = %d", a.status)
	}
}

func TestSignOfTheWeekAndOfHolidays(t *testing.T) {
	x := sampled(t)
	p := &speaker{Words: x.catalogue.In(lang.Hans), now: evening}
	write := func(lines []ui.SignLine) string {
		out := []string{}
		for _, l := range lines {
			words := strings.Join(l.Spans, " ")
			if l.Usual {
				words = "usual"
			}
			out = append(out, l.Days+": "+words)
		}
		return strings.Join(out, "; ")
	}
	if got := write(signWeek(p, noonAndEvening())); got != "周一至周五: 6:30–14:00 16:30–21:30; 周六: 6:30–14:00; 周日: " {
		t.Error(got)
	}
	daily := hours.Hours{Known: true}
	for d := range 7 {
		daily.Week[d] = []hours.Span{{Open: 540, Close: 1080}}
	}
	if got := write(signWeek(p, daily)); got != "每天: 9:00–18:00" {
		t.Error(got)
	}
	daily.ByClass = map[string][]hours.Span{"rest": {{Open: 600, Close: 1080}}}
	if got := write(signWeek(p, daily)); got != "周一至周五: 9:00–18:00; 周六至周日: 10:00–18:00" {
		t.Error(got)
	}

	// A holiday of eight days in the calendar of 2026: the first closed, the rest of it as always, and of the next nothing said.
	today := calendar.On(2026, 9, 20)
	h := noonAndEvening()
	lines, open := signHolidays(h, calendar.China(), today, p)
	if len(lines) != 0 || !open {
		t.Errorf("nothing said: %s %v", write(lines), open)
	}
	h.ByClass = map[string][]hours.Span{"holiday": {}}
	lines, open = signHolidays(h, calendar.China(), today, p)
	if got := write(lines); open || got != "中秋节（9 月 25 日至 9 月 27 日）: ; 国庆节（10 月 1 日至 10 月 7 日）: " {
		t.Errorf("closed on all of them, as on Sundays: %s %v", got, open)
	}
	h.ByClass = nil
	h.Special = []hours.Special{{From: "2026-10-01", To: "2026-10-03", Spans: []hours.Span{{Open: 600, Close: 840}}}, {From: "2026-10-04", To: "2026-10-04", Spans: []hours.Span{}}}
	for d := 5; d < 8; d++ {
		day := calendar.On(2026, 10, d)
		h.Special = append(h.Special, hours.Special{From: day.String(), To: day.String(), Spans: h.Week[day.FromMonday()]})
	}
	lines, open = signHolidays(h, calendar.China(), today, p)
	if got := write(lines); !open || got != "国庆节（10 月 1 日至 10 月 3 日）: 10:00–14:00; 国庆节（10 月 4 日至 10 月 7 日）: usual" {
		t.Errorf("shorter, and then as always: %s %v", got, open)
	}
}
