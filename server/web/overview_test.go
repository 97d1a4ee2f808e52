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
}
