package locales_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// keys returns every place that gives a message its key.
func (p *program) keys(t *testing.T) []said {
	t.Helper()
	f := follow{program: p, seen: map[string]bool{}}
	// The first two reach Say and With by way of errors.AsType, which is outside the program.
	f.variable(p.field(t, "services/fault", "Error", "Key"), given{known: true}, nil)
	f.variable(p.field(t, "services/fault", "Field", "Key"), given{}, nil)
	words := p.named(t, "frontend/locales", "Words")
	for m := range words.Methods() {
		switch m.Name() {
		case "Say", "With":
			f.variable(m.Signature().Params().At(0), given{}, nil)
		case "Count":
			f.variable(m.Signature().Params().At(0), given{}, []string{"N"})
		}
	}
	return f.found
}

func (p *program) named(t *testing.T, dir, name string) *types.Named {
	t.Helper()
	if pkg := p.pkgs["shangquan/"+dir]; pkg != nil {
		if o := pkg.Scope().Lookup(name); o != nil {
			return o.Type().(*types.Named)
		}
	}
	t.Fatalf("%s has no %s", dir, name)
	return nil
}

func (p *program) field(t *testing.T, dir, name, field string) *types.Var {
	t.Helper()
	for f := range p.named(t, dir, name).Underlying().(*types.Struct).Fields() {
		if f.Name() == field {
			return f
		}
	}
	t.Fatalf("%s.%s has no %s", dir, name, field)
	return nil
}

// follow walks back from a variable that is said.
type follow struct {
	*program
	seen  map[string]bool
	found []said
}

// variable follows all that is put into v. g is what the message has as arguments, more what is added on the way.
func (f *follow) variable(v types.Object, g given, more []string) {
	id := fmt.Sprintf("%d %v %v", v.Pos(), g, more)
	if f.seen[id] {
		return
	}
	f.seen[id] = true
	if at := f.place(v.Pos()); len(f.inflow[v]) == 0 && !strings.HasPrefix(at, forTemplates) {
		f.found = append(f.found, said{at, "", g})
	}
	for _, s := range f.inflow[v] {
		with := g
		if s.given != nil {
			with = given{s.given.known, slices.Concat(s.given.names, more)}
		}
		f.expression(s.expr, with, more)
	}
}

func (f *follow) expression(x ast.Expr, g given, more []string) {
	if key, ok := f.constant(x); ok {
		f.add(x, key, g)
		return
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		f.expression(x.X, g, more)
		return
	case *ast.BinaryExpr:
		for _, key := range f.patterns(x) {
			if strings.Contains(key, "*") {
				f.add(x, key, g)
			} else {
				f.add(x, key, given{}) // some of them may have a branch with arguments of its own
			}
		}
		return
	case *ast.CompositeLit: // of texts: each may be said
		for _, e := range x.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			f.expression(e, g, more)
		}
		return
	case *ast.CallExpr:
		if f.info.Types[x.Fun].IsType() && len(x.Args) == 1 {
			f.expression(x.Args[0], g, more)
			return
		}
		if fn, ok := f.object(x.Fun).(*types.Func); ok && len(f.written[fn.Origin()]) > 0 {
			for _, r := range f.written[fn.Origin()] {
				f.expression(r, g, more)
			}
			return
		}
	default:
		if v, ok := f.object(x).(*types.Var); ok {
			f.variable(v, g, more)
			return
		}
		if sel, ok := x.(*ast.SelectorExpr); ok && sel.Sel.Name == "Key" {
			return // of a fault that errors.AsType found: its key is followed from where it is made
		}
	}
	f.add(x, "", g)
}

// patterns returns what a text that is put together of parts can be: with "*" for a part that is known only when the program
// runs, and besides in full where all that the part can be is written in the program.
func (f *follow) patterns(x ast.Expr) []string {
	if text, ok := f.constant(x); ok {
		return []string{text}
	}
	if b, ok := x.(*ast.BinaryExpr); ok && b.Op == token.ADD {
		var all []string
		for _, l := range f.patterns(b.X) {
			for _, r := range f.patterns(b.Y) {
				all = append(all, l+r)
			}
		}
		return all
	}
	part := follow{program: f.program, seen: map[string]bool{}}
	part.expression(x, given{}, nil)
	all := []string{"*"}
	for _, s := range part.found {
		if s.key == "" || strings.Contains(s.key, "*") {
			return all[:1]
		}
		all = append(all, s.key)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *follow) add(x ast.Expr, key string, g given) {
	f.found = append(f.found, said{f.place(x.Pos()), key, g})
}

func (p *program) place(pos token.Pos) string {
	at := p.fset.Position(pos)
	rel, _ := filepath.Rel(p.root, at.Filename)
	return filepath.ToSlash(rel) + ":" + strconv.Itoa(at.Line)
}
