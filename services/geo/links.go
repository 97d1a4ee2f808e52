package geo

import (
	"net/url"
	"strconv"
	"strings"
)

// Map is a map service or program a link can open.
type Map string

// The maps. Scheme is the geo: address, which asks the phone for its own map.
const (
	Amap    Map = "amap"    // 高德
	Baidu   Map = "baidu"   // 百度
	Tencent Map = "tencent" // 腾讯
	Apple   Map = "apple"
	Scheme  Map = "geo"
)

// Services lists the map services, in the order pages offer them where the district has not said another; Scheme is none.
var Services = []Map{Amap, Baidu, Tencent, Apple}

// Target is what a link shows: where, under which name.
type Target struct {
	Point
	Name    string
	Address string
	// City is needed by 百度 for a route: "上海".
	City string
}

// Marker returns the address that shows t on map m; from is the name of this site, which the services ask for. The pair is
// in the datum and the order the service reads by default, named explicitly where it has a parameter for that.
func Marker(m Map, t Target, from string) string {
	switch m {
	case Amap: // lng,lat GCJ-02
		return "https://uri.amap.com/marker?position=" + t.pair(GCJ02, true) + "&name=" + value(t.Name) +
			"&src=" + value(from) + "&coordinate=gaode&callnative=1"
	case Baidu: // lat,lng BD-09; title and content are required
		return "https://api.map.baidu.com/marker?location=" + t.pair(BD09, false) + "&title=" + value(t.Name) +
			"&content=" + value(t.described()) + "&output=html&coord_type=bd09ll&src=" + value(from)
	case Tencent: // lat,lng GCJ-02; title and addr are required
		return "https://apis.map.qq.com/uri/v1/marker?marker=coord:" + t.pair(GCJ02, false) + ";title:" + part(t.Name) +
			";addr:" + part(t.described()) + "&coord_type=2&referer=" + value(from)
	case Apple: // lat,lng; inside China the service counts in GCJ-02
		return "https://maps.apple.com/?ll=" + t.pair(GCJ02, false) + "&q=" + value(t.Name)
	case Scheme:
		at := t.pair(WGS84, false)
		return "geo:" + at + "?q=" + at + "(" + part(t.Name) + ")"
	}
	return ""
}

// Walk returns the address of the walking route to t on map m. The geo: scheme has no routes: its marker stands in.
func Walk(m Map, t Target, from string) string {
	switch m {
	case Amap:
		return "https://uri.amap.com/navigation?to=" + t.pair(GCJ02, true) + "," + part(t.Name) +
			"&mode=walk&coordinate=gaode&src=" + value(from) + "&callnative=1"
	case Baidu:
		return "https://api.map.baidu.com/direction?origin=" + value("我的位置") + "&destination=latlng:" + t.pair(BD09, false) +
			"%7Cname:" + part(t.Name) + "&mode=walking&region=" + value(t.City) + "&output=html&coord_type=bd09ll&src=" + value(from)
	case Tencent:
		return "https://apis.map.qq.com/uri/v1/routeplan?type=walk&tocoord=" + t.pair(GCJ02, false) + "&to=" + value(t.Name) +
			"&coord_type=2&referer=" + value(from)
	case Apple:
		return "https://maps.apple.com/?daddr=" + t.pair(GCJ02, false) + "&dirflg=w"
	case Scheme:
	}
	return Marker(m, t, from)
}

func (t Target) described() string {
	if t.Address == "" {
		return t.Name
	}
	return t.Address
}

// pair writes the position with six decimals, a tenth of a metre.
func (t Target) pair(d Datum, lngFirst bool) string {
	lat, lng := t.In(d)
	a, b := strconv.FormatFloat(lat, 'f', 6, 64), strconv.FormatFloat(lng, 'f', 6, 64)
	if lngFirst {
		a, b = b, a
	}
	return a + "," + b
}

// value encodes one parameter. A space becomes %20: some of the receiving programs show a plus sign as it is.
func value(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// separators are the signs that part a value inside one parameter. The services split after decoding, so encoding does not
// protect them; the full-width form reads the same and separates nothing.
var separators = strings.NewReplacer("|", "｜", ";", "；", ":", "：", ",", "，", "(", "（", ")", "）")

func part(s string) string { return value(separators.Replace(s)) }
