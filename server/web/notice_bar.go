package web

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/listing"
	"shangquan/services/notice"
)

// boardTime is how long a page waits for the notices.
const boardTime = 2 * time.Second

// board is what the public can read of notices. A page is shown without them when they cannot be read; the log says why, and such a page
// is not kept.
func (s *Site) board(c *fiber.Ctx) *notice.Board {
	if s.services.Notices == nil {
		return new(notice.Board)
	}
	// A page that says what went wrong is made when the time of the request is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), boardTime)
	defer cancel()
	b, err := s.services.Notices.Board(ctx)
	if err != nil {
		if r := Of(c); r.err == nil {
			r.err = err
		}
		return new(notice.Board)
	}
	return b
}

func postedHref(p *speaker, x *notice.Posted) string { return ui.Href(p.Lang, "/notices/"+x.ID) }

// emergencies are the emergencies that hold now; they stand on every page, the gravest on top.
func (s *Site) emergencies(c *fiber.Ctx) []ui.Emergency {
	live := s.board(c).Emergency(s.now())
	if len(live) == 0 {
		return nil
	}
	p := s.speaker(c)
	out := make([]ui.Emergency, 0, len(live))
	for _, x := range live {
		e := ui.Emergency{Level: string(x.Content.Level), Tag: p.say("notice_level." + string(x.Content.Level)), Href: postedHref(p, x), Until: p.say("notices.until", "Until", p.moment(x.Content.ExpiresAt))}
		e.Title, e.Lang = x.Content.Title.In(p.Lang)
		e.Instruction, e.InstructionLang = x.Content.Instruction.In(p.Lang)
		out = append(out, e)
	}
	if r := Of(c); r.err == nil {
		r.err = p.err
	}
	return out
}

// noticeBar is the one line under the header of the home page: the weightiest notice that goes there. An emergency stands there already;
// there is never more than one bar.
func noticeBar(p *speaker, b *notice.Board) *ui.Notice {
	live := b.Home(p.now)
	if len(live) == 0 || live[0].Content.Kind == notice.Emergency {
		return nil
	}
	text, in := live[0].Content.Title.In(p.Lang)
	return &ui.Notice{Text: text, Lang: in, Href: postedHref(p, live[0])}
}

// weekView is what the home page says of notices on wide screens.
type weekView struct {
	Rows []ui.NoticeRow
	All  string
}

// homeNotices puts the bar and the notices of these days on the home page.
func (s *Site) homeNotices(c *fiber.Ctx, p *speaker, v *searchPage) error {
	b := s.board(c)
	v.Base.Notice = noticeBar(p, b)
	v.Base.Feeds = []ui.Link{{Label: p.say("notices.title"), Href: ui.Href(p.Lang, "/notices.atom")}}
	rows, err := s.weekNotices(c, p, b)
	v.Week = &weekView{rows, ui.Href(p.Lang, "/notices")}
	return err
}

// weekNotices are what holds, begins or was told within the seven days from today, at most five, the weightiest first: of what was approved
// for the home page. What one coordinator alone published is one press further, in the list of all.
func (s *Site) weekNotices(c *fiber.Ctx, p *speaker, b *notice.Board) ([]ui.NoticeRow, error) {
	end := (calendar.Today(p.now) + 7).At(0)
	this := []*notice.Posted{}
	for _, x := range b.Home(p.now) {
		if x.Content.From.Before(end) && len(this) < 5 {
			this = append(this, x)
		}
	}
	return s.noticeRows(c, p, this)
}

// banners say on the page of a shop, street or plaza what is told about it.
func banners(p *speaker, list []*notice.Posted) []ui.Callout {
	out := []ui.Callout{}
	for _, x := range list {
		if x.Content.Kind == notice.Emergency || !x.Content.Banner {
			continue // stands above, or in the list of notices alone
		}
		note := ui.Callout{Kind: "warn", Icon: "alert", Link: &ui.Link{Label: p.say("notices.see"), Href: postedHref(p, x)}}
		note.Lead, note.Lang = x.Content.Title.In(p.Lang)
		note.Text = strings.Join(bannerWords(p, &x.Content), p.say("notices.stop"))
		out = append(out, note)
	}
	return out
}

// bannerWords are what somebody on the way has to know: when, that the shops are open, how one gets there.
func bannerWords(p *speaker, x *notice.Content) []string {
	out := []string{}
	if when := period(p, x.From, x.Until); when != "" {
		out = append(out, when)
	}
	if x.OpenAsUsual {
		out = append(out, p.say("notices.open_as_usual"))
	}
	if way := p.name(x.Access); way != "" {
		out = append(out, strings.TrimRight(way, "。."))
	}
	return out
}

// shopBanners are the banners of a shop.
func (s *Site) shopBanners(c *fiber.Ctx, p *speaker, l *listing.Listing) []ui.Callout {
	return banners(p, s.board(c).Shop(p.now, l))
}

// coming reports whether what a notice is about has not begun at now.
func coming(x *notice.Posted, now time.Time) bool { return x.Content.From.After(now) }
