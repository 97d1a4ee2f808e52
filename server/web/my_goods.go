package web

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// goodsEditor is what a shop has, and what it costs.
var goodsEditor = editor{
	path: "goods", act: access.ListingGoods,
	fields: []editField{
		{name: "goods", key: "goods"},
		{name: "spend", key: "spend"},
		{name: "prices", key: "prices", owns: func(c string) bool { return strings.HasPrefix(c, "prices.") }, words: func(x *edit, v url.Values) string {
			out := []string{}
			for i := range rowsOf(v, "prices") {
				if row := typedPrice(v, i); row.name.Hans != "" {
					out = append(out, row.words())
				}
			}
			return strings.Join(out, x.p.say("my.semicolon"))
		}},
	},
	fill: func(_ *edit, l *listing.Listing) url.Values {
		v := url.Values{"goods": {strings.Join(l.Goods, "\n")}}
		if l.Spend > 0 {
			v.Set("spend", strconv.Itoa(l.Spend))
		}
		for i := range l.Prices {
			fillPrice(v, i, &l.Prices[i])
		}
		return v
	},
	change: func(x *edit) bool {
		f, err := x.s.form(x.c)
		return err == nil && f.Get("do") == "more"
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		out := []ui.FormPart{
			x.control("goods", p.say("fact.goods"), func(f *ui.Field) {
				f.Type, f.Rows, f.Optional, f.Lang, f.Hint = "textarea", 5, true, lang.Hans, p.say("my.hint.goods")
			}),
			x.control("spend", p.say("fact.spend"), func(f *ui.Field) {
				f.InputMode, f.Short, f.Unit, f.Optional, f.Hint = "numeric", true, p.say("my.price.yuan"), true, p.say("my.hint.spend", "Levels", levelsWords(p))
			}),
			{Heading: p.say("fact.prices")},
			{Text: p.say("my.hint.prices")},
		}
		rows := min(rowsOf(x.typed, "prices")+1, maxRows)
		if x.change(x) {
			rows = min(rows+2, maxRows)
		}
		for i := range rows {
			out = append(out, x.priceParts(i)...)
		}
		return append(out, ui.FormPart{Button: &ui.Button{Label: p.say("my.price.more"), Icon: "plus", Kind: "text", Name: "do", Value: "more"}})
	},
	read: func(x *edit) (listing.Patch, error) {
		list, wrong := []listing.Price{}, []fault.Field{}
		for i := range rowsOf(x.typed, "prices") {
			row := typedPrice(x.typed, i)
			if row.empty() {
				continue
			}
			price, bad := row.price(i)
			wrong = append(wrong, bad...)
			if i < len(x.l.Prices) && x.l.Prices[i].Name.Hans == price.Name.Hans {
				price.Name.Hant = x.l.Prices[i].Name.Hant // the form has no control for it
			}
			list = append(list, price)
		}
		spend, ok := readYuan(x.typed.Get("spend"))
		if !ok || spend%100 != 0 {
			wrong = append(wrong, fault.Field{Name: "spend", Key: "my.wrong.spend"})
		}
		if err := fault.Wrongs(wrong); err != nil {
			return nil, err
		}
		return patched("goods", goodsIn(x.typed.Get("goods")), "spend", spend/100, "prices", list)
	},
}

// levelsWords are the price levels with their bounds.
func levelsWords(p *speaker) string {
	out := []string{}
	for level := range listing.PriceLevels {
		out = append(out, levelWords(p, level+1))
	}
	return strings.Join(out, p.say("my.comma"))
}

// goodsIn reads the list of goods: one a line, or several with 、 between them.
func goodsIn(typed string) []string {
	return typedLines(strings.NewReplacer("、", "\n", "，", "\n", "；", "\n").Replace(typed))
}

// priceParts are the controls of one price.
func (x *edit) priceParts(i int) []ui.FormPart {
	p := x.p
	return []ui.FormPart{
		{Heading: p.say("my.price.nth", "N", i+1)},
		x.control(priceAt(i, "name"), p.say("my.price.name"), func(f *ui.Field) { f.Lang, f.Optional = lang.Hans, true }),
		x.control(priceAt(i, "en"), p.say("my.price.en"), func(f *ui.Field) { f.Lang, f.Optional = lang.En, true }),
		x.control(priceAt(i, "amount"), p.say("my.price.amount"), func(f *ui.Field) {
			f.InputMode, f.Short, f.Unit, f.Optional, f.Hint = "decimal", true, p.say("my.price.yuan"), true, p.say("my.hint.amount")
		}),
		x.control(priceAt(i, "unit"), p.say("my.price.unit"), func(f *ui.Field) { f.Short, f.Optional, f.Lang, f.Hint = true, true, lang.Hans, p.say("my.hint.unit") }),
		x.control(priceAt(i, "until"), p.say("my.price.until"), func(f *ui.Field) { f.Type, f.Short, f.Optional, f.Hint = "date", true, true, p.say("my.hint.until") }),
		x.control(priceAt(i, "note"), p.say("my.price.note"), func(f *ui.Field) { f.Lang, f.Optional, f.Hint = lang.Hans, true, p.say("my.hint.note") }),
	}
}

func priceAt(i int, what string) string { return "prices." + strconv.Itoa(i) + "." + what }

// priceRow is a price as it was typed.
type priceRow struct {
	name                      lang.Text
	amount, unit, until, note string
}

func typedPrice(v url.Values, i int) priceRow {
	get := func(what string) string { return lang.Clean(v.Get(priceAt(i, what))) }
	return priceRow{lang.Text{Hans: get("name"), En: get("en")}, get("amount"), get("unit"), get("until"), get("note")}
}

func fillPrice(v url.Values, i int, x *listing.Price) {
	v.Set(priceAt(i, "name"), x.Name.Hans)
	v.Set(priceAt(i, "en"), x.Name.En)
	if x.Amount > 0 {
		v.Set(priceAt(i, "amount"), yuan(x.Amount))
	}
	v.Set(priceAt(i, "unit"), x.Unit)
	v.Set(priceAt(i, "until"), x.Until)
	v.Set(priceAt(i, "note"), x.Note)
}

func (r *priceRow) empty() bool { return *r == priceRow{} }

func (r *priceRow) words() string {
	words := []string{r.name.Hans}
	for _, w := range []string{r.name.En, r.amount, r.unit, r.until, r.note} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// price reads row i. The faults carry the names of its controls.
func (r *priceRow) price(i int) (listing.Price, []fault.Field) {
	out := listing.Price{Name: r.name, Unit: r.unit, Until: r.until, Note: r.note}
	wrong := []fault.Field{}
	for _, f := range []struct{ control, limit, text string }{{"name", "prices.name", r.name.Hans}, {"unit", "prices.unit", r.unit}, {"note", "prices.note", r.note}} {
		wrong = append(wrong, listing.Limits[f.limit].Check(priceAt(i, f.control), f.text)...)
	}
	english := listing.Limits["prices.name"]
	english.Must = false
	wrong = append(wrong, english.Check(priceAt(i, "en"), r.name.En)...)
	fen, ok := readYuan(r.amount)
	if !ok {
		wrong = append(wrong, fault.Field{Name: priceAt(i, "amount"), Key: "my.wrong.amount"})
	}
	out.Amount = fen
	if r.until != "" && !isDate(r.until) {
		wrong = append(wrong, fault.Field{Name: priceAt(i, "until"), Key: "error.date"})
	}
	return out, wrong
}

// maxYuan is the dearest thing a shop of the district can write down.
const maxYuan = 1_000_000

// readYuan reads an amount as people type it: 12, 12.5, ￥12 元, １２. Nothing is 0: to be asked for.
func readYuan(typed string) (fen int, ok bool) {
	typed = strings.NewReplacer("元", "", "¥", "", ",", "", " ", "").Replace(width.Fold.String(typed))
	typed = strings.ReplaceAll(typed, "￥", "")
	if typed == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(typed, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > maxYuan {
		return 0, false
	}
	fen = int(math.Round(n * 100))
	return fen, math.Abs(float64(fen)-n*100) < 1e-6
}
