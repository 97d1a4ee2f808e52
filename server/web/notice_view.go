package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/phone"
	"shangquan/services/place"
)

// article is a notice as everybody reads it. titled: the title stands in it, because the page has another heading.
func (s *Site) article(c *fiber.Ctx, p *speaker, x *notice.Content, titled bool) ui.Article {
	title, in := x.Title.In(p.Lang)
	a := ui.Article{Lang: in, Tag: p.say("notice_kind." + string(x.Kind)), Urgent: x.Urgent || x.Kind == notice.Emergency, Facts: s.noticeFacts(c, p, x)}
	if titled {
		a.Title = title
	}
	if x.Kind == notice.Emergency {
		a.Tag = p.say("notice_level." + string(x.Level))
	}
	text, in := x.Text.In(p.Lang)
	a.BodyLang = in
	a.Body = template.HTML(notice.Render(text, s.services.Notices.Hosts(c.UserContext()))) // made of a closed list of elements
	a.Photos, a.Files = noticePhotos(p, x.Photos), downloads(p, x.Files)
	return a
}

// noticeFacts are when, where, how one gets there and whom to ask.
func (s *Site) noticeFacts(c *fiber.Ctx, p *speaker, x *notice.Content) []ui.Fact {
	out := []ui.Fact{}
	say := func(term string, t lang.Text) {
		if text, in := t.In(p.Lang); text != "" {
			out = append(out, ui.Fact{Term: term, Values: []ui.Value{{Text: text, Lang: in}}})
		}
	}
	say(p.say("notice_view.instruction"), x.Instruction)
	out = fact(out, p.say("notice_view.when"), period(p, x.From, x.Until))
	if x.Place.Words.IsZero() {
		out = fact(out, p.say("notice_view.where"), strings.Join(s.placesOf(c, p, &x.Audience), p.say("empty.and")))
	} else {
		say(p.say("notice_view.where"), x.Place.Words)
	}
	if x.OpenAsUsual {
		out = fact(out, p.say("notice_view.shops"), p.say("notice_form.trading_open"))
	}
	say(p.say("notice_view.access"), x.Access)
	ask := ui.Fact{Term: p.say("notice_view.contact")}
	if desk, in := x.Contact.Desk.In(p.Lang); desk != "" {
		ask.Values = append(ask.Values, ui.Value{Text: desk, Lang: in})
	}
	numbers, err := phone.Parse(x.Contact.Phone)
	for _, n := range numbers {
		if err == nil {
			ask.Values = append(ask.Values, ui.Value{Text: n.Display(), Href: n.Tel(), Number: true})
		}
	}
	if len(ask.Values) > 0 {
		out = append(out, ask)
	}
	return out
}

// period is a stretch of time: 10 月 18 日 9:00 至 17:00; whole days without times.
func period(p *speaker, from, until time.Time) string {
	if from.IsZero() && until.IsZero() {
		return ""
	}
	from, until = from.In(calendar.Shanghai), until.In(calendar.Shanghai)
	switch {
	case until.Unix() <= 0 || from.Equal(until):
		return p.say("notice_view.from", "From", atWords(p, from, dayBegins))
	case from.Unix() <= 0:
		return p.say("notice_view.until", "Until", atWords(p, until, dayEnds))
	case calendar.Today(from) != calendar.Today(until):
		return p.say("notice_view.range", "From", atWords(p, from, dayBegins), "Until", atWords(p, until, dayEnds))
	case from.Format("15:04") == dayBegins && until.Format("15:04") == dayEnds:
		return ui.Date(p.Lang, from, p.now)
	}
	return p.say("notice_view.hours", "Day", ui.Date(p.Lang, from, p.now), "From", ui.Clock(from), "Until", ui.Clock(until))
}

// atWords is a day with its time, without it when it stands for the whole day.
func atWords(p *speaker, t time.Time, whole string) string {
	day := ui.ShortDate(p.Lang, t, p.now)
	if t.Format("15:04") == whole {
		return day
	}
	return day + " " + ui.Clock(t)
}

// placesOf are the streets, plazas and neighbourhoods an audience names.
func (s *Site) placesOf(c *fiber.Ctx, p *speaker, a *notice.Audience) []string {
	out := []string{}
	for _, st := range a.Streets {
		x, err := s.services.Places.Street(c.UserContext(), st.StreetID)
		if err == nil {
			out = append(out, stretchWords(p, p.name(x.Name), st))
		}
	}
	for _, fl := range a.Plazas {
		x, err := s.services.Places.Plaza(c.UserContext(), fl.PlazaID)
		if err != nil {
			continue
		}
		levels := []string{}
		for _, n := range fl.Levels {
			levels = append(levels, place.LevelLabel(n))
		}
		out = append(out, strings.TrimSpace(p.name(x.Name)+" "+strings.Join(levels, p.say("empty.and"))))
	}
	return append(out, a.Areas...)
}

// stretchWords is a stretch of a street: 荣乐东路 1–99 号（单号）.
func stretchWords(p *speaker, street string, st notice.Stretch) string {
	switch {
	case st.From > 0 && st.To > 0:
		street = p.say("notice_view.stretch", "Street", street, "From", st.From, "To", st.To)
	case st.From > 0:
		street = p.say("notice_view.stretch_from", "Street", street, "From", st.From)
	case st.To > 0:
		street = p.say("notice_view.stretch_to", "Street", street, "To", st.To)
	}
	if st.Side != "" {
		street = p.say("notice_view.side."+string(st.Side), "Street", street)
	}
	return street
}

// audienceWords says whom a notice is for, in one line.
func (s *Site) audienceWords(c *fiber.Ctx, p *speaker, a *notice.Audience) string {
	words := []string{}
	if a.Everybody {
		words = append(words, p.say("notice_view.everybody"))
	}
	if a.All {
		words = append(words, p.say("notice_form.all_yes"))
	}
	words = append(words, s.placesOf(c, p, a)...)
	for _, id := range a.Categories {
		if k, ok := s.services.Words().Category(id); ok {
			words = append(words, p.name(k.Name))
		}
	}
	if n := len(a.Listings); n > 0 {
		words = append(words, p.count("notice_view.single", n))
	}
	roles := []string{}
	for _, r := range a.Roles {
		roles = append(roles, p.say("member.role."+string(r)))
	}
	if len(roles) > 0 {
		words = append(words, p.say("notice_view.roles", "Roles", strings.Join(roles, p.say("empty.and"))))
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), p.say("empty.and"))
}

// missingWords say what is not translated.
func missingWords(x *notice.Content) []string {
	out := []string{}
	for _, t := range x.Missing() {
		out = append(out, languageNames[t])
	}
	return out
}
