package locales_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// This file follows message keys through the program: back from the sentences that are said (Words.Say, Count, With) over
// parameters, fields, variables and results to the places where the keys are written. A key is found wherever it comes from, and
// a text that only looks like a key is none.

// forTemplates has the functions that only templates call, which are read elsewhere.
const forTemplates = "server/web/ui/funcs.go:"

// program is the Go source of the site, with its types. Packages from outside are known by name only; keys do not come from them.
type program struct {
	fset    *token.FileSet
	root    string
	pkgs    map[string]*types.Package
	info    types.Info
	inflow  map[types.Object][]source // what is put into a variable, parameter, field or result
	entries map[types.Object][]string // names that the code adds to a map of arguments
	written map[*types.Func][]ast.Expr
}

// source is an expression, with the arguments that go along when it is a key.
type source struct {
	expr  ast.Expr
	given *given // nil when the place says nothing about arguments
}

// given is which arguments a sentence can count on.
type given struct {
	known bool
	names []string
}

// said is one place where a message gets its key.
type said struct {
	at    string // file:line
	key   string // "*" stands for a part that is known only when the program runs; "" when nothing is known
	given given
}

func loadProgram(t *testing.T, dirs ...string) *program {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{
		fset: token.NewFileSet(), root: root, pkgs: map[string]*types.Package{}, inflow: map[types.Object][]source{},
		entries: map[types.Object][]string{}, written: map[*types.Func][]ast.Expr{},
		info: types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}},
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				rel, _ := filepath.Rel(root, path)
				_, err = p.Import("shangquan/" + filepath.ToSlash(rel))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// Import reads a package of the site, and makes an empty one of any other.
func (p *program) Import(path string) (*types.Package, error) {
	if pkg := p.pkgs[path]; pkg != nil {
		return pkg, nil
	}
	dir, ours := strings.CutPrefix(path, "shangquan/")
	if !ours {
		name := path[strings.LastIndex(path, "/")+1:]
		pkg := types.NewPackage(path, name)
		pkg.MarkComplete()
		p.pkgs[path] = pkg
		return pkg, nil
	}
	names, err := filepath.Glob(filepath.Join(p.root, dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(p.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, nil
	}
	conf := types.Config{Importer: p, FakeImportC: true, Error: func(error) {}} // what is not known of other packages is no matter
	pkg, _ := conf.Check(path, p.fset, files, &p.info)
	p.pkgs[path] = pkg
	for _, note := range []func(ast.Node) bool{p.noteEntry, p.note} {
		for _, f := range files {
			ast.Inspect(f, note)
		}
	}
	return pkg, nil
}

// noteEntry remembers the names that the code adds to a map, as args["open"] = …
func (p *program) noteEntry(n ast.Node) bool {
	if a, ok := n.(*ast.AssignStmt); ok {
		for _, l := range a.Lhs {
			if x, ok := l.(*ast.IndexExpr); ok {
				if name, ok := p.constant(x.Index); ok {
					p.entries[p.object(x.X)] = append(p.entries[p.object(x.X)], name)
				}
			}
		}
	}
	return true
}

// note remembers what a statement or expression puts where.
func (p *program) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if i < len(n.Rhs) { // of v, ok := m[k] and v, err := f() the first
				p.put(p.object(l), n.Rhs[i], nil)
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if len(n.Values) == len(n.Names) {
				p.put(p.info.Defs[name], n.Values[i], nil)
			}
		}
	case *ast.RangeStmt:
		p.put(p.object(n.Value), n.X, nil)
	case *ast.CompositeLit:
		p.noteStruct(n)
	case *ast.CallExpr:
		p.noteCall(n)
	case *ast.FuncDecl:
		if f, ok := p.info.Defs[n.Name].(*types.Func); ok && n.Body != nil {
			ast.Inspect(n.Body, func(m ast.Node) bool {
				if r, ok := m.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
					p.written[f] = append(p.written[f], r.Results[0])
				}
				_, inner := m.(*ast.FuncLit)
				return !inner
			})
		}
	}
	return true
}

func (p *program) put(to types.Object, x ast.Expr, g *given) {
	if to != nil {
		p.inflow[to] = append(p.inflow[to], source{x, g})
	}
}

// noteStruct remembers the fields of a struct. One with a key says its arguments beside it.
func (p *program) noteStruct(lit *ast.CompositeLit) {
	s, ok := under(p.info.TypeOf(lit)).(*types.Struct)
	if !ok {
		return
	}
	values, g := map[int]ast.Expr{}, &given{known: true}
	for i, e := range lit.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if !keyed {
			values[i] = e
			continue
		}
		for j := range s.NumFields() {
			if id, ok := kv.Key.(*ast.Ident); ok && s.Field(j).Name() == id.Name {
				values[j] = kv.Value
			}
		}
	}
	holds := false
	for j := range s.NumFields() {
		if strings.EqualFold(s.Field(j).Name(), "args") {
			holds = true
			if values[j] != nil {
				*g = p.mapped(values[j])
			}
		}
	}
	if !holds {
		g = nil
	}
	for j, x := range values {
		p.put(s.Field(j), x, g)
	}
}

// noteCall remembers the arguments of a call, with the pairs or the map that go to the message.
func (p *program) noteCall(call *ast.CallExpr) {
	sig, ok := under(p.info.TypeOf(call.Fun)).(*types.Signature)
	if f, is := p.object(call.Fun).(*types.Func); is {
		sig, ok = f.Origin().Signature(), true
	}
	if !ok {
		return
	}
	var g *given
	last := sig.Params().Len() - 1
	for i := 0; i <= last; i++ {
		if m, ok := under(sig.Params().At(i).Type()).(*types.Map); ok && i < len(call.Args) && m.String() == "map[string]any" {
			told := p.mapped(call.Args[i])
			told.names = append(told.names, p.entries[sig.Params().At(i)]...)
			g = &told
		}
	}
	if sig.Variadic() && sig.Params().At(last).Type().String() == "[]any" {
		g = &given{known: !call.Ellipsis.IsValid()}
		for i := last; g.known && i < len(call.Args); i += 2 {
			name, ok := p.constant(call.Args[i])
			g.known = ok
			g.names = append(g.names, name)
		}
	}
	for i, x := range call.Args {
		if i <= last {
			p.put(sig.Params().At(i), x, g)
		}
	}
}

// mapped returns the names in a map of arguments.
func (p *program) mapped(x ast.Expr) given {
	if id, ok := x.(*ast.Ident); ok && id.Name == "nil" {
		return given{known: true}
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return given{}
	}
	g := given{known: true}
	for _, e := range lit.Elts {
		name, _ := p.constant(e.(*ast.KeyValueExpr).Key)
		g.names = append(g.names, name)
	}
	return g
}

func (p *program) constant(x ast.Expr) (string, bool) {
	v := p.info.Types[x].Value
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}

// object returns what an expression names: a variable, a field, a function.
func (p *program) object(x ast.Expr) types.Object {
	switch x := x.(type) {
	case *ast.Ident:
		if d := p.info.Defs[x]; d != nil {
			return d
		}
		return p.info.Uses[x]
	case *ast.SelectorExpr:
		return p.info.Uses[x.Sel]
	case *ast.ParenExpr:
		return p.object(x.X)
	case *ast.IndexExpr:
		return p.object(x.X)
	}
	return nil
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	return t.Underlying()
}
