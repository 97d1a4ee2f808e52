package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"text/template/parse"

	"shangquan/frontend"
	"shangquan/frontend/locales"
)

// Page adds a page to the set that Templates made and returns the name under which it is executed. The page defines "main", or
// "layout" where it has one of its own; both get a name that belongs to this page, so that all pages of a language live in one set and
// share its components: a set for each page holds every component as often as there are pages, 14 MB more.
func Page(set *template.Template, fsys fs.FS, file string, words *locales.Words, assets *frontend.Assets) (string, error) {
	own := template.New("").Option("missingkey=error").Funcs(NewFuncs(words, assets))
	if _, err := own.ParseFS(fsys, file); err != nil {
		return "", err
	}
	Fold(own, words, assets)
	page := strings.TrimSuffix(path.Base(file), ".html")
	trees := map[string]*parse.Tree{"layout": set.Lookup("layout").Tree.Copy()}
	for _, t := range own.Templates() {
		if t.Tree != nil && t.Name() != path.Base(file) {
			trees[t.Name()] = t.Tree
		}
	}
	for name, tree := range trees {
		err := eachCall(tree.Root, func(call *parse.TemplateNode) error {
			if trees[call.Name] != nil {
				call.Name = page + ":" + call.Name
			} else if set.Lookup(call.Name) == nil {
				return fmt.Errorf("%s: no template %q", file, call.Name)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
		if _, err := set.AddParseTree(page+":"+name, tree); err != nil {
			return "", err
		}
	}
	return page + ":layout", nil
}

// eachCall visits the calls of templates in a list.
func eachCall(list *parse.ListNode, visit func(*parse.TemplateNode) error) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		var inner []*parse.ListNode
		switch n := n.(type) {
		case *parse.TemplateNode:
			if err := visit(n); err != nil {
				return err
			}
		case *parse.IfNode:
			inner = []*parse.ListNode{n.List, n.ElseList}
		case *parse.WithNode:
			inner = []*parse.ListNode{n.List, n.ElseList}
		case *parse.RangeNode:
			inner = []*parse.ListNode{n.List, n.ElseList}
		}
		for _, l := range inner {
			if err := eachCall(l, visit); err != nil {
				return err
			}
		}
	}
	return nil
}
