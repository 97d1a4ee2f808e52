// Package atom writes feeds as RFC 4287 has them.
package atom

import (
	"encoding/xml"
	"net/url"
)

// MediaType is that of feeds.
const MediaType = "application/atom+xml"

// Feed is a feed with its entries. Times are RFC 3339; ids never change, whoever serves them, see TagURI.
type Feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  Person   `xml:"author"`
	Links   []Link   `xml:"link"`
	Entries []Entry  `xml:"entry"`
}

// Person wrote a feed.
type Person struct {
	Name string `xml:"name"`
}

// Link leads to the feed itself, or to the page with the same.
type Link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

// Category files an entry.
type Category struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr,omitempty"`
}

// Text is a text, or HTML by its type, in a language.
type Text struct {
	Type string `xml:"type,attr"`
	Lang string `xml:"xml:lang,attr,omitempty"`
	Body string `xml:",chardata"`
}

// Entry is one thing a feed tells.
type Entry struct {
	ID         string     `xml:"id"`
	Title      Text       `xml:"title"`
	Published  string     `xml:"published"`
	Updated    string     `xml:"updated"`
	Links      []Link     `xml:"link"`
	Categories []Category `xml:"category"`
	Summary    *Text      `xml:"summary"`
	Content    *Text      `xml:"content"`
}

// Links are those of a feed: its own address and that of the page.
func Links(self, page string) []Link {
	return []Link{{Rel: "self", Type: MediaType, Href: self}, {Rel: "alternate", Type: "text/html", Href: page}}
}

// TagURI is an id that never changes (RFC 4151): host belongs to who tells it since a day, YYYY-MM-DD.
func TagURI(host, since, what string) string { return "tag:" + host + "," + since + ":" + what }

// PathOf returns an address without its host: the id of a feed stays when the host or its port changes.
func PathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// Bytes writes the feed.
func (f *Feed) Bytes() ([]byte, error) {
	b, err := xml.MarshalIndent(f, "", " ")
	return append([]byte(xml.Header), b...), err
}
