package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/media"
)

// Kind is what sort of notice it is.
type Kind string

// The kinds.
const (
	Works     Kind = "works" // roadworks and other disruption
	Safety    Kind = "safety"
	Activity  Kind = "activity"
	Policy    Kind = "policy"
	Emergency Kind = "emergency" // weather, water, gas; has a level and an instruction, stands on every page
)

// Kinds lists the kinds in the order people choose from.
var Kinds = []Kind{Works, Safety, Activity, Policy, Emergency}

// Level is how grave an emergency is, by the four colours of the national warning signals.
type Level string

// The levels, the least grave first.
const (
	Blue   Level = "blue"
	Yellow Level = "yellow"
	Orange Level = "orange"
	Red    Level = "red"
)

// Levels lists the levels, the least grave first.
var Levels = []Level{Blue, Yellow, Orange, Red}

// Content is everything a notice says. Its Hash is what an approval is bound to.
type Content struct {
	Kind  Kind      `json:"kind"`
	Title lang.Text `json:"title"`
	// Text is in the subset of Markdown that Render takes, at most MaxText characters in each language.
	Text lang.Text `json:"text,omitzero"`
	// Level and Instruction (what to do now) belong to an Emergency only.
	Level       Level     `json:"level,omitempty"`
	Instruction lang.Text `json:"instruction,omitzero"`

	Photos []media.Photo `json:"photos,omitempty"`
	Files  []media.File  `json:"files,omitempty"`

	Place Place `json:"place,omitzero"`
	// From and Until are when what the notice is about takes place; zero: not said.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// PublishAt is when it becomes public; zero: as soon as it is published. ExpiresAt is when it ends by itself.
	PublishAt time.Time `json:"publish_at,omitzero"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`

	Pin    bool `json:"pin,omitempty"`    // stays on top of lists
	Urgent bool `json:"urgent,omitempty"` // before those that are not
	Home   bool `json:"home,omitempty"`   // on the home page
	Banner bool `json:"banner,omitempty"` // on the pages of the shops, streets and plazas it is for

	Contact Contact `json:"contact,omitzero"`
	// OpenAsUsual says that the shops it is for stay open meanwhile (施工期间照常营业); Access says how one gets to them.
	OpenAsUsual bool      `json:"open_as_usual,omitempty"`
	Access      lang.Text `json:"access,omitzero"`

	// MustConfirm asks every shop of the audience to confirm by Due, the last day (YYYY-MM-DD).
	MustConfirm bool   `json:"must_confirm,omitempty"`
	Due         string `json:"due,omitempty"`

	Audience Audience `json:"audience"`
}

// Place is where on the street plan a notice is about: a stretch of a street, a plaza, or a point.
type Place struct {
	Street  *Stretch   `json:"street,omitempty"`
	PlazaID string     `json:"plaza_id,omitempty"`
	Point   *geo.Point `json:"point,omitempty"`
	Words   lang.Text  `json:"words,omitzero"` // as people would say it: 谷阳路口到人民路口
}

// Contact is whom to ask: a desk and its number, never a person's.
type Contact struct {
	Desk  lang.Text `json:"desk,omitzero"`
	Phone string    `json:"phone,omitempty"` // as people read it; see package phone
}

// NeedsApproval reports whether a second person must approve it before it is public: whatever stands on the home page or as a banner
// on other pages, which an emergency does.
func (c *Content) NeedsApproval() bool { return c.Home || c.Banner || c.Kind == Emergency }

// Missing returns the languages in which the title, or a text that is there in the language of record, has no translation.
func (c *Content) Missing() []lang.Tag {
	out := []lang.Tag{}
	for _, t := range lang.Tags[1:] {
		for _, x := range []lang.Text{c.Title, c.Text, c.Instruction, c.Access} {
			if _, in := x.In(t); x.Hans != "" && in != t {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

// Hash identifies what is said, down to the last switch: SHA-256 of the canonical form, in hexadecimal. Two contents have the same hash
// exactly when they are the same.
func (c *Content) Hash() string {
	b, err := json.Marshal(c.canonical())
	if err != nil {
		panic(err) // the type has nothing that cannot be written
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// canonical returns the one form of what c says: texts clean, lists sorted where their order says nothing, times in UTC.
func (c *Content) canonical() Content {
	out := *c
	for _, t := range []*lang.Text{&out.Title, &out.Text, &out.Instruction, &out.Place.Words, &out.Contact.Desk, &out.Access} {
		t.Hans, t.Hant, t.En = lang.Clean(t.Hans), lang.Clean(t.Hant), lang.Clean(t.En)
	}
	out.Contact.Phone = lang.Clean(out.Contact.Phone)
	for _, t := range []*time.Time{&out.From, &out.Until, &out.PublishAt, &out.ExpiresAt} {
		*t = utc(*t)
	}
	out.Photos = slices.Clone(out.Photos)
	for i := range out.Photos {
		out.Photos[i].AddedAt = utc(out.Photos[i].AddedAt)
	}
	out.Files = slices.Clone(out.Files)
	for i := range out.Files {
		out.Files[i].AddedAt = utc(out.Files[i].AddedAt)
	}
	out.Audience = out.Audience.canonical()
	return out
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
