package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"text/template/parse"

	"shangquan/frontend"
	"shangquan/frontend/locales"
)

// Page parses a page: what its file defines, and of set, which Templates made, what that uses. A clone of the whole set would
// keep every component once more for every page and language.
func Page(set *template.Template, fsys fs.FS, file string, words *locales.Words, assets *frontend.Assets) (*template.Template, error) {
	t := template.New("").Option("missingkey=error").Funcs(NewFuncs(words, assets))
	if _, err := t.ParseFS(fsys, file); err != nil {
		return nil, err
	}
	todo := []string{"layout"}
	for _, own := range t.Templates() {
		if own.Tree != nil {
			todo = uses(todo, own.Tree.Root)
		}
	}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if t.Lookup(name) != nil {
			continue
		}
		from := set.Lookup(name)
		if from == nil || from.Tree == nil {
			return nil, fmt.Errorf("%s: no template %q", file, name)
		}
		if _, err := t.AddParseTree(name, from.Tree.Copy()); err != nil {
			return nil, err
		}
		todo = uses(todo, from.Tree.Root)
	}
	Fold(t, words, assets)
	return t, nil
}

// uses appends the names of the templates that a list calls.
func uses(names []string, list *parse.ListNode) []string {
	if list == nil {
		return names
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			names = append(names, n.Name)
		case *parse.IfNode:
			names = uses(uses(names, n.List), n.ElseList)
		case *parse.WithNode:
			names = uses(uses(names, n.List), n.ElseList)
		case *parse.RangeNode:
			names = uses(uses(names, n.List), n.ElseList)
		}
	}
	return names
}
