package web

import (
	"testing"

	"shangquan/services/lang"
)

// Where the district lies is a setting: no page says another city than the one of the deployment.
func TestCityIsASetting(t *testing.T) {
	x := sampled(t)
	shop, err := x.directory.Shop(t.Context(), "xing-ba-ke-song-jiang-wan-da-guang-chang-dian", lang.Hans, evening)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ city, county string }{{"上海市", "松江区"}, {"杭州市", "西湖区"}, {"", ""}} {
		s := &Site{config: x.config, calendar: x.calendar}
		s.config.Site.City, s.config.Site.County = tt.city, tt.county
		p := &speaker{Words: x.catalogue.In(lang.Hans), now: evening}
		address := s.shopJSONLD(p, &shop).(thing)["address"].(thing)
		city, said := address["addressRegion"]
		if county := address["addressLocality"]; said != (tt.city != "") || said && (city != tt.city || county != tt.county) {
			t.Errorf("%+v: %v", tt, address)
		}
	}
}
