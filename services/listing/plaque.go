package listing

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Plaque is a sign of honour 示范岗 that hangs in the shop, in its own words. It is about the shop and says nothing of anybody who works
// there: its owner enters it and takes it back with one press, the program derives it from nothing, and no search finds a shop by it.
type Plaque struct {
	Text    string        `json:"text"`   // what is on it
	Issuer  string        `json:"issuer"` // who awarded it; may be empty
	Consent PlaqueConsent `json:"consent"`
}

// PlaqueConsent is the leave of the shop to show it: which account gave it, when, to which words.
type PlaqueConsent struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
}

// PlaqueWords is the version of the sentence an owner agrees to; another sentence takes another number.
const PlaqueWords = 1

// Limits of a plaque, in characters.
const (
	MaxPlaque = 20
	MaxIssuer = 40
)

// SetPlaque puts a plaque on the page of a shop, over revision rev, with the leave of its owner: fault.Invalid without that.
func (s *Service) SetPlaque(ctx context.Context, by access.Actor, id string, rev int64, text, issuer string, agreed bool) (Listing, error) {
	q := Plaque{Text: lang.Clean(text), Issuer: lang.Clean(issuer)}
	wrong := (lang.Limit{Max: MaxPlaque, Must: true}).Check("text", q.Text)
	wrong = append(wrong, (lang.Limit{Max: MaxIssuer}).Check("issuer", q.Issuer)...)
	if !agreed {
		wrong = append(wrong, fault.Field{Name: "agree", Key: "plaque.wrong.agree"})
	}
	return s.change(ctx, by, access.ListingPlaque, audit.Write{Action: access.ListingPlaque, Why: "shown"}, id, rev, func(l *Listing) error {
		if err := fault.Wrongs(wrong); err != nil { // after the permission
			return err
		}
		if l.MerchantID == "" {
			return fault.Missing() // nobody could take it back
		}
		q.Consent = PlaqueConsent{AccountID: by.AccountID, At: s.now().UTC().Truncate(time.Millisecond), Words: PlaqueWords}
		l.Plaque = &q
		return nil
	})
}

// DropPlaque takes the plaque away at once, whatever else was written meanwhile.
func (s *Service) DropPlaque(ctx context.Context, by access.Actor, id string) (Listing, error) {
	return s.change(ctx, by, access.ListingPlaque, audit.Write{Action: access.ListingPlaque, Why: "taken back"}, id, 0, func(l *Listing) error {
		if l.Plaque == nil {
			return errSame
		}
		l.Plaque = nil
		return nil
	})
}
