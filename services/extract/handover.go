package extract

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/access"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/sheet"
)

// Handover is a sheet for a service that shows shops elsewhere.
type Handover string

// The sheets.
const (
	Google Handover = "google" // the bulk template of Google Business Profile
	Maps   Handover = "maps"   // what 高德 and 大众点评 ask of a merchant
)

// Handovers lists the sheets.
var Handovers = []Handover{Google, Maps}

// Handover returns a sheet of the published shops that fit, for who keeps the register.
func (s *Service) Handover(ctx context.Context, by access.Actor, h Handover, f Filter, format sheet.Format) (File, error) {
	if err := access.Require(by, access.RegisterExport, access.Thing{Kind: listing.Kind}); err != nil {
		return File{}, err
	}
	f.State = listing.Published
	return s.handover(ctx, by, access.RegisterExport, h, f.fits, format)
}

// HandoverOf returns a sheet of shops of the actor: those of ids, published, for which they may print what the shop hands out.
func (s *Service) HandoverOf(ctx context.Context, by access.Actor, h Handover, ids []string, format sheet.Format) (File, error) {
	fits := func(l *listing.Listing) bool {
		return l.State == listing.Published && slices.Contains(ids, l.ID) && access.Require(by, access.ListingPrint, l.Thing()) == nil
	}
	return s.handover(ctx, by, access.ListingPrint, h, fits, format)
}

func (s *Service) handover(ctx context.Context, by access.Actor, act access.Action, h Handover, fits func(*listing.Listing) bool, format sheet.Format) (File, error) {
	p, err := s.places(ctx)
	if err != nil {
		return File{}, err
	}
	out := File{Format: format}
	table, line := googleTable, s.google
	if h == Maps {
		table, line = mapsTable, s.maps
	}
	rows := func(yield func([]string, error) bool) {
		for l, err := range s.each(ctx, fits, &out.Rows) {
			if err != nil {
				yield(nil, err)
				return
			}
			l = l.ForPublic()
			if !yield(line(&l, p), nil) {
				return
			}
		}
	}
	var body bytes.Buffer
	if err := table.Write(ctx, &body, format, iter.Seq2[[]string, error](rows)); err != nil {
		return File{}, err
	}
	return s.record(ctx, by, act, string(h), "", out, body.Bytes())
}

// googleTable has the columns of Google's template in its order (design 4.3); a column that is there and empty clears the value, as
// everywhere. Attributes, which differ by category and country, are not in it.
var googleTable = sheet.Table{Name: "Locations", Head: []string{
	"Store code", "Business name", "Address line 1", "Address line 2", "Address line 3", "Address line 4", "Address line 5", "Sub-locality", "Locality",
	"Administrative area", "Country / Region", "Postal code", "Latitude", "Longitude", "Primary phone", "Additional phones", "Website", "Primary category",
	"Additional categories", "Sunday hours", "Monday hours", "Tuesday hours", "Wednesday hours", "Thursday hours", "Friday hours", "Saturday hours",
	"Special hours", "From the business", "Opening date", "Logo photo", "Cover photo", "Other photos", "Labels", "AdWords location extensions phone",
}}

// maxFrom is how long the text of a business may be (Google Business Profile), in characters.
const maxFrom = 750

func (s *Service) google(l *listing.Listing, p places) []string {
	h := listing.ReliableHours(l, s.Now())
	phones := make([]string, len(l.Phones))
	for i, n := range l.Phones {
		phones[i] = phone.Number{Kind: n.Kind, Digits: n.Digits}.Display() // no field for an extension or a label
	}
	first, rest := "", ""
	if len(phones) > 0 {
		first, rest = phones[0], strings.Join(phones[1:], ", ")
	}
	lat, lng := "", ""
	if l.Location != nil {
		lat, lng = degrees(l.Location.Lat), degrees(l.Location.Lng)
	}
	category := ""
	for _, c := range s.Words().Categories {
		if c.ID == l.CategoryID {
			if category = c.Name.En; category == "" {
				category = c.Name.Hans
			}
		}
	}
	from := []rune(l.Description.Hans)
	row := []string{
		l.Code, l.Name.Hans, l.Address.Line, inside(l, p), "", "", "", s.County, s.City, s.City, "CN", l.Address.Postcode, lat, lng, first, rest, l.Website, category, "",
	}
	row = append(row, googleWeek(h)...)
	special := []hours.Special{}
	if h.Known {
		special = h.Special
	}
	return append(row, hours.FormatSpecialCell(special), string(from[:min(len(from), maxFrom)]), "", "", "", "", p.streets[l.Address.StreetID].Name.Hans, "")
}

// googleWeek is the week from Sunday on; unknown hours are empty.
func googleWeek(h hours.Hours) []string {
	out := make([]string, 7)
	if h.Known {
		for day := range 7 { // ours begins with Monday
			out[(day+1)%7] = hours.FormatCell(h.Week[day])
		}
	}
	return out
}

// mapsTable has what the forms for merchants of 高德 and 大众点评 ask for. The datum stands in the head: a pair of numbers without it
// puts a shop half a kilometre away.
var mapsTable = sheet.Table{Name: "门店", Head: []string{
	"门店名称", "别名", "门店编号", "类别", "城市", "区县", "地址", "所在商场", "楼层", "铺位", "电话", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "特殊日期",
	"经度（GCJ-02）", "纬度（GCJ-02）", "坐标系", "网址", "页面", "核对日期",
}}

func (s *Service) maps(l *listing.Listing, p places) []string {
	h := listing.ReliableHours(l, s.Now())
	week := make([]string, 7)
	special := ""
	if h.Known {
		for day := range 7 {
			if week[day] = hours.FormatCell(h.Week[day]); week[day] == "x" {
				week[day] = "休息"
			}
		}
		special = hours.FormatSpecialCell(h.Special)
	}
	lat, lng, datum := "", "", ""
	if l.Location != nil {
		y, x := l.Location.In(geo.GCJ02)
		lat, lng, datum = strconv.FormatFloat(y, 'f', 6, 64), strconv.FormatFloat(x, 'f', 6, 64), "GCJ-02"
	}
	category := ""
	for _, c := range s.Words().Categories {
		if c.ID == l.CategoryID {
			category = c.Name.Hans
		}
	}
	return slices.Concat(
		[]string{
			l.Name.Hans, strings.Join(l.Aliases, "；"), l.Code, category, s.City, s.County, l.Address.Line, p.plazas[l.Address.PlazaID].Name.Hans,
			place.LevelLabel(l.Address.Level), l.Address.Unit, phone.Format(l.Phones),
		},
		week, []string{special, lng, lat, datum, l.Website, s.Origin + "/shops/" + l.Slug, l.Confirmed.On},
	)
}

// inside is where in a plaza a shop is.
func inside(l *listing.Listing, p places) string {
	parts := []string{p.plazas[l.Address.PlazaID].Name.Hans, place.LevelLabel(l.Address.Level), l.Address.Unit}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
