package api

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// Listing is a shop as the API says it.
type Listing struct {
	ID          string            `json:"id"`
	Code        string            `json:"code"`
	URL         string            `json:"url"`
	State       listing.State     `json:"state"`
	Name        lang.Text         `json:"name"`
	Aliases     []string          `json:"aliases"`
	CategoryID  string            `json:"category_id"`
	FormatID    string            `json:"format_id"`
	TagIDs      []string          `json:"tag_ids"`
	Goods       []string          `json:"goods"`
	Spend       int               `json:"spend"`       // yuan for one person at one visit; 0: not said
	PriceLevel  int               `json:"price_level"` // 1 to 4; 0: not said
	Address     Address           `json:"address"`
	Location    *Location         `json:"location"`
	Phones      []Phone           `json:"phones"`
	Hours       Hours             `json:"hours"`
	ExtraHours  []ExtraHours      `json:"extra_hours"`
	Description lang.Text         `json:"description"`
	Website     string            `json:"website"`
	Marks       []Mark            `json:"marks"`
	Closure     *Closure          `json:"closure"`
	Confirmed   listing.Confirmed `json:"confirmed"`
	Source      Source            `json:"source"`
	Rev         int64             `json:"rev"`
	UpdatedAt   string            `json:"updated_at"`
	Distance    *int              `json:"distance_m,omitempty"`
}

// Address says where a shop is; ids and slugs are empty where the place is not in the register.
type Address struct {
	Line     string `json:"line"`
	Street   string `json:"street"` // slug
	House    string `json:"house"`
	Plaza    string `json:"plaza"` // slug
	Level    int    `json:"level"`
	Unit     string `json:"unit"`
	Postcode string `json:"postcode"`
}

// Mark is something awarded, as the pages show it. It and Closure are of the same shape as what is stored, and a conversion: a field that
// is added there does not compile until somebody has said whether programs read it.
type Mark struct {
	Kind        string `json:"kind"`
	Level       string `json:"level"`
	Certificate string `json:"certificate,omitempty"`
	Issuer      string `json:"issuer,omitempty"`
	Founded     int    `json:"founded,omitempty"` // year
	ReviewOn    string `json:"review_on,omitempty"`
	Evidence    string `json:"evidence,omitempty"` // address or title of the source
}

// Closure says how and since when a shop is closed.
type Closure struct {
	Kind      listing.ClosureKind `json:"kind"`
	On        string              `json:"on"`
	ForwardTo string              `json:"forward_to"` // new address in words
	ForwardID string              `json:"forward_id"`
}

// Location is a position in WGS-84, which it says aloud: in China nobody can tell from the numbers.
type Location struct {
	Lat         float64 `json:"lat"`
	Lng         float64 `json:"lng"`
	Datum       string  `json:"datum"`
	SourceDatum string  `json:"source_datum"`
	AccuracyM   int     `json:"accuracy_m"`
}

// Phone is a number as shown and as dialled.
type Phone struct {
	Shown string `json:"shown"`
	Tel   string `json:"tel"`
	Label string `json:"label"`
}

// Hours are the opening hours as OpenStreetMap writes them, and what they mean now. Text is what a shop wrote that could not be read.
type Hours struct {
	Known  bool   `json:"known"`
	OSM    string `json:"osm"`
	Text   string `json:"text"`
	State  string `json:"state"`
	Change string `json:"change"` // when the state changes next, RFC 3339; empty when not known
	Stale  bool   `json:"stale"`
}

// ExtraHours are the times of one thing that a shop does at times of its own, with its days of rest.
type ExtraHours struct {
	Kind hours.ExtraKind `json:"kind"`
	OSM  string          `json:"osm"`
}

// Source says where the facts come from.
type Source struct {
	ID       string `json:"id"`
	Observed string `json:"observed"`
}

func (a *API) view(r *directory.Row) Listing {
	l := r.Listing
	v := Listing{
		ID: l.ID, Code: l.Code, URL: a.origin + "/shops/" + l.Slug, State: l.State, Name: l.Name.Text,
		Aliases: list(l.Aliases), CategoryID: l.CategoryID, FormatID: l.FormatID, TagIDs: list(l.TagIDs), Goods: list(l.Goods), Spend: l.Spend, PriceLevel: l.PriceLevel(),
		Address: Address{Line: l.Address.Line, House: l.Address.House, Level: l.Address.Level, Unit: l.Address.Unit, Postcode: l.Address.Postcode},
		Phones:  []Phone{}, ExtraHours: []ExtraHours{}, Description: l.Description, Website: l.Website, Marks: []Mark{}, Closure: (*Closure)(l.Closure),
		Confirmed: l.Confirmed, Source: Source{l.Source.ID, l.Source.Observed}, Rev: l.Rev, UpdatedAt: l.UpdatedAt.UTC().Format(timeFormat),
	}
	if r.Street != nil {
		v.Address.Street = r.Street.Slug
	}
	if r.Plaza != nil {
		v.Address.Plaza = r.Plaza.Slug
	}
	if l.Location != nil {
		v.Location = &Location{l.Location.Lat, l.Location.Lng, "wgs84", string(l.Location.Source), l.Location.AccuracyM}
	}
	for _, n := range l.Phones {
		v.Phones = append(v.Phones, Phone{n.Display(), n.Tel(), n.Label})
	}
	if r.Heritage != nil {
		v.Marks = append(v.Marks, Mark(*r.Heritage))
	}
	if r.Metres >= 0 {
		m := int(r.Metres + 0.5)
		v.Distance = &m
	}
	year := calendar.Today(a.now()).Year()
	v.Hours = Hours{Known: l.Hours.Known, Text: l.Hours.Text, State: string(r.Status.State), Stale: r.Stale}
	if r.Gone() {
		v.Hours.State = string(l.State)
	}
	if l.Hours.Known {
		v.Hours.OSM = a.osm.of(l, a.calendar(), year)
	}
	for i := range l.ExtraHours {
		x := &l.ExtraHours[i]
		v.ExtraHours = append(v.ExtraHours, ExtraHours{x.Kind, hours.FormatOSM(x.Within(l.Hours, a.calendar()), a.calendar(), year, year+1)})
	}
	for _, t := range []string{stamp(r.Status.Until), stamp(r.Status.Opens)} {
		if t != "" && v.Hours.Change == "" && !r.Gone() {
			v.Hours.Change = t
		}
	}
	return v
}

// osmKept keeps opening hours as written for OpenStreetMap: writing them out for two years of holidays is half the work of an answer.
type osmKept struct {
	mu   sync.Mutex
	text map[osmKey]string
}

type osmKey struct {
	id   string
	rev  int64
	year int
	cal  *calendar.Calendar
}

// maxOSM bounds what is kept, about 100 bytes each. When it is full it starts anew.
const maxOSM = 20_000

func (k *osmKept) of(l *listing.Listing, cal *calendar.Calendar, year int) string {
	key := osmKey{l.ID, l.Rev, year, cal}
	k.mu.Lock()
	text, ok := k.text[key]
	k.mu.Unlock()
	if ok {
		return text
	}
	text = hours.FormatOSM(l.Hours, cal, year, year+1)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text == nil || len(k.text) >= maxOSM {
		k.text = map[osmKey]string{}
	}
	k.text[key] = text
	return text
}

// list is never null in JSON.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func searchParams() []string {
	out := []string{}
	for _, p := range directory.Params() {
		if p != "page" && p != "view" { // pages are for people, programs follow the cursor
			out = append(out, p)
		}
	}
	return out
}

// search answers GET /api/v1/listings: the same question as the search page, one page of it, and the cursor of the next.
func (a *API) search(c *fiber.Ctx) error {
	values, err := query(c, append(searchParams(), paramCursor)...)
	if err != nil {
		return err
	}
	q, problems := directory.ParseQuery(values, paramCursor)
	if len(problems) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: problems}
	}
	if cursor := values.Get(paramCursor); cursor != "" {
		if q.Page, err = readCursor(cursor, q); err != nil {
			return err
		}
	}
	page, err := a.directory.Search(c.UserContext(), q, lang.Hans, a.now())
	if err != nil {
		return err
	}
	if len(page.Problems) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: page.Problems}
	}
	out := struct {
		Items      []Listing `json:"items"`
		Total      int       `json:"total"`
		Open       int       `json:"open"`
		Relaxed    bool      `json:"relaxed"`
		DidYouMean string    `json:"did_you_mean"`
		Degraded   bool      `json:"degraded"`
		Next       string    `json:"next"`
	}{Items: make([]Listing, 0, len(page.Rows)), Total: page.Total, Open: page.OpenCount, Relaxed: page.Relaxed, DidYouMean: page.DidYouMean, Degraded: page.Degraded}
	for i := range page.Rows {
		out.Items = append(out.Items, a.view(&page.Rows[i]))
	}
	if next := page.Pager.Next(); next > 0 {
		out.Next = writeCursor(next, q)
	}
	if page.Degraded {
		c.Set(fiber.HeaderCacheControl, "no-store") // the next one may find the engine well again
	}
	return send(c, out)
}

// A cursor is the page it stands for and a mark of the question, so that it cannot be used with another one.
func writeCursor(page int, q directory.Query) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%x", page, questionMark(q)))
}

func readCursor(cursor string, q directory.Query) (int, error) {
	wrong := fault.Wrong(paramCursor, "api.problem.cursor", nil)
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, wrong
	}
	number, mark, _ := strings.Cut(string(raw), ".")
	page, err := strconv.Atoi(number)
	if err != nil || page < 2 || mark != fmt.Sprintf("%x", questionMark(q)) {
		return 0, wrong
	}
	return page, nil
}

func questionMark(q directory.Query) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(q.AtPage(1).Encode()))
	return h.Sum32()
}

// get answers GET /api/v1/listings/{id}.
func (a *API) get(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	r, err := a.directory.Get(c.UserContext(), c.Params("id"), lang.Hans, a.now())
	if fault.Is(err, fault.NotFound) {
		if id, merged := a.directory.SurvivorID(c.UserContext(), c.Params("id")); merged == nil {
			return c.Redirect("/api/v1/listings/"+id, fiber.StatusMovedPermanently)
		}
	}
	if err != nil {
		return err
	}
	return send(c, a.view(&r))
}

// maxChanges is how many changes one answer holds.
const maxChanges = 100

// changes answers GET /api/v1/changes: what to do to a copy to bring it up to date. A listing that a visitor may no longer see is
// in it with its id alone.
func (a *API) changes(c *fiber.Ctx) error {
	values, err := query(c, paramSince, paramLimit)
	if err != nil {
		return err
	}
	most, err := limit(values, maxChanges)
	if err != nil {
		return err
	}
	found, err := a.listings.ChangesSince(c.UserContext(), values.Get(paramSince), most)
	if err != nil {
		return err
	}
	type change struct {
		ID      string   `json:"id"`
		Gone    bool     `json:"gone"`
		Listing *Listing `json:"listing"`
	}
	out := struct {
		Items []change `json:"items"`
		Next  string   `json:"next"`
		More  bool     `json:"more"`
	}{[]change{}, found.Cursor, found.More}
	for _, x := range found.Items {
		item := change{ID: x.ID, Gone: x.Listing == nil}
		if x.Listing != nil {
			r, err := a.directory.Get(c.UserContext(), x.ID, lang.Hans, a.now())
			switch {
			case fault.Is(err, fault.NotFound):
				item.Gone = true // taken from the public a moment ago
			case err != nil:
				return err
			default:
				v := a.view(&r)
				item.Listing = &v
			}
		}
		out.Items = append(out.Items, item)
	}
	return send(c, out)
}
