package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// whole reads a number of a form; −1 for what is none, which no record has.
func whole(typed string) int {
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1
	}
	return n
}

// stated is one thing a notice says, in words.
type stated struct {
	label, text string
	in          lang.Tag
}

// noticeCompare puts two versions of a notice side by side: what differs, in words.
func (s *Site) noticeCompare(c *fiber.Ctx, p *speaker, old, next *notice.Content, oldTitle, newTitle string) *ui.Compare {
	x := &ui.Compare{OldTitle: oldTitle, NewTitle: newTitle}
	before, after := s.noticeSays(c, p, old), s.noticeSays(c, p, next)
	for i := range before {
		if before[i].text == after[i].text {
			continue
		}
		field := ui.NewCompareField(before[i].label, before[i].text, after[i].text)
		field.Lang = before[i].in
		x.Fields = append(x.Fields, field)
	}
	return x
}

// noticeSays is everything a notice says, always in the same order, so that two can be compared.
func (s *Site) noticeSays(c *fiber.Ctx, p *speaker, x *notice.Content) []stated {
	out := []stated{}
	add := func(label, text string) { out = append(out, stated{label: label, text: text}) }
	texts := func(key string, t lang.Text) {
		label := p.say("notice_form.label." + key)
		out = append(out, stated{label, t.Hans, lang.Hans},
			stated{p.say("notice_form.in", "What", label, "Language", languageNames[lang.Hant]), t.Hant, lang.Hant},
			stated{p.say("notice_form.in", "What", label, "Language", languageNames[lang.En]), t.En, lang.En})
	}
	yes := func(label string, on bool) {
		text := ""
		if on {
			text = p.say("notice_desk.yes")
		}
		add(label, text)
	}
	when := func(label string, t time.Time) {
		text := ""
		if !t.IsZero() {
			text = stamp(p, t)
		}
		add(label, text)
	}
	add(p.say("notice_form.kind"), p.say("notice_kind."+string(x.Kind)))
	texts("title", x.Title)
	texts("text", x.Text)
	level := ""
	if x.Level != "" {
		level = p.say("notice_level." + string(x.Level))
	}
	add(p.say("notice_urgent.level"), level)
	texts("instruction", x.Instruction)
	add(p.say("notice_view.when"), period(p, x.From, x.Until))
	texts("place", x.Place.Words)
	texts("access", x.Access)
	add(p.say("notice_desk.audience"), s.audienceWords(c, p, &x.Audience))
	when(p.say("notice_form.publish"), x.PublishAt)
	when(p.say("notice_form.expires"), x.ExpiresAt)
	due := ""
	if x.MustConfirm {
		due = x.Due
	}
	add(p.say("notice_form.due"), due)
	yes(p.say("notice_form.urgent"), x.Urgent)
	yes(p.say("notice_form.pin"), x.Pin)
	yes(p.say("notice_form.home"), x.Home)
	yes(p.say("notice_form.banner"), x.Banner)
	yes(p.say("notice_form.trading_open"), x.OpenAsUsual)
	texts("desk", x.Contact.Desk)
	add(p.say("notice_form.contact_phone"), x.Contact.Phone)
	names := []string{}
	for _, f := range x.Files {
		names = append(names, p.name(f.Title))
	}
	add(p.say("notice_desk.files"), strings.Join(append(names, photoWords(p, len(x.Photos))...), p.say("empty.and")))
	return out
}

func photoWords(p *speaker, n int) []string {
	if n == 0 {
		return nil
	}
	return []string{p.count("notice_desk.photos", n)}
}
