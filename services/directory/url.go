package directory

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/search"
)

// The parameters of a search address.
const (
	paramText     = "q"
	paramCategory = "cat"
	paramGroup    = "group"
	paramStreet   = "at"
	paramPlaza    = "plaza"
	paramLevel    = "level"
	paramOpen     = "open"
	paramTag      = "tag"
	paramPrice    = "price"
	paramHeritage = "heritage"
	paramNear     = "near"
	paramSort     = "sort"
	paramPage     = "page"
	paramView     = "view"
)

var params = []string{
	paramText, paramCategory, paramGroup, paramStreet, paramPlaza, paramLevel, paramOpen, paramTag,
	paramPrice, paramHeritage, paramNear, paramSort, paramPage, paramView,
}

// Params returns the names of the parameters, in the order Encode writes them.
func Params() []string { return slices.Clone(params) }

// carried are parameters that apps put on addresses people share; nobody asked for anything by them.
var carried = []string{
	"from", "isappinstalled", "scene", "clicktime", "enterid", "nsukey", "sessionid", "subscene", "ascene", "devicetype", "version",
	"nettype", "lang", "exportkey", "pass_ticket", "wx_header", "fbclid", "gclid", "spm", "share_token", "timestamp",
}

// Carried reports whether a parameter only says how people came by an address: the marks of campaigns, and what apps add. It changes no page, and
// may be a pass of who shared the address, so it must be in none.
func Carried(name string) bool {
	return strings.HasPrefix(name, "utm_") || slices.Contains(carried, strings.ToLower(name))
}

// maxPage is beyond any list there can be: search.MaxTotal rows of text, or a city of shops to browse.
const maxPage = 100_000

// ParseQuery reads a search address. What it cannot use it leaves out and reports, so that the query always works: Name is the
// parameter, Args.Value what stood there. own names parameters the page itself understands.
//
//	search.problem.param        a parameter nobody knows
//	search.problem.value        a value that cannot be (Args.Value); also reported by Search for a slug nobody knows
//	search.problem.too_many         more than Args.Max values
//	search.problem.long         more than Args.Max characters; the rest is left out
//	search.problem.page         not a page number; page 1 is shown
//	search.problem.near         not a position; search.problem.near_needed: sort=near without one
func ParseQuery(values url.Values, own ...string) (Query, []fault.Field) {
	r := reader{values: values}
	q := Query{Page: 1}
	r.unknown(own)
	q.Text = r.text()
	q.Categories = r.slugs(paramCategory)
	q.Groups = r.slugs(paramGroup)
	q.Streets = r.slugs(paramStreet)
	q.Plazas = r.slugs(paramPlaza)
	q.Tags = r.slugs(paramTag)
	q.Prices = r.among(paramPrice, Prices)
	if s := r.one(paramLevel); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < minLevel || n > maxLevel || n == 0 {
			r.problem(paramLevel, "search.problem.value", s)
		} else {
			q.Level = n
		}
	}
	q.Open = choice(&r, paramOpen, Opens)
	q.Heritage = r.one(paramHeritage) == "1"
	if s := r.one(paramHeritage); s != "" && s != "1" && s != "0" {
		r.problem(paramHeritage, "search.problem.value", s)
	}
	if s := r.one(paramNear); s != "" {
		if q.Near = parseNear(s); q.Near == nil {
			r.problem(paramNear, "search.problem.near", s)
		}
	}
	q.Sort = choice(&r, paramSort, Sorts)
	if q.Sort == Nearest && q.Near == nil {
		q.Sort = Best
		if !slices.ContainsFunc(r.problems, func(f fault.Field) bool { return f.Name == paramNear }) {
			r.problem(paramSort, "search.problem.near_needed", string(Nearest))
		}
	}
	if s := r.one(paramPage); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxPage {
			r.problem(paramPage, "search.problem.page", s)
		} else {
			q.Page = n
		}
	}
	switch s := r.one(paramView); s {
	case "map":
		q.Map = true
	case "", "list":
	default:
		r.problem(paramView, "search.problem.value", s)
	}
	return q, r.problems
}

// Values returns the canonical parameters of q: defaults left out, lists in order. ParseQuery reads them back to the same q.
func (q Query) Values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set(paramText, q.Text)
	for name, list := range map[string][]string{
		paramCategory: q.Categories, paramGroup: q.Groups, paramStreet: q.Streets, paramPlaza: q.Plazas, paramTag: q.Tags, paramPrice: q.Prices,
	} {
		if len(list) > 0 {
			v[name] = slices.Clone(list)
		}
	}
	if q.Level != 0 {
		v.Set(paramLevel, strconv.Itoa(q.Level))
	}
	set(paramOpen, string(q.Open))
	if q.Heritage {
		v.Set(paramHeritage, "1")
	}
	if q.Near != nil {
		v.Set(paramNear, degrees(q.Near.Lat)+","+degrees(q.Near.Lng))
	}
	set(paramSort, string(q.Sort))
	if q.Page > 1 {
		v.Set(paramPage, strconv.Itoa(q.Page))
	}
	if q.Map {
		v.Set(paramView, "map")
	}
	return v
}

// Encode returns q as the query part of an address, in a fixed order that begins with the words; empty for the home page.
func (q Query) Encode() string {
	v := q.Values()
	var b strings.Builder
	for _, name := range params {
		for _, value := range v[name] {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(name + "=" + url.QueryEscape(value))
		}
	}
	return b.String()
}

type reader struct {
	values   url.Values
	problems []fault.Field
}

func (r *reader) problem(name, key, value string) {
	r.problems = append(r.problems, fault.Field{Name: name, Key: key, Args: map[string]any{"Value": shorten(value)}})
}

// shorten keeps what a message repeats to a length that cannot spoil a page.
func shorten(s string) string {
	s = clean(s)
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

func (r *reader) unknown(own []string) {
	var names []string
	for name := range r.values {
		if !slices.Contains(params, name) && !slices.Contains(own, name) && !Carried(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), 3)] {
		r.problem(shorten(name), "search.problem.param", name)
	}
}

func (r *reader) one(name string) string { return clean(r.values.Get(name)) }

func (r *reader) text() string {
	s := r.one(paramText)
	if utf8.RuneCountInString(s) > MaxText {
		s = strings.TrimSpace(string([]rune(s)[:MaxText]))
		r.problems = append(r.problems, fault.Field{Name: paramText, Key: "search.problem.long", Args: map[string]any{"Max": MaxText}})
	}
	return s
}

// clean replaces what is no character, drops control and formatting characters (which could hide or turn words round) and
// makes every run of spaces one.
func clean(s string) string {
	if len(s) > 4096 {
		s = s[:4096]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func (r *reader) slugs(name string) []string {
	var out []string
	for _, s := range r.values[name] {
		if s == "" {
			continue // an untouched field of the form
		}
		if !search.ValidSlug(s) {
			r.problem(name, "search.problem.value", s)
			if len(r.problems) > MaxValues {
				break
			}
			continue
		}
		out = append(out, s)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > MaxValues {
		r.problems = append(r.problems, fault.Field{Name: name, Key: "search.problem.too_many", Args: map[string]any{"Max": MaxValues}})
		out = out[:MaxValues]
	}
	return out
}

// among reads a parameter that may have several of known values.
func (r *reader) among(name string, known []string) []string {
	var out []string
	for _, s := range r.values[name] {
		switch {
		case s == "":
		case !slices.Contains(known, s):
			r.problem(name, "search.problem.value", s)
			if len(r.problems) > MaxValues {
				return out
			}
		case !slices.Contains(out, s):
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// choice reads a parameter that has one of known values; the zero value stands for none.
func choice[T ~string](r *reader, name string, known []T) T {
	s := T(r.one(name))
	if s == "" || slices.Contains(known, s) {
		return s
	}
	r.problem(name, "search.problem.value", string(s))
	return ""
}

// parseNear reads "lat,lng" in WGS-84, as browsers give it; nil when it is not a position.
func parseNear(s string) *geo.Point {
	lat, lng, ok := strings.Cut(s, ",")
	if !ok {
		return nil
	}
	p := geo.Point{}
	for _, part := range []struct {
		text string
		to   *float64
	}{{lat, &p.Lat}, {lng, &p.Lng}} {
		f, err := strconv.ParseFloat(strings.TrimSpace(part.text), 64)
		if err != nil {
			return nil
		}
		*part.to = math.Round(f*1e4)/1e4 + 0 // + 0: minus zero reads like zero
	}
	if !p.Valid() {
		return nil
	}
	return &p
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
