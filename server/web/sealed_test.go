package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/integrity"
	"shangquan/services/store"
)

// What somebody changes in the database of what shops, stations and organisations open to everybody is on no page, and is found.
func TestOpenedThingsAreSealed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	owner, lian, anybody := x.as(t, demo.Owner), x.as(t, demo.Liaison), x.as(t, "")
	owner.done("/my/shops/"+x.people[demo.Owner].ListingIDs[0]+"/points", url.Values{"kind": {"water"}, "do": {"open"}, "note": {"进门右手边"}})
	station, _ := x.room(t, lian)
	lian.done(station+"/hours", everyDay(hiddenOf(t, lian.page(station+"/hours"), "rev")))
	x.letThrough(t, station)
	own := x.member(t, demo.Owner)
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	mine := "/my/resources/" + own
	space, _, _ := strings.Cut(owner.done(mine, url.Values{"form": {"post"}, "side": {"offered"}, "kind": {"hall"}, "title": {"三楼活动厅"}, "times": {"每天 18:00-21:00"}}), "?")
	owner.done(space, url.Values{"form": {"show"}})
	for _, c := range []struct{ collection, path, said, forged string }{
		{"open_points", "/points", "进门右手边", "出门左手边"}, {"stations", "/station/yunjian", "中山中路 1 号", "假路 9 号"}, {"resources", "/spaces", "三楼活动厅", "假活动厅"},
	} {
		has(t, c.collection, anybody.page(c.path), c.said)
		x.past(t, "UPDATE "+c.collection+" SET _doc = replace(_doc, ?, ?)", c.said, c.forged)
		x.wait(61 * time.Second) // pages are kept for a minute
		if body := anybody.page(c.path); strings.Contains(body, c.forged) || !strings.Contains(body, c.said) {
			t.Errorf("%s: the page says what somebody wrote into the database", c.collection)
		}
		r, err := x.services.Integrity.Verify(t.Context())
		if err != nil || !slices.ContainsFunc(r.Findings, func(f integrity.Finding) bool { return f.Collection == c.collection && f.Condition == store.Altered }) {
			t.Errorf("%s: not found: %+v %v", c.collection, r.Findings, err)
		}
	}
}
