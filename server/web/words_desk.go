package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/insight"
	"shangquan/services/lang"
	"shangquan/services/vocabulary"
)

// wordsRoutes are the words people look for: those often searched, those that find a category, those that found nothing, and the
// taxonomy itself.
func (s *Site) wordsRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const entry, none = "/admin/taxonomy/:axis/:id", "/admin/taxonomy/category/none"
	return []Route{
		{Method: get, Path: "/desk/words", Handle: s.wordsPage, Kind: Private, Needs: access.WordsEdit},
		{Method: post, Path: "/desk/words", Handle: s.wordsSent, Kind: Private, Rate: Write, Needs: access.WordsEdit},
		{Method: get, Path: "/desk/words/often", Handle: s.oftenPage, Kind: Private, Needs: access.WordsEdit},
		{Method: post, Path: "/desk/words/often", Handle: s.oftenSent, Kind: Private, Rate: Write, Needs: access.WordsEdit},
		{Method: get, Path: "/desk/words/as", Handle: s.missedPage, Kind: Private, Needs: access.WordsEdit},
		{Method: post, Path: "/desk/words/as", Handle: s.missedSent, Kind: Private, Rate: Write, Needs: access.WordsEdit},
		{Method: get, Path: "/desk/words/:axis/:id", Handle: s.termsPage, Kind: Private, Needs: access.WordsEdit, Probe: "/desk/words/category/none"},
		{Method: post, Path: "/desk/words/:axis/:id", Handle: s.termsSent, Kind: Private, Rate: Write, Needs: access.WordsEdit, Probe: "/desk/words/category/none"},
		{Method: get, Path: "/admin/taxonomy", Handle: s.taxonomyPage, Kind: Private, Needs: access.WordsEdit},
		{Method: get, Path: "/admin/taxonomy/editions", Handle: s.editionsPage, Kind: Private, Needs: access.WordsEdit},
		{Method: post, Path: "/admin/taxonomy/editions", Handle: s.editionsSent, Kind: Private, Rate: Write, Needs: access.TaxonomyEdit},
		{Method: get, Path: "/admin/taxonomy/:axis", Handle: s.newEntryPage, Kind: Private, Needs: access.TaxonomyEdit, Probe: "/admin/taxonomy/category"},
		{Method: post, Path: "/admin/taxonomy/:axis", Handle: s.newEntrySent, Kind: Private, Rate: Write, Needs: access.TaxonomyEdit, Probe: "/admin/taxonomy/category"},
		{Method: get, Path: entry, Handle: s.entryPage, Kind: Private, Needs: access.TaxonomyEdit, Probe: none},
		{Method: post, Path: entry, Handle: s.entrySent, Kind: Private, Rate: Write, Needs: access.TaxonomyEdit, Probe: none},
	}
}

// oftenWords are the words often searched for in a language: the district's, else those that come with the program.
func (s *Site) oftenWords(p *speaker) []string {
	out := []string{}
	if v := s.services.Vocabulary; v != nil {
		for _, w := range v.Often() {
			out = append(out, p.name(w))
		}
	}
	if len(out) == 0 {
		for _, key := range often {
			out = append(out, p.say(key))
		}
	}
	return out
}

// programOften are the words that come with the program, in every language.
func (s *Site) programOften(p *speaker) []lang.Text {
	out := []lang.Text{}
	for _, key := range often {
		x := lang.Text{}
		for tag, to := range map[lang.Tag]*string{lang.Hans: &x.Hans, lang.Hant: &x.Hant, lang.En: &x.En} {
			word, err := s.catalogue.In(tag).Say(key)
			p.note(err)
			*to = word
		}
		out = append(out, x)
	}
	return out
}

// wordsPage: GET /desk/words: what was searched and not found, what people are offered, and the words that find each category.
func (s *Site) wordsPage(c *fiber.Ctx) error { return s.showWords(c, nil) }

func (s *Site) showWords(c *fiber.Ctx, problem error) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	cur, err := s.services.Vocabulary.Current(ctx, by)
	if err != nil {
		return err
	}
	missed, err := s.services.Insight.MissedWords(ctx, by)
	if err != nil {
		return err
	}
	v := casePage{Up: toDesk(c, p), Title: p.say("words.title"), Lead: p.say("words.lead"), Links: []ui.Link{
		{Label: p.say("words.taxonomy"), Href: at(c, "/admin/taxonomy")}, {Label: p.say("words.editions"), Href: at(c, "/admin/taxonomy/editions")},
	}}
	if w := saidHere(c, "often", "hidden", "terms"); w != "" {
		v.ok(p.say("words.done." + w))
	}
	if problem != nil {
		v.warn(refused(p, problem))
		c.Status(statusOf[fault.KindOf(problem)])
	}
	none := ui.Records{Action: at(c, "/desk/words"), CSRF: s.token(Of(c)), Empty: p.say("words.missed_none")}
	for _, w := range missed {
		if slices.Contains(cur.Hidden, w.Text) {
			continue
		}
		none.Items = append(none.Items, missedRecord(c, p, w))
	}
	v.add(section{ID: "missed", Title: p.say("words.missed"), Text: p.say("words.missed_text", "Weeks", insight.MissedWeeks, "N", insight.CommonFrom), Records: &none})
	v.add(section{Title: p.say("words.often"), Text: strings.Join(s.oftenWords(p), p.say("empty.and")), Links: []ui.Link{{Label: p.say("words.often_change"), Href: at(c, "/desk/words/often")}}})
	for _, axis := range []string{"category", "tag"} {
		list := ui.Records{}
		for _, e := range s.services.Vocabulary.Entries(axis) {
			href := at(c, "/desk/words/"+axis+"/"+e.ID)
			r := ui.Record{Title: p.name(e.Name), Href: href, Lines: []string{strings.Join(e.Terms, p.say("empty.and"))}}
			if e.Retired {
				r.Tag, r.State = p.say("words.retired"), ui.TaskWait
			}
			list.Items = append(list.Items, r)
		}
		v.add(section{ID: axis, Title: p.say("words.terms_of." + axis), Records: &list})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// refused is what a page says of a press that was not taken.
func refused(p *speaker, err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Key == "error.invalid" || !p.Has(f.Key) {
		return p.say("words.wrong")
	}
	text, sayErr := p.With(f.Key, nil)
	p.note(sayErr)
	return text
}

func missedRecord(c *fiber.Ctx, p *speaker, w insight.MissedWord) ui.Record {
	lines := []string{}
	if w.Visitors > 0 {
		lines = append(lines, p.count("words.asked_by", w.Visitors))
	}
	if w.Wanted > 0 {
		lines = append(lines, p.count("words.wanted_by", w.Wanted))
	}
	return ui.Record{Title: w.Text, Lines: lines, Buttons: []ui.Button{
		{Label: p.say("words.as"), Href: at(c, "/desk/words/as") + "?word=" + escaped(w.Text), Kind: "alt s"},
		{Label: p.say("words.to_often"), Name: "often", Value: w.Text, Kind: "alt s"},
		{Label: p.say("words.hide"), Name: "hide", Value: w.Text, Kind: "text s"},
	}}
}

// wordsSent: POST /desk/words (often, hide): one press about a word that was not found. It adds to whatever is in force.
func (s *Site) wordsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	for range tries {
		cur, err := s.services.Vocabulary.Current(ctx, by)
		if err != nil {
			return err
		}
		done := "hidden"
		switch {
		case f.Get("often") != "":
			done = "often"
			_, err = s.services.Vocabulary.AddOften(ctx, by, cur.Number, f.Get("often"), s.programOften(p))
		case f.Get("hide") != "":
			_, err = s.services.Vocabulary.Hide(ctx, by, cur.Number, f.Get("hide"))
		default:
			return fault.New(fault.Invalid, "error.invalid", nil)
		}
		if isStale(err) {
			continue
		}
		if fault.Is(err, fault.Invalid) {
			return s.showWords(c, err)
		}
		if err != nil {
			return err
		}
		return see(c, "/desk/words?done="+done)
	}
	return fault.New(fault.Conflict, "error.stale", nil)
}

// oftenPage: GET /desk/words/often.
func (s *Site) oftenPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	cur, err := s.services.Vocabulary.Current(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	list := cur.Often
	if len(list) == 0 {
		list = s.programOften(p)
	}
	f := &form{Values: map[string][]string{"rev": {revision(cur.Number)}}}
	for i, w := range list {
		for tag, word := range map[string]string{"": w.Hans, "_hant": w.Hant, "_en": w.En} {
			f.Set("often"+strconv.Itoa(i+1)+tag, word)
		}
	}
	return s.showForm(c, p, s.oftenForm(c, p, f), nil)
}

func (s *Site) oftenForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	x := &ui.Form{Action: at(c, "/desk/words/often"), Hidden: hidden("rev", f.Get("rev")), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("words.save")}}}}
	for i := 1; i <= vocabulary.MaxOften; i++ {
		x.Parts = append(x.Parts, ui.FormPart{Heading: p.say("words.nth", "N", i)})
		for _, in := range []struct {
			suffix, key string
			tag         lang.Tag
		}{{"", "words.hans", lang.Hans}, {"_hant", "words.hant", lang.Hant}, {"_en", "words.en", lang.En}} {
			x.Parts = append(x.Parts, input(f, "often"+strconv.Itoa(i)+in.suffix, p.say(in.key), func(y *ui.Field) { y.Max, y.Optional, y.Lang = vocabulary.MaxWord, true, in.tag }))
		}
	}
	return formPage{Title: p.say("words.often_change"), Up: &ui.Link{Label: p.say("words.title"), Href: at(c, "/desk/words")}, Lead: p.say("words.often_lead"), Form: x}
}

// oftenSent: POST /desk/words/often (rev, often1 … often6, each with _hant and _en).
func (s *Site) oftenSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	list := []lang.Text{}
	for i := 1; i <= vocabulary.MaxOften; i++ {
		name := "often" + strconv.Itoa(i)
		list = append(list, lang.Text{Hans: f.Get(name), Hant: f.Get(name + "_hant"), En: f.Get(name + "_en")})
	}
	if _, err := s.services.Vocabulary.SetOften(c.UserContext(), Of(c).Actor, number, list); err != nil {
		p := s.speaker(c)
		return s.showForm(c, p, s.oftenForm(c, p, f), err)
	}
	return see(c, "/desk/words?done=often")
}

// numberOf is the edition a form was made from; 0 stands for none.
func numberOf(f *form) (int64, error) {
	n, err := strconv.ParseInt(f.Get("rev"), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "error.form.rev", err)
	}
	return n, nil
}

// missedPage: GET /desk/words/as (word): of what a word that was not found is another name.
func (s *Site) missedPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	word := lang.Clean(c.Query("word"))
	if word == "" || len([]rune(word)) > vocabulary.MaxWord {
		return fault.Missing()
	}
	cur, err := s.services.Vocabulary.Current(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	return s.showForm(c, p, s.missedForm(c, p, &form{Values: map[string][]string{"rev": {revision(cur.Number)}, "word": {word}}}), nil)
}

func (s *Site) missedForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	options := []ui.Option{{Label: p.say("words.choose")}}
	for _, axis := range []string{"category", "tag"} {
		for _, e := range s.services.Vocabulary.Entries(axis) {
			if !e.Retired {
				value := axis + ":" + e.ID
				options = append(options, ui.Option{Value: value, Label: p.name(e.Name), Checked: f.Get("of") == value})
			}
		}
	}
	word := f.Get("word")
	return formPage{
		Title: p.say("words.as_title", "Word", word), Up: &ui.Link{Label: p.say("words.title"), Href: at(c, "/desk/words")}, Lead: p.say("words.as_lead"),
		Form: &ui.Form{
			Action: at(c, "/desk/words/as"), Hidden: hidden("rev", f.Get("rev"), "word", word),
			Parts: []ui.FormPart{input(f, "of", p.say("words.of"), func(x *ui.Field) { x.Type, x.Options = "select", options })},
			Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("words.as_go")}}},
		},
		Links: []ui.Link{{Label: p.say("words.try"), Href: ui.Href(p.Lang, "/") + "?" + directory.Query{Text: word, Page: 1}.Encode()}},
	}
}

// missedSent: POST /desk/words/as (rev, word, of).
func (s *Site) missedSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	axis, id, ok := strings.Cut(f.Get("of"), ":")
	if !ok {
		return s.showForm(c, p, s.missedForm(c, p, f), fault.Wrong("of", "vocabulary.wrong.choice", nil))
	}
	_, err = s.services.Vocabulary.AddTerm(c.UserContext(), Of(c).Actor, number, axis, id, f.Get("word"))
	if x, is := err.(*fault.Error); is && len(x.Fields) > 0 { //nolint:errorlint // of a service, which wraps nothing
		err = fault.Wrong("of", x.Fields[0].Key, x.Fields[0].Args)
	}
	if err != nil {
		return s.showForm(c, p, s.missedForm(c, p, f), err)
	}
	return see(c, "/desk/words?done=terms")
}

// termsPage: GET /desk/words/:axis/:id: the words a category or tag is found by.
func (s *Site) termsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	e, err := s.termsEntry(c)
	if err != nil {
		return err
	}
	cur, err := s.services.Vocabulary.Current(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	return s.showForm(c, p, s.termsForm(c, p, &e, &form{Values: map[string][]string{"rev": {revision(cur.Number)}, "terms": {strings.Join(e.Terms, "\n")}}}), nil)
}

func (s *Site) termsEntry(c *fiber.Ctx) (vocabulary.Entry, error) {
	if axis := c.Params("axis"); axis != "category" && axis != "tag" {
		return vocabulary.Entry{}, fault.Missing()
	}
	return s.services.Vocabulary.Entry(c.Params("axis"), c.Params("id"))
}

func (s *Site) termsForm(c *fiber.Ctx, p *speaker, e *vocabulary.Entry, f *form) formPage {
	return formPage{
		Title: p.say("words.terms_title", "Name", p.name(e.Name)), Up: &ui.Link{Label: p.say("words.title"), Href: at(c, "/desk/words")}, Lead: p.say("words.terms_lead"),
		Form: &ui.Form{
			Action: at(c, "/desk/words/"+e.Axis+"/"+e.ID), Hidden: hidden("rev", f.Get("rev")),
			Parts: []ui.FormPart{input(f, "terms", p.say("words.terms"), func(x *ui.Field) {
				x.Type, x.Rows, x.Optional, x.Hint = "textarea", 12, true, p.say("words.terms_hint")
			})},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("words.save")}}},
		},
	}
}

// termsSent: POST /desk/words/:axis/:id (rev, terms).
func (s *Site) termsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	e, err := s.termsEntry(c)
	if err != nil {
		return err
	}
	number, err := numberOf(f)
	if err != nil {
		return err
	}
	if _, err := s.services.Vocabulary.SetTerms(c.UserContext(), Of(c).Actor, number, e.Axis, e.ID, splitWords(f.Get("terms"))); err != nil {
		p := s.speaker(c)
		return s.showForm(c, p, s.termsForm(c, p, &e, f), err)
	}
	return see(c, "/desk/words?done=terms#"+e.Axis)
}

// splitWords reads words that stand one on a line, or with commas between.
func splitWords(typed string) []string {
	return strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune("\r\n,，、;；", r) })
}
