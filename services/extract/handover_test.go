package extract

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/taxonomy"
)

var (
	service = New(Deps{
		Words: taxonomy.Default, Calendar: calendar.China, City: "上海市", County: "松江区", Origin: "https://shop.test",
		Now: func() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, calendar.Shanghai) },
	})
	known = places{map[string]place.Street{"s": {Name: lang.Text{Hans: "中山中路"}}}, map[string]place.Plaza{"p": {Name: lang.Text{Hans: "开元地中海"}}}}
)

func shop(t *testing.T) listing.Listing {
	t.Helper()
	l := listing.Listing{Code: "SJ0001", Slug: "lao-mian-guan", State: listing.Published, CategoryID: taxonomy.Default().Categories[0].ID}
	l.Name.Hans, l.Aliases = "老面馆", []string{"小面馆"}
	l.Address = listing.Address{Line: "中山中路 218 号", StreetID: "s", PlazaID: "p", Level: 1, Unit: "1F-06", Postcode: "201600"}
	l.Location = &geo.Location{Point: geo.Point{Lat: 31.006, Lng: 121.228}, Source: geo.WGS84}
	var err error
	if l.Phones, err = phone.Parse("021-5772 1664、400-820-8820"); err != nil {
		t.Fatal(err)
	}
	l.Hours.Known = true
	for d := range 6 { // closed on Sunday
		if l.Hours.Week[d], err = hours.ParseCell("11:30-14:00, 17:00-22:00"); err != nil {
			t.Fatal(err)
		}
	}
	if l.Hours.Special, err = hours.ParseSpecialCell("2026-12-31: 05:00-23:00, 2027-01-01: x"); err != nil {
		t.Fatal(err)
	}
	l.Confirmed = listing.Confirmed{On: "2026-10-01", By: "owner"}
	return l
}

func cells(head, row []string) map[string]string {
	out := map[string]string{}
	for i, h := range head {
		out[h] = row[i]
	}
	return out
}

func TestGoogleRow(t *testing.T) {
	l := shop(t)
	row := service.google(&l, known)
	if len(row) != len(googleTable.Head) {
		t.Fatalf("%d cells under %d columns", len(row), len(googleTable.Head))
	}
	got := cells(googleTable.Head, row)
	for column, want := range map[string]string{
		"Store code": "SJ0001", "Business name": "老面馆", "Address line 1": "中山中路 218 号", "Address line 2": "开元地中海 1F 1F-06", "Sub-locality": "松江区",
		"Locality": "上海市", "Country / Region": "CN", "Postal code": "201600", "Latitude": "31.006000", "Longitude": "121.228000", "Primary phone": "021-5772 1664",
		"Additional phones": "400-820-8820", "Sunday hours": "x", "Monday hours": "11:30-14:00, 17:00-22:00", "Saturday hours": "11:30-14:00, 17:00-22:00",
		"Special hours": "2026-12-31: 05:00-23:00, 2027-01-01: x", "Labels": "中山中路",
	} {
		if got[column] != want {
			t.Errorf("%s = %q, want %q", column, got[column], want)
		}
	}
	// The order of the template is what Google reads by (design 4.3).
	if order := strings.Join(googleTable.Head[7:17], ","); order != "Sub-locality,Locality,Administrative area,Country / Region,Postal code,Latitude,Longitude,Primary phone,Additional phones,Website" {
		t.Errorf("the order is %s", order)
	}
}

func TestUnknownHoursAreEmpty(t *testing.T) {
	for name, change := range map[string]func(*listing.Listing){
		"unknown": func(l *listing.Listing) { l.Hours = hours.Hours{} }, "confirmed too long ago": func(l *listing.Listing) { l.Confirmed.On = "2020-01-01" },
	} {
		l := shop(t)
		change(&l)
		google, maps := cells(googleTable.Head, service.google(&l, known)), cells(mapsTable.Head, service.maps(&l, known))
		for column, v := range map[string]string{"Sunday": google["Sunday hours"], "special": google["Special hours"], "周日": maps["周日"], "特殊日期": maps["特殊日期"]} {
			if v != "" {
				t.Errorf("%s: %s = %q, want nothing", name, column, v)
			}
		}
	}
}

func TestMapsRow(t *testing.T) {
	l := shop(t)
	row := service.maps(&l, known)
	if len(row) != len(mapsTable.Head) {
		t.Fatalf("%d cells under %d columns", len(row), len(mapsTable.Head))
	}
	got := cells(mapsTable.Head, row)
	lat, errLat := strconv.ParseFloat(got["纬度（GCJ-02）"], 64)
	lng, errLng := strconv.ParseFloat(got["经度（GCJ-02）"], 64)
	if back := geo.From(geo.GCJ02, lat, lng); errLat != nil || errLng != nil || geo.Distance(back, l.Location.Point) > 1 || math.Abs(lat-l.Location.Lat) < 0.001 {
		t.Errorf("the position is %s, %s", got["纬度（GCJ-02）"], got["经度（GCJ-02）"])
	}
	for column, want := range map[string]string{"坐标系": "GCJ-02", "所在商场": "开元地中海", "楼层": "1F", "周日": "休息", "电话": "021-5772 1664、400-820-8820", "页面": "https://shop.test/shops/lao-mian-guan"} {
		if got[column] != want {
			t.Errorf("%s = %q, want %q", column, got[column], want)
		}
	}
}

func TestOpenRowHoldsNoMobile(t *testing.T) {
	n := &openNames{known, map[string]string{}, map[string]string{}}
	for _, number := range []string{"13900007731", "139 0000 7731", "139-0000-7731", "+86 139 0000 7731", "1390 000 7731"} {
		l := shop(t)
		l.Name.Hans, l.Name.En, l.Address.Line, l.Address.Unit = "老王 "+number, number, "找老王"+number, number
		l.Phones = append(l.Phones, phone.Number{Kind: phone.Mobile, Digits: "+8613900007731"}, phone.Number{Kind: phone.Landline, Digits: "+862157721664", Label: number})
		if row := strings.Join(service.openRow(&l, n), "|"); strings.Contains(row, "7731") || !strings.Contains(row, "021-5772 1664") {
			t.Errorf("%s: %s", number, row)
		}
	}
}
