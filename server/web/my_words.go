package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"

	"shangquan/services/listing"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// factKeys name what a listing says, by the paths of listing.Diff. A path that is not here is nothing people are told of.
var factKeys = map[string]string{
	"state": "state", "name.hans": "name", "name.hant": "name_hant", "name.en": "name_en", "name.pinyin": "pinyin", "aliases": "aliases",
	"category_id": "category", "format_id": "format", "address.line": "address", "address.street_id": "street", "address.house": "house",
	"address.plaza_id": "plaza", "address.level": "level", "address.unit": "unit", "address.postcode": "postcode", "address.hint": "hint",
	"location": "location", "marks": "marks", "closure": "closure", "hours.known": "hours_known", "hours.week": "week", "hours.by_class": "by_class",
	"hours.special": "special", "hours.pause": "pause", "hours.text": "hours_text", "extra_hours": "extra", "phones": "phones", "consents": "consents", "website": "website",
	"description.hans": "text", "description.hant": "text_hant", "description.en": "text_en", "photos": "photos", "hidden": "hidden", "goods": "goods", "prices": "prices", "spend": "spend",
	"tag_ids": "tags", "payments": "payments", "merchant_id": "merchant", "plaza_may": "plaza_may", "plaque": "plaque", "confirmed": "confirmed", "proposal": "proposal", "returned": "returned",
}

// diffWords says what of a listing was changed, from what to what; the label is empty for what nobody is told of.
func (s *Site) diffWords(c *fiber.Ctx, p *speaker, d listing.FieldDiff) (label, before, after string) {
	key, ok := factKeys[d.Path]
	if !ok {
		return "", "", ""
	}
	return p.say("fact." + key), s.valueWords(c, p, d.Path, d.Before), s.valueWords(c, p, d.Path, d.After)
}

// valueWords is a value of a listing in words; empty for none.
func (s *Site) valueWords(c *fiber.Ctx, p *speaker, path string, v any) string {
	switch v := v.(type) {
	case string:
		return s.idWords(c, p, path, v)
	case listing.State:
		if v == "" {
			return ""
		}
		return p.say("my.state." + string(v))
	case bool:
		return boolWords(p, path, v)
	case int:
		if v == 0 {
			return ""
		}
		return strconv.Itoa(v)
	case []string:
		return s.listWords(p, path, v)
	case [7][]hours.Span:
		return weekWords(p, v)
	case map[string][]hours.Span:
		return classWords(p, v)
	case []hours.Special:
		return specialWords(p, v)
	case *hours.Pause:
		return pauseWords(p, v)
	case []hours.Extra:
		return extrasWords(p, v)
	case []phone.Number:
		return joined(p, v, phoneWords)
	case []listing.Consent:
		return joined(p, v, func(x listing.Consent) string { return x.Digits })
	case []listing.Price:
		return joined(p, v, func(x listing.Price) string { return strings.TrimSpace(p.name(x.Name) + " " + priceWords(p, &x)) })
	case []media.Photo:
		if len(v) == 0 {
			return ""
		}
		return p.count("my.words.photos", len(v))
	case []listing.Hiding:
		return joined(p, v, func(x listing.Hiding) string { return p.say("hidden.reason." + string(x.Reason)) })
	default:
		return placeWords(p, v)
	}
}

// placeWords is valueWords for positions, marks, and what became of a page.
func placeWords(p *speaker, v any) string {
	switch v := v.(type) {
	case *geo.Location:
		if v == nil {
			return ""
		}
		return pinWords(v)
	case []listing.Mark:
		return joined(p, v, func(x listing.Mark) string { return strings.TrimSpace(x.Kind + " " + x.Level + " " + x.Certificate) })
	case *listing.Plaque:
		if v == nil {
			return ""
		}
		return strings.TrimSpace(v.Text + " " + v.Issuer)
	case *listing.Closure:
		if v == nil {
			return ""
		}
		return strings.TrimSpace(p.say("shop.gone."+string(v.Kind)) + " " + v.On + " " + v.ForwardTo)
	case listing.Confirmed:
		if day, err := time.Parse(time.DateOnly, v.On); err == nil && v.By != "" && v.By != "source" {
			return p.say("shop.confirmed."+v.By, "Day", ui.ShortDate(p.Lang, day, p.now))
		}
		return ""
	case *listing.Proposal:
		if v == nil {
			return ""
		}
		return joined(p, v.Paths, func(path string) string { return proposedWords(p, path) })
	case *listing.Returned:
		if v == nil {
			return ""
		}
		return v.Reason
	}
	return ""
}

// proposedWords names a field that waits.
func proposedWords(p *speaker, path string) string {
	if key, ok := map[string]string{"name": "name", "address": "address"}[path]; ok {
		return p.say("fact." + key)
	}
	if key, ok := factKeys[path]; ok {
		return p.say("fact." + key)
	}
	return path
}

// idWords is a text as it is, or the name of what an id stands for.
func (s *Site) idWords(c *fiber.Ctx, p *speaker, path, v string) string {
	if v == "" {
		return ""
	}
	switch path {
	case "category_id":
		if x, ok := s.services.Words().Category(v); ok {
			return p.name(x.Name)
		}
	case "format_id":
		if x, ok := s.services.Words().Format(v); ok {
			return p.name(x.Name)
		}
	case "address.street_id":
		if x, err := s.services.Places.Street(c.UserContext(), v); err == nil {
			return p.name(x.Name)
		}
	case "address.plaza_id":
		if x, err := s.services.Places.Plaza(c.UserContext(), v); err == nil {
			return p.name(x.Name)
		}
	case "merchant_id":
		return p.say("my.words.claimed")
	}
	return v
}

func (s *Site) listWords(p *speaker, path string, v []string) string {
	return joined(p, v, func(x string) string {
		if path == "tag_ids" {
			if tag, ok := s.services.Words().Tag(x); ok {
				return p.name(tag.Name)
			}
		}
		return x
	})
}

func boolWords(p *speaker, path string, v bool) string {
	switch {
	case path == "plaza_may" && v:
		return p.say("my.words.plaza_may")
	case path == "plaza_may":
		return p.say("my.words.plaza_not")
	case v:
		return p.say("my.words.known")
	}
	return p.say("my.words.unknown")
}

// joined joins what the items say.
func joined[T any](p *speaker, list []T, say func(T) string) string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, say(x))
	}
	return strings.Join(out, p.say("empty.and"))
}

func spansWords(p *speaker, list []hours.Span) string {
	if len(list) == 0 {
		return p.say("my.words.closed")
	}
	return strings.Join(spans(p, list), p.say("empty.and"))
}

// weekWords is a week in as few lines as it has different days in a row: 周一至周五 6:30–14:00；周六、周日 休息.
func weekWords(p *speaker, week [7][]hours.Span) string {
	lines := []string{}
	for i := 0; i < len(week); {
		j := i
		for j+1 < len(week) && spansWords(p, week[j+1]) == spansWords(p, week[i]) {
			j++
		}
		days := weekdayWords(p, i)
		if j > i {
			days = p.say("my.words.days", "From", days, "To", weekdayWords(p, j))
		}
		lines = append(lines, days+" "+spansWords(p, week[i]))
		i = j + 1
	}
	return strings.Join(lines, p.say("my.semicolon"))
}

// weekdayWords is the day of the week that is i days after Monday.
func weekdayWords(p *speaker, i int) string { return ui.Weekday(p.Lang, time.Weekday((i+1)%7)) }

func classWords(p *speaker, v map[string][]hours.Span) string {
	lines := []string{}
	for _, class := range []calendar.Class{calendar.Weekday, calendar.Rest, calendar.Holiday, calendar.Makeup} {
		if list, ok := v[string(class)]; ok {
			lines = append(lines, p.say("my.class."+string(class))+" "+spansWords(p, list))
		}
	}
	return strings.Join(lines, p.say("my.semicolon"))
}

// timesWords are a week and its kinds of days in words.
func timesWords(p *speaker, h hours.Hours) string {
	out := weekWords(p, h.Week)
	if classes := classWords(p, h.ByClass); classes != "" {
		out += p.say("my.semicolon") + classes
	}
	return out
}

// datesWords is a range of dates as they are stored.
func datesWords(p *speaker, from, to string) string {
	first, err1 := calendar.ParseDate(from)
	last, err2 := calendar.ParseDate(to)
	if err1 != nil || err2 != nil {
		return strings.TrimSpace(from + " " + to)
	}
	return dayRange(p, first, last)
}

func specialWords(p *speaker, list []hours.Special) string {
	lines := []string{}
	for _, x := range list {
		lines = append(lines, strings.TrimSpace(datesWords(p, x.From, x.To)+" "+spansWords(p, x.Spans)+" "+p.name(x.Note)))
	}
	return strings.Join(lines, p.say("my.semicolon"))
}

func pauseWords(p *speaker, x *hours.Pause) string {
	if x == nil {
		return ""
	}
	from, err := calendar.ParseDate(x.From)
	if err != nil {
		return x.From
	}
	words := p.say("my.words.pause_from", "Day", ui.Date(p.Lang, from.At(0), p.now))
	if until, err := calendar.ParseDate(x.Until); err == nil {
		words += p.say("my.words.reopens", "Day", ui.Date(p.Lang, (until+1).At(0), p.now))
	}
	return strings.TrimSpace(words + " " + p.name(x.Note))
}

func phoneWords(n phone.Number) string {
	if n.Label != "" {
		return n.Label + " " + n.Display()
	}
	return n.Display()
}

// priceWords is a price as customers read it: 8 元, 14 元 / 份, 面议.
func priceWords(p *speaker, x *listing.Price) string {
	if x.Amount == 0 {
		return p.say("price.ask")
	}
	amount := yuan(x.Amount)
	if x.Unit != "" {
		return p.say("price.each", "Amount", amount, "Unit", x.Unit)
	}
	return p.say("price.plain", "Amount", amount)
}

// yuan writes fen as yuan without needless zeros: 8, 8.5, 8.05.
func yuan(fen int) string {
	s := fmt.Sprintf("%d.%02d", fen/100, fen%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// priceItems are the prices of a shop that hold on the day of p.
func priceItems(p *speaker, list []listing.Price) []ui.PriceItem {
	out := []ui.PriceItem{}
	for i := range list {
		x := &list[i]
		if !x.Holds(p.now.Format(time.DateOnly)) {
			continue
		}
		name, in := x.Name.In(p.Lang)
		notes := []string{}
		if x.Note != "" {
			notes = append(notes, x.Note)
		}
		if day, err := calendar.ParseDate(x.Until); err == nil {
			notes = append(notes, p.say("price.until", "Day", ui.ShortDate(p.Lang, day.At(0), p.now)))
		}
		out = append(out, ui.PriceItem{Name: name, Lang: in, Note: strings.Join(notes, p.say("my.comma")), Price: priceWords(p, x)})
	}
	return out
}

// pinWords is a position as people copy it: latitude, longitude.
func pinWords(x *geo.Location) string {
	lat, lng := x.In(x.Source)
	return strconv.FormatFloat(lat, 'f', 6, 64) + ", " + strconv.FormatFloat(lng, 'f', 6, 64)
}
