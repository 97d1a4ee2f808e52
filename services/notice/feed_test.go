package notice

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"shangquan/services/atom"
	"shangquan/services/lang"
)

func feed() Feed {
	return Feed{
		Title: "公告", Lang: lang.En, Host: "x.example.cn", Since: "2026-01-01", Self: "https://x.example.cn/notices.atom", Page: "https://x.example.cn/notices", Who: "街道",
		URL: func(p *Posted) string { return "https://x.example.cn/notices/" + p.ID }, Kind: func(k Kind) string { return string(k) + " label" },
		Place: func(*Posted) string { return "中山中路" }, Tags: func(*Posted) []string { return []string{"zhongshan"} }, Ended: func(_ *Posted, s Public) string { return string(s) + ": " },
	}
}

func TestFeeds(t *testing.T) {
	b := open(t)
	b.shop(t, "1", nil)
	first := b.live(t, func(c *Content) {
		c.Title.Hans, c.Title.En = "换 <水管> & 停水", "New pipes"
		c.From, c.Until = b.now().Add(12*time.Hour), b.now().Add(20*time.Hour)
	})
	second := b.live(t, nil)
	must(b.Withdraw(t.Context(), wang, second.ID, second.Rev, "不修了"))(t)
	third := b.live(t, func(c *Content) { c.ExpiresAt = b.now().Add(time.Hour); c.MustConfirm, c.Due = false, "" })
	b.pass(2 * time.Hour)
	board := b.board(t)
	list := append(board.Live(b.now(), Filter{}), board.Ended(b.now(), Filter{})...)
	body, err := feed().Atom(list, b.now())
	if err != nil {
		t.Fatal(err)
	}
	var got atom.Feed
	if err := xml.Unmarshal(body, &got); err != nil || len(got.Entries) != 3 {
		t.Fatalf("%v: %s", err, body)
	}
	e := got.Entries[0]
	if e.ID != "tag:x.example.cn,2026-01-01:notice/"+first.ID || e.Title.Body != "New pipes" || e.Content.Body != "<p>今晚 <strong>22 点</strong> 起停水</p>" || e.Categories[0].Label != "works label" || e.Categories[1].Term != "zhongshan" {
		t.Errorf("%+v", e)
	}
	titles := got.Entries[1].Title.Body + got.Entries[2].Title.Body
	if !strings.Contains(titles, "gone: ") || !strings.Contains(titles, "over: ") || got.Updated != third.Content.ExpiresAt.UTC().Format(time.RFC3339) {
		t.Errorf("%s %s", titles, got.Updated)
	}
	if strings.Contains(string(body), "<p>") {
		t.Error("markup is not escaped")
	}
	cal, err := goical.NewDecoder(bytes.NewReader(feed().ICalendar(list, b.now()))).Decode()
	if err != nil || len(cal.Events()) != 3 {
		t.Fatal(err)
	}
	for _, ev := range cal.Events() {
		uid, _ := ev.Props.Text("UID")
		status, _ := ev.Props.Text("STATUS")
		start, _ := ev.DateTimeStart(nil)
		switch {
		case strings.Contains(uid, first.ID):
			if !start.Equal(first.Content.From) || status != "CONFIRMED" {
				t.Errorf("%s %s", start, status)
			}
		case strings.Contains(uid, second.ID):
			if status != "CANCELLED" || ev.Props.Get("SEQUENCE").Value != "1" {
				t.Errorf("withdrawn: %s", status)
			}
		}
	}
	for line := range strings.Lines(string(feed().ICalendar(list, b.now()))) {
		if len(line) > 77 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	if empty, err := feed().Atom(nil, b.now()); err != nil || !strings.Contains(string(empty), "<updated>2025-12-31T16:00:00Z</updated>") {
		t.Errorf("%v: %s", err, empty)
	}
}
