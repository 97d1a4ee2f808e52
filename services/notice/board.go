package notice

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Fresh is how old a Board may be before the store is asked whether it changed.
const Fresh = 250 * time.Millisecond

// maxOver is how many notices that are over the public finds.
const maxOver = 200

// Posted is a notice as the public reads it: one published version. It is shared: nobody changes it.
type Posted struct {
	ID string
	Version
	PublicAt  time.Time // of its first version
	UpdatedAt time.Time // of this one, or of its end
	State     Public    // Live, Over or Taken
	Why       string    // why it was withdrawn
	// Markup is the text of each language it is written in, rendered.
	Markup map[lang.Tag]Markup
}

// Text returns the text in language t, rendered, and the language it is really in.
func (p *Posted) Text(t lang.Tag) (Markup, lang.Tag) {
	_, in := p.Content.Text.In(t)
	return p.Markup[in], in
}

// StateAt returns what the public has of it at now: a notice ends to the second, whether or not the schedule has been there.
func (p *Posted) StateAt(now time.Time) Public {
	if p.State == Live && !p.Content.ExpiresAt.After(now) {
		return Over
	}
	return p.State
}

// On reports whether it is about a street, or for shops there.
func (p *Posted) On(streetID string) bool {
	c := &p.Content
	return streetID != "" && (c.Place.Street != nil && c.Place.Street.StreetID == streetID ||
		slices.ContainsFunc(c.Audience.Streets, func(s Stretch) bool { return s.StreetID == streetID }))
}

// In reports whether it is about a plaza, or for shops there.
func (p *Posted) In(plazaID string) bool {
	c := &p.Content
	return plazaID != "" && (c.Place.PlazaID == plazaID || slices.ContainsFunc(c.Audience.Plazas, func(f Floors) bool { return f.PlazaID == plazaID }))
}

// For reports whether a published shop is in its audience, or it is for all.
func (p *Posted) For(l *listing.Listing) bool { return p.Content.Audience.Includes(l) }

// Board is what the public can read of notices, at one revision of the store. It never changes, so that a page costs no query; whether a
// notice has ended is asked of the clock.
type Board struct {
	rev   int64
	key   string
	hosts Hosts     // that the markup was made with
	all   []*Posted // urgent ones first, then those that are pinned, then the newest
	ids   map[string]*Posted
	every map[string]*Posted // also what only shops read
}

// Revision identifies what the board says; with the minute it is a key for caches of pages.
func (b *Board) Revision() string { return b.key }

// Board returns what the public can read now. A store that cannot be asked is no reason not to answer from what was last read.
func (s *Service) Board(ctx context.Context) (*Board, error) { return s.board.Get(ctx) }

// Revision identifies what the public can read; it answers from memory.
func (s *Service) Revision(ctx context.Context) (string, error) {
	b, err := s.Board(ctx)
	if err != nil {
		return "", err
	}
	return b.Revision(), nil
}

// read makes the board of the store as it is. The revision is read first: a write in between is only read twice.
func (s *Service) read(ctx context.Context, old *Board) (*Board, error) {
	rev, err := s.docs.Revision(ctx)
	if err != nil {
		return nil, err
	}
	hosts := s.Hosts(ctx)
	if old != nil && old.rev == rev && old.hosts.key == hosts.key {
		return old, nil
	}
	b := &Board{rev: rev, key: strconv.FormatInt(rev, 36) + "~" + hosts.key, hosts: hosts, all: []*Posted{}, ids: map[string]*Posted{}, every: map[string]*Posted{}}
	for _, q := range []store.Query{
		store.Where("public", store.Eq, string(Live)).Limit(200),
		store.Where("public", store.In, []string{string(Over), string(Taken)}).OrderBy("public_at", store.Desc).Limit(maxOver),
	} {
		read := 0
		for n, err := range s.docs.Each(ctx, q) {
			if err != nil {
				return nil, err
			}
			if read++; n.Public != Live && read > maxOver {
				break
			}
			if err := s.post(ctx, b, old, &n); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(b.all, byWeight)
	return b, nil
}

// post puts a notice on the board. What shops alone read is not on it.
func (s *Service) post(ctx context.Context, b, old *Board, n *Notice) error {
	ref, ok := n.Current()
	if !ok {
		return nil
	}
	p := &Posted{ID: n.ID, PublicAt: n.PublicAt, UpdatedAt: ref.At, State: n.Public, Why: n.Why}
	switch n.Public {
	case Over:
		p.UpdatedAt = n.EndsAt
	case Taken:
		p.UpdatedAt = n.WithdrawnAt
	case NotYet, Live, Never:
	}
	if was := old.posted(n.ID); was != nil && was.N == ref.N && was.Hash == ref.Hash && old.hosts.key == b.hosts.key {
		p.Version, p.Markup = was.Version, was.Markup
	} else {
		v, err := s.versions.Get(ctx, versionID(n.ID, ref.N, ref.Hash))
		if err != nil {
			return err
		}
		p.Version, p.Markup = v, map[lang.Tag]Markup{}
		for _, t := range lang.Tags {
			if text, in := v.Content.Text.In(t); in == t && text != "" {
				p.Markup[t] = Render(text, b.hosts)
			}
		}
	}
	b.every[n.ID] = p
	if !p.Content.Audience.Everybody {
		return nil
	}
	b.all, b.ids[n.ID] = append(b.all, p), p
	return nil
}

func (b *Board) posted(id string) *Posted {
	if b == nil {
		return nil
	}
	return b.every[id]
}

// byWeight puts emergencies first, the gravest at the top, then what is urgent, then what is pinned, then the newest.
func byWeight(a, b *Posted) int {
	flag := func(x, y bool) int {
		switch {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	}
	x, y := &a.Content, &b.Content
	return cmp.Or(
		flag(x.Kind == Emergency, y.Kind == Emergency), cmp.Compare(slices.Index(Levels, y.Level), slices.Index(Levels, x.Level)),
		flag(x.Urgent, y.Urgent), flag(x.Pin, y.Pin), b.PublicAt.Compare(a.PublicAt), cmp.Compare(b.ID, a.ID))
}

// Get returns a notice that is, or was, public; false for every other one.
func (b *Board) Get(id string) (*Posted, bool) {
	p, ok := b.ids[id]
	return p, ok
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Kind     Kind
	StreetID string
	PlazaID  string
	// Category keeps those for shops of a category.
	Category string
}

func (f Filter) fits(p *Posted) bool {
	c := &p.Content
	return (f.Kind == "" || c.Kind == f.Kind) && (f.StreetID == "" || p.On(f.StreetID)) && (f.PlazaID == "" || p.In(f.PlazaID)) &&
		(f.Category == "" || slices.Contains(c.Audience.Categories, f.Category))
}

func (b *Board) list(now time.Time, keep func(*Posted) bool) []*Posted {
	out := []*Posted{}
	for _, p := range b.all {
		if keep(p) && !p.At.After(now) {
			out = append(out, p)
		}
	}
	return out
}

// Live returns what holds at now, the weightiest first.
func (b *Board) Live(now time.Time, f Filter) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && f.fits(p) })
}

// Ended returns what is over or was withdrawn, the newest first; at most 200 are kept.
func (b *Board) Ended(now time.Time, f Filter) []*Posted {
	out := b.list(now, func(p *Posted) bool { return p.StateAt(now) != Live && f.fits(p) })
	slices.SortStableFunc(out, func(x, y *Posted) int { return y.PublicAt.Compare(x.PublicAt) })
	return out
}

// Emergency returns the emergencies that hold at now, the gravest first: they stand on every page.
func (b *Board) Emergency(now time.Time) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && p.Content.Kind == Emergency })
}

// Home returns what holds at now and goes to the home page, the weightiest first.
func (b *Board) Home(now time.Time) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && (p.Content.Home || p.Content.Kind == Emergency) })
}

// Shop returns the banners of a shop's page at now: those whose audience it is in.
func (b *Board) Shop(now time.Time, l *listing.Listing) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && p.Content.Banner && p.For(l) })
}

// Street returns what holds at now of a street, banners and others, the weightiest first.
func (b *Board) Street(now time.Time, streetID string) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && p.On(streetID) })
}

// Plaza returns what holds at now of a plaza, banners and others, the weightiest first.
func (b *Board) Plaza(now time.Time, plazaID string) []*Posted {
	return b.list(now, func(p *Posted) bool { return p.StateAt(now) == Live && p.In(plazaID) })
}

// houseOf returns the house number of a shop; the zero one where it has none.
func houseOf(l *listing.Listing) place.House {
	h, _, _ := place.ParseHouse(l.Address.House)
	return h
}
