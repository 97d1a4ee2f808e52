package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/insight"
	"shangquan/services/listing"
)

func TestOverview(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	for _, tt := range []struct{ path, want string }{{"/desk/overview", "商圈概况"}, {"/zh-hant/desk/overview", "商圈概況"}, {"/en/desk/overview", "Published shops"}} {
		body := x.as(t, demo.Coordinator).page(tt.path)
		if !strings.Contains(body, tt.want) || strings.Count(body, "<figure") < 2 || strings.Contains(body, "NaN") {
			t.Errorf("%s: %d figures, %s", tt.path, strings.Count(body, "<figure"), complaint(body))
		}
	}
	for _, who := range []string{demo.Owner, demo.Liaison, demo.Admin} {
		if a := x.as(t, who).get("/desk/overview"); a.status != http.StatusNotFound {
			t.Errorf("%s sees the overview: %d", who, a.status)
		}
	}
	// What happens in the district shows: a closing, and the months that were counted.
	if _, err := x.services.Overview.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Listings.Close(t.Context(), access.System("test"), id, l.Rev, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		x.services.Insight.Missed("修手表", x.services.Insight.Visitor(insight.Request{Client: netip.AddrFrom4([4]byte{114, byte(80 + n), 3, 1}), Agent: "Mozilla/5.0 telephone", Language: "zh"}))
	}
	if err := x.services.Insight.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.wait(31 * 24 * time.Hour)
	x.public(t)
	if _, err := x.services.Overview.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := x.again(t, demo.Coordinator)
	body := in.page("/desk/overview")
	for _, want := range []string{"关了 1 家", "每月底的店数", "修手表", "全部 1 个词"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// K20: how shops sold at each place, as it was counted at the ends of months and quarters.
	st := x.streetOf(t, x.people[demo.Rival].ListingIDs[0])
	has(t, "the overview leads to the mix", body, `href="/desk/overview/mix"`)
	has(t, "all places", in.page("/desk/overview/mix"), "/desk/overview/mix?at="+st.Slug, "从 2026 年 10 月开始记", "<figure")
	page := in.page("/desk/overview/mix?at=" + st.Slug)
	has(t, "a street", page, st.Name.Hans+"的业态", "<figure", "2026/10", "2026/11")
	if strings.Contains(page, "2026/9") {
		t.Error("it tells of a month in which nobody counted")
	}
	// October ended a month and no quarter: the quarter stands as it is by now.
	if page = in.page("/desk/overview/mix?at=" + st.Slug + "&by=quarter"); strings.Contains(page, `<th scope="row">2026/10`) || !strings.Contains(page, "2026/11") {
		t.Error("the quarter ends in October")
	}
	if a := in.get("/desk/overview/mix?at=none"); a.status != http.StatusNotFound {
		t.Errorf("a street that is none: %d", a.status)
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.again(t, who).get("/desk/overview/mix"); a.status != http.StatusNotFound {
			t.Errorf("%s sees the mix: %d", who, a.status)
		}
	}
}
