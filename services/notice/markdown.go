package notice

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"shangquan/services/lang"
)

// Markup is HTML that Render made: of the elements in tags, with the attributes href and rel on links and nothing else. It needs no
// further escaping.
type Markup string

// tags are the elements that a text becomes; there is no way to write another.
var tags = []string{"p", "h2", "h3", "ul", "ol", "li", "blockquote", "hr", "br", "strong", "em", "a"}

// Bounds of a text as Markdown. Nothing that people write comes near them; beyond them some parsers need time that grows with the square
// of the length (requirement CON-01).
const (
	maxDepth  = 12  // blocks or emphasis in one another
	maxLinks  = 200 // opening brackets
	maxStars  = 1000
	maxMarks  = 8 // signs of quotes and lists at the beginning of one line
	maxBlocks = 2000
)

// errMarkdown says that a text is beyond the bounds.
var errMarkdown = errors.New("notice: the text is nested too deeply or has too many marks")

// markdown reads paragraphs, headings by #, lists, quotes, rules, links and emphasis. There is no HTML, no code, no reference that
// stands elsewhere, no id: what looks like one of these is text. A parser learns nothing from what it reads and may be shared.
var markdown = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
	)
})

// parse reads a text: errMarkdown for one that is beyond the bounds, before it has cost anything.
func parse(s string) (doc ast.Node, err error) {
	if utf8.RuneCountInString(s) > MaxText || strings.Count(s, "[") > maxLinks || strings.Count(s, "*")+strings.Count(s, "_") > maxStars || strings.Count(s, "<") > maxLinks {
		return nil, errMarkdown
	}
	for line := range strings.Lines(s) {
		if marks(line) > maxMarks {
			return nil, errMarkdown
		}
	}
	doc = markdown().Parse(text.NewReader([]byte(s)))
	depth, blocks := 0, 0
	err = ast.Walk(doc, func(_ ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		depth++
		if blocks++; depth > maxDepth || blocks > 10*maxBlocks {
			return ast.WalkStop, errMarkdown
		}
		return ast.WalkContinue, nil
	})
	return doc, err
}

// marks counts the signs at the beginning of a line that open a block in another.
func marks(line string) int {
	n := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '>' || c == '-' || c == '+' || c == '*' || c == '#':
			n++
		case c == ' ' || c == '\t' || c >= '0' && c <= '9' || c == '.' || c == ')':
		default:
			return n
		}
	}
	if strings.Trim(line, "-* \t\r\n") == "" {
		return 0 // a rule
	}
	return n
}

// Render returns a text as markup. Links go to this site, to a telephone, or over https to a host that hosts allows; of others the
// address stands as text. What cannot be read as Markdown stands as it was written.
func Render(s string, hosts Hosts) Markup {
	doc, err := parse(s)
	if err != nil {
		return Markup("<p>" + html.EscapeString(clean(s)) + "</p>")
	}
	r := renderer{source: []byte(s), hosts: hosts}
	r.children(doc)
	return Markup(r.String())
}

// renderer writes markup. Every element comes from open, every text through say.
type renderer struct {
	strings.Builder
	source []byte
	hosts  Hosts
	linked bool // inside a link
}

func (r *renderer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.node(c)
	}
}

func (r *renderer) in(tag string, n ast.Node) {
	r.WriteString("<" + tag + ">")
	r.children(n)
	r.WriteString("</" + tag + ">")
}

func (r *renderer) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph:
		r.in("p", n)
	case *ast.Heading:
		if n.Level > 2 {
			r.in("h3", n)
			return
		}
		r.in("h2", n) // the page's own heading is the title
	case *ast.List:
		if n.IsOrdered() {
			r.in("ol", n)
			return
		}
		r.in("ul", n)
	case *ast.ListItem:
		r.in("li", n)
	case *ast.Blockquote:
		r.in("blockquote", n)
	case *ast.ThematicBreak:
		r.WriteString("<hr>")
	case *ast.Emphasis:
		if n.Level == 2 {
			r.in("strong", n)
			return
		}
		r.in("em", n)
	case *ast.Link:
		r.link(string(n.Destination), func() { r.children(n) })
	case *ast.AutoLink:
		label := string(n.Label(r.source))
		r.link(string(n.URL(r.source)), func() { r.say(label) })
	case *ast.Text:
		r.say(plain(n.Value(r.source)))
		if n.HardLineBreak() || n.SoftLineBreak() { // people press Enter where they want a new line
			r.WriteString("<br>")
		}
	default: // text blocks, and pictures, of which the words remain
		r.children(n)
	}
}

// link writes a link around what words writes, or the words with the address behind them.
func (r *renderer) link(to string, words func()) {
	href, ok := r.hosts.link(to)
	if !ok || r.linked {
		before := r.Len()
		words()
		if to = clean(to); !strings.Contains(r.String()[before:], html.EscapeString(to)) {
			r.say("（" + to + "）")
		}
		return
	}
	r.WriteString(`<a href="` + html.EscapeString(href) + `"`)
	if strings.HasPrefix(href, "https:") {
		r.WriteString(` rel="noopener noreferrer nofollow"`)
	}
	r.WriteString(">")
	r.linked = true
	words()
	r.linked = false
	r.WriteString("</a>")
}

func (r *renderer) say(s string) { r.WriteString(html.EscapeString(clean(s))) }

// plain resolves what Markdown writes with a backslash or as an entity.
func plain(b []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b))))
}

// clean leaves out what may not stand in a text, however it came there.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if lang.Unsafe(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// Plain returns a text without its marks, for feeds, calendars and messages.
func Plain(s string) string {
	doc, err := parse(s)
	if err != nil {
		return clean(s)
	}
	var b strings.Builder
	source := []byte(s)
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.WriteString(clean(plain(n.Value(source))))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteString("\n")
				}
			}
		case *ast.AutoLink:
			if entering {
				b.WriteString(clean(string(n.Label(source))))
			}
		case *ast.Link:
			if !entering && !strings.Contains(b.String(), string(n.Destination)) {
				fmt.Fprintf(&b, "（%s）", clean(string(n.Destination)))
			}
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			if !entering {
				b.WriteString("\n")
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}
