package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/idempotency"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/post"
)

// For gives the API what merchants' programs work with besides listings, and returns it. Without it their addresses are there and
// let nobody in.
func (a *API) For(posts *post.Service, repeats *idempotency.Service) *API {
	a.posts, a.repeats = posts, repeats
	return a
}

type actorKey struct{}

// SetActor says who asks: the server has read the key.
func SetActor(c *fiber.Ctx, by access.Actor) { c.Locals(actorKey{}, by) }

func actor(c *fiber.Ctx) access.Actor {
	by, _ := c.Locals(actorKey{}).(access.Actor)
	return by
}

// MyListing is a shop as those who work on it see it: what an edit can change, under the names it has there, and what waits.
type MyListing struct {
	ID        string        `json:"id"`
	Code      string        `json:"code"`
	URL       string        `json:"url"`
	State     listing.State `json:"state"`
	Rev       int64         `json:"rev"`
	UpdatedAt string        `json:"updated_at"`

	Name        listing.Name       `json:"name"`
	Aliases     []string           `json:"aliases"`
	CategoryID  string             `json:"category_id"`
	FormatID    string             `json:"format_id"`
	Address     listing.Address    `json:"address"`
	Location    *geo.Location      `json:"location"`
	Marks       []Mark             `json:"marks"`
	Closure     *Closure           `json:"closure"`
	Hours       hours.Hours        `json:"hours"`
	ExtraHours  []hours.Extra      `json:"extra_hours"`
	Phones      []phone.Number     `json:"phones"`
	Consents    []MyConsent        `json:"consents"`
	Website     string             `json:"website"`
	Description lang.Text          `json:"description"`
	Photos      []MyPhoto          `json:"photos"`
	Goods       []string           `json:"goods"`
	Prices      []listing.Price    `json:"prices"`
	Spend       int                `json:"spend"`
	TagIDs      []string           `json:"tag_ids"`
	Payments    []string           `json:"payments"`
	Confirmed   listing.Confirmed  `json:"confirmed"`
	Pictures    map[string]Picture `json:"pictures"` // by the key of the photo
	Waiting     *Waiting           `json:"waiting"`  // null: nothing waits
	Returned    *Returned          `json:"returned"` // null: nothing was sent back
}

// MyConsent is a number that may be shown, and which words were read before.
type MyConsent struct {
	Digits  string `json:"digits"`
	Version string `json:"version"`
}

// MyPhoto is a photo as an edit of "photos" has it. Photos are added on the pages.
type MyPhoto struct {
	Key     string    `json:"key"`
	Caption lang.Text `json:"caption"`
}

// Picture is where a photo is, in its largest width.
type Picture struct {
	URL    string `json:"url"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Waiting is what waits for the district: the public page still shows the old values.
type Waiting struct {
	Fields []string          `json:"fields"`
	Since  string            `json:"since"`
	Want   listing.Sensitive `json:"want"` // of other fields than those it says nothing
}

// Returned is why the district sent something back.
type Returned struct {
	Reason string `json:"reason"`
	At     string `json:"at"`
}

func (a *API) mine(l *listing.Listing) MyListing {
	v := MyListing{
		ID: l.ID, Code: l.Code, URL: a.origin + "/shops/" + l.Slug, State: l.State, Rev: l.Rev, UpdatedAt: stamp(l.UpdatedAt),
		Name: l.Name, Aliases: list(l.Aliases), CategoryID: l.CategoryID, FormatID: l.FormatID, Address: l.Address, Location: l.Location,
		Marks: []Mark{}, Closure: (*Closure)(l.Closure), Hours: l.Hours, ExtraHours: list(l.ExtraHours), Phones: list(l.Phones), Consents: []MyConsent{}, Website: l.Website,
		Description: l.Description, Photos: []MyPhoto{}, Goods: list(l.Goods), Prices: list(l.Prices), Spend: l.Spend, TagIDs: list(l.TagIDs), Payments: list(l.Payments),
		Confirmed: l.Confirmed, Pictures: map[string]Picture{},
	}
	for _, x := range l.Marks {
		v.Marks = append(v.Marks, Mark(x))
	}
	for _, x := range l.Consents {
		v.Consents = append(v.Consents, MyConsent{x.Digits, x.Version})
	}
	for _, x := range l.Photos {
		v.Photos = append(v.Photos, MyPhoto{x.Key, x.Caption})
		v.Pictures[x.Key] = Picture{a.origin + "/" + x.File(x.W), x.W, x.H}
	}
	if w := l.Proposal; w != nil {
		v.Waiting = &Waiting{w.Paths, stamp(w.At), w.Want}
	}
	if r := l.Returned; r != nil {
		v.Returned = &Returned{r.Reason, stamp(r.At)}
	}
	return v
}

// tag is the ETag of a listing: it names the revision, so that a change says what it was made from.
func tag(l *listing.Listing) string { return `"` + l.ID + "-" + strconv.FormatInt(l.Rev, 10) + `"` }

// matches reports whether an If-Match names the listing as it is. Of a weak tag nobody knows whether it does. Without a revision
// (no header, or * for any) it is 428: a change that does not say what it was made from could undo another.
func matches(c *fiber.Ctx, l *listing.Listing) (bool, error) {
	said := c.Get(fiber.HeaderIfMatch)
	if said == "" || strings.TrimSpace(said) == "*" {
		return false, refused(fiber.StatusPreconditionRequired, "api.problem.if_match")
	}
	for one := range strings.SplitSeq(said, ",") {
		if strings.TrimSpace(one) == tag(l) {
			return true, nil
		}
	}
	return false, nil
}

// sendMine answers with a listing and its tag.
func (a *API) sendMine(c *fiber.Ctx, status int, l *listing.Listing) error {
	c.Status(status)
	c.Set(fiber.HeaderETag, tag(l))
	return sendPrivate(c, a.mine(l))
}

// sendPrivate answers with what only the one who asked may see.
func sendPrivate(c *fiber.Ctx, v any) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return send(c, v)
}

// myListings: GET /api/v1/my/listings.
func (a *API) myListings(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	by := actor(c)
	items, seen := []MyListing{}, map[string]bool{}
	for _, seat := range by.Seats {
		all, err := a.listings.ByMerchant(c.UserContext(), by, seat.MerchantID)
		if err != nil {
			return err
		}
		for i := range all {
			if !seen[all[i].ID] {
				seen[all[i].ID] = true
				items = append(items, a.mine(&all[i]))
			}
		}
	}
	return sendPrivate(c, struct {
		Items []MyListing `json:"items"`
	}{items})
}

// myListing: GET /api/v1/my/listings/:id.
func (a *API) myListing(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	l, err := a.listings.Open(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	for one := range strings.SplitSeq(c.Get(fiber.HeaderIfNoneMatch), ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == tag(&l) {
			c.Set(fiber.HeaderETag, tag(&l))
			c.Set(fiber.HeaderCacheControl, "no-store")
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return a.sendMine(c, fiber.StatusOK, &l)
}

// Edited is what became of an edit.
type Edited struct {
	Listing MyListing `json:"listing"`
	Live    []string  `json:"live"`    // fields that customers see already
	Waiting []string  `json:"waiting"` // fields that wait for the district
}

// mergePatchType is the media type of an edit (RFC 7396).
const mergePatchType = "application/merge-patch+json"

// editListing: PATCH /api/v1/my/listings/:id.
func (a *API) editListing(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), actor(c), c.Params("id")
	l, err := a.listings.Open(ctx, by, id)
	if err != nil {
		return err
	}
	current, err := matches(c, &l)
	if err != nil {
		return err
	}
	if !current {
		return a.sendMine(c, fiber.StatusPreconditionFailed, &l)
	}
	patch := listing.Patch{}
	if err := Decode(c.Get(fiber.HeaderContentType), mergePatchType, c.Request().Body(), &patch); err != nil {
		return err
	}
	if patch, err = merged(&l, patch); err != nil {
		return err
	}
	got, err := a.listings.Edit(ctx, by, id, l.Rev, patch)
	if isStale(err) {
		if l, err = a.listings.Open(ctx, by, id); err != nil {
			return err
		}
		return a.sendMine(c, fiber.StatusPreconditionFailed, &l)
	}
	if err != nil {
		return err
	}
	out := Edited{Listing: a.mine(&got), Live: []string{}, Waiting: []string{}}
	for i := range listing.Fields {
		path := listing.Fields[i].Path
		switch _, edited := patch[path]; {
		case edited && got.Proposal != nil && slices.Contains(got.Proposal.Paths, path):
			out.Waiting = append(out.Waiting, path)
		case edited:
			out.Live = append(out.Live, path)
		}
	}
	c.Set(fiber.HeaderETag, tag(&got))
	return sendPrivate(c, out)
}

// isStale reports whether somebody else wrote between the look and the change.
func isStale(err error) bool {
	f, ok := err.(*fault.Error) //nolint:errorlint // of a service, which wraps nothing
	return ok && f.Kind == fault.Conflict && f.Key == "error.stale"
}
