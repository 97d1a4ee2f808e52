package web

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"shangquan/server/web/ui"
	"shangquan/services/apikey"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// hostile is what stands in every text of the district of TestHostileWords: it ends a script, a quoted attribute and a cell, begins an
// element that acts by itself, and is a sum for a template that reads its input as a template.
const hostile = `</script><svg onload=hostile()>{{7*7}}"'onfocus=hostile() ;,`

// TestHostileWords (INP-07) puts it behind every text that anybody can have written, whatever the forms would have refused, and walks
// through every page as everybody: it is shown as it is, and nothing of it is obeyed.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.newcome(t)
	more := x.everything(t)
	x.poison(t)
	x.public(t)
	w := &hostileWalk{t: t, x: x, more: more, seen: map[string]bool{}, answered: map[string]bool{}, kinds: map[string]string{}}
	for _, who := range asked {
		w.as(who)
	}
	unread := []string{}
	for _, r := range x.Routes() {
		if r.Method == http.MethodGet && r.Kind != Static && !mine(&r) && !w.answered[r.Path] && !slices.Contains(notWalked, r.Path) {
			unread = append(unread, r.Path)
		}
	}
	if len(unread) > 0 {
		t.Errorf("nobody came to these; make what they show in everything, or say in notWalked why not:\n%s", strings.Join(unread, "\n"))
	}
	if w.shown < 200 {
		t.Errorf("only %d answers showed it: the district is not poisoned", w.shown)
	}
	program := x.machine(t, x.key(t, demo.Owner, apikey.Wish{}))
	for _, path := range []string{"", "/" + x.people[demo.Owner].ListingIDs[0], "/" + x.people[demo.Owner].ListingIDs[0] + "/posts"} {
		a := program.ask(http.MethodGet, "/api/v1/my/listings"+path, "", "")
		if err := obeyed(a.header.Get("Content-Type"), a.body); err != nil || a.status != http.StatusOK {
			t.Errorf("a program: GET /my/listings%s = %d: %v", path, a.status, err)
		}
	}
	for _, m := range x.outbox.Sent() {
		if strings.ContainsAny(m.Subject, "\r\n") {
			t.Errorf("the subject of %s goes on in another line: %q", m.Kind, m.Subject)
		}
	}
	if out := x.lines.String(); strings.Contains(out, `"level":"ERROR"`) {
		t.Errorf("the log has errors:\n%s", firstErrors(out))
	}
}

// poison writes it behind every text with a Chinese word in it, in every document of the store, and seals them again.
func (x *town) poison(t *testing.T) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "shangquan.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	tx, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	sealed := map[string]bool{}
	for _, c := range store.SealedIn(x.db) {
		sealed[c.Name()] = true
	}
	names, err := pairsOf(tx, "SELECT name, '' FROM _collections")
	if err != nil {
		t.Fatal(err)
	}
	for name := range names {
		docs, err := pairsOf(tx, `SELECT id, _doc FROM "`+name+`"`)
		if err != nil {
			t.Fatal(err)
		}
		for id, doc := range docs {
			var v any
			if err := json.Unmarshal([]byte(doc), &v); err != nil {
				t.Fatal(name, id, err)
			}
			b, err := json.Marshal(poisoned("", v))
			if err != nil {
				t.Fatal(err)
			}
			set := ""
			if sealed[name] {
				set = ", _seal = NULL"
			}
			if _, err := tx.ExecContext(t.Context(), `UPDATE "`+name+`" SET _doc = ?`+set+" WHERE id = ?", string(b), id); err != nil {
				t.Fatal(name, id, err)
			}
		}
	}
	if _, err := tx.ExecContext(t.Context(), "UPDATE _collections SET revision = revision + 1"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, c := range store.SealedIn(x.db) {
		if _, err := c.SealAll(t.Context()); err != nil {
			t.Fatal(c.Name(), err)
		}
	}
	x.wait(2 * time.Minute) // for what is kept of before
}

func pairsOf(tx *sql.Tx, query string) (map[string]string, error) {
	rows, err := tx.Query(query) //nolint:noctx // the transaction has one
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, rows.Err()
}

// readAgain are texts that a program reads again, and that the register holds in one form only.
var readAgain = []string{"house"}

func poisoned(key string, v any) any {
	switch v := v.(type) {
	case string:
		var inner any
		if (strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") || strings.HasPrefix(v, `"`)) && json.Unmarshal([]byte(v), &inner) == nil { // the trail keeps values as they were
			b, err := json.Marshal(poisoned(key, inner))
			if err == nil {
				return string(b)
			}
		}
		if strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !slices.Contains(readAgain, key) {
			return v + hostile
		}
	case []any:
		for i := range v {
			v[i] = poisoned(key, v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = poisoned(k, v[k])
		}
	}
	return v
}

// hostileWalk is a walk through the whole site as one after the other.
type hostileWalk struct {
	t        *testing.T
	x        *town
	b        *browser
	who      string
	queue    []string
	more     []string          // addresses that no page leads to
	seen     map[string]bool   // by person and kind of page
	answered map[string]bool   // by the path of the route
	kinds    map[string]string // what of seen an address in the queue stands for
	routes   map[string]*Route // by address
	shown    int
	visit    func(path string, a answer) // of every page, where somebody else wants to know
}

func (w *hostileWalk) as(who string) {
	w.who, w.b = who, w.x.as(w.t, who)
	for _, path := range w.more {
		w.push(path)
	}
	for _, l := range lang.Tags {
		w.push(ui.Href(l, "/"))
	}
	for _, r := range w.x.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		if !strings.Contains(r.Path, "/:") {
			w.push(r.Path)
		} else if path := ""; r.Thing != nil {
			if path = w.x.object(w.t, &r, who, false, nil); path != r.probe() {
				w.push(path)
			}
		}
		if who == "" && !strings.Contains(r.Path, "/:") {
			for _, q := range r.Query {
				w.push(r.Path + "?" + q + "=" + url.QueryEscape("面"+hostile))
			}
		}
	}
	w.push("/" + url.PathEscape(hostile))
	for len(w.queue) > 0 {
		path := w.queue[0]
		w.queue = w.queue[1:]
		w.look(path)
	}
}

// push queues an address unless this person has seen its like: visitors see a few of every kind, everybody else one.
func (w *hostileWalk) push(path string) {
	path, _, _ = strings.Cut(path, "#")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return
	}
	bare, query, _ := strings.Cut(path, "?")
	l, own := lang.FromPath(bare)
	r := w.route(own)
	if r == nil || w.who != "" && (r.Cached || l != lang.Hans) { // what is kept is the same for everybody
		return
	}
	kind := w.who + " " + string(l) + " " + r.Path
	if v, err := url.ParseQuery(query); err == nil {
		for _, k := range slices.Sorted(func(yield func(string) bool) {
			for k := range v {
				if !yield(k) {
					return
				}
			}
		}) {
			kind += " " + k
		}
	}
	for i := range map[bool]int{true: 2, false: 1}[w.who == "" && l == lang.Hans] {
		if at := fmt.Sprint(kind, i); !w.seen[at] && !w.seen[w.who+path] {
			w.seen[at], w.seen[w.who+path], w.kinds[path] = true, true, at
			w.queue = append(w.queue, path)
			return
		}
	}
}

// route is the page of an address, nil for none. Pages link to the same addresses again and again.
func (w *hostileWalk) route(path string) *Route {
	if r, ok := w.routes[path]; ok {
		return r
	}
	if w.routes == nil {
		w.routes = map[string]*Route{}
	}
	w.routes[path] = routeAt(w.x.Routes(), http.MethodGet, path)
	return w.routes[path]
}

// routeAt is the first of all that answers a path, nil for none.
func routeAt(all []Route, method, path string) *Route {
	parts := strings.Split(path, "/")
	for i := range all {
		if all[i].Method == method && (largeBody{path: strings.Split(all[i].Path, "/")}).fits(parts) {
			return &all[i]
		}
	}
	return nil
}

func (w *hostileWalk) look(path string) {
	a := w.b.get(path)
	if w.visit != nil {
		w.visit(path, a)
	}
	if a.status >= 500 {
		w.t.Errorf("%s: GET %s = %d", w.who, path, a.status)
	}
	bare, _, _ := strings.Cut(path, "?")
	_, own := lang.FromPath(bare)
	if r := w.route(own); r != nil && a.status < 400 {
		w.answered[r.Path] = true
	}
	if a.status >= 400 {
		delete(w.seen, w.kinds[path]) // another one of its kind may answer
	}
	if a.to != "" {
		w.push(strings.TrimPrefix(a.to, "http://shop.test"))
	}
	if strings.Contains(a.body, "onload=hostile") {
		w.shown++
	}
	if err := obeyed(a.header.Get("Content-Type"), a.body); err != nil {
		w.t.Errorf("%s: GET %s: %v", w.who, path, err)
	}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		for _, m := range hrefs.FindAllStringSubmatch(a.body, -1) {
			w.push(strings.TrimPrefix(html.UnescapeString(m[1]), "http://shop.test"))
		}
	}
}
