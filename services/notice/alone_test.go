package notice

import (
	"strconv"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/lang"
)

func fresh(a access.Actor) access.Actor { a.Sudo = true; return a }

// danger is a draft of an emergency for an hour.
func (b *town) danger(t testing.TB, title, instruction string, change func(*Content)) Notice {
	t.Helper()
	return b.draft(t, func(c *Content) {
		c.Kind, c.Level, c.MustConfirm, c.Due = Emergency, Orange, false, ""
		c.Title, c.Instruction, c.ExpiresAt = lang.Text{Hans: title}, lang.Text{Hans: instruction}, b.now().Add(time.Hour)
		if change != nil {
			change(c)
		}
	})
}

// An emergency that one person published stands for three days and no longer, however often that person corrects it; with the approval
// of a second one it goes on.
func TestEmergencyIsNotRenewedAlone(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.shop(t, "1", nil)
	n := b.danger(t, "台风", "关好门窗", func(c *Content) { c.ExpiresAt = b.now().Add(EmergencyFor) })
	n = must(b.PublishEmergency(ctx, fresh(wang), n.ID, n.Rev))(t)
	first := b.now()
	b.pass(70 * time.Hour)
	c := n.Content
	c.Instruction.Hans = "关好门窗，收好招牌"
	n = must(b.Replace(ctx, wang, n.ID, n.Rev, c))(t)
	n = must(b.PublishEmergency(ctx, fresh(wang), n.ID, n.Rev))(t)
	if n.Version() != 2 || n.EndsAt.After(first.Add(EmergencyFor)) {
		t.Errorf("a correction: version %d until %s", n.Version(), n.EndsAt)
	}
	c.ExpiresAt = b.now().Add(3 * time.Hour)
	n = must(b.Replace(ctx, wang, n.ID, n.Rev, c))(t)
	for _, by := range []access.Actor{wang, li} {
		if _, err := b.PublishEmergency(ctx, fresh(by), n.ID, n.Rev); key(err) != "expires_at notice.wrong.alone" {
			t.Errorf("renewed by %s alone: %v", by.AccountID, err)
		}
	}
	n = must(b.Submit(ctx, wang, n.ID, n.Rev))(t)
	n = must(b.Approve(ctx, li, n.ID, n.Rev, n.Content.Hash()))(t)
	if n = must(b.PublishEmergency(ctx, fresh(wang), n.ID, n.Rev))(t); n.Alone != nil || !n.EndsAt.Equal(c.ExpiresAt) {
		t.Errorf("approved: %+v until %s", n.Alone, n.EndsAt)
	}
}

// Nor is it published again as another notice: not with the same words, and not more than a few with others.
func TestEmergenciesOfOnePerson(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.shop(t, "1", nil)
	publish := func(by access.Actor, n Notice) string {
		_, err := b.PublishEmergency(ctx, fresh(by), n.ID, n.Rev)
		return key(err)
	}
	if got := publish(wang, b.danger(t, "台风到 8 点", "关好门窗", nil)); got != "" {
		t.Fatal(got)
	}
	b.pass(2 * time.Hour)
	must(b.Settle(ctx))(t) // the first is over
	for what, n := range map[string]Notice{"the same title": b.danger(t, "台风，到 11 点。", "收好招牌", nil), "the same instruction": b.danger(t, "大风", "关好门窗！", nil)} {
		if got := publish(wang, n); got != "notice.wrong.again" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if got := publish(li, b.danger(t, "台风", "关好门窗", nil)); got != "" {
		t.Errorf("by somebody else: %q", got)
	}
	same := b.danger(t, "台风", "关好门窗", nil)
	same = must(b.Submit(ctx, wang, same.ID, same.Rev))(t)
	same = must(b.Approve(ctx, li, same.ID, same.Rev, same.Content.Hash()))(t)
	if got := publish(wang, same); got != "" {
		t.Errorf("approved: %q", got)
	}
	kinds := []string{"停水", "停电", "燃气", "积水"}
	for i := 1; i < MaxAlone; i++ {
		if got := publish(wang, b.danger(t, kinds[i], "不要用"+kinds[i], nil)); got != "" {
			t.Errorf("another, number %s: %q", strconv.Itoa(i+1), got)
		}
	}
	if got := publish(wang, b.danger(t, kinds[0], "储水", nil)); got != "notice.wrong.again" {
		t.Errorf("one too many: %q", got)
	}
	b.pass(AloneWithin)
	if got := publish(wang, b.danger(t, "台风", "关好门窗", nil)); got != "" {
		t.Errorf("a month later: %q", got)
	}
}
