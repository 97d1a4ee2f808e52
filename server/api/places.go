package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

// stamp writes an instant of the district as RFC 3339; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeFormat)
}

// Place is a street or a plaza.
type Place struct {
	ID       string       `json:"id"`
	Slug     string       `json:"slug"`
	URL      string       `json:"url"`
	Name     lang.Text    `json:"name"`
	Pinyin   string       `json:"pinyin"`
	Core     bool         `json:"core"` // of the district itself
	Shops    int          `json:"shops"`
	Open     int          `json:"open"`
	Area     string       `json:"area,omitempty"`
	Address  string       `json:"address,omitempty"`
	Aliases  []string     `json:"aliases,omitempty"`
	Location *Location    `json:"location,omitempty"`
	Floors   []PlaceFloor `json:"floors,omitempty"`
}

// PlaceFloor is a floor of a plaza.
type PlaceFloor struct {
	Level int    `json:"level"`
	Label string `json:"label"`
}

type places struct {
	Items []Place `json:"items"`
}

func (a *API) streets(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	found, err := a.directory.Streets(c.UserContext(), a.now())
	if err != nil {
		return err
	}
	out := places{Items: []Place{}}
	for _, x := range found {
		s := x.Street
		out.Items = append(out.Items, Place{ID: s.ID, Slug: s.Slug, URL: a.origin + "/streets/" + s.Slug, Name: s.Name, Pinyin: s.Pinyin, Core: s.Core, Shops: x.Total, Open: x.Open})
	}
	return send(c, out)
}

func (a *API) plazas(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	found, err := a.directory.Plazas(c.UserContext(), a.now())
	if err != nil {
		return err
	}
	out := places{Items: []Place{}}
	for _, area := range found {
		for _, x := range area.Plazas {
			out.Items = append(out.Items, a.plaza(x))
		}
	}
	return send(c, out)
}

func (a *API) plaza(x directory.PlaceCount) Place {
	z := x.Plaza
	v := Place{
		ID: z.ID, Slug: z.Slug, URL: a.origin + "/plazas/" + z.Slug, Name: z.Name, Pinyin: z.Pinyin, Core: z.Core, Shops: x.Total, Open: x.Open,
		Area: z.Area, Address: z.Address, Aliases: z.Aliases,
	}
	if z.Location != nil {
		v.Location = &Location{z.Location.Lat, z.Location.Lng, string(geo.WGS84), string(z.Location.Source), z.Location.AccuracyM}
	}
	for _, f := range z.Floors {
		v.Floors = append(v.Floors, PlaceFloor{f.Level, f.Label})
	}
	return v
}

// categories answers both axes of the taxonomy, and the tags.
func (a *API) categories(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	w := a.words()
	return send(c, struct {
		Groups     any `json:"groups"`
		Categories any `json:"categories"`
		Formats    any `json:"formats"`
		Tags       any `json:"tags"`
	}{w.Groups, w.Categories, w.Formats, w.Tags})
}

// points answers GET /api/v1/points: GeoJSON (RFC 7946) of service points and stops, by kind and inside a box.
func (a *API) points(c *fiber.Ctx) error {
	values, err := query(c, paramKind, paramBox)
	if err != nil {
		return err
	}
	kinds := []place.PointKind{}
	for _, k := range values[paramKind] {
		kind := place.PointKind(k)
		if !slices.Contains(place.PointKinds, kind) {
			return fault.Wrong(paramKind, "search.problem.value", map[string]any{"Value": short(k)})
		}
		kinds = append(kinds, kind)
	}
	groups, err := a.directory.Points(c.UserContext(), nil, a.now(), kinds...)
	if err != nil {
		return err
	}
	out := directory.GeoJSON(groups, a.calendar(), a.now())
	if text := values.Get(paramBox); text != "" {
		box, err := parseBox(text)
		if err != nil {
			return err
		}
		inside := []directory.Feature{}
		for _, f := range out.Features {
			if box.holds(f.Geometry.Coordinates) {
				inside = append(inside, f)
			}
		}
		out.Features = inside
	}
	return sendAs(c, "application/geo+json; charset=utf-8", out)
}

// box is west, south, east, north in WGS-84 degrees, in the order of RFC 7946.
type box [4]float64

func parseBox(text string) (box, error) {
	wrong := fault.Wrong(paramBox, "api.problem.bbox", nil)
	parts := strings.Split(text, ",")
	var b box
	if len(parts) != len(b) {
		return b, wrong
	}
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || f != f || f < -180 || f > 180 {
			return b, wrong
		}
		b[i] = f
	}
	if b[0] > b[2] || b[1] > b[3] || b[1] < -90 || b[3] > 90 {
		return b, wrong
	}
	return b, nil
}

func (b box) holds(at [2]float64) bool {
	return at[0] >= b[0] && at[0] <= b[2] && at[1] >= b[1] && at[1] <= b[3]
}
