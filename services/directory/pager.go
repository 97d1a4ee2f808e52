package directory

// Pager says which pages a list has and which of them to offer.
type Pager struct {
	Page  int // the page shown, from 1
	Pages int // 0 for an empty list
	// Numbers are the pages to link to, 0 standing for a gap: 1 2 3 … 16. Empty when there is only one page.
	Numbers []int
}

// Prev returns the page before, 0 when there is none.
func (p Pager) Prev() int { return p.Page - 1 }

// Next returns the page after, 0 when there is none.
func (p Pager) Next() int {
	if p.Page >= p.Pages {
		return 0
	}
	return p.Page + 1
}

// newPager makes the pager of total rows at page, which is moved into range; beyond reports that it had to be.
func newPager(total, page int) (p Pager, beyond bool) {
	p = Pager{Page: max(1, page), Pages: (total + PerPage - 1) / PerPage, Numbers: []int{}}
	if beyond = p.Page > max(1, p.Pages); beyond {
		p.Page = max(1, p.Pages)
	}
	if p.Pages < 2 {
		return p, beyond
	}
	last := 0
	for n := 1; n <= p.Pages; n++ {
		if n != 1 && n != p.Pages && (n < p.Page-1 || n > p.Page+1) {
			continue
		}
		switch {
		case n-last == 2: // a gap of one page is no shorter than the page
			p.Numbers = append(p.Numbers, n-1)
		case n-last > 2:
			p.Numbers = append(p.Numbers, 0)
		}
		p.Numbers = append(p.Numbers, n)
		last = n
	}
	return p, beyond
}
