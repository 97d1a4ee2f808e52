package ui

import (
	"errors"
	"html/template"
	"slices"
	"strconv"

	"shangquan/frontend/locales"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// HoursEditor is the week as a form: the first question, and the rows that each answer needs. All rows are in the page; the style
// sheet shows those of the chosen answer, so that it needs no script to change it.
type HoursEditor struct {
	Kinds  []Pick
	Error  string // of the question
	Groups []HourGroup
	// Text is what was typed long ago and could not be read; shown for copying from.
	Text string
	Said string // what a press has just done: 周一的时间抄到了周二至周五
}

// HourGroup is the rows of one answer.
type HourGroup struct {
	Kind HoursKind
	Note string
	Copy bool
	Rows []HourRow
}

// HourRow is a day or a group of days in a form.
type HourRow struct {
	Key, Label string
	Input      DayInput
	Open       bool
	Spans      []HourSpan
	More       bool // there is room for one more span
	Errors     []FieldError
	Fixes      []Fix
	// OpenLabel, CloseLabel and RemoveLabel have {n} where the number of the span stands, for the script.
	OpenLabel, CloseLabel, RemoveLabel string
}

// HourSpan is one span in a row.
type HourSpan struct {
	Open, Close TimeList
	Remove      string // value of the button
	RemoveLabel string
}

// TimeList is a list of times (design H2): half hours, and the time that is stored where that is another.
type TimeList struct {
	ID, Label string
	Value     int
	Closing   bool // 0:30 to 次日 6:00 instead of 0:00 to 23:30
	Wrong     bool
	Describe  string // id of the error
	lang      lang.Tag
	blank     string
}

const halfHour = 30

// Choices writes the options. A page has some thirty lists of fifty, which is why no template does it.
func (t TimeList) Choices() template.HTML {
	first, last := 0, 24*60-halfHour
	if t.Closing {
		first, last = halfHour, 30*60
	}
	times := []int{}
	for m := first; m <= last; m += halfHour {
		times = append(times, m)
	}
	if at, ok := slices.BinarySearch(times, t.Value); !ok && t.Value != NotChosen {
		times = slices.Insert(times, at, t.Value)
	}
	var b markup
	if t.Value == NotChosen {
		b.text(`<option value="" selected>`, t.blank).WriteString("</option>")
	}
	for _, m := range times {
		b.int(`<option value="`, m)
		if m == t.Value {
			b.WriteString(`" selected>`)
		} else {
			b.WriteString(`">`)
		}
		b.text("", ClockMinutes(t.lang, m)).WriteString("</option>")
	}
	return template.HTML(b.String())
}

// HourWords makes the views of forms of opening hours in one language. It keeps the first error of the catalogue, to be asked for
// once the views are made.
type HourWords struct {
	w   *locales.Words
	Err error
}

// NewHourWords returns the words for w.
func NewHourWords(w *locales.Words) *HourWords { return &HourWords{w: w} }

func (h *HourWords) say(key string, args ...any) string {
	text, err := h.w.Say(key, args...)
	h.note(err)
	return text
}

func (h *HourWords) note(err error) {
	if err != nil && h.Err == nil {
		h.Err = err
	}
}

// Editor returns the form with in in it and the mistakes of problem, which is what HoursInput.Hours returned (nil: none). The
// mistakes are also returned for the summary above the form, those of other fields (special days) too.
func (h *HourWords) Editor(in HoursInput, problem error) (HoursEditor, []FieldError) {
	wrong := fieldsOf(problem)
	e := HoursEditor{}
	var summary []FieldError
	for _, kind := range []HoursKind{EveryDay, WorkAndRest, DayByDay, AllHours} {
		e.Kinds = append(e.Kinds, Pick{Value: string(kind), Label: h.say("editor.kind." + string(kind)), Checked: in.Kind == kind})
	}
	if f, ok := take(&wrong, "kind"); ok {
		e.Error = h.problem(f)
		summary = append(summary, FieldError{"kind-same", e.Error})
	}
	for _, kind := range []HoursKind{EveryDay, WorkAndRest, DayByDay} {
		g := HourGroup{Kind: kind, Copy: kind == DayByDay}
		if kind == WorkAndRest {
			g.Note = h.say("editor.makeup")
		}
		for i, row := range HourRows[kind] {
			label := Weekday(h.w.Lang, weekday(i))
			switch row {
			case "all":
				label = h.say("editor.row.all")
			case "work":
				label = h.say("editor.row.work")
			case "rest":
				label = h.say("editor.row.rest")
			}
			var mine []fault.Field
			if kind == in.Kind {
				mine = wrong
			}
			r, errs := h.row(row, label, in.Rows[row], mine)
			g.Rows = append(g.Rows, r)
			summary = append(summary, errs...)
		}
		e.Groups = append(e.Groups, g)
	}
	return e, summary
}

// Special returns the row of the form of a special day with those mistakes of problem that are the row's.
func (h *HourWords) Special(in DayInput, problem error) (HourRow, []FieldError) {
	return h.row(SpecialRow, h.say("special.day"), in, fieldsOf(problem))
}

// problem puts a mistake into words.
func (h *HourWords) problem(f fault.Field) string {
	text, err := h.w.With(f.Key, f.Args)
	h.note(err)
	return text
}

func (h *HourWords) row(row, label string, in DayInput, wrong []fault.Field) (HourRow, []FieldError) {
	r := HourRow{
		Key: row, Label: label, Input: in, Open: in.Open, More: len(in.Spans) < hours.MaxSpans,
		OpenLabel:   h.say("editor.open", "Day", label, "N", "{n}"),
		CloseLabel:  h.say("editor.close", "Day", label, "N", "{n}"),
		RemoveLabel: h.say("editor.remove", "Day", label, "N", "{n}"),
	}
	spans := in.Spans
	if len(spans) == 0 {
		spans = []SpanInput{{NotChosen, NotChosen}}
	}
	var summary []FieldError
	list := func(i int, end string, value int) TimeList {
		t := TimeList{ID: hourName(row, i, end), Value: value, Closing: end == "close", lang: h.w.Lang, blank: h.say("editor.choose")}
		t.Label = h.say("editor."+end, "Day", label, "N", i+1)
		for f, ok := take(&wrong, t.ID); ok; f, ok = take(&wrong, t.ID) {
			said := FieldError{t.ID, h.problem(f)}
			t.Wrong, t.Describe = true, row+"-error"
			r.Errors = append(r.Errors, said)
			summary = append(summary, FieldError{t.ID, h.say("editor.at", "Day", label, "Text", said.Text)})
			r.Fixes = append(r.Fixes, h.fixes(row, i, f)...)
		}
		return t
	}
	for i, s := range spans {
		r.Spans = append(r.Spans, HourSpan{
			Open: list(i, "open", s.Open), Close: list(i, "close", s.Close),
			Remove: "del:" + row + ":" + strconv.Itoa(i), RemoveLabel: h.say("editor.remove", "Day", label, "N", i+1),
		})
	}
	return r, summary
}

// fixes returns the likely fixes of a mistake (design H4).
func (h *HourWords) fixes(row string, i int, f fault.Field) []Fix {
	fixes := []Fix{}
	add := func(end string, minutes any) {
		if m, ok := minutes.(hours.Minute); ok && m >= 0 && m <= hours.LastClose {
			clock, next := m.Clock()
			key := "editor.fix." + end
			if next {
				key = "editor.fix.next_day"
			}
			fixes = append(fixes, Fix{Label: h.say(key, "Time", clock), Value: hourName(row, i, end) + "=" + strconv.Itoa(int(m))})
		}
	}
	open, _ := f.Args["open"].(hours.Minute)
	closing, _ := f.Args["close"].(hours.Minute)
	otherOpen, _ := f.Args["other_open"].(hours.Minute)
	switch f.Key {
	case "hours.order":
		add("close", f.Args["later"])
		add("close", f.Args["next_day"])
	case "hours.overlap":
		if other, ok := f.Args["other_close"].(hours.Minute); ok && other < closing && other < 24*60 {
			add("open", other)
		}
	case "hours.next_day":
		if to := otherOpen + 24*60; to > open && to < closing {
			add("close", to)
		}
	}
	return fixes
}

func fieldsOf(err error) []fault.Field {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return slices.Clone(f.Fields)
	}
	return nil
}

// take removes the first field called name and returns it.
func take(fields *[]fault.Field, name string) (fault.Field, bool) {
	i := slices.IndexFunc(*fields, func(f fault.Field) bool { return f.Name == name })
	if i < 0 {
		return fault.Field{}, false
	}
	f := (*fields)[i]
	*fields = slices.Delete(*fields, i, i+1)
	return f, true
}

// HoursPreview is 顾客会看到: what the shop page will say, computed by the same code. The script asks for it anew when something
// changes: it posts the form with do=preview and takes what has this ID from the answer.
type HoursPreview struct {
	ID     string // "preview"
	Status *Status
	Week   *Week
	Notes  []Callout
	Facts  []Fact // extra hours
}

// Specials is the list of special days and coming holidays with their one-tap answers (design H5). The buttons are named do; see
// ParseSpecialDo.
type Specials struct {
	Action, CSRF, Rev string
	Days              []SpecialDay
	Add               Link // 加一个日子
}

// SpecialDay is one line of the list. Key is that of SpecialKey.
type SpecialDay struct {
	Key   string
	Name  string // 元旦; empty for a day of the shop's own
	Dates string // 1 月 1 日至 3 日
	// State is 休息 or 6:30–14:00; empty while nobody has answered.
	State string
	Note  string
	Edit  string // where the times are filled in
	Copy  string // where other shops get the same; empty: there are none
	Left  string // 还有 10 天
	More  []Fix  // answers besides 照常 and 休息, as values of the button: 初一至初三休
	Fixed bool   // cannot be answered with one tap: more than six days running is a pause
}
