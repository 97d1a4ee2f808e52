package ui

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"shangquan/services/lang"
)

// Marked is text in one language with the parts that a search hit.
type Marked struct {
	Lang  lang.Tag
	Parts []Part
}

// Part is a stretch of Marked text.
type Part struct {
	Text string
	Hit  bool
}

// Plain returns text without hits.
func Plain(text string, l lang.Tag) Marked { return Mark(text, l, nil) }

// Mark returns text with the byte ranges [from, to) marked. Ranges have to be in order; one that overlaps its predecessor,
// leaves the text or cuts a character is left out, since a page with one mark fewer beats no page.
func Mark(text string, l lang.Tag, hits [][2]int) Marked {
	m := Marked{Lang: l, Parts: []Part{}}
	at := 0
	add := func(s string, hit bool) {
		if s != "" {
			m.Parts = append(m.Parts, Part{s, hit})
		}
	}
	for _, h := range hits {
		from, to := h[0], h[1]
		if from < at || to <= from || to > len(text) || !utf8.RuneStart(text[from]) || to < len(text) && !utf8.RuneStart(text[to]) {
			continue
		}
		add(text[at:from], false)
		add(text[from:to], true)
		at = to
	}
	add(text[at:], false)
	return m
}

// HTML returns the parts with what was hit marked, without the language around them.
func (m Marked) HTML() template.HTML {
	var b strings.Builder
	m.write(&b)
	return template.HTML(b.String())
}

func (m Marked) write(b *strings.Builder) {
	for _, p := range m.Parts {
		if p.Hit {
			b.WriteString("<mark>")
		}
		escape(b, p.Text)
		if p.Hit {
			b.WriteString("</mark>")
		}
	}
}

// String returns the text without marks.
func (m Marked) String() string {
	var b strings.Builder
	for _, p := range m.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Plate is a door plate 门牌: street or mall over number over 号 or floor.
type Plate struct {
	Top, Number, Bottom string
	Label               string   // what a screen reader says: the whole address
	Lang                lang.Tag // of Top and Bottom
	Big                 bool
}

// LongTop reports whether the words on top need small letters to fit.
func (p Plate) LongTop() bool { return textWidth(p.Top) > 5 }

// Shown is the number as there is room for it: of three units and more the first, and that there are others. Label has them all.
func (p Plate) Shown() string {
	if first, rest, _ := strings.Cut(p.Number, "、"); strings.Contains(rest, "、") {
		return first + "…"
	}
	return p.Number
}

// NumberClass returns the class for long numbers: unit codes such as B1-12, and longer still.
func (p Plate) NumberClass() string {
	switch w := textWidth(p.Shown()); {
	case w > 3:
		return "tiny"
	case w > 2:
		return "mid"
	}
	return ""
}

// textWidth estimates the width in hanzi: one for a wide character, about half for the others.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r >= 0x2E80 {
			w++
		} else {
			w += 0.55
		}
	}
	return w
}

// Tag is a convenience with its icon.
type Tag struct {
	Icon  string
	Label string
}

// Row is a shop in a list. It says nothing of its position (numbers come from the style sheet), so that its HTML can be kept
// per revision, language and status.
type Row struct {
	Href    string
	Name    Marked
	Second  *Marked // the Chinese name beside an English one
	Plate   Plate
	Status  Status
	Kind    string
	Address Marked
	Walk    string // 步行 3 分钟
	Tags    []Tag  // at most two
	Photo   *Photo // instead of the plate; the address then stands in the text
	Hint    Marked // why it was found, when not by its name: 卖 钥匙、门锁
}

// Actions are the three buttons of a shop page.
type Actions struct {
	Call  *Call // nil: no number known
	Go    string
	Share Share
}

// Call is a number to dial.
type Call struct{ Dial, Shown string }

// Share is what is passed on.
type Share struct{ URL, Title, Text string }

// Week is the table of opening hours, today in bold.
type Week struct {
	Caption string // empty: the opening hours
	Days    []WeekDay
	Note    string // who filled it in and who checked it, when
	Report  string // where to say that it is wrong; empty: nowhere
}

// WeekDay is one line of the table; no spans means closed.
type WeekDay struct {
	Name  string
	Today bool
	Spans []string
}

// Fact is a term with its values. Only facts with content are listed.
type Fact struct {
	Term   string
	Values []Value
	Tags   []Tag
}

// Value is one value of a fact.
type Value struct {
	Text      string
	Href      string
	Note      string // 订座, 夜间
	Live      bool   // the note is true today alone, and not printed
	Lang      lang.Tag
	Number    bool   // digits of equal width
	Copy      string // text to copy; needs CopyLabel
	CopyLabel string
}
