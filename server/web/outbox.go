package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/config"
	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// outboxRoutes is the page with the messages of a site that only shows them; a site that sends them has no such page.
func (s *Site) outboxRoutes() []Route {
	if s.services.Outbox == nil || s.config.Env != config.Development {
		return nil
	}
	return []Route{{Method: http.MethodGet, Path: "/outbox", Handle: s.outboxPage, Kind: Private, Needs: access.PublicRead}}
}

// outboxView is templates/pages/outbox.html.
type outboxView struct {
	Base        ui.Base
	Title, Lead string
	Now, Clock  string
	Codes       *ui.Records // nil without demonstration accounts
	Messages    []shownMessage
}

// shownMessage is a message as it would have gone out.
type shownMessage struct {
	To, Subject string
	Lines       []ui.Link // without an address: words
}

// outboxPage: GET /outbox.
func (s *Site) outboxPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := outboxView{Title: p.say("outbox.title"), Lead: p.say("outbox.lead"), Now: p.now.UTC().Format(time.RFC3339), Clock: fmt.Sprintf("%s:%02d", ui.Clock(p.now), p.now.Second()), Messages: []shownMessage{}}
	codes := ui.Records{}
	for _, x := range s.services.Demo {
		if code := x.Code(p.now); code != "" {
			codes.Items = append(codes.Items, ui.Record{Title: x.Name, Lines: []string{x.Contact, p.say("outbox.code", "Code", code)}})
		}
	}
	if len(codes.Items) > 0 {
		v.Codes = &codes
	}
	for _, m := range slices.Backward(s.services.Outbox.Sent()) {
		x := shownMessage{To: m.To, Subject: m.Subject}
		for line := range strings.SplitSeq(m.Text, "\n") {
			x.Lines = append(x.Lines, linked(line, s.config.Origin)...)
		}
		v.Messages = append(v.Messages, x)
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "outbox", v)
}

// linked is a line of a message, with its links to the site as links of their own.
func linked(line, origin string) []ui.Link {
	out := []ui.Link{}
	for line != "" {
		i := strings.Index(line, origin+"/")
		if i < 0 {
			return append(out, ui.Link{Label: line})
		}
		end := strings.IndexFunc(line[i:], func(r rune) bool { return r <= ' ' || r > '~' })
		if end < 0 {
			end = len(line) - i
		}
		if before := strings.TrimSpace(line[:i]); before != "" {
			out = append(out, ui.Link{Label: before})
		}
		to := line[i : i+end]
		out = append(out, ui.Link{Label: to, Href: strings.TrimPrefix(to, origin)})
		line = strings.TrimSpace(line[i+end:])
	}
	return out
}
