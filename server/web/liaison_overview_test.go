package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/programme"
	"shangquan/services/resource"
	stations "shangquan/services/station"
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

// The figures count to the end what the cards list only the beginning of.
func TestTheLiaisonsFigures(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	by, ctx := x.actor(t, demo.Liaison), t.Context()
	now := time.Unix(0, x.clock.Load())
	const many = onLiaison + 1
	for range many {
		for _, days := range []int{-3, 3} {
			if _, err := x.services.Activities.Plan(ctx, by, activity.Details{Title: lang.Text{Hans: "活动"}, From: now.AddDate(0, 0, days), Until: now.AddDate(0, 0, days).Add(time.Hour), Place: "东门"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	y, err := x.services.Programmes.Begin(ctx, by, now.Year())
	for i := 0; i < 5 && err == nil; i++ {
		y, err = x.services.Programmes.Put(ctx, by, y.ID, y.Rev, programme.Item{Quarter: 1, Title: lang.Text{Hans: "理发"}, State: programme.Planned})
	}
	if err != nil {
		t.Fatal(err)
	}
	lian := x.as(t, demo.Liaison)
	_, room := x.room(t, lian)
	r, err := x.services.Stations.Room(ctx, by, strings.TrimPrefix(room, "/liaison/rooms/"))
	if err != nil {
		t.Fatal(err)
	}
	rules := r.Rules
	rules.PerWeek = 20
	if _, err := x.services.Stations.EditRoom(ctx, by, r.ID, r.Rev, rules); err != nil {
		t.Fatal(err)
	}
	people := []string{demo.Owner, demo.Rival}
	seats := []string{x.member(t, demo.Owner), x.member(t, demo.Rival)}
	day := now.AddDate(0, 0, 2).Format(time.DateOnly)
	for i := range many {
		from := 9*60 + 15*i
		if _, err := x.services.Stations.Book(ctx, x.actor(t, people[i%2]), seats[i%2], r.ID, stations.Wish{Day: day, From: from, To: from + 15, Purpose: "谈话", People: 2}); err != nil {
			t.Fatal(err)
		}
	}
	page := lian.page("/liaison")
	for title, want := range map[string]int{"过期的": many + 5, "接下来的活动": many, "这周的场地预约": many} {
		_, rest, _ := strings.Cut(page, "<dt>"+title+"</dt>")
		figure, _, _ := strings.Cut(rest, "</div>")
		if !strings.Contains(figure, ">"+strconv.Itoa(want)+"<") {
			t.Errorf("%s: %q, want %d", title, figure, want)
		}
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

// TestTheLiaisonSeesWhoCameAndWhatIsLate reads who came to no meeting, and action items whose day is over.
func TestTheLiaisonSeesWhoCameAndWhatIsLate(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	ctx, by, a, now := t.Context(), x.actor(t, demo.Liaison), x.services.Assembly, time.Unix(0, x.clock.Load())
	must := func(m assembly.Meeting, err error) assembly.Meeting {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := must(a.Convene(ctx, by, assembly.Plan{Title: "十月会议", Place: "三楼", At: now.AddDate(0, 0, 2)}))
	m = must(a.Propose(ctx, by, "", m.ID, "后巷", ""))
	topic := m.Topics[0].ID
	m = must(a.Settle(ctx, by, m.ID, m.Rev, map[string]int{topic: 1}))
	m = must(a.Call(ctx, by, m.ID, m.Rev, assembly.Plan{Title: m.Title, Place: m.Place, At: m.At}))
	x.wait(3 * 24 * time.Hour)
	must(a.Hold(ctx, by, m.ID, m.Rev, map[string]assembly.Presence{own: assembly.Present, other: assembly.Excused}))
	soon, err := a.Assign(ctx, by, m.ID, topic, "装灯", own, now.AddDate(0, 0, 4).Format(time.DateOnly))
	if err == nil {
		_, err = a.Assign(ctx, by, m.ID, topic, "贴告示", other, now.AddDate(0, 0, 60).Format(time.DateOnly))
	}
	if err != nil {
		t.Fatal(err)
	}
	const unmet = "6 个月没来开会的单位"
	page := x.again(t, demo.Liaison).page("/liaison")
	has(t, "who did not come", cardOf(t, page, unmet), "演示单位rival")
	lacks(t, "who came", cardOf(t, page, unmet), "演示单位owner")
	has(t, "before their days", cardOf(t, page, "过期的"), "没有过期的")
	x.wait(2 * 24 * time.Hour)
	late := cardOf(t, x.again(t, demo.Liaison).page("/liaison"), "过期的")
	has(t, "a day late", late, "装灯", "过期了", "/liaison/actions/"+soon.ID)
	lacks(t, "one that has time", late, "贴告示")
	if _, err := a.Prove(ctx, by, "", soon.ID, assembly.Evidence{Text: "装好了"}); err != nil {
		t.Fatal(err)
	}
	x.wait(200 * 24 * time.Hour)
	page = x.again(t, demo.Liaison).page("/liaison")
	has(t, "the other is late", cardOf(t, page, "过期的"), "贴告示")
	lacks(t, "what is done", cardOf(t, page, "过期的"), "装灯")
	has(t, "half a year later", cardOf(t, page, unmet), "演示单位owner", "演示单位rival")
}
