package web

import (
	"strings"
	"testing"

	"shangquan/services/listing"
)

// The seal on the poster says that the district has checked the shop: nobody else's word earns it.
func TestSealIsTheDistrictsOwn(t *testing.T) {
	for _, tt := range []struct {
		confirmed listing.Confirmed
		want      bool
	}{
		{listing.Confirmed{}, false},
		{listing.Confirmed{By: "source"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "source"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "owner"}, false},
		{listing.Confirmed{By: "coordinator"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "coordinator"}, true},
		{listing.Confirmed{On: "2026-10-13", By: "survey"}, true},
	} {
		if _, got := checked(&listing.Listing{Confirmed: tt.confirmed}); got != tt.want {
			t.Errorf("%+v: %v", tt.confirmed, got)
		}
	}
	if body := sampled(t).get(t, "/shops/yu-tian-cheng/poster"); strings.Contains(body, `class="seal"`) {
		t.Error("a shop from a public list has the seal of the district")
	}
}
