package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

// fieldLabel is what people call a part of a listing: "name.en" is 英文店名. A part that has no word of its own is called by its whole.
func fieldLabel(p *speaker, path string) string {
	for at := path; at != ""; {
		key := "desk.field." + strings.ReplaceAll(at, ".", "_")
		if p.Has(key) {
			return p.say(key)
		}
		cut := strings.LastIndexByte(at, '.')
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	return p.say("desk.field.other")
}

// changedFields names the fields of a change, each word once.
func (s *Site) changedFields(p *speaker, paths []string) string {
	words := []string{}
	for _, path := range paths {
		if w := fieldLabel(p, path); len(words) == 0 || words[len(words)-1] != w {
			words = append(words, w)
		}
	}
	return p.say("desk.changes", "Fields", strings.Join(words, p.say("empty.and")))
}

// compareListings sets two versions of a listing side by side, what differs in words.
func (s *Site) compareListings(p *speaker, was, now listing.Listing) []ui.CompareField {
	out := []ui.CompareField{}
	for _, d := range listing.Diff(was, now) {
		switch d.Path {
		case "proposal", "returned", "confirmed", "merchant_id", "plaza_may":
			continue // what the desk keeps, not what the page says
		}
		out = append(out, s.compareField(p, d))
	}
	return out
}

func (s *Site) compareField(p *speaker, d listing.FieldDiff) ui.CompareField {
	return ui.NewCompareField(fieldLabel(p, d.Path), s.inWords(p, d.Path, d.Before), s.inWords(p, d.Path, d.After))
}

// inWords says a value of a listing as a person reads it.
func (s *Site) inWords(p *speaker, path string, value any) string {
	and := p.say("empty.and")
	switch v := value.(type) {
	case string:
		return s.named(p, path, v)
	case int:
		if v == 0 {
			return ""
		}
		return strconv.Itoa(v)
	case bool:
		return p.say("desk.yes." + strconv.FormatBool(v))
	case []string:
		words := make([]string, len(v))
		for i := range v {
			words[i] = s.named(p, path, v[i])
		}
		return strings.Join(words, and)
	case listing.State:
		return p.say("desk.state." + string(v))
	case []phone.Number:
		words := make([]string, len(v))
		for i := range v {
			words[i] = strings.TrimSpace(v[i].Label + " " + v[i].Display())
		}
		return strings.Join(words, and)
	case *geo.Location:
		if v == nil {
			return ""
		}
		return fmt.Sprintf("%.5f, %.5f", v.Lat, v.Lng)
	case *listing.Closure:
		if v == nil {
			return ""
		}
		return strings.TrimSpace(p.say("status."+string(v.Kind)) + " " + v.On + " " + v.ForwardTo)
	case []listing.Mark:
		words := make([]string, len(v))
		for i := range v {
			words[i] = strings.TrimSpace(p.say("heritage.level."+v[i].Level) + " " + v[i].Certificate)
		}
		return strings.Join(words, and)
	}
	if text, ok := hoursInWords(p, value); ok {
		return text
	}
	// Prices and photos: the record itself, for there is nothing shorter that says all of it.
	b, err := json.Marshal(value)
	if err != nil || string(b) == "null" || string(b) == "[]" {
		return ""
	}
	return string(b)
}

// named turns the id of a category, a format or a tag into its name.
func (s *Site) named(p *speaker, path, id string) string {
	words := s.services.Words
	if words == nil {
		return id
	}
	switch path {
	case "category_id":
		if x, ok := words.Category(id); ok {
			return p.name(x.Name)
		}
	case "format_id":
		if x, ok := words.Format(id); ok {
			return p.name(x.Name)
		}
	case "tag_ids":
		if x, ok := words.Tag(id); ok {
			return p.name(x.Name)
		}
	}
	return id
}

// hoursInWords says a part of opening hours.
func hoursInWords(p *speaker, value any) (string, bool) {
	gap := p.say("desk.hours_gap")
	times := func(list []hours.Span) string {
		if len(list) == 0 {
			return p.say("week.closed")
		}
		return strings.Join(spans(p, list), p.say("empty.and"))
	}
	words := []string{}
	switch v := value.(type) {
	case [7][]hours.Span:
		for i, day := range v {
			words = append(words, ui.Weekday(p.Lang, time.Weekday((i+1)%7))+" "+times(day))
		}
	case map[string][]hours.Span:
		for _, class := range slices.Sorted(maps.Keys(v)) {
			words = append(words, p.say("desk.day_class."+class)+" "+times(v[class]))
		}
	case []hours.Special:
		for _, x := range v {
			words = append(words, strings.TrimSpace(daySpan(x.From, x.To)+" "+times(x.Spans)+" "+p.name(x.Note)))
		}
	case *hours.Pause:
		if v != nil {
			words = append(words, strings.TrimSpace(daySpan(v.From, v.Until)+" "+p.name(v.Note)))
		}
	default:
		return "", false
	}
	return strings.Join(words, gap), true
}

func daySpan(from, to string) string {
	if from == to || to == "" {
		return from
	}
	return from + "–" + to
}
