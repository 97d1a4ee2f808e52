package consent

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

// What the trail calls the records that hold consents, besides listings.
const (
	organisation = "organisation" // a member of the joint meeting
	resource     = "resource"     // what an organisation offers, such as a hall
	activity     = "activity"
	openPoint    = "open_point" // what a shop or an organisation opens to people who pass by
	enquiry      = "enquiry"    // what somebody asks about a unit on offer
	person       = "account"
)

// pointWords is the version of the words beside the button that opens something to everybody.
const pointWords = "1"

// stands returns the consents of the record that an entry is about, before and after it. They are named by stand.id.
func (s *Service) stands(ctx context.Context, e *audit.Entry) (before, after map[string]stand, err error) {
	before, after = map[string]stand{}, map[string]stand{}
	kind := e.Object().Kind
	if e.Fact.Rev == 1 { // a new record holds no copy of itself in the trail
		return nil, after, s.first(ctx, e, after)
	}
	for _, x := range e.Fact.Changes {
		switch kind + " " + x.Path {
		case listing.Kind + " consents":
			err = errors.Join(s.mobiles(before, x.Before), s.mobiles(after, x.After))
		case listing.Kind + " plaque":
			err = errors.Join(plaques(before, x.Before), plaques(after, x.After))
		case organisation + " consent":
			err = errors.Join(leaves(before, Listed, x.Before), leaves(after, Listed, x.After))
		case resource + " consent":
			err = errors.Join(leaves(before, Space, x.Before), leaves(after, Space, x.After))
		case enquiry + " consent":
			err = errors.Join(leaves(before, Asking, x.Before), leaves(after, Asking, x.After))
		case person + " monthly":
			err = errors.Join(leaves(before, Monthly, x.Before), leaves(after, Monthly, x.After))
		case activity + " page":
			err = errors.Join(s.photos(before, x.Before), s.photos(after, x.After))
		case openPoint + " open":
			opened(before, e, x.Before == "true")
			opened(after, e, x.After == "true")
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return before, after, nil
}

// first puts in what a new record brought along, as far as the record still tells: a shop may come with consents, what a shop opens is
// written down when it is opened first, and who enquires agrees with that.
func (s *Service) first(ctx context.Context, e *audit.Entry, after map[string]stand) error {
	switch e.Object().Kind {
	case listing.Kind:
		l, err := s.Shop(ctx, e.Object().ID)
		if err != nil {
			return notThere(err)
		}
		s.numbers(after, slices.DeleteFunc(l.Consents, func(c listing.Consent) bool { return c.At.After(e.Fact.At) }))
	case openPoint:
		at, err := s.OpenedAt(ctx, e.Object().ID)
		if err != nil {
			return notThere(err)
		}
		opened(after, e, !at.IsZero() && !at.After(e.Fact.At))
	case enquiry:
		at, words, err := s.Agreed(ctx, e.Object().ID)
		if err != nil {
			return notThere(err)
		}
		if version := strconv.Itoa(words); !at.IsZero() {
			put(after, stand{Asking, version, "", version, at, "", false})
		}
	}
	return nil
}

func put(in map[string]stand, x stand) { in[x.id()] = x }

func decode(raw string, v any) error {
	if raw == "" {
		return nil
	}
	return json.Unmarshal([]byte(raw), v)
}

// keyed tells one thing from others without naming it.
func (s *Service) keyed(what string) string {
	return base64.RawURLEncoding.EncodeToString(s.Keys.MAC("consent", []byte(what)))[:22]
}

func (s *Service) mobiles(in map[string]stand, raw string) error {
	var list []listing.Consent
	err := decode(raw, &list)
	s.numbers(in, list)
	return err
}

func (s *Service) numbers(in map[string]stand, list []listing.Consent) {
	for _, c := range list {
		put(in, stand{Mobile, s.keyed(c.Digits) + "/" + c.Version, masked(phone.Number{Kind: phone.Mobile, Digits: c.Digits}.National()), c.Version, c.At, c.By, false})
	}
}

// leave is what a record says of a consent.
type leave struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
	Paper     bool      `json:"paper"`
	Basis     string    `json:"basis"`
}

func leaves(in map[string]stand, k Kind, raw string) error {
	var l *leave
	err := decode(raw, &l)
	if l != nil {
		version := strconv.Itoa(l.Words)
		put(in, stand{k, version, "", version, l.At, l.AccountID, l.Paper})
	}
	return err
}

// plaques puts in the plaque of a shop: other words on it are another consent.
func plaques(in map[string]stand, raw string) error {
	var q *struct {
		Text    string `json:"text"`
		Consent leave  `json:"consent"`
	}
	err := decode(raw, &q)
	if q != nil {
		sum := sha256.Sum256([]byte(q.Text))
		version := strconv.Itoa(q.Consent.Words)
		put(in, stand{Plaque, base64.RawURLEncoding.EncodeToString(sum[:12]) + "/" + version, q.Text, version, q.Consent.At, q.Consent.AccountID, false})
	}
	return err
}

// photos puts in the pictures of an activity. Its draft has them all: one that is taken away is gone from the public page, too.
func (s *Service) photos(in map[string]stand, raw string) error {
	var page struct {
		Draft struct {
			Photos []struct {
				Key     string `json:"key"`
				Consent leave  `json:"consent"`
			} `json:"photos"`
		} `json:"draft"`
	}
	err := decode(raw, &page)
	for _, x := range page.Draft.Photos {
		version := strconv.Itoa(x.Consent.Words)
		put(in, stand{Photo, s.keyed(x.Key) + "/" + version, x.Consent.Basis, version, x.Consent.At, x.Consent.AccountID, false})
	}
	return err
}

// opened puts in that somebody opens something: the entry itself says who and when, and Why what.
func opened(in map[string]stand, e *audit.Entry, yes bool) {
	if yes {
		what := e.Fact.Why
		if e.Fact.Action == access.PointCheck { // a coordinator looked, and Why is what was found
			what = ""
		}
		put(in, stand{Opened, pointWords, what, pointWords, e.Fact.At, e.Fact.By.Account, false})
	}
}
