package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/programme"
	"shangquan/services/resource"
)

// TestTheLiaisonsOverview reads what is late, ahead and drawn.
func TestTheLiaisonsOverview(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own := x.member(t, demo.Owner)
	by := x.actor(t, demo.Liaison)
	page := x.as(t, demo.Liaison).page("/liaison")
	has(t, "with nothing to say", page, "没有过期的", "还没有会", "演示单位owner")
	x.planned(t, own)
	now := time.Unix(0, x.clock.Load())
	over, err := x.services.Activities.Plan(t.Context(), by, activity.Details{Title: lang.Text{Hans: "没写的活动"}, From: now.AddDate(0, 0, -3), Until: now.AddDate(0, 0, -2), Place: "东门"})
	if err != nil {
		t.Fatal(err)
	}
	y, err := x.services.Programmes.Begin(t.Context(), by, now.Year())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = x.services.Programmes.Put(t.Context(), by, y.ID, y.Rev, programme.Item{Quarter: 1, Title: lang.Text{Hans: "理发"}, State: programme.Planned}); err != nil {
		t.Fatal(err)
	}
	lian := x.as(t, demo.Liaison)
	has(t, "late and ahead", lian.page("/liaison"), "修伞磨刀", "没写的活动", "有 1 项过了季度还没办完", "今年 1 项，办完了 0 项")
	if _, err = x.services.Activities.Finish(t.Context(), by, over.ID, over.Rev, 30, lang.Text{Hans: "好"}); err != nil {
		t.Fatal(err)
	}
	has(t, "drawn", lian.page("/liaison"), "6 个月里，活动来了 30 人")
	m, err := x.services.Assembly.Convene(t.Context(), by, assembly.Plan{Title: "十月会议", Place: "三楼", At: now.AddDate(0, 0, 5)})
	if err != nil {
		t.Fatal(err)
	}
	has(t, "the meeting at hand", lian.page("/liaison"), m.Title)
	has(t, "nothing asked for", lian.page("/liaison"), "这周没有预约", "没有等着的需求")
	_, room := x.room(t, lian)
	owner := x.as(t, demo.Owner)
	day := now.AddDate(0, 0, 2).Format(time.DateOnly)
	owner.done("/my/rooms/"+own+"/"+strings.TrimPrefix(room, "/liaison/rooms/"), url.Values{"form": {"ask"}, "day": {day}, "from": {"600"}, "to": {"660"}, "purpose": {"防火培训"}, "people": {"8"}})
	owner.done("/my/resources/"+own, url.Values{"form": {"post"}, "side": {"sought"}, "kind": {"printing"}, "title": {"要打印"}})
	has(t, "rooms and needs", lian.page("/liaison"), "防火培训", "要打印")
	if a := x.as(t, demo.Coordinator).get("/liaison"); a.status != 404 {
		t.Errorf("a coordinator reads it: %d", a.status)
	}
}

// cardOf is what a page says under the title of one of its cards.
func cardOf(t *testing.T, page, title string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "<h2>"+title+"</h2>")
	if !ok {
		t.Fatalf("the page has no card %q", title)
	}
	card, _, _ := strings.Cut(rest, "</section>")
	return card
}

// lacks is the opposite of has.
func lacks(t *testing.T, where, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(body, w) {
			t.Errorf("%s: %q in %s", where, w, body)
		}
	}
}

// TestTheLiaisonSeesWhatNobodyMet reads the needs as an organisation answers one and gives up.
func TestTheLiaisonSeesWhatNobodyMet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	ctx, owner, rival, r := t.Context(), x.actor(t, demo.Owner), x.actor(t, demo.Rival), x.services.Resources
	post, err := r.Add(ctx, owner, own, resource.Details{Side: resource.Sought, Kind: resource.Printing, Title: "要打印"})
	if err == nil {
		_, err = r.Add(ctx, owner, own, resource.Details{Side: resource.Sought, Kind: resource.Hall, Title: "借场地"})
	}
	if err != nil {
		t.Fatal(err)
	}
	lian := x.as(t, demo.Liaison)
	has(t, "nobody answered", cardOf(t, lian.page("/liaison"), "等着的需求"), "要打印", "借场地")
	d, err := r.Answer(ctx, rival, other, post.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	card := cardOf(t, lian.page("/liaison"), "等着的需求")
	has(t, "the other need", card, "借场地")
	lacks(t, "one is answered", card, "要打印")
	if _, err := r.Do(ctx, owner, own, d.ID, resource.GiveUp, resource.Saying{Reason: "那天不行"}); err != nil {
		t.Fatal(err)
	}
	has(t, "given up", cardOf(t, lian.page("/liaison"), "等着的需求"), "要打印", "借场地")
}
