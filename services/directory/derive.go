package directory

import (
	"iter"
	"slices"

	"shangquan/services/lang"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// derive returns what an engine has to know to find the shop. Opening hours, marks and positions are not part of it: filters are
// made from the snapshot, see the package comment.
func (r *register) derive(sh *shop) search.Listing {
	l := sh.Listing
	out := search.Listing{
		ID: l.ID, Name: l.Name.Hans, Aliases: names(l.Name.Text, l.Aliases), Pinyin: l.Name.Pinyin,
		Goods: slices.Concat(l.Goods, sh.board.words()), Address: l.Address.Line, Level: l.Address.Level, Price: l.PriceLevel(), Description: l.Description.Hans,
		Popularity: l.Popularity, UpdatedAt: l.UpdatedAt, NameKey: l.Name.SortKey, DoorKey: sh.door,
	}
	if sh.category >= 0 {
		c := r.categories[sh.category]
		out.Category = search.Label{ID: c.ID, Terms: words(c.Name, c.Terms)}
	}
	if sh.street >= 0 {
		s := r.streets[sh.street]
		out.Street = search.Label{ID: s.Slug, Terms: words(s.Name, s.Aliases)}
	}
	if sh.plaza >= 0 {
		p := r.plazas[sh.plaza]
		out.Plaza = search.Label{ID: p.Slug, Terms: words(p.Name, p.Aliases)}
		out.Floor = p.Label(l.Address.Level)
	}
	for _, id := range l.TagIDs {
		if n, ok := r.tag[id]; ok {
			t := r.tags[n]
			out.Tags = append(out.Tags, search.Label{ID: t.ID, Terms: words(t.Name, t.Terms)})
		}
	}
	for _, p := range l.Phones {
		out.Phones = append(out.Phones, p.Digits)
	}
	if l.Description.En != "" {
		out.Description += " " + l.Description.En
	}
	return out
}

// document is derive of a shop with the sum of what an engine makes of it, and what keeps it out of every index, which may be that the
// derivation panics.
func (s *snapshot) document(n int32) (doc search.Listing, sum string, err error) {
	sh := &s.shops[n]
	err = search.Guard(sh.ID, func() {
		doc = s.reg.derive(sh)
		sum = text.DocumentOf(&doc).Sum
	})
	if err == nil {
		err = doc.Check()
	}
	return doc, sum, err
}

// words returns what a thing is called: its name, first in the language of record, and its other words.
func words(name lang.Text, more []string) []string {
	return append([]string{name.Hans}, names(name, more)...)
}

// names returns the names of a thing besides the one in the language of record. The traditional form folds to the same tokens
// and is left out where it is only that.
func names(name lang.Text, more []string) []string {
	var out []string
	for _, s := range append([]string{name.En, name.Hant}, more...) {
		if s != "" && s != name.Hans {
			out = append(out, s)
		}
	}
	return out
}

// documents returns everything an engine has to hold for s; progress, which may be nil, hears how many were handed over.
func (s *snapshot) documents(progress func(done, total int)) iter.Seq2[search.Listing, error] {
	return func(yield func(search.Listing, error) bool) {
		done, total := 0, len(s.lists.popular.list)
		for _, n := range s.lists.popular.list {
			if !yield(s.reg.derive(&s.shops[n]), nil) {
				return
			}
			if done++; progress != nil && (done%500 == 0 || done == total) {
				progress(done, total)
			}
		}
	}
}
