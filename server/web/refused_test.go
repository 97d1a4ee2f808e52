package web

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

// nobody is an engine that is told of every address that nobody is there.
type nobody struct{ asked chan string }

func (n nobody) Send(_ context.Context, m mail.Message) error {
	n.asked <- m.To
	return fault.New(fault.Invalid, "mail.refused", mail.ErrNobody)
}

// TestRefusedAddress: whose e-mail address refuses messages reads so on the page of the account, and so does the administrator on theirs;
// a code that arrives ends it.
func TestRefusedAddress(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.people[demo.Owner]
	own, admin := x.as(t, demo.Owner), x.as(t, demo.Admin)
	one := "/admin/accounts/" + owner.AccountID
	said := func(want bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			at, err := x.services.Pace.Refused(t.Context(), owner.Contact) // it is noted beside the request
			if err != nil {
				t.Fatal(err)
			}
			if at.IsZero() != want {
				break
			}
		}
		if body := own.page("/account"); strings.Contains(body, "这个邮箱收不到我们的信") != want || strings.Contains(body, "寄到 d***@example.cn 的信被退了回来") != want {
			t.Errorf("the account says it: %v, want %v", !want, want)
		}
		if body := admin.page(one); strings.Contains(body, "这个邮箱收不到信") != want || strings.Contains(body, owner.Contact) {
			t.Errorf("the page of the administrator says it: %v, want %v", !want, want)
		}
	}
	said(false)
	was := x.services.Pace.To
	asked := make(chan string, 8)
	x.services.Pace.To = nobody{asked}
	x.as(t, "").post("/reset", url.Values{"contact": {owner.Contact}})
	if to := <-asked; to != owner.Contact {
		t.Fatalf("written to %s", to)
	}
	said(true)
	for _, l := range lang.Tags {
		own.page(ui.Href(l, "/account"))
		admin.page(ui.Href(l, one))
	}
	if body := x.as(t, demo.Rival).page("/account"); strings.Contains(body, "收不到我们的信") {
		t.Error("somebody else is told")
	}
	x.services.Pace.To = was
	x.wait(2 * time.Minute)
	x.as(t, "").post("/reset", url.Values{"contact": {owner.Contact}})
	said(false)
}
