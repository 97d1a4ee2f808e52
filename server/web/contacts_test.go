package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/audit"
	"shangquan/services/demo"
)

// The list of contacts takes two people, is good for an hour, says who has it in every row, and is on record.
func TestContactsTakeTwoPeople(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	first, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	if a := first.post("/desk/contacts", url.Values{"do": {"ask"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason = %d", a.status)
	}
	first.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"台风停电，逐户通知"}})
	by := x.actor(t, demo.Coordinator)
	request := func() (id, mark string) {
		t.Helper()
		all, err := x.services.Contacts.List(t.Context(), by, 1)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all[0].ID, all[0].ID + "." + revision(all[0].Rev)
	}
	id, mark := request()
	file := "/desk/contacts/" + id + "/file?format=csv"
	if page := first.page("/desk/contacts"); strings.Contains(page, `name="allow"`) {
		t.Error("who asked is offered to allow it")
	}
	if a := first.post("/desk/contacts", url.Values{"allow": {mark}}); a.status != http.StatusForbidden {
		t.Errorf("allowed by who asked = %d", a.status)
	}
	if a := first.get(file); a.status != http.StatusNotFound {
		t.Errorf("fetched before it was allowed = %d", a.status)
	}
	has(t, "the other one", second.page("/desk/contacts"), `name="allow"`, "台风停电，逐户通知")
	second.done("/desk/contacts", url.Values{"allow": {mark}})
	if a := second.post("/desk/contacts", url.Values{"deny": {mark}}); a.status != http.StatusConflict {
		t.Errorf("decided twice = %d", a.status)
	}
	if a := second.get(file); a.status != http.StatusNotFound {
		t.Errorf("fetched by who allowed it = %d", a.status)
	}
	a := first.get(file)
	if a.status != http.StatusOK {
		t.Fatalf("fetched = %d", a.status)
	}
	owner := x.people[demo.Owner]
	has(t, "the list", a.body, "台风停电，逐户通知", owner.Name, strings.TrimPrefix(owner.Contact, "+86"))
	for i, line := range strings.Split(strings.TrimSpace(a.body), "\r\n") {
		if i > 2 && !strings.HasSuffix(line, id) {
			t.Errorf("a row without its watermark: %s", line)
		}
	}
	trail, err := x.services.Trail.All(t.Context(), auditFilter("register.contacts"), "", 20)
	fetched := slices.IndexFunc(trail.Items, func(e audit.Entry) bool { return e.Of == "extract/contacts" })
	if err != nil || fetched < 0 || trail.Items[fetched].Fact.Why != "台风停电，逐户通知" || trail.Items[fetched].Fact.Changes[0].Path != "rows" || len(trail.Items[fetched].Fact.Changes) != 2 {
		t.Errorf("on record: %+v, %v", trail.Items, err)
	}
	x.wait(61 * time.Minute)
	if x.sessions[demo.Coordinator], err = open(t.Context(), x.services.Accounts, x.people[demo.Coordinator], evening.Add(61*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if a := x.as(t, demo.Coordinator).get(file); a.status != http.StatusGone {
		t.Errorf("after the hour = %d %s", a.status, a.to)
	}
}

func TestContactsAreDenied(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	first, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	first.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"发年货"}})
	all, err := x.services.Contacts.List(t.Context(), x.actor(t, demo.Coordinator), 1)
	if err != nil {
		t.Fatal(err)
	}
	second.done("/desk/contacts", url.Values{"deny": {all[0].ID + "." + revision(all[0].Rev)}})
	if a := first.get("/desk/contacts/" + all[0].ID + "/file"); a.status != http.StatusNotFound {
		t.Errorf("a denied list = %d", a.status)
	}
	for _, v := range []url.Values{{}, {"allow": {"none"}}, {"allow": {"none.0"}}} {
		if a := second.post("/desk/contacts", v); a.status < 400 || a.status >= 500 {
			t.Errorf("%v = %d", v, a.status)
		}
	}
	for _, who := range []string{demo.Owner, demo.Admin, demo.Liaison} {
		if a := x.as(t, who).get("/desk/contacts"); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", who, a.status)
		}
	}
}
