package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"shangquan/services/apikey"
	"shangquan/services/demo"
)

// What nobody may find in a log: in TestNoLogHasWhatPeopleType people type nothing else.
const (
	canaryName   = "柯纳瑞"
	canaryPhone  = "13977317731"
	canaryMail   = "canary7731@secret.example"
	canaryPass   = "Canary-7731-geheim-wort"
	canaryTicket = "canaryticket7731canaryticket7731"
)

// parts are the canaries as a log could have them: as typed, without their beginning, in an address, in capitals.
var canaryParts = []string{canaryName, url.QueryEscape(canaryName), "77317731", "7731 7731", "canary7731", "secret.example", "7731-geheim", "canaryticket"}

// typedFor is what somebody types into a field.
func typedFor(name, kind string) string {
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(name), w) })
	}
	switch {
	case kind == "password" || is("password"):
		return canaryPass
	case kind == "email" || is("mail", "contact", "login", "address", "to"):
		return canaryMail
	case kind == "tel" || is("phone", "tel", "number"):
		return canaryPhone
	case is("code", "token", "key", "secret", "factor"):
		return canaryTicket
	}
	return canaryName
}

// everyField has a field of every name that a form of the site gives to something about a person.
func everyField() url.Values {
	v := url.Values{"rev": {"1"}}
	for _, name := range []string{
		"login", "password", "new", "again", "code", "token", "key", "secret", "name", "person", "phone", "mail", "email", "contact", "to", "who", "note", "text", "words", "why", "reason",
		"answer", "title", "account", "credit_code", "licence", "place", "help", "contact.phone", "value", "said", "q", "link", "address", "matter", "wish",
	} {
		v.Set(name, typedFor(name, ""))
	}
	return v
}

// logWalk sends every form of the site with canaries in it.
type logWalk struct {
	x    *town
	sent map[string]bool // by route, form and person
	took map[string]bool // routes that answered something else than "not there" and "sign in"
	last []func()        // what ends somebody's access, or the site's
}

// ending are addresses after which somebody, or everybody, can do no more: they come last.
var ending = []string{"/sign-out", "/account/delete", "/account/sessions", "/account/password", "/closed", "/sessions", "/roles", "/leave", "/freeze", "/hand-over", "/factors/remove"}

func ends(path string) bool {
	return slices.ContainsFunc(ending, func(s string) bool { return strings.HasSuffix(path, s) })
}

func (w *logWalk) post(who, path, form string, b *browser, v url.Values) {
	bare, _, _ := strings.Cut(strings.TrimPrefix(path, "http://shop.test"), "?")
	route := routeAt(w.x.Routes(), http.MethodPost, bare)
	if route == nil {
		return
	}
	at := who + " " + route.Path + " " + form
	if w.sent[at] {
		return
	}
	w.sent[at] = true
	send := func() {
		a := b.post(path, v)
		if a.status == http.StatusTooManyRequests {
			w.x.wait(time.Minute)
			a = b.post(path, v)
		}
		if a.status != http.StatusNotFound && a.status != http.StatusTooManyRequests && !strings.Contains(a.to, "/sign-in") {
			w.took[route.Path] = true
		}
	}
	if ends(bare) {
		w.last = append(w.last, send)
		return
	}
	send()
}

// forms sends what a page has of forms.
func (w *logWalk) forms(who, page string, b *browser, body string) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && strings.EqualFold(attribute(n, "method"), "post") {
			v := filledIn(n)
			action := attribute(n, "action")
			if action == "" {
				action = page
			}
			w.post(who, action, v.Get("form")+v.Get("do"), b, v)
		}
	}
}

// filledIn is what a browser sends when somebody typed a canary into every field and pressed the first button.
func filledIn(form *html.Node) url.Values {
	v := url.Values{}
	pressed := false
	for n := range form.Descendants() {
		name, kind := attribute(n, "name"), attribute(n, "type")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "button":
			if !pressed {
				v.Set(name, attribute(n, "value"))
				pressed = true
			}
		case "select":
			for o := range n.Descendants() {
				if o.Type == html.ElementNode && o.Data == "option" && attribute(o, "value") != "" {
					v.Set(name, attribute(o, "value"))
					break
				}
			}
		case "textarea":
			v.Set(name, typedFor(name, ""))
		case "input":
			switch {
			case slices.Contains([]string{"hidden", "date", "time", "number"}, kind) || attribute(n, "inputmode") == "numeric" && !strings.Contains(name, "code"):
				v.Set(name, attribute(n, "value"))
			case kind == "radio":
				if !v.Has(name) {
					v.Set(name, attribute(n, "value"))
				}
			case kind == "checkbox":
				v.Add(name, attribute(n, "value"))
			case kind != "file" && kind != "submit":
				v.Set(name, typedFor(name, kind))
			}
		}
	}
	return v
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestNoLogHasWhatPeopleType (AUD-05): everybody sends every form they find, and every address is sent what it may not expect, with
// numbers, addresses, passwords, tickets and names that stand nowhere else. No line of any log has a piece of them.
func TestNoLogHasWhatPeopleType(t *testing.T) { //nolint:paralleltest // what services write goes to the one log of the process
	x := peopled(t)
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(x.lines, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(was) })
	x.newcome(t)
	more := x.everything(t)
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{}))
	for _, path := range []string{"", "/" + x.people[demo.Owner].ListingIDs[0], "/" + x.people[demo.Owner].ListingIDs[0] + "/posts"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch} {
			m.ask(method, "/api/v1/my/listings"+path, `{"name":{"hans":"`+canaryName+`"},"phones":["`+canaryPhone+`"],"`+canaryTicket+`":1`, "")
			m.ask(method, "/api/v1/my/listings"+path, `{"title":{"hans":"`+canaryName+`"},"phones":[{"digits":"`+canaryPhone+`"}],"email":"`+canaryMail+`"}`, "")
		}
	}
	w := &logWalk{x: x, sent: map[string]bool{}, took: map[string]bool{}}
	pages := &hostileWalk{t: t, x: x, more: more, seen: map[string]bool{}, answered: map[string]bool{}, kinds: map[string]string{}}
	pages.visit = func(path string, a answer) { w.forms(pages.who, path, pages.b, a.body) }
	for _, who := range asked {
		if who != "" {
			x.again(t, who)
		}
		pages.as(who)
	}
	posts := 0
	for _, r := range x.Routes() {
		switch {
		case r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/:token"):
			x.as(t, "").get(strings.Replace(r.Path, ":token", canaryTicket, 1))
		case r.Method == http.MethodGet:
			for _, q := range r.Query {
				x.as(t, "").get(r.probe() + "?" + q + "=" + url.QueryEscape(canaryName+canaryPhone))
			}
		case r.Method == http.MethodPost:
			posts++
			for _, who := range asked {
				path := strings.Replace(r.Path, ":token", canaryTicket, 1)
				if strings.Contains(path, "/:") {
					path = x.object(t, &r, who, false, nil)
				}
				w.post(who, path, "-", x.as(t, who), everyField())
			}
		}
	}
	for _, send := range w.last {
		send()
	}
	if len(w.took) < posts*19/20 {
		missed := []string{}
		for _, r := range x.Routes() {
			if r.Method == http.MethodPost && !w.took[r.Path] {
				missed = append(missed, r.Path)
			}
		}
		t.Errorf("only %d of %d addresses took a form; not: %s", len(w.took), posts, strings.Join(missed, " "))
	}
	log := x.lines.String()
	if n := strings.Count(log, "\n"); n < len(w.sent) {
		t.Fatalf("%d lines for %d forms: this is not the log", n, len(w.sent))
	}
	for line := range strings.Lines(log) {
		for _, part := range canaryParts {
			if strings.Contains(strings.ToLower(line), strings.ToLower(part)) {
				t.Errorf("%q is in the log: %s", part, line)
			}
		}
	}
}
