package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/place"
)

// The controls of a notice have the names of its fields. What has several rows (stretches, plazas, categories) has one name for all
// of them, in the order of the form; an instant has two controls, .day and .at.

// Who may read a notice, as the choice "audience" says it.
const (
	everybody = "everybody"
	shopsOnly = "shops"
)

// noticeTexts are the texts of a content by the names of their controls.
func noticeTexts(x *notice.Content) map[string]*lang.Text {
	return map[string]*lang.Text{
		"title": &x.Title, "text": &x.Text, "instruction": &x.Instruction, "place.words": &x.Place.Words, "contact.desk": &x.Contact.Desk, "access": &x.Access,
	}
}

// noticeSwitches are what a content says yes or no to.
func noticeSwitches(x *notice.Content) map[string]*bool {
	return map[string]*bool{
		"pin": &x.Pin, "urgent": &x.Urgent, "home": &x.Home, "banner": &x.Banner, "open_as_usual": &x.OpenAsUsual, "must_confirm": &x.MustConfirm,
		"audience.all": &x.Audience.All,
	}
}

// switchGroup names the control of switches that stand together; the others have one of their own.
var switchGroup = map[string]string{"pin": "order", "urgent": "order", "home": "front", "banner": "front"}

func switchControl(name string) string {
	if group := switchGroup[name]; group != "" {
		return group
	}
	return name
}

// noticeTimes are the instants of a content; true for those that mean the end of a day when no time is said.
func noticeTimes(x *notice.Content) map[string]noticeTime {
	return map[string]noticeTime{"from": {&x.From, false}, "until": {&x.Until, true}, "publish_at": {&x.PublishAt, false}, "expires_at": {&x.ExpiresAt, true}}
}

type noticeTime struct {
	at  *time.Time
	end bool
}

// The times that stand for a whole day.
const (
	dayBegins = "00:00"
	dayEnds   = "23:59"
)

// noticeForm is a form as it would have been sent to make x.
func (s *Site) noticeForm(c *fiber.Ctx, x *notice.Content) (*form, error) {
	v := url.Values{"kind": {string(x.Kind)}, "level": {string(x.Level)}, "due": {x.Due}, "contact.phone": {x.Contact.Phone}, "place": {placeValue(&x.Place)}}
	for name, t := range noticeTexts(x) {
		v.Set(name, t.Hans)
		v.Set(name+".hant", t.Hant)
		v.Set(name+".en", t.En)
	}
	for name, on := range noticeSwitches(x) {
		if *on {
			v.Add(switchControl(name), name)
		}
	}
	for name, t := range noticeTimes(x) {
		if t.at.IsZero() || name == "expires_at" && t.at.Equal(x.Until) {
			continue // it follows the end of what the notice is about
		}
		local := t.at.In(calendar.Shanghai)
		v.Set(name+".day", local.Format(time.DateOnly))
		if clock := local.Format("15:04"); clock != wholeDay(t.end) {
			v.Set(name+".at", clock)
		}
	}
	a := &x.Audience
	v.Set("audience", shopsOnly)
	if a.Everybody {
		v.Set("audience", everybody)
	}
	for _, st := range a.Streets {
		v.Add("audience.streets", st.StreetID)
		v.Add("audience.side", string(st.Side))
		v.Add("audience.from", numberTyped(st.From))
		v.Add("audience.to", numberTyped(st.To))
	}
	for _, fl := range a.Plazas {
		v.Add("audience.plazas", fl.PlazaID)
		words := []string{}
		for _, n := range fl.Levels {
			words = append(words, levelTyped(n))
		}
		v.Add("audience.levels", strings.Join(words, " "))
	}
	v["audience.categories"] = slices.Clone(a.Categories)
	v.Set("audience.areas", strings.Join(a.Areas, "、"))
	for _, r := range a.Roles {
		v.Add("audience.roles", string(r))
	}
	shops, err := s.services.Listings.ByIDs(c.UserContext(), a.Listings)
	if err != nil {
		return nil, err
	}
	codes := []string{}
	for i := range shops {
		codes = append(codes, shops[i].Code)
	}
	v.Set("audience.listings", strings.Join(codes, "\n"))
	return &form{Values: v}, nil
}

func wholeDay(end bool) string {
	if end {
		return dayEnds
	}
	return dayBegins
}

func numberTyped(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// placeValue is where on the street plan a notice is drawn, as one option.
func placeValue(x *notice.Place) string {
	switch {
	case x.Street != nil:
		return "street/" + x.Street.StreetID
	case x.PlazaID != "":
		return "plaza/" + x.PlazaID
	}
	return ""
}

// notice reads the content a form says. was is what it was made from: pictures and files are put there by forms of their own. What
// cannot be read comes back as a fault, with everything that can.
func (s *Site) notice(c *fiber.Ctx, f *form, was notice.Content) (notice.Content, error) {
	x := notice.Content{
		Kind: notice.Kind(f.Get("kind")), Level: notice.Level(f.Get("level")), Due: f.Get("due"), Photos: was.Photos, Files: was.Files,
		Contact: notice.Contact{Phone: lang.Clean(f.Get("contact.phone"))},
	}
	for name, t := range noticeTexts(&x) {
		*t = lang.Text{Hans: lang.Clean(f.Get(name)), Hant: lang.Clean(f.Get(name + ".hant")), En: lang.Clean(f.Get(name + ".en"))}
	}
	for name, on := range noticeSwitches(&x) {
		*on = slices.Contains(f.Values[switchControl(name)], name)
	}
	wrong := []fault.Field{}
	for name, t := range noticeTimes(&x) {
		at, ok := instant(f.Get(name+".day"), f.Get(name+".at"), wholeDay(t.end))
		if !ok {
			wrong = append(wrong, fault.Field{Name: name, Key: "error.date"})
		}
		*t.at = at
	}
	if x.ExpiresAt.IsZero() {
		x.ExpiresAt = x.Until
	}
	if !x.MustConfirm {
		x.Due = "" // a day without the question says nothing
	}
	bad, err := s.readAudience(c, f, &x.Audience)
	if err != nil {
		return x, err
	}
	wrong = append(wrong, bad...)
	x.Place = s.readPlace(f, &was, &x)
	if len(wrong) > 0 {
		return x, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return x, nil
}

// instant reads a day and a time of it in the zone of the district; without a time it is otherwise. Without a day it is zero.
func instant(day, clock, otherwise string) (time.Time, bool) {
	if day == "" {
		return time.Time{}, true
	}
	if clock == "" {
		clock = otherwise
	}
	t, err := time.ParseInLocation(time.DateOnly+" 15:04", day+" "+clock, calendar.Shanghai)
	return t, err == nil
}

// readPlace is where a notice is drawn: on a street as far as the audience reaches on it, or on a plaza.
func (s *Site) readPlace(f *form, was, x *notice.Content) notice.Place {
	out := notice.Place{Words: x.Place.Words, Point: was.Place.Point}
	switch kind, id, _ := strings.Cut(f.Get("place"), "/"); kind {
	case "street":
		out.Street = &notice.Stretch{StreetID: id}
		if i := slices.IndexFunc(x.Audience.Streets, func(st notice.Stretch) bool { return st.StreetID == id }); i >= 0 {
			st := x.Audience.Streets[i]
			out.Street = &st
		}
	case "plaza":
		out.PlazaID = id
	}
	return out
}

// readAudience reads whom a notice is for; the faults are what nobody can be found by.
func (s *Site) readAudience(c *fiber.Ctx, f *form, a *notice.Audience) ([]fault.Field, error) {
	wrong := []fault.Field{}
	nth := func(name string, i int) string {
		if list := f.Values[name]; i < len(list) {
			return lang.Clean(list[i])
		}
		return ""
	}
	number := func(name string, i int) int {
		typed := strings.TrimSuffix(nth(name, i), "号")
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if typed != "" && (err != nil || n < 1 || n > maxHouse) {
			wrong = append(wrong, fault.Field{Name: "audience.streets", Key: "notice_form.wrong.house"})
			return 0
		}
		return n
	}
	a.Everybody = f.Get("audience") == everybody
	for i, id := range f.Values["audience.streets"] {
		st := notice.Stretch{StreetID: id, Side: place.Side(nth("audience.side", i)), From: number("audience.from", i), To: number("audience.to", i)}
		if id != "" {
			a.Streets = append(a.Streets, st)
		}
	}
	for i, id := range f.Values["audience.plazas"] {
		levels, ok := readLevels(nth("audience.levels", i))
		if !ok {
			wrong = append(wrong, fault.Field{Name: "audience.plazas", Key: "error.place.level"})
		}
		if id != "" {
			a.Plazas = append(a.Plazas, notice.Floors{PlazaID: id, Levels: levels})
		}
	}
	for _, id := range f.Values["audience.categories"] {
		if id != "" {
			a.Categories = append(a.Categories, id)
		}
	}
	a.Areas = namesIn(f.Get("audience.areas"))
	for _, r := range f.Values["audience.roles"] {
		a.Roles = append(a.Roles, access.Role(r))
	}
	for _, code := range strings.Fields(f.Get("audience.listings")) {
		l, err := s.services.Listings.ByCode(c.UserContext(), strings.ToUpper(code))
		if fault.Is(err, fault.NotFound) {
			wrong = append(wrong, fault.Field{Name: "audience.listings", Key: "notice_form.wrong.code", Args: map[string]any{"Code": clipped(code)}})
			continue
		}
		if err != nil {
			return nil, err
		}
		a.Listings = append(a.Listings, l.ID)
	}
	return wrong, nil
}

// maxHouse is the greatest house number a form takes: the streets of a city end before it.
const maxHouse = 9999

// clipped is what somebody typed, short enough for a sentence.
func clipped(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 20)])
}

func readLevels(typed string) ([]int, bool) {
	var out []int
	for _, word := range strings.FieldsFunc(typed, listed) {
		n, ok := readLevel(word)
		if !ok {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

func namesIn(typed string) []string {
	return strings.FieldsFunc(lang.Clean(typed), func(r rune) bool { return listed(r) })
}

// listed reports whether r stands between the things of a list.
func listed(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,;；", r) }
