package sample

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"shangquan/services/geo"
)

//go:embed data/*.csv data/*.json
var files embed.FS

// record is one row of a file of the sample, by the header of the column.
type record map[string]string

// records reads one of our own files; a fault in it is a fault of the program.
func records(name string) ([]record, error) {
	b, err := files.ReadFile("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("sample: %s: %w", name, err)
	}
	out := make([]record, 0, len(rows))
	for _, row := range rows[1:] {
		r := record{}
		for i, cell := range row {
			r[rows[0][i]] = cell
		}
		out = append(out, r)
	}
	return out, nil
}

// list splits a cell of several values; it is never nil.
func (r record) list(column string) []string {
	if r[column] == "" {
		return []string{}
	}
	return strings.Split(r[column], "；")
}

// location converts the position of a row from the datum the source gave it in; nil where it has none.
func (r record) location(method string) (*geo.Location, error) {
	if r["lon"] == "" {
		return nil, nil
	}
	lng, err := strconv.ParseFloat(r["lon"], 64)
	if err != nil {
		return nil, err
	}
	lat, err := strconv.ParseFloat(r["lat"], 64)
	if err != nil {
		return nil, err
	}
	datum := geo.Datum(r["datum"])
	return &geo.Location{Point: geo.From(datum, lat, lng), Source: datum, Method: method}, nil
}

// lines reads the drawn courses of streets by slug.
func lines() (map[string][][]geo.Point, error) {
	b, err := files.ReadFile("data/street_lines.json")
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	var raw map[string][][][2]float64
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("sample: street_lines.json: %w", err)
	}
	out := map[string][][]geo.Point{}
	for slug, parts := range raw {
		for _, part := range parts {
			line := make([]geo.Point, len(part))
			for i, p := range part {
				line[i] = geo.Point{Lat: p[1], Lng: p[0]}
			}
			out[slug] = append(out[slug], line)
		}
	}
	return out, nil
}
