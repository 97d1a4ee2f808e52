package web

import (
	"slices"
	"strconv"
	"strings"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/listing"
	"shangquan/services/taxonomy"
)

// shownChoices is how many values of a list the filter shows at once. The others unfold; those of streets and plazas, which can be
// hundreds, are on the pages of all, but for chosen ones.
const shownChoices = 8

// filters makes the filter form. It says everything but the words, the order and the view, which it keeps.
func filters(p *speaker, l links, f *directory.Facets) ui.Filters {
	v := ui.Filters{Action: ui.Href(p.Lang, "/"), Into: found, Facets: []ui.Facet{}}
	for _, h := range l.hidden() {
		if h.Name == "q" || h.Name == "sort" || h.Name == "near" || h.Name == "view" {
			v.Hidden = append(v.Hidden, h)
		}
	}
	if l.q.Filtered() {
		v.Clear = l.to(l.q.Unfiltered())
	}
	when := ui.Facet{ID: "f-open", Name: "open", Legend: p.say("search.filter.when"), Radio: true}
	when.Options = append(when.Options, ui.Option{Label: p.say("search.filter.any_time"), Count: -1, Checked: l.q.Open == directory.AnyTime})
	for _, o := range f.Open {
		when.Options = append(when.Options, ui.Option{Value: o.Value, Label: p.say("search.open." + o.Value), Count: o.N, Checked: o.On})
	}
	v.Facets = append(v.Facets, when)

	what := ui.Facet{ID: "f-group", Name: "group", Legend: p.say("search.filter.what")}
	kinds, others := []directory.Choice{}, []directory.Choice{}
	for _, g := range f.Groups {
		what.Options = append(what.Options, option(p, g.Choice))
		if g.On {
			kinds = append(kinds, g.Categories...)
		} else {
			others = append(others, g.Categories...)
		}
	}
	often := func(a, b directory.Choice) int { return b.N - a.N }
	slices.SortStableFunc(kinds, often)
	slices.SortStableFunc(others, often)
	v.Facets = add(v.Facets, what)
	// Those of the group that was chosen are what one looks through next.
	v.Facets = add(v.Facets, choices(p, ui.Facet{ID: "f-cat", Name: "cat", Legend: p.say("search.filter.kinds"), With: true}, append(kinds, others...)))
	v.Facets = add(v.Facets, most(p, ui.Facet{ID: "f-at", Name: "at", Legend: p.say("search.filter.street")}, f.Streets, ui.Link{Label: p.say("search.filter.streets"), Href: ui.Href(p.Lang, "/streets")}))
	v.Facets = add(v.Facets, most(p, ui.Facet{ID: "f-plaza", Name: "plaza", Legend: p.say("search.filter.plaza"), With: len(f.Streets) > 0}, f.Plazas, ui.Link{Label: p.say("search.filter.plazas"), Href: ui.Href(p.Lang, "/plazas")}))
	if len(f.Levels) > 0 {
		level := ui.Facet{ID: "f-level", Name: "level", Legend: p.say("search.filter.level"), Radio: true, With: true}
		level.Options = append(level.Options, ui.Option{Label: p.say("search.filter.any_level"), Count: -1, Checked: l.q.Level == 0})
		for _, c := range f.Levels {
			level.Options = append(level.Options, option(p, c))
		}
		v.Facets = append(v.Facets, level)
	}
	v.Facets = add(v.Facets, choices(p, ui.Facet{ID: "f-tag", Name: "tag", Legend: p.say("search.filter.tags")}, firstStepFree(f.Tags)))
	price := ui.Facet{ID: "f-price", Name: "price", Legend: p.say("search.filter.price")}
	for _, c := range f.Prices {
		level, _ := strconv.Atoi(c.Value)
		price.Options = append(price.Options, ui.Option{Value: c.Value, Label: levelWords(p, level), Count: c.N, Checked: c.On})
	}
	v.Facets = add(v.Facets, price)
	if f.Heritage.N > 0 || f.Heritage.On {
		v.Facets = append(v.Facets, ui.Facet{ID: "f-heritage", Name: "heritage", Legend: p.say("search.filter.marks"), Options: []ui.Option{
			{Value: f.Heritage.Value, Label: p.say("search.filter.heritage"), Count: f.Heritage.N, Checked: f.Heritage.On},
		}})
	}
	return v
}

// levelSigns are the signs of a price level: ¥ to ¥¥¥¥.
func levelSigns(level int) string { return strings.Repeat("¥", level) }

// levelWords is a price level with its bounds.
func levelWords(p *speaker, level int) string {
	steps := listing.SpendSteps
	switch {
	case level <= 1:
		return levelSigns(1) + " " + p.say("search.price.up_to", "To", steps[0])
	case level > len(steps):
		return levelSigns(level) + " " + p.say("search.price.over", "From", steps[len(steps)-1])
	}
	return levelSigns(level) + " " + p.say("search.price.between", "From", steps[level-2]+1, "To", steps[level-1])
}

func option(p *speaker, c directory.Choice) ui.Option {
	return ui.Option{Value: c.Value, Label: p.name(c.Name), Count: c.N, Checked: c.On}
}

// choices adds all values, of which the first are shown at once.
func choices(p *speaker, f ui.Facet, list []directory.Choice) ui.Facet {
	for _, c := range list {
		f.Options = append(f.Options, option(p, c))
	}
	if rest := len(list) - shownChoices; rest > 0 {
		f.Shown, f.More = shownChoices, p.count("search.filter.more", rest)
	}
	return f
}

// most adds the most frequent values and the chosen ones, and where all of them are.
func most(p *speaker, f ui.Facet, list []directory.Choice, all ui.Link) ui.Facet {
	for i, c := range list {
		if i < shownChoices || c.On {
			f.Options = append(f.Options, option(p, c))
		}
	}
	if len(f.Options) < len(list) {
		f.All = &all
	}
	return f
}

// firstStepFree puts the tag first that decides for some people whether they can go at all, however few shops have it.
func firstStepFree(tags []directory.Choice) []directory.Choice {
	i := slices.IndexFunc(tags, func(c directory.Choice) bool { return c.Value == taxonomy.StepFree })
	if i < 0 {
		return tags
	}
	return slices.Concat(tags[i:i+1], tags[:i], tags[i+1:])
}

// add leaves out a facet without options: a legend over nothing helps nobody.
func add(list []ui.Facet, f ui.Facet) []ui.Facet {
	if len(f.Options) == 0 {
		return list
	}
	return append(list, f)
}

// chips are the filters of a phone: one to press, one for each of what most ask for, which leads to its options, and one for all. Streets,
// plazas and floors are one question there, where room is for three in a row.
func chips(p *speaker, l links, facets []ui.Facet) []ui.Chip {
	out := []ui.Chip{{
		Label: p.say("search.chip.open"), Into: found, On: l.q.Open == directory.Now,
		Href: l.change(func(q *directory.Query) {
			if q.Open == directory.Now {
				q.Open = directory.AnyTime
			} else {
				q.Open = directory.Now
			}
		}),
	}}
	for _, f := range facets {
		switch {
		case f.Name == "group":
			out = append(out, ui.Chip{Label: f.Legend, Href: "#" + f.ID, Opens: true})
		case f.Name == "at", f.Name == "plaza" && !f.With:
			out = append(out, ui.Chip{Label: p.say("search.chip.where"), Href: "#" + f.ID, Opens: true})
		}
	}
	return append(out, ui.Chip{Label: p.say("filter.label"), Href: "#filter", Opens: true})
}
