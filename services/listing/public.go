package listing

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/phone"
)

// Consent is the leave of a person to show their mobile number in public: a personal datum of the holder, which may be shown only
// with a consent of its own, dated, and bound to the words that were read (PIPL articles 14 to 16 and 25, requirement PRV-02). It
// belongs to the number, so that another number needs another consent, and ends with it.
type Consent struct {
	Digits  string    `json:"digits"`  // of the phone.Number
	Version string    `json:"version"` // which words were read
	At      time.Time `json:"at"`
	By      string    `json:"by"` // the account that gave it
}

// PublicPhones returns the numbers a visitor may see: every one that is no person's, and the mobile numbers with a consent.
func (l *Listing) PublicPhones() []phone.Number {
	out := []phone.Number{}
	for _, n := range l.Phones {
		if n.Kind != phone.Mobile || l.consented(n.Digits) {
			out = append(out, n)
		}
	}
	return out
}

// HiddenPhones returns the numbers that PublicPhones leaves out.
func (l *Listing) HiddenPhones() []phone.Number {
	out := []phone.Number{}
	for _, n := range l.Phones {
		if n.Kind == phone.Mobile && !l.consented(n.Digits) {
			out = append(out, n)
		}
	}
	return out
}

func (l *Listing) consented(digits string) bool {
	return slices.ContainsFunc(l.Consents, func(c Consent) bool { return c.Digits == digits })
}

// ForPublic returns the listing as a visitor may know it. It is the one place that decides: pages, search, the API and feeds are
// all made from what it leaves.
func (l *Listing) ForPublic() Listing {
	out := *l
	out.Phones = l.PublicPhones()
	out.Consents, out.Proposal, out.WaitsSince, out.Returned, out.Watch = []Consent{}, nil, time.Time{}, nil, Watch{Changed: []string{}}
	out.Looks, out.Hidden = Looks{}, nil
	out.MerchantID, out.PlazaMay = "", false
	if l.Plaque != nil {
		out.Plaque = &Plaque{Text: l.Plaque.Text, Issuer: l.Plaque.Issuer}
	}
	out.Trail = audit.Trail{}
	out.Turns, out.SeenOpenOn = nil, ""
	out.Photos = slices.Clone(l.Photos)
	for i := range out.Photos {
		out.Photos[i].By = ""
	}
	return out
}
