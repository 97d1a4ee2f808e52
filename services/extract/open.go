package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/sheet"
	"shangquan/services/taxonomy"
)

// OpenFormat is a format of the open data.
type OpenFormat string

// The formats.
const (
	OpenCSV     OpenFormat = "csv"
	OpenJSON    OpenFormat = "json"
	OpenGeoJSON OpenFormat = "geojson" // RFC 7946; only shops whose position is known
)

// OpenFormats lists the formats.
var OpenFormats = []OpenFormat{OpenCSV, OpenJSON, OpenGeoJSON}

// Dump is the open data of a day in one format: every published shop, without what belongs to a person. No mobile number is in it,
// consented or not: a consent is for the page of the shop. Packed is gzip; Tag changes with the content.
type Dump struct {
	Day    string
	Count  int
	Size   int // unpacked
	Packed []byte
	Tag    string
}

// openData keeps the dumps of the day.
type openData struct {
	mu    sync.Mutex
	dumps map[OpenFormat]*Dump
}

// openFields is the dictionary: the columns of the table and the properties of the objects, in this order. The words that explain
// them are the catalogue's opendata.field.KEY.
var openFields = []struct {
	key string
	get func(s *Service, l *listing.Listing, p *openNames) string
}{
	{"code", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Code }},
	{"name", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Name.Hans }},
	{"name_hant", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Name.Hant }},
	{"name_en", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Name.En }},
	{"category", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.CategoryID }},
	{"category_name", func(_ *Service, l *listing.Listing, n *openNames) string { return n.categories[l.CategoryID] }},
	{"format", func(_ *Service, l *listing.Listing, n *openNames) string { return n.formats[l.FormatID] }},
	{"tags", func(_ *Service, l *listing.Listing, _ *openNames) string { return strings.Join(l.TagIDs, ";") }},
	{"address", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Address.Line }},
	{"street", func(_ *Service, l *listing.Listing, n *openNames) string {
		return n.streets[l.Address.StreetID].Name.Hans
	}},
	{"house", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Address.House }},
	{"plaza", func(_ *Service, l *listing.Listing, n *openNames) string {
		return n.plazas[l.Address.PlazaID].Name.Hans
	}},
	{"level", func(_ *Service, l *listing.Listing, _ *openNames) string { return place.LevelLabel(l.Address.Level) }},
	{"unit", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Address.Unit }},
	{"lat", func(_ *Service, l *listing.Listing, _ *openNames) string {
		return position(l, func(p geo.Point) float64 { return p.Lat })
	}},
	{"lng", func(_ *Service, l *listing.Listing, _ *openNames) string {
		return position(l, func(p geo.Point) float64 { return p.Lng })
	}},
	{"datum", func(_ *Service, l *listing.Listing, _ *openNames) string {
		if l.Location == nil {
			return ""
		}
		return "WGS-84"
	}},
	{"phones", func(_ *Service, l *listing.Listing, _ *openNames) string { return phone.Format(shopPhones(l)) }},
	{"hours", func(s *Service, l *listing.Listing, _ *openNames) string {
		year := s.Now().Year()
		return hours.FormatOSM(listing.ReliableHours(l, s.Now()), s.Calendar(), year, year+1)
	}},
	{"payments", func(_ *Service, l *listing.Listing, _ *openNames) string { return strings.Join(l.Payments, ";") }},
	{"website", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Website }},
	{"confirmed_on", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Confirmed.On }},
	{"source", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Source.ID }},
	{"source_observed", func(_ *Service, l *listing.Listing, _ *openNames) string { return l.Source.Observed }},
	{"url", func(s *Service, l *listing.Listing, _ *openNames) string { return s.Origin + "/shops/" + l.Slug }},
}

// OpenFields returns the keys of the dictionary.
func OpenFields() []string {
	out := make([]string, len(openFields))
	for i, f := range openFields {
		out[i] = f.key
	}
	return out
}

// openNames are the words for the ids of a listing.
type openNames struct {
	places
	categories, formats map[string]string
}

func position(l *listing.Listing, of func(geo.Point) float64) string {
	if l.Location == nil {
		return ""
	}
	return degrees(of(l.Location.Point))
}

// shopPhones are the numbers of a shop that are no person's.
func shopPhones(l *listing.Listing) []phone.Number {
	out := []phone.Number{}
	for _, n := range l.Phones {
		if n.Kind != phone.Mobile {
			out = append(out, phone.Number{Kind: n.Kind, Digits: n.Digits, Ext: n.Ext})
		}
	}
	return out
}

// mobile is what a mobile number looks like, however somebody wrote it into a name or an address.
var mobile = regexp.MustCompile(`1[3-9]\d(?:[ \-]?\d){8}`)

// openRow is one shop as the dump says it. A cell in which somebody wrote a mobile number is left empty, but for those that we made.
func (s *Service) openRow(l *listing.Listing, n *openNames) []string {
	cells := make([]string, len(openFields))
	for i, f := range openFields {
		v := lang.Clean(f.get(s, l, n))
		switch f.key {
		case "lat", "lng", "url", "phones":
		default:
			if mobile.MatchString(v) {
				v = ""
			}
		}
		cells[i] = v
	}
	return cells
}

// Open returns the open data of today. It is made at the first request of a day, and again by none that day.
func (s *Service) Open(ctx context.Context, f OpenFormat) (*Dump, error) {
	day := s.Now().In(calendar.Shanghai).Format(time.DateOnly)
	s.open.mu.Lock()
	defer s.open.mu.Unlock()
	if d := s.open.dumps[f]; d != nil && d.Day == day {
		return d, nil
	}
	d, err := s.dump(ctx, f, day)
	if err != nil {
		return nil, err
	}
	if s.open.dumps == nil {
		s.open.dumps = map[OpenFormat]*Dump{}
	}
	s.open.dumps[f] = d
	return d, nil
}

// counted counts and hashes what is written through it.
type counted struct {
	io.Writer
	n int
}

func (c *counted) Write(b []byte) (int, error) {
	c.n += len(b)
	return c.Writer.Write(b)
}

func (s *Service) dump(ctx context.Context, f OpenFormat, day string) (*Dump, error) {
	p, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	n := &openNames{p, namesOf(s.Words().Categories, func(c taxonomy.Category) (string, lang.Text) { return c.ID, c.Name }), namesOf(s.Words().Formats, func(c taxonomy.Format) (string, lang.Text) { return c.ID, c.Name })}
	d := &Dump{Day: day}
	rows := func(yield func([]string, error) bool) {
		for l, err := range s.each(ctx, func(l *listing.Listing) bool { return l.State == listing.Published }, &d.Count) {
			if err != nil {
				yield(nil, err)
				return
			}
			l = l.ForPublic()
			if !yield(s.openRow(&l, n), nil) {
				return
			}
		}
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	sum := sha256.New()
	out := &counted{Writer: io.MultiWriter(zip, sum)}
	switch f {
	case OpenCSV:
		err = sheet.Table{Head: OpenFields()}.Write(ctx, out, sheet.CSV, rows)
	case OpenJSON:
		err = writeJSON(out, rows, day)
	case OpenGeoJSON:
		err = writeGeoJSON(out, rows, day)
	default:
		err = fault.New(fault.NotFound, "error.not_found", fmt.Errorf("extract: no open data as %q", f))
	}
	if err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	d.Size, d.Packed, d.Tag = out.n, packed.Bytes(), hex.EncodeToString(sum.Sum(nil)[:12])
	return d, nil
}

func namesOf[T any](list []T, of func(T) (string, lang.Text)) map[string]string {
	out := map[string]string{}
	for _, x := range list {
		id, name := of(x)
		out[id] = name.Hans
	}
	return out
}

// object is a row with its keys in the order of the dictionary; empty fields are null.
func object(cells []string, skip func(key string) bool) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range openFields {
		if skip(f.key) {
			continue
		}
		var v any
		switch c := cells[i]; {
		case c == "":
		case f.key == "lat" || f.key == "lng":
			v = json.Number(c)
		case f.key == "tags" || f.key == "payments":
			v = strings.Split(c, ";")
		default:
			v = c
		}
		value, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(f.key) + ":")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// licence is what the data may be used under, as programs name it (SPDX).
const licence = "CC-BY-4.0"

func writeJSON(w io.Writer, rows iter.Seq2[[]string, error], day string) error {
	return writeList(w, fmt.Sprintf(`{"date":%q,"licence":%q,"datum":"WGS-84","shops":[`, day, licence), rows, func(cells []string) ([]byte, error) {
		return object(cells, func(string) bool { return false })
	})
}

func writeGeoJSON(w io.Writer, rows iter.Seq2[[]string, error], day string) error {
	at := map[string]int{}
	for i, f := range openFields {
		at[f.key] = i
	}
	return writeList(w, fmt.Sprintf(`{"type":"FeatureCollection","date":%q,"licence":%q,"datum":"WGS-84","features":[`, day, licence), rows, func(cells []string) ([]byte, error) {
		if cells[at["lat"]] == "" {
			return nil, nil
		}
		properties, err := object(cells, func(key string) bool { return key == "lat" || key == "lng" })
		return fmt.Appendf(nil, `{"type":"Feature","geometry":{"type":"Point","coordinates":[%s,%s]},"properties":%s}`, cells[at["lng"]], cells[at["lat"]], properties), err
	})
}

func writeList(w io.Writer, head string, rows iter.Seq2[[]string, error], one func([]string) ([]byte, error)) error {
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	sep := "\n"
	for cells, err := range rows {
		if err != nil {
			return err
		}
		b, err := one(cells)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s%s", sep, b); err != nil {
			return err
		}
		sep = ",\n"
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}

// Unpacked returns the content of the dump.
func (d *Dump) Unpacked() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(d.Packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, int64(d.Size)))
}

// OpenLicence is the licence of the open data as SPDX names it.
func OpenLicence() string { return licence }
