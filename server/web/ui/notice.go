package ui

import (
	"html/template"

	"shangquan/services/lang"
)

// Article is a notice as everybody reads it: on its page, in the portal, and in the preview of who writes it.
type Article struct {
	ID       string // of the element, for what reads it aloud; empty where it stands with others
	Title    string
	Lang     lang.Tag // of the title, where it is not that of the page
	BodyLang lang.Tag
	Tag      string // what kind of notice: 施工与停水停电
	Framed   bool   // a preview
	Urgent   bool
	Ended    bool
	Facts    []Fact        // when, where, whom to ask
	Body     template.HTML // made by services/notice, which lets a closed list of elements through
	Photos   []Photo
	Files    []Download
	By       string // 街道 10 月 15 日发布，第 2 版
}

// Emergency is a notice that stands on every page: how grave, what to do, until when.
type Emergency struct {
	Level           string // blue, yellow, orange, red
	Tag             string // 应急 · 红色
	Title           string
	Lang            lang.Tag
	Href            string
	Instruction     string
	InstructionLang lang.Tag
	Until           string // 到 10 月 16 日 20:00 为止
}

// NoticeRow is a notice in a list.
type NoticeRow struct {
	Title  string
	Href   string
	Lang   lang.Tag
	Tag    string // what kind: 施工与停水停电
	Places []string
	When   string // when what it is about takes place
	Posted string // 10 月 15 日发布
	Urgent bool
	State  string // 已结束, 已撤回; empty while it holds
}

// Download is a file to take away.
type Download struct {
	Label, Href string
	Note        string // PDF，320 KB
}

// Receipt is what one shop has answered to a notice that asks for an answer, or the button with which it does.
type Receipt struct {
	Title string
	Href  string // the notice in full
	Lang  lang.Tag
	Lines []string // 云间面馆 · 10 月 15 日发布
	Kind  string   // "" nothing to answer; due, overdue, help, done
	Due   string   // 10 月 18 日前要回话，还剩 3 天
	Text  string   // what was answered, by whom, when, to which version
	// Action is where the button posts; empty: nothing to press.
	Action, CSRF string
	Hidden       []Hidden
	Button       Button
	Help         *Link
}

// State is the look of the tag of a receipt.
func (r Receipt) State() TaskState {
	switch r.Kind {
	case "overdue":
		return TaskBad
	case "due":
		return TaskTodo
	case "help":
		return TaskWait
	}
	return TaskDone
}

// Calls is the printed list of shops to ring: one line for each, with room to write what was said.
type Calls struct {
	Title, Lead string
	Shops       []Ring
}

// Ring is a line of the list.
type Ring struct {
	Name, Address, Phone string
	Note                 string // 要帮忙：没有储水的桶
}
