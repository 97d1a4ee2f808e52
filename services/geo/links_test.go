package geo_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/geo"
)

var shop = geo.Target{Point: geo.Point{Lat: 31.006, Lng: 121.228}, Name: "余天成堂", Address: "中山中路 123 号", City: "上海"}

func TestLinks(t *testing.T) {
	const name = "%E4%BD%99%E5%A4%A9%E6%88%90%E5%A0%82"
	const addr = "%E4%B8%AD%E5%B1%B1%E4%B8%AD%E8%B7%AF%20123%20%E5%8F%B7"
	for _, c := range []struct{ name, got, want string }{
		{
			"高德", geo.Marker(geo.Amap, shop, "shangquan"),
			"https://uri.amap.com/marker?position=121.232414,31.003865&name=" + name + "&src=shangquan&coordinate=gaode&callnative=1",
		},
		{
			"百度", geo.Marker(geo.Baidu, shop, "shangquan"),
			"https://api.map.baidu.com/marker?location=31.009823,121.238941&title=" + name + "&content=" + addr + "&output=html&coord_type=bd09ll&src=shangquan",
		},
		{
			"腾讯", geo.Marker(geo.Tencent, shop, "shangquan"),
			"https://apis.map.qq.com/uri/v1/marker?marker=coord:31.003865,121.232414;title:" + name + ";addr:" + addr + "&coord_type=2&referer=shangquan",
		},
		{"Apple", geo.Marker(geo.Apple, shop, "shangquan"), "https://maps.apple.com/?ll=31.003865,121.232414&q=" + name},
		{"geo", geo.Marker(geo.Scheme, shop, "shangquan"), "geo:31.006000,121.228000?q=31.006000,121.228000(" + name + ")"},
		{
			"高德 walk", geo.Walk(geo.Amap, shop, "shangquan"),
			"https://uri.amap.com/navigation?to=121.232414,31.003865," + name + "&mode=walk&coordinate=gaode&src=shangquan&callnative=1",
		},
		{
			"百度 walk", geo.Walk(geo.Baidu, shop, "shangquan"),
			"https://api.map.baidu.com/direction?origin=%E6%88%91%E7%9A%84%E4%BD%8D%E7%BD%AE&destination=latlng:31.009823,121.238941%7Cname:" + name +
				"&mode=walking&region=%E4%B8%8A%E6%B5%B7&output=html&coord_type=bd09ll&src=shangquan",
		},
		{
			"腾讯 walk", geo.Walk(geo.Tencent, shop, "shangquan"),
			"https://apis.map.qq.com/uri/v1/routeplan?type=walk&tocoord=31.003865,121.232414&to=" + name + "&coord_type=2&referer=shangquan",
		},
		{"Apple walk", geo.Walk(geo.Apple, shop, "shangquan"), "https://maps.apple.com/?daddr=31.003865,121.232414&dirflg=w"},
		{"geo walk", geo.Walk(geo.Scheme, shop, "shangquan"), geo.Marker(geo.Scheme, shop, "shangquan")},
		{"unknown map", geo.Marker("paper", shop, "shangquan"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, c.got, c.want)
		}
	}
}

// Whatever a shop is called, its name stays one value: it adds no parameter and no part of a marker.
func TestLinksHoldAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := shop
		target.Name = rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("甲&?=#;:|,()/+% \"<'")), 1, 20, -1)).Draw(t, "name")
		plain := shop
		plain.Name = "x"
		for _, m := range append(slices.Clone(geo.Services), geo.Scheme) {
			for _, link := range []func(geo.Map, geo.Target, string) string{geo.Marker, geo.Walk} {
				got, want := link(m, target, "s"), link(m, plain, "s")
				u, err := url.Parse(got)
				if err != nil || u.Fragment != "" || strings.ContainsAny(got, " \"<>'") {
					t.Fatalf("%s: %v", got, err)
				}
				w, _ := url.Parse(want)
				if u.Host != w.Host || u.Path != w.Path || strings.Count(u.RawQuery, "&") != strings.Count(w.RawQuery, "&") {
					t.Fatalf("%s has another shape than %s", got, want)
				}
				decoded, err := url.QueryUnescape(u.RawQuery)
				if err != nil {
					t.Fatal(err)
				}
				if base, _ := url.QueryUnescape(w.RawQuery); m == geo.Tencent && link(m, plain, "s") == geo.Marker(m, plain, "s") &&
					strings.Count(decoded, ";") != strings.Count(base, ";") {
					t.Fatalf("a name parted the marker: %s", decoded)
				}
			}
		}
	})
}
