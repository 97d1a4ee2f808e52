package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

// editors are the pages that edit a shop.
var editors = []*editor{
	&nameEditor, &placeEditor, &categoryEditor, &hoursEditor, &dayEditor, &pauseEditor,
	extraEditor(hours.Breakfast), extraEditor(hours.Lunch), extraEditor(hours.Delivery), extraEditor(hours.Entry),
	&contactEditor, &goodsEditor, &facilitiesEditor, &textsEditor,
}

// patched puts values into a patch; pairs are path, value, path, value.
func patched(pairs ...any) (listing.Patch, error) {
	out := listing.Patch{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := out.Put(pairs[i].(string), pairs[i+1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text is what was typed in up to three languages into NAME, NAME.hant and NAME.en.
func (x *edit) text(name string) lang.Text {
	return lang.Text{Hans: x.typed.Get(name), Hant: x.typed.Get(name + ".hant"), En: x.typed.Get(name + ".en")}
}

func fillText(v url.Values, name string, t lang.Text) {
	v.Set(name, t.Hans)
	v.Set(name+".hant", t.Hant)
	v.Set(name+".en", t.En)
}

// nameEditor is the name in three scripts, how it is read, and other names.
var nameEditor = editor{
	path: "name", act: access.ListingSensitive,
	fields: []editField{
		{name: "name", key: "name"}, {name: "name.hant", key: "name_hant"}, {name: "name.en", key: "name_en"}, {name: "name.pinyin", key: "pinyin"}, {name: "aliases", key: "aliases"},
	},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		want, v := l.Proposed(), url.Values{}
		fillText(v, "name", want.Name.Text)
		v.Set("name.pinyin", want.Name.Pinyin)
		v.Set("aliases", strings.Join(want.Aliases, "\n"))
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		return []ui.FormPart{
			x.control("name", p.say("fact.name"), func(f *ui.Field) {
				f.Hint, f.Max, f.Lang, f.Sensitive = p.say("my.hint.name"), listing.Limits["name"].Max, lang.Hans, x.l.Public()
			}),
			x.control("name.hant", p.say("fact.name_hant"), func(f *ui.Field) { f.Optional, f.Lang = true, lang.Hant }),
			x.control("name.en", p.say("fact.name_en"), func(f *ui.Field) { f.Optional, f.Lang, f.Hint = true, lang.En, p.say("my.hint.name_en") }),
			x.control("name.pinyin", p.say("fact.pinyin"), func(f *ui.Field) { f.Optional, f.Hint = true, p.say("my.hint.pinyin") }),
			x.control("aliases", p.say("fact.aliases"), func(f *ui.Field) {
				f.Optional, f.Type, f.Lang, f.Hint = true, "textarea", lang.Hans, p.say("my.hint.aliases")
			}),
		}
	},
	read: func(x *edit) (listing.Patch, error) {
		n := listing.Name{Text: x.text("name"), Pinyin: x.typed.Get("name.pinyin")}
		n.SortKey = lang.SortKey(lang.Clean(n.Hans), lang.Clean(n.Pinyin))
		return patched("name", n, "aliases", typedLines(x.typed.Get("aliases")))
	},
}

// categoryEditor is what kind of shop it is.
var categoryEditor = editor{
	path: "category", act: access.ListingSensitive,
	fields: []editField{{name: "category_id", key: "category", words: optionWords("category_id")}, {name: "format_id", key: "format", words: optionWords("format_id")}},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		want := l.Proposed()
		return url.Values{"category_id": {want.CategoryID}, "format_id": {want.FormatID}}
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		return []ui.FormPart{
			x.control("category_id", p.say("fact.category"), func(f *ui.Field) {
				f.Options, f.Hint, f.Sensitive = x.s.categories(p), p.say("my.hint.category"), x.l.Public()
			}),
			x.control("format_id", p.say("fact.format"), func(f *ui.Field) {
				f.Optional, f.Options, f.Hint = true, []ui.Option{{Label: p.say("my.choose")}}, p.say("my.hint.format")
				for _, k := range x.s.services.Words().Formats {
					f.Options = append(f.Options, ui.Option{Value: k.ID, Label: p.name(k.Name)})
				}
			}),
		}
	},
	read: func(x *edit) (listing.Patch, error) {
		category, format := x.typed.Get("category_id"), x.typed.Get("format_id")
		wrong := []fault.Field{}
		if _, ok := x.s.services.Words().Category(category); !ok {
			wrong = append(wrong, fault.Field{Name: "category_id", Key: "my.wrong.choose"})
		}
		if _, ok := x.s.services.Words().Format(format); !ok && format != "" {
			wrong = append(wrong, fault.Field{Name: "format_id", Key: "my.wrong.choose"})
		}
		if err := fault.Wrongs(wrong); err != nil {
			return nil, err
		}
		return patched("category_id", category, "format_id", format)
	},
}

// categories are the options of a category, group by group.
func (s *Site) categories(p *speaker) []ui.Option {
	out := []ui.Option{{Label: p.say("my.choose")}}
	for _, g := range s.services.Words().Groups {
		for _, k := range s.services.Words().In(g.ID) {
			out = append(out, ui.Option{Value: k.ID, Label: p.say("my.of_group", "Group", p.name(g.Name), "Name", p.name(k.Name))})
		}
	}
	return out
}

// optionWords says what an id in a control stands for.
func optionWords(path string) func(*edit, url.Values) string {
	return func(x *edit, v url.Values) string { return x.s.idWords(x.c, x.p, path, v.Get(path)) }
}

// textsEditor is the introduction in three languages.
var textsEditor = editor{
	path: "texts", act: access.ListingTexts,
	fields: []editField{{name: "description", key: "text"}, {name: "description.hant", key: "text_hant"}, {name: "description.en", key: "text_en"}},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		v := url.Values{}
		fillText(v, "description", l.Description)
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		box := func(f *ui.Field) {
			f.Type, f.Rows, f.Max, f.Optional = "textarea", 6, listing.Limits["description"].Max, true
		}
		return []ui.FormPart{
			x.control("description", p.say("fact.text"), func(f *ui.Field) { box(f); f.Lang, f.Hint = lang.Hans, p.say("my.hint.text") }),
			x.control("description.hant", p.say("fact.text_hant"), func(f *ui.Field) { box(f); f.Lang, f.Rows = lang.Hant, 3 }),
			x.control("description.en", p.say("fact.text_en"), func(f *ui.Field) { box(f); f.Lang, f.Rows = lang.En, 3 }),
		}
	},
	read: func(x *edit) (listing.Patch, error) { return patched("description", x.text("description")) },
}

// facilitiesEditor is conveniences and ways to pay.
var facilitiesEditor = editor{
	path: "facilities", act: access.ListingGoods,
	fields: []editField{
		{name: "tag_ids", key: "tags", words: func(x *edit, v url.Values) string {
			return x.s.listWords(x.p, "tag_ids", inOrder(v["tag_ids"], x.s.tagIDs()))
		}},
		{name: "payments", key: "payments", owns: func(c string) bool { return c == "payments" || c == "payments.other" }, words: func(x *edit, v url.Values) string { return x.s.listWords(x.p, "payments", paymentsIn(v)) }},
	},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		v := url.Values{"tag_ids": slices.Clone(l.TagIDs), "payments": {}}
		other := []string{}
		for _, w := range l.Payments {
			if slices.ContainsFunc(payments, func(k payment) bool { return k.word == w }) {
				v.Add("payments", w)
			} else {
				other = append(other, w)
			}
		}
		v.Set("payments.other", strings.Join(other, "\n"))
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		tags := ui.Choice{ID: "tag_ids", Name: "tag_ids", Legend: p.say("fact.tags"), Hint: p.say("my.hint.tags"), Many: true, Columns: true}
		for _, k := range x.s.services.Words().Tags {
			tags.Options = append(tags.Options, ui.Pick{Value: k.ID, Label: p.name(k.Name), Checked: slices.Contains(x.typed["tag_ids"], k.ID)})
		}
		pay := ui.Choice{ID: "payments", Name: "payments", Legend: p.say("fact.payments"), Many: true, Columns: true}
		for _, k := range payments {
			pay.Options = append(pay.Options, ui.Pick{Value: k.word, Label: p.say("my.pay." + k.key), Checked: slices.Contains(x.typed["payments"], k.word)})
		}
		return []ui.FormPart{
			{Choice: &tags},
			{Choice: &pay},
			x.control("payments.other", p.say("my.pay.else"), func(f *ui.Field) {
				f.Optional, f.Type, f.Rows, f.Lang, f.Hint = true, "textarea", 2, lang.Hans, p.say("my.hint.lines")
			}),
		}
	},
	read: func(x *edit) (listing.Patch, error) {
		ids := inOrder(x.typed["tag_ids"], x.s.tagIDs())
		return patched("tag_ids", append(ids, x.strangeTags()...), "payments", paymentsIn(x.typed))
	},
}

// payment is a way to pay: the word that is stored, and the key of how it is said in other languages.
type payment struct{ key, word string }

var payments = []payment{
	{"cash", "现金"}, {"wechat", "微信支付"}, {"alipay", "支付宝"}, {"union", "云闪付"}, {"card", "银行卡"}, {"digital", "数字人民币"}, {"foreign", "境外银行卡"}, {"voucher", "消费券"},
}

// paymentsIn are the ways to pay in the controls, the known ones first.
func paymentsIn(v url.Values) []string {
	known := make([]string, len(payments))
	for i := range payments {
		known[i] = payments[i].word
	}
	return append(inOrder(v["payments"], known), typedLines(v.Get("payments.other"))...)
}

// inOrder returns those of chosen that are offered, in the order in which they are.
func inOrder(chosen, offered []string) []string {
	out := []string{}
	for _, o := range offered {
		if slices.Contains(chosen, o) {
			out = append(out, o)
		}
	}
	return out
}

func (s *Site) tagIDs() []string {
	out := []string{}
	for _, x := range s.services.Words().Tags {
		out = append(out, x.ID)
	}
	return out
}

// strangeTags are the tags of the shop that the table of today has no word for; a form that cannot show them does not drop them.
func (x *edit) strangeTags() []string {
	out := []string{}
	for _, id := range x.l.TagIDs {
		if _, ok := x.s.services.Words().Tag(id); !ok {
			out = append(out, id)
		}
	}
	return out
}

// consentVersion names the words under which the holder of a mobile number agrees; other words need another consent.
const consentVersion = "2026-11"

// contactEditor is the telephone numbers and the website.
var contactEditor = editor{
	path: "contact", act: access.ListingContact,
	fields: []editField{
		{name: "phones", key: "phones", owns: func(c string) bool { return strings.HasPrefix(c, "phones.") }, words: func(x *edit, v url.Values) string {
			return strings.Join(typedPhones(v, func(i int) string {
				words := strings.TrimSpace(v.Get(phoneAt(i, "label")) + " " + v.Get(phoneAt(i, "number")))
				if v.Get(phoneAt(i, "consent")) != "" {
					words += x.p.say("my.words.consent")
				}
				return words
			}), x.p.say("empty.and"))
		}},
		{name: "website", key: "website"},
	},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		v := url.Values{"website": {l.Website}}
		for i, n := range l.Phones {
			bare := n
			bare.Label = ""
			v.Set(phoneAt(i, "number"), bare.Display())
			v.Set(phoneAt(i, "label"), n.Label)
			if slices.ContainsFunc(l.Consents, func(c listing.Consent) bool { return c.Digits == n.Digits }) {
				v.Set(phoneAt(i, "consent"), consentVersion)
			}
		}
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p, out := x.p, []ui.FormPart{}
		rows := min(rowsOf(x.typed, "phones")+1, phone.MaxNumbers)
		for i := range rows {
			out = append(out, ui.FormPart{Heading: p.say("my.phone.nth", "N", i+1)},
				x.control(phoneAt(i, "number"), p.say("my.phone.number"), func(f *ui.Field) {
					f.Type, f.InputMode, f.Autocomplete, f.Optional, f.Hint = "tel", "tel", "off", i > 0, p.say("my.hint.number")
				}),
				x.control(phoneAt(i, "label"), p.say("my.phone.label"), func(f *ui.Field) {
					f.Optional, f.Short, f.Hint, f.Lang = true, true, p.say("my.hint.label"), lang.Hans
				}),
				ui.FormPart{Choice: &ui.Choice{
					ID: phoneAt(i, "consent"), Name: phoneAt(i, "consent"), Legend: p.say("my.phone.mobile"), Hint: p.say("my.hint.consent"), Many: true,
					Options: []ui.Pick{{Value: consentVersion, Label: p.say("my.phone.consent"), Checked: x.typed.Get(phoneAt(i, "consent")) != ""}},
				}})
		}
		return append(out, ui.FormPart{Heading: p.say("my.site")}, x.control("website", p.say("fact.website"), func(f *ui.Field) {
			f.Type, f.Optional, f.InputMode, f.Hint = "url", true, "url", p.say("my.hint.website")
		}))
	},
	read: func(x *edit) (listing.Patch, error) {
		numbers, consents, wrong := []phone.Number{}, []map[string]string{}, []fault.Field{}
		for i := range phone.MaxNumbers + 1 {
			typed, label := lang.Clean(x.typed.Get(phoneAt(i, "number"))), lang.Clean(x.typed.Get(phoneAt(i, "label")))
			if typed == "" {
				continue
			}
			list, err := phone.Parse(labelled(label, typed))
			if f, ok := err.(*fault.Error); ok { //nolint:errorlint // of phone.Parse, which wraps nothing
				for _, field := range f.Fields {
					field.Name = phoneAt(i, "number")
					if field.Key == "error.phone.label" {
						field.Name = phoneAt(i, "label")
					}
					wrong = append(wrong, field)
				}
				continue
			}
			for _, n := range list {
				numbers = append(numbers, n)
				if n.Kind == phone.Mobile && x.typed.Get(phoneAt(i, "consent")) != "" {
					consents = append(consents, map[string]string{"digits": n.Digits, "version": x.typed.Get(phoneAt(i, "consent"))})
				}
			}
		}
		if err := fault.Wrongs(wrong); err != nil {
			return nil, err
		}
		return patched("phones", numbers, "consents", consents, "website", webAddress(x.typed.Get("website")))
	},
}

// labelled is a number with its label, as phone.Parse reads them.
func labelled(label, number string) string {
	if label == "" {
		return number
	}
	return label + "：" + number
}

// webAddress adds what people leave out when they type an address.
func webAddress(typed string) string {
	typed = lang.Clean(typed)
	if typed != "" && !strings.Contains(typed, ":") && strings.Contains(typed, ".") {
		return "https://" + typed
	}
	return typed
}

func phoneAt(i int, what string) string { return "phones." + strconv.Itoa(i) + "." + what }

// typedPhones says something of each number that was typed.
func typedPhones(v url.Values, say func(i int) string) []string {
	out := []string{}
	for i := range rowsOf(v, "phones") {
		if lang.Clean(v.Get(phoneAt(i, "number"))) != "" {
			out = append(out, say(i))
		}
	}
	return out
}

// maxRows bounds the rows of a form.
const maxRows = 60

// rowsOf returns how many rows of a list the controls NAME.N.… have something in.
func rowsOf(v url.Values, name string) int {
	n := 0
	for control, values := range v {
		rest, ok := strings.CutPrefix(control, name+".")
		if !ok || strings.Join(values, "") == "" {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < maxRows {
			n = max(n, i+1)
		}
	}
	return n
}
