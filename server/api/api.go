// Package api is /api/v1: the directory for programs. It says what the pages say, with the same rules: what a visitor may not see
// is not found, positions are WGS-84 and say so, unknown hours are unknown. openapi.yaml beside it is the contract; a test
// holds every answer against it.
package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/idempotency"
	"shangquan/services/listing"
	"shangquan/services/post"
	"shangquan/services/taxonomy"
)

// API holds the handlers.
type API struct {
	directory *directory.Service
	listings  *listing.Service
	words     func() *taxonomy.Table
	calendar  func() *calendar.Calendar
	origin    string
	now       func() time.Time
	osm       osmKept

	// What merchants' programs work with, see For.
	posts   *post.Service
	repeats *idempotency.Service
}

// New returns the API of a district, whose words and calendar may be others with every call. origin is the site's own address, without a slash at the end.
func New(dir *directory.Service, listings *listing.Service, words func() *taxonomy.Table, cal func() *calendar.Calendar, origin string, now func() time.Time) *API {
	return &API{directory: dir, listings: listings, words: words, calendar: cal, origin: origin, now: now}
}

// Route is one address of the API. One that needs nothing answers GET alone, and the answer depends on nothing but the path and the
// parameters in Query.
type Route struct {
	Method string // empty: GET
	Path   string // as Fiber reads it
	// Needs is what the key of a merchant's program must have been made for; empty: the address is for everybody.
	Needs  access.Action
	Handle fiber.Handler
	Query  []string
	Search bool // counts as a search
	Probe  string
}

// Routes returns every address of the API.
func (a *API) Routes() []Route {
	search := append(searchParams(), paramCursor)
	return []Route{
		{Path: "/api/v1/listings", Handle: a.search, Query: search, Search: true},
		{Path: "/api/v1/listings/:id", Handle: a.get, Probe: "/api/v1/listings/none"},
		{Path: "/api/v1/changes", Handle: a.changes, Query: []string{paramSince, paramLimit}},
		{Path: "/api/v1/streets", Handle: a.streets},
		{Path: "/api/v1/plazas", Handle: a.plazas},
		{Path: "/api/v1/categories", Handle: a.categories},
		{Path: "/api/v1/points", Handle: a.points, Query: []string{paramKind, paramBox}},
		{Path: "/api/v1/calendar/:year", Handle: a.year, Probe: "/api/v1/calendar/1900"},
		{Path: "/api/openapi.json", Handle: a.document},

		{Path: "/api/v1/my/listings", Handle: a.myListings, Needs: access.ListingOpen},
		{Path: "/api/v1/my/listings/:id", Handle: a.myListing, Needs: access.ListingOpen, Probe: "/api/v1/my/listings/none"},
		{Method: http.MethodPatch, Path: "/api/v1/my/listings/:id", Handle: a.editListing, Needs: access.ListingOpen, Probe: "/api/v1/my/listings/none"},
		{Method: http.MethodPost, Path: "/api/v1/my/listings/:id/confirm", Handle: a.confirmListing, Needs: access.ListingConfirm, Probe: "/api/v1/my/listings/none/confirm"},
		{Path: "/api/v1/my/listings/:id/posts", Handle: a.myPosts, Needs: access.ListingOffers, Probe: "/api/v1/my/listings/none/posts"},
		{Method: http.MethodPost, Path: "/api/v1/my/listings/:id/posts", Handle: a.addPost, Needs: access.ListingOffers, Probe: "/api/v1/my/listings/none/posts"},
	}
}

// The parameters that only the API has.
const (
	paramCursor = "cursor"
	paramSince  = "since"
	paramLimit  = "limit"
	paramKind   = "kind"
	paramBox    = "bbox"
)

// send answers with JSON.
func send(c *fiber.Ctx, v any) error { return sendAs(c, "application/json; charset=utf-8", v) }

func sendAs(c *fiber.Ctx, contentType string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, contentType)
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	return c.Send(body)
}

// query reads the query string. A program that sends a parameter nobody knows is told so: it would otherwise wait for an effect.
func query(c *fiber.Ctx, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return nil, fault.New(fault.Invalid, "api.problem.query", err)
	}
	for name := range values {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			return nil, fault.Wrong(short(name), "api.problem.param", nil)
		}
	}
	return values, nil
}

// short keeps what an answer repeats of a question small.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40])
	}
	return s
}

// limit reads how many items are asked for.
func limit(values url.Values, most int) (int, error) {
	text := values.Get(paramLimit)
	if text == "" {
		return most, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fault.Wrong(paramLimit, "api.problem.limit", map[string]any{"Max": most})
	}
	return n, nil
}

func (a *API) year(c *fiber.Ctx) error {
	year, err := strconv.Atoi(c.Params("year"))
	if err != nil || year < 1949 || year > 2200 {
		return fault.Missing()
	}
	cal := a.calendar()
	return send(c, struct {
		Year      int            `json:"year"`
		Announced bool           `json:"announced"`
		Days      []calendar.Day `json:"days"`
	}{year, cal.Announced(year), cal.Days(year)})
}
