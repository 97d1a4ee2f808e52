package web

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	tokens "golang.org/x/net/html"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/apikey"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/merchant"
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
	shown    int
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

func (w *hostileWalk) route(path string) *Route {
	parts := strings.Split(path, "/")
	all := w.x.Routes()
	for i := range all {
		if all[i].Method == http.MethodGet && (largeBody{path: strings.Split(all[i].Path, "/")}).fits(parts) {
			return &all[i]
		}
	}
	return nil
}

func (w *hostileWalk) look(path string) {
	a := w.b.get(path)
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

// obeyed says what of an answer a reader of its kind would take for more than words.
func obeyed(kind, body string) error {
	if strings.Contains(body, "{{49}}") || strings.Contains(body, ">49\"") {
		return errors.New("the sum was done")
	}
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "text/html":
		return obeyedHTML(body)
	case "application/json", "application/problem+json", "application/geo+json", "application/manifest+json":
		if body != "" && !json.Valid([]byte(body)) {
			return errors.New("no JSON")
		}
	case "application/atom+xml", "application/xml", "text/xml", "image/svg+xml":
		return obeyedXML(strings.NewReader(body))
	case "text/calendar":
		for _, line := range strings.Split(strings.ReplaceAll(body, "\r\n ", ""), "\r\n") {
			if line != "" && !calendarLine.MatchString(line) {
				return fmt.Errorf("no line of a calendar: %q", line)
			}
			if i := strings.Index(line, hostile[:20]); i >= 0 && !strings.Contains(line, `\;\,`) {
				return fmt.Errorf("the text of %q ends early", line)
			}
		}
	case "text/csv":
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		r.FieldsPerRecord = -1
		if _, err := r.ReadAll(); err != nil {
			return err
		}
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return obeyedSheet(body)
	}
	return nil
}

var calendarLine = regexp.MustCompile(`^[A-Z-]+[;:]`)

func obeyedHTML(body string) error {
	z := tokens.NewTokenizer(strings.NewReader(body))
	inScript := ""
	for {
		switch z.Next() {
		case tokens.ErrorToken:
			return nil
		case tokens.TextToken:
			if raw := string(z.Raw()); inScript != "" && strings.TrimSpace(raw) != "" {
				if inScript != "application/ld+json" || !json.Valid([]byte(raw)) {
					return fmt.Errorf("a script that is no data: %.200s", raw)
				}
			}
		case tokens.EndTagToken:
			inScript = ""
		case tokens.StartTagToken, tokens.SelfClosingTagToken:
			tag := z.Token()
			if inScript = ""; tag.Data == "script" {
				inScript = "a script"
			}
			for _, at := range tag.Attr {
				if strings.HasPrefix(at.Key, "on") || strings.Contains(at.Key, "hostile") || strings.ContainsAny(at.Key, `"'<{`) || at.Key == "style" {
					return fmt.Errorf("<%s> has %s=%q", tag.Data, at.Key, at.Val)
				}
				if tag.Data == "script" && at.Key == "type" {
					inScript = at.Val
				}
			}
		}
	}
}

func obeyedXML(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if el, ok := tok.(xml.StartElement); ok {
			for _, at := range el.Attr {
				if strings.HasPrefix(at.Name.Local, "on") {
					return fmt.Errorf("<%s> has %s", el.Name.Local, at.Name.Local)
				}
			}
		}
	}
}

// obeyedSheet looks into a workbook: every part is XML, and no cell is a formula.
func obeyedSheet(body string) error {
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return err
		}
		b, err := io.ReadAll(part)
		_ = part.Close()
		if err == nil {
			err = obeyedXML(bytes.NewReader(b))
		}
		if err == nil && bytes.Contains(b, []byte("<f>")) {
			err = errors.New("a formula")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// notWalked are addresses that answer with a picture or a file as it was sent, or that a secret opens which nobody has here and that say
// nothing but who it is for.
var notWalked = []string{
	"/media/:folder/:name", "/notices/files/:name", "/desk/claims/:id/evidence/:n", "/my/assembly/:id/actions/:action/evidence/:n",
	"/liaison/actions/:id/evidence/:n", "/liaison/programme/:id/evidence/:n", "/reset/:token", "/speak/:token", "/desk/claims/:id/agree", "/desk/walked/:id",
}

// everything makes one of whatever the pages show, and says where what no page leads to is.
func (x *town) everything(t *testing.T) (more []string) {
	t.Helper()
	ctx := t.Context()
	d := demo.Deps{DB: x.db, Keys: x.services.Keys, Log: x.services.Trail, Listings: x.services.Listings, Places: x.services.Places, Now: x.now}
	people := []demo.Person{}
	for _, p := range x.people {
		people = append(people, p)
	}
	if err := errors.Join(demo.JointMeeting(ctx, d, people), demo.Together(ctx, d, people), demo.Stations(ctx, d, people)); err != nil {
		t.Fatal(err)
	}
	x.public(t)
	owner, desk := x.as(t, demo.Owner), x.as(t, demo.Coordinator)
	id := x.people[demo.Owner].ListingIDs[0]
	shop := x.listing(t, id)
	owner.done("/my/shops/"+id+"/posts/new", haircut("do", "publish"))
	owner.done("/my/shops/"+id+"/points", url.Values{"kind": {"water"}, "do": {"open"}, "note": {"进门右手边"}})
	x.announced(t, nil)
	told := x.told(t, nil)
	if _, err := x.services.Notices.Remind(ctx); err != nil {
		t.Fatal(err)
	}
	receipt := linkInMail.FindStringSubmatch(x.sent(t, demo.Owner, "notice").Text)
	if receipt == nil {
		t.Fatal("the message about a notice has no link")
	}
	desk.done("/desk/calendar/2026", paperOf("2026-11-01 至 2026-11-03 重阳节 休"))
	residents := x.invited(t, demo.Rival)
	x.claim(t, demo.Owner)
	x.claim(t, demo.Rival)
	x.renamed(t, "春申面馆")
	x.makeHook(t, demo.Owner, x.people[demo.Owner].MerchantID)
	x.as(t, "").done("/shops/"+shop.Slug+"/report", url.Values{"reason": {"hours"}, "note": {"门口贴了条子"}})
	owner.done("/account/asks", url.Values{"form": {askForm}, "kind": {"right"}, "text": {"手机号是旧的"}})
	desk.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"台风停电，逐户通知"}})
	x.importing(t, desk, "表.csv", []byte("店铺编号,名称,类别,神秘列\nIMP-1,第一家,药店,\nIMP-2,第二家,便利点,\n"))
	keep := x.entered(t, desk, "云间老面馆", "中山中路 8888 号", "021-57819999")
	gone := x.entered(t, desk, "云间老面馆（中山店）", "中山中路 8888 号", "021-57819999")
	a, b := min(keep, gone), max(keep, gone)
	desk.done("/desk/duplicates/"+a+"/"+b, url.Values{
		"rev_a": {revision(x.listing(t, a).Rev)}, "rev_b": {revision(x.listing(t, b).Rev)}, "do": {"merge"}, "keep": {keep}, "why": {"同一扇门"},
	})
	path := desk.done("/desk/batches/new", url.Values{"shop": x.people[demo.Owner].ListingIDs[:2], "field": {"state"}, "move": {"close"}})
	desk.done(path, url.Values{"rev": {"1"}, "do": {"apply"}, "why": {"拆了"}})

	seats := map[string]string{}
	for _, who := range []string{demo.Owner, demo.Rival} {
		own, err := x.services.Assembly.Mine(ctx, x.actor(t, who))
		if err != nil || len(own) == 0 {
			t.Fatal(who, err)
		}
		seats[who] = own[0].ID
	}
	rival, theirs := x.as(t, demo.Rival), "/my/resources/"+seats[demo.Rival]
	offered, _, _ := strings.Cut(owner.done("/my/resources/"+seats[demo.Owner], url.Values{"form": {"post"}, "side": {"offered"}, "kind": {"hall"}, "title": {"三楼活动厅"}, "times": {"每天 18:00-21:00"}}), "?")
	need, _, _ := strings.Cut(rival.done(theirs, url.Values{"form": {"post"}, "side": {"sought"}, "kind": {"hall"}, "title": {"借场地开会"}}), "?")
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	deal, _, _ := strings.Cut(rival.done(theirs+"/posts/"+last(offered), url.Values{"form": {"answer"}, "with": {last(need)}}), "?")
	meetings, err := x.services.Assembly.Meetings(ctx, x.actor(t, demo.Liaison), []assembly.State{assembly.Published}, "", 1)
	if err != nil || len(meetings.Items) == 0 {
		t.Fatal(err)
	}

	mark := url.Values{"form": {"claim"}, "level": {"shanghai"}, "certificate": {"沪老 001"}, "issuer": {"市商务委"}, "founded": {"1926"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	if a := owner.upload("/my/shops/"+id+"/heritage", mark, upload{"photo", "a.jpg", picture(t, 80, 60)}); a.status != http.StatusSeeOther {
		t.Fatalf("the mark of an old shop = %d %s", a.status, complaint(a.body))
	}
	_, rest, _ := strings.Cut(desk.page("/desk/heritage"), "/desk/heritage/")
	old, _, _ := strings.Cut(rest, `"`)
	for _, step := range []url.Values{{"form": {"check"}}, {"form": {"show"}, "review": {"2027-10-01"}}, {"form": {"entry"}, "year": {"1926"}, "text": {"开张"}, "source": {"《松江报》"}}} {
		step.Set("rev", revOf(t, desk.page("/desk/heritage/"+old), step.Get("form")))
		desk.done("/desk/heritage/"+old, step)
	}
	st, stops := x.streetWith(t)
	desk.done("/desk/streets/"+st.Slug, url.Values{"form": {"unit"}, "number": {"9998 号"}, "area_m2": {"35.5"}})
	units, err := x.services.Streets.UnitsOn(ctx, st.ID)
	if err != nil || len(units) == 0 || len(stops) == 0 {
		t.Fatal(err)
	}
	by := x.actor(t, demo.Owner)
	if _, err := x.services.Merchants.Invite(ctx, by, by.Seats[0].MerchantID, merchant.Invite{To: "demo-guest@example.cn", Role: access.Manager, Lang: lang.Hans}); err != nil {
		t.Fatal(err)
	}
	kept := x.kept(t, id)
	const buyer = "demo-buyer@example.cn"
	owner.done("/my/merchants/"+by.Seats[0].MerchantID+"/hand-over", url.Values{"do": {"offer"}, "form": {"offer"}, "listing_id": {id}, "to": {buyer}})
	lists, err := x.services.Contacts.List(ctx, x.actor(t, demo.Coordinator), 1)
	if err != nil {
		t.Fatal(err)
	}
	x.as(t, demo.Second).done("/desk/contacts", url.Values{"allow": {lists[0].ID + "." + revision(lists[0].Rev)}})
	plazas, err := x.services.Places.Plazas(ctx)
	if err != nil {
		t.Fatal(err)
	}
	more = []string{
		"/shops/" + shop.Slug, "/shops/" + shop.Slug + "/calendar.ics", "/heritage/" + shop.Slug, "/s/" + shop.Code, "/api/v1/listings/" + id, "/streets/" + st.Slug + "/notices.ics",
		"/desk/heritage/" + old, "/desk/heritage/" + old + "/evidence", "/desk/units/" + units[len(units)-1].ID, "/desk/walk/" + st.Slug + "/even/stops", "/desk/register/" + id,
		"/desk/looks/" + id, x.link(t, "demo-guest@example.cn", "merchant_invitation"), "/confirm/" + x.services.Links.To(&kept, evening.AddDate(1, 0, 0)),
		"/holiday/" + x.services.Links.ToHoliday(&kept, calendar.On(2026, 11, 1), calendar.On(2026, 11, 3)),
		"/desk/holidays/2026-11-01", x.link(t, buyer, "transfer_offered"), receipt[1], "/desk/notices/" + told + "/table?format=csv", "/plazas/" + plazas[0].Slug + "/notices.ics",
		deal, "/liaison/deals/" + last(deal), "/my/assembly/" + seats[demo.Owner] + "/meetings/" + meetings.Items[0].ID + "/print",
		"/liaison/neighbours/" + residents.ID, "/desk/contacts/" + lists[0].ID + "/file?format=csv",
	}
	return more
}

// The reader of TestHostileWords sees what it is to see.
func TestHostileWordsAreSeen(t *testing.T) {
	t.Parallel()
	said := html.EscapeString(hostile)
	for _, tt := range []struct {
		kind, body string
		obeyed     bool
	}{
		{"text/html", `<p title="` + said + `">` + said + `</p><script type="application/ld+json">{"name":"\u003c/script>"}</script><script src="/x.js"></script>`, false},
		{"text/html", `<p>` + hostile + `</p>`, true},
		{"text/html", `<p title="` + hostile + `"></p>`, true},
		{"text/html", `<script type="application/ld+json">{"name":"` + hostile + `"}</script>`, true},
		{"text/html", `<script>49</script>`, true},
		{"text/html", `<p>{{49}}</p>`, true},
		{"application/atom+xml", `<feed><title>` + said + `</title></feed>`, false},
		{"application/atom+xml", `<feed><title>` + hostile + `</title></feed>`, true},
		{"text/calendar; charset=utf-8", "BEGIN:VEVENT\r\nSUMMARY:" + strings.NewReplacer(";", `\;`, ",", `\,`).Replace(hostile) + "\r\n", false},
		{"text/calendar", "SUMMARY:" + hostile + "\r\n", true},
		{"text/calendar", "SUMMARY:a\r\nb\r\n", true},
		{"application/json", `{"name":"` + hostile + `"}`, true},
		{"text/csv", `"a` + hostile + `",b`, true},
	} {
		if err := obeyed(tt.kind, tt.body); (err != nil) != tt.obeyed {
			t.Errorf("%s %s: %v", tt.kind, tt.body, err)
		}
	}
}
