package ui

import (
	"html/template"
	"text/template/parse"

	"shangquan/frontend"
	"shangquan/frontend/locales"
)

// Fold says what a template always says the same way once, when it is parsed: {{t "shell.menu"}}, {{icon "menu"}},
// {{href "/streets"}} become text. A page has a hundred of them, and looking each up for every visitor costs more than the list
// of shops. It has to run before a template of the set is executed; what it cannot say (an unknown key) stays, so that rendering
// the page still fails. The text is escaped as in an element or a quoted attribute, which is where templates use these functions.
func Fold(set *template.Template, words *locales.Words, assets *frontend.Assets) {
	funcs := NewFuncs(words, assets)
	for _, t := range set.Templates() {
		if t.Tree != nil {
			foldList(t.Tree.Root, funcs)
		}
	}
}

func foldList(list *parse.ListNode, funcs template.FuncMap) {
	if list == nil {
		return
	}
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if html, ok := constant(n.Pipe, funcs); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(html)}
			}
		case *parse.IfNode:
			foldList(n.List, funcs)
			foldList(n.ElseList, funcs)
		case *parse.WithNode:
			foldList(n.List, funcs)
			foldList(n.ElseList, funcs)
		case *parse.RangeNode:
			foldList(n.List, funcs)
			foldList(n.ElseList, funcs)
		}
	}
}

// constant returns what FUNCTION "text" writes, for the functions whose result depends on nothing else.
func constant(p *parse.PipeNode, funcs template.FuncMap) (html string, ok bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	name, ok1 := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	arg, ok2 := p.Cmds[0].Args[1].(*parse.StringNode)
	if !ok1 || !ok2 {
		return "", false
	}
	switch f := funcs[name.Ident].(type) {
	case func(string, ...any) (string, error): // t
		said, err := f(arg.Text)
		return template.HTMLEscapeString(said), err == nil
	case func(string) (string, error): // asset, integrity
		url, err := f(arg.Text)
		return template.HTMLEscapeString(url), err == nil
	case func(string) string: // href
		return template.HTMLEscapeString(f(arg.Text)), true
	case func(string) (template.HTML, error): // icon
		icon, err := f(arg.Text)
		return string(icon), err == nil
	}
	return "", false
}
