package listing

import (
	"slices"
	"time"
)

// News is something that happened to a public page and that neighbours want to hear of: the shop opened or closed, has another address
// or other hours. It says no more than anybody can see. What was imported is no news.
type News struct {
	Kind NewsKind  `json:"kind"`
	At   time.Time `json:"at"`
	// The street and plaza it was on before, of another address; empty where it was on none.
	FromStreetID string `json:"from_street_id,omitempty"`
	FromPlazaID  string `json:"from_plaza_id,omitempty"`
}

// NewsKind is what happened.
type NewsKind string

// The kinds of news.
const (
	NewsOpened  NewsKind = "opened"
	NewsClosed  NewsKind = "closed"
	NewsAddress NewsKind = "address"
	NewsHours   NewsKind = "hours"
)

const (
	// maxNews is how much news a page keeps.
	maxNews = 10
	// sameNews is within what time news of the same kind takes the place of the one before: who corrects twice tells once.
	sameNews = 24 * time.Hour
)

// visible returns of l what news compares.
func (l *Listing) visible() Listing {
	return Listing{State: l.State, Address: l.Address, Hours: l.Hours}
}

// announce writes down what a change of l means for who follows its street or plaza.
func (l *Listing) announce(was Listing, now time.Time) {
	switch {
	case was.State != Published && l.State == Published:
		// A page of a shop that was there all along is no opening, and neither is one that comes back from elsewhere.
		if was.State == Submitted && l.last(Registered) < 0 || was.State == Closed {
			l.tell(News{Kind: NewsOpened, At: now})
		}
	case was.State == Published && l.State == Closed:
		l.tell(News{Kind: NewsClosed, At: now})
	case was.State == Published && l.State == Published:
		a, b := &was.Address, &l.Address
		if a.StreetID != b.StreetID || a.House != b.House || a.PlazaID != b.PlazaID || a.Level != b.Level || a.Unit != b.Unit {
			l.tell(News{Kind: NewsAddress, At: now, FromStreetID: a.StreetID, FromPlazaID: a.PlazaID})
		}
		if !was.Hours.Equal(l.Hours) {
			l.tell(News{Kind: NewsHours, At: now})
		}
	}
}

func (l *Listing) tell(x News) {
	list := slices.Clone(l.News)
	if i := slices.IndexFunc(list, func(y News) bool { return y.Kind == x.Kind && x.At.Sub(y.At) < sameNews }); i >= 0 {
		if x.Kind == NewsAddress { // where it really came from
			x.FromStreetID, x.FromPlazaID = list[i].FromStreetID, list[i].FromPlazaID
		}
		list = slices.Delete(list, i, i+1)
	}
	list = append(list, x)
	l.News = list[max(0, len(list)-maxNews):]
}
