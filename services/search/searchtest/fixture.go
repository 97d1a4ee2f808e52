// Package searchtest is the contract suite of the search engines: the shops and queries of services/search/testdata, and the
// rules every engine keeps.
package searchtest

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/geo"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// Fixture is the invented district the suite runs on.
type Fixture struct {
	Listings []search.Listing
	Expected []Expectation
	byName   map[string]string // → id
	names    map[string]string // id → name
}

// Expectation is a line of expectations.txt.
type Expectation struct {
	Query             string
	Find, Top, NotTop []string // names
	Max               int      // −1: any number
	Filters           search.Filters
	Sort              search.Sort
	Note              string
}

// Load reads the test data from dir, services/search/testdata.
func Load(t testing.TB, dir string) *Fixture {
	t.Helper()
	terms := map[string][]string{}
	for _, line := range lines(t, filepath.Join(dir, "categories.txt")) {
		name, list, _ := strings.Cut(line, ":")
		terms[name] = strings.Fields(list)
	}
	f := &Fixture{byName: map[string]string{}, names: map[string]string{}}
	for _, line := range lines(t, filepath.Join(dir, "search_fixture.jsonl")) {
		l := listing(t, line, terms)
		f.Listings = append(f.Listings, l)
		f.byName[l.Name], f.names[l.ID] = l.ID, l.Name
	}
	for _, line := range lines(t, filepath.Join(dir, "expectations.txt")) {
		if !strings.HasPrefix(line, "#") {
			f.Expected = append(f.Expected, f.expectation(t, line))
		}
	}
	return f
}

func lines(t testing.TB, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var out []string
	for s := bufio.NewScanner(file); s.Scan(); {
		if strings.TrimSpace(s.Text()) != "" {
			out = append(out, s.Text())
		}
	}
	return out
}

// slug makes a slug of a Chinese word: its reading.
func slug(s string) string {
	var b strings.Builder
	if r := text.Readings(s); r != nil {
		b.WriteString(strings.Join(r[0], ""))
	}
	for _, w := range text.Tokenise(s).Words {
		b.WriteString("-" + w)
	}
	return strings.Trim(b.String(), "-")
}

func label(s string, terms ...string) search.Label {
	if s == "" {
		return search.Label{}
	}
	return search.Label{ID: slug(s), Terms: append([]string{s}, terms...)}
}

func listing(t testing.TB, line string, terms map[string][]string) search.Listing {
	t.Helper()
	var r struct {
		ID                            int
		Name, Category, Street, Plaza string
		Aliases, Tags, Products       []string
		Floor, Description, Address   string
		Phone, Hours                  string
		Lat, Lng                      float64
		TimeHonoured                  bool  `json:"time_honoured"`
		UpdatedAt                     int64 `json:"updated_at"`
		Popularity                    int
	}
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	l := search.Listing{
		ID: "lst_" + strconv.Itoa(100000+r.ID), Name: r.Name, Aliases: r.Aliases, Category: label(r.Category, terms[r.Category]...),
		Street: label(r.Street), Plaza: label(r.Plaza), Goods: r.Products, Address: r.Address, Floor: r.Floor,
		Phones: []string{r.Phone}, Description: r.Description, At: &geo.Point{Lat: r.Lat, Lng: r.Lng},
		Heritage: r.TimeHonoured, Popularity: r.Popularity, UpdatedAt: time.Unix(r.UpdatedAt, 0), NameKey: slug(r.Name),
	}
	l.Price = r.ID % (search.MaxPrice + 2) // the file knows none
	if l.Price > search.MaxPrice {
		l.Price = 0
	}
	for _, tag := range r.Tags {
		l.Tags = append(l.Tags, label(tag))
	}
	if n, ok := strings.CutPrefix(r.Floor, "B"); ok {
		l.Level, _ = strconv.Atoi(n)
		l.Level = -l.Level
	} else {
		l.Level, _ = strconv.Atoi(strings.TrimSuffix(r.Floor, "F"))
	}
	if i := strings.IndexFunc(r.Address, func(c rune) bool { return c >= '0' && c <= '9' }); i >= 0 {
		n := strings.IndexFunc(r.Address[i:], func(c rune) bool { return c < '0' || c > '9' })
		if n > 0 {
			l.DoorKey = l.Street.ID + "-" + strings.Repeat("0", max(0, 5-n)) + r.Address[i:i+n]
		}
	}
	from, to, _ := strings.Cut(r.Hours, "-")
	for day := range 7 {
		l.Open.AddSpan(day, minutes(t, from), minutes(t, to))
	}
	return l
}

func minutes(t testing.TB, s string) int {
	t.Helper()
	h, m, ok := strings.Cut(s, ":")
	hh, err1 := strconv.Atoi(h)
	mm, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil {
		t.Fatalf("hours %q", s)
	}
	return hh*60 + mm
}

// expectation reads a line; see the head of expectations.txt.
func (f *Fixture) expectation(t testing.TB, line string) Expectation {
	t.Helper()
	query, rest, ok := strings.Cut(line, "→")
	if !ok {
		t.Fatalf("expectations.txt: no arrow: %s", line)
	}
	rest, note, _ := strings.Cut(rest, "#")
	e := Expectation{Query: strings.TrimSpace(query), Max: -1, Note: strings.TrimSpace(note)}
	for i, part := range strings.Split(rest, ";") {
		part = strings.TrimSpace(part)
		if i == 0 {
			e.Find = f.shops(t, part)
			continue
		}
		word, value, _ := strings.Cut(part, " ")
		var err error
		switch word {
		case "top":
			e.Top = f.shops(t, value)
		case "not":
			e.NotTop = f.shops(t, value)
		case "max":
			e.Max, err = strconv.Atoi(value)
		case "open":
			var slot int
			slot, err = strconv.Atoi(value)
			e.Filters.OpenSlots = []int{slot}
		case "near":
			var c search.Circle
			err = json.Unmarshal([]byte("["+value+"]"), &[]any{&c.Lat, &c.Lng, &c.Metres})
			e.Filters.Near = &c
		case "sort":
			e.Sort = search.Sort(value)
		default:
			t.Fatalf("expectations.txt: %q in: %s", word, line)
		}
		if err != nil {
			t.Fatalf("expectations.txt: %v in: %s", err, line)
		}
	}
	return e
}

func (f *Fixture) shops(t testing.TB, list string) []string {
	t.Helper()
	var out []string
	for name := range strings.SplitSeq(list, "|") {
		name = strings.TrimSpace(name)
		if f.byName[name] == "" {
			t.Fatalf("expectations.txt: no shop %q in the fixture", name)
		}
		out = append(out, name)
	}
	return out
}
