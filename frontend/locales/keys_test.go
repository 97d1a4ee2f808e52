package locales_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"shangquan/frontend/locales"
	"shangquan/services/lang"
)

// templateKeys returns every place in the templates that says a message: {{t "key" "Name" .X}}, {{plural "key" .N}}.
func templateKeys(t *testing.T) []said {
	t.Helper()
	var found []said
	for _, root := range []string{"../templates", "../components"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".html" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			tree := parse.New(path)
			tree.Mode = parse.SkipFuncCheck
			set := map[string]*parse.Tree{}
			if _, err := tree.Parse(string(text), "", "", set); err != nil {
				return err
			}
			for _, tree := range set {
				commands(tree.Root, func(c *parse.CommandNode) {
					if s, ok := command(c); ok {
						s.at, _ = tree.ErrorContext(c)
						found = append(found, s)
					}
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// command reads one call of t or plural.
func command(c *parse.CommandNode) (said, bool) {
	name, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok || name.Ident != "t" && name.Ident != "plural" {
		return said{}, false
	}
	s, pairs := said{given: given{known: true}}, 2
	if name.Ident == "plural" {
		s.given.names, pairs = []string{"N"}, 3
	}
	if len(c.Args) > 1 {
		if key, ok := c.Args[1].(*parse.StringNode); ok {
			s.key = key.Text
		}
	}
	for i := pairs; i < len(c.Args); i += 2 {
		if arg, ok := c.Args[i].(*parse.StringNode); ok {
			s.given.names = append(s.given.names, arg.Text)
		}
	}
	return s, true
}

// commands calls f for every command under n.
func commands(n parse.Node, f func(*parse.CommandNode)) {
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			for _, c := range p.Cmds {
				f(c)
				for _, a := range c.Args {
					commands(a, f)
				}
			}
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		commands(b.List, f)
		if b.ElseList != nil {
			commands(b.ElseList, f)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			commands(x, f)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

// needed are the arguments a sentence cannot do without.
var needed = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// complaint says what is wrong with a place that says a message, "" when nothing is.
func complaint(w *locales.Words, s said) string {
	if s.key == "" {
		return "the key of this message cannot be found in the source; write it where it can be seen"
	}
	key := s.key
	switch {
	case strings.Contains(key, "*"):
		if !slices.ContainsFunc(w.Keys(), pattern(key).MatchString) {
			return "no message is called " + key
		}
		return ""
	case !w.Has(key) && w.Has(key+".title") && w.Has(key+".text"):
		return "" // a fault with a page of its own
	case !w.Has(key):
		return "there is no message " + key
	}
	if s.given.known {
		for _, form := range w.Forms(key) {
			for _, m := range needed.FindAllStringSubmatch(form, -1) {
				if !slices.Contains(s.given.names, m[1]) {
					return fmt.Sprintf("%s needs %s, but is given %v", key, m[1], s.given.names)
				}
			}
		}
	}
	return ""
}

// pattern returns the form of the keys that "search.open.*" stands for.
func pattern(key string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(key), `\*`, `\w+`) + "$")
}

// Every message that a page, a fault or a table can say is in the catalogue, with nothing missing in it; and the catalogue has no
// other. TestLanguagesAgree sees to the other languages.
func TestWhatIsSaid(t *testing.T) {
	w := mustLoad(t).In(lang.Hans)
	all := slices.Concat(loadProgram(t, "services", "server", "frontend").keys(t), templateKeys(t))
	used, patterns := map[string]bool{}, []*regexp.Regexp{}
	for _, s := range all {
		if c := complaint(w, s); c != "" {
			t.Errorf("%s: %s", s.at, c)
		}
		used[s.key], used[s.key+".title"], used[s.key+".text"] = true, true, true
		if strings.Contains(s.key, "*") {
			patterns = append(patterns, pattern(s.key))
		}
	}
	for _, key := range w.Keys() {
		if !used[key] && !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(key) }) {
			t.Errorf("%s is in the catalogue and nobody says it", key)
		}
	}
}

func TestComplaints(t *testing.T) {
	w := mustLoad(t).In(lang.Hans)
	with := func(names ...string) given { return given{true, names} }
	for _, tt := range []struct {
		name string
		said said
		fine bool
	}{
		{"a message", said{key: "status.open", given: with()}, true},
		{"with what it needs", said{key: "hours.closes", given: with("Time", "More")}, true},
		{"with arguments nobody knows", said{key: "hours.closes"}, true},
		{"without what it needs", said{key: "hours.closes", given: with("Day")}, false},
		{"a fault with a page of its own", said{key: "error.not_found", given: with()}, true},
		{"unknown", said{key: "no.such.key", given: with()}, false},
		{"a pattern", said{key: "points.kind.*"}, true},
		{"a pattern of nothing", said{key: "no.such.*"}, false},
		{"a pattern is not half a key", said{key: "points.*.kind"}, false},
		{"hidden", said{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := complaint(w, tt.said); (got == "") != tt.fine {
				t.Errorf("complaint = %q, want none: %v", got, tt.fine)
			}
		})
	}
}
