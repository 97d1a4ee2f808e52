package web

import (
	"mime"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/extract"
	"shangquan/services/fault"
)

func (s *Site) openDataRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/open-data", Handle: s.openDataPage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/open-data/:name", Handle: s.openDataFile, Kind: File, Rate: Dumps, Probe: "/open-data/none", Needs: access.PublicRead},
	}
}

// openDataName is the file of each format.
var openDataName = map[extract.OpenFormat]string{extract.OpenCSV: "shops.csv", extract.OpenJSON: "shops.json", extract.OpenGeoJSON: "shops.geojson"}

var openDataType = map[extract.OpenFormat]string{
	extract.OpenCSV: "text/csv; charset=utf-8", extract.OpenJSON: "application/json; charset=utf-8", extract.OpenGeoJSON: "application/geo+json; charset=utf-8",
}

// openPage is templates/pages/open-data.html.
type openPage struct {
	Base    ui.Base
	Title   string
	Lead    string
	Files   ui.Records
	Rules   []string
	Licence ui.Link
	Fields  []openField
}

// openField is a line of the dictionary.
type openField struct{ Key, Text string }

// openDataPage: GET /open-data: the files of the day, what stands in them and what one may do with them.
func (s *Site) openDataPage(c *fiber.Ctx) error {
	if s.services.Extracts == nil {
		return notThere()
	}
	p := s.speaker(c)
	v := openPage{Title: p.say("opendata.title"), Licence: ui.Link{Label: p.say("opendata.licence_name"), Href: "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"}}
	for _, f := range extract.OpenFormats {
		d, err := s.services.Extracts.Open(c.UserContext(), f)
		if err != nil {
			return err
		}
		v.Lead = p.say("opendata.lead", "N", d.Count, "Day", d.Day)
		v.Files.Items = append(v.Files.Items, ui.Record{
			Title: openDataName[f], Href: "/open-data/" + openDataName[f], Lines: []string{p.say("opendata.about." + string(f)), p.say("opendata.kib", "N", (d.Size+1023)/1024)},
		})
	}
	for _, key := range []string{"datum", "persons", "hours", "sources", "daily", "limits"} {
		v.Rules = append(v.Rules, p.say("opendata.rule."+key))
	}
	for _, key := range extract.OpenFields() {
		v.Fields = append(v.Fields, openField{key, p.say("opendata.field." + key)})
	}
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "open-data", v)
}

// openDataFile: GET /open-data/shops.csv, .json, .geojson.
func (s *Site) openDataFile(c *fiber.Ctx) error {
	if s.services.Extracts == nil {
		return notThere()
	}
	for f, name := range openDataName {
		if name == c.Params("name") {
			return s.sendDump(c, f)
		}
	}
	return fault.Missing()
}

func (s *Site) sendDump(c *fiber.Ctx, f extract.OpenFormat) error {
	d, err := s.services.Extracts.Open(c.UserContext(), f)
	if err != nil {
		return err
	}
	zip := negotiate(c.Request().Header.Peek(fiber.HeaderAcceptEncoding), []frontend.Encoding{frontend.Gzip}) == frontend.Gzip
	tag := `"` + d.Tag + `"`
	if zip {
		tag = `"` + d.Tag + `-gzip"`
	}
	h := &c.Response().Header
	h.Set(fiber.HeaderETag, tag)
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	h.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	h.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.Set(fiber.HeaderContentType, openDataType[f])
	h.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": openDataName[f]}))
	h.Set("X-Total-Count", strconv.Itoa(d.Count))
	if zip {
		h.Set(fiber.HeaderContentEncoding, "gzip")
		c.Response().SetBodyRaw(d.Packed)
		return nil
	}
	body, err := d.Unpacked()
	if err != nil {
		return err
	}
	return c.Send(body)
}
