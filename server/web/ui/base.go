// Package ui holds what templates are given and what they may call: one typed view struct per component, the functions of
// the templates bound to a language, and an example of every component in every state. It reads no database and decides
// nothing about shops; it turns what the pages know into words and shapes.
package ui

import (
	"slices"

	"shangquan/services/lang"
)

// Base is what every page has: the head, the header and the footer. Page structs embed it.
type Base struct {
	Lang        lang.Tag
	Title       string // of <title>, whole: "云间面馆｜中山中路商圈"
	Description string
	Canonical   string      // absolute address of this page in its language; empty on pages that should not be indexed
	Alternates  []Alternate // the same page in each language, this one too; the header links the others
	NoIndex     bool
	Class       string // of the body: "poster-page" prints the sheet alone
	// JSONLD is written as JSON into the head of a page that search engines may list; nil for none.
	JSONLD any

	Site Site
	Nav  []NavItem
	// Theme is "light", "dark" or "" (as the device says). Size is "large" or "". Both are checked against that list before.
	Theme string
	Size  string
	// Back is the path and query the preference forms return to.
	Back string
	// Printed is today, for paper; Short the address there where the page has a shorter one than Canonical.
	Printed string
	Short   string
	Notice  *Notice
	// Emergencies stand on every page while they hold, the gravest first.
	Emergencies []Emergency
	// Feeds are the Atom feeds with what the page lists, by what they are called.
	Feeds []Link
	// Role stands beside the sign of pages that are not for everyone: 商户后台, 街道后台, 管理.
	Role string
	// Account is who is signed in; nil on pages for everyone, which are the same for all.
	Account *Account
}

// Account is who is signed in, in the header.
type Account struct {
	Name    string
	Href    string // the account's own page
	SignOut string // where the button posts
	CSRF    string
}

// Alternate is the same page in another language.
type Alternate struct {
	Lang lang.Tag
	Name string // in that language: "English"
	URL  string // absolute, for the head
	Path string // for the link in header and footer
}

// Others returns the alternates in the languages that this page is not in.
func (b Base) Others() []Alternate {
	others := []Alternate{}
	for _, a := range b.Alternates {
		if a.Lang != b.Lang {
			others = append(others, a)
		}
	}
	return others
}

// Switch returns the language the header offers first: English on a Chinese page, Chinese on an English one; nil for none.
func (b Base) Switch() *Alternate {
	want := lang.En
	if b.Lang == lang.En {
		want = lang.Hans
	}
	for _, a := range b.Alternates {
		if a.Lang == want {
			return &a
		}
	}
	return nil
}

// Large reports whether the page is in large text.
func (b Base) Large() bool { return b.Size == "large" }

// NavItem is an entry of the main navigation.
type NavItem struct {
	Label   string
	Href    string
	Current bool
	Folded  bool // in a wide window it lies under 其他页面, where a line has no room for all; the menu of a phone lists every one
}

// NavLine are the entries that stand in the header of a wide window, NavFolded those under 其他页面 beside them.
func (b Base) NavLine() []NavItem   { return b.nav(false) }
func (b Base) NavFolded() []NavItem { return b.nav(true) }

func (b Base) nav(folded bool) []NavItem {
	out := []NavItem{}
	for _, n := range b.Nav {
		if n.Folded == folded {
			out = append(out, n)
		}
	}
	return out
}

// InFolded reports whether this page is one of those under 其他页面.
func (b Base) InFolded() bool {
	return slices.ContainsFunc(b.Nav, func(n NavItem) bool { return n.Folded && n.Current })
}

// Notice is the one sentence under the header.
type Notice struct {
	Text string
	Href string // empty: not a link
	Lang lang.Tag
}

// Site is what the deployment says about itself, in the language of the page. Empty fields are not shown.
type Site struct {
	Name     string // 中山中路商圈
	Sign     Sign
	Operator string // who runs the site and answers for it
	// Undertaker is who does the work for them; SiteCode is the number of a site of the administration; Complaints is where what is
	// illegal is reported to.
	Undertaker, SiteCode, Complaints string
	Phone                            string // as shown
	PhoneTel                         string // as dialled
	Links                            []NavItem
	// ComplaintsHref leads there, where Complaints is a number or an address; else it is empty.
	ComplaintsHref string
	// DataDate is when the register last changed, in words.
	DataDate   string
	ICP        string // ICP 备案 number
	ICPHref    string
	Police     string // 公安备案 number
	PoliceHref string
}

// Sign is the street sign: 2 to 6 hanzi over their pinyin.
type Sign struct {
	Hanzi  string
	Pinyin string
	// Href is the home page; empty where the sign is not a link (on the poster).
	Href string
	// Label is what a screen reader says: 中山中路商圈首页.
	Label string
}
