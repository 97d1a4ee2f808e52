package web

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// TestStoreAway (FLT-08): with the store gone, pages that are kept answer, and those made from what was last read are made anew.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	visitor := x.as(t, "")
	known := []string{"/", "/?q=%E9%9D%A2", "/streets", "/plazas", "/notices", "/night"}
	const street, plaza = "/streets/zhongshan-zhonglu", "/plazas/ping-gao-guang-chang"
	all := append(known, street, plaza, "/shops/yu-tian-cheng", "/shops/yu-tian-cheng/go")
	for _, path := range all {
		visitor.page(path)
	}
	if err := x.db.Close(); err != nil {
		t.Fatal(err)
	}
	x.wait(2 * time.Second)
	for _, path := range all {
		visitor.page(path)
	}
	x.wait(time.Minute)
	for _, path := range all {
		visitor.page(path)
	}
	// What has no other answer says that it is busy, and not that we made a mistake.
	if a := visitor.get("/points"); a.status != http.StatusServiceUnavailable {
		t.Errorf("/points = %d", a.status)
	}
}

// TestSlowDisk (FLT-11): while the file takes no write, pages are read, and a form is not answered before what it says is kept. It runs
// before those that run beside each other: the form waits for the file five seconds and no longer.
func TestSlowDisk(t *testing.T) {
	x := peopled(t)
	reader, writer := x.as(t, ""), x.as(t, "")
	const form = "/shops/yu-tian-cheng/report"
	said := url.Values{"reason": {"closed"}, "note": {"门口贴着告示"}}
	writer.page(form)
	disk, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "shangquan.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	disk.SetMaxOpenConns(1)
	if _, err := disk.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan answer, 1)
	go func() { answered <- writer.post(form, said) }()
	for _, path := range []string{"/", "/shops/yu-tian-cheng"} {
		reader.page(path)
	}
	select {
	case a := <-answered:
		t.Fatalf("answered before it is kept: %d %s", a.status, complaint(a.body))
	default:
	}
	if _, err := disk.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if a := <-answered; a.status != http.StatusSeeOther {
		t.Errorf("with the disk again: %d %s", a.status, complaint(a.body))
	}
	writer.done(form, said)
}
