package cli

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/integrity"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// The drill on a running server, with the commands an operator types beside it: the store is the server's, the commands reach it all
// the same.
func TestDrillBesideAServer(t *testing.T) {
	dir := t.TempDir()
	on := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media"), "SAMPLE", "true"}
	addr, _ := serving(t, on...)
	origin := "http://" + addr
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "shangquan.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var id, code, slug, name string
	if err := raw.QueryRowContext(t.Context(), `SELECT id, code, slug, json_extract(_doc, '$.name.hans') FROM listings WHERE state = 'published' LIMIT 1`).Scan(&id, &code, &slug, &name); err != nil {
		t.Fatal(err)
	}
	page := func() string {
		_, body := get(t, origin+"/shops/"+slug)
		return body
	}
	command := func(want int, args ...string) string {
		t.Helper()
		start := time.Now()
		got, out, errs := run(t, args, "", on...)
		t.Logf("%-50s %6.1f ms", strings.Join(args, " "), float64(time.Since(start).Microseconds())/1000)
		if got != want {
			t.Fatalf("%v = %d\n%s\n%s", args, got, out, errs)
		}
		return out + errs
	}
	if said := command(Done, "verify-content"); !strings.Contains(said, "all as they were written") {
		t.Errorf("before: %s", said)
	}
	if _, err := raw.ExecContext(t.Context(), `UPDATE listings SET _doc = replace(_doc, ?, '被人改了'), rev = rev + 1 WHERE id = ?`, name, id); err != nil {
		t.Fatal(err)
	}
	var r integrity.Report
	if err := json.Unmarshal([]byte(command(Failed, "verify-content", "--json")), &r); err != nil || r.Wrong != 1 || r.Findings[0] != (integrity.Finding{Collection: "listings", ID: id, Condition: store.Altered}) {
		t.Errorf("verify-content --json: %+v %v", r, err)
	}
	if said := command(Failed, "verify-content"); !strings.Contains(said, "shangquan revert listing "+code) {
		t.Errorf("verify-content does not say what to do: %s", said)
	}
	if said := command(Failed, "freeze"); !strings.Contains(said, "--why") {
		t.Errorf("frozen without a reason: %s", said)
	}
	command(Done, "freeze", "--why", "演练")
	write, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/sign-in/code", strings.NewReader("name=x"))
	if err != nil {
		t.Fatal(err)
	}
	write.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(write)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a write while frozen: %d", res.StatusCode)
	}
	if body := page(); !strings.Contains(body, name) || strings.Contains(body, "被人改了") {
		t.Error("the page does not show the old text")
	}
	if said := command(Done, "revert", "listing", code); !strings.Contains(said, "the sealed copy is back") {
		t.Errorf("revert: %s", said)
	}
	command(Done, "verify-content")
	command(Done, "unfreeze")
	command(Done, "audit", "verify")
	if said := command(Failed, "export"); !strings.Contains(said, "in use by another process") {
		t.Errorf("a command that a server does not run: %s", said)
	}
}

// A listing goes back to an earlier revision; without one the latest are listed to choose from.
func TestRevertToARevision(t *testing.T) {
	dir := t.TempDir()
	on := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media")}
	d := district0(t, dir)
	l := listing.Listing{Code: "SJ0001", State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: "老王面馆"}}, CategoryID: taxonomy.Default().Categories[0].ID, FormatID: "", Address: listing.Address{Line: "中山中路 1 号"}}
	if err := d.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
		t.Fatal(err)
	}
	if _, err := d.shops.Update(t.Context(), access.System("test"), l.ID, 0, func(l *listing.Listing) error { l.Name.Hans = "乱写的"; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, []string{"revert", "listing", "SJ0001"}, "", on...)
	if code != Done || !strings.Contains(out, "choose with --to") || !strings.Contains(out, string(access.RegisterEnter)) {
		t.Errorf("revert without --to = %d %s %s", code, out, errs)
	}
	code, out, errs = run(t, []string{"revert", "listing", "SJ0001", "--to", "1"}, "", on...)
	if code != Done || !strings.Contains(out, "what it said in revision 1") {
		t.Errorf("revert --to 1 = %d %s %s", code, out, errs)
	}
	for _, args := range [][]string{{"revert", "listing", "SJ0001", "--to", "99"}, {"revert", "listing", "none"}, {"revert", "nothing", "x"}, {"revert", "notice", "none", "--to", "1"}} {
		if code, out, errs := run(t, args, "", on...); code != Failed || errs == "" {
			t.Errorf("%v = %d %s %s", args, code, out, errs)
		}
	}
	d = district0(t, dir)
	if got, err := d.shops.ByCode(t.Context(), "SJ0001"); err != nil || got.Name.Hans != "老王面馆" || got.Rev != 3 {
		t.Errorf("afterwards: %+v %v", got.Name, err)
	}
}

// A store from before there were seals gets them at its first start, once; what is written past the program later gets none.
func TestSealsAreMadeOnce(t *testing.T) {
	dir := t.TempDir()
	on := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media")}
	plain, err := store.Open(t.Context(), storeIn(dir))
	if err != nil {
		t.Fatal(err)
	}
	type old struct {
		store.Meta
		Slug string `json:"slug"`
	}
	if err := store.NewCollection[old](plain, "streets", store.Unique("slug"), store.Follow("audit")).Insert(t.Context(), &old{Meta: store.Meta{ID: "s1"}, Slug: "s1"}); err != nil {
		t.Fatal(err)
	}
	if err := plain.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := run(t, []string{"verify-content"}, "", on...); code != Done || !strings.Contains(out, "1 documents, all") {
		t.Fatalf("after the first start = %d %s %s", code, out, errs)
	}
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "shangquan.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), "UPDATE streets SET _seal = NULL"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, []string{"verify-content"}, "", on...); code != Failed || !strings.Contains(out, "lost\tstreets/s1") {
		t.Errorf("a seal that was taken away is made again: %d %s", code, out)
	}
	if code, _, errs := run(t, []string{"revert", "streets", "s1"}, "", on...); code != Failed || errs == "" {
		t.Errorf("a page without a copy is put back: %d", code)
	}
}

func TestAlarmSettings(t *testing.T) {
	d := district0(t, t.TempDir())
	c, err := config.Load(environment("ALARM_TO", "nobody"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.tellAlarms(c, nil, "", d.people.accounts); err == nil || !strings.Contains(err.Error(), "SHANGQUAN_ALARM_TO") {
		t.Errorf("an address that is none is taken: %v", err)
	}
}
