package directory

import (
	"slices"

	"shangquan/services/geo"
)

// Open narrows a search to when a shop is open.
type Open string

// When a shop is open. The evening ones mean the night that is under way or ahead, see Tonight.
const (
	AnyTime  Open = ""
	Now      Open = "now"    // to the minute
	After19  Open = "19"     // after 19:00
	After22  Open = "22"     // after 22:00
	After24  Open = "24"     // after midnight
	AllDay   Open = "allday" // does not close between the two midnights of the date
	openBits      = 5
)

// Opens lists the choices in the order the filter shows them.
var Opens = []Open{Now, After19, After22, After24, AllDay}

// Sort is the order of the rows.
type Sort string

// The orders. Best is relevance when there are words to search for; without words it is what is open first, then what is
// asked for most.
const (
	Best    Sort = ""
	Nearest Sort = "near" // needs Query.Near; shops without a position come last
	Door    Sort = "door" // street, then house number
	ByName  Sort = "name" // by pinyin (design L9)
	Popular Sort = "popular"
	Newest  Sort = "new"
)

// Sorts lists the orders in the order pages offer them.
var Sorts = []Sort{Best, Nearest, Door, ByName, Popular, Newest}

// Prices are the price levels in the order the filter shows them.
var Prices = []string{"1", "2", "3", "4"}

// PerPage is how many rows a page has (design L9): as many as a plan has pins.
const PerPage = 24

// MaxText is how many characters of words are looked at (security INP-05); MaxValues how many values one filter may have.
const (
	MaxText   = 100
	MaxValues = 20
)

// Query is what a visitor asks. The zero value, with Page 1, is the home page. Slugs are sorted and unique.
//
// Within Categories and Groups any value will do, and so within Streets and Plazas, and within Prices; of Tags every one must hold.
type Query struct {
	Text       string
	Categories []string
	Groups     []string
	Streets    []string
	Plazas     []string
	Level      int // floor of a plaza; 0: any
	Open       Open
	Tags       []string
	Prices     []string // "1" to "4", see listing.PriceLevel
	Heritage   bool
	Near       *geo.Point // where the visitor is, WGS-84, to four decimals (about ten metres)
	Sort       Sort
	Page       int // from 1
	Map        bool
}

// Change returns a copy of q changed by f, on page 1: a changed filter makes another list (design L8).
func (q Query) Change(f func(*Query)) Query {
	c := q.clone()
	f(&c)
	c.Page = 1
	c.normalise()
	return c
}

// AtPage returns q on another page.
func (q Query) AtPage(n int) Query {
	c := q.clone()
	c.Page = n
	return c
}

// AsMap returns q as a map or as a list, on the same page.
func (q Query) AsMap(on bool) Query {
	c := q.clone()
	c.Map = on
	return c
}

// Filtered reports whether anything but words narrows the query.
func (q Query) Filtered() bool {
	return len(q.Categories)+len(q.Groups)+len(q.Streets)+len(q.Plazas)+len(q.Tags)+len(q.Prices) > 0 || q.Level != 0 || q.Open != AnyTime || q.Heritage
}

// Home reports whether q asks for nothing in particular: the home page.
func (q Query) Home() bool { return q.Text == "" && !q.Filtered() && q.Near == nil }

// Unfiltered returns the query with its words only.
func (q Query) Unfiltered() Query {
	return Query{Text: q.Text, Near: q.Near, Sort: q.Sort, Map: q.Map, Page: 1}
}

func (q Query) clone() Query {
	for _, list := range q.lists() {
		*list = slices.Clone(*list)
	}
	return q
}

func (q *Query) lists() [6]*[]string {
	return [6]*[]string{&q.Categories, &q.Groups, &q.Streets, &q.Plazas, &q.Tags, &q.Prices}
}

func (q *Query) normalise() {
	for _, list := range q.lists() {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		if len(*list) == 0 {
			*list = nil
		}
	}
}

// Toggle adds value to list, or takes it away when it is there: what pressing a filter does. For use in Change.
func Toggle(list *[]string, value string) {
	if i := slices.Index(*list, value); i >= 0 {
		*list = slices.Delete(*list, i, i+1)
		return
	}
	*list = append(*list, value)
}
