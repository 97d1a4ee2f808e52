package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/backup"
	"shangquan/services/freeze"
	"shangquan/services/listing"
	"shangquan/services/sample"
	"shangquan/services/store"
)

// The drill (security OPS-08): a backup while others write, everything wiped, put back in an empty folder; all rows and pictures are
// there, and the trail and the content are what was written.
func TestRestoreDrill(t *testing.T) {
	dir, safe := t.TempDir(), t.TempDir()
	on := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media"), "BACKUPS", safe, "SECRET", strings.Repeat("k", 40)}
	d := districtWith(t, on...)
	if _, err := sample.Import(t.Context(), sample.Register{Places: d.places, Shops: d.shops}, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.trail.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if err := d.people.blobs.Put(t.Context(), pictureKey(i), []byte(fmt.Sprint("picture ", i))); err != nil {
			t.Fatal(err)
		}
	}
	page, err := d.listings.Find(t.Context(), store.All().Limit(50))
	if err != nil {
		t.Fatal(err)
	}
	all := page.Items
	edit := func(ctx context.Context, l listing.Listing, n int) error {
		_, err := d.shops.Update(ctx, access.System("test"), l.ID, 0, func(l *listing.Listing) error { l.Popularity = n; return nil })
		return err
	}
	for i, l := range all { // acknowledged before the backup begins
		if err := edit(t.Context(), l, 1000+i); err != nil {
			t.Fatal(err)
		}
	}
	writing, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		n := 0
		for ; writing.Err() == nil; n++ {
			_ = edit(writing, all[n%len(all)], 2000+n)
		}
		done <- n
	}()
	set, err := d.backup.Make(t.Context(), nil)
	stop()
	if n := <-done; n == 0 {
		t.Error("nobody wrote during the backup")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	code, out, errs := run(t, []string{"restore", "latest"}, "", on...)
	if code != Done || !strings.Contains(out, "as they were written") {
		t.Fatalf("restore = %d\n%s\n%s", code, out, errs)
	}
	t.Logf("%d documents and %d pictures in %v", set.Manifest.Rows(), len(set.Manifest.Pictures), time.Since(began))
	if want, got := rowsOf(t, filepath.Join(set.Dir, "store.db")), rowsOf(t, filepath.Join(dir, "shangquan.db")); len(want) == 0 {
		t.Error("the copy has no rows")
	} else {
		for key, doc := range want {
			if got[key] != doc {
				t.Fatalf("%s is not what it was", key)
			}
		}
	}
	d = districtWith(t, on...)
	if d.frozen.SessionsFrom().Before(began) {
		t.Error("who was signed in when the backup was made still is")
	}
	// The trail takes it from there: its lease is still that of the process that died with the backup.
	if st, err := freeze.Declare(d.db).Get(t.Context(), freeze.Kind); err != nil || st.Fact.Action != access.SiteRestore {
		t.Errorf("the restore is not for the trail: %+v %v", st.Fact, err)
	}
	for i, l := range all {
		if got, err := d.shops.Get(t.Context(), l.ID); err != nil || got.Popularity < 1000 {
			t.Errorf("what was acknowledged before the backup of shop %d: %d %v", i, got.Popularity, err)
		}
	}
	for i := range 40 {
		if b, err := d.people.blobs.Get(t.Context(), pictureKey(i)); err != nil || string(b) != fmt.Sprint("picture ", i) {
			t.Errorf("picture %d: %q %v", i, b, err)
		}
	}
}

// Somebody puts yesterday's database in the place of today's: every seal and every link of the trail is right, and the anchor that the
// server wrote beside it tells. An operator's restore is no tampering.
func TestAnchorsOfTheSite(t *testing.T) {
	dir, safe := t.TempDir(), t.TempDir()
	on := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media"), "BACKUPS", safe}
	if code, _, errs := run(t, []string{"backup"}, "", on...); code != Done {
		t.Fatal(errs)
	}
	file := filepath.Join(dir, "shangquan.db")
	yesterday, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, []string{"freeze", "--why", "演练"}, "", on...); code != Done {
		t.Fatal(errs)
	}
	watch := func(alarms int) {
		t.Helper()
		d := districtWith(t, on...)
		if _, err := d.trail.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.watchTrail(t.Context()); err != nil {
			t.Fatal(err)
		}
		open, err := d.alarms.Open(t.Context(), access.System("test"))
		if err != nil || len(open) != alarms {
			t.Errorf("alarms: %+v %v, want %d", open, err, alarms)
		}
		if err := errors.Join(d.trail.Release(t.Context()), d.close()); err != nil {
			t.Fatal(err)
		}
	}
	watch(0)
	if code, _, errs := run(t, []string{"audit", "verify"}, "", on...); code != Done {
		t.Errorf("audit verify = %d %s", code, errs)
	}
	if err := os.WriteFile(file, yesterday, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, []string{"audit", "verify"}, "", on...); code != Failed || !strings.Contains(errs, "earlier day") {
		t.Errorf("audit verify of yesterday's database = %d %s", code, errs)
	}
	watch(1) // that the trail is not what it was
	if code, _, errs := run(t, []string{"restore", "latest"}, "", on...); code != Done {
		t.Errorf("restore = %d %s", code, errs)
	}
	if code, _, errs := run(t, []string{"audit", "verify"}, "", on...); code != Done {
		t.Errorf("audit verify after a restore = %d %s", code, errs)
	}
}

func pictureKey(n int) string { return fmt.Sprintf("media/%02x/%02x%030d-480.jpg", n, n, n) }

// rowsOf are the documents of the listings and of the trail.
func rowsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	out := map[string]string{}
	for _, table := range []string{"listings", "audit", "streets", "plazas"} {
		rows, err := db.QueryContext(t.Context(), "SELECT id, _doc FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, doc string
			if err := rows.Scan(&id, &doc); err != nil {
				t.Fatal(err)
			}
			out[table+"/"+id] = doc
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// The commands, beside a server and without one, and what they say when something is missing.
func TestBackupCommands(t *testing.T) {
	dir, safe := t.TempDir(), t.TempDir()
	base := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media")}
	on := append([]string{"BACKUPS", safe}, base...)
	if code, _, errs := run(t, []string{"backup"}, "", base...); code != Failed || !strings.Contains(errs, "SHANGQUAN_BACKUPS") {
		t.Errorf("backup without a folder = %d %s", code, errs)
	}
	if code, _, errs := run(t, []string{"restore", "latest"}, "", on...); code != Failed || !strings.Contains(errs, "no backup") {
		t.Errorf("restore of nothing = %d %s", code, errs)
	}
	if code, out, errs := run(t, []string{"backup"}, "", on...); code != Done || !strings.Contains(out, "documents") {
		t.Errorf("backup = %d %s %s", code, out, errs)
	}
	if code, _, errs := run(t, []string{"backup", "--dump", "-"}, "x", on...); code != Failed || !strings.Contains(errs, "SQLite") {
		t.Errorf("a dump of SQLite = %d %s", code, errs)
	}
	serving(t, on...)
	// The job of the schedule may have made a set in this second: then the command says so.
	if code, out, errs := run(t, []string{"backup", "--json"}, "", on...); (code != Done || !strings.Contains(out, `"manifest"`)) && !strings.Contains(errs, "this second") {
		t.Errorf("backup beside a server = %d %s %s", code, out, errs)
	}
	if code, _, errs := run(t, []string{"restore", "latest"}, "", on...); code != Failed || !strings.Contains(errs, "in use by another process") {
		t.Errorf("restore beside a server = %d %s", code, errs)
	}
	sets, err := backup.List(safe)
	if err != nil || len(sets) == 0 {
		t.Fatalf("sets: %v %v", sets, err)
	}
	if code, _, errs := run(t, []string{"restore", sets[0].Dir}, "", append([]string{"SECRET", strings.Repeat("x", 40)}, on...)...); code != Failed || !strings.Contains(errs, "another master key") {
		t.Errorf("restore with another key = %d %s", code, errs)
	}
}
