package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one file of the program, without its tests.
type source struct {
	name string
	file *ast.File
}

func sources(t *testing.T, at *token.FileSet, roots ...string) []source {
	t.Helper()
	out := []source{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(at, path, nil, parser.SkipObjectResolution)
			out = append(out, source{filepath.ToSlash(path), f})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) == 0 {
		t.Fatal("no source was found")
	}
	return out
}

// fieldOfCaller are the functions that ask by a field their caller names, each of which names it by a word of its own.
var fieldOfCaller = []string{"../services/listing/write.go field", "../services/listing/service.go field", "../services/place/service.go field", "../services/resource/deal.go field"}

// TestQueriesAreWritten (INP-03): what a query asks for is written in the program. Handlers ask services and build no query; the paths of
// the others are words of the source; nothing reads a request into a map; and no engine is given a map or a program. INP-04.
func TestQueriesAreWritten(t *testing.T) {
	t.Parallel()
	at := token.NewFileSet()
	for _, s := range sources(t, at, "../server", "../services") {
		inStore := strings.HasPrefix(s.name, "../services/store/")
		web := strings.HasPrefix(s.name, "../server/web/") || strings.HasPrefix(s.name, "../server/api/")
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				sel, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || len(n.Args) == 0 {
					break
				}
				if web && isName(sel.X, "store") && slices.Contains([]string{"Where", "All"}, sel.Sel.Name) {
					t.Errorf("%s: a handler builds a query", at.Position(n.Pos()))
				}
				query := isName(sel.X, "store") && sel.Sel.Name == "Where" || len(n.Args) == 3 && sel.Sel.Name == "And" || len(n.Args) == 2 && sel.Sel.Name == "OrderBy"
				if query && !inStore && !written(s.name, n.Args[0]) {
					t.Errorf("%s: the path of a query is not written here", at.Position(n.Pos()))
				}
				if slices.Contains([]string{"BodyParser", "QueryParser", "ParamsParser", "ReqHeaderParser", "CookieParser", "AllParams", "Queries", "GetReqHeaders"}, sel.Sel.Name) {
					t.Errorf("%s: %s takes whatever a request says", at.Position(n.Pos()), sel.Sel.Name)
				}
			case *ast.SelectorExpr:
				if isName(n.X, "bson") && n.Sel.Name == "M" {
					t.Errorf("%s: a map for the engine; bson.D says what is asked", at.Position(n.Pos()))
				}
			case *ast.BasicLit:
				if word, err := strconv.Unquote(n.Value); inStore && n.Kind == token.STRING && err == nil && slices.Contains([]string{"$where", "$function", "$accumulator", "mapReduce", "$expr"}, word) {
					t.Errorf("%s: %s runs a program in the engine", at.Position(n.Pos()), word)
				}
			}
			return true
		})
	}
}

func isName(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

func written(file string, x ast.Expr) bool {
	if lit, ok := x.(*ast.BasicLit); ok {
		return lit.Kind == token.STRING
	}
	id, ok := x.(*ast.Ident)
	return ok && slices.Contains(fieldOfCaller, file+" "+id.Name)
}

// TestNoRequestOutlivesItsHandler (INP-09): a *fiber.Ctx is used again for the next request, so nothing that goes on beside the handler may
// hold it: no go statement, and no function given to a group or to the workers.
func TestNoRequestOutlivesItsHandler(t *testing.T) {
	t.Parallel()
	at := token.NewFileSet()
	seen := 0
	for _, s := range sources(t, at, "../server/web", "../server/api", "../server/cli") {
		handlers(s.file, nil, func(kept ast.Node, names []string) {
			seen++
			for _, name := range names {
				if pos := uses(kept, name); pos.IsValid() {
					t.Errorf("%s: %s is a request that may be over by then", at.Position(pos), name)
				}
			}
		})
	}
	if seen < 10 {
		t.Errorf("only %d pieces of work beside the handlers were found: the test looks in the wrong place", seen)
	}
}

// handlers walks through a file and says what runs beside, with the names of the requests that are in reach there.
func handlers(n ast.Node, names []string, beside func(ast.Node, []string)) {
	ast.Inspect(n, func(x ast.Node) bool {
		if x == n {
			return true
		}
		switch x := x.(type) {
		case *ast.FuncDecl:
			if x.Body != nil {
				handlers(x.Body, requests(x.Type), beside)
			}
			return false
		case *ast.FuncLit:
			handlers(x.Body, append(slices.Clip(names), requests(x.Type)...), beside)
			return false
		case *ast.GoStmt:
			beside(x.Call, names)
		case *ast.CallExpr:
			if sel, ok := x.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Go" || sel.Sel.Name == "AfterFunc") {
				for _, a := range x.Args {
					beside(a, names)
				}
			}
		}
		return true
	})
}

// requests are the parameters of a function that are a *fiber.Ctx.
func requests(f *ast.FuncType) (names []string) {
	for _, p := range f.Params.List {
		star, ok := p.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if sel, ok := star.X.(*ast.SelectorExpr); ok && isName(sel.X, "fiber") && sel.Sel.Name == "Ctx" {
			for _, id := range p.Names {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

// uses is where a name is used in n, and not that of a field or of a parameter of its own.
func uses(n ast.Node, name string) (pos token.Pos) {
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit:
			for _, p := range x.Type.Params.List {
				if slices.ContainsFunc(p.Names, func(id *ast.Ident) bool { return id.Name == name }) {
					return false
				}
			}
		case *ast.SelectorExpr:
			if at := uses(x.X, name); at.IsValid() {
				pos = at
			}
			return false
		case *ast.Ident:
			if x.Name == name {
				pos = x.Pos()
			}
		}
		return true
	})
	return pos
}

// The test of the handlers finds what it is to find.
func TestNoRequestOutlivesItsHandlerSees(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		"go func() { _ = c.Path() }()": true,
		"go s.later(c)":                true,
		"w.Go(func() error { return s.later(c.UserContext()) })":            true,
		"time.AfterFunc(1, func() { s.later(c) })":                          true,
		"path := c.Path(); go func() { _ = path }()":                        false,
		"go func(c int) { _ = c }(1)":                                       false,
		"f := func(c *fiber.Ctx) error { go s.later(c); return nil }; f(c)": true,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc (s *site) h(c *fiber.Ctx) error { "+body+"; return nil }", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		handlers(f, nil, func(kept ast.Node, names []string) {
			for _, name := range names {
				found = found || uses(kept, name).IsValid()
			}
		})
		if found != want {
			t.Errorf("%s: found %v, want %v", body, found, want)
		}
	}
}

// unguarded are the packages that may start goroutines of their own: the one that does it for all, and what only measures or tests, where
// a panic is to end the run.
var unguarded = []string{"../services/rescue/", "../server/bench/", "../services/store/ferrettest/", "../services/store/storetest/", "../services/search/searchtest/", "../services/media/mediatest/", "../services/turns/turnstest/"}

// TestGoroutinesAreRescued (OPS-05): nothing is started beside but by services/rescue, so that no panic ends the process.
func TestGoroutinesAreRescued(t *testing.T) {
	t.Parallel()
	at := token.NewFileSet()
	all := sources(t, at, "../server", "../services", "../frontend")
	for _, s := range all {
		if slices.ContainsFunc(unguarded, func(dir string) bool { return strings.HasPrefix(s.name, dir) }) || strings.Contains(s.name, "/node_modules/") {
			continue
		}
		beside := []*ast.File{}
		for _, other := range all {
			if filepath.Dir(other.name) == filepath.Dir(s.name) {
				beside = append(beside, other.file)
			}
		}
		for _, found := range bare(s.file, beside...) {
			t.Errorf("%s: %s: services/rescue starts what goes on beside", at.Position(found.at), found.what)
		}
	}
}

type bareStart struct {
	at   token.Pos
	what string
}

// waitGroups are the names of what is a sync.WaitGroup: all of a file, or what the other files of its package see of them, which is the
// fields of types and the variables of the package.
func waitGroups(f *ast.File, seenOutside bool) map[string]bool {
	groups := map[string]bool{}
	note := func(typed ast.Expr, names []*ast.Ident) {
		if star, ok := typed.(*ast.StarExpr); ok {
			typed = star.X
		}
		if sel, ok := typed.(*ast.SelectorExpr); ok && isName(sel.X, "sync") && sel.Sel.Name == "WaitGroup" {
			for _, n := range names {
				groups[n.Name] = true
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !seenOutside
		case *ast.Field:
			note(n.Type, n.Names)
		case *ast.ValueSpec:
			note(n.Type, n.Names)
		}
		return true
	})
	return groups
}

// bare finds what starts a goroutine that nobody rescues: a go statement, a sync.WaitGroup that may, an errgroup, a timer's function.
// beside are the other files of the package.
func bare(f *ast.File, beside ...*ast.File) (found []bareStart) {
	groups := waitGroups(f, false)
	for _, other := range beside {
		maps.Copy(groups, waitGroups(other, true))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			if n.Path.Value == `"golang.org/x/sync/errgroup"` {
				found = append(found, bareStart{n.Pos(), "errgroup"})
			}
		case *ast.GoStmt:
			found = append(found, bareStart{n.Pos(), "go"})
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				break
			}
			name := ""
			switch x := sel.X.(type) {
			case *ast.Ident:
				name = x.Name
			case *ast.SelectorExpr:
				name = x.Sel.Name
			}
			if sel.Sel.Name == "Go" && groups[name] {
				found = append(found, bareStart{n.Pos(), "sync.WaitGroup.Go"})
			}
			if sel.Sel.Name == "AfterFunc" && name == "time" {
				found = append(found, bareStart{n.Pos(), "time.AfterFunc"})
			}
		}
		return true
	})
	return found
}

// The test of the goroutines finds what it is to find.
func TestGoroutinesAreRescuedSees(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"func f() { go g() }":                        "go",
		"func f() { var w sync.WaitGroup; w.Go(g) }": "sync.WaitGroup.Go",
		"type x struct{ tasks sync.WaitGroup }; func (x *x) f() { x.tasks.Go(g) }": "sync.WaitGroup.Go",
		"func f(w *sync.WaitGroup) { w.Go(g) }":                                    "sync.WaitGroup.Go",
		`import "golang.org/x/sync/errgroup"`:                                      "errgroup",
		"func f() { time.AfterFunc(1, g) }":                                        "time.AfterFunc",
		"func f() { var w rescue.Group; w.Go(g); rescue.Go(log, `x`, g) }":         "",
		"func f() { var w sync.WaitGroup; w.Wait() }":                              "",
		// Of another file of the package.
		"func (y *y) f() { y.kept.Go(g) }": "sync.WaitGroup.Go",
		"func f() { all.Go(g) }":           "sync.WaitGroup.Go",
		"func f() { here.Go(g) }":          "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		beside, err := parser.ParseFile(token.NewFileSet(), "y.go", "package x\ntype y struct { kept, alone sync.WaitGroup }; var all sync.WaitGroup; func g() { var here sync.WaitGroup }", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, found := range bare(f, beside) {
			got += found.what
		}
		if got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}
