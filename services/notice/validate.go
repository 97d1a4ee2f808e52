package notice

import (
	"slices"
	"time"

	"golang.org/x/text/width"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

// Limits of what a notice says.
const (
	MaxTitle    = 24 // hanzi; two Latin letters are as wide as one
	MaxText     = 20_000
	MaxPhotos   = 10
	MaxFiles    = 5
	MaxDays     = 366 // from publication to expiry
	maxLine     = 60
	maxInstruct = 120
)

// Width returns how wide a text stands in halves of a hanzi: two for one, one for a Latin letter or a digit.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth || k == width.EastAsianAmbiguous {
			n++
		}
	}
	return n
}

// check returns fault.Invalid with every wrong field, named by its JSON path, of a content in its canonical form. now is when it would
// be public at the earliest.
func (c *Content) check(now time.Time) error {
	var wrong []fault.Field
	when := func(bad bool, name, key string) {
		if bad {
			wrong = append(wrong, fault.Field{Name: name, Key: key})
		}
	}
	line := func(limit lang.Limit, name string, x lang.Text) { wrong = append(wrong, limit.CheckText(name, x)...) }
	when(!slices.Contains(Kinds, c.Kind), "kind", "error.choice")
	line(lang.Limit{Max: 4 * MaxTitle, Must: true}, "title", c.Title)
	for _, t := range []struct{ name, text string }{{"title", c.Title.Hans}, {"title.hant", c.Title.Hant}, {"title.en", c.Title.En}} {
		if Width(t.text) > 2*MaxTitle {
			wrong = append(wrong, fault.Field{Name: t.name, Key: "notice.wrong.title", Args: map[string]any{"Max": MaxTitle}})
		}
	}
	line(lang.Limit{Max: MaxText, Prose: true}, "text", c.Text)
	for _, t := range []struct{ name, text string }{{"text", c.Text.Hans}, {"text.hant", c.Text.Hant}, {"text.en", c.Text.En}} {
		if _, err := parse(t.text); err != nil {
			when(true, t.name, "notice.wrong.markdown")
		}
	}
	line(lang.Limit{Max: maxInstruct, Must: c.Kind == Emergency, Prose: true}, "instruction", c.Instruction)
	when(c.Kind == Emergency && !slices.Contains(Levels, c.Level) || c.Kind != Emergency && c.Level != "", "level", "error.choice")
	when(c.Kind != Emergency && !c.Instruction.IsZero(), "instruction", "error.choice")
	line(lang.Limit{Max: maxLine}, "place.words", c.Place.Words)
	line(lang.Limit{Max: maxLine}, "contact.desk", c.Contact.Desk)
	line(lang.Limit{Max: 2 * maxLine, Prose: true}, "access", c.Access)
	if c.Contact.Phone != "" {
		_, err := phone.Parse(c.Contact.Phone)
		when(err != nil, "contact.phone", "error.phone.unreadable")
	}
	c.checkTimes(now, &wrong)
	c.checkMedia(&wrong)
	wrong = append(wrong, c.Audience.check()...)
	return fault.Wrongs(wrong)
}

// checkTimes adds what is wrong with the days and hours.
func (c *Content) checkTimes(now time.Time, wrong *[]fault.Field) {
	when := func(bad bool, name, key string) {
		if bad {
			*wrong = append(*wrong, fault.Field{Name: name, Key: key})
		}
	}
	start := now
	if c.PublishAt.After(now) {
		start = c.PublishAt
	}
	when(!c.Until.IsZero() && c.Until.Before(c.From), "until", "notice.wrong.order")
	when(c.ExpiresAt.IsZero(), "expires_at", "error.date")
	when(!c.ExpiresAt.IsZero() && !c.ExpiresAt.After(start), "expires_at", "notice.wrong.expired")
	when(c.ExpiresAt.Sub(start) > MaxDays*24*time.Hour, "expires_at", "notice.wrong.long")
	if !c.MustConfirm {
		when(c.Due != "", "due", "notice.wrong.due")
		return
	}
	due, err := calendar.ParseDate(c.Due)
	when(err != nil, "due", "error.date")
	when(err == nil && due < calendar.Today(start), "due", "notice.wrong.expired")
	when(err == nil && !c.ExpiresAt.IsZero() && due > calendar.Today(c.ExpiresAt), "due", "notice.wrong.due_late")
	when(!c.Audience.Shops(), "must_confirm", "notice.wrong.nobody")
}

func (c *Content) checkMedia(wrong *[]fault.Field) {
	for _, x := range []struct {
		n, most int
		name    string
	}{{len(c.Photos), MaxPhotos, "photos"}, {len(c.Files), MaxFiles, "files"}} {
		if x.n > x.most {
			*wrong = append(*wrong, fault.Field{Name: x.name, Key: "error.list.long", Args: map[string]any{"Max": x.most}})
		}
	}
	for _, p := range c.Photos {
		*wrong = append(*wrong, p.Check("photos")...)
	}
	for _, f := range c.Files {
		*wrong = append(*wrong, f.Check("files")...)
	}
}
