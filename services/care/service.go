package care

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

const (
	kindItem  = "care_item"
	kindRound = "care_round"
)

// Places are where things are; see place.Service.
type Places interface {
	Street(ctx context.Context, id string) (place.Street, error)
	Plaza(ctx context.Context, id string) (place.Plaza, error)
	Unit(ctx context.Context, id string) (place.Unit, error)
}

// Deps are what New needs.
type Deps struct {
	DB     store.DB
	Log    *audit.Log
	Places Places
	Shop   func(ctx context.Context, id string) (listing.Listing, error)
	// Organisation returns what a merchant is called on its sign: fault.NotFound.
	Organisation func(ctx context.Context, merchantID string) (string, error)
	Now          func() time.Time // in the zone of the district
}

// Service keeps the board. It is safe for concurrent use.
type Service struct {
	Deps
	items  *audit.Recorded[Item]
	rounds *audit.Recorded[Round]
}

// New returns the board on d.DB.
func New(d Deps) *Service {
	follow := store.Follow("audit")
	return &Service{
		Deps: d,
		items: audit.Record(store.NewCollection[Item](d.DB, "care_items", store.Index("state", "created_at"), store.Index("spot.listing_id", "created_at"),
			store.Index("month"), follow, store.Sealed()), d.Log, kindItem),
		rounds: audit.Record(store.NewCollection[Round](d.DB, "care_rounds", store.Unique("month"), follow, store.Sealed()), d.Log, kindRound),
	}
}

// Blobs gives the key of every picture of the board.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for x, err := range s.items.Each(ctx, store.All()) {
			if err != nil {
				yield("", err)
				return
			}
			for i := range x.Photos {
				if !yield(x.Photos[i].Key, nil) {
					return
				}
			}
		}
	}
}

func may(by access.Actor, kind string) error {
	return access.Require(by, access.CareEdit, access.Thing{Kind: kind})
}

// Note writes an item down where at says: a shop, a unit, or a street with or without a stretch. fault.Invalid names the fields.
func (s *Service) Note(ctx context.Context, by access.Actor, kind Kind, at Spot, text string) (Item, error) {
	if err := may(by, kindItem); err != nil {
		return Item{}, err
	}
	text, wrong := words("text", text, true)
	if !slices.Contains(Kinds, kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	spot, err := s.find(ctx, at)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid {
		wrong = append(wrong, f.Fields...)
	} else if err != nil {
		return Item{}, err
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Item{}, err
	}
	x := Item{Kind: kind, Spot: spot, Text: text, State: Noted, Month: s.Now().Format("2006-01"), Steps: []Step{s.step(by, Noted, "")}, Photos: []Photo{}}
	return x, s.items.Insert(ctx, by, audit.Write{Action: access.CareEdit, Title: spot.Place}, &x)
}

func (s *Service) step(by access.Actor, st State, text string) Step {
	return Step{State: st, At: s.Now().UTC().Truncate(time.Millisecond), AccountID: by.Who(), Text: text}
}

// words is a text as it is stored, and what is wrong with it.
func words(name, text string, must bool) (string, []fault.Field) {
	text = lang.Clean(text)
	return text, append((lang.Limit{Max: MaxText, Must: must, Prose: true}).Check(name, text), phone.NoMobile(name, text)...)
}

// Do moves an item on: fault.Conflict where the act cannot be done in its state, or where who said that it is better would verify their own
// word. What is withdrawn or not better has a reason, and what is verified has a picture of after: fault.Invalid.
func (s *Service) Do(ctx context.Context, by access.Actor, id string, rev int64, act Act, text string) (Item, error) {
	if err := may(by, kindItem); err != nil {
		return Item{}, err
	}
	text, wrong := words("why", text, act == Again || act == Withdraw)
	if err := fault.Wrongs(wrong); err != nil {
		return Item{}, err
	}
	return s.change(ctx, by, access.CareEdit, id, rev, string(act), func(x *Item) error {
		switch {
		case act == Verify && x.State == Improved && len(x.Of(true)) == 0:
			return fault.Wrong("after", "care.wrong.after", nil)
		case (act == Verify || act == Again) && x.State == Improved && x.saidBy() == by.Who():
			return cannot("care.wrong.own_word", "the same account said that it is better")
		}
		if err := x.move(act, s.step(by, "", text)); err != nil {
			return err
		}
		if act == Withdraw { // what was never so has no picture
			x.Photos = []Photo{}
		}
		return nil
	})
}

// move takes an item to where an act leads and adds the step.
func (x *Item) move(act Act, st Step) error {
	to, ok := x.State.After(act)
	if !ok {
		return cannot("care.wrong.state", string(act)+" when it is "+string(x.State))
	}
	st.State = to
	x.State, x.Steps = to, append(slices.Clone(x.Steps), st)
	return nil
}

// AddPhoto adds a picture of before or after, on the word of who adds it that no passer-by can be made out in it: fault.Invalid without that.
func (s *Service) AddPhoto(ctx context.Context, by access.Actor, id string, rev int64, e media.Evidence, after, faceless bool) (Item, error) {
	if err := may(by, kindItem); err != nil {
		return Item{}, err
	}
	if err := CheckFaces(faceless); err != nil {
		return Item{}, err
	}
	return s.change(ctx, by, access.CareEdit, id, rev, "photo", func(x *Item) error {
		if !x.Open() {
			return cannot("care.wrong.state", "it is "+string(x.State))
		}
		return x.put(e, after)
	})
}

func (x *Item) put(e media.Evidence, after bool) error {
	if len(x.Of(after)) >= MaxPhotos {
		return fault.Wrong("photo", "care.wrong.photos", map[string]any{"Max": MaxPhotos})
	}
	x.Photos = append(slices.Clone(x.Photos), Photo{Evidence: e, After: after, Words: FaceWords})
	return nil
}

// DropPhoto takes a picture away: fault.NotFound for one that is not there.
func (s *Service) DropPhoto(ctx context.Context, by access.Actor, id string, rev int64, key string) (Item, error) {
	if err := may(by, kindItem); err != nil {
		return Item{}, err
	}
	return s.change(ctx, by, access.CareEdit, id, rev, "photo removed", func(x *Item) error {
		i := slices.IndexFunc(x.Photos, func(p Photo) bool { return p.Key == key })
		if i < 0 {
			return fault.Missing()
		}
		if x.State == Verified {
			return cannot("care.wrong.state", "it is verified")
		}
		x.Photos = slices.Delete(slices.Clone(x.Photos), i, i+1)
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Item) error) (Item, error) {
	if err := store.Seen(rev); err != nil {
		return Item{}, err
	}
	return s.items.UpdateAs(ctx, by, id, rev, func(x *Item) (audit.Write, error) {
		err := f(x)
		return audit.Write{Action: act, Title: x.Spot.Place, Why: why}, err
	})
}

// Get returns an item for the district: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Item, error) {
	if err := may(by, kindItem); err != nil {
		return Item{}, err
	}
	return s.items.Get(ctx, id)
}

// List returns the items of one state for the district, the oldest first, a page at a time.
func (s *Service) List(ctx context.Context, by access.Actor, st State, cursor string, limit int) (store.Page[Item], error) {
	if err := may(by, kindItem); err != nil {
		return store.Page[Item]{Items: []Item{}}, err
	}
	return s.items.Find(ctx, store.Where("state", store.Eq, string(st)).OrderBy("created_at", store.Asc).Limit(limit).After(cursor))
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("care: "+why))
}
