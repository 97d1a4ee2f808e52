package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// A form that waits for its sender waits a day, which is longer than anybody needs to sign in again (ui design A4), and then no more.
func TestEntriesWaitADay(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	at := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	x.now = func() time.Time { return at }
	sealed, err := x.sealEntries(entries{Path: "/my", Values: url.Values{"a": {"甲"}}, Until: at.Add(entriesTime)})
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(entriesTime - time.Second)
	if e, ok := x.openEntries(sealed); !ok || e.Values.Get("a") != "甲" {
		t.Error("a form does not wait a day")
	}
	at = at.Add(time.Second)
	if _, ok := x.openEntries(sealed); ok {
		t.Error("a form waits for ever")
	}
}

// Pictures cannot go along: at the end they are chosen again, in a field of the same name, and everything else is still there.
func TestEntriesWithFiles(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	person := x.people[demo.Owner]
	to := "/my/shops/" + person.ListingIDs[0] + "/photos"
	b := x.as(t, "")
	picture := upload{"photos", "门面.jpg", []byte("jpeg")}
	a := b.upload(to, url.Values{"note": {"新门面"}}, picture, picture)
	form := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || form == nil {
		t.Fatalf("= %d %s", a.status, complaint(a.body))
	}
	a = b.post("/sign-in", url.Values{"name": {person.Contact}, "password": {person.Password}, "kept": {form[1]}})
	for _, want := range []string{
		`action="` + to + `" enctype="multipart/form-data"`, `name="note" value="新门面"`, "请再选一次", `name="photos" type="file" multiple`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%d, lacks %s", a.status, want)
		}
	}
}
