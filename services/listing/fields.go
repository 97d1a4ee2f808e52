package listing

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// Class says what becomes of an edit.
type Class string

// The classes of fields.
const (
	Live  Class = "live"  // seen by the public at once; samples are looked at later
	Waits Class = "waits" // sensitive: waits for a coordinator while the published page stays as it is
	Kept  Class = "kept"  // never set by an edit: by an action of its own, or by the program
)

// Field is a part of a listing that an edit changes as a whole.
type Field struct {
	Path   string // the key in a Patch: the JSON path
	Class  Class
	Action access.Action // what it takes to edit it; empty when Kept

	value func(*Listing) any // to compare and to write out
	set   func(*Listing, hand, []byte) error
	copy  func(to, from *Listing)
}

// hand is who edits, and when.
type hand struct {
	by  access.Actor
	now time.Time
}

// Near is how far a merchant may move the pin at once, in metres; further away waits.
const Near = 200

// Fields names every field of a listing once: the list of what each role may write (requirement AUZ-04). What is not in it is
// written by nobody.
var Fields = []Field{
	field("name", Waits, access.ListingSensitive, func(l *Listing) *Name { return &l.Name }),
	field("aliases", Waits, access.ListingSensitive, func(l *Listing) *[]string { return &l.Aliases }),
	field("category_id", Waits, access.ListingSensitive, func(l *Listing) *string { return &l.CategoryID }),
	field("format_id", Waits, access.ListingSensitive, func(l *Listing) *string { return &l.FormatID }),
	door,
	field("location", Waits, access.ListingSensitive, func(l *Listing) **geo.Location { return &l.Location }),
	field("marks", Waits, access.ListingSensitive, func(l *Listing) *[]Mark { return &l.Marks }),
	field("closure", Waits, access.ListingSensitive, func(l *Listing) **Closure { return &l.Closure }),

	field("hours", Live, access.ListingHours, func(l *Listing) *hours.Hours { return &l.Hours }),
	field("extra_hours", Live, access.ListingHours, func(l *Listing) *[]hours.Extra { return &l.ExtraHours }),
	field("phones", Live, access.ListingContact, func(l *Listing) *[]phone.Number { return &l.Phones }),
	consents,
	field("website", Live, access.ListingContact, func(l *Listing) *string { return &l.Website }),
	field("description", Live, access.ListingTexts, func(l *Listing) *lang.Text { return &l.Description }),
	photos,
	field("address.hint", Live, access.ListingTexts, func(l *Listing) *string { return &l.Address.Hint }),
	field("goods", Live, access.ListingGoods, func(l *Listing) *[]string { return &l.Goods }),
	field("prices", Live, access.ListingGoods, func(l *Listing) *[]Price { return &l.Prices }),
	field("spend", Live, access.ListingGoods, func(l *Listing) *int { return &l.Spend }),
	field("tag_ids", Live, access.ListingGoods, func(l *Listing) *[]string { return &l.TagIDs }),
	field("payments", Live, access.ListingGoods, func(l *Listing) *[]string { return &l.Payments }),

	{Path: "id", Class: Kept},
	{Path: "rev", Class: Kept},
	{Path: "created_at", Class: Kept},
	{Path: "updated_at", Class: Kept},
	{Path: "fact", Class: Kept},
	{Path: "merchant_id", Class: Kept},
	{Path: "plaza_may", Class: Kept},
	{Path: "plaque", Class: Kept},
	{Path: "code", Class: Kept},
	{Path: "slug", Class: Kept},
	{Path: "state", Class: Kept},
	{Path: "merged", Class: Kept},
	{Path: "popularity", Class: Kept},
	{Path: "confirmed", Class: Kept},
	{Path: "source", Class: Kept},
	{Path: "proposal", Class: Kept},
	{Path: "waits_since", Class: Kept},
	{Path: "returned", Class: Kept},
	{Path: "watch", Class: Kept},
	{Path: "looks", Class: Kept},
	{Path: "hidden", Class: Kept},
	{Path: "turns", Class: Kept},
	{Path: "news", Class: Kept},
	{Path: "seen_open_on", Class: Kept},
}

// fieldAt finds the fields by their paths.
var fieldAt = func() map[string]*Field {
	m := make(map[string]*Field, len(Fields))
	for i := range Fields {
		m[Fields[i].Path] = &Fields[i]
	}
	return m
}()

func field[T any](path string, class Class, act access.Action, at func(*Listing) *T) Field {
	return Field{
		Path: path, Class: class, Action: act,
		value: func(l *Listing) any { return *at(l) },
		set: func(l *Listing, _ hand, raw []byte) error {
			var v T
			if err := strict(raw, &v); err != nil {
				return err
			}
			*at(l) = v
			return nil
		},
		copy: func(to, from *Listing) { *at(to) = *at(from) },
	}
}

// door is the address without the hint how to find it, which is a text of the shop like others.
var door = Field{
	Path: "address", Class: Waits, Action: access.ListingSensitive,
	value: func(l *Listing) any {
		a := l.Address
		a.Hint = ""
		return a
	},
	set: func(l *Listing, _ hand, raw []byte) error {
		var v Address
		if err := strict(raw, &v); err != nil {
			return err
		}
		if v.Hint != "" && v.Hint != l.Address.Hint {
			return errors.New("the hint is a field of its own: address.hint")
		}
		v.Hint = l.Address.Hint
		l.Address = v
		return nil
	},
	copy: func(to, from *Listing) {
		hint := to.Address.Hint
		to.Address = from.Address
		to.Address.Hint = hint
	},
}

// consents takes the numbers that may be shown and the words that were read; who and when is not for the caller to say. A number
// that had the same consent keeps its date.
var consents = Field{
	Path: "consents", Class: Live, Action: access.ListingContact,
	value: func(l *Listing) any { return l.Consents },
	set: func(l *Listing, h hand, raw []byte) error {
		var given []struct {
			Digits  string `json:"digits"`
			Version string `json:"version"`
		}
		if err := strict(raw, &given); err != nil {
			return err
		}
		next := []Consent{}
		for _, g := range given {
			c := Consent{Digits: g.Digits, Version: g.Version, At: h.now, By: h.by.AccountID}
			for _, was := range l.Consents {
				if was.Digits == c.Digits && was.Version == c.Version {
					c = was
				}
			}
			next = append(next, c)
		}
		l.Consents = next
		return nil
	},
	copy: func(to, from *Listing) { to.Consents = from.Consents },
}

// photos takes the order and the captions of the photos that are there; those left out are taken away. A photo is added by
// AddPhoto only, so that nobody shows a file that was not looked at, or is another's.
var photos = Field{
	Path: "photos", Class: Live, Action: access.ListingPhotos,
	value: func(l *Listing) any { return l.Photos },
	set: func(l *Listing, _ hand, raw []byte) error {
		var given []struct {
			Key     string    `json:"key"`
			Caption lang.Text `json:"caption"`
		}
		if err := strict(raw, &given); err != nil {
			return err
		}
		there := map[string]media.Photo{}
		for _, p := range l.Photos {
			there[p.Key] = p
		}
		next := []media.Photo{}
		for _, g := range given {
			p, ok := there[g.Key]
			if !ok {
				return errors.New("there is no such photo")
			}
			delete(there, g.Key)
			p.Caption = g.Caption
			next = append(next, p)
		}
		l.Photos = next
		return nil
	},
	copy: func(to, from *Listing) { to.Photos = from.Photos },
}

// strict reads a value without any field that it does not have; null is no value.
func strict(raw []byte, v any) error {
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return errors.New("null")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// same reports whether two listings say the same in this field.
func (f *Field) same(a, b *Listing) bool { return sameValue(f.value(a), f.value(b)) }

// sameValue compares as the store does: what is written out alike is alike, and a list that is not there is an empty one.
func sameValue(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(nothing(x), nothing(y))
}

func nothing(raw []byte) []byte {
	if bytes.Equal(raw, []byte("null")) {
		return []byte("[]")
	}
	return raw
}

// Patch is an edit: the new value of each field that changes, as JSON, by the field's path. Forms and the API make the same ones.
type Patch map[string]json.RawMessage

// Put adds a field with its new value to the patch.
func (p Patch) Put(path string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	p[path] = raw
	return nil
}

// paths returns what is edited, in the order of Fields, and names what nobody may write or what it takes another role for. Nobody
// learns from the answer which of the two it is.
func (p Patch) paths(by access.Actor, t access.Thing) ([]*Field, error) {
	var out []*Field
	var wrong []fault.Field
	for path := range p {
		f, ok := fieldAt[path]
		if !ok || f.Class == Kept || !access.Can(by, f.Action, t) {
			wrong = append(wrong, fault.Field{Name: path, Key: "listing.wrong.field"})
			continue
		}
		out = append(out, f)
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b fault.Field) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
		return nil, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	slices.SortFunc(out, func(a, b *Field) int { return slices.Index(order, a.Path) - slices.Index(order, b.Path) })
	return out, nil
}

var order = func() []string {
	out := make([]string, len(Fields))
	for i := range Fields {
		out[i] = Fields[i].Path
	}
	return out
}()
