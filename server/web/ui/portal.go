package ui

import (
	"slices"

	"shangquan/services/lang"
)

// TaskState is how far a task of the portal is.
type TaskState string

// The states of tasks. They are also the looks of tags: grey, amber, cinnabar, indigo.
const (
	TaskDone TaskState = "done" // 填好了
	TaskTodo TaskState = "todo" // 还没有
	TaskBad  TaskState = "bad"  // 有一处要改
	TaskWait TaskState = "wait" // 街道核对中
	TaskFree TaskState = "free" // 可以不填
)

// Task is one line of the task list; the whole row is a link.
type Task struct {
	Label, Href string
	State       TaskState
	Current     bool
}

// Meter says how much of a shop's page is filled in, in words first.
type Meter struct {
	Done, Total int
	Missing     []Missing
}

// Missing is something not filled in, and why it matters.
type Missing struct{ Label, Why, Href string }

// Left returns how many things are missing.
func (m Meter) Left() int { return m.Total - m.Done }

// Blocks returns one value per thing, true for what is filled in.
func (m Meter) Blocks() []bool {
	b := make([]bool, max(m.Total, 0))
	for i := range b {
		b[i] = i < m.Done
	}
	return b
}

// Side is the column beside a form of the portal: completeness and tasks. On phones the tasks fold.
type Side struct {
	Meter *Meter
	Tasks []Task
}

// Pending is a change that waits for the district, beside what customers see meanwhile.
type Pending struct {
	Label, Old, New string
	Lang            lang.Tag
	On              string // 10 月 15 日 19:12
	Withdraw        *Form  // takes it back; nil: not offered
}

// Confirm is a card with one button: 没变，还是这样, 我看到了，已安排. Kind: "" plain, warn when it is due, ok once done (then
// without a button).
type Confirm struct {
	Action, CSRF, Rev string
	Kind              string
	Lead, Text        string
	Button            Button
}

// Icon returns the mark of the card.
func (c Confirm) Icon() string {
	switch c.Kind {
	case "ok":
		return "check"
	case "warn":
		return "clock"
	}
	return "info"
}

// Records is a list of things with what can be done about each: people with access, invitations, sessions, keys, queued work.
// The buttons of its items post to Action.
type Records struct {
	Action, CSRF string
	Items        []Record
	Empty        string // what stands when there are none
}

// Phrase is something somebody wrote, in the language that there is of it.
type Phrase struct {
	Text string
	Lang lang.Tag
}

// Record is one item. Without Action in the list its buttons must be links.
type Record struct {
	Title string
	Href  string // empty: not a link
	Lang  lang.Tag
	Said  []Phrase // what somebody wrote, before Lines
	Lines []string // 店主 · 2025 年 3 月起 · 上次登录 10 月 14 日
	Tag   string
	State TaskState // look of the tag
	// Buttons are links or have a name and value: end=ID. What they say is followed by the title for screen readers.
	Buttons []Button
}

// Named returns the buttons with the title they are about.
func (r Record) Named() []Button {
	named := slices.Clone(r.Buttons)
	for i := range named {
		named[i].Of = r.Title
	}
	return named
}

// HasForm reports whether a button of the list posts.
func (r Records) HasForm() bool {
	for _, item := range r.Items {
		for _, b := range item.Buttons {
			if b.Href == "" {
				return true
			}
		}
	}
	return false
}

// Progress says how far something is that goes on without the reader. With a script the bar is kept up to date and the page asked for
// anew at the end; without one the link does both.
type Progress struct {
	ID    string // of the bar; empty where it is the only one of its page
	Label string // 已写入 1,200 家，共 5,000 家
	Done  int
	Total int // 0: nobody knows yet
	Hint  string
	Link  Link // to the same page
}

// Photo is a picture in two or more widths. Width and Height are those of Src, so that nothing moves while it loads.
type Photo struct {
	Src, SrcSet   string // SrcSet: "/media/a-480.webp 480w, /media/a-960.webp 960w"
	Sizes         string
	Width, Height int
	Alt           string
	Caption       string
	Lang          lang.Tag // of alt and caption
	Eager         bool     // stands where the page begins
	Href          string   // in photos: the picture in full
}

// PhotoGrid is the editor of a shop's photos: order, cover, captions. Buttons are named do: up:ID, down:ID, cover:ID, delete:ID;
// captions are caption.ID. It stands in a form.
type PhotoGrid struct{ Items []PhotoItem }

// PhotoLooks are photos a coordinator looks at. Each has a button named do, hide:ID. It stands in a form.
type PhotoLooks struct{ Items []PhotoLook }

// PhotoLook is a photo that a coordinator looks at.
type PhotoLook struct {
	ID    string
	N     int // its place on the page of the shop, as people count
	Photo Photo
	Added string // 10 月 15 日 19:12
	New   bool   // nobody has looked at it
}

// PhotoItem is a photo in the editor.
type PhotoItem struct {
	ID    string
	Photo Photo
	Cover bool
	Error string // of the caption
}

// Number returns the number of item i as people count.
func (g PhotoGrid) Number(i int) int { return i + 1 }

// First reports whether item i is the first one.
func (g PhotoGrid) First(i int) bool { return i == 0 }

// Last reports whether item i is the last one.
func (g PhotoGrid) Last(i int) bool { return i == len(g.Items)-1 }

// CaptionField returns the field of the caption of item i.
func (g PhotoGrid) CaptionField(i int) Field {
	p := g.Items[i]
	return Field{ID: "caption-" + p.ID, Name: "caption." + p.ID, Type: "text", Value: p.Photo.Caption, Error: p.Error, Lang: p.Photo.Lang}
}

// Offer is an offer or an event on a shop's page, in lists and in the portal.
type Offer struct {
	Title string
	Href  string
	Lang  lang.Tag
	When  string   // 10 月 18 日至 20 日，每天 9:00–11:00
	Who   []Phrase // 给谁、什么条件
	Text  Phrase
	Ended bool
	Tag   string // in the portal: 还没开始, 正在进行
	State TaskState
	// Calendar is the address of its iCalendar file; empty: none.
	Calendar string
	Edit     string
}

// PriceItem is a line of a price list.
type PriceItem struct {
	Name, Note string
	Price      string // 12 元, 8 元起, 面议
	Lang       lang.Tag
}
