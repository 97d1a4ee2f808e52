package station

import (
	"context"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Kinds lists what a shop or an organisation can open to people who pass by, in the order it is offered.
var Kinds = []place.PointKind{place.Water, place.Charging, place.Toilet, place.Rest, place.FirstAid, place.AED, place.Nursing}

// Point is one thing that a shop or an organisation opens to everybody: water, a seat for couriers, a first-aid kit. Who runs it says so
// and takes it back with one press. That of a shop is not shown while the shop has no public page, that of an organisation not while it
// may not be named.
type Point struct {
	store.Meta
	audit.Trail
	Key        string `json:"key"` // shop or organisation, and kind
	ListingID  string `json:"listing_id"`
	MerchantID string `json:"merchant_id"` // who opened it: another owner has to say so anew
	// OrganisationID is the member of the joint meeting that opens it, which has no page of a shop that says where it is: Spot does.
	OrganisationID string          `json:"organisation_id"`
	Spot           Spot            `json:"spot,omitzero"`
	Kind           place.PointKind `json:"kind"`
	Note           string          `json:"note"` // 进门右手边
	Open           bool            `json:"open"`
	OpenedAt       time.Time       `json:"opened_at"`
	// CheckedOn is when somebody of the district last saw it, YYYY-MM-DD; empty: not yet since it was opened.
	CheckedOn string `json:"checked_on"`
}

// Opened is what somebody opens, kind by kind, as who runs it sees it.
type Opened struct {
	Kind      place.PointKind
	Open      bool
	Note      string
	Spot      Spot // of an organisation; of a shop its page says where it is
	CheckedOn string
}

// PointsOf returns what a shop opens, every kind, for who may open it: fault.NotFound.
func (s *Service) PointsOf(ctx context.Context, by access.Actor, listingID string) ([]Opened, error) {
	l, err := s.Shops.Get(ctx, listingID)
	if err != nil {
		return nil, err
	}
	if err := access.Require(by, access.PointOpen, l.Thing()); err != nil {
		return nil, err
	}
	return s.kindsOf(ctx, store.Where("listing_id", store.Eq, listingID), l.MerchantID)
}

// kindsOf are all kinds with what somebody opens of them, as whoever runs the shop now said.
func (s *Service) kindsOf(ctx context.Context, theirs store.Query, merchantID string) ([]Opened, error) {
	page, err := s.points.Find(ctx, theirs.Limit(len(Kinds)))
	if err != nil {
		return nil, err
	}
	out := []Opened{}
	for _, k := range Kinds {
		x := Opened{Kind: k}
		for _, p := range page.Items {
			if p.Kind == k && p.MerchantID == merchantID {
				x.Open, x.Note, x.Spot, x.CheckedOn = p.Open, p.Note, p.Spot, p.CheckedOn
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// OpenPoint opens something of a shop to everybody, or changes what is said of it: fault.NotFound, fault.Invalid.
func (s *Service) OpenPoint(ctx context.Context, by access.Actor, listingID string, kind place.PointKind, note string) error {
	note, wrong := readNote(note)
	if err := fault.Wrongs(wrong); err != nil {
		return err
	}
	h, err := s.shopHolds(ctx, by, listingID)
	if err != nil {
		return err
	}
	return s.setPoint(ctx, by, h, kind, s.opens(note, Spot{}))
}

func readNote(note string) (string, []fault.Field) {
	note = lang.Clean(note)
	return note, append((lang.Limit{Max: MaxName}).Check("note", note), phone.NoMobile("note", note)...)
}

// opens is the change that opens a point, or says something else of one that is open.
func (s *Service) opens(note string, spot Spot) func(*Point) {
	return func(p *Point) {
		if !p.Open || p.Spot.moved(&spot) { // nobody has looked there yet
			p.OpenedAt, p.CheckedOn = at(s.Now()), ""
		}
		p.Open, p.Note, p.Spot = true, note, spot
	}
}

// ClosePoint takes it back at once: fault.NotFound.
func (s *Service) ClosePoint(ctx context.Context, by access.Actor, listingID string, kind place.PointKind) error {
	h, err := s.shopHolds(ctx, by, listingID)
	if err != nil {
		return err
	}
	return s.setPoint(ctx, by, h, kind, func(p *Point) { p.Open = false })
}

// holder is who opens points: a shop with the merchant that runs it, or an organisation.
type holder struct {
	listingID, merchantID, organisationID string
	write                                 audit.Write
}

func (h *holder) key(kind place.PointKind) string {
	if h.organisationID != "" {
		return "organisation " + h.organisationID + " " + string(kind)
	}
	return h.listingID + " " + string(kind)
}

// shopHolds lets who may open points of a shop: fault.NotFound.
func (s *Service) shopHolds(ctx context.Context, by access.Actor, listingID string) (*holder, error) {
	l, err := s.Shops.Get(ctx, listingID)
	if err == nil {
		err = access.Require(by, access.PointOpen, l.Thing())
	}
	return &holder{listingID: listingID, merchantID: l.MerchantID, write: audit.Write{Action: access.PointOpen, Title: l.Name.Hans}}, err
}

func (s *Service) setPoint(ctx context.Context, by access.Actor, h *holder, kind place.PointKind, f func(*Point)) error {
	if !slices.Contains(Kinds, kind) {
		return fault.Wrong("kind", "error.choice", nil)
	}
	write := h.write
	write.Why = string(kind)
	set := func(p *Point) error {
		if p.MerchantID != h.merchantID {
			p.MerchantID, p.Open, p.Note = h.merchantID, false, ""
		}
		f(p)
		return nil
	}
	for range attempts {
		was, err := s.points.GetBy(ctx, "key", h.key(kind))
		if err == nil {
			if was.Open && was.MerchantID != h.merchantID { // what another owner agreed to ends by itself, and the trail says so
				if _, err = s.points.Update(ctx, by, write, was.ID, was.Rev, func(p *Point) error { p.Open = false; return nil }); err != nil {
					return err
				}
			}
			_, err = s.points.Update(ctx, by, write, was.ID, 0, set)
			return err
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		p := Point{Key: h.key(kind), ListingID: h.listingID, OrganisationID: h.organisationID, Kind: kind, MerchantID: h.merchantID}
		_ = set(&p)
		if err := s.points.Insert(ctx, by, write, &p); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "error.stale", nil)
}

// OpenedAt returns when something that a shop or an organisation opened was opened last; zero: never. fault.NotFound.
func (s *Service) OpenedAt(ctx context.Context, id string) (time.Time, error) {
	p, err := s.points.Get(ctx, id)
	return p.OpenedAt, err
}

// CheckPoint notes that somebody of the district looked: it is there today, or it is not and is not shown any more. rev is the one that
// was shown: fault.NotFound, fault.Conflict.
func (s *Service) CheckPoint(ctx context.Context, by access.Actor, id string, rev int64, there bool) error {
	if err := access.Require(by, access.PointCheck, access.Thing{Kind: kindPoint, ID: id}); err != nil {
		return err
	}
	if err := store.Seen(rev); err != nil {
		return err
	}
	why := "there"
	if !there {
		why = "not there"
	}
	_, err := s.points.UpdateAs(ctx, by, id, rev, func(p *Point) (audit.Write, error) {
		if !p.Open {
			return audit.Write{}, cannot("station.wrong.state", "it is not open")
		}
		p.CheckedOn, p.Open = s.today(), there
		return audit.Write{Action: access.PointCheck, Title: string(p.Kind), Why: why}, nil
	})
	return err
}

// ToCheck returns the open points, those that nobody has looked at for the longest time first.
func (s *Service) ToCheck(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Point], error) {
	if err := access.Require(by, access.PointCheck, access.Thing{Kind: kindPoint}); err != nil {
		return store.Page[Point]{}, err
	}
	names, err := s.Members.ListedNames(ctx)
	if err != nil {
		return store.Page[Point]{}, err
	}
	out := store.Page[Point]{Items: []Point{}, Next: cursor}
	for len(out.Items) < limit {
		page, err := s.points.Find(ctx, store.Where("open", store.Eq, true).OrderBy("checked_on", store.Asc).Limit(limit).After(out.Next))
		if err != nil {
			return store.Page[Point]{}, err
		}
		out.Items = append(out.Items, slices.DeleteFunc(page.Items, func(p Point) bool {
			_, listed := names[p.OrganisationID]
			return p.OrganisationID != "" && !listed
		})...)
		if out.Next = page.Next; out.Next == "" {
			break
		}
	}
	return out, nil
}

// mostPoints bounds how many points are shown, and pointsBatch how many are read at once.
const (
	mostPoints  = 3000
	pointsBatch = 500
)

// Points returns everything that shops, organisations and stations open to people who pass by, as points of the district. That of a shop
// is there while the shop has a public page and is run by who opened it, that of an organisation while it may be named.
func (s *Service) Points(ctx context.Context) ([]place.Point, error) {
	list, err := s.Public(ctx)
	if err != nil {
		return nil, err
	}
	out := []place.Point{}
	for i := range list {
		out = append(out, list[i].points()...)
	}
	opened, err := store.Collect(s.points.Each(ctx, store.Where("open", store.Eq, true).Limit(pointsBatch)), mostPoints)
	if err != nil {
		return nil, err
	}
	names := map[string]lang.Text{}
	if slices.ContainsFunc(opened, func(p Point) bool { return p.OrganisationID != "" }) {
		if names, err = s.Members.ListedNames(ctx); err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(opened, pointsBatch) {
		shops, err := s.shopsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, p := range part {
			if p.OrganisationID != "" {
				if name, listed := names[p.OrganisationID]; listed {
					out = append(out, p.ofMember(name))
				}
				continue
			}
			l, ok := shops[p.ListingID]
			if !ok || l.MerchantID != p.MerchantID || l.State != listing.Published {
				continue
			}
			out = append(out, place.Point{
				Meta: p.Meta, Kind: p.Kind, Name: l.Name.Text, Address: l.Address.Line, StreetID: l.Address.StreetID, Location: l.Location, ListingID: l.ID,
				Note: p.Note, Lines: []string{}, Core: true, Source: "shop", CheckedOn: p.CheckedOn, Hours: &l.Hours,
			})
		}
	}
	return out, nil
}

// shopsOf are the shops of points by their id.
func (s *Service) shopsOf(ctx context.Context, points []Point) (map[string]*listing.Listing, error) {
	ids := []string{}
	for i := range points {
		if id := points[i].ListingID; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, points[i].ListingID)
		}
	}
	out := map[string]*listing.Listing{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := s.Shops.RunBy(ctx, ids)
	for i := range list {
		out[list[i].ID] = &list[i]
	}
	return out, err
}

// points are the facilities of a station that people look for on the way.
func (x *Shown) points() []place.Point {
	out := []place.Point{}
	for _, f := range x.Facilities {
		kind := place.PointKind(f)
		if !slices.Contains(Kinds, kind) {
			continue
		}
		m := x.Meta
		m.ID += "." + string(f)
		out = append(out, place.Point{
			Meta: m, Kind: kind, Name: x.Name, Address: strings.TrimSpace(x.Where.Hans), Location: x.Location, Lines: []string{}, Core: true, Source: "station", Page: "/station/" + x.Slug, CheckedOn: x.CheckedOn, Hours: &x.Hours,
		})
	}
	return out
}

// Stale reports whether a point should be looked at again: nobody has for half a year.
func (p *Point) Stale(today calendar.Date) bool {
	d, err := calendar.ParseDate(p.CheckedOn)
	return err != nil || today-d > 182
}
