package web

import (
	"net/url"
	"testing"
	"time"
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
