package ui

import "shangquan/services/lang"

// Link is a word with an address.
type Link struct{ Label, Href string }

// Hidden is a value a form carries along.
type Hidden struct{ Name, Value string }

// SearchBox is the search field with the often-searched words beneath.
type SearchBox struct {
	Action string
	Into   string // "#found": the region that a search without reload replaces
	Query  string
	Hidden []Hidden // filters kept while searching
	Often  []Link
}

// Suggestion is one line under the search field, as /suggest answers it: {"items":[…]}.
type Suggestion struct {
	Text string   `json:"text"`
	Note string   `json:"note,omitempty"` // 药店 · 中山中路 236 号
	Href string   `json:"href"`
	Lang lang.Tag `json:"lang,omitempty"`
	// Hits are the byte ranges of Text that were found, turned into parts by Parts for the script.
	Parts []Part `json:"parts,omitempty"`
}

// Chip is a filter as one press: a link to the same page with or without it, or (Opens) to the filters of one kind.
type Chip struct {
	Label string
	Icon  string
	Href  string
	Into  string
	On    bool
	Opens bool
}

// Option is a value to choose. Count −1: not counted.
type Option struct {
	Value, Label string
	Count        int
	Checked      bool
}

// Facet is a group of options of a filter. ID is the target of the chip that opens it on phones; With is one that opens with the
// facet before it. Of many options only the first Shown are there at once, the others unfold under More; 0: all of them. All leads to
// those that are not among the options.
type Facet struct {
	ID, Name, Legend string
	Radio, With      bool
	Options          []Option
	Shown            int
	More             string
	All              *Link
}

// Filters is the form of all filters: a GET form with its own button; in a wide window it submits itself.
type Filters struct {
	Action string
	Into   string
	Hidden []Hidden
	Facets []Facet
	Clear  string // address without filters; empty when none is set
}

// Count is the line above a list.
type Count struct {
	Number int
	Label  string // 家现在营业
	Detail string // 共 128 家，近的在前
}

// Switch is the choice between list and plan; both keep all filters.
type Switch struct {
	List, Map string
	OnMap     bool
}

// Callout is a framed sentence. Kind: "" plain, ok, warn, bad.
type Callout struct {
	Kind, Icon, Lead, Text string
	Lang                   lang.Tag // of the lead, where it is not that of the page
	Link                   *Link
}

// Button is a link or a submit button. Kind: "" (the one primary of a view), alt, text, s, or several with spaces.
type Button struct {
	Label, Href, Icon, Kind string
	Name, Value             string
	Of                      string // what it is about, for screen readers, where several buttons say the same
}

// Empty is what stands where nothing was found or nothing is to do.
type Empty struct {
	Lead    string
	Text    string
	Hints   []Hint
	Buttons []Button
}

// Hint is one thing to try.
type Hint struct {
	Text  string
	Links []Link
}

// Skeleton is the shape of a list that is on its way.
type Skeleton struct{ Count int }

// Rows returns one value per row.
func (s Skeleton) Rows() []struct{} { return make([]struct{}, s.Count) }

// Favourite is the star of one shop. ID is the shop code.
type Favourite struct{ ID string }

// Near is the button that sorts by the distance from the visitor.
type Near struct{ Into string }

// Speak reads an element of the page aloud. Of is its id.
type Speak struct{ Of string }

// Pager is the list of pages.
type Pager struct {
	Pages          []PageLink
	Previous, Next string
}

// PageLink is a page, or a gap between pages.
type PageLink struct {
	Number       int
	Href         string
	Current, Gap bool
}

// NewPager returns the links of a pager: numbers are the pages to offer, 0 a gap; next and previous are 0 for none.
func NewPager(page, previous, next int, numbers []int, href func(page int) string) Pager {
	p := Pager{Pages: []PageLink{}}
	for _, n := range numbers {
		if n == 0 {
			p.Pages = append(p.Pages, PageLink{Gap: true})
			continue
		}
		p.Pages = append(p.Pages, PageLink{Number: n, Href: href(n), Current: n == page})
	}
	if previous > 0 {
		p.Previous = href(previous)
	}
	if next > 0 {
		p.Next = href(next)
	}
	return p
}
