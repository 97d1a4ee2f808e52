package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// AUT-01: no account exists until the secret of the command line is redeemed, and the secret is another one each time.
func TestAdminMakesASecret(t *testing.T) {
	dir := t.TempDir()
	set := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media"), "ORIGIN", "http://localhost:9999"}
	code, out, errs := run(t, []string{"admin"}, "", set...)
	if code != Done || !strings.Contains(out, "http://localhost:9999/setup") || errs != "" {
		t.Fatalf("admin = %d\n%s\n%s", code, out, errs)
	}
	var first, second struct{ Address, Secret string }
	for _, into := range []*struct{ Address, Secret string }{&first, &second} {
		code, out, errs := run(t, []string{"admin", "--json"}, "", set...)
		if err := json.Unmarshal([]byte(out), into); code != Done || err != nil || len(into.Secret) < 40 {
			t.Fatalf("admin --json = %d %s %s: %v", code, out, errs, err)
		}
	}
	if first.Secret == second.Secret {
		t.Error("two secrets are the same")
	}
}

// The master key of a development store is made once, for its owner only, and before there is a folder for it.
func TestDevelopmentKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	set := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media")}
	var keys [2]string
	for i := range keys {
		if code, _, errs := run(t, []string{"admin"}, "", set...); code != Done {
			t.Fatal(errs)
		}
		b, err := os.ReadFile(filepath.Join(dir, "master.key"))
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = string(b)
	}
	info, err := os.Stat(filepath.Join(dir, "master.key"))
	if err != nil || info.Mode().Perm() != 0o600 || keys[0] != keys[1] || len(strings.TrimSpace(keys[0])) < secret.Size {
		t.Errorf("master.key: mode %v, %v; the same at the second start: %v", info.Mode(), err, keys[0] == keys[1])
	}
	with := append(set, "SECRET", strings.Repeat("k", 40))
	other := t.TempDir()
	with[1] = storeIn(other)
	if code, _, errs := run(t, []string{"admin"}, "", with...); code != Done {
		t.Fatal(errs)
	}
	if _, err := os.Stat(filepath.Join(other, "master.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key is made although the settings name one: %v", err)
	}
}

func TestAuditVerify(t *testing.T) {
	dir := t.TempDir()
	key := strings.Repeat("k", 40)
	set := []string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media"), "SECRET", key}
	write := func(f func(*store.Collection[audit.Entry], *audit.Log)) {
		t.Helper()
		db, err := store.Open(t.Context(), storeIn(dir))
		if err != nil {
			t.Fatal(err)
		}
		keys, err := secret.New([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		log := audit.New(db, keys, time.Now)
		f(store.NewCollection[audit.Entry](db, "audit", store.Unique("key"), store.Index("of"), store.Index("fact.by.account", "fact.at"),
			store.Index("fact.action", "fact.at"), store.Index("result", "fact.at"), store.Index("fact.at")), log)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := run(t, []string{"audit", "verify"}, "", set...); code != Done { // the trail of a new store begins with its seals
		t.Fatal(errs)
	}
	write(func(_ *store.Collection[audit.Entry], log *audit.Log) {
		for range 3 {
			if err := log.Event(t.Context(), access.System("test"), audit.Event{Action: access.AccountOpen, Object: audit.Ref{Kind: "account", ID: "a"}}); err != nil {
				t.Fatal(err)
			}
		}
	})
	code, out, errs := run(t, []string{"audit", "verify"}, "", set...)
	var total int
	if _, err := fmt.Sscanf(out, "%d entries", &total); code != Done || err != nil || total < 3 {
		t.Fatalf("audit verify = %d %s %s", code, out, errs)
	}
	end := fmt.Sprintf("%012d", total)
	code, anchor, errs := run(t, []string{"audit", "anchor"}, "", set...)
	if code != Done || !strings.Contains(anchor, fmt.Sprintf(`"seq":%d`, total)) {
		t.Fatalf("audit anchor = %d %s %s", code, anchor, errs)
	}
	kept := filepath.Join(t.TempDir(), "anchors")
	if err := os.WriteFile(kept, []byte(anchor), 0o600); err != nil {
		t.Fatal(err)
	}
	write(func(chain *store.Collection[audit.Entry], _ *audit.Log) {
		last, err := chain.Get(t.Context(), end)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chain.Erase(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	})
	if code, _, errs := run(t, []string{"audit", "verify"}, "", set...); code != Done {
		t.Errorf("without anchors nobody can tell that the end was cut off: %d %s", code, errs)
	}
	if code, _, errs := run(t, []string{"audit", "--anchors", kept, "verify"}, "", set...); code != Failed || !strings.Contains(errs, fmt.Sprintf("ends before entry %d", total)) {
		t.Errorf("with the anchor: %d %s", code, errs)
	}
	write(func(chain *store.Collection[audit.Entry], _ *audit.Log) {
		if _, err := chain.Update(t.Context(), "000000000002", 0, func(e *audit.Entry) error { e.Fact.Why = "没事"; return nil }); err != nil {
			t.Fatal(err)
		}
	})
	code, out, _ = run(t, []string{"audit", "--json", "verify"}, "", set...)
	var r audit.Report
	if err := json.Unmarshal([]byte(out), &r); code != Failed || err != nil || r.Broken != 2 {
		t.Errorf("after an entry was changed: %d %s", code, out)
	}
	if code, _, errs := run(t, []string{"audit", "burn"}, "", set...); code != Failed || !strings.Contains(errs, "verify, anchor and check") {
		t.Errorf("audit burn = %d %s", code, errs)
	}
}
