package directory

import (
	"context"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/post"
	"shangquan/services/search/text"
	"shangquan/services/taxonomy"
)

// Row is a shop in a list. Everything it points to is shared and must not be changed.
type Row struct {
	// Number counts the rows of a page from 1: the number in the list and in the pin.
	Number  int
	Listing *listing.Listing
	// Category, Street and Plaza are nil where the listing names none that is in the register.
	Category *taxonomy.Category
	Street   *place.Street
	Plaza    *place.Plaza
	Floor    string // label of the floor, empty when unknown
	Tags     []taxonomy.Tag
	// Words is the vocabulary that Category and Tags are from; another pointer when it was changed.
	Words  *taxonomy.Table
	Status hours.Status
	// Stale says that the hours were confirmed too long ago to be relied on: the status is then unknown.
	Stale bool
	// Posts are the live posts of the shop, those announced for later too.
	Posts []*post.Post
	// Heritage is the mark that may be shown today, nil for none.
	Heritage *listing.Mark
	// At is where the shop is, or its plaza; nil when nobody knows.
	At *geo.Point
	// Metres is the distance from where the visitor is, −1 when either is not known.
	Metres float64

	// Name is the name in the language asked for and NameLang the language it is really in; Marks is what of it the words
	// matched. Hint explains a match that the name does not show; nil when there is none.
	Name     string
	NameLang lang.Tag
	Marks    []text.Span
	Hint     *text.Hint
}

// Offer returns the first offer that holds today, nil when there is none.
func (r *Row) Offer(now time.Time) *post.Post {
	for _, p := range r.Posts {
		if p.Kind == post.Offer && p.On(calendar.Today(now)) {
			return p
		}
	}
	return nil
}

// Gone reports whether the shop has moved away or closed for good; Listing.Closure says which.
func (r *Row) Gone() bool { return r.Listing.State == listing.Closed }

// House returns the house number; the zero House when there is none.
func (r *Row) House() place.House {
	h, _, _ := place.ParseHouse(r.Listing.Address.House)
	return h
}

// Plate returns the door plate in language t: of the unit when the shop is in a plaza, else of the house.
func (r *Row) Plate(t lang.Tag) place.Plate {
	if r.Plaza != nil {
		name, _ := r.Plaza.Name.In(t)
		return place.PlazaPlate(name, r.Listing.Address.Unit, r.Floor)
	}
	name := ""
	if r.Street != nil {
		name, _ = r.Street.Name.In(t)
	}
	return place.StreetPlate(name, r.House())
}

// row makes the row of shop n.
func (s *snapshot) row(n int32, cal *calendar.Calendar, t lang.Tag, now time.Time, near *geo.Point) Row {
	sh := &s.shops[n]
	l := sh.Listing
	r := Row{Listing: l, Stale: listing.Stale(l, now), Tags: make([]taxonomy.Tag, 0, len(l.TagIDs)), Words: s.reg.words, Metres: -1}
	r.Name, r.NameLang = l.Name.In(t)
	if sh.category >= 0 {
		r.Category = &s.reg.categories[sh.category]
	}
	if sh.street >= 0 {
		r.Street = &s.reg.streets[sh.street]
	}
	if sh.plaza >= 0 {
		r.Plaza = &s.reg.plazas[sh.plaza]
		r.Floor = r.Plaza.Label(l.Address.Level)
	} else {
		r.Floor = place.LevelLabel(l.Address.Level)
	}
	for _, id := range l.TagIDs {
		if i, ok := s.reg.tag[id]; ok {
			r.Tags = append(r.Tags, s.reg.tags[i])
		}
	}
	r.Status = hours.At(listing.ReliableHours(l, now), cal, now)
	r.Heritage = shownMark(l, now)
	r.Posts = sh.board.live(now)
	if sh.located {
		r.At = &sh.at
		if near != nil {
			r.Metres = geo.Distance(*near, sh.at)
		}
	}
	return r
}

// rows makes rows of shops in their order and numbers them.
func (s *snapshot) rows(list []int32, cal *calendar.Calendar, t lang.Tag, now time.Time, near *geo.Point) []Row {
	out := make([]Row, 0, len(list))
	for i, n := range list {
		r := s.row(n, cal, t, now, near)
		r.Number = i + 1
		out = append(out, r)
	}
	return out
}

// explain marks what of the row the words matched.
func (r *Row) explain(p *text.Plan) {
	if p.Browse() {
		return
	}
	l := r.Listing
	r.Marks = p.Marks(r.Name, l.Name.Pinyin)
	if h, ok := p.HintFor(r.Name, l.Name.Pinyin, names(l.Name.Text, l.Aliases), r.said(), l.Address.Line); ok {
		r.Hint = &h
	}
}

// said is what of goods, services and live posts can have matched.
func (r *Row) said() []string {
	out := r.Listing.Goods
	for _, p := range r.Posts {
		out = append(out[:len(out):len(out)], p.Title.Hans, p.Text.Hans)
	}
	return out
}

// MaxFavourites is how many shops a shared list can name.
const MaxFavourites = 100

// ByIDs returns the public shops of a list somebody kept, in the order given: those that have moved or closed too, for their
// pages say where to. Ids nobody may see, twice or beyond MaxFavourites, are left out.
func (s *Service) ByIDs(ctx context.Context, ids []string, t lang.Tag, now time.Time) ([]Row, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	var list []int32
	seen := map[string]bool{}
	for _, id := range ids {
		if n, ok := st.snap.lasting(st.snap.ids, id); ok && !seen[st.snap.shops[n].ID] && len(list) < MaxFavourites {
			seen[st.snap.shops[n].ID] = true
			list = append(list, n)
		}
	}
	return st.snap.rows(list, st.cal, t, now, nil), nil
}
