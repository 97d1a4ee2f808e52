package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

// said writes what a page tells of the way: kind, name, lines, the door it is before, the street it is at the corner of.
func said(groups []WayGroup) string {
	out := []string{}
	for _, g := range groups {
		for _, x := range g.Points {
			w := fmt.Sprintf("%s %s %s %s %s", g.Kind, x.Point.Name.Hans, strings.Join(x.Lines, "+"), x.Where, x.Door.String())
			if x.Cross != nil {
				w += " @" + x.Cross.Slug
			}
			out = append(out, strings.Join(strings.Fields(w), " "))
		}
	}
	return strings.Join(out, "; ")
}

// TestWay: what lies on a street by where it was entered, or near its drawn line; what is near a plaza; in words that people know.
func TestWay(t *testing.T) {
	d := newDistrict(t)
	point := func(id string, kind place.PointKind, name string, x place.Point) place.Point {
		x.Meta, x.Kind, x.Name = store.Meta{ID: id}, kind, lang.Text{Hans: name}
		x.Lines = append([]string{}, x.Lines...)
		return x
	}
	_, err := d.places.SavePoints(t.Context(), []place.Point{
		point("a", place.Toilet, "近旁", place.Point{Location: at(31.0091, 121.2320)}),
		point("b", place.Toilet, "太远", place.Point{Location: at(31.0097, 121.2320)}),                                                       // 67 m from the line
		point("c", place.Toilet, "登记在别的路上", place.Point{Location: at(31.0091, 121.2320), StreetID: "st-gy"}),                               // entered
		point("d", place.Parking, "没有位置", place.Point{StreetID: "st-zs", Address: "中山中路 1 号地下"}),                                           // no position
		point("e", place.BusStop, "谷阳路中山中路", place.Point{Location: at(31.0089, 121.2302), Lines: []string{"松江4路", "松江5路"}, Address: "对面"}), // the other side
		point("f", place.Water, "饮水", place.Point{Location: at(31.0091, 121.2320)}),                                                        // in the list of all only
	})
	d.must(err)
	d.pass(2 * Fresh)
	street, err := d.Street(t.Context(), "zhongshan", lang.Hans, d.now())
	d.must(err)
	if got, want := said(street.Way), "bus_stop 谷阳路中山中路 松江4路+松江5路 218 @guyang; parking 没有位置 中山中路 1 号地下; toilet 近旁"; got != want {
		t.Errorf("the street:\n%s\nwant\n%s", got, want)
	}
	other, err := d.Street(t.Context(), "guyang", lang.Hans, d.now())
	d.must(err)
	if got := said(other.Way); !strings.Contains(got, "登记在别的路上") || strings.Contains(got, "近旁") {
		t.Errorf("the other street: %s", got)
	}
	if far, err := d.Street(t.Context(), "yushu", lang.Hans, d.now()); err != nil || len(far.Way) != 0 {
		t.Errorf("a street that is not drawn: %s %v", said(far.Way), err)
	}
	plaza, err := d.Plaza(t.Context(), "luming", lang.Hans, d.now())
	d.must(err)
	if got := said(plaza.Way); !strings.HasPrefix(got, "bus_stop 谷阳路中山中路") || !strings.Contains(got, "近旁") || strings.Contains(got, "没有位置") {
		t.Errorf("the plaza: %s", got)
	}
	for _, g := range plaza.Way {
		if !slices.IsSortedFunc(g.Points, func(a, b WayPoint) int { return int(a.Metres - b.Metres) }) || g.Points[0].Metres < 0 || g.Points[len(g.Points)-1].Metres > AtPlaza {
			t.Errorf("%s: not the nearest first: %+v", g.Kind, g.Points)
		}
	}
	if nowhere, err := d.Plaza(t.Context(), "kaixin", lang.Hans, d.now()); err != nil || len(nowhere.Way) != 0 {
		t.Errorf("a plaza nobody knows where: %s %v", said(nowhere.Way), err)
	}
}

// TestWayTo: the last steps to a shop are of its plaza, or near its door; and never a toilet.
func TestWayTo(t *testing.T) {
	d := newDistrict(t)
	shop := func(slug string) *ShopPage {
		p, err := d.Shop(t.Context(), slug, lang.Hans, d.now())
		d.must(err)
		return &p
	}
	noodles := shop("noodles")
	door := *noodles.Listing.Location
	point := func(id string, kind place.PointKind, north float64) place.Point {
		x := place.Point{Kind: kind, Name: lang.Text{Hans: id}, Location: at(door.Lat+north, door.Lng), StreetID: noodles.Street.ID, Lines: []string{}}
		x.Meta = store.Meta{ID: id}
		return x
	}
	_, err := d.places.SavePoints(t.Context(), []place.Point{
		point("near", place.Parking, 0.001), point("gate", place.Entrance, 0.0001), point("far", place.Parking, 0.0015), point("toilet", place.Toilet, 0),
	})
	d.must(err)
	d.pass(2 * Fresh)
	way := func(x *ShopPage) string {
		got, _, err := d.WayTo(t.Context(), x, d.now())
		d.must(err)
		for _, g := range got {
			for _, p := range g.Points {
				if p.Metres != -1 {
					t.Errorf("%s is %v metres from somewhere", p.Point.ID, p.Metres)
				}
			}
		}
		return said(got)
	}
	if got := way(noodles); !strings.Contains(got, "parking near") || !strings.Contains(got, "entrance gate") || strings.Contains(got, "far") || strings.Contains(got, "toilet") {
		t.Errorf("in the street: %s", got)
	}
	gone := *noodles
	gone.Listing = &listing.Listing{State: listing.Closed, Location: noodles.Listing.Location}
	if got := way(&gone); got != "" {
		t.Errorf("to a shop that is gone: %s", got)
	}
	nowhere := *noodles
	nowhere.Listing = &listing.Listing{State: listing.Published}
	if got := way(&nowhere); got != "" {
		t.Errorf("to nowhere: %s", got)
	}
}
